"""Inlets that nothing feeds are corded, and cords that share a side are spread over several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import numpy as np

from core.editing.cabling.connect import connect
from core.editing.cabling.reroute import CableEnd, reroute
from core.editing.cabling.sockets import Ends, Plugged, Usage, compatible
from core.editing.routes import device_at, join
from core.editing.types import device_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import Socket
from core.model.records import Device
from core.rules.cures.cure import Known, cure, subjects
from core.rules.finding import Finding


@cure("Cord to free outlets", "power.unfed", "power.supplies_unfed")
def feed(edit: Edit, finding: Finding, known: Known) -> None:
    """Cord the inlets that nothing feeds to free outlets in the rack, those of the sides in turn."""
    for path in _devices(edit, finding):
        cords = _Cords(edit, known, path)
        if not cords.bare:
            raise EditError("its inlets are corded, but what feeds them is dead", cure="Feed that first")
        cords.feed()


@cure("Spread over the sources", "power.cord_pair", "power.supplies_short", "power.dies_with_source",
      "safety.redundancy")  # fmt: skip
def spread(edit: Edit, finding: Finding, known: Known) -> None:
    """Feed all inlets and move as few cords as it takes so that each side has as many as any other."""
    if not finding.subjects:
        raise EditError("the design has one source", cure="Add another source")
    for path in _devices(edit, finding):
        cords = _Cords(edit, known, path)
        cords.feed()
        cords.balance()
        cords.ensure_survives()


def _devices(edit: Edit, finding: Finding) -> Iterable[str]:
    """Return the devices of a finding, from the block that is built; not if other copies lack the fault."""
    found = []
    for _, path in subjects(edit, finding):
        device = device_at(edit, edit.top, path)
        copies = edit.placements().get(device.block, 1)
        if device.block != finding.block and copies > 1:
            name = edit.blocks[device.block].name
            raise EditError(
                f"not all {copies:,} copies of '{name}' have this", cure="Make this one unique first"
            )
        found.append(path)
    return found


@dataclass
class _Feeder:
    """What can feed an inlet: a PDU of the rack, or a source of the design itself."""

    side: str
    """What is lost together with it."""
    path: str
    """Of the PDU; empty for a source."""
    usage: Usage | None
    spare_w: float = np.inf
    colour: str = ""


class _Cords:
    """The inlets of one device and what feeds each of them, while they are corded anew."""

    def __init__(self, edit: Edit, known: Known, path: str) -> None:
        self._edit, self._known, self._path = edit, known, path
        self._device = device_at(edit, edit.top, path)
        self._spec = device_type_of(edit, self._device.type)
        self._inlets = _inlets(edit, self._device)
        if not self._inlets:
            raise EditError(f"{self._name} has no inlet that a cord feeds", cure="Feed its rack or busbar")
        self._plugged = {
            at.token: at for at in Ends(edit).plugged(edit.top, path) if at.token in self._inlets
        }
        self._side_of = {token: self._side_of_far(at) for token, at in self._plugged.items()}
        feeds = {t: source for t, source in self._device.feeds.items() if t in self._inlets}
        self._side_of.update({t: source for t, source in feeds.items() if t not in self._side_of})
        self._feeders = self._feeders_at_hand()

    @property
    def _name(self) -> str:
        return self._device.name or self._spec.name

    @property
    def bare(self) -> list[str]:
        """Inlets that nothing feeds."""
        return [token for token in self._inlets if token not in self._side_of]

    def feed(self) -> None:
        """Feed all inlets, each from the side that feeds the device least."""
        for token in self.bare:
            self._move(token, sorted(self._sides(), key=lambda side: self._count()[side]))

    def balance(self) -> None:
        """Move cords from the side with most of them to that with fewest."""
        while True:
            count = self._count()
            sides = sorted(set(self._sides()) | set(count), key=lambda side: (count[side], side))
            low, high = sides[0], sides[-1]
            if count[high] - count[low] <= 1:
                return
            token = next(t for t in reversed(self._inlets) if self._side_of.get(t) == high)
            self._move(token, [low])

    def ensure_survives(self) -> None:
        """Raise if the loss of a side leaves too few supplies."""
        count = self._count()
        needed = 1 if self._spec.supplies_needed is None else self._spec.supplies_needed
        if len(self._inlets) == 1:
            raise EditError(f"{self._name} has one inlet", cure="Feed it from a transfer switch")
        if len(count) == 1:
            raise EditError("the rack has PDUs on one side only", cure="Give it one on another source")
        # Where several inlets lead to one supply, each counts as a part of it.
        each = (self._spec.supplies_fitted or len(self._inlets)) / len(self._inlets)
        left = (len(self._inlets) - max(count.values())) * each
        if left < needed:
            raise EditError(
                f"{left:g} of {needed} supplies that {self._name} needs would be left when one of "
                f"{len(count)} sides is lost",
                cure="Give it a PDU on another source",
            )

    def _count(self) -> Counter[str]:
        return Counter(self._side_of.values())

    def _sides(self) -> list[str]:
        return list(dict.fromkeys(feeder.side for feeder in self._feeders))

    def _move(self, token: str, sides: list[str]) -> None:
        """Feed an inlet from the first of some sides that has an outlet for it."""
        reasons = []
        for side in sides:
            mine = [feeder for feeder in self._feeders if feeder.side == side]
            for feeder in sorted(mine, key=lambda feeder: self._cords_on(feeder)):
                reason = self._plug(token, feeder)
                if not reason:
                    self._side_of[token] = side
                    return
                reasons.append(reason)
        raise EditError(
            reasons[0] if reasons else "nothing else feeds this rack", cure="Add a PDU, or free outlets"
        )

    def _cords_on(self, feeder: _Feeder) -> int:
        return sum(at.far[0] == feeder.path for at in self._plugged.values())

    def _plug(self, token: str, feeder: _Feeder) -> str:
        """Feed an inlet from a feeder; return why that cannot be."""
        edit, inlet, at = self._edit, self._inlets[token], self._plugged.get(token)
        if feeder.usage is None:
            if at is not None:
                return f"{token} of {self._name} is corded to a PDU"
            device = device_at(edit, edit.top, self._path)
            edit.put("devices", msgspec.structs.replace(device, feeds={**device.feeds, token: feeder.side}))
            return ""
        outlet = next((o for o in _outlets(feeder.usage) if not compatible(o, inlet)), None)
        name = feeder.usage.device.name or "the PDU"
        if outlet is None:
            return f"{name} has no free outlet that fits {token} of {self._name}"
        if not self._cords_on(feeder):
            if self._draw_w > feeder.spare_w - self._known.added_w.get(feeder.path, 0.0):
                return f"{name} has not the power left that {self._name} draws"
            self._known.added_w[feeder.path] = self._known.added_w.get(feeder.path, 0.0) + self._draw_w
        feeder.usage.take(outlet.port.name)
        if at is not None:
            far = "b" if at.end == "a" else "a"
            reroute(edit, edit.top, CableEnd(at.path, far, at.cable), feeder.path, outlet.port.name)  # type: ignore[arg-type]
        else:
            self._unfeed(token)
            connect(
                edit, edit.top, feeder.path, (outlet.port.name,), self._path, (token,), colour=feeder.colour
            )
        self._plugged = {
            p.token: p for p in Ends(edit).plugged(edit.top, self._path) if p.token in self._inlets
        }
        return ""

    def _unfeed(self, token: str) -> None:
        device = device_at(self._edit, self._edit.top, self._path)
        if token in device.feeds:
            feeds = {t: source for t, source in device.feeds.items() if t != token}
            self._edit.put("devices", msgspec.structs.replace(device, feeds=feeds))

    @property
    def _draw_w(self) -> float:
        row = self._known.evaluation.snapshot.flat.device_row(self._path)
        return float(self._known.evaluation.power.device_max_w[row]) if row >= 0 else 0.0

    def _side_of_far(self, at: Plugged) -> str:
        return _side(self._known, at.far[0]) or at.far[0]

    def _feeders_at_hand(self) -> list[_Feeder]:
        """Return the live PDUs in the rack; where it has none and is fed by sources, these."""
        edit, found = self._edit, []
        above = self._path.rpartition("/")[0]
        for device in edit.devices(self._device.block).values():
            if device_type_of(edit, device.type).kind == "rack-pdu" and device.id != self._device.id:
                path = join(above, device.id)
                side = _side(self._known, path)
                if side:
                    spare = _spare_w(self._known, path)
                    found.append(
                        _Feeder(side, path, Usage(edit, edit.top, path), spare, _colour(edit, device))
                    )
        if not found and any(device.feeds for device in edit.devices(self._device.block).values()):
            found = [
                _Feeder(source.id, "", None) for source in edit.sources.values() if source.kind != "generator"
            ]
        if not found:
            raise EditError(
                "the rack holds no PDU with power", cure="Place one and feed it, or cord it by hand"
            )
        return found


def _inlets(edit: Edit, device: Device) -> dict[str, Socket]:
    """Return the inlets of a device that a cord feeds."""
    found = {}
    table = edit.ports(device)
    for port in table:
        group = port.group
        is_inlet = group.layer == "power" and group.direction == "in" and group.phases != 0
        if is_inlet and not group.connector.startswith("busbar"):
            found[port.name] = Socket(port, 1, 1)
    return found


def _outlets(usage: Usage) -> Iterable[Socket]:
    for token in usage.free(layer="power", direction="out"):
        socket = usage.table.find(token)
        if socket is not None:
            yield socket


def _side(known: Known, path: str) -> str:
    """Return what a device is lost with: its sources, or itself if it outlives each; empty if it is dead."""
    drawn = known.evaluation.power
    row = known.evaluation.snapshot.flat.device_row(path)
    if row < 0 or not drawn.normal.device_alive[row]:
        return ""
    lost = [
        s
        for s, flow in zip(drawn.feeding.sources, drawn.maximum[1:], strict=True)
        if not flow.device_alive[row]
    ]
    return " ".join(lost) or path


def _spare_w(known: Known, path: str) -> float:
    """Return what a feeder can still pass on when it carries most; infinite if its rating is not known."""
    drawn = known.evaluation.power
    row = known.evaluation.snapshot.flat.device_row(path)
    rated = float(drawn.feeding.rated_w[row])
    return rated - float(drawn.passing_worst_w[row]) if rated > 0 else np.inf


def _colour(edit: Edit, pdu: Device) -> str:
    """Return the colour that all cords of a PDU have; empty if they differ."""
    colours = {
        link.colour
        for link in edit.links(pdu.block).values()
        if link.layer == "power" and pdu.id in (link.a.path, link.b.path)
    }
    return next(iter(colours)) if len(colours) == 1 else ""
