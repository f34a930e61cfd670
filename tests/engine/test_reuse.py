"""What stages keep of their last results: after every edit all fields are those of a fresh evaluation."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.evaluation import STAGES, Evaluation
from core.engine.kept import kept_rows
from core.engine.link_classes import Classes, link_classes
from core.engine.snapshot import GROUPS, Snapshot
from core.engine.specs import Specs
from core.engine.stage import Results
from core.model.integrity import problems
from core.model.records import End
from tests.engine.designs import Design
from tests.engine.expansion import random_design
from tests.engine.test_snapshot import edit_something

randoms = st.integers(0, 2**32 - 1).map(Random)


@given(randoms)
def test_every_stage_after_any_edit_is_that_of_a_fresh_evaluation(random: Random) -> None:
    design = random_design(random)
    design.evaluator.evaluate()
    for _ in range(4):
        before = design.project.stamp
        edit_something(design, random)
        if next(iter(problems(design.project)), None) is not None or design.project.stamp == before:
            break
        assert_fresh(design.evaluator.evaluate())


@given(randoms)
def test_every_stage_after_edits_of_cables_is_that_of_a_fresh_evaluation(random: Random) -> None:
    design = woven(random)
    assert_fresh(design.evaluator.evaluate())
    for _ in range(8):
        edit_cables(design, random)
        assert [str(p) for p in problems(design.project)] == []
        if random.random() < 0.8:  # else two edits at once
            assert_fresh(design.evaluator.evaluate())


def woven(random: Random) -> Design:
    """Three units of two racks with split, twin and single cables, power and coolant, all joined."""
    design = Design()
    design.sources("A")
    for name in "fg":
        design.fabric(name)
    design.rack("r")
    for k in range(3):
        design.device("r", "server", 1 + 8 * k, f"s{k}")
    for name, unit in (("v", 30), ("w", 31)):
        design.device("r", "switch", unit, name, feeds={"psu1": "A"})
    design.device("r", "pdu", name="p", zone="left", feeds={"in": "A"})
    design.link("v", "osfp5/1 osfp5/2", "w", "osfp5/1 osfp5/2", "r", name="twin", fabric="f")
    design.link("v", "osfp6/1 osfp6/2", "s2", "osfp4/1 osfp3/1", "r", name="split", fabric="f")
    for k in range(3):
        design.power("p", f"out{k + 1}", f"s{k}", "psu1", "r")
        add_cable(design, random, "r")
        add_cable(design, random, "r")
    design.floor("u")
    design.place("r", "r1", "u")
    design.place("r", "r2", "u", x_mm=3_000)
    for k in range(3):
        design.place("u", f"u{k}", y_mm=4_000 * k, rotation=random.choice((0, 90)))
    design.device("hall", "cdu", name="c", y_mm=9_000)
    design.device("hall", "door", name="d", y_mm=9_900)
    for _ in range(12):
        add_cable(design, random, "u")
        add_cable(design, random, "hall")
    return design


ENDS = {
    "r": (("s0", "s1", "s2"), ("v", "w")),
    "u": (("r1/s0", "r1/s1", "r2/s2"), ("r1/v", "r2/v", "r2/w")),
    "hall": (("u0/r1/s0", "u1/r1/s0", "u2/r2/s1"), ("u0/r1/v", "u1/r1/v", "u2/r2/w")),
}


def add_cable(design: Design, random: Random, block: str) -> None:
    servers, switches = ENDS[block]
    a, b = random.choice((*servers, *switches)), random.choice(switches)
    if a == b or (block != "r" and a.split("/")[0] == b.split("/")[0]):
        return
    counts = {"fabric": random.choice("fg"), "length_m": random.choice((None, None, 1.5))}
    name = f"{random.choice('az')}{design.project.stamp}"
    if block == "hall" and random.random() < 0.2:
        design.link("c", "supply1", "d", "supply", name=name, layer="coolant")
    else:
        design.link(a, ports(random, 2), b, ports(random, 3), block, name=name, **counts)


def ports(random: Random, cages: int) -> str:
    return f"osfp{random.randint(1, cages)}/{random.choice((1, 2))}"


def edit_cables(design: Design, random: Random) -> None:
    block = random.choice(("r", "u", "hall", "hall"))
    links = [k for k, link in design.project.links(block).items() if link.layer == "data"]
    choice = random.randrange(8)
    if choice < 2 or not links:
        add_cable(design, random, block)
    elif choice < 4:
        named = {o.path.split("/")[-1] for o in design.project.overrides("hall").values()}
        if free := [link for link in links if link not in named]:
            design.remove("links", block, random.choice(free))
    elif choice == 4:
        link = design.project.links(block)[random.choice(links)]
        moved = tuple(f"osfp{random.randint(1, 3)}/{k + 1}" for k in range(link.count))
        design.change("links", block, link.id, b=End(link.b.path, moved))
    elif choice == 5:
        key = random.choice(links)
        design.change("links", block, key, length_m=random.choice((None, 9.0)), fabric=random.choice("fg"))
    elif choice == 6:
        inner = [f"u{random.randrange(3)}/{k}" for k in design.project.links("u")] or ["u1"]
        path = random.choice(inner)
        if path not in {o.path for o in design.project.overrides("hall").values()}:
            design.override(path, absent=True)
    else:
        design.change("instances", "hall", f"u{random.randrange(3)}", x_mm=random.randrange(5) * 1_000)


def assert_fresh(kept: Evaluation) -> None:
    fresh = Evaluation(kept.snapshot, Results())
    for stage in STAGES:
        assert_equal(getattr(kept, stage.name), getattr(fresh, stage.name), stage.name)
    assert {k: q.value for k, q in kept.quantities.items()} == {
        k: q.value for k, q in fresh.quantities.items()
    }


def assert_equal(one: Any, other: Any, name: str) -> None:
    """Compare results field by field, but for what they were made of."""
    assert type(one) is type(other), name
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, name
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), name
    elif isinstance(one, (Snapshot, Specs)):
        return
    elif isinstance(one, (tuple, list)):
        assert len(one) == len(other), name
        for k, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_equal(a, b, f"{name}[{k}]")
    elif is_dataclass(one):
        for field in fields(one):
            assert_equal(getattr(one, field.name), getattr(other, field.name), f"{name}.{field.name}")
    elif type(one).__module__.startswith("core.engine"):
        for key, value in vars(one).items():
            assert_equal(value, vars(other)[key], f"{name}.{key}")
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), name
        for key in one:
            assert_equal(one[key], other[key], f"{name}[{key}]")
    else:
        assert one == other or (one != one and other != other), name


@given(randoms)
def test_kept_rows_are_equal_and_each_is_kept_once(random: Random) -> None:
    design = woven(random)
    before = design.evaluator.snapshot()
    edit_cables(design, random)
    after = design.evaluator.snapshot()
    found = kept_rows(after, before, GROUPS["cables"])
    now = np.flatnonzero(found >= 0)
    assert len(set(found[now].tolist())) == len(now)
    for name in GROUPS["cables"]:
        assert np.array_equal(getattr(after, name)[now], getattr(before, name)[found[now]])


@pytest.mark.parametrize("block", ["hall", "u"])
def test_all_other_cables_are_kept_when_one_is_taken_out(block: str) -> None:
    design = woven(Random(7))
    before = design.evaluator.snapshot()
    design.remove("links", block, sorted(design.project.links(block))[3])
    after = design.evaluator.snapshot()
    gone = {"hall": 1, "u": 3}[block]
    assert after.n_cables == before.n_cables - gone
    assert (kept_rows(after, before, GROUPS["cables"]) >= 0).all()
    for name in ("power cables", "devices", "feeds"):
        assert after.group(name) is before.group(name)
    assert (link_classes(after).cable_class >= 0).all()


def test_a_cable_more_between_two_cages_moves_the_others_to_another_class() -> None:
    """The first of two is alone in its cages until the second comes, though its own row is the same."""
    design = woven(Random(7))
    design.link("u0/r1/v", "osfp20/1", "u1/r1/w", "osfp20/1", name="zz1", fabric="f")
    first = _shared(design, "zz1")
    design.link("u0/r1/v", "osfp20/2", "u1/r1/w", "osfp20/2", name="zz2", fabric="f")
    assert (first, _shared(design, "zz1"), _shared(design, "zz2")) == (1, 2, 2)
    design.remove("links", "hall", "zz1")
    assert _shared(design, "zz2") == 1


def _shared(design: Design, link: str) -> int:
    evaluation = design.evaluator.evaluate()
    classes: Classes = evaluation.cabling.classes
    (row,) = evaluation.snapshot.flat.cable_rows(link)
    return classes.classes[int(classes.cable_class[row])].pair


def test_power_runs_after_edits_of_power_cables_alone() -> None:
    design = woven(Random(7))
    design.evaluator.evaluate()
    design.link("u0/r1/v", "osfp20/1", "u1/r1/w", "osfp20/1", name="data", fabric="f")
    design.evaluator.evaluate()
    assert {"cabling", "network"} <= set(design.evaluator.computed)
    assert not {"power", "cooling"} & set(design.evaluator.computed)
    before = design.evaluator.evaluate().power.total_max_w
    design.remove("links", "r", next(k for k, x in design.project.links("r").items() if x.layer == "power"))
    after = design.evaluator.evaluate()
    assert {"power", "cooling"} <= set(design.evaluator.computed)
    # a server in each of the six racks has no inlet fed any more, so that it is taken to draw regardless
    assert after.power.total_max_w == before
    assert len(after.power.feeding.consumer) == 6 * (3 + 2 + 1) - 6
