"""Who feeds whom, and what is left when a source is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.engine.power import Power
from core.model.records import PowerSource
from tests.engine.designs import TYPES, Design, feeds, psus


def of(design: Design) -> Power:
    return design.evaluate().power


def server_fed(**inlets: str) -> Design:
    design = Design()
    design.sources(*inlets)
    design.rack("r")
    design.device("r", "server", name="s", feeds=feeds(**inlets))
    design.place("r", "r1")
    return design


def test_load_cases_are_never_mixed() -> None:
    design = server_fed(A="psu1 psu2 psu3", B="psu4 psu5 psu6")
    power = of(design)
    assert (power.total_typical_w, power.total_max_w, power.total_peak_w) == (7_000, 10_000, 12_000)
    assert power.source_w(0).tolist() == pytest.approx([5_000, 5_000])
    assert power.typical.source_w.tolist() == pytest.approx([3_500, 3_500])
    assert power.peak.source_w.tolist() == pytest.approx([6_000, 6_000])


def test_three_and_three_of_six_fail_where_four_are_needed() -> None:
    power = of(server_fed(A="psu1 psu2 psu3", B="psu4 psu5 psu6"))
    assert power.device_short.tolist() == [[True], [True]]
    assert power.source_w(1).tolist() == pytest.approx([0, 10_000])  # it goes on at its maximum


def test_two_and_two_and_two_of_six_keep_four() -> None:
    power = of(server_fed(A="psu1 psu2", B="psu3 psu4", C="psu5 psu6"))
    assert not power.device_short.any()
    assert power.source_w(0).tolist() == pytest.approx([10_000 / 3] * 3)
    assert power.source_w(2).tolist() == pytest.approx([5_000, 0, 5_000])


def test_a_single_source_leaves_nothing() -> None:
    power = of(server_fed(A="psu1 psu2 psu3 psu4 psu5 psu6"))
    assert power.device_short.tolist() == [[True]]
    assert power.maximum[1].device_alive.tolist() == [False]
    assert power.maximum[1].source_w.tolist() == [0]


def test_supplies_are_spread_over_the_inlets_of_a_type() -> None:
    """Six supplies behind two inlets, three needed: one inlet is enough."""
    types = [
        replace(t, supplies_needed=3, ports=(*t.ports[:2], psus(2))) if t.id == "server" else t for t in TYPES
    ]
    design = Design(types)  # type: ignore[arg-type]
    design.sources("A", "B")
    design.device("hall", "server", feeds=feeds(A="psu1", B="psu2"))
    assert not of(design).device_short.any()


def busbar(shelves_a: int, shelves_b: int, sleds: int, sled_w: float) -> Design:
    design = Design()
    design.sources("A", "B")
    design.rack("o", "or3")
    for k in range(shelves_a + shelves_b):
        design.device("o", "shelf", 30 + k, feeds={"ac": "A" if k < shelves_a else "B"})
    for k in range(sleds):
        design.device("o", "sled", 1 + k, power_limit_w=sled_w)
    design.place("o", "o1")
    return design


def test_half_of_eight_shelves_gives_132_kw_against_142() -> None:
    """8 x 33 kW as two sides: 132 kW left for a GB300 NVL72 rack's 142 kW (HPE QuickSpecs)."""
    power = of(busbar(4, 4, 24, 142_000 / 24))
    # normal: 264 kW of shelves; with a side lost 4 x 33 = 132 kW: 10 kW short
    assert power.busbar_short_w[:, 0].tolist() == pytest.approx([0, 10_000, 10_000])
    # each side carries 71 kW / 0.975 in normal operation, all of it alone
    assert power.source_w(0).tolist() == pytest.approx([71_000 / 0.975] * 2)
    assert power.source_w(1).tolist() == pytest.approx([0, 142_000 / 0.975])
    assert not power.device_short.any()  # shelves are judged by their busbar


def test_shelves_that_may_fail() -> None:
    power = of(busbar(4, 4, 24, 142_000 / 24))
    # 8 x 33 = 264 kW for 142 kW: 122 kW to spare is three shelves of 33 kW
    assert (power.rack_shelves[0], power.rack_shelves_spare[0]) == (8, 3)
    power = of(busbar(4, 4, 22, 6_000))  # 132 kW: exactly four
    assert power.rack_shelves_spare[0] == 4
    power = of(busbar(1, 0, 6, 6_000))  # 36 kW on one shelf of 33 kW
    assert (power.rack_shelves[0], power.rack_shelves_spare[0]) == (1, 0)


