"""Search of everything placed, by the names people use: things, and ports of devices.

A query is words in any order. A thing is found if every word matches its name, asset tag or serial number,
or a name of what it stands in, and at least one matches the thing itself. A port is found if one word at
least matches its device, another one the port, and the rest either or what the device stands in: `leaf-3 17`
finds osfp17 of leaf-3. Ports have no rows: a million of them are found through their devices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.explore.placed_names import DEVICE, LINK, Names, Placed, Reading, read
from core.explore.texts import Grades, Texts, folded, words_of
from core.model.ports import PortTable, port_table
from core.model.project import Project

__all__ = ["Found", "Hit", "Index", "Names", "Reading", "Terms", "index_of", "read"]

Kind = Literal["rack", "block", "device", "link", "port"]
Rows: TypeAlias = NDArray[np.int64]
KINDS: tuple[Kind, ...] = ("rack", "block", "device", "link")
MOST_WORDS = 6
"""Words beyond these are not looked at; nobody types more."""
OWN = 2
"""How much more a match of the thing itself weighs than one of what it stands in."""


class Hit(NamedTuple):
    """Something found."""

    kind: Kind
    name: str
    where: tuple[str, ...]
    """Names of what it stands in, outermost first."""
    path: str
    port: str = ""
    type: str = ""
    """Id of the type of a device, or of a port's device."""
    score: int = 0
    cable: int | None = None
    """Cable of a trunk whose name was found."""


class Found(NamedTuple):
    """The best hits, and how many there are."""

    hits: list[Hit]
    total: int


