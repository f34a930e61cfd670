"""The port map of a device: cages, lanes, the other ends, what is free."""

from __future__ import annotations

import pytest

from core.errors import EditError
from core.explore.port_map import counts_of, port_map
from tests.drawing.fabrics import Builder


def test_cages_are_used_half_used_or_free() -> None:
    b = Builder()
    b.rack("n", {"h0": "tray", "h1": "tray"})
    b.rack("net", {"leaf": "sw64"})
    for k in range(2):
        b.join(f"n/h{k}", "nic1", "net/leaf", f"osfp1/{k + 1}")
    b.join("n/h0", "nic2", "net/leaf", "osfp3/2")
    cages = {cage.name: cage for cage in port_map(b.done(), "hall", "net/leaf")}
    assert cages["osfp1"].state == "used"
    assert [(use.token, use.far, use.rate_gbps) for use in cages["osfp1"].uses] == [
        ("osfp1/1", ("n/h0", "nic1"), 400.0),
        ("osfp1/2", ("n/h1", "nic1"), 400.0),
    ]
    assert cages["osfp3"].state == "part"
    assert [(use.token, use.is_free) for use in cages["osfp3"].uses] == [
        ("osfp3/1", True),
        ("osfp3/2", False),
    ]
    assert cages["osfp2"].state == "free"
    assert [use.token for use in cages["osfp2"].uses] == ["osfp2"]
    used, total, cables, free = counts_of(tuple(cages.values()))
    assert (used, cables) == (2, 3)
    assert free == total - 2 + 1


def test_a_path_to_nothing_is_refused() -> None:
    b = Builder()
    b.rack("n", {"h0": "tray"})
    with pytest.raises(EditError, match="'n/h9' leads to no device"):
        port_map(b.done(), "hall", "n/h9")
