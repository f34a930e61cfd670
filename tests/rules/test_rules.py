"""Every rule finds its own fault in a minimal design, and nothing else."""

from __future__ import annotations

import msgspec
import pytest

from core.catalogue.library import Library
from core.engine.evaluation import Evaluator
from core.model.project import Project
from core.model.records import Area, PowerSource
from core.rules.checking import Checker
from core.rules.finding import Report, Severity
from core.rules.rule import rules
from tests.rules.fixture import Fixture
from tests.rules.fixtures import FIXTURES
from tests.rules.plan import NODE, Plan, psu
from tests.rules.shelves import shelves

SERIOUS = (Severity.ERROR, Severity.WARNING)


def checked(project: Project, library: Library | None = None) -> Report:
    return Checker(project, library).check(Evaluator(project).evaluate())


def report_on(fixture: Fixture) -> Report:
    plan = Plan()
    fixture.spoil(plan)
    newer = {spec.id: msgspec.structs.replace(spec, version=2) for spec in fixture.newer}
    return checked(plan.project(), Library(newer) if newer else None)


def test_every_rule_has_a_fixture() -> None:
    assert set(FIXTURES) == set(rules())
    assert len(rules()) >= 25


@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_rule_finds_exactly_its_fault(name: str) -> None:
    fixture, rule = FIXTURES[name], rules()[name]
    report = report_on(fixture)
    mine = [f for f in report.findings if f.rule == name]
    others = [f.message for f in report.findings if f.rule != name and f.severity in SERIOUS]
    assert others == []
    assert len(mine) == 1, [f.message for f in mine]
    finding = mine[0]
    assert finding.key == (name, fixture.block, fixture.subjects)
    assert finding.severity is rule.severity
    assert finding.value == pytest.approx(fixture.value)
    assert finding.limit == pytest.approx(fixture.limit)
    assert finding.count == fixture.count
    assert finding.unit == rule.unit


@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_message_names_subjects_and_paths_resolve(name: str) -> None:
    plan = Plan()
    FIXTURES[name].spoil(plan)
    project = plan.project()
    for finding in checked(project).findings:
        for path in finding.subjects:
            assert project.resolve(finding.block, path) is not None
        for path in finding.examples:
            drawn = {**project.areas(project.top), **project.rows("pathways", project.top)}
            assert path == "" or path in drawn or project.resolve(project.top, path) is not None
        if finding.subjects:
            record = project.resolve(finding.block, finding.subjects[0])
            named = finding.message.partition(":")[0]
            assert getattr(record, "name", "") in named
            assert getattr(record, "name", "") or record.id not in named.split()  # type: ignore[union-attr]
        assert "nan" not in finding.message.lower().split()


def test_clean_design_has_no_findings() -> None:
    report = checked(Plan().project())
    assert [f.message for f in report.findings] == []
    assert report.errors == report.warnings == report.infos == 0


def test_missing_facts_are_named_not_judged() -> None:
    plan = Plan()
    for source in "AB":
        plan.change("sources", "", source, voltage_v=None, capacity_w=None)
    plan.retype("node", depth_mm=None, inlet_max_c=None, supplies_needed=None)
    plan.retype("rack", load_max_kg=None)
    plan.ask("air_supply_c", 25)
    report = checked(plan.project())
    assert [f.message for f in report.findings] == []
    missing = {u.rule: u.missing for u in report.unchecked}
    assert missing["power.inlet_voltage"] == ("voltage of source A", "voltage of source B")
    assert missing["power.source_overload"] == ("capacity of source A", "capacity of source B")
    assert missing["space.depth"] == ("depth of Node",)
    assert missing["cooling.air_inlet"] == ("highest air inlet of Node",)
    assert missing["power.supplies_short"] == ("supplies needed by Node",)
    assert missing["mass.rack_load"] == ("static load of Rack",)


def test_help_texts_cite_their_source() -> None:
    for rule in rules().values():
        assert "Source:" in rule.help, rule.id
        assert rule.title
        assert rule.id.count(".") == 1


