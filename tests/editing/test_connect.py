"""Cables: what fits, what is free, where they live."""

from __future__ import annotations

import pytest

from core.editing.cabling.connect import connect, disconnect, first_compatible
from core.editing.cabling.sockets import Usage, compatible
from core.editing.overrides import set_override
from core.editing.place import place_device
from core.editing.space import unit
from core.errors import EditError
from core.model.ports import PortTable
from core.model.types import DeviceType, PortGroup
from tests.editing.factory import LIBRARY, Bench, small_hall


def socket(**group):
    name = group.setdefault("name", "p")
    spec = DeviceType(id="t", name="T", kind="other", ports=(PortGroup(**group),))
    found = PortTable(spec).find(name)
    assert found is not None
    return found


def data(connector, rate=None):
    return {"layer": "data", "connector": connector, "rate_gbps": rate}


def power(direction, connector="", **fields):
    return {"layer": "power", "direction": direction, "connector": connector, **fields}


def coolant(direction, fluid=""):
    return {"layer": "coolant", "direction": direction, "fluid": fluid}


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (data("OSFP-flat", 400), data("OSFP-finned"), ""),
        (data("QSFP112", 400), data("QSFP28", 100), ""),
        (data("OSFP", 400), data("QSFP112", 400), ""),
        (data("OSFP", 400), data("QSFP28", 100), "400 Gbit/s of OSFP against 100 Gbit/s of QSFP28"),
        (data("RJ45"), data("SFP28"), "RJ45 does not mate with SFP28"),
        (data(""), power("in"), "p is a data port, p a power port"),
        (power("out", "C13"), power("in", "C14"), ""),
        (power("in", "C20"), power("out", "C19"), ""),
        (power("out", "C39"), power("in", "C20"), ""),
        (power("out", "C13"), power("in", "C20"), "a C13 outlet does not feed a C20 inlet"),
        (power("in"), power("in"), "p and p are both inlets"),
        (
            power("out", voltage_low_v=277, voltage_high_v=277),
            power("in", voltage_low_v=200, voltage_high_v=240),
            "277-277 V against 200-240 V",
        ),
        (power("out", phases=0), power("in", phases=1), "direct current against alternating current"),
        (coolant("out", "PG25"), coolant("in", "water,PG25"), ""),
        (coolant("out", "water"), coolant("in", "PG25"), "water against PG25"),
        (coolant("out"), coolant("out"), "p and p are both outlets"),
    ],
)
def test_compatible(a, b, reason):
    assert compatible(socket(**a), socket(**b)) == reason
    assert bool(compatible(socket(**b), socket(**a))) == bool(reason)


@pytest.fixture
def hall():
    bench = Bench()
    return bench, small_hall(bench)


def test_a_cable_lives_in_the_lowest_block_with_both_ends(hall):
    bench, h = hall
    edit = bench.edit()
    node = f"{h['su1']}/{h['ra']}/{h['node']}"
    link = connect(edit, h["hall"], node, ["osfp2/1"], f"{h['su1']}/{h['rb']}/{h['leaf']}", ["osfp2/1"])
    assert (link.block, link.a.path) == (h["su"], f"{h['ra']}/{h['node']}")
    assert link.a.ports == ("osfp1/1", "osfp1/2", "osfp2/1")  # joined the trunk that is there
    bench.commit(edit)


def test_cables_drawn_the_other_way_round_join_the_same_trunk(hall):
    bench, h = hall
    edit = bench.edit()
    link = connect(
        edit, h["su"], f"{h['rb']}/{h['leaf']}", ["osfp3/1"], f"{h['ra']}/{h['node']}", ["osfp3/1"]
    )
    assert link.a.path == f"{h['ra']}/{h['node']}"
    assert link.b.ports[-1] == "osfp3/1"
    assert len(edit.links(h["su"])) == 1
    other = connect(
        edit,
        h["su"],
        f"{h['rb']}/{h['leaf']}",
        ["osfp4/1"],
        f"{h['ra']}/{h['node']}",
        ["osfp4/1"],
        colour="red",
    )
    assert other.id != link.id


