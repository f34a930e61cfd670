"""Document control: what title blocks print, the revisions there are, and a new issue."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from core.editing.issuing import PRINTED, PURPOSES, is_as_issued, issue, next_number, set_printed
from core.errors import CagenutError
from core.model.change import Edit
from core.model.records import Revision
from desktop.document import Document
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

_COLUMNS = {
    "number": "Rev",
    "date": "Date",
    "purpose": "Issued",
    "author": "Drawn",
    "checker": "Checked",
    "approver": "Approved",
    "description": "Description",
}


class IssueDialog(QDialog):
    """Sets the title block and issues the design; both are changes that undo takes back."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Document control and issue")
        self.resize(780, 500)
        self._document = document
        project = document.project
        self.printed = {
            name: self._line(text, str(project.setting(name, ""))) for name, text in PRINTED.items()
        }
        self.fields = {
            "number": self._line("Rev", next_number(project)),
            "date": self._line("Date", date.today().isoformat()),
            "author": self._line("Drawn", self._last("author")),
            "checker": self._line("Checked", self._last("checker")),
            "approver": self._line("Approved", ""),
            "description": self._line("Description", ""),
        }
        self.purpose = QComboBox()
        self.purpose.setEditable(True)
        self.purpose.addItems(PURPOSES)
        self.purpose.setCurrentText("for review")
        self.purpose.setAccessibleName("Issued")
        self._problem = label(role="error", wrap=True)
        go = button("Issue", self.issue_design, primary=True)
        let_ctrl_enter(self, go)
        self.setLayout(
            column(
                label("TITLE BLOCK", "section"),
                self._form(list(self.printed.items())),
                label("REVISIONS", "section"),
                self._table(),
                label(self._standing(), "faint", wrap=True),
                label("NEW ISSUE", "section"),
                self._form([*self.fields.items(), ("purpose", self.purpose)]),
                row(
                    self._problem,
                    None,
                    button("Close", self.reject),
                    button("Set Title Block", self.set_title_block),
                    go,
                ),
                margins=(16, 14, 16, 14),
                gap=8,
            )
        )

    @property
    def problem(self) -> str:
        """Why the last button did nothing."""
        return self._problem.text()

    def set_title_block(self) -> bool:
        """Put what title blocks print into one change and close."""
        edit = Edit(self._document.project, "Set title block")
        set_printed(edit, **self._texts())
        return self._commit(edit)

    def issue_design(self) -> bool:
        """Issue the design as it is, title block included, and close."""
        edit = Edit(self._document.project, f"Issue {self.fields['number'].text().strip()}")
        try:
            set_printed(edit, **self._texts())
            given = {name: made.text().strip() for name, made in self.fields.items()}
            issue(edit, purpose=self.purpose.currentText().strip(), **given)
        except CagenutError as error:
            self._problem.setText(sentence(str(error)))
            return False
        return self._commit(edit)

    def _commit(self, edit: Edit) -> bool:
        try:
            self._document.commit_edit(edit)
        except CagenutError as error:
            self._problem.setText(sentence(str(error)))
            return False
        self.accept()
        return True

    def _texts(self) -> dict[str, str]:
        return {name: made.text().strip() for name, made in self.printed.items()}

    def _line(self, text: str, value: str) -> QLineEdit:
        made = QLineEdit(value)
        made.setAccessibleName(text)
        return made

    def _form(self, rows: list[tuple[str, QLineEdit]] | list[tuple[str, QWidget]]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        for place in (0, 1):
            grid.setColumnMinimumWidth(2 * place, 112)
            grid.setColumnStretch(2 * place + 1, 1)
        for at, (_, widget) in enumerate(rows):
            line, place = divmod(at, 2)
            grid.addWidget(label(widget.accessibleName(), "faint"), line, 2 * place)
            grid.addWidget(widget, line, 2 * place + 1)
        return made

    def _table(self) -> QTableWidget:
        revisions = self._revisions()
        table = QTableWidget(len(revisions), len(_COLUMNS))
        table.setAccessibleName("Revisions")
        table.setFixedHeight(132)
        table.setHorizontalHeaderLabels(list(_COLUMNS.values()))
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.horizontalHeader().setSectionResizeMode(len(_COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        for line, revision in enumerate(reversed(revisions)):
            for at, name in enumerate(_COLUMNS):
                item = QTableWidgetItem(str(getattr(revision, name)))
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                table.setItem(line, at, item)
        return table

    def _revisions(self) -> list[Revision]:
        return sorted(self._document.project.revisions.values(), key=lambda r: (r.date, r.number))

    def _last(self, name: str) -> str:
        revisions = self._revisions()
        return str(getattr(revisions[-1], name)) if revisions else ""

    def _standing(self) -> str:
        revisions = self._revisions()
        if not revisions:
            return "Nothing is issued yet: sheets say DRAFT."
        if is_as_issued(self._document.project, revisions[-1]):
            return f"The design is what revision {revisions[-1].number} issued."
        number = revisions[-1].number
        return f"The design was altered since revision {number}: sheets say DRAFT until the next issue."
