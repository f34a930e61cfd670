"""Device types of the catalogue that are offered for a role of a network."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalogue.library import Library
from core.editing.laying.hosts import switch_ports
from core.fabrics.family import END_ROLES
from core.model.project import Project
from core.model.types import MANAGEMENT_ROLES, SWITCH_KINDS, DeviceType


def switch_types(library: Library, project: Project | None, gbps: float) -> Iterator[tuple[DeviceType, int]]:
    """Yield switch types with ports of a rate and how many they have; those of the project come first."""
    known = {t.spec.id for t in project.rows("types").values()} if project is not None else set()
    found = []
    for spec in library:
        if isinstance(spec, DeviceType) and spec.kind in SWITCH_KINDS:
            if any(group.role == "scale-up" for group in spec.ports):
                continue
            ports, rate = switch_ports(spec, gbps)
            if ports and rate == gbps:
                found.append((spec, ports))
    yield from sorted(found, key=lambda item: (item[0].id not in known, item[0].maker, item[0].name))


def scale_up_types(library: Library) -> Iterator[tuple[DeviceType, int]]:
    """Yield switch types of scale-up domains with the number of their ports."""
    for spec in library:
        is_switch = isinstance(spec, DeviceType) and spec.kind in SWITCH_KINDS
        if is_switch and any(group.role == "scale-up" for group in spec.ports):
            yield spec, switch_ports(spec, 0)[0]


def types_for(library: Library, role: str) -> list[DeviceType]:
    """Return the device types that can take a role of a network."""
    kinds: tuple[str, ...] = SWITCH_KINDS
    if role in END_ROLES:
        kinds = {
            "storage": ("storage",),
            "manager": ("management",),
            "support": ("management", "server"),
        }.get(role, SWITCH_KINDS)
    found = [
        spec
        for spec in library
        if isinstance(spec, DeviceType)
        and spec.kind in kinds
        and any(g.layer == "data" and g.role not in MANAGEMENT_ROLES for g in spec.ports)
    ]
    return sorted(found, key=lambda spec: (spec.maker, spec.name))
