"""Racks and devices placed or changed by a table, matched by name with what stands; one edit, or none.

A row with a device type, or with a rack, is a device; any other is a rack. Blank cells leave alone what
stands. New racks of one type with the same contents become copies of one drawing; what a row gives of its
own to a copy (serial, asset tag, status) becomes an override. A copy whose contents change is made unique.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.catalogue.library import Library
from core.editing.blocks import make_unique
from core.editing.overrides import set_override
from core.editing.place import floor_obstacle, place_device
from core.editing.routes import block_at
from core.editing.space import Spot, obstacles
from core.errors import CagenutError, EditError
from core.exchange.fresh_racks import NewRack, place_fresh
from core.exchange.placing_cells import (
    PLACE_CURE,
    PlacingLine,
    State,
    TableRow,
    fault,
    own_fields,
    position,
    spot_of,
    where_in,
)
from core.exchange.placing_columns import factor_of, quarter
from core.exchange.placing_names import Standing, StandingNames, TypeNames, spaced
from core.files.delimited import Delimited
from core.model.change import Edit
from core.model.check import clean_name
from core.model.project import Reader
from core.model.records import Device
from core.model.types import DeviceType, RackType

Tick = Callable[[int, int], None]


@dataclass
class Placing:
    """A table as understood.

    Attributes
    ----------
    where : str
        File and sheet.
    lines : list of PlacingLine
    edit : Edit
        What it does; not to be committed while a line is a problem.
    """

    where: str
    lines: list[PlacingLine]
    edit: Edit

    @property
    def problems(self) -> list[PlacingLine]:
        return [line for line in self.lines if line.state == "problem"]

    def count(self, state: State) -> int:
        """Return how many lines are in a state."""
        return sum(line.state == state for line in self.lines)

    def complaint(self, line: PlacingLine) -> str:
        """Return what is wrong with a line, with file, sheet, row and cure."""
        return str(EditError(line.words, where=f"{self.where}, row {line.number}", cure=line.cure))


def place_by_table(
    reader: Reader,
    library: Library,
    table: Delimited,
    columns: Mapping[str, int],
    *,
    leave_out: Collection[int] = (),
    tick: Tick | None = None,
) -> Placing:
    """Return what a table places and changes below the block that is built; nothing is committed.

    Parameters
    ----------
    reader : Reader
    library : Library
    table : Delimited
    columns : mapping of str to int
        Column of each field of `core.exchange.placing_columns.FIELDS` that the table gives.
    leave_out : collection of int
        Rows of the file that are passed over.
    tick : callable, optional

    Raises
    ------
    EditError
        If no column gives names, or there is no hall.
    """
    if "name" not in columns:
        raise EditError(
            "no column gives names", where=table.where, cure="Choose the column in which the names stand"
        )
    if not reader.top:
        raise EditError("there is no hall", cure="Make one first")
    return _Placer(reader, library, table, columns).run(leave_out, tick)


class _Placer:
    def __init__(
        self, reader: Reader, library: Library, table: Delimited, columns: Mapping[str, int]
    ) -> None:
        self.table, self.columns, self.library = table, columns, library
        self.edit = Edit(reader, f"Place from {table.where}"[:120])
        self.top = reader.top
        self.names = StandingNames(reader, reader.top)
        self.types = TypeNames(reader, library)
        self.placements = reader.placements()
        self.factors = {f: factor_of(table.heads[columns[f]]) for f in ("x", "y") if f in columns}
        self.fresh: dict[str, NewRack] = {}
        self.moved: list[tuple[TableRow, str, str]] = []
        """Devices whose place changed: row, block, id."""
        self.added: list[tuple[TableRow, str, DeviceType, Spot | None]] = []
        """Devices for racks that stand: row, path of the rack, type, spot."""

    def run(self, leave_out: Collection[int], tick: Tick | None) -> Placing:
        rows = [self._row(number, cells, leave_out) for number, cells in self.table.rows]
        seen: dict[tuple[str, str], int] = {}
        live = []
        for row in rows:
            key = row.given.get("rack", "") if row.is_device else "", row.line.name
            if row.line.state == "left out":
                continue
            if not row.line.name:
                fault(row.line, EditError("it has no name", cure="Write one"))
            elif key in seen:
                fault(row.line, EditError(f"row {seen[key]} has the same name", cure="Give each its own"))
            else:
                seen[key] = row.line.number
                live.append(row)
        acts = [(row, self._rack) for row in live if not row.is_device]
        acts += [(row, self._device) for row in live if row.is_device]
        for done, (row, act) in enumerate(acts):
            if tick is not None and not done % 64:
                tick(done, len(acts))
            self._try(row, act)
        for row, block, device_id in self.moved:
            self._try(row, partial(self._check_place, block, device_id))
        for row, path, spec, spot in self.added:
            self._try(row, partial(self._add, path, spec, spot))
        place_fresh(self.edit, self.library, self.fresh.values())
        return Placing(self.table.where, [row.line for row in rows], self.edit)

    def _row(self, number: int, cells: list[str], leave_out: Collection[int]) -> TableRow:
        given = {field: cells[at].strip() for field, at in self.columns.items() if at < len(cells)}
        given = {field: text for field, text in given.items() if text}
        name = spaced(given.get("name", ""))
        line = PlacingLine(number, name, "left out" if number in leave_out else "same", "As it stands")
        is_device = "device_type" in given or "rack" in given
        if is_device and "device_type" in given and "rack" not in given and "rack_type" in given:
            is_device = False
        return TableRow(line, given, is_device)

    def _try(self, row: TableRow, act: Callable[[TableRow], None]) -> None:
        if row.line.state == "problem":
            return
        try:
            act(row)
        except CagenutError as error:
            fault(row.line, error)

    # Racks.

    def _rack(self, row: TableRow) -> None:
        stands = self.names.find(row.line.name)
        if stands is None:
            self._new_rack(row)
        elif stands.is_rack:
            self._change_rack(row, stands)
        else:
            self._change_device(row, stands)

    def _new_rack(self, row: TableRow) -> None:
        given = row.given
        if "rack_type" not in given:
            cure = "Give its rack type, or for a device its device type"
            raise EditError(f"nothing is called '{row.line.name}'", cure=cure)
        spec = self.types.find(given["rack_type"], RackType)
        if "/" in row.line.name:
            raise EditError("a new rack stands in the hall itself", cure="Write its name without '/'")
        x, y = position(self.edit, given, self.factors)
        if x is None or y is None:
            raise EditError("it has no position", cure=PLACE_CURE)
        rack = NewRack(row, spec, x, y, quarter(given.get("rotation", "0")), [])
        own_fields(given)
        self.fresh[row.line.name] = rack
        row.line.state, row.line.words = "new", f"New: {spec.name} at x {x}, y {y} mm"

    def _change_rack(self, row: TableRow, stands: Standing) -> None:
        given = row.given
        if given.get("rack_type", stands.type_id) != stands.type_id:
            spec = self.types.find(given["rack_type"], RackType)
            if spec.id != stands.type_id:
                raise EditError(f"it is no {spec.name}", cure="Replace the rack in the window first")
        self._change_floor(row, stands)
        self._own(row, stands)

    def _change_floor(self, row: TableRow, stands: Standing) -> None:
        """Move and turn what stands on the floor."""
        x, y = position(self.edit, row.given, self.factors)
        turn = quarter(row.given["rotation"]) if "rotation" in row.given else stands.rotation
        wanted = (stands.x if x is None else x, stands.y if y is None else y, turn)
        if wanted == (stands.x, stands.y, stands.rotation):
            return
        if "/" in stands.path:
            group = stands.tag.rpartition("/")[0]
            raise EditError(f"it is part of '{group}'", cure="Move the group, or the rack within it")
        table = "instances" if stands.is_rack else "devices"
        self.edit.replace(table, (self.top, stands.path), x_mm=wanted[0], y_mm=wanted[1], rotation=wanted[2])
        self._say(row, f"to x {wanted[0]}, y {wanted[1]} mm, {wanted[2]}°")

    # Devices.

    def _device(self, row: TableRow) -> None:
        given = row.given
        rack_name = spaced(given.get("rack", ""))
        if rack_name in self.fresh:
            self._new_device(row, self.fresh[rack_name].spec, rack_name, "")
            return
        rack = self.names.find(rack_name) if rack_name else None
        if rack_name and (rack is None or not rack.is_rack):
            cure = "Add a row for the rack, or write its name as on the plan"
            raise EditError(f"no rack is called '{rack_name}'", cure=cure)
        stands = self.names.device(rack.path, row.line.name) if rack else self.names.find(row.line.name)
        if stands is not None:
            self._change_device(row, stands)
        elif rack is not None:
            spec = self.edit.find_type(rack.type_id)
            if not isinstance(spec, RackType):
                raise EditError("the type of the rack is missing", cure="Choose its rack type again")
            self._new_device(row, spec, rack_name, rack.path)
        else:
            self._new_on_floor(row)

    def _new_device(self, row: TableRow, rack: RackType, rack_name: str, path: str) -> None:
        if "device_type" not in row.given:
            raise EditError(
                f"no device of '{rack_name}' is called '{row.line.name}'", cure="Give its device type"
            )
        spec = self.types.find(row.given["device_type"], DeviceType)
        own_fields(row.given)
        placed = "unit" in row.given or "zone" in row.given
        spot = spot_of(row.given, rack, Spot()) if placed else None
        if path:
            self.added.append((row, path, spec, spot))
        else:
            self.fresh[rack_name].devices.append((row, spec, spot))
        row.line.state = "new"
        row.line.words = f"New: {spec.name} in {rack_name}, {where_in(rack, spec, spot)}"

    def _new_on_floor(self, row: TableRow) -> None:
        if "device_type" not in row.given:
            raise EditError(f"nothing is called '{row.line.name}'", cure="Give its device type")
        spec = self.types.find(row.given["device_type"], DeviceType)
        reason = floor_obstacle(spec)
        if reason:
            raise EditError(f"'{spec.name}' {reason}", cure="Give the rack that it is in")
        x, y = position(self.edit, row.given, self.factors)
        if x is None or y is None:
            raise EditError("it has no position", cure=PLACE_CURE)
        turn: Any = quarter(row.given.get("rotation", "0"))
        spot = Spot(x_mm=x, y_mm=y, rotation=turn)
        own = own_fields(row.given)
        place_device(self.edit, self.library, self.top, spec.id, spot, name=clean_name(row.line.name), **own)
        row.line.state, row.line.words = "new", f"New: {spec.name} at x {x}, y {y} mm"

    def _change_device(self, row: TableRow, stands: Standing) -> None:
        if row.given.get("device_type", stands.type_id) != stands.type_id:
            spec = self.types.find(row.given["device_type"], DeviceType)
            if spec.id != stands.type_id:
                raise EditError(f"it is no {spec.name}", cure="Replace its type in the window first")
        holder = stands.path.rpartition("/")[0]
        rack = self.edit.find_type(self.edit.blocks[block_at(self.edit, self.top, holder)].rack_type)
        if isinstance(rack, RackType):
            self._change_spot(row, stands, holder, rack)
        else:
            self._change_floor(row, stands)
        self._own(row, stands)

    def _change_spot(self, row: TableRow, stands: Standing, holder: str, rack: RackType) -> None:
        device = self.edit.resolve(self.top, stands.path)
        assert isinstance(device, Device)
        spot = spot_of(row.given, rack, Spot.of(device))
        if spot == Spot.of(device):
            return
        block = make_unique(self.edit, self.top, holder)
        self.edit.replace("devices", (block, device.id), **spot._asdict())
        self.moved.append((row, block, device.id))
        spec = self.edit.find_type(device.type)
        self._say(
            row, f"to {where_in(rack, spec, spot) if isinstance(spec, DeviceType) else 'another place'}"
        )

    def _check_place(self, block: str, device_id: str, row: TableRow) -> None:
        device = self.edit.devices(block)[device_id]
        spec = self.edit.find_type(device.type)
        if isinstance(spec, DeviceType):
            reason = obstacles(self.edit, block, spec, Spot.of(device), (device_id,))
            if reason:
                raise EditError(f"'{spec.name}' does not fit: {reason}", cure="Choose free units")

    def _add(self, path: str, spec: DeviceType, spot: Spot | None, row: TableRow) -> None:
        block = make_unique(self.edit, self.top, path)
        own = own_fields(row.given)
        place_device(self.edit, self.library, block, spec.id, spot, name=clean_name(row.line.name), **own)

    # What each has of its own.

    def _own(self, row: TableRow, stands: Standing) -> None:
        """Give what stands its serial, asset tag and status, on its record if that is built once."""
        wanted = own_fields(row.given)
        changed = {f: value for f, value in wanted.items() if spaced(stands.own[f]) != spaced(value)}
        if not changed:
            return
        holder = stands.path.rpartition("/")[0]
        block, last = block_at(self.edit, self.top, holder), stands.path.rpartition("/")[2]
        table = "instances" if stands.is_rack else "devices"
        record = self.edit.rows(table, block)[last]
        alone = self.placements.get(stands.holder, 1) == 1
        direct = {f: v for f, v in changed.items() if alone and hasattr(record, f) and f not in stands.over}
        if direct:
            self.edit.replace(table, (block, last), **direct)
        rest = {f: v for f, v in changed.items() if f not in direct}
        if rest:
            set_override(self.edit, self.top, stands.path, **rest)
        self._say(row, ", ".join(f"{f.replace('_', ' ')} {value}" for f, value in changed.items()))

    def _say(self, row: TableRow, words: str) -> None:
        before = f"{row.line.words}; " if row.line.state == "changed" else ""
        row.line.state, row.line.words = "changed", f"{before}{words}"
