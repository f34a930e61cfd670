"""A fabric as tiers of nodes and bundles of cables, gathered so that it fits on one drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from core.drawing.placed import Found, Placement, links_in
from core.model.types import MANAGEMENT_ROLES, SWITCH_KINDS, DeviceType

if TYPE_CHECKING:
    import networkx as nx

    from core.engine.evaluation import Evaluation

TIER_NAMES = ("Hosts", "Leaf", "Spine", "Core")
MOST_IN_LANE = 64
"""A lane with more nodes than this shows racks or floor blocks instead of devices."""


@dataclass(frozen=True)
class Node:
    """One box of the drawing: a device, or the devices of a rack or floor block taken together."""

    key: str
    label: str
    detail: str
    tier: int
    count: int
    path: str
    """Path of the device, rack or floor block; what hand-made layouts speak of."""


@dataclass(frozen=True)
class Bundle:
    """The cables between two boxes."""

    a: str
    b: str
    cables: int
    rate_gbps: float | None


@dataclass(frozen=True)
class FabricMap:
    """What a network sheet shows."""

    nodes: tuple[Node, ...]
    bundles: tuple[Bundle, ...]
    cables: int

    @property
    def tiers(self) -> list[list[Node]]:
        """Nodes by tier, hosts first."""
        highest = max((n.tier for n in self.nodes), default=-1)
        return [[n for n in self.nodes if n.tier == t] for t in range(highest + 1)]


def fabric_map(placement: Placement, fabric: str, tiers: Mapping[str, int] | None = None) -> FabricMap:
    """Return the map of one fabric of the design under a block.

    Parameters
    ----------
    placement : Placement
    fabric : str
        Id of the fabric.
    tiers : mapping of device path to int, optional
        What `engine_tiers` found; guessed from the drawing (`tiers_of`) for devices that are not in it.
    """
    cables: Counter[tuple[str, str, float | None]] = Counter()
    forwards: set[str] = set()
    for trunk in _trunks(placement, fabric):
        cables[min(trunk.a, trunk.b), max(trunk.a, trunk.b), trunk.rate_gbps] += trunk.cables
        forwards.update(trunk.forwards)
    edges: dict[tuple[str, str], int] = {}
    for (a, b, _), count in cables.items():
        edges[a, b] = edges.get((a, b), 0) + count
    paths = dict.fromkeys(path for pair in edges for path in pair)
    found = {path: f for path in paths if (f := placement.device(path)) is not None}
    own = tiers_of({path: "switch" if path in forwards else "" for path in found}, edges)
    if tiers is not None:
        own.update((path, tier) for path in own if (tier := tiers.get(path)) is not None)
    return _gathered(found, own, cables)


def engine_tiers(evaluation: Evaluation | None, fabric: str) -> dict[str, int] | None:
    """Return the tier of each device as the engine counts it, so that pictures and tables agree.

    None without an evaluation, or if it knows nothing of the fabric.
    """
    result = evaluation.network.find(fabric) if evaluation is not None else None
    if evaluation is None or result is None:
        return None
    path = evaluation.snapshot.device_path
    tiers = {path(row): 0 for row in result.host_rows.tolist()}
    rows = zip(result.switch_rows.tolist(), result.switch_tier.tolist(), strict=True)
    tiers.update((path(row), max(tier, 1)) for row, tier in rows)
    return tiers


def graph_map(graph: nx.MultiGraph[str]) -> FabricMap:
    """Return the map of a networkx graph whose nodes have `kind` (and `role`, `name`, `unit`)."""
    cables: Counter[tuple[str, str, float | None]] = Counter()
    for a, b, data in graph.edges(data=True):
        cables[min(a, b), max(a, b), data.get("rate_gbps")] += int(data.get("count", 1))
    edges: dict[tuple[str, str], int] = {}
    for (a, b, _), count in cables.items():
        edges[a, b] = edges.get((a, b), 0) + count
    kinds = {n: str(d.get("kind") or d.get("role") or "") for n, d in graph.nodes(data=True)}
    tiers = tiers_of(kinds, edges)
    nodes = []
    for name, data in graph.nodes(data=True):
        role = TIER_NAMES.index(r) if (r := str(data.get("role", "")).title()) in TIER_NAMES else None
        tier = tiers.get(name, 0) if role is None else role
        nodes.append(Node(name, str(data.get("name") or name), "", tier, 1, name))
    bundles = tuple(Bundle(a, b, n, rate) for (a, b, rate), n in cables.items())
    return FabricMap(tuple(nodes), bundles, sum(cables.values()))


class _Trunk(NamedTuple):
    a: str
    b: str
    cables: int
    rate_gbps: float | None
    forwards: tuple[str, ...]
    """Those of the ends that are switches reached at a port that is not for management."""


def _trunks(placement: Placement, fabric: str) -> Iterator[_Trunk]:
    facts: dict[tuple[str, str], tuple[float | None, tuple[bool, bool]]] = {}
    for at in placement.blocks.values():
        for link in links_in(placement.project, at):
            if link.fabric != fabric or link.layer != "data":
                continue
            a, b = at.prefix() + link.a.path, at.prefix() + link.b.path
            if placement.device(a) is None or placement.device(b) is None:
                continue
            gone = sum(at.overrides.is_absent(link.id, k) for k in range(link.count)) if at.overrides else 0
            if link.count <= gone:
                continue
            key = (at.block.id, link.id)
            if key not in facts:
                facts[key] = _facts(placement, (a, link.a.ports[0]), (b, link.b.ports[0]))
            rate, (a_forwards, b_forwards) = facts[key]
            forwards = (*((a,) if a_forwards else ()), *((b,) if b_forwards else ()))
            yield _Trunk(a, b, link.count - gone, rate, forwards)


def _facts(placement: Placement, *ends: tuple[str, str]) -> tuple[float | None, tuple[bool, bool]]:
    """Return the rate of a cable and which of its ends forward."""
    rates: list[float] = []
    forwards = [False, False]
    for at, (path, token) in enumerate(ends):
        found = placement.device(path)
        if found is None:
            continue
        socket = placement.project.ports(found.device).find(token)
        if socket is not None:
            if socket.rate_gbps is not None:
                rates.append(socket.rate_gbps)
            spec = placement.project.find_type(found.device.type)
            is_switch = isinstance(spec, DeviceType) and spec.kind in SWITCH_KINDS
            forwards[at] = is_switch and socket.port.group.role not in MANAGEMENT_ROLES
    return (min(rates) if rates else None), (forwards[0], forwards[1])


def tiers_of(kinds: dict[str, str], edges: dict[tuple[str, str], int]) -> dict[str, int]:
    """Return the tier of each node: 0 hosts, 1 switches with hosts, 2 switches above them, and so on.

    A switch that has one neighbour only is a host of this fabric. A switch belongs to
    tier 1 if hosts hold at least a fifth of its cables, else one above the lowest switch it is joined to.
    """
    neighbours: dict[str, dict[str, int]] = {}
    for (a, b), count in edges.items():
        neighbours.setdefault(a, {})[b] = count
        neighbours.setdefault(b, {})[a] = count
    switches = {
        n for n, kind in kinds.items()
        if (kind in SWITCH_KINDS or kind in ("leaf", "spine", "core")) and len(neighbours.get(n, ())) > 1
    }  # fmt: skip
    tiers = {n: 0 for n in kinds if n not in switches}
    for n in switches:
        around = neighbours[n]
        if sum(c for m, c in around.items() if m not in switches) >= 0.2 * sum(around.values()):
            tiers[n] = 1
    if switches and not any(n in tiers for n in switches):
        least = min(sum(neighbours[n].values()) for n in switches)
        tiers.update((n, 1) for n in switches if sum(neighbours[n].values()) == least)
    level = 1
    while waiting := switches - tiers.keys():
        reached = {n for n in waiting if any(tiers.get(m) == level for m in neighbours[n])}
        if not reached:
            reached = waiting
        tiers.update((n, level + 1) for n in reached)
        level += 1
    return tiers


def _gathered(
    found: dict[str, Found], tiers: dict[str, int], cables: Counter[tuple[str, str, float | None]]
) -> FabricMap:
    """Gather devices to boxes: hosts by rack, any lane that is too full by rack or floor block."""
    boxes: dict[str, str] = {}
    for tier in sorted(set(tiers.values())):
        members = [p for p in found if tiers.get(p) == tier]
        for make in _ways(tier):
            keys = {p: make(p, found[p]) for p in members}
            if len(set(keys.values())) <= MOST_IN_LANE:
                break
        boxes.update(keys)
    nodes: dict[str, list[str]] = {}
    for path, key in boxes.items():
        nodes.setdefault(key, []).append(path)
    drawn = tuple(_node(key, paths, found, tiers) for key, paths in nodes.items())
    bundles: Counter[tuple[str, str, float | None]] = Counter()
    for (a, b, rate), count in cables.items():
        if a in boxes and b in boxes:
            bundles[boxes[a], boxes[b], rate] += count
    lines = tuple(Bundle(a, b, n, rate) for (a, b, rate), n in bundles.items())
    return FabricMap(_untangled(drawn, lines), lines, sum(cables.values()))


def _untangled(nodes: tuple[Node, ...], bundles: tuple[Bundle, ...]) -> tuple[Node, ...]:
    """Put leafs beside the leafs whose spines they share: rails and planes become blocks of their own."""
    tier = {node.key: node.tier for node in nodes}
    leader = {node.key: node.key for node in nodes}

    def find(key: str) -> str:
        while leader[key] != key:
            leader[key] = key = leader[leader[key]]
        return key

    for bundle in bundles:
        if {tier[bundle.a], tier[bundle.b]} == {1, 2}:
            leader[find(bundle.a)] = find(bundle.b)
    groups: dict[str, int] = {}
    for node in nodes:
        if node.tier == 1:
            groups.setdefault(find(node.key), len(groups))
    last = len(groups)
    return tuple(sorted(nodes, key=lambda n: groups.get(find(n.key), last) if n.tier in (1, 2) else 0))


def _ways(tier: int) -> tuple[Callable[[str, Found], str], ...]:
    """Return ever coarser ways to name the box of a device; a key is `tier:path`."""

    def itself(path: str, found: Found) -> str:
        return path

    def rack(path: str, found: Found) -> str:
        return f"{tier}:{found.at.path}" if found.at.path else path

    def upward(levels: int) -> Callable[[str, Found], str]:
        def way(path: str, found: Found) -> str:
            parts = path.split("/")
            return f"{tier}:{'/'.join(parts[: max(len(parts) - 1 - levels, 1)])}"

        return way

    coarse = (rack, upward(1), upward(2), upward(3), upward(8))
    return coarse if tier == 0 else (itself, *coarse)


def _node(key: str, paths: list[str], found: dict[str, Found], tiers: dict[str, int]) -> Node:
    first = found[paths[0]]
    tier = tiers[paths[0]]
    if ":" not in key:
        return Node(key, first.name, first.at.tag, tier, 1, key)
    holder = key.partition(":")[2]
    steps = len(holder.split("/"))
    tag = "/".join(first.tag.split("/")[:steps]) if "/" in first.tag else first.tag
    if first.at.path == holder:
        tag = first.at.tag
    noun = "device" if len(paths) == 1 else "devices"
    return Node(key, tag, f"{len(paths)} {noun}", tier, len(paths), holder)
