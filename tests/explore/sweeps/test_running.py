"""Sweeps run: what points say, what is kept, what is taken up again."""

from __future__ import annotations

import csv
import os
import signal
from pathlib import Path

import msgspec
import pyarrow.parquet
import pytest

from core.engine.evaluation import evaluate
from core.engine.training.constants import shipped_constants
from core.errors import CagenutError
from core.explore.fitting.constants_text import constants_text
from core.explore.sweeps.evolution import penalised
from core.explore.sweeps.executors import Here, Processes
from core.explore.sweeps.running import open_point, run, stored
from core.explore.sweeps.spec import SpecError
from core.explore.sweeps.store import LOG, prune, read_points, write_tables
from core.files.state import constants_folder
from tests.explore.sweeps.asked import BASE, GRID, asked, by_values


def test_a_point_says_what_the_design_it_opens_says(tmp_path: Path) -> None:
    spec, plan = asked()
    outcome = run(spec, plan, tmp_path, Here())
    assert [point.number for point in outcome.points] == [0, 1, 2, 3]
    for point in outcome.points:
        project = open_point(plan, point)
        plain = {name: q.value for name, q in evaluate(project).quantities.items()}
        assert point.quantities == pytest.approx(plain, nan_ok=True)
        types = {device.type for device in project.every("devices")}
        assert point.values["host"] in types


def test_prices_twice_as_high_are_beaten(tmp_path: Path) -> None:
    spec, plan = asked()
    outcome = run(spec, plan, tmp_path, Here())
    rows = outcome.rows
    for host in ("nvidia-dgx-h100", "nvidia-dgx-b200"):
        dear, usual = by_values(rows, host=host, price=2.0), by_values(rows, host=host, price=1.0)
        assert dear["capex_low_usd"] == pytest.approx(2 * usual["capex_low_usd"])
    assert {point.values["price"] for point in outcome.front} == {1.0}


def test_limits_take_points_off_the_front(tmp_path: Path) -> None:
    spec, plan = asked(f'constraints = ["power_max_w <= 45e3"]\n{GRID}')
    outcome = run(spec, plan, tmp_path, Here())
    assert {p.values["host"] for p in outcome.front} == {"nvidia-dgx-h100"}
    # Four systems of 10.2 kW each stay below, four of 14.3 kW do not.
    assert {p.values["host"] for p in outcome.points if p.key in outcome.broken} == {"nvidia-dgx-b200"}
    assert set(outcome.broken.values()) == {"power_max_w <= 45000"}


def test_a_point_that_cannot_be_built_says_why_and_the_others_go_on(tmp_path: Path) -> None:
    spec, plan = asked(GRID.replace('"nvidia-dgx-b200"', '"no-such-type"'))
    outcome = run(spec, plan, tmp_path, Here())
    assert [bool(point.failure) for point in outcome.points] == [False, False, True, True]
    assert "no-such-type" in outcome.points[2].failure
    with pytest.raises(CagenutError, match="could not be built"):
        open_point(plan, outcome.points[2])


def test_processes_find_the_same(tmp_path: Path) -> None:
    spec, plan = asked()
    executor = Processes(2)
    try:
        there = run(spec, plan, tmp_path / "there", executor)
    finally:
        executor.close()
    assert there.rows == run(spec, plan, tmp_path / "here", Here()).rows


def test_what_is_given_up_is_taken_up_where_it_was(tmp_path: Path) -> None:
    spec, plan = asked()

    def give_up(done: int, total: int, words: str) -> None:
        if done >= 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run(spec, plan, tmp_path, Here(), progress=give_up)
    log = tmp_path / LOG
    kept = len(read_points(log))
    assert 0 < kept < 4
    log.write_bytes(log.read_bytes() + b'{"key":"torn')
    with pytest.raises(CagenutError, match="holds a sweep already"):
        run(spec, plan, tmp_path, Here())
    outcome = run(spec, plan, tmp_path, Here(), resume=True)
    assert (len(outcome.points), outcome.computed) == (4, 4 - kept)
    assert stored(spec, plan, tmp_path).points == outcome.points
    assert run(spec, plan, tmp_path, Here(), resume=True).computed == 0


def test_points_of_an_altered_search_have_numbers_of_their_own(tmp_path: Path) -> None:
    """A number means one point for good: `--open 1` may not become another design."""
    before = run(*asked(), tmp_path, Here())
    first = {point.number: point.values for point in before.points}
    spec, plan = asked(GRID.replace("[1.0, 2.0]", "[0.5, 1.0]"))
    after = run(spec, plan, tmp_path, Here(), resume=True)
    assert (len(after.points), after.computed) == (4, 2)
    every = {point.number: point.values for point in stored(spec, plan, tmp_path).points}
    assert len(every) == 6
    assert every.items() >= first.items()
    assert {point.number for point in after.points if point.values["price"] == 0.5} == {4, 5}


def test_a_parameter_may_not_have_the_name_of_a_figure(tmp_path: Path) -> None:
    spec, plan = asked(GRID.replace("parameters.price", "parameters.power_max_w"))
    with pytest.raises(SpecError, match="a quantity has this name already"):
        run(spec, plan, tmp_path, Here())


def test_tables_of_others_are_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("mine")
    with pytest.raises(CagenutError, match="the file exists"):
        run(*asked(), tmp_path, Here())
    assert (tmp_path / "points.csv").read_text() == "mine"
    (tmp_path / "points.csv").unlink()
    (tmp_path / LOG).write_text('{"a": 1}\nnot mine\n')
    with pytest.raises(CagenutError, match="no point of a sweep"):
        run(*asked(), tmp_path, Here(), resume=True)


