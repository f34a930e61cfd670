"""The elevations of racks made ready for the screen, and what is laid over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from core.drawing.airflow import face_air
from core.drawing.badges import badges
from core.drawing.batch import Anchor, Batch, Level, Sketch, concatenate
from core.drawing.colour_schemes import NONE_HATCH, NONE_STYLE, Colouring, shown_texts
from core.drawing.columns import hatch_lines, line_batch, rect_batch, text_batch
from core.drawing.elevation import Elevation, elevation
from core.drawing.faceplate import Face
from core.drawing.placed import PlacedBlock
from core.model.project import Project
from core.model.types import RackType
from desktop.canvas.labels import DIVIDER
from desktop.canvas.prepared import Prepared, prepare, together
from desktop.views.racking import FACE_GAP, HEADER, Standing

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

HATCH_MM = 25.0
"""Distance of the lines on what has no value."""
OVER_RANK = 20
"""Where air and cables are painted: above everything."""


class Elevations:
    """Drawn racks, kept by block and face as long as nothing in them changes.

    Racks that hold the same at the same places are drawn once, whatever their devices are called: most
    drawings of a large hall differ in their names alone.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Face], tuple[object, Elevation, dict[bool, Prepared]]] = {}
        self._alike: dict[object, tuple[Elevation, dict[bool, Prepared]]] = {}
        self._project: Callable[[], Project | None] = lambda: None

    def get(
        self,
        project: Project,
        at: PlacedBlock,
        face: Face,
        used: Mapping[tuple[str, str], set[str]],
        *,
        port_names: bool,
    ) -> tuple[Elevation, Prepared]:
        """Return one face of a rack, without the names of devices; with or without those of ports."""
        if self._project() is not project:
            self._kept.clear()
            self._alike.clear()
            self._project = ref(project)
        block = at.block.id
        devices = project.devices(block)
        ports = {d: found for d in devices if (found := used.get((block, d)))}
        own: dict[str, str] = {}
        absent: set[str] = set()
        if at.overrides:
            shown = {d.id: at.overrides.name(d.id, d.name) for d in devices.values()}
            absent = {d for d in devices if at.overrides.is_absent(d)}
            own = {d: n for d, n in shown.items() if n != (devices[d].name or d)}
        versions = project.version("devices", block), project.version("types"), project.version("blocks")
        key = (versions, {d: frozenset(n) for d, n in ports.items()}, own, absent)
        place = (at.path if own or absent else block, face)
        kept = self._kept.get(place)
        if kept is None or kept[0] != key:
            kept = self._kept[place] = (key, *self._drawn(project, block, face, ports, own, absent))
        _, drawn, ready = kept
        if port_names not in ready:
            group = prepare(badges(project, block, face, absent), Level.MIDDLE)
            full = together([prepare(without_names(drawn.batch)), group])
            ready[port_names] = full if port_names else full.without_texts(Level.CLOSE)
        return drawn, ready[port_names]

    def _drawn(
        self,
        project: Project,
        block: str,
        face: Face,
        ports: Mapping[str, set[str]],
        own: Mapping[str, str],
        absent: set[str],
    ) -> tuple[Elevation, dict[bool, Prepared]]:
        """Return one face of a rack with the names of its devices, and what is prepared of all like it."""
        devices = [d for d in project.devices(block).values() if d.id not in absent]
        names = [own.get(d.id) or d.name or d.id for d in devices]
        record = project.blocks[block]
        held = tuple((*_place_of(d), *d.modules.items(), *sorted(ports.get(d.id, ()))) for d in devices)
        key = (project.version("types"), record.rack_type, tuple(record.reserved), face, held)
        alike = self._alike.get(key)
        if alike is None:
            if len(self._alike) >= MOST_ALIKE:
                self._alike.clear()
            made = elevation(project, block, face, used=ports, labels=own, absent=absent)
            alike = self._alike[key] = (made, {})
            return alike
        made, ready = alike
        batch = made.batch
        texts = list(batch.texts)
        for i in np.flatnonzero(is_name(batch)).tolist():
            texts[i] = names[batch.text_owner[i]]
        owners = tuple(d.id for d in devices)
        return replace(made, batch=replace(batch, texts=tuple(texts)), owners=owners), ready


MOST_ALIKE = 2000
"""Drawings of racks that are kept for others like them."""
_place_of = attrgetter("type", "half_u", "face", "side", "zone", "place", "x_mm")
"""What of a device's record shows in the drawing of its rack, beside its name, modules and used ports."""


def without_names(batch: Batch) -> Batch:
    """Return an elevation without the names of its devices."""
    keep = ~is_name(batch)
    columns = ("text_at", "text_size", "text_width", "text_anchor", "text_angle", "text_style", "text_level",
               "text_owner")  # fmt: skip
    texts = tuple(text for text, kept in zip(batch.texts, keep.tolist(), strict=True) if kept)
    return replace(batch, texts=texts, **{name: getattr(batch, name)[keep] for name in columns})


