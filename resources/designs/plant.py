"""What a unit of NVL72 racks hangs on: power from the utility to the racks, heat from them to the yard."""

from __future__ import annotations

from collections.abc import Iterable

from core.editing.arrange import spot_at
from core.model.records import Device, Instance
from resources.designs.draft import Draft
from resources.designs.nvl72_unit import NORTH, SOUTH, Unit

SIDES = "AB"
SET_MM = 8400
"""Width of the plant of one unit."""
RUNS = 2
"""Busways of a side of a unit, each from a UPS of its own: four NVL72 racks and half the other racks."""
WAYS = 4
SHELF = "nvidia-power-shelf-33kw"
TRAYS = {"fibre": 2700, "copper": 2900}
"""What trays carry, and how high they hang."""
TAP_MM, TAPS = 450, 8
"""Places along the busways of a side: the busway, then its tap-offs."""
BEHIND = {"A": -400, "B": -1200}
"""Where the busways of a side are drawn: they hang over the aisle behind the racks."""
RACKS_Y, SWITCHES_Y, LENGTH = SOUTH - 1000, NORTH + 1000, 6600
SET_WALL_MM = 5700
"""Length of the wall that the plant of one unit takes: a board of 4.8 m and a passage."""
ROOM_MM, YARD_MM = 4500, 3000
BOARD_Y, UPS_Y, NEAR_Y, FAR_Y = 2100, 400, 300, 1500
"""Depth of an electrical room and a yard, and where the rows in them begin."""
PARTNER = {"cooler": "coolant unit", "chiller": "room unit"}


