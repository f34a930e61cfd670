"""Rules: what is wrong with a design, where, and what cures it."""
