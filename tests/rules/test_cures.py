"""Each cure takes its finding away, brings no other, and is one step that undo takes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from core.catalogue.library import Library
from core.engine.evaluation import Evaluator
from core.errors import EditError
from core.files.project_file import encode
from core.model.change import Edit
from core.model.history import History
from core.model.records import Device, End, Override, PowerSource
from core.model.types import DeviceType, PortGroup
from core.rules.checking import Checker
from core.rules.cures.cure import Known, cures, fix, fix_all
from core.rules.finding import Report
from core.rules.rule import rules
from tests.rules.fixtures import FIXTURES
from tests.rules.plan import BOTH, LIQUID, NODE, PDU, Plan, psu


class Bench:
    """A design that is checked, mended and checked again."""

    def __init__(self, plan: Plan, library: Library | None = None) -> None:
        self.project = plan.project()
        self.library = library
        self.history = History(self.project)
        self.check()

    def check(self) -> Report:
        self.evaluation = Evaluator(self.project).evaluate()
        self.report = Checker(self.project, self.library).check(self.evaluation)
        return self.report

    @property
    def known(self) -> Known:
        return Known(self.evaluation, self.library or Library({}))

    def mend(self, rule: str) -> Edit:
        """Fix the one finding of a rule."""
        (finding,) = self.report.of(rule)
        edit = Edit(self.project, cures()[rule].label)
        fix(edit, finding, self.known)
        assert self.history.commit(edit.change())
        return edit


def newer_library(name: str) -> Library | None:
    newer = {spec.id: msgspec.structs.replace(spec, version=2) for spec in FIXTURES[name].newer}
    return Library(newer) if newer else None


def spoilt(name: str) -> tuple[Plan, Library | None]:
    plan = Plan()
    FIXTURES[name].spoil(plan)
    return plan, newer_library(name)


def second_side(plan: Plan) -> None:
    """A PDU of side A that feeds one inlet of the node, and one of side B that feeds nothing yet."""
    plan.pdu()
    plan.change("devices", "r", "n1", feeds={})
    plan.put("devices", Device(block="r", id="p2", name="pdu-2", type="pdu", zone="left", place=1,
                               feeds={"inlet": "B"}))  # fmt: skip


def both_cords_on_one_side(plan: Plan) -> None:
    second_side(plan)
    plan.link("r", "c2", "p1", "c19-2", "n1", "psu2", layer="power")


def four_supplies(plan: Plan, fed: str) -> None:
    """A node with four supplies of which it needs two, fed as in `fed`: a source for each inlet."""
    plan.retype("node", ports=(NODE.ports[0], psu(4, "C20")), supplies_fitted=4, supplies_needed=2)
    plan.change("devices", "r", "n1", feeds={f"psu{k}": source for k, source in enumerate(fed, 1)})


def cord_in_the_wrong_voltage(plan: Plan) -> None:
    """The PDU has outlets of 120 V as well, and the cord is in one of them."""
    plan.pdu()
    low = PortGroup(name="low", layer="power", direction="out", connector="C19", phases=1,
                    voltage_low_v=100, voltage_high_v=120)  # fmt: skip
    plan.retype("pdu", ports=(*PDU.ports, low))
    plan.link("r", "c1", "p1", "low", "n1", "psu1", layer="power")


def manifold(plan: Plan, *couplings: str) -> None:
    """A manifold in the rack with couplings, each with a name of its own, on a CDU of the hall."""
    out = tuple(
        PortGroup(name=f"out{k}", layer="coolant", direction="out", connector=connector, fluid="PG25")
        for k, connector in enumerate(couplings, 1)
    )
    plan.use(DeviceType(id="manifold", name="Manifold", kind="manifold", zero_u=True, mass_kg=20, ports=out))
    plan.put("devices", Device(block="r", id="m1", name="manifold", type="manifold", zone="left"))


def hose_on_the_wrong_coupling(plan: Plan) -> None:
    plan.retype("node", ports=(*NODE.ports, LIQUID))
    manifold(plan, "FD83", "UQD04")
    plan.link("r", "hose", "m1", "out1", "n1", "supply", layer="coolant")


def without_a_hose(plan: Plan) -> None:
    FIXTURES["cooling.unplumbed"].spoil(plan)
    manifold(plan, "FD83", "UQD04", "UQD04")
    plan.put("devices", Device(block="r", id="n2", name="node-2", type="node", half_u=30, feeds=BOTH))
    plan.link("r", "hose", "m1", "out2", "n2", "supply", layer="coolant")


OWN: dict[str, Callable[[Plan], None]] = {
    "cooling.connector": hose_on_the_wrong_coupling,
    "cooling.unplumbed": without_a_hose,
    "power.cord_pair": both_cords_on_one_side,
    "power.dies_with_source": both_cords_on_one_side,
    "power.inlet_voltage": cord_in_the_wrong_voltage,
    "power.supplies_short": lambda plan: four_supplies(plan, "AAAB"),
    "power.supplies_unfed": lambda plan: four_supplies(plan, "A"),
    "safety.redundancy": lambda plan: (plan.ask("redundancy", "2N"), both_cords_on_one_side(plan))[1],
}
"""Designs in which the cure can be done, where the fixture of the rule is one in which it cannot."""


@pytest.mark.parametrize("rule", sorted(cures()))
def test_the_finding_goes_and_no_other_comes_and_undo_takes_it_back(rule: str) -> None:
    plan, library = spoilt(rule)
    if rule in OWN:
        plan = Plan()
        OWN[rule](plan)
    bench = Bench(plan, library)
    before = bench.report
    data = encode(bench.project)
    bench.mend(rule)
    after = bench.check()
    assert [finding.message for finding in after.of(rule)] == []
    known = {finding.key for finding in before.findings}
    assert [finding.message for finding in after.findings if finding.key not in known] == []
    assert len(bench.history.undo_labels) == 1
    bench.history.undo()
    assert encode(bench.project) == data


REFUSED = {
    "cooling.connector": "m1 has no free socket that fits",
    "cooling.unplumbed": "its rack has no manifold",
    "power.cord_pair": "the rack has PDUs on one side only",
    "power.dies_with_source": "0.5 of 1 supplies",
    "power.inlet_voltage": "its source gives the wrong voltage",
    "power.supplies_short": "1 of 2 supplies",
}


@pytest.mark.parametrize("rule", sorted(REFUSED))
def test_what_cannot_be_fixed_says_why_and_changes_nothing(rule: str) -> None:
    bench = Bench(*spoilt(rule))
    (finding,) = bench.report.of(rule)
    edit = Edit(bench.project, "Fix")
    with pytest.raises(EditError, match=REFUSED[rule]) as caught:
        fix(edit, finding, bench.known)
    assert caught.value.cure
    left = fix_all(edit, [finding], bench.known)
    ((unfixed, reason),) = left.left
    assert unfixed is finding
    assert REFUSED[rule] in reason
    assert edit.change().deltas == ()


def test_a_rule_without_a_certain_cure_says_so() -> None:
    bench = Bench(*spoilt("power.overload"))
    (finding,) = bench.report.of("power.overload")
    with pytest.raises(EditError, match="nothing is certain"):
        fix(Edit(bench.project, "Fix"), finding, bench.known)


def test_cures_are_of_rules_that_there_are() -> None:
    assert set(cures()) <= set(rules())
    assert len(cures()) >= 12


def test_all_of_a_kind_in_one_step_leaves_what_cannot_be_done() -> None:
    """Three nodes without names, each of which gets another one."""
    plan = Plan()
    for k, half_u in enumerate((0, 30, 40), 1):
        plan.put(
            "devices", Device(block="r", id=f"n{k}", name=f"n{k}", type="node", half_u=half_u, feeds=BOTH)
        )
        plan.change("devices", "r", f"n{k}", name="")
    bench = Bench(plan)
    edit = Edit(bench.project, "Name by template")
    fixed = fix_all(edit, bench.report.of("data.unnamed"), bench.known)
    assert len(fixed.done) == 3
    assert fixed.left == ()
    assert bench.history.commit(edit.change())
    names = {device.name for device in bench.project.devices("r").values()}
    assert names == {"node-01", "node-02", "node-03", "leaf-1"}
    assert bench.check().of("data.unnamed") == ()


def test_spread_evenly_over_three_sides() -> None:
    """Six supplies of which four are needed: 3+3 fails, 2+2+2 holds."""
    plan = Plan()
    plan.use(PDU)
    plan.put("sources", PowerSource(id="C", name="C", voltage_v=415, capacity_w=100_000))
    for k, source in enumerate("ABC", 1):
        plan.put("devices", Device(block="r", id=f"p{k}", name=f"pdu-{k}", type="pdu", zone="left",
                                   place=k - 1, feeds={"inlet": source}))  # fmt: skip
    plan.retype("node", ports=(NODE.ports[0], psu(6, "C20")), supplies_fitted=6, supplies_needed=4)
    plan.change("devices", "r", "n1", feeds={})
    for k in range(6):
        pdu, outlet = f"p{1 + k % 2}", f"c19-{1 + k // 2}"
        plan.link("r", f"c{k}", pdu, outlet, "n1", f"psu{k + 1}", layer="power")
    bench = Bench(plan)
    bench.mend("power.supplies_short")
    assert bench.check().of("power.supplies_short") == ()
    cords = Counter(end.path for link in bench.project.links("r").values() if link.layer == "power"
                    for end in (link.a, link.b) for _ in end.ports)  # fmt: skip
    assert cords == {"n1": 6, "p1": 2, "p2": 2, "p3": 2}


def test_a_pdu_that_has_not_the_power_left_is_not_taken() -> None:
    plan = Plan()
    both_cords_on_one_side(plan)
    plan.use(msgspec.structs.replace(PDU, id="small", rated_w=500))
    plan.change("devices", "r", "p2", type="small")
    bench = Bench(plan)
    (finding,) = bench.report.of("power.cord_pair")
    with pytest.raises(EditError, match="pdu-2 has not the power left that node-1 draws"):
        fix(Edit(bench.project, "Fix"), finding, bench.known)


def test_a_fault_of_one_copy_is_not_mended_in_all() -> None:
    """The rack is drawn once and built twice; from the hall only its first copy is corded wrongly."""
    bench = Bench(*spoilt("power.unfed"))
    (finding,) = bench.report.of("power.unfed")
    at_hall = replace(finding, block="h", subjects=("r1/s1",), examples=("r1/s1",))
    with pytest.raises(EditError, match="not all 2 copies of 'Rack' have this"):
        fix(Edit(bench.project, "Fix"), at_hall, bench.known)


def test_two_swapped_cables_are_swapped_back() -> None:
    """Rails as in `network.off_rail`, but with both cables of a host exchanged: one exchange mends both."""
    plan = Plan()
    FIXTURES["network.off_rail"].spoil(plan)
    wrong = plan.tables["links"]["h", "x51"]
    host = wrong.a.path  # type: ignore[attr-defined]
    plan.drop("links", "h", "x51")
    plan.drop("links", "h", "x50")
    plan.link("h", "x50", host, "osfp1", "sp1/L1", "osfp5")
    plan.link("h", "x51", host, "osfp2", "sp1/L0", "osfp5")
    bench = Bench(plan)
    assert len(bench.report.of("network.off_rail")[0].subjects) == 2
    bench.mend("network.off_rail")
    assert bench.check().of("network.off_rail") == ()
    leafs = {name: bench.project.links("h")[name].b for name in ("x50", "x51")}
    assert leafs == {"x50": End("sp1/L0", ("osfp5",)), "x51": End("sp1/L1", ("osfp5",))}


def test_a_length_pinned_on_one_copy_only_goes_there_only() -> None:
    """The link of the rack drawing is pinned short in the first rack, and well in the second."""
    plan = Plan()
    plan.put("overrides", Override(block="h", id="o1", path="r1/l1", length_m=0.5))
    plan.put("overrides", Override(block="h", id="o2", path="r2/l1", length_m=3.0))
    bench = Bench(plan)
    bench.mend("cabling.too_short")
    assert bench.check().of("cabling.too_short") == ()
    assert [override.id for override in bench.project.overrides("h").values()] == ["o2"]
