"""Nodes and edges as a graph file has them, and their attributes as numbers that may enter a network."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import CagenutError
from core.model.check import clean_name

MOST_PORTS = 16_384
MOST_GBPS = 1_000_000.0
LONGEST = 200_000
"""Characters of one attribute that is read."""
_RATE = re.compile(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(?:([gGtT])(?:bit/s|bps|b/s|b|be)?)?\s*\Z")
WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}\s*\Z")


class GraphError(CagenutError):
    """A graph that cannot be taken as a network."""


@dataclass(frozen=True)
class RawNode:
    """A node as a file has it."""

    key: str
    attributes: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True)
class RawEdge:
    """An edge as a file has it."""

    a: str
    b: str
    attributes: Mapping[str, Any]
    line: int = 0


@dataclass(frozen=True)
class RawGraph:
    """A graph as a file has it."""

    nodes: Sequence[RawNode]
    edges: Sequence[RawEdge]
    is_directed: bool = False
    notes: tuple[str, ...] = ()


def tokens_of(raw: RawNode | RawEdge, value: Any) -> list[str]:
    """Return the words of an attribute that is a list, or one text with blanks or commas."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, list, tuple)):
        raise error_at(raw, "ports are neither a number nor a list of names", "Write such as 64, or p1 p2 p3")
    parts: list[Any] = list(value) if isinstance(value, (list, tuple)) else [value]
    if any(isinstance(part, bool) or not isinstance(part, (str, int)) for part in parts):
        raise error_at(raw, "ports are neither a number nor a list of names", "Write such as 64, or p1 p2 p3")
    if sum(len(str(part)) if isinstance(part, str) else 20 for part in parts) > LONGEST:
        raise error_at(raw, "the list of ports is too long", f"{MOST_PORTS:,} ports may be named")
    text = " ".join(_text(raw, part) for part in parts).replace(",", " ")
    words = text.split()
    return words if text.isascii() and text.isprintable() else [w for w in map(clean_name, words) if w]


def _text(raw: RawNode | RawEdge, value: str | int) -> str:
    if isinstance(value, int) and abs(value) > 10**18:
        raise error_at(raw, "a number is too large", "Write a smaller one")
    return str(value)


def whole_of(raw: RawNode | RawEdge, name: str, value: Any, low: int, high: int) -> int:
    number: int | None = None
    if isinstance(value, str) and WHOLE.match(value):
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and math.isfinite(value) and value == int(value):
        number = int(value)
    if number is None:
        raise error_at(raw, f"{name} is no whole number", "Write such as 8")
    if not low <= number <= high:
        raise error_at(raw, f"{name} is out of range", f"It may be {low:,} to {high:,}")
    return number


def rate_of(raw: RawNode | RawEdge, name: str, value: Any) -> float:
    number = math.nan
    if isinstance(value, str) and len(value) <= 40 and (match := _RATE.match(value)):
        try:
            number = float(match[1]) * (1000 if (match[2] or "").lower() == "t" else 1)
        except ValueError:
            number = math.nan
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value) if abs(value) < 1e18 else math.inf
    if not math.isfinite(number) or number <= 0:
        raise error_at(raw, f"{name} is no positive number", "Write it in Gbit/s, such as 400")
    if not 0.001 <= number <= MOST_GBPS:
        raise error_at(raw, f"{name} is out of range", f"It may be 0.001 to {MOST_GBPS:,.0f} Gbit/s")
    return number


def error_at(raw: RawNode | RawEdge, problem: str, cure: str) -> GraphError:
    return GraphError(problem, where=f"line {raw.line}" if raw.line else "", cure=cure)


def short(key: str) -> str:
    key = clean_name(key)
    return key if len(key) <= 60 else f"{key[:57]}..."
