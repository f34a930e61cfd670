"""Looking around in a design: searching it by the names people use."""
