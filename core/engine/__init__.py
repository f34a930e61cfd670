"""The design evaluated: pure functions from a snapshot of the expanded design to results."""
