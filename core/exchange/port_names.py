"""Port names of other programs as names of ours, and lists of them as patterns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

LONGEST = 64
_FOREIGN = re.compile(r"[^A-Za-z0-9._+-]+")
_DIGITS = re.compile(r"[0-9]+")
_MOST = 9999
_MOST_ALIKE = 4096


class PortNames:
    """Gives each name of another program one of ours that no other has.

    A name of ours holds letters, digits and `._+-`; `/` and `:` mark the lanes of a port.

    Examples
    --------
    >>> names = PortNames()
    >>> names.take("Ethernet1/1"), names.take("1:10"), names.take("Power Supply 1"), names.take("Ethernet1-1")
    ('Ethernet1-1', '1.10', 'Power-Supply-1', 'Ethernet1-1.2')
    """

    def __init__(self) -> None:
        self.given: dict[str, str] = {}
        """The names given, each with the name it stands for."""

    def take(self, name: str, otherwise: str = "port") -> str:
        """Return the name of ours for a name; `otherwise` serves where nothing of it can be kept."""
        plain = unicodedata.normalize("NFKD", name).replace(":", ".")
        wanted = _FOREIGN.sub("-", plain).strip("-")[:LONGEST] or otherwise
        found, number = wanted, 1
        while found in self.given:
            number += 1
            found = f"{wanted[: LONGEST - 6]}.{number}"
        self.given[found] = name
        return found


def grouped(names: Sequence[tuple[str, K]]) -> list[tuple[str, K, int]]:
    """Return patterns that stand for the names, in order: (pattern, what they share, how many names).

    Neighbours that share a key and count on by one in one place become one pattern. A number written with
    leading zeros stays as it is, because a pattern writes none.

    Examples
    --------
    >>> grouped([("e1-1", 0), ("e1-2", 0), ("e1-3", 0), ("mgmt", 1)])
    [('e1-{1..3}', 0, 3), ('mgmt', 1, 1)]
    """
    found: list[tuple[str, K, int]] = []
    at = 0
    while at < len(names):
        name, key = names[at]
        span = _counting(name, names[at + 1][0]) if at + 1 < len(names) and names[at + 1][1] == key else None
        if span is None:
            found.append((name, key, 1))
            at += 1
            continue
        head, tail, first = name[: span[0]], name[span[1] :], int(name[span[0] : span[1]])
        count = 2
        while (
            at + count < len(names)
            and count < _MOST_ALIKE
            and first + count <= _MOST
            and names[at + count] == (f"{head}{first + count}{tail}", key)
        ):
            count += 1
        found.append((f"{head}{{{first}..{first + count - 1}}}{tail}", key, count))
        at += count
    return found


def _counting(name: str, following: str) -> tuple[int, int] | None:
    """Return where in a name the number stands that is one higher in the following name."""
    for match in _DIGITS.finditer(name):
        number = int(match[0]) if len(match[0]) <= 4 else _MOST
        if str(number) != match[0] or number >= _MOST:
            continue
        if following == f"{name[: match.start()]}{number + 1}{name[match.end() :]}":
            return match.span()
    return None


def patterns_of(names: Iterable[str]) -> list[str]:
    """Return the patterns of a list of names that share everything; signs of any kind may stand in them.

    Examples
    --------
    >>> patterns_of(["Ethernet1/1", "Ethernet1/2", "Console"])
    ['Ethernet1/{1..2}', 'Console']
    """
    return [pattern for pattern, _, _ in grouped([(name, 0) for name in names])]
