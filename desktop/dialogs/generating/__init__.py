"""The window that generates a fabric: requirement, candidates, the one chosen, and laying it."""
