"""Clos networks against the tables that NVIDIA publishes, and their ports one by one."""

from collections import Counter, defaultdict

import networkx as nx
import pytest

from core.fabrics import leaf_spine, rails
from core.fabrics.families import generate
from core.fabrics.family import Need
from core.fabrics.leaf_spine import LeafSpine
from core.fabrics.rails import RailOptimised
from core.fabrics.weave import sizes_of

B300_ETHERNET = {"hosts_per_unit": 64, "nic_gbps": 800.0, "port_gbps": 800.0, "planes": 2}
B300_XDR = {
    "hosts_per_unit": 72,
    "nic_gbps": 800.0,
    "port_gbps": 800.0,
    "leaf_ports": 144,
    "spine_ports": 144,
    "core_ports": 144,
}
GB200 = {
    "hosts_per_unit": 8 * 18,
    "hosts_per_leaf": 18,
    "nics_per_host": 4,
    "gpus_per_host": 4,
    "leafs_per_group": 8,
}


def counts(parameters):
    """Return hosts, leafs, spines, cores and links host-leaf, leaf-spine, spine-core of what is made."""
    made = sizes_of(generate("rail-optimised", parameters))
    devices = (made.devices.get(role, 0) for role in ("host", "leaf", "spine", "core"))
    pairs = (("host", "leaf"), ("leaf", "spine"), ("spine", "core"))
    return (*devices, *(made.links.get(pair, 0) for pair in pairs))


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (2, (64, 16, 8, 0, 512, 512, 0)),
        (4, (128, 32, 16, 0, 1024, 1024, 0)),
        (16, (512, 128, 128, 64, 4096, 4096, 4096)),
        (64, (2048, 512, 512, 256, 16384, 16384, 16384)),
    ],
)
def test_larger_superpods(units, expected):
    """DGX B200 SuperPOD RA-11334-001, table of larger SuperPODs (from 4 SU also in the H100 RA)."""
    assert counts({"hosts": 32 * units}) == expected


@pytest.mark.parametrize(
    ("units", "hosts", "leafs", "spines", "compute_and_ufm", "leaf_spine"),
    [(1, 31, 8, 4, 252, 256), (2, 63, 16, 8, 508, 512), (4, 127, 32, 16, 1020, 1024)],
)
def test_a_host_makes_room_for_ufm(units, hosts, leafs, spines, compute_and_ufm, leaf_spine):
    """DGX H100 SuperPOD RA-11333-001 V11, table 4 (2 SU: B200 RA-11334-001, table 4)."""
    made = sizes_of(generate("rail-optimised", {"hosts": 32 * units, "manager_ports": 4}))
    assert made.devices == {"host": hosts, "leaf": leafs, "spine": spines, "manager": 2}
    assert made.links["host", "leaf"] + made.links["manager", "leaf"] == compute_and_ufm
    assert made.links["leaf", "spine"] == leaf_spine
    assert made.gpus == 8 * hosts


def test_an_empty_place_is_used_for_ufm_before_a_host_is_taken_away():
    asked = generate("rail-optimised", {"hosts": 127, "manager_ports": 4})
    assert sizes_of(asked).devices["host"] == 127
    ports = {
        (edge["a"], edge["b"], edge["b_slots"])
        for _, _, edge in asked.edges(data=True)
        if "manager" in edge["a"]
    }
    # One on each of four leafs of the last unit, on the port of the host that is not there.
    assert ports == {(f"manager-{n // 2 + 1}", f"su-4/leaf-{n + 1}", (31,)) for n in range(4)}


@pytest.mark.parametrize(("ports", "hosts"), [(192, 104), (193, 103), (200, 103), (201, 102)])
def test_only_hosts_in_the_way_of_managers_have_to_go(ports, hosts):
    # The last unit has 40 of 64 hosts: 32 on the first leaf of each rail, 8 on the second, whose other 24
    # ports are free on each of 8 rails.
    asked = {"hosts": 104, "hosts_per_unit": 64, "manager_ports": ports}
    assert sizes_of(generate("rail-optimised", asked)).devices["host"] == hosts


def test_ports_that_are_free_beside_the_uplinks_serve_managers():
    # 16 hosts down and 16 links up leave 32 of 64 ports: nobody has to go.
    made = generate("rail-optimised", {"hosts": 32, "hosts_per_unit": 16, "manager_ports": 4})
    assert sizes_of(made).devices["host"] == 32
    assert made.edges["manager-1", "su-2/leaf-1", 0]["b_slots"] == (32,)


