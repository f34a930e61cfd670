"""Symbols of power and cooling equipment, after IEC 60617 and common schematic practice; 10 mm wide.

A symbol is drawn around its middle. The line from above ends at `TOP` over it, that to below begins at `TOP`
under it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from core.drawing.batch import Anchor, Sketch

TOP = 5.5
"""Half the height of every symbol [mm]."""
MARK, FILL, BAR = "chain.mark", "chain.symbol", "chain.bus"
_Draw = Callable[[Sketch, float, float, int], None]


def circle(sketch: Sketch, x: float, y: float, radius: float, style: str, owner: int) -> None:
    """Draw a circle."""
    corners = [(x + radius * cos(2 * pi * k / 32), y + radius * sin(2 * pi * k / 32)) for k in range(33)]
    if style == MARK:
        sketch.polyline(corners, style, owner=owner)
    else:
        sketch.polygon(corners[:-1], style, owner=owner)


def _box(sketch: Sketch, x: float, y: float, w: float, h: float, owner: int) -> None:
    """Draw a filled box; as a polygon, since these are painted first."""
    sketch.polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], FILL, owner=owner)


def _wave(sketch: Sketch, x: float, y: float, half: float, owner: int) -> None:
    points = [(x + half * k / 8, y + 0.45 * half * sin(pi * k / 8)) for k in range(-8, 9)]
    sketch.polyline(points, MARK, owner=owner)


def _direct(sketch: Sketch, x: float, y: float, half: float, owner: int) -> None:
    sketch.line(x - half, y + 0.5, x + half, y + 0.5, MARK, owner=owner)
    for k in (-1, 0, 1):
        sketch.line(
            x + (0.75 * k - 0.2) * half, y - 0.6, x + (0.75 * k + 0.2) * half, y - 0.6, MARK, owner=owner
        )


def _stem(sketch: Sketch, x: float, y: float, reach: float, owner: int) -> None:
    """Lead the lines from above and below to a symbol that is less high."""
    sketch.line(x, y + reach, x, y + TOP, MARK, owner=owner)
    sketch.line(x, y - reach, x, y - TOP, MARK, owner=owner)


def _square(sketch: Sketch, x: float, y: float, owner: int, half: float = 5.0) -> None:
    _box(sketch, x - half, y - half, 2 * half, 2 * half, owner)
    _stem(sketch, x, y, half, owner)


def _source(sketch: Sketch, x: float, y: float, owner: int) -> None:
    circle(sketch, x, y, 5.0, FILL, owner)
    _wave(sketch, x, y, 2.6, owner)
    sketch.line(x, y - 5.0, x, y - TOP, MARK, owner=owner)


def _generator(sketch: Sketch, x: float, y: float, owner: int) -> None:
    circle(sketch, x, y, 5.0, FILL, owner)
    sketch.text(x, y + 1.0, "G", 2.8, "text.bold", anchor=Anchor.CENTRE, owner=owner)
    _wave(sketch, x, y - 2.6, 1.5, owner)
    sketch.line(x, y - 5.0, x, y - TOP, MARK, owner=owner)


def _transformer(sketch: Sketch, x: float, y: float, owner: int) -> None:
    for dy in (2.0, -2.0):
        circle(sketch, x, y + dy, 3.5, MARK, owner)


def _converter(sketch: Sketch, x: float, y: float, owner: int, over: str, under: str) -> None:
    _square(sketch, x, y, owner)
    sketch.line(x - 5, y - 5, x + 5, y + 5, MARK, owner=owner)
    for sign, sx, sy in ((over, x - 2.2, y + 2.4), (under, x + 2.2, y - 2.4)):
        (_wave if sign == "~" else _direct)(sketch, sx, sy, 1.7, owner)


def _ups(sketch: Sketch, x: float, y: float, owner: int) -> None:
    """Rectifier, battery link, inverter."""
    _square(sketch, x, y, owner)
    for dx in (-1.7, 1.7):
        sketch.line(x + dx, y - 5, x + dx, y + 5, MARK, owner=owner)
    _wave(sketch, x - 3.35, y + 2.6, 1.1, owner)
    _direct(sketch, x - 3.35, y - 2.6, 1.1, owner)
    _direct(sketch, x + 3.35, y + 2.6, 1.1, owner)
    _wave(sketch, x + 3.35, y - 2.6, 1.1, owner)
    _cell(sketch, x, y, 1.2, owner)


def _cell(sketch: Sketch, x: float, y: float, half: float, owner: int) -> None:
    for dy, share in ((1.8, 1.0), (0.6, 0.5), (-0.6, 1.0), (-1.8, 0.5)):
        sketch.line(x - share * half, y + dy, x + share * half, y + dy, MARK, owner=owner)


def _battery(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _cell(sketch, x, y, 3.6, owner)
    _stem(sketch, x, y, 1.8, owner)


def _breaker(sketch: Sketch, x: float, y: float, owner: int, half: float = 1.1) -> None:
    _box(sketch, x - half, y - half, 2 * half, 2 * half, owner)


def _switchgear(sketch: Sketch, x: float, y: float, owner: int) -> None:
    """Incoming breaker, bar, outgoing breakers."""
    sketch.line(x, y + 0.6, x, y + TOP, MARK, owner=owner)
    _breaker(sketch, x, y + 3.2, owner)
    sketch.rect(x - 6, y + 0.1, 12, 1.0, BAR, owner=owner)
    for dx in (-4.2, 0.0, 4.2):
        sketch.line(x + dx, y, x + dx, y - (TOP if not dx else 4.6), MARK, owner=owner)
        _breaker(sketch, x + dx, y - 2.6, owner)


def _busway(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _stem(sketch, x, y, 0.5, owner)
    for dy in (-1.0, 0.5):
        sketch.rect(x - 6, y + dy, 12, 0.7, BAR, owner=owner)
    for dx in (-4, -2, 2, 4):
        sketch.line(x + dx, y - 1.0, x + dx, y - 2.6, MARK, owner=owner)


def _tap(sketch: Sketch, x: float, y: float, owner: int) -> None:
    """Box with a switch."""
    _square(sketch, x, y, owner, 3.6)
    sketch.line(x, y + 3.6, x, y + 1.6, MARK, owner=owner)
    sketch.line(x, y - 1.8, x - 2.0, y + 1.6, MARK, owner=owner)
    sketch.line(x, y - 3.6, x, y - 1.8, MARK, owner=owner)


def _panel(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _square(sketch, x, y, owner)
    sketch.rect(x - 3.8, y + 2.0, 7.6, 0.8, BAR, owner=owner)
    for dx in (-2.6, 0.0, 2.6):
        sketch.line(x + dx, y + 2.0, x + dx, y - 3.6, MARK, owner=owner)
        _breaker(sketch, x + dx, y - 0.8, owner, 0.8)


def _strip(sketch: Sketch, x: float, y: float, owner: int) -> None:
    """A rack PDU with its outlets."""
    _box(sketch, x - 2.2, y - 5, 4.4, 10, owner)
    _stem(sketch, x, y, 5.0, owner)
    for k in range(4):
        circle(sketch, x, y + 3.3 - 2.2 * k, 0.7, MARK, owner)


def _rectifier(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _converter(sketch, x, y, owner, "~", "=")


def _busbar(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _stem(sketch, x, y, 0.6, owner)
    sketch.rect(x - 6, y - 0.6, 12, 1.2, BAR, owner=owner)
    _direct(sketch, x + 4.2, y + 3.0, 1.4, owner)


def _load(sketch: Sketch, x: float, y: float, owner: int) -> None:
    """A box of equipment with the arrow of a load."""
    _box(sketch, x - 5, y - 5, 10, 8.0, owner)
    sketch.line(x, y + 3.0, x, y + TOP, MARK, owner=owner)
    for dy in (0.4, -2.4):
        sketch.line(x - 3.6, y + dy, x + 1.8, y + dy, MARK, owner=owner)
        circle(sketch, x + 3.4, y + dy, 0.45, BAR, owner)


def _fan(sketch: Sketch, x: float, y: float, radius: float, owner: int) -> None:
    circle(sketch, x, y, radius, MARK, owner)
    for turn in range(3):
        angle = pi / 2 + 2 * pi * turn / 3
        tip = (x + 0.85 * radius * cos(angle), y + 0.85 * radius * sin(angle))
        side = (x + 0.7 * radius * cos(angle + 0.7), y + 0.7 * radius * sin(angle + 0.7))
        sketch.polygon([(x, y), tip, side], BAR, owner=owner)


def _pump(sketch: Sketch, x: float, y: float, radius: float, owner: int) -> None:
    circle(sketch, x, y, radius, MARK, owner)
    sketch.polygon(
        [(x - 0.6 * radius, y - 0.7 * radius), (x - 0.6 * radius, y + 0.7 * radius), (x + 0.95 * radius, y)],
        BAR,
        owner=owner,
    )


def _cooler(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _box(sketch, x - 5, y - 5, 10, 10, owner)
    _fan(sketch, x, y + 1.8, 2.7, owner)
    _coil(sketch, x, y - 3.2, 4.2, owner)


def _coil(sketch: Sketch, x: float, y: float, half: float, owner: int) -> None:
    points = [(x - half + 2 * half * k / 8, y + (0.9 if k % 2 else -0.9)) for k in range(9)]
    sketch.polyline(points, MARK, owner=owner)


def _cdu(sketch: Sketch, x: float, y: float, owner: int) -> None:
    """Plate heat exchanger with a pump below."""
    _box(sketch, x - 5, y - 5, 10, 10, owner)
    _coil(sketch, x, y + 3.2, 4.2, owner)
    sketch.line(x - 5, y + 1.3, x + 5, y + 1.3, MARK, owner=owner)
    _pump(sketch, x, y - 2.0, 2.2, owner)


def _air_unit(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _box(sketch, x - 5, y - 5, 10, 10, owner)
    _coil(sketch, x, y + 3.2, 4.2, owner)
    _fan(sketch, x, y - 1.6, 2.7, owner)


def _manifold(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _box(sketch, x - 6, y - 5, 12, 10, owner)
    for dy in (2.6, 0.2):
        sketch.rect(x - 5, y + dy, 10, 0.8, BAR, owner=owner)
    for k, dx in enumerate((-3.6, -1.2, 1.2, 3.6)):
        sketch.line(x + dx, y + (0.2 if k % 2 else 2.6), x + dx, y - 3.4, MARK, owner=owner)


def _rack(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _box(sketch, x - 3.6, y - 5, 7.2, 10, owner)
    for k in range(5):
        sketch.line(x - 2.6, y - 3.4 + 1.7 * k, x + 2.6, y - 3.4 + 1.7 * k, MARK, owner=owner)


def _room(sketch: Sketch, x: float, y: float, owner: int) -> None:
    _box(sketch, x - 5, y - 5, 10, 10, owner)
    for dy in (2.2, 0.0, -2.2):
        _wave(sketch, x, y + dy, 3.4, owner)


SYMBOLS: dict[str, tuple[str, _Draw]] = {
    "source": ("Source", _source),
    "transformer": ("Transformer", _transformer),
    "generator": ("Generator", _generator),
    "switchgear": ("Switchgear", _switchgear),
    "ups": ("UPS", _ups),
    "battery": ("Battery", _battery),
    "busway": ("Busway", _busway),
    "tap-off": ("Tap-off", _tap),
    "floor-pdu": ("Floor PDU, panel", _panel),
    "rack-pdu": ("Rack PDU", _strip),
    "power-shelf": ("Power shelf (rectifier)", _rectifier),
    "busbar": ("DC busbar", _busbar),
    "load": ("Equipment", _load),
    "heat-rejection": ("Heat rejection", _cooler),
    "cdu": ("Coolant distribution unit", _cdu),
    "air-handler": ("Room unit", _air_unit),
    "rear-door": ("Rear door", _air_unit),
    "manifold": ("Manifold", _manifold),
    "rack": ("Rack", _rack),
    "room": ("Air of the hall", _room),
}
"""What each symbol is called in the legend, and how it is drawn."""


def draw_symbol(sketch: Sketch, name: str, x: float, y: float, owner: int) -> None:
    """Draw a symbol around a point; what has none of its own is equipment."""
    SYMBOLS.get(name, SYMBOLS["load"])[1](sketch, x, y, owner)
