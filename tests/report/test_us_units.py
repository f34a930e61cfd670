"""A set in US units: the same numbers as in the window, nothing left in metric but cables and paper."""

from __future__ import annotations

import re

import pytest

from core.engine.evaluation import evaluate
from core.model.change import Edit
from core.model.history import History
from core.model.records import Setting
from core.report.lists.kinds import KINDS
from core.report.lists.listing import Listing, Source
from core.report.lists.placed import Placed
from core.report.specification import make_specification
from core.units import SETTING, system, use
from tests.report.conftest import texts_of
from tests.report.samples import unit


def us_project():
    project = unit(racks=2)
    edit = Edit(project, "Use US units")
    edit.put("settings", Setting(id=SETTING, value="us"))
    History(project).commit(edit.change())
    return project


def test_the_set_prints_what_the_setting_says():
    project = us_project()
    text = "\n".join(texts_of(make_specification(project)))
    assert system() == "metric"  # only while it is made
    assert "Dimensions in inches" in text
    mass = evaluate(project).quantities["mass_kg"]
    with use("us"):
        assert mass.text in text
        assert mass.text.endswith(" lb")
    left = re.findall(r"\d ?(?:kg|°C|m³/h|L/min|kPa)\b", text)
    assert left == []


def test_the_lists_print_the_same_units():
    project = us_project()
    evaluation = evaluate(project)
    source = Source(evaluation, Placed(project, evaluation.snapshot))
    kind = next(k for k in KINDS if k.name == "racks")
    metric = Listing(kind, source)
    base = {name: metric.cells(name).values for name in ("mass", "x_mm")}
    with use("us"):
        listing = Listing(kind, source)
        assert listing.headings(["mass", "x_mm"]) == ["Mass [lb]", "x [in]"]
        rows = listing.rows.tolist()
        for name, one in (("mass", 0.45359237), ("x_mm", 25.4)):
            assert listing.cells(name).values * one == pytest.approx(base[name])
        assert listing.cells("x_mm").text(rows[1]) == f"{base['x_mm'][rows[1]] / 25.4:.1f}"
