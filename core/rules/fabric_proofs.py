"""Fabrics: rails, units, planes and pairs of leafs that most of the wiring keeps and some of it does not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.engine.proofs import FabricProofs
from core.engine.topology import Rows
from core.model.records import Fabric
from core.rules.finding import Severity
from core.rules.rule import Kind, Marks, Yielded, rule
from core.rules.views import Design

READS = ("cables", "brief", "fabric_proofs")


def _proofs(design: Design) -> Iterator[tuple[Fabric, FabricProofs]]:
    """Yield each fabric of the project with what is proven of it."""
    for found in design.of.fabric_proofs:
        record = next((f for f in design.brief.fabrics if f.id == found.fabric), None)
        if record is not None:
            yield record, found


def _marks(
    kind: Kind, rows: Rows, text: str, value: float | None = None, limit: float | None = None
) -> Marks:
    """Return marks that all say the same."""
    given, bound = (None if x is None else np.full(len(rows), float(x)) for x in (value, limit))
    return Marks(kind, rows, lambda _: text, given, bound)


@rule("network.off_rail", Severity.WARNING, "Port on another rail", reads=READS)
def off_rail(design: Design) -> Iterator[Yielded]:
    """A host's port is on a leaf of another rail, or of another plane, than the same port of other hosts.

    Adapter r of every host belongs on rail r: traffic of a rail then stays on one leaf. What is meant is read
    off the wiring: where most hosts keep their ports apart, the few that do not are the fault.

    Source: NVIDIA DGX SuperPOD reference architecture RA-11333-001: adapter r of every node of a unit goes to
    leaf r of that unit.
    """
    for record, found in _proofs(design):
        kept = f"{found.rails} rails" + (f" and {found.planes} planes" if found.planes else "")
        text = f"off its rail: most hosts keep {kept} of {record.name} apart; swap it back"
        yield _marks("cable", found.off_rail, text)


@rule("network.off_unit", Severity.WARNING, "Same rail, other leaf", reads=READS)
def off_unit(design: Design) -> Iterator[Yielded]:
    """A host is in one rail on another leaf than the hosts it shares its other leafs with.

    Within a scalable unit all hosts are on the same leaf of each rail; one that is not takes three switches
    to hosts of its own unit.

    Source: NVIDIA DGX SuperPOD reference architecture RA-11333-001: adapter r of every node of a unit goes to
    leaf r of that unit.
    """
    for record, found in _proofs(design):
        text = f"on a leaf of {record.name} that the rest of its unit is not on; move it to theirs"
        yield _marks("cable", found.off_unit, text)


@rule("network.planes_joined", Severity.ERROR, "Cable between planes", reads=READS)
def planes_joined(design: Design) -> Iterator[Yielded]:
    """A cable joins switches of two planes, which are meant to be disjoint networks.

    A fault in one plane then reaches the other, and packets come in on a port on which they were not sent.

    Source: derived from the NVIDIA Spectrum-X and Alibaba HPN designs (SIGCOMM 2024), as summarised: planes
    share nothing but the hosts.
    """
    for record, found in _proofs(design):
        text = f"joins two of the {found.planes} planes of {record.name}; take it out or move one end"
        yield _marks("cable", found.across_planes, text)


@rule("network.one_leaf", Severity.WARNING, "Both ports on one leaf", reads=(*READS, "devices"))
def one_leaf(design: Design) -> Iterator[Yielded]:
    """Both ports of an adapter are on one leaf, though most of the fabric has them on two.

    The loss of that leaf cuts the adapter off, which two leafs are there to prevent.

    Source: Alibaba HPN (SIGCOMM 2024), as summarised: both ports of an adapter go to different leafs.
    """
    for record, found in _proofs(design):
        text = f"has both ports of an adapter on one leaf of {record.name}; put one on the other leaf"
        yield _marks("device", found.one_leaf, text)


@rule("network.one_plane", Severity.WARNING, "Host on one plane only", reads=(*READS, "devices"))
def one_plane(design: Design) -> Iterator[Yielded]:
    """A host has links into one plane only: the loss of that plane cuts it off.

    Source: derived: the loss of a plane is to halve the bandwidth of hosts, not to disconnect them.
    """
    for record, found in _proofs(design):
        text = f"is on 1 of {found.planes} planes of {record.name}; link it to another"
        yield _marks("device", found.one_plane, text, 1, found.planes)


@rule("network.bond", Severity.WARNING, "Bonded ports on one switch", reads=(*READS, "devices"))
def bond(design: Design) -> Iterator[Yielded]:
    """All links of a host into an in-band network end on one switch.

    The ports are bonded to survive the loss of a switch.

    Source: NVIDIA DGX SuperPOD reference architectures: two in-band ports of a node, bonded, to different
    switches.
    """
    for record, found in _proofs(design):
        text = f"has all its links into {record.name} on one switch; move one to another switch"
        yield _marks("device", found.one_switch, text)