def test_two_faults_of_one_place_are_one_finding() -> None:
    plan = Plan()
    for k in (1, 2):
        points = ((100, 2100), (100 + 100 * k, 2100), (100 + 100 * k, 2300), (100, 2300))
        plan.put("areas", Area(block="h", id=f"k{k}", kind="column", points=points))
    (finding,) = checked(plan.project()).of("space.keep_out")
    assert finding.value == 200
    assert finding.message.endswith("(and 1 more such)")


@pytest.mark.parametrize(
    ("volts", "fine"), [(415, True), (240, True), (208, True), (400, True), (480, False)]
)
def test_voltage_line_to_line_or_to_neutral(volts: float, fine: bool) -> None:
    """A 200-240 V supply takes one leg of 400 or 415 V, both of 208 V, and none of 480 V (277 V)."""
    plan = Plan()
    for name in "AB":
        plan.change("sources", "", name, voltage_v=volts)
    assert (checked(plan.project()).of("power.inlet_voltage") == ()) is fine


def test_eight_shelves_leave_132_kw_of_142_kw_when_a_side_is_lost() -> None:
    """Eight shelves of 33 kW as two sides, and a GB300 rack at its maximum of 142 kW."""
    plan = Plan()
    shelves(plan, 4 * 33_000)
    plan.retype("tray", power_max_w=142_000)
    plan.retype("rack", power_limit_w=200_000)
    report = checked(plan.project())
    assert report.of("power.busbar_short") == ()
    (finding,) = report.of("power.busbar_short_after_loss")
    assert finding.value == pytest.approx(10_000)


def test_a_room_may_have_corners() -> None:
    """An L-shaped room: the second rack stands where it is cut out."""
    plan = Plan()
    points = ((-5000, -5000), (5000, -5000), (5000, 2500), (900, 2500), (900, 15_000), (-5000, 15_000))
    plan.put("areas", Area(block="h", id="room", kind="room", points=points))
    (finding,) = checked(plan.project()).of("space.outside_room")
    assert finding.subjects == ("r2",)


def test_switch_mounted_with_its_ports_to_the_hot_aisle_is_no_finding() -> None:
    plan = Plan()
    plan.retype("leaf", airflow="rear-to-front")
    plan.change("devices", "r", "s1", face="rear")
    assert checked(plan.project()).of("cooling.airflow_direction") == ()


def test_dgx_with_five_of_six_supplies_on_two_sources_is_short() -> None:
    """Five of six 3.3 kW supplies needed: 3+3 leave 9.9 kW of 14.3 kW; three sources 2+2+2 leave four."""
    plan = Plan()
    plan.retype("node", ports=(NODE.ports[0], psu(6, "C20")), supplies_fitted=6, supplies_needed=5,
                supply_w=3300, power_max_w=14_300)  # fmt: skip
    plan.change("devices", "r", "n1", feeds={f"psu{k}": "AB"[k % 2] for k in range(1, 7)})
    (finding,) = checked(plan.project()).of("power.supplies_short")
    assert (finding.value, finding.limit) == (3, 5)
    assert "9.9 kW left of 14.3 kW" in finding.message
    plan.change("devices", "r", "n1", power_limit_w=9900)
    assert checked(plan.project()).of("power.supplies_short") == ()
    plan.change("devices", "r", "n1", power_limit_w=None)
    plan.retype("node", supplies_needed=4)
    plan.put("sources", PowerSource(id="C", name="C", voltage_v=415, capacity_w=100_000))
    plan.change("devices", "r", "n1", feeds={f"psu{k}": "ABC"[k % 3] for k in range(1, 7)})
    assert checked(plan.project()).of("power.supplies_short") == ()


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("pathways.fill", ("tray",)),
        ("pathways.load", ("tray",)),
        ("cooling.pipe_above_power", ("across", "busway")),
        ("mass.zone_load", ("z",)),
    ],
)
def test_findings_about_the_plan_lead_to_what_is_drawn(name: str, places: tuple[str, ...]) -> None:
    (finding,) = (f for f in report_on(FIXTURES[name]).findings if f.rule == name)
    assert finding.examples == places
