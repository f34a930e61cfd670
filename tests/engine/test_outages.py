"""What lost elements cost, by hand."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from core.engine.evaluation import Evaluation
from core.engine.outages import outages_of
from core.model.types import PortGroup
from tests.engine.designs import TYPES, Design
from tests.engine.liquid import hoses, pipes, plant, wet_racks


def case_of(of: Evaluation, row: int) -> int:
    """Case in which a device alone is lost."""
    (found,) = np.flatnonzero(of.outages.device == row)
    return int(found)


def two_pdus(*, rated_w: float) -> Design:
    """A server of 10 kW that needs four of six supplies, three on each of two PDUs, these on A and B."""
    types = [msgspec.structs.replace(t, rated_w=rated_w) if t.id == "pdu" else t for t in TYPES]
    design = Design(types)
    design.sources("A", "B", capacity_w=9_000)
    design.device("hall", "server", name="s")
    for name in "AB":
        design.device("hall", "pdu", name=f"p{name}", feeds={"in": name})
        first = 1 if name == "A" else 4
        for k in range(3):
            design.power(f"p{name}", f"out{k + 1}", "s", f"psu{first + k}")
    return design


def test_a_lost_pdu_leaves_too_few_supplies_and_loads_the_other_one() -> None:
    design = two_pdus(rated_w=8_000)
    of = design.evaluate()
    found, k = of.outages, case_of(of, design.row("pA"))
    assert found.devices_dead[k] == 1
    assert found.supplies_short[k] == 1  # three of the four needed
    # 10 kW on the other PDU of 8 kW and its source of 9 kW; normally 5 kW each.
    assert found.overloaded[k] == 2
    assert found.worst_share[k] == pytest.approx(1.25)
    assert found.worst_node[k] == design.row("pB")
    assert found.accelerators_lost[k] == 0
    assert of.outages.device_worst_w[design.row("pB")] == pytest.approx(10_000)
    assert of.outages.device_worst_case[design.row("pB")] in (k, case_of_source(of, "A"))


def case_of_source(of: Evaluation, name: str) -> int:
    (found,) = np.flatnonzero(of.outages.source == of.power.feeding.sources.index(name))
    return int(found)


def test_both_sources_at_once_take_the_accelerators() -> None:
    of = two_pdus(rated_w=20_000).evaluate()
    found = outages_of(of, [((), (0,)), ((), (0, 1))])
    assert found.accelerators_lost.tolist() == [0, 8]
    assert found.devices_dead.tolist() == [1, 3]


def test_a_lost_shelf_leaves_the_busbar_short() -> None:
    design = Design()
    design.sources("A")
    design.rack("orv", "or3")
    for k in range(2):
        design.device("orv", "shelf", 1 + k, f"s{k}", feeds={"ac": "A"})
    for k in range(7):
        design.device("orv", "sled", 4 + 2 * k, f"t{k}")
    design.place("orv", "r1")
    of = design.evaluate()
    k = case_of(of, design.row("r1/s0"))
    # Seven sleds of 6 kW on one shelf of 33 kW.
    assert of.outages.busbars_short[k] == 1
    assert of.outages.busbar_short_w[k] == pytest.approx(9_000)
    assert of.outages.devices_dead[k] == 1


def test_a_lost_panel_takes_pumps_and_with_them_the_accelerators() -> None:
    design = plant(
        exchanger={
            "power_max_w": 1_000.0,
            "ports": (
                *next(t for t in plant().project.rows("types").values() if t.id == "exchanger").spec.ports,  # type: ignore[attr-defined]
                PortGroup(name="power", layer="power", direction="in", connector="t"),
            ),
        },
        wet={"accelerators": next(t for t in TYPES if t.id == "server").accelerators},  # type: ignore[union-attr]
    )
    wet_racks(design, "r1")
    design.sources("A")
    for name, kind in (("cdu", "exchanger"), ("out", "cooler")):
        design.device("hall", kind, name=name, x_mm=-3000)
    design.device("hall", "ups", name="u", feeds={"in1": "A"})
    design.power("u", "out1", "cdu", "power")
    hoses(design, "cdu", "r1/m", 1)
    pipes(design, "out", "cdu", 1)
    of = design.evaluate()
    k = case_of(of, design.row("u"))
    dead = of.outages.dead[[k]].indices.tolist()
    assert sorted(dead) == sorted([design.row("u"), design.row("cdu")])
    assert of.outages.accelerators_dead[k] == 0
    assert of.outages.accelerators_uncooled[k] == 16
    cooler = case_of(of, design.row("out"))
    assert of.outages.accelerators_uncooled[cooler] == 16


def test_a_dead_switch_cuts_hosts_off_unless_it_only_manages() -> None:
    design = Design()
    design.sources("A")
    design.fabric("f")
    design.device("hall", "pdu", name="p", feeds={"in": "A"})
    design.device("hall", "server", name="s")
    for name in ("l0", "l1"):
        design.device("hall", "switch", name=name)
    design.power("p", "out1", "l0", "psu1")
    design.power("p", "out2", "l1", "psu1")
    design.link("s", "osfp1/1", "l0", "osfp1/1", fabric="f")
    of = design.evaluate()
    k = case_of(of, design.row("p"))
    assert of.outages.accelerators_cut[k] == 8
    assert of.outages.links_lost[k] == 1
    design.link("l0", "osfp2/1", "l1", "osfp2/1", fabric="f")  # between two dead ones: still one link
    of = design.evaluate()
    assert of.outages.links_lost[k] == 2
    assert of.outages.accelerators_lost[k] == 8
