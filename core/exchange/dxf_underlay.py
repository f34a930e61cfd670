"""Floor plans of architects as an underlay: the lines of a DXF file, by layer.

Read: LINE, LWPOLYLINE, POLYLINE, ARC, CIRCLE, ELLIPSE, SPLINE and, taken apart, INSERT; TEXT, MTEXT and
ATTRIB (column marks, names of rooms) as strokes. All else (hatches, dimensions, solids) is counted and left
out. Nothing outside the file is opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.editing.underlay import MOST_LAYERS, MOST_SEGMENTS
from core.errors import FileError
from core.exchange.plan_lettering import read_text, strokes_of
from core.model.check import clean_name

Progress = Callable[[int, int, str], None]
MOST_BYTES = 64_000_000
MOST_DEPTH = 8
"""Blocks within blocks that are taken apart."""
MOST_ENTITIES = 1_000_000
MOST_TEXTS = 3_000
"""Texts that are drawn; what is said beyond is for the architect's own program."""
SAG_SHARE = 0.002
"""How far a curve may be from its chords, as a share of its radius."""
FAR_MM = 1_000_000.0
"""Beyond this distance from its origin a drawing is brought to ours: surveyors count from the equator."""
_TEXTS = ("TEXT", "MTEXT", "ATTRIB")
_CURVES = ("LWPOLYLINE", "POLYLINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE")
_MM = {
    1: 25.4, 2: 304.8, 3: 1_609_344.0, 4: 1.0, 5: 10.0, 6: 1000.0, 7: 1e6, 8: 25.4e-6, 9: 0.0254, 10: 914.4,
    13: 1e-3, 14: 100.0, 15: 1e4, 16: 1e5, 21: 1_200_000 / 3937,
}  # fmt: skip
"""Size [mm] of the units that `$INSUNITS` numbers (DXF reference, header variables)."""


@dataclass(frozen=True)
class DxfPlan:
    """A drawing as read.

    Attributes
    ----------
    layers : dict of str to ndarray, shape (n, 4)
        x1, y1, x2, y2 in units of the drawing.
    hidden : tuple of str
        Layers that are switched off or frozen in the file.
    mm_per_unit : float
    notes : tuple of str
        What was taken for granted or left out.
    is_scaled : bool
        The file says its unit.
    """

    layers: dict[str, NDArray[np.float64]]
    hidden: tuple[str, ...]
    mm_per_unit: float
    notes: tuple[str, ...]
    is_scaled: bool = True

    @property
    def count(self) -> int:
        """Number of lines."""
        return sum(len(rows) for rows in self.layers.values())

    @property
    def digits(self) -> int:
        """Digits after the point that make a tenth of a millimetre."""
        return int(min(max(np.ceil(np.log10(self.mm_per_unit * 10)), 0), 9))


def read_dxf(path: Path, progress: Progress | None = None) -> DxfPlan:
    """Read the lines of a DXF file.

    Call it in a process of its own (`core.exchange.bounded_reading`): a hostile file may cost much.

    Raises
    ------
    FileError
        If it is no DXF file, too large, or holds nothing that can be drawn.
    """
    document = _open(path)
    reading = _Reading(path.name, progress)
    entities = document.modelspace()
    reading.total = len(entities)
    for done, entity in enumerate(entities):
        reading.say(done)
        reading.take(entity, 0, "")
    reading.letter()
    if not reading.rows:
        raise FileError(
            "it holds no lines that can be drawn", where=path.name, cure="Export the model space as DXF"
        )
    named = {name: np.array(rows, dtype=np.float64) for name, rows in sorted(reading.rows.items())}
    size, note = _units(document, named)
    layers, moved = _near(named, size)
    notes = [note] if note else []
    notes += [moved] if moved else []
    if reading.left_out:
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in reading.left_out.most_common(5))
        notes.append(f"Not drawn: {kinds}")
    return DxfPlan(layers, _hidden(document, layers), size, tuple(notes), is_scaled=not note)


