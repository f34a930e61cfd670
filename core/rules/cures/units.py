"""Devices in racks go to the nearest place that is free."""

from __future__ import annotations

from core.editing.cabling.sockets import Ends
from core.editing.space import SIDES, Occupancy, Spot
from core.editing.types import device_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device
from core.model.types import DeviceType
from core.rules.cures.cure import Known, cure
from core.rules.finding import Finding


@cure("Move to free units", "space.clash")
def part_them(edit: Edit, finding: Finding, known: Known) -> None:
    """Move the one of two devices with fewer cables, or else the other, to the nearest free place."""
    devices = [d for path in finding.subjects if isinstance(d := edit.resolve(finding.block, path), Device)]
    ends = Ends(edit)
    devices.sort(key=lambda d: (len(list(ends.tokens(d.block, d.id))), d.name, d.id))
    for device in devices:
        spot = _nearest(edit, device)
        if spot is not None:
            edit.replace("devices", device.key, **spot._asdict())
            return
    raise EditError("the rack has no free place for either of them", cure="Take something out of it")


@cure("Move to a free place", "space.outside_rack", "space.wrong_place")
def into_the_rack(edit: Edit, finding: Finding, known: Known) -> None:
    """Move a device to the nearest free place of its rack that is of its kind."""
    for path in finding.subjects:
        device = edit.resolve(finding.block, path)
        if not isinstance(device, Device):
            continue
        spec = device_type_of(edit, device.type)
        if spec.kind == "module":
            raise EditError(
                f"'{spec.name}' goes into a bay of a device", cure="Delete it here and fit it there"
            )
        if spec.floor_standing:
            raise EditError(f"'{spec.name}' stands on the floor", cure="Move it to a hall")
        spot = _nearest(edit, device)
        if spot is None:
            raise EditError("its rack has no free place for it", cure="Take something out of it")
        edit.replace("devices", device.key, **spot._asdict())


def _nearest(edit: Edit, device: Device) -> Spot | None:
    """Return the free spot nearest to a device, of its own face; the spot it is at if that is free."""
    spec = device_type_of(edit, device.type)
    rest = Occupancy(edit, device.block, {device.id})
    here = Spot.of(device)
    if not rest.obstacle(spec, here):
        return here
    turned = [here._replace(side=side) for side in SIDES[spec.width]]
    spots = [*turned, *rest.spots(spec, face=device.face)] if not here.zone else list(rest.spots(spec))
    free = (spot for spot in spots if not rest.obstacle(spec, spot))
    return min(free, key=lambda spot: _away(spec, here, spot), default=None)


def _away(spec: DeviceType, here: Spot, spot: Spot) -> tuple[int, int, int]:
    if spec.zero_u:
        return int(spot.zone != here.zone), abs(spot.place - here.place), 0
    return 0, abs(spot.half_u - here.half_u), -spot.half_u
