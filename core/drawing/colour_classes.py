"""Colouring by classes: function, status, phase, supplier, evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.drawing.colour_schemes import MOST_CLASSES, Colouring, Entry, Scheme
from core.drawing.placed import PlacedBlock, walk
from core.model.project import Reader
from core.model.records import Device, Instance
from core.model.types import DeviceType, evidence_of


class _Class(NamedTuple):
    key: str
    name: str
    mark: str


_FUNCTIONS = {
    c.key: c
    for c in (
        _Class("compute", "Compute", "CMP"),
        _Class("network", "Network", "NET"),
        _Class("storage", "Storage", "STO"),
        _Class("power", "Power", "PWR"),
        _Class("cooling", "Cooling", "COO"),
        _Class("management", "Management", "MGT"),
        _Class("other", "Other", "OTH"),
    )
}
_KINDS = {
    **dict.fromkeys(("server", "tray"), "compute"),
    **dict.fromkeys(("switch", "switch-tray"), "network"),
    "storage": "storage",
    "management": "management",
    **dict.fromkeys(
        ("power-shelf", "rack-pdu", "busway", "ups", "floor-pdu", "battery", "generator", "transformer"),
        "power",
    ),
    **dict.fromkeys(("cdu", "manifold", "rear-door", "air-handler", "heat-rejection"), "cooling"),
}
_STATUS = {
    key: _Class(key, key.capitalize(), mark)
    for key, mark in (
        ("existing", "EX"), ("planned", "PL"), ("ordered", "OR"), ("delivered", "DE"), ("installed", "IN"),
        ("reserved", "RS"), ("removed", "RM"),
    )
}  # fmt: skip
_EVIDENCE = {
    key: _Class(key, name, mark)
    for key, name, mark in (
        ("verified", "Verified", "V"), ("estimate", "Estimate", "E"), ("recalled", "Recalled", "R"),
        ("assumed", "Assumed", "A"), ("user", "By the user", "U"), ("unknown", "Unknown", "?"),
    )
}  # fmt: skip
_WEAKNESS = ("verified", "user", "estimate", "recalled", "assumed", "unknown")
"""Evidence from the strongest to the weakest."""


def device_key(project: Reader, scheme: Scheme, device: Device) -> str:
    spec = project.find_type(device.type)
    if not isinstance(spec, DeviceType):
        return "unknown" if scheme.name == "evidence" else ""
    if scheme.name == "function":
        return _KINDS.get(spec.kind, "other")
    if scheme.name == "supplier":
        return spec.maker
    return _evidence(spec)


@lru_cache(maxsize=4096)
def _evidence(spec: DeviceType) -> str:
    """Return the weakest evidence of a type's mass and, if it takes power, its maximum power."""
    fields = ["mass_kg"]
    takes_power = any(p.layer == "power" and p.direction != "out" for p in spec.ports)
    if takes_power or spec.power_max_w is not None:
        fields.append("power_max_w")
    found = ["unknown" if getattr(spec, f) is None else evidence_of(spec, f) for f in fields]
    return max(found, key=_WEAKNESS.index)


def rack_key(project: Reader, scheme: Scheme, block: str) -> str:
    """Return the class that takes most of a rack's height, or the weakest evidence in it."""
    weights: Counter[str] = Counter()
    for device in project.devices(block).values():
        spec = project.find_type(device.type)
        if isinstance(spec, DeviceType) and spec.kind != "blank":
            # What takes no units counts, but less than anything that does.
            weights[device_key(project, scheme, device)] += int(1000 * spec.height_u) or 1
    if not weights:
        return ""
    if scheme.name == "evidence":
        return max(weights, key=_WEAKNESS.index)
    return max(weights, key=lambda key: (weights[key], key))


