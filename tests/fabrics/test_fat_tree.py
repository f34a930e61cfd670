"""The k-ary fat tree. Counts: M. Al-Fares et al., SIGCOMM 2008."""

import networkx as nx
import pytest

from core.fabrics.families import generate
from core.fabrics.family import Need, ParameterError
from core.fabrics.fat_tree import FAMILY, FatTree, proposals, sizes
from tests.fabrics.graphs import links_between


@pytest.mark.parametrize(
    ("k", "hosts", "switches"), [(4, 16, 20), (8, 128, 80), (12, 432, 180), (48, 27_648, 2_880)]
)
def test_published_counts(k, hosts, switches):
    counted = sizes(FatTree(switch_ports=k))
    assert counted.devices["host"] == hosts
    assert counted.switches == switches
    assert set(counted.links.values()) == {hosts}


def test_roles_of_the_eight_port_tree():
    counted = sizes(FatTree(switch_ports=8))
    assert counted.devices == {"host": 128, "edge": 32, "aggregation": 32, "core": 16}


def test_ways_between_pods():
    """(k/2)^2 = 16 equal ways between pods, k/2 = 4 inside a pod, every port of every switch used."""
    graph = generate("fat-tree", {"switch_ports": 8})
    simple = nx.Graph(graph)
    far = list(nx.all_shortest_paths(simple, "pod-01/host-01", "pod-08/host-16"))
    assert {len(path) for path in far} == {7}
    assert len(far) == 16
    near = list(nx.all_shortest_paths(simple, "pod-01/host-01", "pod-01/host-16"))
    assert (len(near), len(near[0])) == (4, 5)
    assert {graph.degree(key) for key, tier in graph.nodes(data="tier") if tier} == {8}


def test_pods_meet_only_in_the_core():
    between = links_between(generate("fat-tree", {"switch_ports": 6}))
    assert between == {frozenset((f"pod-{n:02}", "")): 9 for n in range(1, 7)}


@pytest.mark.parametrize(("k", "near"), [(7, (6, 8)), (95, (94, 96))])
def test_odd_switches(k, near):
    with pytest.raises(ParameterError, match="as many up as down") as caught:
        sizes(FatTree(switch_ports=k))
    assert caught.value.nearest == near


def test_host_with_more_ports_than_a_pod():
    """A pod has k^2/4 seats: 4 for k = 4, 9 for k = 6."""
    with pytest.raises(ParameterError, match="4 host ports") as caught:
        sizes(FatTree(switch_ports=4, nics_per_host=8))
    assert caught.value.nearest == (6,)


def test_proposal_is_the_smallest_that_will_do():
    """128 hosts of 8 ports need 1,024 seats: k^3/4 for k = 16."""
    given = next(iter(proposals(Need(hosts=128))))
    assert (given.switch_ports, given.nics_per_host) == (16, 8)
    assert sizes(given).devices["host"] == 128
    assert next(iter(proposals(Need(hosts=129)))).switch_ports == 18
    assert not list(proposals(Need(hosts=129, switch_ports=17)))


def test_twice_the_ports_at_half_the_rate():
    assert next(iter(proposals(Need(hosts=128, switch_ports=8, port_gbps=800)))).switch_ports == 16


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"switch_ports": "8"}, "expected `int`, got `str`"),
        ({"switch_ports": 8.5}, "expected `int`, got `float`"),
        ({"ports": 8}, "unknown field `ports`"),
        ({"switch_ports": 1_000}, "expected `int` <= "),
    ],
)
def test_values_that_are_none(values, problem):
    with pytest.raises(ParameterError, match=problem):
        FAMILY.read(values)
