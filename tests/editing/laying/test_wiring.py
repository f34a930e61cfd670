"""Wiring: what is drawn is what was generated, for every family; ports are unique; copies are one drawing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect
from core.editing.laying.wiring import wire
from core.editing.place import place_device
from core.engine.evaluation import evaluate
from core.errors import EditError
from core.fabrics.families import FAMILIES, generate
from core.fabrics.family import ParameterError
from core.fabrics.weave import Weave
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Fabric
from tests.editing.laying.plain import LIBRARY, drawn, lay, wanted

SMALL: dict[str, list[dict[str, Any]]] = {
    "rail-optimised": [
        {
            "hosts": 11,
            "hosts_per_unit": 4,
            "leaf_ports": 8,
            "spine_ports": 8,
            "nics_per_host": 4,
            "gpus_per_host": 4,
        },
        {"hosts": 31, "hosts_per_unit": 16, "manager_ports": 4, "leaf_ports": 32, "spine_ports": 32},
        {
            "hosts": 64,
            "hosts_per_unit": 4,
            "leaf_ports": 8,
            "spine_ports": 8,
            "core_ports": 8,
            "nics_per_host": 2,
        },
        {
            "hosts": 16,
            "hosts_per_unit": 8,
            "planes": 2,
            "nic_gbps": 800.0,
            "leaf_ports": 32,
            "spine_ports": 32,
        },
    ],
    "leaf-spine": [{"hosts": 20, "hosts_per_unit": 8, "leafs_per_host": 2, "oversubscription": 3.0}],
    "dual-tor": [{"hosts": 20, "hosts_per_segment": 8, "segments_per_pod": 2, "uplinks": 8}],
    "rail-only": [{"hosts": 40}],
    "pods": [{"hosts": 20, "racks_per_pod": 4, "leaf_ports": 32, "spine_ports": 32, "core_ports": 32}],
    "three-layer": [{"hosts": 130, "switch_ports": 32, "sets_per_pod": 2}],
    "fat-tree": [{"switch_ports": 4}, {"switch_ports": 6, "nics_per_host": 3}],
    "optical-torus": [{"cubes": 2, "slices": "1x1x2"}],
    "polar-fly": [{"q": 3}],
    "torus": [{"shape": "3x4"}],
}
"""Parameters to draw a family with; the defaults of those that are not named."""


def small(name: str) -> list[Any]:
    return [generate(name, values, seed=3) for values in SMALL.get(name, [{}])]


@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_drawn_is_what_was_generated(name: str) -> None:
    for graph in small(name):
        project, laid = lay(graph)
        assert drawn(project, laid) == wanted(graph, laid)
        links = sum(count for _, _, count in graph.edges(data="count"))
        assert laid.ports.links == links == drawn(project, laid).total()
        ends = Counter(end for cable in drawn(project, laid).elements() for end in cable)
        assert max(ends.values()) == 1, "every port is used once"
        assert len(ends) == laid.ports.ports == 2 * links
        assert len({(path, port.partition("/")[0]) for path, port in ends}) == laid.ports.cages
        # The engine counts the rows of the schedule: as many as the trunks have cables.
        fabric = evaluate(project).network.find(laid.fabric)
        assert fabric is not None
        assert fabric.links == links


def test_the_drawn_graph_is_isomorphic_to_the_generated_one() -> None:
    graph = generate("fat-tree", {"switch_ports": 4})
    project, laid = lay(graph)
    full = project.graph(project.top, expand=True)
    built = nx.MultiGraph((a, b) for a, b, fabric in full.edges(data="fabric") if fabric == laid.fabric)
    assert len(built) == 36  # 16 hosts, 8 edge, 8 aggregation, 4 core switches
    assert nx.is_isomorphic(nx.MultiGraph(graph.edges()), built)


@settings(max_examples=25, deadline=None)
@given(
    hosts=st.integers(2, 40),
    unit=st.integers(1, 8),
    nics=st.sampled_from([1, 2, 4]),
    ports=st.sampled_from([8, 16]),
    over=st.sampled_from([1.0, 2.0, 3.0]),
    managers=st.sampled_from([0, 2]),
)
def test_any_rail_optimised_network(
    hosts: int, unit: int, nics: int, ports: int, over: float, managers: int
) -> None:
    values = {
        "hosts": hosts,
        "hosts_per_unit": unit,
        "nics_per_host": nics,
        "gpus_per_host": nics,
        "leaf_ports": ports,
        "spine_ports": ports,
        "core_ports": ports,
        "oversubscription": over,
        "manager_ports": managers,
    }
    try:
        graph = generate("rail-optimised", values)
    except ParameterError:
        assume(False)
    project, laid = lay(graph, hosts_per_rack=3)
    assert drawn(project, laid) == wanted(graph, laid)


def test_equal_units_are_one_drawing_and_their_links_are_written_once() -> None:
    graph = generate("rail-optimised", {"hosts": 128})
    project, laid = lay(graph, hosts_per_rack=8)
    placed = [instance.of for instance in project.instances(project.top).values()]
    units = [of for of in placed if project.blocks[of].kind == "floor"]
    assert len(units) == 4
    assert len(set(units)) == 1
    # 32 hosts of 8 in the unit once; 32 leafs to 16 spines on the floor of the whole.
    assert len(project.links(units[0])) == 256
    assert len(project.links(project.top)) == 512
    assert laid.ports == (4096, 4096, 2048)  # 1024 + 1024 links, each end a plain cage of its own


def test_a_smaller_last_unit_is_a_drawing_of_its_own() -> None:
    project, _ = lay(generate("rail-optimised", {"hosts": 127}), hosts_per_rack=8)
    units = [i for i in project.instances(project.top).values() if project.blocks[i.of].kind == "floor"]
    assert len({unit.of for unit in units[:3]}) == 1
    assert units[3].of != units[0].of


class Floor:
    """Three placed copies of a rack of two hosts and a switch, drawn by hand."""

    def __init__(self) -> None:
        self.project = Project()
        self.edit = edit = Edit(self.project, "Build")
        self.hall = new_floor_block(edit, "Hall").id
        self.rack = new_rack_block(edit, LIBRARY, "apc-ar3300", "Rack").id
        self.hosts = [place_device(edit, LIBRARY, self.rack, "nvidia-dgx-h100").id for _ in range(2)]
        self.leaf = place_device(edit, LIBRARY, self.rack, "nvidia-qm9700").id
        self.copies = [place_instance(edit, self.hall, self.rack, x_mm=600 * k).id for k in range(3)]
        self.fabric = edit.put("fabrics", Fabric(id="f", name="Compute")).id

    def wire(self, per_copy: list[list[int]]) -> Weave:
        """Join hosts and leaf of each copy: so many links from host 0, from host 1 ..."""
        weave, paths = Weave("by hand"), {}
        for c, (copy, numbers) in enumerate(zip(self.copies, per_copy, strict=True)):
            leaf = weave.add(f"u{c}", "leaf", "leaf", 1, slots=64, slot_gbps=400)
            paths[leaf] = f"{copy}/{self.leaf}"
            taken = 0
            for h, number in enumerate(numbers):
                host = weave.add(f"u{c}", f"h{h}", "host", 0, slots=8, slot_gbps=400, gpus=8)
                paths[host] = f"{copy}/{self.hosts[h]}"
                if number:
                    weave.join(host, range(number), leaf, range(taken, taken + number), 400)
                taken += number
        wire(self.edit, LIBRARY, self.hall, weave.graph(), paths, self.fabric)
        return weave


def test_copies_that_are_wired_alike_stay_one_drawing() -> None:
    floor = Floor()
    floor.wire([[8, 8]] * 3)
    assert len(floor.edit.links(floor.rack)) == 2
    assert {i.of for i in floor.edit.instances(floor.hall).values()} == {floor.rack}
    assert floor.edit.notes == []


def test_a_copy_that_is_wired_otherwise_is_made_unique() -> None:
    floor = Floor()
    floor.wire([[8, 8], [8, 4], [8, 8]])
    of = [floor.edit.instances(floor.hall)[copy].of for copy in floor.copies]
    assert of[0] == of[2] == floor.rack
    assert of[1] != floor.rack
    counts = [sorted(link.count for link in floor.edit.links(block).values()) for block in of[:2]]
    assert counts == [[8, 8], [4, 8]]
    assert floor.edit.notes == ["1 drawing made unique: Rack-2"]


def test_a_copy_that_the_network_leaves_out_gets_no_cables() -> None:
    floor = Floor()
    left_out = floor.copies.pop()
    floor.wire([[8, 8], [8, 8]])
    of = {copy: floor.edit.instances(floor.hall)[copy].of for copy in (*floor.copies, left_out)}
    assert not floor.edit.links(of[left_out])
    assert len({of[copy] for copy in floor.copies}) == 1
    assert len(floor.edit.links(of[floor.copies[0]])) == 2


def test_a_port_in_use_is_refused() -> None:
    floor = Floor()
    connect(floor.edit, floor.rack, floor.hosts[0], ["osfp1/1"], floor.leaf, ["osfp32/2"])
    with pytest.raises(EditError, match="osfp1/1 of node-01 is in use"):
        floor.wire([[8, 8]] * 3)


def test_a_path_that_leads_nowhere_is_refused() -> None:
    floor = Floor()
    floor.hosts[0] = "gone"
    with pytest.raises(EditError, match="leads to no device"):
        floor.wire([[8, 8]] * 3)


def test_two_nodes_cannot_be_one_device() -> None:
    floor = Floor()
    floor.hosts[1] = floor.hosts[0]
    with pytest.raises(EditError, match="would be one"):
        floor.wire([[8, 8]] * 3)


def test_a_cage_is_not_used_in_two_splits_at_once() -> None:
    # A link of 400G takes the four slots of a cage; in the other cage are one of 100G and one of 200G.
    weave = Weave("custom", {}, 0)
    leaf = weave.add("", "leaf", "leaf", 1, slots=8, slot_gbps=100.0)
    for role, gbps, slot in (("host", 100.0, 0), ("storage", 200.0, 2), ("manager", 400.0, 4)):
        end = weave.add("", role, role, 0, slots=1, slot_gbps=gbps, gpus=0)
        weave.join(end, (0,), leaf, (slot,), gbps)
    with pytest.raises(EditError, match="two splits at once"):
        lay(weave.graph())
