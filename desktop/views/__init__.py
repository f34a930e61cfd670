"""The drawings of a project: hall, racks, network. They follow changes; they never lead."""
