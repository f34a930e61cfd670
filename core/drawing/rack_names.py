"""Names on and beside the devices of an elevation."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from core.drawing.batch import Anchor, Level, Sketch
from core.drawing.callouts import spread
from core.drawing.faceplate import faceplate
from core.drawing.rack_geometry import Frame, Mounted
from core.model.project import Reader

_APART, _PITCH = 2.05, 1.8
"""From name to name and from line to line of one name, in heights of capitals."""
_ADVANCE = 0.78
"""Width of a letter on average, rather too wide than too narrow, in heights of capitals."""


def names_inside(
    sketch: Sketch, project: Reader, mounted: Sequence[Mounted], texts: Mapping[int, str]
) -> None:
    for m in mounted:
        if m.spec.kind == "blank":
            continue
        x, y, w, h = faceplate(m.spec, m.shows, m.box[2], m.box[3], project.ports(m.device)).name_box
        if m.box[3] > 2 * m.box[2]:
            size = 0.45 * min(m.box[2], 40.0)
            sketch.text(
                m.box[0] + m.box[2] / 2, m.box[1] + y + h / 2, texts[m.row], size,
                anchor=Anchor.CENTRE, angle=90.0, width=h, level=Level.MIDDLE, owner=m.row,
            )  # fmt: skip
        else:
            size = min(0.36 * m.box[3], 15.0)
            sketch.text(
                m.box[0] + x + 2.0, m.box[1] + h / 2, texts[m.row], size,
                width=max(w - 2.0, 10.0), level=Level.MIDDLE, owner=m.row,
            )  # fmt: skip


def names_beside(
    sketch: Sketch,
    mounted: Sequence[Mounted],
    texts: Mapping[int, str],
    details: Mapping[int, str],
    frame: Frame,
    text_mm: float,
    room_mm: float,
) -> None:
    """Write names to the right of the unit numbers, each with a leader from its device."""
    lines: dict[tuple[float, bool], list[Mounted]] = {}
    for m in mounted:
        if m.spec.kind != "blank":
            lines.setdefault((round(m.box[1] + m.box[3] / 2, 1), bool(m.device.zone)), []).append(m)
    ordered = sorted(lines.items(), key=lambda item: (-item[0][0], item[0][1]))
    at = spread([key[0] for key, _ in ordered], _APART * text_mm, 0.0, frame.height)
    start = frame.width + 10.0 + 2.6 * text_mm
    end = start + 2.0 * text_mm
    for number, (y, (_, members)) in enumerate(zip(at, ordered, strict=True)):
        members.sort(key=lambda m: m.box[0])
        middle = members[-1].box[1] + members[-1].box[3] / 2
        sketch.line(start, middle, end, y, "callout", level=Level.NEAR)
        text = " | ".join(texts[m.row] for m in members)
        if len(members) == 1 and details[members[0].row]:
            text += f"   {details[members[0].row]}"
        below = at[number + 1] if number + 1 < len(at) else 0.0
        for i, part in enumerate(_wrapped(text, room_mm / text_mm, (y - below) / text_mm)):
            sketch.text(
                end + 0.4 * text_mm, y - i * _PITCH * text_mm, part, text_mm, "callout",
                width=room_mm, level=Level.NEAR, owner=members[0].row,
            )  # fmt: skip


def _wrapped(text: str, wide: float, high: float) -> list[str]:
    """Return a text in the lines it takes; in one if it fits that, or if there is no room below it.

    Parameters
    ----------
    wide, high : float
        Room for the text, and down to the next one, in heights of capitals.
    """
    if len(text) * _ADVANCE <= wide:
        return [text]
    lines = textwrap.wrap(text, max(int(wide / _ADVANCE), 8), break_long_words=False)
    return lines if len(lines) <= 1 + (high - _APART) / _PITCH else [text]
