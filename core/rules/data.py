"""How well the design is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.editing.routes import counted
from core.engine.delivered import altered
from core.rules.finding import Severity
from core.rules.rule import Hit, Marks, Missing, Yielded, of_design, rule
from core.rules.views import Design, RackView
from core.rules.wording import listed
from core.units import share

LEAST_VERIFIED = 0.5


@rule("data.power_unknown", Severity.INFO, "Power not known", reads=("devices", "power"))
def power_unknown(design: Design) -> Iterator[Yielded]:
    """The power of a type is given by nobody and counts as nothing: the design draws more than it says.

    Source: the catalogue; what is not found there stays unknown.
    """
    unknown = design.of.power.max_grounds.unknown
    if unknown:
        names = listed(name.partition(":")[0] for name in unknown)
        yield of_design(f"power of {names} not known and counted as 0 W; enter it", float(len(unknown)), 0.0)


@rule("data.unverified_share", Severity.INFO, "Most of the power is not verified",
      reads=("power",), worse="less")  # fmt: skip
def unverified_share(design: Design) -> Iterator[Yielded]:
    """Less than half of the maximum power stands on values seen in a source.

    Source: evidence of the types' values; house limit of one half.
    """
    grounds = design.of.power.max_grounds
    if grounds.shares and grounds.verified < LEAST_VERIFIED:
        names = listed(c.name for c in grounds.dominant)
        yield of_design(
            f"{share(grounds.verified)} of the maximum power is verified, less than {share(LEAST_VERIFIED)}; "
            f"confirm {names}",
            grounds.verified,
            LEAST_VERIFIED,
        )


@rule("data.delivered_contents", Severity.WARNING, "Contents not as delivered", reads=("devices", "racks",
      "rack records"))  # fmt: skip
def delivered_contents(design: Design) -> Iterator[Yielded]:
    """A rack states mass or price as delivered, but holds other things than the statement was made for.

    What was added counts on top of the statement; what was taken out is still in it, so mass and price are
    too high by its share.

    Source: the rack block's own statement; house rule.
    """
    rows, added, missing = altered(design.snap)

    def text(k: int) -> str:
        parts = [
            f"{counted(int(n), 'thing')} {what}"
            for n, what in ((added[k], "added"), (missing[k], "missing"))
            if n
        ]
        return (
            f"{' and '.join(parts)} against the contents its mass and price are stated for; state them anew"
        )

    yield Marks("rack", rows, text, added + missing, np.zeros(len(rows)))


@rule("data.type_outdated", Severity.INFO, "Types with a newer version", reads=("devices",))
def type_outdated(design: Design) -> Iterator[Yielded]:
    """The catalogue has a newer version of types the project uses.

    A project keeps the copy it was drawn with until told to update it.

    Source: versions of project and catalogue types.
    """
    if design.library is None:
        yield Missing("catalogue: not loaded")
        return
    old = [
        (spec.name, spec.version, newer.version)
        for spec in design.specs.all_types()
        if (newer := design.library.find(spec.id)) is not None and newer.version > spec.version
    ]
    if old:
        names = listed(f"{name} ({version}, now {new})" for name, version, new in sorted(old))
        yield of_design(f"newer in the catalogue: {names}; update them", float(len(old)), 0.0)


@rule("data.unnamed", Severity.WARNING, "Device without a name", scope="rack")
def unnamed(view: RackView) -> Iterator[Yielded]:
    """A device has no name: sheets, labels and schedules cannot tell it from others of its type.

    Source: house rule; TIA-606 asks for an identifier at both ends of every cord (recalled).
    """
    for device, spec in view.devices:
        if not device.name.strip():
            yield Hit((device.id,), f"{spec.name} has no name; give it one")
