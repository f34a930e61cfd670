"""What a drag is said to change is what the engine finds after the drop."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.catalogue.library import Library
from core.editing.blocks import place_instance
from core.editing.move import move_devices
from core.editing.place import place_device
from core.editing.space import Spot
from core.editing.types import fitted_modules, use_device_type, use_type
from core.engine.compute import PRECISIONS
from core.engine.difference import Differences
from core.engine.evaluation import Evaluation, Evaluator, evaluate
from core.engine.preview import Difference, Fitted
from core.errors import CagenutError
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import TypeRecord
from core.model.types import DeviceType
from tests.engine.designs import TYPES, Design

FOLDER = Path(__file__).parents[2] / "resources" / "examples"
EXAMPLES = ("superpod-gb200-su", "superpod-h100-su")
CANDIDATES = ("nvidia-dgx-h100", "nvidia-qm9700", "dell-r760", "nvidia-gb200-compute-tray", "apc-ap8865")


@cache
def library() -> Library:
    return Library.builtin()


def loaded(name: str) -> Project:
    return load(FOLDER / f"{name}.cage")[0]


def type_of(name: str) -> DeviceType:
    (found,) = [t for t in TYPES if t.id == name and isinstance(t, DeviceType)]
    return found


def numbers(of: Evaluation) -> dict[str, float]:
    return {
        "accelerators": of.compute.accelerators,
        "power_w": of.power.total_max_w,
        "air_w": of.cooling.air_w,
        "liquid_w": of.cooling.liquid_w,
        "mass_kg": of.mass.total_kg,
        **{f"tflops {k}": of.compute.tflops_dense[p][0] for k, p in enumerate(PRECISIONS)},
    }


def said(difference: Difference) -> dict[str, float]:
    named = ("accelerators", "power_w", "air_w", "liquid_w", "mass_kg")
    return {
        **{name: getattr(difference, name) for name in named},
        **{f"tflops {k}": value for k, value in enumerate(difference.tflops)},
    }


def agree(difference: Difference, before: Evaluation, after: Evaluation, *, money: bool = True) -> None:
    """Hold a difference against two evaluations."""
    old, new = numbers(before), numbers(after)
    expected = {name: new[name] - old[name] for name in old}
    assert said(difference) == pytest.approx(expected, rel=1e-9, abs=1e-3)
    if money:
        low, high = after.cost.low_usd - before.cost.low_usd, after.cost.high_usd - before.cost.high_usd
        assert (difference.low_usd, difference.high_usd) == pytest.approx((low, high), abs=0.01)


def agree_on_racks(difference: Difference, after: Evaluation) -> None:
    """Hold what is said of racks against what they are afterwards."""
    snap = after.snapshot
    rows = {snap.rack_path(k): k for k in np.flatnonzero(snap.rack_type >= 0).tolist()}
    for change in difference.racks:
        row = rows[change.path]
        found = (after.power.rack_max_w[row], after.mass.rack_kg[row], after.space.rack_used_hu[row] / 2)
        predicted = (change.power_w[1], change.mass_kg[1], change.units[1])
        assert predicted == pytest.approx(found, rel=1e-9, abs=1e-3)


def racks_of(project: Project) -> list[str]:
    snap = Evaluator(project).snapshot()
    return [snap.rack_path(k) for k in np.flatnonzero(snap.rack_type >= 0).tolist()]


def prepared(project: Project, type_id: str) -> tuple[Edit, dict[str, str]]:
    """Return a reader that has a type, and the modules it comes with."""
    dry = Edit(project, "preview")
    spec = use_device_type(dry, library(), type_id)
    modules = fitted_modules(spec)
    for module in modules.values():
        use_type(dry, library(), module)
    return dry, modules


@settings(max_examples=25, deadline=None)
@given(data=st.data(), name=st.sampled_from(EXAMPLES), type_id=st.sampled_from(CANDIDATES))
def test_placing_a_device_changes_what_was_said(data: Any, name: str, type_id: str) -> None:
    project = loaded(name)
    path = data.draw(st.sampled_from(racks_of(project)))
    block = project.resolve(project.top, path).of  # type: ignore[union-attr]
    before = evaluate(project)
    dry, modules = prepared(project, type_id)
    edit = Edit(project, "place")
    try:
        device = place_device(edit, library(), block, type_id)
    except CagenutError:
        return  # it does not fit there
    fitted = Fitted(type_id, modules, device.half_u, bool(device.zone))
    difference = Differences(project, before).landing([fitted], path, dry)
    History(project).commit(edit.change())
    after = evaluate(project)
    agree(difference, before, after)
    agree_on_racks(difference, after)


@settings(max_examples=20, deadline=None)
@given(data=st.data(), name=st.sampled_from(EXAMPLES))
def test_moving_a_device_changes_what_was_said(data: Any, name: str) -> None:
    project = loaded(name)
    racks = racks_of(project)
    source, target = data.draw(st.sampled_from(racks)), data.draw(st.sampled_from(racks))
    block = project.resolve(project.top, source).of  # type: ignore[union-attr]
    movable = [
        d
        for d in project.devices(block).values()
        if not d.zone and getattr(project.find_type(d.type), "kind", "") in ("server", "switch", "tray")
    ]
    if not movable:
        return
    device = data.draw(st.sampled_from(sorted(movable, key=lambda d: d.id)))
    spot = Spot.of(device)._replace(half_u=data.draw(st.integers(0, 40)) * 2)
    before = evaluate(project)
    edit = Edit(project, "move")
    try:
        move_devices(edit, project.top, {device.id: spot}, source, target)
    except CagenutError:
        return
    fitted = Fitted(device.type, device.modules, spot.half_u, False, f"{source}/{device.id}")
    difference = Differences(project, before).landing([fitted], target)
    History(project).commit(edit.change())
    after = evaluate(project)
    agree(difference, before, after, money=False)  # its cables get another length
    agree_on_racks(difference, after)


@pytest.mark.parametrize("name", EXAMPLES)
def test_copies_of_racks_add_what_was_said(name: str) -> None:
    project = loaded(name)
    before = evaluate(project)
    differences = Differences(project, before)
    for block in {r.of for r in project.every("instances") if project.blocks[r.of].kind == "rack"}:
        path = next(p for p in racks_of(project) if project.resolve(project.top, p).of == block)  # type: ignore[union-attr]
        holder = project.resolve(project.top, path).block  # type: ignore[union-attr]
        edit = Edit(project, "copy")
        for at in range(2):
            place_instance(edit, holder, block, x_mm=90_000 + 2000 * at)
        times = 2 * project.placements().get(holder, 1)
        done = edit.change()
        History(project).commit(done)
        after = evaluate(project)
        agree(differences.placing(block, times), before, after)
        History(project).commit(done.inverse)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_copy_of_a_whole_unit_adds_what_was_said(name: str) -> None:
    project = loaded(name)
    before = evaluate(project)
    (unit,) = {i.of for i in project.instances(project.top).values()}
    said_before = Differences(project, before).placing(unit)
    edit = Edit(project, "copy")
    place_instance(edit, project.top, unit, x_mm=90_000)
    History(project).commit(edit.change())
    agree(said_before, before, evaluate(project))


def test_losses_of_shelves_and_ups_are_in_the_difference() -> None:
    """A sled of 6 kW on a busbar whose shelf gives 80 %, behind a UPS of 90 %.

    The shelf asks 7.5 kW and the UPS 8,333.3 W, so the design draws 8,333.3 W more, the rack 7,500 W.
    """
    design = Design()
    for name, efficiency in (("shelf", 0.8), ("ups", 0.9)):
        spec = replace(type_of(name), id=f"poor {name}".replace(" ", "-"), efficiency=efficiency)
        design.put(("types", TypeRecord(id=spec.id, spec=spec)))
    design.rack("open", "or3")
    shelf = design.device("open", "poor-shelf", 1)
    design.device("open", "sled", 10)
    design.place("open", "r1")
    ups = design.device("hall", "poor-ups")
    design.power(ups, "out1", f"r1/{shelf}", "ac")
    before = design.evaluate()
    found = Differences(design.project, before).landing([Fitted("sled", {}, 40)], "r1")
    assert found.power_w == pytest.approx(6000 / 0.8 / 0.9)
    assert found.racks[0].power_w[1] - found.racks[0].power_w[0] == pytest.approx(7500)
    design.device("open", "sled", 21)
    agree(found, before, design.evaluate(), money=False)


def test_a_shelf_is_left_to_the_evaluation() -> None:
    design = Design()
    design.rack("open", "or3")
    design.device("open", "shelf", 1)
    design.device("open", "sled", 10)
    design.place("open", "r1")
    found = Differences(design.project, design.evaluate()).landing([Fitted("shelf", {}, 40)], "r1")
    assert np.isnan(found.power_w)
    assert found.racks[0].units[1] == found.racks[0].units[0] + 1


def test_a_type_unknown_to_the_project_is_found_in_the_catalogue() -> None:
    project = loaded("superpod-h100-su")
    dry, modules = prepared(project, "dell-r760")
    spec = dry.find_type("dell-r760")
    assert isinstance(spec, DeviceType)
    found = Differences(project, evaluate(project)).facts(Fitted("dell-r760", modules), dry)
    assert found.height_hu == 2 * spec.height_u
    assert found.mass_kg == spec.mass_kg


def test_what_is_absent_in_a_rack_takes_none_of_its_units() -> None:
    design = Design()
    design.rack("rack")
    design.device("rack", "server", 1, "a")
    design.device("rack", "switch", 20, "b")
    for name in ("r1", "r2"):
        design.place("rack", name)
    design.override("r1/b", absent=True)
    against = Differences(design.project, design.evaluate())
    for rack, units in (("r1", (8.0, 9.0, 42.0)), ("r2", (9.0, 10.0, 42.0))):
        assert against.landing([Fitted("switch", {}, half_u=80)], rack).racks[0].units == units
