"""The coolant layer as a graph: which devices share a loop.

A loop is what coolant links join. A CDU stands between two: its heat exchanger has a main side, to the
racks, and a primary side, to the facility water (ports named `primary...` or `facility...`). Devices that
couple blind with the manifold of their rack type join it by themselves, as they join a busbar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Ints
from core.engine.reach import parts_of
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS

COOLANT = LAYERS.index("coolant")
OUT = 2
PRIMARY = ("primary", "facility")
"""What names (or roles) of ports on the facility side of a CDU begin with."""
CONDUITS = ("manifold", "other")
"""Kinds that coolant passes through on its way to others; what takes heat from a device ends in it."""


@dataclass(frozen=True)
class Plumbing:
    """Loops and the links they consist of.

    Nodes are the main sides of the devices from 0, their primary sides from n_devices, then one manifold
    for each rack.

    Attributes
    ----------
    n_devices, n_racks, n_loops : int
    device_loop, device_primary : ndarray of int32, shape (n_devices,)
        Loop of the main and of the primary side; -1 where nothing is joined to it.
    cables : ndarray of int64, shape (n_coolant_cables,)
        Rows of the coolant cables.
    giver, taker : ndarray of int32, shape (n_coolant_cables,)
        Nodes at their ends: coolant flows from the one to the other.
    mated : ndarray of int32, shape (n_mated,)
        Devices that couple with the manifold of their rack.
    mated_rack : ndarray of int32, shape (n_mated,)
    primary_ports : ndarray of bool, shape (n_ports,)
        Ports of all specs that are on the facility side of a CDU.
    """

    n_devices: int
    n_racks: int
    n_loops: int
    device_loop: Ints
    device_primary: Ints
    cables: NDArray[np.intp]
    giver: Ints
    taker: Ints
    mated: Ints
    mated_rack: Ints
    primary_ports: Flags

    @property
    def edges(self) -> tuple[Ints, Ints]:
        """Ends of everything that joins two nodes, links first."""
        racks = 2 * self.n_devices + self.mated_rack
        return (
            np.concatenate([self.giver, self.mated]).astype(np.int32),
            np.concatenate([self.taker, racks]).astype(np.int32),
        )


def plumbing_of(snap: Snapshot) -> Plumbing:
    """Return the loops of a design; they are numbered in the order of their first node."""
    n = snap.n_devices
    ports = snap.specs.ports
    rows = np.flatnonzero(snap.cable_layer == COOLANT)
    a, b = snap.cable_a[rows], snap.cable_b[rows]
    at_a = ports.base[snap.device_spec[a]] + snap.cable_port_a[rows]
    at_b = ports.base[snap.device_spec[b]] + snap.cable_port_b[rows]
    primary = _primary_ports(snap)
    node_a = np.where(primary[at_a], n + a, a)
    node_b = np.where(primary[at_b], n + b, b)
    gives = ports.direction[at_a] == OUT
    there = (snap.device_spec[a] > 0) & (snap.device_spec[b] > 0)
    rows, node_a, node_b, gives = rows[there], node_a[there], node_b[there], gives[there]
    mated = _mated(snap)
    rack = snap.device_rack[mated]
    ends = np.concatenate([node_a, mated]), np.concatenate([node_b, 2 * n + rack])
    part = parts_of(*ends, 2 * n + snap.n_racks)
    joined = np.zeros(2 * n + snap.n_racks, bool)
    joined[ends[0]] = joined[ends[1]] = True
    names = np.unique(part[joined])
    number = np.full(len(part), -1, np.int32)
    number[names] = np.arange(len(names), dtype=np.int32)
    loop = np.where(joined, number[part], -1).astype(np.int32)
    return Plumbing(
        n_devices=n,
        n_racks=snap.n_racks,
        n_loops=len(names),
        device_loop=loop[:n],
        device_primary=loop[n : 2 * n],
        cables=rows,
        giver=np.where(gives, node_a, node_b).astype(np.int32),
        taker=np.where(gives, node_b, node_a).astype(np.int32),
        mated=mated.astype(np.int32),
        mated_rack=rack.astype(np.int32),
        primary_ports=primary,
    )


def _primary_ports(snap: Snapshot) -> Flags:
    """Tell which ports of all specs are on the facility side of a CDU."""
    ports = snap.specs.ports
    found = np.zeros(len(ports.names), bool)
    for number, spec in enumerate(snap.specs.specs):
        if spec.type.kind == "cdu":
            for at in range(int(ports.base[number]), int(ports.base[number + 1])):
                named = (ports.names[at], ports.groups[at].role)
                found[at] = ports.layer[at] == COOLANT and any(text.startswith(PRIMARY) for text in named)
    return found


def _mated(snap: Snapshot) -> NDArray[np.intp]:
    """Return the devices with a port of the connector of their rack's manifold."""
    ports, found = snap.specs.ports, np.zeros(snap.n_devices, bool)
    rack_type = np.append(snap.rack_type, -1)[snap.device_rack]
    for number, type_ in enumerate(snap.specs.rack_types):
        if type_.manifold and type_.manifold in ports.connectors:
            mates = (ports.connector == ports.connectors.index(type_.manifold)) & (ports.layer == COOLANT)
            has = np.bincount(ports.spec[mates], minlength=len(snap.specs)) > 0
            found |= (snap.device_rack >= 0) & (rack_type == number) & has[snap.device_spec]
    return np.flatnonzero(found & (snap.device_spec > 0))