def test_points_of_other_constants_are_computed_again(tmp_path: Path) -> None:
    assert run(*asked(), tmp_path, Here()).computed == 4
    assert run(*asked(), tmp_path, Here(), resume=True).computed == 0
    constants_folder().mkdir(parents=True)
    text = constants_text(msgspec.structs.replace(shipped_constants()))
    (constants_folder() / "training.toml").write_text(text)
    assert run(*asked(), tmp_path, Here(), resume=True).computed == 4


def test_what_cannot_be_built_is_worse_than_what_breaks_a_limit() -> None:
    spec, _ = asked('constraints = ["unpriced <= 0"]\n' + GRID)
    known = {"unpriced": 5.0, "usd_per_accelerator": 1.0, "tflops_bf16_dense": 1.0}
    broken, unbuilt = penalised(spec, [known, {}])
    assert (broken < unbuilt).all()


def test_tables_say_what_the_points_say(tmp_path: Path) -> None:
    spec, plan = asked()
    outcome = run(spec, plan, tmp_path, Here())
    write_tables(tmp_path, outcome.rows)
    table = pyarrow.parquet.read_table(tmp_path / "points.parquet").to_pylist()
    assert [row["power_max_w"] for row in table] == [p.quantities["power_max_w"] for p in outcome.points]
    with open(tmp_path / "points.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [float(line["power_max_w"]) for line in lines] == [row["power_max_w"] for row in table]
    assert [line["front"] == "0" for line in lines] == [p in outcome.front for p in outcome.points]


def test_an_unknown_quantity_is_named_before_anything_runs(tmp_path: Path) -> None:
    spec, plan = asked(GRID.replace("tflops_bf16_dense", "tflops_bf61_dense"))
    with pytest.raises(CagenutError, match=r"no quantity 'tflops_bf61_dense'\. Perhaps tflops_bf16_dense"):
        run(spec, plan, tmp_path, Here())
    assert not (tmp_path / LOG).exists()


def test_an_evolution_finds_the_cheapest(tmp_path: Path) -> None:
    text = (
        'objectives = ["least capex_high_usd"]\n[search]\nmethod = "evolutionary"\npoints = 60\n'
        f'population = 12\nseed = 1\n{BASE}[parameters.price]\nset = "price_factor:*"\nlow = 0.5\nhigh = 2\n'
    )
    spec, plan = asked(text)
    outcome = run(spec, plan, tmp_path, Here())
    assert len(outcome.points) == 60
    first = min(float(p.values["price"]) for p in outcome.points[:12])
    (best,) = outcome.front
    assert float(best.values["price"]) <= first
    assert float(best.values["price"]) < 0.55
    again = run(spec, plan, tmp_path, Here(), resume=True)
    assert (again.points, again.computed) == (outcome.points, 0)


def test_a_generated_base_takes_its_size_and_its_hosts(tmp_path: Path) -> None:
    text = (
        'objectives = ["most accelerators"]\n[base.generate]\nfamily = "rail-optimised"\n'
        'host = "nvidia-dgx-h100"\nswitch = "nvidia-qm9700"\nmanager = "nvidia-ufm-appliance"\n'
        '[parameters.hosts]\nset = "generate:hosts"\nvalues = [4, 8]\n'
        '[parameters.voltage]\nset = "requirement:voltage_v"\nvalues = [400, 415]\n'
    )
    spec, plan = asked(text)
    outcome = run(spec, plan, tmp_path, Here())
    assert [point.failure for point in outcome.points] == ["", "", "", ""]
    assert [point.quantities["accelerators"] for point in outcome.points] == [32, 32, 64, 64]


def test_a_fabric_is_generated_again_with_other_parameters(tmp_path: Path) -> None:
    text = (
        '[base]\nexample = "superpod-h100-su"\n[parameters.hosts]\nset = "fabric:compute:switch"\n'
        'values = ["nvidia-qm9700"]\n[parameters.core]\nset = "fabric:compute:core_oversubscription"\n'
        "values = [1.0, 2.0]\n"
    )
    spec, plan = asked(text)
    outcome = run(spec, plan, tmp_path, Here())
    assert [point.failure for point in outcome.points] == ["", ""]
    assert [point.quantities["accelerators"] for point in outcome.points] == [248, 248]


def test_an_opened_point_is_a_project_of_its_own(tmp_path: Path) -> None:
    spec, plan = asked()
    point = run(spec, plan, tmp_path, Here()).points[0]
    assert open_point(plan, point).id != open_point(plan, point).id


def test_the_same_template_is_the_same_base_again() -> None:
    assert asked()[1].key == asked()[1].key


def test_a_process_that_is_killed_ends_the_sweep_and_keeps_what_is_finished(tmp_path: Path) -> None:
    text = GRID.replace("[1.0, 2.0]", str([n / 10 for n in range(5, 25)]))
    spec, plan = asked(text)
    executor = Processes(2)
    killed = []

    def kill_one(done: int, total: int, words: str) -> None:
        if done and not killed:
            killed.append(next(iter(executor._pool._processes)))
            os.kill(killed[0], signal.SIGKILL)

    try:
        with pytest.raises(CagenutError, match=r"was ended\. Run it again"):
            run(spec, plan, tmp_path, executor, progress=kill_one)
    finally:
        executor.close()
    kept = len(read_points(tmp_path / LOG))
    assert 0 < kept < 40
    outcome = run(spec, plan, tmp_path, Here(), resume=True)
    assert (len(outcome.points), outcome.computed) == (40, 40 - kept)


def test_only_the_latest_searches_are_kept(tmp_path: Path) -> None:
    for number in range(4):
        folder = tmp_path / f"s{number}"
        folder.mkdir()
        (folder / LOG).write_bytes(b"")
        os.utime(folder / LOG, (number, number))
    prune(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s2", "s3"]
    prune(tmp_path / "none", 2)
