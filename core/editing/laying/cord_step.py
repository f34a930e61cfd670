"""One pass over racks while they are corded: which outlet, or which source, feeds each inlet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.editing.cabling.patterns import natural
from core.editing.cabling.sockets import MATES, Ends, Usage, compatible
from core.editing.cabling.wiring import Wire
from core.editing.laying.cord_feeders import TAPS, Feeder, Feeders, Outlet, outlets_of
from core.editing.laying.cord_ledger import Consumer, Ledger, misfit_of_source
from core.editing.laying.cord_parts import CordParts
from core.editing.laying.cord_plan import PlannedCord
from core.editing.laying.cord_schemes import enough_sides, sides_of_rack, spread
from core.editing.laying.cord_sides import Side, Upstream, main_sources, side_of_source, sides_of
from core.editing.laying.cording import survives
from core.editing.routes import keys_along
from core.model.ports import Socket
from core.model.records import Device, PowerSource
from core.model.types import DeviceType

_CORD_INLETS = frozenset(inlet for inlets in MATES.values() for inlet in inlets)
"""Inlets that take a cord of an outlet in the rack."""
_Place = tuple[str, str]


class Step:
    """One pass over the racks: of what passes power on, or of what draws it."""

    def __init__(self, ledger: Ledger, consumers: Sequence[Consumer]) -> None:
        self.ledger, self.edit, self.block = ledger, ledger.edit, ledger.block
        self.choice = ledger.choice
        self.ends = Ends(self.edit)
        self.feeders = Feeders(self.edit, self.block)
        self.upstream = Upstream(self.edit, self.block)
        self.wires: list[Wire] = []
        self.feeds: dict[_Place, dict[str, str]] = {}
        self.turn = 0
        self._needed: dict[str, int] = {}
        # Types of the devices in each rack that draw power.
        self._drawing: dict[str, dict[str, DeviceType]] = {}
        for consumer in ledger.consumers:
            if not consumer.passes:
                self._drawing.setdefault(consumer.rack, {})[consumer.at.spec.id] = consumer.at.spec
        self._usages: dict[_Place, Usage] = {}
        self.sources = main_sources(self.edit.sources.values())
        self.within = {c.rack: self._within(c.rack) for c in consumers if not c.passes}
        self._name_sides(consumers)
        served = {feeder.side.key for feeder in self.feeders.every}
        coloured = self.chosen
        if not any(feeder.side.sources for feeder in self.feeders.every):
            coloured = [side for side in self.chosen if side.key in served] or self.chosen
        self.parts = CordParts(self.edit, ledger.library, coloured)

    def _within(self, rack: str) -> list[Feeder]:
        return self.feeders.of_rack(rack) if rack else []

    def _name_sides(self, consumers: Sequence[Consumer]) -> None:
        """Find the sides of all feeders that may serve, and which of them are chosen."""
        for consumer in consumers:
            if consumer.passes or not self.within[consumer.rack]:
                self.near(consumer)
        sides = sides_of(self.edit, self.block, self.upstream, [f.path for f in self.feeders.every])
        for feeder in self.feeders.every:
            feeder.side = sides[feeder.path]
        every = {feeder.side.key: feeder.side for feeder in self.feeders.every}
        if not every or len(self.sources) > 1 or self.choice.origin == "sources":
            every.update({s.id: side_of_source(s) for s in self.sources})
        offered = self.ledger.offered
        if len(every) > 1 or not offered:
            lone = [key for key in offered if len(offered) == 1 and key not in every]
            for key in lone:  # all of it hangs on one source: what can be chosen are the PDUs
                del offered[key]
            offered.update({key: side for key, side in every.items() if key not in offered})
        wanted = self.choice.sides
        ordered = sorted(every.values(), key=lambda side: natural(side.name))
        # What a pass before has chosen among may be other feeders than those of this pass.
        self.chosen = [s for s in ordered if wanted is None or s.key in wanted] or ordered

    def near(self, consumer: Consumer) -> list[Feeder]:
        """Return the tap-offs near a device."""
        return self.feeders.near(consumer.rack, "" if self._is_racked(consumer) else consumer.at.device.id)

    def _is_racked(self, consumer: Consumer) -> bool:
        return self.edit.blocks[consumer.at.device.block].kind == "rack"

    # A rack.

    def rack(self, number: int, consumers: list[Consumer]) -> None:
        """Feed devices of a rack; those that pass power on are spread as one, of each type."""
        consumers.sort(key=lambda c: (c.at.device.half_u, natural(c.at.tag)))
        groups: dict[str, list[Consumer]] = {}
        for consumer in consumers:
            together = consumer.passes and len(consumer.inlets) == 1
            groups.setdefault(consumer.at.device.type if together else consumer.path, []).append(consumer)
        for members in groups.values():
            if members[0].passes:
                members.sort(key=lambda c: natural(c.at.tag))
            self._group(members, number)

    def _group(self, members: list[Consumer], number: int) -> None:
        """Feed the inlets of a device, or of alike shelves or PDUs, spread over the sides of the rack."""
        inlets = [(consumer, socket) for consumer in members for socket in consumer.inlets]
        open_, left = [], Counter[str]()
        feeders, straight, reason = self._feeders_for(*inlets[0])
        enough = self._enough(members, len(inlets), straight)
        sides = self._sides(feeders, straight, number, enough)
        shares = spread(len(inlets), len(sides), self.turn) if sides else []
        if sides and (len(inlets) < len(sides) or len(inlets) % len(sides)) and not members[0].passes:
            self.turn += 1
        for place in shares:
            left[sides[place].key] += 1
        for place, (consumer, socket) in enumerate(inlets):
            known = self._known(consumer, socket)
            if known is None:
                open_.append((place, consumer, socket))
                continue
            self.ledger.cords[known.at] = known
            if known.side is not None and left[known.side.key] > 0:
                left[known.side.key] -= 1
        for place, consumer, socket in open_:
            if not sides:
                self._misfit(consumer, socket, reason or "nothing is drawn that could feed it")
                continue
            side = sides[shares[place]]
            if left[side.key] <= 0:
                side = max(sides, key=lambda each: left[each.key])
            left[side.key] -= 1
            self._cord(consumer, socket, side, feeders, straight)

    def _feeders_for(self, consumer: Consumer, inlet: Socket) -> tuple[list[Feeder], bool, str]:
        """Return what may feed an inlet, or that the sources do it straight, or why nothing may."""
        if self.choice.origin == "sources":
            return [], bool(self.sources), "the design has no power source"
        within = [] if consumer.passes else self.within[consumer.rack]
        drawn = within if within and inlet.port.group.connector in _CORD_INLETS else self.near(consumer)
        drawn = drawn or within
        fitting = [feeder for feeder in drawn if self._mates(feeder, inlet)]
        if fitting:
            return fitting, False, ""
        if drawn:
            why = self._why_none_mates(drawn, inlet)
            return [], False, why if within or consumer.passes else f"no PDU is in its rack, and {why}"
        if self.choice.origin == "drawn":
            return [], False, "no PDU is in its rack and no tap-off near it"
        return [], bool(self.sources), "no PDU or tap-off is near it, and the design has no power source"

    def _mates(self, feeder: Feeder, inlet: Socket) -> bool:
        return any(not compatible(Socket(port, 1, 1), inlet) for port in outlets_of(feeder.spec))

    def _why_none_mates(self, drawn: Sequence[Feeder], inlet: Socket) -> str:
        reasons = {
            compatible(Socket(port, 1, 1), inlet): None
            for feeder in drawn
            for port in outlets_of(feeder.spec)
        }
        return next(iter(reasons), "") or f"{drawn[0].name} has no outlets"

    def _enough(self, members: Sequence[Consumer], inlets: int, straight: bool) -> int:
        """Return how many sides let all devices of a rack lose one; 0: all that its PDUs are on."""
        rack = members[0].rack
        if not members[0].passes:
            within = self.within[rack]
            return 0 if within and not straight else self.needed(rack)
        return enough_sides(self.needed(rack), inlets, len(self.chosen))

    def needed(self, rack: str) -> int:
        """Return the fewest sides, two or more, that let every device of a rack lose one."""
        found = self._needed.get(rack)
        if found is None:
            specs = self._drawing.get(rack, {})
            counts = range(2, len(self.chosen) + 1)
            enough = (n for n in counts if all(survives(spec, n) for spec in specs.values()))
            found = self._needed[rack] = next(enough, len(self.chosen))
        return found

    def _sides(self, feeders: Sequence[Feeder], straight: bool, number: int, enough: int) -> list[Side]:
        """Return the sides that a rack takes, of those that its feeders are on."""
        chosen = self.chosen
        if straight:
            there = [side_of_source(source).key for source in self.sources]
        else:
            there = [feeder.side.key for feeder in feeders]
        wanted = sides_of_rack(chosen, self.choice.scheme, number, enough)
        available = [side for side in chosen if side.key in there]
        found = [side for side in wanted if side.key in there]
        if len(found) == len(wanted):
            return found
        return sides_of_rack(available, self.choice.scheme, number, enough)

    # A supply.

    def _known(self, consumer: Consumer, inlet: Socket) -> PlannedCord | None:
        """Return how an inlet is fed already, by the design or by the same cord of another copy."""
        path, token = consumer.path, inlet.port.name
        stays = not self.choice.replace or (path, token) in self.ledger.spared
        now = self.ledger.was[path].get(token) if stays else None
        if now is not None:
            return self._kept(consumer, inlet, now)
        steps = path.split("/")
        for depth, (holder, _) in enumerate(keys_along(self.edit, self.block, path)):
            twin = self.ledger.done.get((holder, "/".join(steps[depth:]), token))
            if twin is not None:
                if twin.state == "misfit":
                    return twin._replace(device=path, was=self.ledger.was_in_words(path, token))
                head = "/".join(steps[:depth])
                feeder = twin.feeder
                if feeder:
                    inside = twin.feeder.split("/")[len(twin.device.split("/")) - (len(steps) - depth) :]
                    feeder = "/".join(filter(None, (head, *inside)))
                side = self._side_at(feeder) if feeder else twin.side
                return twin._replace(device=path, feeder=feeder, side=side, state="copy")
        device = consumer.at.device
        usage = self._usages.get(device.key)
        if usage is None:
            tokens = self.ends.tokens(device.block, device.id)
            usage = self._usages[device.key] = Usage(self.edit, device.block, device.id, tokens)
        taken = usage.obstacle(token)
        if taken:
            return PlannedCord(path, token, inlet.port.group.connector, "misfit",
                               reason=f"{taken} in another copy of its drawing")  # fmt: skip
        return None

    def _side_at(self, feeder: str) -> Side | None:
        known = next((f.side for f in self.feeders.every if f.path == feeder), None)
        if known is None:
            known = sides_of(self.edit, self.block, self.upstream, [feeder])[feeder]
        return known

    def _kept(self, consumer: Consumer, inlet: Socket, now: tuple[str, str]) -> PlannedCord:
        path, token, connector = consumer.path, inlet.port.name, inlet.port.group.connector
        was, reason = self.ledger.was_in_words(path, token), self.ledger.spared.get((path, token), "")
        if not now[0]:
            side = side_of_source(self.edit.sources[now[1]])
            return PlannedCord(path, token, connector, "kept", side, reason=reason, was=was)
        at = self.ends.plugged(self.block, path)
        colour = next((each.link.colour for each in at if each.token == token), "")
        feeder = self.edit.resolve(self.block, now[0])
        socket = self.edit.ports(feeder).find(now[1]) if isinstance(feeder, Device) else None
        leg, bank = self.parts.place(socket)
        cable = self.parts.cord(socket, inlet)
        return PlannedCord(
            path, token, connector, "kept", self._side_at(now[0]), *now, leg, bank, cable, colour, reason, was
        )

    def _cord(
        self, consumer: Consumer, inlet: Socket, side: Side, feeders: Sequence[Feeder], straight: bool
    ) -> None:
        if straight:
            self._feed_straight(consumer, inlet, self.edit.sources[side.key])
            return
        found = self._outlet(consumer, inlet, [f for f in feeders if f.side.key == side.key])
        if found is None:
            names = ", ".join(f.name for f in feeders if f.side.key == side.key)
            kinds = " or ".join(
                dict.fromkeys(
                    port.group.connector
                    for f in feeders
                    for port in outlets_of(f.spec)
                    if not compatible(Socket(port, 1, 1), inlet)
                )
            )
            self._misfit(consumer, inlet, f"no free {kinds} outlet left on {side.name} ({names})")
            if feeders[0].path.rpartition("/")[0] == consumer.rack:
                self._note(self.ledger.cords[consumer.path, inlet.port.name])
            return
        feeder, outlet = found
        feeder.take(outlet, consumer.watts)
        colour = self.parts.colour(side, feeders)
        cable = self.parts.cord(outlet.socket, inlet)
        token = outlet.socket.port.name
        colour = colour if cable is None or not cable.colours or colour in cable.colours else ""
        self.wires.append(
            Wire(feeder.path, token, consumer.path, inlet.port.name, fields=(("colour", colour),))
        )
        at = consumer.path, inlet.port.name
        was = self.ledger.was_in_words(*at)
        cord = PlannedCord(
            *at, inlet.port.group.connector, "new", side, feeder.path, token, outlet.leg, outlet.bank, cable,
            colour, was=was,
        )  # fmt: skip
        self._note(cord)

    def _outlet(
        self, consumer: Consumer, inlet: Socket, feeders: Sequence[Feeder]
    ) -> tuple[Feeder, Outlet] | None:
        """Return the outlet of the least loaded PDU, or of the nearest tap-off."""
        watts = consumer.watts

        def rank(feeder: Feeder) -> float:
            # Tap-offs come with the nearest first and stay so.
            load = (feeder.load_w + watts) / (feeder.spec.rated_w or 1.0)
            return 0.0 if feeder.spec.kind in TAPS else round(load, 6)

        for feeder in sorted(feeders, key=rank):
            outlet = feeder.best(inlet, watts)
            if outlet is not None:
                return feeder, outlet
        return None

    def _feed_straight(self, consumer: Consumer, inlet: Socket, source: PowerSource) -> None:
        reason = misfit_of_source(source, inlet)
        side = side_of_source(source)
        if reason:
            self._misfit(consumer, inlet, reason)
            self._note(self.ledger.cords[consumer.path, inlet.port.name])
            return
        key = consumer.at.device.key
        self.feeds.setdefault(key, {})[inlet.port.name] = source.id
        cord = PlannedCord(
            consumer.path, inlet.port.name, inlet.port.group.connector, "new", side,
            was=self.ledger.was_in_words(consumer.path, inlet.port.name),
        )  # fmt: skip
        self._note(cord)

    def _misfit(self, consumer: Consumer, inlet: Socket, reason: str) -> None:
        token = inlet.port.name
        cord = PlannedCord(
            consumer.path, token, inlet.port.group.connector, "misfit", reason=reason,
            was=self.ledger.was_in_words(consumer.path, token),
        )  # fmt: skip
        self.ledger.cords[cord.at] = cord

    def _note(self, cord: PlannedCord) -> None:
        """Remember a cord, and that copies of the drawing it goes into have it too."""
        self.ledger.cords[cord.at] = cord
        steps = cord.device.split("/")
        keys = keys_along(self.edit, self.block, cord.device)
        depth = len(steps) - 1
        if cord.feeder:
            depth = 0
            for one, other in zip(steps[:-1], cord.feeder.split("/")[:-1], strict=False):
                if one != other:
                    break
                depth += 1
        self.ledger.done[keys[depth][0], "/".join(steps[depth:]), cord.inlet] = cord
