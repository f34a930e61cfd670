"""Hosts: which devices a network serves, in which order, and what it is asked for by them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.editing.blocks import new_floor_block, place_instance
from core.editing.laying.hosts import hosts_of, need_of, switch_ports, units_of
from core.editing.overrides import set_override
from core.errors import EditError
from core.files.project_file import load
from core.model.project import Project
from tests.editing.laying.server_rows import LIBRARY, Row

EXAMPLES = Path(__file__).parents[3] / "resources" / "examples"


def example(name: str) -> Project:
    return load(EXAMPLES / f"{name}.cage")[0]


def names(project: Project, hosts: list) -> list[str]:
    return ["/".join(project.names_along(project.top, host.path)) for host in hosts]


def test_hosts_of_a_scalable_unit_are_counted_by_rack_and_from_below():
    project = example("superpod-h100-su")
    hosts = hosts_of(project, project.top)
    assert len(hosts) == 31
    # seven racks of four and one of three; the rack with switches and the one for management are none
    assert names(project, hosts)[:5] == [
        "su-1/r01/dgx-01", "su-1/r01/dgx-02", "su-1/r01/dgx-03", "su-1/r01/dgx-04", "su-1/r02/dgx-01",
    ]  # fmt: skip
    assert names(project, hosts)[-1] == "su-1/r08/dgx-03"
    assert hosts[0].ports == tuple(f"osfp{cage}/{lane}" for cage in range(1, 5) for lane in (1, 2))


def test_what_a_scalable_unit_needs():
    project = example("superpod-h100-su")
    need = need_of(hosts_of(project, project.top), project.find_type("nvidia-qm9700"))
    assert (need.hosts, need.gpus_per_host, need.gpus) == (31, 8, 248)
    assert (need.nics_per_host, need.nic_gbps, need.hosts_per_unit) == (8, 400.0, 31)
    assert (need.switch_ports, need.port_gbps) == (64, 400.0)


def test_a_hall_of_four_units_has_four_units_of_trays_by_index():
    project = example("hall")
    hosts = hosts_of(project, project.top)
    assert [len(unit) for unit in units_of(hosts)] == [144] * 4  # eight racks of eighteen trays
    assert names(project, hosts)[:19] == [
        *(f"su-1/r01/ct-{n:02}" for n in range(1, 19)),
        "su-1/r02/ct-01",
    ]
    need = need_of(hosts)
    assert (need.hosts, need.gpus_per_host, need.nics_per_host, need.hosts_per_unit) == (576, 4, 4, 144)


@pytest.mark.parametrize(("role", "nics", "gbps"), [("storage", 2, 400.0), ("out-of-band", 1, 1.0)])
def test_other_networks_reach_hosts_by_other_ports(role, nics, gbps):
    project = example("superpod-h100-su")
    hosts = hosts_of(project, project.top, role)
    assert {(len(host.ports), host.gbps) for host in hosts} == {(nics, gbps)}


def test_racks_that_stand_in_rows_of_the_hall_itself_are_units_by_row():
    bench = Row()
    edit = bench.edit()
    for x in (0, 600):
        place_instance(edit, bench.hall, bench.rack, x_mm=x, y_mm=3000)
    bench.commit(edit)
    hosts = hosts_of(bench.project, bench.hall)
    assert [len(unit) for unit in units_of(hosts)] == [8, 4]
    assert need_of(hosts).hosts_per_unit == 8


def test_units_come_in_the_order_of_the_floor_and_not_of_their_making():
    bench = Row()
    edit = bench.edit()
    unit = new_floor_block(edit, "Unit").id
    place_instance(edit, unit, bench.rack)
    hall = new_floor_block(edit, "Big hall").id
    for name, x in (("right", 6000), ("left", 0), ("middle", 3000)):
        place_instance(edit, hall, unit, name=name, x_mm=x)
    bench.commit(edit)
    found = hosts_of(bench.project, hall)
    assert [bench.project.names_along(hall, h.path)[0] for h in found] == [
        "left", "left", "middle", "middle", "right", "right",
    ]  # fmt: skip


def test_a_selection_and_what_is_absent():
    bench = Row()
    first, second, third, _ = bench.racks
    assert len(hosts_of(bench.project, bench.hall, within=[first, third])) == 4
    one = hosts_of(bench.project, bench.hall)[2].path
    assert [h.path for h in hosts_of(bench.project, bench.hall, within=[one])] == [one]
    edit = bench.edit()
    set_override(edit, bench.hall, second, absent=True)
    bench.commit(edit)
    found = hosts_of(bench.project, bench.hall)
    assert {host.place.rack for host in found} == {bench.racks[0], bench.racks[2], bench.racks[3]}


def test_no_hosts_is_an_error_with_a_cure():
    bench = Row()
    with pytest.raises(EditError, match=r"ports of a storage network.*Select racks with hosts"):
        hosts_of(bench.project, bench.hall, "storage")
    with pytest.raises(EditError, match="no hosts"):
        need_of([])


def test_ports_of_a_switch_at_a_rate_it_splits_to():
    leaf = LIBRARY.get("leaf")  # 32 cages of 800G, in two lanes each
    assert switch_ports(leaf, 400.0) == (64, 400.0)
    assert switch_ports(leaf, 200.0) == (64, 400.0)  # has no split of that rate: its own
