"""Types: what can be bought and placed. `library` finds them, `type_file` reads and writes one, `type_check`
says what is wrong with one."""
