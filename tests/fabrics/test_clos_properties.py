"""What holds for every Clos network, and that the values named in an error lead to one."""

from collections import Counter, defaultdict

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.fabrics import leaf_spine, rails
from core.fabrics.clos import is_possible
from core.fabrics.clos_parameters import ClosParameters
from core.fabrics.family import ParameterError
from core.fabrics.leaf_spine import LeafSpine
from core.fabrics.rails import RailOptimised
from core.fabrics.weave import sizes_of
from core.model.fields import fields_of

FAMILY = {RailOptimised: rails.FAMILY, LeafSpine: leaf_spine.FAMILY}


@st.composite
def parameters(draw) -> ClosParameters:
    kind = draw(st.sampled_from((RailOptimised, LeafSpine)))
    more = {"leafs_per_host": draw(st.sampled_from((1, 1, 2, 3)))} if kind is LeafSpine else {}
    port = draw(st.sampled_from((400.0, 800.0)))
    return kind(
        hosts=draw(st.integers(1, 80)),
        hosts_per_unit=draw(st.integers(1, 16)),
        nics_per_host=draw(st.sampled_from((1, 2, 4, 6, 8))),
        nic_gbps=draw(st.sampled_from((port, port, port / 2, 2 * port, 300.0))),
        hosts_per_leaf=draw(st.sampled_from((0, 0, 0, 1, 3, 5))),
        leaf_ports=draw(st.integers(2, 40)),
        spine_ports=draw(st.integers(1, 64)),
        core_ports=draw(st.integers(1, 64)),
        port_gbps=port,
        uplink_gbps=draw(st.sampled_from((0.0, 0.0, port, port / 2, 300.0))),
        oversubscription=draw(st.sampled_from((0.5, 1.0, 1.0, 1.5, 2.0, 3.0))),
        core_oversubscription=draw(st.sampled_from((1.0, 1.0, 2.0, 7.0))),
        tiers=draw(st.sampled_from((0, 2, 3))),
        leafs_per_group=draw(st.sampled_from((0, 0, 1, 2, 3, 4, 8))),
        planes=draw(st.sampled_from((1, 1, 2, 3))),
        plane_by=draw(st.sampled_from(("port", "nic"))),
        manager_ports=draw(st.sampled_from((0, 0, 1, 4, 40))),
        **more,
    )


def possible() -> st.SearchStrategy[ClosParameters]:
    return parameters().map(cured)


def error_of(wanted: ClosParameters) -> ParameterError | None:
    try:
        FAMILY[type(wanted)].sizes(wanted)
    except ParameterError as error:
        return error
    return None


def with_value(wanted: ClosParameters, field: str, value) -> ClosParameters:
    family = FAMILY[type(wanted)]
    return family.read(family.plain(wanted) | {field: value})


def cured(wanted: ClosParameters) -> ClosParameters:
    """Follow the cure of each error until there is a network."""
    for _ in range(10):
        error = error_of(wanted)
        if error is None:
            return wanted
        assert error.nearest, str(error)
        wanted = with_value(wanted, error.field, error.nearest[0])
    raise AssertionError(f"no network after ten cures: {wanted}")


@settings(max_examples=300)
@given(parameters())
def test_the_nearest_values_lead_to_a_network(wanted):
    assert is_possible(cured(wanted))


@settings(max_examples=120)
@given(parameters())
def test_every_nearest_value_cures_what_was_said(wanted):
    error = error_of(wanted)
    assume(error is not None)
    assert f"{error.nearest[0]:.6g}" in error.cure
    for value in error.nearest:
        other = error_of(with_value(wanted, error.field, value))
        assert other is None or (other.problem, other.field) != (error.problem, error.field)


@settings(max_examples=150)
@given(possible())
def test_the_closed_form_counts_what_is_made(wanted):
    family = FAMILY[type(wanted)]
    graph = family.build(wanted, 0)
    assert sizes_of(graph) == family.sizes(wanted)
    assert graph.graph["family"] == family.name
    assert family.read(graph.graph["parameters"]) == wanted


@settings(max_examples=100)
@given(possible())
def test_pairs_of_switches_have_equally_many_links(wanted):
    graph = FAMILY[type(wanted)].build(wanted, 0)
    for lower, upper in (("leaf", "spine"), ("spine", "core")):
        joined = [
            edge
            for _, _, edge in graph.edges(data=True)
            if graph.nodes[edge["a"]]["role"] == lower and graph.nodes[edge["b"]]["role"] == upper
        ]
        assert len({edge["count"] for edge in joined}) <= 1
        # All lower switches have the same number of links up.
        assert len(set(Counter(edge["a"] for edge in joined).values())) <= 1


