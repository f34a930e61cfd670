"""The power of a NetBox type: what the draws of its inlets mean, and the legs and banks of its outlets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.exchange.netbox_fields import Fields
from core.model.types import DeviceKind

OWN_USE_W = 100.0
"""A unit that passes power on through a C14 or more is never rated so low: the figure is what it uses."""
MOST_W_A_UNIT = 30_000.0
_TRANSFER = re.compile(r"\bats\b|\bsts\b|transfer", re.I)
_BANK = re.compile(r"\bbank[\s_-]*(\w{1,8})", re.I)
_FOUR_WIRE = re.compile(r"iec-60309-3p-n-e-6h\Z")
"""400 V between the phases: what hangs on one is fed against the neutral."""
_THREE_WIRE = re.compile(r"iec-60309-3p-e-|nema-l?15-|cs836[45]c|nema-l?1[12]-")
"""Without a neutral: what hangs on one leg is fed between two."""
_STAR, _DELTA = ("L1-N", "L2-N", "L3-N"), ("L1-L2", "L2-L3", "L3-L1")
LEG_NAMES = ("A", "B", "C")


@dataclass(frozen=True)
class Inlet:
    """One inlet as the file gives it."""

    name: str
    type: str
    phases: int | None
    most_w: float | None
    usual_w: float | None


@dataclass(frozen=True)
class Outlet:
    """One outlet as the file gives it."""

    name: str
    inlet: str
    leg: str


@dataclass(frozen=True)
class Draws:
    """The power of a type [W]."""

    most: float | None = None
    typical: float | None = None
    rated: float | None = None
    supplies: int | None = None


def bank_of(name: str, label: str) -> str:
    """Return the bank that the name of an outlet says, or nothing.

    Examples
    --------
    >>> bank_of("L1 Bank 2 C13 04", ""), bank_of("Bank3-C13-1", ""), bank_of("Outlet 7", "")
    ('B2', 'B3', '')
    """
    found = _BANK.search(name) or _BANK.search(label)
    return f"B{found[1]}" if found else ""


def legs_of(fields: Fields, inlets: Sequence[Inlet], outlets: Sequence[Outlet]) -> list[str]:
    """Return the conductors each outlet takes, empty where the file does not say so for certain."""
    told = Counter(outlet.leg for outlet in outlets)
    if not any(leg in LEG_NAMES for leg in told):
        if outlets and any(inlet.phases == 3 for inlet in inlets):
            fields.notes.append("It does not say on which leg its outlets are: legs are left open")
        return [""] * len(outlets)
    counts = ", ".join(f"{leg or 'not said'}: {count}" for leg, count in sorted(told.items()))
    fields.remarks.append(f"Outlets by phase leg: {counts}")
    mains = [inlet for inlet in inlets if inlet.phases == 3]
    if not mains:
        if any(leg in ("B", "C") for leg in told):
            fields.doubts.append(
                "It names legs B or C, but no inlet has three phases: legs are left open; they may be banks"
            )
        return [""] * len(outlets)
    if len({leg for leg in told if leg}) == 1:
        fields.doubts.append(
            "Every outlet is said to be on one leg of three, which no such unit is: legs are left open"
        )
        return [""] * len(outlets)
    names = _conductors(mains[0].type)
    if not names:
        fields.notes.append(
            "Its plug does not say whether outlets hang between two phases or on one: legs are left open"
        )
        return [""] * len(outlets)
    return [names[LEG_NAMES.index(outlet.leg)] if outlet.leg in LEG_NAMES else "" for outlet in outlets]


def _conductors(plug: str) -> tuple[str, ...]:
    if _FOUR_WIRE.match(plug):
        return _STAR
    return _DELTA if _THREE_WIRE.match(plug) else ()


def draws_of(
    fields: Fields, kind: DeviceKind, inlets: Sequence[Inlet], outlets: Sequence[Outlet], height_u: float
) -> Draws:
    """Return the power of a device; the file gives draws for each inlet."""
    if kind in ("rack-pdu", "ups"):
        return _passed_on(fields, kind, inlets, outlets)
    most = max((inlet.most_w for inlet in inlets if inlet.most_w), default=None)
    typical = max((inlet.usual_w for inlet in inlets if inlet.usual_w), default=None)
    if most is not None and typical is not None and typical > most:
        fields.doubts.append(f"It allocates {typical:g} W, more than its maximum of {most:g} W: left open")
        typical = None
    if most is not None and height_u and most > MOST_W_A_UNIT * height_u:
        fields.doubts.append(f"{most:g} W in {height_u:g} units is not believed: left open")
        most = typical = None
    supplies = len(inlets) if 0 < len(inlets) <= 64 else None
    if len(inlets) <= 1 or (most is None and typical is None):
        return Draws(most, typical, supplies=supplies)
    if len(inlets) == 2:
        reason = "The file gives the draw of each of two inlets; that one carries it all is assumed"
        fields.assume("power_max_w", reason)
        fields.assume("power_typical_w", reason, quiet=True)
        return Draws(most, typical, supplies=supplies)
    told = " and ".join(
        f"{w:g} W {word}" for w, word in ((most, "maximum"), (typical, "allocated")) if w is not None
    )
    fields.notes.append(
        f"The file gives {told} for each of {len(inlets)} inlets, not how many are needed: enter the power"
    )
    return Draws(supplies=supplies)


def _passed_on(fields: Fields, kind: DeviceKind, inlets: Sequence[Inlet], outlets: Sequence[Outlet]) -> Draws:
    """Return the rating of a unit with outlets: inlets add up only where each has outlets of its own."""
    mains = [inlet for inlet in inlets if inlet.phases != 0]  # a battery's terminals feed nothing for long
    if not inlets:
        fields.doubts.append("It has outlets and no inlet")
    rated = [inlet.most_w for inlet in mains if inlet.most_w]
    if not rated:
        return Draws()
    if max(rated) < OWN_USE_W:
        fields.doubts.append(
            f"{max(rated):g} W is what it uses itself, not what it passes on: its rating is left open"
        )
        return Draws()
    if len(mains) == 1:
        return Draws(rated=rated[0])
    named = {outlet.inlet for outlet in outlets}
    is_transfer = _TRANSFER.search(f"{fields.text('model')} {fields.text('slug')} {fields.text('comments')}")
    if not is_transfer and {inlet.name for inlet in mains} <= named:
        return Draws(rated=sum(rated))
    reason = f"It has {len(mains)} inlets and does not say which outlets hang on which: one carries it all"
    fields.assume("rated_w", f"{reason} is assumed")
    return Draws(rated=max(rated))
