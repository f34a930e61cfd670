"""Places by hand in the schematics."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.editing.card_places import card_places, place_cards, reset_cards
from core.model.change import Edit
from core.model.history import History
from tests.engine.designs import Design

spots = st.floats(-5000, 5000, allow_nan=False).map(lambda value: round(value, 2))
places = st.dictionaries(
    st.sampled_from(["a", "r1/s", "source:A", "busbar:r1"]), st.tuples(spots, spots), min_size=1
)


@given(first=places, second=places)
def test_later_places_win_and_a_reset_takes_all_of_one_view_back(
    first: dict[str, tuple[float, float]], second: dict[str, tuple[float, float]]
) -> None:
    project = Design().project
    history = History(project)
    before = dict(project.rows("layouts", "hall"))
    for view, wanted in (("power", first), ("cooling", first), ("power", second)):
        edit = Edit(project, "Rearrange")
        place_cards(edit, "hall", view, wanted)  # type: ignore[arg-type]
        history.commit(edit.change())
    assert card_places(project, "hall", "power") == {**first, **second}
    assert card_places(project, "hall", "cooling") == first
    edit = Edit(project, "Reset")
    assert reset_cards(edit, "hall", "power") == len({**first, **second})
    history.commit(edit.change())
    assert card_places(project, "hall", "power") == {}
    assert card_places(project, "hall", "cooling") == first
    for _ in range(4):
        history.undo()
    assert dict(project.rows("layouts", "hall")) == before


def test_a_reset_of_nothing_is_no_change() -> None:
    edit = Edit(Design().project, "Reset")
    assert reset_cards(edit, "hall", "power") == 0
    assert not edit.change().deltas
