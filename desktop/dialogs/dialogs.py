"""The dialogs that edit the project or hand it on: export, brief, types, waivers, help."""

from __future__ import annotations

import importlib.util
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect

from core.catalogue.library import Library
from core.files import state
from core.model.change import Edit
from desktop.document import Document
from desktop.dragging import Carried
from desktop.widgets import ask

if TYPE_CHECKING:
    from desktop.main_window import MainWindow
    from desktop.panels.findings import Line


class Dialogs(QObject):
    """The dialogs of one window, made when asked for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def why_not_export(self) -> str:
        """Say why there is no export."""
        found = importlib.util.find_spec("core.report.specification")
        return "" if found is not None else "this installation has no report module"

    def export(self) -> None:
        """Export the specification set."""
        from desktop.dialogs.export import ExportDialog

        document = self._window.document
        if document is None:
            return
        dialog = ExportDialog(document, self._window)
        dialog.exported.connect(lambda path: self._window.say(f"Exported {path}"))
        dialog.open()

    def preview_sheets(self, sheet: str = "", *, of: str = "") -> None:
        """Show the sheets of the specification set, at first the one named, or the one of a path."""
        from desktop.dialogs.sheets import SheetsWindow

        if self._window.document is None:
            return
        shown = self._window.findChild(SheetsWindow)
        if shown is None:
            shown = SheetsWindow(self._window.document, self._window.search.sheets, self._window)
            shown.subject_chosen.connect(self._window.workspace.show_paths)
            self._window.document_changed.connect(shown.close)
        shown.show()
        shown.raise_()
        shown.activateWindow()
        if of:
            shown.show_sheet_of(of)
        else:
            shown.show_sheet(sheet)

    def edit_brief(self, focus: str) -> None:
        """Edit the site and the brief."""
        from desktop.dialogs.brief import BriefDialog

        if self._window.document is not None:
            BriefDialog(self._window.document, focus, self._window).open()

    def edit_workloads(self, focus: str = "") -> None:
        """Edit what the design is meant to train and serve."""
        from core.engine.evaluation import evaluate
        from desktop.dialogs.workloads import WorkloadsDialog

        document, outcome = self._window.document, self._window.evaluation.outcome
        if document is not None:
            of = outcome.evaluation if outcome is not None else evaluate(document.project)
            WorkloadsDialog(document, of, focus, self._window).open()

    def edit_assumptions(self, focus: str = "") -> None:
        """Edit the numbers the figures rest on where the design says nothing."""
        from desktop.dialogs.assumptions import AssumptionsDialog

        if self._window.document is not None:
            AssumptionsDialog(self._window.document, self._window.evaluation, focus, self._window).open()

    def compare(self) -> None:
        """Hold the design against files and revisions; there is one window of it."""
        from desktop.dialogs.comparing import ComparingDialog

        document = self._window.document
        if document is None:
            return
        dialog = self._window.findChild(ComparingDialog)
        if dialog is None:
            changes = self._window.workspace.changes
            dialog = ComparingDialog(document, self._window.evaluation, changes, self._window)
            self._window.document_changed.connect(dialog.close)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def linked_blocks(self) -> None:
        """Link drawings from other files, and take newer versions of them."""
        from desktop.dialogs.linked import LinkedDialog

        if self._window.document is None:
            return
        shown = self._window.findChild(LinkedDialog)
        if shown is None:
            shown = LinkedDialog(self._window)
            shown.placing.connect(self._window.workspace.place)
            self._window.document_changed.connect(shown.close)
        shown.show()
        shown.raise_()
        shown.activateWindow()

    def merge(self) -> None:
        """Take in another person's changes to this design."""
        from desktop.dialogs.merging import MergeDialog

        if self._window.document is not None:
            MergeDialog(self._window.document, self._window).open()

    def dashboard(self) -> None:
        """Show the ten figures and the charts behind them; there is one window of them."""
        from core.engine.headline import headline_of
        from desktop.dialogs.dashboard import DashboardDialog

        window = self._window
        if window.document is None:
            return
        shown = window.findChild(DashboardDialog)
        if shown is None:
            shown = DashboardDialog(window.evaluation, window)

            def explain(name: str, at: QRect) -> None:
                of = window.evaluation.outcome
                if of is not None and name in of.evaluation.quantities:
                    window.tally.explain(headline_of(of.evaluation, of.evaluation.quantities[name]), at)

            shown.explained.connect(explain)
            shown.workloads_wanted.connect(self.edit_workloads)
            shown.suppliers_wanted.connect(self.suppliers)
            window.document_changed.connect(shown.close)
        shown.show()
        shown.raise_()
        shown.activateWindow()

    def explore(self) -> None:
        """Vary the design; the window stays when one of its points is opened."""
        from desktop.dialogs.exploring.window import ExploreWindow

        if self._window.document is None:
            return
        shown = self._window.findChild(ExploreWindow)
        if shown is None:
            shown = ExploreWindow(self._window)
        shown.show()
        shown.raise_()
        shown.activateWindow()

    def suppliers(self) -> None:
        """Show who the design depends on; there is one window of it."""
        from desktop.dialogs.suppliers import SuppliersDialog

        window = self._window
        if window.document is None:
            return
        shown = window.findChild(SuppliersDialog)
        if shown is None:
            shown = SuppliersDialog(window)
            shown.shown.connect(window.workspace.show_paths)
            window.document_changed.connect(shown.close)
        shown.show()
        shown.raise_()
        shown.activateWindow()

    def issue(self) -> None:
        """Edit the title block, see the revisions, issue the design."""
        from desktop.dialogs.issue import IssueDialog

        if self._window.document is not None:
            IssueDialog(self._window.document, self._window).open()

    def recover(self) -> None:
        """List what was never saved and open a copy of what is chosen."""
        from desktop.dialogs.recover import RecoverDialog

        dialog = RecoverDialog(self._window)
        dialog.chosen.connect(self._window.filing.recover)
        dialog.open()

    def edit_type(self, type_id: str) -> None:
        """Show or edit a type, or make a new one."""
        from desktop.dialogs.type_editor import TypeEditor

        dialog = TypeEditor(self._window.library, type_id, self._window)
        dialog.saved.connect(self.type_saved)
        dialog.open()

    def import_type(self, path: str) -> None:
        """Make a new type, started from a YAML file of the NetBox device type library."""
        from desktop.dialogs.type_editor import TypeEditor

        dialog = TypeEditor(self._window.library, "", self._window)
        dialog.saved.connect(self.type_saved)
        dialog.import_file(path)
        dialog.open()

    def type_saved(self, type_id: str) -> None:
        """Read the user's types anew and say if the project has an older copy of this one."""
        library = Library.load(state.types_folder())
        self._window.set_library(library)
        self._window.catalogue.reveal(Carried("type", type_id))
        document = self._window.document
        spec = library.find(type_id)
        held = None if document is None else document.project.find_type(type_id)
        if document is None or held is None or spec is None or held == spec:
            self._window.say(f"Saved to {state.types_folder()}")
            return
        words = "The project keeps its own copy of every type it uses."
        if (
            ask(
                self._window,
                "Type saved",
                f"Use it in {document.name} too?",
                words,
                "Update the project",
                "Keep as it is",
            )
            == 0
        ):
            self._window.attempt(lambda: self._update_type(document, library, type_id))

    def _update_type(self, document: Document, library: Library, type_id: str) -> None:
        from core.editing.retype import update_type

        edit = Edit(document.project, f"Update {type_id}")
        update_type(edit, library, type_id)
        document.commit_edit(edit)

    def waive(self, line: Line) -> None:
        """Accept a finding for a reason."""
        from desktop.dialogs.waiver import WaiverDialog

        dialog = WaiverDialog(line.message, line.where, self._window)
        dialog.accepted.connect(
            lambda: self._put_waiver(line, dialog.author.text(), dialog.reason.toPlainText())
        )
        dialog.open()

    def _put_waiver(self, line: Line, author: str, reason: str) -> None:
        from core.model.records import Waiver

        document = self._window.document
        if document is None:
            return
        finding: Any = line.finding
        edit = Edit(document.project, "Waive a finding")
        present = finding.waiver
        edit.put(
            "waivers",
            Waiver(
                block=finding.block,
                id=present.id if present is not None else edit.new_id(finding.block),
                rule=finding.rule,
                subjects=finding.subjects,
                value=finding.value,
                author=author.strip(),
                date=date.today().isoformat(),
                reason=reason.strip(),
            ),
        )
        self._window.attempt(lambda: document.commit_edit(edit))

    def show_keys(self) -> None:
        """Show the keys and gestures."""
        from desktop.dialogs.keys import KeysDialog

        KeysDialog(self._window.actions_, self._window).open()

    def show_about(self) -> None:
        """Say what this program is."""
        from desktop.dialogs.keys import about

        about(self._window)
