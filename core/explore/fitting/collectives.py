"""Fit of the constants of collectives to measured cases."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from core.engine.collective_constants import Accelerator, Constants, LinkConstants, shipped_constants
from core.errors import CagenutError, EngineError
from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.collective import predictions

_EACH = {
    "NVLink 3": {"slow": 1.0, "flags": 0.25, "segment": 0.5},
    "NVLink 4": {"flags": 0.25, "segment": 0.5, "switch_launch": 20.0, "switch_segment": 0.5},
    "NVLink 5": {"slow": 1.0, "flags": 0.25, "segment": 0.5, "switch_launch": 20.0, "switch_segment": 0.5},
    "PCIe": {"slow": 1.0},
}
START = {
    "launch": 5.0, "step": 1.0, "exchange": 5.0, "peer": 0.2, "ring": 0.85, "direct": 0.85, "own_copy": 0.5,
    "switch": 0.7, "staged": 2.0, "gather": 1.0, "nic": 0.95, "cross_rail": 0.95,
    **{f"{name}.{link}": value for link, values in _EACH.items() for name, value in values.items()},
}  # fmt: skip
"""Round guesses, the same for every kind of link; constants that no case left in speaks of stay near them."""
HOLD = 0.05
"""Weight of staying near the guess, as a share of an e-fold of a constant."""
PCIE = "PCIe, staged in host memory"

Vector = NDArray[np.float64]


def fit(cases: Sequence[Case]) -> Constants:
    """Return constants that make the logarithms of computed over measured small.

    Raises
    ------
    EngineError
        If there are no cases that can be computed.
    """
    return constants_of(values_of(cases))


def values_of(cases: Sequence[Case]) -> dict[str, float]:
    """Return what is fitted, by the names of `START`; raises as `fit`."""
    cases = [case for case in cases if _is_covered(case)]
    if not cases:
        raise EngineError("no case of collectives among these can be computed", where="fit")
    names = list(START)
    start = np.log([START[name] for name in names])

    def residuals(x: Vector) -> Vector:
        fitted = constants_of(dict(zip(names, np.exp(x).tolist(), strict=True)))
        found = [np.log1p(error) for case in cases for error in errors_of(case, fitted)]
        return np.concatenate([found, HOLD * (x - start)])

    found = least_squares(residuals, start, loss="soft_l1", f_scale=0.1, bounds=(start - 1.5, start + 1.5))
    return dict(zip(names, np.exp(found.x).tolist(), strict=True))


def _is_covered(case: Case) -> bool:
    try:
        return bool(errors_of(case, shipped_constants()))
    except (CagenutError, MissingInputError):
        return False


def errors_of(case: Case, constants: Constants) -> list[float]:
    """Return computed over measured less 1 for the numbers of a case."""
    return list(errors_by_figure(case, constants).values())


def errors_by_figure(case: Case, constants: Constants) -> dict[str, float]:
    """Return the same by the names of figures."""
    computed = predictions(case, constants)
    return {
        name: computed[name] / value - 1
        for name, value in case.expected.items()
        if isinstance(value, int | float) and name in computed
    }


def constants_of(values: dict[str, float]) -> Constants:
    """Return constants with the fitted ones put in."""
    shipped = shipped_constants()
    links = {name: _link(name, link, values) for name, link in shipped.links.items()}
    staged = Accelerator(PCIE, values["staged"])
    accelerators = {k: staged if a.link == PCIE else a for k, a in shipped.accelerators.items()}
    fabric = msgspec.structs.replace(
        shipped.fabric, nic_share=values["nic"], nic_cross_rail_share=values["cross_rail"]
    )
    return msgspec.structs.replace(shipped, fabric=fabric, links=links, accelerators=accelerators)


def _link(name: str, link: LinkConstants, values: dict[str, float]) -> LinkConstants:
    slow = values.get(f"slow.{name[:4]}" if name == PCIE else f"slow.{name}", 1.0)
    changes = {
        "launch_us": values["launch"] * slow,
        "step_us": values["step"] * slow,
        "exchange_us": values["exchange"] * slow,
        "peer_us": values["peer"] * slow,
    }
    if name == PCIE:
        return msgspec.structs.replace(link, **changes, gather_share=values["gather"])
    changes |= {
        "ring_share": min(values["ring"], 1.0),
        "direct_share": min(values["direct"], 1.0),
        "own_copy": values["own_copy"],
        "low_latency_share": values[f"flags.{name}"],
        "segment_us": values[f"segment.{name}"],
    }
    if link.switch_share is not None:
        changes |= {
            "switch_share": values["switch"],
            "switch_launch_us": values[f"switch_launch.{name}"],
            "switch_segment_us": values[f"switch_segment.{name}"],
        }
    return msgspec.structs.replace(link, **changes)
