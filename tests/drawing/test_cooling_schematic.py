"""The cooling schematic, worked out by hand."""

from __future__ import annotations

from core.drawing.chain import AIR, RETURN, SUPPLY
from core.drawing.chain_cards import Card
from core.drawing.chain_drawing import ChainDrawing
from core.drawing.cooling_schematic import cooling_schematic, key_of, node_of
from tests.drawing.halls import wet
from tests.engine.designs import Design
from tests.engine.liquid import hoses, pair, plant, wet_racks


def drawn(design: Design, **options: object) -> ChainDrawing:
    return cooling_schematic(design.project, design.evaluate(), **options)  # type: ignore[arg-type]


def card_of(drawing: ChainDrawing, begin: str) -> Card:
    (card,) = [card for card in drawing.cards if card.title.startswith(begin)]
    return card


def test_the_chain_goes_from_heat_rejection_to_racks() -> None:
    drawing = drawn(wet())
    found = {(drawing.cards[j.upper].title, drawing.cards[j.lower].title, j.kind) for j in drawing.joints}
    steps = [("cooler-1 … cooler-2 × 2", "cdu-1 … cdu-2 × 2"), ("cdu-1 … cdu-2 × 2", "m × 4"),
             ("m × 4", "Racks × 4")]  # fmt: skip
    assert found == {(a, b, kind) for a, b in steps for kind in (SUPPLY, RETURN)}
    levels = [drawing.cards[drawing.row_of[card.key]].level for card in drawing.cards]
    assert sorted(levels) == [0, 1, 2, 3]


def test_heat_and_share_of_a_cdu() -> None:
    # Two racks of two trays with 8 kW each to liquid: 32 kW on a CDU rated for 20 kW.
    card = card_of(drawn(wet()), "cdu-1")
    assert card.lines[1:3] == ("capacity 20 kW at 4 K approach", "heat 32 kW, N+0")
    assert (card.state, card.says) == ("over", "160 %: over its rating")


def test_racks_say_heat_and_flow() -> None:
    card = card_of(drawn(wet()), "Racks")
    assert card.lines[1] == "liquid 16 kW each"
    assert card.lines[3] == "air 4 kW each"


def test_a_failed_cdu_leaves_its_racks_without_coolant() -> None:
    drawing = drawn(wet(), apart=["cdu-1"], failed=["cdu-1"])
    assert card_of(drawing, "cdu-1").state == "failed"
    dead = [card for card in drawing.cards if card.state == "dead"]
    assert sorted(card.title for card in dead) == ["Racks × 2", "m × 2"]
    assert drawing.lost == 4  # trays


def test_a_cdu_without_power_cools_nothing() -> None:
    design = wet()
    design.sources("A")
    design.change("types", "", "exchanger", spec=_with_inlet(design))
    for n in (1, 2):
        design.change("devices", "hall", f"cdu-{n}", feeds={"ac": "A"})
    drawing = drawn(design, failed=["source:A"])
    assert card_of(drawing, "cdu-1").says == "no coolant or power, all 2"
    assert card_of(drawing, "Racks").state == "dead"


def _with_inlet(design: Design) -> object:
    from msgspec.structs import replace

    from core.model.types import DeviceType, PortGroup

    record = design.project.get("types", ("", "exchanger"))
    assert record is not None
    spec = record.spec
    assert isinstance(spec, DeviceType)
    inlet = PortGroup(name="ac", layer="power", direction="in", connector="t", phases=3)
    return replace(spec, ports=(*spec.ports, inlet))


def test_room_units_are_joined_to_the_air() -> None:
    design = wet()
    design.device("hall", "fan-wall", name="fw")
    drawing = drawn(design)
    joints = [
        (drawing.cards[j.upper].title, drawing.cards[j.lower].title) for j in drawing.joints if j.kind == AIR
    ]
    assert joints == [("fw", "Air of the hall")]
    # 16 kW of air heat in the racks: more than the 5 kW that the unit can take.
    assert card_of(drawing, "fw").lines[1:3] == ("capacity 5 kW", "heat 5 kW")
    assert card_of(drawing, "Air").says == "320 %: over its rating"


def test_every_node_has_a_key_that_leads_back_to_it() -> None:
    evaluation = wet().evaluate()
    for card in cooling_schematic(wet().project, evaluation).cards:
        for node in card.nodes.tolist():
            assert node_of(evaluation, key_of(evaluation, node)) == node


def test_nothing_drawn_is_empty() -> None:
    assert drawn(Design()).is_empty


def on_one_row(*, racks: int) -> Design:
    """Return racks of 16 kW to liquid on a row manifold that two CDUs of 20 kW feed."""
    ports = [
        pair(f"{side}{way}", d) for side in ("", "b-") for way, d in (("supply", "in"), ("return", "out"))
    ]
    ports += [pair("supply{1..4}", "out"), pair("return{1..4}", "in")]
    design = plant(row={"ports": tuple(ports)})
    names = [f"r{k}" for k in range(1, racks + 1)]
    wet_racks(design, *names)
    design.device("hall", "row", name="row", y_mm=3_000)
    for k, side in enumerate(("", "b-"), 1):
        design.device("hall", "exchanger", name=f"cdu-{k}", x_mm=2_000 * k, y_mm=4_000)
        design.link(f"cdu-{k}", "supply1", "row", f"{side}supply", layer="coolant")
        design.link("row", f"{side}return", f"cdu-{k}", "return1", layer="coolant")
    for k, name in enumerate(names, 1):
        hoses(design, "row", f"{name}/m", k)
    return design


def test_a_living_cdu_that_is_too_small_is_not_enough() -> None:
    """Of 32 kW one CDU of 20 kW carries too little, of 16 kW all."""
    drawing = drawn(on_one_row(racks=2), failed=["cdu-1"], apart=["cdu-1"])
    racks = card_of(drawing, "Racks")
    assert (racks.state, racks.says) == ("dead", "too little cooling left, all 2")
    assert drawing.lost == 4  # trays
    assert card_of(drawing, "cdu-2").state != "dead"
    held = drawn(on_one_row(racks=1), failed=["cdu-1"], apart=["cdu-1"])
    (rack,) = [card for card in held.cards if card.title == "r1"]
    assert rack.state == ""
    assert held.lost == 0
