"""Drawings linked from other files: which there are, whether newer ones are there, and one more."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QTreeWidget

from core.editing.linking import (
    AS_SAVED,
    Source,
    copy_digest,
    differing_types,
    link_block,
    named_from,
    path_of,
    read_source,
    state_of,
    unlink,
)
from core.editing.remove import devices_in
from core.editing.routes import counted
from core.errors import CagenutError
from core.model.change import Edit
from core.model.records import LinkedBlock
from desktop.background import Background
from desktop.dragging import Carried
from desktop.filing import FILTER
from desktop.trees import ROW, head, line, tree
from desktop.widgets import button, column, label, let_undo, row, sentence

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

CHECKING = "checking …"


class LinkedDialog(QDialog):
    """Links of the project above, a file to link from below; every step is one to undo."""

    placing = Signal(object)
    """Carries what is to be placed next."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        assert window.document is not None
        self.setWindowTitle("Linked blocks")
        self.resize(900, 680)
        self._window, self._document = window, window.document
        self._background = Background(self)
        self._states: dict[str, str] = {}
        self._versions_of: dict[str, tuple[str, ...]] = {}
        self._source: Source | None = None
        self._path: Path | None = None
        self.links = tree("Linked drawings")
        self.links.currentItemChanged.connect(lambda *_: self._chosen_changed())
        self.version = self._versions("Version to take")
        self.version.activated.connect(lambda _: self._preview_update())
        self.update_it = button("Take this version", self.update_link)
        self.let_go = button("Unlink", self.unlink_chosen)
        self.open_it = button("Open its file", self.open_source, icon_name="open")
        self.again = button("Check again", self.check)
        self._about = label(role="faint", wrap=True)
        self._file = label("No file yet", "faint")
        self.new_version = self._versions("Version of the file")
        self.new_version.activated.connect(lambda _: self._read_version())
        self.blocks = tree("Drawings of the file")
        self.blocks.currentItemChanged.connect(lambda *_: self._show_new())
        self._said = label(role="faint", wrap=True)
        self.go = button("Link and place", self.link, primary=True)
        self._problem = label(role="error", wrap=True)
        upper = row(self.version, self.update_it, self.let_go, self.open_it, None, self.again)
        file = row(
            button("File …", self.ask_file, icon_name="open"), self._file, label("Version"), self.new_version,
            None,
        )  # fmt: skip
        foot = row(self._problem, button("Close", self.close), self.go)
        foot.setStretch(0, 1)
        self.setLayout(
            column(
                label("LINKED DRAWINGS", "section"), self.links, upper, self._about,
                label("LINK ONE MORE", "section"), file, self.blocks, self._said, foot,
                margins=(16, 14, 16, 14),
            )
        )  # fmt: skip
        run = window.actions_.run
        let_undo(self, lambda: run("edit.undo"), lambda: run("edit.redo"))
        self._document.changed.connect(self._show)
        self._show()
        self.check()
        self._show_new()

    @staticmethod
    def _versions(name: str) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(name)
        made.setMinimumContentsLength(16)
        return made

    @property
    def folder(self) -> Path | None:
        """Folder of the project's file; None while it was never saved."""
        return None if self._document.path is None else self._document.path.parent

    @property
    def problem(self) -> str:
        """Why something was not read or taken."""
        return self._problem.text()

    # The links there are.

    def _show(self, _: object = None) -> None:
        chosen = self.chosen
        project = self._document.project
        self.links.blockSignals(True)
        self.links.clear()
        head(self.links, "Drawing", "File", "Version", "Taken", "State", left=range(1, 5), wide=1)
        for record in project.rows("linked").values():
            link = cast(LinkedBlock, record)
            block = project.blocks.get(link.root)
            name = block.name if block is not None else "gone"
            version = f"revision {link.revision}" if link.revision else "as saved"
            state = self._states.get(link.id, CHECKING)
            item = line(name, link.file, version, link.date, state, left=range(1, 5), of=link)
            self.links.addTopLevelItem(item)
            if chosen is not None and chosen.id == link.id:
                self.links.setCurrentItem(item)
        _choose_first(self.links)
        self.links.blockSignals(False)
        self._chosen_changed()

    @property
    def chosen(self) -> LinkedBlock | None:
        """The link that is current."""
        item = self.links.currentItem()
        return None if item is None else item.data(0, ROW)

    def check(self) -> None:
        """Look into the files, beside the window, for what is newer there."""
        project, folder = self._document.project, self.folder
        for record in project.rows("linked").values():
            link = cast(LinkedBlock, record)
            here = copy_digest(project, link)
            self._background.run(partial(_state, link, here, folder), partial(self._checked, link.id))

    def _checked(
        self, link_id: str, found: tuple[str, tuple[str, ...]] | None, error: BaseException | None
    ) -> None:
        if error is not None:
            raise error
        if found is not None:
            self._states[link_id], self._versions_of[link_id] = found
            self._show()

    def _chosen_changed(self) -> None:
        link = self.chosen
        for widget in (self.update_it, self.let_go, self.open_it, self.version):
            widget.setEnabled(link is not None)
        if link is None:
            self._about.setText("None yet. A linked drawing is taken whole and altered in its own file only.")
            return
        self._about.setText(f"{link.file}, {link.version}. {sentence(self._states.get(link.id, CHECKING))}.")
        _fill(self.version, self._versions_of.get(link.id, ()), link.revision)

    def _preview_update(self) -> None:
        """Say what another version would change."""
        self._take_version(is_dry=True)

    def update_link(self) -> None:
        """Take the version that is chosen, as one step."""
        self._take_version(is_dry=False)

    def _take_version(self, *, is_dry: bool) -> None:
        link, version = self.chosen, self.version.currentData() or AS_SAVED
        if link is None:
            return
        self._problem.setText("")
        self._about.setText("Reading …")
        work = partial(read_source, link.file, self.folder, version)
        self._background.run(work, partial(self._version_read, link, is_dry))

    def _version_read(
        self, link: LinkedBlock, is_dry: bool, source: Source | None, error: BaseException | None
    ) -> None:
        if source is None or error is not None:
            self._fail(error)
            return
        edit = Edit(self._document.project, f"Take {link.file}, {source.version or 'as saved'}")
        try:
            link_block(edit, source, link.of, date.today().isoformat())
            if is_dry:
                self._about.setText(_counted(edit))
                return
            self._states.pop(link.id, None)
            self._document.commit_edit(edit)
        except CagenutError as raised:
            self._fail(raised)
            return
        self.check()

    def unlink_chosen(self) -> None:
        """Let the drawing go; it stays as it is."""
        link = self.chosen
        if link is None:
            return
        edit = Edit(self._document.project, "Unlink")
        unlink(edit, link.id)
        self._window.attempt(lambda: self._document.commit_edit(edit))

    def open_source(self) -> None:
        """Open the file that the drawing comes from; this project is asked to be saved first."""
        if self.chosen is not None:
            path = path_of(self.chosen.file, self.folder)
            self.close()
            self._window.filing.open(path)

    # One more.

    def ask_file(self) -> None:
        """Choose a file to link from."""
        path, _ = QFileDialog.getOpenFileName(self, "Link from", "", FILTER)
        if path:
            self.read(Path(path))

    def read(self, path: Path) -> None:
        """Read a file to link from."""
        self._path = path
        self._file.setText(path.name)
        self._read_version()

    def _read_version(self) -> None:
        if self._path is None:
            return
        self._problem.setText("")
        version = self.new_version.currentData() or AS_SAVED
        if self._source is not None and self._source.file != named_from(self._path, self.folder):
            version = AS_SAVED
        work = partial(_read, self._path, self.folder, version)
        self._background.run(work, self._source_read)

    def _source_read(self, source: Source | None, error: BaseException | None) -> None:
        if source is None or error is not None:
            self._source = None
            self.blocks.clear()
            self._fail(error)
            self._show_new()
            return
        self._source = source
        _fill(self.new_version, source.versions, source.version)
        self.blocks.clear()
        head(self.blocks, "Drawing", "Kind", "Devices", "Built there", left=(1,), wide=0)
        built = source.project.placements()
        for block in sorted(source.project.blocks.values(), key=lambda one: (one.kind, one.name)):
            count = devices_in(source.project, block.id)
            self.blocks.addTopLevelItem(
                line(
                    block.name,
                    block.kind,
                    f"{count:,}",
                    f"{built.get(block.id, 0):,}",
                    left=(1,),
                    of=block.id,
                )
            )
        _choose_first(self.blocks)
        self._show_new()

    def _show_new(self) -> None:
        item = self.blocks.currentItem()
        self.go.setEnabled(self._source is not None and item is not None)
        if self._source is None or item is None:
            self._said.setText("Choose a file; an issued revision is pinned, a file as saved may change.")
            return
        differing = differing_types(self._document.project, self._source.project, item.data(0, ROW))
        kept = f" This project keeps its own {', '.join(differing)}." if differing else ""
        self._said.setText(f"It comes with all that is placed in it.{kept}")

    def link(self) -> None:
        """Link the drawing that is chosen, and place it."""
        item, source = self.blocks.currentItem(), self._source
        if item is None or source is None:
            return
        edit = Edit(self._document.project, f"Link {item.text(0)}")
        try:
            made = link_block(edit, source, item.data(0, ROW), date.today().isoformat())
            self._states[made.id] = "up to date"
            self._document.commit_edit(edit)
        except CagenutError as error:
            self._fail(error)
            return
        self.placing.emit(Carried("block", made.root))

    def _fail(self, error: BaseException | None) -> None:
        if isinstance(error, CagenutError | OSError):
            self._problem.setText(sentence(str(error)))
            self._about.setText("")
        elif error is not None:
            raise error

    def done(self, result: int) -> None:
        """End the thread; Escape and closing come here."""
        self._document.changed.disconnect(self._show)
        self._background.close()
        super().done(result)
        self.deleteLater()


