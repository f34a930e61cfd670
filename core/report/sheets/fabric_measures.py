"""T-9xx: measures of each fabric: how it was made, structure, proofs, loads, failures, collectives."""

from __future__ import annotations

from core.drawing.fabric_load import percent
from core.engine.evaluation import Evaluation
from core.engine.fabric_measures import FabricMeasures, fabric_measures, load_groups
from core.engine.failures.cases import optics_in
from core.engine.failures.standing import Hosts
from core.engine.network import FabricResult
from core.engine.throughput.load import Load, Throughput
from core.model.records import Fabric
from core.report.context import Context
from core.report.csv_text import csv_bytes
from core.report.fabric_names import FabricNames
from core.report.flow import Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.sheets import fabric_failures
from core.report.sheets.fabric_collectives import collectives_pieces
from core.report.sheets.fabric_origin import origin_piece
from core.report.sheets.fabric_structure import hops_piece, proofs_piece, structure_piece
from core.report.tables import Column, Table
from core.report.values import count, show

_MOST_LOADS = 12
_FELT = 0.005
"""Headroom below this is not printed: rounding."""


def sheets(context: Context) -> list[Sheet]:
    """Return the measures in the order of fabric names; none without an evaluation."""
    of = context.evaluation
    found: list[Sheet] = []
    if of is None:
        return found
    ids, failed = numbers("T", 901), []
    for fabric in sorted(context.project.fabrics.values(), key=lambda f: (f.name, f.id)):
        result = of.network.find(fabric.id)
        if result is None or not result.links or not len(Hosts(result.drawn.topology).rows):
            continue  # what is measured is measured between hosts
        measures = _measured(context, of, fabric, result)
        names = FabricNames(context, of, result)
        failed += fabric_failures.csv_rows(fabric.name, measures, names)
        base = Sheet(
            "", "Network measures", "Network measures", _nothing, f"{fabric.name} ({fabric.role})",
            caution=CAUTION,
        )  # fmt: skip
        found += flow_sheets(context, _pieces(context, of, fabric, result, measures, names), ids, base)
    if failed:
        context.extras[fabric_failures.CSV_NAME] = csv_bytes(fabric_failures.CSV_HEADS, failed)
    return found


def _nothing(page: Page) -> None:
    """Draw nothing."""


def _measured(context: Context, of: Evaluation, fabric: Fabric, result: FabricResult) -> FabricMeasures:
    def progress(done: int, total: int, text: str) -> None:
        context.tick()
        if context.progress is not None:
            context.progress(0, 1, f"Measuring {fabric.name}")

    return fabric_measures(result.drawn, optics_in(result.drawn, of.cabling.classes), progress)


def _pieces(
    context: Context,
    of: Evaluation,
    fabric: Fabric,
    result: FabricResult,
    measures: FabricMeasures,
    names: FabricNames,
) -> list[Piece]:
    proofs = next((found for found in of.fabric_proofs if found.fabric == fabric.id), None)
    pieces = (
        origin_piece(context, fabric),
        structure_piece(result, measures, bool(fabric.family)),
        proofs_piece(context, proofs, names),
        hops_piece(result, names),
        _throughput(result, measures),
        _loads(result, measures.all_to_all, names),
        fabric_failures.failures_piece(measures, names),
        *collectives_pieces(context, of, fabric),
    )
    return [piece for piece in pieces if piece is not None]


def _throughput(result: FabricResult, measures: FabricMeasures) -> Piece | None:
    rows = []
    for traffic, load, bound in (
        ("All-to-all", measures.all_to_all, measures.all_to_all_bound),
        ("Longest matching", measures.matching, measures.matching_bound),
    ):
        if load is not None:
            rows.append((traffic, "ECMP", *_worth(load.throughput, "exact for this routing")))
        if bound is not None:
            rows.append((traffic, "any way", *_worth(bound, f"upper bound ({bound.method})")))
    if not rows:
        return None
    columns = (
        Column("Traffic", least=28), Column("Routing"), Column("Throughput", "right"),
        Column("Of the full rate of the hosts", wide=1.0, most=60), Column("Basis", most=60),
    )  # fmt: skip
    gpus = bool(result.drawn.topology.accelerators.any())
    words = (
        f"1 means that all {'hosts with GPUs' if gpus else 'hosts'} send at full rate at once; hosts never "
        "get more than that: what is above 1 is headroom, links between switches that stay free. ECMP: equal "
        "split over the links of all shortest ways, in the fluid model: large flows that collide are not in "
        "it. Longest matching: each leaf sends all to one that is far away, near the worst case there is. "
        "Hosts with a port for each GPU are reached at the port of the GPU, others at any.",
    )
    return Piece(Table(columns, rows, "Throughput"), words, begins=True)


def _worth(found: Throughput, basis: str) -> tuple[str, str, str]:
    if found.note:
        return "0", found.note, basis
    if found.upper == float("inf"):
        return "", "no traffic between switches", basis
    if found.value >= 1:
        text = "all hosts at full rate" if found.kind == "exact" else "no bound below full rate"
        if found.value - 1 >= _FELT:
            most = "at most " if found.kind == "upper bound" else ""
            text += f"; headroom {most}{percent(found.value - 1)}"
    else:
        text = f"{'at most ' if found.kind == 'upper bound' else ''}{percent(found.value)}"
    return f"{found.value:.3g}", text, basis


def _loads(result: FabricResult, load: Load | None, names: FabricNames) -> Piece | None:
    """Return the fullest trunks between switches under all-to-all."""
    if load is None or load.busiest < 0:
        return None
    net = result.drawn.topology
    found = [group for group in load_groups(net, load) if load.between_switches[group.first]]
    shown = [group for group in found if group.share > 0][:_MOST_LOADS]
    columns = (
        Column("Load", "right"), Column("Between", most=30), Column("Links", "right"),
        Column("in trunks", "right"), Column("Gbit/s in a trunk", "right", least=16),
        Column("For example", wide=1.0, most=80),
    )  # fmt: skip
    rows = [
        (
            percent(group.share), names.tiers(group.low, group.high), count(group.links), count(group.trunks),
            show(group.gbps), f"{names.trunk(group.first)}, {count(int(net.count[group.first]))} × "
            f"{net.gbps[group.first]:g}G",
        )
        for group in shown
    ]  # fmt: skip
    words = "100 %: a trunk carries all it can in its fuller direction when all hosts send at full rate."
    return Piece(Table(columns, rows, "The fullest links under all-to-all by ECMP", pad=0.4), (words,))
