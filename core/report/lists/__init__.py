"""The parts of a design as lists: devices, racks, cables, ports, bill of materials; columns, not rows."""
