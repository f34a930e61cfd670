"""Stages: pure functions from a snapshot and earlier results to a result.

A stage says which groups of columns it reads and which stages it needs. Its result is kept until one of
these changes identity; the snapshot keeps the identity of every group that an edit leaves as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.engine.snapshot import Snapshot

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Stage(Generic[T]):
    """One quantity family. With `reuses` the function takes its last result too (`before`), to keep parts
    of it whose inputs are the same; the outcome must not depend on it."""

    name: str
    function: Callable[..., T]
    reads: tuple[str, ...]
    needs: tuple[Stage[Any], ...]
    live: bool
    reuses: bool = False

    def __call__(self, snapshot: Snapshot, *results: Any) -> T:
        """Compute without a cache."""
        return self.function(snapshot, *results)


def stage(
    *, reads: tuple[str, ...], needs: tuple[Stage[Any], ...] = (), live: bool = True, reuses: bool = False
) -> Callable[[Callable[..., T]], Stage[T]]:
    """Make a stage of a function `f(snapshot, *results_of_needs)`."""

    def decorate(function: Callable[..., T]) -> Stage[T]:
        return Stage(function.__name__, function, reads, needs, live, reuses)

    return decorate


class Results:
    """Results of stages, each kept until what it was made from changes."""

    def __init__(self, starts: Callable[[str], None] | None = None) -> None:
        self._kept: dict[str, tuple[tuple[Any, ...], Any]] = {}
        self._starts = starts
        """Told the name of each stage before it runs; what it raises ends the evaluation."""
        self.computed: list[str] = []
        """Stages that really ran in the last `of` calls; for tests and benchmarks."""

    def of(self, stage: Stage[T], snapshot: Snapshot) -> T:
        """Return the result of a stage for a snapshot."""
        needed = tuple(self.of(other, snapshot) for other in stage.needs)
        inputs = (*(snapshot.group(name) for name in ("specs", *stage.reads)), *needed)
        kept = self._kept.get(stage.name)
        if (
            kept is not None
            and len(kept[0]) == len(inputs)
            and all(a is b for a, b in zip(kept[0], inputs, strict=True))
        ):
            return kept[1]  # type: ignore[no-any-return]
        if self._starts is not None:
            self._starts(stage.name)
        if stage.reuses and kept is not None:
            result = stage.function(snapshot, *needed, before=kept[1])
        else:
            result = stage.function(snapshot, *needed)
        self._kept[stage.name] = (inputs, result)
        self.computed.append(stage.name)
        return result
