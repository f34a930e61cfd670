"""What breaks if something goes, worked out by hand on small designs."""

from __future__ import annotations

import numpy as np
import pytest

from core.engine.loss import Loss, loss_of_device, loss_of_link, loss_of_port
from core.engine.routes import LEGS, legs_m, routes_m
from core.errors import EngineError
from tests.engine.designs import Design, feeds, servers_and_leafs


def tree(*, uplinks: int = 1, leafs_per_node: int = 1) -> Design:
    """Four nodes on two leafs, two on each (or all on both), and a spine over the leafs."""
    design = servers_and_leafs(4, 2)
    design.device("hall", "switch", name="s", y_mm=9_000)
    for k in range(4):
        for r in range(leafs_per_node):
            leaf = k // 2 if leafs_per_node == 1 else r
            design.link(f"n{k}", f"osfp1/{r + 1}", f"l{leaf}", f"osfp{k + 1}/1", fabric="f", name=f"n{k}-{r}")
    for k in range(2):
        for u in range(uplinks):
            design.link(
                f"l{k}", f"osfp{30 + u}/1", "s", f"osfp{4 * k + u + 1}/1", fabric="f", name=f"u{k}{u}"
            )
    return design


def named(design: Design, rows: tuple[int, ...]) -> list[str]:
    flat = design.evaluator.snapshot().flat
    return [flat.path_of("device", row) for row in rows]


def test_the_only_link_of_a_node_cuts_it_off() -> None:
    design = tree()
    loss = loss_of_link(design.evaluate(), "n0-0")
    (fabric,) = loss.fabrics
    assert (loss.cables, fabric.links, fabric.n_hosts) == (1, 1, 4)
    assert named(design, fabric.cut_off) == ["n0"]
    assert fabric.separated == 0  # the other three still reach each other
    (host,) = fabric.hosts
    assert (host.links, host.links_left, host.gbps, host.gbps_left) == (1, 0, 400.0, 0.0)
    assert named(design, host.lost) == ["l0"]


def test_a_leaf_takes_its_nodes_with_it_and_a_spine_parts_the_halves() -> None:
    design = tree()
    evaluation = design.evaluate()
    (leaf,) = loss_of_device(evaluation, "l0").fabrics
    assert (named(design, leaf.cut_off), leaf.separated) == (["n0", "n1"], 0)
    assert [named(design, (s.row,)) for s in leaf.switches] == [["s"]]
    (spine,) = loss_of_device(evaluation, "s").fabrics
    assert (spine.cut_off, spine.separated, spine.hosts) == ((), 4, ())
    (both,) = loss_of_device(evaluation, "l0", "s").fabrics
    assert (named(design, both.cut_off), both.separated) == (["n0", "n1"], 0)


def test_a_second_uplink_keeps_everything() -> None:
    design = tree(uplinks=2)
    loss = loss_of_link(design.evaluate(), "u00")
    (fabric,) = loss.fabrics
    assert (fabric.cut_off, fabric.separated, fabric.hosts) == ((), 0, ())
    left = {named(design, (s.row,))[0]: (s.links_left, s.links, s.gbps_left) for s in fabric.switches}
    assert left == {"l0": (1, 2, 400.0), "s": (3, 4, 1200.0)}
    assert loss.is_nothing


def test_a_node_on_two_leafs_loses_a_rail() -> None:
    design = tree(leafs_per_node=2)
    evaluation = design.evaluate()
    (fabric,) = loss_of_device(evaluation, "l0").fabrics
    assert (fabric.cut_off, fabric.separated, len(fabric.hosts)) == ((), 0, 4)
    assert {(h.links, h.links_left, h.gbps_left) for h in fabric.hosts} == {(2, 1, 400.0)}
    assert {name for h in fabric.hosts for name in named(design, h.lost)} == {"l0"}
    # Both lanes of the node's cage: it is cut off.
    (cage,) = loss_of_port(evaluation, "n1", "osfp1").fabrics
    assert (cage.links, named(design, cage.cut_off)) == (2, ["n1"])


def test_a_lost_node_is_not_missed_by_itself() -> None:
    (fabric,) = loss_of_device(tree().evaluate(), "n0").fabrics
    assert (fabric.links, fabric.hosts, fabric.cut_off, fabric.separated) == (1, (), (), 0)


def fed(*, pdu_feeds: str = "A") -> Design:
    """A server on a PDU (three inlets) and on source B (three), and a switch on the PDU alone."""
    design = tree()
    design.sources("A", "B")
    design.rack("r")
    design.device("r", "pdu", name="p", zone="left", feeds=feeds(**{pdu_feeds: "in"}))
    design.device("r", "server", name="s", feeds=feeds(B="psu4 psu5 psu6"))
    design.place("r", "r1", y_mm=20_000)
    for k in range(3):
        design.link("p", f"out{k + 1}", "s", f"psu{k + 1}", "r", layer="power", name=f"cord{k}")
    for k in range(2):
        design.power("r1/p", f"out{k + 4}", "l0", f"psu{k + 1}")
    return design


