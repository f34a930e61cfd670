"""Which cable or optics a link can be made of: the qualified parts of a project by class of link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.engine.columns import Floats
from core.model.types import AnyType, CableType, OpticType

MEDIA = ("DAC", "ACC", "AEC", "MMF", "AOC", "SMF", "UTP", "cord", "hose")
"""Order in which media are tried: what costs and draws least first."""
FIBRE_STOCK_M = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0)
"""Lengths rounded up to where a type gives no stock (NVIDIA lists 3 to 30 m; the rest is usual stock)."""
_RATE_SLACK = 1.001
PLUGGED = ("busway-tap",)
"""Connectors by which a device sits on its feeder: the link is no cable."""


@dataclass(frozen=True)
class LinkClass:
    """Links that can be made of the same parts."""

    layer: str
    connector_a: str
    connector_b: str
    rate_gbps: float
    """Rate of one link: of the slower end; 0 where not known."""
    split_a: int
    split_b: int
    pair: int
    """Links that the same two cages share; of power and coolant links: the same two devices."""

    @property
    def plugs_on(self) -> bool:
        """One device plugs onto the other, as a tap-off onto its busway: nothing is ordered for it."""
        return self.connector_a == self.connector_b and self.connector_a in PLUGGED


@dataclass(frozen=True)
class Option:
    """One way to make a link.

    Attributes
    ----------
    cable : CableType
    optic_a, optic_b : OpticType or None
        Transceivers in the cages of the ends.
    reach_min_m, reach_m : float
        Lengths it serves [m].
    links : int
        Links in one piece: 2 for a twin-port cable, the number of far ends for a split one.
    near : str
        End (a or b) at which a split cable has its single plug; empty for others.
    """

    cable: CableType
    optic_a: OpticType | None
    optic_b: OpticType | None
    reach_min_m: float
    reach_m: float
    links: int
    near: str = ""

    @property
    def media(self) -> str:
        return self.cable.media

    @property
    def name(self) -> str:
        """What a schedule prints."""
        return self.cable.part_number or self.cable.name

    def ordered_m(self, needed_m: Floats) -> Floats:
        """Round lengths up to stocked ones; beyond the longest, up to the next whole metre.

        Examples
        --------
        >>> cable = CableType(id="x", name="x", media="DAC", lengths_m=(0.5, 1, 2))
        >>> Option(cable, None, None, 0, 3, 1).ordered_m(np.array([0.6, 2.0, 2.2]))
        array([1., 2., 3.])
        """
        stock = np.array(self.cable.lengths_m or FIBRE_STOCK_M)
        at = np.searchsorted(stock, needed_m - 1e-9)
        ordered: Floats = np.where(at < len(stock), stock[np.minimum(at, len(stock) - 1)], np.ceil(needed_m))
        return ordered


def options_for(link: LinkClass, types: Iterable[AnyType]) -> list[Option]:
    """Return the ways to make links of a class from the types of a project, best first.

    Notes
    -----
    A copper or active optical cable fits if both connectors, the rate and the split do; a twin-port piece
    only where both links join the same two cages. Optics fit if the cage and the rate do; both ends then
    need the same fibre and fibre connector, and the reach is the shorter one.
    """
    types = list(types)
    cables = [t for t in types if isinstance(t, CableType) and t.layer == link.layer]
    found = [o for cable in cables if (o := _direct(link, cable)) is not None]
    if link.layer == "data":
        optics = [t for t in types if isinstance(t, OpticType)]
        fibres = [c for c in cables if c.media in ("MMF", "SMF")]
        found += _optical(link, optics, fibres)
        found += _patched(link, optics, fibres)
    return sorted(found, key=lambda o: (MEDIA.index(o.media), o.reach_m, -o.links, o.cable.id))


def _direct(link: LinkClass, cable: CableType) -> Option | None:
    if cable.media in ("MMF", "SMF"):
        return None
    ends = (cable.connector_a, cable.connector_b)
    forward, backward = (
        ends == (link.connector_a, link.connector_b),
        ends == (link.connector_b, link.connector_a),
    )
    if not (forward or backward):
        return None
    reach = np.inf if cable.reach_max_m is None else cable.reach_max_m
    option = Option(cable, None, None, cable.reach_min_m or 0.0, reach, max(cable.links, cable.split))
    if link.layer != "data":
        return option if link.pair >= cable.links else None
    if cable.split > 1:
        near, far = (link.split_a, link.split_b) if forward else (link.split_b, link.split_a)
        if not (near == cable.split and far == 1) and not (
            cable.connector_a == cable.connector_b and link.split_b == cable.split and link.split_a == 1
        ):
            return None
        option = replace(option, near="a" if link.split_a == cable.split else "b")
    elif cable.links > 1:
        if link.pair < cable.links or link.split_a != cable.links or link.split_b != cable.links:
            return None
    elif link.split_a != 1 or link.split_b != 1:
        return None
    return option if _rated(link, cable) else None


def _rated(link: LinkClass, cable: CableType) -> bool:
    """A twisted pair serves slower links too, other cables just their own rate."""
    if cable.media == "UTP" or cable.rate_gbps is None or link.rate_gbps == 0:
        return (cable.rate_gbps or 0) * _RATE_SLACK >= link.rate_gbps
    each = cable.rate_gbps / max(cable.links, cable.split)
    return each / _RATE_SLACK <= link.rate_gbps <= each * _RATE_SLACK


def _optical(link: LinkClass, optics: list[OpticType], fibres: list[CableType]) -> list[Option]:
    found = []
    for a in optics:
        if not _serves(a, link.connector_a, link.rate_gbps, link.split_a):
            continue
        for b in optics:
            if not _serves(b, link.connector_b, link.rate_gbps, link.split_b):
                continue
            if (a.fibre, a.fibre_connector) != (b.fibre, b.fibre_connector):
                continue
            for fibre in fibres:
                if fibre.media == a.fibre and a.fibre_connector == fibre.connector_a == fibre.connector_b:
                    reach = min(a.reach_m, b.reach_m, fibre.reach_max_m or np.inf)
                    found.append(Option(fibre, a, b, 0.0, reach, 1))
    return found


def _patched(link: LinkClass, optics: list[OpticType], fibres: list[CableType]) -> Iterator[Option]:
    """Yield the ways to a port of a patch panel: a fibre that fits, and an optic at an end that is none."""
    for fibre in fibres:
        plug, reach = fibre.connector_a, fibre.reach_max_m or np.inf
        if not plug or plug != fibre.connector_b:
            continue
        if link.connector_a == link.connector_b == plug:
            yield Option(fibre, None, None, 0.0, reach, 1)
            continue
        ends = ((link.connector_a, link.split_a), (link.connector_b, link.split_b))
        for k, (connector, split) in enumerate(ends):
            if ends[1 - k][0] != plug:
                continue
            for optic in optics:
                fits = (optic.fibre, optic.fibre_connector) == (fibre.media, plug)
                if fits and _serves(optic, connector, link.rate_gbps, split):
                    a, b = (None, optic) if k else (optic, None)
                    yield Option(fibre, a, b, 0.0, min(optic.reach_m, reach), 1)


def _serves(optic: OpticType, connector: str, rate_gbps: float, split: int) -> bool:
    each = optic.rate_gbps / optic.links
    return (
        optic.connector == connector
        and optic.links == split
        and each / _RATE_SLACK <= rate_gbps <= each * _RATE_SLACK
    )
