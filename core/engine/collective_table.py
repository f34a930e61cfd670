"""Collectives on a drawn fabric as one table: what window, sheet and command line show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from core import units
from core.engine.collective_constants import Constants
from core.engine.collective_hierarchy import accelerators_of, hierarchy_of
from core.engine.collectives import Hierarchy, Run, collective
from core.engine.evaluation import Evaluation
from core.engine.network import FabricResult
from core.engine.own_constants import collective_constants
from core.errors import EngineError
from core.model.records import Fabric

OPERATIONS = ("all-reduce", "all-gather", "reduce-scatter", "all-to-all", "point-to-point")
SIZES = {"1 MiB": 2.0**20, "64 MiB": 2.0**26, "1 GiB": 2.0**30, "8 GiB": 2.0**33}
Scope = Literal["domain", "fabric"]
MEASURED_DOMAIN, MEASURED_RANKS = 8, 32
"""Most GPUs of a domain, and most over a network, in the collectives that the constants were fitted to."""
COLUMNS = ("Operation", "GPUs", "Message", "Algorithm", "Time", "Bus GB/s", "Limited by", "Basis")
ROLE = "compute"
_ALGORITHMS = {"switch": "switch-reduced"}
NOTES = (
    "Message: the whole buffer of a GPU, as nccl-tests counts. Bus bandwidth: bytes over time, times what a "
    "ring sends of each byte, so that it compares with the rate of the links. Algorithm: the fastest of "
    "those that libraries choose from; switch-reduced: the scale-up switches add up. All GPUs of a row take "
    "part, nothing else uses the network, and its switches do not add up.",
    "Basis: rates and steps inside a domain are fitted to published measurements, none of them of more "
    f"than {MEASURED_DOMAIN} GPUs per domain; the rate over the network is a published one, compared with "
    f"collectives of up to {MEASURED_RANKS} GPUs; its latency is recalled, not measured. Beyond these the "
    "model is extrapolated. Oversubscription divides the network rate wherever the GPUs are.",
)


@dataclass(frozen=True)
class TableRow:
    """One operation with one message on some of the accelerators.

    Attributes
    ----------
    operation : str
    scope : str
        `domain`: inside one scale-up domain; `fabric`: all that the fabric joins, and for point to point two
        in different domains.
    ranks : int
    size : str
        A name in `SIZES`.
    run : Run or None
        None where it cannot be computed.
    limit, basis : str
        What most of the time is spent on; what the figures stand on.
    reason : str
        Why it cannot be computed, with the cure.
    """

    operation: str
    scope: Scope
    ranks: int
    size: str
    run: Run | None
    limit: str = ""
    basis: str = ""
    reason: str = ""

    @property
    def where(self) -> str:
        """How many take part, and where they are."""
        if self.operation == "point-to-point":
            return "2, one domain" if self.scope == "domain" else "2, two domains"
        return f"{units.show(self.ranks, digits=15)}, {'one domain' if self.scope == 'domain' else 'all'}"

    @property
    def cells(self) -> tuple[str, ...]:
        """Texts under `COLUMNS`."""
        head = (self.operation, self.where, self.size)
        run = self.run
        if run is None:
            return (*head, "", "not computed", "", "", self.reason)
        algorithm = _ALGORITHMS.get(run.algorithm, run.algorithm)
        bus = units.number_text(run.bus_gb_s, digits=3)
        return (*head, algorithm, time_text(run.seconds), bus, self.limit, self.basis)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        found = {
            "operation": self.operation,
            "scope": self.scope,
            "ranks": self.ranks,
            "message_bytes": SIZES[self.size],
            "limited_by": self.limit,
            "basis": self.basis,
            "reason": self.reason,
        }
        return found | (asdict(self.run) if self.run is not None else {})


@dataclass(frozen=True)
class CollectiveTable:
    """All rows of a fabric, and what they stand on."""

    hierarchy: Hierarchy
    gpus: int
    rows: tuple[TableRow, ...]
    own: str = ""
    """Words where the constants are the user's own."""

    @property
    def about(self) -> str:
        """The hierarchy in one line."""
        return "; ".join(part for part in (hierarchy_words(self.hierarchy), self.own) if part)

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values, as `cagenut collectives --json` prints it."""
        rows = [row.as_data() for row in self.rows]
        notes = [*NOTES, *([self.own] if self.own else [])]
        return {"hierarchy": asdict(self.hierarchy), "gpus": self.gpus, "rows": rows, "notes": notes}

    def shown(self, size: str = "", scope: str = "") -> list[TableRow]:
        """Return the rows of a size and of a scope; empty is all."""
        return [row for row in self.rows if size in ("", row.size) and scope in ("", row.scope)]


def collective_table(fabrics: Mapping[str, Fabric], of: Evaluation, fabric: str) -> CollectiveTable:
    """Return the collectives of a fabric.

    Parameters
    ----------
    fabrics : mapping of str to Fabric
        All of the design, by id.
    of : Evaluation
    fabric : str
        Id of the fabric; empty for data links of none.

    Raises
    ------
    EngineError
        If collectives do not run over the fabric, or its hierarchy is not known.

    Notes
    -----
    A case that cannot be computed is a row with its reason. Times are those of `collective`, with the
    switches of the network not adding up.
    """
    record, result = fabrics.get(fabric), of.network.find(fabric)
    if record is not None and record.role != ROLE:
        names = sorted(each.name or each.id for each in fabrics.values() if each.role == ROLE)
        raise EngineError(
            f"collectives run over compute fabrics, and the role of this one is {record.role}",
            cure=f"Choose {' or '.join(names)}" if names else "Draw or generate a compute fabric",
        )
    if result is None or not result.links:
        raise EngineError("the fabric has no links", cure="Draw links, or generate the fabric")
    hierarchy = hierarchy_of(of.snapshot, of.network, result)
    gpus = accelerators_of(result)
    constants, own = collective_constants()
    rows = [
        _row(operation, scope, min(ranks, gpus), size, hierarchy, result, constants)
        for operation in OPERATIONS
        for scope, ranks in _scopes(hierarchy, gpus)
        for size in SIZES
    ]
    return CollectiveTable(hierarchy, gpus, tuple(rows), own)


def _scopes(hierarchy: Hierarchy, gpus: int) -> list[tuple[Scope, int]]:
    found: list[tuple[Scope, int]] = [("domain", hierarchy.domain)] if hierarchy.domain > 1 else []
    return [*found, ("fabric", gpus)] if gpus > hierarchy.domain or not found else found


def _row(
    operation: str,
    scope: Scope,
    ranks: int,
    size: str,
    hierarchy: Hierarchy,
    result: FabricResult,
    constants: Constants,
) -> TableRow:
    crosses, between = scope == "fabric", hierarchy
    if operation == "point-to-point":
        ranks = 2
        between = replace(hierarchy, domain=1) if crosses else hierarchy
    try:
        if crosses and result.components > 1:
            raise EngineError(
                f"the fabric is in {result.components} parts that no link joins",
                cure="Join them, or make each a fabric of its own",
            )
        run = collective(operation, ranks, SIZES[size], between, constants=constants)
    except EngineError as error:
        return TableRow(operation, scope, ranks, size, None, reason=str(error))
    return TableRow(
        operation, scope, ranks, size, run, limit_of(run, between), _basis(operation, ranks, between)
    )


def limit_of(run: Run, hierarchy: Hierarchy) -> str:
    """Return what most of the time is spent on.

    Examples
    --------
    >>> run = Run(3.0, "ring", "simple", 1.0, latency_s=1.0, wire_s=1.5, fill_s=0.5, over="network")
    >>> limit_of(run, Hierarchy(8, 450.0, "NVLink 4", 50.0))
    'NIC'
    >>> limit_of(run, Hierarchy(8, 450.0, "NVLink 4", 50.0, oversubscription=2.0))
    'oversubscription'
    """
    if run.latency_s > run.wire_s + run.fill_s:
        return "latency"
    if run.over == "scale-up":
        return "scale-up"
    return "oversubscription" if hierarchy.oversubscription > 1 else "NIC"


def _basis(operation: str, ranks: int, hierarchy: Hierarchy) -> str:
    crosses = ranks > hierarchy.domain
    if operation == "point-to-point":
        return "published rate" if crosses else "fitted to all-to-all"
    if min(ranks, hierarchy.domain) > MEASURED_DOMAIN:
        return f"extrapolated, domain > {MEASURED_DOMAIN}"
    if crosses and ranks > MEASURED_RANKS:
        return f"extrapolated, > {MEASURED_RANKS} GPUs"
    return "fitted, published rate" if crosses else "fitted"


def hierarchy_words(hierarchy: Hierarchy) -> str:
    """Return what collectives run over, in one line.

    Examples
    --------
    >>> hierarchy_words(Hierarchy(8, 450.0, "NVLink 4", 50.0, switches=3))
    '8 GPUs per domain, each 450 GB/s NVLink 4, 50 GB/s NIC one way; oversubscription 1 : 1; ≤ 3 switches \
between'
    """

    def rate(value: float) -> str:
        return f"{units.number_text(value)} GB/s"

    several = hierarchy.domain > 1
    up = f"{rate(hierarchy.up_gb_s)} {hierarchy.link}, " if several else ""
    return (
        f"{hierarchy.domain} {'GPUs' if several else 'GPU'} per domain, "
        f"each {up}{rate(hierarchy.nic_gb_s)} NIC one way; "
        f"oversubscription {units.number_text(hierarchy.oversubscription, digits=3)} : 1; "
        f"≤ {hierarchy.switches} {'switch' if hierarchy.switches == 1 else 'switches'} between"
    )


def time_text(seconds: float) -> str:
    """Return a time to three digits, as the errors of the model allow no more.

    Examples
    --------
    >>> time_text(38.64e-6), time_text(0.0041709), time_text(12.0)
    ('38.6 µs', '4.17 ms', '12 s')
    """
    for unit, factor in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= 0.9995 * factor:
            return f"{units.number_text(seconds / factor, digits=3)} {unit}"
    return f"{units.number_text(seconds / 1e-6, digits=3)} µs"
