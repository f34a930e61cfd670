"""The design as it stands after each phase."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.model.integrity import problems
from core.model.phasing import built_up_to, steps_of
from core.model.records import Phase
from tests.engine.designs import Design

PHASES = {"d": ("Day 1", 1), "w": ("Wave 2", 2), "x": ("Wave 2, power", 2), "z": ("Wave 3", 3)}


def phased(**of_racks: str) -> Design:
    """Racks by name with their phases, each with a server, and a link from the first to every other."""
    design = Design()
    design.fabric("f")
    design.put(*(("phases", Phase(id=i, name=name, order=order)) for i, (name, order) in PHASES.items()))
    design.rack("r")
    design.device("r", "server", 1, "s")
    for k, (name, phase) in enumerate(of_racks.items()):
        design.place("r", name, x_mm=1000 * k, phase=phase)
    first, *others = of_racks
    for k, other in enumerate(others, start=1):
        design.link(f"{first}/s", f"osfp{k}", f"{other}/s", "osfp1", name=f"to-{other}", fabric="f")
    return design


def test_phases_of_one_order_are_one_step() -> None:
    steps = steps_of(phased(a="d", b="x", c="z").project)
    assert [(s.order, s.name) for s in steps] == [
        (1, "Day 1"),
        (2, "Wave 2 and Wave 2, power"),
        (3, "Wave 3"),
    ]


def test_without_anything_later_there_are_no_steps() -> None:
    assert steps_of(phased(a="", b="d").project) == ()
    assert steps_of(Design().project) == ()


def test_what_is_not_built_takes_its_links_and_overrides_along() -> None:
    design = phased(a="", b="w", c="z")
    design.override("c/s", name="late")
    design.override("a/s", name="early")
    after = [built_up_to(design.project, order) for order in (1, 2, 3)]
    assert [sorted(p.instances("hall")) for p in after] == [["a"], ["a", "b"], ["a", "b", "c"]]
    assert [sorted(p.links("hall")) for p in after] == [[], ["to-b"], ["to-b", "to-c"]]
    assert [len(p.overrides("hall")) for p in after] == [1, 1, 2]


def test_a_thing_waits_for_what_it_stands_in_and_for_its_own_phase() -> None:
    design = phased(a="d", b="w")
    design.change("devices", "r", "s", phase="z")  # the racks come first, all their servers last
    assert [len(built_up_to(design.project, order).devices("r")) for order in (1, 2, 3)] == [0, 0, 1]
    design.change("devices", "r", "s", phase="d")
    early = built_up_to(design.project, 1)
    assert (sorted(early.instances("hall")), len(early.devices("r"))) == (["a"], 1)


@given(st.lists(st.sampled_from(["", *PHASES]), min_size=1, max_size=5), st.integers(0, 4))
def test_every_step_is_a_whole_design_within_the_next(phases: list[str], order: int) -> None:
    racks: dict[str, Any] = {f"r{k}": phase for k, phase in enumerate(phases)}
    design = phased(**racks)
    now, then = built_up_to(design.project, order), built_up_to(design.project, order + 1)
    assert [str(p) for p in problems(now)] == []
    for table in ("instances", "devices", "links"):
        assert set(now.rows(table, "hall").items()) <= set(then.rows(table, "hall").items())
    last = built_up_to(design.project, 3)
    assert last.same_records(design.project)
