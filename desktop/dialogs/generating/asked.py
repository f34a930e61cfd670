"""What network is asked for, and the candidates for it. Plain values: all of it runs beside the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core.catalogue.library import Library
from core.editing.laying.hosts import switch_ports
from core.editing.laying.row_places import Policy
from core.errors import EditError
from core.explore.candidate_devices import device_rows, fitted, power_of
from core.explore.candidates import Candidate, Choices, propose
from core.fabrics.families import family
from core.fabrics.family import END_ROLES, Need, ParameterError, Parameters
from core.model.records import FabricRole, Value
from core.model.types import DeviceType

if TYPE_CHECKING:
    from core.fabrics.family import Graph

OF_ROLE: Mapping[str, FabricRole] = {
    "storage": "storage",
    "in-band": "in-band",
    "out-of-band": "out-of-band",
    "scale-up": "scale-up",
}
"""Families that are sized by parameters of their own, by the role of the network they are for."""
_TAKEN_OVER = {
    "ports_per_host": "nics_per_host",
    "host_gbps": "nic_gbps",
    "link_gbps": "nic_gbps",
    "leaf_ports": "switch_ports",
    "spine_ports": "switch_ports",
    "core_ports": "switch_ports",
}
"""Parameters that go by another name than what of the need they take."""


@dataclass(frozen=True)
class Asked:
    """A requirement, as the left of the window states it.

    Attributes
    ----------
    need : Need
    switches : tuple of str
        Switch types to try.
    host : str
        Device type of the hosts.
    modules : tuple of (str, str) or None
        Bay and module type of each module of the hosts; those they ship with if None.
    is_new : bool
        Whether a hall is drawn for it; else hosts that stand are wired.
    paths : tuple of str
        What of the design is wired; everything if empty.
    fabric : str
        Id of the fabric that is replaced; empty: it is a new one.
    name : str
    role : str
    policy : str
    seed : int
    host_rack : str
        Name of the template whose racks hold the hosts of a new hall; empty: racks are drawn.
    rack : str
        Rack type of what is drawn; empty: the usual one.
    hosts_per_rack : int
        As many as fit, if 0.
    """

    need: Need
    switches: tuple[str, ...]
    host: str
    is_new: bool = False
    paths: tuple[str, ...] = ()
    fabric: str = ""
    name: str = "Compute"
    role: FabricRole = "compute"
    policy: Policy = "network racks"
    seed: int = 0
    host_rack: str = ""
    rack: str = ""
    hosts_per_rack: int = 0
    modules: tuple[tuple[str, str], ...] | None = None

    @property
    def sought(self) -> tuple[Any, ...]:
        """What the candidates depend on; the rest says only how one is laid."""
        return self.need, self.switches, self.host, self.modules, self.role, self.seed


@dataclass(frozen=True, eq=False)
class Edited(Candidate):
    """A candidate whose parameters were edited, with switch types of its own by role."""

    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[Any, ...]:
        return ("edited", *super().key, *sorted(self.types.items()))

    @property
    def switches(self) -> dict[str, str]:
        usual = super().switches
        return {role: self.types.get(role, type_id) for role, type_id in usual.items()}

    @property
    def ends(self) -> dict[str, str]:
        devices = self.sizes.devices if self.sizes else ()
        chosen = {role: t for role, t in self.types.items() if role in END_ROLES and role in devices}
        return {**chosen, **super().ends}


@dataclass(frozen=True, eq=False)
class Imported(Edited):
    """A network that was read from a file."""

    made: Graph | None = None
    notes: tuple[str, ...] = ()
    """What was taken where the file does not say."""

    @property
    def key(self) -> tuple[Any, ...]:
        return ("imported", id(self.made), *super().key)

    def graph(self) -> Graph:
        assert self.made is not None
        return self.made


@dataclass(frozen=True, eq=False)
class Chosen:
    """One candidate as it is to be laid, with the types of devices that do not forward."""

    candidate: Candidate
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def switches(self) -> dict[str, str]:
        """Device type by role of all that is no host."""
        return {**self.candidate.switches, **self.others}


def proposed(asked: Asked, library: Library) -> list[Candidate]:
    """Return the candidates for a requirement, counted only; families of the role come first.

    Raises
    ------
    CagenutError
        If a type is not in the catalogue.
    """
    own = [
        started(name, asked, switch, library)
        for name, role in OF_ROLE.items()
        if role == asked.role
        for switch in asked.switches
    ]
    choices = Choices(
        switches=asked.switches,
        host=asked.host,
        seed=asked.seed,
        role=asked.role,
        modules=None if asked.modules is None else dict(asked.modules),
    )
    if asked.role == "scale-up":
        return own
    return [*own, *propose(asked.need, choices, library)]


def started(name: str, asked: Asked, switch: str, library: Library) -> Candidate:
    """Return a family with what it takes over from the need, the rest as its defaults say."""
    kind = family(name).parameters
    spec = library.get(switch)
    ports, gbps = switch_ports(spec, asked.need.nic_gbps) if isinstance(spec, DeviceType) else (0, 0.0)
    need = replace(asked.need, switch_ports=ports, port_gbps=gbps)
    values = {}
    for info in msgspec.structs.fields(kind):
        given = getattr(need, _TAKEN_OVER.get(info.name, info.name), None)
        if given is not None and name != "scale-up":
            values[info.name] = given
    values = {**_defaults(kind), **values}
    try:
        return edited(name, values, need, switch, asked, library)
    except ParameterError as error:
        label = family(name).label
        return Candidate(need, name, label, switch, parameters=values, reason=error.problem)


def edited(
    name: str,
    values: Mapping[str, Value],
    need: Need,
    switch: str,
    asked: Asked,
    library: Library,
    types: Mapping[str, str] | None = None,
) -> Edited:
    """Return a candidate of given parameters with what can be counted.

    Raises
    ------
    ParameterError
        If there is no such network.
    """
    chosen = family(name)
    seed = asked.seed if chosen.is_random else 0
    sizes = chosen.sizes(chosen.read(values))
    made = Edited(
        need,
        name,
        chosen.label,
        switch,
        asked.host,
        dict(values),
        seed,
        sizes,
        role=asked.role,
        modules=None if asked.modules is None else dict(asked.modules),
        types=dict(types or {}),
    )
    devices = {role: fitted(library, type_id) for role, type_id in made.switches.items()}
    return replace(made, power=power_of(device_rows(made.switch_counts, devices)))


def imported(path: Path, asked: Asked, library: Library) -> Imported:
    """Return the network in a graph file as a candidate.

    Raises
    ------
    CagenutError
        If the file cannot be read as one.
    """
    from core.exchange.graph_files import MOST_BYTES, read_graph
    from core.fabrics.custom import NAME, Defaults
    from core.fabrics.weave import sizes_of

    try:
        if path.stat().st_size > MOST_BYTES:
            raise EditError(f"{path.name} is larger than {MOST_BYTES >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise EditError(f"{path.name} cannot be read: {error.strerror}") from None
    found = read_graph(data, path.name, Defaults(gbps=asked.need.nic_gbps, gpus=asked.need.gpus_per_host))
    made = Imported(
        asked.need, NAME, path.name, asked.switches[0], asked.host, sizes=sizes_of(found.graph),
        role=asked.role, modules=None if asked.modules is None else dict(asked.modules),
        made=found.graph, notes=found.notes,
    )  # fmt: skip
    devices = {role: fitted(library, type_id) for role, type_id in made.switches.items()}
    return replace(made, power=power_of(device_rows(made.switch_counts, devices)))


def _defaults(kind: type[Parameters]) -> dict[str, Value]:
    return {info.name: info.default for info in msgspec.structs.fields(kind)}


def words_of(candidate: Candidate) -> str:
    """Return in words what sets the parameters of a candidate apart from those all take from the need."""
    from core.model.fields import fields_of

    if isinstance(candidate, Imported):
        return "from a file"
    fields = fields_of(family(candidate.family).parameters)
    said = set(_TAKEN_OVER) | set(vars(candidate.need))
    words = []
    for name, value in candidate.parameters.items():
        known = fields.get(name)
        if known is None or (name in said and name != "oversubscription") or value == known.default:
            continue
        number = f"{value:.4g}" if isinstance(value, float) else str(value)
        words.append(f"{_short(known.label)} {number}")
    return ", ".join(words[:5])


def _short(label: str) -> str:
    """Return a label without what explains it."""
    return label.partition(",")[0].partition(" (")[0].removesuffix(" of a router").lower()
