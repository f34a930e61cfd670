"""Networks side by side for one requirement: families, parameters and switch types, with what each takes.

Three steps, each dearer than the one before: `propose` only counts, `priced` makes the graph and chooses
cables and optics, `measured` (`core.explore.candidate_measures`) computes what the graph carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from math import ceil, inf
from typing import TYPE_CHECKING, Any

import msgspec

from core.catalogue.library import Library
from core.editing.laying.hosts import switch_ports
from core.editing.laying.port_map import PORT_ROLES
from core.engine.throughput.load import Progress
from core.errors import CagenutError, EditError
from core.explore.candidate import Candidate, Choices
from core.explore.candidate_bill import Lengths, bill_of
from core.explore.candidate_devices import Fitted, device_rows, fitted, power_of
from core.fabrics.families import FAMILIES, family
from core.fabrics.family import Family, Need, ParameterError
from core.model.types import CableType, OpticType

if TYPE_CHECKING:
    from core.fabrics.family import Graph

__all__ = ["Candidate", "Choices", "Lengths", "candidates", "need_of_hosts", "priced", "propose", "rank"]


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
    plain = Candidate(
        need, each.name, each.label, switch, choices.host, role=choices.role, modules=choices.modules
    )
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
        for role, type_id in candidate.ends.items():
            modules = candidate.modules if role == "host" else None
            # Of a type that only the project has the connectors are left open.
            if all(library.find(name) is not None for name in (type_id, *(modules or {}).values())):
                types[role] = fitted(library, type_id, modules)
        parts = [spec for spec in library if isinstance(spec, (CableType, OpticType))]
        return replace(candidate, bill=bill_of(made, types, parts, lengths, candidate.role))
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
