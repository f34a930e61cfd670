"""Many failures at once against one after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.feeding import Feeding
from core.engine.outage_flow import OutageFlow

WEIGHTS = (1.0, 1.0, 3.0, 1e-9)
"""Equal feeders, a stronger shelf, a generator on standby."""


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Feeding, np.ndarray]:
    """Devices, two busbars and two sources joined at random, loops included; what each device draws."""
    devices, racks, sources = draw(st.integers(2, 12)), 2, 2
    nodes = devices + racks + sources
    number = draw(st.integers(1, 30))
    consumer = draw(st.lists(st.integers(0, devices + racks - 1), min_size=number, max_size=number))
    feeder = draw(st.lists(st.integers(0, nodes - 1), min_size=number, max_size=number))
    pairs = sorted({(c, f) for c, f in zip(consumer, feeder, strict=True) if c != f})
    weight = draw(st.lists(st.sampled_from(WEIGHTS), min_size=len(pairs), max_size=len(pairs)))
    efficiency = draw(st.lists(st.sampled_from((1.0, 0.9, 0.5)), min_size=devices, max_size=devices))
    drawn = draw(st.lists(st.floats(0, 1e5), min_size=devices, max_size=devices))
    edges = (
        np.array([c for c, _ in pairs], np.int32),
        np.array([f for _, f in pairs], np.int32),
        np.array(weight, float),
    )
    flags = np.ones(racks, bool)
    feeding = Feeding(devices, racks, ("A", "B"), edges, np.array(efficiency), flags, np.ones(devices))
    return feeding, np.array(drawn)


@given(graphs(), st.data())
def test_every_case_is_what_letting_it_flow_alone_gives(
    graph: tuple[Feeding, np.ndarray], data: st.DataObject
) -> None:
    feeding, device_w = graph
    n = feeding.n_nodes
    cases = data.draw(
        st.lists(st.sets(st.integers(0, n - 1), min_size=1, max_size=3), min_size=1, max_size=6)
    )
    case = np.array([k for k, nodes in enumerate(cases) for _ in nodes])
    node = np.array([at for nodes in cases for at in sorted(nodes)])
    found = OutageFlow(feeding, device_w).differences(case, node, len(cases))
    alive, through = feeding.flow_without(device_w, np.zeros(n, bool))
    dead_case, dead_node = found.split(found.dead)
    load_case, load_node = found.split(found.loaded)
    touched_case, touched_node = found.split(found.touched)
    for k, nodes in enumerate(cases):
        failed = np.zeros(n, bool)
        failed[list(nodes)] = True
        alive_k, through_k = feeding.flow_without(device_w, failed)
        assert set(dead_node[dead_case == k].tolist()) == set(np.flatnonzero(alive & ~alive_k).tolist())
        mine = through.copy()
        mine[load_node[load_case == k]] = found.through_w[load_case == k]
        assert mine == pytest.approx(through_k, rel=1e-9, abs=1e-3)
        live = {
            at: sum(alive_k[f] for c, f in zip(feeding.consumer, feeding.feeder, strict=True) if c == at)
            for at in touched_node[touched_case == k].tolist()
        }
        assert dict(
            zip(touched_node[touched_case == k].tolist(), found.live[touched_case == k].tolist(), strict=True)
        ) == pytest.approx(live)


def test_a_lost_feeder_moves_its_load_to_the_other_one() -> None:
    # Device 0 on devices 1 and 2, these on sources A and B (nodes 3 busbar, 4 and 5).
    edges = (np.array([0, 0, 1, 2], np.int32), np.array([1, 2, 4, 5], np.int32), np.ones(4))
    feeding = Feeding(3, 1, ("A", "B"), edges, np.ones(3), np.zeros(1, bool), np.ones(3))
    found = OutageFlow(feeding, np.array([100.0, 0.0, 0.0])).differences(np.array([0]), np.array([4]), 1)
    assert found.dead.tolist() == [1, 4]
    assert found.touched.tolist() == [0]
    assert found.live.tolist() == [1.0]
    assert dict(zip(found.loaded.tolist(), found.through_w.tolist(), strict=True)) == {
        1: 0,
        2: 100,
        4: 0,
        5: 100,
    }
