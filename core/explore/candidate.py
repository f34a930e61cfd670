"""One network that would do for a requirement, and what may be varied in looking for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.explore.candidate_bill import Bill, Lengths
from core.explore.candidate_devices import Amount
from core.fabrics.families import family
from core.fabrics.family import END_ROLES, Need, ParameterError, Sizes
from core.model.records import FabricRole, Value

if TYPE_CHECKING:
    from core.explore.candidate_measures import Measures
    from core.fabrics.family import Graph


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
    role : str
        Of the network: says by which ports the hosts join it.
    modules : mapping or None
        Modules of the hosts by bay; those the type ships with if None.
    """

    switches: tuple[str, ...]
    host: str = ""
    families: tuple[str, ...] = ()
    oversubscriptions: tuple[float, ...] = ()
    lengths: Lengths = field(default_factory=Lengths)
    seed: int = 0
    role: FabricRole = "compute"
    modules: Mapping[str, str] | None = None


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
    role : str
        Of the network.
    modules : mapping or None
        Modules of the hosts by bay; those the type ships with if None.
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
    role: FabricRole = "compute"
    modules: Mapping[str, str] | None = None

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
    def ends(self) -> dict[str, str]:
        """Device type by role of what does not forward, as far as it is known."""
        return {"host": self.host} if self.host else {}

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
