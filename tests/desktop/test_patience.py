"""Work that takes long shows how far it is, and can be cancelled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QProgressDialog

from core.errors import EditError
from desktop.dialogs import patience
from desktop.dialogs.patience import Progress
from desktop.main_window import MainWindow


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", -1.0)
    monkeypatch.setattr(patience, "PITCH_S", 0.0)


def dialogs(window: MainWindow) -> list[QProgressDialog]:
    return [made for made in window.findChildren(QProgressDialog) if made.isVisible()]


def test_quick_work_shows_nothing(window: MainWindow) -> None:
    with Progress(window) as progress:
        assert list(progress.each(range(100), 100)) == list(range(100))
        assert not dialogs(window)


def test_long_work_shows_how_far_it_is(window: MainWindow, impatient: None) -> None:
    seen = []
    with Progress(window, "Setting …", "Set fields", "nothing was set") as progress:
        for number in progress.each(range(64), 64):
            (shown,) = dialogs(window)
            assert (shown.windowTitle(), shown.labelText()) == ("Set fields", "Setting …")
            assert shown.maximum() == 64
            seen.append((number, shown.value()))
    assert seen[0] == (0, 0)
    assert seen[63] == (63, 48)
    assert not dialogs(window)


def test_cancelled_work_ends_with_the_reason_and_without_the_dialog(
    window: MainWindow, impatient: None
) -> None:
    def items() -> Iterator[int]:
        for number in range(64):
            if number == 20:
                dialogs(window)[0].cancel()
            yield number

    with (
        pytest.raises(EditError, match="cancelled; nothing was set"),
        Progress(window, "Setting …", "Set fields", "nothing was set") as progress,
    ):
        list(progress.each(items(), 64))
    QApplication.processEvents()
    assert not dialogs(window)
