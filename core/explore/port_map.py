"""The port map of a device: its data cages one after the other, what is in each, and what is free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.editing.cabling.sockets import Ends, Plugged, Usage
from core.engine.proofs import FabricProofs, Proof
from core.model.ports import Port, lanes_of, whole_or_lanes
from core.model.project import Reader

State = Literal["free", "part", "used"]


@dataclass(frozen=True)
class PortUse:
    """One cable in a cage, or nothing in a free place of it.

    Attributes
    ----------
    token : str
        The port, or the lane of it.
    rate_gbps : float or None
        What the place carries at most.
    link : str
        Path of the link; empty where the place is free.
    cable : int
        Which cable of the link, from 0.
    fabric : str
        Id of its fabric.
    far : tuple of (path, token)
        Device and port at the other end.
    far_text : str
    """

    token: str
    rate_gbps: float | None
    link: str = ""
    cable: int = 0
    fabric: str = ""
    far: tuple[str, str] = ("", "")
    far_text: str = ""

    @property
    def is_free(self) -> bool:
        return not self.link


@dataclass(frozen=True)
class Cage:
    """One data port of the device, with all that is in it."""

    name: str
    connector: str
    rate_gbps: float | None
    uses: tuple[PortUse, ...]

    @property
    def state(self) -> State:
        free = sum(use.is_free for use in self.uses)
        return "used" if not free else "free" if free == len(self.uses) else "part"


def port_map(reader: Reader, block: str, path: str) -> tuple[Cage, ...]:
    """Return the data cages of a device in the order of its ports.

    Raises
    ------
    EditError
        If the path leads to no device.
    """
    usage = Usage(reader, block, path)
    plugged: dict[str, list[Plugged]] = {}
    for at in Ends(reader).plugged(block, path):
        plugged.setdefault(at.token.partition("/")[0], []).append(at)
    cages = []
    for port in usage.table:
        if port.group.layer != "data":
            continue
        held = sorted(plugged.get(port.name, ()), key=lambda at: at.token)
        uses = [_used(reader, block, usage, at) for at in held]
        uses += [_free(usage, token) for token in _places(usage, port, held) if not usage.obstacle(token)]
        uses.sort(key=lambda use: (len(use.token), use.token))
        cages.append(Cage(port.name, port.group.connector, port.group.rate_gbps, tuple(uses)))
    return tuple(cages)


def _places(usage: Usage, port: Port, held: list[Plugged]) -> list[str]:
    """Return the places of a cage: as what is in it splits it, else as it is used by itself."""
    socket = usage.table.find(held[0].token) if held else None
    return whole_or_lanes(port) if socket is None else lanes_of(port, socket.split)


def _free(usage: Usage, token: str) -> PortUse:
    socket = usage.table.find(token)
    return PortUse(token, None if socket is None else socket.rate_gbps)


def _used(reader: Reader, block: str, usage: Usage, at: Plugged) -> PortUse:
    path, token = at.far
    socket = usage.table.find(at.token)
    return PortUse(
        token=at.token,
        rate_gbps=None if socket is None else socket.rate_gbps,
        link=at.path,
        cable=at.cable,
        fabric=at.link.fabric,
        far=(path, token),
        far_text=f"{' / '.join(reader.names_along(block, path))} {token}",
    )


def counts_of(cages: tuple[Cage, ...]) -> tuple[int, int, int, int]:
    """Return cages in use and in all, and cables in them and places still free."""
    used = sum(cage.state != "free" for cage in cages)
    cables = sum(not use.is_free for cage in cages for use in cage.uses)
    free = sum(use.is_free for cage in cages for use in cage.uses)
    return used, len(cages), cables, free


_PROOFS = {
    "rails": ("rail", "port r of a host is on rail r"),
    "units": ("unit", "hosts of a unit share their leafs"),
    "planes": ("plane", "no cable joins two planes"),
    "plane loss": ("Loss of a plane", "the others keep every host joined"),
    "two leafs": ("Two leafs", "both ports of an adapter are on different leafs"),
    "bonds": ("Bonds", "every host is on two switches"),
}


def proof_words(proof: Proof) -> str:
    """Return a proof in words.

    Examples
    --------
    >>> proof_words(Proof("rails", 8, 31, 31, "host"))
    '8 rails: port r of a host is on rail r – all 31 hosts'
    >>> proof_words(Proof("units", 1, 30, 31, "host"))
    '1 unit: hosts of a unit share their leafs – 30 of 31 hosts'
    """
    head, text = _PROOFS.get(proof.name, (proof.name.capitalize(), "holds"))
    if proof.number:
        head = f"{proof.number:,} {head}{'' if proof.number == 1 else 's'}"
    number = f"all {proof.of:,}" if proof.holds else f"{proof.held:,} of {proof.of:,}"
    noun = proof.of_what + ("" if proof.of == 1 else "es" if proof.of_what.endswith("h") else "s")
    return f"{head}: {text} – {number} {noun}"


def proofs_of_fabric(found: tuple[FabricProofs, ...], fabric: str) -> tuple[Proof, ...]:
    """Return what is proven of one fabric."""
    return next((each.proofs for each in found if each.fabric == fabric), ())
