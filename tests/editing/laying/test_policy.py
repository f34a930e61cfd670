"""Where switches go: each policy on a row of plain servers, its limits, and what it says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from core.editing.blocks import new_floor_block, place_instance, set_top
from core.editing.footprint import box_of
from core.editing.laying.generate import lay
from core.editing.laying.hosts import places
from core.editing.laying.request import Request
from core.editing.laying.shelves import SHELF_EFFICIENCY, NewDevice, Shelves
from core.editing.space import unit
from core.engine.brief import ASSUMPTIONS
from core.engine.evaluation import evaluate
from core.errors import EditError
from core.files.project_file import load
from core.model.records import Area, NamingTemplate, Reserved
from tests.editing.laying.plain import drawn
from tests.editing.laying.server_rows import LIBRARY, Row, rails, top_of_rack

EXAMPLES = Path(__file__).parents[3] / "resources" / "examples"


def wall(bench: Row, left: int, right: int, kind: str = "wall") -> None:
    edit = bench.edit("Wall")
    points = ((left, -3000), (right, -3000), (right, 6000), (left, 6000))
    edit.put("areas", Area(block=bench.hall, id=edit.new_id(bench.hall), kind=kind, points=points))
    bench.commit(edit)


def boxes(bench: Row) -> dict[str, tuple[int, int]]:
    """Left edge and front of each rack, by name."""
    found = {i.name: box_of(bench.project, i) for i in bench.project.instances(bench.hall).values()}
    return {name: (box.left, box.front) for name, box in found.items()}


def test_top_of_rack_puts_each_switch_over_its_servers_and_the_racks_stay_one_drawing():
    bench = Row()
    laid = bench.lay(top_of_rack(4), policy="top of rack")
    for n in range(1, 5):
        rack, name, low = bench.where(laid, f"leaf-{n}")
        assert (rack, name, low) == (f"r{n:02}", "leaf-1", 42)
    assert {i.of for i in bench.project.instances(bench.hall).values()} == {bench.rack}
    assert len(bench.project.devices(bench.rack)) == 5  # two servers, two strips, one switch
    assert laid.ports.links == 4 * 2 * 4
    assert sum(drawn(bench.project, laid).values()) == 32


def test_top_of_rack_spreads_rails_over_the_racks_they_serve():
    bench = Row()
    laid = bench.lay(rails(8, leafs=4), policy="top of rack")
    assert [bench.where(laid, f"leaf-{n}")[0] for n in range(1, 5)] == ["r01", "r02", "r03", "r04"]
    rack, _, low = bench.where(laid, "spine-1")  # serves no host: into a network rack
    assert (rack, low) == ("r05", 2)
    assert sum(drawn(bench.project, laid).values()) == 8 * 4 + 4 * 2


@pytest.mark.parametrize("policy", ["end of row", "network racks"])
def test_a_new_network_rack_closes_the_row(policy):
    bench = Row()
    laid = bench.lay(rails(8), policy=policy)
    assert {bench.where(laid, key)[0] for key in ("leaf-1", "leaf-2", "spine-1")} == {"r05"}
    assert boxes(bench)["r05"] == (2400, 0)
    made = bench.project.resolve(bench.hall, laid.paths["leaf-1"].partition("/")[0])
    kinds = sorted(d.type for d in bench.project.devices(made.of).values())
    assert kinds == ["leaf", "leaf", "leaf"]  # no network rack here to take power strips after
    feeds = [d.feeds for d in bench.project.devices(made.of).values()]
    assert feeds == [{"psu1": "A", "psu2": "B"}] * 3


def test_middle_of_row_takes_the_gap_in_the_middle():
    bench = Row((0, 600, 1800, 2400))
    laid = bench.lay(rails(8), policy="middle of row")
    assert boxes(bench)[bench.where(laid, "leaf-1")[0]] == (1200, 0)


def test_the_end_of_a_row_that_a_wall_closes_is_its_beginning():
    bench = Row()
    wall(bench, 2400, 2600)
    laid = bench.lay(rails(8), policy="end of row")
    assert boxes(bench)[bench.where(laid, "leaf-1")[0]] == (-600, 0)


def test_network_racks_go_across_the_aisle_where_the_row_is_closed():
    bench = Row()
    wall(bench, 2400, 2600)
    wall(bench, -200, 0)
    laid = bench.lay(rails(8))
    rack = bench.project.instances(bench.hall)[laid.paths["leaf-1"].partition("/")[0]]
    # its front 1.2 m before the fronts of the row, at y = 0; racks are 1.2 m deep; not right beside the wall
    assert boxes(bench)[rack.name] == (600, -2400)
    assert rack.rotation == 180


def test_no_free_floor_says_so():
    bench = Row()
    wall(bench, 2400, 2600)
    wall(bench, -200, 0)
    with pytest.raises(EditError, match=r"no free floor for a network rack.*Make room at the end of a row"):
        bench.lay(rails(8), policy="end of row")
    assert not bench.project.fabrics


def test_a_new_rack_stays_in_the_room():
    bench = Row()
    wall(bench, -1000, 2400, "room")
    laid = bench.lay(rails(8), policy="end of row")
    assert boxes(bench)[bench.where(laid, "leaf-1")[0]] == (-600, 0)


def test_network_racks_that_stand_are_filled_up_to_their_power_limit_then_one_like_them_is_made():
    bench = Row()
    net = bench.network_rack(2400, power_limit_w=2500.0)  # two switches of 1 kW
    laid = bench.lay(rails(8, leafs=3))
    places = {key: bench.where(laid, key) for key in ("leaf-1", "leaf-2", "leaf-3", "spine-1")}
    assert [places[key][0] for key in places] == ["net", "net", "r05", "r05"]
    assert [places[key][1:] for key in places] == [
        ("leaf-1", 2),
        ("leaf-2", 4),
        ("leaf-3", 2),
        ("spine-1", 4),
    ]
    assert laid.paths["leaf-1"].startswith(net)
    made = bench.project.resolve(bench.hall, laid.paths["leaf-3"].partition("/")[0])
    strips = [d for d in bench.project.devices(made.of).values() if d.type == "pdu"]
    assert sorted(strip.feeds["inlet"] for strip in strips) == ["A", "B"]


def test_both_supplies_of_a_switch_are_corded_to_strips_of_different_sources():
    bench = Row()
    bench.network_rack(2400)
    laid = bench.lay(rails(8))
    head, _, device = laid.paths["leaf-1"].rpartition("/")
    block = bench.project.instances(bench.hall)[head].of
    devices = bench.project.devices(block)
    fed = {
        link.b.ports[0]: devices[link.a.path].feeds["inlet"]
        for link in bench.project.links(block).values()
        if link.layer == "power" and link.b.path == device
    }
    assert sorted(fed) == ["psu1", "psu2"]
    assert sorted(fed.values()) == ["A", "B"]


def test_a_full_rack_and_a_rack_at_its_limit_are_named():
    bench = Row()
    edit = bench.edit("Reserve")
    kept = Reserved(half_u=32, half_units=52, note="storage")
    edit.put("blocks", replace(edit.blocks[bench.rack], reserved=(kept,)))
    bench.commit(edit)
    with pytest.raises(EditError, match=r"leaf-1 .*r01: no free 1U\. Free units"):
        bench.lay(top_of_rack(4), policy="top of rack")
    edit = bench.edit("Limit")
    edit.put("blocks", replace(edit.blocks[bench.rack], reserved=(), power_limit_w=10_500.0))
    bench.commit(edit)
    with pytest.raises(EditError, match=r"r01: 11 kW would be drawn, 10\.5 kW is its limit"):
        bench.lay(top_of_rack(4), policy="top of rack")


def test_the_losses_of_power_shelves_count_as_the_engine_counts_them():
    assert ASSUMPTIONS["shelf_efficiency"].value == SHELF_EFFICIENCY
    project = load(EXAMPLES / "hall.cage")[0]  # racks of 124.8 kW behind their shelves, 132 kW asked for
    rack = next(p for p in places(project, project.top) if p.device is None and p.block == "3cb-0003")
    shelves = Shelves(project)
    drawn_w = evaluate(project).power.rack_max_w.max()
    switch = project.find_type("nvidia-qm9700")
    for n in range(1, 4):
        spot = shelves.fit(rack, switch, from_top=True)
        if drawn_w + n * switch.power_max_w > 132_000:
            assert (
                spot
                == f"{(drawn_w + n * switch.power_max_w) / 1000:.1f} kW would be drawn, 132 kW is its limit"
            )
            break
        shelves.add(rack.path, NewDevice(f"n{n}", switch.id, f"leaf-{n}", spot))
    assert n == 3


def test_reserved_units_are_kept_free():
    bench = Row()
    edit = bench.edit("Reserve")
    kept = Reserved(half_u=unit(41).half_u, half_units=4)
    edit.put("blocks", replace(edit.blocks[bench.rack], reserved=(kept,)))
    bench.commit(edit)
    laid = bench.lay(top_of_rack(4), policy="top of rack")
    assert {bench.where(laid, f"leaf-{n}")[2] for n in range(1, 5)} == {40}


def test_a_naming_template_of_the_role_is_used():
    bench = Row()
    edit = bench.edit("Names")
    edit.put("naming", NamingTemplate(id="device.leaf", template="tor-{n:02}"))
    bench.commit(edit)
    laid = bench.lay(rails(8), policy="network racks")
    assert [bench.where(laid, key)[1] for key in ("leaf-1", "leaf-2", "spine-1")] == [
        "tor-01", "tor-02", "spine-1",
    ]  # fmt: skip


def test_equal_units_get_their_switches_in_one_drawing():
    bench = Row()
    edit = bench.edit("Two units")
    hall = new_floor_block(edit, "Big hall").id
    set_top(edit, hall)
    for n in (1, 2):
        place_instance(edit, hall, bench.hall, name=f"row-{n}", y_mm=4800 * n)
    bench.commit(edit)
    edit = bench.edit("Generate")
    graph = rails(8, units=("su-1", "su-2"))
    asked = Request(fabric="compute", family="by-hand", switches={"": "leaf"}, policy="end of row")
    laid = lay(edit, LIBRARY, hall, graph, asked)
    bench.commit(edit)
    project = bench.project
    assert {i.of for i in project.instances(hall).values() if i.name.startswith("row")} == {bench.hall}
    assert laid.paths["su-1/leaf-1"].partition("/")[2] == laid.paths["su-2/leaf-1"].partition("/")[2]
    assert project.names_along(hall, laid.paths["su-2/leaf-2"]) == ("row-2", "r05", "leaf-2")
    assert len([link for link in project.links(bench.hall).values() if link.fabric == "compute"]) == 16
    assert project.names_along(hall, laid.paths["spine-1"])[0] not in ("row-1", "row-2")
    assert sum(drawn(project, laid).values()) == 2 * 8 * 2 + 4 * 2


def test_units_that_are_wired_differently_become_drawings_of_their_own():
    bench = Row()
    laid = bench.lay(rails(8, leafs=3), policy="top of rack")
    # three switches in four racks that were one drawing
    blocks = [i.of for i in bench.project.instances(bench.hall).values()]
    assert len(set(blocks)) > 1
    assert sum(drawn(bench.project, laid).values()) == 8 * 3 + 3 * 2


def test_without_a_type_for_a_role_or_of_the_wrong_policy():
    bench = Row()
    edit = bench.edit()
    with pytest.raises(EditError, match="no device type is chosen for 'leaf'"):
        lay(edit, LIBRARY, bench.hall, rails(8), Request(fabric="x", family="by-hand"))
    with pytest.raises(EditError, match=r"no policy 'anywhere'.*top of rack"):
        lay(edit, LIBRARY, bench.hall, rails(8), Request(fabric="x", family="by-hand", policy="anywhere"))
