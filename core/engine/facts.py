"""One device as the engine takes it, before it is in the design."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.engine.compute import PRECISIONS
from core.engine.feeding import IN, OUT, POWER
from core.engine.power import FALLBACK
from core.engine.preview import Fitted
from core.engine.prices import spec_prices
from core.engine.specs import Specs
from core.model.project import Reader


class Facts(NamedTuple):
    """One device of a spec, as the engine takes it."""

    power_w: float
    liquid: float
    mass_kg: float
    low_usd: float
    high_usd: float
    accelerators: float
    tflops: tuple[float, ...]
    height_hu: int
    takes: frozenset[str]
    """Connectors of its power inlets, if it gives none of that kind."""
    gives: frozenset[str]


def facts_of(reader: Reader, fitted: Fitted) -> Facts:
    """Return a device as the engine would take it, by the engine's own columns."""
    specs = Specs(reader)
    k = specs.number(fitted.type, fitted.modules)
    spec, ports = specs.specs[k].type, specs.ports
    own = np.arange(ports.base[k], ports.base[k + 1])
    power = own[ports.layer[own] == POWER]
    gives = {ports.connectors[ports.connector[p]] for p in power if ports.direction[p] == OUT}
    takes = {ports.connectors[ports.connector[p]] for p in power if ports.direction[p] == IN}
    low, high = spec_prices(specs)[:, k]
    draw = specs.column("power_max_w", with_modules=True, instead=FALLBACK["max"])
    return Facts(
        power_w=float(draw.value[k]),
        liquid=float(specs.column("liquid_fraction").value[k]),
        mass_kg=float(specs.column("mass_kg", with_modules=True).value[k]),
        low_usd=float(low),
        high_usd=float(high),
        accelerators=float(specs.accelerators().value[k]),
        tflops=tuple(float(specs.accelerator_column(f"tflops_{p}_dense").value[k]) for p in PRECISIONS),
        height_hu=0 if spec.zero_u else int(2 * spec.height_u),
        takes=frozenset(takes - gives),
        gives=frozenset(gives),
    )
