"""Drawings that are placed many times: copies that differ, absent things, groups."""

from __future__ import annotations

from core.editing.overrides import set_override
from core.model.change import Edit


def run(window, name):
    window.actions_.run(name)


def override(document, path, **fields):
    edit = Edit(document.project, "Override")
    set_override(edit, document.top, path, **fields)
    document.commit_edit(edit)


def test_the_bar_counts_the_copies_that_differ_and_selects_them(window, document, at):
    override(document, at("r2", "a"), status="ordered")
    document.selection.set([at("r1")])
    button = window.workspace.context._differ
    assert button.text() == "1 of 2 differs"
    assert button.isVisible()
    button.click()
    assert document.selection.paths == (at("r2"),)
    document.selection.set([at("r3")])
    assert not button.isVisible()


def test_what_differs_has_a_folded_corner_in_hall_and_racks(window, document, at):
    override(document, at("r2", "a"), status="ordered")
    hall = window.workspace.hall
    assert len(hall.corners.boxes) == 1
    (shape,) = hall.shapes_of([at("r2")])[0]
    assert hall.corners.boxes[0].tolist() == list(shape.boundingRect().getCoords())
    window.workspace.set_which("all")
    window.workspace.show_view("racks")
    assert len(window.workspace.racks.corners.boxes) == 2  # front and rear
    document.undo()
    assert len(window.workspace.racks.corners.boxes) == 0


def test_absent_and_present_again_in_one_step_each(window, document, at):
    document.selection.set([at("r1", "a")])
    assert not window.actions_["blocks.present"].isEnabled()
    run(window, "blocks.absent")
    assert document.differences() == {at("r1", "a"): {"absent"}}
    run(window, "blocks.present")
    assert document.differences() == {}
    document.undo()
    document.undo()
    assert not document.history.undo_labels


def test_apply_to_all_copies_and_clear(window, document, at):
    override(document, at("r2", "a"), status="ordered")
    document.selection.set([at("r2", "a")])
    run(window, "blocks.apply")
    assert document.project.resolve(document.top, at("r1", "a")).status == "ordered"
    assert document.differences() == {}
    override(document, at("r2", "b"), note="by hand")
    document.selection.set([at("r2")])
    run(window, "blocks.clear")
    assert document.differences() == {}
    assert not list(document.project.every("overrides"))


def test_group_and_dissolve(window, document, at):
    document.selection.set([at("r1"), at("r3")])
    run(window, "blocks.group")
    (path,) = document.selection.paths
    block = document.project.blocks[document.block_at(path)]
    assert block.kind == "floor"
    assert len(document.project.instances(block.id)) == 2
    run(window, "blocks.ungroup")
    assert sorted(document.label_of(p) for p in document.selection.paths) == ["r1", "r3"]
    document.selection.set([at("r1")])
    assert not window.actions_["blocks.ungroup"].isEnabled()
    assert "no floor" in window.actions_["blocks.ungroup"].toolTip()


def test_select_all_copies(window, document, at):
    document.selection.set([at("r1")])
    run(window, "blocks.select_copies")
    assert document.selection.paths == (at("r1"), at("r2"))


def test_only_this_one_by_key_and_bar_agree(window, document, at):
    document.selection.set([at("r1")])
    run(window, "blocks.only_this")
    assert document.only_this
    assert window.workspace.context._one.isChecked()
    window.workspace.context._all.click()
    assert not window.actions_["blocks.only_this"].isChecked()


def test_what_differs_is_shown_where_the_copies_stand(window, document, at):
    document.selection.set([at("r1"), at("r3")])
    run(window, "blocks.group")
    (path,) = document.selection.paths
    run(window, "edit.duplicate")
    inside = f"{path}/{next(iter(document.project.instances(document.block_at(path))))}"
    override(document, inside, status="ordered")
    window.workspace.open_path(path)
    assert document.selection.entered == path
    button = window.workspace.context._differ
    assert button.text() == "1 of 2 differs"
    button.click()
    assert document.selection.entered == ""
    assert document.selection.paths == (path,)


def test_what_is_absent_is_crossed_out_in_the_copy_that_was_entered(window, document, at):
    document.selection.set([at("r1"), at("r3")])
    run(window, "blocks.group")
    (path,) = document.selection.paths
    first, second = document.project.instances(document.block_at(path))
    override(document, f"{path}/{first}", absent=True)
    window.workspace.open_path(path)
    hall = window.workspace.hall
    (shape,) = hall.shapes_of([f"{path}/{first}"])[0]
    assert hall.corners.absent == [shape.boundingRect()]
    assert len(hall.shapes_of([f"{path}/{second}"])[0]) == 1


def test_the_bar_says_that_a_rack_is_edited_inside(window, document, at):
    scope = window.workspace.context._scope
    document.selection.set([at("r1")])
    assert scope.text() == "Inside r1: edits Node rack, 2 copies:"
    document.selection.set([at("r3")])
    assert scope.text() == "Inside r3: edits Network rack"
    document.selection.clear()
    assert scope.text() == "Edits Hall 1"
