"""Waivers, severities, and doing only what an edit made necessary."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from core.engine.evaluation import Evaluator
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Block, Instance, Setting, Waiver
from core.rules.checking import Checker, check_design
from core.rules.finding import Severity
from core.rules.rule import rules
from tests.rules.fixtures import FIXTURES
from tests.rules.plan import Plan


def short(value: float | None, **fields: Any) -> Plan:
    """The rack is 300 W above its limit of 2 kW; waived at a value."""
    plan = Plan()
    FIXTURES["power.rack_over_limit"].spoil(plan)
    waiver = Waiver(block="r", id="w1", rule="power.rack_over_limit", value=value, author="A. Miller",
                    date="2026-11-22", reason="Diversity agreed with the site")  # fmt: skip
    plan.put("waivers", msgspec.structs.replace(waiver, **fields))
    return plan


def test_waiver_takes_a_finding_out_and_is_reported() -> None:
    report = check_design(short(2300).project())
    assert report.findings == ()
    (waived,) = report.waived
    assert waived.waived
    assert waived.waiver is not None
    assert (waived.waiver.author, waived.waiver.reason) == ("A. Miller", "Diversity agreed with the site")
    assert report.idle_waivers == ()


def test_waiver_without_a_value_covers_any() -> None:
    assert check_design(short(None).project()).errors == 0


def test_waiver_holds_when_it_gets_better() -> None:
    plan = short(2300)
    plan.retype("leaf", power_max_w=250)
    assert check_design(plan.project()).errors == 0


def test_waiver_reopens_when_it_gets_worse() -> None:
    plan = short(2300)
    plan.retype("leaf", power_max_w=400)
    report = check_design(plan.project())
    (finding,) = report.findings
    assert finding.reopened
    assert not finding.waived
    assert finding.waiver is not None
    assert report.waived == ()


@pytest.mark.parametrize(("waived", "open_"), [(600, 0), (500, 0), (700, 1)])
def test_less_room_is_worse(waived: float, open_: int) -> None:
    plan = Plan()
    FIXTURES["space.rear_clearance"].spoil(plan)
    plan.put("waivers", Waiver(block="h", id="w", rule="space.rear_clearance", subjects=("r2", "r1"),
                               value=waived, author="B", reason="Existing row"))  # fmt: skip
    assert check_design(plan.project()).warnings == open_


@pytest.mark.parametrize(("volts", "open_"), [(480, 0), (520, 1)])
def test_farther_from_the_window_is_worse(volts: float, open_: int) -> None:
    plan = Plan()
    plan.retype(
        "leaf", ports=tuple(msgspec.structs.replace(p, voltage_high_v=None) for p in leaf_ports(plan))
    )
    for name in "AB":
        plan.change("sources", "", name, voltage_v=volts)
    plan.put("waivers", Waiver(block="r", id="w", rule="power.inlet_voltage", subjects=("n1",),
                               value=480 / 3**0.5, author="C", reason="Supplies rated 277 V"))  # fmt: skip
    assert check_design(plan.project()).errors == open_


def leaf_ports(plan: Plan) -> Any:
    return plan.tables["types"]["", "leaf"].spec.ports  # type: ignore[attr-defined]


@pytest.mark.parametrize("fields", [{"block": "h"}, {"rule": "power.unfed"}, {"subjects": ("n1",)}])
def test_waiver_of_something_else_is_idle(fields: dict[str, Any]) -> None:
    report = check_design(short(2300, **fields).project())
    assert report.errors == 1
    assert len(report.idle_waivers) == 1


def test_severity_of_a_project() -> None:
    plan = short(1.0, rule="power.unfed")
    plan.put("settings", Setting(id="rule.power.rack_over_limit", value="info"))
    report = check_design(plan.project())
    assert (report.errors, report.infos) == (0, 1)
    assert report.severities["power.rack_over_limit"] is Severity.INFO


def test_a_rule_switched_off_is_listed() -> None:
    plan = short(1.0, rule="power.unfed")
    plan.put("settings", Setting(id="rule.power.rack_over_limit", value="off"))
    plan.put("settings", Setting(id="rule.power.unfed", value="loud"))
    report = check_design(plan.project())
    assert report.findings == ()
    assert report.off == ("power.rack_over_limit",)
    assert report.severities["power.unfed"] is Severity.ERROR


def test_findings_are_sorted_by_severity_then_rule() -> None:
    plan = Plan()
    for name in ("mass.unknown", "space.depth", "power.supplies_short", "power.unfed"):
        FIXTURES[name].spoil(plan)
    found = [f.rule for f in check_design(plan.project()).findings]
    assert found == ["power.unfed", "space.depth", "power.supplies_short", "mass.unknown"]


class Bench:
    """A project checked again after each change."""

    def __init__(self, plan: Plan) -> None:
        self.project = plan.project()
        self.evaluator, self.checker = Evaluator(self.project), Checker(self.project)
        self.check()

    def check(self) -> float:
        evaluation = self.evaluator.evaluate()
        start = time.perf_counter()
        self.report = self.checker.check(evaluation)
        return time.perf_counter() - start

    def change(self, table: str, key: tuple[str, str], **fields: Any) -> set[str]:
        edit = Edit(self.project, "Change")
        edit.replace(table, key, **fields)
        self.project.apply(edit.change())
        self.check()
        assert self.report == check_design(self.project)
        return set(self.checker.ran)


def test_only_what_an_edit_touches_runs_again() -> None:
    bench = Bench(Plan())
    assert bench.checker.check(bench.evaluator.evaluate()) == bench.report
    assert bench.checker.ran == []
    renamed = bench.change("devices", ("r", "n1"), name="server")
    assert renamed <= {r.id for r in rules().values() if r.scope == "rack"}
    moved = bench.change("instances", ("h", "r2"), x_mm=700)
    assert "space.floor_overlap" in moved
    assert "power.unfed" not in moved
    assert "space.clash" not in moved


def test_names_in_messages_follow_a_rename() -> None:
    plan = Plan()
    FIXTURES["power.unfed"].spoil(plan)
    bench = Bench(plan)
    bench.change("devices", ("r", "s1"), name="top-of-rack")
    assert bench.report.findings[0].message.startswith("Rack / top-of-rack: ")
    bench.change("blocks", ("", "r"), name="Cabinet")
    assert bench.report.findings[0].message.startswith("Cabinet / top-of-rack: ")


def test_check_works_on_what_was_prepared_while_the_project_goes_on() -> None:
    plan = Plan()
    FIXTURES["power.unfed"].spoil(plan)
    project = plan.project()
    evaluator, checker = Evaluator(project), Checker(project)
    expected = check_design(project)
    snapshot, reading = evaluator.snapshot(), checker.prepare()
    edit = Edit(project, "Gone")
    for table, key in (("links", ("h", "x1")), ("links", ("r", "l1")), ("devices", ("r", "s1"))):
        edit.remove(table, key)
    project.apply(edit.change())
    with ThreadPoolExecutor(1) as pool:
        report = pool.submit(lambda: checker.check(evaluator.evaluate(snapshot), reading)).result()
    assert report == expected
    assert checker.check(evaluator.evaluate()) == check_design(project)


def test_empty_project() -> None:
    project = Project("empty")
    edit = Edit(project, "Top")
    edit.put("blocks", Block(id="h", name="Hall", kind="floor"))
    edit.put("settings", Setting(id="top", value="h"))
    project.apply(edit.change())
    assert check_design(project).findings == ()


def test_a_large_hall_is_checked_again_in_time() -> None:
    plan = Plan()
    plan.tables["areas"].clear()
    for k in range(1150):
        plan.put("instances", Instance(block="h", id=f"i{k:04}", of="r", x_mm=600 * (k % 48) + 1200,
                                       y_mm=2000 + 2700 * (k // 48)))  # fmt: skip
    bench = Bench(plan)
    spent = []
    for k in range(3):
        edit = Edit(bench.project, "Move")
        edit.replace("instances", ("h", "r2"), x_mm=600 + k)
        bench.project.apply(edit.change())
        spent.append(bench.check())
    assert min(spent) < 0.3  # 0.1 s on a machine with nothing else to do
