"""What holds for every family in which hosts hang on the routers, and for the fat tree."""

from __future__ import annotations

from collections import Counter

import msgspec
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine.topology import topology_of
from core.fabrics.families import FAMILIES, generate
from core.fabrics.family import Need, ParameterError
from core.fabrics.routers import host_count, seats, shape
from core.fabrics.weave import sizes_of
from tests.fabrics.graphs import insides, port_map, ports_clash, routers_of

SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(lambda sides: "x".join(map(str, sides)))
CUBES = st.lists(st.integers(1, 4), min_size=3, max_size=3).map(lambda sides: "x".join(map(str, sides)))
OWN: dict[str, dict[str, st.SearchStrategy]] = {
    "fat-tree": {"switch_ports": st.integers(2, 9)},
    "dragonfly": {
        "routers_per_group": st.integers(1, 5),
        "global_ports": st.integers(1, 4),
        "groups": st.integers(2, 9),
        "host_ports": st.integers(1, 4),
    },
    "dragonfly-plus": {
        "leafs_per_group": st.integers(1, 4),
        "spines_per_group": st.integers(1, 4),
        "global_ports": st.integers(1, 4),
        "groups": st.integers(2, 9),
        "host_ports": st.integers(1, 4),
    },
    "slim-fly": {"q": st.integers(3, 9), "host_ports": st.integers(0, 4)},
    "polar-fly": {"q": st.integers(2, 9), "host_ports": st.integers(0, 4)},
    "hyperx": {"shape": SHAPES, "links": SHAPES, "host_ports": st.integers(1, 4)},
    "torus": {"shape": SHAPES, "host_ports": st.integers(1, 4)},
    "optical-torus": {
        "cubes": st.integers(1, 6),
        "cube": CUBES,
        "tray": CUBES,
        "slices": st.lists(CUBES, min_size=1, max_size=2).map(", ".join),
        "graph": st.sampled_from(("circuits", "switches")),
        "switch_ports": st.integers(2, 16),
    },
    "jellyfish": {
        "routers": st.integers(4, 24),
        "network_ports": st.integers(3, 12),
        "host_ports": st.integers(1, 4),
    },
    "xpander": {
        "routers": st.integers(4, 24),
        "network_ports": st.integers(3, 7),
        "host_ports": st.integers(1, 4),
    },
}
HOSTS = {"nics_per_host": st.integers(1, 5), "gpus_per_host": st.integers(0, 8)}


@st.composite
def networks(draw):
    name = draw(st.sampled_from(sorted(OWN)))
    fields = OWN[name] if name == "optical-torus" else OWN[name] | HOSTS
    return name, {field: draw(values) for field, values in fields.items()}, draw(st.integers(0, 9))


def possible(name: str, values: dict) -> dict:
    """Return the values with what the errors name put in their place."""
    family = FAMILIES[name]
    for _ in range(6):
        try:
            family.sizes(family.read(values))
            return values
        except ParameterError as error:
            if not error.nearest or f"{error.nearest[0]}" not in error.cure:
                raise AssertionError(f"{name} {values}: no cure in {error}") from error
            values = {**values, error.field: error.nearest[0]}
    raise AssertionError(f"{name} {values}: no end of errors")


@settings(deadline=None, max_examples=150)
@given(networks())
def test_what_is_counted_is_what_is_made(network):
    """Also: the values named in an error lead to a network."""
    name, values, seed = network
    family = FAMILIES[name]
    values = possible(name, values)
    graph = generate(name, values, seed)
    parameters = family.read(values)
    assert sizes_of(graph) == family.sizes(parameters)
    assert not ports_clash(graph)
    assert graph.graph == {"family": name, "parameters": family.plain(parameters), "seed": seed}
    assert port_map(generate(name, values, seed)) == port_map(graph)
    if name != "optical-torus":
        assert nx.is_connected(routers_of(graph))
        assert topology_of(graph).accelerators.sum() == family.sizes(parameters).gpus


@settings(deadline=None, max_examples=100)
@given(networks())
def test_units_are_equal_inside(network):
    name, values, seed = network
    graph = generate(name, possible(name, values), seed)
    inside = {unit: links for unit, links in insides(graph).items() if unit not in ("quadrics", "nucleus")}
    wraps = name == "optical-torus" and values["graph"] == "circuits"
    if not wraps:
        assert len(set(inside.values())) == 1


