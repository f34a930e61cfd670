"""Fibre through panels and cassettes: which cables are one way of light, and what it loses."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from core.editing.cabling.sockets import compatible
from core.engine.channels import Channel
from core.model.ports import Port, Socket
from core.model.types import CableType, DeviceType, OpticType, PortGroup
from tests.engine.designs import TYPES, Design


def patch(name: str, connector: str, face: str = "front") -> PortGroup:
    return PortGroup(name=name, layer="data", role="patch", connector=connector, face=face)  # type: ignore[arg-type]


TRUNK, CORD = "MPO-12/APC", "LC"
CASSETTE = DeviceType(
    id="cassette", name="Cassette", kind="patch-panel", height_u=1, insertion_loss_db=0.6,
    ports=(patch("front{1..12}", CORD), patch("rear{1..2}", TRUNK, "rear")),
)  # fmt: skip
HOST = DeviceType(
    id="host", name="Host", kind="server", height_u=1,
    ports=(PortGroup(name="q{1..12}", layer="data", connector="QSFP28", rate_gbps=100),),
)  # fmt: skip
FR = OpticType(id="fr", name="FR1", connector="QSFP28", rate_gbps=100, fibre="SMF", fibre_connector=CORD,
               reach_m=500, budget_db=3.0)  # fmt: skip
CORDS = CableType(id="cords", name="Cord", media="SMF", connector_a=CORD, connector_b=CORD, lengths_m=(5.0,),
                  loss_db_km=0.4)  # fmt: skip
TRUNKS = CableType(id="trunks", name="Trunk", media="SMF", connector_a=TRUNK, connector_b=TRUNK,
                   lengths_m=(50.0,), loss_db_km=0.4)  # fmt: skip


def two_rows() -> Design:
    """Two racks of a host and a cassette, joined by a trunk from rear 2 to rear 1."""
    design = Design([*TYPES, CASSETTE, HOST, FR, CORDS, TRUNKS])
    for k in (1, 2):
        block = design.rack(f"rack{k}")
        design.device(block, "host", 1, "h")
        design.device(block, "cassette", 10, "c")
        design.place(block, f"r{k}", x_mm=20_000 * k)
    design.link("r1/c", "rear2", "r2/c", "rear1", name="trunk")
    return design


def channels(design: Design) -> tuple[tuple[Channel, ...], list[str]]:
    evaluation = design.evaluate()
    found = evaluation.cabling.channels
    names = [evaluation.snapshot.cable_path(k) for k in range(evaluation.snapshot.n_cables)]
    return found, names


def test_a_channel_keeps_to_its_fibres_of_the_trunk() -> None:
    design = two_rows()
    design.link("h", "q1", "c", "front9", "rack1", name="x")  # third on rear 2
    design.link("c", "front3", "h", "q5", "rack2", name="y")  # third on rear 1
    design.link("c", "front4", "h", "q6", "rack2", name="z")  # fourth: nothing at the other end
    found, names = channels(design)
    closed = [c for c in found if not c.is_open]
    assert [[names[k] for k in c.cables] for c in closed] == [["r1/x", "trunk", "r2/y"]]
    (channel,) = closed
    assert channel.length_m == 5 + 50 + 5
    assert channel.loss_db == pytest.approx(60 * 0.4 / 1000 + 2 * 0.6)
    assert channel.budget_db == 3.0
    assert channel.reach_m == 500
    assert [[names[k] for k in c.cables] for c in found if c.is_open] == [["r2/z", "trunk"]]


def test_what_a_type_does_not_say_is_unknown() -> None:
    design = two_rows()
    design.change("types", "", "cords", spec=CableType(id="cords", name="Cord", media="SMF", connector_a=CORD,
                                                       connector_b=CORD, lengths_m=(5.0,)))  # fmt: skip
    design.link("h", "q1", "c", "front9", "rack1", name="x")
    design.link("c", "front3", "h", "q5", "rack2", name="y")
    (channel,) = channels(design)[0]
    assert np.isnan(channel.loss_db)


def test_each_end_in_a_cage_has_its_optic_and_a_panel_none() -> None:
    design = two_rows()
    design.link("h", "q1", "c", "front9", "rack1", name="x")
    design.link("c", "front3", "h", "q5", "rack2", name="y")
    rows = design.evaluate().cost.rows
    assert {(r.type.id, r.count) for r in rows if r.section in ("optics", "cables")} == {
        ("fr", 2), ("cords", 2), ("trunks", 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("MPO-12/APC", "MPO-12/APC", ""),
        ("MPO-12/APC", "MPO-12/UPC", "an APC ferrule does not mate with UPC"),
        ("MPO-12/APC", "LC", "does not mate with LC"),
        ("LC", "QSFP28", ""),
        ("RJ45", "QSFP28", "takes no fibre"),
    ],
)
def test_ferrules_mate_with_their_like(one: str, other: str, words: str) -> None:
    role = "patch" if other[:2] != "QS" else ""
    groups = (patch("a", one), PortGroup(name="b", layer="data", connector=other, role=role))
    said = compatible(*(Socket(Port(0, g.name, g, 0), 1, 1) for g in groups))
    assert (words in said) if words else not said


def kinds(**cord: str) -> tuple[CableType, CableType]:
    """Cords and trunks that say how they cross and which plugs have pins."""
    return (
        msgspec.structs.replace(CORDS, polarity=cord.get("cords", "")),
        msgspec.structs.replace(TRUNKS, polarity=cord.get("trunks", ""), pins=cord.get("pins", "")),
    )


@pytest.mark.parametrize(
    ("cords", "trunks", "crossings"),
    [
        ("crossed", "crossed", 3),
        ("crossed", "straight", 2),
        ("straight", "crossed", 1),
        ("crossed", "", None),
    ],
)
def test_a_channel_counts_how_often_transmit_and_receive_change_places(
    cords: str, trunks: str, crossings: int | None
) -> None:
    design = two_rows()
    for kind in kinds(cords=cords, trunks=trunks):
        design.change("types", "", kind.id, spec=kind)
    design.link("h", "q1", "c", "front9", "rack1", name="x")
    design.link("c", "front3", "h", "q5", "rack2", name="y")
    (channel,) = channels(design)[0]
    assert channel.crossings == crossings


@pytest.mark.parametrize(("pins", "mates"), [("none", False), ("both", True), ("one", None), ("", None)])
def test_a_trunk_meets_the_pins_of_two_cassettes(pins: str, mates: bool | None) -> None:
    design = two_rows()
    for kind in kinds(pins=pins):
        design.change("types", "", kind.id, spec=kind)
    design.link("h", "q1", "c", "front9", "rack1", name="x")
    design.link("c", "front3", "h", "q5", "rack2", name="y")
    (channel,) = channels(design)[0]
    assert channel.mates == ((True, mates), (True, mates))
