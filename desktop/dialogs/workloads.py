"""What the design is meant to train and serve: workloads, their models, and what comes of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QListWidget, QWidget

from core.catalogue.transformers import presets
from core.engine.workload_plans import PLAN_FIELDS, Alternatives
from core.errors import CagenutError
from core.model.change import Edit
from core.model.fields import fields_of
from core.model.project import random_id
from core.model.records import JOBS, TransformerRecord, Workload
from core.model.transformer import Transformer
from desktop.dialogs.workload_form import WorkloadForm
from desktop.dialogs.workload_results import WorkloadResults
from desktop.document import Document
from desktop.widgets import button, column, label, let_ctrl_enter, panel, row, sentence
from desktop.workload_trials import WorkloadTrials

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

KINDS = {"training": "Training", "inference": "Service"}
CONFIG_FILTER = "Configuration of a transformer (config.json *.json);;All (*)"


class WorkloadsDialog(QDialog):
    """Workloads on the left; the one chosen beside them, and what comes of it on the right.

    Nothing of the design changes before `accept`, which is one change.
    """

    def __init__(
        self, document: Document, of: Evaluation, focus: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Workloads")
        self.resize(1340, 800)
        self.setMinimumSize(1020, 560)
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
        left.setFixedWidth(244)
        self._trials = WorkloadTrials(self, of, self._told)
        self._shown = ""
        self.form = WorkloadForm(self.read_config)
        self.form.setMinimumWidth(330)
        self.form.setMaximumWidth(400)
        self.form.renamed.connect(lambda text: self._change(name=text))
        self.form.model_chosen.connect(lambda model: self._change(model=model))
        self.form.typed.connect(self._parameter)
        self.form.refused.connect(lambda why: self._problem.setText(why))
        self.results = WorkloadResults(self.cancel, self.compute)
        self.results.plan_asked.connect(self._take_plan)
        self._right = QWidget()
        self._right.setLayout(row(self.form, self.results, gap=0))
        self._right.layout().setStretch(0, 1)
        self._right.layout().setStretch(1, 2)
        self._empty = label(
            "No workload yet. Add a training run or a service on the left.", "faint", wrap=True
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._problem = label(role="error", wrap=True)
        apply = button("Apply", self.accept, primary=True)
        apply.setAutoDefault(False)  # Enter ends a field, or takes a plan
        apply.setToolTip("Ctrl+Enter")
        let_ctrl_enter(self, apply)
        end = row(self._problem, button("Cancel", self.reject), apply)
        end.setStretch(0, 1)
        end.setContentsMargins(16, 8, 16, 12)
        body = row(left, self._right, self._empty, gap=0)
        self.setLayout(column(body, end, gap=0))
        self._fill(next((k for k, w in enumerate(self._workloads) if w.id == focus), 0))

    def _stored(self) -> list[Workload]:
        return sorted(self._document.project.rows("workloads").values(), key=lambda w: w.id)

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
        self.form.name.setFocus()
        self.form.name.selectAll()

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
            self._trials.cancel()
            return
        self._problem.setText("")
        self.form.show_workload(one, self._models)
        if one.id != self._shown:
            self._shown = one.id
            self.form.forget()
            self.form.show_workload(one, self._models)
            self._show_known(one)
        self.compute()

    def _show_known(self, one: Workload) -> None:
        """Show at once what the design says of a workload that is not altered."""
        self.results.forget()
        known = self._of.workloads.of(one.id)
        if known is not None and (known.workload, known.model) == (one, self._shape_of(one.model)):
            self.results.show_result(known)

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
        self._parameters({name: value})

    def _parameters(self, values: Mapping[str, Any]) -> None:
        """Take values of parameters; None and the default are not kept."""
        one = self.chosen
        if one is None:
            return
        fields = fields_of(JOBS[one.kind])
        given = {key: was for key, was in one.parameters.items() if key not in values}
        given |= {k: value for k, value in values.items() if value is not None and value != fields[k].default}
        self._change(parameters=given)

    def _take_plan(self, values: Mapping[str, Any]) -> None:
        """Fix a plan, or leave it to the search again where none is named."""
        one = self.chosen
        if one is not None:
            self._parameters(dict.fromkeys(PLAN_FIELDS[type(one.job)]) | dict(values))

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

    def compute(self) -> None:
        """Compute what comes of the workload that is shown, beside the window."""
        one = self.chosen
        if one is not None:
            self._trials.ask(one, self._shape_of(one.model))
            self.results.show_busy()

    def cancel(self) -> None:
        """Wait no longer for what comes of the workload."""
        self._trials.cancel()
        self.results.show_cancelled()

    @property
    def is_busy(self) -> bool:
        """Whether what stands beside the workload is still to come."""
        return self._trials.is_busy

    def _told(self, found: Alternatives) -> None:
        self.results.show_idle()
        self.results.show_alternatives(found)

    def done(self, result: int) -> None:
        """End the thread with the dialog."""
        self._trials.close()
        self.results.show_idle()
        super().done(result)

    def accept(self) -> None:
        """Put all that was altered into one change; not while a field holds no value."""
        if why := self.form.seek_wrong():
            self._problem.setText(sentence(why))
            return
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
