"""Racks that are drawn once for many alike look as if each had been drawn by itself."""

from __future__ import annotations

from dataclasses import fields

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from core.catalogue.library import Library
from core.drawing.batch import Batch
from core.drawing.elevation import elevation
from core.drawing.placed import walk
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.place import place_device
from core.editing.space import Spot
from core.errors import EditError
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Override, Reserved
from desktop.canvas.prepared import Prepared, prepare
from desktop.views.rack_drawing import Elevations, without_names
from desktop.views.racking import used_ports

RACK, TYPES = "vertiv-vr3300", ("dell-r760", "nvidia-qm9700", "nvidia-sn2201")

spots = st.tuples(st.integers(0, 6), st.sampled_from(["front", "rear"])).map(
    lambda drawn: Spot(half_u=8 * drawn[0], face=drawn[1])
)
devices = st.tuples(st.sampled_from(TYPES), spots, st.sampled_from(["", "a", "b", "leaf-1"]))
racks = st.tuples(
    st.lists(devices, max_size=4), st.sampled_from(["", "kept"]), st.sampled_from(["", "absent", "named"])
)


def same(one: Batch, other: Batch) -> bool:
    """Tell whether two batches hold the same primitives."""
    for field in fields(Batch):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if not (np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b):
            return False
    return True


def rows_of(drawing: Prepared) -> list[object]:
    """Return what a prepared drawing paints, as plain values."""
    groups = [(g.rank, g.level, g.style, g.rows.tolist()) for g in (*drawing.rects, *drawing.lines)]
    return [*groups, *((t.level, t.strings, t.at.tolist()) for t in drawing.texts)]


def hall(plan: list[tuple[list[tuple[str, Spot, str]], str, str]]) -> Project:
    """Return a hall of racks that are all drawings of their own."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    top = new_floor_block(edit, "Hall")
    for held, note, own in plan:
        block = new_rack_block(edit, library, RACK, "Rack")
        if note:
            reserved = (Reserved(half_u=70, half_units=4, note=note),)
            edit.replace("blocks", ("", block.id), reserved=reserved)
        placed = []
        for type_id, spot, name in held:
            try:
                placed.append(place_device(edit, library, block.id, type_id, spot, name=name))
            except EditError:
                continue  # does not fit beside the others
        instance = place_instance(edit, top.id, block.id, name="r")
        if own and placed:
            path = f"{instance.id}/{placed[0].id}"
            said = {"absent": True} if own == "absent" else {"name": "its own"}
            edit.put("overrides", Override(block=top.id, id=edit.new_id(top.id), path=path, **said))
    History(project).commit(edit.change())
    return project


@settings(max_examples=60, deadline=None)
@given(st.lists(racks, min_size=1, max_size=5))
def test_a_rack_like_another_is_drawn_as_it_would_be_alone(
    qapp: QApplication, plan: list[tuple[list[tuple[str, Spot, str]], str, str]]
) -> None:
    project = hall([*plan, *plan])
    used, together = used_ports(project), Elevations()
    for at in walk(project, project.top):
        if at.block.kind != "rack":
            continue
        for face in ("front", "rear"):
            drawn, ready = together.get(project, at, face, used, port_names=True)
            alone, ready_alone = Elevations().get(project, at, face, used, port_names=True)
            assert drawn.owners == alone.owners
            assert np.array_equal(drawn.boxes, alone.boxes, equal_nan=True)
            assert same(drawn.batch, alone.batch)
            assert rows_of(ready) == rows_of(ready_alone)
            if not at.overrides:
                plain = elevation(project, at.block.id, face)
                assert same(drawn.batch, plain.batch)
                boxes = rows_of(prepare(without_names(plain.batch)))
                assert all(row in rows_of(ready) for row in boxes if not isinstance(row[1], list))


def test_another_project_is_drawn_from_its_own_types(qapp: QApplication) -> None:
    projects = [hall([([("dell-r760", Spot(half_u=0), "a")], "", "")]) for _ in range(2)]
    taller = projects[1]
    record = taller.rows("types")["dell-r760"]
    edit = Edit(taller, "Taller")
    spec = msgspec.structs.replace(record.spec, height_u=4.0)
    edit.replace("types", record.key, spec=spec)
    History(taller).commit(edit.change())
    kept = Elevations()
    heights = []
    for project in projects:
        (at,) = [at for at in walk(project, project.top) if at.block.kind == "rack"]
        drawn, _ = kept.get(project, at, "front", {}, port_names=False)
        heights.append(float(drawn.boxes[0, 3]))
    assert heights[1] - heights[0] == pytest.approx(2 * 44.45)
