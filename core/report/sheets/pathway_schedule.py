"""Pathways as tables: each with its size and what lies in it, its pieces, and what runs beside power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.drawing.fabric_load import percent
from core.engine.columns import Floats
from core.engine.pathway_network import CARRIED
from core.engine.pathways import STATES, Pathways
from core.engine.placed_plan import PlacedPathway
from core.report.context import Context
from core.report.csv_text import csv_bytes
from core.report.flow import Piece
from core.report.pathway_tags import pathway_tags
from core.report.sheets.power_schedule import HOLD
from core.report.tables import Column, Table
from core.report.values import count
from core.rules.pathways import bend_mm, gap_mm, kinds_in
from core.units import converted, length, measure, number_text, per, show

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

CSV_NAME = "pathway-schedule.csv"
CSV_HEADS = (
    "Pathway", "Piece", "Name", "Kind", "Carries", "From x, mm", "From y, mm", "From z, mm", "To x, mm",
    "To y, mm", "To z, mm", "Length, m", "Width, mm", "Depth, mm", "Cables", "Fill", "Fill allowed",
    "Mass, kg/m", "Load allowed, kg/m",
)  # fmt: skip
MOST_WAYS, MOST_PIECES, MOST_PAIRS = 400, 120, 40
"""Rows printed of each table, the worst."""


def pathway_pieces(context: Context, of: Evaluation) -> list[Piece]:
    """Return the tables, and attach every piece as CSV."""
    pieces = [_pathways(context, of)]
    found = of.cabling.pathways
    if found is not None and len(found.segments):
        context.extras[CSV_NAME] = csv_bytes(CSV_HEADS, _csv_rows(of, found))
        pieces += [_pieces(of, found), _separation(of, found), _astray(of, found)]
    return [piece for piece in pieces if piece.table.rows]


def fill_text(found: Pathways, segment: int) -> str:
    """Return how full a piece is; hold where its size is not known."""
    fill = float(found.segment_fill[segment])
    return HOLD if np.isnan(fill) else percent(fill)


def _pathways(context: Context, of: Evaluation) -> Piece:
    tags, found = pathway_tags(of), of.cabling.pathways
    bends = _bends(of, found) if found is not None else np.zeros(0)
    shown = _fullest(of, found)
    rows = [_row(of, way, tags[way.path], found, bends) for way in shown]
    columns = (
        Column("No.", least=8), Column("Name", least=24, wide=1.0), Column("Kind", least=11),
        Column("Carries", least=12),
        Column(per("Height z", "mm"), "right", least=16, most=26),
        Column(per("Width × depth", "mm"), "right", least=18, most=20),
        Column(per("Length", "m"), "right", least=11, most=12),
        Column("Cables", "right", least=10), Column("Fill", "right", least=10),
        Column("Allowed", "right", least=12), Column(per("Mass", "kg/m"), "right", least=11, most=12),
        Column(per("Takes", "kg/m"), "right", least=10, most=12),
        Column(per("Bend", "mm"), "right", least=9, most=12),
    )  # fmt: skip
    return Piece(Table(columns, rows, "Pathways"), _words(of, found, len(shown)))


def _fullest(of: Evaluation, found: Pathways | None) -> list[PlacedPathway]:
    """Return all pathways in their order, or of very many the fullest."""
    ways = list(of.snapshot.pathways)
    if len(ways) <= MOST_WAYS:
        return ways
    worst = found.pathway_worst(found.segment_fill) if found is not None else np.zeros(0)
    fill = dict(zip((w.path for w in found.segments.ways), worst.tolist(), strict=True)) if found else {}
    order = sorted(range(len(ways)), key=lambda k: -np.nan_to_num(fill.get(ways[k].path, -1.0)))[:MOST_WAYS]
    return [ways[k] for k in sorted(order)]


def _row(
    of: Evaluation, way: PlacedPathway, tag: str, found: Pathways | None, bends: Floats
) -> tuple[str, ...]:
    record = way.record
    heights = sorted({p[2] for p in way.points})
    z = measure(heights[0]) if len(heights) == 1 else f"{measure(heights[0])} to {measure(heights[-1])}"
    points = np.array(way.points, np.float64)
    metres = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum()) / 1000
    head = (
        tag, record.name or "none", record.kind, record.carries or "data", z if heights else HOLD,
        f"{measure(record.width_mm)} × {measure(record.depth_mm)}",
        number_text(converted(metres, "m")[0]),
    )  # fmt: skip
    row = -1 if found is None else found.segments.pathway_rows.get(way.path, -1)
    takes = HOLD if record.load_kg_m is None else _kg_m(record.load_kg_m)
    if found is None or row < 0:
        return (*head, "none", "", "", "", takes, "")
    own = np.flatnonzero(found.segments.pathway == row)
    worst = int(own[np.argmax(np.nan_to_num(found.segment_fill[own]))])
    heaviest = float(found.segment_kg_m[own].max())
    most = float(found.segment_cables[own].max())
    over = ", over" if found.segment_fill[worst] > found.segment_fill_max[worst] + 1e-9 else ""
    heavy = ", over" if record.load_kg_m is not None and heaviest > record.load_kg_m + 1e-9 else ""
    bend = "" if not most else HOLD if np.isnan(bends[row]) else measure(float(bends[row]))
    return (
        *head, count(most), fill_text(found, worst) + over,
        percent(float(found.segment_fill_max[worst])), _kg_m(heaviest) + heavy, takes, bend,
    )  # fmt: skip


def _bends(of: Evaluation, found: Pathways) -> Floats:
    """Return the largest bend radius of the cables in each pathway [mm]; NaN if one is not known."""
    cabling, laid = of.cabling, found.routes.laid
    each = np.array([bend_mm(of.snapshot, option) for option in cabling.options] + [np.nan])
    rows = np.flatnonzero(found.routes.cable_routed)
    bundle, needed = found.routes.cable_bundle[rows], each[cabling.cable_option[rows]]
    of_bundle = np.zeros(len(found.routes.bundles))
    np.maximum.at(of_bundle, bundle, np.where(np.isnan(needed), np.inf, needed))
    piece = np.repeat(np.arange(len(of_bundle)), np.diff(laid.offsets))
    most = np.zeros(len(found.segments.ways))
    np.maximum.at(most, found.segments.pathway[laid.segments], of_bundle[piece])
    return np.where(np.isinf(most), np.nan, most)


def _words(of: Evaluation, found: Pathways | None, shown: int) -> tuple[str, ...]:
    words = [
        "Cables, fill and mass: where the pathway is fullest. A piece of several links counts once. Bend: "
        f"the largest radius that its cables need. '{HOLD}': not given or not known; supports by others.",
    ]
    if shown < len(of.snapshot.pathways):
        words.append(f"The {shown} fullest of {count(len(of.snapshot.pathways))}; all: {CSV_NAME}, attached.")
    if found is None:
        return (*words, "No pathway takes cables: lengths go along the racks.")
    if found.assumed_diameter or found.assumed_mass:
        words.append(
            f"Assumed by medium (G-004): the diameter of {count(found.assumed_diameter)} links, the mass of "
            f"{count(found.assumed_mass)}."
        )
    state = found.routes.cable_state
    beside = [f"{count(int((state == k).sum()))} {STATES[k]}" for k in (2, 3) if (state == k).any()]
    if beside:
        words.append(f"Links between racks that lie in none of them: {', '.join(beside)}.")
    if (state == 1).any():
        words.append(f"{count(int((state == 1).sum()))} links lie {STATES[1]}: there was no other way.")
    return tuple(words)


def _pieces(of: Evaluation, found: Pathways) -> Piece:
    """List the pieces that cables lie in, of pathways that were cut at junctions or corners."""
    tags = pathway_tags(of)
    names = _numbers(of, found)
    own = np.bincount(found.segments.pathway, minlength=len(found.segments.ways))
    shown = np.flatnonzero((own[found.segments.pathway] > 1) & (found.segment_cables > 1e-9))
    order = shown[np.argsort(-np.nan_to_num(found.segment_fill[shown]), kind="stable")][:MOST_PIECES]
    rows = []
    for s in sorted(order.tolist(), key=lambda s: (found.segments.pathway[s], s)):
        way = found.segments.ways[found.segments.pathway[s]]
        over = found.segment_fill[s] > found.segment_fill_max[s] + 1e-9
        rows.append((
            f"{tags[way.path]}.{names[s]}", _place(found.segments.start[s]), _place(found.segments.end[s]),
            number_text(converted(float(found.segments.length_mm[s]) / 1000, "m")[0]),
            count(float(found.segment_cables[s])), fill_text(found, s) + (", over" if over else ""),
            _kg_m(float(found.segment_kg_m[s])),
        ))  # fmt: skip
    columns = (
        Column("Piece"), Column(per("From x / y / z", "mm"), "right", least=34, wide=0.5),
        Column(per("To x / y / z", "mm"), "right", least=34, wide=0.5),
        Column(per("Length", "m"), "right", least=14), Column("Cables", "right", least=12),
        Column("Fill", "right", least=12), Column(per("Mass", "kg/m"), "right", least=16),
    )  # fmt: skip
    left = f" The {MOST_PIECES} fullest." if len(shown) > MOST_PIECES else ""
    words = (
        f"Pathways cut at junctions, corners and drops.{left} All pieces are in the attached {CSV_NAME}.",
    )
    return Piece(Table(columns, rows, "Pieces"), words)


def _separation(of: Evaluation, found: Pathways) -> Piece:
    """List copper beside power: for each pathway with copper the nearest with power along it."""
    tags, used = pathway_tags(of), kinds_in(found)
    copper = np.flatnonzero(used[CARRIED.index("copper")])
    power = np.flatnonzero(used[CARRIED.index("power")])
    least = of.snapshot.brief.assume("separation_mm")
    nearest: dict[tuple[str, str], float] = {}
    if len(copper) and len(power):
        gap = gap_mm(found.segments, copper, power)
        ways = found.segments.ways
        for i, j in zip(*np.nonzero(np.isfinite(gap)), strict=True):
            a = tags[ways[found.segments.pathway[copper[i]]].path]
            b = tags[ways[found.segments.pathway[power[j]]].path]
            nearest[a, b] = min(nearest.get((a, b), np.inf), float(gap[i, j]))
    rows = [
        (a, b, measure(mm), measure(least), "too close" if mm < least - 1e-9 else "kept")
        for (a, b), mm in sorted(nearest.items(), key=lambda item: item[1])[:MOST_PAIRS]
    ]
    columns = (
        Column("Copper data in"), Column("beside power in"), Column(per("Apart", "mm"), "right", wide=0.5),
        Column(per("Kept", "mm"), "right", wide=0.5), Column("Verdict", wide=1.0),
    )  # fmt: skip
    left = f"The {MOST_PAIRS} nearest of {count(len(nearest))}. " if len(nearest) > MOST_PAIRS else ""
    words = (
        f"{left}Clear distance of runs side by side; crossings and fibre are exempt. {length(least)} is an "
        "assumption of the project (G-004); by voltage and shielding the electrical designer may ask for "
        "more.",
    )
    return Piece(Table(columns, rows, "Separation from power"), words)


def _astray(of: Evaluation, found: Pathways) -> Piece:
    """List cables in pathways that do not carry their kind."""
    tags, counts = pathway_tags(of), dict[tuple[str, str], int]()
    for cable in found.cable_astray.tolist():
        media = of.cabling.options[int(of.cabling.cable_option[cable])].media
        ways = " ".join(tags[way.path] for way in found.routes.ways_of(cable))
        counts[media, ways] = counts.get((media, ways), 0) + 1
    rows = [(media, ways, count(n)) for (media, ways), n in sorted(counts.items())]
    columns = (Column("Medium"), Column("lies in", wide=1.0), Column("Links", "right"))
    return Piece(Table(columns, rows, "In pathways that do not carry them"))


def _numbers(of: Evaluation, found: Pathways) -> list[int]:
    """Return the number of each piece within its pathway, from 1."""
    seen: dict[int, int] = {}
    numbers = []
    for way in found.segments.pathway.tolist():
        seen[way] = seen.get(way, 0) + 1
        numbers.append(seen[way])
    return numbers


def _csv_rows(of: Evaluation, found: Pathways) -> list[tuple[str, ...]]:
    tags, numbers, rows = pathway_tags(of), _numbers(of, found), []
    for s in range(len(found.segments)):
        way = found.segments.ways[found.segments.pathway[s]]
        record, fill = way.record, float(found.segment_fill[s])
        ends = [*found.segments.start[s].tolist(), *found.segments.end[s].tolist()]
        rows.append((
            tags[way.path], f"{tags[way.path]}.{numbers[s]}", record.name, record.kind,
            record.carries or "data", *(f"{mm:.0f}" for mm in ends),
            f"{found.segments.length_mm[s] / 1000:.3f}", str(record.width_mm), str(record.depth_mm),
            f"{found.segment_cables[s]:g}", "" if np.isnan(fill) else f"{fill:.4f}",
            f"{found.segment_fill_max[s]:.4f}", f"{found.segment_kg_m[s]:.3f}",
            "" if record.load_kg_m is None else f"{record.load_kg_m:g}",
        ))  # fmt: skip
    return rows


def _place(point: Floats) -> str:
    return " / ".join(measure(float(mm)) for mm in point)


def _kg_m(value: float) -> str:
    return show(converted(value, "kg/m")[0], "", digits=3) if value > 1e-9 else "0"
