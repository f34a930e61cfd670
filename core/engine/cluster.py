"""The accelerators a workload runs on: what they compute, hold and move, as drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.engine.collective_constants import shipped_constants
from core.engine.collective_hierarchy import hierarchy_of
from core.engine.collectives import Hierarchy
from core.engine.columns import Floats, count_by
from core.engine.network import FabricResult, Network
from core.engine.power import FALLBACK
from core.engine.snapshot import Snapshot
from core.errors import EngineError
from core.model.types import AcceleratorType

TFLOPS = ("bf16", "fp8", "fp4")
NEAREST_LINK = "NVLink 4"
"""Kind of scale-up link whose measured shares stand for a kind that nobody measured."""

MOST_ROUTED = 4096
"""Hosts and switches of a fabric up to which its routing is followed live (0.15 s)."""


@dataclass(frozen=True)
class Cluster:
    """Accelerators of one kind that a fabric joins.

    Attributes
    ----------
    name : str
        Type of the accelerator, as the catalogue names it.
    count : int
    node : int
        Accelerators of one host.
    hierarchy : Hierarchy
        Scale-up domain and rate, network rate of one accelerator, and by how much the network is
        oversubscribed.
    tflops : dict of str to float
        Dense peak by precision (`bf16`, `fp8`, `fp4`) [TFLOPS]; only those that are known.
    memory_gb, memory_tb_s : float
        [GB] of 1e9 bytes; [TB/s] of 1e12.
    tdp_w : float
        Design power of one accelerator.
    host_w : float
        Power of the host for each accelerator, beyond the accelerator [W].
    network_share : float
        Share of the network rate that traffic between all hosts gets by the switches' routing (ECMP), as
        measured on the drawn fabric; `hierarchy.oversubscription` is made of it, so it is there to be shown.
    links : int
        Network links of the fabric, for what fails.
    unknown : tuple of str
        What had to be taken for granted.
    """

    name: str
    count: int
    node: int
    hierarchy: Hierarchy
    tflops: dict[str, float]
    memory_gb: float
    memory_tb_s: float
    tdp_w: float
    host_w: float = 0.0
    network_share: float = 1.0
    links: int = 0
    unknown: tuple[str, ...] = ()

    @property
    def nodes(self) -> int:
        """Hosts, the last one perhaps not full."""
        return -(-self.count // self.node)

    @property
    def nic_gb_s(self) -> float:
        """Network rate of one accelerator, one way, as far as the fabric lets it [GB/s]."""
        return self.hierarchy.nic_gb_s / self.hierarchy.oversubscription


def cluster_of(snap: Snapshot, network: Network, part: str = "") -> Cluster:
    """Return the accelerators of a design, or of a part of it, as a workload meets them.

    Parameters
    ----------
    snap : Snapshot
    network : Network
        Result for the snapshot.
    part : str, optional
        Path of an instance in the built block; all of it without.

    Raises
    ------
    EngineError
        If there are no accelerators there, or their peak, memory or scale-up rate is not known.

    Notes
    -----
    Of several kinds the one with most accelerators counts; the others are named in `unknown`. The compute
    fabric that joins most of them is their network; without one only a scale-up domain is there.
    """
    rows = snap.flat.rows_under("device", part)
    fitted = snap.specs.accelerators().value
    each = np.zeros(snap.n_devices)
    each[rows.start : rows.stop] = fitted[snap.device_spec[rows.start : rows.stop]]
    if not each.any():
        raise EngineError(
            "there are no accelerators" + (f" in '{part}'" if part else ""),
            where="workload",
            cure="Place servers or trays with accelerators, or choose another part of the design",
        )
    kind, others = _kinds(snap, each)
    unknown = [f"{count:,.0f} {name} are left out: a workload runs on one kind" for name, count in others]
    each = np.where(_hosts_of(snap, kind)[snap.device_spec], each, 0.0)
    count, node = int(each.sum()), int(each[each > 0].min())
    fabric = _fabric(snap, network, each)
    hierarchy, share = _hierarchy(snap, network, fabric, rows, kind, each, unknown)
    return Cluster(
        name=kind.name,
        count=count,
        node=node,
        hierarchy=hierarchy,
        tflops=_peaks(kind),
        memory_gb=_stated(kind, "memory_gb", "memory"),
        memory_tb_s=_stated(kind, "memory_tb_s", "memory bandwidth"),
        tdp_w=_stated(kind, "tdp_w", "design power"),
        host_w=_host_w(snap, each, kind, unknown),
        network_share=share,
        links=0 if fabric is None else _links_of(snap, fabric, each),
        unknown=tuple(unknown),
    )


def _kinds(snap: Snapshot, each: Floats) -> tuple[AcceleratorType, list[tuple[str, float]]]:
    """Return the kind with most accelerators, and name and number of the others."""
    counts = count_by(snap.device_spec[each > 0], len(snap.specs))
    sums: dict[str, float] = {}
    types: dict[str, AcceleratorType] = {}
    for number in np.flatnonzero(counts > 0).tolist():
        for fit in snap.specs.specs[number].type.accelerators:
            found = snap.specs.find(fit.type)
            if isinstance(found, AcceleratorType):
                types[found.id] = found
                sums[found.id] = sums.get(found.id, 0.0) + float(counts[number]) * fit.count
    if not sums:
        raise EngineError("the types of the accelerators are not in the design", where="workload")
    first, *rest = sorted(sums, key=lambda key: (-sums[key], key))
    return types[first], [(types[key].name, sums[key]) for key in rest]


def _hosts_of(snap: Snapshot, kind: AcceleratorType) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which specs have accelerators of a kind."""
    return np.array([any(fit.type == kind.id for fit in s.type.accelerators) for s in snap.specs.specs])


