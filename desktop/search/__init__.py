"""The search for anything: the box at the top of the window, and what it can find."""
