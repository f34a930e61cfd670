"""Halls drawn from nothing for generated networks, with devices of the catalogue."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from core.catalogue.library import Library
from core.editing.footprint import box_of, holds
from core.editing.laying.hall import Hall, draw_hall
from core.editing.laying.racking import hosts_in_rack
from core.editing.laying.wiring import Laid
from core.editing.starting import new_project, read_template
from core.editing.templates import adopt
from core.engine.evaluation import Evaluation, evaluate
from core.errors import EditError
from core.fabrics.families import generate
from core.files.project_file import encode
from core.model.change import Edit
from core.model.integrity import problems
from core.model.project import Project
from core.rules.checking import Checker
from core.rules.finding import Severity

LIBRARY = Library.builtin()
H100 = {"host": "nvidia-dgx-h100", "switch": "nvidia-qm9700", "manager": "nvidia-ufm-appliance"}


def draw(family: str, values: dict[str, Any], *, template: str = "", **hall: Any) -> tuple[Project, Laid]:
    project = new_project()
    edit = Edit(project, "Draw")
    if template:
        hall["host_rack"] = adopt(edit, read_template(template), project.top)
    laid = draw_hall(edit, LIBRARY, generate(family, values), Hall(**hall), project.top)
    project.apply(edit.change())
    assert [str(problem) for problem in problems(project)] == []
    return project, laid


def built(project: Project) -> Counter[str]:
    """Devices that are built, by type."""
    placements = project.placements()
    counts: Counter[str] = Counter()
    for device in project.every("devices"):
        counts[device.type] += placements.get(device.block, 0)
    return counts


def serious(project: Project, evaluation: Evaluation) -> list[str]:
    findings = Checker(project, LIBRARY).check(evaluation).findings
    return [f"{f.rule}: {f.message}" for f in findings if f.severity in (Severity.ERROR, Severity.WARNING)]


def test_127_dgx_h100_in_four_units() -> None:
    """RA-11333-001, table 4: 127 nodes, 32 leafs, 16 spines, 1,020 + 1,024 cables."""
    project, laid = draw("rail-optimised", {"hosts": 127, "manager_ports": 4}, types=H100, hosts_per_rack=4)
    counts = built(project)
    assert counts["nvidia-dgx-h100"] == 127
    assert counts["nvidia-qm9700"] == 32 + 16
    assert counts["nvidia-ufm-appliance"] == 2
    # 4 cages of each node, 1 at each UFM port; of the switches all 32: a last half is one too.
    assert laid.ports == (127 * 4 + 4 + 48 * 32, 2 * 2044, 1020 + 1024)
    evaluation = evaluate(project)
    fabric = evaluation.network.find(laid.fabric)
    assert fabric is not None
    assert (fabric.hops.most, fabric.components) == (3, 1)
    assert fabric.oversubscription == 1.0
    assert project.fabrics[laid.fabric].family == "rail-optimised"
    assert project.fabrics[laid.fabric].parameters["hosts"] == 127
    # Six supplies of which four are needed: two on each of three sources, as in the reference design.
    feeds = {d.feeds["inlet"] for d in project.every("devices") if d.type == "generic-pdu-415v-60a"}
    assert feeds == {"A", "B", "C"}
    assert laid.notes == ()


def test_a_designer_finds_nothing_silly_in_the_hall() -> None:
    project, _ = draw("rail-optimised", {"hosts": 128}, types=H100)
    evaluation = evaluate(project)
    assert serious(project, evaluation) == []
    assert (evaluation.cabling.cable_option >= 0).all(), "every cable has a part that reaches"
    assert (evaluation.cabling.cable_ordered_m >= evaluation.cabling.cable_route_m).all()
    assert not evaluation.power.device_short.any()


def test_16_384_gpus_in_three_tiers_nest() -> None:
    project, laid = draw("rail-optimised", {"hosts": 2048}, types=H100)
    assert built(project)["nvidia-qm9700"] == 512 + 512 + 256
    assert laid.ports.links == 3 * 16_384
    groups = {i.of for i in project.instances(project.top).values() if project.blocks[i.of].kind == "floor"}
    assert len(groups) == 1, "eight equal groups are one drawing"
    (group,) = groups
    units = {i.of for i in project.instances(group).values() if project.blocks[i.of].kind == "floor"}
    assert len(units) == 1
    assert len(project.links(units.pop())) == 256
    assert len(project.links(project.top)) == 512 * 32, "each spine to each core of its group, once"
    assert serious(project, evaluate(project)) == []


def test_nvl72_racks_hold_the_hosts() -> None:
    """Twelve 8-rack units of GB300, the size of the large example: 144 trays of four 800G ports in each."""
    values = {
        "hosts": 288, "hosts_per_unit": 144, "gpus_per_host": 4, "nics_per_host": 4, "nic_gbps": 800.0,
        "port_gbps": 800.0, "leaf_ports": 144, "spine_ports": 144, "core_ports": 144,
    }  # fmt: skip
    project, laid = draw(
        "rail-optimised", values, types={"switch": "nvidia-q3400-ra"}, template="rack-nvl72-gb300",
        network_rack="apc-ar3357",
    )  # fmt: skip
    assert built(project)["nvidia-gb300-compute-tray"] == 288
    first = [project.names_along(project.top, laid.paths[f"su-1/h{n:03}"]) for n in (1, 18, 19)]
    assert first == [("su-1", "r01", "ct-01"), ("su-1", "r01", "ct-18"), ("su-1", "r02", "ct-01")]
    assert serious(project, evaluate(project)) == []


def test_the_last_rack_of_a_template_holds_what_is_left() -> None:
    values = {"hosts": 20, "hosts_per_unit": 20, "gpus_per_host": 4, "nics_per_host": 4, "nic_gbps": 800.0,
              "port_gbps": 800.0, "leaf_ports": 64, "spine_ports": 64}  # fmt: skip
    project, laid = draw(
        "rail-optimised", values, types={"switch": "nvidia-q3400-ra"}, template="rack-nvl72-gb300",
        network_rack="apc-ar3357",
    )  # fmt: skip
    assert built(project)["nvidia-gb300-compute-tray"] == 20
    racks = {
        project.blocks[i.of].name for holder in project.blocks for i in project.instances(holder).values()
    }
    assert {"GB300 NVL72 rack", "GB300 NVL72 rack of 2"} <= racks
    assert len([key for key in laid.paths if "/h" in key]) == 20


def test_a_unit_that_fits_into_one_rack_is_one_with_its_switch_at_the_top() -> None:
    """Racks of two servers and a leaf, in pods of four."""
    values = {"hosts": 16, "racks_per_pod": 4, "leaf_ports": 64, "spine_ports": 64, "core_ports": 64}
    project, laid = draw("pods", values, types=H100)
    host, leaf = (laid.paths[f"pod-1/rack-1/{name}"] for name in ("h1", "tor"))
    assert host.rpartition("/")[0] == leaf.rpartition("/")[0]
    top, low = (project.resolve(project.top, path) for path in (leaf, host))
    assert top.half_u == 2 * 41
    assert low.half_u < 20


def test_rows_face_each_other_and_nothing_overlaps() -> None:
    project, _ = draw("rail-optimised", {"hosts": 128}, types=H100)
    unit = next(b for b in project.blocks.values() if b.name == "su-1")
    placed = list(project.instances(unit.id).values())
    boxes = [box_of(project, instance) for instance in placed]
    south = [box for box, instance in zip(boxes, placed, strict=True) if instance.rotation == 180]
    north = [box for box, instance in zip(boxes, placed, strict=True) if instance.rotation == 0]
    assert len(south) + len(north) == len(placed) == 8
    assert {box.front for box in north} == {max(box.back for box in south) + 1200}
    for holder in (project.top, unit.id):
        boxes = [box_of(project, instance) for instance in project.instances(holder).values()]
        for k, one in enumerate(boxes):
            for other in boxes[:k]:
                apart = one.left >= other.right or other.left >= one.right
                assert apart or one.front >= other.back or other.front >= one.back


def test_a_new_hall_has_a_room_around_it() -> None:
    project = Project()
    edit = Edit(project, "Draw")
    draw_hall(edit, LIBRARY, generate("rail-optimised", {"hosts": 32}), Hall(types=H100, name="Hall 7"))
    project.apply(edit.change())
    (room,) = project.areas(project.top).values()
    assert (room.kind, room.name) == ("room", "Hall 7")
    for instance in project.instances(project.top).values():
        box = box_of(project, instance)
        assert holds(room.points, box.left, box.front)
        assert holds(room.points, box.right, box.back)


def test_drawing_a_hall_is_one_step_to_undo() -> None:
    project = new_project()
    before = encode(project)
    edit = Edit(project, "Draw")
    draw_hall(edit, LIBRARY, generate("rail-optimised", {"hosts": 64}), Hall(types=H100), project.top)
    change = edit.change()
    project.apply(change)
    assert encode(project) != before
    project.apply(change.inverse)
    assert encode(project) == before


class CancelledError(Exception):
    """What a window raises to end the work."""


def test_progress_is_told_and_may_cancel() -> None:
    graph, told = generate("rail-optimised", {"hosts": 512}), []
    project = new_project()
    args = (LIBRARY, graph, Hall(types=H100), project.top)
    draw_hall(Edit(project, "Draw"), *args, lambda *step: told.append(step))
    assert {what for _, _, what in told} == {"Ports", "Cables"}
    assert all(0 < done <= total for done, total, _ in told)

    def cancel(done: int, total: int, what: str) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        draw_hall(Edit(project, "Draw"), *args, cancel)
    assert not project.fabrics


def refusal(values: dict[str, Any], **hall: Any) -> EditError:
    with pytest.raises(EditError) as caught:
        draw("rail-optimised", values, **hall)
    return caught.value


def test_what_does_not_fit_is_refused_with_a_cure() -> None:
    error = refusal({"hosts": 64}, types={"switch": "nvidia-qm9700"})
    assert "no type is chosen for the role 'host'" in error.problem
    error = refusal({"hosts": 64}, types={"host": "nvidia-dgx-h100", "switch": "nvidia-sn3420"})
    assert "64 needed" in error.problem
    assert "QM9700" in error.cure
    error = refusal({"hosts": 64}, types=H100, hosts_per_rack=6)
    assert "48U of 42U" in error.problem
    assert "5 hosts" in error.cure
    error = refusal({"hosts": 64}, types=H100, rack_power_w=10_000.0)
    assert "10.2 kW in a rack of 10.0 kW" in error.problem


def test_a_port_that_does_not_split_as_asked_is_refused_by_name() -> None:
    """Two ports of 200G to each NIC: the cages of a DGX B300 split by two only."""
    with pytest.raises(EditError) as caught:
        draw("dual-tor", {"hosts": 128}, types={"host": "nvidia-dgx-b300", "switch": "nvidia-sn5600"})
    assert caught.value.problem == "osfp1 of DGX B300 splits by 2, not by 4: 200 Gbit/s is needed"
    assert caught.value.where == "segment-1/h001"
    assert "DGX B300" not in caught.value.cure


def test_what_no_feed_can_help_is_a_note() -> None:
    """Five of six supplies: whatever number of sources there is, one of them carries more than one."""
    types = {**H100, "host": "nvidia-dgx-b200"}
    project, laid = draw("rail-optimised", {"hosts": 32}, types=types)
    assert laid.notes == ("DGX B200 needs 5 of 6 supplies: no source may be lost",)
    assert set(project.sources) == {"A", "B", "C"}


def test_the_power_limit_of_a_rack_is_kept() -> None:
    project, _ = draw("rail-optimised", {"hosts": 32}, types=H100, rack_power_w=25_000.0)
    evaluation = evaluate(project)
    assert serious(project, evaluation) == []
    hosts = Counter(d.block for d in project.every("devices") if d.type == "nvidia-dgx-h100")
    assert set(hosts.values()) == {2}


def test_a_floor_that_is_not_empty_is_refused() -> None:
    project, _ = draw("rail-optimised", {"hosts": 32}, types=H100)
    edit = Edit(project, "Again")
    with pytest.raises(EditError, match="floor is not empty"):
        draw_hall(edit, LIBRARY, generate("rail-optimised", {"hosts": 32}), Hall(types=H100), project.top)


def test_hosts_in_rack_a_rack_are_counted_from_below() -> None:
    project = read_template("rack-nvl72-gb300")
    rack = next(b.id for b in project.blocks.values() if b.kind == "rack")
    names = [project.devices(rack)[device].name for device in hosts_in_rack(project, rack)]
    assert names == [f"ct-{n:02}" for n in range(1, 19)]
