"""One design after another from the same base, computed by the real engine."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from core.catalogue.library import Library
from core.engine.evaluation import Evaluator
from core.errors import CagenutError, EditError
from core.explore.sweeps import targets
from core.explore.sweeps.sampling import Values
from core.explore.sweeps.spec import COUNTS, Parameter, Spec, near
from core.files.state import constants_folder
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project

HALL_KEYS = (
    "name", "fabric", "rack", "network_rack", "hosts_per_rack", "rack_power_w", "pdu", "network_pdu",
)  # fmt: skip
ROLES = ("host", "switch", "manager")
GENERATE_KEYS = (*HALL_KEYS, "family", *ROLES, "seed")
"""Keys of `generate` beside the parameters of the family."""
KEPT_BASES = 4
CONSTANTS = ("training", "inference", "collectives")
"""Files of constants that the models of workloads take."""
BASE = "base"
"""Id of the project that all points start from."""


@dataclass(frozen=True)
class Plan:
    """All that a process needs to compute points; plain values, so that it travels.

    `base` is the text of a project, or empty where designs are generated from `generate`.
    """

    base: bytes
    generate: dict[str, Any]
    parameters: tuple[Parameter, ...]
    findings: bool
    types: tuple[str, ...] = ()
    """Folders of the user's own types."""
    models: str = ""
    """Fingerprint of the program, of the constants of its models and of the user's own types."""

    @cached_property
    def key(self) -> str:
        """Fingerprint of everything that decides what a set of values gives."""
        targets_of = sorted((one.name, one.target) for one in self.parameters)
        text = msgspec.json.encode([self.generate, targets_of, self.findings, self.models], order="sorted")
        return hashlib.sha256(self.base + b"\0" + text).hexdigest()


