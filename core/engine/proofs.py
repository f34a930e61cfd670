"""What the wiring of a fabric proves: rails, units, planes, two leafs for every adapter; and what breaks it.

The proofs are of the drawing, whatever made it. What most of a fabric does is taken as meant; what goes
elsewhere is an exception and is named.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.codes import counted, distinct, numbered
from core.engine.columns import Flags
from core.engine.drawn import DrawnFabric
from core.engine.network import Network, network
from core.engine.rails import STRAY, Wiring
from core.engine.snapshot import Snapshot
from core.engine.stage import stage
from core.engine.topology import Rows, Topology

MOST_EXCEPTIONS = 256
OTHER_ROLES = ("storage", "in-band", "out-of-band")
"""Fabrics that have planes at most: what hosts keep apart there are no rails."""
BOND_ROLE = "in-band"
"""Fabrics whose hosts bond their ports: each host is on two switches or more."""


_TEXTS = {
    "rails": "{:,} rails, each port on its own",
    "units": "{:,} unit{s} of hosts, on the same leafs in every rail",
    "planes": "{:,} planes that no cable joins",
    "plane loss": "linked with any of {:,} planes lost",
    "two leafs": "both ports of each adapter on different leafs",
    "bonds": "bonded ports on different switches",
}


@dataclass(frozen=True)
class Proof:
    """One statement about a fabric.

    Attributes
    ----------
    name : str
        `rails`, `units`, `planes`, `plane loss`, `two leafs` or `bonds`.
    number : int
        How many rails, units, planes ...; 0 where it is not a number of things.
    held, of : int
        For how many of how many it holds.
    of_what : str
        Word for one of these.
    """

    name: str
    number: int
    held: int
    of: int
    of_what: str

    @property
    def holds(self) -> bool:
        return self.held == self.of

    @property
    def text(self) -> str:
        """As window and sheets say it.

        Examples
        --------
        >>> Proof("rails", 8, 127, 128, "host").text
        '8 rails, each port on its own: 127 of 128 hosts'
        """
        share = f"all {self.of:,}" if self.holds else f"{self.held:,} of {self.of:,}"
        said = _TEXTS[self.name].format(self.number, s="" if self.number == 1 else "s")
        return f"{said}: {share} {self.of_what}s"


@dataclass(frozen=True, eq=False)
class FabricProofs:
    """What is proven of one fabric, and the exceptions by their rows in the snapshot.

    Attributes
    ----------
    fabric : str
        Id of the fabric.
    rails, planes, units : int
        0 where the wiring shows none. A unit are hosts on the same leaf in every rail.
    proofs : tuple of Proof
        Of what the wiring shows; what it does not show is left out.
    off_rail : ndarray of int64
        Cables from a host's port to a leaf of another rail or plane than that port has in other hosts; not
        those of the hosts in `one_leaf`.
    off_unit : ndarray of int64
        Cables to a leaf of the right rail on which the rest of the unit is not.
    across_planes : ndarray of int64
        Cables between switches of two planes.
    one_leaf : ndarray of int64
        Hosts with both ports of an adapter on one leaf where others have them on two.
    one_plane : ndarray of int64
        Hosts that the loss of one plane cuts off.
    one_switch : ndarray of int64
        Hosts with several links that all end on one switch, where they are bonded.
    role : str
        Role of the fabric.
    wiring : Wiring
        What was found of rails and planes.
    """

    fabric: str
    rails: int
    planes: int
    units: int
    proofs: tuple[Proof, ...]
    off_rail: Rows
    off_unit: Rows
    across_planes: Rows
    one_leaf: Rows
    one_plane: Rows
    one_switch: Rows
    role: str
    wiring: Wiring

    @property
    def cables(self) -> int:
        """Cables that are exceptions."""
        return len(self.off_rail) + len(self.off_unit) + len(self.across_planes)

    def find(self, name: str) -> Proof | None:
        return next((proof for proof in self.proofs if proof.name == name), None)


@stage(reads=("devices", "cables", "brief"), needs=(network,), reuses=True)
def fabric_proofs(
    snap: Snapshot, measured: Network, before: tuple[FabricProofs, ...] = ()
) -> tuple[FabricProofs, ...]:
    """Prove what the wiring of each fabric shows, in the order of the fabrics' ids."""
    roles = {record.id: record.role for record in snap.brief.fabrics}
    last = {proofs.fabric: proofs for proofs in before}
    found = []
    for result in measured.fabrics:
        role, known = roles.get(result.fabric, ""), last.get(result.fabric)
        kept = known is not None and known.wiring is result.drawn.wiring and known.role == role
        if known is not None and kept and known.cables == 0:  # those it names may have moved to other rows
            found.append(known)
        else:
            found.append(proofs_of(result.fabric, role, result.drawn))
    return tuple(found)


