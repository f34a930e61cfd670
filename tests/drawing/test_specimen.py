"""One type on its own: faces, ends, and its place in a rack."""

from __future__ import annotations

import pytest

from core.catalogue.library import Library
from core.drawing.specimen import face_size, faces, in_rack, racks_for
from core.model.types import CableType, DeviceType, PortGroup, RackType

TWO_U = DeviceType(
    id="x", name="X", kind="switch", height_u=2,
    ports=(PortGroup(name="osfp{1..64}", layer="data", connector="OSFP-finned", rate_gbps=800),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "size"),
    [
        (TWO_U, (450.0, 88.9)),
        (DeviceType(id="x", name="X", kind="server", height_u=1, width="half"), (225.0, 44.45)),
        (DeviceType(id="x", name="X", kind="tray", height_u=1, unit="OU"), (538.0, 48.0)),
        (DeviceType(id="x", name="X", kind="rack-pdu", zero_u=True), (55.0, 1800.0)),
        (DeviceType(id="x", name="X", kind="cdu", floor_standing=True, width_mm=750), (750.0, 2000.0)),
        (DeviceType(id="x", name="X", kind="module"), (120.0, 22.0)),
    ],
)
def test_a_face_has_the_size_of_its_place(spec: DeviceType, size: tuple[float, float]) -> None:
    assert face_size(spec) == size


def test_flat_faces_stand_above_each_other_and_tall_ones_side_by_side() -> None:
    flat = faces(TWO_U)
    assert set(flat.texts) >= {"Front", "Rear"}
    front, rear = (flat.text_at[flat.texts.index(name)] for name in ("Front", "Rear"))
    assert front[0] == rear[0]
    assert front[1] > rear[1]
    tall = faces(DeviceType(id="x", name="X", kind="server", height_u=8))
    front, rear = (tall.text_at[tall.texts.index(name)] for name in ("Front", "Rear"))
    assert front[1] == rear[1]
    assert rear[0] > front[0]


def test_the_ports_of_a_type_are_on_its_face() -> None:
    assert sum(text == "64" for text in faces(TWO_U).texts) == 1


def test_a_cable_shows_every_far_end() -> None:
    cable = CableType(
        id="c", name="C", media="DAC", connector_a="OSFP-finned", connector_b="QSFP112", split=4
    )
    assert faces(cable).texts.count("QSFP112") == 4
    assert faces(cable).texts.count("OSFP-finned") == 1


def test_only_racks_that_take_a_type_are_offered() -> None:
    library = Library.builtin()
    assert {rack.unit for rack in racks_for(TWO_U, library)} == {"U"}
    assert racks_for(DeviceType(id="x", name="X", kind="server", height_u=60), library) == []
    assert racks_for(DeviceType(id="x", name="X", kind="module"), library) == []
    rack = RackType(id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=2000)
    assert racks_for(rack, library) == [rack]


def test_every_type_of_the_catalogue_can_be_shown() -> None:
    library = Library.builtin()
    for spec in library:
        faces(spec)
        for rack in racks_for(spec, library)[:1]:
            drawn = in_rack(spec, rack)
            assert len(drawn.rects) + len(drawn.lines) > 0
