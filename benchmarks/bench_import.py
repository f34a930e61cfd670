"""Import of a whole NetBox device type library: what comes over, what is refused, and how long it takes.

python benchmarks/bench_import.py [devicetype-library.tar.xz]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.catalogue.library import Library
from core.catalogue.type_check import check_type
from core.catalogue.type_file import read_type, write_type
from core.errors import CatalogueError
from core.exchange.bounded_reading import BoundedReading
from core.exchange.netbox_choices import Choices
from core.exchange.netbox_library import LibraryReading, as_data, store
from core.exchange.netbox_types import read_netbox
from core.model.ports import expand
from core.model.types import DeviceType
from tests.exchange.library import VARIABLE, archive, type_files


def whole(path: Path) -> None:
    """Import as the command and the window do: read by a process of its own, then store."""
    begin = time.perf_counter()
    reading = BoundedReading("types", path, Choices())
    found = None
    while found is None:
        for kind, *rest in reading.messages():
            if kind == "failed":
                raise SystemExit(rest[0])
            found = rest[0] if kind == "done" else None
        time.sleep(0.02)
    reading.stop()
    assert isinstance(found, LibraryReading)
    read = time.perf_counter() - begin
    with tempfile.TemporaryDirectory() as folder:
        stored = store(found.rows, Path(folder))
        size = stored.path.stat().st_size / 1e6
        took = time.perf_counter() - begin
        at = time.perf_counter()
        Library.load(Path(folder))
        loaded = time.perf_counter() - at
    counts = as_data(stored.rows)["counts"]
    print(
        f"whole import: {counts['imported']:,} imported, {counts['doubtful']:,} of them doubted, "
        f"{counts['refused']:,} refused in {took:.1f} s ({read:.1f} s of it reading; at most 60 s); "
        f"{size:.1f} MB, loaded again in {loaded:.2f} s"
    )
    print(f"memory, highest: {_peaks()} (at most 500 MB together)")


def _peaks() -> str:
    try:
        import resource
    except ImportError:
        return "not known on this system"
    unit = 1 if sys.platform == "darwin" else 1024
    own, worker = (
        resource.getrusage(who).ru_maxrss * unit / 1e6
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"{worker:.0f} MB of the process that reads, {own:.0f} MB of the one that stores"


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else archive()
    if path is None:
        print(f"not run: there is no copy of the library; give the archive, or name it in {VARIABLE}")
        return 0
    whole(path)
    files = list(type_files(path))
    folders: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    read = left_out = kept = groups = doubts = changed = 0
    slowest = (0.0, "")
    begin = time.perf_counter()
    for name, text in files:
        at = time.perf_counter()
        try:
            found = read_netbox(text, name)
        except CatalogueError as error:
            refused[error.problem] += 1
            continue
        slowest = max(slowest, (time.perf_counter() - at, name))
        folders[name.partition("/")[0]] += 1
        read, left_out = read + found.ports_read, left_out + found.ports_left_out
        strange.update(note.split(" (")[0] for note in found.notes if "not understood" in note.lower())
        doubts += bool(check_type(found.spec))
        if isinstance(found.spec, DeviceType):
            kinds[found.spec.kind] += 1
            groups += len(found.spec.ports)
            kept += sum(len(expand(group.name)) for group in found.spec.ports)
    took = time.perf_counter() - begin
    for name, text in files:
        found = read_netbox(text, name)
        changed += read_type(write_type(found.spec), name) != found.spec
    print(f"{len(files):,} files: {sum(folders.values()):,} imported, {sum(refused.values()):,} refused")
    for folder, count in folders.items():
        print(f"  {folder:20} {count:7,}")
    for problem, count in refused.most_common():
        print(f"  refused {count:5}: {problem}")
    print("kinds: " + ", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common()))
    sound = "equal" if read == kept + left_out else "NOT EQUAL"
    print(f"ports: {read:,} in the files, {kept:,} in {groups:,} groups + {left_out:,} no ports: {sound}")
    print(f"types with a doubt: {doubts:,}; different after TOML and back: {changed:,}")
    print("not understood, the most frequent:")
    for note, count in strange.most_common(12):
        print(f"  {count:5} {note}")
    print(
        f"{took:.1f} s, {1000 * took / len(files):.2f} ms a file; "
        f"slowest {slowest[0] * 1000:.0f} ms {slowest[1]}"
    )
    return 0 if read == kept + left_out and not changed else 1


if __name__ == "__main__":
    sys.exit(main())
