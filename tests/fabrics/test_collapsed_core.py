"""Enterprise designs against the wire maps and tables of NVIDIA's enterprise reference architectures.

All figures: github.com/NVIDIA/enterprise-ras (MIT licence), wire maps, scaling tables and simulation
topology, as in the reference cases of family `era`.
"""

import networkx as nx
import pytest
from msgspec.structs import replace

from core.fabrics.collapsed_cages import CollapsedCore, cages_of, most_units
from core.fabrics.collapsed_core import build, proposals, sizes
from core.fabrics.enterprise import DESIGNS, architecture
from core.fabrics.family import Need, ParameterError

CAGE = 8
"""Slots of an 800G cage where the finest link is 100G."""


def places(graph: nx.MultiGraph, role: str) -> dict[tuple[int, int], tuple[str, int, int]]:
    """Return (device from 1, port from 0) -> (core, cage from 1, sub-port) of every link of a role."""
    keys = [key for key, own in graph.nodes(data="role") if own == role]
    number = {key: j for j, key in enumerate(keys, 1)}
    found = {}
    for _, _, edge in graph.edges(keys, data=True):
        width = round(edge["gbps"] / graph.nodes[edge["b"]]["slot_gbps"])
        for port, slot in zip(edge["a_slots"], edge["b_slots"], strict=True):
            found[number[edge["a"]], port] = (edge["b"], slot // CAGE + 1, slot % CAGE // width)
    return found


def test_port_map_of_2_8_9_400():
    """96 rows of GPU links and 24 of CPU links: k odd on core-01, cage 4 + 2 (j - 1) + (k > 4), sub-port 0
    for k in 1, 2, 5, 6; CPU port P on core-0P, cage 1 + (j - 1) // 4, sub-port (j - 1) % 4."""
    found = places(build(DESIGNS["2-8-9-400"]), "host")
    assert len(found) == 96 + 24
    for j in range(1, 13):
        for k in range(1, 9):
            core = "core-01" if k % 2 else "core-02"
            cage = 4 + 2 * (j - 1) + (0 if k <= 4 else 1)
            assert found[j, k - 1] == (core, cage, 0 if k in {1, 2, 5, 6} else 1)
        for port in (1, 2):
            assert found[j, 7 + port] == (f"core-0{port}", 1 + (j - 1) // 4, (j - 1) % 4)


def test_port_counts_of_2_4_3_200():
    """32 nodes: GPU cages 9 to 24 as 9 + (j - 1) // 2, CPU cages 1 to 8, 32 links in cages 27 to 42."""
    design = DESIGNS["2-4-3-200"]
    graph = build(design)
    found = places(graph, "host")
    for j in range(1, 33):
        assert found[j, 0] == ("core-01", 9 + (j - 1) // 2, (j - 1) % 2)
        assert found[j, 1] == ("core-02", 9 + (j - 1) // 2, (j - 1) % 2)
    assert {cage for (_, port), (_, cage, _) in found.items() if port > 1} == set(range(1, 9))
    assert sizes(design).links["core", "core"] == 32
    assert (cages_of(design).between, cages_of(design).rest - 1) == (27, 42)


@pytest.mark.parametrize(
    ("name", "first", "last", "links"), [("2-8-9-400", 28, 51, 48), ("2-4-3-200", 27, 42, 32)]
)
def test_links_between_the_cores_join_equal_cages(name, first, last, links):
    graph = build(DESIGNS[name])
    (edge,) = graph.get_edge_data("core-01", "core-02").values()
    assert edge["a_slots"] == edge["b_slots"]
    assert edge["count"] == links
    cages = sorted({slot // CAGE + 1 for slot in edge["a_slots"]})
    assert cages == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("name", "switches"),
    [
        ("2-4-3-200", (2, 2, 2, 2, 3, 3, 4, 4)),
        ("2-8-5-200", (2, 2, 2, 2, 3)),
        ("2-8-9-400", (2, 2, 3)),
    ],
)
def test_out_of_band_switches_by_tiers_and_the_single_tier_maximum(name, switches):
    """ERA-00008-001 v03 table 10, ERA-00016-001 v03 table 13, ERA-00010-001 v03 table 10: units of four
    nodes."""
    design = DESIGNS[name]
    assert most_units(design) == len(switches)
    for units, expected in enumerate(switches, 1):
        found = sizes(replace(design, hosts=4 * units))
        assert found.devices["oob"] == expected
        assert found.devices["core"] == 2
    with pytest.raises(ParameterError, match=f"enough for {len(switches)} units") as error:
        build(replace(design, hosts=4 * len(switches) + 4))
    assert (error.value.field, error.value.nearest) == ("hosts", (4 * len(switches),))


def test_inventory_of_one_unit_of_a_design_for_three():
    """The 1-SU simulation topology of 2-8-9-400 has what three units need between the cores from the
    start."""
    found = sizes(
        CollapsedCore(hosts=4, design_hosts=12, support_servers=8, storage_servers=2, storage_ports=6)
    )
    assert found.devices == {"host": 4, "core": 2, "oob": 3, "support": 8, "storage": 2}
    assert found.links["host", "core"] == 40
    assert found.links["support", "core"] == 16
    assert found.links["storage", "core"] == 12
    assert found.links["core", "core"] == 48


def test_a_unit_that_comes_later_moves_no_cable():
    one = places(build(CollapsedCore(hosts=4, design_hosts=12)), "host")
    three = places(build(CollapsedCore(hosts=12, design_hosts=12)), "host")
    assert one.items() <= three.items()
    assert len(one) == 40


def test_support_servers_of_2_4_3_200_use_the_cages_before_the_links_between_cores():
    """Cages 25 and 26 in the published port list: five support servers on 25 and the first quarter of 26."""
    found = places(build(replace(DESIGNS["2-4-3-200"], support_servers=5)), "support")
    assert [found[j, 0][1:] for j in range(1, 6)] == [(25, 0), (25, 1), (25, 2), (25, 3), (26, 0)]


def test_names_say_what_a_host_has():
    found = architecture("2-8-9-400")
    assert found == (2, 8, 9, 400.0)
    with pytest.raises(ParameterError, match="names no architecture"):
        architecture("2-8-9")


@pytest.mark.parametrize("name", DESIGNS)
def test_designs_have_the_nics_of_their_names(name):
    """One of the NICs is the CPU's."""
    told, design = architecture(name), DESIGNS[name]
    assert (design.gpus_per_host, design.nics_per_host + 1) == (told.gpus, told.nics)
    assert design.nics_per_host * design.nic_gbps / design.gpus_per_host == told.gbps_per_gpu


@pytest.mark.parametrize(
    ("wanted", "field", "nearest"),
    [
        (CollapsedCore(nics_per_host=3), "nics_per_host", (2, 4)),
        (CollapsedCore(nic_gbps=300.0), "nic_gbps", (200.0, 400.0, 100.0)),
        (CollapsedCore(hosts=12, design_hosts=8), "design_hosts", (0, 12)),
        (CollapsedCore(support_servers=60), "support_servers", (48,)),
    ],
)
def test_impossible_parameters_name_the_nearest_that_work(wanted, field, nearest):
    with pytest.raises(ParameterError) as error:
        build(wanted)
    assert (error.value.field, set(error.value.nearest)) == (field, set(nearest))


def test_a_need_is_met_on_switches_slower_than_the_ports_of_a_cpu():
    """Without ports of CPUs their rate does not matter: 4 hosts x 2 NICs at 100G, half of them on a core."""
    need = Need(hosts=4, nics_per_host=2, nic_gbps=100.0, switch_ports=64, port_gbps=100.0)
    (given,) = proposals(need)
    assert given.cpu_ports == 0
    assert sizes(given).links == {("host", "core"): 8, ("core", "core"): 4}
