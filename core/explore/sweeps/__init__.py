"""Many variants of one design, computed by the engine, and which of them nothing else beats."""
