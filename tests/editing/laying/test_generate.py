"""Generating again: what was made is replaced, what is pinned or drawn by hand stays, undo takes it back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.editing.cabling.connect import connect
from core.editing.laying.generate import generate_fabric, lay
from core.editing.laying.pins import pin, unpin
from core.editing.laying.request import Request, request_of
from core.editing.laying.row_places import POLICIES
from core.editing.overrides import set_override
from core.editing.place import place_device
from core.editing.routes import keys_along
from core.editing.space import unit
from core.errors import CagenutError, EditError
from core.fabrics.families import FAMILIES, generate
from core.fabrics.family import ParameterError
from core.files.project_file import encode, load
from core.model.change import Edit
from core.model.history import History
from core.model.integrity import problems
from core.model.project import Project
from tests.editing.laying import plain
from tests.editing.laying.plain import drawn
from tests.editing.laying.server_rows import LIBRARY, Row, rails, top_of_rack
from tests.editing.laying.test_wiring import SMALL

EXAMPLES = Path(__file__).parents[3] / "resources" / "examples"
BUILTIN = Library.builtin()
UNIT = {"hosts": 31, "hosts_per_unit": 32}
FOUR_UNITS = {
    "hosts": 576, "hosts_per_unit": 144, "hosts_per_leaf": 18, "gpus_per_host": 4, "nics_per_host": 4,
    "tiers": 3,
}  # fmt: skip


class Shipped:
    """A design shipped with the program, edited with its history."""

    def __init__(self, name: str) -> None:
        self.project = load(EXAMPLES / f"{name}.cage")[0]
        self.history = History(self.project)

    def generate(self, parameters, **more):
        edit = Edit(self.project, "Generate")
        request = Request("compute", "rail-optimised", parameters, {"": "nvidia-qm9700"}, **more)
        laid = generate_fabric(edit, BUILTIN, self.project.top, request)
        self.history.commit(edit.change())
        assert [str(problem) for problem in problems(self.project)] == []
        return laid, edit.notes

    def pin(self, *paths):
        edit = Edit(self.project, "Pin")
        pin(edit, "compute", paths)
        self.history.commit(edit.change())

    def names(self, path):
        return "/".join(self.project.names_along(self.project.top, path))


def switches(project: Project) -> Counter[str]:
    """Names of all switches, as often as they are built."""
    graph = project.graph(project.top, expand=True)
    devices = [project.resolve(project.top, path) for path in graph.nodes]
    return Counter(d.name for d in devices if project.find_type(d.type).kind == "switch")


def cables(project: Project, fabric: str) -> Counter[frozenset[tuple[str, str]]]:
    """Cables of a fabric: the two sockets of each. Raises if a socket is used twice."""
    found: Counter[frozenset[tuple[str, str]]] = Counter()
    taken: set[tuple[str, str]] = set()

    def visit(block: str, head: str) -> None:
        for link in project.links(block).values():
            if link.fabric == fabric:
                for one, other in zip(link.a.ports, link.b.ports, strict=True):
                    ends = (head + link.a.path, one), (head + link.b.path, other)
                    assert not taken & set(ends)
                    taken.update(ends)
                    found[frozenset(ends)] += 1
        for instance in project.instances(block).values():
            visit(instance.of, f"{head}{instance.id}/")

    visit(project.top, "")
    return found


def test_the_shipped_unit_generated_again_keeps_its_switches_where_they_are():
    design = Shipped("superpod-h100-su")
    before, oob = switches(design.project), cables(design.project, "oob")
    devices = dict(design.project.devices("14a-0023"))
    laid, notes = design.generate(UNIT)
    # 31 hosts on 8 rails, 32 uplinks from each of 8 leafs to 4 spines
    assert laid.ports.links == 31 * 8 + 8 * 32
    assert sum(cables(design.project, "compute").values()) == 504
    assert design.names(laid.paths["su-1/leaf-3"]) == "su-1/net-1/leaf-1-03"
    assert design.names(laid.paths["spine-4"]) == "su-1/net-1/spine-1-04"
    assert switches(design.project) == before
    assert dict(design.project.devices("14a-0023")) == devices
    assert cables(design.project, "oob") == oob
    assert notes == []
    edit = Edit(design.project, "Again")
    generate_fabric(edit, BUILTIN, design.project.top, request_of(design.project, "compute"))
    assert edit.change().deltas == ()  # the same network is no change at all


def test_the_drawn_unit_with_its_managers_is_what_the_family_makes():
    design = Shipped("superpod-h100-su")
    before = cables(design.project, "compute")
    edit = Edit(design.project, "As the record says")
    generate_fabric(edit, BUILTIN, design.project.top, request_of(design.project, "compute"))
    assert edit.change().deltas == ()
    laid, notes = design.generate({**UNIT, "manager_ports": 4})
    assert cables(design.project, "compute") == before
    assert laid.ports.links == 508  # four to the two UFM appliances
    assert design.names(laid.paths["manager-2"]) == "su-1/mgmt-1/ufm-02"
    assert notes == []


def test_cables_that_stay_keep_what_is_said_of_them():
    bench = Row()
    bench.network_rack(2400)
    laid = bench.lay(rails(8))
    host = laid.paths["h3"]
    link = next(li for li in bench.project.links(bench.hall).values() if host in (li.a.path, li.b.path))
    edit = bench.edit("Say")
    edit.replace("links", link.key, name="spare reel", length_m=20.0)
    set_override(edit, bench.hall, link.id, cable=0, asset_tag="C-77")
    bench.commit(edit)
    bench.lay(rails(8, spines=2))
    now = bench.project.links(bench.hall)[link.id]
    assert (now.name, now.length_m) == ("spare reel", 20.0)
    assert [o.asset_tag for o in bench.project.overrides(bench.hall).values()] == ["C-77"]
    bench.lay(rails(8, spines=2), policy="top of rack")  # another switch at the other end
    assert not bench.project.overrides(bench.hall)


def test_fewer_spines_take_two_away_with_their_cords_and_undo_restores_every_byte():
    design = Shipped("superpod-h100-su")
    start, before = encode(design.project), switches(design.project)
    laid, notes = design.generate({**UNIT, "oversubscription": 2.0})
    # 16 uplinks from each leaf: 8 x 16 = 128 links fill two spines of 64 ports
    assert before - switches(design.project) == Counter({"spine-1-03": 1, "spine-1-04": 1})
    assert laid.ports.links == 31 * 8 + 8 * 16
    assert notes == ["10 cables removed"] or notes == ["6 cables removed"]
    design.history.undo()
    assert encode(design.project) == start


def test_top_of_rack_and_back_again():
    design = Shipped("superpod-h100-su")
    start, blocks = encode(design.project), set(design.project.blocks)
    laid, _ = design.generate(UNIT, policy="top of rack")
    assert len(design.project.blocks) == len(blocks) + 6
    racks = [design.names(laid.paths[f"su-1/leaf-{n}"]).split("/")[1] for n in range(1, 9)]
    assert racks == [f"r{n:02}" for n in range(1, 9)]
    assert design.names(laid.paths["spine-1"]).startswith("su-1/net-1/")
    laid, _ = design.generate(UNIT, policy="network racks")
    assert {design.names(laid.paths[f"su-1/leaf-{n}"]).split("/")[1] for n in range(1, 9)} == {"net-1"}
    assert sum(switches(design.project).values()) == 12 + 4  # 4 of other networks
    # racks that differed by the switch in them are copies of one drawing again
    assert design.project.blocks.keys() == blocks
    while design.history.undo():
        pass
    assert encode(design.project) == start


def test_pinned_switches_keep_place_and_name_under_another_policy():
    design = Shipped("superpod-h100-su")
    graph = design.project.graph(design.project.top, expand=True)
    kept = {
        design.names(path): path
        for path in graph.nodes
        if design.names(path) in ("su-1/net-1/leaf-1-03", "su-1/net-1/spine-1-02")
    }
    design.pin(*kept.values())
    before = [design.project.resolve(design.project.top, path) for path in kept.values()]
    laid, _ = design.generate(UNIT, policy="top of rack")
    assert [design.project.resolve(design.project.top, path) for path in kept.values()] == before
    by_path = {path: key for key, path in laid.paths.items()}
    assert by_path[kept["su-1/net-1/leaf-1-03"]] == "su-1/leaf-1"  # taken first
    assert by_path[kept["su-1/net-1/spine-1-02"]] == "spine-1"
    assert design.names(laid.paths["su-1/leaf-2"]).startswith("su-1/r0")
    assert design.project.fabrics["compute"].pins == tuple(sorted(kept.values()))


def test_a_hall_of_four_units_stays_four_copies_of_one_drawing():
    design = Shipped("hall")
    laid, _ = design.generate(FOUR_UNITS)
    project = design.project
    units = [i for i in project.instances(project.top).values() if i.name.startswith("su-")]
    assert len({unit.of for unit in units}) == 1
    # 576 trays of four ports, as many uplinks from the leafs, as many from the spines
    assert laid.ports.links == 3 * 576 * 4
    assert sum(cables(project, "compute").values()) == 3 * 576 * 4
    inside = {laid.paths[f"group-{g}/su-{s}/leaf-1-1"].partition("/")[2] for g in (1, 2) for s in (1, 2)}
    assert len(inside) == 1
    again, notes = design.generate(FOUR_UNITS)
    assert again.paths == laid.paths
    assert notes == []


def test_a_network_beside_the_compute_network_is_generated_over_what_was_drawn():
    design = Shipped("superpod-h100-su")
    before = cables(design.project, "compute"), cables(design.project, "oob")
    edit = Edit(design.project, "Generate")
    request = Request("inband", "in-band", {"hosts": 31}, {"": "nvidia-sn4600c"}, role="in-band")
    laid = generate_fabric(edit, BUILTIN, design.project.top, request)
    design.history.commit(edit.change())
    # those drawn in the management rack carry uplinks of the out-of-band network too: they stay as they are
    there = switches(design.project)
    assert there["inband-01"] == there["inband-02"] == 1
    assert [design.names(path) for key, path in laid.paths.items() if "leaf" in key] == [
        "su-1/net-1/leaf-1", "su-1/net-1/leaf-2",
    ]  # fmt: skip
    # two ports of each host at least
    assert sum(cables(design.project, "inband").values()) == laid.ports.links >= 62
    assert any("role storage left out" in note for note in laid.notes)
    assert (cables(design.project, "compute"), cables(design.project, "oob")) == before


def test_the_record_says_what_was_asked_for():
    design = Shipped("superpod-h100-su")
    assert request_of(design.project, "inband") is None  # drawn, not generated
    design.generate(UNIT, policy="end of row", seed=7)
    asked = request_of(design.project, "compute")
    assert asked is not None
    assert (asked.family, asked.seed, asked.policy) == ("rail-optimised", 7, "end of row")
    assert asked.switches == {"": "nvidia-qm9700"}
    assert asked.parameters["hosts"] == 31
    edit = Edit(design.project, "Again")
    generate_fabric(edit, BUILTIN, design.project.top, asked)
    assert edit.fabrics["compute"] == design.project.fabrics["compute"]


def test_a_misfit_is_an_error_and_nothing_has_happened():
    design = Shipped("superpod-h100-su")
    start = encode(design.project)
    with pytest.raises(EditError, match=r"the network has 16 hosts, the design 31\. Give the network more"):
        design.generate({"hosts": 16, "hosts_per_unit": 16})
    with pytest.raises(EditError, match=r"su-2 would have no host"):
        design.generate({"hosts": 64, "hosts_per_unit": 32})
    with pytest.raises(ParameterError, match="hosts_per_uni"):
        design.generate({"hosts_per_uni": 32})
    with pytest.raises(ParameterError, match="32 ports down and 32 up; it has 8 of 400"):
        design.generate({**UNIT, "leaf_ports": 8, "hosts_per_leaf": 32})
    with pytest.raises(EditError, match=r"64 ports at 400 Gbit/s, 128 needed"):
        design.generate({**UNIT, "leaf_ports": 128, "spine_ports": 128, "oversubscription": 0.25})
    assert encode(design.project) == start


def test_hosts_that_are_not_there_leave_their_ports_free():
    bench = Row()
    laid = bench.lay(rails(10), policy="network racks")
    assert laid.notes == ("the design has no device for 2 hosts of the network",)
    assert laid.ports.links == 8 * 2 + 2 * 2


def test_a_switch_that_serves_another_network_too_stays():
    bench = Row()
    first = bench.lay(rails(8, leafs=2))
    edit = bench.edit("Uplink")
    other = place_device(edit, LIBRARY, bench.rack, "leaf-small", unit(20), name="other")
    far = f"{bench.racks[0]}/{other.id}"
    connect(edit, bench.hall, first.paths["leaf-2"], ["osfp32/1"], far, ["cage1/1"])
    bench.commit(edit)
    second = bench.lay(rails(8, leafs=2), policy="top of rack")
    kept = bench.project.resolve(bench.hall, first.paths["leaf-2"])
    assert kept is not None
    assert kept.name == "leaf-2"
    assert bench.project.resolve(bench.hall, first.paths["leaf-1"]) is None
    assert first.paths["leaf-2"] not in second.paths.values()


def test_racks_it_made_go_when_nothing_is_left_in_them():
    bench = Row()
    start = {i.name for i in bench.project.instances(bench.hall).values()}
    bench.lay(rails(8, spines=0), policy="end of row")
    assert {i.name for i in bench.project.instances(bench.hall).values()} == {*start, "r05"}
    bench.lay(rails(8, spines=0), policy="top of rack")
    assert {i.name for i in bench.project.instances(bench.hall).values()} == start
    assert not [block for block in bench.project.blocks.values() if block.template]


def test_network_racks_of_the_designer_stay_when_they_are_emptied():
    bench = Row()
    net = bench.network_rack(2400)
    bench.lay(rails(8, spines=0))
    bench.lay(rails(8, spines=0), policy="top of rack")
    assert net in bench.project.instances(bench.hall)


def test_two_networks_on_the_same_hosts_do_not_take_from_each_other():
    bench = Row()
    bench.network_rack(2400)
    compute = bench.lay(rails(8))
    before = cables(bench.project, "compute")
    with pytest.raises(EditError, match="in use"):
        bench.lay(rails(8), fabric="second")  # the same ports of the hosts
    assert cables(bench.project, "compute") == before
    bench.lay(rails(8, leafs=1, spines=0))
    assert bench.project.resolve(bench.hall, compute.paths["leaf-2"]) is None


def test_a_network_for_some_hosts_is_generated_again_for_these():
    bench = Row()
    bench.lay(rails(4), hosts=tuple(bench.racks[:2]))
    asked = request_of(bench.project, "compute")
    assert asked.hosts == tuple(bench.racks[:2])
    served = {path.partition("/")[0] for ends in cables(bench.project, "compute") for path, _ in ends}
    assert served & set(bench.racks) == set(bench.racks[:2])


def test_pins():
    bench = Row()
    laid = bench.lay(rails(8))
    leaf, host = laid.paths["leaf-1"], laid.paths["h1"]
    edit = bench.edit("Pin")
    pin(edit, "compute", [leaf])
    pin(edit, "compute", [leaf])
    assert edit.fabrics["compute"].pins == (leaf,)
    with pytest.raises(EditError, match="only switches"):
        pin(edit, "compute", [host])
    with pytest.raises(EditError, match="no longer there"):
        pin(edit, "nothing", [leaf])
    unpin(edit, "compute", [leaf])
    assert edit.fabrics["compute"].pins == ()


def test_a_pinned_switch_that_is_not_needed_is_said_so():
    bench = Row()
    laid = bench.lay(rails(8, leafs=2))
    edit = bench.edit("Pin")
    pin(edit, "compute", [laid.paths["leaf-1"], laid.paths["leaf-2"]])
    bench.commit(edit)
    again = bench.lay(rails(8, leafs=1))
    assert "pinned and not needed: leaf-2" in again.notes
    assert bench.project.resolve(bench.hall, laid.paths["leaf-2"]) is not None


def test_pinned_before_the_first_generation_by_its_name():
    bench = Row()
    net = bench.network_rack(2400)
    edit = bench.edit("Own spine")
    block = bench.project.instances(bench.hall)[net].of
    own = place_device(edit, LIBRARY, block, "leaf", unit(30), name="spine-of-mine")
    bench.commit(edit)
    bench.lay(rails(8, leafs=1, spines=0))
    edit = bench.edit("Pin")
    pin(edit, "compute", [f"{net}/{own.id}"])
    bench.commit(edit)
    laid = bench.lay(rails(8))
    assert laid.paths["spine-1"] == f"{net}/{own.id}"


steps = st.lists(
    st.tuples(
        st.sampled_from(POLICIES),
        st.integers(1, 4),  # leafs
        st.integers(0, 2),  # spines
        st.booleans(),  # pin the first switch before
        st.booleans(),  # one switch to each rack instead
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(steps=steps)
def test_whatever_is_generated_again_ports_are_used_once_pins_stay_and_undo_restores_every_byte(steps):
    bench = Row((0, 600, 1800, 2400))
    bench.network_rack(3000, power_limit_w=3000.0)
    start = encode(bench.project)
    pinned: dict[str, object] = {}
    laid = None
    for policy, leafs, spines, wants_pin, single in steps:
        if wants_pin and laid is not None:
            path = laid.paths["leaf-1"]
            edit = bench.edit("Pin")
            pin(edit, "compute", [path])
            bench.commit(edit)
            pinned[path] = bench.project.resolve(bench.hall, path)
        graph = top_of_rack(4, spines) if single else rails(8, leafs, spines)
        try:
            laid = bench.lay(graph, policy=policy)
        except EditError:
            continue
        wanted = sum(count for _, _, count in graph.edges(data="count"))
        found = cables(bench.project, "compute")
        assert sum(found.values()) == laid.ports.links == wanted
        assert found == drawn(bench.project, laid)
        for path, device in pinned.items():
            now = bench.project.resolve(bench.hall, path)
            assert (now.name, now.half_u, now.type) == (device.name, device.half_u, device.type)
            assert keys_along(bench.project, bench.hall, path)[-1][1] == device.id
    while bench.history.undo():
        if encode(bench.project) == start:
            return
    raise AssertionError("undo never came back to the start")


@settings(max_examples=15, deadline=None)
@given(
    over=st.sampled_from([0.5, 1.0, 1.5, 2.0, 4.0]),
    hosts_per_leaf=st.sampled_from([0, 16, 31, 32]),
    tiers=st.sampled_from([0, 2, 3]),
    policy=st.sampled_from(POLICIES),
)
def test_the_shipped_unit_with_other_parameters_and_undo(over, hosts_per_leaf, tiers, policy):
    design = Shipped("superpod-h100-su")
    start, oob = encode(design.project), sum(cables(design.project, "inband").values())
    asked = {**UNIT, "oversubscription": over, "hosts_per_leaf": hosts_per_leaf, "tiers": tiers}
    try:
        laid, _ = design.generate(asked, policy=policy)
    except CagenutError:
        assert encode(design.project) == start
        return
    assert sum(cables(design.project, "compute").values()) == laid.ports.links
    assert sum(cables(design.project, "inband").values()) == oob
    design.history.undo()
    assert encode(design.project) == start


def test_lay_refuses_nothing_half_done():
    bench = Row()
    start = encode(bench.project)
    edit = bench.edit("Generate")
    with pytest.raises(EditError, match="Patch panel has 0 ports at 400"):
        lay(edit, LIBRARY, bench.hall, rails(8), Request(fabric="x", family="f", switches={"": "patch"}))
    assert encode(bench.project) == start


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_is_laid_again_by_every_policy(family):
    graph = generate(family, SMALL.get(family, [{}])[0])
    project, first = plain.lay(graph, hosts_per_rack=20)
    history = History(project)
    types = {role: f"plain-{role}" for _, role in graph.nodes(data="role")}
    role = project.fabrics[first.fabric].role
    ends = {node["role"] for _, node in graph.nodes(data=True) if not node["tier"]}
    laid = {}
    for policy in POLICIES:
        edit = Edit(project, "Generate")
        asked = Request(first.fabric, family, switches=types, role=role, policy=policy)
        if ends != {"host"}:  # plain devices are all servers: they cannot be told from hosts
            with pytest.raises(EditError, match=r"hosts|no server or tray"):
                lay(edit, plain.LIBRARY, project.top, graph, asked)
            continue
        try:
            laid[policy] = lay(edit, plain.LIBRARY, project.top, graph, asked)
        except EditError:
            continue
        history.commit(edit.change())
        assert [str(problem) for problem in problems(project)] == []
        assert drawn(project, laid[policy]) == plain.wanted(graph, laid[policy])
    if ends == {"host"}:  # not every row has room at its end
        assert {"top of rack", "network racks"} <= laid.keys()
