"""Workloads in the window: added, shaped by presets and files, judged at once, one step to undo."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.files.project_file import load
from core.model.records import Workload
from desktop.dialogs.memory_bar import GIB, MemoryBar
from desktop.dialogs.workloads import WorkloadsDialog
from desktop.document import Document
from desktop.main_window import MainWindow

ROOT = Path(__file__).parents[2]
Open = Callable[[str], WorkloadsDialog]


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


def told(dialog: WorkloadsDialog) -> dict[str, str]:
    """Rows of what comes of the workload that is shown."""
    grid = dialog._rows
    return {
        grid.itemAtPosition(at, 0).widget().text(): grid.itemAtPosition(at, 1).widget().text()  # type: ignore[union-attr]
        for at in range(grid.rowCount())
        if grid.itemAtPosition(at, 0) is not None
    }


def test_the_example_is_judged_as_the_engine_judges_it(dialog: WorkloadsDialog) -> None:
    of = dialog._of.workloads.results[0]
    assert dialog.chosen is not None
    assert dialog.chosen.name == of.workload.name == "Train 8B"
    assert of.training is not None
    assert told(dialog)["Plan"] == of.training.step.plan.words()
    assert told(dialog)["Runs on"] == "240 of 248 x H100 SXM5"
    assert "weights 15.0" in dialog.memory.words()
    assert "GiB free" in dialog.memory.words()


def test_a_degree_typed_changes_the_result_at_once(dialog: WorkloadsDialog) -> None:
    before = told(dialog)["Plan"]
    dialog._parameter("tp", 8)
    assert before.startswith("tp 1")
    assert told(dialog)["Plan"].startswith("tp 8")
    dialog._parameter("tp", 0)
    assert told(dialog)["Plan"] == before
    assert dialog.chosen is not None
    assert "tp" not in dialog.chosen.parameters


def test_what_does_not_run_says_why_and_what_to_do(dialog: WorkloadsDialog) -> None:
    dialog._parameter("accelerators", 1000)
    assert "1,000 accelerators are asked for" in told(dialog)["Does not run"]
    dialog._parameter("accelerators", 240)
    dialog._change(model="")
    assert "no model is chosen" in told(dialog)["Does not run"]
    assert dialog.memory.isHidden()


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
    assert dialog.model.currentText().startswith("My Model")
    assert "8 layers, hidden size 1,024" in dialog._shape.text()
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
