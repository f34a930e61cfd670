"""Templates and examples that ship with the program, and those the user keeps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from core.catalogue.library import Library
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Instance, Rotation


@dataclass(frozen=True)
class Offered:
    """A file ready to be placed or opened."""

    name: str
    title: str
    note: str
    path: Path


def templates() -> tuple[Offered, ...]:
    """Return the templates that can be placed."""
    return _offered("templates")


def examples() -> tuple[Offered, ...]:
    """Return the examples, the smallest first."""
    return tuple(sorted(_offered("examples"), key=lambda each: each.path.stat().st_size))


def load_template(name: str) -> Project:
    """Return the project of a template; read once."""
    return _load(next(each.path for each in templates() if each.name == name))


def place_template(
    edit: Edit, library: Library, block: str, name: str, x_mm: int, y_mm: int, rotation: Rotation
) -> Instance:
    """Place a template on a floor block."""
    from core.editing.templates import insert

    return insert(edit, load_template(name), block, x_mm=x_mm, y_mm=y_mm, rotation=rotation)


@cache
def _offered(folder: str) -> tuple[Offered, ...]:
    where = Path(str(files("resources").joinpath(folder)))
    return tuple(_described(path) for path in sorted(where.glob("*.cage")))


def _described(path: Path) -> Offered:
    """Return name and note of a file without loading it: they stand in the record of its main block."""
    blocks: dict[str, dict[str, str]] = {}
    wanted: dict[str, str] = {}
    with path.open(encoding="utf-8") as lines:
        table = ""
        for line in lines:
            text = line.strip().rstrip(",")
            if text.endswith("[") and text.startswith('"'):
                table = text.split('"')[1]
            elif table in ("blocks", "settings") and text.startswith("{"):
                record = json.loads(text)
                if table == "blocks":
                    blocks[record["id"]] = record
                elif record["id"] in ("top", "template"):
                    wanted[record["id"]] = record["value"]
            elif blocks and table not in ("blocks", "settings"):
                break
    block = blocks.get(wanted.get("template", wanted.get("top", "")), {})
    file_name = path.stem.replace("-", " ")
    title = (
        file_name[:1].upper() + file_name[1:] if "template" not in wanted else block.get("name", file_name)
    )
    return Offered(path.stem, title, block.get("note", ""), path)


@cache
def _load(path: Path) -> Project:
    from core.files.project_file import load

    project, _ = load(path)
    return project