def test_a_busbar_within_its_survivors_holds() -> None:
    assert not of(busbar(4, 4, 22, 6_000)).busbar_short_w.any()  # 132 kW


def test_shelves_share_by_rating_and_lose_by_efficiency() -> None:
    design = busbar(1, 2, 1, 6_000)
    power = of(design)
    # 6 kW over three equal shelves: 2 kW each, 2 / 0.975 at the inlet
    assert power.source_w(0).tolist() == pytest.approx([2_000 / 0.975, 4_000 / 0.975])
    shelf = next(k for k in range(4) if design.evaluate().snapshot.device_path(k) == "o1/shelf-1")
    assert power.normal.device_heat_w[shelf] == pytest.approx(2_000 / 0.975 - 2_000)
    assert power.rack_max_w.tolist() == pytest.approx([6_000 / 0.975])


def test_a_busbar_without_shelf_feeds_nobody() -> None:
    design = busbar(0, 0, 2, 6_000)
    power = of(design)
    assert power.feeding.device_inlets.tolist() == [0, 0]
    assert power.total_max_w == 12_000


def test_batteries_carry_no_lasting_load() -> None:
    design = busbar(1, 0, 1, 6_000)
    design.device("o", "battery", 40)
    assert of(design).source_w(0).tolist() == pytest.approx([6_000 / 0.975, 0])


def test_a_pdu_carries_what_hangs_on_it() -> None:
    design = Design()
    design.sources("A")
    design.rack("r")
    design.device("r", "server", name="s")
    design.device("r", "pdu", name="p", zone="left", feeds={"in": "A"})
    design.place("r", "r1")
    for k in range(6):
        design.power("p", f"out{k + 1}", "s", f"psu{k + 1}", "r")
    power = of(design)
    assert power.source_w(0).tolist() == pytest.approx([10_000])
    assert power.passing_worst_w[design.row("r1/p")] == pytest.approx(10_000)
    assert power.total_max_w == 10_000  # the PDU has no losses of its own
    design.change("devices", "r", "p", feeds={})
    assert of(design).source_w(0).tolist() == [0]  # nothing feeds the PDU, the draw is still there
    assert of(design).total_max_w == 10_000


def ups_chain(*, generator: bool = False) -> Design:
    design = Design()
    design.sources("A")
    design.device("hall", "ups", name="u", feeds={"in1": "A"})
    design.device("hall", "ups", name="v", x_mm=3_000)
    design.power("u", "out1", "v", "in1")
    if generator:
        design.device("hall", "generator", name="g", x_mm=9_000)
        design.power("g", "out1", "u", "in2")
    return design


def test_efficiency_works_along_a_chain() -> None:
    design = ups_chain()
    design.device("hall", "server", name="s", x_mm=6_000)
    # terminals against C20: connectors are a matter of rules, not of the flow
    design.power("v", "out1", "s", "psu1")
    power = of(design)
    assert power.source_w(0)[0] == pytest.approx(10_000 / 0.95 / 0.95)
    assert power.total_max_w == pytest.approx(10_000 / 0.95 / 0.95)
    assert power.passing_worst_w[design.row("u")] == pytest.approx(10_000 / 0.95)


def test_a_generator_carries_only_what_nothing_else_does() -> None:
    design = ups_chain(generator=True)
    design.device("hall", "server", name="s", x_mm=6_000)
    design.power("v", "out1", "s", "psu1")
    power = of(design)
    assert power.source_w(0)[0] == pytest.approx(10_000 / 0.95 / 0.95, rel=1e-6)
    assert power.maximum[1].device_alive.all()
    assert power.maximum[1].device_through_w[design.row("g")] == pytest.approx(10_000 / 0.95 / 0.95)


