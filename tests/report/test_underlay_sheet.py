"""Underlays on the plan sheet: grey, below, cut off at the drawing's room."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
from PIL import Image

from core.drawing.batch import Batch
from core.drawing.columns import line_batch
from core.drawing.underlays import underlay_lines, underlay_pictures
from core.editing.blocks import new_floor_block
from core.editing.underlay import add_underlay, pack
from core.model.change import Edit
from core.model.project import Project
from core.report.paper import Box
from core.report.pdf import Pdf


def pixels(batch: Batch | None, picture: bytes = b"") -> np.ndarray:  # type: ignore[type-arg]
    """Return a page of 100 × 100 mm at 2 pixels per mm, cut off at 20 to 80 mm."""
    pdf = Pdf(100, 100, title="t", subject="s", author="a")
    pdf.begin_page("p", "P", "P", "Group")
    pdf.begin_clip(Box(20, 20, 60, 60))
    if picture:
        pdf.pale_picture(picture, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))
    if batch is not None:
        pdf.batch(batch)
    pdf.end_clip()
    pdf.end_page()
    with pypdfium2.PdfDocument(pdf.finish()) as document:
        page = document[0]
        return page.render(scale=2 * 25.4 / 72).to_numpy()[:, :, 0]


def test_lines_are_cut_off_at_the_room() -> None:
    seen = pixels(line_batch([[0, 50, 100, 50]], "underlay"))
    dark = np.flatnonzero((seen < 250).any(axis=0))
    assert abs(dark.min() - 40) <= 1
    assert abs(dark.max() - 159) <= 1
    assert seen.min() > 120  # grey, not black


def test_a_picture_is_pale_and_cut_off() -> None:
    made = io.BytesIO()
    Image.new("RGB", (100, 100), "black").save(made, "PNG")
    seen = pixels(None, made.getvalue())
    assert (seen[:35] > 250).all()
    assert 150 < seen[100, 100] < 200
    assert (pixels(None, b"\x89PNG damaged") > 250).all()


def test_damaged_underlays_are_left_out_of_the_drawing() -> None:
    edit = Edit(Project(), "Build")
    hall = new_floor_block(edit, "Hall")
    add_underlay(edit, hall.id, "drawing", "bad", "no data", mm_per_unit=1.0)
    add_underlay(edit, hall.id, "image", "bad", "no base64!", mm_per_unit=1.0)
    rows = {"A": np.array([[0.0, 0.0, 1.0, 2.0]])}
    add_underlay(edit, hall.id, "drawing", "good", pack(rows), mm_per_unit=1000.0)
    assert underlay_lines(edit, hall.id).lines.tolist() == [[0, 0, 1000, 2000]]
    assert underlay_pictures(edit, hall.id) == []
