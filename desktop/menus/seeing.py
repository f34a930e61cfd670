"""The commands on what the drawings of hall and racks show: colours, air, cables, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.drawing.colour_schemes import SCHEMES
from desktop.menus.reasons import no_project
from desktop.seeing import SWITCHES
from desktop.views.colour_box import PLAIN

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

_SWITCHES = (
    ("airflow", "&Airflow", "A", "Show which way the air goes: blue arrows in, red arrows out"),
    ("cables", "&Cables", "C", "Show the cables; of what is selected if anything is"),
    ("names", "Na&mes", "", "Show the names of things"),
    ("port_names", "&Port Names", "", "Show the names of ports from near by"),
)


def register(window: MainWindow) -> None:
    """Register the commands and let the drawings follow the evaluation."""
    add, seeing = window.actions_.add, window.workspace.seeing
    need = lambda: _why_not(window)  # noqa: E731
    for name, text, key, tip in _SWITCHES:
        action = add(
            f"view.{name}",
            text,
            lambda n=name: seeing.switch(n, window.actions_[f"view.{n}"].isChecked()),
            menu="View|7",
            shortcut=key,
            tip=tip,
            checkable=True,
            why_not=need,
        )
        action.setChecked(getattr(seeing, name))
    for name, text in (("", PLAIN), *((s.name, s.label) for s in SCHEMES.values())):
        action = add(
            f"view.colour_{name or 'none'}",
            f"Colour by {text}",
            lambda n=name: seeing.colour_by(n),
            menu="View|6|Colour b&y",
            tip=f"Colour hall and racks by {text[0].lower()}{text[1:]}",
            group="colour",
            why_not=need,
        )
        action.setChecked(not name)
    seeing.changed.connect(lambda what: _follow(window, what))
    window.evaluation.finished.connect(lambda outcome: seeing.take(outcome.evaluation))
    window.document_changed.connect(lambda: seeing.take(None))


def _why_not(window: MainWindow) -> str:
    reason = no_project(window)
    name = window.workspace.name
    if not reason and name not in ("hall", "racks"):
        return f"the {name} view has its own colours: go to the hall, Alt+1, or the racks, Alt+2"
    return reason


def _follow(window: MainWindow, what: str) -> None:
    """Keep the ticks of the menu with what is shown."""
    seeing = window.workspace.seeing
    if what == "scheme":
        name = seeing.scheme.name if seeing.scheme is not None else "none"
        window.actions_[f"view.colour_{name}"].setChecked(True)
    elif what in SWITCHES:
        window.actions_[f"view.{what}"].setChecked(getattr(seeing, what))
