"""Laying a candidate on a copy of the design: what would come of it is known before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.catalogue.library import Library
from core.editing.laying.generate import lay
from core.editing.laying.hall import Hall, draw_hall
from core.editing.laying.request import Request
from core.editing.laying.standing import standing_switches
from core.editing.laying.wiring import Laid
from core.errors import EditError
from core.model.change import Change, Edit
from core.model.project import Project, Reader
from core.model.records import TABLES, Device
from core.model.types import SWITCH_KINDS
from desktop.dialogs.generating.asked import Asked, Chosen

if TYPE_CHECKING:
    from core.fabrics.family import Graph

Progress = Callable[[int, int, str], None]
MOST_NAMED = 6


@dataclass(frozen=True)
class Standing:
    """What of a fabric stands: paths of its switches, number of its links, what else they end at (id and name
    of devices, the same in all copies), and the racks of the design."""

    switches: frozenset[str] = frozenset()
    pinned: int = 0
    links: int = 0
    racks: int = 0
    ends: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, eq=False)
class Trial:
    """A candidate laid on a copy of the project.

    Attributes
    ----------
    stamp : int
        Of the project it was tried on: the change fits that state only.
    change : Change
    notes : tuple of str
        What the edit did beside what was asked.
    laid : Laid
    before, after : Standing
    """

    stamp: int
    change: Change
    notes: tuple[str, ...]
    laid: Laid
    before: Standing
    after: Standing


def copied(project: Project) -> Project:
    """Return a project with the same records, which another thread may read while this one is edited."""
    copy = Project(project.id)
    for table in TABLES:
        copy.load(table, list(project.every(table)))
    copy.stamp = project.stamp
    return copy


def tried(
    project: Project, library: Library, asked: Asked, chosen: Chosen, graph: Graph, progress: Progress
) -> Trial:
    """Lay a candidate.

    Parameters
    ----------
    project : Project
        A copy (`copied`).
    graph : Graph
        Of the candidate.
    progress : callable
        What it raises ends the work.

    Raises
    ------
    CagenutError
        If it cannot be laid, with what would help.
    """
    before = standing(project, asked.fabric)
    verb = "Generate" if not asked.fabric else "Generate again:"
    edit = Edit(project, f"{verb} {asked.name}")
    if asked.is_new:
        laid = draw_hall(edit, library, graph, _hall(edit, library, asked, chosen), _floor(edit), progress)
        extra: tuple[str, ...] = laid.notes
    else:
        request, of = _request(edit, asked, chosen), chosen.candidate
        laid = lay(edit, library, project.top, graph, request, of.parameters, of.label, progress)
        extra = ()
    progress(1, 1, "Counting")
    after = standing(edit, laid.fabric)
    notes = tuple(dict.fromkeys([*_unlinked(before, after), *extra, *edit.notes]))
    return Trial(project.stamp, edit.change(), notes, laid, before, after)


def _unlinked(before: Standing, after: Standing) -> list[str]:
    """Say which devices this network reaches no more: a fabric manager is not to be lost unseen."""
    names = sorted({name for _, name in before.ends - after.ends})
    if not names:
        return []
    shown = ", ".join(names[:MOST_NAMED]) + (
        f" and {len(names) - MOST_NAMED:,} more" * (len(names) > MOST_NAMED)
    )
    return [f"No link of this network goes to {shown} any more"]


def _request(edit: Edit, asked: Asked, chosen: Chosen) -> Request:
    return Request(
        fabric=asked.fabric or edit.new_id(),
        family=chosen.candidate.family,
        parameters=chosen.candidate.parameters,
        switches=chosen.switches,
        role=asked.role,
        name=asked.name,
        seed=chosen.candidate.seed,
        policy=asked.policy,
        rack_type=asked.rack,
        hosts=asked.paths,
    )


def _hall(edit: Edit, library: Library, asked: Asked, chosen: Chosen) -> Hall:
    host_rack = ""
    if asked.host_rack:
        from core.editing.templates import adopt
        from desktop.templates import load_template

        host_rack = adopt(edit, load_template(asked.host_rack), "")
    given = {"rack": asked.rack} if asked.rack else {}
    return Hall(
        types={"host": asked.host, **chosen.switches},
        fabric=asked.name,
        role=asked.role,
        host_rack=host_rack,
        hosts_per_rack=asked.hosts_per_rack,
        **given,
    )


def _floor(edit: Edit) -> str:
    """Return the empty floor that is built; none if the project has no floor yet.

    Raises
    ------
    EditError
        If something stands on it.
    """
    reason = why_no_new_hall(edit)
    if reason:
        raise EditError(reason, cure="Begin a new project, or wire the hosts that stand here")
    return edit.top


def why_no_new_hall(reader: Reader) -> str:
    """Say why no hall can be drawn from nothing."""
    top = reader.top
    if top and (reader.instances(top) or reader.devices(top)):
        return "something stands on the floor already"
    return ""


def standing(reader: Reader, fabric: str) -> Standing:
    """Return what of a fabric stands."""
    placed = reader.placements()
    racks = sum(
        count
        for block, count in placed.items()
        if block in reader.blocks and reader.blocks[block].kind == "rack"
    )
    record = reader.fabrics.get(fabric)
    if record is None or not reader.top:
        return Standing(racks=racks)
    switches = standing_switches(reader, reader.top, record)
    links = sum(
        count * sum(link.count for link in reader.links(block).values() if link.fabric == fabric)
        for block, count in placed.items()
    )
    pinned = sum(switch.is_pinned for switch in switches)
    paths = frozenset(switch.path for switch in switches)
    return Standing(paths, pinned, links, racks, _ends(reader, fabric))


def _ends(reader: Reader, fabric: str) -> frozenset[tuple[str, str]]:
    """Return what links of a fabric end at, but for switches."""
    found = set()
    for block in reader.blocks_of("links"):
        paths = {
            end.path
            for link in reader.links(block).values()
            if link.fabric == fabric
            for end in (link.a, link.b)
        }
        for path in paths:
            device = reader.resolve(block, path)
            if isinstance(device, Device):
                spec = reader.find_type(device.type)
                if getattr(spec, "kind", "") not in SWITCH_KINDS:
                    found.add((device.id, device.name))
    return frozenset(found)


def lines_of(trial: Trial) -> list[tuple[str, int, int, str]]:
    """Return what is there before and after, with what changes in words."""
    before, after = trial.before, trial.after
    stay = len(before.switches & after.switches)
    gone, new = len(before.switches) - stay, len(after.switches) - stay
    words = [f"{count:,} {word}" for count, word in ((stay, "stay"), (new, "new"), (gone, "go")) if count]
    kept = f"{before.pinned:,} pinned" if before.pinned else ""
    return [
        ("Switches", len(before.switches), len(after.switches), ", ".join([*words, kept] if kept else words)),
        ("Links", before.links, after.links, _difference(before.links, after.links)),
        ("Racks in all", before.racks, after.racks, _difference(before.racks, after.racks)),
    ]


def _difference(before: int, after: int) -> str:
    sign = "+" if after > before else "−"
    return f"{sign}{abs(after - before):,}" if after != before else "as before"


def summary(trial: Trial) -> str:
    """Return what was made, for the status bar."""
    ports = trial.laid.ports
    return (
        f"{len(trial.after.switches):,} switches, {ports.links:,} links; "
        f"{ports.ports:,} ports in {ports.cages:,} cages"
    )


def counts_of(values: Mapping[str, int]) -> str:
    """Return numbers by role in words: `32 leaf, 16 spine`."""
    return ", ".join(f"{count:,} {role}" for role, count in values.items())
