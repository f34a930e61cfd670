"""The one-line diagram, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.drawing.chain_cards import Card
from core.drawing.chain_drawing import ChainDrawing
from core.drawing.chain_pages import bands_of, pages_of
from core.drawing.one_line import key_of, node_of, one_line
from core.engine.evaluation import Evaluation
from tests.drawing.halls import two_sided
from tests.engine.designs import Design


def drawn(design: Design, **options: object) -> ChainDrawing:
    return one_line(design.project, design.evaluate(), **options)  # type: ignore[arg-type]


def card_of(drawing: ChainDrawing, begin: str) -> Card:
    (card,) = [card for card in drawing.cards if card.title.startswith(begin)]
    return card


def test_equal_branches_are_one_card_each() -> None:
    titles = [card.title for card in drawn(two_sided(racks=3)).cards]
    assert sorted(titles) == [
        "Servers × 3", "Source A", "Source B", "pdu-a × 3", "pdu-b × 3",
        "ups-a1 … ups-a3 × 3", "ups-b1 … ups-b3 × 3",
    ]  # fmt: skip


def test_loads_are_those_of_normal_operation_and_of_the_worst_source_lost() -> None:
    drawing = drawn(two_sided())
    pdu = card_of(drawing, "pdu-a")
    assert pdu.lines == ("PDU", "34.5 kW each", "load 5 kW", "worst 10 kW (B lost)")
    assert pdu.share == pytest.approx(10 / 34.5)
    assert pdu.says == "29 % of its rating"
    # Two servers of 10 kW, half on each side, through UPS of 95 %: 10 / 0.95 and 20 / 0.95 kW.
    source = card_of(drawing, "Source A")
    assert source.lines[-2:] == ("load 10.53 kW", "worst 21.05 kW")
    assert source.share == pytest.approx(20 / 0.95 / 40)


def test_states_are_told_in_words() -> None:
    over = card_of(drawn(two_sided(capacity_w=20_000)), "Source A")
    assert (over.state, over.says) == ("over", "105 %: over its rating")
    tight = card_of(drawn(two_sided(capacity_w=22_000)), "Source A")
    assert (tight.state, tight.says) == ("tight", "96 %: above 90 %")
    unknown = card_of(drawn(two_sided(capacity_w=None)), "Source A")
    assert (unknown.state, unknown.says) == ("unknown", "capacity unknown")


def test_a_failed_element_stands_alone_and_the_others_take_its_load() -> None:
    design = two_sided()
    drawing = drawn(design, apart=["ups-a1"], failed=["ups-a1"])
    assert card_of(drawing, "ups-a1").state == "failed"
    dead = card_of(drawing, "r1 / pdu-a")
    assert (dead.state, dead.says) == ("dead", "no power")
    assert card_of(drawing, "r1 / s").state == ""
    assert drawing.lost == 1  # the PDU; the server lives on its other side
    other = card_of(drawing, "pdu-b")
    assert other.lines[-2:] == ("load now 5 kW to 10 kW", "normally 5 kW")


def test_a_lost_source_is_failed_by_its_key() -> None:
    drawing = drawn(two_sided(), failed=["source:A"])
    assert card_of(drawing, "Source A").state == "failed"
    assert card_of(drawing, "pdu-a").says == "no power, all 2"
    assert card_of(drawing, "Source B").lines[-2:] == ("load now 21.05 kW", "normally 10.53 kW")
    assert drawing.lost == 4  # two UPS, two PDUs


def test_a_busbar_is_an_element_of_its_own() -> None:
    design = Design()
    design.sources("A", "B")
    design.rack("r", "or3")
    for k, source in enumerate("AB"):
        design.device("r", "shelf", 1 + k, f"shelf-{source}", feeds={"ac": source})
    design.device("r", "sled", 4, "t")
    design.place("r", "r1")
    drawing = drawn(design)
    busbar = card_of(drawing, "Busbar")
    assert busbar.lines == ("busbar", "N+1 of 2 shelves", "load 6 kW")
    node = int(busbar.nodes[0])
    assert node_of(design.evaluate(), busbar.key) == node
    lines = [(drawing.cards[j.upper].title, drawing.cards[j.lower].title) for j in drawing.joints]
    assert ("Busbar of r1", "r1 / t") in lines


@pytest.mark.parametrize("racks", [1, 3])
def test_every_node_has_a_key_that_leads_back_to_it(racks: int) -> None:
    evaluation: Evaluation = two_sided(racks).evaluate()
    for card in one_line(two_sided(racks).project, evaluation).cards:
        for node in card.nodes.tolist():
            assert node_of(evaluation, key_of(evaluation, node)) == node


def test_what_nothing_feeds_is_counted_not_drawn() -> None:
    design = two_sided()
    design.device("r", "switch", 20, "lonely")
    drawing = drawn(design)
    assert drawing.notes[1] == "Not drawn: 2 devices with inlets that nothing feeds, 4 kW together."
    assert not any("lonely" in card.title for card in drawing.cards)


def test_nothing_drawn_is_empty() -> None:
    design = Design()
    assert drawn(design).is_empty


def test_a_place_by_hand_moves_one_card_and_its_lines() -> None:
    plain = drawn(two_sided())
    key = card_of(plain, "Servers").key
    x, y, _, h = plain.boxes[plain.row_of[key]]
    at = (x - plain.origin[0] + 200.0, y + h - plain.origin[1])
    moved = drawn(two_sided(), places={key: at})
    there = moved.boxes[moved.row_of[key]]
    assert (there[0] - moved.origin[0], there[1] + there[3] - moved.origin[1]) == pytest.approx(at)
    still = card_of(plain, "Source A").key
    a, b = plain.boxes[plain.row_of[still]], moved.boxes[moved.row_of[still]]
    assert a[0] - plain.origin[0] == pytest.approx(b[0] - moved.origin[0])


def test_pages_cut_between_rows_and_lose_nothing() -> None:
    drawing = drawn(two_sided())
    assert bands_of(drawing, 2000, 2000) == [(0.0, drawing.size[1])]
    bands = bands_of(drawing, drawing.size[0], 90.0)
    assert len(bands) > 1
    for low, high in bands:
        for _, y, _, h in drawing.boxes:
            assert (low <= y and y + h <= high) or y + h <= low or y >= high
    pages = pages_of(drawing, drawing.size[0], 90.0)
    texts = sorted(text for page in pages for text in page.texts)
    assert texts == sorted(drawing.batch.texts)
    length = lambda batch: float(np.hypot(*(batch.lines[:, 2:] - batch.lines[:, :2]).T).sum())  # noqa: E731
    assert sum(length(page) for page in pages) == pytest.approx(length(drawing.batch), rel=1e-6)
