"""What an edit in the making would change, without evaluating anything: for the numbers shown while dragging.

All of it is linear in what is added, so that the differences are those the engine finds after the drop.
Cables are not in them: what a device is wired with is not known before it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats
from core.engine.compute import PRECISIONS
from core.engine.delivered import states_price
from core.engine.evaluation import Evaluation, Evaluator
from core.engine.facts import Facts, facts_of
from core.engine.preview import Difference, Fitted, RackChange
from core.model.project import Project, Reader
from core.model.records import PROJECT_TABLES, TABLES, Block, Instance

Rows: TypeAlias = NDArray[np.intp]


class Differences:
    """Differences against one evaluation; keeps what it has looked up.

    Parameters
    ----------
    project : Project
        In the state that was evaluated.
    of : Evaluation
    """

    def __init__(self, project: Project, of: Evaluation) -> None:
        self._project, self._of = project, of
        self._facts: dict[tuple[str, tuple[tuple[str, str], ...]], Facts] = {}
        self._blocks: dict[str, Difference] = {}

    # Devices in racks.

    def landing(
        self,
        devices: Iterable[Fitted],
        target: str,
        reader: Reader | None = None,
        *,
        only_this: bool = False,
    ) -> Difference:
        """Return what changes if devices land in a rack.

        Parameters
        ----------
        devices : iterable of Fitted
            Added, or moved if they have a source.
        target : str
            Path of the rack.
        reader : Reader, optional
            Where to find their types, if not in the project.
        only_this : bool
            Whether only this rack changes and not all placements of its drawing.

        Returns
        -------
        Difference
            With the target rack first, then the racks that lose something.
        """
        landing = list(devices)
        at, block = self._row_of(target), self._block_of(target)
        if block is None:
            return Difference()
        arriving: list[Fitted] = []
        leaving: dict[str, list[Fitted]] = {}
        for fitted in landing:
            holder = _holder(fitted.source)
            if not fitted.source or self._block_of(holder) is not block:
                arriving.append(fitted)
                if fitted.source:
                    leaving.setdefault(holder, []).append(fitted)
        rows = self._copies(at, only_this)
        total = self._arrive(arriving, rows, target, reader)
        one = self._arrive(arriving, np.array([at]), target, reader, own=True)
        changes = [self._changed(target, one, self._units(target, landing, reader, landing))]
        for holder, gone in leaving.items():
            source, row = self._block_of(holder), self._row_of(holder)
            if source is None:
                continue
            total = total.plus(self._leave(gone, self._copies(row, only_this), source))
            one = self._leave(gone, np.array([row]), source, own=True)
            changes.append(self._changed(holder, one, self._units(holder, gone, None, [])))
        return replace(total, racks=tuple(changes))

    def _arrive(
        self, devices: list[Fitted], rows: Rows, target: str, reader: Reader | None, *, own: bool = False
    ) -> Difference:
        """Return what devices add to copies of a rack; with `own` the power is only that of the racks."""
        block = self._block_of(target)
        assert block is not None, target
        total = self._counted(devices, block, reader, 1).times(len(rows))
        for fitted in devices:
            facts = self.facts(fitted, reader)
            watts = facts.power_w if fitted.limit_w is None else min(facts.power_w, fitted.limit_w)
            feed = self._upstream(fitted, facts, rows, target)
            heat = watts * float((1 + feed[2 if own else 0]).sum())
            total = total.plus(_warm(heat, watts * float((facts.liquid + feed[1]).sum())))
        return total

    def _leave(self, devices: list[Fitted], rows: Rows, block: Block, *, own: bool = False) -> Difference:
        total = self._counted(devices, block, None, -1).times(len(rows))
        for fitted in devices:
            facts = self.facts(fitted, None)
            at = self._first[rows] + self._of.snapshot.flat.device_row(fitted.source)
            at -= self._first[self._row_of(_holder(fitted.source))]
            watts = self._of.power.device_max_w[at] * self._alive[at]
            asked = self._asked[2 if own else 0][at]
            liquid = float((watts * (facts.liquid + self._asked[1][at])).sum())
            total = total.plus(_warm(-float((watts * (1 + asked)).sum()), -liquid))
        return total

    def _counted(self, devices: list[Fitted], block: Block, reader: Reader | None, sign: int) -> Difference:
        """Return what one rack gains or loses but heat; one delivered whole includes so many of a type."""
        by_mass, by_price = block.mass_kg is not None, states_price(block)
        held: dict[str, int] = {}
        total = Difference()
        for fitted in devices:
            facts, extra = self.facts(fitted, reader), 1.0
            if by_mass or by_price:
                if fitted.type not in held:
                    inside = self._project.devices(block.id).values()
                    held[fitted.type] = sum(device.type == fitted.type for device in inside)
                before, allowed = held[fitted.type], _allowed(block, fitted.type)
                held[fitted.type] = before + sign
                extra = abs(max(before + sign - allowed, 0.0) - max(before - allowed, 0.0))
            priced = extra if by_price else 1.0
            total = total.plus(
                Difference(
                    facts.accelerators,
                    facts.tflops,
                    mass_kg=facts.mass_kg * (extra if by_mass else 1.0),
                    low_usd=facts.low_usd * priced,
                    high_usd=facts.high_usd * priced,
                )
            )
        return total.times(sign)

    def _changed(self, path: str, one: Difference, units: float) -> RackChange:
        """Return a rack before and after."""
        of, snap, row = self._of, self._of.snapshot, self._row_of(path)
        frame = snap.specs.rack_types[int(snap.rack_type[row])]
        own = float(snap.rack_limit_w[row])
        limits = (None if np.isnan(own) else own, frame.power_limit_w, snap.brief.number("rack_power_w"))
        power, mass = float(of.power.rack_max_w[row]), float(of.mass.rack_kg[row])
        return RackChange(
            path,
            (power, power + one.power_w, min((w for w in limits if w is not None), default=None)),
            (mass, mass + one.mass_kg, snap.brief.number("rack_mass_kg")),
            (float(of.space.rack_used_hu[row]) / 2, units, float(of.space.rack_total_hu[row]) / 2),
        )

    def _units(
        self, rack: str, without: Iterable[Fitted], reader: Reader | None, landed: Iterable[Fitted]
    ) -> float:
        """Return the units of a rack that are taken once some devices are gone and others there."""
        block = self._block_of(rack)
        gone = {fitted.source.rpartition("/")[2] for fitted in without if fitted.source}
        standing = [
            Fitted(device.type, device.modules, device.half_u)
            for device in (self._project.devices(block.id).values() if block is not None else ())
            if device.id not in gone
            and not device.zone
            and not self._is_absent(f"{rack}/{device.id}".lstrip("/"))
        ]
        taken: set[int] = set()
        for fitted in (*standing, *(one for one in landed if not one.zoned)):
            high = self.facts(fitted, reader).height_hu
            taken.update(range(fitted.half_u, fitted.half_u + high))
        return len(taken) / 2

    def _is_absent(self, path: str) -> bool:
        snap = self._of.snapshot
        return not snap.device_spec[snap.flat.device_row(path)]

    # Blocks and devices on the floor.

    def placing(self, block: str, copies: int = 1, reader: Reader | None = None) -> Difference:
        """Return what copies of a block add; it is worked out once for each block.

        `reader` knows the block if the design does not yet (a template).
        """
        found = self._blocks.get(block)
        if found is None:
            project = (
                self._project if block in self._project.blocks else excerpt(reader or self._project, block)
            )
            evaluator = Evaluator(project)
            found = self._blocks[block] = _whole(evaluator.evaluate(evaluator.snapshot(block)))
        return found.times(copies)

    def standing(self, fitted: Fitted, reader: Reader | None = None, copies: int = 1) -> Difference:
        """Return what a floor-standing device adds."""
        facts = self.facts(fitted, reader)
        watts = facts.power_w if fitted.limit_w is None else min(facts.power_w, fitted.limit_w)
        own = Difference(
            facts.accelerators,
            facts.tflops,
            mass_kg=facts.mass_kg,
            low_usd=facts.low_usd,
            high_usd=facts.high_usd,
        )
        return own.plus(_warm(watts, watts * facts.liquid)).times(copies)

    # Look-ups.

    def facts(self, fitted: Fitted, reader: Reader | None = None) -> Facts:
        """Return a device as the engine would take it, by the engine's own columns."""
        key = (fitted.type, tuple(sorted(fitted.modules.items())))
        found = self._facts.get(key)
        if found is None:
            found = self._facts[key] = facts_of(reader or self._project, fitted)
        return found

    def _upstream(
        self, fitted: Fitted, facts: Facts, rows: Rows, target: str
    ) -> tuple[Floats, Floats, Floats]:
        """Return the losses in what would feed a device in racks: all, to liquid, and in the rack itself.

        NaN where it would feed the busbar itself: then all shelves of the rack share anew.
        """
        snap, feeding = self._of.snapshot, self._of.power.feeding
        busbars, kind = [t.busbar for t in snap.specs.rack_types], snap.rack_type[rows]
        nodes = feeding.n_devices + rows
        cords = self._cords(fitted.source)
        follow = self._corded(fitted.source, target, rows) if cords else np.zeros(len(rows), bool)
        live = [(f, w) for f, w in cords if self._alive[f]]
        takes = np.array([bar in facts.takes for bar in busbars])[kind] & self._supplied[rows]
        gives = np.array([bar in facts.gives for bar in busbars])[kind]
        on_bus = takes & self._alive[nodes]
        total = sum(weight for _, weight in live) * follow + on_bus
        dead = (takes | follow) & (total == 0)
        losses = []
        for passed, nothing in zip(self._passed, (-1.0, -facts.liquid, -1.0), strict=True):
            by_cord = sum(float(passed[f]) * w for f, w in live) * follow
            share = np.where(total > 0, (by_cord + on_bus * passed[nodes]) / np.maximum(total, 1e-12), 0.0)
            share = np.where(dead, nothing, share)  # without power it draws nothing
            losses.append(np.where(gives, np.nan, share))
        return losses[0], losses[1], losses[2]

    def _corded(self, source: str, target: str, rows: Rows) -> Flags:
        """Tell which copies of the target get the cords of a device that is moved there.

        They are drawn in the block that holds both racks, so that only the target in each placement of
        that block has them; other copies of the rack's drawing get the device alone.
        """
        here, there = source.split("/"), target.split("/")
        shared = next(k for k, (a, b) in enumerate(zip(here, [*there, ""], strict=False)) if a != b)
        paths = [self._of.snapshot.rack_path(row).split("/") for row in rows.tolist()]
        around = [self._drawing("/".join(path[: len(path) - len(there) + shared])) for path in paths]
        holder = self._drawing("/".join(there[:shared]))
        same = [path[len(path) - len(there) + shared :] == there[shared:] for path in paths]
        return np.array([s and a == holder for s, a in zip(same, around, strict=True)], bool)

    def _drawing(self, path: str) -> str:
        """Return the id of the block placed at a path, of the top block for an empty one."""
        if not path:
            return self._project.top
        placed = self._project.resolve(self._project.top, path)
        return placed.of if isinstance(placed, Instance) else ""

    def _cords(self, source: str) -> list[tuple[int, float]]:
        """Return what feeds a device that is moved, but its busbar, with weights."""
        if not source:
            return []
        feeding, row = self._of.power.feeding, self._of.snapshot.flat.device_row(source)
        edges = np.flatnonzero(feeding.consumer == row)
        busbars = range(feeding.n_devices, feeding.n_devices + feeding.n_racks)
        return [
            (f, w)
            for f, w in zip(feeding.feeder[edges].tolist(), feeding.weight[edges].tolist(), strict=True)
            if f not in busbars
        ]

    @cached_property
    def _burdens(self) -> list[tuple[Floats, Floats, Flags]]:
        snap, feeding = self._of.snapshot, self._of.power.feeding
        ones = np.ones(snap.n_devices)
        liquid = snap.specs.column("liquid_fraction").value[snap.device_spec]
        own = feeding.burden(ones, snap.device_rack)
        return [feeding.burden(ones), feeding.burden(liquid), own]

    @property
    def _asked(self) -> list[Floats]:
        return [burden[0] for burden in self._burdens]

    @property
    def _passed(self) -> list[Floats]:
        return [burden[1] for burden in self._burdens]

    @property
    def _alive(self) -> Flags:
        return self._burdens[0][2]

    @cached_property
    def _supplied(self) -> Flags:
        """Tell which racks have something that feeds their busbar."""
        feeding = self._of.power.feeding
        found: Flags = np.zeros(feeding.n_racks, bool)
        nodes = feeding.consumer - feeding.n_devices
        found[nodes[(nodes >= 0) & (nodes < feeding.n_racks)]] = True
        return found

    @cached_property
    def _first(self) -> Rows:
        """The row of the first device of each rack: those of a rack follow each other."""
        snap = self._of.snapshot
        first = np.full(snap.n_racks, snap.n_devices, np.intp)
        racked = np.flatnonzero(snap.device_rack >= 0)
        np.minimum.at(first, snap.device_rack[racked], racked)
        return first

    def _copies(self, row: int, only_this: bool) -> Rows:
        """Return the racks that change with one of them: all placements of its drawing."""
        snap = self._of.snapshot
        if only_this:
            return np.array([row], np.intp)
        return np.flatnonzero((snap.rack_block == snap.rack_block[row]) & (snap.rack_type >= 0))

    def _row_of(self, path: str) -> int:
        """Return the row of the rack at a path, -1 if there is none."""
        flat, row = self._of.snapshot.flat, 0
        for step in path.split("/") if path else ():
            child = flat.child_by_id.get(step)
            if child is None:
                return -1
            row, flat = row + child.start["rack"], child.flat
        is_rack = len(flat.own["racks"]["rack_block"]) > 0
        return row if is_rack and self._of.snapshot.rack_type[row] >= 0 else -1

    def _block_of(self, path: str) -> Block | None:
        row, snap = self._row_of(path), self._of.snapshot
        return self._project.blocks.get(snap.rack_blocks[int(snap.rack_block[row])]) if row >= 0 else None