def test_the_board_of_the_generators_stands_by_as_they_do() -> None:
    design = Design()
    design.sources("A")
    for k, name in enumerate(("board", "u")):
        design.device("hall", "ups", name=name, x_mm=3_000 * k)
    design.change("devices", "hall", "u", feeds={"in1": "A"})
    design.device("hall", "generator", name="g", x_mm=9_000)
    design.power("g", "out1", "board", "in1")
    design.power("board", "out1", "u", "in2")
    design.device("hall", "server", name="s", x_mm=6_000)
    design.power("u", "out1", "s", "psu1")
    power = of(design)
    board = design.row("board")
    assert np.flatnonzero(power.feeding.stands_by).tolist() == sorted([board, design.row("g")])
    assert power.normal.device_through_w[board] == pytest.approx(0, abs=1e-3)
    assert power.maximum[1].device_through_w[board] == pytest.approx(10_000 / 0.95)


def block_redundant(blocks: str) -> Design:
    """A UPS of 1 MW for each block, a reserve on a catcher, and a static switch (a PDU) of 10 kW on both."""
    switch = replace(next(t for t in TYPES if t.id == "ups"), id="sts", kind="floor-pdu", efficiency=1.0)
    design = Design([*TYPES, switch])
    design.sources(*blocks)
    design.put(("sources", PowerSource(id="R", name="R", kind="catcher")))
    design.device("hall", "ups", name="u-R", y_mm=9_000, feeds={"in1": "R"})
    for k, block in enumerate(blocks):
        x_mm = 3_000 * k
        design.device("hall", "ups", name=f"u-{block}", x_mm=x_mm, feeds={"in1": block})
        design.device("hall", "sts", name=f"t-{block}", x_mm=x_mm, y_mm=3_000)
        design.power(f"u-{block}", "out1", f"t-{block}", "in1")
        design.power("u-R", f"out{k + 1}", f"t-{block}", "in2")
        design.device("hall", "server", name=f"s-{block}", x_mm=x_mm, y_mm=6_000)
        design.power(f"t-{block}", "out1", f"s-{block}", "psu1")
    return design


def test_a_catcher_takes_the_block_that_is_lost_and_nothing_before() -> None:
    design = block_redundant("ABC")
    of_design = design.evaluate()
    power = of_design.power
    ask = 10_000 / 0.95
    order = [power.feeding.sources.index(name) for name in "ABCR"]
    assert power.source_w(0)[order] == pytest.approx([ask, ask, ask, 0], abs=1e-3)
    lost_b = 1 + power.feeding.sources.index("B")
    assert power.source_w(lost_b)[order] == pytest.approx([ask, 0, ask, ask], rel=1e-6)
    assert power.maximum[lost_b].device_alive[design.row("s-B")]
    # Any one element: the reserve takes one block at most.
    reserve = design.row("u-R")
    assert of_design.outages.device_worst_w[reserve] == pytest.approx(10_000, rel=1e-6)
    (lost,) = np.flatnonzero(of_design.outages.device == reserve)
    assert of_design.outages.devices_dead[lost] == 1


def test_a_loop_is_cut_and_named_and_nothing_drops_out() -> None:
    design = Design()
    design.sources("A")
    for name in "uvw":
        design.device("hall", "ups", name=name, x_mm=3_000 * "uvw".index(name))
    design.power("u", "out1", "v", "in1")
    design.power("v", "out1", "u", "in1")
    design.power("v", "out2", "w", "in1")
    design.device("hall", "server", name="s", x_mm=12_000, feeds={"psu2": "A"})
    design.power("w", "out1", "s", "psu1")
    power = of(design)
    assert sorted(design.evaluate().snapshot.device_path(k) for k in power.feeding.looped) == ["u", "v"]
    assert power.source_w(0)[0] == pytest.approx(5_000)
    # 5 kW through w and v: 5 / 0.95 / 0.95, all turned into heat
    assert power.total_max_w == pytest.approx(5_000 + 5_000 / 0.95**2)


def test_an_inlet_with_a_link_needs_no_feed() -> None:
    design = Design()
    design.sources("A", "B")
    design.device("hall", "ups", name="u", feeds={"in1": "A"})
    design.device("hall", "ups", name="v", x_mm=3_000, feeds={"in1": "B"})
    design.device("hall", "server", name="s", x_mm=6_000, feeds={"psu1": "B"})
    design.power("v", "out1", "s", "psu1")
    design.power("u", "out1", "v", "in1")
    assert of(design).source_w(0).tolist() == pytest.approx([10_000 / 0.95**2, 0])


