"""The application: fonts, theme, garbage, and what happens to errors nobody has caught."""

from __future__ import annotations

import atexit
import gc
import logging
import sys
import traceback
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from core.catalogue.library import Library
from core.errors import CagenutError
from core.files import recovery, state
from desktop.dragging import PARTS_FORMAT
from desktop.garbage import Collector
from desktop.icons import application_icon
from desktop.theme import font, load_fonts, theme

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

log = logging.getLogger("cagenut")
TIDY_MS = 800
"""How long after the start old journals and garbage are looked at."""


def make_application(arguments: Sequence[str] = ()) -> QApplication:
    """Return the application object, dressed."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["cagenut", *arguments])
    app.setApplicationName("Cagenut")
    app.setDesktopFileName("cagenut")
    app.setStyle("Fusion")
    load_fonts()
    app.setFont(font())
    app.setWindowIcon(application_icon())
    if existing is None:
        atexit.register(release_clipboard)
    return app


def release_clipboard() -> None:
    """Leave only text on the clipboard: what Python put there must not outlive the interpreter.

    Qt destroys the clipboard's data after Python has gone; data made in Python then end the process with a
    segmentation fault. Not every platform says who owns the clipboard, so the format tells.
    """
    if QApplication.instance() is None:
        return
    clipboard = QApplication.clipboard()
    data = clipboard.mimeData()
    if data is not None and data.hasFormat(PARTS_FORMAT):
        clipboard.setText(data.text())


def run(paths: Sequence[Path] = ()) -> int:
    """Open a window, on a project if one is given, and return the exit code."""
    app = make_application()
    collector = Collector(app)
    start_log()
    window = open_window(paths)
    install_hook(window)
    QTimer.singleShot(TIDY_MS, lambda: _tidy(window))
    code = app.exec()
    collector.close()
    return code


def _tidy(window: MainWindow) -> None:
    """Do what can wait until the window is there."""
    for problem in [*(str(p) for p in window.library.problems), *recovery.tidy()]:
        log.warning("%s", problem)
    gc.collect()
    gc.freeze()  # what is there now stays; later collections need not look at it


def open_window(paths: Sequence[Path] = ()) -> MainWindow:
    """Show a window: with the first of the projects, or with the start page."""
    from desktop.main_window import MainWindow

    choice = state.load_settings().values.get("theme", "system")
    theme().apply(choice if choice in ("system", "light", "dark") else "system")
    window = MainWindow(Library.load(state.types_folder()))
    if not (paths and window.filing.open(Path(paths[0]))):
        window.filing.show_start()
    window.show()
    return window


def start_log() -> None:
    """Write warnings and errors to a file in the state folder, as far as that can be written."""
    try:
        folder = state.state_folder()
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / "cagenut.log", maxBytes=500_000, backupCount=2, encoding="utf-8"
        )
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    qInstallMessageHandler(_take_message)


def _take_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    level = logging.ERROR if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg) else logging.WARNING
    if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
        log.log(level, "Qt: %s", text)


def install_hook(window: object) -> None:
    """Show and log errors that nobody has caught; the project is not touched by them."""
    showing = []

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        complain = getattr(window, "complain", None)
        if isinstance(error, CagenutError) and complain is not None:
            # Something the user can do something about, such as a linked drawing: nothing was applied.
            complain(str(error))
            return
        log.error("uncaught", exc_info=(kind, error, trace))
        traceback.print_exception(kind, error, trace)
        if showing:
            return
        showing.append(True)
        try:
            from desktop.widgets import show_error

            words = "Your project is unharmed; save it and go on. Details are in the log."
            detail = f"{kind.__name__}: {error}\n\n{words}"
            show_error(window, "Something went wrong", "The last action failed", detail)  # type: ignore[arg-type]
        finally:
            showing.clear()

    sys.excepthook = hook
