"""The cooling schematic: heat rejection, facility water, CDUs and room units, manifolds, racks and rooms.

The coolant layer of the same graph as the network and the one-line diagram. Supply is a solid line, return a
dashed one; air is dotted. Conditions are those of maximum sustained power (`core.engine.loops`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from core.drawing import one_line
from core.drawing.chain import AIR, RETURN, SUPPLY, Chain, Rows, as_rows
from core.drawing.chain_cut import cut, joints_of
from core.drawing.chain_drawing import EMPTY, ChainDrawing, draw_chain
from core.drawing.chain_layout import Point
from core.drawing.cooling_cards import COOLS, CoolingCards, key_of, node_of
from core.engine.columns import Flags
from core.engine.evaluation import Evaluation
from core.model.project import Reader

__all__ = ["coolant_chain", "cooling_schematic", "key_of", "node_of"]
LINES = {
    SUPPLY: ("chain.supply", "coolant supply"),
    RETURN: ("chain.return", "coolant return"),
    AIR: ("chain.air", "air"),
}
_OFFSETS = {SUPPLY: -1.5, RETURN: 1.5}


def coolant_chain(evaluation: Evaluation) -> Chain:
    """Return the coolant layer: devices, then what is in each rack, then the air of each room."""
    snap, loops = evaluation.snapshot, evaluation.loops
    n, racks = snap.n_devices, snap.n_racks
    kinds = [spec.type.kind for spec in snap.specs.specs]
    is_plant = np.array([kind in COOLS for kind in kinds])[snap.device_spec]
    node = np.where(is_plant | (snap.device_rack < 0), np.arange(n), n + as_rows(snap.device_rack))
    plumbing = loops.plumbing
    piped = (plumbing.giver < 2 * n) & (plumbing.taker < 2 * n)
    giver, taker = (node[as_rows(ends[piped]) % max(n, 1)] for ends in (plumbing.giver, plumbing.taker))
    mated = as_rows(plumbing.mated)
    feeds = is_plant[mated]
    inside = n + as_rows(plumbing.mated_rack)[feeds]
    giver = np.concatenate([giver, mated[feeds], inside])
    taker = np.concatenate([taker, inside, mated[feeds]])
    depth = _depth(evaluation, n + racks, giver, taker)
    keep = depth[giver] != depth[taker]
    giver, taker = giver[keep], taker[keep]
    down = depth[giver] < depth[taker]
    units = as_rows(loops.room_unit)
    rooms = n + racks + as_rows(loops.air.device_room)[units]
    feeder = np.concatenate([np.where(down, giver, taker), units])
    consumer = np.concatenate([np.where(down, taker, giver), rooms])
    kind = np.concatenate([np.where(down, SUPPLY, RETURN), np.full(len(units), AIR)]).astype(np.int64)
    n_nodes = n + racks + len(loops.air.room_heat_w)
    sort = np.full(n_nodes, -1, np.int64)
    types = list(dict.fromkeys(spec.type.id for spec in snap.specs.specs))
    sort[:n] = np.array([types.index(spec.type.id) for spec in snap.specs.specs])[snap.device_spec]
    sort[n : n + racks] = 200_000 + as_rows(snap.rack_type)
    sort[n + racks :] = 300_000 + np.arange(n_nodes - n - racks)
    joined = np.zeros(n_nodes, np.bool_)
    joined[feeder] = joined[consumer] = True
    sort[~joined] = -1
    return Chain(sort, feeder, consumer, kind)


def _depth(evaluation: Evaluation, n: int, giver: Rows, taker: Rows) -> Rows:
    """Return how many pipes each node is from what rejects the heat; where nothing does, from its CDUs."""
    snap = evaluation.snapshot
    depth = np.full(n, -1, np.int64)
    piped = np.zeros(n, np.bool_)
    piped[giver] = piped[taker] = True
    kinds = np.array([spec.type.kind for spec in snap.specs.specs])[snap.device_spec]
    ends = np.concatenate([giver, taker]), np.concatenate([taker, giver])
    for kind in ("heat-rejection", "cdu", "manifold", ""):
        start = np.zeros(n, np.bool_)
        start[: snap.n_devices] = kinds == kind if kind else True
        front = np.flatnonzero(start & piped & (depth < 0))
        step = 0
        while len(front):
            depth[front] = step
            there = ends[1][np.isin(ends[0], front)]
            front = np.unique(there[depth[there] < 0])
            step += 1
    return depth


def cooling_schematic(
    project: Reader,
    evaluation: Evaluation,
    *,
    apart: Collection[str] = (),
    places: Mapping[str, Point] | None = None,
    failed: Collection[str] = (),
    legend: bool = True,
) -> ChainDrawing:
    """Draw the coolant layer; parameters as those of `core.drawing.one_line.one_line`.

    What is marked as uncooled has no live supply left in the drawing, or less than it needs: whether what is
    left is large enough is told by `core.engine.loops.Loops.uncooled`.
    """
    chain = coolant_chain(evaluation)
    folded, broken = cut(chain, lambda key: node_of(evaluation, key), apart, failed)
    if not len(folded):
        return EMPTY
    stopped = broken.copy()
    dark = _dark(evaluation, failed)
    stopped[: evaluation.snapshot.n_devices] |= dark & (chain.sort >= 0)[: evaluation.snapshot.n_devices]
    cut_off = (_uncooled(chain, stopped) | stopped) & ~broken
    warm = _too_warm(evaluation, broken, dark) if failed else dark
    short = _nodes_of(evaluation, warm, len(chain)) & (chain.sort >= 0) & ~cut_off & ~broken
    dead = cut_off | short
    lost = _heated(evaluation, dead, warm)
    writer = CoolingCards(project, evaluation, chain, folded)
    cards = [
        writer.card(group, int(broken[nodes].sum()), int(dead[nodes].sum()), int(short[nodes].sum()))
        for group in range(len(folded))
        for nodes in (folded.members(group),)
    ]
    joints, off = joints_of(folded, broken | dead)
    return draw_chain(
        cards,
        joints,
        notes=writer.notes(),
        places=places,
        offsets=_OFFSETS,
        off=off,
        lines=LINES,
        legend=legend,
        lost=lost,
    )


def _too_warm(evaluation: Evaluation, broken: Flags, dark: Flags) -> Flags:
    """Tell which living devices lose the coolant or air they need, what is left being too small included."""
    from scipy.sparse import csr_array  # late: takes half a second, and only failures need it

    dead = dark | broken[: evaluation.snapshot.n_devices]
    found: Flags = evaluation.loops.uncooled(csr_array(dead[None, :])).toarray()[0].astype(np.bool_)
    return found


def _nodes_of(evaluation: Evaluation, devices: Flags, n_nodes: int) -> Flags:
    """Return the nodes that some uncooled devices are drawn as: themselves, their rack, the air of a room."""
    snap, loops = evaluation.snapshot, evaluation.loops
    found = np.zeros(n_nodes, np.bool_)
    rows = np.flatnonzero(devices)
    found[rows] = True
    wet = (loops.device_liquid_w[rows] > 0) & (loops.device_loop[rows] >= 0)
    racked = rows[wet & (snap.device_rack[rows] >= 0)]
    found[snap.n_devices + snap.device_rack[racked]] = True
    room = loops.air.device_room[rows[~wet]]
    found[snap.n_devices + snap.n_racks + room[room >= 0]] = True
    return found


def _heated(evaluation: Evaluation, dead: Flags, warm: Flags) -> int:
    """Count the devices that give heat to coolant or air and lose it, in racks and on the floor."""
    snap, n = evaluation.snapshot, evaluation.snapshot.n_devices
    in_rack = np.append(dead[n : n + snap.n_racks], False)[snap.device_rack]
    without = (evaluation.loops.device_liquid_w > 0) & (in_rack | dead[:n])
    return int((without | warm).sum())


def _dark(evaluation: Evaluation, failed: Collection[str]) -> Flags:
    """Tell which devices are without power: pumps and fans that stop, shape (n_devices,)."""
    n = evaluation.snapshot.n_devices
    rows = [row for key in failed if (row := one_line.node_of(evaluation, key)) >= 0]
    if not rows:
        return np.zeros(n, np.bool_)
    chain = one_line.power_chain(evaluation)
    broken = np.zeros(len(chain), np.bool_)
    broken[rows] = True
    return chain.dead(broken)[:n]


def _uncooled(chain: Chain, broken: Flags) -> Flags:
    """Tell what has no live supply left: coolant for what is piped, units for the air of a room."""
    carries = chain.kind != RETURN
    plain = Chain(
        chain.sort, chain.feeder[carries], chain.consumer[carries], np.zeros(int(carries.sum()), np.int64)
    )
    return plain.dead(broken) & ~broken
