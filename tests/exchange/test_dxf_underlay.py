"""DXF files as underlays; the files are written here."""

from __future__ import annotations

import contextlib
import io
import logging
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import ezdxf
import numpy as np
import pytest
from ezdxf.enums import TextEntityAlignment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import FileError
from core.exchange import dxf_underlay
from core.exchange.bounded_reading import BoundedReading
from core.exchange.dxf_underlay import DxfPlan, read_dxf


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    """Keep what the reader logs of broken files out of reports: it quotes bytes that are no text."""
    logger = logging.getLogger("ezdxf")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    yield
    logger.setLevel(before)


def drawing(units: int = 4) -> Any:
    made = ezdxf.new("R2010")
    made.header["$INSUNITS"] = units
    return made


def read(made: Any, folder: Path) -> DxfPlan:
    made.saveas(folder / "plan.dxf")
    return read_dxf(folder / "plan.dxf")


def test_lines_are_read_by_layer(tmp_path: Path) -> None:
    made = drawing(6)
    made.layers.add("WALL")
    made.layers.add("OLD").off()
    space = made.modelspace()
    space.add_line((0, 0), (12, 0), dxfattribs={"layer": "WALL"})
    space.add_lwpolyline([(0, 0), (4, 0), (4, 3)], close=True, dxfattribs={"layer": "OLD"})
    space.add_hatch()
    found = read(made, tmp_path)
    assert found.mm_per_unit == 1000.0
    assert found.hidden == ("OLD",)
    assert found.layers["WALL"].tolist() == [[0, 0, 12, 0]]
    assert found.layers["OLD"].tolist() == [[0, 0, 4, 0], [4, 0, 4, 3], [4, 3, 0, 0]]
    assert found.notes == ("Not drawn: 1 HATCH",)


def test_texts_are_strokes_on_their_layer(tmp_path: Path) -> None:
    made = drawing()
    space = made.modelspace()
    space.add_line((0, 0), (9000, 0), dxfattribs={"layer": "WALL"})
    mark = made.blocks.new("MARK")
    mark.add_attdef("NO", (0, 0), height=600)
    for at, name in enumerate(("L", "T")):
        placed = space.add_blockref("MARK", (1000 * at, 0), dxfattribs={"layer": "GRID"})
        placed.add_attrib("NO", name, (1000 * at, 0), dxfattribs={"height": 600, "layer": "0"})
    space.add_mtext(
        "I\\PL", dxfattribs={"layer": "ROOMS", "char_height": 60, "attachment_point": 5, "insert": (500, 500)}
    )
    space.add_text("", dxfattribs={"layer": "NONE"})
    found = read(made, tmp_path)
    assert found.layers["GRID"].round(3).tolist() == [
        [0, 600, 0, 0], [0, 0, 400, 0], [1000, 600, 1400, 600], [1200, 600, 1200, 0],
    ]  # fmt: skip
    # Two lines of capitals of 60, 100 apart, centred on (500, 500): from 420 to 580, each 40 wide.
    rows = found.layers["ROOMS"].round(3)
    assert (rows[:, 1::2].min(), rows[:, 1::2].max()) == (420, 580)
    assert rows[-1].tolist() == [480, 420, 520, 420]
    assert set(found.layers) == {"WALL", "GRID", "ROOMS"}


def test_texts_turn_and_end_where_they_are_said_to(tmp_path: Path) -> None:
    made = drawing()
    text = made.modelspace().add_text("I-", height=60, rotation=90)
    text.set_placement((100, 200), align=TextEntityAlignment.MIDDLE_RIGHT)
    (rows,) = read(made, tmp_path).layers.values()
    # Two letters of a grid of ten steps of ten; turned, they end at y = 200, half of them on each side.
    assert rows[:, 1::2].max().round(3) == 190
    assert (rows[:, ::2].min().round(3), rows[:, ::2].max().round(3)) == (70, 130)


def test_more_texts_than_are_drawn_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dxf_underlay, "MOST_TEXTS", 3)
    made = drawing()
    for at in range(5):
        made.modelspace().add_text("L", height=6).set_placement((at * 10, 0))
    found = read(made, tmp_path)
    assert found.count == 6
    assert found.notes == ("Not drawn: 2 TEXT",)


@pytest.mark.parametrize(("units", "size"), [(1, 25.4), (2, 304.8), (4, 1.0), (5, 10.0), (6, 1000.0)])
def test_units_are_those_of_the_file(units: int, size: float, tmp_path: Path) -> None:
    made = drawing(units)
    made.modelspace().add_line((0, 0), (1, 0))
    found = read(made, tmp_path)
    assert found.mm_per_unit == size
    assert found.notes == ()


def test_a_file_without_unit_is_taken_in_millimetres_and_says_so(tmp_path: Path) -> None:
    made = drawing(0)
    made.modelspace().add_line((0, 0), (1, 0))
    found = read(made, tmp_path)
    assert found.mm_per_unit == 1.0
    assert "does not say its unit" in found.notes[0]


def test_curves_keep_to_their_radius(tmp_path: Path) -> None:
    made = drawing()
    made.modelspace().add_circle((1000, 2000), 500)
    made.modelspace().add_arc((0, 0), 800, 0, 90)
    rows = read(made, tmp_path).layers["0"]
    ends = rows.reshape(-1, 2, 2)
    from_circle = np.hypot(*(ends - (1000, 2000)).transpose(2, 0, 1))
    on_circle = (np.abs(from_circle - 500) < 0.5).all(axis=1)
    circle, arc = ends[on_circle], ends[~on_circle]
    lengths = np.hypot(*(circle[:, 1] - circle[:, 0]).T)
    assert lengths.sum() == pytest.approx(2 * math.pi * 500, rel=0.005)
    assert np.hypot(*(arc[:, 1] - arc[:, 0]).T).sum() == pytest.approx(math.pi / 2 * 800, rel=0.005)


