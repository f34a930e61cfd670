"""The one-line diagram: the power layer from the sources down to the loads, equal branches folded.

Loads are maximum sustained ones, in normal operation and with the element lost that is worst for each. It
is the same graph as the network's, another layer; nothing of it is stored but where cards were put by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy

import numpy as np

from core.drawing.chain import STANDBY, SUPPLY, Chain, Rows, as_rows
from core.drawing.chain_cut import cut, joints_of
from core.drawing.chain_drawing import EMPTY, ChainDrawing, draw_chain
from core.drawing.chain_layout import Point
from core.drawing.one_line_cards import PowerCards, key_of, node_of
from core.engine.columns import Flags
from core.engine.evaluation import Evaluation
from core.engine.feeding import Flow
from core.model.project import Reader

__all__ = ["key_of", "node_of", "one_line", "power_chain"]
LINES = {SUPPLY: ("chain.line", "feeds"), STANDBY: ("chain.standby", "feeds in need only")}


def power_chain(evaluation: Evaluation) -> Chain:
    """Return the power layer: devices, the busbar of every rack, sources, in that order."""
    snap, feeding = evaluation.snapshot, evaluation.power.feeding
    feeder, consumer = as_rows(feeding.feeder), as_rows(feeding.consumer)
    first = snap.n_devices + snap.n_racks
    passes, fed = np.zeros(feeding.n_nodes, np.bool_), np.zeros(feeding.n_nodes, np.bool_)
    passes[feeder], fed[consumer] = True, True
    sort = np.full(feeding.n_nodes, -1, np.int64)
    sort[: snap.n_devices] = _device_sorts(evaluation, passes[: snap.n_devices])
    sort[snap.n_devices : first] = 200_000 + as_rows(snap.rack_type)
    sort[first:] = 300_000 + np.arange(len(feeding.sources))
    sort[~(passes | fed)] = -1
    return Chain(sort, feeder, consumer, np.where(feeding.stands_by[feeder], STANDBY, SUPPLY))


def _device_sorts(evaluation: Evaluation, passes: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Rows:
    """What passes power on is told apart by its type, loads by their kind."""
    snap = evaluation.snapshot
    types = list(dict.fromkeys(spec.type.id for spec in snap.specs.specs))
    kinds = list(dict.fromkeys(spec.type.kind for spec in snap.specs.specs))
    by_type = np.array([types.index(spec.type.id) for spec in snap.specs.specs])
    by_kind = np.array([100_000 + kinds.index(spec.type.kind) for spec in snap.specs.specs])
    sorts: Rows = np.where(passes, by_type[snap.device_spec], by_kind[snap.device_spec])
    return sorts


def one_line(
    project: Reader,
    evaluation: Evaluation,
    *,
    apart: Collection[str] = (),
    places: Mapping[str, Point] | None = None,
    failed: Collection[str] = (),
    legend: bool = True,
    has_losses: bool = True,
) -> ChainDrawing:
    """Draw the power layer.

    Parameters
    ----------
    project : Reader
        Read for names only.
    evaluation : Evaluation
    apart : collection of str
        Keys that are to stand alone with all that feeds them, not folded with their likes.
    places : mapping of key to (x, y), optional
        Upper left corners placed by hand, from the middle of the upper edge, y up [mm].
    failed : collection of str
        Keys of what is taken for failed; what that leaves without power is marked, and the loads are those
        that are left.
    legend : bool
        Whether legend and notes are drawn below.
    has_losses : bool
        Whether the worst loads are those with any single element lost, which are made if they are not known
        yet; else those with each source lost.
    """
    if has_losses:
        evaluation.node_headroom, evaluation.phase_outages  # noqa: B018
    chain = power_chain(evaluation)
    folded, broken = cut(chain, lambda key: node_of(evaluation, key), apart, failed)
    if not len(folded):
        return EMPTY
    dead = chain.dead(broken) & ~broken
    writer = PowerCards(project, evaluation, chain, folded, _after(evaluation, broken), has_losses=has_losses)
    cards = [
        writer.card(group, int(broken[nodes].sum()), int(dead[nodes].sum()))
        for group in range(len(folded))
        for nodes in (folded.members(group),)
    ]
    joints, off = joints_of(folded, broken | dead)
    return draw_chain(
        cards,
        joints,
        notes=writer.notes(),
        places=places,
        off=off,
        lines=LINES,
        legend=legend,
        lost=int(dead[: evaluation.snapshot.n_devices].sum()),
    )


def _after(evaluation: Evaluation, broken: Flags) -> Flow | None:
    """Return the loads at maximum with what is failed taken out; None where nothing is."""
    if not broken.any():
        return None
    feeding = copy(evaluation.power.feeding)
    gone = broken[feeding.feeder] | broken[feeding.consumer]
    feeding.weight = np.where(gone, 0.0, feeding.weight)
    return feeding.flow(evaluation.power.device_max_w, -1)
