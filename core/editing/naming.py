"""Names from templates such as `{row}{n:02}`; `numbering` says what a template may ask for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from core.editing.routes import counted
from core.editing.rows import floor_level, standings
from core.editing.types import rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.check import clean_name
from core.model.project import Reader
from core.model.records import Device, Instance, NamingTemplate, Rotation
from core.model.types import AnyType, DeviceType

_DEFAULTS = {
    "instance.rack": "r{n:02}",
    "instance": "{type}-{n}",
    "device.server": "node-{n:02}",
    "device.tray": "ct-{n:02}",
    "device.switch": "sw-{n:02}",
    "device.switch-tray": "st-{n:02}",
    "device.power-shelf": "ps-{n:02}",
    "device.rack-pdu": "pdu-{n}",
    "device.management": "mgmt-{n:02}",
    "device.storage": "stor-{n:02}",
    "device.manifold": "manifold-{n}",
    "device": "{kind}-{n:02}",
    "cable": "c{n:04}",
    "cable.power": "p{n:04}",
    "cable.coolant": "h{n:03}",
}
_FIELD = re.compile(r"\{([a-z_]+)(?::0?(\d))?\}")
_TRIAL = "name-trial"
_NUMBER = re.compile(r"(\d+)(\D*)$")


def render(template: str, **values: object) -> str:
    """Return a name made from a template; a number takes a width, as in `{n:02}`.

    Raises
    ------
    EditError
        If the template asks for something that is not given here.

    Examples
    --------
    >>> render("{row}-r{n:02}", row="A", n=7)
    'A-r07'
    """

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            known = ", ".join(f"{{{name}}}" for name in values)
            raise EditError(f"the name template holds '{match[0]}'", cure=f"Use {known}")
        text = str(values[match[1]])
        return text.zfill(int(match[2])) if match[2] and text.isdecimal() else text

    if set("{}") & set(_FIELD.sub("", template)):
        raise EditError(f"'{template}' is no name template", cure="Write for example r{n:02}")
    return clean_name(_FIELD.sub(fill, template))


def template_of(reader: Reader, block: str, level: str) -> NamingTemplate:
    """Return the template of a level such as `device.switch`: the block's, the project's or the built-in one.

    A level without a template of its own takes that of the level before the dot.
    """
    for wanted in dict.fromkeys((level, level.partition(".")[0])):
        for holder in (block, ""):
            record = reader.rows("naming", holder).get(wanted)
            if isinstance(record, NamingTemplate):
                return record
    general = level.partition(".")[0]
    text = _DEFAULTS.get(level) or _DEFAULTS.get(general) or "{n}"
    return NamingTemplate(id=level, template=text)


def names_in(reader: Reader, block: str) -> set[str]:
    """Return the names of the instances and devices of a block."""
    names = {device.name for device in reader.devices(block).values()}
    names.update(instance.name for instance in reader.instances(block).values())
    return names


def free_block_name(reader: Reader, name: str) -> str:
    """Return a name for a block: the one wanted, counted on if another block has it."""
    taken = {block.name for block in reader.blocks.values()}
    return counted_on(f"{name}-1", taken) if name in taken else name


def next_name(reader: Reader, block: str, level: str, **values: object) -> str:
    """Return the first name of a level that nothing in the block has."""
    template = template_of(reader, block, level)
    taken = names_in(reader, block)
    holder = reader.blocks.get(block)
    given: dict[str, Any] = dict.fromkeys(("row", "place", "u", "type", "rack"), "") | {"kind": "item"}
    given["parent"] = given["block"] = holder.name if holder is not None else ""
    given.update(values)
    return first_free(template, taken, given)[0]


def first_free(
    template: NamingTemplate, taken: Collection[str], values: Mapping[str, Any], number: int | None = None
) -> tuple[str, int]:
    """Return the first name of a template that is not taken, counting from a number, and the number after it.

    Examples
    --------
    >>> first_free(NamingTemplate(id="x", template="r{n:02}"), {"r01", "r02"}, {})
    ('r03', 4)
    """
    number = template.start if number is None else number
    before: str | None = None
    while True:
        name = render(template.template, n=number, **values)
        if name == before:  # the template has no number
            name = name or template.id.rpartition(".")[2]
            return (name if name not in taken else counted_on(name, taken)), number
        if name and name not in taken:
            return name, number + template.step
        before, number = name, number + template.step


def device_name(reader: Reader, block: str, spec: DeviceType, half_u: int = 0) -> str:
    """Return the next free name of a device of a type in a block."""
    rack = rack_type_of(reader, block)
    u = int(rack.unit_number(half_u)) if rack is not None else half_u // 2 + 1
    values = {"type": spec.name, "kind": spec.kind, "u": u}
    return next_name(reader, block, f"device.{spec.kind}", **values)


def counted_on(name: str, taken: Collection[str]) -> str:
    """Return the next name after one, counting up its last number until it is free.

    Examples
    --------
    >>> counted_on("r03", {"r03", "r04"}), counted_on("spare", ())
    ('r05', 'spare-2')
    """
    match = _NUMBER.search(name)
    head, digits, tail = (name[: match.start()], match[1], match[2]) if match else (f"{name}-", "1", "")
    number = int(digits)
    while True:
        number += 1
        found = f"{head}{number:0{len(digits)}}{tail}"
        if found not in taken:
            return found


def is_frozen(reader: Reader) -> bool:
    """Tell whether names have been issued and must stay."""
    return bool(reader.revisions)


def rename(edit: Edit, block: str, record_id: str, name: str) -> None:
    """Give a device, an instance or a link of a block another name.

    Raises
    ------
    EditError
        If there is no such thing, or another one of the block has the name.
    """
    table = table_of(edit, block, record_id)
    name = clean_name(name)
    record = edit.rows(table, block)[record_id]
    if record.name == name:
        return
    if table != "links" and name in names_in(edit, block):
        raise EditError(f"'{name}' is taken", cure="Choose a name that nothing else here has")
    if is_frozen(edit):
        edit.notes.append(f"'{record.name}' is on sheets already issued")
    edit.replace(table, (block, record_id), name=name)


def renumber(edit: Edit, block: str, ids: Iterable[str]) -> int:
    """Name devices or instances anew, in the order given, from the templates of the block.

    Raises
    ------
    EditError
        If a revision has been issued.
    """
    if is_frozen(edit):
        raise EditError(
            "names are frozen since the first revision was issued",
            cure="Rename single things where it cannot be avoided",
        )
    things = [(table_of(edit, block, record_id), record_id) for record_id in ids]
    for table, record_id in things:
        edit.replace(table, (block, record_id), name="")
    for table, record_id in things:
        record = edit.rows(table, block)[record_id]
        edit.replace(table, (block, record_id), name=fresh_name(edit, record))
    edit.notes.append(f"{counted(len(things), 'name')} given")
    return len(things)


def fresh_name(reader: Reader, record: Device | Instance) -> str:
    """Return the next free name for a device or an instance in its block."""
    if isinstance(record, Instance):
        return instance_name(reader, record.block, record.of)
    spec: AnyType | None = reader.find_type(record.type)
    if isinstance(spec, DeviceType):
        return device_name(reader, record.block, spec, record.half_u)
    return next_name(reader, record.block, "device")


def instance_name(
    reader: Reader, block: str, of: str, at: tuple[int, int, Rotation] | None = None, **values: object
) -> str:
    """Return the next free name of an instance of a block placed in another, at x, y and a rotation."""
    placed = reader.blocks.get(of)
    level = f"instance.{floor_level(reader, of)}"
    template = template_of(reader, block, level).template
    if at is not None and ("{row" in template or "{place" in template):
        trial = Edit(reader, "Name")
        trial.put(
            "instances", Instance(block=block, id=_TRIAL, of=of, x_mm=at[0], y_mm=at[1], rotation=at[2])
        )
        stands = standings(trial, block)[_TRIAL]
        values = {"row": stands.letter, "place": stands.place, **values}
    return next_name(reader, block, level, type=of if placed is None else placed.name, **values)


def table_of(reader: Reader, block: str, record_id: str) -> str:
    """Return the table that holds a device, instance or link of a block.

    Raises
    ------
    EditError
        If none does.
    """
    for table in ("devices", "instances", "links"):
        if record_id in reader.rows(table, block):
            return table
    raise EditError("it is no longer there", where=f"{block}/{record_id}", cure="Select it again")