def test_blocks_are_taken_apart_where_they_stand(tmp_path: Path) -> None:
    made = drawing()
    column = made.blocks.new("COLUMN")
    column.add_line((0, 0), (400, 0))  # on layer 0: takes the layer of the insert
    column.add_line((0, 0), (0, 400), dxfattribs={"layer": "AXIS"})
    pair = made.blocks.new("PAIR")
    pair.add_blockref("COLUMN", (1000, 0), dxfattribs={"layer": "0"})
    space = made.modelspace()
    space.add_blockref("PAIR", (0, 5000), dxfattribs={"layer": "COLUMNS", "rotation": 90})
    space.add_blockref("COLUMN", (0, 0), dxfattribs={"layer": "GRID"}).grid((1, 3), (0, 6000))
    found = read(made, tmp_path)
    assert found.layers["COLUMNS"] == pytest.approx(np.array([[0, 6000, 0, 6400]]))
    assert sorted(found.layers["GRID"][:, 0].tolist()) == [0, 6000, 12_000]
    assert len(found.layers["AXIS"]) == 4


def test_a_drawing_far_from_its_origin_is_brought_near(tmp_path: Path) -> None:
    made = drawing(6)
    made.modelspace().add_line((448_000, 5_411_000), (448_010, 5_411_005))
    found = read(made, tmp_path)
    assert found.layers["0"].tolist() == [[0, 0, 10, 5]]
    assert "far from its origin" in found.notes[0]


def test_what_is_no_drawing_is_refused_by_name(tmp_path: Path) -> None:
    for name, data, words in (
        ("plan.dwg", b"AC1032\0\0\0\0", "this is a DWG file. Save it as DXF"),
        ("text.dxf", b"hello\nworld\n", "no DXF file"),
        ("empty.dxf", b"", "no DXF file"),
        ("binary.dxf", bytes(range(256)) * 4, "no DXF file"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FileError, match=words) as caught:
            read_dxf(tmp_path / name)
        assert caught.value.where == name
        assert caught.value.cure
    with pytest.raises(FileError, match="holds no lines"):
        read(drawing(), tmp_path)
    with pytest.raises(FileError, match="No such file"):
        read_dxf(tmp_path / "gone.dxf")


def test_blocks_that_multiply_end_at_a_limit(tmp_path: Path) -> None:
    made = drawing()
    made.blocks.new("B0").add_line((0, 0), (1, 1))
    for level in range(1, 7):  # 20 of the level below in each: 64 million lines
        block = made.blocks.new(f"B{level}")
        for at in range(20):
            block.add_blockref(f"B{level - 1}", (at, 0))
    made.modelspace().add_blockref("B6", (0, 0))
    made.saveas(tmp_path / "bomb.dxf")
    with pytest.raises(FileError, match="it holds more than"):
        _read_limited(tmp_path / "bomb.dxf")


def _read_limited(path: Path) -> DxfPlan:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dxf_underlay, "MOST_ENTITIES", 2000)
        return read_dxf(path)


def test_blocks_within_blocks_end_at_a_depth(tmp_path: Path) -> None:
    made = drawing()
    made.blocks.new("B0").add_line((0, 0), (1, 1))
    for level in range(1, 12):
        made.blocks.new(f"B{level}").add_blockref(f"B{level - 1}", (0, 0))
    made.modelspace().add_blockref("B11", (0, 0))
    with pytest.raises(FileError, match="more than 8 deep"):
        read(made, tmp_path)


@cache
def whole() -> bytes:
    """Return one file, the same for all that is done to it."""
    made = drawing()
    made.modelspace().add_line((0, 0), (12, 0))
    made.modelspace().add_circle((0, 0), 5)
    written = io.StringIO()
    made.write(written)
    return written.getvalue().encode()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_cut_off_or_altered_is_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    text = bytearray(whole())
    cut = data.draw(st.integers(0, len(text)))
    text = text[:cut] if data.draw(st.booleans()) else text
    for _ in range(data.draw(st.integers(0, 5))):
        if text:
            text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "cut.dxf").write_bytes(bytes(text))
    found: DxfPlan | None = None
    with contextlib.suppress(FileError):
        found = read_dxf(tmp_path / "cut.dxf")
    if found is not None:
        assert found.count
        assert all(np.isfinite(rows).all() for rows in found.layers.values())


def test_a_process_of_its_own_reads_and_can_be_ended(tmp_path: Path) -> None:
    made = drawing(6)
    made.modelspace().add_line((0, 0), (12, 0))
    made.saveas(tmp_path / "plan.dxf")
    kind, result = _wait(BoundedReading("drawing", tmp_path / "plan.dxf"))
    assert kind == "done"
    assert result.layers["0"].tolist() == [[0, 0, 12, 0]]
    kind, words = _wait(BoundedReading("drawing", tmp_path / "gone.dxf"))
    assert (kind, words) == ("failed", "gone.dxf: No such file or directory. Choose a DXF file")
    begun = BoundedReading("drawing", tmp_path / "plan.dxf")
    begun.stop()
    assert not begun._process.is_alive()


def _wait(reading: BoundedReading) -> tuple[str, Any]:
    ends = monotonic() + 60
    try:
        while monotonic() < ends:
            for kind, *rest in reading.messages():
                if kind != "progress":
                    return kind, rest[0]
            sleep(0.02)
    finally:
        reading.stop()
    raise AssertionError("nothing was said")
