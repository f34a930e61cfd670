"""Texts of a plan as strokes: column marks and names of rooms, in capitals, as a draughtsman's template.

Strokes are lines as all others of an underlay, so that they turn, scale, hide and print with it.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_LETTERS = 60
"""Letters of one line that are drawn."""
MOST_LINES = 12
_CAP, _ADVANCE, _LINE = 6.0, 6.0, 10.0
"""Height of a capital, from one letter to the next, from one line to the next, in steps of the grid."""
_STROKES = {
    "A": "0004264440 0242", "B": "00063645443303 3342413000", "C": "4536160501103041",
    "D": "00062644422000", "E": "46060040 0333", "F": "460600 0333", "G": "45361605011030414323",
    "H": "0006 4046 0343", "I": "1030 2026 1636", "J": "4641301001", "K": "0006 460340", "L": "060040",
    "M": "0006234640", "N": "00064046", "O": "100105163645413010", "P": "00063645443303",
    "Q": "100105163645413010 2240", "R": "00063645443303 2340", "S": "453616050413334241301001",
    "T": "0646 2620", "U": "060110304146", "V": "062046", "W": "0610233046", "X": "0046 0640",
    "Y": "062346 2320", "Z": "06460040", "0": "100105163645413010 0145", "1": "152620 1030",
    "2": "05163645440040", "3": "0516364544334241301001 1333", "4": "30360242", "5": "460603334241301001",
    "6": "4536160501103041423303", "7": "064620", "8": "13040516364544331302011030414233",
    "9": "0110304145361605041343", "-": "1333", "_": "0040", "+": "0343 2125", "/": "0046", ".": "2021",
    ",": "2110", ":": "2122 2425", ";": "2110 2425", "(": "36151130", ")": "16353110", "[": "36262030",
    "]": "16262010", "#": "1016 3036 0242 0444", "=": "0242 0444", "*": "2125 0343", "'": "2625",
    '"': "1615 3635", "%": "0046 0506 4041", "!": "2622 2120", "?": "05163645442322 2120",
    "\N{DEGREE SIGN}": "1516262515",
}  # fmt: skip
"""Strokes of a letter: each a run of points, x from 0 to 4 and y from 0 to 6."""


_ALIKE = str.maketrans(dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-") | {"\u00d7": "X", "\u00d8": "O"})


class Lettering(NamedTuple):
    """A text where it stands."""

    lines: tuple[str, ...]
    x: float
    y: float
    height: float
    """Height of a capital."""
    rotation_deg: float = 0.0
    width: float = 1.0
    across: float = 0.0
    """0: begins at the point, 0.5: centred on it, 1: ends there."""
    up: float = 0.0
    """0: stands on the point, 0.5: centred on it, 1: hangs from it."""


def strokes_of(text: Lettering) -> Floats:
    """Return the strokes of a text, shape (n, 4): x1, y1, x2, y2; letters it has no strokes for are left out.

    Examples
    --------
    >>> strokes_of(Lettering(("L",), 10.0, 20.0, 6.0)).tolist()
    [[10.0, 26.0, 10.0, 20.0], [10.0, 20.0, 14.0, 20.0]]
    >>> strokes_of(Lettering(("-",), 0.0, 0.0, 6.0, rotation_deg=90.0)).round(6).tolist()
    [[-3.0, 1.0, -3.0, 3.0]]
    """
    lines = [_letters(line) for line in text.lines[:MOST_LINES]]
    tall = _CAP + _LINE * (len(lines) - 1)
    rows = [
        (x1 + left, y1 + base, x2 + left, y2 + base)
        for number, line in enumerate(lines)
        for left, base in (
            (-text.across * max(len(line) * _ADVANCE - 2, 0), tall - _CAP - _LINE * number - text.up * tall),
        )
        for x1, y1, x2, y2 in _line(line)
    ]
    points = np.array(rows, dtype=np.float64).reshape(-1, 2) * (text.height / _CAP)
    points[:, 0] *= text.width
    turn = math.radians(text.rotation_deg)
    cosine, sine = math.cos(turn), math.sin(turn)
    turned: Floats = points @ np.array(((cosine, sine), (-sine, cosine))) + (text.x, text.y)
    return turned.reshape(-1, 4)


def _letters(line: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", line) if not unicodedata.combining(c))
    return " ".join(plain.upper().translate(_ALIKE).split())[:MOST_LETTERS]


def _line(line: str) -> Iterator[tuple[float, float, float, float]]:
    for at, letter in enumerate(line):
        for run in _STROKES.get(letter, "").split():
            points = [(int(run[i]) + at * _ADVANCE, float(run[i + 1])) for i in range(0, len(run), 2)]
            for (x1, y1), (x2, y2) in itertools.pairwise(points):
                yield x1, y1, x2, y2


_ACROSS = {"LEFT": 0.0, "CENTER": 0.5, "RIGHT": 1.0, "MIDDLE": 0.5, "ALIGNED": 0.0, "FIT": 0.0}
_UP = {"TOP": 1.0, "MIDDLE": 0.5}


def read_text(entity: Any) -> Lettering | None:
    """Return a TEXT, ATTRIB or MTEXT of a DXF file as lettering; None if there is nothing to read."""
    lines = tuple(str(entity.plain_text()).splitlines())
    if not any(line.strip() for line in lines):
        return None
    if entity.dxftype() == "MTEXT":
        place = int(entity.dxf.get("attachment_point", 1)) - 1
        point, height, width = entity.dxf.insert, float(entity.dxf.get("char_height", 0)), 1.0
        turn = float(entity.get_rotation())
        across, up = (place % 3) / 2, 1.0 - (place // 3) / 2
    else:
        align, first, _ = entity.get_placement()
        point = entity.ocs().to_wcs(first)
        height, width = float(entity.dxf.get("height", 0)), float(entity.dxf.get("width", 1))
        turn = float(entity.dxf.get("rotation", 0))
        vertical, _, horizontal = align.name.rpartition("_")
        across, up = _ACROSS.get(horizontal, 0.0), 0.5 if horizontal == "MIDDLE" else _UP.get(vertical, 0.0)
    numbers = (point.x, point.y, height, turn, width)
    if not _are_sound(numbers) or height <= 0 or width <= 0:
        return None
    return Lettering(lines, point.x, point.y, height, turn, width, across, up)


def _are_sound(numbers: Iterable[float]) -> bool:
    return all(math.isfinite(number) and abs(number) < 1e12 for number in numbers)
