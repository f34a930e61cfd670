"""Formats of other programs. `netbox_types` reads device, module and rack types of the NetBox library."""