def test_a_port_used_in_any_block_above_is_not_free(hall):
    bench, h = hall
    edit = bench.edit()
    leaf = f"{h['rb']}/{h['leaf']}"
    with pytest.raises(EditError, match="osfp17/1 of leaf-1 is in use"):
        connect(edit, h["su"], leaf, ["osfp17/1"], f"{h['ra']}/{h['node']}", ["osfp2/1"])
    free = list(Usage(edit, h["leafs"], h["leaf"]).free(layer="data"))
    assert "osfp1/1" not in free
    assert "osfp17/1" not in free
    assert "osfp17/2" in free
    assert "psu1" not in free


def test_a_cage_is_whole_or_split_but_not_both():
    bench = Bench()
    h = small_hall(bench)
    edit = bench.edit()
    with pytest.raises(EditError, match="only used split"):
        connect(edit, h["su"], f"{h['ra']}/{h['node']}", ["osfp4"], f"{h['rb']}/{h['leaf']}", ["osfp4"])


def test_first_compatible_finds_cord_and_ports(hall):
    bench, h = hall
    edit = bench.edit()
    pair = first_compatible(edit, h["nodes"], h["pdu"], h["node"], layer="power", count=4)
    assert pair.a_ports == ("c19-3", "c19-4", "c19-5", "c19-6")
    assert pair.b_ports == ("psu3", "psu4", "psu5", "psu6")
    with pytest.raises(EditError, match="have 4 free ports that fit each other, 5 needed"):
        first_compatible(edit, h["nodes"], h["pdu"], h["node"], layer="power", count=5)


def test_supply_and_return_are_one_trunk():
    bench = Bench()
    h = small_hall(bench)
    edit = bench.edit()
    cdu = place_device(edit, LIBRARY, h["hall"], "cdu").id
    manifold = place_device(edit, LIBRARY, h["spines"], "manifold").id
    ports = ["supply1", "return1"]
    link = connect(edit, h["hall"], cdu, ports, f"{h['rs']}/{manifold}", ["supply", "return"])
    assert (link.layer, link.count) == ("coolant", 2)
    bench.commit(edit)


def test_errors_change_nothing(hall):
    bench, h = hall
    edit = bench.edit()
    node, leaf = f"{h['ra']}/{h['node']}", f"{h['rb']}/{h['leaf']}"
    for ports, problem in (
        (["osfp2/1"], "1 ports against 2"),
        (["osfp2/1", "osfp2/1"], "osfp2/1 of node-1 is in use"),
        (["psu3", "psu4"], "psu3 is a power port, osfp2 a data port"),
        (["nowhere", "psu3"], "node-1 has no port 'nowhere'"),
    ):
        with pytest.raises(EditError, match=problem):
            connect(edit, h["su"], node, ports, leaf, ["osfp2/1", "osfp2/2"])
    assert edit.change().deltas == ()


def test_disconnecting_one_cable_keeps_the_overrides_of_the_others(hall):
    bench, h = hall
    edit = bench.edit()
    link = next(iter(edit.links(h["su"]).values()))
    set_override(edit, h["hall"], f"{h['su1']}/{link.id}", cable=0, length_m=3.0)
    kept = set_override(edit, h["hall"], f"{h['su2']}/{link.id}", cable=1, length_m=5.0)
    disconnect(edit, h["su"], link.id, [0])
    assert edit.links(h["su"])[link.id].a.ports == ("osfp1/2",)
    assert [(o.id, o.cable) for o in edit.overrides(h["hall"]).values()] == [(kept.id, 0)]
    disconnect(edit, h["su"], link.id)
    assert not edit.links(h["su"])
    assert not edit.overrides(h["hall"])
    bench.commit(edit)


def test_a_device_cannot_be_corded_to_itself_by_one_port(hall):
    bench, h = hall
    edit = bench.edit()
    place_device(edit, LIBRARY, h["nodes"], "leaf", unit(42))
    with pytest.raises(EditError, match="in use"):
        connect(edit, h["leafs"], h["leaf"], ["osfp5/1"], h["leaf"], ["osfp5/1"])


def test_cables_of_other_connectors_are_no_part_of_a_trunk(hall):
    bench, h = hall
    edit = bench.edit()
    node, leaf = f"{h['ra']}/{h['node']}", f"{h['rb']}/{h['leaf']}"
    link = connect(edit, h["su"], node, ["bmc"], leaf, ["mgmt"])
    assert link.count == 1
    assert sorted(x.count for x in edit.links(h["su"]).values()) == [1, 2]
