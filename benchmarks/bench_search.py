"""Search over 100,000 names and their ports, key by key as they are typed, against its target.

usage: python benchmarks/bench_search.py
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.types import use_device_type
from core.explore.search import Index, Names, read
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Device

KEY_TARGET_MS, PREPARE_TARGET_MS = 30.0, 100.0
PLACED = (
    "sw-03",
    "net-1 osfp12",
    "su-077 ct-05",
    "su-143 ct-18 osfp4",
    "r07 nvs-9 bmc",
    "ct",
    "1 2 3",
    "zzz",
)
DISTINCT = (
    "node-77", "gpu-node-012345", "leaf-3 17", "rack-0815 gpu-node osfp2", "gpu osfp",
    "gpu-node 7 osfp1 rack", "e", "node 1 2 3", "zzz",
)  # fmt: skip


def distinct_names(racks: int = 3125, devices: int = 31) -> Project:
    """Return 100,000 things, each with a record and a name of its own: no block is placed twice."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    hall = new_floor_block(edit, "Hall")
    use_device_type(edit, library, "nvidia-dgx-h100")
    for r in range(racks):
        rack = new_rack_block(edit, library, "vertiv-vr3300", f"Rack {r + 1}")
        place_instance(
            edit, hall.id, rack.id, x_mm=600 * (r % 60), y_mm=2400 * (r // 60), name=f"rack-{r + 1:04}"
        )
        for k in range(devices):
            name = f"gpu-node-{devices * r + k + 1:06}"
            edit.put(
                "devices", Device(block=rack.id, id=f"d{k}", type="nvidia-dgx-h100", half_u=k, name=name)
            )
    History(project).commit(edit.change())
    return project


def measure(title: str, project: Project, queries: tuple[str, ...]) -> bool:
    """Print the figures of one project; tells whether they meet the targets."""
    names = Names()
    gc.collect()
    tracemalloc.start()
    Index(names.updated(read(project)))
    held = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    names = Names()
    begin = time.perf_counter()
    reading = read(project)
    read_ms = 1e3 * (time.perf_counter() - begin)
    begin = time.perf_counter()
    index = Index(names.updated(reading))
    built_ms = 1e3 * (time.perf_counter() - begin)
    print(f"{title}: {len(index):,} names, {index.n_ports:,} ports")
    print(f"  in the window {read_ms:.1f} ms (target {PREPARE_TARGET_MS:.0f})", end="")
    print(f", beside it {built_ms:.0f} ms, {held:.0f} MB")
    keys: list[float] = []
    for query in queries:
        # As if nothing had been typed before.
        fresh = Index(names.updated(reading))
        fresh._placed.texts._grades.clear()
        own: list[float] = []
        for end in range(1, len(query) + 1):
            begin = time.perf_counter()
            answer = fresh.search(query[:end])
            own.append(1e3 * (time.perf_counter() - begin))
        keys += own
        print(f"  {query:28} {answer.total:10,} found, slowest key {max(own):5.1f} ms")
    p95 = float(np.percentile(keys, 95))
    print(f"  per key: median {np.median(keys):.1f} ms, p95 {p95:.1f} ms", end="")
    print(f", slowest {max(keys):.1f} ms (target {KEY_TARGET_MS:.0f})")
    return p95 <= KEY_TARGET_MS and read_ms <= PREPARE_TARGET_MS


def main() -> None:
    """Measure a hall of equal blocks, and one where nothing is equal."""
    from synthetic import hall_1152

    fine = measure("1,152 racks in 144 equal units", hall_1152(), PLACED)
    fine &= measure("all names distinct", distinct_names(), DISTINCT)
    print("targets met" if fine else "TARGETS MISSED")


if __name__ == "__main__":
    main()
