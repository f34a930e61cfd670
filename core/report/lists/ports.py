"""The list of ports: every port of every device, free or used, and what is at its other end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.report.lists.cables import end_port
from core.report.lists.cells import Cells, Numbers, Texts
from core.report.lists.listing import DRAWN, OF_TYPE, Column, Kind, Source

FREE, JOINED = "free", "by the rack"
"""States of a port: nothing in it; joined by the rack's own cartridge or busbar, not by a cable."""


@dataclass(frozen=True)
class Ports:
    """Where each port is and what is in it.

    Attributes
    ----------
    device, row : ndarray, shape (n_ports,)
        Row of the device; row of the port in `specs.ports`.
    uses : ndarray, shape (n_ports,)
        Number of links that end here.
    cable, at_a : ndarray, shape (n_ports,)
        Row of the first of these links, -1 if there is none; whether it is that link's end a.
    """

    device: NDArray[np.int32]
    row: NDArray[np.int32]
    uses: NDArray[np.int32]
    cable: NDArray[np.int32]
    at_a: NDArray[np.bool_]


def ports_of(source: Source) -> Ports:
    """Return the ports of all devices, device after device."""
    made = source.placed.__dict__.setdefault("_ports", {})
    if "ports" not in made:
        made["ports"] = _ports(source)
    found: Ports = made["ports"]
    return found


def _ports(source: Source) -> Ports:
    snap, classes = source.evaluation.snapshot, source.evaluation.cabling.classes
    base = snap.specs.ports.base.astype(np.int64)
    counts = np.diff(base)[snap.device_spec]
    ends = np.cumsum(counts)
    n = int(ends[-1]) if len(ends) else 0
    device = np.repeat(np.arange(snap.n_devices, dtype=np.int32), counts)
    shift = base[snap.device_spec] - (ends - counts)
    row = np.arange(n, dtype=np.int32)
    row += np.repeat(shift.astype(np.int32), counts)
    live = np.flatnonzero(snap.cable_layer >= 0)[::-1]
    both = np.concatenate([classes.cage_a[live], classes.cage_b[live]])
    uses = np.bincount(both, minlength=n)[:n].astype(np.int32)
    cable = np.full(n, -1, np.int32)
    at_a = np.zeros(n, bool)
    for cages, is_a in ((classes.cage_b, False), (classes.cage_a, True)):
        cage = cages[live]
        cable[cage], at_a[cage] = live, is_a  # in reverse, so that the first link stands in the end
    return Ports(device, row, uses, cable, at_a)


def _device(source: Source) -> Cells:
    labels = source.placed.device_labels
    return Texts(ports_of(source).device, labels.values, labels.rank)


def _of_port(source: Source, values: list[str]) -> Texts:
    return Texts(ports_of(source).row, values)


def _port(source: Source) -> Cells:
    return _of_port(source, source.evaluation.snapshot.specs.ports.names)


def _connector(source: Source) -> Cells:
    ports = source.evaluation.snapshot.specs.ports
    return _of_port(source, [group.connector for group in ports.groups])


def _layer(source: Source) -> Cells:
    ports = source.evaluation.snapshot.specs.ports
    return _of_port(source, [group.layer for group in ports.groups])


def _role(source: Source) -> Cells:
    ports = source.evaluation.snapshot.specs.ports
    return _of_port(source, [group.role for group in ports.groups])


def _rate(source: Source) -> Cells:
    ports = source.evaluation.snapshot.specs.ports
    return Numbers(ports.rate_gbps[ports_of(source).row], missing="")


def _state(source: Source) -> Cells:
    """Used, by how many links, fed from a source, joined by the rack, or free."""
    snap, ports = source.evaluation.snapshot, ports_of(source)
    texts = [FREE, "used", JOINED]
    is_used = ports.uses > 0
    state = is_used.astype(np.int32)
    shared = ports.uses > 1
    for number in np.unique(ports.uses[shared]).tolist() if shared.any() else ():
        texts.append(f"used by {number} links")
        state[ports.uses == number] = len(texts) - 1
    np.putmask(state, ~is_used & _joined(source), 2)
    sources = source.placed.reader.sources
    first = np.zeros(snap.n_devices + 1, np.int64)
    np.cumsum(np.diff(snap.specs.ports.base)[snap.device_spec], out=first[1:])
    live = snap.device_spec[snap.feed_device] > 0
    at = (first[snap.feed_device] + snap.feed_port)[live]
    for number in np.unique(snap.feed_source[live]).tolist():
        name = snap.sources[number]
        texts.append(f"fed from {sources[name].name if name in sources else name}")
        state[at[snap.feed_source[live] == number]] = len(texts) - 1
    return Texts(state, texts, np.array([len(texts), *range(1, len(texts))]))


def _joined(source: Source) -> NDArray[np.bool_]:
    """Tell which ports the scale-up cartridge of their rack joins."""
    snap, ports = source.evaluation.snapshot, ports_of(source)
    roles = [*(t.scale_up for t in snap.specs.rack_types), ""]
    names = snap.specs.ports.roles
    of_type = np.array([names.index(r) if r and r in names else -2 for r in roles], np.int32)
    of_rack = np.append(of_type[snap.rack_type], -2)
    counts = np.diff(snap.specs.ports.base)[snap.device_spec]
    wanted = np.repeat(of_rack[snap.device_rack], counts)
    found: NDArray[np.bool_] = wanted == snap.specs.ports.role[ports.row]
    return found


def _far(source: Source, port: bool) -> Cells:
    """Return the device, or the port, at the other end of the first link of each port."""
    snap, ports = source.evaluation.snapshot, ports_of(source)
    used = np.flatnonzero(ports.cable >= 0)
    cable, at_a = ports.cable[used], ports.at_a[used]
    codes: NDArray[Any] = np.full(len(ports.cable), -1, np.int32)
    if not port:
        codes[used] = np.where(at_a, snap.cable_b[cable], snap.cable_a[cable])
        labels = source.placed.device_labels
        return Texts(codes, labels.values, labels.rank)
    a, b = end_port(source, "a"), end_port(source, "b")
    codes[used] = np.where(at_a, len(a.values) + b.codes[cable], a.codes[cable])
    return Texts(codes, [*a.values, *b.values])


PORTS = Kind(
    name="ports",
    title="Ports",
    noun="port",
    thing="port",
    columns=(
        Column("device", "Device", _device, fixed=DRAWN),
        Column("port", "Port", _port, fixed=OF_TYPE),
        Column("layer", "Layer", _layer, fixed=OF_TYPE),
        Column("connector", "Connector", _connector, fixed=OF_TYPE),
        Column("rate", "Rate", _rate, unit="Gbit/s", fixed=OF_TYPE),
        Column("role", "Role", _role, fixed=OF_TYPE, shown=False),
        Column("state", "State", _state, fixed="Join or free it with the link tool"),
        Column("far", "Far end", lambda s: _far(s, False), fixed=DRAWN, also=("to",)),
        Column("far_port", "Far port", lambda s: _far(s, True), fixed=DRAWN),
    ),
    rows=lambda source: np.arange(len(ports_of(source).row)),
)
