"""A fabric of a design as a graph to write: what was drawn, overrides and absent devices counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.editing.routes import counted
from core.engine.drawn import DrawnFabric
from core.engine.evaluation import Evaluation
from core.engine.specs import Spec
from core.errors import EditError
from core.fabrics.custom import NAME
from core.fabrics.weave import Weave
from core.model.ports import Port, lanes_of, whole_or_lanes
from core.model.project import Project
from core.model.types import SWITCH_KINDS

if TYPE_CHECKING:
    from core.fabrics.family import Graph

_ROLES = {"server": "host", "tray": "host", "storage": "storage", "management": "manager", "rack-pdu": "pdu"}
_TIERS = {1: "leaf", 2: "spine", 3: "core"}


def fabric_named(project: Project, wanted: str) -> str:
    """Return the id of a fabric given by id or name.

    Raises
    ------
    EditError
        If there is none, or several have that name.
    """
    if wanted in project.fabrics:
        return wanted
    found = [fabric.id for fabric in project.fabrics.values() if fabric.name == wanted]
    if len(found) == 1:
        return found[0]
    names = ", ".join(fabric.name or fabric.id for fabric in project.fabrics.values())
    problem = f"{counted(len(found), 'fabric')} of this name" if found else f"there is no fabric '{wanted}'"
    raise EditError(problem, cure=f"The fabrics are: {names}" if names else "The design has no fabrics")


def drawn_graph(project: Project, evaluation: Evaluation, fabric: str) -> Graph:
    """Return a fabric of what is built as a graph (`core.fabrics.weave`, family `custom`).

    Nodes are named as on the floor; `port_names` of a node are the names of its slots.

    Raises
    ------
    EditError
        If no link of the fabric is built.
    """
    result = evaluation.network.find(fabric)
    if result is None:
        raise EditError("no link of the fabric is built", cure="Wire it first, or choose another one")
    return _Drawn(project, evaluation, result.drawn).weave.graph()


class _Drawn:
    def __init__(self, project: Project, evaluation: Evaluation, drawn: DrawnFabric) -> None:
        self._snap, self._net = evaluation.snapshot, drawn.topology
        self._places: list[dict[tuple[int, int, int], int]] = []
        self._names: list[tuple[str, ...]] = []
        self._ends = self._plugged(drawn)
        self._read_ports()
        self.weave = Weave(NAME)
        keys = self._add_devices(project, drawn)
        order = np.lexsort((drawn.trunk,))
        heads = np.flatnonzero(np.append(True, np.diff(drawn.trunk[order]) != 0)) if len(order) else order
        for cables in np.split(order, heads[1:]):
            trunk = int(drawn.trunk[cables[0]])
            a, b = int(self._net.a[trunk]), int(self._net.b[trunk])
            slots: tuple[list[int], list[int]] = ([], [])
            for cable in cables.tolist():
                one = 0 if drawn.a[cable] == a else 1
                for side, (device, end) in enumerate(((a, one), (b, 1 - one))):
                    slots[side].append(self._places[device][self._ends[end][cable]])
            self.weave.join(keys[a], slots[0], keys[b], slots[1], float(self._net.gbps[trunk]))

    def _plugged(self, drawn: DrawnFabric) -> tuple[list[tuple[int, int, int]], ...]:
        """Return port, split and lane of each cable at its two ends."""
        snap, rows = self._snap, drawn.cables
        found = []
        for port, lane in (
            (snap.cable_port_a, snap.cable_lane_a),
            (snap.cable_port_b, snap.cable_lane_b),
        ):
            split = np.maximum(lane[rows] >> 4, 1)
            within = np.where(split > 1, lane[rows] & 15, 1)
            found.append(list(zip(port[rows].tolist(), split.tolist(), within.tolist(), strict=True)))
        self._used: list[set[tuple[int, int]]] = [set() for _ in range(len(self._net))]
        for ends, device in zip(found, (drawn.a, drawn.b), strict=True):
            for (port, split, _), row in zip(ends, device.tolist(), strict=True):
                self._used[row].add((port, split))
        return tuple(found)

    def _spec(self, device: int) -> Spec:
        return self._snap.specs.specs[int(self._snap.device_spec[self._net.rows[device]])]

    def _read_ports(self) -> None:
        """Number the data ports of each device: split as they are in use, else as they are by default."""
        for device, used in enumerate(self._used):
            splits = dict(used)
            places: dict[tuple[int, int, int], int] = {}
            names: list[str] = []
            for port in self._spec(device).ports.ports:
                if port.group.layer != "data":
                    continue
                split, tokens = _tokens(port, splits.get(port.index))
                for lane, token in enumerate(tokens, 1):
                    places[port.index, split, lane] = len(names)
                    names.append(token)
            self._places.append(places)
            self._names.append(tuple(names))

    def _add_devices(self, project: Project, drawn: DrawnFabric) -> list[str]:
        net, keys = self._net, list[str]()
        rate = np.zeros(len(net))
        np.maximum.at(rate, net.a, net.gbps)
        np.maximum.at(rate, net.b, net.gbps)
        tiers = int(net.tier.max(initial=0))
        paths = [self._snap.device_path(int(row)) for row in net.rows]
        names = [project.names_along(project.top, path) for path in paths]
        is_plain = len(set(names)) == len(names) and all(all(parts) for parts in names)
        for device, path in enumerate(paths):
            kind = self._spec(device).type.kind
            if net.is_switch[device]:
                tier = max(int(net.tier[device]), 1)
                role = _TIERS.get(tier, "switch") if tiers > 1 else "switch"
            else:
                tier = 0
                role = "fabric-switch" if kind in SWITCH_KINDS else _ROLES.get(kind, "support")
            *above, name = names[device] if is_plain else path.split("/")
            more: dict[str, Any] = {"port_names": self._names[device]}
            for what, value in (("rail", net.rail[device]), ("plane", net.plane[device])):
                if value >= 0:
                    more[what] = int(value)
            if net.accelerators[device]:
                more["gpus"] = int(net.accelerators[device])
            slots, gbps = len(self._names[device]), float(rate[device])
            unit = "/".join(above)
            keys.append(self.weave.add(unit, name, role, tier, slots=slots, slot_gbps=gbps or 1.0, **more))
        return keys


def _tokens(port: Port, split: int | None) -> tuple[int, list[str]]:
    tokens = whole_or_lanes(port) if split is None else lanes_of(port, split)
    return len(tokens), tokens
