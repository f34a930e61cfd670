"""Which attributes of a graph file are read, under which names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NODE = {
    "role": ("role", "kind"),
    "tier": ("tier",),
    "unit": ("unit",),
    "name": ("name", "label"),
    "rail": ("rail",),
    "plane": ("plane",),
    "gpus": ("gpus", "accelerators"),
    "ports": ("ports", "slots"),
    "port_gbps": ("port_gbps", "portgbps", "slot_gbps"),
}
EDGE = {
    "count": ("count",),
    "gbps": ("gbps", "rate", "rate_gbps", "speed"),
    "source_ports": ("source_ports", "sourceports", "source_port", "sourceport", "a_ports", "a_slots"),
    "target_ports": ("target_ports", "targetports", "target_port", "targetport", "b_ports", "b_slots"),
    "ports": ("ports",),
}


def read_attributes(
    given: Mapping[str, Any], names: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], list[str]]:
    """Return the attributes that are read by the name they are known under, and the names of the others.

    Examples
    --------
    >>> read_attributes({"Label": "leaf-1", "Port-Gbps": 400, "colour": "red", "tier": ""}, NODE)
    ({'name': 'leaf-1', 'port_gbps': 400}, ['colour'])
    """
    plain = {key.strip().lower().replace(" ", "_").replace("-", "_"): value for key, value in given.items()}
    plain = {key: value for key, value in plain.items() if value is not None and value != ""}
    found: dict[str, Any] = {}
    for name, also in names.items():
        for key in also:
            if key in plain:
                found.setdefault(name, plain.pop(key))
    return found, list(plain)
