"""On which side of the power each feeder hangs: what feeds it in the end, and what its loss takes along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from core.editing.cabling.sockets import Ends
from core.editing.routes import device_at
from core.model.project import Reader
from core.model.records import PowerSource
from core.model.types import DeviceType

STANDBY = ("generator", "catcher")
"""Kinds of sources that carry load only where nothing else does."""


class Side(NamedTuple):
    """What supplies can be spread over: the feeders that fail together."""

    key: str
    """Ids of the sources, joined by +; of feeders that no source tells apart, what they share."""
    name: str
    sources: tuple[str, ...] = ()
    """Those behind it, without the ones that stand by; empty where nothing is drawn."""


class Upstream:
    """What feeds the devices of a design, followed up the power cables to the sources.

    Parameters
    ----------
    reader : Reader
    block : str
        Block from which the paths start, with all links that count.
    """

    def __init__(self, reader: Reader, block: str) -> None:
        self._reader, self._block = reader, block
        self._ends = Ends(reader)
        self._feeders: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._above: dict[str, frozenset[str]] = {}

    def feeders(self, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the devices and the sources that feed the inlets of a device, once for each inlet."""
        found = self._feeders.get(path)
        if found is None:
            found = self._feeders[path] = self._find(path)
        return found

    def _find(self, path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        reader = self._reader
        device = device_at(reader, self._block, path)
        devices, cabled = [], set()
        for at in self._ends.plugged(self._block, path):
            if at.link.layer != "power":
                continue
            mine, far = reader.ports(device).find(at.token), at.far[0]
            a_gives = _gives(reader, at.link.block, at.link.a.path, at.link.a.ports[at.cable])
            if mine is not None and a_gives == (at.end == "b"):
                devices.append(far)
                cabled.add(at.token)
        sources = [s for inlet, s in device.feeds.items() if inlet not in cabled and s in reader.sources]
        return tuple(devices), tuple(sources)

    def above(self, path: str) -> frozenset[str]:
        """Return all that a device hangs on: paths of devices, and sources as `=id`."""
        known = self._above.get(path)
        if known is None:
            found: set[str] = set()
            waiting = [path]
            while waiting:
                devices, sources = self.feeders(waiting.pop())
                found.update(f"={source}" for source in sources)
                fresh = [each for each in devices if each not in found]
                found.update(fresh)
                waiting += fresh
            known = self._above[path] = frozenset(found)
        return known

    def sources(self, path: str) -> frozenset[str]:
        """Return the ids of the sources that a device hangs on, those that stand by too."""
        return frozenset(each[1:] for each in self.above(path) if each[0] == "=")

    def roots(self, path: str) -> frozenset[str]:
        """Return where the power of a device begins: sources as `=id`, devices that nothing feeds.

        A device lives as long as one of them does.
        """
        return frozenset(each for each in {path, *self.above(path)} if each[0] == "=" or self._begins(each))

    def _begins(self, path: str) -> bool:
        devices, sources = self.feeders(path)
        spec = self._reader.find_type(device_at(self._reader, self._block, path).type)
        return not devices and not sources and not (isinstance(spec, DeviceType) and spec.kind == "battery")

    def main_sources(self, path: str) -> tuple[str, ...]:
        """Return the ids of the sources of a device that do not stand by, in order of their names."""
        every = [self._reader.sources[each] for each in self.sources(path)]
        return tuple(source.id for source in main_sources(every))


def main_sources(sources: Iterable[PowerSource]) -> list[PowerSource]:
    """Return the sources that carry load, in order of their names; where all stand by, all of them."""
    ordered = sorted(sources, key=lambda source: (source.name, source.id))
    return [source for source in ordered if source.kind not in STANDBY] or ordered


def side_of_source(source: PowerSource) -> Side:
    """Return the side that a source is by itself."""
    return Side(source.id, source.name or source.id, (source.id,))


def sides_of(reader: Reader, block: str, upstream: Upstream, feeders: Iterable[str]) -> Mapping[str, Side]:
    """Return the side of each feeder (path of a device), the feeders in order.

    Notes
    -----
    By sources. Where all feeders hang on the same sources, or on none, those are on one side that share
    something that not all of them share (a UPS, a busway); else each is a side of its own.
    """
    feeders = list(dict.fromkeys(feeders))
    behind = {path: upstream.main_sources(path) for path in feeders}
    if len(set(behind.values())) > 1:
        return {path: _side_like(reader, block, path, ids) for path, ids in behind.items()}
    return _by_elements(reader, block, upstream, feeders, behind)


def _by_elements(
    reader: Reader,
    block: str,
    upstream: Upstream,
    feeders: list[str],
    behind: Mapping[str, tuple[str, ...]],
) -> Mapping[str, Side]:
    if len(feeders) < 2:
        return {path: _side_like(reader, block, path, behind[path]) for path in feeders}
    above = {path: upstream.above(path) | {path} for path in feeders}
    shared = frozenset.intersection(*above.values())
    own = {path: above[path] - shared for path in feeders}
    groups = _joined(feeders, own)
    if len(groups) < 2:
        groups = [[path] for path in feeders]
    found = {}
    for members in groups:
        top = _topmost(upstream, own, members)
        side = Side(top, reader.names_along(block, top)[-1], behind[members[0]])
        found.update(dict.fromkeys(members, side))
    return {path: _same_in_racks(found, path) for path in feeders}


def _side_like(reader: Reader, block: str, path: str, ids: tuple[str, ...]) -> Side:
    if not ids:
        name = reader.names_along(block, path)[-1]
        return Side(name, name)
    return Side("+".join(ids), "+".join(reader.sources[i].name or i for i in ids), ids)


def _joined(feeders: list[str], own: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Gather feeders that share something, in the order of the first of each."""
    groups: list[tuple[frozenset[str], list[str]]] = []
    for path in feeders:
        joined = [group for group in groups if group[0] & own[path]]
        groups = [group for group in groups if group not in joined]
        groups.append((own[path].union(*(g[0] for g in joined)), [*(m for g in joined for m in g[1]), path]))
    return sorted((members for _, members in groups), key=lambda members: feeders.index(members[0]))


def _same_in_racks(sides: Mapping[str, Side], path: str) -> Side:
    """Name the side of a PDU by its name alone, so that those of other racks are on it too."""
    side = sides[path]
    rack = path.rpartition("/")[0]
    namesakes = {s.key for p, s in sides.items() if s.name == side.name and p.rpartition("/")[0] == rack}
    return side if len(namesakes) > 1 or side.key != path else side._replace(key=side.name)


def _topmost(upstream: Upstream, own: Mapping[str, frozenset[str]], members: list[str]) -> str:
    """Return what the feeders of a side share that is nearest to the sources; else the first of them."""
    common = [p for p in frozenset.intersection(*(own[m] for m in members)) if p[0] != "="]
    return min(common, key=lambda path: (len(upstream.above(path)), path), default=members[0])


def _gives(reader: Reader, block: str, path: str, token: str) -> bool:
    socket = reader.ports(device_at(reader, block, path)).find(token)
    return socket is not None and socket.port.group.direction == "out"
