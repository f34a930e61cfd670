"""Fields of placed things, read and set for many at once: in the drawing, or for one placed thing alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from core.editing.move import move_devices
from core.editing.naming import names_in, rename
from core.editing.overrides import OVERRIDE_FIELDS
from core.editing.routes import keys_along
from core.editing.space import Spot
from core.errors import EditError
from core.model.change import Edit
from core.model.check import clean_name
from core.model.project import Reader
from core.model.records import Device, Instance, Key, Link, Override, Record
from core.units import with_points

T = TypeVar("T")
OF_ONE = ("asset_tag", "serial")
"""Fields that belong to one physical thing, never to all copies of a drawing."""
_MOUNTING = frozenset(("half_u", "face", "side"))
TABLE_OF: dict[type[Record], str] = {Device: "devices", Instance: "instances", Link: "links"}


class Watch(Protocol):
    """Yields items while it watches how far one is; may raise."""

    def __call__(self, items: Iterable[T], total: int) -> Iterable[T]: ...


def unwatched(items: Iterable[T], total: int) -> Iterable[T]:
    """Yield items; nobody watches."""
    return items


class Thing(NamedTuple):
    """A placed device, instance or link by its path from the built block, or one cable of a trunk."""

    path: str
    cable: int | None = None


class Stated:
    """The overrides of a project, found by what they speak of."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._blocks: dict[str, dict[tuple[str, int | None], Override]] = {}

    def find(self, block: str, path: str, cable: int | None = None) -> Override | None:
        """Return the override a block holds for a path, or None."""
        rows = self._blocks.get(block)
        if rows is None:
            rows = {(o.path, o.cable): o for o in self._reader.overrides(block).values()}
            self._blocks[block] = rows
        return rows.get((path, cable))

    def keep(self, override: Override | None, block: str, path: str, cable: int | None) -> None:
        """Remember what has been put, or removed, since."""
        self.find(block, path, cable)
        if override is None:
            self._blocks[block].pop((path, cable), None)
        else:
            self._blocks[block][path, cable] = override

    def in_force(self, top: str, thing: Thing, field: str) -> Override | None:
        """Return the override that gives a placed thing a field; None if its drawing does."""
        steps = thing.path.split("/")
        asked = (None,) if thing.cable is None else (thing.cable, None)
        for depth, (block, _) in enumerate(keys_along(self._reader, top, thing.path)):
            if not self._reader.overrides(block):
                continue
            for cable in asked:
                found = self.find(block, "/".join(steps[depth:]), cable)
                if found is not None and getattr(found, field) is not None:
                    return found
        return None


def own_fields(reader: Reader, path: str) -> dict[str, Any]:
    """Return what overrides say of a placed thing, by field; the outermost block wins."""
    stated, found = Stated(reader), {}
    for field in OVERRIDE_FIELDS:
        said = stated.in_force(reader.top, Thing(path), field)
        if said is not None:
            found[field] = getattr(said, field)
    return found


def set_fields(
    edit: Edit, top: str, wanted: Iterable[tuple[Thing, Mapping[str, Any]]], *, only_this: bool = False
) -> None:
    """Set fields of placed things.

    A field goes into the record of the drawing, and so to all its copies, unless `only_this` asks for an
    override, the thing has an own value already (which is then replaced), or the field belongs to one
    physical thing alone (`OF_ONE`). What the record has no field for (a rack's asset tag) is an override.

    Parameters
    ----------
    edit : Edit
    top : str
        Block from which the paths start.
    wanted : iterable of (Thing, mapping of field to value)
    only_this : bool
        Give the fields that can be overridden to these placed things alone. Other fields need a drawing of
        their own (`core.editing.blocks.make_unique`) first.

    Raises
    ------
    EditError
        If a thing is not there, a name is taken or empty, a device does not fit, or a field does not exist.
    """
    _Setting(edit, top, only_this).run(wanted)


