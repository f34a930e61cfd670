"""T-5xx: one sheet for each fabric."""

from __future__ import annotations

from core.drawing.fabric_graph import FabricGraph, fabric_graph
from core.drawing.fabric_lanes import lanes_of
from core.drawing.fabric_map import FabricMap, fabric_map
from core.drawing.schematic import FRAME, schematic, tier_name
from core.drawing.styles import fabric_style
from core.editing.layouts import places_in
from core.engine.expansion import Expansion
from core.engine.link_classes import link_classes
from core.engine.network import network
from core.engine.stage import Results
from core.model.records import Fabric
from core.report.clouded import NONE, Marks, draw_clouds
from core.report.context import Context
from core.report.paper import Box
from core.report.sheet import Page, Sheet, numbers
from core.report.tables import Column, Table, lay
from core.report.values import count, show


def sheets(context: Context) -> list[Sheet]:
    """Return the network sheets in the order of fabric names."""
    ids = numbers("T", 501)
    found: list[Sheet] = []
    if not context.project.fabrics:
        return found
    evaluation, results = context.evaluation, Results()
    snapshot = evaluation.snapshot if evaluation is not None else Expansion(context.project).snapshot()
    measured = evaluation.network if evaluation is not None else results.of(network, snapshot)
    classes = results.of(link_classes, snapshot)
    for fabric in sorted(context.project.fabrics.values(), key=lambda f: (f.name, f.id)):
        context.tick()
        graph = fabric_graph(snapshot, measured, classes, fabric.id)
        drawn = fabric_map(graph, context.placement, lanes_of(graph, fabric.role))
        if drawn.cables:
            found.append(_sheet(fabric, drawn, next(ids), _clouds(context, graph, drawn)))
    return found


def _clouds(context: Context, graph: FabricGraph, drawn: FabricMap) -> dict[str, Marks]:
    """Return the boxes that have changed since the issue before, with their changes, by key."""
    if context.since is None:
        return {}
    found, rows = {}, graph.rows.tolist()
    for node in drawn.nodes:
        paths = (graph.snapshot.device_path(rows[member]) for member in node.members)
        marks = NONE.union(*(context.clouded.of_device(path, "data", graph.fabric) for path in paths))
        if marks:
            found[node.key] = marks
    return found


def _sheet(fabric: Fabric, drawn: FabricMap, id_: str, clouds: dict[str, Marks]) -> Sheet:
    def draw(page: Page) -> None:
        area = page.area
        tiers = lay(_tiers(page.context, fabric, drawn), 0.5 * area.width - 4, area.height)
        lines = 2 + sum(1 for _ in schematic(drawn, size=FRAME).notes)
        low = max(tiers.height(0) + 4.0, lines * 4.0 + 12.0)
        room = Box(area.x, area.y + low + 4.0, area.width, area.height - low - 4.0)
        project = page.context.project
        picture = schematic(
            drawn, style=fabric_style(fabric.role, fabric.colour), size=(room.width, room.height),
            places=places_in(project, project.top, fabric.id),
        )  # fmt: skip
        for batch in picture.layers:
            page.pdf.batch(batch, room.x, room.y)
        boxes = (picture.boxes[key] for key in clouds if key in picture.boxes)
        draw_clouds(page, ((room.x + x, room.y + y, w, h) for x, y, w, h in boxes))
        page.tick()
        page.table(tiers, 0, Box(area.x, area.y, tiers_width(tiers.widths), low))
        x = area.x + 0.5 * area.width + 4
        y = page.heading(x, area.y + low, "What the lines stand for", 0.5 * area.width - 4)
        for note in picture.notes:
            y = page.paragraph(x, y, note, 0.5 * area.width - 4) - 0.6
        if fabric.note:
            page.paragraph(x, y, fabric.note, 0.5 * area.width - 4)

    return Sheet(
        id_, "Network", "Networks", draw, f"{fabric.name} ({fabric.role})",
        clouds=NONE.union(*clouds.values()),
    )  # fmt: skip


def tiers_width(widths: tuple[float, ...]) -> float:
    """Return the width of a laid table [mm]."""
    return sum(widths)


def _tiers(context: Context, fabric: Fabric, drawn: FabricMap) -> Table:
    columns = (
        Column("Tier", wide=1.0), Column("Devices", "right"), Column("Down Gbit/s", "right"),
        Column("Up Gbit/s", "right"), Column("Oversubscription", "right"),
    )  # fmt: skip
    results = context.evaluation.network.fabrics if context.evaluation is not None else ()
    result = next((r for r in results if r.fabric == fabric.id), None)
    if result is None:
        rows = [
            (tier_name(i), count(sum(n.count for n in tier)), "", "", "")
            for i, tier in enumerate(drawn.tiers)
        ]
        return Table(columns, rows, f"{count(drawn.cables)} links")
    rows = [("Hosts", count(result.hosts), "", "", "")]
    for tier in result.tiers:
        ratio = (
            "no links up" if tier.oversubscription is None else f"{show(tier.oversubscription, digits=3)} : 1"
        )
        rows.append(
            (
                f"{tier_name(tier.number)} switches (tier {tier.number})",
                count(tier.switches),
                count(tier.down_gbps),
                count(tier.up_gbps),
                ratio,
            )
        )
    parts = "one piece" if result.components == 1 else f"{result.components} separate parts"
    hops = f"at most {result.hops.most} hops" if result.hops.most else ""
    note = ", ".join(
        x
        for x in (
            f"{count(result.links)} links",
            f"{count(result.ports_used)} of {count(result.ports_total)} switch ports used",
            parts,
            hops,
        )
        if x
    )
    return Table(columns, rows, "Tiers", note=note)