def _open(path: Path) -> Any:
    from ezdxf.filemanagement import readfile

    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise FileError(
                f"the file has {size / 1e6:.0f} MB, more than {MOST_BYTES / 1e6:.0f} MB",
                where=path.name,
                cure="Leave out blocks and layers that are not needed, and export it again",
            )
        with open(path, "rb") as file:
            head = file.read(64)
        if head[:4] == b"AC10":
            raise FileError("this is a DWG file", where=path.name, cure="Save it as DXF")
        return readfile(path)
    except FileError:
        raise
    except OSError as error:
        reason = error.strerror or "it is no DXF file"
        raise FileError(reason, where=path.name, cure="Choose a DXF file") from error
    except Exception as error:
        # The library raises errors of every kind on files that are cut off or made up.
        if isinstance(error, MemoryError):
            raise
        raise FileError(
            f"this is no DXF file that can be read ({str(error)[:120] or type(error).__name__})",
            where=path.name,
            cure="Save it as DXF R2000 or newer",
        ) from error


def _units(document: Any, layers: dict[str, NDArray[np.float64]]) -> tuple[float, str]:
    """Return the size of the drawing's unit [mm], and what to say if it does not give one."""
    number = int(document.header.get("$INSUNITS", 0) or 0)
    if number in _MM:
        return _MM[number], ""
    points = np.concatenate([rows.reshape(-1, 2) for rows in layers.values()])
    wide = float((points.max(axis=0) - points.min(axis=0)).max())
    low, high = _WIDE_MM
    size, unit = next(((mm, name) for mm, name in _LIKELY if low <= wide * mm <= high), _LIKELY[0])
    across = f"{unit} are taken, {wide * size / 1000:,.4g} m across"
    return size, f"The file does not say its unit; {across}: check a distance"


_LIKELY = ((1.0, "millimetres"), (1000.0, "metres"), (25.4, "inches"), (304.8, "feet"), (10.0, "centimetres"))
_WIDE_MM = (8_000.0, 400_000.0)
"""How wide the plan of a building is, at least and at most."""


def _near(layers: dict[str, NDArray[np.float64]], size: float) -> tuple[dict[str, NDArray[np.float64]], str]:
    """Return the lines with their lower left corner at the origin if they are far from it."""
    points = np.concatenate([rows.reshape(-1, 2) for rows in layers.values()])
    low, high = points.min(axis=0), points.max(axis=0)
    if max(np.abs(low).max(), np.abs(high).max()) * size <= FAR_MM:
        return layers, ""
    step = np.concatenate([low, low])
    moved = {name: rows - step for name, rows in layers.items()}
    return moved, "It was far from its origin: its lower left corner now stands where x and y are 0"


def _hidden(document: Any, layers: dict[str, NDArray[np.float64]]) -> tuple[str, ...]:
    off = {clean_name(layer.dxf.name) for layer in document.layers if layer.is_off() or layer.is_frozen()}
    return tuple(name for name in layers if name in off)


