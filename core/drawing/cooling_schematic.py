"""The cooling schematic: heat rejection, facility water, CDUs and room units, manifolds, racks and rooms.

The coolant layer of the same graph as the network and the one-line diagram. Supply is a solid line, return a
dashed one; air is dotted. Conditions are those of maximum sustained power (`core.engine.loops`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from core.drawing import one_line
from core.drawing.chain import AIR, RETURN, SUPPLY, Chain, Folded, Rows, as_rows, fold
from core.drawing.chain_drawing import EMPTY, Card, ChainDrawing, draw_chain
from core.drawing.chain_layout import Joint, Point
from core.drawing.chain_levels import levels_of
from core.drawing.chain_names import Names
from core.engine.columns import Flags, Floats, Ints
from core.engine.evaluation import Evaluation
from core.model.project import Reader
from core.units import show

RACK_KEY = "rack:"
ROOM_KEY = "room:"
LINES = {
    SUPPLY: ("chain.supply", "coolant supply"),
    RETURN: ("chain.return", "coolant return"),
    AIR: ("chain.air", "air"),
}
_OFFSETS = {SUPPLY: -1.5, RETURN: 1.5}
_COOLS = ("heat-rejection", "cdu", "air-handler", "rear-door", "manifold")


def coolant_chain(evaluation: Evaluation) -> Chain:
    """Return the coolant layer: devices, then what is in each rack, then the air of each room."""
    snap, loops = evaluation.snapshot, evaluation.loops
    n, racks = snap.n_devices, snap.n_racks
    kinds = [spec.type.kind for spec in snap.specs.specs]
    is_plant = np.array([kind in _COOLS for kind in kinds])[snap.device_spec]
    node = np.where(is_plant | (snap.device_rack < 0), np.arange(n), n + as_rows(snap.device_rack))
    plumbing = loops.plumbing
    piped = (plumbing.giver < 2 * n) & (plumbing.taker < 2 * n)
    giver, taker = (node[as_rows(ends[piped]) % max(n, 1)] for ends in (plumbing.giver, plumbing.taker))
    mated = as_rows(plumbing.mated)
    feeds = is_plant[mated]
    inside = n + as_rows(plumbing.mated_rack)[feeds]
    giver = np.concatenate([giver, mated[feeds], inside])
    taker = np.concatenate([taker, inside, mated[feeds]])
    depth = _depth(evaluation, n + racks, giver, taker)
    keep = depth[giver] != depth[taker]
    giver, taker = giver[keep], taker[keep]
    down = depth[giver] < depth[taker]
    units = as_rows(loops.room_unit)
    rooms = n + racks + as_rows(loops.air.device_room)[units]
    feeder = np.concatenate([np.where(down, giver, taker), units])
    consumer = np.concatenate([np.where(down, taker, giver), rooms])
    kind = np.concatenate([np.where(down, SUPPLY, RETURN), np.full(len(units), AIR)]).astype(np.int64)
    n_nodes = n + racks + len(loops.air.room_heat_w)
    sort = np.full(n_nodes, -1, np.int64)
    types = list(dict.fromkeys(spec.type.id for spec in snap.specs.specs))
    sort[:n] = np.array([types.index(spec.type.id) for spec in snap.specs.specs])[snap.device_spec]
    sort[n : n + racks] = 200_000 + as_rows(snap.rack_type)
    sort[n + racks :] = 300_000 + np.arange(n_nodes - n - racks)
    joined = np.zeros(n_nodes, np.bool_)
    joined[feeder] = joined[consumer] = True
    sort[~joined] = -1
    return Chain(sort, feeder, consumer, kind)


def _depth(evaluation: Evaluation, n: int, giver: Rows, taker: Rows) -> Rows:
    """Return how many pipes each node is from what rejects the heat; where nothing does, from its CDUs."""
    snap = evaluation.snapshot
    depth = np.full(n, -1, np.int64)
    piped = np.zeros(n, np.bool_)
    piped[giver] = piped[taker] = True
    kinds = np.array([spec.type.kind for spec in snap.specs.specs])[snap.device_spec]
    ends = np.concatenate([giver, taker]), np.concatenate([taker, giver])
    for kind in ("heat-rejection", "cdu", "manifold", ""):
        start = np.zeros(n, np.bool_)
        start[: snap.n_devices] = kinds == kind if kind else True
        front = np.flatnonzero(start & piped & (depth < 0))
        step = 0
        while len(front):
            depth[front] = step
            there = ends[1][np.isin(ends[0], front)]
            front = np.unique(there[depth[there] < 0])
            step += 1
    return depth


def cooling_schematic(
    project: Reader,
    evaluation: Evaluation,
    *,
    apart: Collection[str] = (),
    places: Mapping[str, Point] | None = None,
    failed: Collection[str] = (),
    legend: bool = True,
) -> ChainDrawing:
    """Draw the coolant layer; parameters as those of `core.drawing.one_line.one_line`.

    What is marked as uncooled has no live supply left in the drawing; whether what is left is large enough
    is told by `core.engine.loops.Loops.uncooled`.
    """
    chain = coolant_chain(evaluation)
    rows = {key: row for key in (*apart, *failed) if (row := node_of(evaluation, key)) >= 0}
    folded = fold(chain, as_rows([rows[key] for key in apart if key in rows]))
    if not len(folded):
        return EMPTY
    broken = np.zeros(len(chain), np.bool_)
    broken[[rows[key] for key in failed if key in rows]] = True
    stopped = broken.copy()
    stopped[: evaluation.snapshot.n_devices] |= (
        _dark(evaluation, failed) & (chain.sort >= 0)[: evaluation.snapshot.n_devices]
    )
    dead = (_uncooled(chain, stopped) | stopped) & ~broken
    lost = _heated(evaluation, dead)
    writer = _Writer(project, evaluation, chain, folded)
    cards = [
        writer.card(group, int(broken[nodes].sum()), int(dead[nodes].sum()))
        for group in range(len(folded))
        for nodes in (folded.members(group),)
    ]
    joints = [Joint(*ends) for ends in np.stack([folded.feeder, folded.consumer, folded.kind]).T.tolist()]
    gone = broken | dead
    off = [bool(gone[folded.members(j.upper)].all() or gone[folded.members(j.lower)].all()) for j in joints]
    return draw_chain(
        cards,
        joints,
        notes=writer.notes(),
        places=places,
        offsets=_OFFSETS,
        off=off,
        lines=LINES,
        legend=legend,
        lost=lost,
    )


def _heated(evaluation: Evaluation, dead: Flags) -> int:
    """Count the devices that give heat to coolant and get none, in racks and on the floor."""
    snap, n = evaluation.snapshot, evaluation.snapshot.n_devices
    in_rack = np.append(dead[n : n + snap.n_racks], False)[snap.device_rack]
    return int(((evaluation.loops.device_liquid_w > 0) & (in_rack | dead[:n])).sum())


def _dark(evaluation: Evaluation, failed: Collection[str]) -> Flags:
    """Tell which devices are without power: pumps and fans that stop, shape (n_devices,)."""
    n = evaluation.snapshot.n_devices
    rows = [row for key in failed if (row := one_line.node_of(evaluation, key)) >= 0]
    if not rows:
        return np.zeros(n, np.bool_)
    chain = one_line.power_chain(evaluation)
    broken = np.zeros(len(chain), np.bool_)
    broken[rows] = True
    return chain.dead(broken)[:n]


def _uncooled(
    chain: Chain, broken: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Tell what has no live supply left: coolant for what is piped, units for the air of a room."""
    carries = chain.kind != RETURN
    plain = Chain(
        chain.sort, chain.feeder[carries], chain.consumer[carries], np.zeros(int(carries.sum()), np.int64)
    )
    return plain.dead(broken) & ~broken