def feeding(design: Design, loss: Loss) -> dict[str, tuple[int, int, bool, bool]]:
    return {named(design, (f.row,))[0]: (f.inlets, f.inlets_left, f.is_dark, f.is_short) for f in loss.feeds}


def test_a_cord_leaves_five_of_six_supplies() -> None:
    design = fed()
    loss = loss_of_link(design.evaluate(), "r1/cord1")
    assert feeding(design, loss) == {"r1/s": (6, 5, False, False)}
    assert (loss.feeds[0].supplies_left, loss.feeds[0].supplies_needed) == (5.0, 4.0)
    assert loss.accelerators == 0


def test_a_pdu_darkens_the_switch_and_that_cuts_nodes_off() -> None:
    """The server keeps three of the four supplies it needs; the leaf had no other feed."""
    design = fed()
    for loss in (
        loss_of_device(design.evaluate(), "r1/p"),
        loss_of_port(design.evaluate(), "r1/p", "in"),
    ):
        found = feeding(design, loss)
        assert found["l0"] == (2, 0, True, False)
        assert found["r1/s"] == (6, 3, False, True)
        (fabric,) = loss.fabrics
        assert named(design, fabric.cut_off) == ["n0", "n1"]
        assert loss.accelerators == 0
    assert feeding(design, loss)["r1/p"] == (1, 0, True, False)


def test_losing_the_only_shelf_darkens_the_busbar() -> None:
    for shelves in (1, 2):
        design = Design()
        design.sources("A")
        design.rack("o", "or3")
        for k in range(shelves):
            design.device("o", "shelf", unit=20 + k, name=f"ps{k}", feeds={"ac": "A"})
        design.device("o", "sled", name="ct")
        design.place("o", "o1")
        loss = loss_of_device(design.evaluate(), "o1/ps0")
        assert loss.accelerators == (4 if shelves == 1 else 0)
        assert feeding(design, loss) == ({"o1/ct": (1, 0, True, False)} if shelves == 1 else {})


def test_the_only_supply_hose() -> None:
    design = Design()
    design.rack("r")
    design.device("r", "door", name="m", zone="left")
    design.place("r", "r1")
    design.device("hall", "cdu", name="c", y_mm=5_000)
    design.link("c", "supply1", "r1/m", "supply", layer="coolant", name="in")
    design.link("r1/m", "return", "c", "return1", layer="coolant", name="out")
    evaluation = design.evaluate()
    assert named(design, loss_of_link(evaluation, "in").uncooled) == ["c", "r1/m"]
    assert named(design, loss_of_device(evaluation, "c").uncooled) == ["r1/m"]


def test_one_cable_of_a_trunk() -> None:
    design = tree()
    design.link(
        "l0", "osfp20/1 osfp20/2 osfp21/1", "s", "osfp20/1 osfp20/2 osfp21/1", fabric="f", name="trunk"
    )
    evaluation = design.evaluate()
    assert loss_of_link(evaluation, "trunk").cables == 3
    (fabric,) = loss_of_link(evaluation, "trunk", 1).fabrics
    assert {(s.links, s.links_left) for s in fabric.switches} == {(4, 3), (5, 4)}


def test_what_is_not_there() -> None:
    evaluation = tree().evaluate()
    with pytest.raises(EngineError, match=r"^ghost: the link is not in the design"):
        loss_of_link(evaluation, "ghost")
    with pytest.raises(EngineError, match=r"^ghost/n0-0: the link is not in the design"):
        loss_of_link(evaluation, "ghost/n0-0")
    with pytest.raises(EngineError, match=r"^ghost: the device is not in the design"):
        loss_of_device(evaluation, "ghost")
    with pytest.raises(EngineError, match=r"^ghost: the device has no such port"):
        loss_of_port(evaluation, "n0", "ghost")
    assert loss_of_port(evaluation, "n0", "bmc").is_nothing


def test_the_legs_add_up_to_the_way() -> None:
    design = fed()
    evaluation = design.evaluate()
    snap, links = evaluation.snapshot, evaluation.cabling.classes
    rows = np.arange(snap.n_cables)
    ends = links.behind_a, links.behind_b, links.same_rack
    legs = legs_m(snap, rows, *ends)
    assert legs.shape == (len(LEGS), len(rows))
    assert legs.sum(axis=0) == pytest.approx(routes_m(snap, rows, *ends))
    assert evaluation.cabling.cable_route_m == pytest.approx(legs.sum(axis=0))