class Inherited:
    """Status or phase of placed things: their own, else that of the nearest instance around them."""

    def __init__(self, project: Reader, field: str) -> None:
        self._project, self._field = project, field
        self._placed = {at.path: at for at in walk(project, project.top)}
        self._known: dict[str, str] = {"": ""}

    def of(self, path: str) -> str:
        """Return what holds for an instance or a device by its path."""
        if path in self._known:
            return self._known[path]
        outer, _, last = path.rpartition("/")
        at = self._placed.get(outer)
        own = self._own(at, last) if at is not None else ""
        self._known[path] = found = own or self.of(outer)
        return found

    def of_devices(self, rack: PlacedBlock) -> list[str]:
        """Return what holds for the devices of a rack, in the order of its records."""
        outer = self.of(rack.path)
        if rack.overrides and self._field == "status":
            return [self.of(rack.prefix() + d) for d in self._project.devices(rack.block.id)]
        field = self._field
        return [getattr(d, field) or outer for d in self._project.devices(rack.block.id).values()]

    def _own(self, at: PlacedBlock, last: str) -> str:
        if self._field == "status":
            for override in at.overrides.find(last):
                if override.status is not None:
                    return override.status
        rows: Mapping[str, Device | Instance] = self._project.instances(at.block.id)
        record = rows.get(last) or self._project.devices(at.block.id).get(last)
        return getattr(record, self._field, "")


def classed(project: Reader, scheme: Scheme, keys: Sequence[str]) -> Colouring:
    counts = Counter(key for key in keys if key)
    classes = _classes(project, scheme, counts)
    entries: list[Entry] = []
    index: dict[str, int] = {"": -1}
    for place, each in enumerate(classes):
        if place < MOST_CLASSES or len(classes) == MOST_CLASSES + 1:
            index[each.key] = len(entries)
            entries.append(
                Entry(f"paint.c{min(place, MOST_CLASSES)}", each.mark, each.name, counts[each.key])
            )
        else:
            if place == MOST_CLASSES:
                entries.append(Entry(f"paint.c{MOST_CLASSES}", "…", "All others", 0))
            index[each.key] = MOST_CLASSES
            entries[-1] = entries[-1]._replace(number=entries[-1].number + counts[each.key])
    if scheme.name in _FIXED:
        styles = {key: f"paint.c{i}" for i, key in enumerate(_FIXED[scheme.name])}
        entries = [e._replace(style=styles[c.key]) for e, c in zip(entries, classes, strict=True)]
    marks = {each.key: each.mark for each in classes}
    return Colouring(
        scheme,
        np.array([index[key] for key in keys], dtype=np.int16),
        tuple(marks.get(key, "") for key in keys),
        tuple(entries),
        len(keys) - sum(counts.values()),
    )


_FIXED: dict[str, tuple[str, ...]] = {
    "function": tuple(_FUNCTIONS),
    "status": tuple(_STATUS),
    "evidence": tuple(_EVIDENCE),
}
"""Schemes whose classes always have the same colours."""


def _classes(project: Reader, scheme: Scheme, counts: Mapping[str, int]) -> list[_Class]:
    """Return the classes that occur, in the order of their colours."""
    if scheme.name in _FIXED:
        table = {"function": _FUNCTIONS, "status": _STATUS, "evidence": _EVIDENCE}[scheme.name]
        return [each for key, each in table.items() if key in counts]
    if scheme.name == "phase":
        phases = sorted(project.phases.values(), key=lambda p: (p.order, p.id))
        known = [_Class(p.id, p.name or p.id, str(i)) for i, p in enumerate(phases, 1) if p.id in counts]
        names = {p.id for p in phases}
        return known + [_Class(key, key, "?") for key in sorted(counts) if key not in names]
    ordered = sorted(counts, key=lambda key: (-counts[key], key))
    return [_Class(key, key, mark) for key, mark in zip(ordered, marks_of(ordered), strict=True)]


def marks_of(names: Iterable[str]) -> list[str]:
    """Return a short mark for each name, no two alike: its first letters, as many as it takes, from three.

    Examples
    --------
    >>> marks_of(["NVIDIA", "Dell", "NVIDIA Networking"])
    ['NVI', 'DEL', 'NVI2']
    """
    found: list[str] = []
    for name in names:
        start = "".join(c for c in name if c.isalnum())[:3].upper() or "X"
        mark, number = start, 1
        while mark in found:
            number += 1
            mark = f"{start}{number}"
        found.append(mark)
    return found
