"""Racks and devices by a table: what is placed, changed, refused; exported and read again nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.overrides import set_override
from core.editing.place import place_device
from core.editing.space import Spot, unit
from core.errors import EditError, FileError
from core.exchange.placing_columns import guess_columns
from core.exchange.placing_export import HEADS, placing_rows
from core.exchange.placing_table import Placing, place_by_table
from core.exchange.workbook import read_workbook, workbook_bytes
from core.files.delimited import Delimited, Line, parse_delimited
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.report.csv_text import csv_bytes

LIBRARY = Library.builtin()
RACK, SERVER, SWITCH = "vertiv-vr3300", "dell-r760", "nvidia-qm9700"


def hall() -> Project:
    """Return a hall with two copies of a rack (servers a at U1 and b at U11) and a group with a third."""
    project = Project()
    edit = Edit(project, "Build")
    top = new_floor_block(edit, "Hall")
    nodes = new_rack_block(edit, LIBRARY, RACK, "Nodes")
    place_device(edit, LIBRARY, nodes.id, SERVER, unit(1), name="a")
    place_device(edit, LIBRARY, nodes.id, SERVER, unit(11), name="b")
    for at in range(2):
        place_instance(edit, top.id, nodes.id, x_mm=600 * at, name=f"r{at + 1}")
    row = new_floor_block(edit, "Row")
    place_instance(edit, row.id, nodes.id, name="r3")
    place_instance(edit, top.id, row.id, y_mm=3600, rotation=180, name="pod")
    History(project).commit(edit.change())
    return project


def read(project: Project, text: str, **more: object) -> Placing:
    table = parse_delimited(text.encode(), "racks.csv")
    return place_by_table(project, LIBRARY, table, guess_columns(table.heads), **more)  # type: ignore[arg-type]


def done(project: Project, placing: Placing) -> Project:
    assert not placing.problems, [placing.complaint(line) for line in placing.problems]
    History(project).commit(placing.edit.change())
    return project


def by_name(project: Project) -> dict[str, tuple[str, ...]]:
    rows = placing_rows(project)
    return {f"{row[1]}/{row[0]}".lstrip("/"): row for row in rows}


def test_new_racks_with_the_same_contents_are_copies_of_one_drawing() -> None:
    project = hall()
    before = len(project.blocks)
    text = "Name;Rack;X (m);Y (m);Rotation;Rack type;Device type;U;Serial\n"
    for n in range(4, 7):
        text += f"r{n};;{0.6 * n};6;180;{RACK};;;\n"
        text += f"c;r{n};;;;;{SERVER};U5;S-{n}\n"
    text += f"r7;;9;6;0;{RACK};;;\n"
    done(project, read(project, text))
    found = by_name(project)
    assert len(project.blocks) == before + 2  # three racks by one drawing, and an empty one
    assert found["r5"][4:7] == ("3000", "6000", "180")
    fields = dict(zip(HEADS, found["r5/c"], strict=True))
    assert (fields["U"], fields["Serial number"], fields["Device type"]) == ("5", "S-5", SERVER)
    assert {o.serial for o in project.overrides(project.top).values()} == {"S-4", "S-5", "S-6"}


def test_grid_lines_stand_for_positions() -> None:
    project = hall()
    done(project, read(project, f"name,row,column,rack type\nr9,C,5,{RACK}\n"))
    assert by_name(project)["r9"][4:6] == ("2400", "1200")  # grid of 600 mm, from the datum


def test_a_change_of_one_copy_makes_it_unique_and_is_one_step() -> None:
    project = hall()
    before = by_name(project)
    history = History(project)
    placing = read(project, "Rack,Device,U,Asset tag\nr1,b,21,T-7\nr2,a,1,\n")
    assert [(line.state, line.words) for line in placing.lines] == [
        ("changed", "to U21-U22 front; asset tag T-7"),
        ("same", "As it stands"),
    ]
    history.commit(placing.edit.change())
    found = by_name(project)
    assert (found["r1/b"][9], found["r1/b"][15]) == ("21", "T-7")
    assert found["r2/b"] == before["r2/b"]
    history.undo()
    assert by_name(project) == before


def test_devices_swap_their_places() -> None:
    project = hall()
    done(project, read(project, "Rack,Name,U\nr1,a,11\nr1,b,1\n"))
    found = by_name(project)
    assert (found["r1/a"][9], found["r1/b"][9]) == ("11", "1")


def test_a_rack_is_moved_and_turned() -> None:
    project = hall()
    placing = read(project, "name,x,y,rotation,status\nr2,7.2 m,1200,90,ordered\n")
    assert placing.lines[0].words == "to x 7200, y 1200 mm, 90°; status ordered"
    done(project, placing)
    assert by_name(project)["r2"][4:7] == ("7200", "1200", "90")
    assert by_name(project)["r2"][-1] == "ordered"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f"r9,,,,{RACK},,", "it has no position. Give x and y, or row and column of the grid"),
        ("r9,,0,0,,,", "nothing is called 'r9'. Give its rack type, or for a device its device type"),
        ("r9,,0,0,Some rack,,", "no rack of the catalogue is called 'Some rack'. Write its name"),
        (f"r9,,north,0,{RACK},,", "'north' is no position. Write a number, such as 7200 or 7.2 m"),
        (f"c,r99,,,,{SERVER},5", "no rack is called 'r99'. Add a row for the rack"),
        (f"c,r1,,,,{SERVER},1", "does not fit: U1-U2 hold a. Choose free units"),
        (f"c,r1,,,,{SERVER},U", "'U' is no unit. Write the number of the lowest unit"),
        (f"a,r1,,,,{SWITCH},1", "it is no Quantum-2 QM9700. Replace its type in the window first"),
        ("b,r1,,,,,1", "does not fit: U1-U2 hold a. Choose free units"),
        ("pod/r3,,0,0,,,", "it is part of 'pod'. Move the group, or the rack within it"),
        (",,0,0,,,", "it has no name. Write one"),
        (f"c,,0,0,,{SERVER},", "mounts in a rack. Give the rack that it is in"),
    ],
)
def test_what_is_not_understood_is_said_by_file_row_and_cure(row: str, words: str) -> None:
    placing = read(hall(), f"name,rack,x,y,rack type,device type,u\n\n{row}\n")
    (line,) = placing.problems
    said = placing.complaint(line)
    assert said.startswith("racks.csv, row 3: ")
    assert words in said


def test_rows_that_are_wrong_can_be_left_out() -> None:
    project = hall()
    text = f"name,x,y,rack type\nr8,0,9000,{RACK}\nr9,0,9000,None such\n"
    wrong = read(project, text).problems
    assert [line.number for line in wrong] == [3]
    placing = read(project, text, leave_out={3})
    assert [line.state for line in placing.lines] == ["new", "left out"]
    done(project, placing)
    assert "r8" in by_name(project)


def test_the_same_name_twice_in_a_table_is_refused() -> None:
    placing = read(hall(), "name,x,y\nr1,0,0\nr1,600,0\n")
    assert [line.state for line in placing.lines] == ["same", "problem"]
    assert placing.lines[1].words == "row 2 has the same name"


def test_a_table_needs_names() -> None:
    with pytest.raises(EditError, match="no column gives names"):
        read(hall(), "x,y\n0,0\n")


def test_an_export_builds_the_same_design_in_an_empty_hall() -> None:
    project = hall()
    rows = [row for row in placing_rows(project) if "pod" not in f"{row[0]}{row[1]}"]
    empty = Project()
    edit = Edit(empty, "Build")
    new_floor_block(edit, "Hall")
    History(empty).commit(edit.change())
    table = Delimited("racks.csv", list(HEADS), [Line(n, list(row)) for n, row in enumerate(rows, 2)])
    done(empty, place_by_table(empty, LIBRARY, table, guess_columns(HEADS)))
    assert sorted(placing_rows(empty)) == sorted(rows)
    assert len([b for b in empty.blocks.values() if b.kind == "rack"]) == 1


NAMES = st.text("AB1 =-'é/+@", min_size=1, max_size=6).map(lambda text: text.strip() or "x")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), excel=st.booleans())
def test_a_table_exported_and_read_again_changes_nothing(
    data: st.DataObject, excel: bool, tmp_path: Path
) -> None:
    project = hall()
    edit = Edit(project, "Alter")
    draw = data.draw
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    block = draw(st.sampled_from([b.id for b in project.blocks.values() if b.kind == "rack"]))
    for at, name in enumerate(names):
        made = place_instance(
            edit, project.top, block, x_mm=draw(st.integers(-9000, 9000)), y_mm=9000 + at,
            rotation=draw(st.sampled_from([0, 90, 180, 270])), name=f"{at}{name}",
            mirrored=draw(st.booleans()),
        )  # fmt: skip
        if draw(st.booleans()):
            set_override(edit, project.top, made.id, serial=draw(NAMES), status="ordered")
    for at in range(draw(st.integers(0, 3))):
        spot = Spot(half_u=40 + 5 * at, face=draw(st.sampled_from(["front", "rear"])))
        place_device(edit, LIBRARY, block, SERVER, spot, name=f"{at}{draw(NAMES)}", asset_tag=draw(NAMES))
    History(project).commit(edit.change())
    rows = placing_rows(project)
    if excel:
        (tmp_path / "racks.xlsx").write_bytes(workbook_bytes("Racks", [HEADS, *rows]))
        table, _ = read_workbook(tmp_path / "racks.xlsx")
    else:
        table = parse_delimited(csv_bytes(HEADS, rows), "racks.csv")
    placing = place_by_table(project, LIBRARY, table, guess_columns(table.heads))
    assert [line for line in placing.lines if line.state != "same"] == []
    assert not placing.edit.change().deltas


@pytest.mark.parametrize(
    ("heads", "fields"),
    [
        (HEADS, list(range(17))),
        (["Cabinet", "Hostname", "Model", "RU", "S/N"], {"rack": 0, "name": 1, "device_type": 2, "unit": 3,
                                                         "serial": 4}),
        (["TAG", "pos_x", "pos_y", "Cabinet type"], {"name": 0, "x": 1, "y": 2, "rack_type": 3}),
        (["foo", "bar"], {}),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_heads(heads: list[str], fields: dict[str, int] | list[int]) -> None:
    found = guess_columns(heads)
    assert (list(found.values()) if isinstance(fields, list) else found) == fields


def test_a_workbook_is_read_by_sheet_and_its_formulas_are_text(tmp_path: Path) -> None:
    path = tmp_path / "racks.xlsx"
    path.write_bytes(workbook_bytes("Racks", [["Name", "U"], ["=1+1", "0012"]]))
    table, sheets = read_workbook(path)
    assert sheets == ("Racks",)
    assert table == Delimited("racks.xlsx, sheet Racks", ["Name", "U"], [Line(2, ["=1+1", "0012"])])
    with pytest.raises(FileError, match="no sheet 'Rows'"):
        read_workbook(path, "Rows")


def test_a_workbook_that_would_swell_is_refused_unopened(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    with pytest.raises(FileError, match="far larger once unpacked"):
        read_workbook(tmp_path / "bomb.xlsx")
    (tmp_path / "text.xlsx").write_text("name,x\n")
    with pytest.raises(FileError, match="no XLSX file"):
        read_workbook(tmp_path / "text.xlsx")
