"""Rows of racks: to which a switch belongs, how near a rack is to its end or middle, where one more goes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from core.editing.laying.ground import Ground, Stand
from core.editing.laying.hosts import Place
from core.model.project import Reader
from core.model.types import RackType

Policy = Literal["top of rack", "end of row", "middle of row", "network racks"]
POLICIES: tuple[Policy, ...] = ("top of rack", "end of row", "middle of row", "network racks")


class RowPlaces:
    """The rows of a design under a policy.

    Parameters
    ----------
    reader : Reader
    block : str
        Floor block from which the paths start.
    racks : mapping of str to Place
        By path.
    policy : str
    """

    def __init__(self, reader: Reader, block: str, racks: Mapping[str, Place], policy: Policy) -> None:
        self._reader, self._block = reader, block
        self._racks, self._policy = racks, policy

    @cached_property
    def ground(self) -> Ground:
        """What stands on the floor, new racks included."""
        return Ground(self._reader, self._block)

    def row(self, home: str, served: Mapping[str, int]) -> tuple[str, int]:
        """Return the row with most links of a switch; of one that serves no host the first at its home."""
        if served:
            links: dict[tuple[str, int], int] = {}
            for path, count in served.items():
                rack = self._racks[path]
                links[rack.floor, rack.row] = links.get((rack.floor, rack.row), 0) + count
            return max(links, key=lambda row: links[row])
        return next(((r.floor, r.row) for r in self._racks.values() if r.floor == home), (home, -1))

    def distance(self, rack: Place) -> int:
        """Return how far a rack is from where its row wants the switches: its end or its middle [mm]."""
        ground = self.ground
        low, high = self._span(rack.floor, rack.row)
        box = ground.box(rack.floor, rack.path.rpartition("/")[2])
        return self._off(box.left + box.right, box.front + box.back, low, high)

    def _off(self, x2: int, y2: int, low: tuple[int, int], high: tuple[int, int]) -> int:
        along = high[0] - low[0] >= high[1] - low[1]
        at, first, last = (x2, low[0], high[0]) if along else (y2, low[1], high[1])
        return abs(at - first - last) if self._policy == "middle of row" else 2 * last - at

    def _span(self, floor: str, row: int) -> tuple[tuple[int, int], tuple[int, int]]:
        ground = self.ground
        boxes = [ground.box(floor, i) for i, at in ground.standings(floor).items() if at.row == row]
        if not boxes:
            return (0, 0), (0, 0)
        return (
            (min(b.left for b in boxes), min(b.front for b in boxes)),
            (max(b.right for b in boxes), max(b.back for b in boxes)),
        )

    def stand(self, home: str, served: Mapping[str, int], frame: RackType) -> tuple[str, int, Stand | None]:
        """Return floor, row and place of a new network rack; the place is None if there is none."""
        ground = self.ground
        floor, row = self.row(home, served)
        is_bound = self._policy in ("end of row", "middle of row")
        if not is_bound:
            floor = home
            rows = list(dict.fromkeys(r.row for r in self._racks.values() if r.floor == home))
        else:
            rows = [row]
        found: list[tuple[bool, int, int, int, Stand]] = []
        for each in rows:
            low, high = self._span(floor, each)
            for stand in ground.row_stands(floor, each, frame.width_mm, frame.depth_mm):
                box = stand.box
                off = self._off(box.left + box.right, box.front + box.back, low, high)
                found.append((not stand.is_clear, rows.index(each), abs(off), len(found), stand))
        best = min(found)[-1] if found else None
        if best is not None and (best.is_clear or is_bound):
            return floor, best.row, best
        if is_bound and served:
            return floor, row, None
        own = ground.new_row_stand(floor, frame.width_mm, frame.depth_mm)
        if own is None and best is not None:
            return floor, best.row, best
        return floor, -1, own