@pytest.mark.parametrize(
    ("units", "hosts", "leafs", "spines", "cages_down", "leaf_spine"),
    [(1, 64, 16, 8, 512, 512), (4, 256, 64, 32, 2048, 2048), (8, 512, 128, 64, 4096, 4096)],
)
def test_b300_on_ethernet(units, hosts, leafs, spines, cages_down, leaf_spine):
    """DGX B300 SuperPOD RA-11337-001. The table counts a cage of 800G once, although it feeds both planes."""
    made = counts({"hosts": 64 * units, **B300_ETHERNET})
    assert made == (hosts, leafs, spines, 0, 2 * cages_down, leaf_spine, 0)


def test_planes_of_more_than_64_leafs_split_their_links_to_400g():
    """fabrics.md 5: 800G leaf-spine links while a plane has at most 64 leafs, else 400G, 128 to a switch."""
    made = generate("rail-optimised", {"hosts": 64 * 9, **B300_ETHERNET})
    uplinks = [edge for _, _, edge in made.edges(data=True) if "spine" in edge["b"]]
    assert {(edge["gbps"], edge["count"]) for edge in uplinks} == {(400.0, 1)}
    # 72 leafs of a plane with 64 links each: 36 spines would do, but 64 are the next that share alike.
    assert sizes_of(made).devices["spine"] == 2 * 64


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (1, (72, 8, 4, 0, 576, 576, 0)),
        (2, (144, 16, 8, 0, 1152, 1152, 0)),
        (4, (288, 32, 18, 0, 2304, 2304, 0)),
    ],
)
def test_b300_on_infiniband(units, expected):
    """DGX B300 SuperPOD RA-11339-001: 18 spines in the last row, since 72 uplinks cannot be shared by 16."""
    assert counts({"hosts": 72 * units, **B300_XDR}) == expected


@pytest.mark.parametrize("units", [1, 3, 16])
def test_gb200(units):
    """DGX GB200 SuperPOD RA-11338-001: 4 spine-leaf groups of 8 leafs and 6 spines in each SU, 6 core groups,
    at most 16 SU."""
    made = generate("rail-optimised", {"hosts": 144 * units, **GB200})
    size = sizes_of(made)
    assert size.gpus == 576 * units
    assert (size.devices["leaf"], size.devices["spine"]) == (32 * units, 24 * units)
    assert size.links["leaf", "spine"] == 576 * units
    links = {edge["count"] for _, _, edge in made.edges(data=True) if "spine" in edge["b"]}
    assert links == {3}
    used = used_slots(made)
    assert {len(used[key]) for key, role in made.nodes(data="role") if role == "spine"} == {24 + 24}
    assert {len(used[key]) for key, role in made.nodes(data="role") if role == "leaf"} == {18 + 18}
    # Spine i of every group is in core group i, and in no other.
    groups = {(edge["a"].rsplit("-", 1)[1], edge["b"].split("-")[1]) for edge in edges_to(made, "core")}
    assert groups == {(str(n), str(n)) for n in range(1, 7)}


def test_512_nodes_in_groups_of_four_units():
    """Vendor article on 512 H100 nodes: 4 groups of 128 nodes, 4 leafs and 4 spines to a rail group, 8 links
    to a pair, 320 switches; 256 nodes are the most with two tiers."""
    made = generate("rail-optimised", {"hosts": 512, "leafs_per_group": 4})
    assert sizes_of(made).switches == 320
    own = made.subgraph(key for key in made if key.startswith("group-1/"))
    per_rail = Counter((data["role"], data["rail"]) for _, data in own.nodes(data=True) if "rail" in data)
    assert per_rail == {(role, rail): 4 for role in ("leaf", "spine") for rail in range(8)}
    assert {edge["count"] for edge in edges_to(made, "spine")} == {8}
    assert rails.FAMILY.sizes(RailOptimised(hosts=256)).devices.get("core") is None
    assert rails.FAMILY.sizes(RailOptimised(hosts=257)).devices["core"] > 0
    # What is chosen if nothing is asked for is the same.
    chosen = generate("rail-optimised", {"hosts": 512})
    assert dict(made.nodes(data=True)) == dict(chosen.nodes(data=True))
    assert list(made.edges(data=True)) == list(chosen.edges(data=True))


def edges_to(graph, role):
    return [edge for _, _, edge in graph.edges(data=True) if graph.nodes[edge["b"]]["role"] == role]


def used_slots(graph):
    """Return the slots in use of every device; a slot that is used twice is in there twice."""
    used = defaultdict(list)
    for _, _, edge in graph.edges(data=True):
        for end in ("a", "b"):
            width = round(edge["gbps"] / graph.nodes[edge[end]]["slot_gbps"])
            used[edge[end]].extend(slot + k for slot in edge[f"{end}_slots"] for k in range(width))
    return used


