"""Time of collectives on accelerators in scale-up domains that a network joins."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite, log2, sqrt
from typing import NamedTuple

from core.engine.collective_constants import Constants, FabricConstants, LinkConstants, shipped_constants
from core.errors import EngineError

OPERATIONS = ("all-reduce", "all-gather", "reduce-scatter", "all-to-all", "broadcast", "point-to-point")
ALGORITHMS = ("ring", "tree", "switch", "hierarchical", "direct")
SWITCH_LEAST_BYTES = 2**20
"""Smaller all-reduces are not left to the switch: starting it costs more than it saves."""


@dataclass(frozen=True)
class Hierarchy:
    """What lies between accelerators.

    Attributes
    ----------
    domain : int
        Accelerators in one scale-up domain.
    up_gb_s : float
        Scale-up rate of one accelerator, one way [GB/s].
    link : str
        Kind of scale-up link, a name in the constants.
    nic_gb_s : float
        Network rate of one accelerator, one way [GB/s]; 0 without a network.
    oversubscription : float
        Ratio of the tiers that are crossed, at least 1; divides the network rate.
    switches : int
        Switches on the way between two domains.
    fabric_reduces : bool
        The switches of the network add up (SHARP and the like).
    """

    domain: int
    up_gb_s: float
    link: str
    nic_gb_s: float = 0.0
    oversubscription: float = 1.0
    switches: int = 1
    fabric_reduces: bool = False


@dataclass(frozen=True)
class Run:
    """One collective.

    Attributes
    ----------
    seconds : float
    algorithm : str
        One of `ALGORITHMS`.
    protocol : str
        `low latency` (flags with the data) or `simple` (long segments).
    bus_gb_s : float
        Bus bandwidth as nccl-tests counts it [GB/s].
    latency_s, wire_s, fill_s : float
        Launch and steps; bytes over the slowest rate; filling of the pipeline. They add up to `seconds`.
    over : str
        What the wire time is spent on: `scale-up` or `network`.
    """

    seconds: float
    algorithm: str
    protocol: str
    bus_gb_s: float
    latency_s: float
    wire_s: float
    fill_s: float
    over: str


class _Path(NamedTuple):
    """Bytes and steps of one algorithm, and shares of the rates it reaches."""

    algorithm: str
    launch_us: float
    up_steps: float
    nic_steps: float
    up_bytes: float
    nic_bytes: float
    own_bytes: float
    up_share: float
    nic_share: float
    segment_us: float


def collective(
    operation: str,
    ranks: int,
    message_bytes: float,
    hierarchy: Hierarchy,
    *,
    algorithm: str = "",
    constants: Constants | None = None,
) -> Run:
    """Return the time of a collective.

    Parameters
    ----------
    operation : str
        One of `OPERATIONS`.
    ranks : int
        Accelerators that take part, at least 2; they fill domains one after the other.
    message_bytes : float
        As nccl-tests counts: the whole buffer of a rank (all-gather: after it, reduce-scatter: before it).
    hierarchy : Hierarchy
    algorithm : str, optional
        One of `ALGORITHMS`; by default the fastest that libraries choose from (ring, tree, switch).
    constants : Constants, optional
        Those shipped by default.

    Raises
    ------
    EngineError
        If an argument is out of range, or the algorithm cannot do the operation on this hierarchy.

    Notes
    -----
    t = launch + steps x latency + x + 2 sqrt(r s y). x is the larger of y, the time of bytes over scale-up
    links, and that over the network, each bytes / (share x rate): both run at once, piece by piece. The last
    term fills a pipeline of r ranks with the best length of segments, s the time that one spends at a rank;
    the protocol with flags has none but reaches a lower share [1]_. Ring all-reduce sends 2 (n-1)/n of the
    buffer, all-gather and reduce-scatter (n-1)/n, trees 2, a switch that adds up (n+1)/n. The ring enters a
    domain by all its network ports, so each carries 1/domain [2]_.

    References
    ----------
    .. [1] NCCL documentation, protocols LL and Simple.
    .. [2] P. Patarasuk, X. Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations",
       J. Parallel Distrib. Comput. 69(2), 2009.

    Examples
    --------
    >>> run = collective("all-reduce", 8, 2**34, Hierarchy(8, 450.0, "NVLink 4"), algorithm="ring")
    >>> run.algorithm, run.over, round(run.bus_gb_s)
    ('ring', 'scale-up', 367)
    """
    chosen = constants or shipped_constants()
    _check(operation, ranks, message_bytes, hierarchy, algorithm)
    link, fabric = chosen.link(hierarchy.link), chosen.fabric
    paths = [
        path
        for path in _paths(operation, ranks, message_bytes, hierarchy, link, fabric)
        if (path.algorithm == algorithm if algorithm else path.algorithm != "hierarchical")
    ]
    if not paths:
        raise EngineError(f"{operation} by {algorithm} is not possible here", where="algorithm")
    runs = [
        run for path in paths for run in _runs(path, operation, ranks, message_bytes, hierarchy, link, fabric)
    ]
    return min(runs, key=lambda run: run.seconds)


def bus_factor(operation: str, ranks: int) -> float:
    """Return what turns bytes over time into bus bandwidth.

    Examples
    --------
    >>> bus_factor("all-reduce", 8), bus_factor("all-gather", 8), bus_factor("broadcast", 8)
    (1.75, 0.875, 1.0)
    """
    if operation in ("broadcast", "point-to-point"):
        return 1.0
    return (2.0 if operation == "all-reduce" else 1.0) * (ranks - 1) / ranks


def _check(operation: str, ranks: int, message_bytes: float, hierarchy: Hierarchy, algorithm: str) -> None:
    if operation not in OPERATIONS:
        raise EngineError(f"there is no collective '{operation}'", cure=f"Choose {', '.join(OPERATIONS)}")
    if algorithm and algorithm not in ALGORITHMS:
        raise EngineError(f"there is no algorithm '{algorithm}'", cure=f"Choose {', '.join(ALGORITHMS)}")
    if ranks < 2 or hierarchy.domain < 1:
        raise EngineError("a collective needs at least two ranks, and domains of one or more")
    if operation == "point-to-point" and ranks != 2:
        raise EngineError("point to point has two ranks", where="ranks")
    if not (isfinite(message_bytes) and message_bytes > 0):
        raise EngineError("the message has to be of some bytes", where="message_bytes")
    if hierarchy.domain > 1 and not (isfinite(hierarchy.up_gb_s) and hierarchy.up_gb_s > 0):
        raise EngineError("the scale-up rate is not known", where="up_gb_s")
    if ranks > hierarchy.domain and not (isfinite(hierarchy.nic_gb_s) and hierarchy.nic_gb_s > 0):
        raise EngineError(
            f"{ranks} ranks do not fit one domain of {hierarchy.domain}, and no network joins domains",
            where="nic_gb_s",
        )
    if not (isfinite(hierarchy.oversubscription) and hierarchy.oversubscription >= 1):
        raise EngineError("oversubscription is 1 or more", where="oversubscription")


def _paths(
    operation: str,
    n: int,
    size: float,
    hierarchy: Hierarchy,
    link: LinkConstants,
    fabric: FabricConstants,
) -> list[_Path]:
    inside = min(hierarchy.domain, n)
    domains = ceil(n / inside)
    crosses = domains > 1
    rounds = 2.0 if operation == "all-reduce" else 1.0
    nic_share = fabric.nic_share
    if operation in ("all-to-all", "point-to-point"):
        sent = size if operation == "point-to-point" else size * (inside - 1) / n
        far = (size if operation == "point-to-point" else size * (1 - inside / n)) if crosses else 0.0
        own = size / n if operation == "all-to-all" else 0.0
        launch = link.exchange_us + link.peer_us * (n - 1)
        if operation == "point-to-point":
            launch, sent = link.launch_us + (0.0 if crosses else link.step_us), (0.0 if crosses else size)
        return [
            _Path(
                "direct",
                launch,
                0,
                int(crosses),
                sent,
                far,
                own,
                link.direct_share,
                nic_share,
                link.segment_us,
            )
        ]
    if operation == "broadcast":
        sent = size
        own = 0.0
    else:
        sent, own = rounds * (n - 1) / n * size, size / n
    share = link.ring_share * _phase_share(operation, link.gather_share)
    carried = sent / inside if crosses else 0.0
    up_sent = sent if inside > 1 else 0.0
    steps = rounds * (n - domains), rounds * (domains - 1)
    paths = [_Path("ring", link.launch_us, *steps, up_sent, carried, own, share, nic_share, link.segment_us)]
    if operation == "all-reduce":
        paths += _reductions(inside, domains, size, hierarchy, link, nic_share, share)
    return paths


def _reductions(
    inside: int,
    domains: int,
    size: float,
    hierarchy: Hierarchy,
    link: LinkConstants,
    nic_share: float,
    share: float,
) -> list[_Path]:
    """The ways of an all-reduce other than a flat ring."""
    paths = []
    depth = 2 * ceil(log2(domains)) if domains > 1 else 0
    carried = (1.0 if hierarchy.fabric_reduces else 2.0) * size / inside if domains > 1 else 0.0
    if domains > 1:
        # Inside a domain the trees of the libraries are chains.
        up = 2.0 * size if inside > 1 else 0.0
        chain = 2 * (inside - 1)
        paths.append(
            _Path("tree", link.launch_us, chain, depth, up, carried, 0, share, nic_share, link.segment_us)
        )
        up = 2 * (inside - 1) / inside * size
        rings = 2 * (domains - 1) / domains * size / inside
        steps = 2 * (inside - 1), 2 * (domains - 1)
        paths.append(
            _Path("hierarchical", link.launch_us, *steps, up, rings, 0, share, nic_share, link.segment_us)
        )
    if link.switch_share is not None and inside > 2 and size > SWITCH_LEAST_BYTES:
        up = (inside + 1) / inside * size
        launch, segment = link.switch_launch_us, link.switch_segment_us
        paths.append(_Path("switch", launch, 0, depth, up, carried, 0, link.switch_share, nic_share, segment))
    return paths


def _phase_share(operation: str, gather: float) -> float:
    """Gathering may be slower than reducing; an all-reduce is one of each."""
    if operation == "all-reduce":
        return 2 / (1 + 1 / gather)
    return gather if operation in ("all-gather", "broadcast") else 1.0


def _runs(
    path: _Path,
    operation: str,
    n: int,
    size: float,
    hierarchy: Hierarchy,
    link: LinkConstants,
    fabric: FabricConstants,
) -> list[Run]:
    protocols = [
        ("simple", path.up_share, path.nic_share, fabric.nic_simple_us, path.own_bytes, path.segment_us),
        (
            "low latency",
            min(link.low_latency_share, path.up_share),
            path.nic_share * fabric.nic_low_latency_share,
            fabric.nic_low_latency_us,
            0.0,
            0.0,
        ),
    ]
    if path.algorithm == "switch":
        protocols = protocols[:1]
    nic_gb_s = hierarchy.nic_gb_s / hierarchy.oversubscription
    runs = []
    for name, up_share, nic_share, nic_us, own, segment_us in protocols:
        up_bytes = path.up_bytes + (link.own_copy * own if path.up_bytes else 0.0)
        up_s = up_bytes / (up_share * hierarchy.up_gb_s * 1e9) if up_bytes else 0.0
        nic_s = path.nic_bytes / (nic_share * nic_gb_s * 1e9) if path.nic_bytes else 0.0
        over = "network" if nic_s > up_s else "scale-up"
        wire_s = up_s + nic_s if path.algorithm == "hierarchical" else max(up_s, nic_s)
        fill_s = 2 * sqrt(min(hierarchy.domain, n) * segment_us * 1e-6 * up_s)
        step_us = nic_us + hierarchy.switches * fabric.switch_us
        latency_s = (path.launch_us + path.up_steps * link.step_us + path.nic_steps * step_us) * 1e-6
        seconds = latency_s + wire_s + fill_s
        bus = bus_factor(operation, n) * size / seconds / 1e9
        runs.append(Run(seconds, path.algorithm, name, bus, latency_s, wire_s, fill_s, over))
    return runs
