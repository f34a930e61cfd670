"""What stops if a supplier, a country or a part is lost, and what may take its place."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from core.catalogue.library import Library
from core.engine.evaluation import Evaluation
from core.engine.supply_lines import UNKNOWN, Line
from core.errors import CagenutError
from core.model.ports import expand
from core.model.types import AnyType, CableType, DeviceType, OpticType

MOST_OFFERED = 8


@dataclass(frozen=True)
class Stopped:
    """A line that stops.

    Attributes
    ----------
    line : Line
    others : tuple of str
        Suppliers of the same part that are left; of a country that is lost, countries.
    alternates : tuple of str
        Ids of types named as alternates whose own suppliers are not lost; of a country that is lost only
        those whose origin is stated.
    offered : tuple of str
        Ids of types of the catalogue of the same kind, of other suppliers, that nobody has named; the nearest
        in ports and power first.
    racks : int
        Racks that hold it.
    weeks : float or None
        By how much they wait: for the part itself, or for an alternate ordered now; 0 where another supplier
        has the same part, None where nobody knows.
    """

    line: Line
    others: tuple[str, ...]
    alternates: tuple[str, ...]
    offered: tuple[str, ...]
    racks: int
    weeks: float | None


@dataclass(frozen=True)
class Loss:
    """What is lost with a supplier, a country or a part.

    Attributes
    ----------
    what : str
        In words.
    stopped : tuple of Stopped
        Largest spend first.
    share : float
        Of the known spend.
    racks : int
        Racks that cannot be finished.
    """

    what: str
    stopped: tuple[Stopped, ...]
    share: float
    racks: int


def loss_of(
    of: Evaluation,
    library: Library,
    *,
    supplier: str = "",
    country: str = "",
    part: str = "",
    weeks: float = 0.0,
) -> Loss:
    """Return what stops if a supplier, a country or a part is lost.

    Parameters
    ----------
    of : Evaluation
    library : Library
        Where alternates are looked up.
    supplier, country, part : str
        One of them; a part by the id or the name of its type.
    weeks : float, optional
        For how long; 0: for good.

    Raises
    ------
    CagenutError
        If nothing of the design comes from there.
    """
    lines = [line for line in of.supply.lines if _hit(line, supplier, country, part)]
    if not lines:
        named = supplier or country or part
        known = _known(of, supplier, country)
        raise CagenutError(
            f"nothing of the design comes from '{named}'" if not part else f"no part is called '{part}'",
            cure=f"Known are: {', '.join(known)}" if known else "No line names a country",
        )
    stopped = [_stopped(of, library, line, supplier, country, part, weeks) for line in lines]
    spend = sum(one.usd or 0.0 for one in of.supply.lines)
    waiting = np.zeros(of.snapshot.n_racks, bool)
    for one in stopped:
        if one.weeks != 0:
            waiting |= _racks(of, one.line.type.id)
    for_weeks = f" for {weeks:g} weeks" if weeks else ""
    words = supplier or country or lines[0].type.name
    return Loss(
        f"{words}{for_weeks}",
        tuple(sorted(stopped, key=lambda one: -(one.line.usd or 0.0))),
        sum(line.usd or 0.0 for line in lines) / spend if spend else 0.0,
        int(np.count_nonzero(waiting)),
    )


def _hit(line: Line, supplier: str, country: str, part: str) -> bool:
    if supplier:
        return supplier in line.suppliers or (supplier == UNKNOWN and not line.suppliers)
    if country:
        return country in line.countries
    return part in (line.type.id, line.type.name)


def _known(of: Evaluation, supplier: str, country: str) -> list[str]:
    if supplier:
        return sorted({name for line in of.supply.lines for name in line.suppliers})
    if country:
        return sorted({name for line in of.supply.lines for name in line.countries})
    return [line.type.id for line in of.supply.lines][:20]


def _stopped(
    of: Evaluation, library: Library, line: Line, supplier: str, country: str, part: str, weeks: float
) -> Stopped:
    others = _others(line, supplier, country)
    named = [one for one in line.alternates if _is_left(library, one, supplier, country)]
    wait: float | None = 0.0
    if not others:
        leads = [_lead(library, one) for one in named]
        known = [lead for lead in leads if lead is not None]
        ends = [*known, *([weeks + (line.lead_weeks or 0.0)] if weeks else [])]
        wait = min(ends) if ends else None
    return Stopped(
        line,
        others,
        tuple(named),
        _offered(library, line, supplier, country) if not others else (),
        int(np.count_nonzero(_racks(of, line.type.id))),
        wait,
    )


def _others(line: Line, supplier: str, country: str) -> tuple[str, ...]:
    """Return the suppliers, or the countries, that the same part still comes from."""
    if supplier:
        return tuple(name for name in line.suppliers if name != supplier)
    if not country:
        return ()
    steps = [names for names in (line.made_in, line.assembled_in) if names]
    left = [tuple(name for name in names if name != country) for names in steps]
    # Made elsewhere too, but put together only there: it stops.
    return left[0] if left and all(left) else ()


def _is_left(library: Library, type_id: str, supplier: str, country: str) -> bool:
    spec = library.find(type_id)
    if spec is None:
        return False
    if supplier and supplier in (spec.suppliers or (spec.maker,)):
        return len(spec.suppliers) > 1
    countries = (*spec.made_in, *spec.assembled_in)
    # Of an alternate whose origin nobody states it is not known whether it is left.
    return not country or (bool(countries) and country not in countries)


def _lead(library: Library, type_id: str) -> float | None:
    spec = library.find(type_id)
    return None if spec is None else spec.lead_time_weeks


def _offered(library: Library, line: Line, supplier: str, country: str) -> tuple[str, ...]:
    """Return types of the catalogue that do the same, of others, the nearest in ports and power first."""
    spec = line.type
    found = [
        (_apart(spec, other), other.id)
        for other in library
        if other.id != spec.id
        and other.id not in line.alternates
        and _does_the_same(spec, other)
        and other.maker not in (supplier or spec.maker, "")
        and _is_left(library, other.id, supplier, country)
    ]
    return tuple(name for _, name in sorted(found)[:MOST_OFFERED])


def _does_the_same(spec: AnyType, other: AnyType) -> bool:
    """Tell whether a type is of the kind of another: a cable or an optic has to fit the same ports."""
    if isinstance(spec, DeviceType) and isinstance(other, DeviceType):
        return other.kind == spec.kind and bool(other.accelerators) == bool(spec.accelerators)
    if isinstance(spec, OpticType) and isinstance(other, OpticType):
        alike = ("connector", "rate_gbps", "links", "fibre", "fibre_connector")
        return other.reach_m >= spec.reach_m and all(getattr(other, n) == getattr(spec, n) for n in alike)
    if isinstance(spec, CableType) and isinstance(other, CableType):
        ends = ("layer", "media", "rate_gbps", "connector_a", "connector_b", "split", "links")
        return all(getattr(other, n) == getattr(spec, n) for n in ends)
    return False


def _apart(spec: AnyType, other: AnyType) -> float:
    """Return how far two types differ in power and rate; 0 where only their kind is known."""
    if not isinstance(spec, DeviceType) or not isinstance(other, DeviceType):
        return 0.0
    power, rate = _size(spec)
    its_power, its_rate = _size(other)
    return abs(log(its_power / power)) + abs(log(its_rate / rate))


def _size(spec: DeviceType) -> tuple[float, float]:
    """Return the power and the rate of all data ports, at least 1 each, to compare devices by."""
    groups = (group for group in spec.ports if group.layer == "data")
    rate = sum((group.rate_gbps or 0.0) * len(expand(group.name)) for group in groups)
    return max(spec.power_max_w or spec.power_typical_w or 0.0, 1.0), max(rate, 1.0)


def _racks(of: Evaluation, type_id: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which racks hold a type, are of it, come whole as it, or have a cable made with it."""
    snap = of.snapshot
    found = np.zeros(snap.n_racks + 1, bool)
    specs = np.array(
        [
            number > 0 and type_id in (spec.type.id, *(module.id for _, module in spec.modules))
            for number, spec in enumerate(snap.specs.specs)
        ]
    )
    held = specs[snap.device_spec] & (snap.device_rack >= 0)
    found[snap.device_rack[held]] = True
    frames = np.array([one.id == type_id for one in snap.specs.rack_types] + [False])
    records = np.array(
        [record is not None and record.id == type_id for record in snap.rack_records] + [False]
    )
    found[:-1] |= frames[snap.rack_type] | records[snap.rack_block]
    made_with = [
        number
        for number, option in enumerate(of.cabling.options)
        if type_id in {part.id for part in (option.cable, option.optic_a, option.optic_b) if part is not None}
    ]
    cables = np.isin(of.cabling.cable_option, made_with)
    for ends in (snap.cable_a, snap.cable_b):
        racks = snap.device_rack[ends[cables]]
        found[racks[racks >= 0]] = True
    return found[:-1]


def places_of(of: Evaluation, type_id: str, most: int) -> list[str]:
    """Return paths of the devices of a type, else of the racks that are of it or come whole as it."""
    snap = of.snapshot
    specs = np.array([number > 0 and spec.type.id == type_id for number, spec in enumerate(snap.specs.specs)])
    rows = np.flatnonzero(specs[snap.device_spec])[:most].tolist()
    if rows:
        return [snap.device_path(row) for row in rows]
    paths = (snap.rack_path(row) for row in np.flatnonzero(_racks(of, type_id))[:most].tolist())
    return [path for path in paths if path]


def words_of(found: Stopped) -> str:
    """Return in a few words what becomes of a line."""
    if found.others:
        return f"from {', '.join(found.others)} instead"
    if found.alternates:
        return f"{len(found.alternates)} alternate{'s' if len(found.alternates) > 1 else ''} named"
    return "nothing may take its place yet"
