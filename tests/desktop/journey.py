"""A journey a designer makes: the program from an empty start, the hand, and a picture of each step.

`CAGENUT_JOURNEYS` names a folder for the pictures (none are made without it); `CAGENUT_SCALE` is 1 or 2 and
`CAGENUT_THEME` is light or dark.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from core.files import state
from tests.desktop.program import Program

SCALE = int(os.environ.get("CAGENUT_SCALE", "1"))
THEME = os.environ.get("CAGENUT_THEME", "light")
SETTLED = "window().document is None or window().evaluation.is_current"


class Journey(Program):
    """The program in a scale and a theme; steps are kept as pictures.

    Points asked of the probe are clicked, dragged and written to as `Program` does.
    """

    hall, racks, network = (f"window().workspace.{name}" for name in ("hall", "racks", "network"))
    project, selection = "window().document.project", "window().document.selection"

    def __init__(self, display: str, name: str, *arguments: str) -> None:
        settings = state.load_settings()
        settings.values["theme"] = THEME
        state.save_settings(settings)
        super().__init__(display, *arguments, scale=SCALE)
        self.name, self._count = name, 0
        self._folder = os.environ.get("CAGENUT_JOURNEYS", "")
        self._begun = time.monotonic()

    def step(self, words: str) -> None:
        """Save a picture of the whole screen, once what runs in the background has ended."""
        if not self._folder:
            return
        took = time.monotonic() - self._begun
        self._count += 1
        folder = Path(self._folder) / f"{THEME}-{SCALE}00"
        folder.mkdir(parents=True, exist_ok=True)
        if not self.ask("QApplication.mouseButtons().value"):
            self.until(SETTLED, 30)
        time.sleep(0.3)
        stem = f"{self.name}-{self._count:02}-{words.replace(' ', '-')}"
        assert self.ask(f"picture({str(folder / stem)!r} + '.png')")
        with open(folder / "steps.txt", "a", encoding="utf-8") as file:
            print(f"{took:6.1f} s  {stem}", file=file)
        self._begun = time.monotonic()

    def new_project(self) -> None:
        """Begin with an empty hall, from the start page."""
        self.click(self.until("named('New project')"))
        self.until("window().document is not None")

    def find(self, words: str, kind: str, name: str) -> list[int]:
        """Search the catalogue and return where an entry is."""
        self.click(self.ask("centre(window().catalogue.search)"), times=3)
        self.write(words)
        self.until(f"window().catalogue.search.text() == {words!r}")
        return self.until(f"entry({kind!r}, {name!r})")  # type: ignore[no-any-return]

    def bring(self, words: str, kind: str, name: str, to: list[int]) -> None:
        """Search the catalogue and drag an entry to a point."""
        self.drag(self.find(words, kind, name), to)

    def choose(self, *titles: str) -> None:
        """Choose from the menus with the mouse: `choose("Arrange", "Align", "Left Edges")`."""
        self.click(self.until(f"menu_title({titles[0]!r})"))
        for title in titles[1:]:
            self.click(self.until(f"menu_item({title!r})"))

    def fill(self, name: str, text: str) -> None:
        """Write into the visible field of a name, and leave it with Tab."""
        self.click(self.until(f"field({name!r})"), times=3)
        self.hand("key", "ctrl+a")
        self.write(text)
        self.hand("key", "Tab")
