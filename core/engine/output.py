"""What a workload makes of a design: what its cost is divided by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Output:
    """What comes out of the accelerators that a workload runs on.

    Attributes
    ----------
    workload, name : str
        Id and name of the workload.
    kind : str
        training or inference.
    accelerators : float
        Those it runs on.
    model_flops_s : float
        FLOPs of the model that are delivered [FLOP/s], causal attention, recomputed ones left out; time lost
        to failures and checkpoints is taken off.
    tokens_in_s, tokens_out_s : float
        Tokens read and written at the mean load [1/s]; of training all tokens are read.
    run_hours : float or None
        Length of a training run, lost time included; None for a service.
    band : float or None
        Mean error of the model on published cases of such hardware and kind, as a share; None if there were
        none.
    words : str
        On what the figures rest, in one line.
    """

    workload: str
    name: str
    kind: Literal["training", "inference"]
    accelerators: float
    model_flops_s: float
    tokens_in_s: float = 0.0
    tokens_out_s: float = 0.0
    run_hours: float | None = None
    band: float | None = None
    words: str = ""