def proofs_of(fabric: str, role: str, drawn: DrawnFabric) -> FabricProofs:
    """Prove what the wiring shows. Out-of-band a host's ports are those of different controllers."""
    net, wiring = drawn.topology, drawn.wiring
    none = np.zeros(0, np.int64)
    found: list[Proof] = []
    one_switch, several = _bonds(net) if role == BOND_ROLE else (none, 0)
    if several:
        found.append(Proof("bonds", 0, several - len(one_switch), several, "host"))
    if role == "out-of-band" or not len(wiring.port_class):
        return FabricProofs(
            fabric, 0, 0, 0, tuple(found), none, none, none, none, none, one_switch, role, wiring
        )
    ends = wiring.ends
    hosts = len(distinct(ends.host))
    stray = wiring.port_class[ends.port] != wiring.leaf_class[ends.leaf]
    off_hosts = len(np.unique(ends.host[stray]))
    has_rails = role not in OTHER_ROLES
    if has_rails:
        found.append(Proof("rails", wiring.rails, hosts - off_hosts, hosts, "host"))
    leaf_of, row = _leafs_by_port(wiring)
    units, elsewhere = _units(leaf_of) if has_rails else (0, np.zeros(0, bool))
    off_unit = elsewhere[row[ends.host], ends.port] & ~stray if units else np.zeros_like(stray)
    if units:
        found.append(Proof("units", units, hosts - len(np.unique(ends.host[off_unit])), hosts, "host"))
    across, one_plane = np.zeros(len(net.a), bool), none
    if wiring.planes:
        inner = net.is_switch[net.a] & net.is_switch[net.b]
        across = inner & (net.plane[net.a] != net.plane[net.b])
        across &= (net.plane[net.a] >= 0) & (net.plane[net.b] >= 0)
        links = int(net.count[inner].sum())
        found.append(Proof("planes", wiring.planes, links - int(net.count[across].sum()), links, "cable"))
        one_plane = _on_one_plane(wiring)
        found.append(Proof("plane loss", wiring.planes, hosts - len(one_plane), hosts, "host"))
    one_leaf, dual = _on_one_leaf(wiring, leaf_of, net)
    if dual:
        found.append(Proof("two leafs", 0, dual - len(one_leaf), dual, "host"))
    return FabricProofs(
        fabric=fabric,
        rails=wiring.rails if has_rails else 0,
        planes=wiring.planes,
        units=units,
        proofs=tuple(found),
        off_rail=drawn.cables[ends.cable[stray & has_rails & ~np.isin(ends.host, one_leaf)]],
        off_unit=drawn.cables[ends.cable[off_unit]],
        across_planes=drawn.cables[across[drawn.trunk]],
        one_leaf=net.rows[one_leaf],
        one_plane=net.rows[one_plane],
        one_switch=one_switch,
        role=role,
        wiring=wiring,
    )


