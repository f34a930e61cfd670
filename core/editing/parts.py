"""Qualified parts: the cables and optics a project may be wired with."""

from __future__ import annotations

from core.catalogue.library import Library
from core.editing.types import use_type
from core.model.change import Edit
from core.model.ports import PortTable
from core.model.records import Device
from core.model.types import CableType, OpticType


def qualify(edit: Edit, library: Library) -> list[str]:
    """Copy into the project every cable and optic of the library that its links could use.

    The engine chooses among the project's own types only. Returns the ids of those added.
    """
    used = _connectors(edit)
    optics = [spec for spec in library if isinstance(spec, OpticType) and spec.connector in used]
    fibre_ends = {spec.fibre_connector for spec in optics} | used
    cables = [
        spec
        for spec in library
        if isinstance(spec, CableType)
        and {spec.connector_a, spec.connector_b} <= (fibre_ends if spec.media in ("MMF", "SMF") else used)
    ]
    added = [spec.id for spec in (*optics, *cables) if edit.find_type(spec.id) is None]
    for type_id in added:
        use_type(edit, library, type_id)
    return added


def _connectors(edit: Edit) -> set[str]:
    """Connectors of all ports that a link of the project ends in."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    known: dict[tuple[str, str], tuple[Device, PortTable] | None] = {}
    for link in edit.every("links"):
        for end in (link.a, link.b):
            at = (link.block, end.path)
            if at not in known:
                there = edit.resolve(*at)
                known[at] = (there, edit.ports(there)) if isinstance(there, Device) else None
            if (entry := known[at]) is None:
                continue
            device, table = entry
            for token in end.ports:
                name = token.partition("/")[0]
                if (device.type, name) not in seen:
                    seen.add((device.type, name))
                    port = table.by_name.get(name)
                    if port is not None:
                        found.add(port.group.connector)
    return found
