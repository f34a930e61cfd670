"""Designs side by side: by hand on the H100 example, and what must hold for any edit."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.__main__ import app
from core.catalogue.library import Library
from core.diff_commands import as_data
from core.editing.issuing import issue, project_of
from core.engine.comparison import Comparison, Named, compare
from core.engine.evaluation import evaluate
from core.engine.record_changes import changes_between, fold
from core.errors import EditError
from core.explore.part_swap import swap
from core.files.project_file import load, save
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Revision

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "resources/examples/superpod-h100-su.cage"


def fresh() -> Project:
    return load(EXAMPLE)[0]


def changed() -> Project:
    """The example with B200 servers, its unit 600 mm to the right, another budget, and a column gone."""
    project = fresh()
    edit = Edit(project, "Next generation")
    swap(edit, Library.builtin(), "nvidia-dgx-h100", "nvidia-dgx-b200")
    (unit,) = project.instances(project.top).values()
    edit.replace("instances", unit.key, x_mm=unit.x_mm + 600)
    edit.replace("requirements", ("", "budget_usd"), value=20e6)
    (column,) = [area for area in project.areas(project.top).values() if area.name == "C1"]
    edit.remove("areas", column.key)
    History(project).commit(edit.change())
    return project


@cache
def compared() -> Comparison:
    before, after = fresh(), changed()
    return compare([Named("A", before, evaluate(before)), Named("B", after, evaluate(after))])


def test_figures_with_differences_and_ratios() -> None:
    rows = {row.name: row for row in compared().figures}
    assert rows["accelerators"].is_same
    power = rows["power_max_w"]
    assert power.difference(1) == pytest.approx(31 * (14_300 - 10_200))
    assert power.ratio(1) == pytest.approx(power.values[1] / power.values[0])  # type: ignore[operator]
    fp4 = rows["tflops_fp4_dense"]
    assert (fp4.values[0], fp4.difference(1), fp4.ratio(1)) == (None, None, None)


def test_bill_names_types_whose_counts_differ() -> None:
    assert [(row.name, row.counts) for row in compared().bill] == [
        ("DGX B200", (0, 31)),
        ("DGX H100", (31, 0)),
    ]


def test_changes_are_told_in_names() -> None:
    (rows,) = compared().changes
    by_kind: dict[str, list[str]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row.words)
    assert by_kind["moved"] == ["placed drawing su-1 in Hall 1: x 0 mm -> 600 mm"]
    assert by_kind["removed"] == ["area C1 in Hall 1"]
    assert "requirement Budget: value 12,000,000 -> 20,000,000" in by_kind["changed"]
    assert "device dgx-01 in DGX H100 rack of four x 7: type DGX H100 -> DGX B200" in by_kind["changed"]
    servers = [row for row in rows if row.table == "devices"]
    assert sum(row.count for row in servers) == 31


def test_changes_alike_are_folded() -> None:
    project = fresh()
    edit = Edit(project, "Note")
    for device in list(project.every("devices"))[:5]:
        edit.replace("devices", device.key, note="checked")
    History(project).commit(edit.change())
    rows = fold(changes_between(fresh(), project))
    assert sum(len(row.changes) for row in rows) == 5
    assert len(rows) == len({row.where for row in rows})
    assert all(row.fields[0].after == "checked" for row in rows)


def test_a_design_is_the_same_as_itself_and_changes_turn_round() -> None:
    assert changes_between(fresh(), fresh()) == ()
    there, back = changes_between(fresh(), changed()), changes_between(changed(), fresh())
    turned = {"added": "removed", "removed": "added", "moved": "moved", "changed": "changed"}
    assert {(c.table, c.key, turned[c.kind]) for c in there} == {(c.table, c.key, c.kind) for c in back}


def test_designs_of_other_projects_are_compared_by_figures() -> None:
    other = load(ROOT / "resources/examples/superpod-gb200-su.cage")[0]
    found = compare([Named(n, p, evaluate(p)) for n, p in (("A", fresh()), ("B", other), ("C", fresh()))])
    assert found.related == (False, True)
    assert found.changes == ((), ())
    accelerators = next(row for row in found.figures if row.name == "accelerators")
    assert accelerators.values == (248, 576, 248)


def test_stored_revisions(tmp_path: Path) -> None:
    project = changed()
    edit = Edit(project, "Issue")
    issue(edit, number="A", date="2026-11-23", purpose="for review", approver="Ada")
    history = History(project)
    history.commit(edit.change())
    edit = Edit(project, "Budget")
    edit.replace("requirements", ("", "budget_usd"), value=30e6)
    history.commit(edit.change())
    path = tmp_path / "b.cage"
    save(project, path, None)
    run = CliRunner().invoke(app, ["diff", f"{path}@A", str(path), "--json"])
    found = json.loads(run.stdout)
    assert found["designs"] == ["b rev A", "b"]
    (change,) = found["changes"][0]["rows"]
    assert change["fields"] == [{"label": "value", "before": "20,000,000", "after": "30,000,000"}]
    assert project_of(next(iter(project.revisions.values()))).requirements["budget_usd"].value == 20e6
    with pytest.raises(EditError, match="kept no state"):
        project_of(Revision(id="x", number="Z", date="2026-01-01"))


def test_json_has_all_of_it() -> None:
    data = as_data(compared())
    assert set(data) == {"designs", "figures", "bill", "changes"}
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["diff", str(EXAMPLE)], "two designs"),
        (["diff", str(EXAMPLE), "none.cage"], "cannot be read"),
        (["diff", f"{EXAMPLE}@Q", str(EXAMPLE)], "no revision 'Q'"),
        (["merge", str(EXAMPLE), str(EXAMPLE), str(EXAMPLE), "-o", str(EXAMPLE)], "the file exists"),
        (["merge", str(EXAMPLE), str(EXAMPLE), str(EXAMPLE), "-o", "x.cage", "--prefer", "mine"], "no side"),
    ],
)
def test_bad_input_is_told(arguments: list[str], said: str) -> None:
    from core.errors import CagenutError

    run = CliRunner().invoke(app, arguments)
    assert isinstance(run.exception, CagenutError)
    assert said in str(run.exception)


def test_sums_that_lack_different_inputs_differ_by_what_is_known() -> None:
    """A server of unknown mass and price may not make a design look lighter or cheaper without a word."""
    project = fresh()
    edit = Edit(project, "Another server")
    swap(edit, Library.builtin(), "nvidia-dgx-h100", "intel-gaudi3-8oam")
    History(project).commit(edit.change())
    found = compare([Named("now", fresh(), evaluate(fresh())), Named("later", project, evaluate(project))])
    rows = {row.name: row for row in found.figures}
    for name in ("mass_kg", "capex_usd"):
        assert all(text.startswith("≥ ") for text in rows[name].texts)
        assert rows[name].difference_text(1).startswith("~ -")
        assert rows[name].ratio_text(1).startswith("~ x 0.")
    assert rows["power_max_w"].ratio(1) == pytest.approx(1.03, abs=0.01)
    data = {row["name"]: row for row in as_data(found)["figures"]}
    assert data["mass_kg"]["at_least"] == [True, True]
    assert data["power_max_w"]["at_least"] == [False, False]


def test_percentages_differ_by_points() -> None:
    row = next(row for row in compared().figures if row.unit == "%" and row.difference(1))
    assert row.difference_text(1).endswith(" points")
