"""What stands on the cards of the cooling schematic, and the keys of its elements."""

from __future__ import annotations

import numpy as np

from core.drawing.chain import Chain, Folded, Rows
from core.drawing.chain_cards import Card
from core.drawing.chain_levels import levels_of
from core.drawing.chain_names import Names
from core.engine.columns import Floats, Ints
from core.engine.evaluation import Evaluation
from core.model.project import Reader
from core.units import show

RACK_KEY = "rack:"
ROOM_KEY = "room:"
COOLS = ("heat-rejection", "cdu", "air-handler", "rear-door", "manifold")


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


class CoolingCards:
    """Says what stands on the cards."""

    def __init__(self, project: Reader, evaluation: Evaluation, chain: Chain, folded: Folded) -> None:
        self._evaluation, self._folded = evaluation, folded
        self._snap, self._loops = evaluation.snapshot, evaluation.loops
        self._names = Names(project, self._snap)
        self._level = levels_of(chain, folded)
        self._unit = {int(row): k for k, row in enumerate(self._loops.unit_device.tolist())}

    def card(self, group: int, failed: int, dead: int, short: int = 0) -> Card:
        """Return the card of a group; `short` of the dead have a living way that is too small for them."""
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
            self._lacks(symbol, dead, short), brief,
        )  # fmt: skip

    def _lacks(self, symbol: str, dead: int, short: int) -> str:
        if short and short == dead:
            return "too little cooling left"
        return "not cooled" if symbol == "room" else "no coolant or power"

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
            share = self._of_air(lines, nodes, self._loops.air.unit_w[nodes])
        elif spec.kind == "rear-door":
            share = self._of_air(lines, nodes, self._loops.air.door_w[nodes])
        if len(loops):
            lines += self._conditions(loops, spec.kind)
        symbol = spec.kind if spec.kind in COOLS else "load"
        return symbol, self._names.title(nodes), lines, share, unrated

    def _of_air(self, lines: list[str], nodes: Rows, heat: Floats) -> float | None:
        """Say what units take out of the air, and return the largest share of a rating."""
        column = self._snap.specs.column("cooling_w")
        spec = self._snap.device_spec[nodes]
        known = column.known[spec] & (column.value[spec] > 0)
        if not known.any():
            lines += ["capacity unknown", f"heat {_span(heat, 'W')}"]
            return None
        lines += [f"capacity {_span(column.value[spec][known], 'W')}", f"heat {_span(heat, 'W')}"]
        return float((heat[known] / column.value[spec][known]).max())

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
