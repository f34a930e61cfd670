"""Constants of the model of training: read from one file, each with unit, meaning and source."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

import msgspec

from core.engine.constants_file import parse_constants, shipped_text
from core.errors import EngineError
from core.model.fields import described, quantity

Share = Annotated[float, quantity("", "Share of a rate that is reached", low=0.001, high=1.5)]


class AcceleratorConstants(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What products reach on one family of accelerators."""

    bf16_share: Annotated[float, quantity("", "Dense BF16 peak reached by large products", low=0.001)]
    fp8_share: Annotated[float, quantity("", "The same of FP8", low=0.001)]
    fp4_share: Annotated[float, quantity("", "The same of FP4", low=0.001)]
    attention_share: Annotated[float, quantity("", "BF16 peak reached by fused attention", low=0.001)]
    portable_attention_share: Annotated[
        float, quantity("", "BF16 peak reached by fused attention of an earlier generation", low=0.001)
    ]
    """FlashAttention-2, written for A100: what frameworks use where those of the vendor are not at hand."""
    names: tuple[str, ...] = ()
    """What names of such accelerators contain."""
    era: Annotated[str, described("Software that new designs with it run")] = "2024"
    half_width: Annotated[float, quantity("", "Rows or columns of half the BF16 rate", low=0.0)]
    rated_w: Annotated[float, quantity("W", "Power at which the shares were measured", low=0.0)] = 0.0
    """0: power is not looked at."""
    rated_tflops: Annotated[float, quantity("TFLOPS", "BF16 peak of the part of that power", low=0.0)] = 0.0
    """0: of the part itself, whatever its power."""


class EraConstants(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What software of one time does."""

    attention: Literal["plain", "portable", "native"]
    """Products with scores in memory; fused for an earlier generation; fused for the accelerator."""
    score_bytes: Annotated[float, quantity("B", "Traffic of a score where they do not, forward", low=0.0)]
    elementwise: Annotated[float, quantity("", "Passes over values between products", low=0.0)]
    layer_us: Annotated[float, quantity("us", "Host time of a layer, one way", low=0.0)]
    products: Annotated[float, quantity("", "Rate of products over that of 2024", low=0.001)]
    expert_us: Annotated[float, quantity("us", "Host time of a layer's routing, one way", low=0.0)]
    expert_passes: Annotated[float, quantity("", "Passes over routed values", low=0.0)]
    gradient_bytes: Annotated[float, quantity("B", "A gradient, kept and on the wire", low=0.5)]
    logit_bytes: Annotated[float, quantity("B", "What is kept of a logit", low=0.0)]
    selective_kept: Annotated[float, quantity("", "Kept by selective recompute", low=0.0, high=1.0)]
    """Of what is not scores: all of it, or less where products are computed again too."""
    tensor_hidden: Annotated[float, quantity("", "Tensor parallel traffic hidden", low=0.0, high=1.0)]
    data_hidden: Annotated[float, quantity("", "Data parallel traffic hidden", low=0.0, high=1.0)]
    pipeline_hidden: Annotated[float, quantity("", "Pipeline traffic hidden", low=0.0, high=1.0)]
    expert_hidden: Annotated[float, quantity("", "Expert traffic hidden", low=0.0, high=1.0)]
    context_hidden: Annotated[float, quantity("", "Context traffic hidden by attention", low=0.0, high=1.0)]
    expert_once: Annotated[
        float, quantity("", "Tokens sent once to each node of experts", low=0.0, high=1.0)
    ] = 1.0
    """0: a copy for each expert, as plain all-to-all does."""


class SharedConstants(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for all."""

    memory_share: Annotated[float, quantity("", "Memory rate that streams reach", low=0.001, high=1.0)]
    cast_bytes: Annotated[float, quantity("B", "Casting of a value to FP8 or FP4", low=0.0)]
    core_share: Annotated[float, quantity("", "Peak reached by attention as plain products", low=0.001)]
    head_half: Annotated[float, quantity("", "Head size of half attention rate", low=0.0)]
    sharded_hidden: Annotated[float, quantity("", "Traffic of full sharding hidden", low=0.0, high=1.0)]
    ring_share: Annotated[float, quantity("", "Scale-up rate reached by rings", low=0.001, high=1.0)]
    nic_share: Annotated[float, quantity("", "Network rate reached by rings", low=0.001, high=1.0)]
    launch_us: Annotated[float, quantity("us", "Launch of a collective", low=0.0)]
    stolen: Annotated[float, quantity("", "Compute slowed while traffic runs beside it", low=0.0, high=1.0)]
    step_s: Annotated[float, quantity("s", "Loader, logging, norm of gradients", low=0.0)]
    jitter: Annotated[float, quantity("", "Waiting for the slowest, each doubling beyond 8", low=0.0)]
    power_exponent: Annotated[float, quantity("", "Clock as power of the power limit", low=0.0)]
    usable_memory: Annotated[float, quantity("", "Memory less what the driver takes", low=0.1, high=1.0)]
    reserve_gib: Annotated[float, quantity("GiB", "Runtime and libraries", low=0.0)]
    communicator_gib: Annotated[float, quantity("GiB", "Buffers of one communicator", low=0.0)]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where constants come from."""

    fields: tuple[str, ...]
    title: str
    evidence: Literal["verified", "estimate", "recalled", "assumed", "user"]
    read: str
    fit_error: float | None = None
    """Mean absolute relative error over the groups of the fit."""


class Constants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All constants; `msgspec.structs.replace` makes an edited copy."""

    shared: SharedConstants
    eras: dict[str, EraConstants]
    accelerators: dict[str, AcceleratorConstants]
    sources: tuple[Source, ...] = ()

    def accelerator(self, name: str) -> tuple[str, AcceleratorConstants]:
        """Return the family of an accelerator by the longest word found in its name, and what it reaches.

        Names that hold none of the words take `other`.
        """
        fitting = [(len(n), key) for key, chip in self.accelerators.items() for n in chip.names if n in name]
        key = max(fitting)[1] if fitting else "other"
        return key, self.accelerators[key]

    def era(self, name: str) -> EraConstants:
        """Return what software of a time does.

        Raises
        ------
        EngineError
            If there is no such time.
        """
        if name not in self.eras:
            raise EngineError(f"there is no era '{name}'", cure=f"Known are: {', '.join(self.eras)}")
        return self.eras[name]


def read_constants(text: str, where: str = "training.toml") -> Constants:
    """Return the constants that a TOML text holds.

    Raises
    ------
    EngineError
        If it is no TOML, or a constant is missing, unknown or out of its range.
    """
    found = parse_constants(text, Constants, where)
    if "other" not in found.accelerators:
        raise EngineError("accelerators need an entry 'other'", where=where)
    for chip in found.accelerators.values():
        found.era(chip.era)
    return found


def edited(constants: Constants, values: dict[str, Any]) -> Constants:
    """Return a copy with values set by their dotted names, such as `accelerators.H100.bf16_share`."""
    tree = msgspec.to_builtins(constants)
    for name, value in values.items():
        *path, last = name.split(".")
        place = tree
        for part in path:
            place = place[part]
        place[last] = value
    return msgspec.convert(tree, Constants)


@cache
def shipped_constants() -> Constants:
    """Return the constants shipped with the program."""
    return read_constants(shipped_text("training.toml"))


@cache
def unfitted_constants() -> Constants:
    """Return what was taken for the constants before any case was seen; fits start there."""
    name = "training-before.toml"
    return read_constants(shipped_text(name), name)
