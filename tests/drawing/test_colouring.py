"""What things are coloured as: classes, scales, and palettes that can be told apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from core.catalogue.library import Library
from core.drawing.colour_classes import marks_of
from core.drawing.colour_schemes import SCHEMES, Colouring, shown_texts, summary_of
from core.drawing.colouring import colour_devices, colour_floor
from core.drawing.placed import walk
from core.drawing.styles import CLASS_FILLS, SCALE_FILLS, STYLE_INDEX
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.place import place_device
from core.editing.space import Spot
from core.engine.evaluation import Evaluation, evaluate
from core.engine.prices import rack_prices, rack_unpriced
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Override, Phase
from core.model.types import RackType

RACK, SERVER, SWITCH = "vertiv-vr3300", "nvidia-dgx-h100", "nvidia-sn2201"


@pytest.fixture
def project() -> Project:
    """A hall with a unit of two node racks (r1, r2), and a network rack r3 beside it."""
    made, library = Project(), Library.builtin()
    numbers: Iterator[str] = iter([f"id{i}" for i in range(10, 99)])
    edit = Edit(made, "Build", ids=numbers.__next__)
    hall = new_floor_block(edit, "Hall")
    unit = new_floor_block(edit, "Unit")
    nodes = new_rack_block(edit, library, RACK, "Nodes")
    place_device(edit, library, nodes.id, SERVER, Spot(half_u=0), name="a")
    place_device(edit, library, nodes.id, SERVER, Spot(half_u=20), name="b")
    place_device(edit, library, nodes.id, SWITCH, Spot(half_u=40), name="s")
    network = new_rack_block(edit, library, RACK, "Network")
    place_device(edit, library, network.id, SWITCH, Spot(half_u=0), name="t")
    place_instance(edit, unit.id, nodes.id, x_mm=0, name="r1")
    place_instance(edit, unit.id, nodes.id, x_mm=600, name="r2")
    place_instance(edit, hall.id, unit.id, name="su")
    place_instance(edit, hall.id, network.id, x_mm=3000, name="r3")
    History(made).commit(edit.change())
    return made


def paths(project: Project) -> list[str]:
    """Return the paths of r1, r2 and r3."""
    found = {at.name: at.path for at in walk(project, project.top) if at.block.kind == "rack"}
    return [found[name] for name in ("r1", "r2", "r3")]


def colour(project: Project, name: str, evaluation: Evaluation | None = None) -> Colouring:
    return colour_floor(project, SCHEMES[name], paths(project), evaluation)


def names(colouring: Colouring) -> list[str]:
    return ["" if code < 0 else colouring.entries[code].name for code in colouring.codes.tolist()]


def test_function_is_that_of_most_of_the_height(project: Project) -> None:
    # r1 and r2: two servers of 8U against one switch of 1U.
    found = colour(project, "function")
    assert names(found) == ["Compute", "Compute", "Network"]
    entries = [(e.name, e.mark, e.number) for e in found.entries]
    assert entries == [("Compute", "CMP", 2), ("Network", "NET", 1)]
    assert shown_texts(found) == ("CMP", "CMP", "NET")


def test_devices_have_their_own_function(project: Project) -> None:
    racks = [at for at in walk(project, project.top) if at.block.kind == "rack"]
    found = colour_devices(project, SCHEMES["function"], racks, None)
    by_rack = {at.name: len(project.devices(at.block.id)) for at in racks}
    assert len(found.codes) == sum(by_rack.values()) == 3 + 3 + 1
    assert sorted(names(found)) == ["Compute"] * 4 + ["Network"] * 3


def test_supplier_classes_carry_marks_no_two_alike() -> None:
    assert marks_of(["NVIDIA", "Dell", "NVIDIA Networking", "", "--"]) == ["NVI", "DEL", "NVI2", "X", "X2"]


def test_status_is_inherited_and_overridden_per_copy(project: Project) -> None:
    r1, r2, _ = paths(project)
    unit = r1.partition("/")[0]
    edit = Edit(project, "Status")
    edit.replace("instances", (project.top, unit), status="ordered")
    edit.put("overrides", Override(block=project.top, id="o1", path=r2, status="installed"))
    History(project).commit(edit.change())
    found = colour(project, "status")
    assert names(found) == ["Ordered", "Installed", ""]
    assert found.missing == 1
    assert shown_texts(found) == ("OR", "IN", "–")
    racks = [at for at in walk(project, project.top) if at.path == r2]
    assert set(names(colour_devices(project, SCHEMES["status"], racks, None))) == {"Installed"}


def test_status_of_one_device_in_one_copy(project: Project) -> None:
    r1, r2, _ = paths(project)
    block = next(at.block.id for at in walk(project, project.top) if at.path == r2)
    first = next(iter(project.devices(block)))
    edit = Edit(project, "Status")
    edit.put("overrides", Override(block=project.top, id="o1", path=f"{r2}/{first}", status="reserved"))
    History(project).commit(edit.change())
    racks = {at.path: at for at in walk(project, project.top) if at.path in (r1, r2)}
    assert names(colour_devices(project, SCHEMES["status"], [racks[r2]], None)) == ["Reserved", "", ""]
    assert names(colour_devices(project, SCHEMES["status"], [racks[r1]], None)) == ["", "", ""]


def test_phases_are_classes_in_their_order(project: Project) -> None:
    _, _, r3 = paths(project)
    edit = Edit(project, "Phases")
    for number, name in enumerate(("Wave 2", "Day 1")):
        edit.put("phases", Phase(id=f"p{number}", name=name, order=1 - number))
    edit.replace("instances", (project.top, r3), phase="p0")
    edit.replace("instances", (project.top, paths(project)[0].partition("/")[0]), phase="p1")
    History(project).commit(edit.change())
    found = colour(project, "phase")
    assert [(e.name, e.mark, e.number) for e in found.entries] == [("Day 1", "1", 2), ("Wave 2", "2", 1)]


def test_numbers_are_the_engines_and_steps_are_even(project: Project) -> None:
    evaluation = evaluate(project)
    found = colour(project, "free", evaluation)
    # 8 + 8 + 1 U are used in r1 and r2, 1 U in r3.
    rack = project.find_type(RACK)
    assert isinstance(rack, RackType)
    units = rack.units
    assert [float(t) for t in found.texts] == [units - 17, units - 17, units - 1]
    assert (found.low, found.high, found.unit) == (units - 17, units - 1, "U")
    assert found.codes.tolist() == [0, 0, 4]
    assert [e.number for e in found.entries] == [2, 0, 0, 0, 1]


def test_power_of_racks_and_of_their_devices_agree(project: Project) -> None:
    evaluation = evaluate(project)
    whole = colour(project, "power", evaluation)
    kw = [float(evaluation.power.rack_max_w[i]) / 1e3 for i in range(evaluation.snapshot.n_racks)]
    assert sorted(float(t) for t in whole.texts) == pytest.approx(sorted(kw), rel=5e-3)
    racks = [at for at in walk(project, project.top) if at.path == paths(project)[0]]
    devices = colour_devices(project, SCHEMES["power"], racks, evaluation)
    row = [float(t) for t in devices.texts]
    assert row[0] == row[1] != row[2]


def test_mass_that_is_not_all_known_says_at_least(project: Project) -> None:
    evaluation = evaluate(project)
    found = colour(project, "mass", evaluation)
    rows = {evaluation.snapshot.rack_path(i): i for i in range(evaluation.snapshot.n_racks)}
    for path, text in zip(paths(project), found.texts, strict=True):
        assert text.startswith("≥") == bool(evaluation.mass.rack_unknown[rows[path]])


def test_without_an_evaluation_numbers_are_on_their_way(project: Project) -> None:
    found = colour(project, "power")
    assert found.is_waiting
    assert found.missing == 3
    assert set(shown_texts(found)) == {"…"}
    assert {found.style(row) for row in range(3)} == {"paint.none"}


def test_many_things_are_summed_up_in_a_few_letters(project: Project) -> None:
    assert summary_of(colour(project, "function"), [0, 1, 2]) == "CMP NET"
    assert summary_of(colour(project, "status"), [0, 1]) == "–"
    free = colour(project, "free", evaluate(project))
    units = free.high + 1
    assert summary_of(free, [0, 1]) == f"{units - 17:g} U"
    assert summary_of(free, [0, 2]) == f"{units - 17:g} – {units - 1:g} U"
    assert summary_of(colour(project, "power"), [0]) == "…"


def test_what_an_older_evaluation_does_not_know_is_grey(project: Project) -> None:
    evaluation = evaluate(project)
    edit = Edit(project, "Place")
    network = next(at.block.id for at in walk(project, project.top) if at.name == "r3")
    fresh = place_instance(edit, project.top, network, x_mm=9000, name="r4")
    History(project).commit(edit.change())
    found = colour_floor(project, SCHEMES["power"], [*paths(project), fresh.id], evaluation)
    assert found.codes.tolist()[3] == -1
    assert min(found.codes.tolist()[:3]) >= 0


def test_evidence_of_a_rack_is_that_of_its_weakest_part(project: Project) -> None:
    order = ["Verified", "By the user", "Estimate", "Recalled", "Assumed", "Unknown"]
    racks = [at for at in walk(project, project.top) if at.path == paths(project)[0]]
    devices = names(colour_devices(project, SCHEMES["evidence"], racks, None))
    assert names(colour(project, "evidence"))[0] == max(devices, key=order.index)


def test_headroom_is_on_its_way_until_every_loss_is_known(project: Project) -> None:
    evaluation = evaluate(project)
    assert colour(project, "headroom", evaluation).is_waiting
    assert evaluation.node_headroom.usable_w.size
    found = colour(project, "headroom", evaluation)
    assert not found.is_waiting
    assert found.missing == 3  # nothing feeds them


def test_cost_and_free_ports_are_those_of_the_racks(project: Project) -> None:
    evaluation = evaluate(project)
    ports = colour(project, "ports", evaluation)
    racks = [at for at in walk(project, project.top) if at.path == paths(project)[0]]
    devices = colour_devices(project, SCHEMES["ports"], racks, evaluation)
    assert ports.values[0] == devices.values.sum()
    assert ports.values[2] == devices.values[2]  # one more switch of the same type
    cost = colour(project, "cost", evaluation)
    rows = {evaluation.snapshot.rack_path(i): i for i in range(evaluation.snapshot.n_racks)}
    for path, text, value in zip(paths(project), cost.texts, cost.values.tolist(), strict=True):
        assert text.startswith("≥") == bool(rack_unpriced(evaluation.snapshot)[rows[path]])
        assert value == pytest.approx(rack_prices(evaluation.snapshot)[:, rows[path]].mean() / 1e3)


def test_every_style_of_a_colouring_exists(project: Project) -> None:
    evaluation = evaluate(project)
    for scheme in SCHEMES:
        found = colour(project, scheme, evaluation)
        assert len(found.codes) == len(found.texts) == 3
        assert sum(e.number for e in found.entries) + found.missing == 3
        assert all(e.style in STYLE_INDEX for e in found.entries)


# Palettes.

_SEEN = {
    "normal": np.eye(3),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
               (0.004733, 0.691367, 0.303900)),
}  # fmt: skip
"""Linear RGB as seen with normal and deficient colour vision (Machado, Oliveira, Fernandes 2009)."""


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio."""
    low, high = sorted(float(linear(c) @ (0.2126, 0.7152, 0.0722)) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = np.array(matrix) @ np.clip(rgb, 0, 1) / (0.9505, 1.0, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array((116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])))


@pytest.mark.parametrize("seen", list(_SEEN))
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("fills", [CLASS_FILLS, SCALE_FILLS])
def test_colours_are_told_apart_by_everybody(
    fills: tuple[tuple[str, str], ...], dark: bool, seen: str
) -> None:
    points = [lab(np.array(_SEEN[seen]) @ linear(pair[dark])) for pair in fills]
    assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(points, 2)) > 8.0


@pytest.mark.parametrize("fills", [CLASS_FILLS, SCALE_FILLS])
def test_text_can_be_read_on_every_colour(fills: tuple[tuple[str, str], ...]) -> None:
    # Text as `desktop.canvas.looks` paints it on light and on dark ground.
    assert min(contrast("#1a1a1a", light) for light, _ in fills) >= 4.5
    assert min(contrast("#dbdbdb", dark) for _, dark in fills) >= 4.5
