"""Over which sides the supplies of a rack are spread, and which supply goes to which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

T = TypeVar("T")

Scheme = Literal["enough", "all", "two", "three", "pairs", "threes"]
SCHEMES: dict[Scheme, str] = {
    "enough": "As many as let every device lose one",
    "all": "Over all that are chosen",
    "two": "Over two, A and B",
    "three": "Over three, A, B and C",
    "pairs": "Pairs, rotated over the racks (four to make three)",
    "threes": "Threes, rotated over the racks",
}
"""Ways to spread supplies, with the words for them."""


def sides_of_rack(sides: Sequence[T], scheme: Scheme, rack: int, enough: int = 0) -> list[T]:
    """Return the sides that a rack takes, in order.

    Parameters
    ----------
    sides : sequence
        Those that are chosen.
    scheme : Scheme
    rack : int
        Its number among the racks, from 0.
    enough : int
        How many let every device of it lose one; 0: all of them.

    Notes
    -----
    Rotated pairs meet every other side equally often: when one of four is lost, each of the three others
    takes a third of its load over ("four to make three").

    Examples
    --------
    >>> [sides_of_rack("ABCD", "pairs", rack) for rack in range(6)]
    [['A', 'B'], ['C', 'D'], ['A', 'C'], ['B', 'D'], ['A', 'D'], ['B', 'C']]
    >>> [sides_of_rack("ABCD", "threes", rack) for rack in range(2)], sides_of_rack("ABC", "two", 1)
    ([['A', 'B', 'C'], ['B', 'C', 'D']], ['A', 'B'])
    """
    if scheme == "enough":
        return list(sides[: enough or len(sides)])
    if scheme == "two":
        return list(sides[:2])
    if scheme == "three":
        return list(sides[:3])
    if scheme == "threes" and len(sides) > 3:
        return [sides[(rack + k) % len(sides)] for k in range(3)]
    if scheme == "pairs" and len(sides) > 2:
        pairs = _pairs(len(sides))
        return [sides[k] for k in pairs[rack % len(pairs)]]
    return list(sides)


def enough_sides(needed: int, feeders: int, sides: int) -> int:
    """Return over how many sides the PDUs or shelves of a rack are spread, so many being needed.

    The most that give every side as many of them.

    Examples
    --------
    Three sources: three PDUs take one each, four (a1, a2, b1, b2) two of the sources.

    >>> enough_sides(2, 3, 3), enough_sides(2, 4, 3), enough_sides(3, 4, 3)
    (3, 2, 3)
    """
    even = [n for n in range(max(needed, 1), sides + 1) if feeders % n == 0]
    return max(even, default=min(needed, sides))


def _pairs(n: int) -> list[tuple[int, int]]:
    """Return all pairs of n, those that follow each other without a member in common where that can be."""
    left = [(a, b) for a in range(n) for b in range(a + 1, n)]
    found = [left.pop(0)]
    while left:
        apart = (pair for pair in left if not set(pair) & set(found[-1]))
        pair = next(apart, left[0]) if len(found) % (n // 2) else left[0]
        left.remove(pair)
        found.append(pair)
    return found


def spread(inlets: int, sides: int, turn: int = 0) -> list[int]:
    """Return the number of the side of each inlet of a device.

    Inlets in blocks, the first ones on the first side; where the sides do not come out even, which of them
    has more goes round with `turn`.

    Examples
    --------
    >>> spread(6, 3), spread(6, 2), spread(2, 3, turn=2), spread(6, 4, turn=1)
    ([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1], [2, 0], [1, 1, 2, 3, 3, 0])
    """
    if inlets < sides:
        return [(k + turn) % sides for k in range(inlets)]
    even = inlets % sides == 0
    return [(k * sides // inlets + (0 if even else turn)) % sides for k in range(inlets)]
