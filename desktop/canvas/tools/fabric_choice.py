"""To which fabric a new link belongs."""

from __future__ import annotations

from collections.abc import Iterator

from core.editing.routes import device_at, keys_along
from core.model.project import Reader

_FABRIC_ROLES = {"scale-out": "compute", "": "", "uplink": ""}
"""Role of the fabric for a role of a port where it is called otherwise; empty: any."""


def fabric_for(reader: Reader, top: str, ends: tuple[tuple[str, str], tuple[str, str]], shown: str) -> str:
    """Return the fabric of a new link, or an empty text.

    Parameters
    ----------
    reader : Reader
    top : str
        Block from which the paths start.
    ends : tuple of (path, token)
        Device and socket at both ends.
    shown : str
        Fabric that the network view shows: taken where the other links of both devices leave it open and
        the port may serve it.
    """
    roles, used = [], []
    for path, token in ends:
        socket = reader.ports(device_at(reader, top, path)).find(token)
        if socket is None or socket.port.group.layer != "data":
            return ""
        roles.append(socket.port.group.role)
        used.append(set(_fabrics_at(reader, top, path, socket.port.group.role)))
    found = used[0] & used[1] if used[0] and used[1] else used[0] | used[1]
    if len(found) == 1:
        return next(iter(found))
    fabric = reader.fabrics.get(shown)
    wanted = {_FABRIC_ROLES.get(role, role) for role in roles} - {""}
    if fabric is None or (fabric.role != "other" and wanted - {fabric.role}):
        return ""
    return shown


def _fabrics_at(reader: Reader, top: str, path: str, role: str) -> Iterator[str]:
    """Yield the fabrics of the links that end at ports of a role of one device."""
    steps = path.split("/")
    table = reader.ports(device_at(reader, top, path))
    for depth, (holder, _) in enumerate(keys_along(reader, top, path)):
        tail = "/".join(steps[depth:])
        for link in reader.links(holder).values():
            for end in (link.a, link.b):
                socket = table.find(end.ports[0]) if link.fabric and end.path == tail else None
                if socket is not None and socket.port.group.role == role:
                    yield link.fabric
