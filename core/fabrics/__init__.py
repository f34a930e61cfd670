"""Generators of networks: parameters in, a graph with ports out. One family in each module."""
