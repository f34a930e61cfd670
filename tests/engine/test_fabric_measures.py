"""Measures of a fabric on paper: those of their own modules, within limits."""

from pathlib import Path

import pytest

from core.engine.bisection import bisection
from core.engine.diversity import path_diversity
from core.engine.evaluation import evaluate
from core.engine.fabric_measures import Limits, fabric_measures, load_groups
from core.engine.failures.cases import optics_in
from core.engine.failures.outcome import Baseline
from core.engine.failures.single import single_failures
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import all_to_all, longest_matching
from core.engine.throughput.tub import tub
from core.files.project_file import load

POD = Path(__file__).parents[2] / "resources" / "examples" / "superpod-h100-su.cage"


@pytest.fixture(scope="module")
def compute():
    of = evaluate(load(POD)[0])
    drawn = of.network.find("compute").drawn
    return drawn, optics_in(drawn, of.cabling.classes)


@pytest.fixture(scope="module")
def measures(compute):
    return fabric_measures(*compute)


def test_each_measure_is_that_of_its_module(compute, measures):
    drawn, optics = compute
    net = drawn.topology
    assert measures.bisection == bisection(net)
    assert measures.diversity == path_diversity(net)
    assert measures.all_to_all.throughput == ecmp(net, all_to_all(net)).throughput
    assert measures.matching.throughput == ecmp(net, longest_matching(net)).throughput
    assert measures.matching_bound == tub(net)
    whole = single_failures(Baseline(net), measures.kinds, optics)
    assert [o.rank for o in measures.failures.outcomes] == [o.rank for o in whole.outcomes]
    assert measures.skipped == ()
    assert "optic" in measures.kinds


def test_loads_by_hand(compute, measures):
    # 31 hosts on 8 leafs with a port of 400G each: of what a port sends, 30 x 7 of 30 x 8 shares leave the
    # leaf, over 32 links of 400G: 31 x 400 x 210 / 240 = 10,850 of 12,800 Gbit/s, 2,712.5 to each spine.
    net = compute[0].topology
    (up,) = [g for g in load_groups(net, measures.all_to_all) if g.low == 1]
    assert (up.high, up.trunks, up.links) == (2, 32, 256)
    assert up.share == pytest.approx(10_850 / 12_800)
    assert up.gbps == pytest.approx(2_712.5)
    assert measures.all_to_all.throughput.value == pytest.approx(12_800 / 10_850)
    groups = load_groups(net, measures.all_to_all)
    assert sum(group.trunks for group in groups) == len(net.a)
    assert sum(group.links for group in groups) == net.count.sum()
    assert [g.share for g in groups] == sorted((g.share for g in groups), reverse=True)


def test_what_is_too_large_is_left_out_and_says_so(compute):
    found = fabric_measures(*compute, limits=Limits(switches=11))
    assert found.bisection is found.diversity is found.matching is found.matching_bound is None
    assert found.all_to_all is not None
    assert found.failures is not None
    assert ("Bisection", "12 switches; worked out for up to 11") in found.skipped
    none = fabric_measures(*compute, limits=Limits(switches=11, loaded=11))
    assert none.all_to_all is none.failures is None
    assert none.kinds == ()
    assert {what for what, _ in none.skipped} >= {"Single failures", "Load of all-to-all"}


def test_fewer_kinds_of_failures_where_all_are_too_much(compute):
    # 12 switches in 3 classes; one failure is 32 trunks x 8 leafs + 500,000.
    each = 32 * 8 + 500_000
    switches = fabric_measures(*compute, limits=Limits(work=20 * each))
    assert switches.kinds == ("switch", "plane")
    assert {outcome.failure.kind for outcome in switches.failures.outcomes} == {"switch"}
    assert any("link, trunk, optic" in what for what, _ in switches.skipped)
    none = fabric_measures(*compute, limits=Limits(work=0))
    assert none.failures is None


def test_it_can_be_cancelled(compute):
    class EndedError(Exception):
        pass

    calls = []

    def progress(done, total, text):
        calls.append(text)
        if len(calls) == 4:
            raise EndedError

    with pytest.raises(EndedError):
        fabric_measures(*compute, progress)
    assert len(calls) == 4
