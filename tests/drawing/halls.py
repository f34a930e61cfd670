"""Small halls with two sources, and with a coolant plant, for the schematics."""

from __future__ import annotations

from tests.engine.designs import Design
from tests.engine.liquid import hoses as hosed
from tests.engine.liquid import pipes, plant, wet_racks


def two_sided(racks: int = 2, capacity_w: float | None = 40_000) -> Design:
    """Return racks of one server of 10 kW, each with a PDU and a UPS on either side."""
    design = Design()
    design.sources("A", "B", capacity_w=capacity_w)
    design.rack("r")
    for side in "ab":
        design.device("r", "pdu", name=f"pdu-{side}", zone="left")
    design.device("r", "server", name="s")
    for k in range(1, 7):
        design.power("pdu-a" if k <= 3 else "pdu-b", f"out{k}", "s", f"psu{k}", "r")
    for n in range(1, racks + 1):
        design.place("r", f"r{n}", x_mm=600 * n)
        for side in "ab":
            ups = design.device("hall", "ups", name=f"ups-{side}{n}", feeds={"in1": side.upper()})
            design.power(ups, "out1", f"r{n}/pdu-{side}", "in")
    return design


def wet(racks: int = 4) -> Design:
    """Return racks with two trays of 10 kW (8 kW of that to liquid), two racks on each CDU."""
    design = plant()
    names = [f"r{n}" for n in range(1, racks + 1)]
    wet_racks(design, *names)
    for n in range((racks + 1) // 2):
        cdu = design.device("hall", "exchanger", name=f"cdu-{n + 1}")
        cooler = design.device("hall", "cooler", name=f"cooler-{n + 1}")
        pipes(design, cooler, cdu, 1)
        for k, rack in enumerate(names[2 * n : 2 * n + 2], 1):
            hosed(design, cdu, f"{rack}/m", k)
    return design