def _read(path: Path, folder: Path | None, version: str) -> Source:
    """Read a file as a link would name it; runs on the thread."""
    return read_source(named_from(path, folder), folder, version)


def _state(link: LinkedBlock, here: str, folder: Path | None) -> tuple[str, tuple[str, ...]]:
    """Return how a link stands to its file, and the versions to choose from; runs on the thread."""
    try:
        source = read_source(link.file, folder)
        return state_of(link, source, here), source.versions
    except (CagenutError, OSError) as error:
        return f"not read: {error}", ()


def _fill(box: QComboBox, versions: tuple[str, ...], chosen: str) -> None:
    box.clear()
    for number in versions:
        box.addItem(f"Revision {number}", number)
    box.addItem("As saved", AS_SAVED)
    box.setCurrentIndex(max(box.findData(chosen), 0))


def _choose_first(shown: QTreeWidget) -> None:
    if shown.currentItem() is None and shown.topLevelItemCount():
        shown.setCurrentItem(shown.topLevelItem(0))


def _counted(edit: Edit) -> str:
    """Return what an edit would do, in counts."""
    kinds: Counter[tuple[str, str]] = Counter()
    nouns = {"devices": "device", "instances": "placed drawing", "links": "link", "types": "type"}
    for delta in edit.change().deltas:
        if delta.table in nouns:
            noun = nouns[delta.table]
            how = "added" if delta.before is None else "removed" if delta.after is None else "changed"
            kinds[noun, how] += 1
    if not kinds:
        return "Nothing but its version would change."
    words = ", ".join(f"{counted(n, noun)} {how}" for (noun, how), n in kinds.items())
    notes = "".join(f". {sentence(note)}" for note in dict.fromkeys(edit.notes))
    return f"Would be: {words}{notes}"
