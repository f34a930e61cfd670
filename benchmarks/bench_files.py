"""Times of the project file and the journal at 100,000 device records, beside what they should be.

python benchmarks/bench_files.py [devices]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import msgspec

from core.files import project_file, saving
from core.files.journal import Journal, read
from core.files.replay import replay
from core.model.change import Change, Delta, encode_change
from core.model.project import Project
from core.model.records import Block, Device, End, Instance, Link, Record, Setting, TypeRecord
from core.model.types import DeviceType, PortGroup, RackType

DEVICES = 100_000
PER_RACK = 20


def types() -> list[Record]:
    """A rack and a server with eight ports."""
    ports = (PortGroup(name="nic{1..8}", layer="data", rate_gbps=800.0),)
    rack = RackType(id="rack", name="Rack", units=48, width_mm=600, depth_mm=1200, height_mm=2300)
    server = DeviceType(id="server", name="Server", kind="server", height_u=2.0, power_max_w=1e4, ports=ports)
    return [TypeRecord(id="rack", spec=rack), TypeRecord(id="server", spec=server)]


def synthetic(devices: int) -> Project:
    """A hall of unique racks: 20 devices and 40 trunks of two cables in each."""
    racks = devices // PER_RACK
    blocks: list[Record] = [Block(id="hall", name="Hall", kind="floor")]
    instances: list[Record] = []
    rows: list[Record] = []
    links: list[Record] = []
    for r in range(racks):
        rack = f"rack{r:05}"
        blocks.append(Block(id=rack, name=f"Rack {r}", kind="rack", rack_type="rack"))
        instances.append(Instance(block="hall", id=f"i{r:05}", of=rack, name=f"R{r}", x_mm=600 * r))
        for d in range(PER_RACK):
            rows.append(Device(block=rack, id=f"d{d}", type="server", name=f"srv-{r}-{d}", half_u=4 * d))
            for k in range(2):
                a = End(f"d{d}", (f"nic{2 * k + 1}", f"nic{2 * k + 2}"))
                b = End(f"d{(d + 1) % PER_RACK}", (f"nic{2 * k + 5 - 4 * k}", f"nic{2 * k + 6 - 4 * k}"))
                links.append(Link(block=rack, id=f"l{d}-{k}", a=a, b=b))
    project = Project("bench")
    project.load("settings", [Setting(id="top", value="hall")])
    project.load("types", types())
    for table, records in (("blocks", blocks), ("instances", instances), ("devices", rows), ("links", links)):
        project.load(table, records)
    return project


def row(name: str, seconds: float, target_s: float | None = None, note: str = "") -> None:
    """Print one line: what, how long, and the share of the target it takes."""
    unit, scale = ("us", 1e6) if seconds < 1e-3 else ("ms", 1e3) if seconds < 1 else ("s", 1.0)
    target = "" if target_s is None else f"{target_s * scale:8.0f} {unit}  x{seconds / target_s:.2f}"
    print(f"{name:44} {seconds * scale:9.2f} {unit:2} {target:22} {note}")


def timed(work: Callable[[], Any], repeats: int = 1) -> tuple[float, Any]:
    """Return the median time of some runs, and the last result."""
    times, result = [], None
    for _ in range(repeats):
        begin = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), result


@contextmanager
def journal_in(folder: Path, project: Project, name: str) -> Any:
    header = saving.header_of(project.id, b"", None, "")
    journal = Journal(folder / f"{name}.journal", header)
    try:
        yield journal
    finally:
        journal.close()


def edits(project: Project, count: int) -> list[Change]:
    """Single moves of racks, each from where the last one left it."""
    changes = []
    keys = list(project.instances("hall"))
    latest = dict(project.instances("hall"))
    for n in range(count):
        before = latest[keys[n % len(keys)]]
        after = latest[before.id] = msgspec.structs.replace(before, x_mm=before.x_mm + 1)
        changes.append(Change("Move rack", (Delta("instances", before.key, before, after),)))
    return changes


def bench_journal(project: Project, folder: Path) -> None:
    """Appends: one record at a time, 20,000 at once; and reading them back."""
    times = []
    changes = edits(project, 5000)
    with journal_in(folder, project, "small") as journal:
        for change in changes:
            begin = time.perf_counter()
            journal.append(encode_change(change))
            times.append(time.perf_counter() - begin)
        sync, _ = timed(journal.sync)
    row("edit of one record: encode and append, median", statistics.median(times), 50e-6)
    row("  99th percentile", statistics.quantiles(times, n=100)[98])
    row("  flush to disk after 5,000", sync)
    rows = [d for _, d in zip(range(20_000), project.every("devices"), strict=False)]
    bulk = Change(
        "Rename",
        tuple(Delta("devices", d.key, d, msgspec.structs.replace(d, note="moved")) for d in rows),
    )
    with journal_in(folder, project, "bulk") as journal:
        seconds, _ = timed(lambda: journal.append(encode_change(bulk)), 9)
    row(
        f"change of {len(rows):,} records: encode and append",
        seconds,
        50e-3,
        f"{journal.size / 9e6:.1f} MB each",
    )
    seconds, contents = timed(lambda: read(folder / "small.journal"), 3)
    row("read a journal of 5,000 changes", seconds)
    base = project_file.encode(project)
    seconds, _ = timed(lambda: replay(base, contents.changes, "bench"))
    row("recover: load the base, replay 5,000", seconds)


def main() -> None:
    """Print all figures."""
    devices = int(sys.argv[1]) if len(sys.argv) > 1 else DEVICES
    project = synthetic(devices)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "bench.cage"
        seconds, data = timed(lambda: project_file.encode(project), 3)
        print(f"{devices:,} devices, {project.count():,} records, {len(data) / 1e6:.1f} MB")
        row("encode", seconds)
        tables = project_file.tables_of(project)
        seconds, _ = timed(lambda: project_file.verify(data, tables))
        row("prove (read back and compare)", seconds)
        seconds, _ = timed(lambda: project_file.write(data, path, None), 3)
        row("write, flush, read back, replace", seconds)
        seconds, digest = timed(lambda: project_file.save(project, path, None))
        row("save", seconds, 3.0)
        seconds, (loaded, found) = timed(lambda: project_file.load(path))
        row("load", seconds, 10.0)
        assert found == digest
        assert loaded.same_records(project)
        path.write_bytes(data.replace(b'"name":"srv-7-7"', b'"name": "srv-7-7"', 1))
        seconds, _ = timed(lambda: project_file.load(path))
        row("load with one line edited by hand", seconds, 10.0)
        begin = time.perf_counter()
        header = saving.header_of("bench", data, path, digest)
        os.environ["CAGENUT_STATE_DIR"] = str(folder)
        journal = saving.begin_journal(header, data)
        size = journal.path.with_suffix(".base").stat().st_size
        row("copy of the base, new journal", time.perf_counter() - begin, None, f"{size / 1e6:.1f} MB")
        journal.close()
        bench_journal(project, folder)


if __name__ == "__main__":
    main()
