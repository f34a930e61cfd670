"""What is said in the status bar once a fabric is placed and the design is evaluated."""

from __future__ import annotations

from PySide6.QtCore import QObject

from core.editing.routes import counted
from desktop.evaluation import LiveEvaluation, Outcome


class PlacedWords(QObject):
    """Adds cable pieces and new findings to what was said, when they are known; then it is gone.

    Begin before the edit is committed: the findings of then are those that are not new.
    """

    def __init__(self, evaluation: LiveEvaluation, window: QObject) -> None:
        super().__init__(window)
        self._evaluation, self._window = evaluation, window
        self._before = evaluation.outcome
        self._words, self._stamp = "", -1
        evaluation.finished.connect(self._finished)

    def follow(self, words: str, stamp: int) -> None:
        """Say words now, and with what was computed of the state with a stamp."""
        self._words, self._stamp = words, stamp
        self._window.say(words)  # type: ignore[attr-defined]

    def drop(self) -> None:
        """Wait no longer."""
        self._evaluation.finished.disconnect(self._finished)
        self.deleteLater()

    def _finished(self, outcome: Outcome) -> None:
        if self._stamp < 0 or outcome.stamp < self._stamp:
            return
        if outcome.stamp == self._stamp:
            said = f"{self._words}; {words_of(self._before, outcome)}"
            self._window.say(said)  # type: ignore[attr-defined]
        self.drop()


def words_of(before: Outcome | None, after: Outcome) -> str:
    """Return the cable pieces there are in all, and how many findings were not there before."""
    pieces = sum(row.count for row in after.evaluation.cost.rows if row.section == "cables")
    words = f"{counted(pieces, 'cable piece')} in all"
    if after.report is None:
        return words
    known = {f.key for f in before.report.findings} if before is not None and before.report else set()
    new = sum(f.key not in known for f in after.report.findings)
    return f"{words}; {counted(new, 'new finding') if new else 'no new finding'}"
