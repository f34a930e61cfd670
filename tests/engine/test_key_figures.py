"""The ten figures: which there are, and what is said where one is lacking."""

import msgspec

from core.engine.evaluation import evaluate
from core.engine.key_figures import key_figures
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from desktop.templates import examples
from tests.engine.designs import Design


def _hall():
    return load(next(one.path for one in examples() if one.name == "hall"))[0]


def test_ten_figures_of_a_hall_with_workloads():
    of = evaluate(_hall())
    found = key_figures(of)
    assert len(found) == 10
    assert all(one.quantity is not None and not one.why for one in found)
    by_name = {one.name: one for one in found}
    assert by_name["usd_per_run"].about == "Train 405B"
    assert by_name["usd_per_run"].quantity is of.quantities["usd_per_run:w1"]
    assert by_name["serve_tokens_s_each"].quantity is of.quantities["serve_tokens_s_each:w2"]
    assert by_name["mfu"].error.startswith("mean error ")
    assert not by_name["usd_per_run"].error, "of a cost the range is by chance"
    largest = of.supply.suppliers.largest
    assert by_name["supplier_largest_share"].quantity.value == 100 * largest.share
    assert largest.name in by_name["supplier_largest_share"].label


def test_an_empty_design_says_what_to_add():
    found = key_figures(evaluate(Project()))
    lacking = {one.name: (one.lack, one.why) for one in found if one.quantity is None}
    assert len(found) == 10
    for name in ("capex_usd", "tco_year_usd", "usd_per_gpu_hour", "power_max_w", "supplier_largest_share"):
        assert lacking[name] == ("drawn", "Nothing is drawn. Place a rack from the catalogue")
    assert lacking["train_days"] == ("training", "Add a training run to the workloads")
    assert lacking["usd_per_m_tokens_out"] == ("service", "Add a service to the workloads")


def test_racks_without_accelerators_say_so():
    design = Design()
    design.rack("r")
    design.place("r", "r1")
    found = {one.name: one for one in key_figures(evaluate(design.project))}
    assert (found["usd_per_gpu_hour"].lack, found["usd_per_gpu_hour"].why) == (
        "accelerators",
        "No accelerator is drawn",
    )


def test_a_workload_that_does_not_run_says_why():
    project = _hall()
    edit = Edit(project, "No model")
    (run,) = [one for one in project.rows("workloads").values() if one.kind == "training"]
    edit.put("workloads", msgspec.structs.replace(run, model=""))
    History(project).commit(edit.change())
    found = {one.name: one for one in key_figures(evaluate(project))}
    assert found["mfu"].quantity is None
    assert found["mfu"].lack == "training"
    assert found["mfu"].why == "no model is chosen. Choose one under Worth > Workloads"