class _Setting:
    """One setting of fields."""

    def __init__(self, edit: Edit, top: str, only_this: bool) -> None:
        self.edit, self.top, self.only_this = edit, top, only_this
        self.stated = Stated(edit)
        self.placed = edit.placements()
        self.done: dict[tuple[Key, str], Any] = {}
        self.moves: dict[str, dict[str, Spot]] = {}
        self._has_overrides = any(True for block in edit.blocks_of("overrides") if edit.overrides(block))

    def run(self, wanted: Iterable[tuple[Thing, Mapping[str, Any]]]) -> None:
        for thing, fields in wanted:
            record = self.edit.resolve(self.top, thing.path)
            if record is None:
                raise EditError("it is no longer there", where=thing.path, cure="Select it again")
            for field, value in fields.items():
                self._set(thing, record, field, value)
        for block, spots in self.moves.items():
            move_devices(self.edit, block, spots)

    def _set(self, thing: Thing, record: Record, field: str, value: Any) -> None:
        if field == "name" and not isinstance(record, Link):
            value = clean_name(value)
            if not value:
                raise EditError("a name is needed", cure="Type one that nothing else here has")
        of_record = field in type(record).__struct_fields__
        if field not in OVERRIDE_FIELDS:
            if not of_record:
                raise EditError(f"a {_noun(record)} has no field '{field}'", where=thing.path)
            self._put(record, field, value)
            return
        said = self._in_force(thing, field)
        copies = self.placed.get(record.block, 1)
        one_cable = isinstance(record, Link) and thing.cable is not None and record.count > 1
        if not of_record or one_cable:
            self._say_alone(thing, record, field, value, said, one_cable)
        elif said is not None:
            self._say_again(thing, said, field, value, getattr(record, field))
        elif copies > 1 and (self.only_this or field in OF_ONE):
            if value != getattr(record, field):
                self._name_is_free(thing, field, value)
                self._say(self.top, thing.path, None, field, value)
        else:
            self._put(record, field, value)

    def _in_force(self, thing: Thing, field: str) -> Override | None:
        return self.stated.in_force(self.top, thing, field) if self._has_overrides else None

    def _say_alone(
        self,
        thing: Thing,
        record: Record,
        field: str,
        value: Any,
        said: Override | None,
        one_cable: bool,
    ) -> None:
        """Set what only an override can say: of one cable of a trunk, or what the record has no field for."""
        cable = thing.cable if one_cable else None
        nothing = None if field in ("absent", "length_m", "power_limit_w") else ""
        if said is not None and said.cable == cable and not self.only_this and field not in OF_ONE:
            self._say(said.block, said.path, cable, field, None if value == nothing else value)
        elif self.only_this or field in OF_ONE or self.placed.get(record.block, 1) <= 1:
            if said is None and value == nothing:
                return
            alone = said is None or (said.block, said.path, said.cable) == (self.top, thing.path, cable)
            drawn = getattr(record, field, nothing) if one_cable else nothing
            self._say(self.top, thing.path, cable, field, None if alone and value == drawn else value)
        else:
            self._say(record.block, record.id, cable, field, None if value == nothing else value)

    def _say_again(self, thing: Thing, said: Override, field: str, value: Any, drawn: Any) -> None:
        """Replace an own value where it stands; the value of the drawing takes it back."""
        there = (said.block, said.path, said.cable)
        alone = self.only_this or field in OF_ONE
        block, path, cable = (self.top, thing.path, None) if alone else there
        self._name_is_free(thing, field, value)
        takes_back = (block, path, cable) == there and value == drawn
        self._say(block, path, cable, field, None if takes_back else value)

    def _say(self, block: str, path: str, cable: int | None, field: str, value: Any) -> None:
        self._has_overrides = True
        edit, present = self.edit, self.stated.find(block, path, cable)
        if present is None:
            if value is None:
                return
            fresh = Override(block=block, id=edit.new_id(block), path=path, cable=cable, **{field: value})
            self.stated.keep(edit.put("overrides", fresh), block, path, cable)
            return
        left = msgspec.structs.replace(present, **{field: value})
        if all(getattr(left, name) is None for name in OVERRIDE_FIELDS):
            edit.remove("overrides", present.key)
            self.stated.keep(None, block, path, cable)
        else:
            self.stated.keep(edit.put("overrides", left), block, path, cable)

    def _name_is_free(self, thing: Thing, field: str, value: Any) -> None:
        """Refuse the name of something else in the same drawing (what an override calls it is not seen)."""
        if field != "name":
            return
        record = self.edit.resolve(self.top, thing.path)
        if isinstance(record, Device | Instance):
            others = names_in(self.edit, record.block) - {record.name}
            if value in others:
                raise EditError(f"'{value}' is taken", cure="Choose a name that nothing else here has")

    def _put(self, record: Record, field: str, value: Any) -> None:
        """Put a field into the record of the drawing, once for all its copies."""
        if self.done.get((record.key, field), _NOTHING) == value:
            return
        self.done[record.key, field] = value
        table = TABLE_OF[type(record)]
        if field == "name":
            rename(self.edit, record.block, record.id, value)
            return
        if isinstance(record, Device) and field in _MOUNTING and self._in_rack(record):
            spots = self.moves.setdefault(record.block, {})
            spot = spots.get(record.id) or Spot.of(record)
            spots[record.id] = spot._replace(**{field: value})
            return
        current = self.edit.get(table, record.key)
        if getattr(current, field) != value:
            self.edit.replace(table, record.key, **{field: value})

    def _in_rack(self, device: Device) -> bool:
        holder = self.edit.blocks.get(device.block)
        return holder is not None and holder.kind == "rack"


