"""Types of the NetBox device type library: one YAML file is one device, module or rack type.

What the library says is kept; what it says in words of its own is put into ours by `netbox_ports`; what is
guessed, changed, not understood or left out is said in the notes, one sentence each. Nothing is dropped in
silence: `ports_read` is `ports_kept + ports_left_out`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from core.catalogue.type_check import numbers_of
from core.exchange.netbox_fields import Fields, paragraph
from core.exchange.netbox_parts import Parts, read_parts
from core.exchange.yaml_text import read_yaml
from core.model.check import clean_name
from core.model.types import AnyType, Citation, DeviceKind, DeviceType, RackType

LIBRARY_URL = "https://github.com/netbox-community/devicetype-library"
_TITLE = "NetBox device type library"
_LONGEST_ID = 64
_PITCH_MM = 44.45
_FRAME_MM = 100.0
"""Height of plinth and roof where a rack's outside is not given."""
_OPENING_MM = {"10": 222.0, "19": 450.0, "21": 500.0, "23": 552.0}
"""Clear width between the rails by nominal width in inches; EIA-310 for 19."""
Airflow = Literal["", "front-to-rear", "rear-to-front", "side-to-rear", "passive", "none"]
_AIRFLOWS: tuple[Airflow, ...] = ("front-to-rear", "rear-to-front", "side-to-rear", "passive")
_SERVER = re.compile(
    r"server|poweredge|proliant|\bdgx|\bhgx|thinksystem|primergy|\bucs ?[bcx]\d|\b(?:as|sys|ssg)-|node\b",
    re.I,
)
_STORAGE = re.compile(
    r"storage|\bnas\b|\bsan\b|disk|\bjbod|drive enclosure|powervault|powerscale|isilon", re.I
)
_SWITCH_PORTS = 16


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


