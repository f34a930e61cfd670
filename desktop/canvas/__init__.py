"""The canvas: one layer painted from arrays, a few real items above it, and the tools that act on it."""
