"""Links of a network drawing coloured and widened: by rate, by medium or by the load they carry.

A load of 100 % is the line rate of a link, one way, while every host port sends at its full rate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.drawing.colour_schemes import Colouring, Entry, Scheme
from core.drawing.fabric_graph import FabricGraph, Rows
from core.drawing.fabric_map import Bundle, FabricMap

if TYPE_CHECKING:
    from core.engine.drawn import DrawnFabric
    from core.engine.throughput.load import Load

LINKS = "links"
"""What the legends count: cables, not the lines that are drawn for many."""
LINK_SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme("fabric", "Fabric"),
        Scheme("rate", "Rate"),
        Scheme("medium", "Medium"),
        Scheme("load", "Load, 100 % is line rate one way"),
    )
}
"""What the links of a network can be coloured by, in the order they are offered."""
STALE = LINK_SCHEMES["load"]._replace(label="Load before, being worked out")
"""What links are coloured by while their new load is being worked out."""
STEPS = (0.25, 0.5, 0.75, 1.0)
"""Loads at which the look of a link changes, as shares of its rate."""
STEP_NAMES = ("idle", "up to 25 %", "25 to 50 %", "50 to 75 %", "75 to 100 %", "over 100 %")
SAME = 1e-9
FAILED, PARTLY = "flow.failed", "flow.partly"
_CLASSES = 6


@dataclass(frozen=True)
class LineLooks:
    """What the lines of a drawing look like, by bundle.

    Attributes
    ----------
    styles : tuple of str
    texts : tuple of str
        What stands on each; empty for its number of cables.
    ranks : tuple of int
        Lines of a higher rank are drawn over those of a lower one.
    """

    styles: tuple[str, ...]
    texts: tuple[str, ...]
    ranks: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class LinkLoads:
    """Load of the trunks of a fabric's drawing, of what is left of them.

    Attributes
    ----------
    out_gbps, back_gbps : ndarray, shape (m,)
        From `a` to `b` of each trunk of the graph, and from `b` to `a`.
    capacity_gbps : ndarray, shape (m,)
        One way; 0 where all its links have failed.
    """

    out_gbps: NDArray[np.float64]
    back_gbps: NDArray[np.float64]
    capacity_gbps: NDArray[np.float64]

    @property
    def share(self) -> NDArray[np.float64]:
        """Load of the fuller direction over the rate, shape (m,)."""
        full = np.maximum(self.out_gbps, self.back_gbps)
        return np.divide(full, self.capacity_gbps, out=np.zeros(len(full)), where=self.capacity_gbps > 0)


@dataclass(frozen=True)
class BundleLoad:
    """Load of one bundle of a drawing.

    Attributes
    ----------
    a_to_b_gbps, b_to_a_gbps : float
        Of all its links together.
    capacity_gbps : float
        One way.
    share : float
        Of its fullest link, in the fuller direction.
    """

    a_to_b_gbps: float
    b_to_a_gbps: float
    capacity_gbps: float
    share: float


def trunks_of_graph(graph: FabricGraph, drawn: DrawnFabric) -> Rows:
    """Return for each trunk of a drawing the trunk of the topology it is of, shape (m,)."""
    first = graph.cable_rows[graph.starts[:-1]]
    found: Rows = drawn.trunk[np.searchsorted(drawn.cables, first)]
    return found


def link_loads(
    graph: FabricGraph, drawn: DrawnFabric, load: Load, left: Rows | None = None, lost: Rows | None = None
) -> LinkLoads:
    """Return the load of the trunks of a drawing.

    Parameters
    ----------
    graph : FabricGraph
        A fabric, or a part of it that is drawn alone.
    drawn : DrawnFabric
        The whole fabric that `load` is of.
    load : Load
    left : ndarray of int64, optional
        Links left of each trunk of the topology, if some have failed.
    lost : ndarray of int64, optional
        Failed links of each trunk of the drawing.
    """
    net, trunk = drawn.topology, trunks_of_graph(graph, drawn)
    links = net.count if left is None else left
    mine = graph.cables if lost is None else graph.cables - lost
    share = np.divide(mine, links[trunk], out=np.zeros(len(trunk)), where=links[trunk] > 0)
    ahead = net.rows[net.a[trunk]] == graph.rows[graph.a]
    out, back = load.forward_gbps[trunk] * share, load.backward_gbps[trunk] * share
    return LinkLoads(np.where(ahead, out, back), np.where(ahead, back, out), net.gbps[trunk] * mine)


def bundle_loads(found: FabricMap, graph: FabricGraph, loads: LinkLoads) -> tuple[BundleLoad, ...]:
    """Return the load of each bundle of a drawing, in the order of the map."""
    node_of = np.zeros(len(graph), np.int64)
    number = {node.key: row for row, node in enumerate(found.nodes)}
    for node in found.nodes:
        node_of[list(node.members)] = number[node.key]
    share = loads.share
    made = []
    for bundle in found.bundles:
        rows = np.array(bundle.trunks, np.int64)
        ahead = node_of[graph.a[rows]] == number[bundle.a]
        out, back = loads.out_gbps[rows], loads.back_gbps[rows]
        made.append(
            BundleLoad(
                float(np.where(ahead, out, back).sum()),
                float(np.where(ahead, back, out).sum()),
                float(loads.capacity_gbps[rows].sum()),
                float(share[rows].max(initial=0.0)),
            )
        )
    return tuple(made)


def step_of(share: float) -> int:
    """Return the step of a load: its place in `STEP_NAMES`.

    Examples
    --------
    >>> [STEP_NAMES[step_of(share)] for share in (0.0, 0.25, 0.6, 1.0, 1.2)]
    ['idle', 'up to 25 %', '50 to 75 %', '75 to 100 %', 'over 100 %']
    """
    return 0 if share <= SAME else 1 + sum(share > step + SAME for step in STEPS)


def percent(share: float) -> str:
    """Return a share as people read it.

    Examples
    --------
    >>> percent(0.5), percent(0.9688), percent(0.0004), percent(1.0), percent(0.99999)
    ('50 %', '96.9 %', '< 0.1 %', '100 %', '99.9 %')
    """
    if 0 < share < 0.0005:
        return "< 0.1 %"
    value = 100.0 * share
    if 99.9 < value < 100.0 - 1e-6:
        value = 99.9
    return f"{value:.1f}".removesuffix(".0") + " %"


def load_looks(loads: Sequence[BundleLoad], bundles: Sequence[Bundle]) -> tuple[LineLooks, Colouring]:
    """Return the looks of lines by their load, and the legend, which counts links."""
    steps = [step_of(load.share) for load in loads]
    texts = tuple(percent(load.share) if load.share > SAME else "0 %" for load in loads)
    counts: Counter[int] = Counter()
    for step, bundle in zip(steps, bundles, strict=True):
        counts[step] += bundle.cables
    entries = _steps(counts)
    looks = LineLooks(tuple(f"flow.{step}" for step in steps), texts, tuple(steps))
    colouring = Colouring(LINK_SCHEMES["load"], np.array(steps, np.int16), texts, entries, 0, counted=LINKS)
    return looks, colouring


def _steps(counts: Counter[int]) -> tuple[Entry, ...]:
    return tuple(Entry(f"flow.{step}", "", name, counts[step]) for step, name in enumerate(STEP_NAMES))


def waiting(found: FabricMap) -> tuple[LineLooks, Colouring]:
    """Return the looks of lines whose load is being worked out."""
    n = len(found.bundles)
    codes, entries = np.full(n, -1, np.int16), _steps(Counter())
    colouring = Colouring(LINK_SCHEMES["load"], codes, ("",) * n, entries, 0, is_waiting=True, counted=LINKS)
    return plain_looks(found, "flow.0"), colouring


def rate_looks(found: FabricMap) -> tuple[LineLooks, Colouring]:
    """Return the looks of lines by the rate of a link, the highest first."""
    rates = sorted({b.rate_gbps for b in found.bundles if b.rate_gbps is not None}, reverse=True)
    names = {rate: f"{rate:g}G" for rate in rates}
    keys = ["" if b.rate_gbps is None else names[b.rate_gbps] for b in found.bundles]
    return _classed(LINK_SCHEMES["rate"], found.bundles, keys, list(names.values()))


def medium_looks(found: FabricMap, graph: FabricGraph, media: Sequence[str]) -> tuple[LineLooks, Colouring]:
    """Return the looks of lines by what their cables are made of.

    Parameters
    ----------
    media : sequence of str
        Of each cable of the snapshot by its row, empty where no part reaches; none while that is not known.
    """
    if not len(media):
        n = len(found.bundles)
        codes, looks = np.full(n, -1, np.int16), plain_looks(found, "flow.0")
        links = sum(bundle.cables for bundle in found.bundles)
        return looks, Colouring(LINK_SCHEMES["medium"], codes, ("",) * n, (), links, True, counted=LINKS)
    keys = []
    for bundle in found.bundles:
        held = {media[row] for row in graph.cables_of(bundle.trunks).tolist()}
        keys.append(" and ".join(sorted(held - {""})))
    order = [key for key, _ in Counter(keys).most_common() if key]
    return _classed(LINK_SCHEMES["medium"], found.bundles, keys, order)


def _classed(
    scheme: Scheme, bundles: Sequence[Bundle], keys: Sequence[str], order: Sequence[str]
) -> tuple[LineLooks, Colouring]:
    """Give each class a hue and a dash of its own; of very many the last share theirs."""
    place = {key: min(at, _CLASSES - 1) for at, key in enumerate(order)}
    cables: Counter[int] = Counter()
    for bundle, key in zip(bundles, keys, strict=True):
        cables[place.get(key, -1)] += bundle.cables
    entries = []
    for at in sorted(set(place.values())):
        names = [key for key in order if place[key] == at]
        entries.append(Entry(f"flow.c{at}", "", ", ".join(names), cables[at]))
    codes = [place.get(key, -1) for key in keys]
    styles = tuple(f"flow.c{code}" if code >= 0 else "flow.0" for code in codes)
    ranks = tuple(_CLASSES - code if code >= 0 else 0 for code in codes)
    looks = LineLooks(styles, ("",) * len(keys), ranks)
    codes_now = np.array(codes, np.int16)
    return looks, Colouring(scheme, codes_now, tuple(keys), tuple(entries), cables[-1], counted=LINKS)


def broken(
    looks: LineLooks,
    colouring: Colouring | None,
    bundles: Sequence[Bundle],
    lost: Rows,
    *,
    keep_partly: bool,
) -> tuple[LineLooks, Colouring | None]:
    """Return looks in which the lines of failed links are dashed, and the legend without these.

    Parameters
    ----------
    colouring : Colouring or None
        The legend so far, if there is one.
    lost : ndarray of int64, shape (m,)
        Failed links of each trunk of the graph.
    keep_partly : bool
        Whether lines of which some links are left keep their look.
    """
    styles, texts, ranks = list(looks.styles), list(looks.texts), list(looks.ranks)
    gone_of: Counter[str] = Counter()
    for at, bundle in enumerate(bundles):
        gone = int(lost[list(bundle.trunks)].sum())
        if gone:
            gone_of[styles[at]] += gone
        if gone >= bundle.cables:
            styles[at], texts[at], ranks[at] = FAILED, "failed", -1
        elif gone:
            texts[at] = f"{gone} of {bundle.cables} failed"
            if not keep_partly:
                styles[at] = PARTLY
    made = LineLooks(tuple(styles), tuple(texts), tuple(ranks))
    if colouring is None or colouring.scheme.name != "load" or not gone_of:
        return made, colouring
    entries = [e._replace(number=max(e.number - gone_of[e.style], 0)) for e in colouring.entries]
    entries.append(Entry(FAILED, "", "failed", gone_of.total()))
    return made, replace(colouring, entries=tuple(entries))


def plain_looks(found: FabricMap, style: str) -> LineLooks:
    """Return lines that all look alike."""
    n = len(found.bundles)
    return LineLooks((style,) * n, ("",) * n, (0,) * n)