def _fabric(snap: Snapshot, network: Network, each: Floats) -> FabricResult | None:
    """Return the compute fabric that joins most of some accelerators."""
    roles = {record.id: record.role for record in snap.brief.fabrics}
    joined = {}
    for number, result in enumerate(network.fabrics):
        if roles.get(result.fabric) == "compute":
            joined[number] = float(each[result.drawn.topology.rows].sum())
    best = max(joined, key=lambda number: joined[number], default=-1)
    return network.fabrics[best] if best >= 0 and joined[best] > 0 else None


def _links_of(snap: Snapshot, fabric: FabricResult, each: Floats) -> int:
    """Return the links of a fabric that some of its accelerators account for: by their share of all there."""
    rows = fabric.drawn.topology.rows
    whole = float(snap.specs.accelerators().value[snap.device_spec[rows]].sum())
    return round(fabric.links * min(float(each[rows].sum()) / whole, 1.0)) if whole else fabric.links


def _hierarchy(
    snap: Snapshot,
    network: Network,
    fabric: FabricResult | None,
    rows: range,
    kind: AcceleratorType,
    each: Floats,
    unknown: list[str],
) -> tuple[Hierarchy, float]:
    known = shipped_constants().links
    link = kind.scale_up if kind.scale_up in known else NEAREST_LINK
    if link != kind.scale_up:
        said = kind.scale_up or "the scale-up links"
        unknown.append(f"collectives over {said} were not measured: shares of {link} are taken")
    if fabric is None:
        unknown.append("no compute fabric joins the accelerators: only a scale-up domain works together")
        rack = snap.device_rack
        in_rack = np.where(each > 0, np.append(network.scale_up.rack_accelerators, 0.0)[rack], 0.0)
        domain = np.where(in_rack > 0, in_rack, each)
        up = (kind.scale_up_gb_s or 0.0) / 2
        return Hierarchy(domain=int(domain[each > 0].min()), up_gb_s=up, link=link), 0.0
    found = hierarchy_of(snap, network, fabric, among=rows, link=link)
    if len(fabric.drawn.topology) > MOST_ROUTED:
        unknown.append("the routing of so large a fabric is not followed live: its oversubscription is taken")
        return found, 1 / found.oversubscription
    share = fabric.ecmp_share
    if share <= 0:
        unknown.append("hosts of the fabric are not all joined: the network is taken at its oversubscription")
        return found, 1 / found.oversubscription
    return replace(found, oversubscription=max(1 / share, 1.0)), share


def _peaks(kind: AcceleratorType) -> dict[str, float]:
    stated = {name: getattr(kind, f"tflops_{name}_dense") for name in TFLOPS}
    found = {name: float(value) for name, value in stated.items() if value}
    if "bf16" not in found:
        # Attention, power and utilisation are of 16 bits, whatever the products are in.
        which = "dense BF16 peak" if found else "dense peak"
        raise EngineError(
            f"the {which} of {kind.name} is not known", where="workload", cure="Write it into its type"
        )
    return found


def _stated(kind: AcceleratorType, field: str, words: str) -> float:
    value = getattr(kind, field)
    if not value:
        raise EngineError(
            f"the {words} of {kind.name} is not known", where="workload", cure="Write it into its type"
        )
    return float(value)


def _host_w(snap: Snapshot, each: Floats, kind: AcceleratorType, unknown: list[str]) -> float:
    """Return what hosts and the switch trays in their racks draw beyond accelerators, for each of these."""
    column = snap.specs.column("power_max_w", with_modules=True, instead=FALLBACK["max"])
    hosts = each > 0
    if not column.known[snap.device_spec[hosts]].all():
        unknown.append("the power of some hosts is not known: their accelerators alone are counted")
    drawn = column.value[snap.device_spec[hosts]] - each[hosts] * (kind.tdp_w or 0.0)
    racks = np.zeros(snap.n_racks + 1, bool)
    racks[snap.device_rack[hosts]] = True
    racks[-1] = False
    trays = np.array([spec.type.kind == "switch-tray" for spec in snap.specs.specs])
    beside = trays[snap.device_spec] & racks[snap.device_rack]
    switches = column.value[snap.device_spec[beside]].sum()
    return float((np.maximum(drawn, 0.0).sum() + switches) / each.sum())
