"""Device types of the catalogue as a generated network takes them: with modules, as lines of a bill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.catalogue.library import Library
from core.editing.types import fitted_modules
from core.engine.cost import BomRow, bom_row
from core.engine.evidence import Grounds, grounds
from core.engine.specs import value_of
from core.errors import EditError
from core.model.ports import PortTable, port_table
from core.model.types import DeviceType


class Amount(NamedTuple):
    """A sum and what it stands on."""

    value: float
    grounds: Grounds


@dataclass(frozen=True)
class Fitted:
    """A device type with the modules it ships with."""

    spec: DeviceType
    modules: Mapping[str, DeviceType]

    @property
    def table(self) -> PortTable:
        return port_table(self.spec, self.modules)


def fitted(library: Library, type_id: str, modules: Mapping[str, str] | None = None) -> Fitted:
    """Return a device type of the catalogue with modules by bay; those it ships with if none are given.

    Raises
    ------
    CatalogueError
        If there is none.
    EditError
        If it is no device.
    """
    spec = library.get(type_id)
    if not isinstance(spec, DeviceType):
        raise EditError(f"'{spec.name}' is no device", cure="Choose a device type of the catalogue")
    named = fitted_modules(spec) if modules is None else modules
    found = {bay: library.get(module) for bay, module in named.items()}
    return Fitted(spec, {bay: module for bay, module in found.items() if isinstance(module, DeviceType)})


def device_rows(counts: Mapping[str, int], devices: Mapping[str, Fitted]) -> list[BomRow]:
    """Return the lines of devices and their modules, given how many of each role there are."""
    total: Counter[str] = Counter()
    kinds: dict[str, tuple[str, DeviceType]] = {}
    for role, count in counts.items():
        if role in devices:
            parts = [
                ("devices", devices[role].spec),
                *(("modules", m) for m in devices[role].modules.values()),
            ]
            for section, spec in parts:
                total[spec.id] += count
                kinds[spec.id] = section, spec
    return [bom_row(*kinds[name], count) for name, count in sorted(total.items())]


def power_of(rows: Iterable[BomRow]) -> Amount:
    """Return the maximum sustained power of devices and modules [W], as the engine takes it."""
    watts, codes, names = [], [], []
    for row in rows:
        value, code = value_of(row.type, "power_max_w", "power_typical_w")
        watts.append(value * row.count)
        codes.append(code)
        names.append(f"{row.type.name}: power")
    amounts = np.array(watts, np.float64)
    return Amount(float(amounts.sum()), grounds(amounts, np.array(codes, np.int8), names))
