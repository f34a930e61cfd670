"""What if something failed, and what load would the links carry: tried on the fabric shown, never an edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.errors import CagenutError
from desktop.background import Background
from desktop.jobs import CancelledError, Job

if TYPE_CHECKING:
    from core.drawing.fabric_graph import FabricGraph, Rows
    from core.drawing.fabric_paths import LinkPaths
    from core.engine.drawn import DrawnFabric
    from core.engine.failures.cases import Failure
    from core.engine.snapshot import Snapshot
    from core.explore.loading import Choice, Trial, Trials

Cable = tuple[str, int]
"""Path of a link and which of its cables, from 0."""


class WhatIf(QObject):
    """Devices and cables that are taken for failed, the traffic that is tried, and what comes of both.

    What fails is kept by path and holds in every fabric. Results are worked out beside the window; what is
    asked for anew drops what is under way.
    """

    changed = Signal()
    """Something else fails, or other traffic is tried."""
    found = Signal()
    """What comes of it is known, or it is known why not."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self.devices: dict[str, None] = {}
        self.cables: dict[Cable, None] = {}
        self.wants_load = False
        self.trial: Trial | None = None
        """What comes of it; None while that is not known."""
        self.problem = ""
        self.drawn: DrawnFabric | None = None
        self.snapshot: Snapshot | None = None
        self._choice: Choice | None = None
        self._hosts: tuple[str, ...] = ()
        self._tags: Callable[[], Sequence[str]] = tuple
        self._trials: Trials | None = None
        self._job: Job | None = None
        self._asked: object = None

    @property
    def choice(self) -> Choice:
        """Traffic and routing that are tried."""
        from core.explore.loading import Choice

        if self._choice is None:
            self._choice = Choice()
        return self._choice

    @property
    def hosts(self) -> tuple[str, ...]:
        """Paths of the hosts that take part; all if there are none."""
        return self._hosts

    @property
    def is_broken(self) -> bool:
        """Whether anything is taken for failed."""
        return bool(self.devices or self.cables)

    @property
    def is_working(self) -> bool:
        return self._job is not None

    # What is tried.

    def fail(self, devices: Iterable[str] = (), cables: Iterable[Cable] = ()) -> None:
        """Take more things for failed."""
        self.devices.update(dict.fromkeys(devices))
        self.cables.update(dict.fromkeys(cables))
        self.changed.emit()

    def restore(self, devices: Iterable[str] = (), cables: Iterable[Cable] = ()) -> None:
        """Take things for whole again."""
        for path in devices:
            self.devices.pop(path, None)
        for cable in cables:
            self.cables.pop(cable, None)
        self.changed.emit()

    def fail_only(self, devices: Iterable[str], cables: Iterable[Cable]) -> None:
        """Take these things for failed and no others."""
        self.devices, self.cables = dict.fromkeys(devices), dict.fromkeys(cables)
        self.changed.emit()

    def restore_all(self) -> None:
        """Take everything for whole again."""
        self.fail_only((), ())

    def choose(self, choice: Choice, hosts: tuple[str, ...] | None = None) -> None:
        """Try other traffic; `hosts` are paths of those that take part."""
        if hosts is not None:
            self._hosts = hosts
        self._choice = choice
        self.changed.emit()

    def want_load(self, wanted: bool) -> None:
        """Work out loads from now on, or no more."""
        if wanted != self.wants_load:
            self.wants_load = wanted
            self.changed.emit()

    # The fabric it is tried on.

    def forget(self) -> None:
        """Begin anew: another project."""
        self.devices, self.cables, self._hosts = {}, {}, ()
        self._choice = self._asked = None
        self.drawn = self.snapshot = self.trial = self._trials = None
        self.problem = ""
        self._drop()

    def close(self) -> None:
        """End the thread."""
        self._drop()
        self._background.close()

    def look_at(
        self, snapshot: Snapshot, drawn: DrawnFabric | None, tags: Callable[[], Sequence[str]]
    ) -> None:
        """Try it on a fabric; `tags` gives the names of its devices."""
        if snapshot is not self.snapshot:
            self._forget_missing(snapshot)
        if self.drawn is None or drawn is None or drawn.topology is not self.drawn.topology:
            self._trials = None
        self.snapshot, self.drawn, self._tags = snapshot, drawn, tags
        self.work_out()

    def _forget_missing(self, snapshot: Snapshot) -> None:
        """Forget what an edit has taken away."""
        flat = snapshot.flat
        self.devices = {path: None for path in self.devices if flat.device_row(path) >= 0}
        self.cables = {at: None for at in self.cables if at[1] < len(flat.cable_rows(at[0]))}
        self._hosts = tuple(path for path in self._hosts if flat.device_row(path) >= 0)

    # What comes of it.

    def work_out(self) -> None:
        """Work out what comes of it, unless that is known or under way."""
        if self.drawn is None or not (self.is_broken or self.wants_load):
            self._asked, self.trial, self.problem = None, None, ""
            self._drop()
            self.found.emit()
            return
        from core.explore.loading import Choice, Trials

        loaded = self._choice_now() if self.wants_load else None
        judged = loaded if loaded is not None and loaded.pattern != "matrix" else Choice()
        failure = self.failure()
        asked = (id(self.drawn), failure, judged, loaded)
        if asked == self._asked:
            return
        self._drop()
        self._asked, self.trial, self.problem = asked, None, ""
        if self._trials is None:
            self._trials = Trials(self.drawn.topology)
        trials, job = self._trials, Job()
        self._job = job

        def work() -> Trial:
            job(0, 1, "Failures")
            return trials.attempt(failure, judged, loaded, job)

        self._background.run(work, lambda trial, error: self._done(job, trial, error))

    def _done(self, job: Job, trial: Trial | None, error: BaseException | None) -> None:
        if job is not self._job:
            return
        self._job = None
        if error is not None and not isinstance(error, CagenutError | CancelledError):
            raise error
        self.trial, self.problem = trial, "" if error is None else str(error)
        self.found.emit()

    def _drop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _choice_now(self) -> Choice:
        """Return the traffic with the hosts of this fabric that take part."""
        from core.explore.loading import short_names

        choice = self.choice
        names = short_names(self._tags()) if choice.pattern == "matrix" else ()
        return replace(choice, hosts=tuple(self._rows_of(self._hosts)), names=names)

    def _rows_of(self, paths: Iterable[str]) -> list[int]:
        """Return the devices of the topology that some paths lead to."""
        assert self.drawn is not None
        assert self.snapshot is not None
        flat, rows = self.snapshot.flat, self.drawn.topology.rows
        wanted = np.array(sorted({flat.device_row(path) for path in paths}), np.int64)
        return places(rows, wanted).tolist()

    def failure(self) -> Failure:
        """Return what fails in this fabric, as the engine takes it."""
        from core.engine.failures.cases import Failure

        assert self.drawn is not None
        devices = self._rows_of(self.devices)
        trunk = self.drawn.trunk[places(self.drawn.cables, self._cable_rows())]
        lost = zip(*(part.tolist() for part in np.unique(trunk, return_counts=True)), strict=True)
        return Failure("set", tuple(devices), tuple(lost))

    def _cable_rows(self) -> NDArray[np.int64]:
        """Return the cables that are taken for failed by their row in the snapshot."""
        assert self.snapshot is not None
        known: dict[str, range] = {}
        found = []
        for link, k in self.cables:
            if link not in known:
                known[link] = self.snapshot.flat.cable_rows(link)
            if k < len(known[link]):
                found.append(known[link][k])
        return np.array(sorted(found), np.int64)

    def things_of(self, failure: Failure, paths: LinkPaths) -> tuple[list[str], list[Cable]]:
        """Return paths of the devices and cables of a failure that the engine has found."""
        assert self.drawn is not None
        assert self.snapshot is not None
        rows = self.drawn.topology.rows
        devices = [self.snapshot.device_path(int(rows[at])) for at in failure.devices]
        cables = []
        for trunk, lost in failure.links:
            mine = self.drawn.cables[np.flatnonzero(self.drawn.trunk == trunk)[:lost]]
            cables += [paths.place_of(row) for row in mine.tolist()]
        return devices, cables

    def lost_links(self, graph: FabricGraph) -> Rows:
        """Return how many links of each trunk of a drawing have failed, shape (m,)."""
        snap = graph.snapshot
        down = np.zeros(snap.n_devices, bool)
        down[[row for path in self.devices if (row := snap.flat.device_row(path)) >= 0]] = True
        lost = down[snap.cable_a] | down[snap.cable_b]
        lost[self._cable_rows()] = True
        trunk = np.repeat(np.arange(len(graph.a)), graph.cables)
        found: Rows = np.bincount(trunk[lost[graph.cable_rows]], minlength=len(graph.a)).astype(np.int64)
        return found


def places(rising: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return where some values are among rising ones; those that are not there are left out."""
    if not len(rising):
        return np.zeros(0, np.intp)
    at = np.minimum(np.searchsorted(rising, wanted), len(rising) - 1)
    return at[rising[at] == wanted]