def test_rail_rule():
    """Port k of every node of a unit is on leaf k of that unit, at the port of the node (H100 RA)."""
    made = generate("rail-optimised", {"hosts": 64})
    for unit in (1, 2):
        for host in range(32):
            for rail in range(8):
                [edge] = made[f"su-{unit}/h{host + 1:02}"][f"su-{unit}/leaf-{rail + 1}"].values()
                assert (edge["a_slots"], edge["b_slots"], edge["count"]) == ((rail,), (host,), 1)
                assert made.nodes[edge["b"]]["rail"] == rail


def test_consecutive_uplinks_share_a_spine():
    # 32 leafs of 32 uplinks on 16 spines: 2 links for each pair. Leaf 3 of su-2 is the 11th: ports 20 and 21.
    made = generate("rail-optimised", {"hosts": 128})
    for spine in range(16):
        [edge] = made["su-2/leaf-3"][f"spine-{spine + 1:02}"].values()
        assert edge["a_slots"] == (32 + 2 * spine, 33 + 2 * spine)
        assert edge["b_slots"] == (20, 21)


def test_links_to_cores_are_above_those_to_leafs():
    # 16 units: groups of 4 leafs and 4 spines, a spine with 2 links to each of 16 cores.
    # Rail 3 of the second group is the 11th of 32 spine-leaf groups: ports 20 and 21 of every core.
    made = generate("rail-optimised", {"hosts": 512})
    up = made["group-2/spine-3-2"]
    assert sum(key.startswith("core-2-") for key in up) == 16
    assert {made.nodes[key]["role"] for key in up} == {"leaf", "core"}
    [edge] = up["core-2-05"].values()
    assert (edge["a_slots"], edge["b_slots"]) == ((40, 41), (20, 21))
    # Leaf of the third unit of the group, 8 links to each of its 4 spines.
    [edge] = made["group-2/su-3/leaf-3"]["group-2/spine-3-2"].values()
    assert (edge["a_slots"], edge["b_slots"]) == (tuple(range(40, 48)), tuple(range(16, 24)))


def test_switches_between_gpus():
    """fabrics.md 3: same rail and unit 1 switch, anything else 3; in three tiers 5 between groups."""

    def switches(graph, one, other):
        # A host does not forward: without hosts, paths cannot change rails in one.
        fabric = graph.subgraph(key for key, tier in graph.nodes(data="tier") if tier)
        [ours], [theirs] = (
            [leaf for leaf in graph[host] if graph.nodes[leaf]["rail"] == rail] for host, rail in (one, other)
        )
        return nx.shortest_path_length(fabric, ours, theirs) + 1

    two = generate("rail-optimised", {"hosts": 64})
    assert switches(two, ("su-1/h01", 0), ("su-1/h32", 0)) == 1
    assert switches(two, ("su-1/h01", 0), ("su-2/h01", 0)) == 3
    assert switches(two, ("su-1/h01", 0), ("su-1/h01", 7)) == 3
    three = generate("rail-optimised", {"hosts": 512})
    assert switches(three, ("group-1/su-1/h01", 0), ("group-1/su-4/h01", 0)) == 3
    assert switches(three, ("group-1/su-1/h01", 0), ("group-2/su-1/h01", 0)) == 5
    assert switches(three, ("group-1/su-1/h01", 0), ("group-1/su-1/h02", 1)) == 5


def test_uplinks_of_the_full_rate_start_at_a_whole_port():
    # 3 hosts of 400G leave half of the second port of 800G unused; uplink 1 is on the third.
    made = generate(
        "rail-optimised", {"hosts": 3, "hosts_per_unit": 3, "port_gbps": 800.0, "nics_per_host": 1}
    )
    assert made.nodes["su-1/leaf-1"]["slots"] == 128
    [edge] = edges_to(made, "spine")
    assert (edge["a_slots"], edge["gbps"]) == ((4, 6), 800.0)


def test_each_nic_has_one_port_in_each_of_two_planes():
    made = generate("rail-optimised", {"hosts": 128, **B300_ETHERNET})
    host = made["su-2/h05"]
    assert len(host) == 16
    for nic in range(8):
        for plane in range(2):
            [edge] = host[f"su-2/leaf-p{plane + 1}-{nic + 1}"].values()
            assert (edge["a_slots"], edge["b_slots"], edge["gbps"]) == ((2 * nic + plane,), (4,), 400.0)
    assert planes_are_disjoint(made, 2)


def planes_are_disjoint(graph, planes):
    switches = graph.subgraph(key for key, tier in graph.nodes(data="tier") if tier)
    parts = [{switches.nodes[key]["plane"] for key in part} for part in nx.connected_components(switches)]
    return sorted(parts, key=min) == [{plane} for plane in range(planes)]


