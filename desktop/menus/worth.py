"""The commands on what the design is worth: workloads, results, suppliers, other designs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the commands of the Worth menu."""
    add = window.actions_.add
    need = lambda: no_project(window)  # noqa: E731
    add(
        "worth.workloads",
        "&Workloads …",
        window.dialogs.edit_workloads,
        menu="Worth|1",
        shortcut="Ctrl+Shift+W",
        why_not=need,
        tip="What the design is meant to train and serve",
    )
    add(
        "worth.assumptions",
        "&Assumptions …",
        window.dialogs.edit_assumptions,
        menu="Worth|1",
        why_not=need,
        tip="Numbers the figures rest on where the design says nothing",
    )
    add(
        "worth.dashboard",
        "&Dashboard",
        window.dialogs.dashboard,
        menu="Worth|2",
        shortcut="F7",
        why_not=need,
        tip="Ten figures and the charts behind them",
    )
    add(
        "worth.suppliers",
        "&Suppliers",
        window.dialogs.suppliers,
        menu="Worth|2",
        why_not=need,
        tip="Shares, single sources and lead times; what happens if a supplier is lost",
    )
    add(
        "worth.explore",
        "&Explore",
        window.dialogs.explore,
        menu="Worth|3",
        why_not=need,
        tip="Variants of the design, and those that nothing else beats",
    )
    add(
        "worth.merge",
        "&Merge Changes from …",
        window.dialogs.merge,
        menu="Worth|3",
        why_not=need,
        tip="Take in what another person changed in a copy of this design",
    )
    add(
        "worth.compare",
        "&Compare with …",
        window.dialogs.compare,
        menu="Worth|3",
        why_not=need,
        tip="Figures, pieces and changes against other files and revisions",
    )
    changes = window.workspace.changes
    for name, words, step, key in (
        ("worth.next_change", "&Next Change", 1, "F4"),
        ("worth.previous_change", "Pre&vious Change", -1, "Shift+F4"),
    ):
        add(
            name,
            words,
            lambda step=step: changes.go(step),
            menu="Worth|3",
            shortcut=key,
            why_not=lambda: need() or changes.why_not_go(),
            tip="Show it in the drawing, while the design is compared with another one",
        )
