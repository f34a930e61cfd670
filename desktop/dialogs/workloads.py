"""What the design is meant to train and serve: workloads, their models, and what comes of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QScrollArea,
    QWidget,
)

from core.catalogue.transformers import presets
from core.engine.workload_words import workload_rows
from core.engine.workloads import RATES, WorkloadResult, run_workload
from core.errors import CagenutError
from core.model.change import Edit
from core.model.fields import fields_of
from core.model.project import random_id
from core.model.records import JOBS, TransformerRecord, Workload
from core.model.transformer import Transformer
from desktop.dialogs.memory_bar import MemoryBar
from desktop.dialogs.type_fields import FieldGrid
from desktop.document import Document
from desktop.widgets import button, column, label, let_ctrl_enter, panel, row, sentence

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

KINDS = {"training": "Training", "inference": "Service"}
CONFIG_FILTER = "Configuration of a transformer (config.json *.json);;All (*)"
NO_MODEL = "Choose a model"


class WorkloadsDialog(QDialog):
    """Workloads on the left; the one chosen on the right, with what comes of it below.

    Nothing of the design changes before `accept`, which is one change.
    """

    def __init__(
        self, document: Document, of: Evaluation, focus: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Workloads")
        self.resize(980, 720)
        self._document, self._of = document, of
        self._workloads = [msgspec.structs.replace(w) for w in self._stored()]
        self._models: dict[str, Transformer] = {
            record.id: record.spec for record in document.project.rows("models").values()
        }
        self.list = QListWidget()
        self.list.setAccessibleName("Workloads")
        self.list.currentRowChanged.connect(lambda _: self._show())
        buttons = row(
            button("Add training", lambda: self.add("training"), icon_name="add"),
            button("Add service", lambda: self.add("inference"), icon_name="add"),
            None,
        )
        lower = row(
            button("Duplicate", self.duplicate, icon_name="copy"),
            button("Remove", self.remove, icon_name="delete"), None,
        )  # fmt: skip
        left = panel()
        left.setLayout(
            column(label("WORKLOADS", "section"), self.list, buttons, lower, margins=(12, 12, 12, 12))
        )
        left.setFixedWidth(280)
        self._right = self._make_right()
        self._empty = label(
            "No workload yet. Add a training run or a service on the left.", "faint", wrap=True
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._problem = label(role="error", wrap=True)
        apply = button("Apply", self.accept, primary=True)
        let_ctrl_enter(self, apply)
        end = row(self._problem, None, button("Cancel", self.reject), apply)
        end.setContentsMargins(16, 8, 16, 12)
        body = row(left, self._right, self._empty, gap=0)
        self.setLayout(column(body, end, gap=0))
        self._fill(next((k for k, w in enumerate(self._workloads) if w.id == focus), 0))

    def _stored(self) -> list[Workload]:
        return sorted(self._document.project.rows("workloads").values(), key=lambda w: w.id)

    def _make_right(self) -> QWidget:
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.textEdited.connect(lambda text: self._change(name=text.strip()))
        self.model = QComboBox()
        self.model.setAccessibleName("Model")
        self.model.activated.connect(lambda at: self._change(model=self.model.itemData(at) or ""))
        head = QGridLayout()
        head.setContentsMargins(16, 12, 16, 4)
        head.setHorizontalSpacing(10)
        head.setColumnStretch(1, 1)
        head.addWidget(label("Name"), 0, 0)
        head.addWidget(self.name, 0, 1, 1, 2)
        head.addWidget(label("Model"), 1, 0)
        head.addWidget(self.model, 1, 1)
        head.addWidget(button("Read config.json ...", self.read_config, icon_name="open"), 1, 2)
        self._shape = label(role="faint", wrap=True)
        head.addWidget(self._shape, 2, 1, 1, 2)
        self.grids: dict[str, FieldGrid] = {}
        fields = QWidget()
        grids = []
        for kind, job in JOBS.items():
            grid = self.grids[kind] = FieldGrid("searched")
            for field in fields_of(job).values():
                grid.add(field)
            grid.typed.connect(self._parameter)
            grid.refused.connect(lambda _, why: self._problem.setText(sentence(why)))
            grids.append(grid)
        fields.setLayout(column(*grids, None, margins=(16, 4, 16, 8)))
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(fields)
        self.memory = MemoryBar()
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(12)
        self._rows.setVerticalSpacing(3)
        self._rows.setColumnStretch(1, 1)
        results = panel()
        results.setLayout(
            column(label("WHAT COMES OF IT", "section"), self._rows, self.memory, margins=(16, 10, 16, 12))
        )
        right = QWidget()
        right.setLayout(column(head, scroll, results, gap=0))
        return right

    # The list.

    @property
    def chosen(self) -> Workload | None:
        """The workload that is shown."""
        at = self.list.currentRow()
        return self._workloads[at] if 0 <= at < len(self._workloads) else None

    def add(self, kind: str) -> None:
        """Add a workload of a kind with the defaults of its job."""
        number = sum(w.kind == kind for w in self._workloads) + 1
        made = Workload(
            id=random_id(),
            name=f"{KINDS[kind]} {number}",
            kind=kind,
            model=next(iter(self._models), ""),  # type: ignore[arg-type]
        )
        self._workloads.append(made)
        self._fill(len(self._workloads) - 1)
        self.name.setFocus()
        self.name.selectAll()

    def duplicate(self) -> None:
        """Add a copy of the workload that is shown."""
        if self.chosen is not None:
            again = msgspec.structs.replace(self.chosen, id=random_id(), name=f"{self.chosen.name} copy")
            self._workloads.append(again)
            self._fill(len(self._workloads) - 1)

    def remove(self) -> None:
        """Take the workload that is shown out of the list."""
        at = self.list.currentRow()
        if self.chosen is not None:
            del self._workloads[at]
            self._fill(min(at, len(self._workloads) - 1))

    def _fill(self, at: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for one in self._workloads:
            self.list.addItem(f"{one.name}  ({KINDS[one.kind].lower()})")
        self.list.setCurrentRow(at)
        self.list.blockSignals(False)
        self._right.setVisible(bool(self._workloads))
        self._empty.setVisible(not self._workloads)
        self._show()

    # The workload that is shown.

    def _show(self) -> None:
        one = self.chosen
        if one is None:
            return
        self._problem.setText("")
        if not self.name.hasFocus():
            self.name.setText(one.name)
        self._show_models(one.model)
        for kind, grid in self.grids.items():
            grid.setVisible(kind == one.kind)
        self.grids[one.kind].show_values(msgspec.structs.asdict(one.job))
        self._show_result(self.result_of(one))

    def _show_models(self, chosen: str) -> None:
        self.model.clear()
        self.model.addItem(NO_MODEL, "")
        for shape in {**presets(), **self._models}.values():
            self.model.addItem(f"{shape.name}" + (f"  ({shape.maker})" if shape.maker else ""), shape.id)
        self.model.setCurrentIndex(max(self.model.findData(chosen), 0))
        shape_ = self._shape_of(chosen)
        self._shape.setText("" if shape_ is None else _shape_words(shape_))

    def _shape_of(self, model: str) -> Transformer | None:
        return self._models.get(model) or presets().get(model)

    def _change(self, **fields: Any) -> None:
        one = self.chosen
        if one is None:
            return
        self._workloads[self.list.currentRow()] = one = msgspec.structs.replace(one, **fields)
        item = self.list.currentItem()
        if item is not None:
            item.setText(f"{one.name}  ({KINDS[one.kind].lower()})")
        self._show()

    def _parameter(self, name: str, value: Any) -> None:
        one = self.chosen
        if one is None:
            return
        default = fields_of(JOBS[one.kind])[name].default
        given = {key: was for key, was in one.parameters.items() if key != name}
        if value is not None and value != default:
            given[name] = value
        self._problem.setText("")
        self._change(parameters=given)

    def read_config(self) -> None:
        """Take the shape of a model from a public config.json."""
        path, _ = QFileDialog.getOpenFileName(self, "Read the configuration of a model", "", CONFIG_FILTER)
        if path:
            self.take_config(Path(path))

    def take_config(self, path: Path) -> None:
        """Take the shape of a model from a file; what is wrong with it is said, and nothing changes."""
        from core.exchange.transformer_config import read_config

        name = path.parent.name if path.name == "config.json" else path.stem
        try:
            text = path.read_text(encoding="utf-8-sig")
            shape = read_config(text, name, path.name)
        except (OSError, UnicodeDecodeError, CagenutError) as error:
            self._problem.setText(sentence(str(error)))
            return
        self._models[shape.id] = shape
        self._change(model=shape.id)

    # What comes of it.

    def result_of(self, one: Workload) -> WorkloadResult:
        """Return what comes of a workload as it stands in the dialog."""
        from core.engine.cluster import cluster_of

        brief = self._of.snapshot.brief
        given = WorkloadResult(
            one, self._shape_of(one.model), rates=tuple(brief.assume(name) for name in RATES)
        )
        if given.model is None:
            return replace(given, problem="no model is chosen", cure="Choose one above")
        try:
            cluster = cluster_of(self._of.snapshot, self._of.network, one.job.part)
        except CagenutError as error:
            return replace(given, problem=error.problem, cure=error.cure)
        return run_workload(replace(given, cluster=cluster, notes=cluster.unknown), brief)

    def _show_result(self, found: WorkloadResult) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for at, (name, value) in enumerate(workload_rows(found)[1:]):
            failed = name == "Does not run"
            self._rows.addWidget(
                label(name, "error" if failed else "faint"), at, 0, Qt.AlignmentFlag.AlignTop
            )
            self._rows.addWidget(label(value, "error" if failed else "", wrap=True), at, 1)
        parts, capacity = _memory_of(found)
        self.memory.show_memory(parts, capacity)

    def accept(self) -> None:
        """Put all that was altered into one change."""
        edit = Edit(self._document.project, "Set the workloads")
        try:
            before = {one.id: one for one in self._stored()}
            for one in self._workloads:
                if one.model and one.model not in self._document.project.rows("models"):
                    shape = self._shape_of(one.model)
                    assert shape is not None
                    edit.put("models", TransformerRecord(id=one.model, spec=shape))
                if before.get(one.id) != one:
                    edit.put("workloads", one)
            for gone in before.keys() - {one.id for one in self._workloads}:
                edit.remove("workloads", ("", gone))
            self._document.commit_edit(edit)
        except CagenutError as error:
            self._problem.setText(sentence(str(error)))
            return
        super().accept()


def _memory_of(found: WorkloadResult) -> tuple[Mapping[str, float], float]:
    """Return the parts of the memory of the fullest accelerator, and what there is."""
    if found.training is not None:
        step = found.training.step
        return {name: float(value) for name, value in step.memory._asdict().items()}, step.capacity_bytes
    if found.serving is not None and found.serving.memory is not None and found.cluster is not None:
        kept = found.serving.memory
        parts = {name: float(getattr(kept, name)) for name in ("weights", "cache", "activations", "reserve")}
        return parts, found.cluster.memory_gb * 1e9
    return {}, 0.0


def _shape_words(shape: Transformer) -> str:
    from core.engine.transformer import active_parameters, parameters

    total, active = parameters(shape), active_parameters(shape)
    experts = f", {active / 1e9:,.1f} active" if shape.experts else ""
    return (
        f"{total / 1e9:,.1f} billion parameters{experts}; {shape.layers} layers, hidden size {shape.hidden:,}"
    )