def _bonds(net: Topology) -> tuple[Rows, int]:
    """Return the hosts whose several links all go to one switch (rows), and how many have several."""
    ends, others = np.concatenate([net.a, net.b]), np.concatenate([net.b, net.a])
    up = ~net.is_switch[ends] & net.is_switch[others]
    links = np.bincount(ends[up], weights=np.tile(net.count, 2)[up], minlength=len(net))
    pairs = distinct(ends[up] * len(net) + others[up])
    switches = np.bincount(pairs // max(len(net), 1), minlength=len(net))
    return net.rows[(links > 1) & (switches == 1)], int((links > 1).sum())


def _leafs_by_port(wiring: Wiring) -> tuple[Rows, Rows]:
    """Return the leaf of each port of each host, -1 for none; and which of these rows each device is."""
    ends = wiring.ends
    hosts, at = numbered(ends.host, int(ends.host.max()) + 1)
    leaf_of = np.full((len(hosts), len(wiring.port_class)), -1, np.int64)
    leaf_of[at, ends.port] = ends.leaf
    row = np.full(int(hosts.max()) + 1, -1, np.int64)
    row[hosts] = np.arange(len(hosts))
    return leaf_of, row


def _units(leaf_of: Rows) -> tuple[int, Flags]:
    """Return how many units there are, and which ports of which hosts are on a leaf of another unit.

    Hosts on the same leafs are alike; the kinds of host are taken by number, and each joins the unit with
    most of its leafs. No units if that leaves more than a quarter of the ports elsewhere.
    """
    kinds, kind_of, hosts = _alike(leaf_of)
    leafs = len(distinct(leaf_of + 1))
    elsewhere = np.zeros(kinds.shape, bool)
    if len(kinds) > 2 * leafs + MOST_EXCEPTIONS:
        return 0, elsewhere[kind_of]
    unit_of_leaf = np.full(int(leaf_of.max()) + 1, -1, np.int64)
    members: list[NDArray[np.int64]] = []
    for k in np.lexsort((-(kinds >= 0).sum(axis=1), -hosts)).tolist():
        wired = np.flatnonzero(kinds[k] >= 0)
        owner = unit_of_leaf[kinds[k, wired]]
        if (owner < 0).all():
            unit = len(members)
            members.append(np.full(kinds.shape[1], -1, np.int64))
        else:
            unit = int(np.bincount(owner[owner >= 0]).argmax())
        fresh = wired[(owner < 0) & (members[unit][wired] < 0)]
        members[unit][fresh] = kinds[k, fresh]
        unit_of_leaf[kinds[k, fresh]] = unit
        elsewhere[k, wired] = unit_of_leaf[kinds[k, wired]] != unit
    ports = (kinds >= 0).sum(axis=1) @ hosts
    if (elsewhere.sum(axis=1) @ hosts) > STRAY * ports:
        return 0, np.zeros_like(leaf_of, bool)
    return len(members), elsewhere[kind_of]


def _alike(rows: Rows) -> tuple[Rows, Rows, Rows]:
    """Return the distinct rows, which of them each is, and how many are of each."""
    kind = np.zeros(len(rows), np.int64)
    for column in rows.T + 1:
        values, place = numbered(column, int(column.max(initial=0)) + 1)
        wide = len(values)
        _, kind = numbered(kind * wide + place, (int(kind.max(initial=0)) + 1) * wide)
        kind = kind.astype(np.int64)
    count = np.bincount(kind)
    first = np.empty(len(count), np.int64)
    first[kind[::-1]] = np.arange(len(rows))[::-1]
    return rows[first], kind, count


def _on_one_plane(wiring: Wiring) -> Rows:
    """Return the hosts all of whose leafs are in one plane."""
    ends, planes = wiring.ends, wiring.planes
    pairs = distinct(ends.host * planes + wiring.plane[ends.leaf])
    hosts, number = counted(pairs // planes)
    alone: Rows = hosts[number == 1]
    return alone


def _on_one_leaf(wiring: Wiring, leaf_of: Rows, net: Topology) -> tuple[Rows, int]:
    """Return the hosts with two ports of one adapter on a leaf, and how many have adapters of several ports.

    Adapters are told by the planes their ports are in, else by two ports for each accelerator. Nothing is
    meant by it where fewer than half of the hosts have them apart.
    """
    hosts = distinct(wiring.ends.host)
    ports = leaf_of.shape[1]
    if wiring.planes and wiring.rails * wiring.planes == len(wiring.class_plane):
        adapter = wiring.class_rail[wiring.port_class]
    elif ports == 2 * net.accelerators[hosts[0]]:
        adapter = np.arange(ports) // 2
    else:
        return hosts[:0], 0
    together, several = np.zeros(len(hosts), bool), np.zeros(len(hosts), bool)
    for number in range(int(adapter.max()) + 1):
        its = np.sort(leaf_of[:, adapter == number], axis=1)
        wired = its[:, 1:] >= 0
        several |= (wired & (its[:, :-1] >= 0)).any(axis=1)
        together |= (wired & (its[:, 1:] == its[:, :-1])).any(axis=1)
    if together.sum() > 0.5 * several.sum():
        return hosts[:0], 0
    return hosts[together], int(several.sum())
