"""A fabric of the drawing as a topology, and which cable is of which trunk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, Ints
from core.engine.link_classes import Classes
from core.engine.rails import Wiring, host_ends, wiring_of
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS
from core.engine.topology import Rows, Topology, trunks_of
from core.model.types import MANAGEMENT_ROLES, SWITCH_KINDS

DATA = LAYERS.index("data")


@dataclass(frozen=True, eq=False)
class DrawnFabric:
    """A fabric of the drawing.

    Attributes
    ----------
    topology : Topology
        Its rows rise.
    wiring : Wiring
        Rails and planes.
    cables : ndarray of int64, shape (c,)
        Its cables by their row in the snapshot.
    a, b : ndarray of int64, shape (c,)
        Their ends (index into the topology's rows).
    gbps : ndarray, shape (c,)
        Rate of each; 0 where not known.
    trunk : ndarray of int64, shape (c,)
        Trunk of each.
    inputs : tuple
        What it was made of, but for the rows of the cables: the same inputs make the same network.
    """

    topology: Topology
    wiring: Wiring
    cables: Rows
    a: Rows
    b: Rows
    gbps: Floats
    trunk: Rows
    inputs: tuple[object, NDArray[np.int32]]

    def is_of(self, inputs: tuple[object, NDArray[np.int32]]) -> bool:
        """Tell whether it was made of these inputs."""
        return self.inputs[0] is inputs[0] and np.array_equal(self.inputs[1], inputs[1])


def inputs_of(snap: Snapshot, cables: NDArray[np.intp]) -> tuple[object, NDArray[np.int32]]:
    """Return the devices and the ends of some cables: what their network is made of."""
    names = [
        f"cable_{what}_{end}" if what else f"cable_{end}" for what in ("", "port", "lane") for end in "ab"
    ]
    return snap.group("devices"), np.stack([getattr(snap, name)[cables] for name in names])


def topology_in(snap: Snapshot, fabric: str, classes: Classes) -> tuple[Topology, Rows]:
    """Return a fabric of a snapshot as a topology, and the trunk of each cable.

    Parameters
    ----------
    snap : Snapshot
    fabric : str
        Id of the fabric; empty for data links that belong to none.
    classes : Classes
        What `core.engine.link_classes` found for the snapshot.

    Returns
    -------
    Topology
    ndarray of int64, shape (n_cables,)
        -1 for cables that are not of the fabric.
    """
    number = snap.fabrics.index(fabric) if fabric in snap.fabrics else -1
    known = fabric in snap.fabrics or not fabric
    cables = np.flatnonzero((snap.cable_layer == DATA) & (snap.cable_fabric == number) & known)
    drawn = drawn_fabric(snap, cables, classes)
    trunk = np.full(snap.n_cables, -1, np.int64)
    trunk[drawn.cables] = drawn.trunk
    return drawn.topology, trunk


def drawn_fabric(snap: Snapshot, cables: NDArray[np.intp], classes: Classes) -> DrawnFabric:
    """Return the network that some data cables (rows of the snapshot) make."""
    devices = np.concatenate([snap.cable_a[cables], snap.cable_b[cables]])
    there = np.zeros(snap.n_devices, bool)
    there[devices] = True
    rows = np.flatnonzero(there).astype(np.int64)
    number = (np.cumsum(there) - 1)[devices]
    a, b = number[: len(cables)], number[len(cables) :]
    gbps = np.nan_to_num(classes.cable_rate_gbps[cables])
    trunk, heads = trunks_of(a, b, gbps, len(rows))
    rail, plane = np.full((2, len(rows)), -1, np.int64)
    topology = Topology(
        rows=rows,
        is_switch=forwarding(snap, cables, devices, number, rows),
        accelerators=snap.specs.accelerators().value[snap.device_spec[rows]],
        rail=rail,
        plane=plane,
        a=np.minimum(a, b)[heads],
        b=np.maximum(a, b)[heads],
        gbps=gbps[heads],
        count=np.bincount(trunk, minlength=len(heads)),
    )
    ends = host_ends(snap, rows, topology.tier, cables)
    wiring = wiring_of(topology.tier, topology.a, topology.b, topology.count, ends)
    rail[:], plane[:] = wiring.rail, wiring.plane
    return DrawnFabric(topology, wiring, cables.astype(np.int64), a, b, gbps, trunk, inputs_of(snap, cables))


def forwarding(
    snap: Snapshot,
    cables: NDArray[np.intp],
    devices: Ints,
    number: NDArray[np.intp],
    rows: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """Tell which devices forward: switches, unless the fabric only reaches their management ports."""
    ports = snap.specs.ports
    forwards = np.array([role not in MANAGEMENT_ROLES for role in ports.roles], bool)
    forwards = (
        np.array([spec.type.kind in SWITCH_KINDS for spec in snap.specs.specs], bool)[ports.spec]
        & (forwards[ports.role])
    )
    port = np.concatenate([snap.cable_port_a[cables], snap.cable_port_b[cables]])
    found = np.zeros(len(rows), bool)
    found[number[forwards[ports.base[snap.device_spec[devices]] + port]]] = True
    return found
