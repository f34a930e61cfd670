"""The window that varies a design: what is varied, the search, and the points it finds."""
