"""Trunks open into single cables, and single cables are bundled into trunks; what each is called stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from core.editing.overrides import OVERRIDE_FIELDS
from core.editing.routes import counted, passing
from core.errors import EditError
from core.model.change import Edit
from core.model.records import End, Link, Override

_ALIKE = ("layer", "fabric", "cable", "colour", "phase", "scope", "note")
"""Fields that cables of one trunk share; their names, lengths and status may differ by override."""
_WORDS = {"cable": "cable type", "colour": "colour", "note": "note", "phase": "phase", "scope": "scope",
          "fabric": "fabric", "layer": "layer"}  # fmt: skip
_OWN = ("name", "length_m", "status")


def open_trunk(edit: Edit, block: str, link_id: str) -> list[Link]:
    """Put one link for each cable of a trunk, and return them.

    The first keeps the id. Names are counted as the schedule counts them (`x-1`, `x-2`); what overrides say
    of the trunk they say of every cable, what they say of one cable goes with it.

    Raises
    ------
    EditError
        If there is no such link, or it is a single cable.
    """
    trunk = edit.links(block).get(link_id)
    if trunk is None:
        raise EditError("the cable is no longer there", cure="Select it again")
    if trunk.count == 1:
        raise EditError("the link is a single cable", cure="Select a trunk")
    overrides = _overrides_of(edit, trunk)
    made = []
    for k in range(trunk.count):
        made.append(
            edit.put(
                "links",
                msgspec.structs.replace(
                    trunk,
                    id=trunk.id if not k else edit.new_id(block),
                    a=End(trunk.a.path, trunk.a.ports[k : k + 1]),
                    b=End(trunk.b.path, trunk.b.ports[k : k + 1]),
                    name=f"{trunk.name}-{k + 1}" if trunk.name else "",
                ),
            )
        )
    for holder, head in dict.fromkeys((o.block, _head(o)) for o in overrides):
        said = {o.cable: o for o in overrides if (o.block, _head(o)) == (holder, head)}
        for override in said.values():
            edit.remove("overrides", override.key)
        for k, link in enumerate(made):
            whole = _said(said.get(None), k)
            path = f"{head}{trunk.id}"
            if any(o.cable == k and o.name is not None and path.endswith(o.path) for o in overrides):
                whole.pop("name", None)  # a cable's own name wins over that of its trunk, wherever it is said
            fields = {**whole, **_said(said.get(k), None)}
            if holder == block and not head:
                # What its own drawing says of a single link is said on the link itself.
                own = {field: fields.pop(field) for field in _OWN if field in fields}
                edit.replace("links", link.key, **own)
            if fields:
                path = f"{head}{link.id}"
                edit.put("overrides", Override(block=holder, id=edit.new_id(holder), path=path, **fields))
    return made


def bundle(edit: Edit, block: str, link_ids: Iterable[str]) -> Link:
    """Join parallel links into one trunk and return it: the first link, longer.

    Cables called `x-1` to `x-n` make the trunk `x`; other names, and lengths or a status that differ, stay
    with each cable as an override.

    Raises
    ------
    EditError
        If they do not join the same two devices or are not alike.
    """
    links = [edit.links(block)[i] for i in dict.fromkeys(link_ids) if i in edit.links(block)]
    if len(links) < 2:
        raise EditError("one link is no bundle", cure="Select two or more links between the same two devices")
    first = links[0]
    for link in links[1:]:
        if {link.a.path, link.b.path} != {first.a.path, first.b.path}:
            raise EditError("the links join different devices", cure="Bundle links of one pair of devices")
        for field in _ALIKE:
            if getattr(link, field) != getattr(first, field):
                cure = f"Give them the same {_WORDS[field]} first"
                raise EditError(f"the links differ in their {_WORDS[field]}", cure=cure)
    a_ports: list[str] = []
    b_ports: list[str] = []
    own: list[dict[str, Any]] = []
    moved: list[tuple[Override, int, Link]] = []
    for link in links:
        same_way = link.a.path == first.a.path
        for override in _overrides_of(edit, link):
            moved.append((override, len(a_ports), link))
        a_ports += (link.a if same_way else link.b).ports
        b_ports += (link.b if same_way else link.a).ports
        for k in range(link.count):
            called = f"{link.name}-{k + 1}" if link.name and link.count > 1 else link.name
            own.append({"name": called, "length_m": link.length_m, "status": link.status})
    shared = {field: own[0][field] for field in _OWN if len({fields[field] for fields in own}) == 1}
    name = _common_name([fields["name"] for fields in own])
    for link in links[1:]:
        edit.remove("links", link.key)
    trunk = edit.put(
        "links",
        msgspec.structs.replace(
            first,
            a=End(first.a.path, tuple(a_ports)),
            b=End(first.b.path, tuple(b_ports)),
            name=name or "",
            length_m=shared.get("length_m"),
            status=shared.get("status", ""),
        ),
    )
    _keep_overrides(edit, trunk, moved)
    for k, fields in enumerate(own):
        kept = {f: v for f, v in fields.items() if f not in shared and v not in (None, "")}
        if name is not None or not fields["name"]:
            kept.pop("name", None)
        else:
            kept["name"] = fields["name"]
        if kept:
            _add(edit, trunk.block, trunk.id, k, kept)
    edit.notes.append(f"{counted(trunk.count, 'cable')} in the trunk")
    return trunk


def _common_name(names: list[str]) -> str | None:
    """Return the name of a trunk whose cables are counted to these names; None if there is none."""
    if not any(names):
        return ""
    stem = names[0].removesuffix("-1")
    return stem if stem and names == [f"{stem}-{k + 1}" for k in range(len(names))] else None


def _keep_overrides(edit: Edit, trunk: Link, moved: list[tuple[Override, int, Link]]) -> None:
    """Let overrides of the single links speak of the cables these became."""
    for override, _, _ in moved:
        edit.remove("overrides", override.key)
    for override, start, link in moved:
        head = _head(override)
        # What is said of one cable is put first, so that it wins over what is said of all.
        cables = range(link.count) if override.cable is None else (override.cable,)
        for k in cables:
            fields = _said(override, k if override.cable is None and link.count > 1 else None)
            _add(
                edit, override.block, f"{head}{trunk.id}", start + k, fields, wins=override.cable is not None
            )


def _add(
    edit: Edit, block: str, path: str, cable: int, fields: dict[str, Any], *, wins: bool = False
) -> None:
    """Put fields of one cable of a trunk; those that are there already stay, unless the new ones win."""
    for override in edit.overrides(block).values():
        if (override.path, override.cable) == (path, cable):
            there = _said(override, None)
            both = {**there, **fields} if wins else {**fields, **there}
            edit.replace("overrides", override.key, **both)
            return
    edit.put("overrides", Override(block=block, id=edit.new_id(block), path=path, cable=cable, **fields))


def _overrides_of(edit: Edit, link: Link) -> list[Override]:
    return [o for o in passing(edit, [link.key]).overrides if o.path.rpartition("/")[2] == link.id]


def _head(override: Override) -> str:
    head, slash, _ = override.path.rpartition("/")
    return head + slash


def _said(override: Override | None, k: int | None) -> dict[str, Any]:
    """Return the fields an override gives; the name of a trunk is counted for cable `k` of it."""
    if override is None:
        return {}
    found = {f: getattr(override, f) for f in sorted(OVERRIDE_FIELDS) if getattr(override, f) is not None}
    if k is not None and found.get("name"):
        found["name"] = f"{found['name']}-{k + 1}"
    return found
