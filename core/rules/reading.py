"""The records a check needs, as they were when it was prepared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.model.project import Project, Reader
from core.model.records import TABLES

_NOTHING: Mapping[str, Any] = {}
_SKIPPED = frozenset(
    ("revisions", "layouts", "notes", "workloads", "models", "alternates", "linked", "pathways", "underlays")
)
"""Tables no rule looks at."""


class Reading(Reader):
    """A project's records, fixed; safe to read in another thread.

    Records are immutable, so only the tables' dictionaries are copied, and of these only the ones that
    changed since the last reading: a mapping that is the same object holds the same records.
    """

    def __init__(self, kept: dict[tuple[str, str], tuple[int, Mapping[str, Any]]]) -> None:
        self._kept = kept
        self._blocks: dict[str, list[str]] = {}
        for table, block in kept:
            self._blocks.setdefault(table, []).append(block)

    @classmethod
    def of(cls, project: Project, before: Reading | None = None) -> Reading:
        """Read a project where it is edited; what an earlier reading has is used again."""
        old = {} if before is None else before._kept
        kept: dict[tuple[str, str], tuple[int, Mapping[str, Any]]] = {}
        for table in TABLES:
            if table in _SKIPPED:
                continue
            for block in list(project.blocks_of(table)):
                version = project.version(table, block)
                known = old.get((table, block))
                if known is None or known[0] != version:
                    known = (version, dict(project.rows(table, block)))
                kept[table, block] = known
        return cls(kept)

    def rows(self, table: str, block: str = "") -> Mapping[str, Any]:
        entry = self._kept.get((table, block))
        return _NOTHING if entry is None else entry[1]

    def blocks_of(self, table: str) -> Iterator[str]:
        return iter(self._blocks.get(table, ()))
