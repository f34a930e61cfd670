"""What planned cords do to PDUs, banks and lines, before they are laid: as the engine has it afterwards."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.laying.cord_laying import lay_cords
from core.editing.laying.cord_plan import Choice, CordPlan
from core.editing.laying.cord_schemes import SCHEMES
from core.engine.evaluation import evaluate
from core.explore.cord_loads import CordLoad, CordLoads, cord_loads, snapshot_of
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from tests.editing.laying.cord_racks import LIBRARY, hall, racks


def weighed(project: Project, choice: Choice | None = None) -> tuple[Edit, CordPlan, CordLoads]:
    edit = Edit(project, "Cord")
    plan = lay_cords(edit, LIBRARY, project.top, racks(project), choice)
    return edit, plan, cord_loads(snapshot_of(project), snapshot_of(edit), plan)


def of_pdu(loads: CordLoads, pdu: str) -> dict[str, CordLoad]:
    return {load.part: load for load in loads.loads if load.path.endswith(f"/{pdu}")}


def test_each_of_three_pdus_carries_a_third_and_half_when_one_is_lost() -> None:
    """Four nodes of 10.2 kW: 13.6 kW on each, 20.4 kW with one of the others lost."""
    _, _, loads = weighed(hall())
    for pdu in ("p0", "p1", "p2"):
        (load,) = of_pdu(loads, pdu).values()
        assert (load.before, load.after, load.rated) == (0, pytest.approx(13_600), 34_500)
        assert load.worst == pytest.approx(20_400)
        assert load.case.startswith(("source", "side"))
    assert [(s.path, s.after, s.worst) for s in loads.sources] == [
        (name, pytest.approx(13_600), pytest.approx(20_400)) for name in "ABC"
    ]
    assert loads.over == ()


def test_lines_and_banks_by_hand() -> None:
    """Supplies of 1.7 kW between lines of 415 V take 4.096 A through the breaker of their bank."""
    _, plan, loads = weighed(hall(pdu="apc-ap8868"))
    each = 1700 / (415 / math.sqrt(3))
    found = of_pdu(loads, "p0")
    placed = [cord for cord in plan.cords if cord.feeder.endswith("/p0")]
    for name in {cord.bank for cord in placed}:
        count = sum(cord.bank == name for cord in placed)
        assert found[name].unit == "A"
        assert found[name].after == pytest.approx(count * each * _factor(placed[0].leg), rel=1e-6)
        assert found[name].worst == pytest.approx(1.5 * found[name].after)


def _factor(leg: str) -> float:
    """Return the current of a load on a leg for each ampere to neutral."""
    return 1.0 if leg.endswith("N") else 1 / math.sqrt(3)


def test_a_pdu_over_its_rating_without_another_is_found() -> None:
    """Two PDUs of 22 kW for 40.8 kW: each holds half, neither holds all."""
    _, _, loads = weighed(hall(sources="AB", pdus=2, pdu="apc-apdu10350sw"))
    over = [load for load in loads.over if not load.part]
    assert {load.path.rpartition("/")[2] for load in over} == {"p0", "p1"}
    assert [load.worst for load in over] == pytest.approx([40_800, 40_800])


def test_cords_are_ordered_in_stocked_lengths() -> None:
    _, plan, loads = weighed(hall())
    cords = [cord for cord in plan.cords if cord.feeder]
    assert len(cords) == 24
    for cord in cords:
        ordered = loads.ordered[cord.at]
        assert ordered.name == "Power cord, C19 outlet to C20 inlet, 16 A"
        assert 0.5 <= ordered.length_m <= 5


@given(
    sources=st.sampled_from(["", "A", "AB", "ABC", "ABCD"]),
    pdus=st.integers(1, 4),
    nodes=st.integers(1, 4),
    copies=st.integers(1, 2),
    pdu=st.sampled_from(["generic-pdu-415v-60a", "apc-ap8888", "apc-ap8868", "apc-apdu10350sw"]),
    taps=st.sampled_from(["", "AB"]),
    scheme=st.sampled_from(list(SCHEMES)),
)
def test_what_is_said_to_hold_holds(sources, pdus, nodes, copies, pdu, taps, scheme):
    """No PDU, bank or line is over its rating with any source lost if the plan says that none is."""
    taps = "".join(each for each in taps if each in sources)
    project = hall(sources, pdus, nodes, copies, pdu, taps=taps)
    edit, plan, loads = weighed(project, Choice(scheme=scheme))
    History(project).commit(edit.change())
    of = evaluate(project)
    rows = {of.snapshot.flat.device_row(path): path for path in plan.feeders}
    over = {load.path for load in loads.loads if load.is_over and not load.part}
    banks_over = {(load.path, load.part) for load in loads.loads if load.is_over and load.part}
    for row, path in rows.items():
        whole = next(load for load in loads.loads if load.path == path and not load.part)
        assert whole.after == pytest.approx(float(of.power.normal.device_through_w[row]))
        assert whole.worst >= float(of.power.passing_worst_w[row]) - 1e-6
        if path not in over:
            assert not float(of.power.passing_worst_w[row]) > whole.rated * (1 + 1e-9)
    phases = of.phases
    for k, (device, name) in enumerate(zip(phases.bank_device.tolist(), phases.bank_name, strict=True)):
        if device in rows and (rows[device], name) not in banks_over:
            assert phases.bank_worst_a[k] <= phases.bank_rated_a[k] * (1 + 1e-9)
    for k, device in enumerate(phases.device.tolist()):
        lines = {load.part: load for load in loads.loads if load.path == rows.get(device)}
        for line, amperes in zip(("L1", "L2", "L3"), phases.worst_a[k], strict=False):
            assert device not in rows or lines[line].worst >= amperes - 1e-9
    # One PDU lost at a time is no worse than what is said, where each is a side of its own.
    if len({cord.side for cord in plan.cords if cord.feeder}) == len(plan.feeders):
        worst = of.outages.device_worst_w
        for row, path in rows.items():
            whole = next(load for load in loads.loads if load.path == path and not load.part)
            assert np.isclose(whole.worst, worst[row]) or whole.worst >= worst[row]
