"""New projects: empty, or with a template placed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from core.editing.blocks import new_floor_block
from core.editing.templates import insert
from core.errors import EditError
from core.files.project_file import load
from core.model.change import Edit
from core.model.project import Project
from core.model.records import PowerSource

_TEMPLATES = Path(__file__).resolve().parents[2] / "resources" / "templates"


def template_names() -> list[str]:
    """Return the names of the templates shipped, in alphabetical order."""
    return sorted(path.stem for path in _TEMPLATES.glob("*.cage"))


@cache
def read_template(name: str) -> Project:
    """Return a template shipped with the program; not to be altered.

    Raises
    ------
    EditError
        If there is no such template.
    """
    if name not in template_names():
        raise EditError(f"there is no template '{name}'", cure=f"Choose {', '.join(template_names())}")
    return load(_TEMPLATES / f"{name}.cage")[0]


def new_project(template: str = "", *, ids: Callable[[], str] | None = None) -> Project:
    """Return a project with a hall and two power sources, and a template placed in the hall if named.

    Raises
    ------
    EditError
        If there is no such template.
    """
    project = Project()
    edit = Edit(project, "New design", ids=ids)
    hall = new_floor_block(edit, "Hall")
    if template:
        insert(edit, read_template(template), hall.id)
    if not edit.sources:
        for name in ("A", "B"):
            edit.put("sources", PowerSource(id=name, name=name))
    project.apply(edit.change())
    return project
