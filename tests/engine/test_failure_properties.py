"""What holds for failures of any network: against networkx, bounds, and many at once against each alone."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.engine.failures.cases import Failure, cases_of, left_after
from core.engine.failures.dense import Dense
from core.engine.failures.outcome import Baseline, Split, failure_of
from core.engine.failures.single import outcomes, same
from core.engine.throughput.tub import distance_bound
from core.engine.topology import Topology
from tests.engine.throughput.networks import connected


@st.composite
def broken(draw: st.DrawFn) -> tuple[Topology, Failure]:
    net = draw(connected())
    devices = draw(st.sets(st.integers(0, len(net) - 1), max_size=4))
    trunks = draw(st.sets(st.integers(0, len(net.a) - 1), max_size=5))
    lost = tuple((row, draw(st.integers(1, int(net.count[row])))) for row in sorted(trunks))
    return net, Failure("set", tuple(sorted(devices)), lost)


def reached(net: Topology, count: np.ndarray, up: np.ndarray) -> dict[int, set[int]]:
    """Other hosts that each host reaches over switches alone, by networkx."""
    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(range(len(net)))
    graph.add_edges_from((int(net.a[k]), int(net.b[k])) for k in np.flatnonzero(count > 0))
    inner = graph.subgraph(np.flatnonzero(net.is_switch).tolist())
    parts = [set(part) for part in nx.connected_components(inner)]
    hosts = [row for row in range(len(net)) if not net.is_switch[row] and up[row]]
    on = {host: {k for k, part in enumerate(parts) if part & set(graph[host])} for host in hosts}
    return {host: {other for other in hosts if other != host and on[host] & on[other]} for host in hosts}


@given(broken(), st.sampled_from(["equal", "weighted"]), st.sampled_from([0, 62]))
def test_cut_off_and_separated_by_networkx(
    case: tuple[Topology, Failure], split: Split, most_parts: int
) -> None:
    net, failure = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.engine.failures.standing.MOST_PARTS", most_parts)
        outcome = Baseline(net, split=split).outcome(failure)
    count, down = left_after(net, failure)
    before, after = reached(net, net.count, ~down), reached(net, count, ~down)
    cut = {host for host in before if before[host] and not after[host]}
    assert set(outcome.cut_off.tolist()) == cut
    missed = [host for host in before if host not in cut and (before[host] - cut) - after[host]]
    assert outcome.separated == len(missed)
    assert 0.0 <= outcome.worst_left <= outcome.bandwidth_left + 1e-9 <= 1.0 + 2e-9


@given(broken())
def test_no_failure_lets_more_through_than_the_links_left_hold(case: tuple[Topology, Failure]) -> None:
    net, failure = case
    baseline = Baseline(net)
    outcome = baseline.outcome(failure)
    failed = replace(net, count=left_after(net, failure)[0])
    demand = replace(baseline.traffic(failed), cut_gbps=0.0)
    assume(len(demand.switches) > 0)
    assert outcome.throughput <= distance_bound(failed, demand).upper * (1 + 1e-9)


@given(broken(), broken())
def test_more_failures_never_join_again_what_is_cut(
    case: tuple[Topology, Failure], other: tuple[Topology, Failure]
) -> None:
    net, failure = case
    baseline = Baseline(net)
    more = tuple(sorted({*failure.devices, *(row for row in other[1].devices if row < len(net))}))
    few, many = baseline.outcome(failure), baseline.outcome(replace(failure, devices=more))
    assert set(few.cut_off.tolist()) - set(more) <= set(many.cut_off.tolist()) | alone(net, more)


def alone(net: Topology, devices: tuple[int, ...]) -> set[int]:
    """Hosts that are not cut off because nobody they reached is there any more."""
    up = ~np.isin(np.arange(len(net)), devices)
    return {host for host, others in reached(net, net.count, up).items() if not others}


@given(connected(), st.sampled_from(["equal", "weighted"]))
def test_where_nothing_fails_all_is_left(net: Topology, split: Split) -> None:
    outcome = failure_of(Baseline(net, split=split))
    assert outcome.accelerators_cut_off == 0
    assert (outcome.bandwidth_left, outcome.worst_left) == (pytest.approx(1.0), pytest.approx(1.0))


@settings(max_examples=40)
@given(connected(), st.sampled_from(["equal", "weighted"]), st.lists(st.integers(0, 99), max_size=6))
def test_many_at_once_are_the_same_as_each_alone(net: Topology, split: Split, picks: list[int]) -> None:
    baseline = Baseline(net, split=split)
    cases = [*cases_of(net), Failure("set", tuple(sorted({pick % len(net) for pick in picks})))]
    assert Dense.fits(baseline)
    for one, other in zip(outcomes(baseline, cases), map(baseline.outcome, cases), strict=True):
        assert one.cut_off.tolist() == other.cut_off.tolist()
        assert one.throughput == pytest.approx(other.throughput)
        assert same(one, other)
