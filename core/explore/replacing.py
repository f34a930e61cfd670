"""What devices need and give, in sum, as often as they are built: a replacement held against the present."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from core.engine.power import FALLBACK
from core.engine.prices import spec_prices
from core.engine.specs import Column, Specs
from core.model.project import Project, Reader
from core.model.records import Key


class Sums(NamedTuple):
    """Sums over devices; None where one of them does not give the number."""

    devices: int
    power_w: float | None
    """Maximum sustained, modules included, power caps left aside."""
    mass_kg: float | None
    tflops: float | None
    """BF16, dense; devices without accelerators count none."""
    low_usd: float
    high_usd: float
    """Known prices only."""


def sums(project: Project, reader: Reader, keys: Iterable[Key]) -> Sums:
    """Return the sums over devices, each as often as its block is built.

    Parameters
    ----------
    project : Project
        Tells how often each block is built.
    reader : Reader
        The devices: the project itself, or an edit of it.
    keys : iterable of (block, id)
    """
    specs, placements = Specs(reader), project.placements()
    rows: list[tuple[int, int]] = []
    for block, device_id in keys:
        device = reader.devices(block).get(device_id)
        if device is not None:
            rows.append((specs.number(device.type, device.modules), placements.get(block, 0)))
    power = specs.column("power_max_w", with_modules=True, instead=FALLBACK["max"])
    mass = specs.column("mass_kg", with_modules=True)
    tflops = specs.accelerator_column("tflops_bf16_dense")
    prices = spec_prices(specs)

    def total(column: Column) -> float | None:
        if not all(column.known[k] for k, times in rows if times):
            return None
        return float(sum(column.value[k] * times for k, times in rows))

    return Sums(
        devices=sum(times for _, times in rows),
        power_w=total(power),
        mass_kg=total(mass),
        tflops=total(tflops),
        low_usd=float(sum(prices[0, k] * times for k, times in rows)),
        high_usd=float(sum(prices[1, k] * times for k, times in rows)),
    )
