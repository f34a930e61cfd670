"""The design as tables of frozen records, and the only way to alter it: changes."""
