"""Units used in racks."""

from __future__ import annotations

from core.engine.evaluation import Evaluation, evaluate
from core.model.project import Project
from tests.engine.designs import Design


def used_u(design: Design) -> list[float]:
    return [float(u) / 2 for u in evaluated(design).space.rack_used_hu]


def evaluated(design: Design) -> Evaluation:
    return design.evaluate()


def one_rack() -> Design:
    design = Design()
    design.rack("r")
    design.place("r", "r1")
    return design


def test_units_add_up() -> None:
    design = one_rack()
    design.device("r", "server", 1)
    design.device("r", "server", 9)
    design.device("r", "switch", 42)
    assert used_u(design) == [17.0]  # 8 + 8 + 1
    assert evaluated(design).space.total_u == 42


def test_front_and_rear_share_their_units() -> None:
    design = one_rack()
    design.device("r", "switch", 10)
    design.device("r", "switch", 10, face="rear")
    design.device("r", "switch", 11, face="rear")
    assert used_u(design) == [2.0]


def test_half_units_count_as_halves() -> None:
    design = one_rack()
    design.device("r", "panel", 5)
    design.device("r", "panel", 5.5)
    design.device("r", "panel", 7.5)
    assert used_u(design) == [1.5]


def test_half_width_devices_share_a_unit() -> None:
    design = one_rack()
    design.device("r", "half", 3, side="left")
    design.device("r", "half", 3, side="right")
    design.device("r", "half", 4, side="left")
    assert used_u(design) == [2.0]


def test_zones_floor_and_absent_do_not_count() -> None:
    design = one_rack()
    design.device("r", "pdu", zone="left")
    gone = design.device("r", "server", 1)
    design.device("hall", "cdu")
    design.override(f"r1/{gone}", absent=True)
    assert used_u(design) == [0.0]


def test_what_reaches_out_of_the_rack_counts_to_its_edge() -> None:
    design = one_rack()
    design.device("r", "server", 40)  # units 40 to 47 of 42
    assert used_u(design) == [3.0]


def test_open_units_are_counted_in_their_own_rack() -> None:
    design = one_rack()
    design.rack("o", "or3")
    design.place("o", "o1", x_mm=700)
    design.device("o", "sled", 1)
    design.device("r", "server", 1)
    space = evaluated(design).space
    rows = evaluated(design).snapshot.rack_type
    names = [evaluated(design).snapshot.specs.rack_types[k].id for k in rows]
    assert dict(zip(names, space.rack_used_hu.tolist(), strict=True)) == {"rack": 16, "or3": 4}
    assert dict(zip(names, space.rack_total_hu.tolist(), strict=True)) == {"rack": 84, "or3": 88}


def test_an_absent_rack_has_no_units() -> None:
    design = one_rack()
    design.override("r1", absent=True)
    assert evaluated(design).space.total_u == 0


def test_a_rack_block_can_be_evaluated_by_itself() -> None:
    design = one_rack()
    design.device("r", "server", 1)
    snap = design.evaluator.snapshot("r")
    assert design.evaluator.evaluate(snap).space.used_u == 8
    assert snap.rack_path(0) == ""


def test_an_empty_project_has_nothing() -> None:
    empty = evaluate(Project())
    assert empty.space.total_u == 0
    assert empty.quantities["power_max_w"].value == 0


def test_reserved_units_are_neither_used_nor_free() -> None:
    from core.editing.reserve import reserve
    from core.model.change import Edit
    from core.model.history import History

    design = one_rack()
    design.place("r", "r2")
    design.device("r", "server", 1)
    before = evaluated(design)
    edit = Edit(design.project, "Reserve")
    reserve(edit, "r", 20, 28, "later")
    History(design.project).commit(edit.change())
    after = evaluated(design)
    assert after.space.rack_reserved_hu.tolist() == [8, 8]
    assert after.space.rack_free_hu.tolist() == [84 - 16 - 8] * 2
    assert after.space.reserved_u == 8
    assert after.space.used_u == before.space.used_u == 16
    assert (after.mass.total_kg, after.power.total_max_w) == (before.mass.total_kg, before.power.total_max_w)
    assert (after.cost.low_usd, after.cost.high_usd) == (before.cost.low_usd, before.cost.high_usd)
