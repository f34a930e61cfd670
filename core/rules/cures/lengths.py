"""What was pinned by hand and is wrong is left to the engine again: lengths, parts, routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.editing.overrides import clear_override
from core.editing.pathways import pin_route
from core.editing.routes import passing
from core.model.change import Edit
from core.model.records import Link, Override
from core.rules.cures.cure import Known, cure
from core.rules.finding import Finding


@cure("Order the length it needs", "cabling.too_short", "cabling.too_long")
def unpin_length(edit: Edit, finding: Finding, known: Known) -> None:
    """Leave the length to the engine: that of the drawing, and those of single copies or cables."""
    is_short = finding.rule == "cabling.too_short"
    limit = finding.limit or 0.0
    wrong: Callable[[float], bool] = lambda m: m < limit if is_short else m > limit  # noqa: E731
    for link in _links(edit, finding):
        for own in _said(edit, finding, link):
            if own.length_m is not None and wrong(own.length_m):
                clear_override(edit, own.block, own.path, "length_m", cable=own.cable)
        if link.length_m is not None and wrong(link.length_m):
            edit.replace("links", link.key, length_m=None)


@cure("Let the part be chosen", "cabling.part_mismatch")
def unpin_part(edit: Edit, finding: Finding, known: Known) -> None:
    """Take the pinned part off a link: medium and part follow from ports and length."""
    for link in _links(edit, finding):
        edit.replace("links", link.key, cable="")


@cure("Unpin the route", "pathways.pin_gone", "pathways.pin_off")
def unpin_route(edit: Edit, finding: Finding, known: Known) -> None:
    """Let a link take the shortest way."""
    for link in _links(edit, finding):
        pin_route(edit, link.block, [link.id], ())


def _links(edit: Edit, finding: Finding) -> Iterator[Link]:
    for path in finding.subjects:
        link = edit.resolve(finding.block, path)
        if isinstance(link, Link):
            yield link


def _said(edit: Edit, finding: Finding, link: Link) -> list[Override]:
    """Return what outer blocks say of a link: of all copies that the finding is about, not of others."""
    found = []
    for override in passing(edit, [link.key]).overrides:
        is_link = override.path.rpartition("/")[2] == link.id
        inside = override.block != finding.block or override.path in finding.subjects
        if is_link and inside:
            found.append(override)
    return found
