"""How the templates and examples are drawn, by the functions that a person's gestures call."""
