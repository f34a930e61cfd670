"""G-003: what symbols, colours, letters and labels mean."""

from __future__ import annotations

from core.drawing.batch import Sketch
from core.drawing.cables import LETTERS
from core.drawing.dimensions import datum_mark, north_arrow
from core.drawing.faceplate import air_sign
from core.report.context import Context
from core.report.fonts import CAPITAL, LEAST_MM
from core.report.paper import Box
from core.report.sheet import Page, Sheet
from core.report.tables import Column, Table, lay

_DEVICES = (
    ("device.server", "Server, compute tray"), ("device.switch", "Switch, switch tray"),
    ("device.power", "Power: shelf, PDU, UPS, busway"), ("device.cooling", "Cooling: CDU, manifold, door"),
    ("device.storage", "Storage"), ("device.management", "Management"), ("device.other", "Other device"),
    ("device.blank", "Blanking panel"), ("rack.plan", "Rack, heavy line: front"),
    ("rack.unknown", "Rack or thing of unknown type"),
)  # fmt: skip
_PORTS = (
    ("port.data", "Data port, free"), ("port.used", "Port with a cable"), ("port.power", "Power port"),
    ("port.coolant", "Coolant connection"),
)  # fmt: skip
_LINES = (
    ("link.compute", "Compute fabric"), ("link.storage", "Storage fabric"), ("link.in-band", "In-band"),
    ("link.out-of-band", "Out-of-band"), ("link.scale-up", "Scale-up"), ("link.other", "Other data"),
    ("link.power", "Power"), ("link.coolant", "Coolant"), ("hidden", "Behind what is seen"),
    ("dimension", "Dimension"), ("area.group", "Outline of a placed block"),
)  # fmt: skip
_AREAS = (
    ("area.room", "Room"), ("area.wall", "Wall"), ("area.column", "Column"), ("area.keep-out", "Keep-out"),
    ("area.containment", "Containment"), ("area.zone", "Zone"), ("pathway", "Cable route"),
)  # fmt: skip
_ABBREVIATIONS = (
    ("ACC, AEC", "Active copper cable; active electrical cable"),
    ("AOC", "Active optical cable"),
    ("BMC", "Baseboard management controller"),
    ("CDU", "Coolant distribution unit"),
    ("DAC", "Direct attach copper cable"),
    ("hold", "Not stated yet; to be settled before that part is built"),
    ("MMF, SMF", "Multi-mode fibre; single-mode fibre"),
    ("NIC, DPU", "Network interface card; data processing unit"),
    ("OFOI, OFCI, CFCI", "Owner or contractor furnished, owner or contractor installed"),
    ("OU", "Open Unit, 48 mm"),
    ("PDU", "Power distribution unit"),
    ("U", "Rack unit, 44.45 mm unless the rack says otherwise; unit 1 is the lowest unless numbered down"),
    ("unknown", "No source gives the value; it is not zero"),
)
_SHEETS = (
    ("G", "General: cover, control, legend, basis, findings"),
    ("A", "Plans, floor, sections, racks"), ("R", "Rack elevations"), ("E", "Power"), ("M", "Cooling"),
    ("T-1", "Pathways"), ("T-5", "Networks"), ("T-6", "Cable schedule"),
    ("T-7", "Port maps"), ("T-8", "Optics and cables of each network"), ("T-9", "Network measures, failures"),
    ("B-7", "Phases"), ("B-8", "Scope split"), ("B-9", "Bill of materials"), ("C", "Results"),
)  # fmt: skip


LETTERING = (
    f"Text heights are the nominal font size: {LEAST_MM:g} mm at least at print size. Capitals of "
    f"{LEAST_MM:g} mm lettering are about {LEAST_MM * CAPITAL:.1f} mm high. On A1 and ANSI D contents are "
    "lettered 1.4 times as large."
)


def sheets(context: Context) -> list[Sheet]:
    """Return the legend."""
    return [Sheet("G-003", "Legend, abbreviations and labels", "General", _draw)]


