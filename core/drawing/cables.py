"""Every cable of the design by name, end and label; one row for each, in the order of a schedule.

A cable's tag is the name of its link (with `-k` for cable k of a trunk) where it has one, else a letter for
what it carries and a number in the order of the schedule. Port maps, labels and schedules all print these.
A *piece* is what is ordered: a twin-port cable or a hose pair carries two links and has one tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache
from typing import NamedTuple

from core.drawing.placed import Found, PlacedBlock, Placement, links_in
from core.model.records import Link
from core.model.types import RackType

LETTERS = {
    "compute": "C",
    "storage": "S",
    "in-band": "I",
    "out-of-band": "M",
    "scale-up": "U",
    "other": "D",
    "power": "P",
    "coolant": "W",
}
"""First letter of the tag of a cable that has no name, by role of its fabric or by layer."""


class CableEnd(NamedTuple):
    """Where a cable is plugged in."""

    path: str
    port: str
    found: Found
    unit: str

    @property
    def rack(self) -> str:
        """Tag of the rack; of the floor block for a device on the floor."""
        return self.found.at.tag

    @property
    def standing(self) -> str:
        """Tag of the rack, or of the device itself on the floor."""
        return self.found.at.tag if self.found.rack is not None else self.found.tag

    @property
    def place(self) -> str:
        """Rack and unit, as on a label: `SU-1/R03-U24`."""
        return f"{self.rack}-{self.unit}" if self.unit else self.found.tag

    @property
    def label(self) -> str:
        """This end on a label: rack, unit, port."""
        return f"{self.place}:{self.port}"

    @property
    def plug(self) -> str:
        """This end on the label of a piece that fills the cage: rack, unit, cage."""
        return f"{self.place}:{self.cage}"

    @property
    def cage(self) -> str:
        """The port without its lane."""
        return self.port.partition("/")[0]


class Cable(NamedTuple):
    """One link of a cable: the whole cable, unless the piece carries several."""

    tag: str
    link: Link
    k: int
    at: PlacedBlock
    a: CableEnd
    z: CableEnd
    number: int = 1
    """Which link of the piece this is, from 1."""
    links: int = 1
    """Links in the piece."""
    is_twin: bool = False
    """All links of the piece join the same two plugs, which have one pair of labels."""

    @property
    def is_first(self) -> bool:
        """Whether the piece is counted with this link."""
        return self.number == 1

    @property
    def label_a(self) -> str:
        """Text of the label at the A end: near end first."""
        return f"{self._texts[0]} / {self._texts[1]}"

    @property
    def label_z(self) -> str:
        """Text of the label at the Z end: near end first."""
        return f"{self._texts[1]} / {self._texts[0]}"

    @property
    def _texts(self) -> tuple[str, str]:
        if self.is_twin and self.link.layer == "data":
            return self.a.plug, self.z.plug
        return self.a.label, self.z.label


PieceOf = Callable[[Cable], "tuple[Hashable, int] | None"]
"""Says for a link what it may share a piece with (equal keys) and how many links a piece takes; or None."""


def unit_of(found: Found, placement: Placement) -> str:
    """Return where in its rack a device is: `U24` (its lowest unit), `U24½`, or the name of its zone."""
    if found.rack is None:
        return ""
    device = found.device
    if device.zone:
        return f"{device.zone}" if not device.place else f"{device.zone}.{device.place + 1}"
    rack = placement.project.find_type(found.at.block.rack_type)
    number = rack.unit_number(device.half_u) if isinstance(rack, RackType) else 1 + device.half_u / 2
    return f"U{number:.0f}" if number == round(number) else f"U{number - 0.5:.0f}½"


@lru_cache(maxsize=100_000)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key by which `R9` comes before `R10`.

    Examples
    --------
    >>> sorted(["R10", "R9", "A"], key=natural)
    ['A', 'R9', 'R10']
    """
    parts = re.split(r"(\d+)", text)
    return tuple((1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts if p)


def cables_of(
    placement: Placement, tick: Callable[[], None] | None = None, piece_of: PieceOf | None = None
) -> list[Cable]:
    """Return all links under a block, bundle after bundle: by A rack, layer, fabric, Z rack, unit, port.

    Links of one piece follow each other and share its tag; without `piece_of` each link is a piece.
    """
    ends: dict[tuple[str, str], CableEnd | None] = {}

    def end(path: str, port: str) -> CableEnd | None:
        if (path, port) not in ends:
            found = placement.device(path)
            ends[path, port] = CableEnd(path, port, found, unit_of(found, placement)) if found else None
        return ends[path, port]

    rows: list[Cable] = []
    for at in placement.blocks.values():
        if tick is not None:
            tick()
        for link in links_in(placement.project, at):
            for k, name in _members(at, link):
                a = end(at.prefix() + link.a.path, link.a.ports[k])
                z = end(at.prefix() + link.b.path, link.b.ports[k])
                if a is not None and z is not None:
                    rows.append(Cable(name, link, k, at, a, z))
    rows.sort(key=_order)
    return _numbered(rows if piece_of is None else _in_pieces(rows, piece_of), placement)


def _in_pieces(rows: list[Cable], piece_of: PieceOf) -> list[Cable]:
    """Put the links of a piece together, where the first of them stood."""
    shared: dict[Hashable, list[Cable]] = {}
    sizes: dict[Hashable, int] = {}
    for cable in rows:
        found = piece_of(cable)
        if found is not None:
            shared.setdefault(found[0], []).append(cable)
            sizes[found[0]] = found[1]
    pieces: dict[tuple[str, str, int], list[Cable]] = {}
    for key, members in shared.items():
        members.sort(key=lambda c: (c.at.path, natural(c.link.id), c.k))
        for start in range(0, len(members), sizes[key]):
            piece = members[start : start + sizes[key]]
            pieces.update((_key(cable), piece) for cable in piece)
    together: list[Cable] = []
    done: set[tuple[str, str, int]] = set()
    for cable in rows:
        if _key(cable) not in done:
            piece = sorted(pieces.get(_key(cable), [cable]), key=_order)
            done.update(_key(member) for member in piece)
            together += _one_piece(piece) if len(piece) > 1 else piece
    return together


def _key(cable: Cable) -> tuple[str, str, int]:
    return cable.at.path, cable.link.id, cable.k


def _one_piece(piece: list[Cable]) -> list[Cable]:
    """Return the links of a piece under one tag: all the names its links have of their own."""
    first = piece[0]
    tags = [
        c.tag for c in piece if c is first or not (c.link is first.link and c.tag.endswith(f"-{c.k + 1}"))
    ]
    tag = " + ".join(dict.fromkeys(t for t in tags if t))
    ends = {frozenset((e.path, e.cage if c.link.layer == "data" else "") for e in (c.a, c.z)) for c in piece}
    twin = len(ends) == 1
    return [c._replace(tag=tag, number=i, links=len(piece), is_twin=twin) for i, c in enumerate(piece, 1)]


def _members(at: PlacedBlock, link: Link) -> Iterator[tuple[int, str]]:
    """Yield the cables of a link that are there, with the name each has; empty if none."""
    name = at.overrides.name(link.id, link.name) if link.name or at.overrides else ""
    own = "" if name == link.id and not link.name else name
    for k in range(link.count):
        if at.overrides and at.overrides.is_absent(link.id, k):
            continue
        tag = f"{own}-{k + 1}" if own and link.count > 1 else own
        if at.overrides:
            alone = (o.name for o in at.overrides.find(link.id, k) if o.cable == k and o.name is not None)
            tag = next(alone, tag)
        yield k, at.tag_of(tag) if tag else ""


def _order(cable: Cable) -> tuple[object, ...]:
    a, z = cable.a, cable.z
    return (
        natural(a.standing), cable.link.layer != "data", cable.link.layer, cable.link.fabric,
        natural(z.standing), natural(a.unit), natural(a.found.name), natural(a.port), natural(z.unit),
        natural(z.port),
    )  # fmt: skip


def _numbered(rows: list[Cable], placement: Placement) -> list[Cable]:
    """Give a number to the cables without a name."""
    letters = {f.id: LETTERS[f.role] for f in placement.project.fabrics.values()}
    totals: dict[str, int] = {}
    kinds = []
    for cable in rows:
        link = cable.link
        letter = LETTERS.get(link.layer) or letters.get(link.fabric, "D")
        kinds.append(letter)
        if not cable.tag and cable.is_first:
            totals[letter] = totals.get(letter, 0) + 1
    width = max(4, len(str(max(totals.values(), default=0))))
    counts: dict[str, int] = {}
    numbered = []
    for cable, letter in zip(rows, kinds, strict=True):
        if not cable.tag:
            counts[letter] = counts.get(letter, 0) + cable.is_first
            cable = cable._replace(tag=f"{letter}-{counts[letter]:0{width}d}")
        numbered.append(cable)
    return numbered
