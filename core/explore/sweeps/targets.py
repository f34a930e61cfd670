"""Where the values of parameters go in a design: one function for each kind of target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import msgspec

from core.catalogue.library import Library
from core.editing.laying.generate import generate_fabric
from core.editing.laying.request import request_of
from core.editing.refit import retype_all
from core.editing.types import use_type
from core.engine.brief import ASSUMPTIONS
from core.errors import EditError
from core.explore.sweeps.spec import Parameter, Scalar, near
from core.model.change import Edit
from core.model.fields import fields_of
from core.model.records import Assumption, Requirement, TypeRecord
from core.model.requirements import REQUIREMENTS
from core.model.types import AcceleratorType, CableType, DeviceType, OpticType, RackType


@dataclass(frozen=True)
class Target:
    """A kind of target.

    `form` says how it is written, `put(edit, library, parts, value)` sets it; `order` says when: what alters
    the drawing goes before what alters numbers.
    """

    form: str
    put: Callable[[Edit, Library, tuple[str, ...], Scalar], None]
    order: int = 1


def apply(
    edit: Edit, library: Library, parameters: tuple[Parameter, ...], values: Mapping[str, Scalar]
) -> None:
    """Set parameters in a design; those of `generate` are not among them.

    Parameters of one fabric are set together, so that it is generated once.

    Raises
    ------
    CagenutError
        If the design has no such thing or it may not take the value.
    """
    fabrics: dict[str, dict[str, Scalar]] = {}
    for one in sorted(parameters, key=lambda p: TARGETS[p.target[0]].order):
        if one.target[0] == "fabric":
            fabrics.setdefault(one.target[1], {})[one.target[2]] = values[one.name]
        elif fabrics and TARGETS[one.target[0]].order > TARGETS["fabric"].order:
            _generate_all(edit, library, fabrics)
            fabrics = {}
            TARGETS[one.target[0]].put(edit, library, one.target[1:], values[one.name])
        else:
            TARGETS[one.target[0]].put(edit, library, one.target[1:], values[one.name])
    _generate_all(edit, library, fabrics)


def fault(parameter: Parameter) -> tuple[str, str]:
    """Return what is wrong with a target as it is written, and the cure; both empty if nothing is."""
    kind, *rest = parameter.target
    known = "generate" if kind == "generate" else kind if kind in TARGETS else ""
    if not known:
        return f"there is no target '{kind}'", near(kind, ["generate", *TARGETS])
    form = "generate:NAME" if kind == "generate" else TARGETS[kind].form
    if len(rest) != form.count(":") or not all(rest):
        return f"'{':'.join(parameter.target)}' is no target", f"Write it as {form}"
    listed: dict[str, tuple[str, ...]] = {
        "requirement": tuple(REQUIREMENTS),
        "assumption": tuple(ASSUMPTIONS),
    }
    if kind in listed and rest[0] not in listed[kind]:
        return f"there is no {kind} '{rest[0]}'", near(rest[0], listed[kind])
    values = parameter.values or (parameter.low, parameter.high)
    if kind == "requirement":
        wrong = next((text for value in values if (text := REQUIREMENTS[rest[0]].fault(value))), "")
        return wrong, "Correct the value" if wrong else ""
    if kind in _NUMBERS:
        for value in values:
            if isinstance(value, (str, bool)) or (kind in _PRICES and value < 0):
                return f"{value!r} is no {kind.replace('_', ' ')}", "Give a number of at least 0"
    if kind == "type":
        field = next((found for struct in _TYPES if (found := fields_of(struct).get(rest[1]))), None)
        for value in values:
            if field is None or isinstance(value, (str, bool)):
                continue
            if (field.low is not None and value < field.low) or (
                field.high is not None and value > field.high
            ):
                least, most = (_end(end) for end in (field.low, field.high))
                cure = f"Give one from {least} to {most} {field.unit}".rstrip()
                return f"{value!r} is no {field.label.lower()}", cure
    if kind in ("device", "rack") and not all(isinstance(value, str) for value in values):
        return f"a {kind} is replaced by types", f'List their ids, such as values = ["{rest[0]}"]'
    return "", ""


def _requirement(edit: Edit, _: Library, parts: tuple[str, ...], value: Scalar) -> None:
    edit.put("requirements", Requirement(id=parts[0], value=value))


def _assumption(edit: Edit, _: Library, parts: tuple[str, ...], value: Scalar) -> None:
    # Without the range: the point is about this value.
    unit = ASSUMPTIONS[parts[0]].unit
    edit.put("assumptions", Assumption(id=parts[0], value=float(value), unit=unit, source="Sweep"))


def _device(edit: Edit, library: Library, parts: tuple[str, ...], value: Scalar) -> None:
    keys = [device.key for device in edit.every("devices") if device.type == parts[0]]
    if not keys:
        raise EditError(f"the design has no device of the type '{parts[0]}'")
    if value == parts[0]:
        return
    refit = retype_all(edit, library, keys, str(value))
    if refit.left:
        # A design of which a part stayed as it was is none of those asked for.
        first = refit.left[0]
        raise EditError(f"'{value}' finds no room for {len(refit.left)} of {len(keys)}: {first.reason}")


def _rack(edit: Edit, library: Library, parts: tuple[str, ...], value: Scalar) -> None:
    blocks = [block for block in edit.blocks.values() if block.rack_type == parts[0]]
    if not blocks:
        raise EditError(f"the design has no rack of the type '{parts[0]}'")
    spec = library.get(str(value))
    if not isinstance(spec, RackType):
        raise EditError(f"'{value}' is no rack type")
    for block in blocks:
        top = max((device.half_u for device in edit.devices(block.id).values()), default=0)
        if top >= 2 * spec.units:
            raise EditError(f"'{block.name}' needs more than the {spec.units} units of '{spec.name}'")
        use_type(edit, library, spec.id)
        edit.replace("blocks", block.key, rack_type=spec.id)


def _source(edit: Edit, _: Library, parts: tuple[str, ...], value: Scalar) -> None:
    source = edit.sources.get(parts[0])
    if source is None:
        raise EditError(f"there is no source '{parts[0]}'", cure=near(parts[0], edit.sources))
    if parts[1] not in source.__struct_fields__ or parts[1] in ("id", "block"):
        raise EditError(f"a source has no field '{parts[1]}'", cure=near(parts[1], source.__struct_fields__))
    edit.replace("sources", source.key, **{parts[1]: value})


def _workload(edit: Edit, _: Library, parts: tuple[str, ...], value: Scalar) -> None:
    work = edit.get("workloads", ("", parts[0]))
    if work is None:
        raise EditError(f"there is no workload '{parts[0]}'", cure=near(parts[0], edit.rows("workloads")))
    edit.put("workloads", msgspec.structs.replace(work, parameters={**work.parameters, parts[1]: value}))


def _type(edit: Edit, library: Library, parts: tuple[str, ...], value: Scalar) -> None:
    record = edit.get("types", ("", parts[0]))
    if record is None:
        raise EditError(f"the design has no type '{parts[0]}'", cure=near(parts[0], edit.rows("types")))
    if parts[1] not in record.spec.__struct_fields__ or parts[1] == "id":
        raise EditError(
            f"a type has no field '{parts[1]}'", cure=near(parts[1], record.spec.__struct_fields__)
        )
    edit.put("types", TypeRecord(id=parts[0], spec=msgspec.structs.replace(record.spec, **{parts[1]: value})))


def _price(edit: Edit, library: Library, parts: tuple[str, ...], value: Scalar) -> None:
    record = edit.get("types", ("", parts[0]))
    if record is None:
        raise EditError(f"the design has no type '{parts[0]}'", cure=near(parts[0], edit.rows("types")))
    # Both at once: between the two the lowest would be above the highest.
    priced = msgspec.structs.replace(record.spec, price_low_usd=float(value), price_high_usd=float(value))
    edit.put("types", TypeRecord(id=parts[0], spec=priced))


def _price_factor(edit: Edit, _: Library, parts: tuple[str, ...], value: Scalar) -> None:
    records = [r for r in edit.rows("types").values() if parts[0] in ("*", r.id)]
    if not records:
        raise EditError(f"the design has no type '{parts[0]}'", cure=near(parts[0], edit.rows("types")))
    for record in records:
        fields = ("price_low_usd", "price_high_usd", "price_per_m_usd")
        stated = {name: price for name in fields if (price := getattr(record.spec, name, None)) is not None}
        scaled = {name: price * float(value) for name, price in stated.items()}
        edit.put("types", TypeRecord(id=record.id, spec=msgspec.structs.replace(record.spec, **scaled)))


def _fabric(edit: Edit, library: Library, parts: tuple[str, ...], value: Scalar) -> None:
    _generate_all(edit, library, {parts[0]: {parts[1]: value}})


def _generate_all(edit: Edit, library: Library, fabrics: Mapping[str, Mapping[str, Scalar]]) -> None:
    for fabric, values in fabrics.items():
        request = request_of(edit, fabric)
        if request is None:
            raise EditError(
                f"'{fabric}' was not generated",
                cure=f"Name one that was: {', '.join(edit.fabrics) or 'none'}",
            )
        switches, parameters = dict(request.switches), dict(request.parameters)
        for name, value in values.items():
            if name == "switch" or name.startswith("switch."):
                switches[name.partition(".")[2]] = str(value)
            elif name != "family":
                parameters[name] = value
        family = str(values.get("family", request.family))
        if family != request.family:
            # Only what the other family has too can be kept.
            from core.fabrics.families import family as found

            parameters = {
                k: v
                for k, v in parameters.items()
                if k in values or k in found(family).parameters.__struct_fields__
            }
        asked = replace(request, family=family, parameters=parameters, switches=switches)
        generate_fabric(edit, library, edit.top, asked)


def _end(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


_TYPES = (DeviceType, RackType, CableType, OpticType, AcceleratorType)
_PRICES = ("price", "price_factor")
_NUMBERS = (*_PRICES, "assumption")
NUMBERS = 2
"""Order from which on targets alter numbers only."""
TARGETS: dict[str, Target] = {
    "device": Target("device:TYPE", _device, 0),
    "rack": Target("rack:TYPE", _rack, 0),
    "fabric": Target("fabric:ID:PARAMETER", _fabric, 1),
    "requirement": Target("requirement:NAME", _requirement, 2),
    "assumption": Target("assumption:NAME", _assumption, 2),
    "source": Target("source:ID:FIELD", _source, 2),
    "workload": Target("workload:ID:PARAMETER", _workload, 2),
    "type": Target("type:ID:FIELD", _type, 2),
    "price": Target("price:TYPE", _price, 3),
    "price_factor": Target("price_factor:TYPE", _price_factor, 4),
}
