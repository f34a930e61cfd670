"""The sheets of the specification set, to be looked at while one designs."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QObject,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QCloseEvent,
    QImage,
    QKeySequence,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QSplitter,
    QWidget,
)

from desktop.document import Document
from desktop.list_rows import RowDelegate, write
from desktop.sheets.sheet_list import ListedSheet, SheetList
from desktop.theme import font
from desktop.widgets import Banner, button, column, label, panel, row, tool_button

ID, SHEET = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
STEP, LEAST, MOST = 1.25, 0.4, 5.0
MARGIN = 24
MOST_SHOWN = 500
"""Things of a sheet that are selected at once."""
SETTLE_MS = 120
"""How long a size has to last before the sheet is drawn for it."""


class SheetsWindow(QDialog):
    """A list of the sheets, and the one that is chosen."""

    subject_chosen = Signal(object)
    """Carries the paths of what the sheet shows, to be shown in the drawings."""

    def __init__(self, document: Document, sheets: SheetList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sheets")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1240, 820)
        self._document, self._sheets = document, sheets
        self._zoom = 1.0
        self._asked = self._asked_of = self._shown = ""
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._draw)
        self.list = QListWidget()
        self.list.setAccessibleName("Sheets")
        self.list.setItemDelegate(_SheetDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self._draw())
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName("Sheet")
        self.scroll = QScrollArea()
        self.scroll.setAccessibleName("Drawing of the sheet")
        self.scroll.setWidget(self.picture)
        self.scroll.setWidgetResizable(True)
        self.scroll.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.scroll.viewport().installEventFilter(self)
        self._words, self._progress = label(role="faint"), QProgressBar()
        self._progress.setMaximumWidth(180)
        self._progress.setAccessibleName("How far the sheets are")
        self._banner = Banner()
        right = QWidget()
        right.setLayout(column(self._bar(), self._banner, self.scroll, gap=0))
        split = QSplitter()
        split.addWidget(self.list)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([320, 920])
        self.setLayout(column(split, gap=0))
        sheets.keeps = True
        sheets.listed.connect(self._list)
        sheets.drawn.connect(self._show_picture)
        sheets.progressed.connect(self._advance)
        document.changed.connect(self._outdated)
        self._list()
        sheets.refresh()
        self._busy()

    def _bar(self) -> QWidget:
        bar = panel("bar")
        buttons = (
            tool_button("Sheet before", "left", lambda: self._step(-1), "Sheet before (Page Up)"),
            tool_button("Sheet after", "right", lambda: self._step(1), "Sheet after (Page Down)"),
            tool_button("Zoom out", "zoom-out", lambda: self.zoom(1 / STEP), "Zoom out (Ctrl+-)"),
            tool_button("Zoom in", "zoom-in", lambda: self.zoom(STEP), "Zoom in (Ctrl++)"),
            tool_button("Whole sheet", "fit", lambda: self.zoom(0.0), "Whole sheet (Ctrl+0)"),
        )
        self._subject = button("Show in the design", self._show_subject)
        bar.setLayout(
            row(*buttons, self._subject, None, self._words, self._progress, gap=4, margins=(8, 4, 12, 4))
        )
        for keys, run in (
            ("PgUp", lambda: self._step(-1)),
            ("PgDown", lambda: self._step(1)),
            ("Ctrl++", lambda: self.zoom(STEP)),
            ("Ctrl+=", lambda: self.zoom(STEP)),
            ("Ctrl+-", lambda: self.zoom(1 / STEP)),
            ("Ctrl+0", lambda: self.zoom(0.0)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(run)
        return bar

    def show_sheet(self, sheet: str) -> None:
        """Show a sheet as soon as it is known; the first one if none is named."""
        self._asked = sheet
        self._select()

    def show_sheet_of(self, path: str) -> None:
        """Show the sheet of a thing of the design as soon as it is known."""
        self._asked_of = path
        self._select()

    def zoom(self, factor: float) -> None:
        """Show more or less of the sheet; 0 shows the whole of it."""
        self._zoom = 1.0 if not factor else min(max(self._zoom * factor, LEAST), MOST)
        self._draw()

    def _step(self, by: int) -> None:
        self.list.setCurrentRow(min(max(self.list.currentRow() + by, 0), self.list.count() - 1))

    def _list(self) -> None:
        """List the sheets anew, keeping the one that is shown."""
        current = self.list.currentItem()
        keep = current.data(ID) if current is not None else ""
        self.list.blockSignals(True)
        self.list.clear()
        for sheet in self._sheets.sheets:
            item = QListWidgetItem(f"{sheet.id}  {sheet.title}  {sheet.subtitle}".strip())
            item.setData(ID, sheet.id)
            item.setData(SHEET, sheet)
            item.setToolTip(sheet.group)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._asked = self._asked or keep
        self._select()
        self._outdated()
        self._busy()

    def _select(self) -> None:
        if self._asked_of and self._sheets.is_current:
            self._asked, self._asked_of = self._sheets.sheet_of(self._asked_of), ""
        items = [self.list.item(i) for i in range(self.list.count())]
        wanted = [item for item in items if item.data(ID) == self._asked] or items[:1]
        if wanted:
            self._asked = "" if wanted[0].data(ID) == self._asked or self._sheets.is_current else self._asked
            self.list.setCurrentItem(wanted[0])
            self.list.scrollToItem(wanted[0])
            self._draw()

    def _draw(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        ratio = self.devicePixelRatioF()
        room = self.scroll.viewport().size()
        # Papers of the set are landscape, wide as the square root of two.
        fit = min(room.width() - MARGIN, int((room.height() - MARGIN) * 1.414))
        width = round(max(fit, 200) * self._zoom * ratio)
        self._sheets.draw(item.data(ID), width)
        self._busy()

    def _show_picture(self, sheet: str, picture: QImage) -> None:
        item = self.list.currentItem()
        if item is None or item.data(ID) != sheet:
            return
        made = QPixmap.fromImage(picture)
        made.setDevicePixelRatio(self.devicePixelRatioF())
        self.picture.setPixmap(made)
        self.picture.setAccessibleName(f"Sheet {item.text()}")
        self._shown = sheet
        self.setWindowTitle(f"Sheet {sheet} – {self._document.name}")
        self._outdated()
        self._busy()

    def _outdated(self, *_: object) -> None:
        """Say that the design is not what is shown any more."""
        old = bool(self._shown) and not self._sheets.is_current and not self._sheets.is_busy
        words = "The design has been edited since these sheets were drawn." if old else ""
        self._banner.say(words, "info", "info", ("Draw them anew", self._draw))

    def _paths(self) -> list[str]:
        item = self.list.currentItem()
        sheet: ListedSheet | None = item.data(SHEET) if item is not None else None
        return [path for path in sheet.about if path][:MOST_SHOWN] if sheet is not None else []

    def _show_subject(self) -> None:
        """Show in the drawings what the sheet is about; a window before them would hide it, so it closes."""
        self.subject_chosen.emit(self._paths())
        main = self.parentWidget()
        if main is not None and main.frameGeometry().intersects(self.frameGeometry()):
            self.close()

    def _advance(self, done: int, total: int, words: str) -> None:
        self._progress.setRange(0, max(total, 1))
        self._progress.setValue(done)
        self._words.setText(words)

    def _busy(self) -> None:
        has_subject = bool(self._paths())
        self._subject.setEnabled(has_subject)
        words = (
            "Select what this sheet shows; Shift+F9 comes back here"
            if has_subject
            else "Not now: the sheet is about no thing alone"
        )
        self._subject.setToolTip(words)
        self._progress.setVisible(self._sheets.is_busy)
        if not self._sheets.is_busy:
            self._words.setText(self._sheets.problem or f"{self.list.count():,} sheets")
        elif not self._words.text() or "sheets" in self._words.text():
            self._progress.setRange(0, 0)
            self._words.setText("Preparing …")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Zoom by the wheel with Ctrl."""
        if isinstance(event, QWheelEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(STEP if event.angleDelta().y() > 0 else 1 / STEP)
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settled.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._sheets.rest()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        self._sheets.rest()
        super().done(result)


class _SheetDelegate(RowDelegate):
    """Paints a line of the list: number and title, below them what the sheet is of."""

    height = 42
    role = SHEET

    def paint_row(self, painter: QPainter, box: QRect, item: ListedSheet) -> None:
        left, top, wide = box.left(), box.top(), box.width() - 86
        below = item.subtitle or item.group
        write(painter, QRect(left + 14, top + 5, 60, 17), item.id, font("body", mono=True), "text")
        write(painter, QRect(left + 76, top + 5, wide, 17), item.title, font("body"), "text")
        subtitle = below[:1].upper() + below[1:]
        write(painter, QRect(left + 76, top + 21, wide, 17), subtitle, font("small"), "faint")
