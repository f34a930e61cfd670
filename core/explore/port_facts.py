"""What is on a port, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.editing.cabling.sockets import Ends, Plugged, Usage
from core.editing.routes import device_at
from core.editing.space import unit_span
from core.editing.types import rack_type_of
from core.engine.cabling import Cabling
from core.engine.pathways import STATES
from core.engine.routes import LEGS, legs_m
from core.errors import EditError
from core.model.ports import Port, whole_or_lanes
from core.model.project import Reader
from core.model.records import Device
from core.model.types import DeviceType, PortGroup
from core.units import span, spanned

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

NOT_EVALUATED = "not evaluated yet"
Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PlugFacts:
    """One cable in the port.

    Attributes
    ----------
    token : str
        The port, or the lane of it.
    link : str
        Path of the link.
    cable : int
        Which cable of the trunk, from 0.
    far : tuple of (path, port)
        Device at the other end and its port, without the lane.
    far_text : str
    rows : tuple of (label, text)
        Fabric, length and how it is made, part, optics.
    """

    token: str
    link: str
    cable: int
    far: tuple[str, str]
    far_text: str
    rows: Rows


@dataclass(frozen=True)
class PortFacts:
    """A port of a device.

    Attributes
    ----------
    path, port : str
    title : str
        Device and port.
    state : str
        Free or in use, and how many of its kind are free on the device.
    about : tuple of (label, text)
    plugs : tuple of PlugFacts
    """

    path: str
    port: str
    title: str
    state: str
    about: Rows
    plugs: tuple[PlugFacts, ...]
    is_fed: bool = False
    """An inlet that is fed from outside the drawing."""
    is_data: bool = False
    """A port for data links."""

    @property
    def is_used(self) -> bool:
        """Whether something is plugged in; what the rack joins by itself is not."""
        return bool(self.plugs) or self.is_fed


def port_facts(
    reader: Reader, block: str, path: str, name: str, evaluation: Evaluation | None = None
) -> PortFacts:
    """Return what is to be said of a port of a device.

    Raises
    ------
    EditError
        If the path leads to no device, or it has no such port.
    """
    device = device_at(reader, block, path)
    usage = Usage(reader, block, path)
    port = usage.table.by_name.get(name)
    if port is None:
        raise EditError(f"{device.name or device.type} has no port '{name}'", cure="Choose another port")
    names = reader.names_along(block, path)
    found = [at for at in Ends(reader).plugged(block, path) if at.token.partition("/")[0] == name]
    plugs = tuple(_plug(reader, block, at, evaluation) for at in sorted(found, key=lambda at: at.token))
    joined = _joined(reader, device, port.group)
    return PortFacts(
        path=path,
        port=name,
        title=f"{names[-1]} {name}",
        state=_state(usage, port, device, len(plugs), joined),
        about=_about(reader, device, port, names, joined),
        plugs=plugs,
        is_fed=name in device.feeds,
        is_data=port.group.layer == "data",
    )


def _state(usage: Usage, port: Port, device: Device, plugs: int, joined: str) -> str:
    alike = [other for other in usage.table if other.group is port.group]
    tokens = [token for other in alike for token in whole_or_lanes(other)]
    fed = {name for name in device.feeds if usage.table.find(name)}
    free = sum(token not in fed and not usage.obstacle(token) for token in tokens)
    mine = whole_or_lanes(port)
    noun = "ports" if len(tokens) == len(alike) else "lanes"
    rest = f"{free:,} of {len(tokens):,} {noun} like it are free"
    if port.name in device.feeds and not plugs:
        return f"In use: fed from outside the drawing; {rest}"
    if joined and not plugs:
        return joined
    used = sum(bool(usage.obstacle(token)) for token in mine)
    if not used:
        return f"Free; {rest}"
    return f"In use; {rest}" if used == len(mine) else f"{used} of {len(mine)} lanes in use; {rest}"


def _joined(reader: Reader, device: Device, group: PortGroup) -> str:
    """Return by what part of the rack a port is joined without a cable; empty if by none."""
    rack = rack_type_of(reader, device.block)
    if rack is None:
        return ""
    if group.layer == "data" and rack.scale_up and group.role == rack.scale_up:
        return f"Joined by the rack's {rack.scale_up} cartridge, without a cable"
    if group.layer == "power" and rack.busbar and group.connector == rack.busbar:
        return f"Joined by the rack's busbar ({rack.busbar}), without a cable"
    if group.layer == "coolant" and rack.manifold and group.connector == rack.manifold:
        return f"Joined by the rack's manifold ({rack.manifold}), without a hose"
    return ""


def _about(reader: Reader, device: Device, port: Port, names: Sequence[str], joined: str) -> Rows:
    group = port.group
    ways = {"power": {"in": "inlet", "out": "outlet"}, "coolant": {"in": "in", "out": "out"}}
    way = ways.get(group.layer, {}).get(group.direction, "")
    kind = (group.connector or "not known", group.layer, way, group.role)
    rows = [
        ("Connector", ", ".join(word for word in kind if word)),
        ("Where", _where(reader, device, group, names)),
    ]
    if group.layer == "data":
        rows.append(("Rate", _rate(group)))
    if group.layer == "power":
        volts = [f"{v:g}" for v in (group.voltage_low_v, group.voltage_high_v) if v is not None]
        known = {0: "direct current", 1: "1 phase", 3: "3 phases"}
        phases = "" if group.phases is None else known.get(group.phases, "")
        words = [f"{' to '.join(dict.fromkeys(volts))} V" if volts else "", phases]
        rows.append(("Voltage", ", ".join(w for w in words if w) or "not known"))
        source = reader.sources.get(device.feeds.get(port.name, ""))
        if source is not None:
            rows.append(("Fed from", source.name))
    if group.layer == "coolant":
        rows.append(("Fluid", group.fluid or "not known"))
    if joined:
        rows.append(("Joined", joined))
    if port.module:
        rows.append(("Module", f"{device.modules.get(port.module, '')} in {port.module}"))
    return tuple(rows)


def _where(reader: Reader, device: Device, group: PortGroup, names: Sequence[str]) -> str:
    rack, spec = rack_type_of(reader, device.block), reader.find_type(device.type)
    unit = ""
    if rack is not None and isinstance(spec, DeviceType):
        if device.zone:
            unit = f"zone {device.zone}"
        elif spec.height_u:
            unit = unit_span(rack, device.half_u, device.half_u + round(2 * spec.height_u))
    turned = {"front": "rear", "rear": "front"}
    face = turned[group.face] if device.face == "rear" else group.face
    words = (" / ".join(names[:-1]), unit, "" if device.zone else face)
    return ", ".join(word for word in words if word)


def _rate(group: PortGroup) -> str:
    if group.rate_gbps is None:
        return "not known"
    whole = f"{group.rate_gbps:g} Gbit/s"
    splits = [f"{n} × {group.rate_gbps / n:g}" for n in group.lanes]
    if not splits:
        return whole
    return f"{whole}, {'or ' if group.whole else 'only '}split as {' or '.join(splits)}"


def _plug(reader: Reader, block: str, at: Plugged, evaluation: Evaluation | None) -> PlugFacts:
    path, token = at.far
    far = reader.names_along(block, path)
    fabric = reader.fabrics.get(at.link.fabric)
    rows = [("Fabric", fabric.name if fabric is not None else "none")] if at.link.layer == "data" else []
    if at.link.name or at.link.count > 1:
        name = at.link.name or "no name"
        cable = f", cable {at.cable + 1} of {at.link.count}" if at.link.count > 1 else ""
        rows.append(("Link", f"{name}{cable}"))
    rows += _made(evaluation, at)
    return PlugFacts(
        token=at.token,
        link=at.path,
        cable=at.cable,
        far=(path, token.partition("/")[0]),
        far_text=f"{' / '.join(far)} {token}",
        rows=tuple(rows),
    )


def _made(evaluation: Evaluation | None, at: Plugged) -> list[tuple[str, str]]:
    """Return length, how it is made, part and optics of a cable."""
    rows = range(0) if evaluation is None else evaluation.snapshot.flat.cable_rows(at.path)
    if evaluation is None or at.cable >= len(rows):
        return [("Length", NOT_EVALUATED)]
    row, cabling = rows[at.cable], evaluation.cabling
    if cabling.plugs_on[row]:
        return [("Part", "none: one plugs onto the other")]
    if np.isnan(cabling.cable_route_m[row]):
        return [("Length", "the cable is absent")]
    option_of = int(cabling.cable_option[row])
    option = cabling.options[option_of] if option_of >= 0 else None
    ordered = float(cabling.cable_ordered_m[row])
    found = [("Length", span(ordered) if ordered == ordered else "no part reaches")]
    found.append(("How", length_words(evaluation, row)))
    if option is None:
        return [*found, ("Part", "no qualified part reaches")]
    found.append(("Part", f"{option.name} ({option.media})"))
    near, far = (option.optic_a, option.optic_b) if at.end == "a" else (option.optic_b, option.optic_a)
    for label, optic in (("Optic here", near), ("Optic there", far)):
        if optic is not None:
            found.append((label, optic.part_number or optic.name))
    return found


def cable_words(evaluation: Evaluation, link: str, cable: int) -> list[str]:
    """Return length and part of one cable of a link; nothing where the evaluation does not know it.

    Parameters
    ----------
    evaluation : Evaluation
    link : str
        Path of the link.
    cable : int
        Which cable of the trunk, from 0.
    """
    rows, cabling = evaluation.snapshot.flat.cable_rows(link), evaluation.cabling
    if cable >= len(rows) or np.isnan(cabling.cable_route_m[rows[cable]]):
        return []
    row = rows[cable]
    ordered, number = float(cabling.cable_ordered_m[row]), int(cabling.cable_option[row])
    length = span(ordered) if ordered == ordered else f"way {span(float(cabling.cable_route_m[row]))}"
    return [length, cabling.options[number].name if number >= 0 else "no part reaches"]


def length_words(evaluation: Evaluation, row: int) -> str:
    """Return how the length of a cable is made: the parts of its way, and how it is rounded.

    Parameters
    ----------
    evaluation : Evaluation
    row : int
        Row of the cable.
    """
    snap, cabling = evaluation.snapshot, evaluation.cabling
    links = cabling.classes
    one = np.array([row])
    ends = links.behind_a[one], links.behind_b[one], links.same_rack[one]
    legs = legs_m(snap, one, *ends, cabling.routes)[:, 0]
    parts = [f"{spanned(float(leg))} {name}" for leg, name in zip(legs, LEGS, strict=True) if leg > 5e-3]
    way = f"Way {span(float(cabling.cable_route_m[row]))}: {', '.join(parts)}.{_along(cabling, row)}"
    pinned, ordered = float(snap.cable_length_m[row]), float(cabling.cable_ordered_m[row])
    number = int(cabling.cable_option[row])
    if pinned == pinned:
        return f"{way} Ordered length pinned at {span(pinned)}."
    if number < 0:
        return f"{way} No qualified part is that long."
    option = cabling.options[number]
    longest = f" for the longest of its {option.links} links" if option.links > 1 else ""
    stocked = "a stocked length" if ordered in (option.cable.lengths_m or (ordered,)) else "whole metres"
    return f"{way} Rounded up to {stocked}{longest}: {span(ordered)}."


def _along(cabling: Cabling, row: int) -> str:
    """Return which pathways a cable lies in, or why in none; nothing if there are none to lie in."""
    routes = cabling.routes
    if routes is None or routes.cable_state[row] < 0:
        return ""
    state = int(routes.cable_state[row])
    if not routes.cable_routed[row]:
        return f" Along the racks: {STATES[state]}."
    names = [w.record.name or w.record.kind for w in routes.ways_of(row)]
    return f" {STATES[state].capitalize()}: {', '.join(names)}."
