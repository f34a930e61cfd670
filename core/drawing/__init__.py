"""Drawings as columnar vector primitives in millimetres, painted alike on screen and on paper."""
