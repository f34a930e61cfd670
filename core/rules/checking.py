"""Checks a design against all rules, again and again, doing only what an edit made necessary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.engine.brief import Brief
from core.engine.evaluation import Evaluation, Evaluator
from core.engine.snapshot import Flat
from core.model.project import Project, Reader
from core.model.types import DeviceType, RackType
from core.rules.finding import Finding, FindingKey, Report, Severity, Unchecked
from core.rules.folding import Folded, fold_hit, fold_marks
from core.rules.places import Places
from core.rules.reading import Reading
from core.rules.rule import MOST_EXAMPLES, Hit, Marks, Missing, Rule, Yielded, rules
from core.rules.views import Design, FloorView, RackView
from core.rules.waiving import badness, waived
from core.rules.wording import who

if TYPE_CHECKING:
    from core.catalogue.library import Library

RULE_SETTING = "rule."
"""Setting `rule.<id>` holds the severity of a rule in a project: error, warning, info or off."""


class Checker:
    """Checks one project.

    `prepare` reads the project and must run where it is edited; `check` works on what was read and may run
    in another thread, one at a time. Both belong to the same state as the evaluation's snapshot.

    Parameters
    ----------
    project : Project
    library : Library, optional
        The catalogue, to tell which types have a newer version.
    """

    def __init__(self, project: Project, library: Library | None = None) -> None:
        self._project = project
        self._library = library
        self._reading: Reading | None = None
        self._kept: dict[tuple[str, str], tuple[tuple[Any, ...], list[Yielded]]] = {}
        self._racks: dict[str, tuple[tuple[Any, ...], tuple[Any, ...], RackView | None]] = {}
        self._floors: dict[str, tuple[tuple[Any, ...], FloorView]] = {}
        self._places: Places | None = None
        self.ran: list[str] = []
        """Rules that really ran in the last check (block rules once for each block); for tests."""

    def prepare(self) -> Reading:
        """Read what the rules need from the project."""
        self._reading = Reading.of(self._project, self._reading)
        return self._reading

    def check(
        self, evaluation: Evaluation, reading: Reading | None = None, *, is_thorough: bool = True
    ) -> Report:
        """Return the report on an evaluated design.

        Parameters
        ----------
        evaluation : Evaluation
        reading : Reading, optional
            What `prepare` returned for the same state; read now if left out.
        is_thorough : bool
            Rules may take seconds in a large design. Where that cannot be waited for, what takes long is
            left out and listed as unchecked.
        """
        records = self.prepare() if reading is None else reading
        self.ran = []
        severities = severities_of(records)
        off = tuple(name for name, severity in severities.items() if severity is Severity.OFF)
        if evaluation.snapshot.flat.block not in records.blocks:
            return Report(off=off, severities=severities)
        places = self._placed(evaluation)
        design = Design(evaluation, records, self._library, is_thorough)
        findings: list[Finding] = []
        unchecked: list[Unchecked] = []
        for name, rule in rules().items():
            if severities[name] is Severity.OFF:
                continue
            missing: dict[str, None] = {}
            for flat, yielded in self._yielded(rule, design, places):
                missing.update(dict.fromkeys(y.what for y in yielded if isinstance(y, Missing)))
                folded = _folded(rule, evaluation, places, flat, yielded)
                findings += (_finding(rule, severities[name], f, records, places) for f in folded)
            if missing:
                unchecked.append(Unchecked(name, tuple(missing)))
        open_, accepted, idle = waived(_merged(findings), records, evaluation.snapshot.flat.block)
        return Report(open_, accepted, off, tuple(unchecked), idle, severities)

    def _placed(self, evaluation: Evaluation) -> Places:
        snap = evaluation.snapshot
        if (
            self._places is None
            or self._places.top is not snap.flat
            or not np.array_equal(self._places.present["cable"], snap.cable_layer >= 0)
        ):
            self._places = Places(snap)
        return self._places

    def _yielded(self, rule: Rule, design: Design, places: Places) -> Iterator[tuple[Flat, list[Yielded]]]:
        """Yield what a rule says of each block, or of the design."""
        records, specs = design.records, design.specs
        if rule.scope == "design":
            inputs = (self._library, specs, *(_input(design, name) for name in rule.reads))
            yield places.top, self._run(rule, "", inputs, design)
            return
        for flat in places.of_kind[rule.scope]:
            if rule.scope == "rack":
                view = self._rack_view(flat.block, records)
                if view is not None:
                    yield flat, self._run(rule, flat.block, (view,), view)
            else:
                areas = records.areas(flat.block)
                names = ("placement", "standing", "racks", "devices")
                inputs = (
                    specs,
                    areas,
                    design.brief,
                    flat.composition,
                    *(flat.groups[name] for name in names),
                )
                view_of = self._floor_view(flat, inputs, specs, tuple(areas.values()), design.brief)
                yield flat, self._run(rule, flat.block, inputs, view_of)

    def _rack_view(self, block: str, records: Reader) -> RackView | None:
        """Return the view of a rack block, the same one until its devices or their types change."""
        source = (records.devices(block), records.blocks[block], records.rows("types"))
        known = self._racks.get(block)
        if known is not None and _same(known[0], source):
            return known[2]
        rows, rack = source[0], records.find_type(source[1].rack_type)
        specs = tuple(records.find_type(device.type) for device in rows.values())
        inputs = (rows, rack, *specs)
        if known is not None and _same(known[1], inputs):
            view = known[2]
        elif isinstance(rack, RackType):
            pairs = ((d, s) for d, s in zip(rows.values(), specs, strict=True) if isinstance(s, DeviceType))
            view = RackView(rack, tuple(sorted(pairs, key=lambda pair: pair[0].id)))
        else:
            view = None
        self._racks[block] = (source, inputs, view)
        return view

    def _floor_view(
        self, flat: Flat, inputs: tuple[Any, ...], specs: Any, areas: Any, brief: Brief
    ) -> FloorView:
        known = self._floors.get(flat.block)
        if known is None or not _same(known[0], inputs):
            known = self._floors[flat.block] = (inputs, FloorView(flat, specs, areas, brief))
        return known[1]

    def _run(self, rule: Rule, block: str, inputs: tuple[Any, ...], view: Any) -> list[Yielded]:
        known = self._kept.get((rule.id, block))
        if known is not None and _same(known[0], inputs):
            return known[1]
        self.ran.append(rule.id)
        found = list(rule.function(view))
        self._kept[rule.id, block] = (inputs, found)
        return found


def check_design(project: Project, evaluation: Evaluation | None = None) -> Report:
    """Check a project once."""
    return Checker(project).check(Evaluator(project).evaluate() if evaluation is None else evaluation)


def severities_of(records: Reader) -> dict[str, Severity]:
    """Return the severity of every rule in a project; a setting that is none leaves the rule's own."""
    found = {}
    for name, rule in rules().items():
        asked = records.setting(RULE_SETTING + name, "")
        found[name] = Severity(asked) if asked in {s.value for s in Severity} else rule.severity
    return found


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    """Tell whether inputs are the same objects (or equal tuples of ids)."""
    return len(before) == len(now) and all(
        a is b or (isinstance(a, tuple) and isinstance(b, tuple) and a == b)
        for a, b in zip(before, now, strict=True)
    )


