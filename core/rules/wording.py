"""Messages: names first, then value and limit with units, then the cure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.model.project import Reader
from core.model.records import Device, Link
from core.units import show


def who(records: Reader, top: str, block: str, subjects: Sequence[str]) -> str:
    """Return the names of what a finding is about; of the block itself if it has no subjects.

    The block's own name stands before unless it is the one that is built.
    """
    inside = "" if block == top else records.blocks[block].name
    if not subjects:
        return records.blocks[block].name
    names = [f"{inside} / {name}" if inside else name for name in (_name(records, block, subjects[0]),)]
    if len(subjects) == 2:
        names.append(_name(records, block, subjects[1]))
    elif len(subjects) > 2:
        names.append(f"{len(subjects) - 1} more")
    return " and ".join(names)


def _name(records: Reader, block: str, path: str) -> str:
    """Return the names along a path; what has none is called by its type, a link by its two ends."""
    record = records.resolve(block, path)
    *above, last = records.names_along(block, path)
    if isinstance(record, Link) and not record.name and last == record.id:
        last = " - ".join(_name(records, record.block, end.path) for end in (record.a, record.b))
    elif isinstance(record, Device) and not record.name and last == record.id:
        spec = records.find_type(record.type)
        last = last if spec is None else spec.name
    return " / ".join((*above, last))


def listed(names: Iterable[str], most: int = 3) -> str:
    """Return names joined by commas, shortened beyond `most`.

    Examples
    --------
    >>> listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    found = list(names)
    text = ", ".join(found[:most])
    return f"{text} and {len(found) - most} more" if len(found) > most else text


def watts(value: float) -> str:
    """Return a power as printed."""
    return show(float(value), "W")


def volts(low: float | None, high: float | None) -> str:
    """Return a voltage window as printed.

    Examples
    --------
    >>> volts(200.0, 240.0), volts(48.0, 48.0)
    ('200-240 V', '48 V')
    """
    if low is None or high is None or low == high:
        return f"{(high if low is None else low) or 0:g} V"
    return f"{low:g}-{high:g} V"
