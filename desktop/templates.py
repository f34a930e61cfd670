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
from core.units import show

_WORDS = {"superpod": "SuperPOD", "su": "scalable unit"}


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
    brief: dict[str, float] = {}
    with path.open(encoding="utf-8") as lines:
        table = ""
        for line in lines:
            text = line.strip().rstrip(",")
            if text.endswith("[") and text.startswith('"'):
                table = text.split('"')[1]
            elif table in ("blocks", "settings", "requirements") and text.startswith("{"):
                record = json.loads(text)
                if table == "requirements":
                    brief[record["id"]] = record["value"]
                elif table == "blocks":
                    blocks[record["id"]] = record
                elif record["id"] in ("top", "template"):
                    wanted[record["id"]] = record["value"]
            elif blocks and table != "blocks":
                break
    block = blocks.get(wanted.get("template", wanted.get("top", "")), {})
    if "template" in wanted:
        return Offered(path.stem, block.get("name", path.stem), block.get("note", ""), path)
    facts = []
    if "accelerators" in brief:
        facts.append(f"{brief['accelerators']:,.0f} accelerators")
    if "facility_power_w" in brief:
        facts.append(f"{show(brief['facility_power_w'], 'W')} of site power")
    note = ". ".join(part for part in (", ".join(facts), block.get("note", "")) if part)
    return Offered(path.stem, _title(path.stem), note, path)


def _title(stem: str) -> str:
    """Return what people call an example: the words of its file name, abbreviations spelt as usual."""
    words = (_WORDS.get(w, w.upper() if any(c.isdigit() for c in w) else w) for w in stem.split("-"))
    text = " ".join(words)
    return text[:1].upper() + text[1:]


@cache
def _load(path: Path) -> Project:
    from core.files.project_file import load

    project, _ = load(path)
    return project
