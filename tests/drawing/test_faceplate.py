"""Faceplates from the list of ports."""

import numpy as np
import pytest

from core.drawing.batch import Level
from core.drawing.connectors import shape_of
from core.drawing.faceplate import faceplate, port_label
from core.model.ports import PortTable, port_table
from core.model.types import DeviceType, PortGroup
from tests.report.samples import types

TYPES = {spec.id: spec for spec in types()}
DEVICES = [spec for spec in TYPES.values() if isinstance(spec, DeviceType)]


@pytest.mark.parametrize("spec", DEVICES, ids=lambda s: s.id)
@pytest.mark.parametrize("face", ["front", "rear"])
def test_every_port_of_a_face_is_drawn_inside_the_body_and_apart_from_its_neighbours(spec, face):
    width, height = (56.0, 1750.0) if spec.zero_u else (450.0, 44.0 * max(spec.height_u, 1))
    plate = faceplate(spec, face, width, height)
    wanted = [p.name for p in port_table(spec) if p.group.face == face]
    if spec.kind == "blank":
        return
    assert list(plate.ports) == wanted
    rects = plate.port_rects
    if len(rects):
        assert (rects[:, :2] >= -1e-6).all()
        assert (rects[:, 0] + rects[:, 2] <= width + 1e-6).all()
        assert (rects[:, 1] + rects[:, 3] <= height + 1e-6).all()
    for i in range(len(rects)):
        a = rects[i]
        b = rects[i + 1 :]
        clash = (
            (a[0] < b[:, 0] + b[:, 2] - 1e-6)
            & (b[:, 0] < a[0] + a[2] - 1e-6)
            & (a[1] < b[:, 1] + b[:, 3] - 1e-6)
            & (b[:, 1] < a[1] + a[3] - 1e-6)
        )
        assert not clash.any()


def test_64_cages_stand_in_four_rows_of_sixteen_at_nearly_real_size():
    plate = faceplate(TYPES["sw64"], "front", 450.0, 88.3)
    rects = plate.port_rects[:64]
    assert len(np.unique(np.round(rects[:, 1], 3))) == 4
    assert rects[0, 2] > 0.85 * shape_of("OSFP-finned", "data").width


def test_levels_of_detail():
    batch = faceplate(TYPES["sw64"], "front", 450.0, 88.3).batch
    assert (batch.rect_level == Level.FAR).sum() == 1
    assert (batch.rect_level == Level.NEAR).sum() >= 65
    assert (batch.text_level == Level.CLOSE).all()
    assert batch.texts[:3] == ("1", "2", "3")


def test_cached_by_type_and_size():
    spec = TYPES["tray"]
    assert faceplate(spec, "front", 450.0, 44.0) is faceplate(spec, "front", 450.0, 44.0)
    assert faceplate(spec, "front", 450.0, 44.0) is not faceplate(spec, "rear", 450.0, 44.0)


def test_a_crowd_of_ports_is_squeezed_not_dropped():
    many = PortGroup(name="p{1..400}", layer="data", connector="OSFP")
    plate = faceplate(
        DeviceType(id="x", name="x", kind="switch", height_u=1, ports=(many,)), "front", 450, 44
    )
    assert len(plate.ports) == 400
    assert plate.port_rects[:, 0].min() >= 0


def test_unknown_connectors_have_a_shape():
    assert shape_of("", "power").width > 0
    assert shape_of("QSFP-DD800", "data").label == "QSFP"


def _labels(name):
    group = PortGroup(name=name, layer="data", connector="QSFP28")
    spec = DeviceType(id="y", name="y", kind="switch", height_u=1, ports=(group,))
    return faceplate(spec, "front", 450, 44).batch.texts


def test_ports_are_labelled_by_what_varies_in_their_names():
    assert _labels("qsfp28-{1..3}") == ("1", "2", "3")
    assert _labels("rj45-{9..11}") == ("9", "10", "11")
    assert _labels("swp{0..1}s0") == ("0", "1")
    assert _labels("rj45") == ("rj45",)


def test_ports_of_modules_are_labelled_like_those_of_devices():
    nic = DeviceType(id="n", name="n", kind="nic", ports=(PortGroup(name="osfp{1..2}", layer="data"),))
    table = PortTable(TYPES["tray"], {"slot1": nic})
    labels = {p.name: port_label(p) for p in table if p.module}
    assert labels == {"slot1-osfp1": "1", "slot1-osfp2": "2"}
