"""Coolant loops: who shares them, what they carry, and who is left without."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from core.catalogue.library import Library
from core.engine.coolant_flow import BASES, OF_RACK, flow_at
from core.engine.coolants import coolant_flow_lpm
from core.engine.cooling_outages import cooling_outages
from core.engine.cooling_ratings import approach_of, rating_at
from core.engine.loops import Loops
from core.engine.loss import Loss, loss_of_device, loss_of_link
from core.model.records import Area
from core.model.types import CoolingPoint, DeviceType
from tests.engine.designs import Design, shipped
from tests.engine.liquid import TABLE, hoses, pipes, plant, wet_racks


def two_racks_on_two_cdus(**changes: dict[str, object]) -> Design:
    """Two racks of two trays (16 kW to liquid, 4 kW to air each) on one CDU each, both on one cooler."""
    design = plant(**changes)
    wet_racks(design, "r1", "r2")
    design.device("hall", "cooler", name="cooler", x_mm=9_000)
    for k in (1, 2):
        design.device("hall", "exchanger", name=f"cdu{k}", x_mm=2_000 * k, y_mm=4_000)
        hoses(design, f"cdu{k}", f"r{k}/m", 1)
        pipes(design, "cooler", f"cdu{k}", k)
    return design


def dead(design: Design, *cases: Iterable[str]) -> csr_array:
    found = np.zeros((len(cases), design.evaluator.snapshot().n_devices), bool)
    for k, names in enumerate(cases):
        found[k, [design.row(name) for name in names]] = True
    return csr_array(found)


def hot(design: Design, *names: str) -> set[str]:
    """Devices that lose coolant or air when some are dead."""
    found = design.evaluate().loops.uncooled(dead(design, names))
    snap = design.evaluator.snapshot()
    return {snap.device_path(row) for row in found.indices}


def test_a_cdu_stands_between_two_loops() -> None:
    design = two_racks_on_two_cdus()
    found = design.evaluate().loops
    assert sorted(found.loop_kind) == ["facility", "technology", "technology"]
    one, other = (found.device_loop[design.row(f"cdu{k}")] for k in (1, 2))
    assert one != other
    assert found.device_loop[design.row("r1/m")] == found.device_loop[design.row("r1/tray0")] == one
    water = found.device_primary[design.row("cdu1")]
    assert water == found.device_primary[design.row("cdu2")] == found.device_loop[design.row("cooler")]
    # two trays of 10 kW at 0.8 to liquid; the facility water carries both
    assert found.loop_heat_w[[one, other, water]].tolist() == [16_000, 16_000, 32_000]
    assert found.loop_capacity_w[[one, water]].tolist() == [20_000, 30_000]
    assert found.loop_spare[[one, water]].tolist() == [0, 0]


def test_flow_and_temperatures_of_a_loop() -> None:
    design = two_racks_on_two_cdus()
    found = design.evaluate().loops
    loop = found.device_loop[design.row("cdu1")]
    # 16 kW of PG25 at 35 degC and 10 K: 16 / (4.008 x 10) x 60
    assert found.loop_flow_lpm[loop] == pytest.approx(23.95, abs=0.01)
    assert found.loop_supply_c[loop] == 35
    assert found.loop_return_c[loop] == pytest.approx(45)
    assert found.loop_given_lpm[loop] == 40
    # a 4 K approach: facility water at 31 degC at most
    assert found.loop_facility_c[loop] == 31


def test_the_facility_water_a_loop_needs_is_its_supply_less_the_approach() -> None:
    """45 degC at 4 K asks for 41 degC (manifold engineering note)."""
    design = two_racks_on_two_cdus()
    design.require(liquid_supply_c=45.0)
    found = design.evaluate().loops
    assert found.loop_facility_c[found.device_loop[design.row("cdu1")]] == 41


def test_facility_flow_comes_from_the_brief_or_from_what_hangs_on_it() -> None:
    design = two_racks_on_two_cdus()
    water = design.evaluate().loops.loop_kind.index("facility")
    assert np.isnan(design.evaluate().loops.loop_flow_lpm[water])
    assert (water, "the brief gives no facility water supply and rise") in design.evaluate().loops.unknown
    design.require(facility_supply_c=30.0, facility_rise_k=8.0)
    found = design.evaluate().loops
    assert found.loop_flow_lpm[water] == pytest.approx(coolant_flow_lpm(32_000, "water", 30.0, 8.0))
    assert found.loop_return_c[water] == pytest.approx(38)
    rated = two_racks_on_two_cdus(exchanger={"facility_flow_lpm": 50.0}).evaluate().loops
    assert rated.loop_flow_lpm[water] == 100


def test_a_rated_approach_holds_at_it_and_above() -> None:
    design = two_racks_on_two_cdus()
    for water_c, capacity in ((31.0, 20_000.0), (28.0, 20_000.0), (32.0, np.nan)):
        design.require(facility_supply_c=water_c)
        found = design.evaluate().loops
        loop = found.device_loop[design.row("cdu1")]
        assert found.loop_capacity_w[loop] == pytest.approx(capacity, nan_ok=True)
    assert (loop, "Exchanger is rated at 4 K approach, 3 K is there") in found.unknown


def test_a_vendors_table_sets_the_flow_and_is_not_extrapolated() -> None:
    design = plant(wet={"coolant_flows": TABLE})
    wet_racks(design, "r1", trays=1)
    tray = "r1/tray0"
    for supply, flow in ((35.0, 89.0), (37.5, 104.0), (46.0, np.nan), (24.0, np.nan)):
        design.require(liquid_supply_c=supply)
        cooled = design.evaluate().cooling
        assert cooled.flows.device_lpm[design.row(tray)] == pytest.approx(flow, nan_ok=True)
        assert cooled.flow_lpm == pytest.approx(flow, nan_ok=True)
    assert cooled.flows.unknown == ("the flow table of Wet tray is for 25 to 45 degC supply, not 24 degC",)
    design.require(liquid_supply_c=40.0)
    assert design.evaluate().cooling.flows.device_drop_kpa[design.row(tray)] == pytest.approx(58.6, abs=0.05)


@pytest.mark.parametrize(("supply_c", "flow_lpm"), [(p.supply_c, p.flow_lpm) for p in TABLE])
def test_a_gb300_rack_returns_what_it_is_specified_by(supply_c: float, flow_lpm: float) -> None:
    """LP2357: with 121.5 kW to water each row of the table returns at 54.8 degC; the manifold holds it."""
    design = plant(header={"coolant_flows": TABLE}, wet={"power_max_w": 60_750.0, "liquid_fraction": 1.0})
    wet_racks(design, "r1")
    design.device("hall", "exchanger", name="cdu", y_mm=4_000)
    hoses(design, "cdu", "r1/m", 1)
    design.require(coolant="water", liquid_supply_c=supply_c)
    of = design.evaluate()
    loop = of.loops.device_loop[design.row("cdu")]
    assert of.loops.loop_heat_w[loop] == 121_500
    assert of.loops.loop_flow_lpm[loop] == pytest.approx(flow_lpm)
    assert of.loops.loop_return_c[loop] == pytest.approx(54.87, abs=0.12)
    assert of.cooling.rack_flow_lpm.tolist() == pytest.approx([flow_lpm])
    basis = of.cooling.flows.device_basis[design.row("r1/tray0")]
    assert (basis, BASES[basis]) == (OF_RACK, "the table of its rack")


def test_gb200_nvl4_trays_have_a_flow_table() -> None:
    """Lenovo Press LP2048: 7.0, 6.0, 4.8, 4.4 L/min at 45, 40, 32, 27 degC."""
    tray = Library.builtin().get("lenovo-sc777-v4")
    assert isinstance(tray, DeviceType)
    for supply, flow in ((45, 7.0), (40, 6.0), (32, 4.8), (27, 4.4), (36, 5.4)):
        assert flow_at(tray.coolant_flows, supply)[0] == pytest.approx(flow)


def test_a_lost_cdu_uncools_its_own_racks_only() -> None:
    design = two_racks_on_two_cdus()
    assert hot(design, "cdu1") == {"r1/tray0", "r1/tray1"}
    assert hot(design, "cdu1", "r1/tray0") == {"r1/tray1"}
    assert hot(design) == hot(design, "r1/tray0") == set()


def test_a_spare_cdu_keeps_the_loop() -> None:
    design = two_racks_on_two_cdus()
    design.device("hall", "exchanger", name="spare", x_mm=6_000, y_mm=4_000)
    design.link("spare", "supply1", "r1/m", "supply", layer="coolant")
    design.link("r1/m", "return", "spare", "return1", layer="coolant")
    found = design.evaluate().loops
    loop = found.device_loop[design.row("cdu1")]
    assert (found.loop_units[loop], found.loop_spare[loop], found.loop_given_lpm[loop]) == (2, 1, 80)
    assert hot(design, "cdu1") == hot(design, "spare") == set()
    assert hot(design, "cdu1", "spare") == {"r1/tray0", "r1/tray1"}


def test_what_is_dead_needs_no_cooling() -> None:
    """Two CDUs of 20 kW on 24 kW: one is too small for three trays, but not for two."""
    design = plant()
    wet_racks(design, "r1", trays=3)
    for k in (1, 2):
        design.device("hall", "exchanger", name=f"cdu{k}", x_mm=2_000 * k, y_mm=4_000)
        hoses(design, f"cdu{k}", "r1/m", 1)
    assert hot(design, "cdu1") == {"r1/tray0", "r1/tray1", "r1/tray2"}
    assert hot(design, "cdu1", "r1/tray0") == set()


def test_losing_the_facility_water_stops_the_cdus_on_it() -> None:
    design = two_racks_on_two_cdus()
    assert hot(design, "cooler") == {f"r{r}/tray{t}" for r in (1, 2) for t in (0, 1)}
    design.device("hall", "cooler", name="second", x_mm=12_000)
    for way in ("supply", "return"):
        ends = [("second", f"{way}1"), ("cooler", f"{way}3")]
        giver, taker = ends if way == "supply" else ends[::-1]
        design.link(giver[0], giver[1], taker[0], taker[1], layer="coolant")
    # 30 kW are left for 32 kW
    assert len(hot(design, "cooler")) == 4
    assert hot(design, "cooler", "r1/tray0") == set()


def test_a_dead_manifold_cuts_off_its_rack() -> None:
    design = plant(exchanger={"cooling_w": 1e6})
    wet_racks(design, "r1", "r2")
    design.device("hall", "exchanger", name="cdu", y_mm=4_000)
    for k in (1, 2):
        hoses(design, "cdu", f"r{k}/m", k)
    assert hot(design, "r1/m") == {"r1/tray0", "r1/tray1"}


def test_units_give_their_heat_to_the_room_and_rear_doors_take_it() -> None:
    design = plant()
    wet_racks(design, "r1")
    design.device("hall", "sidecar", name="cdu", y_mm=4_000)
    hoses(design, "cdu", "r1/m", 1)
    for k in (1, 2, 3, 4, 5):
        design.device("hall", "fan-wall", name=f"fan{k}", x_mm=2_000 * k, y_mm=8_000)
    air = design.evaluate().loops.air
    # 4 kW of the trays and 16 kW of the sidecar; five units of 5 kW
    assert (air.room_heat_w[0], air.room_capacity_w[0], air.room_spare[0]) == (20_000, 25_000, 1)
    assert air.unit_w[design.row("fan1")] == 4_000
    assert air.room_given_m3h[0] == 7_500
    assert hot(design, "fan1") == set()
    assert hot(design, "fan1", "fan2") == {"r1/tray0", "r1/tray1"}


def test_rear_doors_take_the_air_of_their_rack_up_to_their_rating() -> None:
    design = plant()
    design.rack("plain", "rack")
    design.device("plain", "wet", 1, "tray")
    design.device("plain", "reardoor", name="door", zone="left")
    design.place("plain", "p1")
    design.place("plain", "p2", x_mm=600)
    design.device("plain", "server", 10, "box")
    found = design.evaluate().loops.air
    # 12 kW of air in each rack, of which the door takes 3
    assert found.door_w[design.row("p1/door")] == 3_000
    assert found.room_heat_w[0] == 2 * (2_000 + 10_000 - 3_000)
    assert found.room_units[0] == 0
    assert found.room_spare[0] == -1


def test_a_pump_of_its_own_carries_the_loop() -> None:
    """A cooler feeds a tray directly over two pumps of 30 L/min; the loop needs more than one gives."""
    for watts, lost in ((10_000.0, set()), (30_000.0, {"tray"})):
        design = plant(wet={"power_max_w": watts, "liquid_fraction": 1.0}, cooler={"cooling_w": 1e6})
        design.device("hall", "wet", name="tray")
        design.device("hall", "cooler", name="cooler", x_mm=9_000)
        for k in (1, 2):
            design.device("hall", "pump", name=f"pump{k}", x_mm=3_000 * k)
            design.link("cooler", f"supply{k}", f"pump{k}", "in", layer="coolant")
            design.link(f"pump{k}", "out", "tray", "supply", layer="coolant")
        design.link("tray", "return", "cooler", "return1", layer="coolant")
        design.require(facility_supply_c=30.0, facility_rise_k=10.0)
        found = design.evaluate().loops
        assert found.pump_device.tolist() == sorted(design.row(f"pump{k}") for k in (1, 2))
        assert hot(design, "pump1") == lost
        assert hot(design, "pump1", "pump2") == {"tray"}


def test_a_loop_too_small_as_drawn_loses_nobody_more_until_its_last_unit() -> None:
    design = plant(exchanger={"cooling_w": 5_000.0})
    wet_racks(design, "r1")
    for k in (1, 2):
        design.device("hall", "exchanger", name=f"cdu{k}", x_mm=2_000 * k, y_mm=4_000)
        hoses(design, f"cdu{k}", "r1/m", 1)
    assert hot(design, "cdu1") == set()
    assert len(hot(design, "cdu1", "cdu2")) == 2


def test_a_design_without_coolant_has_no_loops() -> None:
    design = plant()
    design.device("hall", "server", name="s")
    found = design.evaluate().loops
    assert (found.n_loops, found.loop_heat_w.tolist()) == (0, [])
    assert hot(design, "s") == set()


@st.composite
def plants(draw: st.DrawFn) -> tuple[Design, list[list[str]]]:
    """Random halls of CDUs on coolers, racks on CDUs, and cases of what is dead."""
    design = plant(cooler={"cooling_w": draw(st.sampled_from([20_000.0, 40_000.0]))})
    coolers, cdus = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    names = [f"r{k}" for k in range(draw(st.integers(1, 3)))]
    wet_racks(design, *names, trays=draw(st.integers(1, 2)))
    for k in range(coolers):
        design.device("hall", "cooler", name=f"w{k}", x_mm=3_000 * k, y_mm=9_000)
    for k in range(cdus):
        design.device("hall", "exchanger", name=f"c{k}", x_mm=3_000 * k, y_mm=4_000)
        pipes(design, f"w{draw(st.integers(0, coolers - 1))}", f"c{k}", k + 1)
    for k, name in enumerate(names):
        for cdu in draw(st.sets(st.integers(0, cdus - 1), max_size=2)):
            hoses(design, f"c{cdu}", f"{name}/m", k + 1)
    pool = [f"w{k}" for k in range(coolers)] + [f"c{k}" for k in range(cdus)]
    pool += [f"{name}/{own}" for name in names for own in ("m", "tray0")]
    return design, draw(st.lists(st.lists(st.sampled_from(pool), unique=True, max_size=4), max_size=4))


def reference(design: Design, found: Loops, gone: set[int]) -> set[int]:
    """The same by removing nodes from a graph, one case at a time."""
    snap = design.evaluator.snapshot()
    kind = {row: snap.specs.specs[s].type for row, s in enumerate(snap.device_spec.tolist())}
    graph = nx.Graph()
    a, b = found.plumbing.edges
    n = snap.n_devices
    broken = {row for row in gone if kind[row].kind == "manifold"}
    graph.add_edges_from((int(x), int(y)) for x, y in zip(a, b, strict=True))
    graph.remove_nodes_from(broken)
    whole = nx.Graph([(int(x), int(y)) for x, y in zip(a, b, strict=True)])

    def serves(sources: list[int], load: dict[int, float], off: set[int], nodes: set[int]) -> bool:
        """Whether what is left of some sources carries the load, if it did before."""
        rated = {s: kind[s].cooling_w or 0.0 for s in sources}
        before = sum(load.values())
        after = sum(w for row, w in load.items() if row not in gone)
        if not set(sources) & off or not after:
            return True
        left = sum(w for s, w in rated.items() if s not in off)
        if not set(sources) - off:
            return False
        return before > sum(rated.values()) or left >= after

    off, result = set(gone), set()
    for _ in range(4):
        result = set()
        for nodes in nx.connected_components(whole):
            wet = [d for d in nodes if d < n and found.device_liquid_w[d] > 0]
            cdus = [d for d in nodes if d < n and kind[d].kind == "cdu"]
            coolers = [d for d in nodes if d < n and kind[d].kind == "heat-rejection"]
            behind = [d - n for d in nodes if n <= d < 2 * n]
            if cdus and not serves(cdus, {d: found.device_liquid_w[d] for d in wet}, off, nodes):
                result |= set(wet)
            if coolers:
                load: dict[int, float] = {}
                for cdu in behind:
                    for part in nx.connected_components(whole):
                        if cdu in part:
                            share = len([c for c in part if c < n and kind[c].kind == "cdu"])
                            for d in part:
                                if d < n and found.device_liquid_w[d] > 0:
                                    load[d] = load.get(d, 0.0) + found.device_liquid_w[d] / share
                if not serves(coolers, load, off, nodes):
                    off |= set(behind)
            headers = {d for d in nodes if d < n and kind[d].kind == "manifold"}
            for cut in wet if broken & nodes else []:
                reach = nx.node_connected_component(graph, cut) if cut in graph else {cut}
                if not reach & ((set(cdus) - gone) or headers - gone):
                    result.add(cut)
    return result - gone


def _assert_heat_is_kept(design: Design, found: Loops) -> None:
    """What devices give arrives in loops, and what CDUs take in the facility water."""
    cooled = design.evaluate().cooling
    kinds = np.array(found.loop_kind)
    inner = found.loop_heat_w[kinds != "facility"].sum()
    assert inner == pytest.approx(cooled.liquid_w)
    on_cdus = found.unit_heat_w[found.device_primary[found.unit_device] >= 0]
    assert found.loop_heat_w[kinds == "facility"].sum() == pytest.approx(on_cdus.sum())
    for loop in np.unique(found.unit_loop):
        assert found.unit_heat_w[found.unit_loop == loop].sum() == pytest.approx(found.loop_heat_w[loop])


@given(plants())
def test_all_cases_at_once_agree_with_one_at_a_time(drawn: tuple[Design, list[list[str]]]) -> None:
    design, cases = drawn
    found = design.evaluate().loops
    if not cases:
        return
    _assert_heat_is_kept(design, found)
    left = found.uncooled(dead(design, *cases))
    for k, names in enumerate(cases):
        gone = {design.row(name) for name in names}
        got = set(left.indices[left.indptr[k] : left.indptr[k + 1]].tolist())
        assert got == reference(design, found, gone), names


def test_every_unit_lost_in_turn() -> None:
    design = two_racks_on_two_cdus()
    design.device("hall", "fan-wall", name="fan", x_mm=20_000)
    design.device("hall", "fan-wall", name="fan2", x_mm=22_000)
    of = design.evaluate()
    cases = cooling_outages(of.loops, of.hydraulics)
    by_name = {design.evaluator.snapshot().device_path(row): k for k, row in enumerate(cases.device)}
    assert set(by_name) == {"cdu1", "cdu2", "cooler", "fan", "fan2"}
    assert [cases.uncooled[by_name[n]] for n in ("cdu1", "cooler", "fan")] == [2, 4, 4]
    assert [cases.load_w[by_name[n]] for n in ("cdu1", "cooler", "fan")] == [16_000, 32_000, 8_000]
    assert [cases.left_w[by_name[n]] for n in ("cdu1", "cooler", "fan")] == [0, 0, 5_000]
    assert cases.room[by_name["fan"]] == 0
    assert cases.loop[by_name["fan"]] == -1
    assert np.isnan(cases.hold_s[by_name["cdu1"]])


def test_rooms_are_balanced_apart() -> None:
    """A tray (2 kW to air) in each of two rooms, one outside; the unit of one room helps no other."""
    design = plant()
    for k, left in enumerate((0, 10_000)):
        corners = ((left, 0), (left + 8_000, 0), (left + 8_000, 8_000), (left, 8_000))
        design.put(("areas", Area(block="hall", id=f"a{k}", kind="room", name=f"Room {k}", points=corners)))
    for name, x in (("one", 1_000), ("two", 11_000), ("out", 30_000)):
        design.device("hall", "wet", name=name, x_mm=x, y_mm=1_000)
    design.device("hall", "fan-wall", name="fan", x_mm=2_000, y_mm=1_000)
    design.device("hall", "cooler", name="cooler", x_mm=12_000, y_mm=4_000)
    air = design.evaluate().loops.air
    assert set(air.room_name) == {"", "Room 0", "Room 1"}
    room = {name: air.device_room[design.row(name)] for name in ("one", "two", "out", "fan")}
    assert room["one"] == room["fan"] != room["two"]
    assert room["out"] == 0
    assert air.room_heat_w.tolist() == [2_000] * 3
    assert air.room_units[[room["one"], room["two"]]].tolist() == [1, 0]
    assert hot(design, "fan") == {"one"}


def test_a_containment_with_its_own_units_is_a_room() -> None:
    """Two trays in a hall of one unit; a containment around one tray and another unit stands by itself."""
    design = plant()
    hall = ((0, 0), (20_000, 0), (20_000, 8_000), (0, 8_000))
    design.put(("areas", Area(block="hall", id="a", kind="room", name="Hall", points=hall)))
    for name, x in (("one", 1_000), ("two", 11_000)):
        design.device("hall", "wet", name=name, x_mm=x, y_mm=1_000)
        design.device("hall", "fan-wall", name=f"fan-{name}", x_mm=x + 1_000, y_mm=1_000)
    pod = ((10_000, 0), (15_000, 0), (15_000, 8_000), (10_000, 8_000))
    design.put(("areas", Area(block="hall", id="c", kind="containment", name="Pod", points=pod)))
    of = design.evaluate()
    assert of.rooms.name == ("", "Hall", "Pod")
    assert of.rooms.contained == (False, True, True)
    assert of.loops.air.room_heat_w.tolist() == [0, 2_000, 2_000]
    assert hot(design, "fan-two") == {"two"}
    aisle = ((10_500, 0), (11_500, 0), (11_500, 8_000), (10_500, 8_000))
    design.change("areas", "hall", "c", points=aisle)
    of = design.evaluate()
    assert (of.rooms.name, of.rooms.contained) == (("", "Hall"), (False, True))


def test_moving_a_rack_within_its_room_leaves_the_loops() -> None:
    design = two_racks_on_two_cdus()
    before = design.evaluate().loops
    design.change("instances", "hall", "r1", x_mm=300, y_mm=500)
    assert design.evaluate().loops is before


def test_a_table_of_ratings_is_interpolated_over_the_approach() -> None:
    rows = tuple(CoolingPoint(cooling_w=w, approach_k=k) for k, w in ((3.0, 800e3), (5.0, 1200e3)))
    cdu = DeviceType(id="c", name="C", kind="cdu", cooling_points=rows)
    assert rating_at(cdu, 4.0).cooling_w == 1000e3
    assert rating_at(cdu, 9.0).cooling_w == 1200e3
    assert np.isnan(rating_at(cdu, 2.0).cooling_w)
    assert rating_at(cdu, 2.0).why == "C is rated from 3 K approach, 2 K is there"
    assert rating_at(cdu, None).why == "heat removal of C is not known"
    assert approach_of(cdu) == 3.0
    assert np.isnan(approach_of(DeviceType(id="d", name="D", kind="cdu")))


def test_what_breaks_follows_the_coolant() -> None:
    """A hose, a manifold or a dark CDU: the trays behind it are named, not only what it was plugged into."""
    design = two_racks_on_two_cdus()
    evaluation = design.evaluate()
    snap = evaluation.snapshot

    def named(loss: Loss) -> set[str]:
        return {snap.device_path(row) for row in loss.uncooled}

    trays = {"r1/tray0", "r1/tray1"}
    assert named(loss_of_device(evaluation, "cdu1")) == {"r1/m"} | trays
    assert named(loss_of_device(evaluation, "r1/m")) == trays
    hose = next(
        link.id
        for link in design.project.links("hall").values()
        if (link.a.path, link.b.path) == ("cdu1", "r1/m")
    )
    assert named(loss_of_link(evaluation, hose)) == {"r1/m"} | trays


def test_gb300_racks_of_the_catalogue_on_two_cdus() -> None:
    """Two racks (table: 119 L/min at 40 degC) behind a row manifold; one XDU1350 of 1,368 kW carries both."""
    design = shipped()
    design.rack("gb300", "nvidia-mgx-nvl72")
    for k in range(18):
        design.device("gb300", "nvidia-gb300-compute-tray", 1 + k, f"ct{k}")
    design.device("gb300", "nvidia-gb300-nvl72-manifold", name="m", zone="manifold-left")
    design.device("hall", "generic-row-manifold-16", name="row", y_mm=5_000)
    for k in (1, 2):
        design.place("gb300", f"r{k}", x_mm=600 * k)
        design.device("hall", "vertiv-xdu1350", name=f"cdu{k}", x_mm=2_000 * k, y_mm=8_000)
        for a, a_port, b, b_port in (
            (f"cdu{k}", "supply1", "row", f"supply{k}"), ("row", f"return{k}", f"cdu{k}", "return1"),
            ("row", f"rack-supply{k}", f"r{k}/m", "supply"), (f"r{k}/m", "return", "row", f"rack-return{k}"),
        ):  # fmt: skip
            design.link(a, a_port, b, b_port, layer="coolant")
    design.require(liquid_supply_c=40.0, facility_supply_c=36.0)
    of = design.evaluate()
    assert of.loops.loop_kind == ("technology",)
    assert of.loops.loop_flow_lpm[0] == pytest.approx(2 * 119)
    assert of.loops.loop_given_lpm[0] == 2 * 1800
    assert of.loops.loop_capacity_w[0] == 2 * 1_368_000
    assert (of.loops.loop_spare[0], of.loops.loop_facility_c[0]) == (1, 36.0)
    assert of.hydraulics.loop_drop_kpa[0] == pytest.approx(58.6)
    assert of.hydraulics.loop_head_left_kpa[0] == pytest.approx(198 - 58.6)
    assert hot(design, "cdu1") == set()
    assert len(hot(design, "cdu1", "cdu2")) == 36
    assert len(hot(design, "row")) == 36
    design.require(facility_supply_c=37.0)
    assert np.isnan(design.evaluate().loops.loop_capacity_w[0])


def test_the_draw_of_a_dry_cooler_goes_outdoors() -> None:
    indoors = two_racks_on_two_cdus().evaluate()
    found = two_racks_on_two_cdus(cooler={"power_max_w": 5_000.0}).evaluate()
    assert found.power.total_max_w == indoors.power.total_max_w + 5_000
    assert found.cooling.air_w == indoors.cooling.air_w
    assert found.cooling.liquid_w == indoors.cooling.liquid_w