def test_a_cap_bounds_maximum_and_peak_and_the_outer_one_wins() -> None:
    design = server_fed(A="psu1 psu2 psu3 psu4 psu5 psu6")
    design.change("devices", "r", "s", power_limit_w=8_000.0)
    power = of(design)
    assert (power.total_typical_w, power.total_max_w, power.total_peak_w) == (7_000, 8_000, 8_000)
    design.override("r1/s", power_limit_w=6_500.0)
    power = of(design)
    assert (power.total_typical_w, power.total_max_w, power.total_peak_w) == (6_500, 6_500, 6_500)


def test_missing_cases_fall_back_part_by_part_and_say_so() -> None:
    design = Design()
    design.device("hall", "switch")
    power = of(design)
    assert (power.total_typical_w, power.total_peak_w) == (2_000, 2_000)
    assert power.max_grounds.label == "estimate"
    assert power.typical_grounds.label == "assumed"


def test_modules_draw_too_and_an_unknown_one_hides_nothing() -> None:
    design = Design()
    design.device("hall", "server", modules={"nic1": "nic", "nic2": "dark-nic"})
    power = of(design)
    assert power.total_max_w == 10_030
    assert power.total_typical_w == 7_030
    assert power.max_grounds.unknown == ("Dark NIC: power max",)
    assert sum(share for _, share in power.max_grounds.shares) == pytest.approx(1)


def test_losses_stand_on_the_efficiency_of_their_type() -> None:
    grounds = of(busbar(1, 0, 1, 6_000)).max_grounds
    loss = 1 - 0.975
    assert dict(grounds.shares)["verified"] == pytest.approx(loss)  # the sled's own draw has no source
    assert sum(share for _, share in grounds.shares) == pytest.approx(1)


def test_a_floor_without_racks_evaluates() -> None:
    design = Design()
    design.rack("o", "or3")  # drawn, not placed: its busbar connector is known all the same
    design.device("o", "sled", 1)
    design.device("hall", "sled")
    assert of(design).total_max_w == 6_000


@st.composite
def power_designs(draw: st.DrawFn) -> Design:
    """Servers on PDUs on UPS systems on up to four sources, everything fed somehow."""
    design = Design()
    names = [f"S{k}" for k in range(draw(st.integers(1, 4)))]
    design.sources(*names)
    source = st.sampled_from(names)
    ups_count, pdu_count = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    for k in range(ups_count):
        inlets = draw(st.lists(source, min_size=1, max_size=2))
        fed = {f"in{i + 1}": s for i, s in enumerate(inlets)}
        design.device("hall", "ups", name=f"u{k}", x_mm=3_000 * k, feeds=fed)
    for k in range(pdu_count):
        above = draw(st.integers(-1, ups_count - 1))
        fed = {"in": draw(source)} if above < 0 else {}
        design.device("hall", "pdu", name=f"p{k}", x_mm=-2_000 * k, feeds=fed)
        if above >= 0:
            design.power(f"u{above}", f"out{k + 1}", f"p{k}", "in")
    for k in range(draw(st.integers(1, 4))):
        design.device("hall", "server", name=f"s{k}", y_mm=3_000 * k)
        for inlet in range(draw(st.integers(1, 6))):
            pdu = draw(st.integers(0, pdu_count - 1))
            design.power(f"p{pdu}", f"out{6 * k + inlet + 1}", f"s{k}", f"psu{inlet + 1}")
    if draw(st.booleans()):
        design.rack("o", "or3")
        design.place("o", "o1", y_mm=-9_000)
        for k in range(draw(st.integers(1, 4))):
            design.device("o", "shelf", 20 + k, feeds={"ac": draw(source)})
        design.device("o", "sled", 1)
    return design


@given(power_designs())
def test_all_that_is_fed_comes_from_the_sources(design: Design) -> None:
    evaluation = design.evaluate()
    power = evaluation.power
    for flow in power.maximum:
        assert flow.source_w.sum() == pytest.approx(flow.device_heat_w.sum())
    cooled = evaluation.cooling
    assert cooled.air_w + cooled.liquid_w == pytest.approx(power.total_max_w)


@given(power_designs())
def test_losing_a_source_never_relieves_a_survivor(design: Design) -> None:
    power = of(design)
    for lost, flow in enumerate(power.maximum[1:]):
        assert flow.source_w[lost] == 0
        others = np.arange(len(flow.source_w)) != lost
        assert (flow.source_w[others] >= power.normal.source_w[others] - 1e-6).all()