def is_name(batch: Batch) -> NDArray[np.bool_]:
    """Tell which texts of an elevation are names of devices."""
    found: NDArray[np.bool_] = (batch.text_owner >= 0) & (batch.text_level == Level.MIDDLE)
    return found


def head(sketch: Sketch, at: PlacedBlock, rack: RackType, x: float, y: float, copies: int) -> None:
    """Write a rack's name above it and which face is which."""
    top = y + rack.height_mm
    wide = 2 * rack.width_mm + FACE_GAP
    about = f"{at.block.name} × {copies:,}" if copies > 1 else f"{rack.units} {rack.unit}"
    name = at.tag or at.block.name
    sketch.text(x, top + 200, name, 46, "text.bold", width=wide * 0.62, level=Level.MIDDLE, owner=0)
    sketch.text(
        x + wide, top + 200, about, 30, "text.faint", anchor=Anchor.RIGHT, width=wide * 0.36,
        level=Level.MIDDLE,
    )  # fmt: skip
    for words, left in (("FRONT", x), ("REAR", x + rack.width_mm + FACE_GAP)):
        middle = left + rack.width_mm / 2
        words = f"{words} · RESERVED" if at.status == "reserved" else words
        sketch.text(middle, top + 50, words, 26, "text.faint", anchor=Anchor.CENTRE, level=Level.MIDDLE)


def far_head(sketch: Sketch, at: PlacedBlock, rack: RackType, x: float, y: float) -> None:
    """Write a rack's name above it for one who is far away."""
    wide = 2 * rack.width_mm + FACE_GAP
    sketch.text(
        x + wide / 2, y + rack.height_mm + 115, at.name or at.block.name, 170, "text.bold",
        anchor=Anchor.CENTRE, width=wide, level=Level.FAR, owner=0,
    )  # fmt: skip


def whole_box(
    racks: Sequence[tuple[PlacedBlock, RackType, float, float]],
) -> tuple[float, float, float, float]:
    """Return the box around all racks with their names, in scene coordinates."""
    if not racks:
        return 0.0, 0.0, 0.0, 0.0
    return (
        min(x for *_, x, _ in racks),
        min(-y - rack.height_mm for _, rack, _, y in racks) - HEADER,
        max(x + 2 * rack.width_mm + FACE_GAP for _, rack, x, _ in racks),
        max(-y for *_, y in racks),
    )


@dataclass(frozen=True)
class Shown:
    """All devices that are drawn, face after face, and the names that stand on them.

    Attributes
    ----------
    boxes : ndarray, shape (n, 4)
    rows : ndarray of int, shape (n,)
        Place of each device among those of all racks, in the order of records.
    names : tuple of str, length m
    owners : ndarray of int, shape (m,)
        The same place for each name.
    at, size, room, angle, anchor : ndarray
        Columns of a `Batch` for the names.
    """

    boxes: NDArray[np.float64]
    rows: NDArray[np.intp]
    names: tuple[str, ...]
    owners: NDArray[np.intp]
    at: NDArray[np.float64]
    size: NDArray[np.float64]
    room: NDArray[np.float64]
    angle: NDArray[np.float64]
    anchor: NDArray[np.int32]

    @classmethod
    def on(cls, standing: Sequence[Standing], starts: Mapping[str, int]) -> Shown | None:
        """Return what some faces show; None if there are none.

        `starts` tells by the path of a rack where its devices begin among those of all racks.
        """
        if not standing:
            return None
        known: dict[int, tuple[NDArray[np.intp], NDArray[np.intp], list[str]]] = {}
        boxes, rows, names, owners = [], [], [], []
        columns: tuple[list[NDArray[np.float64]], ...] = ([], [], [], [], [])
        for face in standing:
            drawn, batch = face.drawn, face.drawn.batch
            if id(drawn) not in known:
                named = np.flatnonzero(is_name(batch))
                seen = np.flatnonzero(~np.isnan(drawn.boxes[:, 0]))
                known[id(drawn)] = seen, named, [batch.texts[i] for i in named.tolist()]
            seen, named, texts = known[id(drawn)]
            own = starts[face.path] + face.rows
            boxes.append(drawn.boxes[seen] + np.array((face.x, face.y, 0.0, 0.0)))
            rows.append(own[seen])
            names += texts
            owners.append(own[batch.text_owner[named]])
            columns[0].append(batch.text_at[named] + np.array((face.x, face.y)))
            for column, values in zip(
                columns[1:],
                (batch.text_size, batch.text_width, batch.text_angle, batch.text_anchor),
                strict=True,
            ):
                column.append(values[named])
        joined = [np.concatenate(column) for column in columns]
        return cls(
            np.concatenate(boxes), np.concatenate(rows), tuple(names), np.concatenate(owners), *joined[:4],
            joined[4].astype(np.int32),
        )  # fmt: skip

    def coloured(self, colouring: Colouring) -> Prepared:
        """Return the devices in the colours of a property."""
        codes, parts = colouring.codes[self.rows], []
        for value in np.unique(codes).tolist():
            members = np.flatnonzero(codes == value).astype(np.int32)
            style = NONE_STYLE if value < 0 else colouring.entries[value].style
            parts.append(rect_batch(self.boxes[members], style, owners=members))
            if value < 0:
                parts.append(line_batch(hatch_lines(self.boxes[members], HATCH_MM), NONE_HATCH))
        return prepare(concatenate(parts)) if parts else Prepared()

    def named(self, colouring: Colouring | None, *, names: bool) -> Prepared:
        """Return the names on the devices, each after its mark or value where they are coloured."""
        texts = self.names if names else ("",) * len(self.names)
        if colouring is not None:
            shown, owners = shown_texts(colouring), self.owners.tolist()
            texts = tuple(
                f"{shown[o]}{DIVIDER}{name}" if name else shown[o]
                for o, name in zip(owners, texts, strict=True)
            )
        elif not names:
            return Prepared()
        batch = text_batch(
            texts, self.at, self.size, width=self.room, angle=self.angle, level=Level.MIDDLE,
            owners=np.zeros(len(texts), dtype=np.int32),
        )  # fmt: skip
        return prepare(replace(batch, text_anchor=self.anchor))


