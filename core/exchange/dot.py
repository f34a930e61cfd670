"""DOT, the language of Graphviz: a strict part of it.

Read are `graph` and `digraph`, nodes and edges with attributes, defaults set by `node [...]` and
`edge [...]`, ports of edges (`a:p1 -- b:p7`). The content of subgraphs is read, their grouping is not.
Refused are edges to groups of nodes and labels in HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from core.exchange.graph_parts import (
    MOST_DEPTH,
    Collector,
    Progress,
    Written,
    fail,
    written_edges,
    written_nodes,
)
from core.fabrics.custom_values import RawGraph, RawNode, short

if TYPE_CHECKING:
    from core.fabrics.family import Graph

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\f]+) | (?P<newline>\n) | (?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<quoted>"(?:[^"\\]|\\.)*") | (?P<edge>--|->) | (?P<sign>[{}\[\];,=:+])
    | (?P<number>-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?![\w.]))
    | (?P<word>[^\W\d]\w*)""",
    re.VERBOSE | re.DOTALL,
)
_KEYWORDS = ("strict", "graph", "digraph", "node", "edge", "subgraph")
_COMPASS = ("n", "ne", "e", "se", "s", "sw", "w", "nw", "c", "_")


class _Token(NamedTuple):
    kind: str
    """word, keyword, edge, sign or end."""
    text: str
    line: int


