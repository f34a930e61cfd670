"""The shipped templates and examples: counts as published, wired by the published rules, built anew alike.

Expected numbers are those of the reference cases named beside them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache

import pytest

from benchmarks.synthetic import hall_1152
from core.editing.blocks import new_floor_block
from core.editing.cabling.sockets import compatible
from core.editing.space import Occupancy, Spot
from core.editing.templates import insert
from core.engine.evaluation import evaluate
from core.files.project_file import decode
from core.model.change import Edit
from core.model.integrity import problems
from core.model.project import Project
from core.model.records import Device
from core.rules import families
from core.rules.checking import Checker
from core.rules.finding import Severity
from resources.build_designs import EXAMPLES, HERE, TEMPLATES, designs

H100, GB200, HALL = "superpod-h100-su", "superpod-gb200-su", "hall"


@cache
def shipped(folder: str, name: str) -> Project:
    path = HERE / folder / f"{name}.cage"
    return decode(path.read_bytes(), path.name)


def example(name: str) -> Project:
    return shipped("examples", name)


def every_shipped() -> list[tuple[str, str]]:
    return [("templates", name) for name in TEMPLATES] + [("examples", name) for name in EXAMPLES]


def count_devices(project: Project) -> Counter[str]:
    placed = project.placements()
    found: Counter[str] = Counter()
    for device in project.every("devices"):
        found[device.type] += placed.get(device.block, 0)
    return found


def expanded(project: Project, fabric: str) -> list[tuple[str, str, str, str]]:
    """Every cable of a fabric: device and port by name path at both ends."""
    graph = project.graph(expand=True)

    def name(path: str) -> str:
        return "/".join(project.names_along(project.top, path))

    names = {path: name(path) for path in graph}
    rows = []
    for a, b, edge in graph.edges(data=True):
        if edge["fabric"] == fabric and edge["layer"] == "data":
            link = project.resolve(project.top, edge["link"])
            first = edge["link"].rpartition("/")[0]
            if f"{first}/{link.a.path}".lstrip("/") != a:
                a, b = b, a
            rows += [
                (names[a], i, names[b], j) for i, j in zip(edge["a_ports"], edge["b_ports"], strict=True)
            ]
    return rows


def index(token: str) -> int:
    """Port of a QM9700 from 0, both halves of a cage counted."""
    cage, _, lane = token.removeprefix("osfp").partition("/")
    return 2 * (int(cage) - 1) + int(lane) - 1


def test_drawing_anew_gives_the_files_in_the_repository():
    for path, data in designs():
        assert path.read_bytes() == data, f"{path.name} is stale: run python -m resources.build_designs"


@pytest.mark.parametrize(("folder", "name"), every_shipped())
def test_every_file_is_sound(folder, name):
    project = shipped(folder, name)
    assert [str(p) for p in problems(project)] == []
    assert project.blocks[project.top].kind == "floor"
    for table in ("blocks", "devices", "instances", "fabrics", "sources", "areas"):
        assert all(record.name for record in project.every(table)), f"something unnamed in {table}"
    for block in project.blocks.values():
        names = [d.name for d in project.devices(block.id).values()]
        names += [i.name for i in project.instances(block.id).values()]
        assert len(set(names)) == len(names)
        if block.kind == "rack":
            for device in project.devices(block.id).values():
                taken = Occupancy(project, block.id, ignore=[device.id])
                assert taken.obstacle(project.find_type(device.type), Spot.of(device)) == ""


@pytest.mark.parametrize(("folder", "name"), every_shipped())
def test_every_cable_fits_and_every_supply_is_corded_or_fed(folder, name):
    project = shipped(folder, name)
    used: Counter[tuple[str, str]] = Counter()
    corded: set[tuple[str, str, str]] = set()
    for link in project.every("links"):
        for a, b in zip(link.a.ports, link.b.ports, strict=True):
            ends = []
            for end, token in ((link.a, a), (link.b, b)):
                device = project.resolve(link.block, end.path)
                assert isinstance(device, Device)
                ends.append(project.ports(device).find(token))
                corded.add((device.block, device.id, token))
                used[device.block, f"{device.id}:{token}"] += link.block == device.block
            assert compatible(*ends) == ""
    assert all(number <= 1 for number in used.values())
    for device in project.every("devices"):
        for port in project.ports(device):
            if port.group.layer == "power" and port.group.direction == "in":
                is_busbar = port.group.connector.startswith("busbar")
                is_corded = (device.block, device.id, port.name) in corded
                assert is_busbar or is_corded or port.name in device.feeds, f"{device.name} {port.name}"


def test_h100_unit_counts():
    project = example(H100)
    found = count_devices(project)
    # h100-b200-table4-su1
    assert found["nvidia-dgx-h100"] == 31
    compute = expanded(project, "compute")
    hosts = [row for row in compute if "spine" not in row[0] + row[2]]
    assert len(hosts) == 252
    assert len(compute) - len(hosts) == 256
    assert found["nvidia-qm9700"] == 8 + 4
    assert 8 * found["nvidia-dgx-h100"] == 248
    # h100-major-components-4su, derived: 8 compute racks a unit, 3 PDUs each, 2 in-band ports a node
    assert sum("/dgx-" in row[0] for row in expanded(project, "inband")) == 62
    assert found["generic-pdu-415v-60a"] == 24
    # h100-cables-oob-4su: one BMC cable a node, one management cable a switch, two uplinks an OOB switch
    oob = expanded(project, "oob")
    assert sum("/dgx-" in row[0] for row in oob) == 31
    assert sum("leaf" in row[0] or "spine" in row[0] for row in oob) == 12
    assert sum("oob" in row[0] and row[1].startswith("qsfp28") for row in oob) == 4


def test_h100_rails():
    # h100-rail-rule: NIC r of every node on leaf r; uplink u to spine u // 8, spine port leaf * 8 + u % 8
    compute = expanded(example(H100), "compute")
    nodes = {}
    for a, i, b, j in compute:
        if "dgx" in a:
            rail = int(b.rpartition("-")[2]) - 1
            assert index(i) == rail
            node = nodes.setdefault(a, index(j))
            assert node == index(j)  # the same port of every leaf
        elif "leaf" in a:
            leaf, spine = int(a.rpartition("-")[2]) - 1, int(b.rpartition("-")[2]) - 1
            up = index(i) - 32
            assert spine == up // 8
            assert index(j) == leaf * 8 + up % 8
        else:
            assert "ufm" in a
            assert index(j) == 31
    assert sorted(nodes.values()) == list(range(31))
    ports = Counter(end for row in compute for end in (row[0], row[2]) if "leaf" in end or "spine" in end)
    leafs = sorted(number for name, number in ports.items() if "leaf" in name)
    assert leafs == [63] * 4 + [64] * 4
    assert {number for name, number in ports.items() if "spine" in name} == {64}
    ufm = [row[2] for row in compute if "ufm" in row[0]]
    assert len(set(ufm)) == 4


def test_h100_supplies_hold_when_a_source_is_lost():
    project = example(H100)
    checked = 0
    for block in project.blocks.values():
        fed: dict[str, Counter[str]] = defaultdict(Counter)
        for link in project.links(block.id).values():
            if link.layer == "power":
                source = project.devices(block.id)[link.a.path].feeds["inlet"]
                fed[link.b.path][source] += link.count
        for device_id, sources in fed.items():
            spec = project.find_type(project.devices(block.id)[device_id].type)
            left = sum(sources.values()) - max(sources.values())
            assert left >= (spec.supplies_needed or 1), f"{block.name}: {sources}"
            checked += 1
    assert checked > 4


def test_b200_rack_is_corded_honestly():
    # dgx-node-specs: 5+1 supplies; b200-su-layout: 2 nodes and 3 PDUs a rack
    project = shipped("templates", "rack-dgx-b200-x2")
    found = count_devices(project)
    assert (found["nvidia-dgx-b200"], found["generic-pdu-415v-60a"]) == (2, 3)
    assert project.find_type("nvidia-dgx-b200").supplies_needed == 5
    cords = [link for link in project.every("links") if link.layer == "power"]
    assert sorted(link.count for link in cords) == [2] * 6


def test_gb200_unit_counts():
    project = example(GB200)
    found = count_devices(project)
    # gb200-su-fabric
    assert found["nvidia-gb200-compute-tray"] * 4 == 576
    assert found["nvidia-qm9700"] == 4 * (8 + 6)
    compute = expanded(project, "compute")
    up = [row for row in compute if "spine" in row[2]]
    assert (len(compute) - len(up), len(up)) == (576, 576)
    pairs = Counter((row[0], row[2]) for row in up)
    assert set(pairs.values()) == {3}
    ports = Counter(end for row in compute for end in (row[0], row[2]))
    assert {n for name, n in ports.items() if "leaf" in name} == {36}
    assert {n for name, n in ports.items() if "spine" in name} == {24}
    for a, i, b, j in compute:
        if "/ct-" in a:  # accelerator t of a tray is rail t, the tray gives the port, the rack the leaf
            _, rack, tray = a.split("/")
            _, rail, leaf = b.split("/")
            assert i == f"osfp{rail.removeprefix('rail-')}"
            assert rack.removeprefix("r") == leaf.removeprefix("leaf-")
            assert index(j) == int(tray.removeprefix("ct-")) - 1
    # gb200-nvl72-rack and hardware facts: 18 + 9 trays, 8 shelves, 2 out-of-band switches a rack
    rack = shipped("templates", "rack-nvl72-gb200")
    kinds = count_devices(rack)
    assert kinds["nvidia-gb200-compute-tray"] == 18
    assert kinds["nvidia-nvlink5-switch-tray"] == 9
    assert kinds["nvidia-power-shelf-33kw"] == 8
    assert kinds["nvidia-sn2201"] == 2
    hoses = [link for link in project.every("links") if link.layer == "coolant"]
    # each rack and both coolant units on the header; a cooler for each unit, a chiller for each room unit
    assert len(hoses) == 8 + 2 + 2 + 2
    assert all(link.count == 2 for link in hoses)


@pytest.mark.parametrize("name", [GB200, HALL])
def test_no_element_of_power_or_cooling_takes_accelerators_with_it(name):
    found = evaluate(example(name)).outages
    # transformers, generators, boards, busways, tap-offs, PDUs, shelves, coolant and room units, coolers
    assert len(found) > 140
    assert found.accelerators_lost.max() == 0
    assert found.busbars_short.max() == found.overloaded.max() == 0


def test_hall_of_four_units():
    project = example(HALL)
    units = [i for i in project.instances(project.top).values() if i.name.startswith("su-")]
    assert [i.name for i in units] == ["su-1", "su-2", "su-3", "su-4"]
    assert len({i.of for i in units}) == 1
    assert [i.mirrored for i in units] == [False, False, True, True]
    found = count_devices(project)
    assert found["nvidia-gb200-compute-tray"] * 4 == 4 * 576
    # fabrics.md section 4: cores of a group = SLGs * U / P = 16 * 24 / 64 = 6, six groups
    assert found["nvidia-qm9700"] == 4 * 56 + 36
    compute = expanded(project, "compute")
    core = [row for row in compute if "core" in row[2]]
    assert len(compute) == 4 * 1152 + 2304
    assert len(core) == 2304
    for a, i, b, j in core:
        su, rail, spine = a.split("/")
        place = 4 * (int(su[3:]) - 1) + int(rail[5:]) - 1
        rack, switch = b.split("/")
        number = 12 * (int(rack[5:]) - 1) + int(switch[5:]) - 1
        assert number // 6 == int(spine[6:]) - 1  # spine i joins core group i
        assert index(j) // 4 == place
        assert (index(i) - 24) // 4 == number % 6
    assert len({(row[2], row[3]) for row in core}) == 2304


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_go_into_any_project_twice(name):
    template = shipped("templates", name)
    project = Project("new")
    edit = Edit(project, "Insert")
    floor = new_floor_block(edit, "Floor").id
    first = insert(edit, template, floor)
    blocks = len(edit.blocks)
    again = insert(edit, template, floor, x_mm=20_000)
    project.apply(edit.change())
    assert list(problems(project)) == []
    assert (first.of, len(project.blocks)) == (again.of, blocks)
    assert project.blocks[first.of].template == name
    counts, twice = count_devices(template), count_devices(project)
    assert twice == Counter({type_id: 2 * number for type_id, number in counts.items()})


def test_the_hall_to_measure_with():
    project = hall_1152()
    placed = project.placements()
    racks = sum(n for b, n in placed.items() if project.blocks[b].rack_type == "nvidia-mgx-nvl72")
    assert racks == 1152
    assert count_devices(project)["nvidia-gb300-compute-tray"] * 4 == 82_944
    assert sum(link.count * placed[link.block] for link in project.every("links")) == 207_360
    assert list(problems(project)) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_meet_their_brief_without_an_alarm(name):
    families.load()
    project = example(name)
    evaluation = evaluate(project)
    report = Checker(project).check(evaluation)
    alarms = [f for f in report.findings if f.severity in (Severity.ERROR, Severity.WARNING)]
    assert [f"{f.rule}: {f.message}" for f in alarms] == []
    assert [q.name for q in evaluation.quantities.values() if (q.use or 0) > 1] == []


def test_only_the_b200_rack_cannot_lose_a_source():
    families.load()
    found = {}
    for name in TEMPLATES:
        project = shipped("templates", name)
        report = Checker(project).check(evaluate(project))
        alarms = {f.rule for f in report.findings if f.severity in (Severity.ERROR, Severity.WARNING)}
        if alarms:
            found[name] = alarms
    assert found == {"rack-dgx-b200-x2": {"power.supplies_short"}}
