"""The parameters of one workload: its name, its model, and what its kind of job asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from core.catalogue.transformers import presets
from core.engine.transformer import active_parameters, parameters
from core.model.fields import fields_of
from core.model.records import JOBS, Workload
from core.model.transformer import Transformer
from desktop.dialogs.type_fields import FieldGrid
from desktop.widgets import button, column, label, sentence

NO_MODEL = "Choose a model"


class WorkloadForm(QWidget):
    """Name, model and parameters of the workload that is shown."""

    renamed = Signal(str)
    model_chosen = Signal(str)
    typed = Signal(str, object)
    """Carries the name of a parameter and its value."""
    refused = Signal(str)
    """Carries why what was typed is no value."""

    def __init__(self, read_config: Callable[[], None]) -> None:
        super().__init__()
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.textEdited.connect(lambda text: self.renamed.emit(text.strip()))
        self.model = QComboBox()
        self.model.setAccessibleName("Model")
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.model.setMinimumContentsLength(10)
        self.model.activated.connect(lambda at: self.model_chosen.emit(self.model.itemData(at) or ""))
        head = QGridLayout()
        head.setContentsMargins(16, 12, 16, 4)
        head.setHorizontalSpacing(10)
        head.setColumnStretch(1, 1)
        head.addWidget(label("Name"), 0, 0)
        head.addWidget(self.name, 0, 1, 1, 2)
        head.addWidget(label("Model"), 1, 0)
        head.addWidget(self.model, 1, 1)
        head.addWidget(button("Read config.json ...", read_config, icon_name="open"), 1, 2)
        self.shape = label(role="faint", wrap=True)
        self.shape.setMinimumHeight(2 * self.shape.fontMetrics().lineSpacing() + 2)
        self.shape.setAlignment(Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.shape, 2, 1, 1, 2)
        self.grids: dict[str, FieldGrid] = {}
        for kind, job in JOBS.items():
            grid = self.grids[kind] = FieldGrid("searched")
            for field in fields_of(job).values():
                grid.add(field)
            grid.typed.connect(self.typed)
            grid.refused.connect(lambda _, why: self.refused.emit(sentence(why)))
        fields = QWidget()
        fields.setLayout(column(*self.grids.values(), None, margins=(16, 4, 16, 8)))
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(fields)
        box = column(gap=0)
        box.addLayout(head)
        box.addWidget(scroll, 1)
        self.setLayout(box)

    def show_workload(self, one: Workload, models: Mapping[str, Transformer]) -> None:
        """Show a workload; what is being typed stays.

        Parameters
        ----------
        models : mapping of str to Transformer
            Those of the project by their ids, beside the presets.
        """
        if not self.name.hasFocus():
            self.name.setText(one.name)
        known = {**presets(), **models}
        self.model.clear()
        self.model.addItem(NO_MODEL, "")
        for shape in known.values():
            self.model.addItem(f"{shape.name}" + (f"  ({shape.maker})" if shape.maker else ""), shape.id)
        self.model.setCurrentIndex(max(self.model.findData(one.model), 0))
        chosen = known.get(one.model)
        self.shape.setText("" if chosen is None else shape_words(chosen))
        for kind, grid in self.grids.items():
            grid.setVisible(kind == one.kind)
        self.grids[one.kind].show_values(msgspec.structs.asdict(one.job))

    def forget(self) -> None:
        """Forget what was refused: another workload is shown."""
        for grid in self.grids.values():
            grid.clear_refused()

    def seek_wrong(self) -> str:
        """Go to the first field whose text is no value, and return why; empty if all are."""
        return next((why for grid in self.grids.values() if (why := grid.seek_wrong())), "")


def shape_words(shape: Transformer) -> str:
    """Return the size of a model in words."""
    total, active = parameters(shape), active_parameters(shape)
    experts = f", {active / 1e9:,.1f} active" if shape.experts else ""
    return (
        f"{total / 1e9:,.1f} billion parameters{experts}; {shape.layers} layers, hidden size {shape.hidden:,}"
    )