class Plant:
    """The plant being drawn around a finished unit and a hall of them."""

    def __init__(self, draft: Draft, hall: str, unit: Unit) -> None:
        self.draft, self.hall, self.unit = draft, hall, unit
        self.inside = unit.block.id
        self.busways: dict[str, list[str]] = {}
        self.rooms_y: dict[str, int] = {}
        self.yards_y: dict[str, int] = {}
        self.room_units: list[str] = []
        self.alone: dict[str, list[str]] = {kind: [] for kind in PARTNER}

    def draw_unit(self) -> None:
        """Draw busways, tap-offs, room units and trays of every unit."""
        racks = [*self.unit.racks, *self.unit.rails, self.unit.ethernet]
        inlets = {of: self._uncorded(of) for of in dict.fromkeys(r.of for r in racks)}
        half = len(self.unit.racks) // RUNS
        groups = [
            [*self.unit.racks[half * k : half * (k + 1)], *self.unit.rails[RUNS * k : RUNS * (k + 1)]]
            for k in range(RUNS)
        ]
        groups[-1].append(self.unit.ethernet)
        for side in SIDES:
            self.busways[side] = []
            for k, group in enumerate(groups):
                fed = [(rack, device) for rack in group for device in inlets[rack.of][side]]
                at = (k * TAPS * TAP_MM, BEHIND[side])
                self.busways[side].append(self._busway(self.inside, f"{side.lower()}{k + 1}", *at, fed))
        self._uncorded(self.inside)
        for k in range(2):
            self.room_units.append(
                self._device(self.inside, "generic-fan-wall-600", 6900, 300 + 3000 * k, f"fan-wall-{k + 1}")
            )
        for carries, z in TRAYS.items():
            for y, name in ((RACKS_Y, "racks"), (SWITCHES_Y, "switches")):
                line = ((0, y, z), (LENGTH, y, z))
                self.draft.tray(self.inside, f"{carries.capitalize()} over {name}", line, carries)
            across = ((0, RACKS_Y, z), (0, SWITCHES_Y, z))
            self.draft.tray(self.inside, f"{carries.capitalize()} across", across, carries)

    def join_trays(self, second: int, end: int) -> None:
        """Join the trays of two by two units, the second row's at `second`, up to `end` [mm]."""
        for carries, z in TRAYS.items():
            lines = {
                "row": ((LENGTH, SWITCHES_Y, z), (SET_MM, SWITCHES_Y, z)),
                "core": ((SET_MM + LENGTH, SWITCHES_Y, z), (end, SWITCHES_Y, z)),
                "rows": ((SET_MM, SWITCHES_Y, z), (SET_MM, second, z)),
                "second row": ((LENGTH, second, z), (SET_MM, second, z)),
            }
            for name, line in lines.items():
                self.draft.tray(self.hall, f"{carries.capitalize()} {name}", line, carries)

    def accept_pairs(self, loads: dict[str, float]) -> None:
        """Accept that each cooler and chiller is alone on its loop: the other of its pair takes over."""
        for kind, watts in loads.items():
            reason = f"The other {PARTNER[kind]} of the unit carries its whole load when this one stops."
            self.draft.accept(self.hall, "cooling.loop_single", self.alone[kind], watts, reason)

    def draw_rooms(self, left: int, right: int, front: int, back: int) -> None:
        """Draw along both long walls of a hall an electrical room, and the yard outside of it.

        Side A is in front of the hall, side B behind it.
        """
        for side, room, yard in zip(
            SIDES, (front - ROOM_MM, back), (front - ROOM_MM - YARD_MM, back + ROOM_MM), strict=True
        ):
            self.rooms_y[side], self.yards_y[side] = room, yard
            self.draft.area(
                self.hall, "room", f"Electrical {side}", (left, room, right, room + ROOM_MM), 4500
            )
            self.draft.area(self.hall, "room", f"Yard {side}", (left, yard, right, yard + YARD_MM), 6000)

    def draw_set(self, unit: Instance, number: int, left: int) -> dict[str, str]:
        """Draw the plant of a placed unit, from `left` on; return the boards by side."""
        boards = {}
        for s, side in enumerate(SIDES):
            board = boards[side] = self._board(side, number, left)
            for k, busway in enumerate(self.busways[side]):
                name = f"ups-{side.lower()}{number}-{k + 1}"
                ups = self._device(
                    self.hall, "generic-ups-1200kva", left + 2000 * k, self.rooms_y[side] + UPS_Y, name
                )
                self._join(self.hall, board, f"way{k + 1}", ups, "in")
                self._join(self.hall, ups, "out1", f"{unit.id}/{busway}", "feed")
            for k, cdu in enumerate(self.unit.cdus):
                self._join(self.hall, board, f"way{k + 3}", f"{unit.id}/{cdu}", f"power{s + 1}")
            self._cooling(unit, number, s, board, left)
        return boards

    def draw_core(self, boards: dict[str, str], racks: list[Instance], left: int) -> None:
        """Feed racks of the hall from a UPS and a busway of their own on each side."""
        inlets = self._uncorded(racks[0].of)
        for s, side in enumerate(SIDES):
            at = (left + 4000, self.rooms_y[side] + UPS_Y)
            ups = self._device(self.hall, "generic-ups-1200kva", *at, f"ups-{side.lower()}-core")
            fed = [(rack, device) for rack in racks for device in inlets[side]]
            spot = (racks[0].x_mm, NORTH + 1500 + 800 * s)
            busway = self._busway(self.hall, f"{side.lower()}-core", *spot, fed)
            self._join(self.hall, boards[side], "way7", ups, "in")
            self._join(self.hall, ups, "out1", busway, "feed")

    def _uncorded(self, rack: str) -> dict[str, list[Device]]:
        """Take the sources from what a rack block has corded to them; return it by side."""
        found: dict[str, list[Device]] = {side: [] for side in SIDES}
        for device in list(self.draft.edit.devices(rack).values()):
            for side in set(device.feeds.values()):
                found[side].append(self.draft.edit.replace("devices", device.key, feeds={}))
        return found

    def _busway(self, block: str, name: str, x: int, y: int, fed: Iterable[tuple[Instance, Device]]) -> str:
        """Draw a busway, and a tap-off for every four inlets: those of shelves and of PDUs apart."""
        busway = self._device(block, "generic-busway-1600a", x, y, f"busway-{name}")
        kinds = {"generic-tap-off-4x60a": ("ac",), "generic-tap-off-4x32a": ("inlet",)}
        number = 0
        for type_id, (port,) in kinds.items():
            ends = [
                f"{r.id}/{d.id}" for r, d in fed if (port == "ac") == (d.type == "nvidia-power-shelf-33kw")
            ]
            for k, end in enumerate(ends):
                if k % WAYS == 0:
                    number += 1
                    box = self._device(
                        block, type_id, x + 600 * (number - 1), y + 300, f"tap-{name}-{number}"
                    )
                    self._join(block, busway, f"tap{number}", box, "tap")
                self._join(block, box, f"way{k % WAYS + 1}", end, port)
        return busway

    def _board(self, side: str, number: int, left: int) -> str:
        """Draw transformer and generator of a side in its yard, and the switchboard in its room."""
        name = f"{side.lower()}{number}"
        at = self.yards_y[side] + NEAR_Y
        feeder = self.draft.device(
            self.hall, "generic-transformer-3000kva", spot_at(left, at, 0), f"tx-{name}", {"hv": side}
        ).id
        spare = self._device(self.hall, "cummins-dqkan", left + 3000, at, f"gen-{name}")
        board = self._device(
            self.hall, "generic-switchboard-4000a", left, self.rooms_y[side] + BOARD_Y, f"board-{name}"
        )
        self._join(self.hall, feeder, "lv", board, "in1")
        self._join(self.hall, spare, "out", board, "in2")
        return board

    def _cooling(self, unit: Instance, number: int, s: int, board: str, left: int) -> None:
        """Draw the cooler of one CDU and the chiller of one room unit."""
        y = self.yards_y[SIDES[s]] + FAR_Y
        cooler = self._device(self.hall, "generic-dry-cooler-2000", left, y, f"cooler-{number}-{s + 1}")
        cdu = f"{unit.id}/{self.unit.cdus[s]}"
        self._join(self.hall, cooler, "supply", cdu, "primary-supply")
        self._join(self.hall, cdu, "primary-return", cooler, "return")
        chiller = self._device(self.hall, "generic-chiller-1500", left + 3000, y, f"chiller-{number}-{s + 1}")
        room = f"{unit.id}/{self.room_units[s]}"
        self._join(self.hall, chiller, "supply", room, "supply")
        self._join(self.hall, room, "return", chiller, "return")
        self.alone["cooler"].append(cooler)
        self.alone["chiller"].append(chiller)
        for way, load in ((5, cooler), (6, chiller), (8, room)):
            self._join(self.hall, board, f"way{way}", load, "power")

    def _device(self, block: str, type_id: str, x: int, y: int, name: str) -> str:
        return self.draft.device(block, type_id, spot_at(x, y, 0), name).id

    def _join(self, block: str, a: str, a_port: str, b: str, b_port: str) -> None:
        self.draft.cable(block, a, [a_port], b, [b_port])
