"""What comes of the workload that is being edited, computed beside the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.engine.cluster import Cluster, cluster_of
from core.engine.workload_plans import Alternatives, alternatives
from core.engine.workloads import RATES, WorkloadResult
from core.errors import CagenutError
from core.model.records import Workload
from core.model.transformer import Transformer
from desktop.background import Background

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

Clusters = dict[str, Cluster | CagenutError]
"""Accelerators by the part of the design they are in, or why there are none."""


def given_of(of: Evaluation, workload: Workload, model: Transformer | None) -> WorkloadResult:
    """Return what a workload starts from, without its accelerators."""
    return WorkloadResult(workload, model, rates=tuple(of.snapshot.brief.assume(name) for name in RATES))


def _tried(of: Evaluation, clusters: Clusters, workload: Workload, model: Transformer | None) -> Alternatives:
    given = given_of(of, workload, model)
    if model is None:
        return Alternatives(replace(given, problem="no model is chosen", cure="Choose one above"))
    part = workload.job.part
    if part not in clusters:
        try:
            clusters[part] = cluster_of(of.snapshot, of.network, part)
        except CagenutError as error:
            clusters[part] = error
    cluster = clusters[part]
    if isinstance(cluster, CagenutError):
        return Alternatives(replace(given, problem=cluster.problem, cure=cluster.cure))
    return alternatives(replace(given, cluster=cluster, notes=cluster.unknown), of.snapshot.brief)


class WorkloadTrials:
    """Answers the newest question only: one is computed, at most one waits.

    Parameters
    ----------
    parent : QObject
    of : Evaluation
        The design the workloads run on.
    told : callable
        Called with what comes of the workload that was asked for last.
    """

    def __init__(self, parent: QObject, of: Evaluation, told: Callable[[Alternatives], None]) -> None:
        self._background = Background(parent)
        self._of, self._told = of, told
        self._clusters: Clusters = {}
        self._next: Callable[[], Alternatives] | None = None
        self._is_dropped = False
        self._is_running = False

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still wanted."""
        return self._next is not None or (self._is_running and not self._is_dropped)

    def ask(self, workload: Workload, model: Transformer | None) -> None:
        """Compute what comes of a workload; what was asked before is not wanted any more."""
        self._next = partial(_tried, self._of, self._clusters, workload, model)
        self._is_dropped = self._is_running
        if not self._is_running:
            self._start()

    def cancel(self) -> None:
        """Want no answer."""
        self._next, self._is_dropped = None, self._is_running

    def close(self) -> None:
        """End the thread."""
        self.cancel()
        self._background.close()

    def _start(self) -> None:
        work, self._next = self._next, None
        assert work is not None
        self._is_running, self._is_dropped = True, False
        self._background.run(work, self._done)

    def _done(self, found: Alternatives | None, error: BaseException | None) -> None:
        was_dropped = self._is_dropped
        self._is_running = self._is_dropped = False
        if self._next is not None:
            self._start()
        if error is not None:
            raise error
        if not was_dropped and found is not None:
            self._told(found)
