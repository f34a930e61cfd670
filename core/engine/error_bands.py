"""How far predictions of workloads were off on published cases that were not fitted."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from core.model.transformer import Transformer

Job = Literal["training", "inference"]


class Band(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Error of predictions for one family of accelerators and one kind of model.

    Attributes
    ----------
    accelerator : str
        Family: what names of such accelerators contain; empty for all.
    kind : str
        dense or moe.
    error : float
        Mean absolute relative error; of several groups of cases the plain mean over groups.
    bias : float
        Signed mean.
    cases, groups : int
        Published measurements and the sources they come from.
    fitted : bool
        Whether constants were fitted on the same cases, for want of another source.
    """

    accelerator: str
    kind: Literal["dense", "moe"]
    error: float
    bias: float
    cases: int
    groups: int
    fitted: bool = False

    @property
    def words(self) -> str:
        """The band in words.

        Examples
        --------
        >>> Band(accelerator="H100", kind="dense", error=0.058, bias=-0.012, cases=83, groups=5).words
        'mean error 5.8 % (bias -1.2 %) on 83 published cases of 5 sources, H100, dense, none of them fitted'
        """
        how = "fitted on the same" if self.fitted else "none of them fitted"
        sources = f"{self.groups} source{'s' if self.groups != 1 else ''}"
        return (
            f"mean error {self.error:.1%} (bias {self.bias:+.1%}) on {self.cases} published cases of "
            f"{sources}, {self.accelerator or 'all accelerators'}, {self.kind}, {how}"
        ).replace("%", " %")


def band_of(job: Job, accelerator: str, model: Transformer) -> Band | None:
    """Return the error of predictions for such an accelerator and model; None if nobody measured any."""
    kind = "moe" if model.experts else "dense"
    fitting = [
        band for band in bands(job) if band.kind == kind and band.accelerator.lower() in accelerator.lower()
    ]
    return max(fitting, key=lambda band: len(band.accelerator), default=None)


@cache
def bands(job: Job) -> tuple[Band, ...]:
    """Return the errors shipped with the program, which `cagenut calibrate` writes."""
    path = files("resources").joinpath("reference", f"{job}-errors.toml")
    if not path.is_file():
        return ()
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return msgspec.convert(data.get("bands", []), tuple[Band, ...])
