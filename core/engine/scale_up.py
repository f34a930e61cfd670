"""Scale-up domains by blind-mate cartridge: derived from the rack types, never stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, sum_by
from core.engine.snapshot import Snapshot
from core.engine.topology import Topology, merged
from core.model.types import SWITCH_KINDS


@dataclass(frozen=True)
class ScaleUp:
    """Scale-up domains by blind-mate cartridge: derived links, never stored, counted apart."""

    rack_accelerators: Floats
    rack_links: Floats

    @property
    def links(self) -> int:
        return int(self.rack_links.sum())


@dataclass(frozen=True, eq=False)
class _Side:
    """Devices with ports of the cartridge: their rows, racks, ports and the rate of a port."""

    rows: NDArray[np.int64]
    rack: NDArray[np.int64]
    ports: NDArray[np.int64]
    gbps: Floats


def scale_up(snap: Snapshot) -> ScaleUp:
    """Count the links of each rack: the scale-up ports of the scarcer side, accelerators or switches."""
    links, accelerators = np.zeros(snap.n_racks), np.zeros(snap.n_racks)
    for trays, switches in _domains(snap):
        sides = [sum_by(side.rack, side.ports, snap.n_racks) for side in (trays, switches)]
        links += np.minimum(*sides)
        own = snap.specs.accelerators().value[snap.device_spec[trays.rows]]
        accelerators += sum_by(trays.rack, own, snap.n_racks)
    return ScaleUp(np.where(links > 0, accelerators, 0.0), links)


def scale_up_topology(snap: Snapshot) -> Topology:
    """Return the scale-up domains as one topology; each domain is a component.

    Notes
    -----
    Devices are trays, since accelerators are not placed on their own: those of one tray count as one host.
    The ports of a tray are spread evenly over the switch trays of its rack, as a complete bipartite network
    of accelerators and chips does; what does not divide goes to the first.
    """
    rows, trunks = [np.zeros(0, np.int64)], []
    is_switch, accelerators = np.zeros(snap.n_devices, bool), snap.specs.accelerators().value
    for trays, switches in _domains(snap):
        rows += [trays.rows, switches.rows]
        is_switch[switches.rows] = True
        for rack in np.intersect1d(trays.rack, switches.rack).tolist():
            mine, its = np.flatnonzero(trays.rack == rack), np.flatnonzero(switches.rack == rack)
            total = min(int(trays.ports[mine].sum()), int(switches.ports[its].sum()))
            for n, (tray, links) in enumerate(zip(mine, _shares(trays.ports[mine], total), strict=True)):
                each = _shares(np.ones(len(its), np.int64), int(links))
                for switch, count in zip(its, np.roll(each, n * int(links) % len(its)), strict=True):
                    gbps = min(trays.gbps[tray], switches.gbps[switch])
                    trunks.append((trays.rows[tray], switches.rows[switch], gbps, count))
    there = np.unique(np.concatenate(rows))
    columns = np.array([trunk for trunk in trunks if trunk[3]], np.float64).reshape(-1, 4)
    a, b = (np.searchsorted(there, columns[:, k].astype(np.int64)) for k in (0, 1))
    none = np.full(len(there), -1, np.int64)
    return merged(
        rows=there, is_switch=is_switch[there], accelerators=accelerators[snap.device_spec[there]],
        rail=none, plane=none, a=a, b=b, gbps=columns[:, 2], count=columns[:, 3].astype(np.int64),
    )  # fmt: skip


def _shares(weight: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Split a number in proportion to weights, in whole numbers.

    Examples
    --------
    >>> _shares(np.array([1, 1, 1]), 8).tolist()
    [3, 3, 2]
    """
    bounds = -(-total * np.cumsum(weight) // max(int(weight.sum()), 1))
    return np.diff(bounds, prepend=0).astype(np.int64)


def _domains(snap: Snapshot) -> list[tuple[_Side, _Side]]:
    """Return accelerator trays and switch trays in racks with a cartridge, for each kind of cartridge."""
    specs, ports = snap.specs, snap.specs.ports
    is_switch_spec: Flags = np.array([s.type.kind in SWITCH_KINDS for s in specs.specs])
    kind = np.append(snap.rack_type, -1)[snap.device_rack]
    found = []
    for role in sorted({t.scale_up for t in specs.rack_types if t.scale_up in ports.roles} - {""}):
        joined = np.array([t.scale_up == role for t in specs.rack_types] + [False])
        of_role = ports.role == ports.roles.index(role)
        per_spec = sum_by(ports.spec, of_role, len(specs)).astype(np.int64)
        gbps = np.zeros(len(specs))
        np.maximum.at(gbps, ports.spec[of_role], np.nan_to_num(ports.rate_gbps[of_role]))
        inside = np.flatnonzero((snap.device_rack >= 0) & joined[kind]).astype(np.int64)
        inside = inside[per_spec[snap.device_spec[inside]] > 0]
        is_switch = is_switch_spec[snap.device_spec[inside]]
        found.append((_side(snap, inside[~is_switch], per_spec, gbps),
                      _side(snap, inside[is_switch], per_spec, gbps)))  # fmt: skip
    return found


def _side(snap: Snapshot, rows: NDArray[np.int64], per_spec: NDArray[np.int64], gbps: Floats) -> _Side:
    spec = snap.device_spec[rows]
    return _Side(rows, snap.device_rack[rows].astype(np.int64), per_spec[spec], gbps[spec])
