"""The first free spot is the first of all spots that nothing is in the way of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block
from core.editing.place import place_device
from core.editing.refit import retype_all
from core.editing.space import Occupancy, Spot
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Reserved
from core.model.types import DeviceType

RACK = "vertiv-vr3300"
TYPES = ("dell-r760", "nvidia-qm9700", "nvidia-sn2201")
placed = st.lists(
    st.tuples(st.sampled_from(TYPES), st.integers(0, 90), st.sampled_from(["front", "rear"])), max_size=12
)


def rack(edit: Edit, library: Library, held: list[tuple[str, int, str]], reserved: int) -> str:
    """Return a rack block that holds what fits of a list."""
    block = new_rack_block(edit, library, RACK, "Rack")
    kept = (Reserved(half_u=reserved, half_units=3, face="front"),)
    edit.replace("blocks", ("", block.id), reserved=kept)
    for number, (type_id, half_u, face) in enumerate(held):
        try:
            spot = Spot(half_u=half_u, face=face)  # type: ignore[arg-type]
            place_device(edit, library, block.id, type_id, spot, name=f"d{number}")
        except EditError:
            continue
    return block.id


@settings(max_examples=150, deadline=None)
@given(placed, st.integers(0, 80), st.sampled_from(TYPES), st.booleans(), st.integers(0, 60))
def test_first_fit_agrees_with_the_obstacles(
    held: list[tuple[str, int, str]], reserved: int, type_id: str, from_top: bool, low: int
) -> None:
    edit, library = Edit(Project(), "Build"), Library.builtin()
    new_floor_block(edit, "Hall")
    room = Occupancy(edit, rack(edit, library, held, reserved))
    spec = library.get(type_id)
    assert isinstance(spec, DeviceType)
    for face in ("front", "rear"):
        found = room.first_fit(spec, from_top=from_top, face=face, low=low)
        spots = room.spots(spec, from_top=from_top, face=face, low=low)
        assert found == next((spot for spot in spots if not room.obstacle(spec, spot)), None)


@settings(max_examples=60, deadline=None)
@given(placed, st.integers(0, 80), st.sampled_from(TYPES), st.booleans())
def test_racks_that_hold_the_same_are_refitted_as_each_alone(
    held: list[tuple[str, int, str]], reserved: int, type_id: str, moving: bool
) -> None:
    library = Library.builtin()

    def spots(together: bool) -> list[object]:
        edit = Edit(Project(), "Build")
        new_floor_block(edit, "Hall")
        blocks = [rack(edit, library, some, reserved) for some in (held, held, held[:-1])]
        keys = [d.key for block in blocks for d in edit.devices(block).values()]
        refits = (
            [retype_all(edit, library, keys, type_id, moving=moving)]
            if together
            else [
                retype_all(edit, library, [k for k in keys if k[0] == block], type_id, moving=moving)
                for block in blocks
            ]
        )
        left = [(blocks.index(m.block), m.device, m.reason) for refit in refits for m in refit.left]
        return [
            left,
            [(d.name, d.type, Spot.of(d)) for block in blocks for d in edit.devices(block).values()],
        ]

    assert spots(True) == spots(False)
