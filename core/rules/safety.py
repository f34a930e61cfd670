"""What the brief asks of redundancy, and what endangers people or the site."""

from __future__ import annotations

from collections.abc import Iterator

from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, of_design, rule
from core.rules.supplies import only_source
from core.rules.views import Design
from core.rules.wording import watts

TWO_SOURCES = ("2n", "2n+1", "n+n", "2(n+1)", "a/b", "a+b")
"""Words of the requirement that ask for two independent sources at every device."""


@rule("safety.redundancy", Severity.ERROR, "All inlets on one source though two are asked for",
      reads=("devices", "brief", "power"), unit="W")  # fmt: skip
def redundancy(design: Design) -> Iterator[Yielded]:
    """The brief asks for 2N, but a device goes down when one source is lost.

    Judged on the power graph through PDUs, shelves and busways, not by the names of inlets.

    Source: 2N is two full systems, recalled.
    """
    asked = design.brief.required("redundancy")
    if not asked:
        yield Missing("power redundancy in the brief")
        return
    if str(asked).strip().lower() not in TWO_SOURCES:
        return
    drawn = design.of.power
    if (drawn.normal.source_w > 0).sum() == 1:
        name = design.source_name(int(drawn.normal.source_w.argmax()))
        load = float(drawn.normal.source_w.sum())
        yield of_design(
            f"{asked} is asked for, but source {name} carries all {watts(load)}; add a source", load, 0
        )
        return
    rows, names = only_source(design)
    power = drawn.normal.device_heat_w[rows]
    yield Marks(
        "device",
        rows,
        lambda k: (
            f"down when {names[k]} is lost, {watts(power[k])}, though {asked} is asked for; "
            "feed its inlets from two sources"
        ),
        power,
        power * 0,
    )