class Index:
    """The names of one state of a project. Nothing in it changes; an edit makes another one.

    Parameters
    ----------
    placed : Placed
        What `Names.updated` has made.
    """

    def __init__(self, placed: Placed) -> None:
        self.stamp = placed.stamp
        self._placed = placed
        self._columns = placed.shelf.columns
        self._kind, self._parent = self._columns["kind"], self._columns["parent"]
        # A cable without a name has nothing to be shown by.
        self._there = ~placed.is_absent & ((self._kind != LINK) | (self._columns["name"] > 0))
        holders = np.unique(self._parent)
        self._holders = holders[holders >= 0]
        self._others = [self._columns[name] for name in ("tag", "serial") if self._columns[name].any()]
        self._lengths = placed.texts.lengths[self._columns["name"]].astype(np.int64)
        self._ports = [self._table_of(model) for model in placed.models]
        self._port_texts = Texts([name for table in self._ports for name in table])
        sizes = [len(table) for table in self._ports]
        self._first_port = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])

    def __len__(self) -> int:
        """Return the number of things that have a name."""
        return len(self._kind)

    @property
    def n_ports(self) -> int:
        """Number of ports that can be found."""
        models = self._columns["model"][(self._kind == DEVICE) & self._there]
        sizes = np.diff(self._first_port)
        return int(sizes[models].sum()) if len(models) else 0

    def search(self, query: str, limit: int = 50) -> Found:
        """Return what a query finds, the best first.

        The better a word matches (the whole name, its start, the start of a word in it), the higher; then
        things before their ports, shorter names before longer ones.
        """
        words = words_of(query)[:MOST_WORDS]
        if not words or not len(self):
            return Found([], 0)
        own = [self._own_grades(word) for word in words]
        around = [self._grades_around(grades) for grades in own]
        things, n_things = self._things(query, words, own, around, limit)
        ports, n_ports = self._ports_found(words, own, around, limit) if len(words) > 1 else ([], 0)
        best = sorted([*things, *ports])[:limit]
        return Found([self._hit(*key) for key in best], n_things + n_ports)

    # Things.

    def _own_grades(self, word: str) -> Grades:
        of_texts = self._placed.texts.grades(word)
        found = of_texts[self._columns["name"]]
        for column in self._others:
            found = np.maximum(found, of_texts[column])
        return found

    def _grades_around(self, own: Grades) -> Grades:
        """Return the best grade of a word among the names of what each row stands in."""
        best = np.zeros(len(own) + 1, np.uint8)
        rows = self._holders
        best[rows] = own[rows]
        parents = self._parent[rows]
        while True:
            wider = np.maximum(best[rows], best[parents])
            if np.array_equal(wider, best[rows]):
                break
            best[rows] = wider
        return best[self._parent]

    def _things(
        self, query: str, words: list[str], own: list[Grades], around: list[Grades], limit: int
    ) -> tuple[list[tuple[int, ...]], int]:
        fits = self._there & _any(own)
        for mine, holders in zip(own, around, strict=True):
            fits &= (mine | holders) > 0
        rows = np.flatnonzero(fits)
        score = np.zeros(len(rows), np.int64)
        for mine, holders in zip(own, around, strict=True):
            score += np.maximum(mine[rows] * np.uint8(OWN), holders[rows])
        if len(words) > 1:
            whole = self._placed.texts.grades(" ".join(folded(query).split()))
            score += whole[self._columns["name"][rows]] * np.uint8(OWN)
        return self._best(rows, score, 0, limit), len(rows)

    def _best(self, rows: Rows, score: Rows, is_port: int, limit: int) -> list[tuple[int, ...]]:
        """Return (-score, is it a port, length of the name, row) of the best rows."""
        rank = ((255 - score) << 48) + (self._lengths[rows] << 40) + rows
        if len(rows) > limit:
            chosen = np.argpartition(rank, limit)[:limit]
            rows, score = rows[chosen], score[chosen]
        return [
            (-s, is_port, n, row)
            for s, n, row in zip(score.tolist(), self._lengths[rows].tolist(), rows.tolist(), strict=True)
        ]

    # Ports.

    def _ports_found(
        self, words: list[str], own: list[Grades], around: list[Grades], limit: int
    ) -> tuple[list[tuple[int, ...]], int]:
        # A lane of a split port is found as its cage.
        of_ports = [self._port_texts.grades(word.partition("/")[0] or word) for word in words]
        model = self._columns["model"]
        best = [self._best_port(grades)[model] for grades in of_ports]
        fits = self._there & (self._kind == DEVICE) & _any(own) & _any(best)
        for mine, holders, port in zip(own, around, best, strict=True):
            fits &= (mine | holders | port) > 0
        rows = np.flatnonzero(fits)
        if not len(rows):
            return [], 0
        # Devices of one model whose words match alike have the same ports found.
        code = model[rows].astype(np.int64)
        for mine, holders in zip(own, around, strict=True):
            code = code * 3 + np.where(mine[rows] > 0, 2, holders[rows] > 0)
        cases, case_of = _cases(code, (len(self._ports)) * 3 ** len(words))
        found = [self._ports_of_case(case, of_ports) for case in cases.tolist()]
        counts = np.array([len(ports) for ports in found], np.int64)[case_of]
        total = int(counts.sum())
        rows, case_of = rows[counts > 0], case_of[counts > 0]
        bound = np.zeros(len(rows), np.int64)
        for mine, holders, port in zip(own, around, best, strict=True):
            bound += np.maximum(np.maximum(mine[rows] * np.uint8(OWN), holders[rows]), port[rows])
        hits: list[tuple[int, ...]] = []
        for _, _, length, row in self._best(rows, bound, 1, limit):
            ports = found[case_of[np.searchsorted(rows, row)]]
            score = np.zeros(len(ports), np.int64)
            for mine, holders, grades in zip(own, around, of_ports, strict=True):
                score += np.maximum(max(int(mine[row]) * OWN, int(holders[row])), grades[ports])
            first = int(self._first_port[model[row]])
            for port in np.argsort(-score, kind="stable")[:limit].tolist():
                hits.append((-int(score[port]), 1, length, row, int(ports[port]) - first))
        return hits, total

    def _best_port(self, grades: Grades) -> Grades:
        """Return the best grade among the ports of each model; one more, 0, for what has no ports."""
        found = np.zeros(len(self._ports) + 1, np.uint8)
        filled = np.flatnonzero(np.diff(self._first_port))
        if len(filled):
            found[filled] = np.maximum.reduceat(grades, self._first_port[filled])
        return found

    def _ports_of_case(self, case: int, of_ports: list[Grades]) -> Rows:
        """Return the ports that are found on devices of one model whose words match in one way."""
        ways = []
        for _ in of_ports:
            case, way = divmod(case, 3)
            ways.append(way)
        ways.reverse()
        first, last = self._first_port[case], self._first_port[case + 1]
        of_port = [grades[first:last] > 0 for grades in of_ports]
        fits = np.zeros(int(last - first), bool)
        for i, way in enumerate(ways):
            for j, matches in enumerate(of_port):
                if way == 2 and i != j:
                    fits |= matches
        for way, matches in zip(ways, of_port, strict=True):
            if way == 0:
                fits &= matches
        rows: Rows = np.flatnonzero(fits) + first
        return rows

    # Hits.

    def _hit(self, score: int, is_port: int, length: int, row: int, port: int = -1) -> Hit:
        names: list[str] = []
        at = row
        while at >= 0:
            names.append(self._placed.texts.names[self._columns["name"][at]])
            at = int(self._parent[at])
        name, *holders = names
        path, _, cable = self._placed.shelf.path_of(row).partition("#")
        model = int(self._columns["model"][row])
        type_id = self._placed.models[model][0] if model >= 0 else ""
        if is_port:
            place = (*reversed(holders), name)
            token = self._ports[model][port]
            return Hit("port", token, place, path, token, type_id, -score)
        return Hit(
            KINDS[self._kind[row]],
            name,
            tuple(reversed(holders)),
            path,
            type=type_id,
            score=-score,
            cable=int(cable) if cable else None,
        )

    def _table_of(self, model: tuple[str, tuple[tuple[str, str], ...]]) -> list[str]:
        types, (type_id, modules) = self._placed.types, model
        record = types.get(type_id)
        fitted = {bay: types[m].spec for bay, m in modules if m in types}
        table: PortTable = port_table(None if record is None else record.spec, fitted)
        return [port.name for port in table]


