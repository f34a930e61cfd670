"""What is said of a feeder beyond its load: what is left in it, what is stranded, its phases and banks."""

from __future__ import annotations

import numpy as np

from core.drawing.chain import Rows
from core.drawing.chain_names import Names
from core.engine.evaluation import Evaluation
from core.units import show

FEEDER_FACTS = ("Load", "Left", "Can be added", "Stranded", "Phases", "Worst phases", "Fullest bank")
LINES = ("L1", "L2", "L3", "N")
MOST_LOOKED_AT = 24
"""Of more devices only the first and the last row are looked at to say what they are called."""
_LATER = "being worked out"


def case_words(of: Evaluation, names: Names, cases: Rows) -> str:
    """Return which elements are lost in some cases of `Evaluation.outages`; empty for normal operation.

    One element is named; of several devices the first and the last are.
    """
    lost = np.unique(cases[cases >= 0])
    if not len(lost):
        return ""
    devices = of.outages.device[lost]
    if len(lost) == 1 or (devices < 0).any():
        found = dict.fromkeys(_element(of, names, int(case)) for case in lost)
        return f"{next(iter(found))} lost" if len(found) == 1 else "one element lost"
    few = devices if len(devices) <= MOST_LOOKED_AT else devices[[0, -1]]
    called = names.title(few).rpartition(" × ")[0]
    return f"one of {called} lost" if " … " in called else f"one {called} lost"


def _element(of: Evaluation, names: Names, case: int) -> str:
    device = int(of.outages.device[case])
    if device >= 0:
        return names.device(device)
    source = of.snapshot.brief.source(of.power.feeding.sources[int(of.outages.source[case])])
    return source.name if source is not None else "a source"


def knows_losses(of: Evaluation) -> bool:
    """Tell whether the loss of every element has been tried: it is not made by asking here."""
    return {"outages", "node_headroom", "phase_outages"} <= vars(of).keys()


def feeder_facts(of: Evaluation, names: Names, node: int) -> dict[str, str]:
    """Return what is known of what passes power on, by the names of `FEEDER_FACTS`; the rest is left out.

    Parameters
    ----------
    of : Evaluation
    names : Names
    node : int
        Of `Power.feeding`: a device, the busbar of a rack, or a source.
    """
    feeding = of.power.feeding
    first_source = feeding.n_devices + feeding.n_racks
    flow = of.power.normal
    normal = np.concatenate([flow.device_through_w, flow.busbar_w, flow.source_w])[node]
    found = {"Load": show(float(normal), "W")}
    if not knows_losses(of):
        return {**found, "Left": _LATER, **_phases(of, node)}
    worst, case = float(normal), -1
    if node < feeding.n_devices:
        worst, case = float(of.outages.device_worst_w[node]), int(of.outages.device_worst_case[node])
    if node >= first_source:
        column = of.outages.through_w[:, [node]].toarray()[:, 0]
        if len(column) and column.max() > worst:
            worst, case = float(column.max()), int(column.argmax())
    if worst > normal * 1.0005:
        words = case_words(of, names, np.array([case]))
        found["Load"] += f"; worst {show(worst, 'W')}{f' ({words})' if words else ''}"
    return {**found, **_headroom(of, names, node), **_phases(of, node), **_worst_phases(of, names, node)}


def _headroom(of: Evaluation, names: Names, node: int) -> dict[str, str]:
    found, feeding = of.node_headroom, of.power.feeding
    bars = feeding.consumer[feeding.feeder == node] - feeding.n_devices
    if len(bars) and ((bars >= 0) & (bars < feeding.n_racks)).all():
        return {"Left": f"told by {node_name(of, names, feeding.n_devices + int(bars[0]))}"}
    limit, left, usable = (float(a[node]) for a in (found.limit_w, found.left_w, found.usable_w))
    if np.isnan(limit):
        told = {"Left": "rating unknown"}
    else:
        lost = case_words(of, names, _case_of_least(of, node)) or "nothing lost"
        over = f"over by {show(-left, 'W')}" if left < 0 else show(left, "W")
        told = {"Left": f"{over} of {show(limit, 'W')} ({lost})"}
    if not np.isnan(usable):
        at = int(found.bottleneck[node])
        full = f"; then {node_name(of, names, at)} is full" if at not in (-1, node) else ""
        told["Can be added"] = f"{'at most ' if found.unrated[node] else ''}{show(usable, 'W')}{full}"
        if not np.isnan(limit) and found.stranded_w[node] > 0.5:
            told["Stranded"] = show(float(found.stranded_w[node]), "W")
    return told


def _case_of_least(of: Evaluation, node: int) -> Rows:
    """Return the case in which least is left; of several that are alike the one the worst load is told of."""
    found, losses = of.node_headroom, of.outages
    if node < of.power.feeding.n_devices:
        worst = float(losses.device_worst_w[node])
        if abs(found.limit_w[node] - found.left_w[node] - worst) <= 1e-6 * max(worst, 1.0):
            return losses.device_worst_case[[node]]
    return found.case[[node]]


def node_name(of: Evaluation, names: Names, node: int) -> str:
    """Return what a node of the power graph is called."""
    feeding = of.power.feeding
    if node < feeding.n_devices:
        return names.device(node)
    if node < feeding.n_devices + feeding.n_racks:
        return f"the busbar of {names.rack(node - feeding.n_devices)}"
    source = of.snapshot.brief.source(feeding.sources[node - feeding.n_devices - feeding.n_racks])
    return f"source {source.name}" if source is not None else "a source"


def _row(of: Evaluation, node: int) -> int:
    rows = np.flatnonzero(of.phases.device == node)
    return int(rows[0]) if len(rows) else -1


def _phases(of: Evaluation, node: int) -> dict[str, str]:
    row = _row(of, node)
    if row < 0:
        return {}
    unequal = f"{100 * float(of.phases.imbalance[row]):.0f} % unequal"
    return {"Phases": f"{_amperes(of.phases.normal_a[row])}; {unequal}"}


def _worst_phases(of: Evaluation, names: Names, node: int) -> dict[str, str]:
    row = _row(of, node)
    if row < 0:
        return {}
    worst, rated = of.phase_outages.worst_a[row], float(of.phases.rated_a[row])
    share = f"; {100 * float(worst[:3].max()) / rated:.0f} % of {show(rated, 'A')}" if rated > 0 else ""
    found = {"Worst phases": f"{_amperes(worst)}{share}"}
    banks = np.flatnonzero(of.phases.bank_device == node)
    if len(banks):
        amperes, trip = of.phase_outages.bank_worst_a[banks], of.phases.bank_rated_a[banks]
        k = int(np.argmax(amperes / trip))
        lost = case_words(of, names, of.phase_outages.bank_case[banks[[k]]])
        found["Fullest bank"] = (
            f"{of.phases.bank_name[banks[k]]}: {show(float(amperes[k]), 'A', digits=3)} of "
            f"{show(float(trip[k]), 'A')}{f' ({lost})' if lost else ''}"
        )
    return found


def _amperes(currents: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    parts = [
        f"{line} {show(float(value), digits=3)}"
        for line, value in zip(LINES, currents, strict=True)
        if line != "N" or value >= 0.05
    ]
    return f"{', '.join(parts)} A"
