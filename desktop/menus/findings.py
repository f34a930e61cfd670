"""The commands on findings: go through them, fix them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.commands.fixing import fix_findings
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

MENU = "Tools|5|&Findings"


def register(window: MainWindow) -> None:
    """Register the commands."""
    add, findings = window.actions_.add, window.findings
    add(
        "findings.next",
        "&Next Finding",
        lambda: _step(window, 1),
        menu=MENU,
        shortcut="F8",
        tip="Go to the next finding of the list and show its place",
        why_not=lambda: no_project(window) or _why_none(window),
    )
    add(
        "findings.previous",
        "&Previous Finding",
        lambda: _step(window, -1),
        menu=MENU,
        shortcut="Shift+F8",
        tip="Go to the finding before and show its place",
        why_not=lambda: no_project(window) or _why_none(window),
    )
    add(
        "findings.fix",
        "&Fix Finding",
        lambda: window.attempt(lambda: _fix(window, all_of_kind=False)),
        menu=MENU,
        shortcut="Ctrl+.",
        tip="Do what is certain to mend the selected finding, in one step",
        why_not=lambda: no_project(window) or findings.why_no_fix(),
    )
    add(
        "findings.fix_all",
        "Fix &All of This Kind",
        lambda: window.attempt(lambda: _fix(window, all_of_kind=True)),
        menu=MENU,
        shortcut="Ctrl+Shift+.",
        tip="Fix every finding of the selected one's rule, in one step",
        why_not=lambda: no_project(window) or findings.why_no_fix(),
    )
    add(
        "findings.waive",
        "&Waive Finding …",
        findings.ask_waiver,
        menu=MENU,
        shortcut="Ctrl+Shift+F8",
        tip="Accept the selected finding, with a reason that is printed",
        why_not=lambda: no_project(window) or findings.why_no_waiver(),
    )
    findings.fix_requested.connect(
        lambda all_of_kind: window.attempt(lambda: _fix(window, all_of_kind=all_of_kind))
    )
    findings.current_changed.connect(window.actions_.refresh_soon)


def _why_none(window: MainWindow) -> str:
    return "" if window.findings.model.lines else "there are no findings"


def _step(window: MainWindow, step: int) -> None:
    window.below_tabs.setCurrentWidget(window.findings)
    window.findings.step(step)


def _fix(window: MainWindow, *, all_of_kind: bool) -> None:
    panel = window.findings
    window.say(fix_findings(window, panel.alike if all_of_kind else panel.selected))
