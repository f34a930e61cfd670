"""What every sheet reads: the project, its results, its names, and how the set is issued."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from core.drawing.cables import Cable, cables_of, natural
from core.drawing.placed import PlacedBlock, Placement
from core.editing.issuing import is_as_issued, project_of
from core.engine.cabling import pieces_of
from core.engine.comparison import Named
from core.engine.record_changes import Changed, changes_between
from core.errors import CagenutError
from core.model.project import Project
from core.model.records import Revision
from core.report.clouded import Clouded, Marks, clouded, mark_of
from core.report.fonts import missing
from core.report.paper import Paper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.engine.evaluation import Evaluation
    from core.engine.flat import Flat
    from core.rules.finding import Report

Progress = Callable[[int, int, str], None]
SHORT = 12
"""Hexadecimal digits of the hash that title blocks show."""


@dataclass(frozen=True)
class Since:
    """What has changed since an issue.

    Attributes
    ----------
    revision : Revision
        The one before.
    number : str
        Of the revision that issues the changes; empty for a draft.
    changes : tuple of Changed
    """

    revision: Revision
    number: str
    changes: tuple[Changed, ...]
    before: Project
    """The design as that revision issued it."""

    def touched(self, block: str) -> frozenset[str]:
        """Return the ids of what is new, moved or changed in a drawing, but for its cables."""
        return frozenset(
            one.key[1]
            for one in self.changes
            if one.key[0] == block
            and one.table in ("devices", "instances", "areas", "pathways")
            and one.kind != "removed"
        )

    def marks(self, block: str, ids: Collection[str]) -> Marks:
        """Return the changes of those of some things of a drawing that are touched."""
        touched = self.touched(block)
        return frozenset(
            mark_of(one) for one in self.changes if one.key[0] == block and one.key[1] in touched & set(ids)
        )


class CancelledError(CagenutError):
    """The user stopped a long task; nothing was written."""


@dataclass
class Context:
    """One making of the set."""

    project: Project
    paper: Paper
    data: bytes
    """The canonical text of the design, as attached."""
    evaluation: Evaluation | None = None
    report: Report | None = None
    """What the rules found; None: they were not run."""
    progress: Progress | None = None
    cancelled: Callable[[], bool] | None = None
    extras: dict[str, bytes] = field(default_factory=dict)
    """Further attachments by file name."""
    against: tuple[Named, ...] = ()
    """Designs to compare with, the first what all are held against."""

    def as_named(self, of: Evaluation) -> Named:
        """Return the design as one to compare."""
        return Named(self.title, self.project, of)

    def tick(self) -> None:
        """Raise if the user has cancelled.

        Raises
        ------
        CancelledError
            If so.
        """
        if self.cancelled is not None and self.cancelled():
            raise CancelledError("the specification set was cancelled")

    @cached_property
    def placement(self) -> Placement:
        """Everything built, by path."""
        return Placement(self.project, self.project.top)

    @cached_property
    def racks(self) -> list[PlacedBlock]:
        """The racks in the order of their tags."""
        return sorted(self.placement.racks, key=lambda at: natural(at.tag))

    @cached_property
    def cables(self) -> list[Cable]:
        """All cables in the order of the schedule."""
        return cables_of(self.placement, self.tick, self._piece_of if self.evaluation is not None else None)

    def device_name(self, row: int) -> str:
        """Return the names along the path of a device, by its row in the evaluation."""
        assert self.evaluation is not None
        snap = self.evaluation.snapshot
        return "/".join(self.project.names_along(snap.flat.block, snap.device_path(row)))

    def rack_name(self, row: int) -> str:
        """Return the names along the path of a rack, by its row in the evaluation."""
        assert self.evaluation is not None
        snap = self.evaluation.snapshot
        path = snap.rack_path(row)
        return "/".join(self.project.names_along(snap.flat.block, path)) if path else self.title

    @cached_property
    def pieces(self) -> int:
        """How many cables there are to order: twin-port cables and hose pairs are one piece each."""
        return sum(cable.is_first for cable in self.cables)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the attached design."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def short_hash(self) -> str:
        return self.hash[:SHORT]

    @cached_property
    def revisions(self) -> list[Revision]:
        """Revisions, the oldest first."""
        return sorted(self.project.revisions.values(), key=lambda r: (r.date, natural(r.number), r.id))

    @property
    def revision(self) -> Revision | None:
        """The latest revision."""
        return self.revisions[-1] if self.revisions else None

    @cached_property
    def since(self) -> Since | None:
        """What has changed since the issue before; None where nothing was issued before.

        Of an issued set that is the revision before its own; of a draft the latest. A revision whose state
        cannot be read any more is none to compare with.
        """
        kept = [revision for revision in self.revisions if revision.state]
        before = kept[:-1] if self.is_issued else kept
        if not before:
            return None
        number = self.revision.number if self.is_issued and self.revision else ""
        try:
            old = project_of(before[-1])
        except CagenutError:
            return None
        changes = changes_between(old, self.project)
        return Since(before[-1], number, tuple(changes), old)

    @cached_property
    def clouded(self) -> Clouded:
        """What has changed since, by path; nothing where nothing was issued before."""
        since = self.since
        return Clouded() if since is None else clouded(since.before, self.project, since.changes)

    @cached_property
    def is_issued(self) -> bool:
        """Whether the latest revision has purpose and approver, and the design is what it issued."""
        return self.revision is not None and not self._why_draft

    @property
    def status(self) -> str:
        """What the status field of the title block says."""
        last = self.revision
        if last is None or not self.is_issued:
            return f"DRAFT - {self._why_draft}"
        return last.purpose

    @cached_property
    def _why_draft(self) -> str:
        last = self.revision
        if last is None or not last.purpose.strip() or not last.approver.strip():
            return "not issued"
        return "" if is_as_issued(self.project, last) else f"altered since {last.number}"

    def word(self, name: str, default: str = "") -> str:
        """Return a text setting."""
        value = self.project.setting(name)
        return value if isinstance(value, str) and value else default

    @property
    def title(self) -> str:
        """Name of the project."""
        top = self.project.blocks.get(self.project.top)
        return self.word("project_name") or (top.name if top is not None else "Untitled design")

    @property
    def client(self) -> str:
        return self.word("client", "not stated")

    @property
    def site(self) -> str:
        return self.word("site", "not stated")

    @property
    def document(self) -> str:
        return self.word("document_number", "not stated")

    @cached_property
    def missing_characters(self) -> list[str]:
        """Characters of names and texts that the fonts of the set cannot draw."""
        text = self.data.decode("utf-8", "replace")
        return [] if text.isascii() else missing([text])

    # Rows of the engine's arrays
    @cached_property
    def _starts(self) -> dict[str, tuple[Flat, Mapping[str, int]]]:
        """Every placed block by path, with the first row of each kind."""
        found: dict[str, tuple[Flat, Mapping[str, int]]] = {}
        if self.evaluation is None:
            return found
        waiting: list[tuple[str, Flat, dict[str, int]]] = [
            ("", self.evaluation.snapshot.flat, dict.fromkeys(("device", "rack", "cable"), 0))
        ]
        while waiting:
            path, flat, start = waiting.pop()
            found[path] = (flat, start)
            for child in flat.children:
                below = f"{path}/{child.id}" if path else child.id
                waiting.append((below, child.flat, {k: start[k] + child.start[k] for k in start}))
        return found

    def rack_row(self, at: PlacedBlock) -> int:
        """Return the row of a rack in the engine's arrays, -1 without an evaluation."""
        placed = self._starts.get(at.path)
        return -1 if placed is None else placed[1]["rack"]

    @cached_property
    def _offsets(self) -> dict[str, dict[str, int]]:
        """First row of each link within the own cables of its block, in the engine's order."""
        found: dict[str, dict[str, int]] = {}
        for flat, _ in self._starts.values():
            if flat.block not in found:
                row, offsets = 0, found.setdefault(flat.block, {})
                for link_id, count in flat.cable_links:
                    offsets[link_id] = row
                    row += count
        return found

    def cable_row(self, cable: Cable) -> int:
        """Return the row of a cable in the engine's arrays, -1 without an evaluation."""
        placed = self._starts.get(cable.at.path)
        if placed is None:
            return -1
        return placed[1]["cable"] + self._offsets[cable.at.block.id][cable.link.id] + cable.k

    @cached_property
    def _shared(self) -> list[NDArray[np.int64] | None]:
        """For each option that carries several links: the number of the piece's group, by row of cables."""
        cabling = self.evaluation.cabling if self.evaluation is not None else None
        if cabling is None:
            return []
        return [pieces_of(o, cabling.classes) if o.links > 1 else None for o in cabling.options]

    def _piece_of(self, cable: Cable) -> tuple[Hashable, int] | None:
        """Tell which piece a link is part of, as the engine orders it."""
        row, found = self.cable_row(cable), self.evaluation
        if found is None or row < 0:
            return None
        option = int(found.cabling.cable_option[row])
        shared = self._shared[option] if option >= 0 else None
        if shared is None:
            return None
        return (option, int(shared[row])), found.cabling.options[option].links
