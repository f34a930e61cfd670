"""What the engine has found for a link: length, medium and part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.units import spanned, symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

COMPUTED = ("Way", "Made of", "Length", "Medium", "Part")


def computed_of(evaluation: Evaluation | None, path: str) -> dict[str, str]:
    """Return what is shown of a link by name; of a trunk the range, or how many different ones."""
    rows = evaluation.snapshot.flat.cable_rows(path) if evaluation is not None else range(0)
    if evaluation is None or not rows:
        return dict.fromkeys(COMPUTED, "not evaluated yet")
    at, found = slice(rows.start, rows.stop), evaluation.cabling
    options = [found.options[i] for i in sorted(set(found.cable_option[at].tolist())) if i >= 0]
    missing = bool((found.cable_option[at] < 0).any())
    none = "no part reaches" if missing else ""
    return {
        "Way": _metres(found.cable_route_m[at]) or "not there",
        "Made of": _made_of(evaluation, rows),
        "Length": _metres(found.cable_ordered_m[at]) or none or "not there",
        "Medium": ", ".join([*dict.fromkeys(o.media for o in options), *([none] if missing else [])]) or none,
        "Part": ", ".join([*dict.fromkeys(o.name for o in options), *([none] if missing else [])]) or none,
    }


def _made_of(evaluation: Evaluation, rows: range) -> str:
    """Return how the longest way of a link is made."""
    from core.explore.port_facts import length_words

    ways = evaluation.cabling.cable_route_m[rows.start : rows.stop]
    if np.isnan(ways).all():
        return ""
    words = length_words(evaluation, rows.start + int(np.nanargmax(ways)))
    return words if len(rows) == 1 else f"The longest: {words}"


def _metres(lengths: np.ndarray) -> str:
    known = lengths[~np.isnan(lengths)]
    if not len(known):
        return ""
    low, high = (spanned(float(x)) for x in (known.min(), known.max()))
    return f"{low} {symbol('m')}" if low == high else f"{low} to {high} {symbol('m')}"
