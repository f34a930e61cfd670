"""Where points are computed: in this process, in processes of their own, or on a Dask cluster."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from core.errors import CagenutError
from core.explore.sweeps.sampling import Values
from core.explore.sweeps.variants import Bench, Plan, Point

Task = Sequence[tuple[int, Values]]
ADDRESS = re.compile(r"((tcp|tls|ws|wss|inproc)://)?[^\s/]+:\d+")
WAIT_S = 5.0
"""For a scheduler to answer."""
POLL_S = 0.02


class SchedulerError(CagenutError):
    """A cluster that does not answer, or no longer."""


class Executor(ABC):
    """Computes chunks of points; a chunk comes back when it is done, in any order."""

    workers: int = 1

    @abstractmethod
    def run(self, plan: Plan, chunks: Sequence[Task]) -> Iterator[list[Point]]:
        """Yield the points of each chunk. Closing the iterator gives up what is not begun."""

    def close(self) -> None:
        """Let go of processes and connections."""
        return None


class Here(Executor):
    """In this process, one after the other."""

    def run(self, plan: Plan, chunks: Sequence[Task]) -> Iterator[list[Point]]:
        for chunk in chunks:
            yield compute(plan, chunk)


class Processes(Executor):
    """In processes of this machine that are started afresh."""

    def __init__(self, workers: int) -> None:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        self.workers = workers
        self._pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))

    def run(self, plan: Plan, chunks: Sequence[Task]) -> Iterator[list[Point]]:
        from concurrent.futures import as_completed
        from concurrent.futures.process import BrokenProcessPool

        futures = [self._pool.submit(compute, plan, chunk) for chunk in chunks]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool:
            raise CagenutError(
                "a process that computed points was ended",
                cure="Run it again, with --resume on the command line; finished points are kept",
            ) from None
        finally:
            for future in futures:
                future.cancel()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


class Cluster(Executor):
    """On a Dask cluster that is there already; its workers need this program installed."""

    def __init__(self, address: str) -> None:
        self.address = address
        if not ADDRESS.fullmatch(address):
            raise SchedulerError(
                f"'{address}' is no address of a scheduler",
                where="--scheduler",
                cure="Write it as tcp://host:8786",
            )
        try:
            from distributed import Client
        except ImportError:
            raise SchedulerError(
                "dask.distributed is not installed", where="--scheduler", cure="pip install cagenut[cluster]"
            ) from None
        try:
            self._client: Any = Client(  # type: ignore[no-untyped-call]
                address, timeout=WAIT_S, set_as_default=False
            )
        except (OSError, ValueError, TypeError) as error:
            raise self._dead(str(error).splitlines()[0] if str(error) else "no answer") from None
        self.workers = max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def run(self, plan: Plan, chunks: Sequence[Task]) -> Iterator[list[Point]]:
        shared = self._client.scatter(plan, broadcast=False, hash=False)
        waiting = [self._client.submit(compute, shared, chunk, pure=False) for chunk in chunks]
        try:
            while waiting:
                if self._client.status != "running":
                    raise self._dead("it no longer answers")
                for future in [future for future in waiting if future.done()]:
                    waiting.remove(future)
                    if future.status != "finished":
                        raise self._dead(f"a part of the work was {future.status}")
                    yield future.result(timeout=WAIT_S)
                time.sleep(POLL_S)
        finally:
            if self._client.status == "running":
                self._client.cancel(waiting)

    def close(self) -> None:
        self._client.close(timeout=WAIT_S)

    def _dead(self, why: str) -> SchedulerError:
        return SchedulerError(
            f"the scheduler at {self.address} does not answer ({why})",
            where="--scheduler",
            cure="Start it, and run again with --resume; finished points are kept",
        )


def compute(plan: Plan, chunk: Task) -> list[Point]:
    """Return the points of a chunk; the base is read once in each process."""
    bench = _bench(plan.key, plan.types) or _start(plan)
    return [bench.point(number, values) for number, values in chunk]


_benches: dict[str, Bench] = {}
"""The last base of this process, by the key of its plan."""


def _bench(key: str, types: tuple[str, ...]) -> Bench | None:
    found = _benches.get(key)
    return found if found is not None and found.plan.types == types else None


def _start(plan: Plan) -> Bench:
    _benches.clear()
    _benches[plan.key] = found = Bench(plan)
    return found
