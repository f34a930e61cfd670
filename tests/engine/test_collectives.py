"""Collectives against hand-computed times, and how they answer to their inputs."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.collective_constants import (
    Constants,
    FabricConstants,
    LinkConstants,
    read_constants,
    shipped_constants,
)
from core.engine.collective_hierarchy import hierarchy_of
from core.engine.collectives import OPERATIONS, Hierarchy, bus_factor, collective
from core.engine.evaluation import evaluate
from core.engine.expert_exchange import expert_exchange
from core.errors import EngineError
from core.files.project_file import load

EXAMPLES = Path(__file__).resolve().parents[2] / "resources/examples"

LINK = LinkConstants(
    launch_us=5.0, step_us=1.0, exchange_us=6.0, peer_us=0.5, ring_share=0.8, direct_share=0.9,
    low_latency_share=0.2, own_copy=0.0, segment_us=0.0, switch_share=0.6, switch_launch_us=20.0,
)  # fmt: skip
FABRIC = FabricConstants(
    nic_share=0.9, nic_cross_rail_share=0.8, nic_low_latency_share=0.5, nic_low_latency_us=4.0,
    nic_simple_us=12.0, switch_us=1.0, low_latency_most_tokens=256, dispatch_bytes_per_value=1.0,
    combine_bytes_per_value=2.0,
)  # fmt: skip
ROUND = Constants(FABRIC, {"link": LINK}, {}, ())
NODE = Hierarchy(8, 100.0, "link")
CLUSTER = Hierarchy(8, 100.0, "link", nic_gb_s=10.0, switches=3)
GB = 1e9


def test_ring_all_reduce_in_a_domain() -> None:
    """2 x 7/8 GB at 80 GB/s, 14 steps of 1 us, 5 us to start."""
    run = collective("all-reduce", 8, GB, NODE, algorithm="ring", constants=ROUND)
    assert run.seconds == pytest.approx(1.75 / 80 + 19e-6)
    assert run.bus_gb_s == pytest.approx(1.75 / run.seconds)
    assert (run.algorithm, run.protocol, run.over) == ("ring", "simple", "scale-up")


def test_the_switch_sends_nine_eighths_instead_of_fourteen() -> None:
    run = collective("all-reduce", 8, GB, NODE, constants=ROUND)
    assert run.algorithm == "switch"
    assert run.seconds == pytest.approx(9 / 8 / 60 + 20e-6)
    assert collective("all-reduce", 8, 2**20, NODE, constants=ROUND).algorithm == "ring"  # not worth a start


@pytest.mark.parametrize("operation", ["all-gather", "reduce-scatter"])
def test_half_an_all_reduce(operation: str) -> None:
    run = collective(operation, 8, GB, NODE, constants=ROUND)
    assert run.seconds == pytest.approx(7 / 8 / 80 + 12e-6)


def test_exchange_of_all_with_all_in_a_domain_and_across() -> None:
    inside = collective("all-to-all", 8, GB, NODE, constants=ROUND)
    assert inside.seconds == pytest.approx(7 / 8 / 90 + (6 + 7 * 0.5) * 1e-6)
    across = collective("all-to-all", 32, GB, CLUSTER, constants=ROUND)
    # 24 of 32 parts leave the domain by a port of 9 GB/s.
    assert across.wire_s == pytest.approx(0.75 / 9)
    assert across.over == "network"


def test_point_to_point() -> None:
    assert collective("point-to-point", 2, GB, NODE, constants=ROUND).seconds == pytest.approx(1 / 90 + 6e-6)
    far = collective("point-to-point", 2, GB, replace(CLUSTER, domain=1), constants=ROUND)
    assert far.seconds == pytest.approx(1 / 9 + (5 + 12 + 3) * 1e-6)


def test_small_messages_take_the_protocol_with_flags() -> None:
    run = collective("all-gather", 8, 1000, replace(CLUSTER, domain=1), constants=ROUND)
    assert run.protocol == "low latency"
    assert run.latency_s == pytest.approx((5 + 7 * (4 + 3)) * 1e-6)


def test_the_ring_enters_a_domain_by_all_its_ports() -> None:
    """4 domains: 2 x 31/32 GB over eight ports of 9 GB/s is slower than 80 GB/s inside."""
    run = collective("all-reduce", 32, GB, CLUSTER, algorithm="ring", constants=ROUND)
    assert run.over == "network"
    assert run.wire_s == pytest.approx(2 * 31 / 32 / 8 / 9)
    assert run.latency_s == pytest.approx((5 + 2 * 28 * 1 + 2 * 3 * (12 + 3)) * 1e-6)


def test_trees_win_where_steps_count() -> None:
    assert collective("all-reduce", 4096, 2**16, CLUSTER, constants=ROUND).algorithm == "tree"


def test_the_hierarchical_way_adds_what_it_does_one_after_the_other() -> None:
    run = collective("all-reduce", 32, GB, CLUSTER, algorithm="hierarchical", constants=ROUND)
    assert run.wire_s == pytest.approx(2 * 7 / 8 / 80 + 2 * 3 / 4 / 8 / 9)


def test_switches_of_the_network_that_add_up_halve_what_ports_carry() -> None:
    plain = collective("all-reduce", 64, GB, CLUSTER, algorithm="switch", constants=ROUND)
    adding = collective(
        "all-reduce", 64, GB, replace(CLUSTER, fabric_reduces=True), algorithm="switch", constants=ROUND
    )
    assert plain.wire_s == pytest.approx(2 / 8 / 9)
    assert adding.wire_s == pytest.approx(max(1 / 8 / 9, 9 / 8 / 60))


def test_oversubscription_divides_the_network_rate() -> None:
    free = collective("all-gather", 32, GB, CLUSTER, constants=ROUND)
    bound = collective("all-gather", 32, GB, replace(CLUSTER, oversubscription=4.0), constants=ROUND)
    assert bound.wire_s == pytest.approx(4 * free.wire_s)


def test_filling_the_pipeline() -> None:
    slow = msgspec.structs.replace(LINK, segment_us=2.0, own_copy=0.5, low_latency_share=0.001)
    constants = Constants(FABRIC, {"link": slow}, {}, ())
    run = collective("all-gather", 8, GB, NODE, constants=constants)
    wire = (7 / 8 + 0.5 / 8) / 80
    assert run.wire_s == pytest.approx(wire)
    assert run.fill_s == pytest.approx(2 * sqrt(8 * 2e-6 * wire))


@given(
    operation=st.sampled_from([o for o in OPERATIONS if o != "point-to-point"]),
    ranks=st.integers(2, 4096),
    size=st.floats(1.0, 1e12),
    more=st.floats(1.0, 100.0),
)
def test_more_bytes_never_take_less_time_and_parts_add_up(
    operation: str, ranks: int, size: float, more: float
) -> None:
    hierarchy = Hierarchy(8, 450.0, "NVLink 4", 50.0, switches=3)
    run = collective(
        operation, ranks, size, hierarchy, algorithm="direct" if operation == "all-to-all" else "ring"
    )
    larger = collective(operation, ranks, size * more, hierarchy, algorithm=run.algorithm)
    assert larger.seconds >= run.seconds * (1 - 1e-12)
    assert run.seconds == pytest.approx(run.latency_s + run.wire_s + run.fill_s)
    assert run.bus_gb_s == pytest.approx(bus_factor(operation, ranks) * size / run.seconds / 1e9)
    worse = collective(
        operation, ranks, size, replace(hierarchy, oversubscription=3.0), algorithm=run.algorithm
    )
    assert worse.seconds >= run.seconds


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("all-shout", 8, GB, NODE), "no collective"),
        (("all-reduce", 1, GB, NODE), "two ranks"),
        (("all-reduce", 8, float("nan"), NODE), "some bytes"),
        (("all-reduce", 8, 0, NODE), "some bytes"),
        (("all-reduce", 16, GB, NODE), "no network joins"),
        (("point-to-point", 3, GB, NODE), "two ranks"),
        (("all-reduce", 8, GB, replace(NODE, link="string")), "not been measured"),
        (("all-reduce", 8, GB, replace(NODE, up_gb_s=0.0)), "not known"),
        (("all-reduce", 16, GB, replace(CLUSTER, oversubscription=0.5)), "1 or more"),
    ],
)
def test_what_cannot_be(arguments: tuple[str, int, float, Hierarchy], problem: str) -> None:
    with pytest.raises(EngineError, match=problem):
        collective(*arguments, constants=ROUND)


def test_algorithms_that_cannot_be() -> None:
    with pytest.raises(EngineError, match="not possible"):
        collective("all-gather", 8, GB, NODE, algorithm="tree", constants=ROUND)
    with pytest.raises(EngineError, match="no algorithm"):
        collective("all-gather", 8, GB, NODE, algorithm="magic", constants=ROUND)


def test_exchange_with_experts() -> None:
    """128 tokens x 8 experts x 1000 values: 1.024 MB out, twice that back, across rails at 8 GB/s."""
    out = expert_exchange(64, 128, 1000, 8, CLUSTER, constants=ROUND)
    back = expert_exchange(64, 128, 1000, 8, CLUSTER, combine=True, constants=ROUND)
    assert out.seconds == pytest.approx(1.024e6 / 8e9 + 4e-6)
    assert back.seconds == pytest.approx(2.048e6 / 8e9 + 4e-6)
    large = expert_exchange(8, 4096, 1000, 8, CLUSTER, constants=ROUND)
    assert (large.over, large.is_direct) == ("scale-up", False)
    assert expert_exchange(64, 4096, 1000, 8, CLUSTER, constants=ROUND).over == "network"
    with pytest.raises(EngineError, match="network rate"):
        expert_exchange(8, 128, 1000, 8, NODE, constants=ROUND)


def test_constants_are_shipped_with_their_sources() -> None:
    constants = shipped_constants()
    for name in FabricConstants.__struct_fields__:
        assert constants.source(f"fabric.{name}") is not None, name
    own_copy, accelerators = constants.source("links.own_copy"), constants.source("accelerators")
    assert own_copy is not None
    assert own_copy.evidence == "estimate"
    assert accelerators is not None
    h100 = constants.accelerator("H100-SXM-80GB")
    assert h100 is not None
    assert (h100.link, h100.up_gb_s) == ("NVLink 4", 450)
    assert constants.accelerator("H1000") is None


@pytest.mark.parametrize("text", ["no = toml = at all", "[fabric]\nnic_share = 2", "fabric = 1"])
def test_constants_that_cannot_be_read(text: str) -> None:
    with pytest.raises(EngineError, match="mine"):
        read_constants(text, "mine.toml")


def test_the_hierarchy_of_drawn_designs() -> None:
    """31 DGX H100: domains of 8, 900 GB/s both ways, eight ports of 400G; NVL72 racks: domains of 72."""
    for name, domain, up_gb_s, link in (
        ("superpod-h100-su", 8, 450.0, "NVLink 4"),
        ("superpod-gb200-su", 72, 900.0, "NVLink 5"),
    ):
        evaluation = evaluate(load(EXAMPLES / f"{name}.cage")[0])
        fabric = evaluation.network.find("compute")
        assert fabric is not None
        hierarchy = hierarchy_of(evaluation.snapshot, evaluation.network, fabric)
        assert (hierarchy.domain, hierarchy.up_gb_s, hierarchy.link) == (domain, up_gb_s, link)
        assert (hierarchy.nic_gb_s, hierarchy.oversubscription, hierarchy.switches) == (50.0, 1.0, 3)
