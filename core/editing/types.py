"""Types enter a project when something of theirs is first placed."""

from __future__ import annotations

from typing import TypeVar

from core.catalogue.library import Library
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import expand
from core.model.project import Reader
from core.model.records import TypeRecord
from core.model.types import AnyType, DeviceType, RackType

T = TypeVar("T", bound=AnyType)


def use_type(edit: Edit, library: Library, type_id: str) -> AnyType:
    """Return the project's copy of a type, copying it and what it refers to at first use.

    Raises
    ------
    CatalogueError
        If neither the project nor the catalogue knows it.
    """
    present = edit.find_type(type_id)
    if present is not None:
        return present
    for spec in library.closure(type_id):
        if edit.find_type(spec.id) is None:
            edit.put("types", TypeRecord(id=spec.id, spec=spec))
    return library.get(type_id)


def use_device_type(edit: Edit, library: Library, type_id: str) -> DeviceType:
    """Return the project's copy of a device type, as `use_type`.

    Raises
    ------
    EditError
        If it is no device type.
    """
    spec = use_type(edit, library, type_id)
    if not isinstance(spec, DeviceType):
        raise EditError(f"'{spec.name}' is no device", cure="Choose a device of the catalogue")
    return spec


def rack_type_of(reader: Reader, block: str) -> RackType | None:
    """Return the rack type of a block; None for a floor block.

    Raises
    ------
    EditError
        If there is no such block, or the type of a rack block is missing.
    """
    record = reader.blocks.get(block)
    if record is None:
        raise EditError(f"there is no block '{block}'")
    if record.kind == "floor":
        return None
    spec = reader.find_type(record.rack_type)
    if not isinstance(spec, RackType):
        raise EditError(f"the rack type of '{record.name}' is missing", cure="Choose its rack type again")
    return spec


def device_type_of(reader: Reader, type_id: str) -> DeviceType:
    """Return a device type of the project.

    Raises
    ------
    EditError
        If the project has none of that id.
    """
    spec = reader.find_type(type_id)
    if not isinstance(spec, DeviceType):
        raise EditError(f"'{type_id}' is no device type of the project", cure="Place it from the catalogue")
    return spec


def fitted_modules(spec: DeviceType) -> dict[str, str]:
    """Return the modules a type ships with, by bay."""
    return {name: bay.fitted for bay in spec.bays if bay.fitted for name in expand(bay.name)}
