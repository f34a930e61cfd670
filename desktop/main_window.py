"""The main window: puts document, drawings and panels together."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget

from core import units
from core.catalogue.library import Library
from core.errors import CagenutError
from core.files import state
from core.model.change import Change
from desktop.actions import Actions
from desktop.dialogs.dialogs import Dialogs
from desktop.dialogs.start import StartPage
from desktop.docks import make_docks, make_tool_bar, share_room
from desktop.document import Document
from desktop.evaluation import LiveEvaluation, Outcome
from desktop.filing import Filing
from desktop.menus import CONTEXT, register
from desktop.panels.catalogue import CataloguePanel
from desktop.panels.fabric_inspector import FabricInspector
from desktop.panels.failures import FailuresPanel
from desktop.panels.findings import FindingsPanel
from desktop.panels.history import HistoryPanel
from desktop.panels.loads import LoadsPanel
from desktop.panels.numbers import make_numbers_bar
from desktop.panels.properties import PropertiesPanel
from desktop.panels.results import ResultsPanel
from desktop.panels.tree import ProjectTree
from desktop.search.palette import Palette
from desktop.tables.tables import Tables
from desktop.tally import Tally
from desktop.theme import theme
from desktop.whereabouts import UndoNotice
from desktop.widgets import label
from desktop.workspace import Workspace

MESSAGE_MS = 9000


class MainWindow(QMainWindow):
    """One project, its drawings and panels."""

    document_changed = Signal()
    """Another project is shown, or none."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library
        self.document: Document | None = None
        self._has_shared_room = False
        self._hint = ""
        self.settings = state.load_settings()
        self.evaluation = LiveEvaluation(self)
        self.workspace = Workspace()
        self.start = StartPage()
        self._middle = QStackedWidget()
        self.setCentralWidget(self._middle)
        self._middle.addWidget(self.start)
        self._middle.addWidget(self.workspace)
        self.catalogue, self.tree, self.history = CataloguePanel(), ProjectTree(), HistoryPanel()
        self.properties, self.results, self.findings = PropertiesPanel(), ResultsPanel(), FindingsPanel()
        network = self.workspace.network
        self.failures, self.loads = FailuresPanel(network), LoadsPanel(network)
        self.inspector = FabricInspector(network)
        self.filing, self.dialogs = Filing(self), Dialogs(self)
        self.tally = Tally(self)
        self.search = Palette(self)
        self.actions_ = Actions(self)
        register(self)
        self._docks, self.left_tabs, self.below_tabs = make_docks(self)
        self.tables = Tables(self)
        self._make_bars()
        self.undo_notice = UndoNotice(self, MESSAGE_MS)
        self._wire()
        self.setAcceptDrops(True)
        self.resize(1500, 940)
        self.set_document(None)
        self._restore_geometry()

    # The project.

    def set_document(self, document: Document | None) -> None:
        """Show another project; None shows the start page."""
        if self.document is not None:
            self.document.close()
            self.document.deleteLater()
        self.document = document
        units.choose(None if document is None else document.project.setting(units.SETTING))
        self.workspace.set_document(document, self.library)
        self.tree.set_document(document)
        self.history.set_document(document)
        self.properties.show_evaluation(None)
        self.workspace.network.show_evaluation(None)
        self.properties.set_document(document)
        self.inspector.set_document(document)
        self.failures.close_work()
        self.catalogue.set_sources(self.library, None if document is None else document.project)
        self.results.clear()
        self.tally.clear()
        self._numbers_bar.setVisible(document is not None)
        self.findings.show_lines([])
        self.evaluation.watch(document, self.library)
        self.workspace.banner.say("", "info", "info")
        if document is not None:
            document.changed.connect(self._changed)
            document.saved.connect(self._saved)
            document.noted.connect(self.say)
            document.protection_changed.connect(self._protect)
            document.save_failed.connect(self.filing.save_failed)
            document.selection.changed.connect(self.actions_.refresh_soon)
            self._protect(document.session.problem)
            self.workspace.set_which("kinds")
            self.workspace.show_view("hall")
        self._middle.setCurrentWidget(self.start if document is None else self.workspace)
        for dock in self._docks.values():
            dock.setVisible(document is not None)
        if document is not None and not self._has_shared_room:
            self._has_shared_room = True
            QTimer.singleShot(0, lambda: share_room(self, self._docks))
        self._update_title()
        self.document_changed.emit()
        self.actions_.refresh()

    def set_library(self, library: Library) -> None:
        """Take types from another library."""
        self.library = library
        self.workspace.set_library(library)
        self.catalogue.set_sources(library, None if self.document is None else self.document.project)
        self.evaluation.watch(self.document, library)

    def say(self, words: str) -> None:
        """Say something in the status bar."""
        self.statusBar().showMessage(words, MESSAGE_MS)

    def complain(self, words: str) -> None:
        """Say in the status bar why something did not happen."""
        self.statusBar().showMessage(f"Not done: {words}", MESSAGE_MS)

    def attempt(self, act: object) -> None:
        """Do something the user asked for; what goes wrong is said, not lost."""
        try:
            act()  # type: ignore[operator]
        except CagenutError as error:
            self.complain(str(error))
        self.actions_.refresh_soon()

    # Putting together.

    def _make_bars(self) -> None:
        self.menus = self.actions_.fill(self.menuBar())
        self.recent_menu = QMenu("Open Re&cent", self)
        self.recent_menu.setToolTipsVisible(True)
        self.recent_menu.aboutToShow.connect(lambda: self.filing.fill_recent(self.recent_menu))
        self.menus["File"].insertMenu(self.actions_["file.recover"], self.recent_menu)
        self.addToolBar(make_tool_bar(self.actions_))
        self.addToolBarBreak()
        self._numbers_bar = make_numbers_bar(self.tally.numbers)
        self.addToolBar(self._numbers_bar)
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        self._pointed, self._scale, self._protected, self._state = label(), label(), label(), label()
        for widget in (self._pointed, self._scale, self._state, self._protected):
            status.addPermanentWidget(widget)

    def _wire(self) -> None:
        for view in self.workspace.views.values():
            view.failed.connect(self.complain)
            view.pointed.connect(self._pointed.setText)
            view.scale_changed.connect(self._show_scale)
            view.tool_changed.connect(self._tool_changed)
            view.menu_requested.connect(self._show_menu)
            view.search_requested.connect(lambda: self.search.ask("+"))
            self.tally.watch(view)
        self.workspace.switched.connect(self._switched)
        self.tree.opened.connect(self._open_in_tree)
        self.catalogue.chosen.connect(self._place)
        self.catalogue.edit_requested.connect(self.dialogs.edit_type)
        self.properties.failed.connect(self.complain)
        self.properties.losses_wanted.connect(self.workspace.seeing.want_losses)
        self.workspace.seeing.changed.connect(self._seen)
        self.results.chosen.connect(self.tally.explain)
        self.tally.explanation.limit_requested.connect(self.dialogs.edit_brief)
        self.tally.explanation.shown.connect(self.workspace.show_paths)
        self.tally.explanation.findings_requested.connect(self._show_findings)
        self.findings.shown.connect(self._show_finding)
        self.findings.waive_requested.connect(self.dialogs.waive)
        self.evaluation.started.connect(self._evaluating)
        self.evaluation.finished.connect(self._evaluated)
        self.evaluation.failed.connect(self._not_evaluated)
        self.start.new_requested.connect(self.filing.new)
        self.start.open_requested.connect(self.filing.ask_open)
        self.start.example_chosen.connect(self.filing.open_example)
        self.start.recent_chosen.connect(self.filing.open)
        self.start.recover_chosen.connect(self.filing.recover)
        self.start.discard_chosen.connect(self.filing.put_away)

    # What happens.

    def _changed(self, change: Change) -> None:
        self._update_title()
        self.actions_.refresh_soon()
        tables = {delta.table for delta in change.deltas}
        if "settings" in tables:
            self.tally.follow_units()
        if tables & {"blocks", "instances"} and self.catalogue.isVisible():
            self.catalogue.refresh()

    def _saved(self) -> None:
        assert self.document is not None
        if self.document.path is not None:
            self.say(f"Saved {self.document.path.name}")
            self.settings.remember(self.document.path)
            state.save_settings(self.settings)
        self._update_title()
        self.actions_.refresh_soon()

    def _place(self, carried: object) -> None:
        reason = self.workspace.place(carried)  # type: ignore[arg-type]
        if reason:
            self.complain(reason)

    def _open_in_tree(self, path: str) -> None:
        self.workspace.open_path(path)
        if self.document is not None and path:
            record = self.document.project.resolve(self.document.top, path)
            if record is not None and not hasattr(record, "of"):
                self.workspace.show_paths([path])

    def _evaluating(self) -> None:
        self._state.setText("Evaluating …")
        self.results.show_stale()
        self.inspector.show_stale()
        self.tally.numbers.show_stale()

    def _evaluated(self, outcome: Outcome) -> None:
        self._state.setText("Results up to date")
        self.tally.show_outcome(outcome)
        self.results.show_evaluation(outcome.evaluation, outcome.headlines)
        self.properties.show_evaluation(outcome.evaluation)
        self.workspace.network.show_evaluation(outcome.evaluation)
        self.inspector.show_evaluation(outcome.evaluation)
        if self.document is not None:
            from desktop.checking import lines_of

            lines = [] if outcome.report is None else lines_of(self.document, outcome.report)
            self.findings.show_lines(lines, outcome.problem)

    def _seen(self, what: str) -> None:
        if what == "losses" and self.evaluation.outcome is not None:
            self.properties.show_evaluation(self.workspace.seeing.evaluation)

    def _show_finding(self, paths: tuple[str, ...]) -> None:
        self.workspace.show_paths(paths)
        if not any(paths):
            self.say("This finding is about the whole design, not about one place in it")

    def _show_findings(self) -> None:
        self.below_tabs.setCurrentWidget(self.findings)
        self.findings.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_evaluated(self, words: str) -> None:
        self._state.setText("Not evaluated")
        self.results.show_stale(f"Not evaluated: {words}")

    def _protect(self, reason: str) -> None:
        """Say plainly while edits would not survive a crash."""
        self._protected.setText("Not protected" if reason else "Protected")
        self._protected.setToolTip(reason or "Every edit is in the journal: a crash loses nothing")
        buttons = (("Save now", lambda: self.filing.save()),) if reason else ()
        words = f"The latest edits are not protected against a crash: {reason}" if reason else ""
        self.workspace.banner.say(words, "warning", "warning", *buttons)

    def _switched(self) -> None:
        self._pointed.setText("")
        self._show_scale(self.workspace.view.scale_now)
        self.actions_.refresh_soon()

    def _show_scale(self, scale: float) -> None:
        self._scale.setText(f"{scale * 1000:,.0f} px/m" if scale < 1 else f"{scale:.1f} px/mm")

    def _tool_changed(self) -> None:
        tool = self.workspace.view.tool
        self.actions_["tool.link"].setChecked(tool.name == "link")
        self.actions_["tool.select"].setChecked(tool.name != "link")
        if tool.hint:
            self.say(tool.hint)
        elif self.statusBar().currentMessage() == self._hint:
            self.statusBar().clearMessage()
        self._hint = tool.hint

    def _show_menu(self, at: QPoint) -> None:
        """Offer what can be done with the selection, where the pointer is."""
        menu = self.actions_.menu_of(CONTEXT, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def _update_title(self) -> None:
        document = self.document
        if document is None:
            self.setWindowTitle("Cagenut")
            return
        self.setWindowTitle(f"{'● ' if document.is_dirty else ''}{document.name} – Cagenut")

    # Qt's events.

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved edits, then end everything that runs."""
        if not self.filing.may_leave():
            event.ignore()
            return
        self.settings.values["geometry"] = bytes(self.saveGeometry().toBase64().data()).decode()
        self.settings.values["theme"] = theme().choice
        state.save_settings(self.settings)
        self.set_document(None)
        self.evaluation.close()
        self.search.end()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take project files, and NetBox device types, dropped on the window."""
        if _dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a project file dropped on the window."""
        path = _dropped_file(event)
        if path is not None and path.suffix == ".cage":
            self.filing.open(path)
        elif path is not None:
            self.dialogs.import_type(str(path))

    def _restore_geometry(self) -> None:
        kept = self.settings.values.get("geometry")
        if isinstance(kept, str):
            self.restoreGeometry(QByteArray.fromBase64(kept.encode()))


def _dropped_file(event: QDropEvent) -> Path | None:
    for url in event.mimeData().urls():
        if url.isLocalFile() and url.toLocalFile().endswith((".cage", ".yaml", ".yml")):
            return Path(url.toLocalFile())
    return None
