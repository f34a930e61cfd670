"""The expanded design: equal to a slow expansion, to the graph, and to itself after edits."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.engine.expansion import Expansion
from core.engine.link_classes import link_classes
from core.engine.snapshot import GROUPS, Snapshot
from core.model.change import Edit
from core.model.history import History
from core.model.integrity import problems
from tests.engine import expansion
from tests.engine.designs import Design
from tests.engine.expansion import comparable, fast, random_design, slow

randoms = st.integers(0, 2**32 - 1).map(Random)
"""Plain generators: richer designs than those Hypothesis draws choice by choice, and ten times as fast."""


@given(randoms)
def test_a_snapshot_is_the_slow_expansion(random: Random) -> None:
    design = random_design(random)
    assert [str(p) for p in problems(design.project)] == []
    assert comparable(fast(design.evaluator.snapshot())) == comparable(slow(design.project))


@given(randoms)
def test_a_snapshot_is_the_expanded_graph(random: Random) -> None:
    """Nodes with their types, edges with layer, fabric, rate and count."""
    design = random_design(random, overrides=False)
    graph = design.project.graph(expand=True)
    snap = design.evaluator.snapshot()
    paths = [snap.device_path(k) for k in range(snap.n_devices)]
    types = [snap.specs.specs[k].type.id for k in snap.device_spec]
    assert dict(zip(paths, types, strict=True)) == dict(graph.nodes(data="type"))
    rates = link_classes(snap).cable_rate_gbps
    cables: Counter[Any] = Counter()
    for k in range(snap.n_cables):
        ends = frozenset((paths[snap.cable_a[k]], paths[snap.cable_b[k]]))
        fabric = snap.fabrics[snap.cable_fabric[k]] if snap.cable_fabric[k] >= 0 else ""
        cables[ends, snap.cable_path(k).partition("#")[0], fabric, float(rates[k])] += 1
    edges = Counter(
        {
            (frozenset((a, b)), key, data["fabric"], data["rate_gbps"]): data["count"]
            for a, b, key, data in graph.edges(keys=True, data=True)
        }
    )
    assert cables == edges


@given(randoms)
def test_a_snapshot_after_edits_equals_a_fresh_one(random: Random) -> None:
    design = random_design(random)
    design.evaluator.snapshot()
    for _ in range(5):
        before = design.project.stamp
        edit_something(design, random)
        if next(iter(problems(design.project)), None) is not None or design.project.stamp == before:
            break
        kept = design.evaluator.snapshot()
        fresh = Expansion(design.project).snapshot()
        assert fast(kept) == fast(fresh)
        assert comparable(fast(kept)) == comparable(slow(design.project))


@given(randoms)
def test_undoing_everything_gives_the_first_snapshot(random: Random) -> None:
    design = random_design(random)
    first = fast(design.evaluator.snapshot())
    history = History(design.project)
    edit = Edit(design.project, "Turn everything")
    for block in list(design.project.blocks_of("instances")):
        for instance in design.project.instances(block).values():
            edit.replace("instances", instance.key, rotation=(instance.rotation + 90) % 360, x_mm=1)
    if not edit.change().deltas:
        return
    history.commit(edit.change())
    design.evaluator.snapshot()
    history.undo()
    assert fast(design.evaluator.snapshot()) == first


def edit_something(design: Design, random: Random) -> None:
    """Change one record or add or remove one, at any level."""
    project = design.project
    blocks = ["hall", "pod", "unit-a", "unit-b", "rack-a", "rack-b"]
    block = random.choice(blocks)
    floor = project.blocks[block].kind == "floor"
    choice = random.randrange(8)
    devices, instances = list(project.devices(block)), list(project.instances(block))
    links, overrides = list(project.links(block)), list(project.overrides(block))
    fresh = f"n{project.stamp}"
    if choice == 0 and devices:
        key = random.choice(devices)
        design.change("devices", block, key, half_u=random.randrange(60), face="rear", x_mm=900)
    elif choice == 1:
        expansion.add_device(design, random, block, fresh, 30)
    elif choice == 2 and floor:
        below = {"hall": "pod", "pod": "unit-a"}.get(block, "rack-a")
        expansion.add_instance(design, random, block, below, fresh)
    elif choice == 3 and instances:
        design.change("instances", block, random.choice(instances), x_mm=random.randrange(999), mirrored=True)
    elif choice == 4 and floor:
        expansion.add_link(design, random, block)
    elif choice == 5 and links:
        design.change("links", block, random.choice(links), length_m=1.25, fabric="f")
    elif choice == 6 and floor:
        expansion.add_override(design, random, block)
    elif overrides:
        design.remove("overrides", block, random.choice(overrides))


def hall_of_two() -> Design:
    """Two equal racks with a switch each, a cable between them and a unit on the floor."""
    design = Design()
    design.sources("A", "B")
    design.fabric("f")
    design.rack("r")
    design.device("r", "server", 1, "s", feeds={"psu1": "A"})
    design.device("r", "switch", 20, "w")
    design.link("s", "osfp1/1", "w", "osfp1/1", "r", fabric="f")
    design.place("r", "r1")
    design.place("r", "r2", x_mm=600)
    design.device("hall", "cdu", name="c", y_mm=3_000)
    design.link("r1/w", "osfp32/1 osfp32/2", "r2/w", "osfp32/1 osfp32/2", name="t", fabric="f")
    design.evaluate()
    return design


_FED = {"fault_levels", 
    "power", "phases", "flow_paths", "busbar_currents", "cooling", "loops", "ride_through", "energy",
    "hydraulics", "economics",
}  # fmt: skip
_CABLED = {"cabling", "hydraulics", "floor_load", "cost", "economics", "supply"}
STAGES_BY_EDIT: dict[str, tuple[tuple[str, str, str, dict[str, Any]], set[str], set[str]]] = {
    "rename a device": (("devices", "r", "s", {"name": "Bob", "asset_tag": "7"}), set(), set()),
    "rename an instance": (("instances", "hall", "r1", {"name": "North"}), set(), set()),
    "move a device in its rack": (
        ("devices", "r", "s", {"half_u": 40}), {"mounting"}, {"space"} | _CABLED,
    ),
    "move a rack": (
        ("instances", "hall", "r2", {"x_mm": 900}), {"placement", "standing"},
        {"mass", "aisles", "ways_in", "rooms"} | _CABLED,
    ),
    "move what stands on the floor": (
        ("devices", "hall", "c", {"x_mm": 900}), {"standing"}, {"ways_in", "rooms"} | _CABLED,
    ),
    "feed from elsewhere": (("devices", "r", "s", {"feeds": {"psu1": "B"}}), {"feeds"}, _FED),
    "cap a device": (("devices", "r", "s", {"power_limit_w": 900.0}), {"limits"}, _FED),
    "pin a length": (("links", "hall", "t", {"length_m": 30.0}), {"orders"}, _CABLED),
    "colour a cable": (("links", "r", "link-1", {"colour": "red"}), set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("name", STAGES_BY_EDIT)
def test_an_edit_runs_what_it_touches_and_nothing_else(name: str) -> None:
    (table, block, record_id, fields), groups, stages = STAGES_BY_EDIT[name]
    design = hall_of_two()
    before = design.evaluator.snapshot()
    design.change(table, block, record_id, **fields)
    after = design.evaluator.snapshot()
    assert {g for g in GROUPS if after.group(g) is not before.group(g)} == groups
    design.evaluate()
    assert set(design.evaluator.computed) == stages


def test_a_snapshot_does_not_change_when_the_design_grows() -> None:
    """A thread may still be evaluating it: the numbers of new specs must not reach it."""
    design = hall_of_two()
    old = design.evaluator.snapshot()
    specs = len(old.specs)
    design.device("r", "half", 30, "new")
    new = design.evaluator.snapshot()
    assert len(old.specs) == specs
    assert len(new.specs) == specs + 1
    assert len(old.specs.column("mass_kg").value) == specs


def test_a_cable_that_a_trunk_has_no_more_touches_nobody_else() -> None:
    design = hall_of_two()
    design.link("r1/w", "osfp30/1", "r2/w", "osfp30/1", name="u", fabric="f")
    design.override("t", cable=1, absent=True)
    design.change("links", "hall", "t", **_ends(design, 1))
    assert [str(p) for p in problems(design.project)] == []
    snap = design.evaluator.snapshot()
    assert {snap.cable_path(k): int(snap.cable_layer[k]) for k in range(snap.n_cables)} == {
        "t": 0, "u": 0, "r1/link-1": 0, "r2/link-1": 0,
    }  # fmt: skip


def _ends(design: Design, count: int) -> dict[str, Any]:
    link = design.project.links("hall")["t"]
    return {end: replace(getattr(link, end), ports=getattr(link, end).ports[:count]) for end in "ab"}


def test_the_outer_block_brings_back_what_the_inner_takes_away() -> None:
    design = hall_of_two()
    design.floor("campus")
    design.place("hall", "h", "campus")
    design.change("settings", "", "top", value="campus")
    design.override("r1/s", absent=True)
    assert kinds(design) == {"h/r1/s": 0, "h/r1/w": 2, "h/r2/s": 1, "h/r2/w": 2, "h/c": 3}
    again = design.override("h/r1/s", "campus", absent=False)
    assert kinds(design)["h/r1/s"] == 1
    design.override("h/r1", "campus", absent=True)  # in an absent rack nothing is there
    assert kinds(design)["h/r1/s"] == 0
    design.remove("overrides", "campus", again)
    assert kinds(design) == {"h/r1/s": 0, "h/r1/w": 0, "h/r2/s": 1, "h/r2/w": 2, "h/c": 3}


def kinds(design: Design) -> dict[str, int]:
    """Kind of each device by path, 0 where absent."""
    snap: Snapshot = design.evaluator.snapshot()
    order = {"": 0, "server": 1, "switch": 2, "cdu": 3}
    names = [order[snap.specs.specs[k].type.id] for k in snap.device_spec]
    return {snap.device_path(k): names[k] for k in range(snap.n_devices)}


def test_arrays_have_the_shapes_they_promise() -> None:
    snap = hall_of_two().evaluator.snapshot()
    lengths = {"device": snap.n_devices, "rack": snap.n_racks, "cable": snap.n_cables, "feed": 2}
    for columns in GROUPS.values():
        for name in columns:
            column = getattr(snap, name)
            assert isinstance(column, np.ndarray)
            assert len(column) == lengths[name.partition("_")[0]]
            assert not column.flags.writeable
