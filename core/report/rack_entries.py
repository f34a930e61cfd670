"""What enters a rack from outside: whips and cords, coolant, data cables, by connector and far end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.evaluation import Evaluation
from core.engine.specs import LAYERS

POWER, COOLANT, DATA = LAYERS.index("power"), LAYERS.index("coolant"), LAYERS.index("data")


@dataclass(frozen=True)
class Entry:
    """Equal connections of a rack with what stands outside of it.

    Attributes
    ----------
    layer : int
        Index into `LAYERS`.
    port : str
        Name of the port without its number, as `supply`.
    connector : str
        At the rack.
    far : str
        Type of the device at the far end, or the source.
    devices : tuple of int
        Rows of the devices in the rack, one for each connection.
    cables : tuple of int
        Rows of the cables; none of what a source feeds straight.
    bores_mm : tuple of float
        Inner diameters of the ports, those known.
    heights_mm : tuple of float
        Middle of these devices above the floor of the rack.
    """

    layer: int
    port: str
    connector: str
    far: str
    devices: tuple[int, ...]
    cables: tuple[int, ...]
    bores_mm: tuple[float, ...]
    heights_mm: tuple[float, ...]


def entries_of(of: Evaluation, rack: int) -> list[Entry]:
    """Return what enters a rack: power, coolant, data, each by connector and far end."""
    snap, ports = of.snapshot, of.snapshot.specs.ports
    found: dict[tuple[int, str, str, str], list[tuple[int, int, int]]] = {}
    of_rack = np.append(snap.device_rack == rack, False)
    for layer in (POWER, COOLANT, DATA):
        rows = np.flatnonzero((snap.cable_layer == layer) & (of_rack[snap.cable_a] != of_rack[snap.cable_b]))
        for row in rows.tolist():
            near, far = ("a", "b") if of_rack[snap.cable_a[row]] else ("b", "a")
            device = int(getattr(snap, f"cable_{near}")[row])
            other = int(getattr(snap, f"cable_{far}")[row])
            at = int(ports.base[snap.device_spec[device]]) + int(getattr(snap, f"cable_port_{near}")[row])
            name = snap.specs.specs[snap.device_spec[other]].type.name
            found.setdefault((layer, *_named(of, at), name), []).append((device, at, row))
    for device, port, source in zip(
        snap.feed_device.tolist(), snap.feed_port.tolist(), snap.feed_source.tolist(), strict=True
    ):
        if of_rack[device]:
            at = int(ports.base[snap.device_spec[device]]) + port
            name = f"source {snap.sources[source]}"
            found.setdefault((POWER, *_named(of, at), name), []).append((device, at, -1))
    return [_entry(of, rack, key, ends) for key, ends in sorted(found.items(), key=lambda i: _order(i[0]))]


def _order(key: tuple[int, str, str, str]) -> tuple[int, str, str, str]:
    return ((POWER, COOLANT, DATA).index(key[0]), *key[1:])


def _named(of: Evaluation, port: int) -> tuple[str, str]:
    """Return the name of a port without its number, of data ports none, and its connector."""
    group = of.snapshot.specs.ports.groups[port]
    name = "" if group.layer == "data" else group.name.partition("{")[0].rstrip("-_ ")
    return name, group.connector


def _entry(
    of: Evaluation, rack: int, key: tuple[int, str, str, str], ends: list[tuple[int, int, int]]
) -> Entry:
    groups = of.snapshot.specs.ports.groups
    bores = {groups[at].bore_mm for _, at, _ in ends} - {None}
    layer, port, connector, far = key
    devices = tuple(device for device, _, _ in ends)
    return Entry(
        layer,
        port,
        connector,
        far,
        devices,
        cables=tuple(row for _, _, row in ends if row >= 0),
        bores_mm=tuple(sorted(b for b in bores if b is not None)),
        heights_mm=tuple(_height_mm(of, rack, device) for device in devices),
    )


def _height_mm(of: Evaluation, rack: int, device: int) -> float:
    """Return the middle of a device above the floor of its rack; of one beside the units the top."""
    snap = of.snapshot
    frame = snap.specs.rack_types[int(snap.rack_type[rack])]
    if snap.device_zoned[device] == 1:
        return frame.height_mm
    tall = float(snap.specs.column("height_u").value[snap.device_spec[device]])
    return float(frame.base_mm + frame.pitch_mm * (snap.device_half_u[device] + tall) / 2)
