"""Supplies of racks are corded: spread over the sources, to outlets that fit, banks and legs alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from core.catalogue.library import Library
from core.editing.cabling.connect import disconnect
from core.editing.cabling.patterns import Standing, natural, standing_devices
from core.editing.cabling.sockets import Ends
from core.editing.cabling.wiring import EVERY, Tick, connect_many
from core.editing.laying.cord_fates import fates_of
from core.editing.laying.cord_feeders import inlets_of, watts_each
from core.editing.laying.cord_ledger import Consumer, Ledger
from core.editing.laying.cord_plan import Choice, CordPlan, PlannedCord
from core.editing.laying.cord_sides import Upstream
from core.editing.laying.cord_step import Step
from core.editing.remove import remove_links
from core.errors import EditError
from core.model.change import Edit

_DISTRIBUTION = ("tap-off", "busway", "floor-pdu", "ups", "switchgear", "transformer", "generator", "battery")
"""Kinds that are fed by whoever draws the chain of power, not by this."""
_MOST_ROUNDS = 4
_Place = tuple[str, str]


def lay_cords(
    edit: Edit,
    library: Library,
    block: str,
    paths: Sequence[str],
    choice: Choice | None = None,
    *,
    tick: Tick | None = None,
) -> CordPlan:
    """Feed the supplies of racks and devices, and return what was done and what it survives.

    First the PDUs and power shelves of each rack, from tap-offs near it or straight from the sources; then
    the devices, from the PDUs of their rack, else as the PDUs. The supplies of a device are spread evenly
    over the sides, each to the outlet that keeps PDUs, banks and legs most alike.

    Parameters
    ----------
    edit : Edit
        What is put into it can be looked at (`engine`), committed or dropped.
    library : Library
        Where cord types come from that the project does not know yet.
    block : str
        Block from which the paths start.
    paths : sequence of str
        Racks, units of racks, devices.
    choice : Choice, optional
    tick : callable, optional

    Raises
    ------
    EditError
        If nothing selected takes a cord.
    """
    choice = choice or Choice()
    spared: dict[_Place, str] = {}
    for _ in range(_MOST_ROUNDS):
        trial = Edit(edit, edit.label)
        plan = _Laying(trial, library, block, paths, choice, spared, tick).plan(tick)
        # A cord that is there and for which no better one is found stays.
        bare = {c.at: c.reason for c in plan.of("misfit") if c.was and c.at not in spared}
        if not bare:
            break
        spared |= bare
    for delta in trial.change().deltas:
        if delta.after is None:
            edit.remove(delta.table, delta.key)
        else:
            edit.put(delta.table, delta.after)
    edit.notes += trial.notes
    return plan


class _Laying:
    def __init__(
        self,
        edit: Edit,
        library: Library,
        block: str,
        paths: Sequence[str],
        choice: Choice,
        spared: Mapping[_Place, str],
        tick: Tick | None,
    ) -> None:
        self.edit, self.block, self.choice = edit, block, choice
        self.spared = dict(spared)
        standing = standing_devices(edit, block, paths)
        picked = set(paths)
        self.consumers = [c for at in standing if (c := self._consumer(at, at.path in picked))]
        self.notes = self._bare(standing)
        if not self.consumers:
            raise EditError(
                self.notes[0] if self.notes else "nothing that is selected takes a power cord",
                cure="Select racks, or devices with power inlets",
            )
        ends = Ends(edit)
        self.drawn: dict[_Place, tuple[_Place, object]] = {}
        self.was: dict[str, dict[str, tuple[str, str]]] = {}
        for number, consumer in enumerate(self.consumers):
            if tick is not None and number % EVERY == 0:
                tick(number, len(self.consumers))
            self.was[consumer.path] = self._fed_now(consumer, ends)
        self._spare_twins()
        if choice.replace:
            self._clear(ends)
        self.racks = sorted({c.rack for c in self.consumers}, key=self._name_of_rack)
        self.ledger = Ledger(edit, block, library, choice, self.consumers, self.was, self.spared)

    # What there is.

    def _consumer(self, at: Standing, is_picked: bool) -> Consumer | None:
        """Return what is to be fed: all that is in racks, and on the floor what was picked by itself."""
        inlets = inlets_of(self.edit, at.device)
        is_racked = self.edit.blocks[at.device.block].kind == "rack"
        if not inlets or at.spec.kind in _DISTRIBUTION or not (is_racked or is_picked):
            return None
        holder = at.path.rpartition("/")[0]
        ports = self.edit.ports(at.device)
        passes = any(p.group.layer == "power" and p.group.direction == "out" for p in ports)
        return Consumer(at, holder, inlets, passes, watts_each(self.edit, at.device))

    def _bare(self, every: Iterable[Standing]) -> list[str]:
        """Say what needs no cord."""
        busbar: Counter[str] = Counter()
        for at in every:
            groups = [p.group for p in self.edit.ports(at.device) if p.group.layer == "power"]
            if any(g.connector.startswith("busbar") and g.direction != "out" for g in groups):
                busbar[at.spec.name] += 1
        if not busbar:
            return []
        said = ", ".join(f"{count:,} × {name}" for name, count in busbar.items())
        return [f"the busbar feeds {said}: no cords needed"]

    def _fed_now(self, consumer: Consumer, ends: Ends) -> dict[str, tuple[str, str]]:
        """Return what feeds each inlet of a device now: path and port of a feeder, or a source."""
        found: dict[str, tuple[str, str]] = {}
        device = consumer.at.device
        for inlet, source in device.feeds.items():
            if source in self.edit.sources:
                found[inlet] = ("", source)
                self.drawn[consumer.path, inlet] = (device.key, inlet)
        for at in ends.plugged(self.block, consumer.path):
            if at.link.layer == "power" and any(s.port.name == at.token for s in consumer.inlets):
                found[at.token] = at.far
                self.drawn[consumer.path, at.token] = (at.link.key, at.cable)
        return found

    def _spare_twins(self) -> None:
        """Spare what is fed by the same record in another copy of the drawing too."""
        records = {self.drawn[at]: reason for at, reason in self.spared.items()}
        self.spared.update(
            {
                at: records[record]
                for at, record in self.drawn.items()
                if record in records and at not in self.spared
            }
        )

    def _clear(self, ends: Ends) -> None:
        """Take out what feeds the inlets that are selected."""
        gone: dict[tuple[str, str], set[int]] = {}
        for consumer in self.consumers:
            names = {socket.port.name for socket in consumer.inlets}
            for at in ends.plugged(self.block, consumer.path):
                is_mine = at.token in names and (consumer.path, at.token) not in self.spared
                if at.link.layer == "power" and is_mine:
                    gone.setdefault(at.link.key, set()).add(at.cable)
            device = self.edit.devices(consumer.at.device.block)[consumer.at.device.id]
            names -= {inlet for path, inlet in self.spared if path == consumer.path}
            kept = {inlet: source for inlet, source in device.feeds.items() if inlet not in names}
            if kept != device.feeds:
                self.edit.put("devices", msgspec.structs.replace(device, feeds=kept))
        whole = {key for key, cables in gone.items() if len(cables) == self.edit.links(key[0])[key[1]].count}
        remove_links(self.edit, sorted(whole))
        for (block, link_id), cables in gone.items():
            if (block, link_id) not in whole:
                disconnect(self.edit, block, link_id, cables)

    def _name_of_rack(self, rack: str) -> tuple[tuple[tuple[int, str], ...], str]:
        names = self.edit.names_along(self.block, rack) if rack else ()
        return natural("/".join(names)), rack

    # The plan.

    def plan(self, tick: Tick | None) -> CordPlan:
        """Feed what passes power on, then what draws it."""
        for passes in (True, False):
            chosen = [c for c in self.consumers if c.passes == passes]
            if chosen:
                self._feed(chosen, tick)
        cords = [self.ledger.cords[c.path, s.port.name] for c in self.consumers for s in c.inlets]
        self._say_what_cannot_rotate(cords)
        order = {rack: k for k, rack in enumerate(self.racks)}
        paths = {c.path: (order[c.rack], not c.passes) for c in self.consumers}
        cords.sort(key=lambda cord: paths[cord.device])
        upstream = Upstream(self.edit, self.block)
        drawing = [c.at for c in self.consumers if not c.passes]
        return CordPlan(
            cords=tuple(cords),
            offered=tuple(sorted(self.ledger.offered.values(), key=lambda side: natural(side.name))),
            fates=tuple(fates_of(upstream, drawing, self.ledger.cords)),
            notes=tuple(self.notes),
            racks=len([rack for rack in self.racks if rack]),
        )

    def _say_what_cannot_rotate(self, cords: Iterable[PlannedCord]) -> None:
        rotates = self.choice.scheme in ("pairs", "threes")
        if rotates and any(cord.state == "copy" and not cord.feeder for cord in cords):
            self.notes.append(
                "racks of one drawing take the same sources where these feed them straight: draw tap-offs "
                "near them, or make the racks unique, to rotate"
            )

    def _feed(self, consumers: Sequence[Consumer], tick: Tick | None) -> None:
        step = Step(self.ledger, consumers)
        of_rack: dict[str, list[Consumer]] = {}
        for consumer in consumers:
            of_rack.setdefault(consumer.rack, []).append(consumer)
        for number, rack in enumerate(self.racks):
            if tick is not None:
                tick(number, len(self.racks))
            step.rack(number, of_rack.get(rack, []))
        if step.wires:
            connect_many(self.edit, self.block, step.wires, tick=tick)
        for key, feeds in step.feeds.items():
            device = self.edit.devices(key[0])[key[1]]
            self.edit.put("devices", msgspec.structs.replace(device, feeds={**device.feeds, **feeds}))
