"""Drawings linked from other files: taken, kept as they are, brought to another version, let go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, place_instance
from core.editing.cabling.connect import connect, first_compatible
from core.editing.issuing import issue
from core.editing.linking import (
    copy_digest,
    differing_types,
    digest_of,
    link_block,
    named_from,
    read_source,
    state_of,
    unlink,
)
from core.editing.retype import retype
from core.errors import CagenutError
from core.files.project_file import decode, encode_tables, load, save, tables_of
from core.files.writing import ABSENT
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import LinkedBlock, Override

SWITCH = "oob-01"
EXAMPLE = Path(__file__).parents[2] / "resources/examples/superpod-h100-su.cage"


def done(project: Project, edit: Edit) -> History:
    history = History(project)
    history.commit(edit.change())
    return history


def unit_file(folder: Path) -> tuple[Path, str]:
    """The file of the unit of 31 H100, issued as A, and the id of its unit."""
    project = load(EXAMPLE)[0]
    edit = Edit(project, "Issue")
    issue(edit, number="A", date="2026-10-01", purpose="for review", approver="Ada")
    done(project, edit)
    path = folder / "unit.cage"
    save(project, path, ABSENT)
    (unit,) = project.instances(project.top).values()
    return path, unit.of


def hall() -> Project:
    project = Project()
    edit = Edit(project, "New")
    new_floor_block(edit, "Hall")
    done(project, edit)
    return project


def linked(project: Project, path: Path, block: str, version: str = "A") -> LinkedBlock:
    """Link the unit and place it twice."""
    edit = Edit(project, "Link")
    made = link_block(edit, read_source(path.name, path.parent, version), block, "2026-11-23")
    for number in range(2):
        place_instance(edit, project.top, made.root, x_mm=30_000 * number)
    done(project, edit)
    return made


def standing(project: Project, link: LinkedBlock, folder: Path) -> str:
    return state_of(link, read_source(link.file, folder), copy_digest(project, link))


def altered(path: Path, number: str = "B", **fields: object) -> None:
    """Alter the first server of the unit in its own file, and issue it."""
    project = load(path)[0]
    edit = Edit(project, "Alter")
    server = next(d for d in project.every("devices") if d.type == "nvidia-dgx-h100")
    edit.replace("devices", server.key, **(fields or {"note": "other fans"}))
    issue(edit, number=number, date="2026-11-01", purpose="for review", approver="Ada")
    done(project, edit)
    save(project, path, None)


def test_a_linked_unit_is_the_one_of_the_file(tmp_path: Path) -> None:
    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block)
    source = load(path)[0]
    assert digest_of(project, made.root) == digest_of(source, block) == made.digest
    assert (
        sum(project.placements()[d.block] for d in project.every("devices") if d.type == "nvidia-dgx-h100")
        == 62
    )
    assert (made.file, made.version) == ("unit.cage", "revision A")
    assert standing(project, made, tmp_path) == "up to date"
    again = decode(encode_tables(project.id, tables_of(project)), "again")
    assert again.same_records(project)


def test_it_cannot_be_altered_here_and_all_around_it_can(tmp_path: Path) -> None:
    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block)
    before = decode(encode_tables(project.id, tables_of(project)), "before")
    rack = next(iter(project.instances(made.root).values()))
    for table, key, fields in (
        ("instances", rack.key, {"x_mm": 9}),
        ("blocks", ("", made.root), {"grid_mm": 500}),
        ("devices", next(d for d in project.every("devices")).key, {"name": "mine"}),
    ):
        edit = Edit(project, "Alter")
        edit.replace(table, key, **fields)
        with pytest.raises(CagenutError, match=r"linked from unit\.cage, revision A\. Edit it there"):
            done(project, edit)
    assert project.same_records(before)
    unit = next(iter(project.instances(project.top).values()))
    device = next(iter(project.devices(rack.of)))
    edit = Edit(project, "Around")
    edit.replace("instances", unit.key, x_mm=777)
    path_there = f"{unit.id}/{rack.id}/{device}"
    edit.put("overrides", Override(block=project.top, id="o", path=path_there, serial="S1"))
    done(project, edit)
    assert project.instances(project.top)[unit.id].x_mm == 777


def test_another_version_keeps_ids_cables_and_overrides(tmp_path: Path) -> None:
    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block)
    join(project, made.root)
    altered(path)
    assert standing(project, made, tmp_path) == "revision B is newer"
    links = list(project.links(project.top).values())
    edit = Edit(project, "Update")
    newer = link_block(edit, read_source("unit.cage", tmp_path, "B"), block, "2026-11-24")
    history = done(project, edit)
    assert (newer.id, newer.members) == (made.id, made.members)
    assert [d.note for d in project.every("devices") if d.type == "nvidia-dgx-h100"].count("other fans") == 1
    assert list(project.links(project.top).values()) == links
    assert standing(project, newer, tmp_path) == "up to date"
    assert len(project.rows("linked")) == 1
    history.undo()
    assert project.rows("linked")[made.id] == made
    assert digest_of(project, made.root) == made.digest


def join(project: Project, block: str) -> None:
    """Join a switch of the first unit to that of the second, outside both."""
    units = list(project.instances(project.top))
    one, other = (f"{unit}/{path}" for unit in units for path in paths_named(project, block, SWITCH))
    edit = Edit(project, "Join")
    pair = first_compatible(edit, project.top, one, other)
    connect(edit, project.top, one, pair.a_ports, other, pair.b_ports)
    done(project, edit)


def paths_named(project: Project, block: str, name: str) -> list[str]:
    """Return the paths of devices of a name in the racks of a block."""
    return [
        f"{rack.id}/{device.id}"
        for rack in project.instances(block).values()
        for device in project.devices(rack.of).values()
        if device.name == name
    ]


def test_what_is_gone_in_the_new_version_takes_its_cables_along(tmp_path: Path) -> None:
    from core.editing.remove import remove

    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block)
    join(project, made.root)
    other = load(path)[0]
    edit = Edit(other, "Remove a leaf")
    leaf = next(d for d in other.every("devices") if d.name == SWITCH)
    remove(edit, leaf.block, [leaf.id])
    done(other, edit)
    save(other, path, None)
    edit = Edit(project, "Update")
    newer = link_block(edit, read_source("unit.cage", tmp_path), block, "2026-11-24")
    done(project, edit)
    assert newer.version == "as saved, 2026-11-24"
    assert not project.links(project.top)
    assert not paths_named(project, made.root, SWITCH)
    assert digest_of(project, made.root) == newer.digest


def test_cables_whose_port_is_gone_with_another_type_go(tmp_path: Path) -> None:
    """The switch is another one in the new version, with other names of ports."""
    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block)
    join(project, made.root)
    other = load(path)[0]
    switch = next(d for d in other.every("devices") if d.name == SWITCH)
    edit = Edit(other, "Replace")
    retype(edit, Library.builtin(), switch.block, [switch.id], "celestica-ds5000")
    done(other, edit)
    save(other, path, None)
    edit = Edit(project, "Update")
    link_block(edit, read_source("unit.cage", tmp_path), block, "2026-11-24")
    assert "1 cable to it no longer fit and went" in edit.notes
    done(project, edit)
    assert not project.links(project.top)


def test_unlinked_it_is_the_projects_own(tmp_path: Path) -> None:
    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block)
    edit = Edit(project, "Unlink")
    unlink(edit, made.id)
    done(project, edit)
    edit = Edit(project, "Alter")
    edit.replace("devices", next(d for d in project.every("devices")).key, name="mine")
    done(project, edit)
    with pytest.raises(CagenutError):
        unlink(Edit(project, "Again"), made.id)


def test_types_of_the_project_stay_and_are_named(tmp_path: Path) -> None:
    path, block = unit_file(tmp_path)
    project = hall()
    other = load(path)[0]
    record = other.rows("types")["nvidia-dgx-h100"]
    edit = Edit(project, "Own type")
    edit.put("types", replace(record, spec=replace(record.spec, power_max_w=9999.0)))
    for each in record.spec.accelerators:
        edit.put("types", other.rows("types")[each.type])
    for bay in record.spec.bays:
        if bay.fitted and bay.fitted not in project.rows("types"):
            edit.put("types", other.rows("types")[bay.fitted])
    done(project, edit)
    assert differing_types(project, other, block) == ["DGX H100"]
    edit = Edit(project, "Link")
    link_block(edit, read_source("unit.cage", tmp_path, "A"), block, "2026-11-23")
    assert any("kept this project's own nvidia-dgx-h100" in note for note in edit.notes)
    done(project, edit)
    assert project.find_type("nvidia-dgx-h100").power_max_w == 9999.0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("version", "said"),
    [("Z", r"has no revision 'Z'\. It has A"), ("A", "no such drawing")],
)
def test_what_is_not_there_is_told(tmp_path: Path, version: str, said: str) -> None:
    path, _ = unit_file(tmp_path)
    with pytest.raises(CagenutError, match=said):
        link_block(Edit(hall(), "Link"), read_source(path.name, tmp_path, version), "none", "2026-11-23")
    with pytest.raises(CagenutError, match="cannot be read"):
        read_source("none.cage", tmp_path)


def powered(path: Path, power_w: float, number: str) -> None:
    """Alter the type of the servers in the source, and issue it."""
    project = load(path)[0]
    record = project.rows("types")["nvidia-dgx-h100"]
    edit = Edit(project, "Type")
    edit.put("types", replace(record, spec=replace(record.spec, power_max_w=power_w)))
    issue(edit, number=number, date="2026-11-02", purpose="for review", approver="Ada")
    done(project, edit)
    save(project, path, None)


def test_a_type_that_came_with_it_follows_the_version(tmp_path: Path) -> None:
    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block, "")
    powered(path, 12_345.0, "B")
    assert standing(project, made, tmp_path) == "the file was altered since"
    edit = Edit(project, "Update")
    newer = link_block(edit, read_source("./unit.cage", tmp_path, "B"), block, "2026-11-24")
    done(project, edit)
    assert newer.id == made.id
    assert project.find_type("nvidia-dgx-h100").power_max_w == 12_345.0  # type: ignore[union-attr]
    assert standing(project, newer, tmp_path) == "up to date"


def test_a_type_that_was_altered_here_stays(tmp_path: Path) -> None:
    path, block = unit_file(tmp_path)
    project = hall()
    linked(project, path, block)
    record = project.rows("types")["nvidia-dgx-h100"]
    edit = Edit(project, "Own")
    edit.put("types", replace(record, spec=replace(record.spec, power_max_w=9000.0)))
    done(project, edit)
    powered(path, 12_345.0, "B")
    edit = Edit(project, "Update")
    link_block(edit, read_source("unit.cage", tmp_path, "B"), block, "2026-11-24")
    assert any("kept this project's own nvidia-dgx-h100" in note for note in edit.notes)
    done(project, edit)
    assert project.find_type("nvidia-dgx-h100").power_max_w == 9000.0  # type: ignore[union-attr]


def test_a_copy_that_was_altered_elsewhere_is_told(tmp_path: Path) -> None:
    """A text editor, a merge: what stands in the file is not what the link says."""
    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block)
    tables = tables_of(project)
    device = tables["devices"][0]
    tables["devices"][0] = replace(device, note="scribbled")
    other = decode(encode_tables(project.id, tables), "scribbled")
    assert standing(other, made, tmp_path).startswith("the copy here is not what was taken")
    edit = Edit(other, "Again")
    again = link_block(edit, read_source("unit.cage", tmp_path, "A"), block, "2026-11-24")
    done(other, edit)
    assert standing(other, again, tmp_path) == "up to date"
    assert standing(Project(), made, tmp_path) == "its drawing is gone here"


def test_a_file_altered_after_it_was_taken_as_saved_is_told(tmp_path: Path) -> None:
    path, block = unit_file(tmp_path)
    project = hall()
    made = linked(project, path, block, "")
    assert standing(project, made, tmp_path) == "up to date"
    altered(path)
    assert standing(project, made, tmp_path) == "the file was altered since"


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["A", "B", ""]), min_size=1, max_size=4))
def test_any_way_to_a_version_leads_to_the_same_drawing(
    tmp_path_factory: pytest.TempPathFactory, versions: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("link")
    path, block = unit_file(folder)
    altered(path)
    project = hall()
    made = linked(project, path, block)
    for version in versions:
        edit = Edit(project, "Update")
        made = link_block(edit, read_source("unit.cage", folder, version), block, "2026-11-24")
        done(project, edit)
        edit = Edit(project, "Again")
        link_block(edit, read_source("unit.cage", folder, version), block, "2026-11-24")
        assert {d.table for d in edit.change().deltas} <= {"linked"}
    wanted = read_source("unit.cage", folder, versions[-1])
    assert digest_of(project, made.root) == digest_of(wanted.project, block)


def test_files_beside_the_project_are_named_from_it(tmp_path: Path) -> None:
    assert named_from(tmp_path / "a" / "u.cage", tmp_path / "a") == "u.cage"
    assert named_from(tmp_path / "u.cage", tmp_path / "a") == "../u.cage"
    assert named_from(tmp_path / "u.cage", None) == (tmp_path / "u.cage").as_posix()
