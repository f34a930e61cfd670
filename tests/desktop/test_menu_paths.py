"""Messages that name a command by its menu name one that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desktop.actions import MENUS
from desktop.main_window import MainWindow

ROOT = Path(__file__).parents[2]
NAMED = re.compile(rf"\b({'|'.join(MENUS)}) > \**([A-Z][^\"'.;:,)]*)")
SOURCES = [*sorted((ROOT / "core").rglob("*.py")), *sorted((ROOT / "desktop").rglob("*.py"))]


GUIDES = sorted((ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("paths", [SOURCES, GUIDES], ids=["messages", "guides"])
def test_every_menu_path_that_is_named_exists(window: MainWindow, paths: list[Path]) -> None:
    known: dict[str, list[str]] = {}
    for name in window.actions_:
        menu, _, *submenus = window.actions_.entry(name).menu.split("|")
        for label in (*submenus, window.actions_[name].text()):
            known.setdefault(menu, []).append(label.replace("&", "").rstrip(" …"))
    named = [(path, *found) for path in paths for found in NAMED.findall(path.read_text("utf-8"))]
    wrong = [
        f"{path.relative_to(ROOT)}: {menu} > {words}"
        for path, menu, words in named
        if not any(words.startswith(label) for label in known[menu])
    ]
    assert len(named) >= 10
    assert not wrong, "\n".join(wrong)
