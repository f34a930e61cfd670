"""Text of the clipboard as cells of a table, and which cells it goes into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from core.editing.routes import counted
from core.errors import EditError

if TYPE_CHECKING:
    from desktop.tables.panel import TablePanel

Cells = dict[int, dict[str, str]]
"""By row of the list the text for each field."""


def clipboard_cells() -> list[list[str]]:
    """Return the text of the clipboard as rows of cells."""
    text = QGuiApplication.clipboard().text()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1]:
        lines.pop()
    return [line.split("\t") for line in lines]


def cells_to_paste(made: TablePanel, block: list[list[str]]) -> Cells:
    """Return which cells the rows of a rectangle go into, from the selected one on.

    One row goes into all selected rows, one column into all selected columns. Headings are left out.

    Raises
    ------
    EditError
        If it does not fit or a column cannot be edited.
    """
    places, sections = made.selected_cells()
    if made.listing is None or not places:
        raise EditError("no cell is selected", cure="Select the first cell to paste into")
    headings = [column.heading for column in made.model.columns]
    if len(block) > 1 and all(text in headings for text in block[0]):
        block = block[1:]
    if not block:
        raise EditError("the clipboard holds no text", cure="Copy cells of a spreadsheet first")
    if len(block) == 1 and len(places) > 1:
        block = block * len(places)
    if len(block[0]) == 1 and len(sections) > 1:
        block = [cells * len(sections) for cells in block]
    wanted = places if len(places) == len(block) else list(range(places[0], places[0] + len(block)))
    if wanted[-1] >= len(made.model.rows):
        left = len(made.model.rows) - places[0]
        raise EditError(
            f"{counted(len(block), 'row')} do not fit: {left:,} are listed from here on",
            cure="Select a cell further up, or drop the filter",
        )
    columns = _columns(made, sections[0], block)
    return {
        int(made.model.rows[place]): dict(zip(columns, cells, strict=True))
        for place, cells in zip(wanted, block, strict=True)
    }


def _columns(made: TablePanel, first: int, block: list[list[str]]) -> list[str]:
    order = made.view.visual_columns()
    start, width = order.index(first), len(block[0])
    uneven = next((k for k, cells in enumerate(block, 1) if len(cells) != width), 0)
    if uneven:
        raise EditError(f"row {uneven} of the clipboard has not {width} cells", cure="Copy a rectangle")
    if start + width > len(order):
        raise EditError(f"{width} columns do not fit from here on", cure="Select a cell further left")
    columns = [made.model.columns[section] for section in order[start : start + width]]
    for column in columns:
        if column.fixed:
            raise EditError(f"'{column.title}' cannot be edited", cure=column.fixed)
    return [column.name for column in columns]


def cells_to_empty(made: TablePanel) -> Cells:
    """Return the selected cells, each with an empty text.

    Raises
    ------
    EditError
        If one of the columns cannot be edited.
    """
    places, sections = made.selected_cells()
    columns = [made.model.columns[section] for section in sections]
    fixed = next((column for column in columns if column.fixed), None)
    if fixed is not None:
        raise EditError(
            f"'{fixed.title}' cannot be emptied",
            cure="Delete in the drawing removes things; here it empties cells",
        )
    texts = {column.name: "" for column in columns}
    return {int(made.model.rows[place]): texts for place in places}
