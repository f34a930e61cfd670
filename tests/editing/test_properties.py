"""Whatever is edited in whatever order: no dangling reference, no two devices in one place, undo undoes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.editing.blocks import make_unique
from core.editing.cabling.connect import connect, disconnect, first_compatible
from core.editing.clipboard import duplicate
from core.editing.grouping import group, ungroup
from core.editing.move import move_devices
from core.editing.overrides import set_override
from core.editing.place import place_device
from core.editing.remove import remove
from core.editing.replace import replace_block
from core.editing.retype import retype
from core.editing.routes import block_at
from core.editing.space import Spot, first_fit, unit
from core.errors import CagenutError
from core.model.history import History
from core.model.project import Project
from core.model.records import Layout, Waiver
from tests.editing.factory import LIBRARY, Bench, assert_sound, small_hall

DEVICE_TYPES = [
    "node",
    "leaf",
    "leaf-small",
    "patch",
    "halfling",
    "thirdling",
    "pdu",
    "unknown",
    "cdu",
    "manifold",
]


@st.composite
def some_spots(draw):
    """A spot, or None for the first that is free."""
    half_u = draw(st.integers(0, 84))
    face = draw(st.sampled_from(["front", "rear"]))
    side = draw(st.sampled_from(["", "", "left", "centre", "right"]))
    return draw(st.sampled_from([None, Spot(half_u=half_u, face=face, side=side)]))


spots = some_spots()
numbers = st.integers(0, 10_000)


def pick(items, number):
    items = sorted(items)
    return items[number % len(items)] if items else None


def device_paths(project):
    return sorted(project.graph(project.top, expand=True).nodes)


def placed(project, block="", prefix=""):
    for instance in project.instances(block or project.top).values():
        yield prefix + instance.id
        yield from placed(project, instance.of, f"{prefix}{instance.id}/")


def dangling(project):
    """Paths of waivers and schematic positions that lead to nothing."""
    found = []
    for waiver in project.every("waivers"):
        found += [p for p in waiver.subjects if project.resolve(waiver.block, p) is None]
    for layout in project.every("layouts"):
        found += [p for p in layout.positions if project.resolve(layout.block, p) is None]
    return found


def homes(project, spec):
    """Blocks of the kind that a type goes into, so that most attempts get as far as the units."""
    kind = "floor" if spec.floor_standing else "rack"
    return [block.id for block in project.blocks.values() if block.kind == kind]


def ports_in_use(project):
    """Every end of every cable of the expanded design: path of the device and port."""
    found = []
    for _, _, edge in project.graph(project.top, expand=True).edges(data=True):
        link = project.resolve(project.top, edge["link"])
        holder = edge["link"].rpartition("/")[0]
        for end in (link.a, link.b):
            found += [(f"{holder}/{end.path}".lstrip("/"), token) for token in end.ports]
    return found


def place(edit, project, a, b, spot):
    spec = LIBRARY.get(pick(DEVICE_TYPES, b))
    place_device(edit, LIBRARY, pick(homes(project, spec), a), spec.id, spot)


def shift(edit, project, a, b, spot):
    path = pick(device_paths(project), a)
    if path:
        source, _, device = path.rpartition("/")
        target = pick(["", *placed(project)], b)
        block = block_at(project, project.top, target)
        spec = project.find_type(project.resolve(project.top, path).type)
        if spot is None and project.blocks[block].kind == "rack":
            spot = first_fit(project, block, spec)
        move_devices(edit, project.top, {device: spot or Spot(x_mm=b)}, source, target)


def delete(edit, project, a, b, spot):
    block = pick(project.blocks, a)
    things = [i for t in ("devices", "instances", "links") for i in project.rows(t, block)]
    if things:
        remove(edit, block, [pick(things, b)])


def cable(edit, project, a, b, spot):
    paths = device_paths(project)
    if paths:
        one, other = pick(paths, a), pick(paths, b)
        pair = first_compatible(edit, project.top, one, other)
        connect(edit, project.top, one, pair.a_ports, other, pair.b_ports)


def uncable(edit, project, a, b, spot):
    links = {(link.block, link.id) for link in project.every("links")}
    if links:
        block, link = pick(links, a)
        disconnect(edit, block, link, [b % project.links(block)[link].count])


def swap_type(edit, project, a, b, spot):
    devices = {d.key for d in project.every("devices")}
    if devices:
        block, device = pick(devices, a)
        retype(edit, LIBRARY, block, [device], pick(DEVICE_TYPES, b))


def swap_block(edit, project, a, b, spot):
    instances = {i.key for i in project.every("instances")}
    if instances:
        replace_block(edit, *pick(instances, a), pick(project.blocks, b))


def unique(edit, project, a, b, spot):
    path = pick(device_paths(project), a)
    if path:
        make_unique(edit, project.top, path)


def bundle(edit, project, a, b, spot):
    block = pick([x.id for x in project.blocks.values() if x.kind == "floor"], a)
    things = [*project.instances(block), *project.devices(block)]
    if things:
        group(edit, block, {pick(things, b), pick(things, b + 1)}, "Group")


def dissolve(edit, project, a, b, spot):
    placed_floors = {i.key for i in project.every("instances") if project.blocks[i.of].kind == "floor"}
    if placed_floors:
        ungroup(edit, *pick(placed_floors, a))


def again(edit, project, a, b, spot):
    block = pick(project.blocks, a)
    things = [*project.instances(block), *project.devices(block)]
    if things:
        duplicate(edit, block, {pick(things, b), pick(things, b + 1)}, dx=700)


def remark(edit, project, a, b, spot):
    """An override, a waiver and a place in a schematic for something deep below."""
    path = pick(device_paths(project), a)
    if path:
        holder, _, rest = (project.top, "", path) if b % 2 or "/" not in path else (
            project.instances(project.top)[path.partition("/")[0]].of, *path.partition("/")[1:]
        )  # fmt: skip
        set_override(edit, holder, rest, serial=f"S{b}", status="planned")
        waiver = Waiver(
            block=holder, id=edit.new_id(holder), rule="r", subjects=(rest,), author="a", reason="r"
        )
        edit.put("waivers", waiver)
        edit.put("layouts", Layout(block=holder, id="net", positions={rest: (0.0, float(b))}))


ACTIONS = [
    remark,
    place,
    shift,
    shift,
    delete,
    cable,
    uncable,
    swap_type,
    swap_block,
    unique,
    bundle,
    dissolve,
    again,
]


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), numbers, numbers, spots), max_size=12))
def test_any_edits_keep_the_design_sound_and_can_be_undone(steps):
    bench = Bench()
    small_hall(bench)
    start = Project("start")
    History(start).commit(next(s.change for s in bench.history._undo))
    for action, a, b, spot in steps:
        edit = bench.edit(action.__name__)
        cables = len(ports_in_use(bench.project)) // 2
        try:
            action(edit, bench.project, a, b, spot)
        except CagenutError:
            continue
        bench.commit(edit)  # checks references and space
        used = ports_in_use(bench.project)
        assert len(set(used)) == len(used), "a port has two cables"
        assert dangling(bench.project) == []
        if action in (unique, bundle, dissolve):
            assert len(used) // 2 == cables
    end = bench.project.count()
    while bench.history.undo_labels[1:]:
        bench.history.undo()
    assert bench.project.same_records(start)
    while bench.history.redo():
        pass
    assert bench.project.count() == end


@given(st.integers(1, 35), st.integers(1, 35))
def test_there_and_back_again(first, second):
    """A node moved to another rack and back is as if it had never been away, cables included."""
    bench = Bench()
    h = small_hall(bench)
    before = Project("before")
    History(before).commit(next(s.change for s in bench.history._undo))
    ra, rb = f"{h['su1']}/{h['ra']}", f"{h['su1']}/{h['rb']}"
    edit = bench.edit()
    try:
        move_devices(edit, h["hall"], {h["node"]: unit(first)}, ra, rb)
    except CagenutError:
        return
    bench.commit(edit)
    edit = bench.edit()
    try:
        move_devices(edit, h["hall"], {h["node"]: unit(second)}, rb, ra)
    except CagenutError:
        return
    move_devices(edit, h["hall"], {h["node"]: unit(1)}, ra, ra)
    bench.commit(edit)
    assert bench.project.same_records(before)
    assert_sound(bench.project)