def read_netbox(text: str, where: str, read: str = "") -> Imported:
    """Return the type a YAML file of the NetBox device type library holds.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages and the citation.
    read : str, optional
        Date for the citation, ISO 8601.

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
    if "form_factor" in data or "starting_unit" in data:
        return _finished(_rack(fields), fields, None, where, read)
    parts = read_parts(fields)
    spec = _device(fields, parts) if "u_height" in data or "slug" in data else _module(fields, parts)
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
    notes = tuple(paragraph(note) for note in fields.notes)
    remarks = tuple(paragraph(text) for text in (*fields.remarks, *notes) if text.strip())
    spec = msgspec.structs.replace(spec, sources=tuple(sources), notes=remarks)
    if parts is None:
        return Imported(spec, notes, 0, 0)
    return Imported(spec, notes, parts.read, parts.left_out, parts.names)


def _identity(fields: Fields) -> tuple[str, str, str, str]:
    """Return id, maker, model and part number."""
    maker = clean_name(fields.needed("manufacturer"))
    model = clean_name(fields.needed("model"))
    slug = fields.text("slug") or f"{maker} {model}"
    wanted = re.sub(r"[^a-z0-9._+]+", "-", slug.lower()).strip("-") or "imported-type"
    if len(wanted) > _LONGEST_ID:
        mark = hashlib.sha256(wanted.encode()).hexdigest()[:8]
        wanted = f"{wanted[: _LONGEST_ID - 9]}-{mark}"
        fields.notes.append(f"The slug is longer than {_LONGEST_ID} characters; the id is shortened")
    for key in ("front_image", "rear_image"):
        fields.flag(key)  # pictures are not read: faces are drawn from the ports
    fields.remarks.extend(text for text in (fields.text("description"), fields.text("comments")) if text)
    return wanted, maker, model, clean_name(fields.text("part_number"))


def _device(fields: Fields, parts: Parts) -> DeviceType:
    type_id, maker, model, part_number = _identity(fields)
    height = fields.number("u_height")
    if height is None:
        raise fields.error("u_height", "the height is missing", "Add u_height, in units; 0 if it takes none")
    if not 0 <= height <= 60 or (height * 2) % 1:
        raise fields.error(
            "u_height", f"a height of {height:g} units is not possible", "Give a multiple of 0.5 from 0 to 60"
        )
    if fields.flag("is_full_depth") is False:
        fields.notes.append("It is not of full depth; the file gives no depth in millimetres")
    is_child = fields.text("subdevice_role") == "child"
    kind = _kind_of(fields, parts, model, is_child)
    zero_u = height == 0 and kind != "module"
    if zero_u and kind != "rack-pdu":
        fields.notes.append(
            "It has no height: taken for a zero-U part; make it a module if it sits in another"
        )
    fields.flag("is_powered")
    draws = _draws(fields, parts, kind)
    return DeviceType(
        id=type_id, maker=maker, name=model, part_number=part_number, kind=kind,
        height_u=0.0 if kind == "module" else height, zero_u=zero_u, mass_kg=fields.mass("weight"),
        airflow=_airflow(fields), power_typical_w=draws.typical, power_max_w=draws.most,
        rated_w=draws.rated, supplies_fitted=draws.supplies,
        ports=parts.groups(kind), bays=parts.bays,
    )  # fmt: skip


def _module(fields: Fields, parts: Parts) -> DeviceType:
    type_id, maker, model, part_number = _identity(fields)
    supply_w = None
    if parts.inlets and not parts.data_ports:
        supply_w = max((w for w, _ in parts.draws if w), default=None)
        if any(parts.draws):
            fields.notes.append(
                "A supply passes on what its device draws: its draw is taken as its rating, not its power"
            )
    return DeviceType(
        id=type_id, maker=maker, name=model, part_number=part_number, kind="module",
        mass_kg=fields.mass("weight"), airflow=_airflow(fields), supply_w=supply_w,
        ports=parts.groups("module"), bays=parts.bays,
    )  # fmt: skip


def _rack(fields: Fields) -> RackType:
    type_id, maker, model, part_number = _identity(fields)
    units = fields.number("u_height")
    if units is None or not 1 <= units <= 100 or units % 1:
        raise fields.error(
            "u_height", "the number of units is missing or wrong", "Give u_height from 1 to 100"
        )
    nominal = fields.text("width") or "19"
    sizes = {side: fields.length(f"outer_{side}") for side in ("width", "depth", "height")}
    usual = {"width": 600.0, "depth": 1200.0, "height": units * _PITCH_MM + _FRAME_MM}
    for side, size in sizes.items():
        if size is None:
            sizes[side] = usual[side]
            fields.assume(f"{side}_mm", f"The file gives no outer {side}; {usual[side]:.0f} mm is assumed")
    opening = _OPENING_MM.get(nominal)
    if nominal != "19":
        fields.notes.append(
            f"It is {nominal} inches wide; only 19 inches and Open Rack are drawn to a standard"
        )
    if opening is not None and opening < (sizes["width"] or 0):
        fields.assume("opening_mm", "Clear width by the nominal width of the rails", quiet=True)
    else:
        opening = None
    first = fields.number("starting_unit")
    fields.remarks.append(f"Form: {fields.text('form_factor')}" if fields.text("form_factor") else "")
    depth = fields.number("mounting_depth")
    return RackType(
        id=type_id, maker=maker, name=model, part_number=part_number, units=int(units), opening_mm=opening,
        width_mm=_whole(fields, "outer_width", sizes["width"]),
        depth_mm=_whole(fields, "outer_depth", sizes["depth"]),
        height_mm=_whole(fields, "outer_height", sizes["height"]),
        mounting_depth_mm=depth if depth is None or depth >= 1 else None,
        mass_kg=fields.mass("weight"), load_max_kg=fields.mass("max_weight"),
        numbering="down" if fields.flag("desc_units") else "up",
        first_unit=1 if first is None else round(first),
    )  # fmt: skip


def _whole(fields: Fields, key: str, value: float | None) -> int:
    if value is None or not 1 <= value <= 100_000:
        raise fields.error(key, "a rack has a size of some hundred millimetres", "Correct it")
    return round(value)


def _airflow(fields: Fields) -> Airflow:
    said = fields.text("airflow")
    if not said:
        return ""
    for known in _AIRFLOWS:
        if said == known:
            return known
    fields.notes.append(f"The airflow '{said}' is none of ours and is left open")
    return ""


def _kind_of(fields: Fields, parts: Parts, model: str, is_child: bool) -> DeviceKind:
    """Guess what the library does not say."""
    words = " ".join((model, fields.text("description"), fields.text("slug")))
    kind: DeviceKind = "other"
    why = "nothing says what it is"
    if is_child:
        kind, why = "module", "it sits in a bay of another device"
    elif parts.outlets:
        is_ups = re.search(r"\bups\b|uninterruptible", f"{words} {fields.text('comments')}", re.I)
        kind, why = ("ups", "it is called so") if is_ups else ("rack-pdu", "it has outlets")
    elif re.search(r"blank|filler", words, re.I):
        kind, why = "blank", "it is called so"
    elif "switch" in words.lower() and parts.data_ports > 3:
        kind, why = "switch", "it is called so"
    elif _STORAGE.search(words):
        kind, why = "storage", "it is called so"
    elif _SERVER.search(words):
        kind, why = "server", "it is called so"
    elif parts.console_servers:
        kind, why = "management", "it serves consoles"
    elif parts.data_ports >= _SWITCH_PORTS:
        kind, why = "switch", f"it has {parts.data_ports} network ports"
    fields.notes.append(f"The file does not say its kind; '{kind}' is guessed, because {why}")
    return kind


@dataclass(frozen=True)
class _Draws:
    most: float | None = None
    typical: float | None = None
    rated: float | None = None
    supplies: int | None = None


def _draws(fields: Fields, parts: Parts, kind: DeviceKind) -> _Draws:
    """Return the power of a device from the draws of its inlets, which the file gives for each inlet."""
    if kind in ("rack-pdu", "ups"):
        return _Draws(rated=sum(w for w, _ in parts.draws if w) or None)
    if not parts.inlets:
        if any("supply" in bay.accepts for bay in parts.bays):
            fields.notes.append("Its supplies are modules and the file gives no power: enter it")
        return _Draws()
    most = max((w for w, _ in parts.draws if w), default=None)
    typical = max((w for _, w in parts.draws if w), default=None)
    supplies = parts.inlets if parts.inlets <= 64 else None
    if parts.inlets == 1:
        return _Draws(most, typical, supplies=supplies)
    if most is None and typical is None:
        return _Draws(supplies=supplies)
    if parts.inlets == 2:
        reason = "The file gives the draw of each of two inlets; that one carries it all is assumed"
        fields.assume("power_max_w", reason)
        fields.assume("power_typical_w", reason, quiet=True)
        return _Draws(most, typical, supplies=supplies)
    told = " and ".join(
        f"{w:g} W {word}" for w, word in ((most, "maximum"), (typical, "allocated")) if w is not None
    )
    fields.notes.append(
        f"The file gives {told} for each of {parts.inlets} inlets, not how many are needed: enter the power"
    )
    return _Draws(supplies=supplies)
