"""Numbers of types as columns.

A *spec* is a device type with the modules fitted in it. Designs have tens of thousands of devices but some
dozens of specs, so every quantity of a device is a look-up by its spec: `specs.mass_kg[device_spec]`.
Spec 0 is "nothing": absent devices point at it, and all its numbers are zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, Ints
from core.model.ports import PortTable, port_table
from core.model.project import Reader
from core.model.types import AcceleratorType, AnyType, DeviceType, Evidence, RackType, evidence_of

EVIDENCE: tuple[Evidence, ...] = ("verified", "estimate", "recalled", "assumed", "user")
UNKNOWN = len(EVIDENCE)
"""Evidence code of a value nobody gives."""

LAYERS = ("data", "power", "coolant")


@dataclass(frozen=True)
class Column:
    """One number of every spec.

    Attributes
    ----------
    value : ndarray, shape (n_specs,)
        0 where not known.
    evidence : ndarray of int8, shape (n_specs,)
        Index into `EVIDENCE`, or `UNKNOWN`.
    lacking : tuple of tuple of str
        For each spec its modules that do not give the number (counted as 0); empty where none is asked.
    """

    value: Floats
    evidence: NDArray[np.int8]
    lacking: tuple[tuple[str, ...], ...] = ()

    @property
    def known(self) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = self.evidence != UNKNOWN
        return known


@dataclass(frozen=True)
class Spec:
    """A device type with its modules (bay to type)."""

    type: DeviceType
    modules: tuple[tuple[str, DeviceType], ...] = ()

    @cached_property
    def ports(self) -> PortTable:
        return port_table(self.type, dict(self.modules))


_NOTHING = Spec(DeviceType(id="", name="nothing", kind="other", height_u=0))


class Specs:
    """All specs of a project, numbered; numbers never change.

    A new `Specs` is made when the project's types change. It grows while a design is expanded; snapshots hold
    a `frozen` copy, so that a thread may evaluate one while the next is made.
    """

    def __init__(self, project: Reader) -> None:
        self._project = project
        self._types: Mapping[str, AnyType] = {r.id: r.spec for r in project.rows("types").values()}
        self._index: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
        self.specs: list[Spec] = [_NOTHING]
        self.rack_types: list[RackType] = []
        self._rack_index: dict[str, int] = {}
        self._columns: dict[str, Column] = {}

    def __len__(self) -> int:
        return len(self.specs)

    def frozen(self) -> Specs:
        """Return a copy that does not grow with this one."""
        copy = Specs(self._project)
        copy._types, copy._index, copy._rack_index = self._types, dict(self._index), dict(self._rack_index)
        copy.specs, copy.rack_types = list(self.specs), list(self.rack_types)
        return copy

    def same_size(self, other: Specs) -> bool:
        """Tell whether a copy still holds all there is."""
        return len(self.specs) == len(other.specs) and len(self.rack_types) == len(other.rack_types)

    def number(self, type_id: str, modules: Mapping[str, str]) -> int:
        """Return the number of the spec of a device."""
        key = (type_id, tuple(sorted(modules.items())))
        number = self._index.get(key)
        if number is None:
            spec = self._types.get(type_id)
            if not isinstance(spec, DeviceType):
                return 0
            fitted = tuple(
                (bay, m) for bay, mid in key[1] if isinstance(m := self._types.get(mid), DeviceType)
            )
            number = self._index[key] = len(self.specs)
            self.specs.append(Spec(spec, fitted))
            self._columns.clear()
            self.__dict__.pop("ports", None)
        return number

    def rack_number(self, type_id: str) -> int:
        """Return the number of a rack type, -1 if it is none."""
        number = self._rack_index.get(type_id)
        if number is None:
            spec = self._types.get(type_id)
            if not isinstance(spec, RackType):
                return -1
            number = self._rack_index[type_id] = len(self.rack_types)
            self.rack_types.append(spec)
            self._columns.clear()
        return number

    def find(self, type_id: str) -> AnyType | None:
        """Return a type of the project."""
        return self._types.get(type_id)

    def all_types(self) -> list[AnyType]:
        """Return all types of the project."""
        return list(self._types.values())

    def column(self, field: str, *, with_modules: bool = False, instead: tuple[str, ...] = ()) -> Column:
        """Return a numeric field of the device types.

        `with_modules` adds what the modules have of it; a part that does not give the field is taken at the
        first of the fields `instead` that it gives, and the value is then `assumed`.
        """
        name = f"device.{field}{'+' if with_modules else ''} {' '.join(instead)}"
        return self._made(name, lambda: self._device_column(field, with_modules, instead))

    def rack_column(self, field: str) -> Column:
        """Return a numeric field of the rack types."""
        return self._made(f"rack.{field}", lambda: _column([value_of(t, field) for t in self.rack_types]))

    def accelerators(self) -> Column:
        """Return the number of accelerators in each spec."""

        def make() -> Column:
            rows = [
                (float(sum(fit.count for fit in spec.type.accelerators)), _code(spec.type, "accelerators"))
                for spec in self.specs
            ]
            return _column(rows)

        return self._made("accelerators", make)

    def accelerator_types(self, number: int) -> list[AcceleratorType]:
        """Return the types of the accelerators in a spec that the design knows."""
        parts = [self._types.get(fit.type) for fit in self.specs[number].type.accelerators]
        return [part for part in parts if isinstance(part, AcceleratorType)]

    def accelerator_column(self, field: str) -> Column:
        """Return a field of the accelerators summed over those in each spec; unknown if one is not known."""

        def one(spec: Spec) -> tuple[float, int]:
            total, worst = 0.0, 0
            for fit in spec.type.accelerators:
                part = self._types.get(fit.type)
                value = getattr(part, field, None)
                if not isinstance(part, AcceleratorType) or value is None:
                    return (0.0, UNKNOWN)
                total += fit.count * float(value)
                worst = max(worst, _code(part, field))
            return (total, worst)

        return self._made(f"accelerator.{field}", lambda: _column([one(spec) for spec in self.specs]))

    @cached_property
    def ports(self) -> PortColumns:
        """Columns of all ports of all specs."""
        return PortColumns(self.specs)

    def _made(self, name: str, make: Callable[[], Column]) -> Column:
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = make()
        return column

    def _device_column(self, field: str, with_modules: bool, instead: tuple[str, ...]) -> Column:
        rows = [(0.0, 0)]
        lacking: list[tuple[str, ...]] = [()]
        for spec in self.specs[1:]:
            value, code = value_of(spec.type, field, *instead)
            missing = []
            for _bay, module in spec.modules if with_modules else ():
                more, its_code = value_of(module, field, *instead)
                value += more
                if its_code == UNKNOWN:
                    missing.append(module.name)
                elif code != UNKNOWN:
                    code = max(code, its_code)
            rows.append((value if code != UNKNOWN else 0.0, code))
            lacking.append(tuple(missing))
        return _column(rows, tuple(lacking))


def value_of(spec: AnyType, field: str, *instead: str) -> tuple[float, int]:
    """Return a field and its evidence; where it is not known another one, then `assumed`."""
    value = getattr(spec, field)
    if value is not None:
        return (float(value), _code(spec, field))
    for other in instead:
        value = getattr(spec, other)
        if value is not None:
            return (float(value), EVIDENCE.index("assumed"))
    return (0.0, UNKNOWN)


def _code(spec: AnyType, field: str) -> int:
    return EVIDENCE.index(evidence_of(spec, field))


def _column(rows: list[tuple[float, int]], lacking: tuple[tuple[str, ...], ...] = ()) -> Column:
    return Column(
        np.array([value for value, _ in rows], dtype=np.float64),
        np.array([code for _, code in rows], dtype=np.int8),
        lacking,
    )


class PortColumns:
    """One row for each port of each spec; port p of spec s is row `base[s] + p`.

    Attributes
    ----------
    base : ndarray of int32, shape (n_specs + 1,)
    rate_gbps : ndarray, shape (n_ports,)
        NaN where not known.
    layer, direction, rear, connector, role : ndarray of int32, shape (n_ports,)
        Layer by `LAYERS`; direction 0 both, 1 in, 2 out; 1 if on the rear; index into `connectors`, `roles`.
    """

    def __init__(self, specs: list[Spec]) -> None:
        tables = [spec.ports.ports for spec in specs]
        ports = [port for table in tables for port in table]
        groups = [port.group for port in ports]
        self.base: Ints = np.cumsum([0] + [len(table) for table in tables]).astype(np.int32)
        self.spec: Ints = np.repeat(np.arange(len(specs)), [len(table) for table in tables]).astype(np.int32)
        self.names = [port.name for port in ports]
        self.groups = groups
        self.rate_gbps = _optional([group.rate_gbps for group in groups])
        self.layer = _ints([LAYERS.index(group.layer) for group in groups])
        self.direction = _ints([("both", "in", "out").index(group.direction) for group in groups])
        self.rear = _ints([group.face == "rear" for group in groups])
        self.connectors, self.connector = _named([group.connector for group in groups])
        self.roles, self.role = _named([group.role for group in groups])


def _optional(values: list[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int32)


def _named(values: list[str]) -> tuple[tuple[str, ...], Ints]:
    names = tuple(dict.fromkeys(values))
    index = {name: i for i, name in enumerate(names)}
    return names, _ints([index[value] for value in values])
