"""What collectives of a drawn design run over: its scale-up domains and one of its fabrics."""

from __future__ import annotations

import numpy as np

from core.engine.collective_constants import Constants, shipped_constants
from core.engine.collectives import Hierarchy
from core.engine.columns import sum_by
from core.engine.network import FabricResult, Network
from core.engine.snapshot import Snapshot
from core.errors import EngineError


def hierarchy_of(
    snap: Snapshot,
    network: Network,
    fabric: FabricResult,
    *,
    reduces: bool = False,
    constants: Constants | None = None,
    among: range | None = None,
    link: str = "",
) -> Hierarchy:
    """Return the hierarchy of the accelerators that a fabric joins.

    Parameters
    ----------
    snap : Snapshot
    network : Network
        Result for the snapshot.
    fabric : FabricResult
        One of its fabrics.
    reduces : bool, optional
        The switches of the fabric add up, and that is switched on.
    among : range, optional
        Rows of devices that take part; all without.
    link : str, optional
        Kind of scale-up link whose constants are taken, instead of that of the accelerators.

    Raises
    ------
    EngineError
        If the fabric joins no accelerators, or nothing is known of their scale-up links.

    Notes
    -----
    A domain is a rack with a scale-up cartridge, else one host. Where hosts differ, the slowest rates and the
    smallest domain count: a collective waits for its slowest rank. The rate of a type is stated both ways;
    half of it goes one way.
    """
    chosen = constants or shipped_constants()
    net, specs = fabric.drawn.topology, snap.specs
    count = np.where(net.is_switch, 0.0, net.accelerators)
    if among is not None:
        count = np.where((net.rows >= among.start) & (net.rows < among.stop), count, 0.0)
    hosts = np.flatnonzero(count > 0)
    if not len(hosts):
        raise EngineError(
            "no accelerators are in this fabric",
            where="collectives",
            cure="Join hosts with accelerators to its switches",
        )
    ends = np.concatenate([net.a, net.b])
    rate = sum_by(ends, np.concatenate([net.capacity_gbps] * 2), len(net))
    rows = net.rows[hosts]
    spec = snap.device_spec[rows]
    up_gb_s = specs.accelerator_column("scale_up_gb_s").value[spec] / count[hosts] / 2
    rack = snap.device_rack[rows]
    in_rack = np.append(network.scale_up.rack_accelerators, 0.0)[rack]
    domain = np.where(in_rack > 0, in_rack, count[hosts])
    parts = {part for number in np.unique(spec).tolist() for part in specs.accelerator_types(number)}
    link = link or _link(sorted({part.scale_up for part in parts}), tuple(chosen.links))
    # Where each domain is one accelerator, nothing runs over scale-up links.
    if not (up_gb_s > 0).all() and (domain > 1).any():
        names = ", ".join(sorted(part.name for part in parts if not part.scale_up_gb_s)) or "the accelerators"
        raise EngineError(
            f"the scale-up rate of {names} is not known",
            where="collectives",
            cure="Write it into the type (Scale-up, both ways)",
        )
    return Hierarchy(
        domain=int(domain.min()),
        up_gb_s=float(up_gb_s.min()),
        link=link,
        nic_gb_s=float((rate[hosts] / count[hosts]).min()) / 8,
        oversubscription=max(fabric.oversubscription or 1.0, 1.0),
        switches=fabric.hops.most,
        fabric_reduces=reduces,
    )


def accelerators_of(fabric: FabricResult) -> int:
    """Return the accelerators that a fabric joins."""
    net = fabric.drawn.topology
    return int(np.where(net.is_switch, 0.0, net.accelerators).sum())


def _link(names: list[str], known: tuple[str, ...]) -> str:
    """Return the one kind of scale-up link that was measured."""
    if len(names) == 1 and names[0] in known:
        return names[0]
    cure = f"Known are: {', '.join(known)}"
    if len(names) > 1:
        said = " and ".join(name or "unknown links" for name in names)
        raise EngineError(
            f"collectives over mixed scale-up links ({said}) are not modelled",
            where="collectives",
            cure="Join accelerators of one kind by a fabric",
        )
    said = names[0] if names and names[0] else "unknown links"
    raise EngineError(f"collectives over {said} have not been measured", where="collectives", cure=cure)
