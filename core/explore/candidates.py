"""Networks side by side for one requirement: families, parameters and switch types, with what each takes.

Three steps, each dearer than the one before: `propose` only counts, `priced` makes the graph and chooses
cables and optics, `measured` (`core.explore.candidate_measures`) computes what the graph carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from math import ceil, inf
from typing import TYPE_CHECKING, Any

import msgspec

from core.catalogue.library import Library
from core.editing.laying.hosts import switch_ports
from core.editing.laying.port_map import PORT_ROLES
from core.engine.throughput.load import Progress
from core.errors import CagenutError, EditError
from core.explore.candidate_bill import Amount, Bill, Fitted, Lengths, bill_of, device_rows, fitted, power_of
from core.fabrics.families import FAMILIES, family
from core.fabrics.family import END_ROLES, Family, Need, ParameterError, Sizes
from core.model.records import Value
from core.model.types import CableType, OpticType

if TYPE_CHECKING:
    from core.explore.candidate_measures import Measures
    from core.fabrics.family import Graph

__all__ = ["Candidate", "Choices", "Lengths", "candidates", "need_of_hosts", "priced", "propose", "rank"]


@dataclass(frozen=True)
class Choices:
    """What may be varied.

    Attributes
    ----------
    switches : tuple of str
        Switch types of the catalogue; each candidate is made of one of them.
    host : str
        Device type of the hosts, for their connectors; without it their cables are left out of the bill.
    families : tuple of str
        Names; without them every family that can be sized for a number of hosts.
    oversubscriptions : tuple of float
        Most that is accepted at the leafs, tried one by one; without them that of the need.
    lengths : Lengths
        Assumed, since nothing stands yet.
    seed : int
        Of families that draw at random.
    """

    switches: tuple[str, ...]
    host: str = ""
    families: tuple[str, ...] = ()
    oversubscriptions: tuple[float, ...] = ()
    lengths: Lengths = field(default_factory=Lengths)
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Candidate:
    """One network that would do, or one that is not possible and why.

    Attributes
    ----------
    need : Need
        With the ports of its switch.
    family, label : str
        Name of the family, and as people read it.
    switch, host : str
        Device types.
    parameters : mapping
        Of the family, as plain values; empty if it has no such network.
    seed : int
    sizes : Sizes or None
    power : Amount
        Maximum sustained power of the switches [W].
    reason : str
        Why it is not possible; empty if it is.
    bill : Bill or None
        Filled in by `priced`.
    measures : Measures or None
        Filled in by `candidate_measures.measured`.
    """

    need: Need
    family: str
    label: str
    switch: str
    host: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    seed: int = 0
    sizes: Sizes | None = None
    power: Amount | None = None
    reason: str = ""
    bill: Bill | None = None
    measures: Measures | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from all others of a table, whatever of it is computed."""
        given = sorted(self.parameters.items())
        return (self.family, self.switch, self.seed, *given)

    @property
    def title(self) -> str:
        """Label with what tells candidates of one family apart: tiers, planes, oversubscription."""
        words = [self.label]
        if len(self.switches) > 1:
            words.append(f"{len(self.switches)} tiers")
        planes, ratio = self.parameters.get("planes", 1), self.parameters.get("oversubscription", 1.0)
        if planes != 1:
            words.append(f"{planes} planes")
        if isinstance(ratio, float) and ratio != 1.0:
            words.append(f"{ratio:g} : 1")
        return ", ".join(words)

    @property
    def is_possible(self) -> bool:
        return not self.reason

    @property
    def switches(self) -> dict[str, str]:
        """Device type by role of what forwards: for `laying.request.Request` and `laying.hall.Hall`."""
        roles = self.sizes.devices if self.sizes else ()
        return {role: self.switch for role in roles if role not in END_ROLES}

    @property
    def switch_counts(self) -> dict[str, int]:
        """Number of switches by role."""
        return {role: self.sizes.devices[role] for role in self.switches} if self.sizes else {}

    @property
    def cost_usd(self) -> float | None:
        """Middle of the low and high price of switches, cables and optics; None before it is priced."""
        return (self.bill.cost.low_usd + self.bill.cost.high_usd) / 2 if self.bill else None

    @property
    def cost_per_gpu_usd(self) -> float | None:
        """Per accelerator asked for (per host where there are none), not per place."""
        return None if self.cost_usd is None else self.cost_usd / (self.need.gpus or self.need.hosts)

    def graph(self) -> Graph:
        """Make the network.

        Raises
        ------
        ParameterError
            If it is not possible.
        """
        if self.sizes is None:
            raise ParameterError(self.reason)
        chosen = family(self.family)
        return chosen.build(chosen.read(self.parameters), self.seed)


