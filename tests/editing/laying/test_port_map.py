"""Port map: slots of a network to cages and lanes, on types of the catalogue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.editing.laying.port_map import PortMap, ensure_one_split, types_with
from core.errors import EditError
from core.model.ports import port_table
from core.model.records import FabricRole
from core.model.types import DeviceType, PortGroup

LIBRARY = Library.builtin()


def ports(
    type_id: str, slots: int, gbps: float, role: FabricRole = "compute", *, is_end: bool = False
) -> PortMap:
    return PortMap(type_id, port_table(LIBRARY.get(type_id)), slots, gbps, role, is_end=is_end)


def test_two_400g_slots_share_a_cage_of_the_qm9700() -> None:
    leaf = ports("nvidia-qm9700", 64, 400)
    assert leaf.tokens([0, 1, 2]) == ("osfp1/1", "osfp1/2", "osfp2/1")
    assert leaf.tokens([63]) == ("osfp32/2",)


def test_the_ports_of_a_host_are_its_nics_in_order() -> None:
    host = ports("nvidia-dgx-h100", 8, 400, is_end=True)
    assert host.tokens(range(8)) == (
        "osfp1/1", "osfp1/2", "osfp2/1", "osfp2/2", "osfp3/1", "osfp3/2", "osfp4/1", "osfp4/2",
    )  # fmt: skip
    tray = ports("nvidia-gb300-compute-tray", 4, 800, is_end=True)
    assert tray.tokens(range(4)) == ("osfp1", "osfp2", "osfp3", "osfp4")


def test_the_role_of_the_network_chooses_the_ports_of_a_host() -> None:
    assert ports("nvidia-dgx-h100", 2, 200, "storage", is_end=True).tokens([0, 1]) == (
        "storage1/1",
        "storage2/1",
    )
    assert ports("nvidia-dgx-h100", 2, 100, "in-band", is_end=True).tokens([0]) == ("inband1/4:1",)
    assert ports("nvidia-dgx-h100", 1, 1, "out-of-band", is_end=True).tokens([0]) == ("bmc",)


def test_a_nic_of_two_planes_is_split_and_one_of_a_single_plane_is_not_shared() -> None:
    twin = ports("nvidia-dgx-b300", 16, 400, is_end=True)
    assert twin.tokens(range(4)) == ("osfp1/1", "osfp1/2", "osfp2/1", "osfp2/2")
    # Eight links at half the rate: one at each NIC, not two at the first four.
    single = ports("nvidia-dgx-b300", 8, 400, is_end=True)
    assert single.tokens([0, 1, 7]) == ("osfp1/1", "osfp2/1", "osfp8/1")


def test_whole_up_and_split_down_on_one_switch() -> None:
    leaf = ports("nvidia-sn5600", 128, 400)
    assert leaf.tokens([0, 1]) == ("osfp1/1", "osfp1/2")
    assert leaf.tokens([64, 66], 800) == ("osfp33", "osfp34")
    ensure_one_split(leaf, [((0, 1), 1), ((64, 66), 2)])
    with pytest.raises(EditError, match=r"osfp1 .* two splits"):
        ensure_one_split(leaf, [((0,), 1), ((0,), 2)])


def test_uplinks_of_an_out_of_band_switch_are_its_fast_ports() -> None:
    switch = ports("nvidia-sn2201", 248, 1, "out-of-band")
    assert switch.tokens([0, 47]) == ("rj45-1", "rj45-48")
    assert switch.tokens([48, 148], 100) == ("qsfp28-1", "qsfp28-2")


def test_the_nics_of_the_processor_follow_those_of_the_accelerators() -> None:
    host = ports("nvidia-dgx-h100", 10, 400, is_end=True)
    assert host.tokens([7]) == ("osfp4/2",)
    assert host.tokens([8, 9], 200) == ("storage1/1", "storage2/1")


@pytest.mark.parametrize(
    ("type_id", "slots", "gbps", "is_end", "said"),
    [
        ("nvidia-qm9700", 65, 400.0, False, "has 64 ports at 400 Gbit/s, 65 needed"),
        ("nvidia-qm9700", 1, 1600.0, False, "has 0 ports at 1600 Gbit/s, 1 needed"),
        ("nvidia-dgx-h100", 9, 800.0, True, "9 needed"),
        ("nvidia-qm9700", 64, 300.0, False, "has 0 ports at 300 Gbit/s"),
    ],
)
def test_too_few_ports_are_refused(type_id: str, slots: int, gbps: float, is_end: bool, said: str) -> None:
    with pytest.raises(EditError, match=said):
        ports(type_id, slots, gbps, is_end=is_end)


def test_a_split_that_the_cage_does_not_have_is_refused() -> None:
    leaf = ports("nvidia-qm9700", 128, 200)
    with pytest.raises(EditError, match="splits by 2, not by 4: 200 Gbit/s is needed"):
        leaf.tokens([0])
    with pytest.raises(EditError, match="only used split"):
        leaf.tokens([0], 800)
    with pytest.raises(EditError, match="does not fit into osfp1 "):
        leaf.tokens([1], 400)


def test_types_that_would_do_are_named() -> None:
    found = types_with(LIBRARY, 64, 800, "compute", kind="switch")
    assert "Spectrum-4 SN5600" in found
    assert not any("QM9700" in name for name in found)
    everything = [s for s in LIBRARY if isinstance(s, DeviceType) and s.kind == "switch"]
    for spec in everything:
        holds = sum(
            int((p.group.rate_gbps or 0) // 800) for p in port_table(spec) if p.group.role in ("", "uplink")
        )
        assert holds >= 64 or spec.name not in found


@given(st.integers(1, 40), st.sampled_from([1, 2, 4, 8]), st.data())
def test_slots_and_ports_are_one_to_one(cages: int, holds: int, data: st.DataObject) -> None:
    splits = tuple(n for n in (2, 4, 8) if n <= holds)
    group = PortGroup(name=f"c{{1..{cages}}}", layer="data", rate_gbps=100.0 * holds, lanes=splits)
    table = port_table(DeviceType(id="x", name="X", kind="switch", ports=(group,)))
    map_ = PortMap("X", table, cages * holds, 100.0)
    width = data.draw(st.sampled_from([1, *splits]))
    tokens = map_.tokens(range(0, cages * holds, width), 100.0 * width)
    assert len(set(tokens)) == len(tokens) == cages * holds // width
    for slot, token in zip(range(0, cages * holds, width), tokens, strict=True):
        socket = table.find(token)
        assert socket is not None
        assert socket.rate_gbps == 100.0 * width
        assert socket.port.index == slot // holds == map_.cage_at(slot)
