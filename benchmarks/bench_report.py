"""Seconds to make the specification sets of the examples, against their targets.

python benchmarks/bench_report.py [--paper A3]
"""

from __future__ import annotations

import argparse
import io
import time
from importlib.resources import files
from pathlib import Path

import pikepdf

from core.engine.evaluation import evaluate
from core.files.project_file import load
from core.report.specification import make_specification, verify

TARGETS = (("superpod-gb200-su", "(b) 8 NVL72 racks", 5.0), ("hall", "(c) hall of 4 such units", 15.0))


def main() -> None:
    """Print one line for each example."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--paper", default="A3")
    paper = arguments.parse_args().paper
    folder = Path(str(files("resources"))) / "examples"
    print(
        f"{'example':28} {'racks':>6} {'sheets':>7} {'MB':>6} {'first s':>8} {'again s':>8} "
        f"{'target':>7} {'x':>6}"
    )
    for name, label, target in TARGETS:
        path = folder / f"{name}.cage"
        if not path.exists():
            print(f"{label:28} is missing")
            continue
        project, _ = load(path)
        times = []
        for _ in range(2):
            start = time.perf_counter()
            data = make_specification(project, paper=paper)
            times.append(time.perf_counter() - start)
        with pikepdf.open(io.BytesIO(data)) as pdf:
            sheets = len(pdf.pages)
        racks = int(evaluate(project).quantities["racks"].value or 0)
        assert verify(data).ok
        print(
            f"{label:28} {racks:6d} {sheets:7d} {len(data) / 1e6:6.2f} {times[0]:8.2f} {times[1]:8.2f} "
            f"{target:7.1f} {times[0] / target:6.2f}"
        )


if __name__ == "__main__":
    main()
