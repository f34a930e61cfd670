"""Workloads in the window: added, shaped by presets and files, judged at once, one step to undo."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTreeWidget
from pytestqt.qtbot import QtBot

from core.engine.brief import Brief
from core.engine.workload_plans import Alternatives, alternatives
from core.engine.workloads import WorkloadResult
from core.files.project_file import load
from core.model.records import Workload
from desktop import workload_trials
from desktop.dialogs.memory_bar import GIB, MemoryBar
from desktop.dialogs.workloads import WorkloadsDialog
from desktop.document import Document
from desktop.main_window import MainWindow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> WorkloadsDialog:
    """The workloads of the H100 example."""
    from core.files.session import Session

    made = Document(Session.new(load(ROOT / "resources/examples/superpod-h100-su.cage")[0]), title="H100")
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=20_000)
    window.actions_["worth.workloads"].trigger()
    shown = window.findChild(WorkloadsDialog)
    assert shown is not None
    return shown


def stored(dialog: WorkloadsDialog) -> dict[str, Workload]:
    return dict(dialog._document.project.rows("workloads"))


def settle(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=20_000)


def told(dialog: WorkloadsDialog, qtbot: QtBot) -> dict[str, str]:
    """Rows of what comes of the workload that is shown."""
    settle(dialog, qtbot)
    return dialog.results.told()


def lines(table: QTreeWidget) -> list[list[str]]:
    """Cells of the lines of a table."""
    items = (table.topLevelItem(at) for at in range(table.topLevelItemCount()))
    return [[item.text(at) for at in range(table.columnCount())] for item in items if item is not None]


def test_the_example_is_judged_as_the_engine_judges_it(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    of = dialog._of.workloads.results[0]
    assert dialog.chosen is not None
    assert dialog.chosen.name == of.workload.name == "Train 8B"
    assert of.training is not None
    assert told(dialog, qtbot)["Plan"] == of.training.step.plan.words()
    assert told(dialog, qtbot)["Runs on"] == "240 of 248 x H100 SXM5"
    assert "weights 15.0" in dialog.results.memory.words()
    assert "GiB free" in dialog.results.memory.words()


def test_a_degree_typed_changes_the_result_at_once(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    before = told(dialog, qtbot)["Plan"]
    dialog._parameter("tp", 8)
    assert before.startswith("tp 1")
    assert told(dialog, qtbot)["Plan"].startswith("tp 8")
    dialog._parameter("tp", 0)
    assert told(dialog, qtbot)["Plan"] == before
    assert dialog.chosen is not None
    assert "tp" not in dialog.chosen.parameters


def test_what_does_not_run_says_why_and_what_to_do(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    dialog._parameter("accelerators", 1000)
    assert "1,000 accelerators are asked for" in told(dialog, qtbot)["Does not run"]
    dialog._parameter("accelerators", 240)
    dialog._change(model="")
    assert "no model is chosen" in told(dialog, qtbot)["Does not run"]
    assert dialog.results.memory.isHidden()


def test_plans_are_ranked_and_one_can_be_kept(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    settle(dialog, qtbot)
    of = dialog._of.workloads.results[0].training
    assert of is not None
    shown = lines(dialog.results.ways)
    assert len(shown) == len(of.search.best) == 20
    assert shown[0][:8] == ["1 in use", "1", "1", "240", "1", "1", "1", "1"]
    assert [float(row[9]) for row in shown] == sorted(float(row[9]) for row in shown)
    third = of.search.best[2]
    assert shown[2][1:8] == [
        f"{n:.0f}" for n in (*third.plan[:5], third.plan.microbatch, third.plan.interleave)
    ]
    assert shown[2][11] == f"{third.memory.total / GIB:.1f}"
    assert shown[2][12] == f"{(third.capacity_bytes - third.memory.total) / GIB:.1f}"
    assert not dialog.results.free.isEnabled()
    dialog.results.ways.setCurrentItem(dialog.results.ways.topLevelItem(2))
    dialog.results.take.click()
    assert told(dialog, qtbot)["Plan"] == third.plan.words()
    assert dialog.chosen is not None
    kept = dialog.chosen.parameters
    assert (kept["tp"], kept["pp"], kept["recompute"]) == (2, 1, "none")
    assert "ep" not in kept  # a model without experts has none
    # All plans are still there to be compared with, and the one in use is marked.
    assert [row[0] for row in lines(dialog.results.ways)][:4] == ["1", "2", "3 in use", "4"]
    assert not dialog.results.take.isEnabled()
    assert "keeps this plan already" in dialog.results.take.toolTip()
    dialog.results.free.click()
    assert told(dialog, qtbot)["Plan"] == of.step.plan.words()
    assert not {"tp", "pp", "cp", "microbatch", "interleave", "recompute"} & set(dialog.chosen.parameters)


def test_what_is_not_possible_stands_with_its_reason(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    settle(dialog, qtbot)
    of = dialog._of.workloads.results[0].training
    assert of is not None
    table = dialog.results.rejected
    assert {row[0].lower(): int(row[1].replace(",", "")) for row in lines(table)} == of.search.counts
    memory = table.topLevelItem(0)
    assert memory is not None
    nearest = of.search.nearest()
    assert memory.text(0) == "The memory does not do"
    assert memory.childCount() == len(nearest)
    assert memory.child(0).text(0) == nearest[0].plan.words()
    assert memory.child(0).text(2) == f"{nearest[0].shortfall_bytes:,.0f} bytes"


def test_without_a_possible_plan_the_reasons_are_there(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    dialog._change(model="llama-3-405b")
    dialog._parameters({"accelerators": 8, "global_batch": 8, "recompute": "none"})
    rows = told(dialog, qtbot)
    assert "is possible" in rows["Does not run"]
    assert lines(dialog.results.ways) == []
    assert dialog.results._said.text().startswith("None of ")
    assert lines(dialog.results.rejected)[0][0] == "The memory does not do"
    child = dialog.results.rejected.topLevelItem(0).child(0)  # type: ignore[union-attr]
    assert f"{child.text(2)} short at best" in rows["Does not run"]
    assert dialog.results._held.text().endswith(child.text(0))
    assert f"{child.text(2)} short" in dialog.results.memory.words()
    assert not dialog.results.take.isEnabled()


def test_services_are_ranked_and_one_can_be_kept(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    dialog.list.setCurrentRow(1)
    rows = told(dialog, qtbot)
    shown = lines(dialog.results.ways)
    of = dialog._of.workloads.results[1].serving
    assert of is not None
    assert shown[0][:4] == ["1 in use", str(of.tp), str(of.ep), f"{of.batch:,}"]
    assert rows["Sequences of a replica"] == f"{of.batch:,}; its memory holds {of.most_batch:,}"
    assert rows["Highest rate"].startswith("631.8 requests")
    dialog.results.ways.setCurrentItem(dialog.results.ways.topLevelItem(1))
    dialog.results.take.click()
    settle(dialog, qtbot)
    assert dialog.chosen is not None
    kept = dialog.chosen.parameters
    assert [str(kept["tp"]), f"{kept['batch']:,}"] == [shown[1][1], shown[1][3]]
    assert [row[0] for row in lines(dialog.results.ways)][:2] == ["1", "2 in use"]


def test_only_the_newest_question_is_answered(
    dialog: WorkloadsDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(dialog, qtbot)
    computed: list[float] = []
    begun, go_on = Event(), Event()

    def slow(given: WorkloadResult, brief: Brief) -> Alternatives:
        computed.append(given.workload.parameters["tokens"])
        begun.set()
        go_on.wait(10)
        return alternatives(given, brief)

    monkeypatch.setattr(workload_trials, "alternatives", slow)
    for tokens in range(2, 9):
        dialog._parameter("tokens", tokens * 1e12)
        begun.wait(10)
    go_on.set()
    assert told(dialog, qtbot)["Length of the run"].startswith("43.0 days")  # 26.9 of 5e12, x 8 / 5
    assert computed == [2e12, 8e12]


def test_what_takes_long_says_so_and_can_be_cancelled(
    dialog: WorkloadsDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(dialog, qtbot)
    go_on = Event()

    def slow(given: WorkloadResult, brief: Brief) -> Alternatives:
        go_on.wait(10)
        return alternatives(given, brief)

    monkeypatch.setattr(workload_trials, "alternatives", slow)
    dialog._parameter("tp", 8)
    qtbot.waitUntil(dialog.results.cancel.isVisible, timeout=5_000)
    assert dialog.results.busy.isVisible()
    dialog.results.cancel.click()
    go_on.set()
    assert not dialog.is_busy
    assert dialog.results.state.text() == "Cancelled: this is of before"
    qtbot.wait(100)
    assert dialog.results.told() == before
    dialog.results.again.click()
    assert told(dialog, qtbot)["Plan"].startswith("tp 8")
    assert dialog.results.state.text() == ""


def test_tokens_are_written_short_and_read_either_way(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    editor = dialog.form.grids["training"].editors["tokens"]
    line = editor.focusProxy()
    assert isinstance(line, QLineEdit)
    for typed, value, shown in (
        ("15.6 T", 15.6e12, "15.6 T"), ("15.6e12", 15.6e12, "15.6 T"), ("200b", 2e11, "200 B"),
        ("15600000000000", 15.6e12, "15.6 T"), ("*2", 31.2e12, "31.2 T"), ("500000", 5e5, "500000"),
    ):  # fmt: skip
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, typed)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert dialog.chosen is not None
        assert dialog.chosen.parameters["tokens"] == pytest.approx(value)
        line.clearFocus()
        assert line.text() == shown
    settle(dialog, qtbot)


def test_text_that_is_no_value_is_not_applied_as_what_it_began_with(
    dialog: WorkloadsDialog, qtbot: QtBot
) -> None:
    """1e3 on the way to 1e30 is a batch; 1e30 is none, and the batch is what it was."""
    before = stored(dialog)
    line = dialog.form.grids["training"].editors["global_batch"].focusProxy()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, "1e30")
    assert dialog.chosen is not None
    assert dialog.chosen.parameters["global_batch"] == 480
    assert dialog._problem.text() == "At most 10,000,000"
    dialog.accept()
    assert dialog.result() == 0
    assert stored(dialog) == before
    # Another workload is shown and nothing is wrong there; back again the value stands that is kept.
    dialog.list.setCurrentRow(1)
    dialog.list.setCurrentRow(0)
    assert line.text() == "480"
    line.selectAll()
    QTest.keyClicks(line, "1e3")
    dialog.accept()
    assert stored(dialog)["w1"].parameters["global_batch"] == 1000
    settle(dialog, qtbot)


def test_what_does_not_run_tells_no_error_of_a_prediction(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    dialog._parameter("tp", 7)
    found = told(dialog, qtbot)
    assert "do not divide 240 accelerators" in found["Does not run"]
    assert "Error of prediction" not in found


def test_small_windows_keep_every_line_readable(dialog: WorkloadsDialog, qtbot: QtBot) -> None:
    settle(dialog, qtbot)
    dialog.resize(dialog.minimumSize())
    QTest.qWait(20)
    for _, value in dialog.results._lines:
        if value.isVisible():
            assert value.height() >= value.heightForWidth(value.width())
    assert dialog.form.shape.geometry().top() >= dialog.form.model.geometry().bottom()


def test_apply_is_one_step(dialog: WorkloadsDialog) -> None:
    before = stored(dialog)
    dialog.add("inference")
    dialog._change(model="qwen3-8b", name="Chat")
    dialog.list.setCurrentRow(0)
    dialog.remove()
    dialog.accept()
    history = dialog._document.history
    assert sorted(w.name for w in stored(dialog).values()) == ["Chat", "Serve chat"]
    assert "qwen3-8b" in dialog._document.project.rows("models")
    history.undo()
    assert stored(dialog) == before
    assert "qwen3-8b" not in dialog._document.project.rows("models")


def test_cancel_changes_nothing(dialog: WorkloadsDialog) -> None:
    before = stored(dialog)
    dialog.duplicate()
    dialog.reject()
    assert stored(dialog) == before


def test_a_model_from_its_configuration(dialog: WorkloadsDialog, tmp_path: Path) -> None:
    folder = tmp_path / "My Model"
    folder.mkdir()
    config = {
        "model_type": "llama", "hidden_size": 1024, "num_hidden_layers": 8, "num_attention_heads": 16,
        "num_key_value_heads": 4, "intermediate_size": 4096, "vocab_size": 32000,
    }  # fmt: skip
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    dialog.take_config(path)
    assert dialog.chosen is not None
    assert dialog.form.model.currentText().startswith("My Model")
    assert "8 layers, hidden size 1,024" in dialog.form.shape.text()
    path.write_text('{"hidden_size": 3}')
    before = dialog.chosen
    dialog.take_config(path)
    assert dialog._problem.text()
    assert dialog.chosen == before


def test_without_workloads_it_says_how_to_begin(window: MainWindow, document: Document) -> None:
    document.project.rows("workloads")
    window.dialogs.edit_workloads()
    shown = window.findChild(WorkloadsDialog)
    assert shown is not None
    while shown.chosen is not None:
        shown.remove()
    assert "Add a training run or a service" in shown._empty.text()
    assert shown._right.isHidden()


def test_the_bar_names_what_is_short(qtbot: QtBot) -> None:
    bar = MemoryBar()
    qtbot.addWidget(bar)
    bar.show_memory({"weights": 60 * GIB, "cache": 30 * GIB, "none": 0.0}, 80 * GIB)
    assert bar.words() == "weights 60.0, cache 30.0: 90.0 of 80.0 GiB, 10,737,418,240 bytes short"
    assert bar.accessibleDescription() == bar.words()
    bar.resize(400, 70)
    assert not bar.grab().isNull()
