"""Published failures of jobs: what the model of goodput says."""

from __future__ import annotations

from typing import Any

from core.engine.brief import ASSUMPTIONS
from core.engine.goodput import failures_per_day, goodput_of
from core.errors import EngineError

NODE = 8
"""Accelerators of a host where a case does not say."""
SAVE_S, RESTART_S = 5.0, 360.0
"""A save that goes on beside the work and stalls it for seconds, and a restart of minutes: runs of months."""


def predict(case: dict[str, Any]) -> dict[str, float]:
    """Return failures of a job by its size, and the share of time it works.

    Raises
    ------
    EngineError
        If the case does not count its accelerators.
    """
    hardware, measured = case.get("hardware") or {}, case.get("measured") or {}
    count = hardware.get("count")
    if isinstance(count, bool) or not isinstance(count, int | float) or count <= 0:
        raise EngineError("the case does not state hardware.count")
    nodes = count / float(hardware.get("gpus_per_node", NODE))
    rates: dict[str, Any] = {
        name: ASSUMPTIONS[name].value
        for name in ("node_failures_1000_days", "link_failures_1000_days", "job_failures_day")
    }
    daily = failures_per_day(nodes, 0.0, **rates)
    run = goodput_of(nodes, 0.0, save_s=SAVE_S, restart_s=RESTART_S, repair_h=24.0, **rates)
    found = {
        "job_mttf_h": 24 / daily,
        "machines_down_per_day": daily,
        "effective_training_time": run.share,
    }
    days = measured.get("days")
    if isinstance(days, int | float):
        found["unexpected"] = daily * days
    return found