def need_of_hosts(library: Library, host: str, gpus: int, hosts_per_unit: int = 32) -> Need:
    """Return what a network for so many accelerators in hosts of one type is asked for.

    Raises
    ------
    CatalogueError
        If there is no such type.
    EditError
        If it has no accelerators or no ports for a compute network, or too many are asked for.
    """
    found = fitted(library, host)
    each = sum(fit.count for fit in found.spec.accelerators)
    if not each:
        raise EditError(f"'{found.spec.name}' has no accelerators", cure="Choose a server with some")
    if not 1 <= gpus <= 10_000_000:
        raise EditError(f"a network for {gpus:,} GPUs cannot be sized", cure="Ask for 1 to 10,000,000")
    tokens = [token for role in PORT_ROLES["compute"] for token in found.table.tokens(role=role)]
    socket = found.table.find(tokens[0]) if tokens else None
    if socket is None or not socket.rate_gbps:
        raise EditError(f"'{found.spec.name}' has no ports of a compute network", cure="Choose another host")
    hosts = ceil(gpus / each)
    return Need(
        hosts=hosts,
        gpus_per_host=each,
        nics_per_host=len(tokens),
        nic_gbps=socket.rate_gbps,
        hosts_per_unit=min(hosts_per_unit, hosts),
    )


def propose(need: Need, choices: Choices, library: Library) -> list[Candidate]:
    """Return the candidates with what can be counted: devices, links, power of the switches.

    Families that have no network for the need are among them, with the reason.

    Raises
    ------
    ParameterError
        If there is no family of that name.
    CatalogueError, EditError
        If a type is not in the catalogue or is no device.
    """
    named = [family(name) for name in choices.families]
    tried = named or [each for each in FAMILIES.values() if _is_sized(each)]
    found: dict[tuple[Any, ...], Candidate] = {}
    for switch in dict.fromkeys(choices.switches):
        device = fitted(library, switch)
        ports, gbps = switch_ports(device.spec, need.nic_gbps)
        for oversubscription in choices.oversubscriptions or (need.oversubscription,):
            asked = replace(need, switch_ports=ports, port_gbps=gbps, oversubscription=oversubscription)
            for each in tried:
                for candidate in _of_family(each, asked, switch, device, choices):
                    found.setdefault(candidate.key, candidate)
    possible = {(c.family, c.switch) for c in found.values() if c.is_possible}
    # Parameters that only differ in what this network has none of make the same network.
    alike = {(c.family, c.switch, str(c.sizes)): c for c in reversed(found.values())}
    plainest = set(alike.values())
    return [
        c for c in found.values() if c in plainest and (c.is_possible or (c.family, c.switch) not in possible)
    ]


def _of_family(
    each: Family[Any], need: Need, switch: str, device: Fitted, choices: Choices
) -> Iterator[Candidate]:
    plain = Candidate(need, each.name, each.label, switch, choices.host)
    if not need.switch_ports:
        yield replace(plain, reason=f"{device.spec.name} has no data ports for it")
        return
    proposals = list(each.proposals(need))
    if not proposals:
        yield replace(plain, reason=_why_not(each, need))
    for parameters in proposals:
        candidate = replace(
            plain,
            parameters=each.plain(parameters),
            seed=choices.seed if each.is_random else 0,
            sizes=each.sizes(parameters),
        )
        types = dict.fromkeys(candidate.switches, device)
        yield replace(candidate, power=power_of(device_rows(candidate.switch_counts, types)))


