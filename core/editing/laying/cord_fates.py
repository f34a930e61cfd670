"""What devices survive: the supplies that live when a source or a side is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.editing.cabling.patterns import Standing, natural
from core.editing.laying.cord_plan import Fate, PlannedCord
from core.editing.laying.cord_sides import Upstream


def fates_of(
    upstream: Upstream,
    devices: Iterable[Standing],
    cords: Mapping[tuple[str, str], PlannedCord],
) -> Iterator[Fate]:
    """Yield how each device stands when any one source is lost, or any one side.

    Notes
    -----
    As the engine has it (`Feeding`): a feeder lives as long as anything lives that its power comes from in
    the end, a device on as many supplies as its live inlets stand for.
    """
    by_device: dict[str, list[PlannedCord]] = {}
    for cord in cords.values():
        by_device.setdefault(cord.device, []).append(cord)
    for at in devices:
        mine = [cord for cord in by_device[at.path] if cord.state != "misfit" and cord.side is not None]
        mine.sort(key=lambda cord: natural(cord.side.name if cord.side else ""))
        roots = [_roots(upstream, cord) for cord in mine]
        fitted = len(by_device[at.path])
        each = (at.spec.supplies_fitted or fitted) / max(fitted, 1)
        needed = 1 if not at.spec.supplies_needed else at.spec.supplies_needed
        counts: dict[str, int] = {}
        for cord in mine:
            name = cord.side.name if cord.side else ""
            counts[name] = counts.get(name, 0) + 1
        touching = sorted({root[1:] for of_cord in roots for root in of_cord if root[0] == "="})
        left = {
            source: sum(of_cord != {f"={source}"} for of_cord in roots)
            for source in touching
            if any(of_cord == {f"={source}"} for of_cord in roots)
        }
        # The sources of a side that has several are not lost at once.
        lone = {c.side.name for c in mine if c.side and not (len(c.side.sources) > 1 and "+" in c.side.key)}
        sides = {name: len(mine) - count for name, count in counts.items() if name in lone}
        yield Fate(at.path, at.device, at.spec, counts, fitted, _inlets(needed, each), left, sides)


def _roots(upstream: Upstream, cord: PlannedCord) -> frozenset[str]:
    if cord.feeder:
        return upstream.roots(cord.feeder)
    return frozenset(f"={source}" for source in (cord.side.sources if cord.side else ()))


def _inlets(needed: int, each: float) -> int:
    """Return how many inlets stand for so many supplies."""
    return max(int(-(-(needed - 1e-9) // each)), 1)
