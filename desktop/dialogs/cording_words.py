"""What is said above planned cords: loads over their rating, copies that are altered too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from core.editing.laying.cord_plan import CordPlan
from core.explore.cord_loads import CordLoads
from core.units import share
from desktop.icons import pixmap
from desktop.widgets import label, row

if TYPE_CHECKING:
    from desktop.document import Document


def said_of_loads(loads: CordLoads, name: Callable[[str], str]) -> tuple[str, str]:
    """Return whether anything is over its rating, as a mark and a sentence.

    Parameters
    ----------
    loads : CordLoads
    name : callable
        Gives the name of a source or of the path of a feeder.
    """
    over = loads.over
    if not over:
        unknown = sum(load.rated != load.rated for load in loads.loads)
        rest = f"; {unknown:,} of {len(loads.loads):,} ratings are not known" if unknown else ""
        return "ok", f"No PDU, bank or line is over its rating, whichever source or side is lost{rest}"
    worst = max(over, key=lambda load: max(load.after, load.worst) / load.rated)
    where = f"{name(worst.path)}, {worst.part}" if worst.part else name(worst.path)
    when = f" without {worst.case}" if worst.case else ""
    used = share(max(worst.after, worst.worst) / worst.rated)
    more = f"; {len(over) - 1:,} more are over theirs" if len(over) > 1 else ""
    return "error", f"{where} carries {used} of its rating{when}{more}"


def other_copies(document: Document, plan: CordPlan) -> int:
    """Return how many racks get the cords too that are copies of those selected."""
    if document.only_this or not plan.of("new"):
        return 0
    racks: dict[str, set[str]] = {}
    for rack in {cord.device.rpartition("/")[0] for cord in plan.cords}:
        block = document.block_at(rack)
        if rack and document.project.blocks[block].kind == "rack":
            racks.setdefault(block, set()).add(rack)
    placed = document.project.placements()
    return sum(max(placed.get(block, 1) - len(chosen), 0) for block, chosen in racks.items())


def marked(mark: str, text: str) -> QWidget:
    """Return a sentence with its mark in front."""
    made, picture = QWidget(), QLabel()
    picture.setPixmap(pixmap(mark, mark, 16))
    picture.setFixedWidth(20)
    words = label(text, wrap=True)
    words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    made.setLayout(row(picture, words, gap=4))
    return made
