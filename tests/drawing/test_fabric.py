"""A fabric as columns: neighbours, rails and planes, gathering, paths."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.drawing.fabric_graph import around, part_of
from core.drawing.fabric_lanes import lanes_of
from core.drawing.fabric_paths import LinkPaths, at_ports, cable_ends, hops_of, shortest_paths
from core.engine.expansion import Expansion
from core.model.change import Edit
from core.model.records import Override
from tests.drawing.fabrics import Builder, graph_of, map_of, rails
from tests.report.samples import hall, unit


def _names(graph, kept):
    return {graph.paths[i].rpartition("/")[2] for i in np.flatnonzero(kept)}


def _at(graph, *paths):
    return [graph.index_of(path) for path in paths]


def _apply(project, fill):
    edit = Edit(project, "edit")
    fill(edit)
    project.apply(edit.change())


# Columns.


def test_the_graph_is_the_engines_graph():
    project = hall(units=2)
    graph = graph_of(project)
    wanted = project.graph("hall", expand=True)
    pairs = {}
    for a, b, data in wanted.edges(data=True):
        if data["fabric"] == "compute" and "su1/r3/ct4" not in (a, b):
            pairs[frozenset((a, b))] = pairs.get(frozenset((a, b)), 0) + data["count"]
    found = {
        frozenset((graph.paths[a], graph.paths[b])): n
        for a, b, n in zip(graph.a.tolist(), graph.b.tolist(), graph.cables.tolist(), strict=True)
    }
    assert found == pairs
    assert (graph.tier[graph.a] <= graph.tier[graph.b]).all()


def test_devices_of_a_rack_are_found_by_its_path():
    graph = graph_of(unit(racks=2))
    assert {graph.paths[i] for i in graph.inside("r1")} == {f"r1/ct{k}" for k in range(18)}
    assert graph.inside("r1/ct3").tolist() == _at(graph, "r1/ct3")
    assert not len(graph.inside("cdu"))
    assert not len(graph.inside("nowhere/at/all"))


def test_every_cable_belongs_to_its_link():
    snapshot = Expansion(hall(units=2)).snapshot()
    links = LinkPaths(snapshot)
    for row in range(0, snapshot.n_cables, 37):
        assert links.of(row) == snapshot.cable_path(row).partition("#")[0]


# Neighbours.


def test_neighbours_of_a_host_are_its_leafs_and_then_their_neighbours():
    graph = graph_of(rails(hosts=3, rails=4, spines=2))
    seeds = _at(graph, "n0/h1")
    assert _names(graph, around(graph, seeds)) == {"h1", "leaf0", "leaf1", "leaf2", "leaf3"}
    assert _names(graph, around(graph, seeds, 0)) == {"h1"}
    two = around(graph, seeds, 2)
    assert _names(graph, two) == {"h0", "h1", "h2", *(f"leaf{r}" for r in range(4)), "spine0", "spine1"}


def test_a_part_keeps_the_cables_between_its_devices():
    graph = graph_of(rails(hosts=3, rails=4, spines=2))
    near = around(graph, _at(graph, "n0/h1"))
    part = part_of(graph, near, around(graph, _at(graph, "n0/h1"), 0))
    assert int(part.cables.sum()) == 4
    assert part.index_of("n0/h0") == -1
    assert [part.snapshot.cable_path(int(row)) for row in part.cables_of(range(4))] == [
        "c0005", "c0006", "c0007", "c0008",
    ]  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2), st.data())
def test_neighbours_are_those_networkx_finds(hosts, width, hops, data):
    graph = graph_of(rails(hosts=hosts, rails=width, spines=2))
    seeds = data.draw(st.lists(st.integers(0, len(graph) - 1), min_size=1, max_size=3))
    other = nx.Graph(zip(graph.a.tolist(), graph.b.tolist(), strict=True))
    other.add_nodes_from(range(len(graph)))
    distance = nx.multi_source_dijkstra_path_length(other, set(seeds))
    wanted = {node for node, far in distance.items() if far <= hops}
    assert set(np.flatnonzero(around(graph, seeds, hops)).tolist()) == wanted


# Rails and planes.


def test_leafs_that_take_one_port_of_every_host_are_rails():
    graph = graph_of(rails(hosts=6, rails=4, spines=2))
    lanes = lanes_of(graph)
    assert lanes.names == ("Rail 1", "Rail 2", "Rail 3", "Rail 4")
    for r in range(4):
        assert lanes.device_lane[graph.index_of(f"leafs/leaf{r}")] == r
    assert (lanes.device_lane[graph.tier != 1] == -1).all()


def test_outside_compute_what_hosts_keep_apart_is_called_planes():
    project = rails(hosts=4, rails=2, role="storage")
    assert lanes_of(graph_of(project), "storage").names == ("Plane A", "Plane B")


def test_a_fabric_filled_leaf_by_leaf_has_no_rails():
    assert lanes_of(graph_of(unit(racks=8))).names == ()


def test_one_swapped_pair_of_cables_leaves_the_rails_what_they_are():
    project = rails(hosts=6, rails=4)

    def swap(edit):
        # Host 1: NIC 1 and NIC 2 change places on their leafs.
        one, two = edit.links("hall")["c0005"], edit.links("hall")["c0006"]
        edit.replace("links", one.key, b=two.b)
        edit.replace("links", two.key, b=one.b)

    _apply(project, swap)
    assert lanes_of(graph_of(project)).names == ("Rail 1", "Rail 2", "Rail 3", "Rail 4")


def test_leafs_that_serve_two_rails_each_are_named_after_both():
    b = Builder()
    b.rack("n", {f"h{i}": "tray" for i in range(4)})
    b.rack("leafs", {"leaf0": "sw64", "leaf1": "sw64"})
    for i in range(4):
        for nic in range(4):
            b.join(f"n/h{i}", f"nic{nic + 1}", f"leafs/leaf{nic // 2}", f"osfp{4 * i + nic + 1}")
    assert lanes_of(graph_of(b.done())).names == ("Rails 1–2", "Rails 3–4")


def test_an_out_of_band_network_has_no_rails():
    assert lanes_of(graph_of(rails(hosts=4, rails=2, role="out-of-band")), "out-of-band").names == ()


def test_switches_above_separate_parts_are_no_planes():
    b = Builder()
    for p in range(2):
        b.rack(f"n{p}", {f"h{i}": "tray" for i in range(4)})
        b.rack(f"l{p}", {"leaf0": "sw64", "leaf1": "sw64"})
        b.rack(f"s{p}", {"spine": "sw64"})
        b.rack(f"c{p}", {"core": "sw64"})
        for i in range(4):
            b.join(f"n{p}/h{i}", "nic1", f"l{p}/leaf{i % 2}", f"osfp{i + 1}")
        for k in range(2):
            b.join(f"l{p}/leaf{k}", "osfp9", f"s{p}/spine", f"osfp{k + 1}")
        b.join(f"s{p}/spine", "osfp9", f"c{p}/core", "osfp1")
    assert lanes_of(graph_of(b.done())).names == ()


def test_separate_parts_of_a_fabric_are_no_rails():
    b = Builder()
    for part in "ab":
        b.rack(f"n{part}", {f"h{i}": "tray" for i in range(3)})
        b.rack(f"l{part}", {"leaf": "sw64"})
        for i in range(3):
            b.join(f"n{part}/h{i}", "nic1", f"l{part}/leaf", f"osfp{i + 1}")
    assert lanes_of(graph_of(b.done())).names == ()


def test_spines_that_share_no_core_are_planes_and_rail_only_spines_stay_on_their_rail():
    b = Builder()
    for p in range(2):
        b.rack(f"n{p}", {f"h{i}": "tray" for i in range(2)})
        b.rack(f"net{p}", {"leaf": "sw64", "spine0": "sw64", "spine1": "sw64"})
        for i in range(2):
            b.join(f"n{p}/h{i}", "nic1", f"net{p}/leaf", f"osfp{i + 1}")
    b.rack("core", {"core0": "sw64", "core1": "sw64"})
    for p in range(2):
        for s in range(2):
            b.edit.put("links", _inner(f"b-net{p}", f"u{s}", "leaf", f"osfp{10 + s}", f"spine{s}", "osfp1"))
            b.join(f"net{p}/spine{s}", "osfp2", f"core/core{s}", f"osfp{p + 1}")
    graph = graph_of(b.done())
    lanes = lanes_of(graph)
    assert lanes.names == ("Plane A", "Plane B")
    at = {graph.paths[i]: lanes.device_lane[i] for i in range(len(graph))}
    assert at["net0/spine0"] == at["net1/spine0"] == at["core/core0"]
    assert at["net0/spine1"] == at["net1/spine1"] == at["core/core1"] != at["core/core0"]

    only = rails(hosts=2, rails=2, spines=2)

    def own_spine(edit):
        for link in list(edit.links("hall").values()):
            if link.b.path.startswith("spines") and link.a.path[-1] != link.b.path[-1]:
                edit.remove("links", link.key)

    _apply(only, own_spine)
    graph = graph_of(only)
    lanes = lanes_of(graph)
    assert lanes.names == ("Rail 1", "Rail 2")
    assert lanes.device_lane[graph.index_of("spines/spine1")] == 1


def _inner(block, name, a, a_port, b, b_port):
    from core.model.records import End, Link

    return Link(block=block, id=name, a=End(a, (a_port,)), b=End(b, (b_port,)), fabric="compute")


# Gathering.


def test_hosts_are_gathered_by_rack_when_they_are_many_and_opened_by_their_key():
    project = rails(hosts=9, rails=2, racks=5)
    drawn = map_of(project)
    hosts = drawn.tiers[0]
    assert [(n.label, n.count, n.path) for n in hosts] == [(f"n{k}", 9, f"n{k}") for k in range(5)]
    assert {b.cables for b in drawn.bundles if b.a == hosts[0].key} == {9}

    opened = map_of(project, opened=[hosts[1].key])
    inside = [n for n in opened.tiers[0] if n.within == hosts[1].key]
    assert [n.label for n in inside] == [f"h{i}" for i in range(9)]
    assert len(opened.tiers[0]) == 4 + 9
    assert opened.opened == ((hosts[1].key, "n1"),)
    assert sum(b.cables for b in opened.bundles) == sum(b.cables for b in drawn.bundles)


def test_rails_are_gathered_apart():
    b = Builder()
    for k in range(9):
        b.rack(f"n{k}", {f"h{i}": "tray" for i in range(2)})
        b.rack(f"l{k}", {f"leaf{r}": "sw64" for r in range(8)})
        for i in range(2):
            for r in range(8):
                nic = ("nic1", "nic2", "nic3", "nic4")[r // 2]
                if r % 2 == i:
                    b.join(f"n{k}/h{i}", nic, f"l{k}/leaf{r}", "osfp1")
    drawn = map_of(b.done())
    leafs = drawn.tiers[1]
    assert len(leafs) == 36  # 72 leafs: by rack and rail, 9 x 4
    assert {(n.lane, n.count) for n in leafs} == {(r, 2) for r in range(4)}
    assert drawn.lanes == ("Rail 1", "Rail 2", "Rail 3", "Rail 4")


def test_more_racks_than_fit_are_shown_by_ranges_of_names():
    b = Builder()
    b.rack("net", {"leaf0": "sw64", "leaf1": "sw64"})
    for k in range(100):
        b.rack(f"r{k}", {"h": "tray"})
        b.join(f"r{k}/h", "nic1", f"net/leaf{k % 2}", f"osfp{k // 2 + 1}")
    drawn = map_of(b.done())
    hosts = drawn.tiers[0]
    assert len(hosts) <= 40
    assert sum(n.count for n in hosts) == 100
    assert hosts[0].label == "r0 … r2"
    opened = map_of(b.project, opened=[hosts[0].key])
    assert [n.label for n in opened.tiers[0][:3]] == ["r0", "r1", "r2"]


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 12), st.integers(1, 8), st.integers(1, 4), st.data())
def test_gathering_loses_neither_devices_nor_cables(hosts, racks, width, data):
    project = rails(hosts=min(hosts, 12), rails=width, racks=racks if hosts * racks <= 64 else 1)
    graph = graph_of(project)
    whole = map_of(project)
    keys = [n.key for n in whole.nodes if n.is_gathered]
    opened = data.draw(st.lists(st.sampled_from(keys), max_size=3)) if keys else []
    drawn = map_of(project, opened=opened)
    assert sorted(i for n in drawn.nodes for i in n.members) == list(range(len(graph)))
    assert sum(b.cables for b in drawn.bundles) == int(graph.cables.sum())
    assert sorted(k for b in drawn.bundles for k in b.trunks) == list(range(len(graph.a)))
    assert len({n.key for n in drawn.nodes}) == len(drawn.nodes)


def test_a_name_by_override_is_shown():
    project = rails(hosts=2, rails=2)
    _apply(project, lambda e: e.put("overrides", Override(block="hall", id="o", path="n0/h1", name="SPARE")))
    assert {n.label for n in map_of(project).tiers[0]} == {"h0", "SPARE"}


# Paths.


def test_all_paths_between_two_hosts_on_different_rails():
    graph = graph_of(rails(hosts=2, rails=4, spines=2))
    found = shortest_paths(graph, *_at(graph, "n0/h0", "n0/h1"))
    # One switch on the way, on any of four rails.
    assert (found.count, len(found.ways), found.hops) == (4, 4, 1)
    found = shortest_paths(graph, *_at(graph, "leafs/leaf0", "leafs/leaf3"))
    middle = {graph.paths[way[1]] for way in found.ways}
    # A host has links to both leafs but does not forward.
    assert middle == {"spines/spine0", "spines/spine1"}


def test_the_hops_tell_ports_rate_and_parallel_links():
    graph = graph_of(rails(hosts=2, rails=2, spines=1))
    found = shortest_paths(graph, *_at(graph, "n0/h1", "spines/spine0"))
    hops = hops_of(graph, found.ways[0])
    assert [(h.path, h.port, h.to_path, h.to_port, h.rate_gbps, h.links) for h in hops] == [
        ("n0/h1", "nic1", "leafs/leaf0", "osfp1/2", 400.0, 1),
        ("leafs/leaf0", "osfp51/1", "spines/spine0", "osfp1/1", 400.0, 2),
    ]
    back = hops_of(graph, tuple(reversed(found.ways[0])))
    assert (back[0].port, back[0].to_port) == ("osfp1/1", "osfp51/1")


def test_no_path_between_separate_parts_or_to_itself():
    b = Builder()
    for part in "ab":
        b.rack(f"n{part}", {"h0": "tray", "h1": "tray"})
        b.rack(f"l{part}", {"leaf": "sw64"})
        for i in range(2):
            b.join(f"n{part}/h{i}", "nic1", f"l{part}/leaf", f"osfp{i + 1}")
    graph = graph_of(b.done())
    assert shortest_paths(graph, *_at(graph, "na/h0", "nb/h0")).count == 0
    assert shortest_paths(graph, 0, 0).count == 0


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 4), st.integers(1, 4), st.integers(1, 3), st.data())
def test_paths_are_those_networkx_finds(hosts, width, spines, data):
    graph = graph_of(rails(hosts=hosts, rails=width, spines=spines))
    start, end = data.draw(st.lists(st.integers(0, len(graph) - 1), min_size=2, max_size=2, unique=True))
    other = nx.Graph(zip(graph.a.tolist(), graph.b.tolist(), strict=True))
    other.remove_nodes_from([i for i in list(other) if graph.tier[i] == 0 and i not in (start, end)])
    try:
        wanted = {tuple(way) for way in nx.all_shortest_paths(other, start, end)}
    except nx.NetworkXNoPath:
        wanted = set()
    found = shortest_paths(graph, start, end)
    assert set(found.ways) == wanted
    assert found.count == len(wanted)


def test_paths_from_port_to_port_begin_and_end_there():
    graph = graph_of(rails(hosts=2, rails=4, spines=2))
    start, end = _at(graph, "n0/h0", "leafs/leaf3")
    # NIC 1 leads to leaf 0; ports 51 and 52 of leaf 3 to spines 0 and 1.
    part = at_ports(graph, {start: "nic1", end: "osfp52"})
    found = shortest_paths(part, start, end)
    assert [[graph.paths[i] for i in way] for way in found.ways] == [
        ["n0/h0", "leafs/leaf0", "spines/spine1", "leafs/leaf3"]
    ]
    first, _, last = hops_of(part, found.ways[0])
    assert (first.port, first.to_port, first.links) == ("nic1", "osfp1/1", 1)
    assert (last.port, last.to_port, last.links) == ("osfp4/1", "osfp52/1", 2)
    # The other host is on the same port of the leaf: a host does not forward.
    leaf = _at(graph, "leafs/leaf0")[0]
    assert shortest_paths(at_ports(graph, {start: "nic2", leaf: "osfp1"}), start, leaf).count == 0
    assert shortest_paths(at_ports(graph, {start: "nic1", leaf: "osfp1"}), start, leaf).hops == 0
    assert at_ports(graph, {start: "", end: ""}) is graph


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 4), st.integers(2, 4), st.integers(1, 3), st.data())
def test_paths_between_ports_are_those_networkx_finds_with_the_other_cables_cut(hosts, width, spines, data):
    graph = graph_of(rails(hosts=hosts, rails=width, spines=spines))
    start, end = data.draw(st.lists(st.integers(0, len(graph) - 1), min_size=2, max_size=2, unique=True))
    snap, number = graph.snapshot, {row: i for i, row in enumerate(graph.rows.tolist())}
    cables = []
    for cable in graph.cable_rows.tolist():
        ends = [number[int(snap.cable_a[cable])], number[int(snap.cable_b[cable])]]
        cables.append((ends, [port.partition("/")[0] for port in cable_ends(snap, cable)]))
    used = {d: sorted({ports[ends.index(d)] for ends, ports in cables if d in ends}) for d in (start, end)}
    ports = {d: data.draw(st.sampled_from(used[d])) for d in (start, end)}
    other = nx.Graph()
    other.add_nodes_from((start, end))
    for ends, names in cables:
        if all(ports.get(d, name) == name for d, name in zip(ends, names, strict=True)):
            other.add_edge(*ends)
    other.remove_nodes_from([i for i in list(other) if graph.tier[i] == 0 and i not in (start, end)])
    try:
        wanted = {tuple(way) for way in nx.all_shortest_paths(other, start, end)}
    except nx.NetworkXNoPath:
        wanted = set()
    found = shortest_paths(at_ports(graph, ports), start, end)
    assert set(found.ways) == wanted
    assert found.count == len(wanted)


@pytest.mark.parametrize(("racks", "wanted"), [(1, 2 * 12 + 12), (5, 2 * 60 + 12)])
def test_counts_of_cables_by_hand(racks, wanted):
    # hosts x 2 rails, and 2 rails x 3 spines x 2 links
    project = rails(hosts=12, rails=2, spines=3, racks=racks)
    assert map_of(project).cables == wanted
