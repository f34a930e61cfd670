"""What feeders have left: by hand, and never more than holds with any single element lost."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.evaluation import Evaluation
from core.engine.feeding import Feeding
from core.engine.node_headroom import node_headroom
from core.engine.outage_flow import OutageFlow
from core.model.records import PowerSource
from tests.engine.designs import TYPES, Design


def two_sides(*, pdu_w: float, ups_w: float, capacity_w: float | None = 1e6, **brief: object) -> Design:
    """A server of 10 kW on two PDUs, each on a UPS without losses on a source of its own."""
    changed = {"pdu": {"rated_w": pdu_w}, "ups": {"rated_w": ups_w, "efficiency": 1.0}}
    types = [msgspec.structs.replace(t, **changed.get(t.id, {})) for t in TYPES]
    design = Design(types)
    design.sources("A", "B", capacity_w=capacity_w)
    design.require(**brief)
    design.device("hall", "server", name="s")
    for k, side in enumerate("AB"):
        design.device("hall", "ups", name=f"u{side}", x_mm=3_000 * k, feeds={"in1": side})
        design.device("hall", "pdu", name=f"p{side}")
        design.power(f"u{side}", "out1", f"p{side}", "in")
        design.power(f"p{side}", "out1", "s", f"psu{k + 1}")
    return design


def test_one_side_keeps_the_load_of_the_other_one() -> None:
    design = two_sides(pdu_w=15_000, ups_w=12_000)
    of = design.evaluate()
    found, pdu, ups = of.node_headroom, design.row("pA"), design.row("uA")
    assert found.normal_w[pdu] == pytest.approx(5_000)
    assert found.kept_w[pdu] == pytest.approx(5_000)
    assert found.left_w[pdu] == pytest.approx(5_000)
    assert found.left_w[ups] == pytest.approx(2_000)
    # 5 kW are left in the PDU, but its UPS takes 2 kW more only: 3 kW are stranded.
    assert found.usable_w[pdu] == pytest.approx(2_000)
    assert found.stranded_w[pdu] == pytest.approx(3_000)
    assert found.bottleneck[pdu] == ups
    assert of.outages.accelerators_lost.max() == 0
    assert not found.unrated.any()


def test_a_code_leaves_four_fifths_of_a_pdu_and_all_of_a_ups() -> None:
    design = two_sides(pdu_w=15_000, ups_w=12_000, electrical_code="NEC")
    found = design.evaluate().node_headroom
    assert found.limit_w[design.row("pA")] == pytest.approx(12_000)
    assert found.limit_w[design.row("uA")] == pytest.approx(12_000)


def test_what_has_no_rating_is_not_known_and_said_of_all_below_it() -> None:
    design = two_sides(pdu_w=15_000, ups_w=12_000, capacity_w=None)
    found = design.evaluate().node_headroom
    assert np.isnan(found.limit_w[-2:]).all()
    assert found.unrated[design.row("pA")]
    assert found.usable_w[design.row("pA")] == pytest.approx(2_000)


def test_a_reserve_ups_bounds_every_block() -> None:
    ups = next(t for t in TYPES if t.id == "ups")
    types = [msgspec.structs.replace(ups, rated_w=30_000, efficiency=1.0) if t is ups else t for t in TYPES]
    reserve = msgspec.structs.replace(types[TYPES.index(ups)], id="reserve", rated_w=12_000)
    design = Design([*types, reserve])
    design.sources("A", "B")
    design.put(("sources", PowerSource(id="R", name="R", kind="catcher")))
    design.device("hall", "reserve", name="r", feeds={"in1": "R"})
    for k, block in enumerate("AB"):
        design.device("hall", "ups", name=f"u{block}", x_mm=3_000 * k, feeds={"in1": block})
        design.device("hall", "ups", name=f"t{block}", x_mm=3_000 * k, y_mm=3_000)  # a static switch
        design.power(f"u{block}", "out1", f"t{block}", "in1")
        design.power("r", f"out{k + 1}", f"t{block}", "in2")
        design.device("hall", "server", name=f"s{block}", x_mm=3_000 * k, y_mm=6_000)
        design.power(f"t{block}", "out1", f"s{block}", "psu1")
    found = design.evaluate().node_headroom
    assert found.left_w[design.row("r")] == pytest.approx(2_000, rel=1e-6)
    for block in "AB":
        assert found.left_w[design.row(f"u{block}")] == pytest.approx(20_000, rel=1e-6)
        assert found.usable_w[design.row(f"t{block}")] == pytest.approx(2_000, rel=1e-6)
        assert found.bottleneck[design.row(f"t{block}")] == design.row("r")


def shelves(count: int, source: str) -> tuple[Design, Evaluation]:
    design = Design()
    design.sources("A", "B")
    design.rack("orv", "or3")
    for k in range(count):
        design.device("orv", "shelf", 1 + k, f"s{k}", feeds={"ac": source[k % len(source)]})
    design.device("orv", "sled", 20, "t")
    design.place("orv", "r1")
    return design, design.evaluate()


@pytest.mark.parametrize(
    ("count", "source", "left_w"),
    [(3, "A", 60_000), (4, "AB", 60_000), (1, "A", 27_000)],
)
def test_a_busbar_has_what_the_worst_loss_of_shelves_leaves(count: int, source: str, left_w: float) -> None:
    """Of 33 kW shelves for 6 kW, one is lost, or a side of them; the only one is dead and not short."""
    _, of = shelves(count, source)
    found, bar = of.node_headroom, of.snapshot.n_devices
    assert found.limit_w[bar] == pytest.approx(33_000 * count)
    assert found.left_w[bar] == pytest.approx(left_w)
    assert found.usable_w[bar] == pytest.approx(left_w)
    assert found.unrated[bar]  # the sources have no capacity


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Feeding, np.ndarray, np.ndarray]:
    """Devices, a busbar and three sources joined at random; a leaf under each device that passes power."""
    devices, racks, sources = draw(st.integers(2, 7)), 1, 3
    nodes = 2 * devices + racks + sources
    pairs = set()
    for k in range(devices):
        upper = [*range(k), *range(2 * devices, nodes)]
        pairs |= {(k, f) for f in draw(st.lists(st.sampled_from(upper), max_size=3))}
    pairs |= {(2 * devices, f) for f in draw(st.lists(st.integers(0, devices - 1), max_size=3))}
    loop = {(c, f) for c, f in pairs if f == 2 * devices and (2 * devices, c) in pairs}
    joined = sorted(pairs - loop) + [(devices + k, k) for k in range(devices)]
    weight = [draw(st.sampled_from((1.0, 1.0, 3.0, 1e-9))) for _ in joined]
    efficiency = np.concatenate([draw(st.lists(st.sampled_from((1.0, 0.9)), min_size=devices,
                                               max_size=devices)), np.ones(devices)])  # fmt: skip
    drawn = np.array(draw(st.lists(st.floats(0, 1e4), min_size=2 * devices, max_size=2 * devices)))
    limit = np.array(draw(st.lists(st.sampled_from((2e3, 1e4, 5e4, np.nan)), min_size=nodes, max_size=nodes)))
    edges = (np.array([c for c, _ in joined], np.int32), np.array([f for _, f in joined], np.int32),
             np.array(weight))  # fmt: skip
    rated = np.full(2 * devices, 2e4)
    return (
        Feeding(2 * devices, racks, ("A", "B", "C"), edges, efficiency, np.ones(1, bool), rated),
        drawn,
        limit,
    )


@given(graphs(), st.data())
def test_what_is_usable_holds_with_any_single_node_lost(
    graph: tuple[Feeding, np.ndarray, np.ndarray], data: st.DataObject
) -> None:
    feeding, drawn, limit = graph
    n, half = feeding.n_nodes, feeding.n_devices // 2
    flow = OutageFlow(feeding, drawn)
    found = node_headroom(flow, limit, flow.differences(np.arange(n), np.arange(n), n))
    node = data.draw(st.integers(0, half - 1))
    if not np.isfinite(found.usable_w[node]):
        return
    more = drawn.copy()
    more[half + node] += found.usable_w[node]  # the leaf under it
    for lost in (-1, *range(n)):
        failed = np.zeros(n, bool)
        failed[lost] = lost >= 0
        alive, before = feeding.flow_without(drawn, failed)
        _, after = feeding.flow_without(more, failed)
        capacity = np.where(np.isnan(found.limit_w), np.inf, found.limit_w)
        bar = feeding.n_devices
        if np.isfinite(capacity[bar]):
            capacity[bar] = feeding.shelf_capacity_w(alive)[0] or np.inf
        assert (after <= np.maximum(capacity, before) + 1e-3 + 1e-6 * after).all()