@pytest.mark.parametrize("name", sorted(OWN))
def test_defaults_make_a_network(name):
    family = FAMILIES[name]
    graph = family.build(family.parameters(), 0)
    assert sizes_of(graph) == family.sizes(family.parameters())
    assert routers_of(graph).number_of_edges() > 0


@pytest.mark.parametrize("name", ["jellyfish", "xpander"])
def test_seeds_differ(name):
    assert FAMILIES[name].is_random
    assert port_map(generate(name, {}, 1)) != port_map(generate(name, {}, 2))


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(sorted(set(OWN) - {"optical-torus"})),
    st.builds(
        Need,
        hosts=st.integers(1, 300),
        gpus_per_host=st.integers(1, 8),
        nics_per_host=st.integers(1, 8),
        switch_ports=st.sampled_from((8, 32, 64, 144)),
        nic_gbps=st.sampled_from((200.0, 400.0)),
        oversubscription=st.sampled_from((1.0, 2.0)),
    ),
)
def test_proposals_meet_the_need(name, need):
    family = FAMILIES[name]
    for proposal in family.proposals(need):
        assert family.read(family.plain(proposal)) == proposal
        sizes = family.sizes(proposal)
        assert sizes.devices["host"] >= need.hosts
        assert sizes.gpus == sizes.devices["host"] * need.gpus_per_host
        if sum(sizes.devices.values()) < 3000:
            graph = family.build(proposal, 0)
            ports = need.switch_ports * need.port_gbps / need.nic_gbps
            assert all(data["slots"] <= ports for _, data in graph.nodes(data=True) if data["tier"])


@pytest.mark.parametrize("name", sorted(set(OWN) - {"optical-torus"}))
def test_sixteen_hosts_can_be_met_by_all_and_a_million_by_none(name):
    proposal = next(iter(FAMILIES[name].proposals(Need(hosts=16))))
    assert msgspec.structs.asdict(proposal)["nics_per_host"] == 8
    assert not list(FAMILIES[name].proposals(Need(hosts=1_000_000)))


def test_ports_slower_than_the_network_ports_make_no_proposal():
    need = Need(hosts=16, nic_gbps=800.0, port_gbps=400.0)
    assert not any(list(FAMILIES[name].proposals(need)) for name in OWN)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 20))
def test_seats(routers, ports, nics):
    taken = seats(routers, ports, nics)
    assert len(taken) == host_count(routers, ports, nics)
    used = Counter(place for host in taken for place in host)
    assert not used or set(used.values()) == {1}
    assert all(router < routers and port < ports for router, port in used)
    if nics <= routers:  # no router is worth more than its share of a host
        whole = taken[: routers // nics * ports]
        assert all(len({router for router, _ in host}) == nics for host in whole)


def test_ports_of_a_host_go_to_routers_that_follow_each_other():
    """A pod of the 4-ary tree has two edge switches with two seats each: two hosts with a port on both."""
    graph = generate("fat-tree", {"switch_ports": 4, "nics_per_host": 2})
    assert set(graph["pod-01/host-01"]) == {"pod-01/edge-01", "pod-01/edge-02"}
    assert [count for _, _, count in graph.edges("pod-01/host-01", data="count")] == [1, 1]
    alone = generate("jellyfish", {"nics_per_host": 2})  # a unit of one router
    assert [count for _, _, count in alone.edges("rack-01/host-02", data="count")] == [2]


def test_too_large_is_refused_before_it_is_made():
    with pytest.raises(ParameterError, match="more than are made at once"):
        generate("torus", {"shape": "1000x1000x1000"})


@pytest.mark.parametrize("text", ["", "4x", "-1x2", "٤x٤", "4x4\n", "1e3", "x".join(["4"] * 20), "9999999x2"])
def test_texts_that_are_no_shape(text):
    with pytest.raises(ParameterError, match="whole numbers") as caught:
        generate("torus", {"shape": text})
    shape(caught.value.nearest[0], "shape", range(1, 7))
