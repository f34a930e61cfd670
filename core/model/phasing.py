"""What is built when: the phases of a design in order, and the design as it stands after one of them."""

from __future__ import annotations

from typing import NamedTuple

from core.errors import CagenutError
from core.model.project import Project
from core.model.records import TABLES, Device, Instance, Link, Override, Record

_NOT_BUILT = frozenset(("waivers", "layouts", "notes", "underlays"))
"""Tables that say nothing of what is built."""


class Step(NamedTuple):
    """Phases of one order: they are built together."""

    order: int
    name: str
    date: str


def steps_of(project: Project) -> tuple[Step, ...]:
    """Return the steps in which a design is built; empty if it is built at once.

    What names no phase is there from the first step on. There are steps only if something is drawn that
    comes after the first.
    """
    phases = sorted(project.phases.values(), key=lambda p: (p.order, p.name))
    orders = {phase.id: phase.order for phase in phases}
    used = {
        orders.get(record.phase, 0)
        for table in ("instances", "devices", "links")
        for record in project.every(table)
        if record.phase
    }
    if not phases or max(used, default=phases[0].order) <= phases[0].order:
        return ()
    return tuple(
        Step(
            order,
            " and ".join(p.name for p in phases if p.order == order),
            ", ".join(dict.fromkeys(p.date for p in phases if p.order == order and p.date)),
        )
        for order in sorted({phase.order for phase in phases})
    )


def order_of(project: Project, name: str) -> int:
    """Return the order of a phase by its name.

    Raises
    ------
    CagenutError
        If there is no such phase.
    """
    for phase in project.phases.values():
        if name in (phase.name, phase.id):
            return phase.order
    names = ", ".join(sorted(phase.name for phase in project.phases.values()))
    raise CagenutError(
        f"there is no phase '{name}'", cure=f"Use one of {names}" if names else "The design has no phases"
    )


def built_up_to(project: Project, order: int) -> Project:
    """Return the design as it stands when the phases up to an order are built.

    A thing is there when its own phase and those of all instances around it are built; a link also needs
    both of its ends. Rooms and pathways have no phase: they are there from the start.

    Parameters
    ----------
    project : Project
    order : int
        Of the last phase that is built.
    """
    orders = {phase.id: phase.order for phase in project.phases.values()}

    def is_built(record: Record) -> bool:
        phase = record.phase if isinstance(record, (Instance, Device, Link)) else ""
        return not phase or orders.get(phase, order) <= order

    found = Project(project.id)
    for table in TABLES:
        if table not in _NOT_BUILT and table not in ("links", "overrides"):
            found.load(table, [record for record in project.every(table) if is_built(record)])
    links = [link for link in project.every("links") if is_built(link)]
    found.load("links", [link for link in links if _is_joined(found, link)])
    found.load("overrides", [said for said in project.every("overrides") if _is_about(found, said)])
    return found


def _is_joined(project: Project, link: Link) -> bool:
    return all(isinstance(project.resolve(link.block, end.path), Device) for end in (link.a, link.b))


def _is_about(project: Project, override: Override) -> bool:
    return project.resolve(override.block, override.path) is not None