def excerpt(reader: Reader, block: str) -> Project:
    """Return a project of one block with all that it is made of, as a reader sees it."""
    project = Project()
    inside = {block, *reader.descendants(block)}
    for table in TABLES:
        if table == "revisions":
            continue
        blocks = ("",) if table in PROJECT_TABLES else tuple(inside)
        rows = [record for name in blocks for record in reader.rows(table, name).values()]
        if table == "blocks":
            rows = [record for record in rows if record.id in inside]
        project.load(table, rows)
    return project


def _whole(of: Evaluation) -> Difference:
    """Return all numbers of an evaluation: what a block adds if it is placed once more."""
    return Difference(
        of.compute.accelerators,
        tuple(of.compute.tflops_dense[p][0] for p in PRECISIONS),
        of.power.total_max_w,
        of.cooling.air_w,
        of.cooling.liquid_w,
        of.mass.total_kg,
        of.cost.low_usd,
        of.cost.high_usd,
    )


def _warm(watts: float, liquid: float) -> Difference:
    return Difference(power_w=watts, air_w=watts - liquid, liquid_w=liquid)


def _allowed(block: Block, type_id: str) -> float:
    """Return how many of a type the stated mass and price of a block include."""
    if not block.delivered:
        return float("inf")
    return float(sum(fit.count for fit in block.delivered if fit.type == type_id))


def _holder(path: str) -> str:
    return path.rpartition("/")[0]