def node_of(evaluation: Evaluation, key: str) -> int:
    """Return the node a key stands for, -1 if there is none."""
    snap = evaluation.snapshot
    if key.startswith(ROOM_KEY):
        return snap.n_devices + snap.n_racks + int(key[len(ROOM_KEY) :])
    if key.startswith(RACK_KEY):
        path = key[len(RACK_KEY) :]
        found = (row for row in range(snap.n_racks) if snap.rack_path(row) == path)
        return next((snap.n_devices + row for row in found), -1)
    return snap.flat.device_row(key)


def key_of(evaluation: Evaluation, node: int) -> str:
    """Return the key of a node."""
    snap = evaluation.snapshot
    if node < snap.n_devices:
        return snap.device_path(node)
    if node < snap.n_devices + snap.n_racks:
        return RACK_KEY + snap.rack_path(node - snap.n_devices)
    return f"{ROOM_KEY}{node - snap.n_devices - snap.n_racks}"


class _Writer:
    """Says what stands on the cards."""

    def __init__(self, project: Reader, evaluation: Evaluation, chain: Chain, folded: Folded) -> None:
        self._evaluation, self._folded = evaluation, folded
        self._snap, self._loops = evaluation.snapshot, evaluation.loops
        self._names = Names(project, self._snap)
        self._level = levels_of(chain, folded)
        self._unit = {int(row): k for k, row in enumerate(self._loops.unit_device.tolist())}

    def card(self, group: int, failed: int, dead: int) -> Card:
        """Return the card of a group."""
        nodes, first = self._folded.members(group), int(self._folded.first[group])
        key, n = key_of(self._evaluation, first), self._snap.n_devices
        share: float | None = None
        unrated = ""
        if first >= n + self._snap.n_racks:
            symbol, title, lines, share = self._room(first - n - self._snap.n_racks)
            unrated = "" if share is not None else "capacity unknown"
        elif first >= n:
            symbol, title, lines = self._racks(nodes - n)
        else:
            symbol, title, lines, share, unrated = self._device(nodes)
        brief = next((words for words in lines[1:] if words.startswith(("heat", "liquid"))), "")
        return Card(
            key, symbol, title, tuple(lines), nodes, self._level[group], share, unrated, failed, dead,
            "not cooled" if symbol == "room" else "no coolant or power", brief,
        )  # fmt: skip

    def _room(self, room: int) -> tuple[str, str, list[str], float | None]:
        air, cooled = self._loops.air, self._evaluation.cooling
        heat, capacity = float(air.room_heat_w[room]), float(air.room_capacity_w[room])
        lines = [
            f"{show(cooled.air_supply_c, 'degC')} supply",
            f"heat {show(heat, 'W')} of {show(capacity, 'W')}",
            f"airflow {show(float(air.room_airflow_m3h[room]), 'm3/h')}",
            f"units give {show(float(air.room_given_m3h[room]), 'm3/h')}{_spare(int(air.room_spare[room]))}",
        ]
        name = air.room_name[room]
        title = f"Air of {name}" if name else "Air of the hall"
        return "room", title, lines, heat / capacity if capacity > 0 else None

    def _racks(self, racks: Rows) -> tuple[str, str, list[str]]:
        cooled = self._evaluation.cooling
        title = self._names.rack(int(racks[0])) if len(racks) == 1 else f"Racks × {len(racks):,}"
        kind = self._snap.specs.rack_types[int(self._snap.rack_type[racks[0]])]
        each = " each" if len(racks) > 1 else ""
        lines = [
            kind.name,
            f"liquid {_span(cooled.rack_liquid_w[racks], 'W')}{each}",
            f"flow {_span(cooled.rack_flow_lpm[racks], 'L/min')}{each}",
            f"air {_span(cooled.rack_air_w[racks], 'W')}{each}",
        ]
        return "rack", title, lines

    def _device(self, nodes: Rows) -> tuple[str, str, list[str], float | None, str]:
        spec = self._snap.specs.specs[int(self._snap.device_spec[nodes[0]])].type
        lines = [spec.name]
        loops = np.unique(self._loops.device_loop[nodes])
        loops = loops[loops >= 0]
        units = [self._unit[row] for row in nodes.tolist() if row in self._unit]
        share, unrated = None, ""
        if units:
            heat, capacity = self._loops.unit_heat_w[units], self._loops.unit_capacity_w[units]
            approach = self._loops.unit_approach_k[units[:1]]
            at = f" at {show(float(approach[0]), 'K')} approach" if np.isfinite(approach).all() else ""
            lines.append(f"capacity {_span(capacity, 'W')}{at}")
            lines.append(f"heat {_span(heat, 'W')}{_spare_of(self._loops.loop_spare[loops])}")
            known = np.isfinite(capacity) & (capacity > 0)
            share = float((heat[known] / capacity[known]).max()) if known.any() else None
            unrated = "" if share is not None else "capacity unknown"
        elif spec.kind == "air-handler":
            rows = np.isin(self._loops.room_unit, nodes)
            lines.append(f"capacity {_span(self._loops.room_unit_w[rows], 'W')}")
        if len(loops):
            lines += self._conditions(loops, spec.kind)
        symbol = spec.kind if spec.kind in _COOLS else "load"
        return symbol, self._names.title(nodes), lines, share, unrated

    def _conditions(self, loops: Ints, kind: str) -> list[str]:
        """Return supply, return and flow of the loops, and what a CDU needs of the facility water."""
        held = self._loops
        supply, back = held.loop_supply_c[loops], held.loop_return_c[loops]
        lines = []
        if np.isfinite(supply).any():
            lines.append(f"supply {_span(supply, 'degC')}, return {_span(back, 'degC')}")
        else:
            lines.append("supply temperature unknown")
        if np.isfinite(held.loop_flow_lpm[loops]).any() and kind != "manifold":
            each = " a loop" if len(loops) > 1 else ""
            lines.append(
                f"flow {_span(held.loop_flow_lpm[loops], 'L/min')}{each}, {held.loop_coolant[int(loops[0])]}"
            )
        if kind == "cdu" and np.isfinite(held.loop_facility_c[loops]).any():
            lines.append(f"needs facility water at {_span(held.loop_facility_c[loops], 'degC')}")
        return lines

    def notes(self) -> list[str]:
        """Return what holds for all of it, and what is not in the drawing."""
        loops = self._loops
        unfed = [k for k, kind in enumerate(loops.loop_kind) if kind == "unfed"]
        notes = ["At maximum sustained power. Design intent: engineer of record to verify."]
        if unfed:
            heat = show(float(np.nansum(loops.loop_heat_w[unfed])), "W")
            notes.append(
                f"{len(unfed):,} loops with {heat} are fed by no CDU or heat rejection that is drawn."
            )
        loose = loops.device_liquid_w * (loops.device_loop < 0)
        if loose.sum() > 0:
            notes.append(
                f"Not drawn: {int((loose > 0).sum()):,} devices that give {show(float(loose.sum()), 'W')} "
                "to liquid and are joined to no loop."
            )
        return notes


def _span(values: Floats, unit: str) -> str:
    """Return a value, or the least and the most of several."""
    known = values[np.isfinite(values)]
    if not len(known):
        return show(None, unit)
    low, high = float(known.min()), float(known.max())
    return show(high, unit) if high - low <= 0.02 * abs(high) else f"{show(low, unit)} to {show(high, unit)}"


def _spare(spare: int) -> str:
    return f", N+{spare}" if spare >= 0 else ""


def _spare_of(spares: Ints) -> str:
    known = spares[spares >= 0]
    return f", N+{int(known.min())}" if len(known) else ""
