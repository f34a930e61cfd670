"""Scale-up domains: every GPU joined to every switch chip, such as NVLink of 8 and of 72 GPUs.

Links of a GPU are shared by the chips as equally as they come out: one link per GPU and chip in a domain of
72 (18 chips in 9 trays, NVIDIA DGX SuperPOD reference architecture, GB200, RA-11338-001), and 4, 5, 4 and 5
in one of 8 GPUs with 18 links and 4 chips.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from core.fabrics.family import Family, Parameters, Sizes
from core.fabrics.faults import Fault, ensure
from core.fabrics.tiers import filled
from core.fabrics.weave import Weave, numbered
from core.model.fields import described, quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class ScaleUp(Parameters, frozen=True, kw_only=True):
    """What scale-up domains are asked for."""

    domains: Annotated[int, quantity("", "Domains", low=1, high=100_000)] = 1
    gpus: Annotated[int, quantity("", "GPUs in a domain", low=1, high=4096)] = 72
    gpus_per_tray: Annotated[int, quantity("", "GPUs in a tray", low=1, high=4096)] = 4
    chips: Annotated[int, quantity("", "Switch chips in a domain", low=1, high=4096)] = 18
    chips_per_tray: Annotated[int, quantity("", "Switch chips in a tray", low=1, high=4096)] = 2
    links_per_gpu: Annotated[int, quantity("", "Links of a GPU", low=1, high=4096)] = 18
    link_gbps: Annotated[float, quantity("Gbit/s", "Rate of a link", low=1, high=100_000, help="One way")] = (
        400.0
    )
    chip_ports: Annotated[int, quantity("", "Ports of a switch chip", low=1, high=4096)] = 72
    detail: Annotated[
        Literal["chips", "trays"],
        described("Nodes of the network", help="chips: GPUs and chips; trays: what is put into a rack"),
    ] = "chips"

    def links_with(self, chip: int) -> int:
        """Links of every GPU with one of the chips."""
        return (chip + 1) * self.links_per_gpu // self.chips - chip * self.links_per_gpu // self.chips

    @property
    def links_by_chip(self) -> list[int]:
        return [self.links_with(chip) for chip in range(self.chips)]

    @property
    def gpu_gb_s(self) -> float:
        """Bandwidth of a GPU, both ways together, as it is advertised [GB/s]."""
        return 2 * self.links_per_gpu * self.link_gbps / 8


def faults(p: ScaleUp) -> Iterator[Fault]:
    """Yield why there is no such domain."""
    if p.links_per_gpu < p.chips:
        problem = f"{p.links_per_gpu} links of a GPU do not reach all of {p.chips} chips"
        yield Fault(problem, ("chips", "links_per_gpu"))
    most = -(-p.links_per_gpu // p.chips) * p.gpus
    if most > p.chip_ports:
        yield Fault(
            f"{p.gpus} GPUs need {most} ports of a switch chip; it has {p.chip_ports}",
            ("gpus", "chips", "chip_ports", "links_per_gpu"),
        )


def sizes(p: ScaleUp) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    ends, switches = p.gpus, p.chips
    if p.detail == "trays":
        ends, switches = -(-p.gpus // p.gpus_per_tray), -(-p.chips // p.chips_per_tray)
    end, switch = _roles(p)
    return Sizes(
        {end: p.domains * ends, switch: p.domains * switches},
        {(end, switch): p.domains * p.gpus * p.links_per_gpu},
        p.domains * p.gpus,
    )


def _roles(p: ScaleUp) -> tuple[str, str]:
    return ("host", "switch") if p.detail == "trays" else ("gpu", "switch")


def build(p: ScaleUp, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    weave = Weave("scale-up", msgspec.structs.asdict(p), seed)
    for number in range(p.domains):
        unit = numbered("domain-", number + 1, p.domains)
        if p.detail == "trays":
            _trays(weave, p, unit)
        else:
            _chips(weave, p, unit)
    return weave.graph()


def _chips(weave: Weave, p: ScaleUp, domain: str) -> None:
    """Add a domain whose nodes are GPUs and chips, by trays."""
    gbps, end, switch = p.link_gbps, *_roles(p)
    gpus = [
        weave.add(unit, name, end, 0, slots=p.links_per_gpu, slot_gbps=gbps, gpus=1)
        for unit, name in _places(domain, "compute", "gpu", p.gpus, p.gpus_per_tray)
    ]
    first = 0
    for chip, (unit, name) in enumerate(_places(domain, "switch", "chip", p.chips, p.chips_per_tray)):
        each = p.links_with(chip)
        key = weave.add(unit, name, switch, 1, slots=p.chip_ports, slot_gbps=gbps)
        for place, gpu in enumerate(gpus):
            weave.join(gpu, range(first, first + each), key, range(place * each, (place + 1) * each), gbps)
        first += each


def _places(domain: str, tray: str, word: str, count: int, size: int) -> Iterator[tuple[str, str]]:
    """Yield unit and name of things that sit in trays."""
    trays = filled(count, size)
    for number, held in enumerate(trays, 1):
        for place in range(held):
            yield (
                f"{domain}/{numbered(f'{tray}-', number, len(trays))}",
                numbered(f"{word}-", place + 1, size),
            )


def _trays(weave: Weave, p: ScaleUp, domain: str) -> None:
    """Add a domain whose nodes are trays: a trunk holds all links between the GPUs of one and the chips of
    another. GPU g of a tray has slots from `g * links_per_gpu`, chip c from `c * chip_ports`."""
    gbps, end, switch = p.link_gbps, *_roles(p)
    compute = filled(p.gpus, p.gpus_per_tray)
    hosts = [
        weave.add(
            domain,
            numbered("compute-", n, len(compute)),
            end,
            0,
            slots=held * p.links_per_gpu,
            slot_gbps=gbps,
            gpus=held,
        )
        for n, held in enumerate(compute, 1)
    ]
    switches, first, chip = filled(p.chips, p.chips_per_tray), 0, 0
    for number, chips in enumerate(switches, 1):
        name = numbered("switch-", number, len(switches))
        key = weave.add(domain, name, switch, 1, slots=chips * p.chip_ports, slot_gbps=gbps)
        shares_here = [p.links_with(chip + c) for c in range(chips)]
        for tray, host in enumerate(hosts):
            ends: list[int] = []
            ports: list[int] = []
            for gpu in range(compute[tray]):
                start = gpu * p.links_per_gpu + first
                place = tray * p.gpus_per_tray + gpu
                for c, each in enumerate(shares_here):
                    ends += range(start, start + each)
                    ports += range(c * p.chip_ports + place * each, c * p.chip_ports + (place + 1) * each)
                    start += each
            weave.join(host, ends, key, ports, gbps)
        first, chip = first + sum(shares_here), chip + chips


FAMILY = Family(
    "scale-up",
    "Scale-up domain",
    "Every GPU joined to every switch chip of its domain (NVLink of 8 or of 72 GPUs).",
    ScaleUp,
    build,
    sizes,
)

NVLINK_8 = ScaleUp(gpus=8, gpus_per_tray=8, chips=4, chips_per_tray=4, link_gbps=200.0, chip_ports=64)
"""A server of 8 H100: 18 links of 25 GB/s each way and four chips of 64 ports."""
NVLINK_72 = ScaleUp()
"""A rack of GB200 or GB300 NVL72: 18 links of 50 GB/s each way and 18 chips of 72 ports."""
