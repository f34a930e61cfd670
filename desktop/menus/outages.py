"""The commands on what is taken for failed in power and cooling, from every view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from core.errors import EditError
from desktop.commands.fixing import can_fix, cure_of, fix_findings
from desktop.menus.reasons import no_project
from desktop.outages import SOURCE, elements_in, name_of

if TYPE_CHECKING:
    from core.explore.outage_cost import Worst
    from core.rules.finding import Finding
    from desktop.main_window import MainWindow

MENU = "View|6|&Power and Cooling"
FAMILIES = ("power", "safety", "cooling")
"""Families of rules whose findings are about what an outage does."""


def register(window: MainWindow) -> None:
    """Register the commands."""
    add, space = window.actions_.add, window.workspace
    attempt = window.attempt
    add(
        "outages.source",
        "Fail a S&ource",
        lambda: _open_menu(window),
        menu=MENU,
        shortcut="Ctrl+Alt+X",
        tip="What if a whole source was lost? Choose which; the design is not edited",
        why_not=lambda: no_project(window) or _why_no_source(window),
    )
    add(
        "outages.worst",
        "Go to the &Worst",
        lambda: attempt(lambda: _go_to_worst(window)),
        menu=MENU,
        shortcut="Ctrl+Alt+W",
        tip="Select what the failures hit hardest, and bring it into view",
        why_not=lambda: no_project(window) or _why_no_worst(window),
    )
    add(
        "outages.fix",
        "Fix the Wors&t",
        lambda: attempt(lambda: _fix_worst(window)),
        menu=MENU,
        tip="Do what is certain to mend a finding about what the failures hit hardest",
        why_not=lambda: (
            no_project(window)
            or _why_no_worst(window)
            or ("" if space.outage_bar.offered is not None else "no finding about it has a certain cure")
        ),
    )
    bar, menu = space.outage_bar, QMenu(space.what_if)
    menu.aboutToShow.connect(lambda: _fill(window, menu))
    space.what_if.setMenu(menu)
    bar.worst_requested.connect(lambda: attempt(lambda: _go_to_worst(window)))
    bar.fix_requested.connect(lambda: attempt(lambda: _fix_worst(window)))
    space.trial.changed.connect(lambda: _offer(window))
    window.evaluation.finished.connect(lambda _: _offer(window))


def why_not_fail(window: MainWindow) -> str:
    """Return why nothing that is selected in hall or racks can be failed in power and cooling."""
    document = window.document
    if document is None or window.workspace.name not in ("hall", "racks"):
        return "select it in the hall or the racks"
    return "" if elements_in(document) else "select something that feeds or cools others"


def fail_selected(window: MainWindow) -> str:
    """Take the selected elements for failed, or for whole again; return it in words."""
    document = window.document
    if document is None or not (found := elements_in(document)):
        raise EditError(why_not_fail(window))
    failed = window.workspace.outages.toggle(found)
    what = name_of(document, found[0]) if len(found) == 1 else f"{len(found):,} things"
    return f"What if: {what} failed. The design is not edited" if failed else f"Restored: {what}"


def _open_menu(window: MainWindow) -> None:
    """Open the list of sources below its button; where that is hidden, in the middle of the drawing."""
    made, view = window.workspace.what_if, window.workspace.view
    at = (
        made.mapToGlobal(made.rect().bottomLeft())
        if made.isVisible()
        else view.mapToGlobal(view.rect().center())
    )
    made.menu().popup(at)


def _fill(window: MainWindow, menu: QMenu) -> None:
    """List the sources, those lost with a tick, then what can be done with the rest."""
    menu.clear()
    document, outages = window.document, window.workspace.outages
    if document is None:
        return
    sources = sorted(document.project.sources.values(), key=lambda source: source.name)
    for number, source in enumerate(sources, 1):
        key = f"{SOURCE}{source.id}"
        letter = f"&{number} " if number < 10 else ""
        action = menu.addAction(f"{letter}Fail source {source.name}")
        action.setCheckable(True)
        action.setChecked(key in outages.keys)
        action.triggered.connect(lambda *_, key=key: outages.toggle([key]))
    menu.addSeparator()
    for name in ("network.fail", "outages.worst", "schematic.restore_all"):
        menu.addAction(window.actions_[name])
    window.actions_.refresh()


def _why_no_source(window: MainWindow) -> str:
    document = window.document
    return "" if document is not None and document.project.sources else "the design has no source"


def worst_of_now(window: MainWindow) -> Worst | None:
    """Return what the failures hit hardest; None if that is nothing or not known."""
    from core.explore.outage_cost import worst_of

    trial, document = window.workspace.trial, window.document
    if document is None or trial.cost is None or trial.evaluation is None:
        return None
    return worst_of(document.project, trial.evaluation, trial.cost)


def _why_no_worst(window: MainWindow) -> str:
    if window.workspace.outages.is_nothing:
        return "nothing in power and cooling is failed"
    if window.workspace.trial.cost is None:
        return "it is being worked out"
    return "" if worst_of_now(window) is not None else "nothing that was fed or cooled is lost"


def _go_to_worst(window: MainWindow) -> None:
    worst = worst_of_now(window)
    if worst is None:
        raise EditError(_why_no_worst(window))
    if worst.path:
        window.workspace.show_paths([worst.path])
        window.workspace.outage_bar.show()
    finding = window.workspace.outage_bar.offered
    if finding is not None:
        window.below_tabs.setCurrentWidget(window.findings)
        window.findings.select(finding)
    window.say(worst.words)


def worst_finding(window: MainWindow) -> Finding | None:
    """Return the worst finding about what the failures hit hardest that can be fixed."""
    worst, outcome, document = worst_of_now(window), window.evaluation.outcome, window.document
    if worst is None or not worst.path or outcome is None or outcome.report is None or document is None:
        return None
    about = _blocks_along(window, worst.path)
    for finding in outcome.report.findings:  # the worst first
        family = finding.rule.partition(".")[0]
        rest = about.get(finding.block)
        if family not in FAMILIES or rest is None or cure_of(finding.rule) is None:
            continue
        if any(_meets(path, rest) for path in finding.subjects) and can_fix(window, finding):
            return finding
    return None


def _blocks_along(window: MainWindow, path: str) -> dict[str, str]:
    """Return the blocks on the way to something, each with the rest of the way from there."""
    assert window.document is not None
    found, steps = {}, path.split("/")
    for depth in range(len(steps) + 1):
        try:
            found[window.document.block_at("/".join(steps[:depth]))] = "/".join(steps[depth:])
        except EditError:  # the last step is a device
            break
    return found


def _meets(subject: str, rest: str) -> bool:
    """Tell whether one path is the other or inside of it; all of a block is inside the block."""
    return not rest or subject == rest or subject.startswith(f"{rest}/") or rest.startswith(f"{subject}/")


def _fix_worst(window: MainWindow) -> None:
    finding = window.workspace.outage_bar.offered
    if finding is None:
        raise EditError("no finding about it has a certain cure", cure="Look at the findings")
    window.say(fix_findings(window, [finding]))


def _offer(window: MainWindow) -> None:
    """Offer in the bar the fix of the worst, if there is one."""
    finding = worst_finding(window)
    cure = None if finding is None else cure_of(finding.rule)
    bar = window.workspace.outage_bar
    if finding is None or cure is None:
        bar.offer_fix("")
    else:
        bar.offer_fix(cure.label, f"{finding.message}\n\n{cure.label}, in one step", finding)
    window.actions_.refresh_soon()
