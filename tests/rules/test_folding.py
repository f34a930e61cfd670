"""Findings of copies fold into one, at the lowest block that holds the cause."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.engine.evaluation import Evaluator
from core.model.records import Block, Device, Instance, Override
from core.rules.checking import Checker, check_design
from core.rules.finding import Finding, Report
from core.rules.folding import MOST_SUBJECTS
from tests.rules.fixtures import FIXTURES
from tests.rules.plan import Plan


def units(count: int, racks: int) -> Plan:
    """A hall of units of racks, without links between racks; the leafs are not fed."""
    plan = Plan()
    plan.drop("links", "h", "x1")
    plan.tables["areas"].clear()
    plan.put("blocks", Block(id="su", name="Unit", kind="floor"))
    for k in (1, 2):
        plan.drop("instances", "h", f"r{k}")
    for k in range(racks):
        plan.put("instances", Instance(block="su", id=f"r{k}", name=f"R{k}", of="r", x_mm=600 * k))
    for k in range(count):
        plan.put("instances", Instance(block="h", id=f"u{k}", name=f"U{k}", of="su", y_mm=5000 * k))
    plan.change("fabrics", "", "f", role="other")
    plan.change("devices", "r", "s1", feeds={})
    return plan


def the(report: Report, rule: str) -> Finding:
    (finding,) = report.of(rule)
    return finding


def test_copies_on_two_levels_are_one_finding() -> None:
    finding = the(check_design(units(4, 3).project()), "power.unfed")
    assert (finding.block, finding.subjects, finding.count) == ("r", ("s1",), 12)
    assert finding.examples == ("u0/r0/s1", "u0/r1/s1", "u0/r2/s1")
    assert finding.message.startswith("Rack / leaf-1: ")


def test_a_hall_of_many_racks_has_one_row() -> None:
    plan = units(48, 24)
    for name in "AB":
        plan.change("sources", "", name, capacity_w=10e6)
    report = check_design(plan.project())
    assert [(f.rule, f.count) for f in report.findings] == [("power.unfed", 1152)]


def test_absent_copies_do_not_count() -> None:
    plan = units(4, 3)
    plan.put("overrides", Override(block="h", id="o1", path="u1", absent=True))
    plan.put("overrides", Override(block="su", id="o2", path="r2", absent=True))
    plan.put("overrides", Override(block="h", id="o3", path="u0/r0/s1", absent=True))
    finding = the(check_design(plan.project()), "power.unfed")
    assert (finding.block, finding.subjects, finding.count) == ("r", ("s1",), 5)
    assert finding.examples[0] == "u0/r1/s1"


def test_absent_things_of_a_rack_block_do_not_clash() -> None:
    plan = Plan()
    FIXTURES["space.clash"].spoil(plan)
    plan.put("overrides", Override(block="h", id="o1", path="r1/n2", absent=True))
    finding = the(check_design(plan.project()), "space.clash")
    assert (finding.count, finding.examples) == (1, ("r2/n1",))
    plan.put("overrides", Override(block="r", id="o2", path="n2", absent=True))
    assert check_design(plan.project()).of("space.clash") == ()


def test_absent_rack_does_not_overlap() -> None:
    plan = Plan()
    FIXTURES["space.floor_overlap"].spoil(plan)
    plan.put("overrides", Override(block="h", id="o1", path="r2", absent=True))
    assert check_design(plan.project()).of("space.floor_overlap") == ()


def test_a_cause_above_is_named_from_above() -> None:
    """Leafs fed by links of the hall: those of two racks are not; the finding belongs to the hall."""
    plan = units(2, 2)
    pdu = [Device(block="h", id=f"p{k}", type="pdu", feeds={"inlet": "A"}, x_mm=9000) for k in range(2)]
    plan.pdu()
    plan.drop("devices", "r", "p1")
    plan.drop("links", "r", "c1")
    plan.change("devices", "r", "n1", feeds={"psu1": "A", "psu2": "B"})
    for device in pdu:
        plan.put("devices", device)
    plan.link("h", "c1", "p0", "c13-1", "u0/r1/s1", "psu1", layer="power")
    plan.link("h", "c2", "p1", "c13-1", "u1/r0/s1", "psu1", layer="power")
    finding = the(check_design(plan.project()), "power.unfed")
    assert (finding.block, finding.subjects) == ("h", ("u0/r0/s1", "u1/r1/s1"))
    assert finding.count == 2


def test_a_cause_in_the_middle_is_named_from_the_middle() -> None:
    """In every unit the leaf of the same rack is not fed: one finding in the unit."""
    plan = units(3, 2)
    plan.pdu()
    plan.drop("devices", "r", "p1")
    plan.drop("links", "r", "c1")
    plan.change("devices", "r", "n1", feeds={"psu1": "A", "psu2": "B"})
    plan.put("devices", Device(block="su", id="p0", type="pdu", feeds={"inlet": "A"}))
    plan.link("su", "c1", "p0", "c13-1", "r1/s1", "psu1", layer="power")
    finding = the(check_design(plan.project()), "power.unfed")
    assert (finding.block, finding.subjects, finding.count) == ("su", ("r0/s1",), 3)


def test_many_subjects_are_capped_but_counted() -> None:
    plan = Plan()
    plan.room(-5000, -5000, -4000, 15_000)
    for k in range(100):
        plan.put("instances", Instance(block="h", id=f"q{k}", of="r", x_mm=600 * k + 1200, y_mm=2000))
    finding = the(check_design(plan.project()), "space.outside_room")
    assert len(finding.subjects) == MOST_SUBJECTS


def test_what_is_not_built_is_not_checked() -> None:
    plan = Plan()
    plan.put("blocks", Block(id="spare", name="Spare", kind="rack", rack_type="rack"))
    plan.put("devices", Device(block="spare", id="n1", type="node", half_u=80))
    assert check_design(plan.project()).findings == ()


def test_a_rack_alone_can_be_the_top() -> None:
    plan = Plan()
    for table in ("areas", "instances"):
        plan.tables[table].clear()
    plan.drop("links", "h", "x1")
    plan.change("settings", "", "top", value="r")
    plan.change("devices", "r", "s1", feeds={})
    plan.change("blocks", "", "r", power_limit_w=1000)
    report = check_design(plan.project())
    assert {(f.rule, f.block, f.subjects) for f in report.findings} == {
        ("power.unfed", "r", ("s1",)),
        ("power.rack_over_limit", "r", ()),
    }


names = st.sampled_from(sorted(n for n in FIXTURES if not n.startswith("requirement.")))


@given(
    faults=st.lists(names, min_size=1, max_size=4, unique=True),
    absent=st.lists(st.sampled_from(["r1", "r2", "r1/n1", "r2/s1", "r1/s1"]), max_size=2, unique=True),
    turns=st.tuples(st.sampled_from([0, 90, 180, 270]), st.booleans()),
)
def test_paths_resolve_and_keys_are_unique_whatever_is_wrong(
    faults: list[str], absent: list[str], turns: tuple[int, bool]
) -> None:
    plan = Plan()
    for name in faults:
        try:
            FIXTURES[name].spoil(plan)
        except KeyError:  # an earlier fault took away what this one changes
            continue
    plan.change("instances", "h", "r2", rotation=turns[0], mirrored=turns[1])
    for k, path in enumerate(absent):
        plan.put("overrides", Override(block="h", id=f"absent{k}", path=path, absent=True))
    try:
        project = plan.project()
    except (AssertionError, KeyError):
        return  # two faults that contradict each other
    evaluator, checker = Evaluator(project), Checker(project)
    report = checker.check(evaluator.evaluate())
    keys = [finding.key for finding in report.findings]
    assert len(keys) == len(set(keys))
    for finding in report.findings:
        assert finding.count >= 1
        assert finding.block in project.blocks
        for path in finding.subjects:
            assert project.resolve(finding.block, path) is not None
        for path in finding.examples:
            ground = {**project.areas(project.top), **project.rows("pathways", project.top)}
            assert path == "" or path in ground or project.resolve(project.top, path) is not None
    assert checker.check(evaluator.evaluate()) == report
