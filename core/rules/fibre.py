"""Structured fibre: what is left of the light after panels and cassettes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from core.engine.channels import Channel
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import Design
from core.units import span


@rule("fibre.loss", Severity.WARNING, "Loss budget exceeded", reads=("cabling",), unit="dB")
def loss(design: Design) -> Iterator[Yielded]:
    """A channel through panels loses more light than its optics allow: links flap or do not come up.

    Loss of the fibres by length, and of each pass through a panel or cassette with its mated pairs.

    Source: loss of the cable and panel types against the budget of the optics (IEEE 802.3 gives one for each
    medium); each number has its own source in the catalogue.
    """
    closed = [c for c in design.of.cabling.channels if not c.is_open]
    if any(np.isnan(c.loss_db) for c in closed):
        yield Missing("loss of fibres or panels")
    if any(np.isnan(c.budget_db) for c in closed):
        yield Missing("loss budget of optics")
    yield from _marks(
        [c for c in closed if c.loss_db > c.budget_db + 1e-9],
        lambda c: (
            f"{c.loss_db:.2f} dB through {len(c.panels)} panels of {c.budget_db:.2f} dB allowed; use fewer"
        ),
        lambda c: (c.loss_db, c.budget_db),
    )


@rule("fibre.reach", Severity.ERROR, "Channel longer than its optics reach", reads=("cabling",), unit="m")
def reach(design: Design) -> Iterator[Yielded]:
    """The cables of a channel through panels are together longer than its optics reach; each alone is not.

    Source: reach of the optics, each with its own source in the catalogue.
    """
    yield from _marks(
        [c for c in design.of.cabling.channels if not c.is_open and c.length_m > c.reach_m + 1e-9],
        lambda c: (
            f"{span(c.length_m)} in {len(c.cables)} cables, {span(c.reach_m)} reached; take other optics"
        ),
        lambda c: (c.length_m, c.reach_m),
    )


@rule("fibre.polarity", Severity.ERROR, "Transmit meets transmit", reads=("cabling",))
def polarity(design: Design) -> Iterator[Yielded]:
    """Transmit and receive change places an even number of times along a channel through panels: both ends
    send into each other's transmitter, and the link never comes up.

    Crossed cables are MPO of type B or C and LC cords A-to-B; panels and cassettes pass straight.

    Source: connectivity methods A, B and C of TIA-568 all cross an odd number of times; recalled.
    """
    closed = [c for c in design.of.cabling.channels if not c.is_open]
    if any(c.crossings is None for c in closed):
        yield Missing("polarity of fibre cables")
    yield from _marks(
        [c for c in closed if c.crossings is not None and c.crossings % 2 == 0],
        lambda c: (
            f"{c.crossings} of its {len(c.cables)} cables are crossed, an odd number is needed; make one "
            f"{'straight' if c.crossings else 'crossed'}"
        ),
        None,
    )


@rule("fibre.pins", Severity.ERROR, "Multi-fibre plugs that do not mate", reads=("cabling",))
def pins(design: Design) -> Iterator[Yielded]:
    """Two multi-fibre plugs meet that both have guide pins, and break, or neither has, and do not align.

    Optics and the backs of cassettes have pins, so what plugs into them has none; of two cables that meet in
    a panel one has.

    Source: MPO connectors as in IEC 61754-7; recalled.
    """
    closed = [c for c in design.of.cabling.channels if not c.is_open]
    if any(None in mate for c in closed for mate in c.mates):
        yield Missing("guide pins of fibre cables")
    wrong = [c for c in closed if any(None not in mate and mate[0] == mate[1] for mate in c.mates)]

    def text(channel: Channel) -> str:
        both = [mate[0] for mate in channel.mates if None not in mate and mate[0] == mate[1]]
        words = ((True, "both plugs have guide pins"), (False, "neither plug has guide pins"))
        has = " and ".join(said for pinned, said in words if pinned in both)
        return f"{has} at {len(both)} of {len(channel.mates)} places; order trunks with pins, cords without"

    yield from _marks(wrong, text, None)


@rule("fibre.open", Severity.INFO, "Channel ends at a panel", reads=("cabling",))
def open_channel(design: Design) -> Iterator[Yielded]:
    """A cable goes to a port of a patch panel from which no other leaves: there is no light at the far side.

    Source: the cables as drawn; port k in front passes to port k behind, of a cassette to the trunk it is on.
    """
    text = "ends at a port of a panel that nothing leaves from; patch it on"
    yield from _marks([c for c in design.of.cabling.channels if c.is_open], lambda _: text, None)


def _marks(
    found: list[Channel],
    text: Callable[[Channel], str],
    values: Callable[[Channel], tuple[float, float]] | None,
) -> Iterator[Yielded]:
    """Mark the first cable of each channel."""
    if not found:
        return
    rows = np.array([c.cables[0] for c in found], np.int64)
    numbers = None if values is None else np.array([values(c) for c in found])
    value, limit = (None, None) if numbers is None else (numbers[:, 0], numbers[:, 1])
    yield Marks("cable", rows, lambda k: text(found[k]), value, limit, np.zeros(len(rows), np.int64))
