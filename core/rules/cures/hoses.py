"""Devices that take coolant are plumbed to the manifolds of their rack."""

from __future__ import annotations

from core.editing.cabling.connect import connect
from core.editing.cabling.sockets import Usage, compatible
from core.editing.routes import device_at, join
from core.editing.types import device_type_of
from core.errors import EditError
from core.model.change import Edit
from core.rules.cures.cure import Known, cure, subjects
from core.rules.finding import Finding


@cure("Plumb to the manifold", "cooling.unplumbed")
def plumb(edit: Edit, finding: Finding, known: Known) -> None:
    """Join each free coolant port of a device with a free coupling of a manifold in its rack."""
    for _, path in subjects(edit, finding):
        device = device_at(edit, edit.top, path)
        if device_type_of(edit, device.type).kind == "manifold":
            raise EditError("a manifold hangs on a CDU of the hall", cure="Join it to one with the Link tool")
        above = path.rpartition("/")[0]
        manifolds = [
            join(above, other.id)
            for other in edit.devices(device.block).values()
            if device_type_of(edit, other.type).kind == "manifold"
        ]
        if not manifolds:
            raise EditError("its rack has no manifold", cure="Place one and join it to a CDU")
        mine = Usage(edit, edit.top, path)
        for token in list(mine.free(layer="coolant")):
            _join(edit, path, token, mine, manifolds)


def _join(edit: Edit, path: str, token: str, mine: Usage, manifolds: list[str]) -> None:
    here = mine.table.find(token)
    for manifold in manifolds:
        usage = Usage(edit, edit.top, manifold)
        for other in usage.free(layer="coolant"):
            there = usage.table.find(other)
            if here is None or there is None or compatible(there, here):
                continue
            if there.port.group.role in ("", here.port.group.role):
                connect(edit, edit.top, manifold, (other,), path, (token,))
                return
    name = mine.device.name or mine.device.type
    raise EditError(
        f"the manifold has no free coupling for {token} of {name}", cure="Choose a longer manifold"
    )
