"""What is on a port, in words, with lengths worked out by hand."""

from __future__ import annotations

import pytest

from core.engine.loss import loss_of_device, loss_of_port
from core.errors import EditError
from core.explore.loss_words import loss_lines
from core.explore.port_facts import cable_words, port_facts
from tests.engine.designs import Design
from tests.engine.test_loss import fed, tree


@pytest.fixture
def rack() -> Design:
    """Two switches ten units apart in one rack, joined by a twin cable, and a node beside it."""
    design = Design()
    design.fabric("f")
    design.rack("r")
    design.device("r", "switch", name="low")
    design.device("r", "switch", unit=11, name="high")
    design.device("r", "server", unit=20, name="node")
    design.place("r", "r1")
    design.link("low", "osfp1/1 osfp1/2", "high", "osfp3/1 osfp3/2", "r", fabric="f", name="twin")
    design.link("low", "osfp2/1", "node", "osfp1/1", "r", fabric="f", name="pinned", length_m=7.0)
    return design


def test_what_is_on_a_port_and_how_its_length_is_made(rack: Design) -> None:
    evaluation = rack.evaluate()
    facts = port_facts(rack.project, "hall", "r1/low", "osfp1", evaluation)
    assert facts.title == "low osfp1"
    assert facts.state == "In use; 61 of 64 lanes like it are free"
    about = dict(facts.about)
    assert about["Connector"] == "finned, data"
    assert about["Where"] == "r1, U1, front"
    assert about["Rate"] == "800 Gbit/s, only split as 2 × 400"
    assert [plug.token for plug in facts.plugs] == ["osfp1/1", "osfp1/2"]
    one = facts.plugs[0]
    assert (one.far, one.far_text, one.link, one.cable) == (
        ("r1/high", "osfp3"),
        "r1 / high osfp3/1",
        "r1/twin",
        0,
    )
    rows = dict(one.rows)
    assert (rows["Fabric"], rows["Length"], rows["Part"]) == ("f", "2 m", "Twin DAC (DAC)")
    assert rows["Link"] == "no name, cable 1 of 2"
    # 10 x 44.45 mm; 0.4 m to the side channel and 0.3 m slack at both ends: 1.84 m; stocked are 1.5 and 2 m.
    assert rows["How"] == (
        "Way 1.84 m: 0.44 up or down the rack, 0.8 to the side channels, 0.6 slack. "
        "Rounded up to a stocked length for the longest of its 2 links: 2 m."
    )


def test_the_other_end_says_the_same_and_names_its_optics(rack: Design) -> None:
    rack.change("links", "r", "pinned", length_m=None)
    rack.remove("types", "", "splitter")
    evaluation = rack.evaluate()
    (plug,) = port_facts(rack.project, "hall", "r1/node", "osfp1", evaluation).plugs
    rows = dict(plug.rows)
    assert (rows["Part"], rows["Optic here"], rows["Optic there"]) == (
        "Fibre (MMF)",
        "Twin SR4, flat",
        "Twin SR4",
    )
    (back,) = port_facts(rack.project, "hall", "r1/low", "osfp2", evaluation).plugs
    assert dict(back.rows)["Optic here"] == "Twin SR4"
    assert dict(back.rows)["How"] == rows["How"]


def test_length_and_part_of_one_cable_are_those_on_its_port(rack: Design) -> None:
    evaluation = rack.evaluate()
    for port, token in (("osfp1", 1), ("osfp2", 0)):
        plug = port_facts(rack.project, "hall", "r1/low", port, evaluation).plugs[token]
        rows = dict(plug.rows)
        length, part = cable_words(evaluation, plug.link, plug.cable)
        assert length == rows["Length"]
        assert rows["Part"].startswith(part)
    assert cable_words(evaluation, "r1/nothing", 0) == []
    assert cable_words(evaluation, plug.link, 5) == []


def test_a_pinned_length_says_so(rack: Design) -> None:
    (plug,) = port_facts(rack.project, "hall", "r1/node", "osfp1", rack.evaluate()).plugs
    assert dict(plug.rows)["Length"] == "7 m"
    assert dict(plug.rows)["How"].endswith("Ordered length pinned at 7 m.")


def test_free_ports_and_lanes(rack: Design) -> None:
    node = port_facts(rack.project, "hall", "r1/node", "osfp1")
    assert node.state == "1 of 2 lanes in use; 7 of 8 lanes like it are free"
    assert dict(node.plugs[0].rows)["Length"] == "not evaluated yet"
    free = port_facts(rack.project, "hall", "r1/node", "bmc")
    assert (free.state, free.plugs) == ("Free; 1 of 1 ports like it are free", ())
    with pytest.raises(EditError, match="has no port 'ghost'"):
        port_facts(rack.project, "hall", "r1/node", "ghost")
    with pytest.raises(EditError, match="leads to no device"):
        port_facts(rack.project, "hall", "r1", "osfp1")


def test_what_joins_by_itself_and_what_is_fed_from_outside() -> None:
    design = Design()
    design.sources("A")
    design.rack("o", "or3")
    design.device("o", "shelf", unit=20, name="ps", feeds={"ac": "A"})
    design.device("o", "sled", name="ct")
    design.place("o", "o1")
    assert port_facts(design.project, "hall", "o1/ct", "bus").state == (
        "Joined by the rack's busbar (busbar), without a cable"
    )
    assert not port_facts(design.project, "hall", "o1/ct", "bus").is_used
    assert "cartridge" in port_facts(design.project, "hall", "o1/ct", "nvl7").state
    inlet = port_facts(design.project, "hall", "o1/ps", "ac")
    assert inlet.state == "In use: fed from outside the drawing; 0 of 1 ports like it are free"
    assert dict(inlet.about)["Fed from"] == "A"


def lines(design: Design, path: str, port: str = "") -> list[str]:
    evaluation = design.evaluate()
    loss = loss_of_port(evaluation, path, port) if port else loss_of_device(evaluation, path)
    return loss_lines(design.project, evaluation, loss)


def test_what_breaks_is_said_worst_first() -> None:
    assert lines(tree(), "n0", "osfp1") == ["f: cut off: n0"]
    assert lines(tree(), "s") == [
        "f: 4 hosts no longer reach all others",
        "l0, l1: 0 of 1 links left, 0 of 400 Gbit/s",
    ]
    assert lines(tree(leafs_per_node=2), "l0", "osfp1") == [
        "f: n0: 1 of 2 links left, 400 of 800 Gbit/s; no rail to l0",
        "all hosts still reach each other",
    ]
    assert lines(tree(), "n0", "bmc") == ["Nothing else depends on it"]
    evaluation = (design := fed()).evaluate()
    near = loss_lines(design.project, evaluation, loss_of_device(evaluation, "r1/p"), near="r1/p")
    assert near[1].startswith("Too few supplies: s, ")
    assert lines(fed(), "r1/p") == [
        "Dark: l0",
        "Too few supplies: r1/s, 3 of 6 inlets live, 3 of the 4 supplies needed",
        "f: cut off: n0, n1",
        "s: 1 of 2 links left, 400 of 800 Gbit/s",
    ]
