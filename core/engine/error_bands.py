"""How far predictions of workloads were off on published cases that were not fitted."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from core.engine.inference.constants import shipped_constants as inference_constants
from core.model.jobs import ServingJob, TrainingJob
from core.model.transformer import Transformer

LEFT_OUT = ("source left out", "fold left out", "fitted")
"""How errors of services were found, the strictest first."""


@dataclass(frozen=True)
class Band:
    """Error of predictions for one family of accelerators and one kind of job.

    Attributes
    ----------
    accelerator, kind : str
    figure : str
        What was compared.
    error : float
        Mean absolute relative error.
    bias : float
        Signed mean.
    cases : int
        Published measurements.
    how : str
        Which cases: left out of the fit, or fitted for want of others.
    """

    accelerator: str
    kind: str
    figure: str
    error: float
    bias: float
    cases: int
    how: str

    @property
    def words(self) -> str:
        """The band in words.

        Examples
        --------
        >>> Band("H100", "dense", "step", 0.058, -0.012, 83, "one source only").words
        'mean error 5.8 %, bias -1.2 %, of the step on 83 published cases (H100, dense; one source only)'
        """
        among = f"{self.accelerator or 'all accelerators'}, {self.kind}; {self.how}"
        return (
            f"mean error {100 * self.error:.1f} %, bias {100 * self.bias:+.1f} %, of the {self.figure} on "
            f"{self.cases} published cases ({among})"
        )


def band_of(accelerator: str, model: Transformer, job: TrainingJob | ServingJob) -> Band | None:
    """Return the error of predictions for such an accelerator, model and job; None if nobody measured any."""
    kind = "moe" if model.experts else "dense"
    if isinstance(job, TrainingJob):
        fitting = [b for b in training_bands() if b.kind == kind and b.accelerator in accelerator]
        return max(fitting, key=lambda b: len(b.accelerator), default=None)
    family = inference_constants().family(accelerator)
    same = [b for b in serving_bands() if inference_constants().family(b.accelerator) == family]
    same = [b for b in same if b.kind == f"{kind}, served"] if family else []
    return min(same, key=lambda b: (-b.cases, b.accelerator), default=None)


@cache
def training_bands() -> tuple[Band, ...]:
    """Return the errors of steps by family and kind, whole sources left out of the fit in turn."""
    return tuple(
        Band(
            row["accelerator"], row["kind"], "step", row["error"], row["bias"], row["cases"],
            "sources left out of the fit in turn" if row["groups"] > 1 else "one source only",
        )
        for row in _rows("training-errors.toml", "bands")
    )  # fmt: skip


@cache
def serving_bands() -> tuple[Band, ...]:
    """Return the errors of tokens a second by accelerator and kind, the strictest that there is of each."""
    rows = [row for row in _rows("inference-errors.toml", "errors") if row["figure"] == "output_tokens_per_s"]
    found: dict[tuple[str, str], Band] = {}
    for how in LEFT_OUT:
        for row in rows:
            if row["how"] == how:
                said = how if how == "fitted" else f"{how.split()[0]}s left out of the fit in turn"
                band = Band(
                    row["accelerator"], row["kind"], "tokens a second", row["mean"], row["bias"],
                    row["cases"], said,
                )  # fmt: skip
                found.setdefault((band.accelerator, band.kind), band)
    return tuple(found.values())


def _rows(name: str, table: str) -> list[dict[str, Any]]:
    path = files("resources").joinpath("reference", name)
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[table]
    return rows
