"""The pictures of the examples on the start page, in both themes."""

from __future__ import annotations

from pathlib import Path

from camera import settle

from core.catalogue.library import Library
from core.files.project_file import load
from core.files.session import Session
from desktop.document import Document
from desktop.templates import examples
from desktop.theme import theme
from desktop.views.hall import HallView

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "icons" / "examples"


def thumbnails() -> None:
    """Draw every example in dark and in light colours; light stays."""
    FOLDER.mkdir(exist_ok=True)
    for tone in ("dark", "light"):
        theme().apply(tone)  # type: ignore[arg-type]
        for example in examples():
            project, _ = load(example.path)
            view = HallView()
            view.shows_marks = False
            view.resize(560, 300)
            view.set_document(Document(Session.new(project)), Library.builtin())
            view.show()
            settle()
            view.show_box(view.layer.content, margin=14)
            view.grab().save(str(FOLDER / f"{example.name}-{tone}.png"))
            view.close()
