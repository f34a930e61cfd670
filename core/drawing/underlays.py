"""What others have drawn below a floor: grey lines and pale pictures."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.drawing.batch import Batch
from core.drawing.columns import line_batch
from core.editing.underlay import lines_of, matrix_of
from core.errors import RecordError
from core.model.project import Reader


@dataclass(frozen=True)
class Picture:
    """A picture below a floor: the file, and how its pixels stand there."""

    data: bytes
    matrix: tuple[float, float, float, float, float, float]
    """a, b, c, d, e, f: pixel (u, v) from the lower left stands at (a u + c v + e, b u + d v + f) [mm]."""


def underlay_lines(reader: Reader, block: str) -> Batch:
    """Return the lines of the drawings below a floor block; a damaged one is left out."""
    parts = []
    for underlay in reader.rows("underlays", block).values():
        try:
            parts.append(lines_of(underlay))
        except RecordError:
            continue
    return line_batch(np.concatenate(parts) if parts else np.zeros((0, 4)), "underlay")


def underlay_pictures(reader: Reader, block: str) -> list[Picture]:
    """Return the pictures below a floor block."""
    found = []
    for underlay in reader.rows("underlays", block).values():
        if underlay.kind == "image" and (data := _decoded(underlay.data)):
            found.append(Picture(data, matrix_of(underlay)))
    return found


@lru_cache(maxsize=4)
def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return b""
