"""Numbers of racks that halls are coloured by: headroom of feeds, free ports, prices that lack a part."""

from __future__ import annotations

import numpy as np
import pytest

from core.engine.free_ports import free_ports_of
from core.engine.prices import rack_prices, rack_unpriced
from core.engine.rack_headroom import rack_headroom_of
from tests.engine.designs import Design


def racked(*, capacity_w: float | None) -> Design:
    """A rack with a server of 10 kW on two PDUs of 34.5 kW, and a rack that nothing feeds."""
    design = Design()
    design.sources("A", "B", capacity_w=capacity_w)
    for rack in ("fed", "unfed"):
        design.rack(rack)
        design.device(rack, "server", 1, f"{rack}-s")
    for k, side in enumerate("AB"):
        design.device("fed", "pdu", 1 + k, f"p{side}", feeds={"in": side}, zone="left")
        design.power(f"p{side}", "out1", "fed-s", f"psu{k + 1}", block="fed")
    design.place("fed", "r1")
    design.place("unfed", "r2", x_mm=600)
    return design


def test_headroom_of_a_rack_is_that_of_its_tightest_feed() -> None:
    """A source of 15 kW takes all 10 kW when the other is lost: 5 kW are left, 24.5 kW in the PDU."""
    of = racked(capacity_w=15_000).evaluate()
    found = rack_headroom_of(of)
    assert found.rack_w[0] == pytest.approx(5_000)
    assert np.isnan(found.rack_w[1])
    assert not found.rack_unrated[0]
    server = of.snapshot.device_rack.tolist().index(0)
    assert found.device_w[server] == pytest.approx(5_000)


def test_headroom_below_something_unrated_is_a_bound() -> None:
    found = rack_headroom_of(racked(capacity_w=None).evaluate())
    assert found.rack_w[0] == pytest.approx(24_500)
    assert found.rack_unrated[0]


def test_a_busbar_stands_for_its_rack() -> None:
    """Three shelves of 33 kW for 6 kW: with one lost 60 kW are left."""
    design = Design()
    design.sources("A", "B")
    design.rack("orv", "or3")
    for k in range(3):
        design.device("orv", "shelf", 1 + k, f"s{k}", feeds={"ac": "A"})
    design.device("orv", "sled", 20, "t")
    design.place("orv", "r1")
    found = rack_headroom_of(design.evaluate())
    assert found.rack_w[0] == pytest.approx(60_000)
    assert found.rack_unrated[0]


def test_ports_in_use_are_not_free_and_lanes_count_their_cage() -> None:
    """A switch has 33 data ports, a server 5; two lanes of one cage and a whole one are in use."""
    design = Design()
    design.rack("r")
    design.device("r", "switch", 1, "s")
    design.device("r", "switch", 3, "t")
    design.device("r", "server", 5, "h")
    design.device("r", "panel", 30, "p")
    design.link("s", "osfp1/1", "t", "osfp1/1", "r")
    design.link("s", "osfp1/2", "h", "osfp1/1", "r")
    design.place("r", "r1")
    of = design.evaluate()
    found = free_ports_of(of.snapshot)
    row = design.row
    assert [found.device[row(f"r1/{name}")] for name in "sth"] == [32, 32, 4]
    assert np.isnan(found.device[row("r1/p")])
    assert found.rack.tolist() == [68]


def test_a_rack_with_anything_unpriced_says_so() -> None:
    design = Design()
    for rack, kind in (("a-whole", "server"), ("b-part", "panel")):
        design.rack(rack)
        design.device(rack, kind, 1, f"{rack}-d")
        design.place(rack, rack, x_mm=600 * (rack == "b-part"))
    snap = design.evaluate().snapshot
    assert rack_unpriced(snap).tolist() == [False, True]
    # A frame of 1,000 to 2,000 USD and a server of 100,000 to 300,000.
    assert rack_prices(snap)[:, 0].tolist() == [101_000, 302_000]
