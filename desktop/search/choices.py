"""What the search offers: actions, things, ports, sheets, types; each says what choosing it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from core.catalogue.library import Library, kind_of
from core.explore.search import Hit, Terms
from core.model.records import Device
from core.model.types import AnyType, DeviceType, RackType
from desktop.commands.linking import go_to_port
from desktop.dragging import Carried
from desktop.panels.catalogue_list import detail_of, icon_of
from desktop.search.live_names import LiveNames
from desktop.templates import templates

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

Ranked = tuple[int, "Choice"]
MOST_FED = 500
"""Devices of one power source that are selected at once."""
_THING_ICONS = {"rack": "rack", "block": "block", "link": "cable", "port": "link"}


@dataclass(frozen=True)
class Choice:
    """One line of the search."""

    key: str
    """What it is, the same whenever it is offered."""
    icon: str
    title: str
    where: str
    chip: str
    """What kind of thing it is, in a word."""
    run: Callable[[], object]
    keys: str = ""
    """Its shortcut, if it has one."""
    reason: str = ""
    """Why it cannot be done now; empty if it can."""


class Choices:
    """Makes the choices of one window, best first; higher scores are better (`core.explore.search`)."""

    def __init__(self, window: MainWindow, names: LiveNames) -> None:
        self._window = window
        self._names = names
        self._library: Library | None = None
        self._types: list[AnyType] = []
        self._type_terms = Terms([], [])
        self._actions, self._records, self._drawings = _Listed([]), _Listed([]), _Listed([])

    def prepare(self) -> None:
        """Read what there is besides names of things, so that no key waits for that."""
        actions, library = self._window.actions_, self._window.library
        actions.refresh()
        listed = [name for name in actions if name != "search.anything"]
        about = [f"{actions.entry(name).menu} {actions.entry(name).tip}" for name in listed]
        self._actions = _Listed([self._action(name) for name in listed], about)
        self._records, self._drawings = _Listed(self._every_record()), _Listed(self._every_drawing())
        if library is not self._library:
            self._library, self._types = library, list(library)
            about = [f"{s.maker} {s.id} {s.part_number} {kind_of(s)} {detail_of(s)}" for s in self._types]
            self._type_terms = Terms([spec.name for spec in self._types], about)

    # Actions.

    def every_action(self) -> list[Choice]:
        """Return all actions in the order of the menus, as they were when the search was prepared."""
        return self._actions.choices

    def actions(self, query: str, limit: int) -> list[Ranked]:
        """Return the actions that match."""
        return self._actions.search(query, limit)

    def _action(self, name: str) -> Choice:
        actions = self._window.actions_
        entry, action = actions.entry(name), actions[name]
        title = action.text().replace("&", "")
        title_of, _, *inner = f"{entry.menu}|".split("|")
        menu = " / ".join(name.replace("&", "") for name in (title_of, *inner) if name)
        tip = entry.tip if entry.tip != title else ""
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        where = " · ".join(words for words in (menu, tip) if words)
        if action.isCheckable():
            where += " · on" if action.isChecked() else " · off"
        return Choice(
            f"action:{name}",
            entry.icon or "action",
            title,
            where,
            "Action",
            lambda: actions.run(name),
            keys,
            entry.reason,
        )

    # Things.

    def things(self, query: str, limit: int) -> tuple[list[Ranked], int]:
        """Return what is placed and ports that match, and how many there are."""
        index = self._names.index
        if index is None or self._window.document is None:
            return [], 0
        found = index.search(query, limit)
        return [(hit.score, self._thing(hit)) for hit in found.hits], found.total

    def _thing(self, hit: Hit) -> Choice:
        where = " / ".join(hit.where) or "in the hall"
        icon_name = _THING_ICONS.get(hit.kind, "other")
        chip, title = hit.kind.capitalize(), hit.name
        document = self._window.document
        spec = document.project.find_type(hit.type) if document is not None and hit.type else None
        if hit.kind == "device" and isinstance(spec, DeviceType):
            icon_name, chip = icon_of(spec.kind), spec.kind.replace("-", " ").capitalize()
            where += f" · {spec.name}"
        elif hit.kind == "port":
            *holders, device = hit.where
            title, where = f"{device} {hit.port}", " / ".join(holders) or "in the hall"
        return Choice(
            f"thing:{hit.path}:{hit.port}",
            icon_name,
            title,
            where,
            chip,
            lambda: self.go(hit.path, hit.port),
            reason="" if hit.path else "it is the whole design",
        )

    def go(self, path: str, port: str = "") -> None:
        """Show a thing, or one port of it, in the drawing where it can be seen best."""
        document = self._window.document
        if document is None:
            return
        if document.project.resolve(document.top, path) is None:
            self._window.complain("it is not there any more")
            return
        if port:
            go_to_port(self._window, path, port)
        else:
            self._window.workspace.show_paths([path])

    # Types, templates and blocks: what can be placed.

    def places(self, query: str, limit: int, *, only_placed: bool = False) -> list[Ranked]:
        """Return what of the catalogue, the templates and the project's own drawings matches.

        With `only_placed` what is fitted or chosen by length (modules, cables) is left out.
        """
        found = {number: score for score, number in self._type_terms.search(query, limit)}
        if query.strip():
            row_of = {spec.id: row for row, spec in enumerate(self._types)}
            for spec in self._library.search(query)[:limit] if self._library is not None else ():
                # It also knows sizes such as 8u and 800g.
                found.setdefault(row_of[spec.id], len(query.split()))
        ranked = [
            (score, self._type(self._types[number]))
            for number, score in found.items()
            if not only_placed or _can_place(self._types[number])
        ]
        return ranked + self._drawings.search(query, limit)

    def _type(self, spec: AnyType) -> Choice:
        kind = kind_of(spec)
        carried = Carried("type", spec.id)
        words = kind.replace("-", " ")
        if not _can_place(spec):
            run, verb = (lambda: self._reveal(carried)), "Show in the catalogue"
        else:
            run, verb = (lambda: self._place(carried)), "Place"
        detail = detail_of(spec)
        where = f"{verb} · {detail}" if detail else verb
        reason = "" if self._window.document is not None else "no project is open"
        return Choice(
            f"type:{spec.id}", icon_of(kind), spec.name, where, f"Type: {words}", run, reason=reason
        )

    def _every_drawing(self) -> list[Choice]:
        document = self._window.document
        if document is None:
            return []
        made = [
            (Carried("template", each.name), each.title, each.note or "ready made", "Template")
            for each in templates()
        ]
        for block in document.project.blocks.values():
            if block.id != document.top:
                made.append((Carried("block", block.id), block.name, "drawing of this project", "Drawing"))
        return [
            Choice(
                f"{carried.kind}:{carried.id}",
                "block",
                title,
                f"Place · {detail}",
                chip,
                lambda carried=carried: self._place(carried),
            )
            for carried, title, detail, chip in made
        ]

    def _place(self, carried: Carried) -> None:
        self._window.catalogue.reveal(carried)
        reason = self._window.workspace.place(carried)
        if reason:
            self._window.complain(reason)

    def _reveal(self, carried: Carried) -> None:
        self._window.left_tabs.setCurrentWidget(self._window.catalogue)
        self._window.catalogue.reveal(carried)

    # What belongs to the whole project.

    def records(self, query: str, limit: int) -> list[Ranked]:
        """Return fabrics, power sources and findings that match."""
        return self._records.search(query, limit)

    def _every_record(self) -> list[Choice]:
        document, window = self._window.document, self._window
        if document is None:
            return []
        made = [
            Choice(
                f"fabric:{f.id}",
                "network",
                f.name,
                f"{f.role} fabric",
                "Fabric",
                lambda f=f: self._fabric(f.id),
            )
            for f in document.project.fabrics.values()
        ]
        made += [
            Choice(
                f"source:{s.id}",
                "power",
                s.name,
                "select what it feeds",
                "Source",
                lambda s=s: self._fed_by(s.id),
            )
            for s in document.project.sources.values()
        ]
        for line in window.findings.model.lines:
            made.append(
                Choice(
                    f"finding:{line.message}:{line.where}",
                    {"error": "error", "warning": "warning", "waived": "waived"}.get(line.severity, "info"),
                    line.message,
                    line.where,
                    "Finding",
                    lambda line=line: window.workspace.show_paths(line.paths),
                    reason="" if line.paths else "it is about the design as a whole",
                )
            )
        return made

    def _fabric(self, fabric: str) -> None:
        self._window.workspace.show_view("network")
        self._window.workspace.network.show_fabric(fabric)

    def _fed_by(self, source: str) -> None:
        document, outcome = self._window.document, self._window.evaluation.outcome
        if document is None or outcome is None:
            self._window.complain("the design is not evaluated yet")
            return
        snap = outcome.evaluation.snapshot
        number = snap.sources.index(source) if source in snap.sources else -1
        rows = sorted(set(snap.feed_device[snap.feed_source == number].tolist()))
        paths = [snap.device_path(row) for row in rows[:MOST_FED]]
        there = [p for p in paths if isinstance(document.project.resolve(document.top, p), Device)]
        if not there:
            self._window.complain("nothing is fed by it from outside the drawing")
            return
        self._window.workspace.show_paths(there)
        if len(rows) > MOST_FED:
            self._window.say(f"The first {MOST_FED:,} of {len(rows):,} devices it feeds are selected")


class _Listed:
    """Choices that are found by their titles, and less well by other words."""

    def __init__(self, choices: list[Choice], about: list[str] | None = None) -> None:
        self.choices = choices
        words = [f"{choice.where} {choice.chip}" for choice in choices] if about is None else about
        self._terms = Terms([choice.title for choice in choices], words)

    def search(self, query: str, limit: int) -> list[Ranked]:
        return [(score, self.choices[number]) for score, number in self._terms.search(query, limit)]


def _can_place(spec: AnyType) -> bool:
    return isinstance(spec, RackType) or (isinstance(spec, DeviceType) and spec.kind != "module")