class _Reading:
    """Lines found so far, under the limits."""

    def __init__(self, where: str, progress: Progress | None) -> None:
        self.rows: dict[str, list[tuple[float, float, float, float]]] = {}
        self.left_out: Counter[str] = Counter()
        self._lettering: list[tuple[str, NDArray[np.float64]]] = []
        self.total = 0
        self._where, self._progress = where, progress
        self._lines = self._entities = 0

    def say(self, done: int) -> None:
        if self._progress is not None and done % 500 == 0:
            self._progress(done, self.total, "Reading lines …")

    def take(self, entity: Any, depth: int, holder: str) -> None:
        """Take the lines of an entity; layer 0 within a block is that of the insert."""
        kind = entity.dxftype()
        self._entities += 1
        if self._entities > MOST_ENTITIES:
            raise self._too_many(f"more than {MOST_ENTITIES:,} parts")
        layer = str(entity.dxf.get("layer", "0"))
        layer = holder if holder and layer == "0" else layer
        if kind == "INSERT":
            if depth >= MOST_DEPTH:
                raise self._too_many(f"blocks within blocks, more than {MOST_DEPTH} deep")
            for inner in _parts(entity):
                self.take(inner, depth + 1, layer)
            return
        if kind in _TEXTS:
            self._read(entity, kind, clean_name(layer) or "0")
            return
        try:
            points = _points(entity, kind)
        except (ValueError, ZeroDivisionError, ArithmeticError, TypeError, AttributeError):
            points = None  # a curve without size
        if points is None:
            self.left_out[kind] += 1
        else:
            self._add(clean_name(layer) or "0", points)

    def _read(self, entity: Any, kind: str, layer: str) -> None:
        if len(self._lettering) >= MOST_TEXTS:
            self.left_out[kind] += 1
            return
        if entity.dxf.get("invisible", 0) or (kind == "ATTRIB" and entity.is_invisible):
            return
        try:
            text = read_text(entity)
        except (ValueError, ArithmeticError, TypeError, AttributeError):
            text = None  # made up, or cut off
        strokes = np.zeros((0, 4)) if text is None else strokes_of(text)
        if len(strokes):
            self._lettering.append((layer, strokes))
        else:
            self.left_out[kind] += 1

    def letter(self) -> None:
        """Draw the texts, as far as lines and layers leave room: a plan is not refused for its texts."""
        for layer, strokes in self._lettering:
            is_new = layer not in self.rows
            if self._lines + len(strokes) > MOST_SEGMENTS or (is_new and len(self.rows) >= MOST_LAYERS):
                self.left_out["TEXT"] += 1
                continue
            self._lines += len(strokes)
            self.rows.setdefault(layer, []).extend(map(tuple, strokes.tolist()))

    def _add(self, layer: str, points: NDArray[np.float64]) -> None:
        if len(points) < 2 or not np.isfinite(points).all() or np.abs(points).max() > 1e12:
            return
        if layer not in self.rows and len(self.rows) >= MOST_LAYERS:
            raise self._too_many(f"more than {MOST_LAYERS:,} layers")
        self._lines += len(points) - 1
        if self._lines > MOST_SEGMENTS:
            raise self._too_many(f"more than {MOST_SEGMENTS:,} lines")
        pairs = np.hstack([points[:-1], points[1:]])
        self.rows.setdefault(layer, []).extend(map(tuple, pairs.tolist()))

    def _too_many(self, what: str) -> FileError:
        return FileError(
            f"it holds {what}",
            where=self._where,
            cure="Leave out layers that are not needed (furniture, hatches), and export it again",
        )


def _parts(insert: Any) -> Iterator[Any]:
    """Yield the entities of an insert, and of each of its rows and columns, where they stand."""
    if insert.mcount > 1:
        for each in insert.multi_insert():
            yield from each.virtual_entities()
    else:
        yield from insert.virtual_entities()
    yield from insert.attribs


def _points(entity: Any, kind: str) -> NDArray[np.float64] | None:
    """Return the points along an entity, shape (n, 2); None of a kind that is not drawn."""
    if kind == "LINE":
        start, end = entity.dxf.start, entity.dxf.end
        return np.array(((start.x, start.y), (end.x, end.y)))
    if kind not in _CURVES or (kind == "POLYLINE" and not (entity.is_2d_polyline or entity.is_3d_polyline)):
        return None
    from ezdxf.path import make_path

    path = make_path(entity)
    if not len(path):
        return np.zeros((0, 2))
    if not path.has_curves:
        return np.array([(p.x, p.y) for p in path.control_vertices()])
    corners = np.array([(p.x, p.y) for p in path.control_vertices()])
    reach = float(np.ptp(corners, axis=0).max())
    if not np.isfinite(reach) or reach <= 0:
        return np.zeros((0, 2))
    return np.array([(p.x, p.y) for p in path.flattening(reach / 2 * SAG_SHARE, segments=4)])
