"""How a training run is laid out over accelerators: one plan, or columns of plans."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.engine.columns import Floats
from core.engine.training.arithmetic import Value
from core.errors import EngineError

RECOMPUTE = ("none", "selective", "full")
SHARDING = ("none", "optimizer", "full")


class Plan(NamedTuple):
    """Degrees of parallelism and what else shapes a step.

    Attributes
    ----------
    tp, pp, dp, cp, ep : float
        Tensor, pipeline, data, context and expert parallel; tp x cp x dp x pp accelerators work. Experts
        spread over tensor, context and data parallel ranks.
    microbatch : float
        Sequences of one microbatch.
    interleave : float
        Chunks of layers that a pipeline stage holds.
    recompute : float
        Number in `RECOMPUTE`.
    sharding : float
        Number in `SHARDING`: 1 optimizer states over data (and context) parallel ranks, 2 all of it.
    sequence_parallel : float
        1 if norms and residuals are split over tensor parallel ranks.
    shard_ranks : float
        Ranks that share optimizer states or parameters; 0 for all data and context parallel ones.
    tp_overlap : float
        1 if tensor parallel traffic runs behind pieces of its product.
    """

    tp: Value = 1.0
    pp: Value = 1.0
    dp: Value = 1.0
    cp: Value = 1.0
    ep: Value = 1.0
    microbatch: Value = 1.0
    interleave: Value = 1.0
    recompute: Value = 0.0
    sharding: Value = 1.0
    sequence_parallel: Value = 1.0
    shard_ranks: Value = 0.0
    tp_overlap: Value = 1.0

    @property
    def ranks(self) -> Value:
        """Accelerators that the plan takes."""
        return self.tp * self.cp * self.dp * self.pp

    def words(self) -> str:
        """Return the plan as people write it.

        Examples
        --------
        >>> Plan(tp=8, pp=16, dp=128, interleave=4, recompute=1).words()
        'tp 8, pp 16, dp 128, microbatch 1, 4 chunks, selective recompute'
        """
        parts = [f"tp {self.tp:.0f}"]
        parts += [f"{name} {n:.0f}" for name, n in (("cp", self.cp), ("ep", self.ep)) if n > 1]
        parts += [f"pp {self.pp:.0f}", f"dp {self.dp:.0f}", f"microbatch {self.microbatch:.0f}"]
        if self.interleave > 1:
            parts.append(f"{self.interleave:.0f} chunks")
        if self.recompute > 0:
            parts.append(f"{RECOMPUTE[int(self.recompute)]} recompute")
        if self.sharding == 2:
            parts.append("fully sharded")
        return ", ".join(parts)


def plan_columns(plans: list[Plan]) -> Plan:
    """Return plans as one plan of columns, shape (len(plans),) each.

    Raises
    ------
    EngineError
        If there are none.
    """
    if not plans:
        raise EngineError("there is no plan to compute", where="training")
    table: Floats = np.array(plans, float)
    return Plan(*table.T)


def plan_at(columns: Plan, row: int) -> Plan:
    """Return one row of columns as a plan of floats."""
    return Plan(*(float(np.broadcast_to(column, np.shape(columns.tp))[row]) for column in columns))
