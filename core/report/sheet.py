"""One sheet: its number and title, and the page it is drawn on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core.drawing.styles import STYLES
from core.report.clouded import NONE, Marks
from core.report.context import Context
from core.report.fonts import LEAST_MM, MONO, SANS, SANS_BOLD, fit, wrap
from core.report.paper import Box, Paper
from core.report.pdf import Pdf
from core.report.tables import Laid, Table, draw_part, lay

Form = Literal["strip", "column"]
CAUTION = "Engineer of record to verify"


@dataclass(frozen=True)
class Sheet:
    """A planned sheet.

    Attributes
    ----------
    id : str
        Sheet number, such as R-201; unique in the set.
    title, subtitle : str
    group : str
        Heading it stands under in the outline.
    draw : callable
        Draws the contents on a page.
    form : {"strip", "column"}
        Where the revision table is: left of the title block, or above it.
    scale : str
        As the title block shows it.
    caution : str
        Stamp, empty for none.
    about : tuple of str
        Paths of what it shows: placed blocks, racks, devices; the empty path is the built block.
    clouds : frozenset of Mark
        Changes since the issue before that it puts clouds around.
    """

    id: str
    title: str
    group: str
    draw: Callable[[Page], None]
    subtitle: str = ""
    form: Form = "strip"
    scale: str = "none"
    caution: str = ""
    about: tuple[str, ...] = ()
    clouds: Marks = NONE


@dataclass
class Page:
    """A sheet being drawn."""

    pdf: Pdf
    context: Context
    sheet: Sheet
    number: int
    total: int
    sheets: Sequence[Sheet]

    @property
    def paper(self) -> Paper:
        return self.context.paper

    @property
    def area(self) -> Box:
        """Where a sheet with a strip has its contents."""
        return self.paper.above

    def tick(self) -> None:
        """Raise if the user has cancelled."""
        self.context.tick()

    def text(
        self, x: float, y: float, text: str, size: float = LEAST_MM, style: str = "text", *,
        room: float = 0.0, anchor: int = 0, face: str = "",
    ) -> float:  # fmt: skip
        """Write one line, y its middle; return its width [mm]."""
        return self.pdf.text(
            x, y, text, size, STYLES[style], anchor=anchor, room=room, face=face
        ).width_mm  # fmt: skip

    def heading(self, x: float, y: float, text: str, width: float, size: float = 3.5) -> float:
        """Write a heading with a rule below it, y its top; return the lower edge [mm]."""
        self.text(x, y - size * 0.75, text, size, "sheet.heading", room=width)
        self.pdf.rule(x, y - size * 1.55, x + width, y - size * 1.55, "sheet.rule")
        return y - size * 1.55 - 1.6

    def paragraph(
        self, x: float, y: float, text: str, width: float, size: float = LEAST_MM,
        style: str = "text", face: str = "",
    ) -> float:  # fmt: skip
        """Write running text, y its top; return the lower edge [mm]."""
        look = STYLES[style]
        face = face or (MONO if look.mono else SANS_BOLD if look.bold else SANS)
        for line in wrap(text, face, size, round(width, 2)):
            self.pdf.line(x, y - size * 0.7, fit(line, face, size, 0), STYLES[style].text)
            y -= size * 1.4
        return y

    def table(self, laid: Laid, part: int, box: Box, before: str = "", after: str = "") -> float:
        """Draw a part of a table; return its lower edge [mm]."""
        return draw_part(self.pdf, laid, part, box, before, after, self.tick)


def table_sheets(
    context: Context,
    table: Table,
    ids: Iterator[str],
    make: Sheet,
    *,
    columns: int = 1,
    gap: float = 6.0,
) -> list[Sheet]:
    """Return as many sheets as a table needs; `make` gives what they share, its `draw` is replaced.

    With `columns` above 1 the parts of a narrow table stand side by side.
    """
    area = context.paper.above
    width = (area.width - gap * (columns - 1)) / columns
    laid = lay(table, width, area.height)
    pages = [list(range(i, min(i + columns, len(laid.parts)))) for i in range(0, len(laid.parts), columns)]
    names = [next(ids) for _ in pages]
    sheets = []
    for at, parts in enumerate(pages):
        before = names[at - 1] if at else ""
        after = names[at + 1] if at + 1 < len(pages) else ""

        def draw(page: Page, parts: list[int] = parts, before: str = before, after: str = after) -> None:
            for i, part in enumerate(parts):
                box = Box(area.x + i * (width + gap), area.y, width, area.height)
                last = i == len(parts) - 1
                page.table(laid, part, box, before if not i else "", after if last else "")

        subtitle = make.subtitle
        if len(pages) > 1:
            subtitle = f"{subtitle}{', ' if subtitle else ''}part {at + 1} of {len(pages)}"
        sheets.append(replace(make, id=names[at], subtitle=subtitle, draw=draw))
    return sheets


def numbers(prefix: str, first: int) -> Iterator[str]:
    """Yield sheet numbers: `T-601`, `T-602`, ... and after `T-699` `T-6100`, not the next series' `T-700`."""
    series, number = divmod(first, 100)
    while True:
        yield f"{prefix}-{series}{number:02d}"
        number += 1
