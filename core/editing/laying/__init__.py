"""Generated networks on the floor: ports, racks, rows and cables."""
