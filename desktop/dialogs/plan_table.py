"""Tables of the ways a workload can run: ranked, and those that are not possible with their reasons."""

from __future__ import annotations

from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from core.engine.inference.ranking import ServingSearch
from core.engine.inference.serving import ServingResult
from core.engine.training.plan import RECOMPUTE
from core.engine.training.result import StepResult
from core.engine.training.search import MEMORY, PlanSearch
from core.engine.workload_plans import Alternatives
from core.units import number_text
from desktop.trees import head, line

GIB = 2.0**30
NEAREST, EXAMPLES = 20, 5
TRAINING = (
    "Rank", "tp", "pp", "dp", "cp", "ep", "Micro", "Chunks", "Recompute", "Step s", "MFU %", "GiB",
    "GiB free",
)  # fmt: skip
SERVING = (
    "Rank", "tp", "ep", "Batch", "Holds", "Replicas", "TTFT s", "ITL ms", "Req/s",
    "Tokens/s", "GiB", "GiB free",
)  # fmt: skip
POOLS = (*SERVING[:6], "Prefill", *SERVING[6:])
TIPS = {
    "tp": "Tensor parallel", "pp": "Pipeline stages", "dp": "Data parallel", "cp": "Context parallel",
    "ep": "Expert parallel", "Micro": "Sequences of a microbatch", "Chunks": "Chunks of a pipeline stage",
    "Recompute": "Activations computed again", "MFU %": "Share of the dense BF16 peak, causal attention",
    "GiB": "Memory used on the fullest accelerator", "GiB free": "What is left of its memory",
    "Batch": "Sequences of a replica", "Holds": "Sequences that the memory of a replica holds",
    "TTFT s": "Mean time to first token", "ITL ms": "Mean time between two tokens of a sequence",
    "Req/s": "Highest rate of requests of all replicas", "Tokens/s": "Tokens out at the highest rate",
    "Prefill": "Replicas that take prompts in", "Step s": "Time of a training step",
}  # fmt: skip


def show_ways(table: QTreeWidget, of: Alternatives) -> str:
    """Show the ways that are possible, the best first, and say how many there are."""
    chosen = table.indexOfTopLevelItem(table.currentItem()) if table.currentItem() else 0
    table.clear()
    said = ""
    if of.plans is not None:
        _name(table, TRAINING, left=(8,))
        used = of.result.training.step.plan if of.result.training is not None else None
        table.addTopLevelItems(
            [_plan_line(n, step, step.plan == used) for n, step in enumerate(of.plans.best, 1)]
        )
        said = _counted(of.plans.possible, of.plans.looked_at, "plans", len(of.plans.best))
    elif of.services is not None:
        disaggregated = any(way.pools is not None for way in of.services.best)
        _name(table, POOLS if disaggregated else SERVING)
        now = of.result.serving if of.result.output is not None else None
        used_way = None if now is None else (now.tp, now.ep, now.batch)
        table.addTopLevelItems(
            [_way_line(n, way, (way.tp, way.ep, way.batch) == used_way) for n, way in
             enumerate(of.services.best, 1)]
        )  # fmt: skip
        ways = len(of.services.best)
        said = _counted(ways, ways + len(of.services.rejected), "pairs of degrees", ways)
    first = table.topLevelItem(min(max(chosen, 0), table.topLevelItemCount() - 1))
    if first is not None:
        table.setCurrentItem(first)
    return said


def show_rejected(table: QTreeWidget, of: Alternatives) -> None:
    """Show the reasons why ways are not possible, with the nearest of them."""
    table.clear()
    head(table, "Reason, and what it keeps away", "How many", "Short of memory", wide=0)
    if of.plans is not None:
        table.addTopLevelItems(_plan_reasons(of.plans))
    elif of.services is not None:
        table.addTopLevelItems(_way_reasons(of.services))
    table.expandAll()


def _name(table: QTreeWidget, names: tuple[str, ...], left: tuple[int, ...] = ()) -> None:
    head(table, *names, left=left)
    for at, name in enumerate(names):
        table.headerItem().setToolTip(at, TIPS.get(name, name))


def _counted(possible: int, looked_at: int, noun: str, shown: int) -> str:
    if not possible:
        return f"None of {looked_at:,} {noun} is possible; the next page says why"
    fastest = f"; the best {shown} stand here" if shown < possible else ""
    return f"{possible:,} of {looked_at:,} {noun} are possible{fastest}"


def _rank(number: int, is_used: bool) -> str:
    return f"{number} in use" if is_used else str(number)


def _plan_line(number: int, step: StepResult, is_used: bool) -> QTreeWidgetItem:
    plan, held = step.plan, float(step.memory.total)
    degrees = (plan.tp, plan.pp, plan.dp, plan.cp, plan.ep, plan.microbatch, plan.interleave)
    return line(
        _rank(number, is_used), *(f"{degree:,.0f}" for degree in degrees), RECOMPUTE[int(plan.recompute)],
        number_text(step.step_s), f"{100 * step.mfu_causal:.1f}", f"{held / GIB:,.1f}",
        f"{(step.capacity_bytes - held) / GIB:,.1f}", left=(8,), of=plan,
    )  # fmt: skip


def _way_line(number: int, way: ServingResult, is_used: bool) -> QTreeWidgetItem:
    assert way.memory is not None
    pools = () if way.pools is None else (f"{way.pools.prefill:,} x {way.pools.prefill_size}",)
    return line(
        _rank(number, is_used), f"{way.tp}", f"{way.ep}", f"{way.batch:,}", f"{way.most_batch:,}",
        f"{way.replicas:,}", *pools, number_text(way.ttft_s, digits=3),
        number_text(1e3 * way.itl_s, digits=3), number_text(way.requests_s, digits=3),
        f"{way.tokens_out_s:,.0f}", f"{way.memory.used / GIB:,.1f}", f"{way.memory.free / GIB:,.1f}", of=way,
    )  # fmt: skip


def _short(lack: float) -> str:
    return f"{lack:,.0f} bytes" if lack > 0 else ""


def _plan_reasons(search: PlanSearch) -> list[QTreeWidgetItem]:
    found = []
    for reason, count in sorted(search.counts.items(), key=lambda one: (one[0] != MEMORY, -one[1])):
        top = line(reason.capitalize(), f"{count:,}", "")
        nearest = search.nearest(NEAREST) if reason == MEMORY else search.examples(reason, EXAMPLES)
        for one in nearest:
            top.addChild(line(one.plan.words(), "", _short(one.shortfall_bytes if reason == MEMORY else 0)))
        found.append(top)
    return found


def _way_reasons(search: ServingSearch) -> list[QTreeWidgetItem]:
    found = []
    for kind, count in search.counts.items():
        top = line(kind.capitalize(), f"{count:,}", "")
        for one in (each for each in search.rejected if each.kind == kind):
            words = f"tp {one.tp}, ep {one.ep}"
            if not one.shortfall_bytes:
                words += f", batch {one.batch:,}: {one.reason}"
            top.addChild(line(words, "", _short(one.shortfall_bytes)))
        found.append(top)
    return found
