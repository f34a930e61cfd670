"""Templates: drawings made once and placed in any project."""

from __future__ import annotations

from typing import Any

from core.editing.blocks import place_instance
from core.editing.parcel import Parcel, ensure_ports, gather_block, unpack_blocks, unpack_shared
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Instance, Rotation
from core.model.types import CableType, OpticType

SETTING = "template"
"""Setting of a template's project that names the block to be placed."""


def parcel_of(template: Reader) -> Parcel:
    """Return what a template's project offers: the block its setting names, else the one that is built.

    Raises
    ------
    EditError
        If the project is empty.
    """
    block = template.setting(SETTING, template.top)
    if block not in template.blocks:
        raise EditError("the file holds nothing to place", cure="Choose another template")
    parcel = Parcel(block)
    gather_block(parcel, template, block)
    for record in template.rows("types").values():
        if isinstance(record.spec, (CableType, OpticType)):
            parcel.add("types", record)  # what its cables may be made of
    return parcel


def adopt(edit: Edit, template: Reader | Parcel | dict[str, Any], into: str) -> str:
    """Bring a template's blocks and types into a project, to be placed in `into`; return the id to place.

    Types, sources and fabrics that the project has stay as they are; an identical block is used again.

    Raises
    ------
    EditError
        If there is nothing to place, or a cable of the template does not fit the project's own types.
    """
    parcel = _parcel(template)
    unpack_shared(edit, parcel)
    blocks = unpack_blocks(edit, parcel, into)
    ensure_ports(edit, [link for b in blocks.values() for link in edit.links(b).values()])
    return blocks[parcel.root]


def insert(
    edit: Edit,
    template: Reader | Parcel | dict[str, Any],
    block: str,
    *,
    x_mm: int = 0,
    y_mm: int = 0,
    rotation: Rotation = 0,
    mirrored: bool = False,
    name: str = "",
    **fields: Any,
) -> Instance:
    """Place a template on a floor block and return the instance.

    Parameters
    ----------
    edit : Edit
    template : Reader, Parcel or dict
        A template's project, or the plain data of a parcel.
    block : str
        Floor block to place it in.
    x_mm, y_mm, rotation, mirrored, name, **fields
        As in `place_instance`.

    Raises
    ------
    EditError
        As `adopt` and `place_instance`.
    """
    of = adopt(edit, template, block)
    return place_instance(
        edit, block, of, x_mm=x_mm, y_mm=y_mm, rotation=rotation, mirrored=mirrored, name=name, **fields
    )


def _parcel(template: Reader | Parcel | dict[str, Any]) -> Parcel:
    if isinstance(template, Parcel):
        return template
    if isinstance(template, Reader):
        return parcel_of(template)
    parcel = Parcel.from_plain(template)
    if ("", parcel.root) not in parcel.rows.get("blocks", {}):
        raise EditError("these are loose parts, not a drawing", cure="Paste them instead")
    return parcel
