"""Editing: plain functions that fill an `Edit`. What hangs on a change is done in the same change."""
