"""Who delivers the design: shares of the spend, what has one source, and what is waited for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.capex import hosts_of
from core.engine.columns import Flags, Floats
from core.engine.cost import Cost, cost
from core.engine.snapshot import Snapshot
from core.engine.stage import stage
from core.engine.supply_lines import FUNCTIONS, UNKNOWN, Line, lines_of


@dataclass(frozen=True)
class Share:
    """A part of the known spend."""

    name: str
    usd: float
    share: float


@dataclass(frozen=True)
class Shares:
    """The known spend by supplier, by country or by function.

    Attributes
    ----------
    parts : tuple of Share
        Largest first; what is not known is a part of its own, called unknown.
    concentration : float
        Herfindahl-Hirschman index, sum of squared shares of those known, 0 to 1; the unknown part counts as
        many small ones, so that the true index is at least this.
    """

    parts: tuple[Share, ...]
    concentration: float

    def of(self, name: str) -> float:
        """Return the share of one, 0 if it has none."""
        return next((part.share for part in self.parts if part.name == name), 0.0)

    @property
    def unknown(self) -> float:
        """Share that nobody is named for."""
        return self.of(UNKNOWN)

    @property
    def concentration_text(self) -> str:
        """The index as printed: a lower bound where part of the spend has nobody named.

        Examples
        --------
        >>> shares_of([("A", 60.0), ("unknown", 40.0)]).concentration_text
        '≥ 0.36'
        >>> shares_of([("unknown", 40.0)]).concentration_text
        'unknown'
        """
        if self.largest is None:
            return UNKNOWN
        return f"{'≥ ' if self.unknown else ''}{self.concentration:.2f}"

    @property
    def largest(self) -> Share | None:
        """The largest that is known."""
        return next((part for part in self.parts if part.name != UNKNOWN), None)


@dataclass(frozen=True)
class Wait:
    """How long something takes to come.

    Attributes
    ----------
    weeks : float or None
        The longest of the lead times known; None where none is known.
    line : str
        What has it.
    unknown : int
        Types of it without a lead time: it may take longer.
    """

    weeks: float | None
    line: str
    unknown: int


@dataclass(frozen=True)
class Supply:
    """Where the design comes from.

    Attributes
    ----------
    lines : tuple of Line
        In the order of their spend, those without a price last.
    suppliers, countries, functions : Shares
    by_function : dict of str to Shares
        Shares of suppliers within each function that has spend.
    domestic : float or None
        Share of the known spend that is made and put together at home, what is unknown counting as not;
        None where no country is named as home.
    plant, first_rack, last_rack : Wait
        What stands on the floor to power and cool racks; the racks that come first and last, with all that is
        in them. A rack runs when the plant is there too.
    """

    lines: tuple[Line, ...]
    suppliers: Shares
    countries: Shares
    functions: Shares
    by_function: dict[str, Shares]
    domestic: float | None
    plant: Wait
    first_rack: Wait
    last_rack: Wait

    @property
    def single_sourced(self) -> tuple[Line, ...]:
        """Lines from one supplier with nothing to take their place."""
        return tuple(line for line in self.lines if line.is_single and not line.included)

    @property
    def unpriced(self) -> int:
        """Pieces whose spend nobody knows."""
        return sum(line.count for line in self.lines if line.usd is None and not line.included)


@stage(reads=("devices", "racks", "rack records", "brief", "alternates"), needs=(cost,))
def supply(snap: Snapshot, priced: Cost) -> Supply:
    """Work out where the design comes from."""
    lines = lines_of(priced.rows, hosts_of(snap), snap.alternates, _makers(snap))
    home = {name.strip().casefold() for name in snap.brief.text("home_countries").split(",") if name.strip()}
    known = [line for line in lines if line.usd]
    plant, first, last = _waits(snap, lines)
    return Supply(
        lines=lines,
        suppliers=shares_of((line.supplier, line.usd or 0.0) for line in known),
        countries=shares_of(_by_country(known)),
        functions=shares_of((line.function, line.usd or 0.0) for line in known),
        by_function={
            function: shares_of((one.supplier, one.usd or 0.0) for one in known if one.function == function)
            for function in FUNCTIONS
            if any(one.function == function for one in known)
        },
        domestic=_domestic(known, home) if home else None,
        plant=plant,
        first_rack=first,
        last_rack=last,
    )


def shares_of(spend: Iterable[tuple[str, float]]) -> Shares:
    """Return shares of a spend by name, and how concentrated it is.

    Examples
    --------
    >>> found = shares_of([("A", 60.0), ("B", 30.0), ("unknown", 10.0)])
    >>> [part.name for part in found.parts], round(found.concentration, 4), found.unknown
    (['A', 'B', 'unknown'], 0.45, 0.1)
    """
    sums: dict[str, float] = {}
    for name, usd in spend:
        sums[name] = sums.get(name, 0.0) + usd
    total = sum(sums.values())
    if total <= 0:
        return Shares((), 0.0)
    order = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    parts = tuple(Share(name, usd, usd / total) for name, usd in order)
    return Shares(parts, sum(part.share**2 for part in parts if part.name != UNKNOWN))


def _by_country(lines: Iterable[Line]) -> Iterable[tuple[str, float]]:
    """Yield spend by country of manufacture, else of assembly; several countries share it evenly."""
    for line in lines:
        countries = line.made_in or line.assembled_in or (UNKNOWN,)
        for country in countries:
            yield country, (line.usd or 0.0) / len(countries)


def _domestic(lines: Sequence[Line], home: set[str]) -> float:
    total = sum(line.usd or 0.0 for line in lines)
    own = sum(
        line.usd or 0.0
        for line in lines
        if line.countries and all(country.casefold() in home for country in line.countries)
    )
    return own / total if total else 0.0


def _makers(snap: Snapshot) -> dict[str, str]:
    """Return who delivers racks that come whole: the maker of most accelerators in them."""
    fitted = snap.specs.accelerators().value
    rows = np.flatnonzero((fitted[snap.device_spec] > 0) & (snap.device_rack >= 0))
    found = {}
    for number in np.unique(snap.rack_block[snap.device_rack[rows]]).tolist():
        record = snap.rack_records[number]
        inside = snap.device_spec[rows][snap.rack_block[snap.device_rack[rows]] == number]
        if record is not None:
            found[record.id] = snap.specs.specs[int(np.bincount(inside).argmax())].type.maker
    return found


def _waits(snap: Snapshot, lines: Sequence[Line]) -> tuple[Wait, Wait, Wait]:
    """Return the waits for the plant, for the racks that come first and for those that come last."""
    specs = snap.specs.specs
    weeks, names = np.zeros(len(specs)), [""] * len(specs)
    lacking = np.zeros(len(specs), bool)
    for number, spec in enumerate(specs):
        parts = (spec.type, *(module for _, module in spec.modules)) if number else ()
        told = [(part.lead_time_weeks, part.name) for part in parts if part.lead_time_weeks is not None]
        weeks[number], names[number] = max(told, default=(0.0, ""))
        lacking[number] = any(part.lead_time_weeks is None for part in parts)
    floor = (snap.device_rack < 0) & (snap.device_spec > 0)
    plant = _longest(snap.device_spec[floor], weeks, names, lacking)
    racked = (snap.device_rack >= 0) & (snap.device_spec > 0)
    each: Floats = np.zeros(snap.n_racks + 1)
    np.maximum.at(each, snap.device_rack[racked], weeks[snap.device_spec[racked]])
    frames = np.array([t.lead_time_weeks or 0.0 for t in snap.specs.rack_types] + [0.0])
    there = np.flatnonzero(snap.rack_type >= 0)
    if not len(there):
        none = Wait(None, "", 0)
        return plant, none, none
    whole = np.maximum(each[:-1], frames[snap.rack_type])[there]
    first, last = int(there[int(whole.argmin())]), int(there[int(whole.argmax())])
    return (
        plant,
        _of_rack(snap, first, weeks, names, lacking),
        _of_rack(snap, last, weeks, names, lacking),
    )


def _of_rack(snap: Snapshot, rack: int, weeks: Floats, names: Sequence[str], lacking: Flags) -> Wait:
    inside = snap.device_spec[(snap.device_rack == rack) & (snap.device_spec > 0)]
    found = _longest(inside, weeks, names, lacking)
    frame = snap.specs.rack_types[snap.rack_type[rack]]
    if frame.lead_time_weeks is None:
        return Wait(found.weeks, found.line, found.unknown + 1)
    if found.weeks is None or frame.lead_time_weeks > found.weeks:
        return Wait(frame.lead_time_weeks, frame.name, found.unknown)
    return found


def _longest(rows: NDArray[Any], weeks: Floats, names: Sequence[str], lacking: Flags) -> Wait:
    used = np.unique(rows).astype(int)
    unknown = int(np.count_nonzero(lacking[used]))
    told = [number for number in used.tolist() if names[number]]
    if not told:
        return Wait(None, "", unknown)
    best = max(told, key=lambda number: weeks[number])
    return Wait(float(weeks[best]), names[best], unknown)
