"""Which parts a class of links can be made of."""

from __future__ import annotations

from core.engine.parts import LinkClass, options_for
from tests.engine.designs import TYPES


def ids(**fields: object) -> list[str]:
    known: dict[str, object] = {
        "layer": "data", "connector_a": "finned", "connector_b": "finned", "rate_gbps": 400.0,
        "split_a": 2, "split_b": 2, "pair": 2,
    }  # fmt: skip
    link = LinkClass(**(known | fields))  # type: ignore[arg-type]
    return [option.cable.id for option in options_for(link, TYPES)]


def test_copper_comes_before_fibre() -> None:
    assert ids() == ["dac", "mmf"]


def test_a_twin_piece_needs_both_links_in_the_same_cages() -> None:
    assert ids(pair=1) == ["mmf"]
    assert ids(split_b=1, pair=1) == []


def test_a_split_piece_fits_either_way_round() -> None:
    assert ids(connector_b="flat", split_b=1, pair=1) == ["splitter"]
    assert ids(connector_a="flat", split_a=1, pair=1) == ["splitter"]
    options = options_for(LinkClass("data", "flat", "finned", 400.0, 1, 2, 1), TYPES)
    assert [(o.near, o.links) for o in options] == [("b", 2)]


def test_rates_must_agree() -> None:
    assert ids(rate_gbps=200.0) == []
    assert ids(rate_gbps=0.0) == ["dac"]  # unknown: copper by its plugs, optics only by their rate


def test_the_shorter_reach_of_two_optics_counts() -> None:
    options = options_for(LinkClass("data", "finned", "flat", 400.0, 2, 2, 1), TYPES)
    assert [(o.optic_a and o.optic_a.id, o.optic_b and o.optic_b.id, o.reach_m) for o in options] == [
        ("sr8", "sr8-flat", 50)
    ]


def test_layers_do_not_mix() -> None:
    assert ids(layer="power") == []
    assert ids(
        layer="coolant", connector_a="FD83", connector_b="FD83", rate_gbps=0.0, split_a=1, split_b=1
    ) == ["hoses"]
