"""Supplies are corded: 2+2+2 holds, 3+3 does not, and nothing is plugged in twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.cabling.connect import connect
from core.editing.laying.cord_laying import lay_cords
from core.editing.laying.cord_plan import Choice, CordPlan, summary, verdicts
from core.editing.laying.cord_schemes import SCHEMES
from core.engine.evaluation import evaluate
from core.engine.outages import outages_of
from core.errors import EditError
from core.files.project_file import encode
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Device, Link
from tests.editing.laying.cord_racks import LIBRARY, NODE, hall, racks

PDUS = ("generic-pdu-415v-60a", "apc-ap8888", "apc-ap8868", "apc-apdu10350sw")
NODES = (NODE, "nvidia-dgx-b200", "dell-r760")


def laid(project: Project, choice: Choice | None = None, paths: list[str] | None = None) -> CordPlan:
    """Lay cords and commit them."""
    edit = Edit(project, "Cord")
    plan = lay_cords(edit, LIBRARY, project.top, paths or racks(project), choice)
    History(project).commit(edit.change())
    return plan


def said(project: Project, plan: CordPlan) -> list[str]:
    names = {source.id: source.name for source in project.sources.values()}
    return [each.words for each in verdicts(plan, names)]


def cords(project: Project) -> list[Link]:
    return [link for link in project.every("links") if link.layer == "power"]


def test_six_supplies_of_which_four_are_needed_hold_on_three_sources() -> None:
    project = hall()
    plan = laid(project)
    assert [(fate.pattern, fate.holds) for fate in plan.fates] == [("2+2+2", True)] * 4
    assert said(project, plan) == [
        "4 × DGX H100: 2+2+2 over A, B, C holds; 4 of 6 supplies left, 4 needed when any one is lost"
    ]
    (rack,) = project.instances(project.top).values()
    feeds = {d.name: d.feeds for d in project.devices(rack.of).values() if d.feeds}
    assert feeds == {"pdu-a": {"inlet": "A"}, "pdu-b": {"inlet": "B"}, "pdu-c": {"inlet": "C"}}
    assert sum(link.count for link in cords(project)) == 24
    assert {link.colour for link in cords(project)} == {"blue", "red", "green"}


def test_three_and_three_fail_and_the_words_say_so() -> None:
    project = hall(sources="AB", pdus=2)
    plan = laid(project)
    assert said(project, plan) == [
        "4 × DGX H100: 3+3 over A, B fails; without A or B 3 of 6 supplies are left, 4 needed"
    ]
    assert not any(fate.holds for fate in plan.fates)


def test_supplies_go_to_outlets_in_order_two_on_each_pdu() -> None:
    project = hall(nodes=1)
    plan = laid(project)
    node = [cord for cord in plan.cords if cord.inlet.startswith("psu")]
    assert [(cord.inlet, cord.outlet) for cord in node] == [
        ("psu1", "c19-1"), ("psu2", "c19-2"), ("psu3", "c19-1"), ("psu4", "c19-2"), ("psu5", "c19-1"),
        ("psu6", "c19-2"),
    ]  # fmt: skip
    assert {cord.cable.id for cord in node if cord.cable} == {"cord-c19-c20"}


def test_legs_and_banks_are_balanced() -> None:
    """24 supplies on three PDUs: eight on each, over six banks no more than two, over three legs 3+3+2."""
    project = hall(pdu="apc-ap8868")
    plan = laid(project)
    for pdu in {cord.feeder for cord in plan.cords if cord.feeder}:
        mine = [cord for cord in plan.cords if cord.feeder == pdu]
        banks, legs = Counter(c.bank for c in mine), Counter(c.leg for c in mine)
        assert max(banks.values()) - min(banks.values()) <= 1
        assert max(legs.values()) - min(legs.values()) <= 1


def test_without_pdus_the_sources_feed_straight() -> None:
    project = hall(pdus=0)
    plan = laid(project)
    assert cords(project) == []
    assert summary(plan) == "24 inlets fed straight from the sources"
    (rack,) = project.instances(project.top).values()
    for node in project.devices(rack.of).values():
        assert Counter(node.feeds.values()) == {"A": 2, "B": 2, "C": 2}


def test_only_what_is_drawn_may_be_asked_for() -> None:
    project = hall(pdus=0)
    before = encode(project)
    plan = laid(project, Choice(origin="drawn"))
    assert {cord.reason for cord in plan.cords} == {"no PDU is in its rack and no tap-off near it"}
    assert encode(project) == before


def test_a_source_of_another_voltage_feeds_nothing() -> None:
    project = hall(pdus=0)
    edit = Edit(project, "Medium voltage")
    for source in project.sources.values():
        edit.put("sources", msgspec.structs.replace(source, voltage_v=11_000))
    History(project).commit(edit.change())
    plan = laid(project)
    assert plan.cords[0].reason == "source A gives 11000 V, the inlet takes 200-240 V"
    assert plan.of("new") == ()


def test_misfits_are_listed_and_not_cabled() -> None:
    """Six C19 outlets on each of three PDUs: three nodes are fed, the fourth is not."""
    project = hall(pdu="apc-ap8865")
    plan = laid(project)
    reasons = Counter(cord.reason for cord in plan.of("misfit"))
    assert reasons["no free C19 outlet left on pdu-a (pdu-a)"] == 2
    assert reasons["source A gives 415 V, the inlet takes 208 V"] == 1
    assert sum(link.count for link in cords(project)) == 18


def test_tap_offs_feed_pdus_of_copies_and_the_cords_inside_are_drawn_once() -> None:
    """Four sources, six racks of one drawing: each pair of sources once, 120 of 144 cords in copies."""
    project = hall(sources="ABCD", pdus=2, copies=6, taps="ABCDABCD")
    plan = laid(project, Choice(scheme="pairs"))
    pairs = []
    for rack in racks(project):
        feeders = [cord for cord in plan.cords if cord.device.startswith(rack) and cord.inlet == "inlet"]
        pairs.append("".join(cord.side.name for cord in feeders if cord.side))
    assert sorted(pairs) == ["AB", "AC", "AD", "BC", "BD", "CD"]
    assert len(plan.of("copy")) == 5 * 24
    floor = [link for link in cords(project) if link.block == project.top]
    assert sum(link.count for link in floor) == 12
    of = evaluate(project)
    assert (of.power.normal.device_live[of.power.device_max_w > 0] == 6).all()
    # Each source carries as much, and with one lost each of the others takes a third of its load.
    normal = of.power.source_w(0)
    assert normal == pytest.approx([normal.mean()] * 4)
    assert of.power.source_w(1)[1:] == pytest.approx([normal[0] * 4 / 3] * 3)


def test_racks_of_one_drawing_cannot_rotate_straight_sources() -> None:
    plan = laid(hall(sources="ABCD", pdus=2, copies=3), Choice(scheme="pairs"))
    assert any(note.startswith("racks of one drawing take the same sources") for note in plan.notes)


def test_cords_that_are_there_stay_unless_all_are_replaced() -> None:
    project = hall(nodes=1)
    (rack,) = racks(project)
    block = project.instances(project.top)[rack].of
    (node,) = [d.id for d in project.devices(block).values() if d.type == NODE]
    edit = Edit(project, "By hand")
    connect(edit, project.top, f"{rack}/p2", ["c19-9"], f"{rack}/{node}", ["psu1"], colour="pink")
    History(project).commit(edit.change())
    plan = lay_cords(Edit(project, "Look"), LIBRARY, project.top, [rack])
    (kept,) = plan.of("kept")
    assert (kept.inlet, kept.outlet, kept.was) == ("psu1", "c19-9", "pdu-c c19-9")
    assert plan.fates[0].pattern == "2+2+2"
    colours = {cord.feeder[-2:]: cord.colour for cord in plan.of("new") if cord.feeder}
    assert colours == {"p0": "blue", "p1": "red", "p2": "pink"}
    again = lay_cords(Edit(project, "Look"), LIBRARY, project.top, [rack], Choice(replace=True))
    moved = next(cord for cord in again.cords if cord.inlet == "psu1")
    assert (moved.state, moved.outlet, moved.was) == ("new", "c19-1", "pdu-c c19-9")


def test_replacing_keeps_what_it_could_not_feed() -> None:
    project = hall()
    laid(project)
    before = encode(project)
    edit = Edit(project, "Medium voltage")
    for source in project.sources.values():
        edit.put("sources", msgspec.structs.replace(source, voltage_v=11_000))
    plan = lay_cords(edit, LIBRARY, project.top, racks(project), Choice(replace=True, origin="sources"))
    assert {cord.state for cord in plan.cords} == {"kept"}
    assert {cord.reason for cord in plan.cords if cord.side and cord.side.name == "B"} == {
        "source B gives 11000 V, the inlet takes 200-240 V",
        "source B gives 11000 V, the inlet takes 380-415 V",
    }
    assert encode(project) == before


def test_choosing_other_sources_shows_what_moves() -> None:
    project = hall()
    every = lay_cords(Edit(project, "Look"), LIBRARY, project.top, racks(project))
    two = lay_cords(Edit(project, "Look"), LIBRARY, project.top, racks(project), Choice(sides=("A", "B")))
    assert [side.name for side in two.offered] == ["A", "B", "C"]
    assert {cord.side.name for cord in two.cords if cord.side} == {"A", "B"}
    # psu3 from B to A, psu5 and psu6 from C to B, of each node; the PDUs b and c as well.
    assert len(two.moved(every)) == 4 * 3 + 2


def test_a_rack_on_a_busbar_needs_no_cords_and_that_is_said() -> None:
    project = hall(pdus=0, nodes=0)
    edit = Edit(project, "Tray")
    (rack,) = project.instances(project.top).values()
    tray = LIBRARY.get("nvidia-gb200-compute-tray")
    from core.editing.types import use_type

    use_type(edit, LIBRARY, tray.id)
    edit.put("devices", Device(block=rack.of, id="tray", type=tray.id, name="tray"))
    History(project).commit(edit.change())
    with pytest.raises(EditError, match=f"the busbar feeds 1 × {tray.name}: no cords needed"):
        laid(project)


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    return Choice(
        draw(st.sampled_from([None, ("A",), ("A", "B"), ("B", "C", "D")])),
        draw(st.sampled_from(list(SCHEMES))),
        draw(st.booleans()),
        draw(st.sampled_from(["nearest", "drawn", "sources"])),
    )


@given(
    sources=st.sampled_from(["", "A", "AB", "ABC", "ABCD"]),
    pdus=st.integers(0, 4),
    nodes=st.integers(1, 4),
    copies=st.integers(1, 3),
    pdu=st.sampled_from(PDUS),
    node=st.sampled_from(NODES),
    taps=st.sampled_from(["", "AB", "ABCABC", "ABCDABCD"]),
    steps=st.lists(choices(), min_size=1, max_size=3),
)
def test_whatever_is_asked_for(sources, pdus, nodes, copies, pdu, node, taps, steps):
    """No outlet twice; undo restores the file; the plan survives what the engine says it does."""
    taps = "".join(each for each in taps if each in sources)
    project = hall(sources, pdus, nodes, copies, pdu, node, taps)
    history, files = History(project), [encode(project)]
    plan = CordPlan()
    for choice in steps:
        edit = Edit(project, "Cord")
        plan = lay_cords(edit, LIBRARY, project.top, racks(project), choice)
        if history.commit(edit.change()):
            files.append(encode(project))
        assert_sound(project, plan)
    of = evaluate(project)
    assert_survives(of, plan)
    while history.undo_labels:
        assert encode(project) == files.pop()
        history.undo()
    assert encode(project) == files.pop()


def assert_sound(project: Project, plan: CordPlan) -> None:
    """Hold the plan against the records: every port once, every cord of the plan there."""
    used: Counter[tuple[str, str]] = Counter()
    fed: dict[tuple[str, str], tuple[str, str]] = {}
    for holder, block in [
        ("", project.top),
        *((i.id, i.of) for i in project.instances(project.top).values()),
    ]:
        for link in project.links(block).values():
            for a, b in zip(link.a.ports, link.b.ports, strict=True):
                one, other = ((f"{holder}/{e.path}".lstrip("/"), p) for e, p in ((link.a, a), (link.b, b)))
                used.update((one, other))
                fed[other], fed[one] = one, other
    assert not [place for place, times in used.items() if times > 1]
    for cord in plan.cords:
        if cord.feeder:
            assert fed[cord.at] == (cord.feeder, cord.outlet)
        elif cord.state in ("new", "kept", "copy"):
            device = project.resolve(project.top, cord.device)
            assert isinstance(device, Device)
            assert cord.side is not None
            assert device.feeds[cord.inlet] == cord.side.key
            assert cord.at not in fed


def assert_survives(of, plan: CordPlan) -> None:
    """Hold the plan against the engine: with each source lost, and with each PDU that is a side."""
    flat, power = of.snapshot.flat, of.power
    sources = list(power.feeding.sources)
    lost = outages_of(of, [((), (k,)) for k in range(len(sources))])
    for fate in plan.fates:
        row = flat.device_row(fate.device)
        if not fate.fed:
            continue
        for k, source in enumerate(sources):
            left = fate.left.get(source, fate.fed)
            fails = bool(power.device_short[k, row]) or not power.maximum[k + 1].device_alive[row]
            assert power.maximum[k + 1].device_live[row] == left
            # What lacks supplies from the start is not short by the loss alone.
            assert fails == (left < fate.needed and (left < fate.fed or left == 0))
            assert bool(lost.dead[[k], [row]][0]) == (left == 0)


def test_shapes_of_plans_are_values() -> None:
    plan = lay_cords(Edit(project := hall(nodes=1), "Look"), LIBRARY, project.top, racks(project))
    assert replace(plan, notes=plan.notes) == plan
