"""What the catalogue puts into a drag: the id of a type, a template or a block."""

from __future__ import annotations

from typing import Literal, NamedTuple

from PySide6.QtCore import QMimeData

FORMAT = "application/x-cagenut"
PARTS_FORMAT = "application/x-cagenut-parts"
"""What is cut and copied, on the clipboard."""
Kind = Literal["type", "template", "block"]


class Carried(NamedTuple):
    """Something on its way from the catalogue to a drawing."""

    kind: Kind
    id: str


def packed(carried: Carried) -> QMimeData:
    """Return the data of a drag."""
    data = QMimeData()
    data.setData(FORMAT, f"{carried.kind} {carried.id}".encode())
    return data


def carried_in(data: QMimeData) -> Carried | None:
    """Return what a drag carries, or None if it is not ours."""
    if not data.hasFormat(FORMAT):
        return None
    kind, _, name = bytes(data.data(FORMAT).data()).decode("utf-8", "replace").partition(" ")
    if kind not in ("type", "template", "block") or not name:
        return None
    return Carried(kind, name)  # type: ignore[arg-type]
