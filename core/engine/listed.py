"""The links of a block in the order of their ids, from the last list and what has changed since."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Ints
from core.model.records import Link

MOST_NEW = 256
"""New links that are put in their places one by one; more are sorted with all others."""


class Listed(NamedTuple):
    """Links in the order of their ids.

    `counts` has the cables of each; `at` where each is in the list before, -1 where it is another record.
    """

    ids: list[str]
    links: list[Link]
    counts: Ints
    at: NDArray[np.int64]

    @property
    def cable_links(self) -> tuple[tuple[str, int], ...]:
        """Id and number of cables of each."""
        return tuple(zip(self.ids, self.counts.tolist(), strict=True))


def listed(now: Mapping[str, Link], last: Listed | None) -> Listed:
    """Return the links of a block as a list."""
    if last is None:
        return _sorted(now)
    found = list(map(now.get, last.ids))
    other = [k for k, (link, before) in enumerate(zip(found, last.links, strict=True)) if link is not before]
    gone = sum(found[k] is None for k in other)
    fresh = now.keys() - set(last.ids) if len(now) > len(found) - gone else set()
    if len(other) + len(fresh) > MOST_NEW:
        return _sorted(now)
    ids, links = list(last.ids), [link for link in found if link is not None]
    at, counts = np.arange(len(found)), last.counts.copy()
    for k in reversed(other):
        link, at[k] = found[k], -1
        if link is None:
            del ids[k]
        else:
            counts[k] = link.count
    if gone:
        kept = np.ones(len(found), bool)
        kept[[k for k in other if found[k] is None]] = False
        at, counts = at[kept], counts[kept]
    for name in sorted(fresh):
        k = bisect_left(ids, name)
        ids.insert(k, name)
        links.insert(k, now[name])
        at, counts = np.insert(at, k, -1), np.insert(counts, k, now[name].count)
    return Listed(ids, links, counts, at)


def _sorted(now: Mapping[str, Link]) -> Listed:
    links = sorted(now.values(), key=attrgetter("id"))
    counts = np.array([link.count for link in links], np.int32)
    return Listed([link.id for link in links], links, counts, np.full(len(links), -1, np.int64))
