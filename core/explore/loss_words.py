"""What breaks if something goes, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from core.editing.routes import counted
from core.engine.fabric_loss import LinkLoss
from core.engine.loss import FeedLoss, Loss
from core.model.project import Reader

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

MOST_NAMED = 3
"""Devices named one by one; of more the number is said."""
Named: TypeAlias = Callable[[Sequence[int], str], str]


def loss_lines(reader: Reader, evaluation: Evaluation, loss: Loss, near: str = "") -> list[str]:
    """Return what breaks, one sentence each, the worst first; what goes on as before is said as well.

    Parameters
    ----------
    reader : Reader
    evaluation : Evaluation
    loss : Loss
    near : str
        Path of the device that is asked about: of the others only the steps are named that differ.
    """
    snap, around = evaluation.snapshot, near.split("/")[:-1]

    def named(rows: Sequence[int], noun: str) -> str:
        paths = [snap.device_path(row) for row in rows[:MOST_NAMED]]
        names = [_name_from(reader, around, path) for path in paths]
        if len(rows) <= MOST_NAMED:
            return ", ".join(names)
        return f"{len(rows):,} {noun}{'es' if noun.endswith('h') else 's'} ({names[0]} …)"

    lines = []
    dark = [feed.row for feed in loss.feeds if feed.is_dark]
    if dark:
        lines.append(f"Dark: {named(dark, 'device')}")
    if loss.accelerators:
        lines.append(f"{counted(loss.accelerators, 'accelerator')} lost")
    short = [feed for feed in loss.feeds if feed.is_short]
    if short:
        lines.append(f"Too few supplies: {named([f.row for f in short], 'device')}, {_supplies(short[0])}")
    held = [feed for feed in loss.feeds if not feed.is_dark and not feed.is_short]
    if held:
        lines.append(f"On fewer supplies: {named([f.row for f in held], 'device')}, {_supplies(held[0])}")
    if loss.uncooled:
        lines.append(f"No coolant: {named(loss.uncooled, 'device')}")
    for fabric in loss.fabrics:
        record = reader.fabrics.get(fabric.fabric)
        head = record.name if record is not None else "No fabric"
        said = []
        if fabric.cut_off:
            said.append(f"cut off: {named(fabric.cut_off, 'host')}")
        if fabric.separated:
            said.append(f"{counted(fabric.separated, 'host')} no longer reach all others")
        hosts = [host for host in fabric.hosts if host.row not in fabric.cut_off]
        if hosts:
            said.append(_left(hosts, named, "host"))
        if fabric.switches:
            said.append(_left(fabric.switches, named, "switch"))
        if said and not fabric.cut_off and not fabric.separated:
            said.append("all hosts still reach each other")
        lines += [f"{head}: {said[0]}", *said[1:]] if said else []
    return lines or ["Nothing else depends on it"]


def _name_from(reader: Reader, around: Sequence[str], path: str) -> str:
    """Return the names along a path, without the steps it shares with the surroundings."""
    steps, shared = path.split("/"), 0
    while shared < min(len(around), len(steps) - 1) and around[shared] == steps[shared]:
        shared += 1
    return "/".join(reader.names_along(reader.top, path)[shared:])


def _supplies(feed: FeedLoss) -> str:
    left = f"{feed.inlets_left} of {feed.inlets} inlets live"
    if feed.supplies_needed is None:
        return left
    return f"{left}, {feed.supplies_left:g} of the {feed.supplies_needed:g} supplies needed"


def _left(losses: Sequence[LinkLoss], named: Named, noun: str) -> str:
    worst = losses[0]
    who = named([loss.row for loss in losses], noun)
    links = f"{worst.links_left:,} of {worst.links:,} links left"
    words = f"{who}: {links}, {worst.gbps_left:,.0f} of {worst.gbps:,.0f} Gbit/s"
    if noun == "host" and worst.lost and len({loss.lost for loss in losses}) == 1:
        words += f"; no rail to {named(worst.lost, 'switch')}"
    return words