def _input(design: Design, name: str) -> object:
    """Return the object whose identity stands for a group, a result or a table of records."""
    if name.startswith("records:"):
        return design.records.rows(name.removeprefix("records:"))
    return getattr(design.of, name) if hasattr(design.of, name) else design.snap.group(name)


def _folded(
    rule: Rule, evaluation: Evaluation, places: Places, flat: Flat, yielded: Iterable[Yielded]
) -> Iterator[Folded]:
    for found in yielded:
        if isinstance(found, Marks):
            if len(found.rows):
                yield from fold_marks(places, found, _groups(evaluation, found), rule.worse)
        elif isinstance(found, Hit):
            folded = fold_hit(places, flat, found)
            if folded is not None:
                yield folded


def _groups(evaluation: Evaluation, marks: Marks) -> NDArray[np.int64]:
    snap = evaluation.snapshot
    column = {
        "device": snap.device_spec,
        "rack": snap.rack_block,
        "cable": evaluation.cabling.classes.cable_class,
    }[marks.kind]
    rows = np.asarray(marks.rows, np.int64)
    return np.zeros(len(rows), np.int64) if marks.whole else column[rows].astype(np.int64)


def _finding(rule: Rule, severity: Severity, folded: Folded, records: Reader, places: Places) -> Finding:
    names = who(records, places.top.block, folded.block, folded.subjects)
    return Finding(
        rule=rule.id,
        severity=severity,
        block=folded.block,
        subjects=folded.subjects,
        count=folded.count,
        message=f"{names}: {folded.text}",
        value=folded.value,
        limit=folded.limit,
        unit=rule.unit,
        examples=folded.examples,
    )


def _merged(findings: list[Finding]) -> list[Finding]:
    """Make findings of one key one: the worst stands, the others are counted in its message."""
    by_key: dict[FindingKey, list[Finding]] = {}
    for finding in findings:
        by_key.setdefault(finding.key, []).append(finding)
    merged = []
    for same in by_key.values():
        worst = (
            max(same, key=lambda f: badness(f.value, f.limit, rules()[f.rule].worse)) if same[1:] else same[0]
        )
        if not same[1:]:
            merged.append(worst)
            continue
        places = dict.fromkeys(path for found in (worst, *same) for path in found.examples)
        words = f"{worst.message} (and {len(same) - 1} more such)"
        merged.append(replace(worst, message=words, examples=tuple(places)[:MOST_EXAMPLES]))
    return merged
