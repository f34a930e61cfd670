"""Underlays: drawings and pictures of others below a floor block, how they are stored, moved and scaled.

A point (u, v) of an underlay, in its own units or pixels from its lower left corner, stands at
x + mm_per_unit (u cos r - v sin r), y + mm_per_unit (u sin r + v cos r) of the block.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import EditError, RecordError
from core.model.change import Edit
from core.model.check import clean_name
from core.model.records import Key, Underlay

Floats = NDArray[np.float64]
MOST_SEGMENTS = 400_000
"""Lines of a drawing that are kept."""
MOST_LAYERS = 2000
MOST_DATA = 48_000_000
"""Characters of an underlay as it is stored; the whole project is one text file."""
_MOST_INFLATED = 256_000_000
_UNLOCK = "Unlock it first"


def pack(layers: Mapping[str, Floats], digits: int = 1) -> str:
    """Return lines by layer as they are stored.

    Parameters
    ----------
    layers : mapping of str to ndarray, shape (n, 4)
        x1, y1, x2, y2 in units of the drawing.
    digits : int
        Digits after the point that are kept.

    Raises
    ------
    EditError
        If that would be too large for a project.
    """
    plain = {name: np.round(rows, digits).ravel().tolist() for name, rows in layers.items()}
    text = json.dumps(plain, separators=(",", ":"))
    data = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    if len(data) > MOST_DATA:
        raise EditError(
            f"the drawing needs {len(data) / 1e6:.0f} MB", cure="Leave out layers that are not needed"
        )
    return data


@lru_cache(maxsize=8)
def unpack(data: str) -> Mapping[str, Floats]:
    """Return the lines by layer of a stored drawing; what `pack` was given.

    Raises
    ------
    RecordError
        If the data are damaged, or more than an underlay may hold.

    Examples
    --------
    >>> unpack(pack({"walls": np.array([[0.0, 0.0, 6000.0, 0.0]])}))["walls"].tolist()
    [[0.0, 0.0, 6000.0, 0.0]]
    """
    try:
        inflater = zlib.decompressobj()
        plain = inflater.decompress(base64.b64decode(data, validate=True), _MOST_INFLATED)
        if not inflater.eof:
            raise RecordError("the underlay is damaged or too large", cure="Import the drawing again")
        found: Any = json.loads(plain, parse_constant=_refuse)
        layers = {
            clean_name(name): np.array(rows, dtype=np.float64).reshape(-1, 4) for name, rows in found.items()
        }
    except (binascii.Error, zlib.error, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError("the underlay is damaged", cure="Import the drawing again") from error
    if sum(len(rows) for rows in layers.values()) > MOST_SEGMENTS or len(layers) > MOST_LAYERS:
        raise RecordError(
            f"the underlay has more than {MOST_SEGMENTS:,} lines", cure="Import fewer layers of it"
        )
    for rows in layers.values():
        if not np.isfinite(rows).all():
            raise RecordError("the underlay is damaged", cure="Import the drawing again")
        rows.setflags(write=False)
    return layers


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no number")


def add_underlay(
    edit: Edit,
    block: str,
    kind: Literal["image", "drawing"],
    name: str,
    data: str,
    *,
    mm_per_unit: float,
    hidden_layers: tuple[str, ...] = (),
    note: str = "",
    locked: bool = True,
) -> Underlay:
    """Lay a drawing or picture below a floor block, its origin where x and y are 0, and return it.

    Raises
    ------
    EditError
        If there is no such floor block.
    """
    holder = edit.blocks.get(block)
    if holder is None or holder.kind != "floor":
        raise EditError("an underlay lies below a floor", cure="Open the hall, or a group in it")
    return edit.put(
        "underlays",
        Underlay(
            block=block,
            id=edit.new_id(block),
            kind=kind,
            name=clean_name(name),
            data=data,
            mm_per_unit=mm_per_unit,
            hidden_layers=hidden_layers,
            locked=locked,
            note=note,
        ),
    )


def move_underlay(edit: Edit, key: Key, dx: float, dy: float) -> Underlay:
    """Move an underlay [mm].

    Raises
    ------
    EditError
        If it is locked, or no longer there.
    """
    underlay = _unlocked(edit, key)
    return _put(edit, key, x_mm=round(underlay.x_mm + dx), y_mm=round(underlay.y_mm + dy))


def turn_underlay(edit: Edit, key: Key, degrees: float) -> Underlay:
    """Turn an underlay counterclockwise about its own origin.

    Raises
    ------
    EditError
        If it is locked, or no longer there.
    """
    turned = math.fmod(_unlocked(edit, key).rotation_deg + degrees, 360.0)
    return _put(edit, key, rotation_deg=turned)


def scale_underlay(
    edit: Edit, key: Key, one: tuple[float, float], other: tuple[float, float], distance_mm: float
) -> Underlay:
    """Scale an underlay so that two points of the plan become so far apart; the first one stays.

    Raises
    ------
    EditError
        If it is locked or gone, the points are the same, or the size is out of range.
    """
    underlay = _unlocked(edit, key)
    drawn = math.dist(one, other)
    if drawn < 1.0:
        raise EditError("the two points are the same", cure="Choose two points that are far apart")
    if not (math.isfinite(distance_mm) and distance_mm >= 1.0):
        raise EditError("the distance is no length", cure="Give the distance between the two points")
    factor = distance_mm / drawn
    size = underlay.mm_per_unit * factor
    if not 1e-6 <= size <= 1e6:
        raise EditError("the underlay would be out of all proportion", cure="Check the distance and its unit")
    return _put(
        edit,
        key,
        mm_per_unit=size,
        x_mm=round(one[0] + (underlay.x_mm - one[0]) * factor),
        y_mm=round(one[1] + (underlay.y_mm - one[1]) * factor),
    )


def matrix_of(underlay: Underlay) -> tuple[float, float, float, float, float, float]:
    """Return a, b, c, d, e, f: (u, v) stands at (a u + c v + e, b u + d v + f) [mm]."""
    turn = math.radians(underlay.rotation_deg)
    c, s = math.cos(turn) * underlay.mm_per_unit, math.sin(turn) * underlay.mm_per_unit
    return c, s, -s, c, float(underlay.x_mm), float(underlay.y_mm)


def lines_of(underlay: Underlay) -> Floats:
    """Return the lines of the layers of a drawing that are shown, shape (n, 4) [mm]; none of a picture.

    Raises
    ------
    RecordError
        If its data are damaged.
    """
    if underlay.kind != "drawing" or not underlay.data:
        return np.zeros((0, 4))
    hidden = set(underlay.hidden_layers)
    shown = [rows for name, rows in unpack(underlay.data).items() if name not in hidden]
    if not shown:
        return np.zeros((0, 4))
    a, b, c, d, e, f = matrix_of(underlay)
    points: Floats = np.concatenate(shown).reshape(-1, 2) @ np.array(((a, b), (c, d))) + np.array((e, f))
    return points.reshape(-1, 4)


def _unlocked(edit: Edit, key: Key) -> Underlay:
    underlay = edit.get("underlays", key)
    if not isinstance(underlay, Underlay):
        raise EditError("the underlay is no longer there", cure="Import it again")
    if underlay.locked:
        raise EditError(f"'{underlay.name}' is locked", cure=_UNLOCK)
    return underlay


def _put(edit: Edit, key: Key, **fields: Any) -> Underlay:
    replaced: Underlay = edit.replace("underlays", key, **fields)
    return replaced
