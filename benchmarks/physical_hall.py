"""The hall of 1,152 racks of `synthetic` with all it hangs on: power from the utility, coolant, trays.

No published design. Each unit of eight racks has two sides of power (UPS, busway, a tap-off for each rack),
two coolant units of four racks each, a dry cooler for each of these, a room unit with a chiller, and trays;
two units share a transformer, a generator and a switchboard on each side.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.synthetic import RACKS, SHELVES, hall_1152
from core.catalogue.library import Library
from core.editing.parts import qualify
from core.editing.place import place_device
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Device, End, Link, Pathway, TypeRecord
from core.model.types import Layer

Carries = Literal["", "fibre", "copper", "power", "coolant"]
SIDES = "AB"
UNITS_OF_A_BOARD = 2
BOARD_X, PLANT_Y = -30_000, -30_000
"""Plant stands in front and to the left of the hall."""


class Plant:
    """Power and cooling being drawn around a finished hall."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.library = Library.builtin()
        self.edit = Edit(project, "Draw the plant")
        self.joined = 0
        self.hall = project.setting("top", "")
        (unit,) = {i.of for i in project.instances(self.hall).values() if i.name.startswith("su-")}
        self.unit = str(unit)
        self.units = sorted(
            (i for i in project.instances(self.hall).values() if i.of == self.unit), key=lambda i: i.id
        )

    def device(self, block: str, type_id: str, x: int, y: int, name: str, **feeds: str) -> str:
        """Place a floor-standing device and return its id; in bulk, with no search for free floor."""
        if ("", type_id) not in {r.key for r in self.edit.every("types")}:
            self.edit.put("types", TypeRecord(id=type_id, spec=self.library.get(type_id)))
        record = Device(block=block, id=name, type=type_id, name=name, x_mm=x, y_mm=y, feeds=feeds)
        return self.edit.put("devices", record).id

    def join(self, block: str, a: str, a_port: str, b: str, b_port: str) -> None:
        """Join two ports."""
        layer: Layer = "coolant" if "supply" in a_port + b_port or "return" in a_port + b_port else "power"
        self.joined += 1
        ends = {"a": End(a, (a_port,)), "b": End(b, (b_port,))}
        self.edit.put("links", Link(block=block, id=f"p{self.joined:05}", layer=layer, **ends))

    def draw_unit(self) -> dict[str, str]:
        """Draw what every unit has, and return the ids of what the hall joins."""
        racks = sorted(
            (i for i in self.edit.instances(self.unit).values() if i.name.startswith("r")),
            key=lambda i: i.name,
        )[:RACKS]
        (rack,) = {i.of for i in racks}
        manifold = place_device(self.edit, self.library, rack, "mgx-nvl72-manifold", None, name="manifold").id
        shelves = sorted(
            (d for d in self.edit.devices(rack).values() if d.name.startswith("ps-")), key=lambda d: d.name
        )
        for shelf in shelves:
            self.edit.replace("devices", shelf.key, feeds={})
        outer: dict[str, str] = {}
        for s, side in enumerate(SIDES):
            ups = self.device(self.unit, "generic-ups-1200kva", 5400 + 900 * s, 2400, f"ups-{side}")
            busway = self.device(self.unit, "generic-busway-1600a", 0, 1300 + 200 * s, f"busway-{side}")
            self.join(self.unit, ups, "out1", busway, "feed")
            outer[f"ups-{side}"] = ups
            for r, instance in enumerate(racks):
                box = self.device(
                    self.unit, "generic-tap-off-4x60a", 600 * r, 1300 + 200 * s, f"tap-{side}{r + 1}"
                )
                self.join(self.unit, busway, f"tap{r + 1}", box, "tap")
                for k in range(SHELVES // 2):
                    shelf = shelves[SHELVES // 2 * s + k]
                    self.join(self.unit, box, f"way{k + 1}", f"{instance.id}/{shelf.id}", "ac")
        for c in range(2):
            cdu = self.device(self.unit, "vertiv-xdu1350", 4800 + 900 * c, 0, f"cdu-{c + 1}")
            outer[f"cdu-{c + 1}"] = cdu
            for k in range(RACKS // 2):
                end = f"{racks[RACKS // 2 * c + k].id}/{manifold}"
                self.join(self.unit, cdu, f"supply{k + 1}", end, "supply")
                self.join(self.unit, end, "return", cdu, f"return{k + 1}")
        outer["room"] = self.device(self.unit, "generic-fan-wall-600", 6600, 0, "fan-wall")
        for n, (y, name) in enumerate(((300, "racks"), (2700, "switches"))):
            for carries, z in (("fibre", 2700), ("copper", 2900), ("power", 3100)):
                points = ((-600, y, z), (7200, y, z))
                self.path(self.unit, f"tray-{name}-{carries}", f"t{n}{carries[0]}", points, carries)
        for carries, z in (("fibre", 2700), ("copper", 2900)):
            self.path(
                self.unit, f"cross-{carries}", f"x{carries[0]}", ((-600, 300, z), (-600, 2700, z)), carries
            )
        return outer

    def path(
        self,
        block: str,
        name: str,
        path_id: str,
        points: tuple[tuple[int, int, int], ...],
        carries: Carries,
        size_mm: tuple[int, int] = (600, 100),
    ) -> None:
        """Draw a tray."""
        width, depth = size_mm
        record = Pathway(block=block, id=path_id, kind="tray", name=name, points=points,
                         width_mm=width, depth_mm=depth, carries=carries)  # fmt: skip
        self.edit.put("pathways", record)

    def draw_hall(self, outer: dict[str, str]) -> None:
        """Draw what units share, and join it to them."""
        for s, side in enumerate(SIDES):
            for n in range(0, len(self.units), UNITS_OF_A_BOARD):
                number, x = n // UNITS_OF_A_BOARD + 1, BOARD_X - 12_000 * s
                y = 6000 * (n // UNITS_OF_A_BOARD)
                transformer = self.device(
                    self.hall, "generic-transformer-3000kva", x, y, f"tx-{side}{number:02}", hv=side
                )
                generator = self.device(self.hall, "cummins-dqkan", x, y + 2500, f"gen-{side}{number:02}")
                board = self.device(
                    self.hall, "generic-switchboard-4000a", x + 4000, y, f"board-{side}{number:02}"
                )
                self.join(self.hall, transformer, "lv", board, "in1")
                self.join(self.hall, generator, "out", board, "in2")
                for k, unit in enumerate(self.units[n : n + UNITS_OF_A_BOARD]):
                    self.join(self.hall, board, f"way{4 * k + 1}", f"{unit.id}/{outer[f'ups-{side}']}", "in")
                    for c in (1, 2):
                        cdu = f"{unit.id}/{outer[f'cdu-{c}']}"
                        self.join(self.hall, board, f"way{4 * k + 1 + c}", cdu, f"power{s + 1}")
                    if s == 0:
                        room = f"{unit.id}/{outer['room']}"
                        self.join(self.hall, board, f"way{4 * k + 4}", room, "power")
                        self._cooling(n + k, f"{unit.id}", outer, board, 9 + 3 * k)
        for n in range(12):
            y = 4800 * n + 1500
            for carries, z in (("fibre", 2700), ("copper", 2900)):
                self.path(self.hall, f"row-{n + 1}-{carries}", f"m{n}{carries[0]}",
                          ((-3000, y, z), (92_000, y, z)), carries)  # fmt: skip
        for carries, z in (("fibre", 2700), ("copper", 2900)):
            self.path(self.hall, f"main-{carries}", f"main{carries[0]}",
                      ((-3000, 0, z), (-3000, 58_000, z)), carries, size_mm=(900, 200))  # fmt: skip

    def _cooling(self, number: int, unit: str, outer: dict[str, str], board: str, way: int) -> None:
        x = 3000 * number
        for c in (1, 2):
            cooler = self.device(
                self.hall, "generic-dry-cooler-2000", x, PLANT_Y - 6000 * c, f"cooler-{number + 1:03}-{c}"
            )
            cdu = f"{unit}/{outer[f'cdu-{c}']}"
            self.join(self.hall, cooler, "supply", cdu, "primary-supply")
            self.join(self.hall, cdu, "primary-return", cooler, "return")
            self.join(self.hall, board, f"way{way + c - 1}", cooler, "power")
        chiller = self.device(
            self.hall, "generic-chiller-1500", x, PLANT_Y - 18_000, f"chiller-{number + 1:03}"
        )
        room = f"{unit}/{outer['room']}"
        self.join(self.hall, chiller, "supply", room, "supply")
        self.join(self.hall, room, "return", chiller, "return")
        self.join(self.hall, board, f"way{way + 2}", chiller, "power")


def physical_hall() -> Project:
    """Return the hall; the same design every time."""
    project = hall_1152()
    plant = Plant(project)
    plant.draw_hall(plant.draw_unit())
    qualify(plant.edit, plant.library)
    History(project).commit(plant.edit.change())
    return project


if __name__ == "__main__":
    built = physical_hall()
    placed = built.placements()
    devices = sum(placed.get(d.block, 0) for d in built.every("devices"))
    links = sum(link.count * placed.get(link.block, 0) for link in built.every("links"))
    ways = sum(placed.get(p.block, 0) for p in built.every("pathways"))
    print(f"{built.count():,} records, {devices:,} devices, {links:,} links, {ways:,} pathways")
