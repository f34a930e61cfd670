"""Links: which sockets fit and are free, single cables, trunks, many cables at once, tables of cables."""
