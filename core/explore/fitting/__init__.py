"""Fits of the constants of models to measured cases."""
