"""Constants of the model of collectives: read from one file, each with unit, meaning and source."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

import msgspec

from core.engine.constants_file import parse_constants, shipped_text
from core.errors import EngineError
from core.model.fields import quantity

Share = Annotated[float, quantity("", "Share of a rate that is reached", low=0.0, high=1.0)]


class LinkConstants(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What collectives reach over one kind of scale-up link."""

    launch_us: Annotated[float, quantity("us", "Kernel launch and first synchronisation", low=0.0)]
    step_us: Annotated[float, quantity("us", "One step of a ring", low=0.0)]
    exchange_us: Annotated[float, quantity("us", "Launch of an exchange of all with all", low=0.0)]
    peer_us: Annotated[float, quantity("us", "Each further peer of an exchange", low=0.0)]
    ring_share: Annotated[float, quantity("", "Link rate reached by long rings", low=0.001, high=1.0)]
    direct_share: Annotated[float, quantity("", "Link rate reached peer to peer", low=0.001, high=1.0)]
    low_latency_share: Annotated[
        float, quantity("", "Link rate of the protocol that sends flags with the data", low=0.001, high=1.0)
    ]
    own_copy: Annotated[float, quantity("", "Cost of copying the own part, in parts sent", low=0.0)]
    segment_us: Annotated[float, quantity("us", "Time a segment spends at each rank", low=0.0)]
    gather_share: Annotated[float, quantity("", "Rate of gathering over that of reducing", low=0.001)] = 1.0
    switch_share: Share | None = None
    """Link rate reached when the switch adds up; None where it cannot."""
    switch_launch_us: Annotated[float, quantity("us", "Launch of a reduction in the switch", low=0.0)] = 0.0
    switch_segment_us: Annotated[float, quantity("us", "Time a segment spends there, by rank", low=0.0)] = 0.0


class FabricConstants(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What collectives reach over the network."""

    nic_share: Annotated[float, quantity("", "Rate of a network port reached on its rail", low=0.001)]
    nic_cross_rail_share: Annotated[float, quantity("", "The same across rails", low=0.001)]
    nic_low_latency_share: Annotated[float, quantity("", "Payload of the protocol with flags", low=0.001)]
    nic_low_latency_us: Annotated[float, quantity("us", "One step over the network with flags", low=0.0)]
    nic_simple_us: Annotated[float, quantity("us", "One step over the network", low=0.0)]
    switch_us: Annotated[float, quantity("us", "Each switch on the way", low=0.0)]
    low_latency_most_tokens: Annotated[
        int, quantity("", "Tokens up to which experts exchange directly", low=0)
    ]
    dispatch_bytes_per_value: Annotated[float, quantity("B", "Bytes sent for each value to experts", low=0.0)]
    combine_bytes_per_value: Annotated[float, quantity("B", "Bytes sent back for each value", low=0.0)]


class Accelerator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scale-up side of an accelerator: kind of link and rate one way."""

    link: str
    up_gb_s: Annotated[float, quantity("GB/s", "Scale-up, one way", low=0.001)]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where constants come from."""

    fields: tuple[str, ...]
    title: str
    evidence: Literal["verified", "estimate", "recalled", "assumed", "user"]
    read: str


class Constants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All constants; `msgspec.structs.replace` makes an edited copy."""

    fabric: FabricConstants
    links: dict[str, LinkConstants]
    accelerators: dict[str, Accelerator]
    sources: tuple[Source, ...]

    def link(self, name: str) -> LinkConstants:
        """Return the constants of a kind of scale-up link.

        Raises
        ------
        EngineError
            If there are none.
        """
        found = self.links.get(name)
        if found is None:
            raise EngineError(
                f"collectives over '{name}' have not been measured",
                cure=f"Known are: {', '.join(self.links)}",
            )
        return found

    def accelerator(self, name: str) -> Accelerator | None:
        """Return the accelerator whose name begins `name`, such as H100-SXM for H100-SXM-80GB."""
        fitting = [key for key in self.accelerators if name == key or name.startswith(key + "-")]
        return self.accelerators[max(fitting, key=len)] if fitting else None

    def source(self, field: str) -> Source | None:
        """Return where a constant comes from, by its dotted name (`links.own_copy`, `fabric.nic_share`)."""
        named = [s for s in self.sources if field in s.fields]
        general = [s for s in self.sources if field.partition(".")[0] in s.fields]
        return next(iter(named + general), None)


def read_constants(text: str, where: str = "collectives.toml") -> Constants:
    """Return the constants that a TOML text holds.

    Raises
    ------
    EngineError
        If it is no TOML, or a constant is missing, unknown or out of its range.
    """
    return parse_constants(text, Constants, where)


@cache
def shipped_constants() -> Constants:
    """Return the constants shipped with the program."""
    return read_constants(shipped_text("collectives.toml"))
