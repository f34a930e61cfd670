"""`cagenut sweep` as it is called: results, a point opened, a cluster, and a cluster that is gone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.explore.sweeps.store import LOG, read_points
from core.files.project_file import load
from tests.explore.sweeps.asked import GRID

ROOT = Path(__file__).resolve().parents[3]


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "core", "sweep", *args]


def called(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    (folder / "s.toml").write_text(GRID)
    return subprocess.run(
        command(str(folder / "s.toml"), *args), cwd=ROOT, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def scheduler() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Address and process of a scheduler on the loopback that has two workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    quiet = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    own = {**os.environ, "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    port = address.rpartition(":")[2]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port,
             "--no-dashboard"],
            env=own, **quiet,  # type: ignore[call-overload]
        )
    ]  # fmt: skip
    worker = ["--nthreads", "1", "--no-dashboard", "--no-nanny", "--host", "127.0.0.1"]
    started += [
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address, *worker],
            env=own,
            **quiet,  # type: ignore[call-overload]
        )
        for _ in range(2)
    ]
    try:
        wait_for_workers(address)
        yield address, started[0]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def wait_for_workers(address: str) -> None:
    asks = (
        "import sys\nfrom distributed import Client\n"
        "c = Client(sys.argv[1], timeout=40)\nc.wait_for_workers(2, timeout=40)\nc.close()"
    )
    subprocess.run([sys.executable, "-c", asks, address], check=True, timeout=90, capture_output=True)


def test_a_sweep_writes_its_tables_and_a_point_opens(tmp_path: Path) -> None:
    done = called(tmp_path, "-o", str(tmp_path / "out"), "--jobs", "1", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [row["point"] for row in found["points"]] == [0, 1, 2, 3]
    assert {Path(name).name for name in found["files"]} == {"points.csv", "points.parquet"}
    design = tmp_path / "best.cage"
    opened = called(tmp_path, "--open", "2", "--from", str(tmp_path / "out"), "-o", str(design))
    assert opened.returncode == 0, opened.stderr
    assert {d.type for d in load(design)[0].every("devices")} >= {"nvidia-dgx-b200"}


def test_a_folder_with_points_is_not_written_over(tmp_path: Path) -> None:
    out = ["-o", str(tmp_path / "out"), "--jobs", "1"]
    assert called(tmp_path, *out).returncode == 0
    before = (tmp_path / "out" / LOG).read_bytes()
    again = called(tmp_path, *out)
    assert (again.returncode, "--resume" in again.stderr) == (2, True)
    assert called(tmp_path, *out, "--resume").returncode == 0
    assert (tmp_path / "out" / LOG).read_bytes() == before


def test_a_point_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = called(tmp_path, "--open", "2", "--from", str(tmp_path), "-o", str(tmp_path / "a.cage"))
    assert done.returncode == 2
    assert not (tmp_path / "a.cage").exists()


def test_a_cluster_finds_what_this_process_finds(
    tmp_path: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    there = called(tmp_path, "-o", str(tmp_path / "there"), "--scheduler", scheduler[0], "--json")
    assert there.returncode == 0, there.stderr
    here = called(tmp_path, "-o", str(tmp_path / "here"), "--jobs", "1", "--json")
    assert json.loads(there.stdout)["points"] == json.loads(here.stdout)["points"]


def test_a_scheduler_that_is_not_there_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        done = called(tmp_path, "-o", str(tmp_path / "out"), "--scheduler", address)
    assert done.returncode == 2
    assert f"the scheduler at {address} does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_finished_when_the_scheduler_died_is_kept(
    tmp_path: Path, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, process = scheduler
    spec, out = tmp_path / "long.toml", tmp_path / "out"
    factors = ", ".join(str(1 + n / 1000) for n in range(2000))
    spec.write_text(GRID.replace("[1.0, 2.0]", f"[{factors}]"))
    with subprocess.Popen(
        command(str(spec), "-o", str(out), "--scheduler", address),
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until and not ((out / LOG).exists() and (out / LOG).stat().st_size):
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        _, said = run.communicate(timeout=90)
    assert run.returncode == 2, said
    assert "does not answer" in said
    assert "--resume" in said
    assert 0 < len(read_points(out / LOG)) < 4000
