"""What a rack needs of the building, as drawn."""

from __future__ import annotations

from importlib.resources import files

import pytest

from core.engine.evaluation import evaluate
from core.files.project_file import encode, load
from core.report.context import Context
from core.report.paper import paper_of
from core.report.rack_entries import COOLANT, DATA, POWER, entries_of
from core.report.sheets import rack_interface
from core.report.specification import make_specification
from tests.engine.designs import Design
from tests.report.conftest import texts_of


def nvl72() -> Context:
    project = load(files("resources") / "examples" / "hall.cage")[0]
    return Context(project, paper_of("A3"), encode(project), evaluation=evaluate(project))


@pytest.fixture(scope="module")
def context() -> Context:
    return nvl72()


def rack_of(context: Context, name: str) -> int:
    of = context.evaluation
    assert of is not None
    return next(k for k in range(of.snapshot.n_racks) if context.rack_name(k).endswith(name))


def test_what_enters_an_nvl72_is_eight_whips_two_pdus_a_pair_of_hoses_and_its_links(context: Context) -> None:
    """Eight shelves on tap-offs, two PDUs, one manifold; 72 rails and two uplinks of each of two switches."""
    assert context.evaluation is not None
    found = entries_of(context.evaluation, rack_of(context, "su-1/r01"))
    assert [(e.layer, e.connector, len(e.devices)) for e in found] == [
        (POWER, "IEC60309-60A-5P", 8), (POWER, "IEC60309-32A-5P", 2), (COOLANT, "FD83", 1),
        (COOLANT, "FD83", 1), (DATA, "OSFP-flat", 72), (DATA, "QSFP28", 4),
    ]  # fmt: skip
    assert {e.port for e in found if e.layer == COOLANT} == {"supply", "return"}
    assert all(0 < h <= 2236 for e in found for h in e.heights_mm)


def test_whips_carry_the_losses_of_their_shelves(context: Context) -> None:
    """Eight whips and two PDUs take in what the rack draws, losses of the shelves included."""
    of = context.evaluation
    assert of is not None
    row = rack_of(context, "su-1/r01")
    normal, worst = rack_interface._inputs_w(of)
    power = [e for e in entries_of(of, row) if e.layer == POWER]
    assert sum(normal[list(e.devices)].sum() for e in power) == pytest.approx(of.power.rack_max_w[row])
    assert (worst >= normal).all()
    shelf = power[1].devices[0] if "60A" in power[1].connector else power[0].devices[0]
    feeder = of.power.feeding.feeder[of.power.feeding.consumer == shelf][0]
    four = of.power.normal.device_through_w[feeder]
    assert 4 * normal[shelf] == pytest.approx(four)


def test_each_distinct_rack_has_a_sheet(context: Context) -> None:
    sheets = rack_interface.sheets(context)
    assert [s.id for s in sheets] == ["A-401", "A-402", "A-403", "A-404"]
    assert {s.subtitle for s in sheets} >= {"GB200 NVL72 rack, 32 placed", "Core rack, 3 placed"}


def test_a_rack_on_a_source_says_so_and_what_is_not_known_is_held() -> None:
    design = Design()
    design.sources("A")
    design.rack("r")
    design.device("r", "server", 1, "s", feeds={"psu1": "A"})
    design.place("r", "r1")
    pages = texts_of(make_specification(design.project))
    (page,) = [text for text in pages if "Interface of the rack" in text]
    assert "source A" in page
    assert "hold" in page


def test_a_table_too_long_for_its_sheet_goes_on(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each entry a hundred times over."""
    monkeypatch.setattr(rack_interface, "entries_of", lambda of, rack: entries_of(of, rack) * 100)
    ids = [sheet.id for sheet in rack_interface.sheets(context)]
    assert ids[:2] == ["A-401", "A-401.2"]
    assert len(ids) == len(set(ids))


def test_a_device_on_two_sources_is_counted_once() -> None:
    """Either inlet may have to take all of it; the words say so."""
    design = Design()
    design.sources("A", "B")
    design.rack("r")
    design.device("r", "server", 1, "s", feeds={"psu1": "A", "psu2": "B"})
    design.place("r", "r1")
    of = design.evaluate()
    found = entries_of(of, 0)
    assert [e.far for e in found] == ["source A", "source B"]
    normal, _worst = rack_interface._inputs_w(of)
    assert normal[found[0].devices[0]] == pytest.approx(of.power.rack_max_w[0])
