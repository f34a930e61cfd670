"""What a gesture would add, told to the canvas while it goes on."""

from __future__ import annotations

from core.catalogue.library import Library
from core.editing.types import fitted_modules, use_device_type, use_type
from core.engine.preview import Fitted, Placing
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, Instance
from desktop.document import Document


def fitted_type(document: Document, library: Library, type_id: str) -> tuple[Reader, Fitted]:
    """Return a device of a type with what it ships with, and a reader that knows all its types."""
    dry = Edit(document.project, "preview")
    modules = fitted_modules(use_device_type(dry, library, type_id))
    for module in modules.values():
        use_type(dry, library, module)
    return dry, Fitted(type_id, modules)


def placing_of(
    document: Document, block: str, things: list[Instance | Device], reader: Reader | None = None
) -> Placing:
    """Return what it is to place these things once more in a floor block, wherever that is built."""
    return Placing(
        tuple(thing.of for thing in things if isinstance(thing, Instance)),
        tuple(
            Fitted(thing.type, thing.modules, limit_w=thing.power_limit_w)
            for thing in things
            if isinstance(thing, Device)
        ),
        1 if document.only_this else document.project.placements().get(block, 1),
        reader,
    )
