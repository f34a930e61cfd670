"""The program on a screen of its own, and the hand that works it: real mouse and keys through xdotool."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1600, 1000
"""Size of the window, which fills its screen, in the pixels of a scale of 100 %."""
MISSING = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
needs_a_screen = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
PATH_OF_A_DRAG = (0.02, 0.05, 0.1, 0.3, 0.6, 0.9, 1.0, 1.0)


@contextlib.contextmanager
def screen(scale: int = 1) -> Iterator[str]:
    """Give a display of its own, of twice the pixels at a scale of 2; the server picks a free number."""
    read, write = os.pipe()
    size = f"{WIDTH * scale}x{HEIGHT * scale}x24"
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    if not number:
        server.kill()
        pytest.skip("Xvfb does not start here")
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


class Program:
    """The program on the screen, and the hand that works it.

    Points are those of the window at 100 %, as the probe gives them.
    """

    def __init__(self, display: str, *arguments: str, scale: int = 1) -> None:
        self.scale = scale
        self.environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": str(scale),
            "PYTHONPATH": str(ROOT),
        }
        self.environment.pop("WAYLAND_DISPLAY", None)
        command = [sys.executable, "-m", "tests.desktop.probe", *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdin=pipe, stdout=pipe, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line and self.process.wait(10) != 0:
            pytest.skip("Qt's xcb platform does not start here")
        assert json.loads(line) == "ready"
        self.until("window().isVisible()")
        self.ask(f"window().setGeometry(0, 0, {WIDTH}, {HEIGHT})")
        self.until(f"window().width() == {WIDTH}")

    def ask(self, expression: str) -> Any:
        """Return the value of an expression in the program (the names are those of the probe)."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(expression + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def until(self, expression: str, seconds: float = 15) -> Any:
        """Wait until an expression is true and return its value."""
        end = time.monotonic() + seconds
        while True:
            value = self.ask(expression)
            if value and not (isinstance(value, dict) and "error" in value):
                return value
            assert time.monotonic() < end, (expression, value)
            time.sleep(0.05)

    def hand(self, *words: object) -> None:
        """Let xdotool do something; points after `mousemove` are taken at the scale of the screen."""
        given = list(words)
        for at, word in enumerate(words):
            if word == "mousemove":
                given[at + 1 : at + 3] = [round(float(str(n)) * self.scale) for n in words[at + 1 : at + 3]]
        subprocess.run(["xdotool", *map(str, given)], env=self.environment, check=True, timeout=20)

    def click(self, at: Sequence[float], times: int = 1, button: int = 1, hold: Sequence[str] = ()) -> None:
        """Click a point, with keys held down."""
        press = ["click", "--repeat", times, "--delay", 90, button]
        self.hand("mousemove", *at, "sleep", "0.08", *_held(hold, "keydown"), *press, *_held(hold, "keyup"))

    def point(self, at: Sequence[float]) -> None:
        """Point at a place, as a hand gets there: in two steps."""
        self.hand("mousemove", at[0] - 3, at[1] - 2, "sleep", "0.05", "mousemove", *at)

    def press(self, start: Sequence[float], end: Sequence[float], hold: Sequence[str] = ()) -> None:
        """Drag without letting go; `let_go` ends it."""
        words: list[object] = ["mousemove", *start, "sleep", "0.1", *_held(hold, "keydown"), "mousedown", 1]
        for step in PATH_OF_A_DRAG:
            x, y = (round(a + step * (b - a)) for a, b in zip(start, end, strict=True))
            words += ["sleep", "0.08", "mousemove", x, y]
        self.hand(*words, "sleep", "0.15")

    def let_go(self, hold: Sequence[str] = ()) -> None:
        """End a drag, then let go of the keys."""
        self.hand("mouseup", 1, *_held(hold, "keyup"))

    def drag(self, start: Sequence[float], end: Sequence[float], hold: Sequence[str] = ()) -> None:
        """Drag from a point to another, with keys held down."""
        self.press(start, end, hold)
        self.let_go(hold)

    def keys(self, *keys: str) -> None:
        """Press keys, one after the other: `ctrl+z`, `Return`."""
        self.ask("(QApplication.activeModalWidget() or window()).activateWindow()")
        self.hand("key", "--delay", 60, *keys)

    def write(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.hand("type", "--delay", 8, text)

    def kill(self) -> None:
        """End the program as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _held(keys: Sequence[str], word: str) -> list[object]:
    return [part for key in keys for part in (word, key)]
