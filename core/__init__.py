"""Cagenut without a window: model, catalogue, editing, engine, rules, drawing and report."""
