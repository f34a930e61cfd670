"""Constants of the model of inference: read from one file, each with unit, meaning and source."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import msgspec

from core.engine.collective_constants import Source
from core.engine.constants_file import parse_constants, shipped_text
from core.errors import EngineError
from core.model.fields import quantity

Share = Annotated[float, quantity("", "Share of a rate that is reached", low=0.001, high=1.5)]
Micros = Annotated[float, quantity("us", "Host time", low=0.0, high=1e6)]


class Kernels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one engine reaches on one family of accelerators, and the time of its host there."""

    memory_share: Share
    """Of the memory's rate, reading weights."""
    cache_share: Share
    """Of the memory's rate, reading keys and values."""
    latent_share: Share = 0.6
    """The same of latent attention (MLA)."""
    expert_share: Share
    """Of the memory's rate, reading experts in grouped products of few rows."""
    product_share_bf16: Share
    product_share_fp8: Share
    product_share_fp4: Share
    """Of the dense peak, in products of many rows."""
    expert_product_factor: Share = 1.0
    """Rate of grouped products over that of plain ones."""
    roofline: Annotated[float, quantity("", "Power of the smooth roofline", low=1.0, high=20.0)] = 2.0
    """Of reading weights and multiplying by them, times a and b: (a^p + b^p)^(1/p); 1 adds them."""
    attention_share: Share = 0.4
    """Of the 16-bit peak, in attention of a prompt."""
    layer_us: Micros
    """Each layer: launches that nothing hides, norms, and what small products lose."""
    expert_layer_us: Micros = 0.0
    """More for a layer with experts: routing, permutation."""
    scaling_us: Micros = 0.0
    """More for a layer whose activations are scaled to 8 or 4 bits as it runs."""
    expert_scaling_us: Micros = 0.0
    """And more for that of experts."""
    sequence_us: Micros
    """Each running sequence: scheduling, sampling, turning tokens into text."""
    iteration_us: Micros = 0.0
    prefill_us: Micros = 0.0
    """Iterations with a prompt in them: no captured graph."""
    expert_prefill_us: Micros = 0.0
    """More for each layer with experts of such an iteration."""
    expert_rows: Annotated[float, quantity("", "Rows a grouped product is padded by", low=0.0, high=1e4)] = (
        0.0
    )
    """On the mean, for each expert that some token takes."""
    bunching: Annotated[float, quantity("", "Prompts that come together", low=0.1, high=100.0)] = 1.0
    reduce_us: Micros = 0.0
    """Each all-reduce, beyond the model of collectives."""
    fitted_cases: int = 0
    """Cases these were fitted to; 0 if they were not."""
    fit_error: float = 0.0
    """Mean of |computed over measured - 1| of these."""
    left_out_error: float = 0.0
    """The same of cases that were not fitted, a fifth of them left out in turn."""


class Engine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A serving engine, by what its version of a date does."""

    version: str
    date: str
    memory_used: Share
    """Of the memory, for weights, cache and activations."""
    reserve_gb: Annotated[float, quantity("GB", "Runtime, graphs, communicators", low=0.0, high=1e3)]
    most_sequences: Annotated[int, quantity("", "Sequences of a rank", low=1, high=10**7)]
    most_tokens: Annotated[int, quantity("", "Tokens of an iteration", low=1, high=10**8)]
    held_output: Annotated[float, quantity("", "Share of an output room is held for", low=0.0, high=1.0)]
    """1: a sequence starts only if it fits to its end; 1/2: room is taken as it grows."""
    overlap: Annotated[float, quantity("", "Exchange hidden behind compute", low=0.0, high=1.0)] = 0.0
    families: dict[str, Kernels]


class Precision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How weights are kept and products computed."""

    weight_bytes: Annotated[float, quantity("B", "Bytes of a weight, scales included", low=0.1, high=8)]
    expert_bytes: Annotated[float, quantity("B", "Bytes of an expert's weight", low=0.1, high=8)]
    head_bytes: Annotated[float, quantity("B", "Bytes of a weight of the output head", low=0.1, high=8)]
    products: str
    expert_products: str


class Power(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Power of an accelerator over its design power, by how busy it is; at most 1."""

    base: Share
    """Of one that serves, whatever it does."""
    memory: Annotated[float, quantity("", "For all of the memory's rate", low=0.0, high=5)]
    product: Annotated[float, quantity("", "For all of the peak", low=0.0, high=5)]
    host: Share = 0.65
    """Power of the host beside it while it serves, over the host's rated power."""
    fitted_cases: int = 0
    fit_error: float = 0.0


class Constants(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All constants; `msgspec.structs.replace` makes an edited copy."""

    families: dict[str, tuple[str, ...]]
    """Names of accelerators, or parts of them, by family."""
    precisions: dict[str, Precision]
    engines: dict[str, Engine]
    power: dict[str, Power]
    sources: tuple[Source, ...] = ()

    def family(self, accelerator: str) -> str:
        """Return the family of an accelerator by its name; empty if none is known.

        Examples
        --------
        >>> shipped_constants().family("H100 SXM5"), shipped_constants().family("Gaudi 3")
        ('hopper', '')
        """
        fitting = [
            (len(part), family)
            for family, parts in self.families.items()
            for part in parts
            if part.lower() in accelerator.lower()
        ]
        return max(fitting)[1] if fitting else ""

    def engine(self, name: str) -> Engine:
        """Return an engine.

        Raises
        ------
        EngineError
            If it is not known.
        """
        found = self.engines.get(name)
        if found is None:
            raise EngineError(
                f"no serving engine is called '{name}'",
                where="engine",
                cure=f"Known are: {', '.join(self.engines)}",
            )
        return found

    def precision(self, name: str) -> Precision:
        """Return a precision; raises `EngineError` if it is not known."""
        found = self.precisions.get(name)
        if found is None:
            raise EngineError(
                f"no precision of products is called '{name}'",
                where="precision",
                cure=f"Known are: {', '.join(self.precisions)}",
            )
        return found

    def kernels(self, engine: str, accelerator: str) -> tuple[Kernels, str]:
        """Return what an engine reaches on an accelerator, and words where it is not its own.

        An accelerator or pair that nobody measured takes the figures of the engine's first family.
        """
        known = self.engine(engine).families
        family = self.family(accelerator)
        if family in known:
            return known[family], ""
        nearest = next(iter(known))
        said = f"{engine} on {accelerator} was not measured: shares of {nearest} are taken"
        return known[nearest], said

    def power_of(self, accelerator: str) -> tuple[Power, str]:
        """Return the power of an accelerator by its load, and words where it is not its own."""
        family = self.family(accelerator)
        if family in self.power:
            return self.power[family], ""
        nearest = next(iter(self.power))
        return self.power[nearest], f"power of {accelerator} by load was not measured: as {nearest}"


def read_constants(text: str, where: str = "inference.toml") -> Constants:
    """Return the constants that a TOML text holds.

    Raises
    ------
    EngineError
        If it is no TOML, or a constant is missing, unknown or out of its range.
    """
    found = parse_constants(text, Constants, where)
    for name, engine in found.engines.items():
        if not engine.families:
            raise EngineError(f"the engine {name} has no family of accelerators", where=where)
    if not found.power:
        raise EngineError("there is no power of any family", where=where)
    return found


@cache
def shipped_constants() -> Constants:
    """Return the constants shipped with the program."""
    return read_constants(shipped_text("inference.toml"))
