"""How large connectors look on a faceplate [mm]: width, height, and the pitch they are ganged at.

Sizes are those of the cage or panel opening as drawn, rounded to half a millimetre; they serve to
recognise a port, not to check a fit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from core.model.types import Layer


class Shape(NamedTuple):
    """Outline of one port on a faceplate."""

    width: float
    height: float
    pitch_x: float
    pitch_y: float
    is_round: bool = False
    label: str = ""


_OSFP = Shape(21.5, 12.0, 22.6, 14.0, label="OSFP")
_QSFP = Shape(18.0, 9.0, 19.0, 12.5, label="QSFP")
_SFP = Shape(13.5, 9.0, 14.5, 12.5, label="SFP")
_RJ45 = Shape(15.0, 12.0, 16.0, 14.0, label="RJ45")

_SHAPES: dict[str, Shape] = {
    "OSFP": _OSFP,
    "QSFP": _QSFP,
    "SFP": _SFP,
    "RJ45": _RJ45,
    "MPO": Shape(13.0, 10.0, 15.0, 13.0, label="MPO"),
    "MTP": Shape(13.0, 10.0, 15.0, 13.0, label="MPO"),
    "LC": Shape(13.0, 9.0, 14.5, 12.5, label="LC"),
    "USB": Shape(13.0, 6.0, 16.0, 9.0, label="USB"),
    "C13": Shape(24.0, 17.0, 27.0, 20.0, label="C13"),
    "C14": Shape(24.0, 17.0, 27.0, 20.0, label="C14"),
    "C15": Shape(24.0, 17.0, 27.0, 20.0, label="C15"),
    "C19": Shape(29.0, 21.0, 32.0, 24.0, label="C19"),
    "C20": Shape(29.0, 21.0, 32.0, 24.0, label="C20"),
    "C21": Shape(29.0, 21.0, 32.0, 24.0, label="C21"),
    "C22": Shape(29.0, 21.0, 32.0, 24.0, label="C22"),
    "IEC60309": Shape(62.0, 62.0, 70.0, 70.0, is_round=True, label="60309"),
    "busbar": Shape(46.0, 20.0, 52.0, 26.0, label="busbar"),
    "terminal": Shape(34.0, 22.0, 40.0, 28.0, label="terminal"),
    "Saf-D-Grid": Shape(26.0, 16.0, 29.0, 19.0, label="SDG"),
    "UQD02": Shape(14.0, 14.0, 20.0, 20.0, is_round=True, label="UQD02"),
    "UQD04": Shape(18.0, 18.0, 24.0, 24.0, is_round=True, label="UQD04"),
    "UQD06": Shape(22.0, 22.0, 28.0, 28.0, is_round=True, label="UQD06"),
    "UQD08": Shape(26.0, 26.0, 32.0, 32.0, is_round=True, label="UQD08"),
    "UQDB": Shape(18.0, 18.0, 24.0, 24.0, is_round=True, label="UQDB"),
    "MQD": Shape(20.0, 20.0, 26.0, 26.0, is_round=True, label="MQD"),
    "FD83": Shape(42.0, 42.0, 50.0, 50.0, is_round=True, label="FD83"),
}
_BY_LENGTH = sorted(_SHAPES, key=len, reverse=True)
_DEFAULT: dict[Layer, Shape] = {
    "data": Shape(14.0, 10.0, 16.0, 13.0),
    "power": Shape(26.0, 18.0, 29.0, 21.0),
    "coolant": Shape(20.0, 20.0, 26.0, 26.0, is_round=True),
}


@lru_cache(maxsize=1024)
def shape_of(connector: str, layer: Layer) -> Shape:
    """Return how a connector is drawn, by the longest known beginning of its name.

    Examples
    --------
    >>> shape_of("OSFP-finned", "data").width
    21.5
    >>> shape_of("something new", "coolant").is_round
    True
    """
    upper = connector.upper()
    for name in _BY_LENGTH:
        if upper.startswith(name.upper()):
            return _SHAPES[name]
    return _DEFAULT[layer]
