"""Fibre channels: from optic to optic through patch panels and cassettes, with their length and loss."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.engine.cabling import Cabling
from core.model.types import CableType, DeviceType, OpticType

PATCH = "patch"
MULTI_FIBRE = ("MPO", "MMC", "MTP")
"""What the names of multi-fibre connectors begin with."""
Mate = tuple[bool | None, bool | None]
"""Whether the plug or socket on each side has guide pins; None where a cable does not say."""
MOST_PANELS = 16
"""Panels that a channel is followed through."""


@dataclass(frozen=True)
class Channel:
    """One way of light.

    Attributes
    ----------
    cables : tuple of int
        Rows of its cables, in order.
    panels : tuple of int
        Rows of the devices it passes.
    optics : tuple of OpticType or None
        At its two ends; None where it ends open.
    is_open : bool
        It ends at a port of a panel that no cable leaves from.
    length_m : float
        Of all its cables as ordered; NaN if one has no length.
    loss_db : float
        Fibre and passes through panels; NaN if a part does not give its loss.
    budget_db : float
        What the optics allow; NaN if one does not say.
    crossings : int or None
        Times that transmit and receive change places, in the cables; panels and cassettes pass straight. None
        if a cable does not say.
    mates : tuple of Mate
        Where multi-fibre plugs meet, from end to end.
    """

    cables: tuple[int, ...]
    panels: tuple[int, ...]
    optics: tuple[OpticType | None, OpticType | None]
    is_open: bool
    length_m: float
    loss_db: float
    budget_db: float
    crossings: int | None = None
    mates: tuple[Mate, ...] = ()

    @property
    def reach_m(self) -> float:
        """How far the optics reach; inf without any."""
        return min((optic.reach_m for optic in self.optics if optic is not None), default=np.inf)


def channels_of(cabling: Cabling) -> tuple[Channel, ...]:
    """Return the channels that pass through patch panels.

    A pass leads from a port of one face to one of the other: port k to port k where both have as many; with r
    ports in front for each behind, ports r (k - 1) + 1 to r k in front to port k behind, each to its own
    fibres of the trunk. The loss of a panel is that of one pass, mated pairs included; the pairs at the
    optics are part of their budget.

    Notes
    -----
    loss = sum of length x loss for each kilometre of the fibres + sum of the losses of the panels.
    """
    return _Tracing(cabling).channels()


class _Tracing:
    """Channels being followed, one after the other."""

    def __init__(self, cabling: Cabling) -> None:
        self.cabling, self.snap = cabling, cabling.of
        snap = self.snap
        kinds = [spec.type.kind == "patch-panel" for spec in snap.specs.specs]
        self.is_panel = np.array(kinds, bool)[snap.device_spec]
        joins = self.is_panel[snap.cable_a] | self.is_panel[snap.cable_b]
        rows = np.flatnonzero((snap.cable_layer == 0) & joins)
        self.rows = rows.tolist()
        self.at: dict[tuple[int, int], int] = {}
        for row in self.rows:
            self.at.setdefault((int(snap.cable_a[row]), int(snap.cable_port_a[row])), row)
            self.at.setdefault((int(snap.cable_b[row]), int(snap.cable_port_b[row])), row)

    def channels(self) -> tuple[Channel, ...]:
        snap, found, done = self.snap, [], set[int]()
        for row in self.rows:
            for end, other in (("a", "b"), ("b", "a")):
                here = int(getattr(snap, f"cable_{end}")[row])
                if self.is_panel[here] or row in done:
                    continue
                channel = self._follow(row, other)
                found.append(channel)
                if not channel.is_open:
                    done.update((channel.cables[0], channel.cables[-1]))
        return tuple(found)

    def _follow(self, row: int, end: str) -> Channel:
        """Follow a channel from its first cable, whose end `end` is the far one."""
        snap, cables, panels, place = self.snap, [row], list[int](), 0
        first = self._optic(row, "b" if end == "a" else "a")
        while True:
            device = int(getattr(snap, f"cable_{end}")[row])
            port = int(getattr(snap, f"cable_port_{end}")[row])
            if not self.is_panel[device]:
                return self._made(cables, panels, (first, self._optic(row, end)), is_open=False)
            panels.append(device)
            passed = self._pass(device, port, place)
            after = None if passed is None else self.at.get((device, passed[0]))
            if passed is None or after is None or after in cables or len(panels) > MOST_PANELS:
                return self._made(cables, panels, (first, None), is_open=True)
            place, row = passed[1], after
            here = (int(snap.cable_a[row]), int(snap.cable_port_a[row])) == (device, passed[0])
            end = "b" if here else "a"
            cables.append(row)

    def _pass(self, device: int, port: int, place: int) -> tuple[int, int] | None:
        """Return the port behind a port, and which fibres of the trunk it is on there."""
        table = self.snap.specs.specs[self.snap.device_spec[device]].ports.ports
        faces = {
            face: [p.index for p in table if p.group.role == PATCH and p.group.face == face]
            for face in ("front", "rear")
        }
        front, rear = faces["front"], faces["rear"]
        if not front or not rear or len(front) % len(rear):
            return None
        each = len(front) // len(rear)
        if port in front:
            k = front.index(port)
            return rear[k // each], (k % each if each > 1 else place)
        if port not in rear:
            return None
        return front[rear.index(port) * each + (place if each > 1 else 0)], (0 if each > 1 else place)

    def _optic(self, row: int, end: str) -> OpticType | None:
        number = int(self.cabling.cable_option[row])
        if number < 0:
            return None
        option = self.cabling.options[number]
        return option.optic_a if end == "a" else option.optic_b

    def _made(
        self,
        cables: list[int],
        panels: list[int],
        optics: tuple[OpticType | None, OpticType | None],
        *,
        is_open: bool,
    ) -> Channel:
        cabling = self.cabling
        lengths = cabling.cable_ordered_m[cables]
        loss = 0.0
        for row, length in zip(cables, lengths.tolist(), strict=True):
            number = int(cabling.cable_option[row])
            each = cabling.options[number].cable.loss_db_km if number >= 0 else None
            loss += np.nan if each is None else each * length / 1000
        for panel in panels:
            kind: DeviceType = self.snap.specs.specs[self.snap.device_spec[panel]].type
            loss += np.nan if kind.insertion_loss_db is None else kind.insertion_loss_db
        budgets = [o.budget_db for o in optics if o is not None]
        known = bool(budgets) and all(b is not None for b in budgets)
        budget = min(b for b in budgets if b is not None) if known else np.nan
        total = float(np.sum(lengths))
        return Channel(
            tuple(cables), tuple(panels), optics, is_open, total, float(loss), float(budget),
            self._crossings(cables), () if is_open else self._mates(cables, panels),
        )  # fmt: skip

    def _type(self, row: int) -> CableType | None:
        number = int(self.cabling.cable_option[row])
        return self.cabling.options[number].cable if number >= 0 else None

    def _crossings(self, cables: list[int]) -> int | None:
        types = [self._type(row) for row in cables]
        said = [t.polarity if t is not None else "" for t in types]
        return None if "" in said else said.count("crossed")

    def _mates(self, cables: list[int], panels: list[int]) -> tuple[Mate, ...]:
        """Return the pins on both sides wherever a multi-fibre plug meets another, an optic or a cassette."""
        plugs = [self._plug(row) for row in cables]
        found: list[Mate] = [(True, pins) for is_multi, pins in (plugs[0],) if is_multi]
        for (multi, pins), (multi_after, pins_after) in pairwise(plugs[: len(panels) + 1]):
            if multi and multi_after:
                found.append((pins, pins_after))
            elif multi or multi_after:  # the cassette between them turns duplex into multi-fibre
                found.append((True, pins if multi else pins_after))
        return (*found, *((True, pins) for is_multi, pins in (plugs[-1],) if is_multi))

    def _plug(self, row: int) -> tuple[bool, bool | None]:
        """Return whether the plugs of a cable are multi-fibre ones, and have pins; None for one of them."""
        kind = self._type(row)
        said = {"none": False, "both": True}.get(kind.pins if kind is not None else "")
        return kind is not None and kind.connector_a.startswith(MULTI_FIBRE), said
