"""What a family of networks is: parameters that are checked, and the graph that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import msgspec

from core.errors import CagenutError
from core.model.records import Value

if TYPE_CHECKING:
    import networkx as nx

    Graph: TypeAlias = nx.MultiGraph[str]


class ParameterError(CagenutError):
    """Parameters that no network has; `cure` names the nearest that one has.

    Parameters
    ----------
    field : str
        Name of the parameter that has to change.
    nearest : tuple, optional
        Values of it with which a network can be made, the nearest first.
    """

    def __init__(
        self,
        problem: str,
        *,
        where: str = "",
        cure: str = "",
        field: str = "",
        nearest: tuple[Value, ...] = (),
    ) -> None:
        super().__init__(problem, where=where, cure=cure)
        self.field = field
        self.nearest = nearest

    def at(self, where: str) -> ParameterError:
        place = f"{where}, {self.where}" if self.where else where
        return ParameterError(
            self.problem, where=place, cure=self.cure, field=self.field, nearest=self.nearest
        )


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parameters of a family. Fields are numbers, flags and words with label, unit and limits
    (`core.model.fields`): forms and the fabric record take them as they are."""


@dataclass(frozen=True)
class Need:
    """What a network is asked for.

    Attributes
    ----------
    hosts, gpus_per_host : int
    nics_per_host : int
        Network ports of a host; as many rails can be kept apart.
    nic_gbps : float
        Rate of one of them.
    hosts_per_unit : int
        Hosts of a scalable unit.
    switch_ports : int
        Ports of the switches at `port_gbps`.
    port_gbps : float
    oversubscription : float
        Most that is accepted at the leafs, down over up.
    """

    hosts: int
    gpus_per_host: int = 8
    nics_per_host: int = 8
    nic_gbps: float = 400.0
    hosts_per_unit: int = 32
    switch_ports: int = 64
    port_gbps: float = 400.0
    oversubscription: float = 1.0

    @property
    def gpus(self) -> int:
        return self.hosts * self.gpus_per_host


@dataclass(frozen=True)
class Sizes:
    """How much a network takes.

    Attributes
    ----------
    devices : dict of str to int
        Devices by role.
    links : dict of (str, str) to int
        Links by the roles they join, the lower tier first. A link is one connection of two ports, whatever
        cages and cables it shares.
    gpus : int
    """

    devices: Mapping[str, int]
    links: Mapping[tuple[str, str], int]
    gpus: int

    @classmethod
    def of(cls, devices: Mapping[str, int], links: Mapping[tuple[str, str], int], gpus: int) -> Sizes:
        """Return sizes without the roles and links of which there are none."""
        return cls(
            {role: n for role, n in devices.items() if n}, {roles: n for roles, n in links.items() if n}, gpus
        )

    @property
    def switches(self) -> int:
        """Devices that are no hosts."""
        return sum(count for role, count in self.devices.items() if role not in END_ROLES)


END_ROLES = ("host", "manager", "storage", "support", "gpu", "pdu", "fabric-switch", "in-band-switch")
"""Roles of devices that do not forward in the network at hand: servers, fabric managers, storage and support
servers, GPUs of a scale-up domain, and what an out-of-band network manages."""

P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class Family(Generic[P]):
    """A family of networks.

    Attributes
    ----------
    name : str
        Word in files and on the command line, such as `fat-tree`.
    label, summary : str
        As people read it; one sentence on what it is for.
    parameters : type
        Struct of the parameters.
    build : callable
        Makes the graph of checked parameters and a seed; raises `ParameterError`.
    sizes : callable
        Counts what `build` makes, without making it; raises the same errors.
    proposals : callable
        Parameters of this family that meet a need, the plainest first; none if it cannot.
    is_random : bool
        Whether the seed matters.
    """

    name: str
    label: str
    summary: str
    parameters: type[P]
    build: Callable[[P, int], Graph]
    sizes: Callable[[P], Sizes]
    proposals: Callable[[Need], Iterable[P]] = lambda need: ()
    is_random: bool = False

    def read(self, values: Mapping[str, Any]) -> P:
        """Return the parameters given as plain values, as a fabric record or a file holds them.

        Raises
        ------
        ParameterError
            If one is missing, unknown, of the wrong kind or out of its range.
        """
        try:
            return msgspec.convert(dict(values), self.parameters, strict=True)
        except msgspec.ValidationError as error:
            text, _, place = str(error).partition(" - at `$.")
            known = ", ".join(info.name for info in msgspec.structs.fields(self.parameters))
            raise ParameterError(
                text[:1].lower() + text[1:],
                where=f"family {self.name}{', ' + place.rstrip('`') if place else ''}",
                cure=f"Its parameters are: {known}",
                field=place.rstrip("`"),
            ) from None

    def plain(self, parameters: P) -> dict[str, Value]:
        """Return parameters as plain values: undoes `read`."""
        return msgspec.structs.asdict(parameters)
