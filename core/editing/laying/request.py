"""What network is asked for, and how a fabric record keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.editing.laying.row_places import POLICIES, Policy
from core.errors import EditError
from core.model.project import Reader
from core.model.records import Fabric, FabricRole, Value

_LAID = "laid."
"""Start of the parameters of a fabric record that say how it was laid, not what it is."""


@dataclass(frozen=True)
class Request:
    """A network that is asked for.

    Attributes
    ----------
    fabric : str
        Id of the fabric record; one that exists is generated again.
    family : str
    parameters : mapping
        Of the family, as plain values.
    switches : mapping of str to str
        Device type by role of the graph (leaf, spine ...); under "" that of all roles not named.
    role : str
        Of the network.
    name : str, optional
        The name it has, or the family's label, if left out.
    seed : int
    policy : str
        One of `POLICIES`.
    rack_type : str
        Of new network racks; that of the network racks there if left out.
    hosts : tuple of str
        Paths of what it serves, racks and units too; everything if left out.
    """

    fabric: str
    family: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)
    role: FabricRole = "compute"
    name: str = ""
    seed: int = 0
    policy: Policy = "network racks"
    rack_type: str = ""
    hosts: tuple[str, ...] = ()

    def switch(self, role: str, usual: str = "") -> str:
        """Return the device type of a role; the usual one if none is named.

        Raises
        ------
        EditError
            If none is named.
        """
        found = self.switches.get(role) or self.switches.get("") or usual
        if not found:
            raise EditError(f"no device type is chosen for '{role}'", cure="Choose a switch for each role")
        return found


def request_of(reader: Reader, fabric: str) -> Request | None:
    """Return how a fabric was generated; None if it was drawn by hand or is not there."""
    record = reader.fabrics.get(fabric)
    if record is None or not record.family:
        return None
    laid = {key[len(_LAID) :]: str(v) for key, v in record.parameters.items() if key.startswith(_LAID)}
    types = {key.partition(".")[2]: v for key, v in laid.items() if key.partition(".")[0] == "switch"}
    return Request(
        fabric=record.id,
        family=record.family,
        parameters=family_parameters(record),
        switches=types,
        role=record.role,
        name=record.name,
        seed=record.seed,
        policy=policy_of(record) or "network racks",
        rack_type=laid.get("rack_type", ""),
        hosts=tuple(laid.get("hosts", "").split()),
    )


def family_parameters(fabric: Fabric) -> dict[str, Value]:
    """Return the parameters of a fabric that are its family's, without those that say how it was laid."""
    return {key: value for key, value in fabric.parameters.items() if not key.startswith(_LAID)}


def policy_of(fabric: Fabric | None) -> Policy | None:
    """Return the policy by which a fabric was laid; None if it was drawn by hand."""
    said = None if fabric is None else fabric.parameters.get(f"{_LAID}policy")
    return next((policy for policy in POLICIES if policy == said), None)


def record_of(request: Request, old: Fabric | None, parameters: Mapping[str, Value], label: str) -> Fabric:
    """Return the fabric record of a request; pins, colour and note are those of the one before."""
    laid: dict[str, Value] = {f"{_LAID}policy": request.policy}
    if request.rack_type:
        laid[f"{_LAID}rack_type"] = request.rack_type
    if request.hosts:
        laid[f"{_LAID}hosts"] = " ".join(request.hosts)
    laid |= {f"{_LAID}switch.{role}": type_id for role, type_id in sorted(request.switches.items())}
    return Fabric(
        id=request.fabric,
        name=request.name or (old.name if old else label or request.family),
        role=request.role,
        family=request.family,
        parameters={**parameters, **laid},
        seed=request.seed,
        pins=old.pins if old else (),
        colour=old.colour if old else "",
        note=old.note if old else "",
    )
