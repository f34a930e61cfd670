"""Tables of devices, racks, cables, ports and materials below the drawings, with the same selection."""
