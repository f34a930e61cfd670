"""Types of a NetBox library: choose it, see what becomes of every file, settle what is guessed, import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QLineEdit, QTabWidget

from core.catalogue.library import Library
from core.errors import CagenutError
from core.exchange.netbox_choices import Choices, read_choices
from core.exchange.netbox_library import LibraryReading, ReadType, as_data, store
from core.files import state
from core.files.writing import write_safely
from core.model.types import DeviceKind
from desktop.dialogs.file_reading import FileReading
from desktop.dialogs.importing.mapping import MappingPage
from desktop.dialogs.importing.read_types import ReadTypesList
from desktop.widgets import button, column, label, let_ctrl_enter, row

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

SETTING = "netbox_choices"
ARCHIVES = "Archives (*.tar.xz *.txz *.tar.gz *.tgz *.tar.bz2 *.tar);;All (*)"
_EMPTY = (
    "Choose a copy of the NetBox device type library: its folder, a part of it, or its archive. "
    "Nothing is imported before the last button."
)
_AGAIN = "Something was settled anew: the files are read again with it."


class TypeImportDialog(QDialog):
    """Reads a library by a process of its own; what is imported is imported at once, or nothing is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Types of a NetBox library")
        self.resize(1180, 740)
        self._window = window
        self._path = Path()
        self.read: LibraryReading | None = None
        self.choices = _kept_choices(window.settings.values.get(SETTING))
        self._read_with = self._asked_with = self.choices
        self._imports_next = False
        self.reading = FileReading(self)
        self.reading.done.connect(self._take)
        self.file = QLineEdit()
        self.file.setAccessibleName("Library")
        self.file.setReadOnly(True)
        self.file.setPlaceholderText("None yet")
        self.choose_folder = button("Folder …", self._choose_folder, icon_name="open")
        self.choose_archive = button("Archive …", self._choose_archive)
        self.words = label(_EMPTY, "faint", wrap=True)
        self.types = ReadTypesList()
        self.types.changed.connect(self._update_buttons)
        self.types.kind_chosen.connect(self._set_kinds)
        self.mapping = MappingPage()
        self.mapping.changed.connect(self._settle)
        self.tabs = QTabWidget()
        self.tabs.addTab(self.types, "Types")
        self.tabs.addTab(self.mapping, "How they are understood")
        self.tabs.currentChanged.connect(lambda _: self._read_again())
        self.only_shown = QCheckBox("Only what is shown")
        self.only_shown.setToolTip("Import the types that search and filter let through, not the others")
        self.only_shown.toggled.connect(lambda _: self._update_buttons())
        self.save = button("Save Report …", self._ask_report)
        self.go = button("Import", self.import_types, primary=True)
        self.go.setDefault(True)
        let_ctrl_enter(self, self.go)
        head = row(label("Library", "faint"), self.file, self.choose_folder, self.choose_archive)
        foot = row(self.save, None, self.only_shown, button("Cancel", self.reject), self.go)
        self.setLayout(column(head, self.words, self.tabs, foot, gap=10, margins=(16, 14, 16, 14)))
        self.mapping.show_reading(None, self.choices)
        self._update_buttons()
        self.choose_folder.setFocus()

    # The library.

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder of a NetBox device type library")
        if name:
            self.open_library(Path(name))

    def _choose_archive(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Archive of a library", "", ARCHIVES)
        if name:
            self.open_library(Path(name))

    def open_library(self, path: Path) -> None:
        """Read a library with what is settled now."""
        self._path = path
        self._asked_with = self.choices
        self.reading.start("types", path, self.choices)

    def _read_again(self) -> None:
        if self.read is not None and self.tabs.currentWidget() is self.types and self._is_stale:
            self.open_library(self._path)

    @property
    def _is_stale(self) -> bool:
        """Whether something was settled since the files were read, kinds of single types aside."""
        bare = [msgspec.structs.replace(choices, types={}) for choices in (self.choices, self._read_with)]
        return bare[0] != bare[1]

    def _take(self, found: Any, failure: str) -> None:
        imports, self._imports_next = self._imports_next, False
        if failure:
            if self.read is None:
                self.types.show_rows((), {})
            self._say(failure, wrong=True)
            self._update_buttons()
            return
        self.read, self._read_with = found, self._asked_with
        self.file.setText(str(self._path))
        selected = [item.file for item in self.types.selected]
        self.types.show_rows(found.rows, self.choices.types)
        if len(selected) == 1:
            self.types.select(selected[0])
        self.mapping.show_reading(found, self.choices)
        self._say(summary(found))
        self._update_buttons()
        if imports:
            self._store()

    # What is settled.

    def _settle(self, choices: Choices) -> None:
        self.choices = choices
        self._window.settings.values[SETTING] = msgspec.to_builtins(choices)
        self.types.show_kinds(choices.types)
        if self.read is not None and self._is_stale:
            self._say(f"{summary(self.read)} {_AGAIN}")

    def _set_kinds(self, slugs: list[str], kind: DeviceKind) -> None:
        self._settle(self.choices.with_types(dict.fromkeys(slugs, kind)))
        self.mapping.show_reading(self.read, self.choices)

    # The end.

    @property
    def chosen(self) -> list[ReadType]:
        """The rows that are imported or told as refused."""
        if self.read is None:
            return []
        return self.types.shown if self.only_shown.isChecked() else list(self.read.rows)

    def _update_buttons(self) -> None:
        count = sum(item.spec is not None for item in self.chosen)
        self.only_shown.setVisible(self.types.is_filtered)
        if not self.types.is_filtered and self.only_shown.isChecked():
            self.only_shown.setChecked(False)
        self.go.setText(f"Import {count:,} {'Type' if count == 1 else 'Types'}" if count else "Import")
        self.go.setEnabled(bool(count))
        reason = "Choose a folder or an archive first" if self.read is None else "There is nothing to import"
        self.go.setToolTip("" if count else reason)
        self.save.setEnabled(self.read is not None)
        self.save.setToolTip("Every file, imported or refused, and why" if self.read is not None else reason)

    def import_types(self) -> None:
        """Import what is chosen; files are read again first if something was settled since."""
        if self.go.isEnabled() and self.choices != self._read_with:
            self._imports_next = True
            self.open_library(self._path)
        elif self.go.isEnabled():
            self._store()

    def _store(self) -> None:
        try:
            stored = store(self.chosen, state.types_folder())
        except CagenutError as error:
            self._say(str(error), wrong=True)
            return
        self._window.set_library(Library.load(state.types_folder()))
        kept = sum(item.spec is not None for item in stored.rows)
        refused = len(stored.rows) - kept
        parts = ((stored.new, "new"), (stored.replaced, "replaced"), (stored.same, "as they were"))
        told = ", ".join(f"{count:,} {words}" for count, words in parts if count)
        more = f"; {refused:,} refused" if refused else ""
        self._window.say(f"{kept:,} {'type' if kept == 1 else 'types'} of NetBox imported: {told}{more}")
        self.accept()

    def _ask_report(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the report", "import.json", "JSON (*.json)")
        if name:
            self.write_report(Path(name))

    def write_report(self, path: Path) -> None:
        """Write what becomes of every file, as the command line does."""
        try:
            data = as_data(self.chosen)
            write_safely(path, json.dumps(data, indent=1, ensure_ascii=False).encode())
            self._say(f"Saved {path}")
        except (CagenutError, OSError) as error:
            self._say(str(error), wrong=True)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.words.setText(text)
        self.words.setProperty("role", "error" if wrong else "faint")
        self.words.style().polish(self.words)

    def done(self, result: int) -> None:
        self.reading.stop()
        super().done(result)


def summary(reading: LibraryReading) -> str:
    """Return what became of a library, in words."""
    refused, doubtful = reading.count("refused"), reading.count("doubtful")
    good = reading.count("imported") + doubtful
    return (
        f"{len(reading.rows):,} files: {good:,} can be imported, {doubtful:,} of them with something that is "
        f"doubted; {refused:,} {'is' if refused == 1 else 'are'} refused."
    )


def _kept_choices(data: Any) -> Choices:
    try:
        return read_choices(data if data is not None else {})
    except CagenutError:
        return Choices()
