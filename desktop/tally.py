"""Keeps the numbers in sight: the newest results, how each is made, and what a drag would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QWidget

from core import units
from core.engine.difference import Differences
from core.engine.headline import Headline
from core.engine.preview import Difference, Preview, RackChange
from core.units import number_text, scale, show, symbol
from desktop.canvas.view import Canvas
from desktop.evaluation import Outcome
from desktop.panels.explanation import Explanation
from desktop.panels.numbers import Numbers

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


class Tally(QObject):
    """The twelve numbers of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.numbers = Numbers()
        self.explanation = Explanation(window)
        self._outcome: Outcome | None = None
        self._differences: Differences | None = None
        self._difference: Difference | None = None
        self.numbers.chosen.connect(self._explain)

    def watch(self, view: Canvas) -> None:
        """Show what drags on a drawing would change."""
        view.previewed.connect(self._previewed)
        view.words_of = lambda _: rack_words(self._difference)

    def clear(self) -> None:
        """Show no numbers: another project comes."""
        self._outcome = self._differences = self._difference = None
        self.explanation.close()
        self.numbers.clear()

    def follow_units(self) -> None:
        """Print everything anew if the project's units have changed."""
        window, document = self._window, self._window.document
        if document is None:
            return
        before = units.system()
        units.choose(document.project.setting(units.SETTING))
        if units.system() == before:
            return
        window.properties.refresh()
        window.catalogue.set_sources(window.library, document.project)
        window.evaluation.watch(document, window.library)
        for view in window.workspace.views.values():
            view.make_stale()
        window.document_changed.emit()
        window.actions_.refresh()

    def show_outcome(self, outcome: Outcome) -> None:
        """Show the newest results."""
        self._outcome, self._differences = outcome, None
        self.numbers.show_headlines(outcome.headlines)

    def explain(self, headline: Headline, at: QRect) -> None:
        """Show how a number is made, beside a place of the screen."""
        document = self._window.document
        if self._outcome is not None and document is not None:
            self.explanation.explain(headline, self._outcome.evaluation, document.label_of, at)

    def _explain(self, name: str, tile: QWidget) -> None:
        headline = next((h for h in self.numbers.headlines if h.name == name), None)
        if headline is not None:
            self.explain(headline, QRect(tile.mapToGlobal(tile.rect().topLeft()), tile.size()))

    def _previewed(self, preview: Preview | None) -> None:
        """Say what changes; against results of an earlier state nothing is said."""
        document, current = self._window.document, self._window.evaluation.is_current
        self._difference = None
        if preview is not None and document is not None and self._outcome is not None and current:
            if self._differences is None:
                self._differences = Differences(document.project, self._outcome.evaluation)
            self._difference = preview.difference(self._differences)
        self.numbers.show_changes({} if self._difference is None else changes_of(self._difference))


def changes_of(difference: Difference) -> dict[str, str]:
    """Return what changes by name of the headline: always with its sign, nothing where nothing changes."""
    found = {
        "accelerators": signed(difference.accelerators),
        "compute": signed(difference.tflops[0], "TFLOPS"),
        "power": signed(difference.power_w, "W"),
        "liquid": signed(difference.liquid_w, "W"),
        "air": signed(difference.air_w, "W"),
        "capex": _signed_range(difference.low_usd, difference.high_usd),
    }
    if difference.racks:
        rack = difference.racks[0]
        found["worst_rack"] = _rack_text(rack.power_w, "W")
        found["heaviest"] = _rack_text(rack.mass_kg, "kg")
    elif difference.mass_kg:
        found["heaviest"] = f"{signed(difference.mass_kg, 'kg')} in all"
    return {name: text for name, text in found.items() if text}


def signed(value: float, unit: str = "") -> str:
    """Return a difference with its sign; empty for none, also where only an evaluation can say.

    Examples
    --------
    >>> signed(63_000, "W"), signed(-0.00001, "W"), signed(-8)
    ('+63 kW', '', '−8')
    """
    if value != value or abs(value) < 1e-3:
        return ""
    return f"{'+' if value > 0 else '−'}{show(abs(value), unit)}"


def _signed_range(low: float, high: float) -> str:
    one = signed(high, "USD")
    if not one or abs(high - low) < 1e-3 or low * high <= 0:
        return one
    least, most = min(abs(low), abs(high)), max(abs(low), abs(high))
    number, unit = scale(most, "USD")
    low_text, high_text = (number_text(part, digits=3) for part in (least * number / most, number))
    return f"{one[0]}{low_text}–{high_text} {symbol(unit)}"


def _rack_text(change: tuple[float, float, float | None], unit: str) -> str:
    before, after, _ = change
    return "" if after != after or abs(after - before) < 1e-3 else f"here {show(after, unit)}"


def rack_words(difference: Difference | None) -> str:
    """Return what becomes of the racks, the target first, a line for each number; empty if nothing does."""
    if difference is None:
        return ""
    lines = []
    for number, rack in enumerate(difference.racks):
        parts = _rack_parts(rack)
        if parts:
            lines += parts if not number else ["Where it comes from:", *parts]
    return "\n".join(lines)


def _rack_parts(rack: RackChange) -> list[str]:
    parts = []
    for (before, after, limit), unit in ((rack.power_w, "W"), (rack.mass_kg, "kg"), (rack.units, "U")):
        if after != after or abs(after - before) < 1e-3:
            continue
        of = "" if limit is None else f" of {show(limit, unit)}"
        over = ", over" if limit is not None and after > limit + 1e-6 else ""
        parts.append(f"{show(before, unit)} → {show(after, unit)}{of}{over}")
    return parts
