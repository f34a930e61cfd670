"""How the devices of a rack are fed: how many sources it takes, which outlet feeds which inlet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from core.editing.cabling.sockets import compatible
from core.model.ports import PortTable, Socket, port_table
from core.model.types import DeviceType, RackType


class Cord(NamedTuple):
    """One power cord in a rack."""

    pdu: int
    """Place among the PDUs of the rack: those of the first source, then those of the next ..."""
    outlet: str
    device: int
    inlet: str


class Cording(NamedTuple):
    """PDUs and cords of a rack."""

    sources: int
    """How many sources feed it."""
    each: int
    """PDUs on each source."""
    cords: tuple[Cord, ...]


def cording_of(
    devices: Sequence[DeviceType], rack: RackType, pdu: DeviceType, most_sources: int
) -> Cording | None:
    """Return how devices are fed from PDUs in the zones of a rack; None if there is no room or rating for it.

    As few sources as let every device lose one of them and run on, two at least; the PDUs that are left then
    carry all of it. The supplies of a device are spread evenly over the sources.
    """
    fed = [(number, spec) for number, spec in enumerate(devices) if _inlets(spec)]
    if not fed:
        return Cording(0, 0, ())
    enough = (n for n in range(2, most_sources + 1) if all(survives(spec, n) for _, spec in fed))
    sources = next(enough, 0)
    sources = sources or most_sources
    places = sum(zone.places for zone in rack.zones if not zone.name.startswith("manifold"))
    for each in range(1, places // sources + 1):
        cords = _cords(fed, port_table(pdu), sources, each)
        if cords is not None and _most_w(devices, cords, each) <= (pdu.rated_w or inf):
            return Cording(sources, each, cords)
    return None


def _most_w(devices: Sequence[DeviceType], cords: Sequence[Cord], each: int) -> float:
    """Return the highest load of a PDU, whichever source is lost [W]; supplies that are left share evenly."""
    most = 0.0
    for lost in {cord.pdu // each for cord in cords}:
        left = [cord for cord in cords if cord.pdu // each != lost]
        supplies = Counter(cord.device for cord in left)
        load: dict[int, float] = {}
        for cord in left:
            share = (devices[cord.device].power_max_w or 0.0) / supplies[cord.device]
            load[cord.pdu] = load.get(cord.pdu, 0.0) + share
        most = max(most, max(load.values(), default=0.0))
    return most


def _inlets(spec: DeviceType) -> list[str]:
    """Return the inlets that a cord from a PDU can feed."""
    return [
        port.name
        for port in port_table(spec)
        if port.group.layer == "power" and port.group.direction == "in" and port.group.phases != 0
        and not port.group.connector.startswith("busbar")
    ]  # fmt: skip


def survives(spec: DeviceType, sources: int) -> bool:
    """Tell whether a device runs on when one of its sources is lost, its supplies spread evenly over them."""
    fitted = len(_inlets(spec))
    needed = 1 if spec.supplies_needed is None else spec.supplies_needed
    return fitted == 1 or fitted - -(-fitted // sources) >= needed


def _cords(
    fed: Sequence[tuple[int, DeviceType]], pdu: PortTable, sources: int, each: int
) -> tuple[Cord, ...] | None:
    free = [list(_outlets(pdu)) for _ in range(sources * each)]
    load = [0.0] * each
    cords = []
    for turn, (number, spec) in enumerate(fed):
        column = load.index(min(load))
        load[column] += spec.power_max_w or 1.0
        table, inlets = port_table(spec), _inlets(spec)
        for k, token in enumerate(inlets):
            # Supplies in blocks, 1-2 on the first source, 3-4 on the next; few of them begin in turn.
            source = k * sources // len(inlets) if len(inlets) >= sources else (k + turn) % sources
            place = source * each + column
            inlet = table.find(token)
            outlet = next((o for o in free[place] if inlet and not compatible(o, inlet)), None)
            if outlet is None:
                return None
            free[place].remove(outlet)
            cords.append(Cord(place, outlet.port.name, number, token))
    return tuple(cords)


def _outlets(pdu: PortTable) -> Iterator[Socket]:
    for port in pdu:
        if port.group.layer == "power" and port.group.direction == "out":
            yield Socket(port, 1, 1)