@settings(max_examples=100)
@given(possible())
def test_no_slot_is_used_twice_and_leafs_meet_their_oversubscription(wanted):
    graph = FAMILY[type(wanted)].build(wanted, 0)
    used = defaultdict(list)
    rates = defaultdict(float)
    for _, _, edge in graph.edges(data=True):
        for end in ("a", "b"):
            width = round(edge["gbps"] / graph.nodes[edge[end]]["slot_gbps"])
            used[edge[end]].extend(slot + k for slot in edge[f"{end}_slots"] for k in range(width))
        rates[edge["a"], graph.nodes[edge["b"]]["role"]] += edge["gbps"] * edge["count"]
        rates[edge["b"], graph.nodes[edge["a"]]["role"]] += edge["gbps"] * edge["count"]
    for key, slots in used.items():
        assert len(slots) == len(set(slots))
        assert min(slots) >= 0
        assert max(slots) < graph.nodes[key]["slots"]
    for key, role in graph.nodes(data="role"):
        if role == "leaf":
            down, up = rates[key, "host"], rates[key, "spine"]
            assert down <= wanted.oversubscription * up * (1 + 1e-9)
        elif role == "host":
            # Every port of every NIC is used.
            assert len(used[key]) == graph.nodes[key]["slots"]


@settings(max_examples=100)
@given(possible())
def test_planes_and_rails_are_kept_apart(wanted):
    graph = FAMILY[type(wanted)].build(wanted, 0)
    switches = graph.subgraph(key for key, tier in graph.nodes(data="tier") if tier)
    for part in nx.connected_components(switches):
        assert len({switches.nodes[key].get("plane") for key in part}) == 1
    for _, _, edge in graph.edges(data=True):
        a, b = graph.nodes[edge["a"]], graph.nodes[edge["b"]]
        if a["role"] == "host" and wanted.has_rails:
            per_nic = wanted.planes if wanted.plane_by == "port" else 1
            assert {slot // per_nic for slot in edge["a_slots"]} == {b["rail"]}
        if a["role"] == "leaf" and "rail" in b:
            assert a["rail"] == b["rail"]


@settings(max_examples=100)
@given(possible())
def test_equal_units_are_equal_edge_for_edge(wanted):
    graph = FAMILY[type(wanted)].build(wanted, 0)
    first = {}
    for unit, drawn in units_of(graph).items():
        assert first.setdefault(drawn["size"], drawn) == drawn, unit


def units_of(graph):
    """Return what is in each unit and group, under local names: devices, trunks, and ports that lead out."""
    paths = {unit[: unit.find("/")] if "/" in unit else unit for _, unit in graph.nodes(data="unit")}
    paths |= {unit for _, unit in graph.nodes(data="unit")}
    found = {}
    for path in sorted(paths - {""}):
        inside = {
            key for key, unit in graph.nodes(data="unit") if unit == path or unit.startswith(f"{path}/")
        }
        cut = len(path) + 1
        nodes = {
            key[cut:]: {name: value for name, value in graph.nodes[key].items() if name != "unit"}
            for key in inside
        }
        edges, out = set(), set()
        for key in inside:
            for _, _, edge in graph.edges(key, data=True):
                ends = tuple((edge[end], edge[f"{end}_slots"]) for end in ("a", "b"))
                kept = tuple((name[cut:], slots) for name, slots in ends if name in inside)
                (edges if len(kept) == 2 else out).add(kept)
        managed = any("manager" in str(graph.nodes[other]["role"]) for key in inside for other in graph[key])
        size = (path.count("/"), path[:2], len(nodes), managed)
        found[path] = {"size": size, "nodes": nodes, "edges": edges, "out": out}
    return found


IMPOSSIBLE = [
    ({"planes": 3, "plane_by": "nic"}, "planes", (2, 4, 1)),
    # Three planes would split 400G NICs to 133G; one or two planes make ports of 400G or 200G.
    ({"planes": 3}, "planes", (2, 4, 1)),
    ({"nic_gbps": 300.0}, "nic_gbps", (200.0, 400.0, 100.0)),
    ({"uplink_gbps": 300.0}, "uplink_gbps", (200.0, 400.0, 100.0)),
    # 40 hosts and 40 uplinks on 64 ports.
    ({"hosts_per_leaf": 40, "hosts_per_unit": 40}, "hosts_per_leaf", (32,)),
    ({"hosts": 257, "tiers": 2}, "tiers", (3,)),
    # 8 rails of 16 units are 128 groups of one leaf, and cores have 64 ports.
    ({"hosts": 512, "leafs_per_group": 1}, "leafs_per_group", (2, 3, 4)),
    ({"manager_ports": 500}, "manager_ports", (256,)),
    ({"hosts": 1_000_000}, "hosts", (250_000,)),
]


@pytest.mark.parametrize(("values", "field", "nearest"), IMPOSSIBLE)
def test_impossible_parameters(values, field, nearest):
    with pytest.raises(ParameterError) as caught:
        rails.FAMILY.build(rails.FAMILY.read(values), 0)
    assert (caught.value.field, caught.value.nearest) == (field, nearest)
    assert fields_of(RailOptimised)[field].label in caught.value.cure


def test_the_largest_three_tier_network_is_named():
    # 64-port switches, three tiers: 64^3 / 4 = 65,536 endpoints, 8,192 hosts of 8 NICs.
    with pytest.raises(ParameterError) as caught:
        rails.FAMILY.sizes(RailOptimised(hosts=8193))
    assert (caught.value.field, caught.value.nearest) == ("hosts", (8192,))


def test_nics_that_leafs_cannot_share():
    with pytest.raises(ParameterError) as caught:
        leaf_spine.FAMILY.sizes(LeafSpine(leafs_per_host=3))
    assert (caught.value.field, caught.value.nearest) == ("leafs_per_host", (2, 4, 1))
