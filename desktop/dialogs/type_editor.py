"""Types of one's own: a form beside the drawing it makes, or the same as TOML; kept in the user's folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QWidget,
)

from core.catalogue.library import Library
from core.catalogue.type_file import read_type, write_type
from core.errors import CagenutError
from core.files.state import types_folder
from core.files.writing import make_folder, write_safely
from core.model.fields import fields_of
from core.model.types import AnyType
from desktop.dialogs.type_draft import Draft, sound
from desktop.dialogs.type_form import TypeForm
from desktop.dialogs.type_lists import SOURCES
from desktop.dialogs.type_preview import TypePreview
from desktop.dialogs.type_rows import RowsEditor
from desktop.dialogs.type_source import SourceLine
from desktop.dialogs.type_start import STARTS, StartBar
from desktop.theme import font
from desktop.widgets import Banner, ask, button, column, label, let_ctrl_enter, row, sentence

__all__ = ["STARTS", "TypeEditor"]

SIZE = QSize(1160, 780)
_TEXT_PAUSE_MS = 250


class TypeEditor(QDialog):
    """Form, sources and text of one type, and its drawing; all show the same."""

    saved = Signal(str)
    """Carries the id of the type that was saved."""

    def __init__(self, library: Library, type_id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        known = library.find(type_id)
        self._library = library
        self._is_new = known is None
        first = next(iter(STARTS.values()))
        self._draft = Draft(known if known is not None else first, follows=known is None)
        self._draft.source = lambda: self.source_line.said
        self._text_fault = ""
        self._asked: tuple[str, ...] | None = None
        self.setWindowTitle("New type" if self._is_new else f"Type: {self.spec.name}")
        self._make_text()
        self.source_line = SourceLine()
        self.source = self.source_line.title
        self.preview = TypePreview(library)
        self._scroll = _scroll()
        self.sources = RowsEditor(SOURCES, lambda rows: self._draft.put("sources", rows))
        self.sources.refused.connect(self._sources_edited)
        self._uncovered = label("", "faint", wrap=True)
        self.notes = QPlainTextEdit()
        self.notes.setReadOnly(True)
        self.notes.setAccessibleName("What is to be known about the import")
        self.tabs = QTabWidget()
        self.tabs.setMinimumWidth(380)
        self.tabs.addTab(self._form_page(), "Form")
        self.tabs.addTab(self._sources_page(), "Sources")
        self.tabs.addTab(self.text, "TOML")
        self.tabs.currentChanged.connect(lambda _: self._turn_page())
        self._lay_out()
        self._show_all()

    # Layout.

    def _make_text(self) -> None:
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Type as TOML")
        self.text.setFont(font("body", mono=True))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_TEXT_PAUSE_MS)
        self._later.timeout.connect(self._read_text)
        self.text.textChanged.connect(self._later.start)

    def _form_page(self) -> QWidget:
        self._banner = Banner()
        page = QWidget()
        page.setLayout(column(self._banner, self._scroll, gap=0))
        return page

    def _sources_page(self) -> QWidget:
        scroll = _scroll()
        body = QWidget()
        hint = "A value under no source counts as assumed, and every sum it enters says so."
        body.setLayout(
            column(
                label(hint, "small", wrap=True), self.sources, self._uncovered, None, margins=(14, 12, 14, 12)
            )
        )
        scroll.setWidget(body)
        return scroll

    def _lay_out(self) -> None:
        self.start = StartBar(self._library, self)
        self.start.chosen.connect(lambda spec: self._may_replace() and self.begin(spec))
        self.start.imported.connect(lambda path: self._may_replace() and self.import_file(path))
        self.start.pasted.connect(lambda text: self._may_replace() and self.import_text(text, "clipboard"))
        self.start.setVisible(self._is_new)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.tabs)
        split.addWidget(self.preview)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 6)
        split.setChildrenCollapsible(True)
        self._problems = label(wrap=True)
        self._problems.setMinimumHeight(32)
        self._problems.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.save_button = button("Save to My Types", self.accept, primary=True)
        self.save_button.setAutoDefault(False)  # Enter ends a field and saves nothing
        let_ctrl_enter(self, self.save_button)
        end = row(self._problems, button("Cancel", self.reject), self.save_button)
        end.setStretch(0, 1)
        foot = column(self.source_line, end, gap=4, margins=(14, 6, 14, 10))
        layout = column(self.start, split, foot, gap=0)
        layout.setStretch(1, 1)  # in a low window too the form gets all that is left
        self.setLayout(layout)
        screen = QGuiApplication.primaryScreen()
        room = screen.availableSize() if screen is not None else SIZE
        self.resize(SIZE.boundedTo(room * 0.94))

    # The draft and its faces.

    @property
    def spec(self) -> AnyType:
        """The type as it is now: the last sound state."""
        return self._draft.spec

    @property
    def is_sound(self) -> bool:
        """Whether all that is typed makes a type."""
        return not (self._text_fault or self._draft.refused)

    @property
    def form(self) -> TypeForm:
        """The form of the type."""
        return self._form

    def begin(self, spec: AnyType) -> None:
        """Start from a type."""
        self._draft.begin(spec, follows=self._is_new)
        self._asked = None
        self._text_fault = ""
        if self.tabs.indexOf(self.notes) >= 0:
            self.tabs.removeTab(self.tabs.indexOf(self.notes))
        self._show_all()

    def import_file(self, path: str) -> None:
        """Start from a YAML file of the NetBox device type library."""
        try:
            with Path(path).open("rb") as opened:
                data = opened.read(1_000_001)
            text = data.decode("utf-8-sig")
        except OSError as error:
            self._say(f"{path}: {error.strerror or 'it cannot be read'}", wrong=True)
            return
        except UnicodeDecodeError:
            self._say(f"{path}: this is no UTF-8 text. Save it as UTF-8", wrong=True)
            return
        self.import_text(text, Path(path).name)

    def import_text(self, text: str, where: str) -> None:
        """Start from the text of such a file."""
        from core.exchange.netbox_types import read_netbox

        try:
            found = read_netbox(text, where, read=date.today().isoformat())
            spec = sound(found.spec)
        except CagenutError as error:
            self._say(str(error), wrong=True)
            return
        self.begin(spec)
        self._draft.put("id", spec.id)
        kept = found.ports_read - found.ports_left_out
        left = f" and {found.ports_left_out} left out" if found.ports_left_out else ""
        head = f"{spec.maker} {spec.name} from {where}: {kept} ports{left}."
        self.notes.setPlainText("\n\n".join((head, *(f"• {note}" for note in found.notes))))
        self.tabs.addTab(self.notes, f"Import ({len(found.notes)})")
        self._say(f"Imported {spec.name}: {kept} ports. See the Import tab for what was guessed", wrong=False)

    def _show_all(self) -> None:
        self._form = TypeForm(self._draft, self._library)
        self._form.changed.connect(self._edited)
        self._scroll.setWidget(self._form)
        self._show_text()
        self._show_rest()

    def _edited(self) -> None:
        self._show_text()
        self._show_rest()

    def _sources_edited(self, reason: str) -> None:
        if reason:
            self._draft.refuse("sources", reason)
        else:
            self._draft.refused.pop("sources", None)
        self._form.refresh()
        self._edited()

    def _show_rest(self) -> None:
        if "sources" not in self._draft.refused:
            self.sources.show_rows(self.spec.sources)
        missing = self._draft.missing
        known = fields_of(type(self.spec))
        names = ", ".join(known[name].label for name in missing)
        self._uncovered.setText(
            f"Under no source, so assumed: {names}" if names else "Every value has a source."
        )
        count = len(self.spec.sources)
        self.tabs.setTabText(1, f"Sources ({count})" if count else "Sources")
        self.preview.show_type(self.spec)
        self._judge()

    # The text.

    def _show_text(self) -> None:
        if self._text_fault:
            return
        self.text.blockSignals(True)
        self.text.setPlainText(write_type(self.spec))
        self.text.blockSignals(False)
        self._later.stop()

    def _read_text(self) -> None:
        self._later.stop()
        try:
            spec = sound(read_type(self.text.toPlainText(), "TOML", draft=True))
        except CagenutError as error:
            self._text_fault = sentence(str(error))
            self._judge()
            return
        was_wrong, self._text_fault = bool(self._text_fault), ""
        if spec != self.spec:
            same = type(spec) is type(self.spec)
            self._draft.replace(spec)
            if same:
                self._form.start_over()
            else:
                self._form = TypeForm(self._draft, self._library)
                self._form.changed.connect(self._edited)
                self._scroll.setWidget(self._form)
        if spec is not None or was_wrong:
            self._show_rest()

    def _turn_page(self) -> None:
        """Carry the text over; while it is no type, the other pages show the last sound state, untouched."""
        if self._later.isActive():
            self._read_text()
        self._judge()

    def _drop_text(self) -> None:
        self._text_fault = ""
        self._show_text()
        self._judge()

    def _judge(self) -> None:
        """Say what is wrong with the type, or what looks wrong; lock what would lose text that is wrong."""
        wrong_text = bool(self._text_fault)
        self._form.setEnabled(not wrong_text)
        self.sources.setEnabled(not wrong_text)
        if wrong_text:
            words = f"{self._text_fault} This is the last sound state."
            back = ("Back to the text", lambda: self.tabs.setCurrentWidget(self.text))
            self._banner.say(words, "warning", "warning", back, ("Drop the text", self._drop_text))
        else:
            self._banner.say("", "warning", "warning")
        if not self.is_sound:
            name, reason = next(iter(self._draft.refused.items()), ("", ""))
            known = fields_of(type(self.spec))
            where = f"{known[name].label}: " if name in known else ""
            self._say(self._text_fault or f"{where}{reason}", wrong=True)
            return
        self._say(
            sentence("; ".join([*self._draft.doubts, *self._warnings()])) or "Ready to be saved", wrong=False
        )

    def _warnings(self) -> list[str]:
        notes = []
        missing = self._draft.missing
        if missing and not self.source.text().strip():
            notes.append(f"{len(missing)} values without a source count as assumed")
        if self.spec.id in self._library and not self._library.is_user(self.spec.id):
            notes.append("Your type will stand in for the built-in one of that id")
        if self._is_new and self._library.is_user(self.spec.id):
            notes.append("It will replace your type of that id")
        return notes

    def _say(self, words: str, *, wrong: bool, role: str = "faint") -> None:
        self._problems.setText(words)
        self._problems.setToolTip(words)
        self._problems.setProperty("role", "error" if wrong else role)
        self._problems.style().polish(self._problems)
        self.save_button.setEnabled(self.is_sound)
        self.save_button.setToolTip("Ctrl+Enter" if self.is_sound else words)

    # Leaving.

    def accept(self) -> None:
        """Save the type as a file of the user's; values without a source are asked for once."""
        if self._later.isActive():
            self._read_text()
        if not self.is_sound:
            self._judge()
            return
        missing = self._draft.missing
        if missing and not self.source.text().strip() and self._asked is None:
            self._ask_for_source(missing)
            return
        self._draft.cover()
        spec = self.spec
        try:
            folder = types_folder()
            make_folder(folder)
            path = self._library.file_of(spec.id) or folder / f"{spec.id}.toml"
            text = write_type(spec)
            read_type(text, path.name)
            write_safely(path, text.encode())
        except (CagenutError, OSError) as error:
            self._say(str(error), wrong=True)
            return
        self.saved.emit(spec.id)
        super().accept()

    def _ask_for_source(self, missing: tuple[str, ...]) -> None:
        self._asked = missing
        known = fields_of(type(self.spec))
        names = [known[name].label for name in missing]
        told = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        self.save_button.setText("Save as Assumed")
        self.source.setFocus(Qt.FocusReason.OtherFocusReason)
        words = f"Where do these come from: {told}? Name it above, or save them as assumed"
        self._say(words, wrong=False, role="warning")

    def _is_altered(self) -> bool:
        if self._later.isActive():
            self._read_text()
        return self._draft.is_altered or bool(self._text_fault)

    def _may_replace(self) -> bool:
        """Ask before another start replaces what was typed."""
        return not self._is_altered() or not ask(
            self, "Start over", "Replace what you typed?", "It is lost.", "Start Over", "Keep Editing",
            warning=True,
        )  # fmt: skip

    def reject(self) -> None:
        """Leave without saving; ask first if something would be lost."""
        if self._is_altered() and ask(
            self, "Type not saved", "Leave without saving the type?", "What you typed is lost.",
            "Leave", "Keep Editing", warning=True,
        ):  # fmt: skip
            return
        super().reject()


def _scroll() -> QScrollArea:
    made = QScrollArea()
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes from field to field
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made