def _draw(page: Page) -> None:
    area = page.area
    third = (area.width - 16.0) / 3
    left = Box(area.x, area.y, third, area.height)
    y = _swatches(page, left, "Devices and racks", _DEVICES)
    y = _swatches(page, Box(left.x, left.y, third, y - left.y - 3), "Ports", _PORTS)
    y = _signs(page, Box(left.x, left.y, third, y - left.y - 3))
    _labels(page, Box(left.x, left.y, third, y - left.y - 3))
    middle = Box(left.right + 8, area.y, third, area.height)
    y = _strokes(page, middle)
    y = _swatches(page, Box(middle.x, middle.y, third, y - middle.y - 3), "Areas on plans", _AREAS)
    letters = [(letter, _cable_kind(role)) for role, letter in LETTERS.items()]
    table = Table((Column("Letter", least=14), Column("Cable without a name of its own", wide=1)), letters,
                  "Cable numbers")  # fmt: skip
    page.table(lay(table, third, area.height), 0, Box(middle.x, middle.y, third, y - middle.y - 3))
    _words(page, Box(middle.right + 8, area.y, third, area.height))


def _cable_kind(role: str) -> str:
    return f"{role.capitalize()}{' fabric' if role not in ('power', 'coolant', 'other') else ''}"


def _swatches(page: Page, box: Box, title: str, rows: tuple[tuple[str, str], ...]) -> float:
    y = page.heading(box.x, box.top, title, box.width)
    for style, text in rows:
        page.pdf.rect(box.x, y - 4.2, 10.0, 3.6, style)
        if style == "rack.plan":
            page.pdf.rule(box.x, y - 4.0, box.x + 10.0, y - 4.0, "rack.front")
        page.text(box.x + 14.0, y - 2.4, text, room=box.width - 14)
        y -= 5.2
    return y


def _strokes(page: Page, box: Box) -> float:
    y = page.heading(box.x, box.top, "Lines", box.width)
    for style, text in _LINES:
        page.pdf.rule(box.x, y - 2.4, box.x + 12.0, y - 2.4, style)
        page.text(box.x + 16.0, y - 2.4, text, room=box.width - 16)
        y -= 4.9
    return y


def _signs(page: Page, box: Box) -> float:
    y = page.heading(box.x, box.top, "Signs", box.width)
    signs = (
        (_air_in, "Air goes in here (arrow seen from behind)"),
        (_air_out, "Air comes out here (arrow seen from ahead)"),
        (_datum, "Datum of the hall: positions are measured from it"),
        (_north, "North"),
    )
    for draw, text in signs:
        sketch = Sketch()
        draw(sketch, box.x + 5.0, y - 3.2)
        page.pdf.batch(sketch.freeze())
        page.text(box.x + 14.0, y - 3.2, text, room=box.width - 14)
        y -= 6.6
    return y


def _air_in(sketch: Sketch, x: float, y: float) -> None:
    air_sign(sketch, x, y, 2.0, True)


def _air_out(sketch: Sketch, x: float, y: float) -> None:
    air_sign(sketch, x, y, 2.0, False)


def _datum(sketch: Sketch, x: float, y: float) -> None:
    datum_mark(sketch, x, y, 1.0)


def _north(sketch: Sketch, x: float, y: float) -> None:
    north_arrow(sketch, x, y, 0.0, 0.3, letter=False)


def _words(page: Page, box: Box) -> None:
    columns = (Column("Abbreviation", least=22), Column("Meaning", wide=1.0, most=90))
    laid = lay(Table(columns, _ABBREVIATIONS, "Abbreviations"), box.width, box.height)
    y = page.table(laid, 0, box) - 4
    laid = lay(Table((Column("Sheets", least=14), Column("Contents", wide=1)), _SHEETS, "Sheet numbers"),
               box.width, box.height)  # fmt: skip
    page.table(laid, 0, Box(box.x, box.y, box.width, y - box.y))


def _labels(page: Page, box: Box) -> None:
    y = page.heading(box.x, box.top, "Tags and labels", box.width)
    for text in (
        "A tag is the names along the path from the hall down, joined by a slash: unit / rack / device. "
        "It is the same on plans, elevations, schedules and labels.",
        "A cable label gives the near end first, then the far end. Each end is the tag of the rack, the unit "
        "of the device counted in its rack, and the port:",
    ):
        y = page.paragraph(box.x, y, text, box.width) - 1.2
    y = page.paragraph(
        box.x + 4, y, "SU-1/R03-U24:nic1 / SU-1/N01-U3:osfp1/2", box.width - 4, style="text.mono"
    )
    y = page.paragraph(
        box.x, y - 1.2, "A port token such as osfp1/2 is lane 2 of port osfp1 when it is split. A cable of "
        "two links has one number and one pair of labels, which name the cages.", box.width,
    )  # fmt: skip
    y = page.heading(box.x, y - 4.0, "Lettering", box.width)
    page.paragraph(box.x, y, LETTERING, box.width)
