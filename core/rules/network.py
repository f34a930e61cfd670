"""Fabrics: in one piece, evenly wired, rails kept apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.engine.codes import counted, numbered
from core.engine.columns import Floats, count_by
from core.engine.drawn import DATA
from core.engine.network import FabricResult
from core.engine.topology import Topology
from core.model.records import Fabric
from core.rules.finding import Severity
from core.rules.rule import Marks, Yielded, of_design, rule
from core.rules.views import Design

WHOLE_ROLES = ("compute", "storage", "scale-up")
"""Fabrics that have to be in one piece; management networks often meet outside the drawing."""
RAIL_WORD = "rail"


def _fabrics(design: Design) -> Iterator[tuple[Fabric, FabricResult, NDArray[np.intp]]]:
    """Yield each fabric with its result and its cables."""
    snap = design.snap
    for result in design.of.network.fabrics:
        record = next((f for f in design.brief.fabrics if f.id == result.fabric), None)
        if record is not None:
            number = snap.fabrics.index(record.id)
            rows = np.flatnonzero((snap.cable_layer == DATA) & (snap.cable_fabric == number))
            yield record, result, rows


@rule("network.no_fabric", Severity.INFO, "Link in no fabric", reads=("cables",))
def no_fabric(design: Design) -> Iterator[Yielded]:
    """A data link belongs to no fabric: no network sheet shows it and no fabric counts it.

    Source: house rule.
    """
    snap = design.snap
    rows = np.flatnonzero((snap.cable_layer == DATA) & (snap.cable_fabric < 0))
    yield Marks("cable", rows, lambda _: "in no fabric; choose the one it belongs to")


@rule("network.disconnected", Severity.ERROR, "Fabric in several pieces",
      reads=("cables", "brief", "network"))  # fmt: skip
def disconnected(design: Design) -> Iterator[Yielded]:
    """A compute, storage or scale-up fabric falls apart: some of its hosts cannot reach others.

    Planes and rails count as joined where a host is on several of them.

    Source: house rule. Planes that only hosts join are in the NVIDIA DGX SuperPOD reference architecture
    RA-11337-001, rails that only hosts join in Wang et al., Rail-only (arXiv 2307.12169), as summarised.
    """
    for record, result, _ in _fabrics(design):
        if record.role in WHOLE_ROLES and result.components > 1:
            yield of_design(
                f"fabric {record.name} is in {result.components} pieces, not 1; link them",
                float(result.components),
                1.0,
            )


@rule("network.uneven_uplinks", Severity.WARNING, "Unequal links between switches",
      reads=("devices", "cables", "brief", "network"))  # fmt: skip
def uneven_uplinks(design: Design) -> Iterator[Yielded]:
    """A leaf has more links to one of its spines than to another: traffic spread evenly overloads the fewer.

    Only links from the switches with hosts to those above, and only spines that a leaf reaches at all.

    Source: derived from published counts: the NVIDIA DGX SuperPOD reference architecture RA-11339-001 takes
    18 spines where 16 have ports enough, so that the 72 uplinks of a leaf divide evenly.
    """
    for record, result, _ in _fabrics(design):
        yield from _uneven(design, record.name, result.drawn.topology)


def _uneven(design: Design, fabric: str, net: Topology) -> Iterator[Marks]:
    turned = net.tier[net.a] > net.tier[net.b]
    low, high = np.where(turned, net.b, net.a), np.where(turned, net.a, net.b)
    up = np.flatnonzero((net.tier[low] > 0) & (net.tier[low] + 1 == net.tier[high]))
    pair, at = np.unique(low[up] * len(net) + high[up], return_inverse=True)
    if not len(pair):
        return
    links = np.bincount(at.reshape(-1), weights=net.count[up])
    switch, first = np.unique(pair // len(net), return_index=True)
    most, least = np.maximum.reduceat(links, first), np.minimum.reduceat(links, first)
    wrong = np.flatnonzero(most > least)
    above, ends = net.rows[pair % len(net)], np.append(first, len(pair))

    def text(k: int) -> str:
        its = slice(ends[wrong[k]], ends[wrong[k] + 1])
        more, fewer = (_name(design, above[its][at]) for at in (links[its].argmax(), links[its].argmin()))
        return (
            f"{links[its].max():g} links to {more} of {fabric} and {links[its].min():g} to {fewer}; "
            "give each pair as many"
        )

    yield Marks("device", net.rows[switch[wrong]], text, most[wrong], least[wrong])


def _name(design: Design, row: int) -> str:
    """Return the names along the path of a device."""
    records = design.records
    return " / ".join(records.names_along(records.top, design.snap.device_path(row)))


@rule("network.rail", Severity.WARNING, "Rails crossed",
      reads=("devices", "cables", "brief", "network", "fabric_proofs"))  # fmt: skip
def rail(design: Design) -> Iterator[Yielded]:
    """In a rail-optimised fabric a leaf serves other rails of one host than of another: a cable is swapped.

    A leaf may serve several rails if it serves the same ones of all its hosts. Same-rail traffic then stays
    on one leaf. Where most hosts agree the cables that do not are named instead (`network.off_rail`).

    Source: NVIDIA DGX SuperPOD reference architecture RA-11333-001: adapter r of every node of a unit goes to
    leaf r of that unit.
    """
    named = {found.fabric for found in design.of.fabric_proofs if len(found.off_rail)}
    for record, result, _ in _fabrics(design):
        if RAIL_WORD not in record.family.lower() or record.id in named:
            continue
        ends = result.drawn.wiring.ends  # of the usual kind of host: a fabric manager has no rails
        wrong, served, most = _crossed(ends.leaf, ends.host, ends.port)
        wrong = result.drawn.topology.rows[wrong]

        def text(k: int, served: Floats = served, most: Floats = most, name: str = record.name) -> str:
            return (
                f"serves {served[k]:g} rails of {name}, at most {most[k]:g} of any one host; swap cables back"
            )

        yield Marks("device", wrong, text, served, most)


def _crossed(
    leaf: NDArray[np.int64], host: NDArray[np.int64], rails: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return the leafs that serve more rails than any one host has on them, both numbers beside."""
    leafs, at = numbered(leaf, int(leaf.max(initial=0)) + 1)
    n, wide = len(leafs), int(rails.max(initial=0)) + 1
    served = count_by(counted(at * wide + rails)[0] // wide, n)
    hosts = int(host.max(initial=0)) + 1
    single, _ = counted((at * hosts + host) * wide + rails)
    per_host, links = counted(single // wide)
    most = np.zeros(n)
    np.maximum.at(most, per_host // hosts, links)
    wrong = np.flatnonzero(served > most)
    return leafs[wrong], served[wrong], most[wrong]
