"""Types of the NetBox device type library: one YAML file is one device, module or rack type.

What the library says is kept; what it says in words of its own is put into ours by `netbox_ports`; what is
guessed, changed, not understood or left out is said in the notes, one sentence each. Nothing is dropped in
silence: `ports_read` is `ports_kept + ports_left_out`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from core.catalogue.type_check import numbers_of
from core.exchange.netbox_choices import Choices
from core.exchange.netbox_fields import Fields, identity_of, paragraph
from core.exchange.netbox_kinds import kind_of_device
from core.exchange.netbox_parts import Parts, read_parts
from core.exchange.netbox_power import draws_of
from core.exchange.netbox_racks import read_rack
from core.exchange.yaml_text import read_yaml
from core.model.types import AnyType, Citation, DeviceType

LIBRARY_URL = "https://github.com/netbox-community/devicetype-library"
_TITLE = "NetBox device type library"
Airflow = Literal["", "front-to-rear", "rear-to-front", "side-to-rear", "passive", "none"]
_AIRFLOWS: tuple[Airflow, ...] = ("front-to-rear", "rear-to-front", "side-to-rear", "passive")
_NOT_OURS = ("left-to-right", "right-to-left", "rear-to-side", "bottom-to-top", "top-to-bottom", "mixed")
"""Airflows of the library that the model has no word for."""
_MOST_KG_A_UNIT = 60.0
_MOST_KG_WITHOUT_UNITS = 150.0
_MOST_KG_OF_STRIP = 10.0
"""What has no height and no outlets and weighs more stands somewhere, or takes units."""
_ROLES = ("", "parent", "child")
Folder = Literal["", "device", "module", "rack"]
FOLDERS: dict[str, Folder] = {"device-types": "device", "module-types": "module", "rack-types": "rack"}
"""Folders of the library and what is in them."""


@dataclass(frozen=True)
class Imported:
    """A type that was read, and what is to be known about the reading."""

    spec: AnyType
    notes: tuple[str, ...]
    """What was guessed, not understood or left out."""
    ports_read: int
    ports_left_out: int
    """Interfaces that are no ports (virtual, radio)."""
    names: dict[str, str] = field(default_factory=dict)
    """Names of ports, each with its name in the file."""
    doubts: tuple[str, ...] = ()
    """What the file says and is not believed; the notes have it too."""
    kind_rule: str = ""
    """Id of the rule by which the kind was guessed; empty if nothing was guessed."""
    port_types: dict[tuple[str, str], int] = field(default_factory=dict)
    """Number of ports by the type the file gives them, and the usual connector."""


def read_netbox(
    text: str, where: str, read: str = "", *, choices: Choices | None = None, folder: Folder = ""
) -> Imported:
    """Return the type a YAML file of the NetBox device type library holds.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages and the citation.
    read : str, optional
        Date for the citation, ISO 8601.
    choices : Choices, optional
        What the user has settled about connectors and kinds.
    folder : str, optional
        What the folder of the file holds; empty if that is to be seen from the file itself.

    Raises
    ------
    CatalogueError
        If the file is no such YAML, or lacks what a type must have. The message names the line.

    Examples
    --------
    >>> found = read_netbox("{manufacturer: Acme, model: S1, slug: acme-s1, u_height: 1}", "s1.yaml")
    >>> found.spec.id, found.spec.height_u, found.spec.sources[0].evidence
    ('acme-s1', 1.0, 'recalled')
    """
    data = read_yaml(text, where)
    fields = Fields(data, where)
    choices = choices or Choices()
    if not folder:
        is_rack = "form_factor" in data or "starting_unit" in data
        folder = "rack" if is_rack else "device" if "u_height" in data or "slug" in data else "module"
    elif folder != "module":
        fields.needed("slug")
    if folder == "rack":
        return _finished(read_rack(fields), fields, None, where, read)
    parts = read_parts(fields, choices)
    spec = _device(fields, parts, choices) if folder == "device" else _module(fields, parts)
    return _finished(spec, fields, parts, where, read)


def _finished(spec: AnyType, fields: Fields, parts: Parts | None, where: str, read: str) -> Imported:
    """Return the import with citation, remarks and notes in place."""
    fields.note_unread()
    assumed = tuple(name for name in numbers_of(spec) if name in fields.assumed)
    stated = tuple(name for name in numbers_of(spec) if name not in fields.assumed)
    title = f"{_TITLE}: {spec.maker} {spec.name} ({where})"[:4000]
    sources = []
    if stated:
        sources.append(Citation(fields=stated, title=title, evidence="recalled", url=LIBRARY_URL, read=read))
    if assumed:
        reasons = "; ".join(dict.fromkeys(fields.assumed[name] for name in assumed))
        sources.append(Citation(fields=assumed, title="House convention", evidence="assumed", note=reasons))
    doubts = tuple(dict.fromkeys(paragraph(doubt) for doubt in fields.doubts))
    notes = (*doubts, *(paragraph(note) for note in fields.notes))
    remarks = tuple(paragraph(text) for text in (*fields.remarks, *notes) if text.strip())
    spec = msgspec.structs.replace(spec, sources=tuple(sources), notes=remarks)
    if parts is None:
        return Imported(spec, notes, 0, 0, doubts=doubts)
    return Imported(
        spec, notes, parts.read, parts.left_out, parts.names, doubts, fields.kind_rule, dict(parts.port_types)
    )


def _device(fields: Fields, parts: Parts, choices: Choices) -> DeviceType:
    type_id, maker, model, part_number = identity_of(fields)
    height = fields.number("u_height")
    if height is None:
        raise fields.error("u_height", "the height is missing", "Add u_height, in units; 0 if it takes none")
    if not 0 <= height <= 60 or (height * 2) % 1:
        raise fields.error(
            "u_height", f"a height of {height:g} units is not possible", "Give a multiple of 0.5 from 0 to 60"
        )
    is_deep = fields.flag("is_full_depth")
    if is_deep is not True:
        known = (
            "It is not of full depth" if is_deep is False else "It does not say whether it is of full depth"
        )
        fields.notes.append(f"{known}; the file gives no depth in millimetres")
    _look_at_role(fields, height)
    kind = kind_of_device(fields, parts, model, type_id, choices)
    zero_u = height == 0 and kind != "module"
    mass = _mass(fields, height)
    if zero_u and kind != "rack-pdu":
        _look_at_zero_u(fields, is_deep, mass)
    fields.flag("is_powered")
    if not parts.inlets and any(bay.accepts == "supply" for bay in parts.bays):
        fields.notes.append("Its supplies are modules: without one it has no inlets, and its power is open")
    draws = draws_of(fields, kind, parts.inlets, parts.outlets, height)
    return DeviceType(
        id=type_id, maker=maker, name=model, part_number=part_number, kind=kind,
        height_u=0.0 if kind == "module" else height, zero_u=zero_u, mass_kg=mass,
        airflow=_airflow(fields), power_typical_w=draws.typical, power_max_w=draws.most,
        rated_w=draws.rated, supplies_fitted=draws.supplies,
        ports=parts.groups(kind), bays=parts.bays,
    )  # fmt: skip


def _look_at_role(fields: Fields, height: float) -> None:
    role = fields.text("subdevice_role")
    if role not in _ROLES:
        fields.doubts.append(f"'{role[:40]}' is no role; there are parent and child: left out")
    if role == "parent" and not fields.rows("device-bays"):
        fields.notes.append("It should hold other devices, but the file lists no bays for them")
    if role == "child" and height:
        fields.doubts.append(
            f"It sits in a bay of another device, and yet takes {height:g} units: taken for a module"
        )


def _look_at_zero_u(fields: Fields, is_deep: bool | None, mass: float | None) -> None:
    """Tell two meanings of no height apart: a strip beside the units, and what nobody measured in units."""
    if is_deep or (mass or 0) > _MOST_KG_OF_STRIP:
        what = f"weighs {mass:g} kg" if mass and mass > _MOST_KG_OF_STRIP else "is of full depth"
        fields.doubts.append(
            f"It has no height, and yet {what}: give it its units, or make it a module if it sits in another"
        )
    else:
        fields.notes.append(
            "It has no height: taken for a zero-U part; make it a module if it sits in another"
        )


def _module(fields: Fields, parts: Parts) -> DeviceType:
    type_id, maker, model, part_number = identity_of(fields)
    supply_w = None
    if parts.inlets and not parts.data_ports:
        supply_w = max((inlet.most_w for inlet in parts.inlets if inlet.most_w), default=None)
        if supply_w is not None:
            fields.notes.append(
                "A supply passes on what its device draws: its draw is taken as its rating, not its power"
            )
    return DeviceType(
        id=type_id, maker=maker, name=model, part_number=part_number, kind="module",
        mass_kg=_mass(fields, 0), airflow=_airflow(fields), supply_w=supply_w,
        ports=parts.groups("module"), bays=parts.bays,
    )  # fmt: skip


def _mass(fields: Fields, height_u: float) -> float | None:
    mass = fields.mass("weight")
    if mass == 0:
        fields.doubts.append("weight is zero, which means it is not known: left open")
        return None
    most = _MOST_KG_A_UNIT * height_u if height_u else _MOST_KG_WITHOUT_UNITS
    if mass is not None and mass > most:
        where = f"in {height_u:g} units" if height_u else "without height"
        fields.doubts.append(f"{mass:g} kg {where} is not believed: left open")
        return None
    return mass


def _airflow(fields: Fields) -> Airflow:
    said = fields.text("airflow")
    if not said:
        return ""
    for known in _AIRFLOWS:
        if said == known:
            return known
    if said in _NOT_OURS:
        fields.notes.append(f"The airflow '{said}' is none of ours and is left open")
    else:
        fields.doubts.append(f"'{said[:40]}' is no airflow: left open")
    return ""
