"""What the hosts that a network serves say of themselves, and the switches that serve them now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from core.editing.laying.hosts import Host
from core.editing.laying.standing import standing_switches
from core.model.project import Project
from core.model.records import FabricRole


def commonest_type(hosts: Sequence[Host]) -> str:
    """Return the device type that most hosts are of; empty if there are none."""
    kinds = [host.spec.id for host in hosts]
    return max(dict.fromkeys(kinds), key=kinds.count, default="")


def modules_of(hosts: Sequence[Host], type_id: str) -> tuple[tuple[str, str], ...] | None:
    """Return bay and type of the modules that most hosts of a type have; None if there are no such hosts."""
    fitted = [
        tuple(sorted(host.place.device.modules.items()))
        for host in hosts
        if host.spec.id == type_id and host.place.device is not None
    ]
    return max(dict.fromkeys(fitted), key=fitted.count, default=None)


def standing_types(project: Project, role: FabricRole, fabric: str = "") -> set[str]:
    """Return the switch types that a fabric is made of, or those of a role if none is named."""
    chosen = project.fabrics.get(fabric)
    records = [chosen] if chosen else [r for r in project.fabrics.values() if r.role == role]
    if not project.top:
        return set()
    return {s.type for record in records for s in standing_switches(project, project.top, record) if s.tier}


@cache
def hosts_of_template(template: str) -> tuple[str, int]:
    """Return the type of the hosts in the racks of a template, and how many a rack holds."""
    from core.editing.laying.racking import hosts_in_rack
    from core.editing.templates import SETTING
    from desktop.templates import load_template

    project = load_template(template)
    block = project.setting(SETTING, project.top)
    found = hosts_in_rack(project, block)
    return project.devices(block)[found[0]].type, len(found)
