"""One gesture per module; each ends in one change or in none."""