_NOTHING = object()


def clear_fields(edit: Edit, top: str, things: Iterable[Thing], *fields: str) -> int:
    """Take own values back to those of the drawing; return how many there were."""
    stated, done = Stated(edit), 0
    for thing in things:
        for field in fields:
            said = stated.in_force(top, thing, field)
            while said is not None:
                left = msgspec.structs.replace(said, **{field: None})
                if all(getattr(left, name) is None for name in OVERRIDE_FIELDS):
                    edit.remove("overrides", said.key)
                    stated.keep(None, said.block, said.path, said.cable)
                else:
                    stated.keep(edit.put("overrides", left), said.block, said.path, said.cable)
                done += 1
                said = stated.in_force(top, thing, field)
    return done


def value_of(
    reader: Reader, top: str, thing: Thing, record: Record, field: str, stated: Stated | None = None
) -> Any:
    """Return a field of a placed thing as it is in force: what an override says, else the drawing."""
    if field in OVERRIDE_FIELDS:
        said = (stated or Stated(reader)).in_force(top, thing, field)
        if said is not None:
            return getattr(said, field)
    return getattr(record, field, "" if field in (*OF_ONE, "status", "note", "name") else None)


def _noun(record: Record) -> str:
    return {Device: "device", Instance: "placed block", Link: "link"}.get(type(record), "record")


Relative = Callable[[float], float]


def relative(text: str) -> Relative | None:
    """Return what `+100`, `-=50`, `*2` or `/2` does to a number; None if the text is none of these.

    A minus sign alone is the sign of a number, so that less is written `-=50` or `+-50`.

    Examples
    --------
    >>> relative("+100")(600), relative("-=50")(600), relative("*2")(600), relative("700") is None
    (700.0, 550.0, 1200.0, True)
    """
    text = with_points(text)
    sign = text[:1]
    if sign not in ("+", "-", "*", "/") or (sign == "-" and text[1:2] != "="):
        return None
    try:
        amount = float(text[1:].removeprefix("="))
    except ValueError:
        return None
    if sign == "/" and amount == 0:
        return None
    acts: dict[str, Relative] = {
        "+": lambda value: value + amount,
        "-": lambda value: value - amount,
        "*": lambda value: value * amount,
        "/": lambda value: value / amount,
    }
    return acts[sign]
