"""A GB200 SuperPOD scalable unit of 8 NVL72 racks, and a hall of four."""

from __future__ import annotations

from core.editing.arrange import spot_at
from core.editing.blocks import new_floor_block, place_instance
from core.model.records import Block, Instance
from resources.designs.draft import Draft
from resources.designs.nvl72_racks import (
    DOWN,
    ethernet_rack,
    gb200_rack,
    port,
    rail_rack,
)

RAILS = 4
SOUTH, NORTH = 1800, 3000
"""Front edges of the two rows of a unit: a cold aisle of 1.2 m between them."""
CDU_MM = 900


def fabrics(draft: Draft) -> None:
    """Declare the fabrics."""
    draft.fabric(
        "compute", "Compute InfiniBand", "compute", "#2f6fb0",
        "One spine-leaf group for each rail: 576 node and 576 leaf-spine cables in a unit.",
    )  # fmt: skip
    note = "One BMC cable for each tray; storage and in-band fabrics are not drawn."
    draft.fabric("oob", "Out-of-band Ethernet", "out-of-band", "#8a6d3b", note)


class Unit:
    """A scalable unit being drawn, with the paths of what its cables end at."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        note = (
            "8 NVL72 racks, 576 accelerators, 32 leafs and 24 spines; two coolant units on one header, "
            "either of which carries all racks. "
            "Facility water by others. The storage and in-band fabrics and UFM are not drawn."
        )
        self.block = new_floor_block(draft.edit, "GB200 scalable unit", template="su-gb200", note=note)
        nvl72, rail, ethernet = gb200_rack(draft), rail_rack(draft), ethernet_rack(draft)
        self.racks = [self._south(nvl72, CDU_MM + 600 * k, f"r{k + 1:02}") for k in range(8)]
        self.rails = [self._north(rail, 1800 + 600 * k, f"rail-{k + 1}") for k in range(RAILS)]
        self.ethernet = self._north(ethernet, 1800 + 600 * RAILS, "eth-1")
        header = spot_at(CDU_MM + 600 * 8, SOUTH - 1600, 0)
        self.header = draft.device(self.block.id, "generic-row-manifold-16", header, "header").id
        self.cdus = [self._cdu(0, "cdu-1"), self._cdu(CDU_MM + 600 * 8, "cdu-2")]

    def _south(self, of: Block, x: int, name: str) -> Instance:
        return place_instance(
            self.draft.edit, self.block.id, of.id, x_mm=x + 600, y_mm=SOUTH, rotation=180, name=name
        )

    def _north(self, of: Block, x: int, name: str) -> Instance:
        return place_instance(self.draft.edit, self.block.id, of.id, x_mm=x, y_mm=NORTH, name=name)

    def _cdu(self, x: int, name: str) -> str:
        feeds = {"power1": "A", "power2": "B"}
        spot = spot_at(x + CDU_MM, SOUTH, 180)
        return self.draft.device(self.block.id, "vertiv-xdu1350", spot, name, feeds).id

    def path(self, instance: Instance, name: str) -> str:
        """Return the path of a device of a placed rack by its name."""
        devices = self.draft.edit.devices(instance.of).values()
        return f"{instance.id}/{next(d.id for d in devices if d.name == name)}"

    def wire(self) -> Block:
        """Draw the cables between the racks of the unit and return its block."""
        for r, rack in enumerate(self.racks):
            for tray in range(DOWN):
                node = self.path(rack, f"ct-{tray + 1:02}")
                for rail, group in enumerate(self.rails):
                    leaf = self.path(group, f"leaf-{r + 1:02}")
                    self._cable(node, [f"osfp{rail + 1}"], leaf, [port(tray)], "compute")
            taps = [f"rack-supply{r + 1}", f"rack-return{r + 1}"]
            self._cable(self.header, taps, self.path(rack, "manifold"), ["supply", "return"])
        for k, cdu in enumerate(self.cdus, 1):
            self._cable(cdu, ["supply1", "return1"], self.header, [f"supply{k}", f"return{k}"])
        switches = [self.path(rack, f"oob-{k}") for rack in self.racks for k in (1, 2)]
        switches += [self.path(group, "oob-1") for group in self.rails]
        for number, switch in enumerate(switches, 1):
            for k in (1, 2):
                aggregate = self.path(self.ethernet, f"agg-{k}")
                self._cable(switch, [f"qsfp28-{k}"], aggregate, [f"qsfp28-{number}"], "oob")
        return self.draft.edit.blocks[self.block.id]

    def _cable(self, a: str, a_ports: list[str], b: str, b_ports: list[str], fabric: str = "") -> None:
        self.draft.cable(self.block.id, a, a_ports, b, b_ports, fabric)