def index_of(project: Project) -> Index:
    """Return the index of a project, made at once."""
    return Index(Names().updated(read(project)))


class Terms:
    """A short list of other things to be found by the same words: actions, types, sheets.

    Parameters
    ----------
    names : sequence of str
        What they are called.
    about : sequence of str
        Other words by which each is found, though less well.
    """

    def __init__(self, names: Sequence[str], about: Sequence[str]) -> None:
        self._names, self._about = Texts(names), Texts(about)

    def search(self, query: str, limit: int = 50) -> list[tuple[int, int]]:
        """Return (score, number) of what every word matches, the best first.

        Examples
        --------
        >>> Terms(["Undo", "Redo", "Zoom In"], ["edit", "edit", "view"]).search("edit do")
        [(6, 0), (6, 1)]
        """
        words = words_of(query)[:MOST_WORDS]
        if not words:
            return []
        score = np.zeros(len(self._names), np.int64)
        fits = np.ones(len(self._names), bool)
        for word in words:
            mine, other = self._names.grades(word), self._about.grades(word)
            fits &= (mine | other) > 0
            score += np.maximum(mine * np.uint8(OWN), other)
        if len(words) > 1:
            score += self._names.grades(" ".join(folded(query).split())) * np.uint8(OWN)
        rows = np.flatnonzero(fits)
        order = np.lexsort((rows, self._names.lengths[rows], -score[rows]))[:limit]
        return [(int(score[row]), int(row)) for row in rows[order]]


def _any(grades: list[Grades]) -> NDArray[np.bool_]:
    found = grades[0] > 0
    for one in grades[1:]:
        found = found | (one > 0)
    return found


def _cases(code: Rows, most: int) -> tuple[Rows, Rows]:
    """Return the different values, and for each row the number of its value."""
    if most > max(4 * len(code), 1 << 20):
        return np.unique(code, return_inverse=True)
    seen = np.zeros(most, bool)
    seen[code] = True
    cases = np.flatnonzero(seen)
    number = np.zeros(most, np.int64)
    number[cases] = np.arange(len(cases))
    return cases, number[code]
