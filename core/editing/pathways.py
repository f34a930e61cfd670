"""Pathways and areas are drawn, moved, bent and changed; cables are pinned to pathways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Literal

from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Area, Link, Pathway

Table = Literal["areas", "pathways"]
Drawn = Area | Pathway
PREFIXES = {"tray": "CT", "ladder": "CL", "trough": "FT", "duct": "DU", "pipe": "PI", "busway": "BW"}
"""What the names of new pathways begin with."""


def draw_pathway(edit: Edit, block: str, points: Sequence[tuple[int, int, int]], **fields: Any) -> Pathway:
    """Draw a pathway on a floor block and return it; without a name it gets the next free one.

    Points that repeat the one before them are left out.

    Raises
    ------
    EditError
        If fewer than two points are left.
    """
    line = tuple(p for k, p in enumerate(points) if k == 0 or p != points[k - 1])
    if len(line) < 2:
        raise EditError("a pathway needs two points", cure="Click where it begins and where it turns or ends")
    kind = fields.get("kind", "tray")
    fields = {"kind": kind, "name": next_name(edit, block, PREFIXES[kind])} | fields
    record = Pathway(block=block, id=edit.new_id(block), points=line, **fields)
    edit.put("pathways", record)
    return record


def draw_area(edit: Edit, block: str, kind: str, points: Sequence[tuple[int, int]], **fields: Any) -> Area:
    """Draw an area on a floor block and return it.

    Raises
    ------
    EditError
        If its outline encloses nothing (a wall may be a line of two points).
    """
    line = tuple(p for k, p in enumerate(points) if k == 0 or p != points[k - 1])
    line = line[:-1] if len(line) > 2 and line[0] == line[-1] else line
    if len(line) < 2 or (kind != "wall" and not _encloses(line)):
        raise EditError(f"the outline of a {kind} encloses nothing", cure="Drag a box, or click its corners")
    record = Area(block=block, id=edit.new_id(block), kind=kind, points=line, **fields)  # type: ignore[arg-type]
    edit.put("areas", record)
    return record


def _encloses(points: Sequence[tuple[int, int]]) -> bool:
    turned = [*points[1:], points[0]]
    return len(points) > 2 and sum(a * d - c * b for (a, b), (c, d) in zip(points, turned, strict=True)) != 0


def next_name(reader: Reader, block: str, prefix: str) -> str:
    """Return the first of `CT-1`, `CT-2` ... that no pathway of a block has.

    Examples
    --------
    >>> from core.model.project import Project
    >>> next_name(Project("p"), "hall", "CT")
    'CT-1'
    """
    names = {record.name for record in reader.rows("pathways", block).values()}
    number = 1
    while f"{prefix}-{number}" in names:
        number += 1
    return f"{prefix}-{number}"


def move_drawn(edit: Edit, table: Table, block: str, record_id: str, dx: int, dy: int) -> None:
    """Move an area or a pathway of a block by whole millimetres in plan."""
    record = drawn(edit, table, block, record_id)
    points = tuple((p[0] + dx, p[1] + dy, *p[2:]) for p in record.points)
    edit.replace(table, record.key, points=points)


def move_point(edit: Edit, table: Table, block: str, record_id: str, at: int, x: int, y: int) -> None:
    """Move one point of an area or a pathway in plan."""
    record = drawn(edit, table, block, record_id)
    points = [*record.points]
    points[at] = (x, y, *points[at][2:])
    _replace(edit, table, record, points)


def insert_point(edit: Edit, table: Table, block: str, record_id: str, after: int, x: int, y: int) -> None:
    """Put a new point after one of an area or a pathway; its height is that of the point before it."""
    record = drawn(edit, table, block, record_id)
    points = [*record.points]
    points.insert(after + 1, (x, y, *points[after][2:]))
    _replace(edit, table, record, points)


def remove_point(edit: Edit, table: Table, block: str, record_id: str, at: int) -> None:
    """Take one point out of an area or a pathway.

    Raises
    ------
    EditError
        If too few are left.
    """
    record = drawn(edit, table, block, record_id)
    points = [*record.points]
    del points[at]
    _replace(edit, table, record, points)


def set_level(edit: Edit, block: str, record_id: str, z_mm: int) -> None:
    """Put a pathway at another height: its first point comes to `z_mm`, drops keep their length."""
    record = drawn(edit, "pathways", block, record_id)
    rise = z_mm - record.points[0][2] if record.points else 0
    points = tuple((x, y, z + rise) for x, y, z in record.points)
    edit.replace("pathways", record.key, points=points)


def drawn(reader: Reader, table: Table, block: str, record_id: str) -> Any:
    """Return an area or a pathway.

    Raises
    ------
    EditError
        If it is not there any more.
    """
    record = reader.get(table, (block, record_id))
    if record is None:
        raise EditError("it is not drawn any more")
    return record


def _replace(edit: Edit, table: Table, record: Any, points: Sequence[tuple[int, ...]]) -> None:
    least = 2 if table == "pathways" or record.kind == "wall" else 1 if record.kind == "datum" else 3
    if len(points) < least:
        raise EditError(f"it needs {least} points", cure="Delete it as a whole")
    if table == "pathways" and any(a == b for a, b in pairwise(points)):
        raise EditError("two of its points would be one", cure="Remove the point instead")
    edit.replace(table, record.key, points=tuple(points))


def pin_route(edit: Edit, block: str, links: Iterable[str], via: Sequence[str]) -> int:
    """Pin the route of links of a block to pathways of it, in order from end `a`; none of them unpins.

    Returns
    -------
    int
        How many links this alters.

    Raises
    ------
    EditError
        If a pathway is not of the block.
    """
    there = edit.rows("pathways", block)
    if any(way not in there for way in via):
        raise EditError("a route is pinned to pathways of the drawing that holds the link")
    changed = 0
    for link_id in links:
        link = edit.links(block).get(link_id)
        if isinstance(link, Link) and link.via != tuple(via):
            edit.replace("links", link.key, via=tuple(via))
            changed += 1
    return changed
