"""Published cases against what the program computes: one module for each family of cases."""
