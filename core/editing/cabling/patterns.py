"""Devices and ports by the names people write: `dgx-*`, `leaf-{1..8}`, `osfp{1..4}/1`.

Terms stand with commas between them; a term is a name, a pattern with `*` and `?`, or holds one range
`{1..32}`. A pattern with a slash (`r0*/dgx-01`) is held against as many steps of the path as it has; one
without against the device's name and its type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from core.editing.cabling.sockets import Usage
from core.editing.routes import join
from core.errors import EditError
from core.model.ports import Port, whole_or_lanes
from core.model.project import Reader
from core.model.records import Device
from core.model.types import DeviceType

SELECTED = "selected"
"""What is written for the devices that are selected."""
_RANGE = re.compile(r"\{(\d{1,4})\.\.(\d{1,4})\}")
_DIGITS = re.compile(r"(\d+)")


class Standing(NamedTuple):
    """A device where it is built."""

    path: str
    tag: str
    """The names along its path, with slashes between."""
    device: Device
    spec: DeviceType

    @property
    def name(self) -> str:
        return self.tag.rpartition("/")[2]


def standing_devices(reader: Reader, block: str, scope: Sequence[str] = ()) -> list[Standing]:
    """Return the devices built under a block, in the order of their tags; absent ones are left out.

    Parameters
    ----------
    reader : Reader
    block : str
    scope : sequence of str
        Only what is at or below one of these paths; empty: everything.
    """
    found = [at for at in _walk(reader, block, "", "", ()) if not scope or _is_in(at, scope)]
    return sorted(found, key=lambda at: natural(at.tag))


def _is_in(at: Standing, paths: Sequence[str]) -> bool:
    return any(at.path == path or at.path.startswith(f"{path}/") for path in paths)


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key by which `r9` comes before `r10`.

    Examples
    --------
    >>> sorted(["r10", "r9"], key=natural)
    ['r9', 'r10']
    """
    parts = _DIGITS.split(text)
    return tuple((int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts))


_Said = tuple[dict[str, tuple[str | None, bool | None]], str]


def _walk(reader: Reader, block: str, path: str, tag: str, above: tuple[_Said, ...]) -> Iterator[Standing]:
    own = {o.path: (o.name, o.absent) for o in reader.overrides(block).values() if o.cable is None}
    said = (*above, (own, "")) if own else above

    def of(record_id: str, name: str) -> str | None:
        given = [table[head + record_id] for table, head in said if head + record_id in table]
        if next((absent for _, absent in given if absent is not None), False):
            return None
        return next((other for other, _ in given if other is not None), name or record_id)

    for device in reader.devices(block).values():
        name, spec = of(device.id, device.name), reader.find_type(device.type)
        if name is not None and isinstance(spec, DeviceType):
            yield Standing(join(path, device.id), join(tag, name), device, spec)
    for instance in reader.instances(block).values():
        name = of(instance.id, instance.name)
        if name is not None:
            below = tuple((table, f"{head}{instance.id}/") for table, head in said)
            yield from _walk(reader, instance.of, join(path, instance.id), join(tag, name), below)


def matching(devices: Sequence[Standing], text: str, selected: Sequence[str] = ()) -> list[Standing]:
    """Return the devices that a pattern names, in the order of its terms, each once.

    The word `selected` names the devices at or below the paths selected.

    Raises
    ------
    EditError
        If a term is wrong or names nothing.
    """
    found: dict[str, Standing] = {}
    for term in _terms(text):
        patterns = _spread(term)
        if term == SELECTED and selected:
            hits = [at for at in devices if _is_in(at, selected)]
        else:
            hits = [at for at in devices if any(_names(at, pattern) for pattern in patterns)]
        if not hits:
            raise EditError(f"no device is called '{term}'", cure="Use * for any text, as in leaf-*")
        found.update((at.path, at) for at in hits if at.path not in found)
    return list(found.values())


def _names(at: Standing, pattern: str) -> bool:
    steps = pattern.count("/") + 1
    tail = "/".join(at.tag.split("/")[-steps:])
    return fnmatchcase(tail, pattern) or (steps == 1 and fnmatchcase(at.device.type, pattern))


def ports_named(usage: Usage, text: str) -> list[str]:
    """Return the sockets of a device that a pattern names, in the order of its terms, taken or not.

    A port that is only used split stands for its lanes; `osfp{1..4}/1` names lane 1 of each; a word that
    is the role of ports (`scale-out`) names these.

    Raises
    ------
    EditError
        If a term is wrong or names nothing.
    """
    found: dict[str, None] = {}
    for term in _terms(text):
        hits: dict[str, None] = {}
        for pattern in _spread(term):
            name, slash, lane = pattern.partition("/")
            for port in usage.table:
                if fnmatchcase(port.name, name) or (not slash and port.group.role == name):
                    tokens = [f"{port.name}/{lane}"] if slash else whole_or_lanes(port)
                    hits.update((token, None) for token in tokens if usage.table.find(token))
        if not hits:
            name = usage.device.name or usage.device.type
            raise EditError(f"{name} has no port '{term}'", cure="Use * for any text, as in osfp*")
        found.update(hits)
    return list(found)


def _terms(text: str) -> list[str]:
    terms = [term.strip() for term in text.split(",") if term.strip()]
    if not terms:
        raise EditError("a name or a pattern is needed", cure="Write for example leaf-{1..8} or leaf-*")
    return terms


def _spread(term: str) -> list[str]:
    """Return the patterns that a term with a range stands for."""
    match = _RANGE.search(term)
    plain = _RANGE.sub("", term)
    if "{" in plain or "}" in plain or len(_RANGE.findall(term)) > 1:
        raise EditError(f"'{term}' is no pattern", cure="Write one range, as in leaf-{1..8}")
    if match is None:
        return [_literal(term)]
    first, last = int(match[1]), int(match[2])
    if last < first:
        raise EditError(f"the range in '{term}' is empty", cure="Write the smaller number first")
    head, tail, width = term[: match.start()], term[match.end() :], len(match[1])
    wide = width if match[1].startswith("0") else 0
    return [_literal(f"{head}{number:0{wide}d}{tail}") for number in range(first, last + 1)]


def _literal(pattern: str) -> str:
    return pattern.replace("[", "[[]")


def port_names(ports: Sequence[Port]) -> str:
    """Return a pattern for some ports, such as `osfp{1..4}`.

    Examples
    --------
    >>> port_names([])
    ''
    """
    runs: list[tuple[str, int, int, str]] = []
    for port in ports:
        match = re.fullmatch(r"(.*?)(\d+)(\D*)", port.name)
        head, number, tail = (match[1], int(match[2]), match[3]) if match else (port.name, -1, "")
        if runs and runs[-1][0] == head and runs[-1][3] == tail and runs[-1][2] + 1 == number >= 1:
            runs[-1] = (head, runs[-1][1], number, tail)
        else:
            runs.append((head, number, number, tail))
    return ", ".join(
        f"{head}{{{low}..{high}}}{tail}" if high > low else f"{head}{low if low >= 0 else ''}{tail}"
        for head, low, high, tail in runs
    )
