"""What the menus do to the selection, one module for each menu; every command is one edit of the design."""
