"""Serving: iterations of an engine, batches, latency, pools, energy, and the search for the best way."""
