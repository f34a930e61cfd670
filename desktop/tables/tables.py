"""The tables of a window: filled from the newest results when seen, edited, in step with the selection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QFileDialog, QVBoxLayout, QWidget

from core.files import writing
from core.model.change import Change

# Lists, panels and the engine they read are loaded when a table is first seen, not before the first frame.
if TYPE_CHECKING:
    from core.editing.fields_table import Plan
    from core.report.lists.cells import Rows
    from core.report.lists.listing import Listing, Source
    from desktop.dialogs.import_fields import ImportFieldsDialog
    from desktop.document import Document
    from desktop.evaluation import Outcome
    from desktop.main_window import MainWindow
    from desktop.tables.panel import TablePanel

TITLES = {
    "devices": "Devices",
    "racks": "Racks",
    "cables": "Cables",
    "ports": "Ports",
    "materials": "Bill of materials",
}
SETTING = "tables"
LEAST_PX = 300
"""Height that the panel below the drawings is given when a table is asked for."""


class Tables(QObject):
    """Devices, racks, cables, ports and materials as tabs below the drawings."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._document: Document | None = None
        self._outcome: Outcome | None = None
        self._source: Source | None = None
        self._shown_of: dict[str, object] = {}
        """By table what it was filled from."""
        self._own_selection = False
        self._own_edit = False
        self._editing_now = False
        self._pages: dict[str, QWidget] = {}
        self.panels: dict[str, TablePanel] = {}
        """The tables that have been seen."""
        for name, title in TITLES.items():
            self._pages[name] = QWidget()
            window.below_tabs.addTab(self._pages[name], title)
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(0)
        self._refresh.timeout.connect(self.refresh)
        window.below_tabs.currentChanged.connect(lambda _: self._refresh.start())
        window.evaluation.finished.connect(self._evaluated)
        window.document_changed.connect(lambda: self.set_document(window.document))

    def panel(self, name: str) -> TablePanel:
        """Return a table, made when it is first asked for."""
        made = self.panels.get(name)
        if made is None:
            from core.report.lists.kinds import KINDS
            from desktop.tables.panel import TablePanel

            kept = self._window.settings.values.get(SETTING)
            remembered = kept.get(name) if isinstance(kept, dict) else None
            kind = next(kind for kind in KINDS if kind.name == name)
            made = TablePanel(kind, remembered if isinstance(remembered, dict) else {})
            box = QVBoxLayout(self._pages[name])
            box.setContentsMargins(0, 0, 0, 0)
            box.addWidget(made)
            self.panels[name] = made
            self._wire(made)
        return made

    def _wire(self, made: TablePanel) -> None:
        made.selected.connect(lambda rows: self._selected(made, rows))
        made.jumped.connect(lambda: self.jump(made))
        made.pasted.connect(lambda: self._window.attempt(lambda: self.paste(made)))
        made.emptied.connect(lambda: self._window.attempt(lambda: self.empty(made)))
        made.export_requested.connect(lambda: self.ask_export(made))
        made.layout_changed.connect(lambda: self._keep(made))
        made.model.edit = lambda index, text: self._typed(made, index, text)
        made.view.choices = lambda name: self._choices(made, name)

    # What they show.

    @property
    def current(self) -> TablePanel | None:
        """The table in front, or None if the findings are."""
        page = self._window.below_tabs.currentWidget()
        name = next((name for name, widget in self._pages.items() if widget is page), "")
        return self.panel(name) if name else None

    def set_document(self, document: Document | None) -> None:
        """Show the tables of another project."""
        if self._document is not None:
            self._document.changed.disconnect(self._changed)
            self._document.selection.changed.disconnect(self._selection_changed)
        self._document, self._outcome, self._source = document, None, None
        self._shown_of.clear()
        for made in self.panels.values():
            made.show_listing(None)
            made.show_all()
        if document is not None:
            document.changed.connect(self._changed)
            document.selection.changed.connect(self._selection_changed)

    def show(self, name: str) -> TablePanel:
        """Bring a table to the front, high enough to read."""
        made = self.panel(name)
        self._give_room()
        self._window.below_tabs.setCurrentWidget(self._pages[name])
        self.refresh()
        made.view.setFocus()
        return made

    def _give_room(self) -> None:
        tabs = self._window.below_tabs
        dock = tabs.parentWidget()
        if isinstance(dock, QDockWidget) and tabs.height() < LEAST_PX:
            self._window.resizeDocks([dock], [LEAST_PX], Qt.Orientation.Vertical)

    def refresh(self) -> None:
        """Fill the table in front from the newest results, if it is seen and not filled from them yet."""
        made = self.current
        if made is None or self._outcome is None or self._document is None:
            return
        from core.report.lists.listing import Listing, Source
        from core.report.lists.placed import Placed

        if self._source is None:
            self._source = Source(
                self._outcome.evaluation, Placed(self._document.project, self._outcome.evaluation.snapshot)
            )
        source = self._source
        if self._shown_of.get(made.kind.name) is source:
            return
        before = made.listing
        self._shown_of[made.kind.name] = source
        listing = Listing(made.kind, source)
        keep = before is not None and _same_things(before, listing) and self._own_edit
        made.show_listing(listing, keep=keep)
        if not keep:
            self._sync(made, scroll=before is None)

    def _evaluated(self, outcome: Outcome) -> None:
        first = self._outcome is None
        self._outcome, self._source = outcome, None
        self._refresh.start()
        if first:
            self._own_edit = False

    def _changed(self, change: Change) -> None:
        """Show other values of the same things at once; what was added or removed comes with the results."""
        if self._outcome is None:
            return
        lasting = all(
            delta.table == "overrides" or (delta.before is not None and delta.after is not None)
            for delta in change.deltas
        )
        if not self._editing_now:
            self._own_edit = False
        if lasting:
            self._source = None
            self._refresh.start()

    # Selection.

    def _selected(self, made: TablePanel, rows: Rows) -> None:
        document, listing = self._document, made.listing
        if document is None or listing is None or made.kind.thing == "part":
            return
        self._own_selection = True
        try:
            if made.kind.thing != "port":
                document.selection.set(listing.source.placed.paths(made.kind.thing, rows))
                return
            from core.report.lists.ports import ports_of

            ports, placed = ports_of(listing.source), listing.source.placed
            paths = placed.paths("device", np.unique(ports.device[rows]).astype(np.int64))
            if len(rows) == 1:
                document.selection.pick_port(paths[0], listing.cells("port").text(int(rows[0])))
            else:
                document.selection.set(paths)
        finally:
            self._own_selection = False

    def _selection_changed(self) -> None:
        made = self.current
        if self._own_selection or made is None or not made.isVisible():
            return
        self._sync(made)

    def _sync(self, made: TablePanel, *, scroll: bool = True) -> None:
        """Mark in a table what is selected in the drawings."""
        document, listing = self._document, made.listing
        if document is None or listing is None or made.kind.thing == "part":
            return
        placed, selection = listing.source.placed, document.selection
        if made.kind.thing != "port":
            made.show_selected(placed.rows_of(made.kind.thing, selection.paths), scroll=scroll)
            return
        from core.report.lists.ports import ports_of

        ports = ports_of(listing.source)
        rows = np.flatnonzero(np.isin(ports.device, placed.rows_of("device", selection.paths)))
        if selection.port is not None and len(rows):
            cells = listing.cells("port")
            rows = rows[[cells.text(int(row)) == selection.port[1] for row in rows]]
        made.show_selected(rows, scroll=scroll)

    def jump(self, made: TablePanel) -> None:
        """Show what the marked rows are in the drawing."""
        from core.report.lists.ports import ports_of
        from desktop.tables.parts import paths_of_parts

        listing = made.listing
        index = made.current()
        if listing is None or not (index.isValid() and index.row() < len(made.model.rows)):
            return
        rows = made.touched()
        here = int(made.model.rows[index.row()])
        rows = rows if here in rows else np.array([here], np.int64)
        if made.kind.thing == "part":
            paths = paths_of_parts(listing.source, rows)
            if not paths:
                self._window.complain("it is inside other parts, or chosen by length: nothing drawn to show")
        elif made.kind.thing == "port":
            devices = np.unique(ports_of(listing.source).device[rows]).astype(np.int64)
            paths = listing.source.placed.paths("device", devices)
        else:
            paths = listing.source.placed.paths(made.kind.thing, rows)
        if paths:
            self._window.workspace.show_paths(list(dict.fromkeys(paths)))

    # Editing.

    def _choices(self, made: TablePanel, name: str) -> list[str]:
        if self._document is None or made.kind.find(name).fixed:
            return []
        from desktop.tables.editing import choices_of

        return choices_of(self._document.project, made.kind.thing, name)

    def _typed(self, made: TablePanel, index: QModelIndex, text: str) -> bool:
        """Put what was typed into the cell, or into all marked rows if its row is one of them."""
        here = int(made.model.rows[index.row()])
        rows = made.model.marked()
        rows = rows if here in rows else np.array([here], np.int64)
        name = made.model.columns[index.column()].name
        self._window.attempt(lambda: self._set(made, {row: {name: text} for row in rows.tolist()}))
        return True

    def _set(self, made: TablePanel, cells: dict[int, dict[str, str]]) -> None:
        assert self._document is not None
        assert made.listing is not None
        from core.editing.routes import counted
        from desktop.dialogs.patience import Progress
        from desktop.tables.editing import set_cells

        self._own_edit = self._editing_now = True
        words = f"Setting {counted(len(cells), 'row')} …"
        try:
            with Progress(self._window, words, "Set fields", "nothing was set") as progress:
                done = set_cells(self._document, made.listing, cells, progress.each)
        finally:
            self._editing_now = False
        if done and len(cells) > 1:
            self._window.say(f"{counted(len(cells), 'row')} set, one undo step")

    def paste(self, made: TablePanel) -> None:
        """Put the text of the clipboard into the cells from the selected ones on; all of it or nothing.

        Raises
        ------
        EditError
            If it does not fit, a column cannot be edited, or a text is no value of its field.
        """
        from desktop.tables.pasting import cells_to_paste, clipboard_cells

        self._set(made, cells_to_paste(made, clipboard_cells()))

    def empty(self, made: TablePanel) -> None:
        """Empty the selected cells.

        Raises
        ------
        EditError
            If one of the columns cannot be edited.
        """
        from desktop.tables.pasting import cells_to_empty

        cells = cells_to_empty(made)
        if cells:
            self._set(made, cells)

    # Files and settings.

    def ask_export(self, made: TablePanel | None = None) -> None:
        """Ask for a file and write the table in front into it."""
        made = made or self.current
        if made is None or made.listing is None:
            self._window.complain("no table is in front: choose one below the drawings")
            return
        name = f"{made.kind.name}.csv"
        path, _ = QFileDialog.getSaveFileName(self._window, "Export table", name, "CSV (*.csv)")
        if path:
            self._window.attempt(lambda: self.export(made, Path(path)))

    def export(self, made: TablePanel, path: Path) -> None:
        """Write the rows shown, in their order, with the columns shown, as CSV."""
        from core.editing.routes import counted

        assert made.listing is not None
        writing.write_safely(path, made.listing.as_csv(made.model.rows, made.shown_columns()))
        self._window.say(f"{counted(len(made.model.rows), 'row')} written to {path.name}")

    def ask_import(self) -> None:
        """Ask for a CSV file, show what its fields would change, and set them if that is confirmed."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Import fields", "", "Tables (*.csv *.tsv *.txt)")
        if name:
            self._window.attempt(lambda: self.import_fields(Path(name)))

    def import_fields(self, path: Path) -> ImportFieldsDialog | None:
        """Show what the fields in a file would change; nothing is altered until that is confirmed.

        Raises
        ------
        FileError
            If the file cannot be read or its columns mean nothing here.
        """
        from core.editing.fields_table import plan_fields
        from core.files.delimited import read_delimited
        from desktop.dialogs.import_fields import ImportFieldsDialog
        from desktop.dialogs.patience import Progress

        document = self._document
        if document is None:
            return None
        words = f"Reading {path.name} …"
        with Progress(self._window, words, "Import fields", "nothing was read") as progress:
            plan = plan_fields(document.project, read_delimited(path), progress.each)
        dialog = ImportFieldsDialog(plan, self._window)
        dialog.accepted.connect(lambda: self._window.attempt(lambda: self._apply(dialog.plan)))
        dialog.open()
        return dialog

    def _apply(self, plan: Plan) -> None:
        from core.editing.fields_table import apply_fields
        from core.model.change import Edit
        from desktop.dialogs.patience import Progress

        assert self._document is not None
        edit = Edit(self._document.project, f"Import fields from {plan.where}")
        with Progress(self._window, "Setting fields …", "Import fields", "nothing was set") as progress:
            apply_fields(edit, plan, progress.each)
        self._document.commit_edit(edit)

    def _keep(self, made: TablePanel) -> None:
        values: dict[str, Any] = self._window.settings.values
        kept = values.get(SETTING)
        values[SETTING] = {**(kept if isinstance(kept, dict) else {}), made.kind.name: made.layout_kept()}


def _same_things(a: Listing, b: Listing) -> bool:
    """Tell whether the rows of two states stand for the same things."""
    one, other = a.source.evaluation.snapshot, b.source.evaluation.snapshot
    if one is not other and (
        one.flat.structure is not other.flat.structure or one.cable_first is not other.cable_first
    ):
        return False
    return bool(np.array_equal(a.rows, b.rows))
