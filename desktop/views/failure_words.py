"""What failures cost, in words: what the network still carries, and what hosts notice of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.drawing.fabric_load import percent

if TYPE_CHECKING:
    from core.engine.failures.outcome import Outcome
    from core.explore.loading import Trial

CARRIES = "What the network can carry of the traffic pattern, over that before anything failed"
GET = "What hosts can send at once, over the line rate of the ports they have left; 100 % at most"


def host_share(outcome: Outcome) -> float:
    """Return the share of the line rate of their ports left that hosts get; 0 where none reaches another."""
    return line_rate(outcome.throughput) if outcome.bandwidth_left > 0 else 0.0


def line_rate(throughput: float) -> float:
    """Return a throughput as hosts notice it: more than the rate of their ports is to spare."""
    return min(throughput, 1.0)


def left_words(outcome: Outcome, before: float) -> str:
    """Return what the network carries, and what hosts get of it; `before` is the throughput of the whole."""
    ports = "of the line rate of the ports left" if outcome.accelerators_reduced else "of line rate"
    return (
        f"network carries {percent(outcome.bandwidth_left)} of before; "
        f"hosts get {percent(host_share(outcome))} {ports} (was {percent(line_rate(before))})"
    )


def trial_words(trial: Trial, has_accelerators: bool) -> str:
    """Return what a set of failures costs."""
    found = trial.outcome
    if found is None:
        return "Nothing of it is in this fabric"
    noun = "GPU" if has_accelerators else "host"

    def counted(number: float) -> str:
        return f"{number:,.0f} {noun}{'' if number == 1 else 's'}"

    cut, fewer = found.accelerators_cut_off, found.accelerators_reduced
    parts = [
        f"{counted(cut)} cut off" if cut else f"No {noun} cut off",
        left_words(found, trial.throughput),
        f"worst host {percent(found.worst_left)} of before",
        f"{counted(fewer)} with fewer links" if fewer else "",
        f"{found.separated:,} hosts reach not all others" if found.separated else "",
    ]
    return " · ".join(part for part in parts if part)
