"""Direction of air in racks."""

from __future__ import annotations

from collections.abc import Iterator

from core.editing.routes import counted
from core.model.records import Device
from core.model.types import DeviceType
from core.rules.finding import Severity
from core.rules.rule import Hit, Yielded, rule
from core.rules.views import RackView

_WAYS = ("front-to-rear", "rear-to-front")


@rule("cooling.airflow_direction", Severity.WARNING, "Air against the air of the rack", scope="rack")
def airflow_direction(view: RackView) -> Iterator[Yielded]:
    """A device blows to the front of a rack in which others blow to the rear: it breathes hot air.

    Directions are compared in the rack: a type whose air goes from rear to front, mounted from the rear,
    blows from the rack's front to its rear like the servers. A switch of that kind (QM9700) is mounted with
    its ports to the hot aisle.

    Source: directions from the device types; cold and hot aisles in turn as in the aisle pitch on
    server-racks.com. How a QM9700 is mounted is recalled.
    """
    ways = [(device, spec, way) for device, spec in view.devices if (way := _way(device, spec))]
    along = sum(way == _WAYS[0] for _, _, way in ways)
    against = [(device, spec) for device, spec, way in ways if way == _WAYS[1]]
    if not along:
        return
    for device, spec in against:
        turned = "rear" if device.face == "front" else "front"
        text = (
            f"air of {spec.name} goes from rear to front, that of {counted(along, 'other')} the other way; "
            f"mount it from the {turned} or order it with the other airflow"
        )
        yield Hit((device.id,), text)


def _way(device: Device, spec: DeviceType) -> str:
    if spec.airflow not in _WAYS:
        return ""
    return spec.airflow if device.face == "front" else _WAYS[1 - _WAYS.index(spec.airflow)]