def rack_values(
    racks: Sequence[tuple[PlacedBlock, RackType, float, float]], colouring: Colouring, *, swatches: bool
) -> Prepared:
    """Return what is said of each rack as a whole above it, on the colour of that if wanted."""
    sketch = Sketch()
    for row, ((_, rack, x, y), text) in enumerate(zip(racks, shown_texts(colouring), strict=True)):
        wide, top = 2 * rack.width_mm + FACE_GAP, y + rack.height_mm
        code = int(colouring.codes[row])
        unit = f" {colouring.unit}" if colouring.unit and code >= 0 else ""
        name = colouring.entries[code].name if code >= 0 and not unit else ""
        if swatches:
            sketch.rect(x, top + 100, wide, 48, colouring.style(row), owner=row)
        words = f"{colouring.scheme.label}: {name or text + unit}"
        sketch.text(x + 4, top + 124, words, 28, "text", width=wide - 8, level=Level.MIDDLE, owner=0)
    return prepare(sketch.freeze())


def air(project: Project, standing: Sequence[Standing]) -> Prepared:
    """Return arrows beside the racks where devices take air in and blow it out."""
    made: dict[int, Batch] = {}
    sketch = Sketch()
    for face in standing:
        drawn = face.drawn
        if id(drawn) not in made:
            made[id(drawn)] = face_air(project, face.block, drawn.owners, drawn.boxes, face.face, drawn.width)
        sketch.add(made[id(drawn)], face.x, face.y)
    return prepare(sketch.freeze())


def cables(
    project: Project, evaluation: Evaluation, standing: Sequence[Standing], chosen: Sequence[str]
) -> Prepared:
    """Return the cables between the devices that are drawn, or those of the chosen ones."""
    from core.drawing.colour_values import device_rows
    from core.drawing.rack_cables import ShownFace, rack_cables

    snap = evaluation.snapshot
    faces = []
    for face in standing:
        rows = device_rows(snap.flat, face.path, face.drawn.owners)
        boxes = face.drawn.boxes + np.array((face.x, face.y, 0.0, 0.0))
        faces.append(ShownFace(rows, boxes, face.face, face.x + face.drawn.width, face.plates(project)))
    marked: NDArray[np.bool_] | None = None
    if chosen:
        marked = np.zeros(snap.n_devices, dtype=np.bool_)
        for path in chosen:
            for kind, rows_slice in spans_of(evaluation, path):
                if kind == "device":
                    marked[rows_slice] = True
        if not marked.any():
            marked = None
    bundles, single = rack_cables(project, snap, faces, marked)
    if not len(single.lines):
        return prepare(bundles)
    return together([prepare(bundles, Level.MIDDLE), prepare(_nearer(single))])


def _nearer(batch: Batch) -> Batch:
    """Return cables that are drawn from where single ports are."""
    level = np.full(len(batch.lines), int(Level.NEAR), dtype=np.int32)
    texts = np.full(len(batch.texts), int(Level.NEAR), dtype=np.int32)
    return replace(batch, line_level=level, text_level=texts)


def spans_of(evaluation: Evaluation, path: str) -> list[tuple[str, slice]]:
    """Return the devices of the snapshot that a path holds, or that a link at that path joins."""
    from core.engine.overriding import span

    flat = evaluation.snapshot.flat
    found = span(flat, path, None)
    if found["cable"].start < found["cable"].stop and found["device"].start >= found["device"].stop:
        snap, cables = evaluation.snapshot, found["cable"]
        ends = np.unique(np.concatenate([snap.cable_a[cables], snap.cable_b[cables]])).tolist()
        return [("device", slice(end, end + 1)) for end in ends]
    return [("device", found["device"])]