def test_eight_planes_are_eight_trees():
    """fabrics.md 5: NIC i of every node belongs to plane i, each a two-tier tree of its own."""
    made = generate("rail-optimised", {"hosts": 128, "planes": 8, "plane_by": "nic"})
    assert planes_are_disjoint(made, 8)
    for nic in range(8):
        [edge] = made["su-3/h02"][f"su-3/leaf-p{nic + 1}"].values()
        assert edge["a_slots"] == (nic,)
    # A plane: 4 leafs of 32 uplinks on 2 spines of 64 ports.
    assert sizes_of(made).devices == {"host": 128, "leaf": 32, "spine": 16}


def test_plain_networks_have_all_nics_of_a_host_on_its_leaf():
    made = generate("leaf-spine", {"hosts": 128})
    # 4 hosts of 8 NICs fill the 32 ports down.
    assert sizes_of(made).devices == {"host": 128, "leaf": 32, "spine": 16}
    [(leaf, edges)] = made["su-1/h06"].items()
    assert (leaf, edges[0]["count"], edges[0]["b_slots"]) == ("su-1/leaf-2", 8, tuple(range(8, 16)))


def test_nics_take_turns_over_two_leafs():
    made = generate("leaf-spine", {"hosts": 32, "leafs_per_host": 2})
    assert {leaf: edges[0]["a_slots"] for leaf, edges in made["su-1/h01"].items()} == {
        "su-1/leaf-1": (0, 2, 4, 6),
        "su-1/leaf-2": (1, 3, 5, 7),
    }


@pytest.mark.parametrize(("ratio", "up"), [(1.0, 32), (2.0, 16), (3.0, 11)])
def test_oversubscription_sets_the_uplinks(ratio, up):
    # 32 links down at 3 : 1 need 10.7 links up.
    made = generate("rail-optimised", {"hosts": 32, "oversubscription": ratio})
    assert sizes_of(made).links["leaf", "spine"] == 8 * up


def test_a_partial_unit_has_all_its_leafs_and_uplinks():
    """fabrics.md 1: a partially filled SU still has all its leafs and leaf-spine cables."""
    assert counts({"hosts": 97}) == (97, 32, 16, 0, 97 * 8, 1024, 0)


def test_a_partial_group_has_all_its_spines():
    # 5 units in groups of 2 leave the third group with one leaf for each rail.
    made = generate("rail-optimised", {"hosts": 160, "tiers": 3, "leafs_per_group": 2})
    size = sizes_of(made)
    assert (size.devices["leaf"], size.devices["spine"]) == (40, 3 * 8 * 2)
    assert {edge["count"] for edge in edges_to(made, "spine")} == {16}


def test_the_switches_of_each_tier_may_differ():
    # 32 leafs of 32 uplinks on spines of 128 ports.
    assert counts({"hosts": 128, "spine_ports": 128})[2] == 8


def test_proposals_meet_the_need():
    from core.fabrics.family import Need

    need = Need(hosts=300, oversubscription=2.0)
    found = list(rails.FAMILY.proposals(need))
    # 10 units have 80 leafs: two tiers of 64-port spines cannot join them.
    assert [(p.tiers, p.oversubscription) for p in found] == [(3, 1.0), (3, 2.0)]
    assert all(rails.FAMILY.sizes(p).gpus == need.gpus for p in found)
    plain = list(leaf_spine.FAMILY.proposals(Need(hosts=20)))
    assert [p.tiers for p in plain] == [2, 3]
    assert all(isinstance(p, LeafSpine) and p.hosts_per_unit == 20 for p in plain)
    # A NIC of 800G on ports of 400G has a port in each of two planes.
    assert {p.planes for p in rails.FAMILY.proposals(Need(hosts=64, nic_gbps=800.0))} == {2}
    # NICs of 800G can be split into two planes of 400G.
    twin = rails.FAMILY.proposals(Need(hosts=64, nic_gbps=800.0, port_gbps=800.0))
    assert [(p.tiers, p.planes) for p in twin] == [(2, 1), (2, 2), (3, 1), (3, 2)]


def test_a_unit_one_host_short_is_proposed_with_its_place_kept_free() -> None:
    """31 uplinks would need 31 spines; with the place of the 32nd host kept, four share 32 equally."""
    need = Need(hosts=31, hosts_per_unit=31)
    first = next(iter(rails.FAMILY.proposals(need)))
    assert (first.hosts, first.hosts_per_unit) == (31, 32)
    assert rails.FAMILY.sizes(first).devices == {"host": 31, "leaf": 8, "spine": 4}
