"""What comes of the candidate chosen: its drawing, and what laying it would change on the floor."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.drawing.schematic import Schematic
from desktop.dialogs.generating.trial import Trial, lines_of, summary
from desktop.dialogs.type_preview import Drawing
from desktop.widgets import column, label, sentence

_MOST_NOTES = 4


class Preview(QWidget):
    """The network as it would be drawn, with what the lines between two tiers stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawing = Drawing("Drawing of the candidate")
        self.notes = label(role="small", wrap=True)
        inside = column(self.drawing, self.notes, gap=4)
        inside.setStretchFactor(self.drawing, 1)
        self.setLayout(inside)

    def show_schematic(self, drawn: Schematic | None) -> None:
        """Show a drawing; None empties it."""
        self.drawing.setVisible(drawn is not None)
        self.notes.setText("" if drawn is None else "   ".join(drawn.notes))
        if drawn is not None:
            self.drawing.show_batch(drawn.batch)


class Outcome(QWidget):
    """Numbers before and after, and why it cannot be laid if so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label(wrap=True)
        self.notes = label(role="small", wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(2)
        self._cells: list[QLabel] = []
        self.setLayout(column(self.words, self._grid, self.notes, gap=4))

    def say(self, words: str, role: str = "faint") -> None:
        """Say one thing instead of numbers."""
        self._clear()
        self._put_words(sentence(words), role)
        self.notes.clear()

    def show_trial(self, trial: Trial) -> None:
        """Show what laying would change."""
        self._clear()
        self._put_words(f"It fits: {summary(trial)}", "")
        if trial.before.switches or trial.before.links:
            self._put(0, ("", "now", "then", ""), "small")
            for row, (name, before, after, words) in enumerate(lines_of(trial), 1):
                self._put(row, (name, f"{before:,}", f"{after:,}", words), "")
        more = len(trial.notes) - _MOST_NOTES
        shown = [sentence(note) for note in trial.notes[:_MOST_NOTES]]
        self.notes.setText("\n".join([*shown, f"and {more:,} more"] if more > 0 else shown))

    def _put_words(self, words: str, role: str) -> None:
        self.words.setProperty("role", role)
        self.words.style().polish(self.words)
        self.words.setText(words)

    def _put(self, row: int, texts: tuple[str, ...], role: str) -> None:
        for at, text in enumerate(texts):
            cell = label(text, role if at else role or "faint")
            if at in (1, 2):
                cell.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(cell, row, at)
            self._cells.append(cell)
        self._grid.setColumnStretch(3, 1)

    def _clear(self) -> None:
        for cell in self._cells:
            self._grid.removeWidget(cell)
            cell.hide()  # it is deleted only once the events at hand are done
            cell.deleteLater()
        self._cells = []
