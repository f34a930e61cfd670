"""Places by hand in network drawings."""

from core.editing.layouts import place_nodes, places_in, reset_places
from core.editing.remove import remove
from core.model.change import Edit
from core.model.history import History
from tests.drawing.fabrics import rails


def test_places_are_kept_by_tier_and_path_and_forgotten_in_one_step():
    project = rails(hosts=2, rails=2)
    history = History(project)
    edit = Edit(project, "Rearrange")
    place_nodes(edit, "hall", "compute", {("", "n0/h0"): (10.0, 20.0), ("0", "n0"): (30.125, 40.0)})
    history.commit(edit.change())
    edit = Edit(project, "Rearrange")
    place_nodes(edit, "hall", "compute", {("", "n0/h1"): (11.0, 21.0)})
    history.commit(edit.change())
    assert places_in(project, "hall", "compute") == {
        ("", "n0/h0"): (10.0, 20.0), ("", "n0/h1"): (11.0, 21.0), ("0", "n0"): (30.12, 40.0),
    }  # fmt: skip
    assert places_in(project, "hall", "other") == {}
    edit = Edit(project, "Reset")
    assert reset_places(edit, "hall", "compute") == 3
    history.commit(edit.change())
    assert places_in(project, "hall", "compute") == {}
    history.undo()
    assert len(places_in(project, "hall", "compute")) == 3


def test_a_removed_device_takes_its_place_with_it():
    project = rails(hosts=2, rails=2)
    edit = Edit(project, "Rearrange")
    place_nodes(edit, "hall", "compute", {("", "n0/h0"): (1.0, 2.0), ("1", "n0"): (3.0, 4.0)})
    project.apply(edit.change())
    edit = Edit(project, "Remove")
    remove(edit, "b-n0", ["h0"])
    project.apply(edit.change())
    assert places_in(project, "hall", "compute") == {("1", "n0"): (3.0, 4.0)}
