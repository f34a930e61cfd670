"""Cables in drawn pathways: room, load, bends, distance from power, routes pinned, and what lies in none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats
from core.engine.parts import Option
from core.engine.pathway_network import CARRIED, Segments
from core.engine.pathways import NO_REACH, STATES, Pathways, Routes, diameter_mm
from core.engine.placed_plan import PlacedPathway
from core.engine.snapshot import Snapshot
from core.rules.finding import Severity
from core.rules.rule import MOST_EXAMPLES, Marks, Missing, Yielded, of_design, rule
from core.rules.views import Design
from core.rules.wording import listed
from core.units import length, show, span

_ALIKE_MM = 500.0
"""Runs side by side that are shorter than this are crossings."""
BEND = {
    "MMF": 10.0, "SMF": 10.0, "AOC": 10.0, "DAC": 5.0, "ACC": 5.0, "AEC": 5.0, "UTP": 4.0,
}  # fmt: skip
"""Bend radius as a multiple of the diameter, installed; of cords and hoses none is known."""


@rule("pathways.fill", Severity.WARNING, "Pathway too full", reads=("cabling", "brief"))
def fill(design: Design) -> Iterator[Yielded]:
    """Cables take more of a tray, ladder or duct than may be filled: what lies below cannot be reached any
    more, heat does not leave, and the next cable does not go in.

    Cross-sections of the cables against width x depth where the pathway is fullest. The limit is that of the
    pathway, else the assumption 'Share of a tray that cables may fill'.

    Source: 50 % highest fill (TIA-569 practice as noted by others); diameters from the cable types, else
    recalled ones by medium, which are assumptions of the project.
    """
    found = design.of.cabling.pathways
    if found is None:
        return
    over = np.flatnonzero(found.segment_fill > found.segment_fill_max + 1e-9)
    if not len(over):
        return
    guess = "; diameters partly assumed" if found.assumed_diameter else ""

    def text(name: str, segment: int) -> str:
        share, most = found.segment_fill[segment], found.segment_fill_max[segment]
        count = found.segment_cables[segment]
        return (
            f"{name} is {share:.0%} full with {count:g} cables, {most:.0%} allowed{guess}; "
            "widen it or draw another"
        )

    yield _worst(found.routes, over, found.segment_fill, found.segment_fill_max, text)


@rule("pathways.load", Severity.WARNING, "Pathway carries too much", reads=("cabling", "brief"), unit="kg/m")
def load(design: Design) -> Iterator[Yielded]:
    """The cables in a pathway weigh more than it carries: trays sag and come down.

    Source: load rating drawn with the pathway; masses from the cable types, else cross-section times an
    assumed density.
    """
    found = design.of.cabling.pathways
    if found is None:
        return
    ways = found.segments.ways
    rated = np.array([np.nan if w.record.load_kg_m is None else w.record.load_kg_m for w in ways])
    used = np.unique(found.segments.pathway[found.segment_cables > 0])
    if np.isnan(rated[used]).any():
        yield Missing("load rating of pathways")
    most = rated[found.segments.pathway]
    over = np.flatnonzero(found.segment_kg_m > most + 1e-9)

    def text(name: str, segment: int) -> str:
        return (
            f"{name} carries {show(found.segment_kg_m[segment], 'kg')} for each metre, "
            f"{show(most[segment], 'kg')} allowed; take cables out or add supports"
        )

    if len(over):
        yield _worst(found.routes, over, found.segment_kg_m, most, text)


@rule(
    "pathways.bend", Severity.WARNING, "Bend too tight for the cable", reads=("cabling", "brief"), unit="mm"
)
def bend(design: Design) -> Iterator[Yielded]:
    """A cable turns a corner of its pathway in less room than its bend radius: fibres lose light and break,
    pairs lose return loss.

    The room is the width of the pathway where it turns in plan, its depth where it rises or drops.

    Source: bend radius of the type, else ten times the diameter for fibre, five for high-speed copper, four
    for twisted pair (installed; as noted by others).
    """
    routes = design.of.cabling.routes
    if routes is None:
        return
    room = _corner_room_mm(routes)
    options = design.of.cabling.options
    needed = np.array([bend_mm(design.snap, part) for part in options] + [np.nan])
    rows = np.flatnonzero(routes.cable_routed)
    cables = needed[design.of.cabling.cable_option[rows]]
    tight = room[routes.cable_bundle[rows]]
    over = rows[cables > tight + 1e-9]
    value = needed[design.of.cabling.cable_option[over]]
    limit = room[routes.cable_bundle[over]]

    def text(k: int) -> str:
        return f"bends to {length(limit[k])}, {length(value[k])} needed; widen the pathway at the corner"

    yield Marks("cable", over, text, value, limit, np.zeros(len(over), np.int64))


def bend_mm(snap: Snapshot, part: Option) -> float:
    """Return the bend radius of a cable, of its type or by its diameter [mm]; NaN where neither tells."""
    if part.cable.bend_radius_mm is not None:
        return part.cable.bend_radius_mm
    return BEND.get(part.media, np.nan) * diameter_mm(snap, part)[0]


def _corner_room_mm(routes: Routes) -> Floats:
    """Return for each bundle the least room at a corner of its way [mm]; inf where it runs straight."""
    segments, laid = routes.segments, routes.laid
    along = (segments.end - segments.start) / np.maximum(segments.length_mm, 1e-9)[:, None]
    first, then = laid.segments[:-1], laid.segments[1:]
    inside = np.ones(len(first), bool)
    inside[laid.offsets[1:-1][(laid.offsets[1:-1] > 0) & (laid.offsets[1:-1] < len(laid.segments))] - 1] = (
        False
    )
    corner = inside & (np.abs((along[first] * along[then]).sum(1)) < np.cos(np.radians(20)))
    upright = (np.abs(along[first, 2]) > 0.5) | (np.abs(along[then, 2]) > 0.5)
    size = np.array([(w.record.width_mm, w.record.depth_mm) for w in segments.ways], float).reshape(-1, 2)
    size[size == 0] = np.inf
    least = np.minimum(size[segments.pathway[first]], size[segments.pathway[then]])
    room = np.where(upright, least[:, 1], least[:, 0])
    of = np.repeat(np.arange(len(routes.bundles)), np.diff(laid.offsets))[:-1]
    found = np.full(len(routes.bundles) + 1, np.inf)
    np.minimum.at(found, of[corner], room[corner])
    return found


@rule("pathways.separation", Severity.WARNING, "Copper beside power", reads=("cabling", "brief"), unit="mm")
def separation(design: Design) -> Iterator[Yielded]:
    """Copper data cables run along power cables closer than the distance kept between them: they pick up
    noise. Fibre is exempt, and so are crossings.

    Source: 30 mm is one switch manual's figure; tables by power and shielding (about 127, 305 and 610 mm) are
    recalled. The distance is an assumption of the project.
    """
    found = design.of.cabling.pathways
    if found is None:
        return
    least = design.brief.assume("separation_mm")
    used = kinds_in(found)
    copper, power = np.flatnonzero(used[1]), np.flatnonzero(used[2])
    if not len(copper) or not len(power):
        return
    gap = gap_mm(found.segments, copper, power)
    nearest = gap.min(axis=1)
    close = nearest < least - 1e-9
    if not close.any():
        return
    near = np.full(len(found.segments), np.nan)
    near[copper[close]] = np.maximum(nearest[close], 0.0)
    other = {int(s): int(power[k]) for s, k in zip(copper[close], gap[close].argmin(axis=1), strict=True)}

    def text(name: str, segment: int) -> str:
        beside = name_of(found.segments.ways[found.segments.pathway[other[segment]]])
        return f"{name} runs {length(near[segment])} from {beside}, {length(least)} kept; move one"

    limit = np.full(len(near), least)
    yield _marks(found.routes, copper[close], near, limit, text, kind=CARRIED.index("copper"))


def kinds_in(found: Pathways) -> Flags:
    """Tell which kinds of cables lie in each segment, shape (4, n_segments)."""
    routes, laid = found.routes, found.routes.laid
    of = np.repeat(np.arange(len(routes.bundles)), np.diff(laid.offsets))
    kinds = np.zeros((len(CARRIED), len(found.segments)), bool)
    kinds[routes.bundles.kind[of], laid.segments] = True
    return kinds


def gap_mm(segments: Segments, one: NDArray[np.intp], other: NDArray[np.intp]) -> Floats:
    """Return the clear distance of pairs of segments that run along each other; inf of all others."""
    size = np.array([(w.record.width_mm, w.record.depth_mm) for w in segments.ways], float).reshape(-1, 2)
    a, b = one[:, None], other[None, :]
    along = (segments.end - segments.start) / np.maximum(segments.length_mm, 1e-9)[:, None]
    flat = (np.abs(along[a, 2]) < 0.1) & (np.abs(along[b, 2]) < 0.1)
    parallel = flat & (np.abs((along[a] * along[b]).sum(-1)) > 0.98)
    start = ((segments.start[b] - segments.start[a]) * along[a]).sum(-1)
    end = ((segments.end[b] - segments.start[a]) * along[a]).sum(-1)
    together = np.minimum(np.maximum(start, end), segments.length_mm[a]) - np.maximum(
        np.minimum(start, end), 0
    )
    across = segments.start[b] - segments.start[a] - start[..., None] * along[a]
    half = (size[segments.pathway[a], 0] + size[segments.pathway[b], 0]) / 2
    aside = np.hypot(across[..., 0], across[..., 1]) - half
    deep = np.where(across[..., 2] > 0, size[segments.pathway[a], 1], size[segments.pathway[b], 1])
    above = np.abs(across[..., 2]) - deep
    return np.where(parallel & (together > _ALIKE_MM), np.hypot(aside.clip(0), above.clip(0)), np.inf)


@rule("pathways.medium", Severity.WARNING, "Cable in a pathway that does not carry its kind",
      reads=("cabling",))  # fmt: skip
def medium(design: Design) -> Iterator[Yielded]:
    """The way a cable takes makes it of another medium than those its pathways carry: fibre in a copper tray,
    or copper in the fibre trough.

    Source: what each pathway carries, as drawn.
    """
    found = design.of.cabling.pathways
    if found is None:
        return
    rows, cabling = found.cable_astray, design.of.cabling

    def text(k: int) -> str:
        media = cabling.options[int(cabling.cable_option[rows[k]])].media
        names = [name_of(w) for w in found.segments.ways if w.path in found.routes.pathways_of(int(rows[k]))]
        return f"{media} along {listed(names)}, which carries other cables; draw a way for it or shorten it"

    yield Marks("cable", rows, text)


@rule("pathways.pin_gone", Severity.WARNING, "Route pinned to a pathway that is gone", reads=("cabling",))
def pin_gone(design: Design) -> Iterator[Yielded]:
    """A link is to run along a pathway that is not drawn any more; it takes the shortest way instead.

    Source: the plan of the project.
    """
    routes = design.of.cabling.routes
    pins = design.snap.pins
    there = {way.path for way in design.snap.pathways}
    if not pins:
        return
    gone = routes.gone if routes else tuple((p.link, via) for p in pins for via in p.via if via not in there)
    links = list(dict.fromkeys(link for link, _ in gone))
    yield from _of_links(design, links, "a pathway of its pinned route is gone; pin another or unpin it")


@rule("pathways.pin_off", Severity.WARNING, "Pinned route leads nowhere", reads=("cabling",))
def pin_off(design: Design) -> Iterator[Yielded]:
    """The pathways a link is pinned to do not join, or an end does not reach them; it takes the shortest way
    instead.

    Source: the plan of the project; how far an end may be from a pathway is an assumption.
    """
    routes = design.of.cabling.routes
    if routes is not None:
        words = "the pathways it is pinned to do not lead from end to end; pin those between, or unpin it"
        yield from _of_links(design, list(routes.off_pin), words)


def _of_links(design: Design, links: list[str], words: str) -> Iterator[Yielded]:
    rows = [k for link in links for k in design.snap.flat.cable_rows(link)]
    if rows:
        yield Marks("cable", np.array(rows, np.int64), lambda _: words)


@rule("pathways.none", Severity.INFO, "Cables beside the pathways", reads=("cabling",))
def none(design: Design) -> Iterator[Yielded]:
    """Cables between racks that lie in no drawn pathway though some are drawn for their kind: their length is
    that of a way along the racks, and nothing says what holds them.

    Source: the plan of the project.
    """
    routes = design.of.cabling.routes
    if routes is None:
        return
    state = routes.cable_state
    drawn: Flags = np.asarray(routes.segments.carries.any(axis=1))
    is_drawn: Flags = np.append(drawn[routes.bundles.kind], False)[routes.cable_bundle]
    rows = np.flatnonzero((state >= NO_REACH) & is_drawn)
    if not len(rows):
        return
    why = [
        f"{int((state[rows] == k).sum()):,} with {words}"
        for k, words in enumerate(STATES)
        if k in state[rows]
    ]
    yield of_design(
        f"{len(rows):,} cables between racks lie in no pathway: {', '.join(why)}; draw a pathway to them",
        float(len(rows)), 0.0,
        at=(design.snap.cable_path(row).partition("#")[0] for row in rows[:MOST_EXAMPLES].tolist()),
    )  # fmt: skip


def name_of(way: PlacedPathway) -> str:
    """Return what people call a pathway."""
    return way.record.name or f"a {way.record.kind}"


def _worst(
    routes: Routes,
    over: NDArray[np.intp],
    value: Floats,
    limit: Floats,
    words: Callable[[str, int], str],
) -> Marks:
    """Return one finding about the design that names the worst pathway and counts the others."""
    segment = int(over[np.argmax(value[over] / limit[over])])
    others = len(np.unique(routes.segments.pathway[over])) - 1
    way = routes.segments.ways[routes.segments.pathway[segment]]
    text = words(name_of(way), segment) + (f" (and {others} more pathways)" if others else "")
    worst_first = over[np.argsort(-value[over] / limit[over], kind="stable")]
    places = (routes.segments.ways[k].path for k in routes.segments.pathway[worst_first].tolist())
    return of_design(text, float(value[segment]), float(limit[segment]), at=places)


def _marks(
    routes: Routes,
    over: NDArray[np.intp],
    value: Floats,
    limit: Floats,
    words: Callable[[str, int], str],
    kind: int,
) -> Marks:
    """Mark the cables of a kind in some segments; the text names the pathway with the least value."""
    laid = routes.laid
    of = np.repeat(np.arange(len(routes.bundles)), np.diff(laid.offsets))
    hit = np.isin(laid.segments, over)
    hit &= routes.bundles.kind[of] == kind
    bundles = np.unique(of[hit])
    rows = np.flatnonzero(np.isin(routes.cable_bundle, bundles))
    segment = int(over[np.argmin(value[over])])
    others = len(np.unique(routes.segments.pathway[over])) - 1
    way = routes.segments.ways[routes.segments.pathway[segment]]
    text = words(name_of(way), segment) + (f" (and {others} more pathways)" if others else "")
    n = len(rows)
    return Marks(
        "cable",
        rows,
        lambda _: text,
        np.full(n, value[segment]),
        np.full(n, limit[segment]),
        np.zeros(n, np.int64),
    )


@rule("cabling.margin", Severity.INFO, "Reach all but used up",
      reads=("cables", "orders", "cabling", "brief"), unit="m")  # fmt: skip
def margin(design: Design) -> Iterator[Yielded]:
    """A little more way, and no part that joins these ports reaches: a detour on site leaves the cable too
    short, and no longer one can be ordered.

    Only where the part chosen is the one that reaches farthest. The margin is the assumption 'Reach kept in
    hand'.

    Source: reach of the parts; the margin is recalled practice.
    """
    snap, cables = design.snap, design.of.cabling
    reach = np.array(
        [max((o.reach_m for o in options), default=np.inf) for options in cables.classes.options]
    )
    rows = np.flatnonzero((cables.cable_option >= 0) & np.isnan(snap.cable_length_m))
    most = reach[cables.classes.cable_class[rows]]
    way = cables.cable_route_m[rows]
    tight = way * (1 + design.brief.assume("reach_margin")) > most
    rows, most, way = rows[tight], most[tight], way[tight]
    words = "{} of {}, the longest there is; keep the way clear or move the racks closer"
    yield Marks("cable", rows, lambda k: words.format(span(way[k], places=1), span(most[k])), way, most)


@rule("cabling.too_long", Severity.INFO, "Ordered length far longer than the way",
      reads=("cables", "orders", "cabling"), unit="m")  # fmt: skip
def too_long(design: Design) -> Iterator[Yielded]:
    """The length pinned to a cable is more than twice its way and three metres on top: the rest is coiled up
    in the rack or the tray, where it stops air and fills the way of others.

    Source: recalled installation practice; the length by a house rule.
    """
    snap, cables = design.snap, design.of.cabling
    length_m, route = snap.cable_length_m, cables.cable_route_m
    rows = np.flatnonzero((snap.cable_layer >= 0) & (length_m > 2 * route + 3.0))
    yield Marks(
        "cable", rows,
        lambda k: (
            f"{span(length_m[rows[k]])} ordered, {span(route[rows[k]], places=1)} needed; shorten or unpin it"
        ),
        length_m[rows], route[rows],
    )  # fmt: skip