def _is_sized(each: Family[Any]) -> bool:
    """Tell whether a family proposes networks for a need at all."""
    return each.proposals is not _PROPOSES_NONE


_PROPOSES_NONE = next(f.default for f in fields(Family) if f.name == "proposals")
_ASKED = {
    "hosts": "hosts",
    "hosts_per_unit": "hosts_per_unit",
    "gpus_per_host": "gpus_per_host",
    "nics_per_host": "nics_per_host",
    "nic_gbps": "nic_gbps",
    "link_gbps": "nic_gbps",
    "switch_ports": "switch_ports",
    "leaf_ports": "switch_ports",
    "spine_ports": "switch_ports",
    "core_ports": "switch_ports",
    "port_gbps": "port_gbps",
    "oversubscription": "oversubscription",
}
"""Parameters that say the same in every family, by what of the need they take."""


def _why_not(each: Family[Any], need: Need) -> str:
    """Return why a family has no network for a need, as it says itself of the plainest parameters."""
    if not _is_sized(each):
        return "it is not sized for a number of hosts; generate it with parameters of its own"
    names = {info.name for info in msgspec.structs.fields(each.parameters)}
    if "hosts" in names:
        values = {name: getattr(need, of) for name, of in _ASKED.items() if name in names}
        try:
            each.sizes(each.read(values))
        except ParameterError as error:
            return error.problem
    ports = f"switches of {need.switch_ports} x {need.port_gbps:g} Gbit/s"
    return f"none of it is made for {need.hosts:,} hosts of {need.nics_per_host} ports on {ports}"


def priced(
    candidate: Candidate, library: Library, lengths: Lengths | None = None, graph: Graph | None = None
) -> Candidate:
    """Return a candidate with its bill; one whose ports do not fit is no longer possible.

    Parameters
    ----------
    graph : Graph, optional
        Its network, if it is made already.
    """
    if not candidate.is_possible:
        return candidate
    try:
        made = candidate.graph() if graph is None else graph
        types = {role: fitted(library, type_id) for role, type_id in candidate.switches.items()}
        if candidate.host:
            types["host"] = fitted(library, candidate.host)
        parts = [spec for spec in library if isinstance(spec, (CableType, OpticType))]
        return replace(candidate, bill=bill_of(made, types, parts, lengths))
    except CagenutError as error:
        return replace(candidate, reason=str(error))


def candidates(
    need: Need, choices: Choices, library: Library, progress: Progress | None = None
) -> list[Candidate]:
    """Return all candidates with their bills, in the order of `rank`.

    Parameters
    ----------
    progress : callable, optional
        Called as progress(done, total, family) before each; what it raises ends the work.

    Raises
    ------
    ParameterError, CatalogueError, EditError
        As `propose` does.
    """
    found = propose(need, choices, library)
    result = []
    for done, candidate in enumerate(found):
        if progress is not None:
            progress(done, len(found), candidate.label)
        result.append(priced(candidate, library, choices.lengths))
    return rank(result)


def rank(found: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates by cost per GPU: first those that meet the need or may, then those measured to fall
    short of it, then those that are not possible.

    Those of whose switches no price is known come after those with a price.
    """
    return sorted(found, key=_order)


def _order(candidate: Candidate) -> tuple[int, bool, float, int, str]:
    short = candidate.measures is not None and not candidate.measures.meets(candidate.need)
    group = 2 if not candidate.is_possible else int(short)
    bill, cost = candidate.bill, candidate.cost_per_gpu_usd
    unpriced = bill is None or any(r.section == "devices" and r.low_usd is None for r in bill.cost.rows)
    switches = sum(candidate.switch_counts.values())
    return group, unpriced, inf if cost is None else cost, switches, candidate.family