class Point(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one set of values: quantities by name, or the reason why nothing did."""

    key: str
    number: int
    values: dict[str, float | int | str | bool]
    quantities: dict[str, float | None] = {}
    failure: str = ""


class Bench:
    """A base design that takes one set of values after the other; edits are taken back after each.

    Each drawing is made once and kept while it is among the last; what the values then leave alone is not
    computed again.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.library = Library.load(*map(Path, plan.types))
        self._set_up = tuple(p for p in plan.parameters if p.target[0] == "generate")
        self._drawn = tuple(p for p in plan.parameters if is_drawn(p) and p not in self._set_up)
        self._varied = tuple(p for p in plan.parameters if not is_drawn(p))
        self._benches: dict[str, tuple[Project, Evaluator]] = {}

    def point(self, number: int, values: Values) -> Point:
        """Return what comes of a set of values; what cannot be built is a point with its reason."""
        key = key_of(self.plan, values)
        try:
            return Point(key, number, values, self._quantities(values))
        except CagenutError as error:
            return Point(key, number, values, failure=str(error))
        except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
            # One design that the engine stumbles over must not cost the others.
            self._benches.clear()
            return Point(key, number, values, failure=f"{type(error).__name__}: {error}")

    def project(self, values: Values) -> Project:
        """Return the design of a set of values as a project of its own.

        Raises
        ------
        CagenutError
            If it cannot be built.
        """
        from core.files.project_file import decode, encode_tables, tables_of

        project = self._made(values)
        project.apply(self._edit(project, self._varied, values).change())
        # A project of its own: journals are told apart by the id.
        return decode(encode_tables(Project().id, tables_of(project)), "point")

    def _quantities(self, values: Values) -> dict[str, float | None]:
        project, evaluator = self._bench(values)
        history = History(project)
        changed = history.commit(self._edit(project, self._varied, values).change())
        try:
            of = evaluator.evaluate()
            found = {name: _plain(quantity.value) for name, quantity in of.quantities.items()}
            if self.plan.findings:
                from core.rules.checking import Checker

                report = Checker(project, self.library).check(of)
                found |= dict(zip(COUNTS, (float(report.errors), float(report.warnings)), strict=True))
            return found
        finally:
            if changed:
                history.undo()

    def _bench(self, values: Values) -> tuple[Project, Evaluator]:
        chosen = drawing_of(self.plan, values)
        if chosen not in self._benches:
            project = self._made(values)
            while len(self._benches) >= KEPT_BASES:
                del self._benches[next(iter(self._benches))]
            self._benches[chosen] = project, Evaluator(project)
        return self._benches[chosen]

    def _made(self, values: Values) -> Project:
        from core.files.project_file import decode

        if self.plan.base:
            project = decode(self.plan.base, "base")
        else:
            chosen = {one.target[1]: values[one.name] for one in self._set_up}
            project = _generated({**self.plan.generate, **chosen}, self.library)
        if self._drawn:
            History(project).commit(self._edit(project, self._drawn, values).change())
        return project

    def _edit(self, project: Project, parameters: tuple[Parameter, ...], values: Values) -> Edit:
        edit = Edit(project, "Sweep", ids=_ids("w"))
        targets.apply(edit, self.library, parameters, values)
        return edit


def is_drawn(parameter: Parameter) -> bool:
    """Whether a parameter alters the drawing, and not only numbers."""
    return parameter.target[0] == "generate" or targets.TARGETS[parameter.target[0]].order < targets.NUMBERS


def drawing_of(plan: Plan, values: Values) -> str:
    """Return what tells drawings apart: points with the same share one, and are best computed in a row."""
    return repr([values[one.name] for one in plan.parameters if is_drawn(one)])


def key_of(plan: Plan, values: Values) -> str:
    """Return the fingerprint of a set of values on a base: the same for the same design."""
    return _hash_values(plan.key, values)


def plan_of(spec: Spec, folder: Path, types: tuple[str, ...] = ()) -> Plan:
    """Return the plan of a sweep; `folder` is where the names of files start.

    Raises
    ------
    SpecError
        If the base is not there or a target is none.
    """
    from core.editing.starting import new_project, template_names
    from core.files.project_file import load

    kind, value = spec.base
    if kind == "generate":
        _ensure_targets(spec)
        return Plan(b"", dict(value), spec.parameters, spec.counts_findings, types, _models(types))
    try:
        if kind == "template":
            if value not in template_names():
                raise EditError(f"there is no template '{value}'", cure=near(value, template_names()))
            project = new_project(value, ids=_ids("b"))
        else:
            project = load(_example(value) if kind == "example" else folder / value)[0]
    except CagenutError as error:
        _ensure_targets(spec)
        at = f"{error.where}: {error.problem}" if error.where else error.problem
        raise spec.error(f"base.{kind}", at, error.cure or "Name a design that opens") from None
    return plan_from(spec, project, types)


def plan_from(spec: Spec, project: Project, types: tuple[str, ...] = ()) -> Plan:
    """Return the plan of a sweep that starts from a design that is open, whatever base the sweep names.

    Raises
    ------
    SpecError
        If nothing is built in it, or a target is none.
    """
    from core.files.project_file import encode_tables, tables_of

    _ensure_targets(spec)
    if project.top not in project.blocks:
        key = f"base.{spec.base[0]}"
        raise spec.error(key, "the design is empty: no block is set to be built")
    # Without the project's own id: a template is another project each time, and yet the same base.
    base = encode_tables(BASE, tables_of(project))
    return Plan(base, {}, spec.parameters, spec.counts_findings, types, _models(types))


def _models(types: tuple[str, ...]) -> str:
    """Return a fingerprint of what computes the points, beside the design: with other models they differ."""
    found = hashlib.sha256(version("cagenut").encode())
    shipped = files("resources").joinpath("reference")
    texts = [shipped.joinpath(f"{name}.toml").read_bytes() for name in CONSTANTS]
    for folder in (constants_folder(), *map(Path, types)):
        paths = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        texts += [part for path in paths for part in (path.name.encode(), path.read_bytes())]
    for text in texts:
        found.update(len(text).to_bytes(8, "big") + text)
    return found.hexdigest()


def _ensure_targets(spec: Spec) -> None:
    for one in spec.parameters:
        problem, cure = targets.fault(one)
        key = f"parameters.{one.name}"
        if problem:
            raise spec.error(key, problem, cure)
        if one.target[0] == "generate" and spec.base[0] != "generate":
            raise spec.error(key, "the base is not generated", "Use [base.generate], or vary fabric:ID:NAME")


def _example(name: str) -> Path:
    return Path(str(files("resources").joinpath("examples", f"{name}.cage")))


def _generated(asked: dict[str, Any], library: Library) -> Project:
    from core.editing.laying.hall import Hall, draw_hall
    from core.editing.starting import new_project
    from core.fabrics.families import generate

    given = dict(asked)
    family = given.pop("family", "")
    types = {role: str(given.pop(role)) for role in ROLES if role in given}
    if not (family and "host" in types and "switch" in types):
        raise EditError("generating needs family, host and switch")
    hall = {name: given.pop(name) for name in HALL_KEYS if name in given}
    seed = int(given.pop("seed", 0))
    graph = generate(str(family), given, seed)
    project = new_project(ids=_ids("b"))
    edit = Edit(project, "Generate", ids=_ids("g"))
    draw_hall(edit, library, graph, Hall(types=types, **hall), project.top)
    project.apply(edit.change())
    return project


def _ids(letter: str) -> Callable[[], str]:
    """Return a maker of ids that are the same every time."""
    numbers = itertools.count(1)
    return lambda: f"{letter}{next(numbers):07d}"


def _plain(value: float | None) -> float | None:
    number = None if value is None else float(value)
    return None if number is None or number != number or abs(number) == float("inf") else number


def _hash_values(plan_key: str, values: Values) -> str:
    text = msgspec.json.encode([plan_key, sorted(values.items())])
    return hashlib.sha256(text).hexdigest()[:24]
