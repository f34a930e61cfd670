"""Tables at 1,152 racks, offscreen: open, sort, filter, scroll, select and edit, against their targets.

usage: python benchmarks/bench_tables.py
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
OPEN_MS, SORT_MS, FRAME_MS, MANY_MS = 500, 300, 16.7, 50
SORTED = {"devices": "holder", "racks": "power", "cables": "to", "ports": "state", "materials": "count"}
FILTERS = {
    "devices": "kind:switch su-1",
    "racks": "kw>100",
    "cables": "su-007 route>3",
    "ports": "state:free layer:data su-007",
    "materials": "usd>0",
}


def timed(run: Callable[[], object]) -> float:
    """Return how long something takes [ms]."""
    begin = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - begin)


def main() -> None:
    """Print the figures."""
    os.environ["CAGENUT_STATE_DIR"] = tempfile.mkdtemp()
    from PySide6.QtWidgets import QApplication

    from benchmarks.synthetic import hall_1152
    from core.catalogue.library import Library
    from core.files.session import Session
    from desktop.app import make_application
    from desktop.document import Document
    from desktop.main_window import MainWindow

    make_application()
    window = MainWindow(Library.builtin())
    window.resize(1600, 1000)
    window.show()
    window.set_document(Document(Session.new(hall_1152())))
    while not window.evaluation.is_current:
        QApplication.processEvents()
        time.sleep(0.002)
    QApplication.processEvents()
    for name, by in SORTED.items():
        one_table(window, name, by)
    many(window)


def one_table(window: object, name: str, by: str) -> None:
    """Print what one table takes."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    def opened() -> None:
        window.tables.show(name)  # type: ignore[attr-defined]
        QApplication.processEvents()

    first = timed(opened)
    table = window.tables.panel(name)  # type: ignore[attr-defined]
    column = [c.name for c in table.model.columns].index(by)
    ordering = timed(lambda: table.view.sortByColumn(column, Qt.SortOrder.DescendingOrder))
    table.filter.setText(FILTERS[name])
    filtering = timed(table.refilter)
    shown = table.count_text
    table.show_all()
    bar, frames = table.view.verticalScrollBar(), []
    for step in range(60):
        bar.setValue(bar.maximum() * step // 60)
        frames.append(timed(table.view.viewport().repaint))
    frames.sort()
    print(
        f"{name:10} {table.count_text:>20}  open {first:6.0f} ms (<= {OPEN_MS})  sort {ordering:5.0f} ms "
        f"(<= {SORT_MS})  filter {filtering:5.0f} ms (<= {SORT_MS}, {shown})  frame median "
        f"{statistics.median(frames):4.1f}, p95 {frames[56]:4.1f} ms (<= {FRAME_MS})"
    )


def many(window: object) -> None:
    """Print what it takes to select, show and edit all devices."""
    from PySide6.QtWidgets import QApplication

    table = window.tables.show("devices")  # type: ignore[attr-defined]
    document, panel = window.document, window.properties  # type: ignore[attr-defined]
    rows = table.model.rows
    paths = table.listing.source.placed.paths("device", rows)
    everything = timed(lambda: document.selection.set(paths))
    QApplication.processEvents()
    print(f"select {len(paths):,} devices, all views: {everything:.0f} ms")
    print(f"properties of them: {min(timed(panel.refresh) for _ in range(5)):.0f} ms (<= {MANY_MS})")
    cells = {int(row): {"status": "planned"} for row in rows}
    print(f"set one field of all, drawings: {timed(lambda: window.tables._set(table, cells)):.0f} ms")  # type: ignore[attr-defined]
    tagged = {int(row): {"serial": f"S-{row}"} for row in rows[:1000]}
    print(f"paste 1,000 serial numbers: {timed(lambda: window.tables._set(table, tagged)):.0f} ms")  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
