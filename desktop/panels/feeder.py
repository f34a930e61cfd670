"""What the engine has found for a device that passes power on: load, what is left, phases and banks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.drawing.chain_names import Names
from core.drawing.feeder_facts import FEEDER_FACTS, feeder_facts, knows_losses
from core.model.project import Reader
from core.model.types import AnyType, DeviceType

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

__all__ = ["FEEDER_FACTS", "feeder_told", "knows_losses", "passes_power"]


def passes_power(spec: AnyType | None) -> bool:
    """Tell whether a type has ports that others are fed from."""
    return isinstance(spec, DeviceType) and any(
        port.layer == "power" and port.direction == "out" for port in spec.ports
    )


def feeder_told(project: Reader, evaluation: Evaluation | None, path: str) -> dict[str, str]:
    """Return what is shown of a feeder, by name."""
    if evaluation is None:
        return {"Load": "not evaluated yet"}
    row = evaluation.snapshot.flat.device_row(path)
    if row < 0 or not evaluation.snapshot.device_spec[row]:
        return {"Load": "not there"}
    return feeder_facts(evaluation, Names(project, evaluation.snapshot), row)
