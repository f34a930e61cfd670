"""One visual language: colours by role, spacing, type scale, in a light and a dark palette."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

Choice = Literal["system", "light", "dark"]

GAP = 4
"""Unit of spacing [px]; distances are 4, 8, 12, 16 or 24."""
SANS = "DejaVu Sans Condensed"
MONO = "JetBrains Mono"
FONT_FILES = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSansCondensed.ttf",
    "DejaVuSansCondensed-Bold.ttf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-Bold.ttf",
)
SIZES = {"small": 11, "body": 12, "strong": 13, "title": 16, "display": 24}
"""Type scale [px]."""


@dataclass(frozen=True)
class Colours:
    """Colours by what they are for; every text pair reaches a contrast of 4.5."""

    window: str
    panel: str
    field: str
    raised: str
    hover: str
    line: str
    text: str
    faint: str
    disabled: str
    accent: str
    accent_soft: str
    on_accent: str
    canvas: str
    paper: str
    grid: str
    selection: str
    ok: str
    warning: str
    error: str
    info: str


LIGHT = Colours(
    window="#eceff2", panel="#f7f8fa", field="#ffffff", raised="#ffffff", hover="#e1e8ee", line="#cfd5db",
    text="#1b2126", faint="#57616b", disabled="#929ba4", accent="#17608c", accent_soft="#d5e6f1",
    on_accent="#ffffff", canvas="#e6e9ed", paper="#ffffff", grid="#d3d9df", selection="#c2410c",
    ok="#196933", warning="#855000", error="#b3261e", info="#2563a8",
)  # fmt: skip
DARK = Colours(
    window="#1b1f23", panel="#21262b", field="#171a1e", raised="#2a3037", hover="#323a42", line="#3a424a",
    text="#e4e8ec", faint="#a3adb7", disabled="#6c7680", accent="#5cb0de", accent_soft="#1f3d50",
    on_accent="#0d1a22", canvas="#14171a", paper="#1b1f23", grid="#2a3036", selection="#ff9d5c",
    ok="#63c584", warning="#e3ad52", error="#ff8a80", info="#7db3ea",
)  # fmt: skip


class Theme(QObject):
    """The palette in force; tells the widgets that paint themselves when it changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice: Choice = "system"
        self.colours = LIGHT
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._system_changed)

    @property
    def is_dark(self) -> bool:
        return self.colours is DARK

    def apply(self, choice: Choice) -> None:
        """Take a palette for the whole application."""
        self.choice = choice
        hints = QGuiApplication.styleHints()
        system_dark = hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark
        self.colours = DARK if choice == "dark" or (choice == "system" and system_dark) else LIGHT
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setPalette(palette(self.colours))
            app.setStyleSheet(style_sheet(self.colours))
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """Return the colour of a role."""
        return QColor(getattr(self.colours, name))

    def _system_changed(self) -> None:
        if self.choice == "system":
            self.apply("system")


@cache
def theme() -> Theme:
    """Return the application's theme."""
    return Theme()


def load_fonts() -> None:
    """Load the fonts that ship with the program, so that window and paper agree."""
    folder = files("resources").joinpath("fonts")
    for name in FONT_FILES:
        QFontDatabase.addApplicationFont(str(folder.joinpath(name)))


def font(size: str = "body", *, bold: bool = False, mono: bool = False) -> QFont:
    """Return a font of the type scale."""
    made = QFont(MONO if mono else SANS)
    made.setPixelSize(SIZES[size] - (1 if mono and size == "body" else 0))
    made.setBold(bold)
    return made


def palette(colours: Colours) -> QPalette:
    """Return Qt's palette of a set of colours."""
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.field,
        QPalette.ColorRole.AlternateBase: colours.panel,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.faint,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.error,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.Light: colours.raised,
        QPalette.ColorRole.Midlight: colours.hover,
        QPalette.ColorRole.Mid: colours.line,
        QPalette.ColorRole.Dark: colours.disabled,
        QPalette.ColorRole.Shadow: colours.line,
        QPalette.ColorRole.Accent: colours.accent,
    }
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.disabled))
    return made


def style_sheet(colours: Colours) -> str:
    """Return the style sheet of a set of colours."""
    text = files("resources").joinpath("icons", "style.qss").read_text("utf-8")
    folder = str(files("resources").joinpath("icons")).replace("\\", "/")
    for field in sorted(fields(colours), key=lambda f: -len(f.name)):
        text = text.replace(f"@{field.name}", getattr(colours, field.name))
    tone = "dark" if colours is DARK else "light"
    return text.replace("@icons", folder).replace("@tone", tone)
