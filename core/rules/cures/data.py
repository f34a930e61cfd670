"""What is not said is said: names, fabrics, versions of types."""

from __future__ import annotations

from core.editing.naming import device_name
from core.editing.retype import update_type
from core.editing.types import device_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Device, Link
from core.rules.cures.cure import Known, cure
from core.rules.finding import Finding


@cure("Name by template", "data.unnamed")
def name_it(edit: Edit, finding: Finding, known: Known) -> None:
    """Give a device the next name of its template."""
    for path in finding.subjects:
        device = edit.resolve(finding.block, path)
        if isinstance(device, Device) and not device.name.strip():
            spec = device_type_of(edit, device.type)
            name = device_name(edit, device.block, spec, device.half_u)
            edit.replace("devices", device.key, name=name)


@cure("Update the types", "data.type_outdated")
def update_types(edit: Edit, finding: Finding, known: Known) -> None:
    """Take the newer versions of the catalogue; not if a cable would lose its port."""
    for type_id in sorted(edit.rows("types")):
        old, newer = edit.find_type(type_id), known.library.find(type_id)
        if old is None or newer is None or newer.version <= old.version:
            continue
        misfits = update_type(edit, known.library, type_id)
        if misfits:
            raise EditError(
                f"{len(misfits)} cables do not fit the new version of '{newer.name}'",
                cure="Update it by hand and cable them anew",
            )


@cure("Join its neighbours' fabric", "network.no_fabric")
def join_fabric(edit: Edit, finding: Finding, known: Known) -> None:
    """Put a link into the one fabric that the other links at its ends are in."""
    for path in finding.subjects:
        link = edit.resolve(finding.block, path)
        if isinstance(link, Link) and not link.fabric:
            edit.replace("links", link.key, fabric=_fabric_of(edit, link))


def _fabric_of(edit: Edit, link: Link) -> str:
    ends = {link.a.path, link.b.path}
    roles = {
        socket.port.group.role
        for end in (link.a, link.b)
        if isinstance(device := edit.resolve(link.block, end.path), Device)
        and (socket := edit.ports(device).find(end.ports[0])) is not None
    } - {""}
    beside = {
        other.fabric
        for other in edit.links(link.block).values()
        if other.fabric and other.layer == "data" and ends & {other.a.path, other.b.path}
    }
    fitting = {f for f in (beside or edit.fabrics) if not roles or edit.fabrics[f].role in roles}
    for found in (fitting, beside, set(edit.fabrics)):
        if len(found) == 1:
            return next(iter(found))
    if not edit.fabrics:
        raise EditError("the design has no fabric", cure="Generate one, or make one in the table of fabrics")
    raise EditError("it could belong to several fabrics", cure="Choose one in its properties")