def read(data: bytes, progress: Progress | None = None) -> RawGraph:
    """Return the graph of a DOT file.

    Raises
    ------
    GraphError
        If this is no DOT, or something that is not read.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail("the file is not UTF-8", cure="Save it as UTF-8")
    return _Parser(text, progress).graph()


def _tokens(text: str) -> Iterator[_Token]:
    at, line = 0, 1
    at_start = True
    while at < len(text):
        if at_start and text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            what = "labels in HTML are not read" if text[at] == "<" else f"{text[at]!a} may not stand here"
            fail(f"this is no DOT that can be read: {what}", line)
        kind, own = match.lastgroup or "", match[0]
        at_start = kind == "newline"
        if kind == "quoted":
            plain = html.unescape(own[1:-1].replace("\\\n", "").replace('\\"', '"'))
            yield _Token("word", plain, line)
        elif kind in ("word", "number"):
            is_key = own.lower() in _KEYWORDS
            yield _Token("keyword" if is_key else "word", own.lower() if is_key else own, line)
        elif kind in ("edge", "sign"):
            yield _Token(kind, own, line)
        line += own.count("\n")
        at = match.end()
    yield _Token("end", "the end of the file", line)


class _Parser:
    def __init__(self, text: str, progress: Progress | None) -> None:
        self._tokens = _tokens(text)
        self._next = next(self._tokens)
        self._found = Collector(progress)
        self._own: dict[str, dict[str, str]] = {}
        """Attributes of each node, which later statements may add to."""
        self._groups = 0
        self._is_directed = self._is_strict = False
        self._joined: set[tuple[str, ...]] = set()

    def graph(self) -> RawGraph:
        """Return the graph of the whole file."""
        self._is_strict = self._taken("keyword", "strict")
        self._is_directed = self._next[:2] == ("keyword", "digraph")
        if not (self._taken("keyword", "digraph") or self._taken("keyword", "graph")):
            self._wrong("graph or digraph")
        if self._next.kind == "word":
            self._word()
        self._expect("{")
        self._body()
        if self._next.kind != "end":
            self._wrong("the end of the file")
        if self._groups:
            self._found.notes.append(
                f"{self._groups:,} subgraph{'s' * (self._groups > 1)}: content read, grouping not"
            )
        return self._found.graph(self._is_directed)

    def _body(self) -> None:
        """Read statements up to the last bracket; defaults hold for the group they stand in."""
        defaults: list[dict[str, dict[str, str]]] = [{"node": {}, "edge": {}, "graph": {}}]
        while defaults:
            token = self._next
            if self._taken("sign", "}"):
                defaults.pop()
                if defaults and self._next.kind == "edge":
                    fail("edges to groups of nodes are not read", self._next.line, "Write each edge")
            elif self._taken("keyword", "subgraph") or token[:2] == ("sign", "{"):
                if self._next.kind == "word":
                    self._word()
                self._expect("{")
                self._groups += 1
                defaults.append({kind: dict(values) for kind, values in defaults[-1].items()})
                if len(defaults) > MOST_DEPTH:
                    fail(f"nested more than {MOST_DEPTH} deep", token.line)
            elif token.kind == "keyword" and token.text in defaults[-1]:
                self._advance()
                defaults[-1][token.text].update(self._attributes())
            elif token.kind == "word":
                self._statement(defaults[-1])
            elif not self._taken("sign", ";"):
                self._wrong("a node, an edge or }")

    def _statement(self, defaults: dict[str, dict[str, str]]) -> None:
        line = self._next.line
        first = self._word()
        if self._taken("sign", "="):
            self._word()
            return
        ends = [(first, self._port())]
        while self._next.kind == "edge":
            if (self._next.text == "->") != self._is_directed:
                fail(f"'{self._next.text}' is no edge of this kind of graph", self._next.line)
            self._advance()
            if self._next[:2] == ("sign", "{") or self._next.kind == "keyword":
                fail("edges to groups of nodes are not read", self._next.line, "Write each edge")
            ends.append((self._word(), self._port()))
        attributes = self._attributes()
        for key, _ in ends:
            if key not in self._own:
                self._own[key] = dict(defaults["node"])
                self._found.add_node(key, self._own[key], line)
        if len(ends) == 1:
            self._own[first].update(attributes)
            self._found.nodes[first] = RawNode(first, self._own[first], line)
            return
        for (a, a_port), (b, b_port) in pairwise(ends):
            ports = {"source_ports": a_port, "target_ports": b_port}
            own = {**defaults["edge"], **{k: port for k, port in ports.items() if port}, **attributes}
            pair = (a, b) if self._is_directed else tuple(sorted((a, b)))
            if not (self._is_strict and pair in self._joined):
                self._found.add_edge(a, b, own, line)
            self._joined.add(pair)

    def _port(self) -> str:
        """Return the port after a node, empty if there is none."""
        found = ""
        while self._taken("sign", ":"):
            port = self._word()
            found = found or ("" if port in _COMPASS else port)
        return found

    def _attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self._taken("sign", "["):
            while not self._taken("sign", "]"):
                name = self._word()
                found[name] = self._word() if self._taken("sign", "=") else "true"
                if not self._taken("sign", ","):
                    self._taken("sign", ";")
        return found

    def _word(self) -> str:
        if self._next.kind != "word":
            self._wrong("a name")
        parts = [self._advance().text]
        while self._taken("sign", "+"):
            if self._next.kind != "word":
                self._wrong("a name")
            parts.append(self._advance().text)
        return "".join(parts)

    def _advance(self) -> _Token:
        token = self._next
        if token.kind != "end":
            self._next = next(self._tokens)
        return token

    def _taken(self, kind: str, text: str) -> bool:
        if (self._next.kind, self._next.text) != (kind, text):
            return False
        self._advance()
        return True

    def _expect(self, sign: str) -> None:
        if not self._taken("sign", sign):
            self._wrong(sign)

    def _wrong(self, wanted: str) -> None:
        fail(f"expected {wanted}, found {short(self._next.text)!a}", self._next.line)


def write(graph: Graph) -> bytes:
    """Return a network as DOT."""
    lines = ["graph {"]
    lines += [f"  {_quoted(key)} [{_list(values)}];" for key, values in written_nodes(graph)]
    lines += [f"  {_quoted(a)} -- {_quoted(b)} [{_list(values)}];" for a, b, values in written_edges(graph)]
    return "\n".join([*lines, "}", ""]).encode()


def _list(values: Written) -> str:
    return ", ".join(f"{k}={_quoted(v) if isinstance(v, str) else v}" for k, v in values.items())


def _quoted(text: str) -> str:
    """Quote a text: a backslash would mean something else to each reader, so it is written as an entity."""
    plain = text.replace("&", "&amp;").replace("\\", "&#92;").replace('"', '\\"')
    return f'"{plain}"'
