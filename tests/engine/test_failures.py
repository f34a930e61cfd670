"""Failures of small networks, by hand, and of generated ones, by class against case by case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.engine.failures.cases import (
    KINDS,
    Failure,
    Kind,
    cases_of,
    left_after,
    optics_in,
    optics_of,
)
from core.engine.failures.chance import random_failures
from core.engine.failures.outcome import Baseline, Outcome, Split, failure_of
from core.engine.failures.single import outcomes, same, single_failures
from core.engine.failures.symmetry import classes_of
from core.engine.loss import loss_of_device, loss_of_link
from core.engine.throughput.traffic import rail_ring, ring
from core.engine.topology import Topology, topology_of
from core.errors import EngineError
from core.fabrics.families import generate
from tests.engine.designs import Design
from tests.engine.throughput.networks import leaf_spine, network

CLOS = {"hosts": 4, "hosts_per_unit": 4, "nics_per_host": 4, "gpus_per_host": 4, "leaf_ports": 8}


def dual_homed() -> Topology:
    """Four hosts, each on both leafs; two spines over them."""
    links = [(leaf, 2 + spine, 2, 1.0) for leaf in range(2) for spine in range(2)]
    return network([0] * 4, links, homes=[[0, 1]] * 4)


def twin_plane() -> Topology:
    """Four hosts with a port in each of two planes of two leafs and a spine."""
    links = [(0, 2, 2, 1.0), (1, 2, 2, 1.0), (3, 5, 2, 1.0), (4, 5, 2, 1.0)]
    net = network([0] * 6, links, homes=[[0, 3], [0, 3], [1, 4], [1, 4]])
    return replace(net, plane=np.array([0, 0, 0, 1, 1, 1, -1, -1, -1, -1]))


def left(outcome: Outcome) -> tuple[float, float, float]:
    return outcome.accelerators_cut_off, outcome.bandwidth_left, outcome.worst_left


def trunk(net: Topology, a: int, b: int) -> int:
    return int(np.flatnonzero((net.a == a) & (net.b == b))[0])


def test_one_of_two_spines_is_half_the_bandwidth() -> None:
    outcome = failure_of(Baseline(leaf_spine(2, 2, hosts=2)), rows=[2])
    assert left(outcome) == (0, pytest.approx(0.5), pytest.approx(0.5))
    assert (len(outcome.reduced), outcome.separated, len(outcome.isolated)) == (0, 0, 0)


def test_a_leaf_takes_its_hosts_with_it_and_the_rest_keeps_its_rate() -> None:
    outcome = failure_of(Baseline(leaf_spine(2, 2, hosts=2)), rows=[0])
    assert outcome.cut_off.tolist() == [4, 5]
    assert left(outcome) == (2, pytest.approx(1.0), pytest.approx(1.0))


def test_without_spines_a_third_of_the_others_is_left() -> None:
    outcome = failure_of(Baseline(leaf_spine(2, 2, hosts=2)), rows=[2, 3])
    assert left(outcome) == (0, pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert outcome.separated == 4
    net = leaf_spine(2, 2, hosts=2)
    between = np.flatnonzero(net.is_switch[net.b]).tolist()
    assert failure_of(Baseline(net), trunks=between).isolated.tolist() == [2, 3]


def test_a_host_that_is_lost_itself_is_not_cut_off() -> None:
    outcome = failure_of(Baseline(leaf_spine(2, 1, hosts=2)), rows=[3, 99])
    assert outcome.failed.tolist() == [3]
    assert (len(outcome.cut_off), outcome.separated, outcome.bandwidth_left) == (0, 0, pytest.approx(1.0))


def test_two_leafs_for_every_host_cut_nobody_off() -> None:
    net = dual_homed()
    outcome = failure_of(Baseline(net), rows=[0])
    assert left(outcome) == (0, pytest.approx(0.5), pytest.approx(0.5))
    assert outcome.reduced.tolist() == [4, 5, 6, 7]
    both = failure_of(Baseline(net), rows=[0, 1])
    assert left(both) == (4, 0.0, 0.0)


def test_the_loss_of_a_plane_halves_the_ports_and_disconnects_nobody() -> None:
    found = single_failures(Baseline(twin_plane()), ("plane",), by_class=True)
    (outcome,) = found.worst()
    assert (found.cases, found.classes, outcome.alike) == (2, 1, 2)
    assert left(outcome) == (0, pytest.approx(0.5), pytest.approx(0.5))
    assert len(outcome.reduced) == 4


@pytest.mark.parametrize(("split", "expected"), [("equal", 0.5), ("weighted", 0.75)])
def test_one_link_of_a_trunk(split: Split, expected: float) -> None:
    # A leaf with 3 of 4 links up; equal split sends half of what is for it over the one link that is left.
    net = leaf_spine(3, 2, hosts=2, links=2)
    outcome = failure_of(Baseline(net, split=split), links=[(trunk(net, 0, 3), 1)])
    assert left(outcome) == (0, pytest.approx(expected), pytest.approx(expected))


def test_one_port_of_a_host_of_two() -> None:
    net = dual_homed()
    outcome = failure_of(Baseline(net), trunks=[trunk(net, 0, 4)])
    assert outcome.reduced.tolist() == [4]
    assert left(outcome) == (0, pytest.approx(7 / 8), pytest.approx(0.5))


def test_links_of_a_trunk_count_each_and_a_trunk_of_one_once() -> None:
    net = leaf_spine(2, 2, hosts=1, links=2)
    assert [sum(case.alike for case in cases_of(net, (kind,))) for kind in KINDS] == [4, 10, 6, 0]
    assert len(cases_of(net, ("link", "trunk"))) == 6 + 4


def test_an_optic_takes_all_links_of_its_cage() -> None:
    graph = generate("rail-optimised", CLOS)
    net = topology_of(graph)
    found = cases_of(net, ("optic",), optics_of(graph, {"leaf": 800.0}))
    for case in found:
        assert sum(n for _, n in case.links) == (2 if net.tier[case.at] == 1 else 1)
    # Each link is in a cage at both of its ends.
    assert sum(n for case in found for _, n in case.links) == 2 * net.count.sum()
    with pytest.raises(EngineError, match="cages"):
        cases_of(net, ("optic",))


def drawn() -> Design:
    """Four nodes on two leafs, two to a cage; one spine, to which both cables of a leaf share a cage."""
    design = Design()
    design.fabric("f")
    for k in range(4):
        design.device("hall", "server", name=f"n{k}", x_mm=1_000 * k)
    for k in range(3):
        design.device("hall", "switch", name=f"s{k}", x_mm=1_000 * k, y_mm=5_000)
    for k in range(4):
        design.link(f"n{k}", "osfp1/1", f"s{k // 2}", f"osfp1/{k % 2 + 1}", fabric="f", name=f"l{k}")
    for k in range(2):
        design.link(
            f"s{k}", "osfp9/1 osfp9/2", "s2", f"osfp{k + 1}/1 osfp{k + 1}/2", fabric="f", name=f"u{k}"
        )
    return design


def test_of_a_drawn_fabric_the_cages_are_known() -> None:
    design = drawn()
    evaluation = design.evaluate()
    fabric = evaluation.network.find("f")
    assert fabric is not None
    baseline = Baseline(fabric.drawn.topology)
    optics = optics_in(fabric.drawn, evaluation.cabling.classes)
    found = single_failures(baseline, ("optic",), optics, by_class=False)
    # Cages: 4 of nodes, 1 down and 1 up of each leaf, 2 of the spine.
    assert (found.cases, len(found.outcomes)) == (10, 10)
    worst = found.worst(2)
    flat = evaluation.snapshot.flat
    cut = [sorted(flat.path_of("device", row) for row in outcome.cut_off) for outcome in worst]
    assert sorted(cut) == [["n0", "n1"], ["n2", "n3"]]


def test_what_is_cut_off_is_what_the_drawing_says() -> None:
    design = drawn()
    evaluation = design.evaluate()
    fabric = evaluation.network.find("f")
    assert fabric is not None
    baseline = Baseline(fabric.drawn.topology)
    for name in ("s0", "s2", "n1"):
        (loss,) = loss_of_device(evaluation, name).fabrics
        outcome = failure_of(baseline, rows=[design.row(name)])
        assert (tuple(outcome.cut_off), outcome.separated) == (loss.cut_off, loss.separated)
    (loss,) = loss_of_link(evaluation, "l0").fabrics
    cable = evaluation.snapshot.flat.cable_rows("l0")[0]
    its = int(fabric.drawn.trunk[fabric.drawn.cables == cable][0])
    assert tuple(failure_of(baseline, links=[(its, 1)]).cut_off) == loss.cut_off


FAMILIES = [
    ("fat-tree", {"switch_ports": 4}),
    ("rail-optimised", {"hosts": 32}),
    ("rail-optimised", CLOS | {"hosts": 7, "planes": 2}),
    ("dual-tor", {"hosts": 4, "hosts_per_segment": 2, "backup_hosts": 0, "nics_per_host": 2,
                  "gpus_per_host": 2, "switch_ports": 8, "uplinks": 2, "segments_per_pod": 2,
                  "core_uplinks": 0}),
    ("dragonfly", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values"), FAMILIES)
@pytest.mark.parametrize("split", ["equal", "weighted"])
def test_members_of_a_class_cost_the_same(name: str, values: dict[str, object], split: Split) -> None:
    baseline = Baseline(topology_of(generate(name, values)), split=split)
    cases = cases_of(baseline.topology)
    of = classes_of(baseline.topology, baseline.load, cases)
    every = list(outcomes(baseline, cases))
    first: dict[int, Outcome] = {}
    for number, outcome in zip(of.tolist(), every, strict=True):
        assert same(first.setdefault(number, outcome), outcome)
    found = single_failures(baseline, by_class=True)
    assert found.is_by_class
    assert len(found.outcomes) == found.classes == len(first) < len(cases)
    assert sum(outcome.alike for outcome in found.outcomes) == found.cases
    plain = single_failures(baseline, by_class=False)
    assert len(plain.outcomes) == len(cases)
    assert found.least_left == pytest.approx(plain.least_left)
    assert same(found.worst()[0], plain.worst()[0])


def test_of_a_random_network_every_case_is_measured() -> None:
    graph = generate("jellyfish", {}, seed=1)
    baseline = Baseline(topology_of(graph))
    found = single_failures(baseline, ("switch",))
    assert not found.is_by_class
    assert len(found.outcomes) == found.cases == int(baseline.topology.is_switch.sum())


def test_where_a_class_deceives_all_of_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    baseline = Baseline(leaf_spine(2, 2, hosts=2))
    alike = np.zeros(len(cases_of(baseline.topology, ("switch",))), np.int64)
    monkeypatch.setattr("core.engine.failures.single.classes_of", lambda *_: alike)
    found = single_failures(baseline, ("switch",), by_class=True)
    assert len(found.outcomes) == found.cases == 4


def test_nodes_that_forward_are_hosts_themselves() -> None:
    # A ring of four; t = 3/4 of two links each. The neighbours of a lost node keep one of two links.
    net = network([0] * 4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    baseline = Baseline(replace(net, accelerators=np.full(4, 2.0)))
    assert baseline.throughput == pytest.approx(0.75)
    outcome = failure_of(baseline, rows=[0])
    assert outcome.reduced.tolist() == [1, 3]
    assert left(outcome) == (0, pytest.approx(2 / 3), pytest.approx(0.5))
    apart = failure_of(baseline, rows=[0, 2])
    assert (apart.cut_off.tolist(), apart.accelerators_cut_off) == ([1, 3], 4)


def test_a_network_without_hosts_is_refused() -> None:
    with pytest.raises(EngineError, match="no hosts"):
        Baseline(network([0, 0], [(0, 1)]))


@pytest.mark.parametrize("traffic", [ring, rail_ring])
def test_other_traffic(traffic: object) -> None:
    baseline = Baseline(leaf_spine(2, 2, hosts=2), traffic)  # type: ignore[arg-type]
    # One flow of full rate crosses each way; two spines could carry two.
    assert baseline.throughput == pytest.approx(2.0)
    assert left(failure_of(baseline, rows=[2])) == (0, pytest.approx(0.5), pytest.approx(0.5))


def test_at_random_the_interval_holds_the_mean_of_all() -> None:
    baseline = Baseline(leaf_spine(2, 2, hosts=2))
    found = random_failures(baseline, 0.25, "switch", trials=400, seed=3)
    assert (found.failed, found.of) == (1, 4)
    # Half of the time a leaf: 2 of 4 are cut off and the rest keeps all; else a spine: half is left.
    assert found.bandwidth_left.low <= 0.75 <= found.bandwidth_left.high
    assert found.accelerators_cut_off.low <= 1.0 <= found.accelerators_cut_off.high
    assert (found.bandwidth_left.least, found.bandwidth_left.most) == (pytest.approx(0.5), pytest.approx(1.0))
    assert found.worst.accelerators_cut_off == 2
    again = random_failures(baseline, 0.25, "switch", trials=400, seed=3)
    assert again.bandwidth_left == found.bandwidth_left


@pytest.mark.parametrize("kind", ["switch", "link"])
def test_at_random_none_and_all(kind: Kind) -> None:
    baseline = Baseline(leaf_spine(2, 2, hosts=2, links=3))
    none = random_failures(baseline, 0.0, kind, trials=3)  # type: ignore[arg-type]
    assert (none.bandwidth_left.low, none.bandwidth_left.high) == (pytest.approx(1.0), pytest.approx(1.0))
    every = random_failures(baseline, 1.0, kind, trials=3)  # type: ignore[arg-type]
    assert every.accelerators_cut_off.mean == 4
    assert every.bandwidth_left.mean == 0


def test_what_cannot_be_asked() -> None:
    baseline = Baseline(leaf_spine(2, 2, hosts=2))
    with pytest.raises(EngineError, match="no share"):
        random_failures(baseline, 1.5)
    with pytest.raises(EngineError, match="interval"):
        random_failures(baseline, 0.5, trials=1)
    with pytest.raises(EngineError, match="8 trunks"):
        failure_of(baseline, trunks=[8])


def test_work_ends_when_progress_says_so() -> None:
    class StoppedError(Exception):
        pass

    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, text: str) -> None:
        seen.append((done, total))
        if done:
            raise StoppedError

    baseline = Baseline(topology_of(generate("rail-optimised", {"hosts": 32})))
    with pytest.raises(StoppedError):
        single_failures(baseline, by_class=False, progress=progress)
    assert seen[0] == (0, len(cases_of(baseline.topology)))


def test_a_long_case_can_be_ended_within() -> None:
    class StoppedError(Exception):
        pass

    def progress(done: int, total: int, text: str) -> None:
        seen.append((done, total))
        if len(seen) > 1:
            raise StoppedError

    seen: list[tuple[int, int]] = []
    baseline = Baseline(twin_plane(), traffic=ring)
    with pytest.raises(StoppedError):
        single_failures(baseline, ("plane",), by_class=False, progress=progress)
    assert seen == [(0, 2), (0, 2)]


def test_a_trunk_of_a_switch_that_fails_as_well_is_lost_once() -> None:
    net = leaf_spine(3, 2, hosts=2)
    alone = failure_of(Baseline(net), rows=[3])
    trunks = np.flatnonzero((net.a == 3) | (net.b == 3)).tolist()
    both = failure_of(Baseline(net), rows=[3], trunks=trunks)
    assert left(both) == left(alone) == (0, pytest.approx(0.5), pytest.approx(0.5))
    assert (both.throughput, both.hosts_get) == (pytest.approx(alone.throughput), alone.hosts_get)
    for links in (both.failure.links, tuple((trunk, 2) for trunk in trunks)):
        assert left_after(net, Failure("set", (3,), links))[0].min() == 0


def test_what_hosts_get_is_at_most_the_line_rate_of_the_ports_left() -> None:
    # Two leafs of one host each below three spines: t = 3 before, 2 with one spine less.
    spare = Baseline(leaf_spine(2, 3, hosts=1))
    outcome = failure_of(spare, rows=[2])
    assert (spare.throughput, outcome.throughput) == (pytest.approx(3.0), pytest.approx(2.0))
    assert (outcome.bandwidth_left, outcome.hosts_get) == (pytest.approx(2 / 3), 1.0)
    assert failure_of(spare, rows=[2, 3, 4]).hosts_get == 0.0


def test_one_plane_alone_is_no_case_of_its_own() -> None:
    net = twin_plane()
    assert len(cases_of(net, ("plane",))) == 2
    assert cases_of(replace(net, plane=np.where(net.plane >= 0, 0, -1)), ("plane",)) == ()
