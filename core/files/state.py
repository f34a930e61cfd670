"""What belongs to the user and not to a design: folders, recent files, view state.

Nothing here stops the program: settings that cannot be read are the defaults, and a failure to write is
told in words.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from core.errors import FileError
from core.files import writing

MOST_RECENT = 20
_MOST_BYTES = 4_000_000


class Settings(msgspec.Struct, omit_defaults=True):
    """The user's settings: plain JSON in the state folder."""

    recent: list[str] = []
    """Projects opened lately, the last one first."""
    values: dict[str, Any] = {}
    """Theme, units, window geometry and the like, by name."""
    views: dict[str, dict[str, Any]] = {}
    """View state (zoom, hidden layers, open block) by project id; the latest last."""

    def remember(self, path: Path) -> None:
        """Put a project at the head of the recent ones."""
        name = os.path.abspath(path)
        self.recent = [name, *(other for other in self.recent if other != name)][:MOST_RECENT]

    def remember_view(self, project_id: str, view: dict[str, Any]) -> None:
        """Keep the view state of a project; the oldest are forgotten."""
        self.views.pop(project_id, None)
        self.views[project_id] = view
        while len(self.views) > MOST_RECENT:
            del self.views[next(iter(self.views))]


def state_folder() -> Path:
    """Return the folder of journals and settings; it need not exist.

    `CAGENUT_STATE_DIR` wins; else the place the system has for it.
    """
    chosen = os.environ.get("CAGENUT_STATE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Cagenut"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Cagenut"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "cagenut"


def journal_folder(project_id: str = "") -> Path:
    """Return the folder of all journals, or of those of one project."""
    folder = state_folder() / "journals"
    # Hashed: the id comes from a file that somebody else may have made.
    return folder / hashlib.sha256(project_id.encode()).hexdigest()[:20] if project_id else folder


def types_folder() -> Path:
    """Return the folder of the user's own catalogue types."""
    return state_folder() / "types"


def sweeps_folder() -> Path:
    """Return the folder of the points of sweeps run in the window, one folder each."""
    return state_folder() / "sweeps"


def constants_folder() -> Path:
    """Return the folder of the user's own constants of models, as `cagenut calibrate` writes them."""
    return state_folder() / "constants"


def settings_file() -> Path:
    """Return the path of the settings."""
    return state_folder() / "settings.json"


def load_settings() -> Settings:
    """Return the user's settings, or the defaults where there are none that can be read."""
    try:
        path = settings_file()
        if path.stat().st_size > _MOST_BYTES:
            return Settings()
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except (OSError, RuntimeError, UnicodeError, msgspec.MsgspecError, RecursionError):
        return Settings()


def save_settings(settings: Settings) -> str:
    """Write the user's settings; return why that failed, or an empty text."""
    try:
        data = msgspec.json.format(msgspec.json.encode(settings), indent=1)
        writing.make_folder(settings_file().parent)
        writing.write_safely(settings_file(), data)
    except (OSError, RuntimeError, FileError, TypeError, UnicodeError) as error:
        return str(error)
    return ""
