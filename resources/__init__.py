"""Data files shipped with the program: catalogue, templates, examples, icons and fonts."""
