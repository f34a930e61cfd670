"""Traffic and routing as they are chosen, tried on a network with failures."""

from __future__ import annotations

import numpy as np
import pytest

from core.engine.failures.cases import Failure
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import all_to_all
from core.engine.topology import Topology, topology_of
from core.errors import EngineError
from core.explore.loading import Choice, Trials
from core.fabrics.weave import Weave


def two_leafs() -> Topology:
    """Two leafs with four hosts of 400G each, and four links of 400G over two spines."""
    weave = Weave("two")
    for k in (1, 2):
        weave.add("", f"leaf-{k}", "leaf", 1, slots=8, slot_gbps=400)
        weave.add("", f"spine-{k}", "spine", 2, slots=4, slot_gbps=400)
    for k in range(8):
        weave.add("", f"host-{k}", "host", 0, slots=1, slot_gbps=400, gpus=8)
        weave.join(f"host-{k}", [0], f"leaf-{k // 4 + 1}", [k % 4], 400)
    for leaf in (1, 2):
        for spine in (1, 2):
            slots = [4 + 2 * (spine - 1), 5 + 2 * (spine - 1)]
            weave.join(f"leaf-{leaf}", slots, f"spine-{spine}", [2 * (leaf - 1), 2 * leaf - 1], 400)
    return topology_of(weave.graph())


def test_nothing_fails_and_the_load_is_that_of_the_engine() -> None:
    net = two_leafs()
    trial = Trials(net).attempt(Failure("set"), Choice(), Choice())
    assert trial.outcome is None
    assert trial.load is not None
    assert np.array_equal(trial.load.forward_gbps, ecmp(net, all_to_all(net)).forward_gbps)


def test_a_spine_less_doubles_the_load_of_the_other() -> None:
    net = two_leafs()
    spine = int(np.flatnonzero(net.tier == 2)[0])
    trials = Trials(net)
    whole = trials.attempt(Failure("set"), Choice(), Choice())
    left = trials.attempt(Failure("set", (spine,)), Choice(), Choice())
    assert left.outcome is not None
    assert left.outcome.bandwidth_left == pytest.approx(0.5)
    assert whole.load is not None
    assert left.load is not None
    # 4 x 400 x 4/7 to the other leaf, over 1,600 and then over 800.
    assert whole.load.utilisation[whole.load.between_switches].max() == pytest.approx(4 / 7)
    assert left.load.utilisation[left.load.between_switches].max() == pytest.approx(8 / 7)
    assert left.left[(net.a == spine) | (net.b == spine)].sum() == 0


def test_a_job_of_two_hosts_on_two_leafs() -> None:
    net = two_leafs()
    hosts = np.flatnonzero(~net.is_switch)
    choice = Choice("ring", hosts=(int(hosts[0]), int(hosts[-1])))
    load = choice.load(net)
    # 400 Gbit/s from leaf to leaf over two trunks of 800.
    assert load.utilisation[load.between_switches].max() == pytest.approx(0.25)


def test_seeds_and_words() -> None:
    net = two_leafs()
    one, same = (Choice("permutation", seed=3).load(net) for _ in range(2))
    assert np.array_equal(one.forward_gbps, same.forward_gbps)
    assert (
        Choice("permutation", "longer", 3, (1, 2)).words == "Random permutation 3 among 2 hosts, One more hop"
    )


def test_a_matrix_needs_a_table() -> None:
    with pytest.raises(EngineError, match="no table"):
        Choice("matrix").load(two_leafs())
