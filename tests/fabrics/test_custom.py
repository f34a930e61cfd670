"""A graph of one's own as a network: what is read, what is taken, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.topology import topology_of
from core.errors import CagenutError
from core.fabrics.custom import Custom, Defaults, custom_graph
from core.fabrics.custom_values import MOST_PORTS, GraphError, RawEdge, RawGraph, RawNode


def made(
    nodes: dict[str, dict[str, Any]], edges: list[tuple[str, str, dict[str, Any]]], directed: bool = False
) -> Custom:
    """Return the network of nodes and edges that stand one to a line, the nodes first."""
    raw_nodes = [RawNode(key, own, line) for line, (key, own) in enumerate(nodes.items(), 1)]
    raw_edges = [RawEdge(a, b, own, line) for line, (a, b, own) in enumerate(edges, len(nodes) + 1)]
    return custom_graph(RawGraph(raw_nodes, raw_edges, directed))


def test_what_a_file_does_not_say_is_taken_and_noted() -> None:
    names = ("leaf-1", "leaf-2", "spine-1", "server-1", "server-2", "box", "hub")
    edges = [("server-1", "leaf-1"), ("server-2", "leaf-2"), ("leaf-1", "spine-1"), ("leaf-2", "spine-1")]
    edges += [("box", "hub"), ("hub", "spine-1")]
    found = made({name: {} for name in names}, [(a, b, {}) for a, b in edges])
    data = found.graph.nodes
    roles = [data[name]["role"] for name in names]
    assert roles == ["leaf", "leaf", "spine", "host", "host", "host", "switch"]
    assert [data[name]["tier"] for name in names] == [1, 1, 2, 0, 0, 0, 1]
    assert [data[name]["slots"] for name in names] == [2, 2, 3, 1, 1, 1, 2]
    assert found.notes == (
        "6 edges without a rate: 400 Gbit/s is taken",
        "2 nodes without a role: taken as leaf by its name",
        "1 node without a role: taken as spine by its name",
        "2 nodes without a role: taken as host by its name",
        "1 node without a role: taken as host since it has one neighbour",
        "1 node without a role: taken as switch since it has several neighbours",
        "6 edges without ports: assigned in the order of the file",
    )
    assert found.graph.graph["family"] == "custom"


def test_what_a_file_says_is_kept() -> None:
    nodes = {
        "n0": {"kind": "server", "gpus": "8", "name": "dgx-1", "unit": "su-1", "ports": "p1 p2", "rail": 3},
        "n1": {"Role": "leaf", "tier": 1.0, "plane": "1", "ports": 64, "port-gbps": "400G"},
    }
    found = made(nodes, [("n0", "n1", {"rate": "0.4T", "source_ports": "p2 p1", "target_ports": [7, 9]})])
    host, leaf = found.graph.nodes["su-1/dgx-1"], found.graph.nodes["n1"]
    assert (host["role"], host["tier"], host["gpus"], host["rail"], host["slots"]) == ("host", 0, 8, 3, 2)
    assert (leaf["role"], leaf["tier"], leaf["plane"], leaf["slots"], leaf["slot_gbps"]) == (
        "leaf",
        1,
        1,
        64,
        400,
    )
    (_, _, edge) = next(iter(found.graph.edges(data=True)))
    assert (edge["a_slots"], edge["b_slots"], edge["gbps"], edge["count"]) == ((1, 0), (7, 9), 400.0, 2)
    assert found.notes == ()


def test_ports_in_pairs_and_ports_that_are_taken_already() -> None:
    edges = [
        ("a", "b", {"count": 2, "gbps": 400}),
        ("a", "b", {"gbps": 400, "ports": "0:5 2:6"}),
    ]
    found = made({"a": {"role": "leaf"}, "b": {"role": "leaf"}}, edges).graph
    slots = [(data["a_slots"], data["b_slots"]) for _, _, data in found.edges(data=True)]
    assert slots == [((1, 3), (0, 1)), ((0, 2), (5, 6))]


def test_a_faster_link_takes_ports_side_by_side() -> None:
    nodes = {"a": {"role": "leaf", "port_gbps": 400, "ports": 6}, "b": {"role": "leaf"}}
    edges = [("a", "b", {"gbps": 400}), ("a", "b", {"gbps": 800}), ("a", "b", {"gbps": 400})]
    found = made(nodes, edges).graph
    assert [data["a_slots"] for _, _, data in found.edges(data=True)] == [(0,), (2,), (1,)]
    assert [data["b_slots"] for _, _, data in found.edges(data=True)] == [(0,), (1,), (2,)]


def test_opposite_edges_of_a_directed_graph_are_one_link() -> None:
    edges = [("a", "b", {"gbps": 100}), ("b", "a", {"gbps": 100}), ("a", "c", {"gbps": 100})]
    found = made({key: {"role": "switch"} for key in "abc"}, edges, directed=True)
    net = topology_of(found.graph)
    assert net.count.tolist() == [1, 1]
    assert "1 pair of opposite edges: each is one link, which goes both ways" in found.notes
    assert "1 directed edge without one back: taken as links, which go both ways" in found.notes


LEAFS: dict[str, dict[str, Any]] = {"a": {"role": "leaf"}, "b": {"role": "leaf"}}
REFUSED = [
    (LEAFS, ("a", "c", {}), "line 3: an edge ends at 'c', which is no node"),
    (LEAFS, ("a", "a", {}), "line 3: an edge joins 'a' with itself"),
    (LEAFS, ("a", "b", {"gbps": float("nan")}), "line 3: rate is no positive number"),
    (LEAFS, ("a", "b", {"gbps": "inf"}), "line 3: rate is no positive number"),
    (LEAFS, ("a", "b", {"gbps": -400}), "line 3: rate is no positive number"),
    (LEAFS, ("a", "b", {"gbps": True}), "line 3: rate is no positive number"),
    (LEAFS, ("a", "b", {"gbps": 10**400}), "line 3: rate is no positive number"),
    (LEAFS, ("a", "b", {"gbps": 1e9}), "line 3: rate is out of range"),
    (LEAFS, ("a", "b", {"count": 0}), "line 3: count is out of range"),
    (LEAFS, ("a", "b", {"count": 10_000_000}), "line 3: count is out of range"),
    (LEAFS, ("a", "b", {"count": 1.5}), "line 3: count is no whole number"),
    (LEAFS, ("a", "b", {"count": "9" * 4000}), "line 3: count is no whole number"),
    (LEAFS, ("a", "b", {"count": MOST_PORTS + 1}), "line 3: 'a' has 16,384 ports and needs 16,385"),
    (LEAFS, ("a", "b", {"source_ports": "eth1"}), "line 3: 'a' has no port 'eth1'"),
    (LEAFS, ("a", "b", {"ports": "p1"}), "line 3: ports of an edge are not pairs"),
    (LEAFS, ("a", "b", {"count": 3, "target_ports": "1 2"}), "line 3: 3 links have 2 ports at an end"),
    (LEAFS, ("a", "b", {"target_ports": "4 4"}), "line 3: port 4 of 'b' would be used twice"),
    ({"a": {"ports": 1}, "b": {}}, ("a", "b", {"count": 2}), "line 3: 'a' has 1 ports and needs 2"),
    (
        {"a": {"ports": "x y"}, "b": {}},
        ("a", "b", {"a_ports": "z"}),
        "line 3: 'a' has no port 'z'. It has x, y",
    ),
    ({"a": {"ports": "x x"}, "b": {}}, ("a", "b", {}), "line 1: a port stands twice in the list of a node"),
    ({"a": {"ports": 10**7}, "b": {}}, ("a", "b", {}), "line 1: ports is out of range"),
    ({"a": {"gpus": -1}, "b": {}}, ("a", "b", {}), "line 1: gpus is out of range"),
    ({"a": {"tier": "x"}, "b": {}}, ("a", "b", {}), "line 1: tier is no whole number"),
    (
        {"a": {"port_gbps": 0.001}, "b": {}},
        ("a", "b", {"gbps": 1e6}),
        "line 3: a link takes 1,000,000,000 ports",
    ),
    ({"\u202e": {}, "b": {}}, ("\u202e", "b", {}), "line 1: a node has no name that can be printed"),
    ({"a\tb": {}, "a b": {}}, ("a b", "a b", {}), "line 2: two nodes would be 'a b'"),
]


@pytest.mark.parametrize(("nodes", "edge", "problem"), REFUSED, ids=[case[2][:60] for case in REFUSED])
def test_what_is_wrong_is_refused_with_its_line(
    nodes: dict[str, dict[str, Any]], edge: tuple[str, str, dict[str, Any]], problem: str
) -> None:
    with pytest.raises(GraphError) as raised:
        made(nodes, [edge])
    assert str(raised.value).startswith(problem)
    assert raised.value.cure


def test_a_graph_that_is_too_large_is_refused() -> None:
    with pytest.raises(GraphError, match="300,001 nodes is too large"):
        custom_graph(RawGraph([RawNode(str(n), {}) for n in range(300_001)], []))


def test_defaults_are_the_callers() -> None:
    raw = RawGraph([RawNode("host-1", {}), RawNode("tor", {})], [RawEdge("host-1", "tor", {})])
    found = custom_graph(raw, Defaults(gbps=100, gpus=4))
    assert found.graph.nodes["host-1"]["gpus"] == 4
    assert topology_of(found.graph).gbps.tolist() == [100.0]
    assert "1 host without gpus: 4 taken" in found.notes


@pytest.mark.parametrize("attributes", [{"source_ports": []}, {"target_ports": ""}, {"ports": []}])
def test_an_empty_list_of_ports_names_none(attributes: dict[str, Any]) -> None:
    found = made({"a": {}, "b": {}}, [("a", "b", attributes)])
    assert topology_of(found.graph).count.tolist() == [1]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.one_of(st.integers(), st.text(max_size=3), st.none()), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)
NODES = ("role", "tier", "unit", "name", "rail", "plane", "gpus", "ports", "port_gbps", "colour")
EDGES = ("count", "gbps", "source_ports", "target_ports", "ports", "weight")


@given(
    st.dictionaries(
        st.text(max_size=4), st.dictionaries(st.sampled_from(NODES), VALUES, max_size=3), max_size=4
    ),
    st.data(),
)
def test_any_attributes_make_a_network_or_a_clear_error(nodes: dict[str, Any], data: st.DataObject) -> None:
    ends = st.sampled_from(sorted(nodes)) if nodes else st.just("x")
    attributes = st.dictionaries(st.sampled_from(EDGES), VALUES, max_size=3)
    edges = data.draw(st.lists(st.tuples(ends, ends, attributes), max_size=3))
    try:
        found = made(nodes, edges, directed=data.draw(st.booleans()))
    except CagenutError:
        return
    assert len(found.graph) == len(nodes)
    for _, _, edge in found.graph.edges(data=True):
        assert len(edge["a_slots"]) == len(edge["b_slots"]) == edge["count"]
