"""Accelerators and what they can compute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.columns import Floats, count_by, sum_by
from core.engine.evidence import Grounds, grounds_of
from core.engine.snapshot import Snapshot
from core.engine.stage import stage

PRECISIONS = ("bf16", "fp8", "fp4", "tf32")


@dataclass(frozen=True)
class Compute:
    """Accelerators, dense TFLOPS and memory.

    Attributes
    ----------
    rack_accelerators : ndarray, shape (n_racks,)
    accelerators : float
    tflops_dense : dict
        By precision: value [TFLOPS] and its grounds; without structured sparsity.
    memory_tb : float
        Accelerator memory [TB].
    """

    rack_accelerators: Floats
    accelerators: float
    tflops_dense: dict[str, tuple[float, Grounds]]
    memory_tb: float
    memory_grounds: Grounds
    grounds: Grounds


@stage(reads=("devices", "racks"))
def compute(snap: Snapshot) -> Compute:
    """Count accelerators and add up their dense TFLOPS."""
    specs = snap.specs
    each = specs.accelerators()
    counts = count_by(snap.device_spec, len(specs))
    fitted = np.where(each.value > 0, counts, 0.0)
    names = [s.type.name for s in specs.specs]
    per_device = each.value[snap.device_spec]
    racked = snap.device_rack >= 0
    tflops = {}
    for precision in PRECISIONS:
        column = specs.accelerator_column(f"tflops_{precision}_dense")
        tflops[precision] = (
            float(fitted @ column.value),
            grounds_of(column, fitted, names, precision.upper()),
        )
    memory = specs.accelerator_column("memory_gb")
    return Compute(
        rack_accelerators=sum_by(snap.device_rack[racked], per_device[racked], snap.n_racks),
        accelerators=float(per_device.sum()),
        tflops_dense=tflops,
        memory_tb=float(fitted @ memory.value) / 1000,
        memory_grounds=grounds_of(memory, fitted, names, "memory"),
        grounds=grounds_of(each, fitted, names, "accelerators"),
    )
