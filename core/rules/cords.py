"""Cords of devices with redundant supplies: each with its pair, on another feeder and another source."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.engine.columns import Floats, count_by
from core.engine.feeding import IN, POWER
from core.rules.finding import Severity
from core.rules.rule import Marks, Yielded, rule
from core.rules.views import Design


@rule("power.cord_pair", Severity.WARNING, "Cord without its pair", reads=("devices", "brief", "power"),
      worse="less")  # fmt: skip
def cord_pair(design: Design) -> Iterator[Yielded]:
    """A device with twice the supplies it needs goes down all the same with one feeder or source.

    Inlets are not fed, or its cords share a PDU or hang on one source. Only types with one inlet for each
    supply, and designs with several sources; what lives on with too few is found by `power.supplies_short`.

    Source: needed and fitted supplies of the types; that N+N survives the loss of one feed is recalled.
    """
    drawn, snap, ports = design.of.power, design.snap, design.specs.ports
    if (drawn.normal.source_w > 0).sum() < 2:
        return
    needed, known = design.column("supplies_needed")
    fitted, _ = design.column("supplies_fitted")
    is_inlet = (ports.layer == POWER) & (ports.direction == IN)
    inlets = count_by(ports.spec[is_inlet], len(design.specs))[snap.device_spec]
    live = drawn.normal.device_live
    most, feeders = _on_one_feeder(design)
    after = np.stack([flow.device_live for flow in drawn.maximum[1:]]).min(axis=0)
    left = np.minimum(live - most, after)
    doubled = known & (needed >= 1) & (fitted >= 2 * needed) & (inlets == fitted)
    short = (drawn.device_short & np.stack([flow.device_live > 0 for flow in drawn.maximum[1:]])).any(axis=0)
    rows = np.flatnonzero(doubled & (live >= needed) & (left < needed) & ~short)

    def text(k: int) -> str:
        row = rows[k]
        if live[row] < inlets[row]:
            return f"{live[row]:.0f} of {inlets[row]:.0f} inlets are fed; cord the others to another side"
        if left[row] > 0:
            return f"{left[row]:.0f} of {live[row]:.0f} cords live with one feeder lost; spread them evenly"
        where = "are on one feeder" if feeders[row] == 1 else "hang on one source"
        return f"all {live[row]:.0f} cords {where}; move half of them to another side"

    yield Marks("device", rows, text, left[rows], needed[rows])


def _on_one_feeder(design: Design) -> tuple[Floats, Floats]:
    """Return the most cords that each device has on one live feeder, and the number of such feeders."""
    feeding, n = design.of.power.feeding, design.snap.n_devices
    mine = feeding.consumer < n
    pairs, cords = np.unique(
        feeding.consumer[mine].astype(np.int64) * feeding.n_nodes + feeding.feeder[mine], return_counts=True
    )
    device, most = pairs // feeding.n_nodes, np.zeros(n)
    # Two feeds of one source are no shared feeder: the source is judged by itself.
    own = pairs % feeding.n_nodes < n
    np.maximum.at(most, device[own], cords[own])
    return most, count_by(device, n)
