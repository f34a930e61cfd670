"""GML, the format of nested lists in square brackets."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from core.exchange.graph_parts import (
    MOST_DEPTH,
    Collector,
    Progress,
    Written,
    fail,
    written_edges,
    written_nodes,
)
from core.fabrics.custom_values import RawGraph, short

if TYPE_CHECKING:
    from core.fabrics.family import Graph

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+) | (?P<newline>\n) | (?P<comment>\#[^\n]*) | (?P<open>\[) | (?P<close>\])
    | "(?P<text>[^"]*)" | (?P<number>[+-]?(?:[0-9][0-9.eE+-]*|\.[0-9]+|NAN|INF)(?=[\s\]]))
    | (?P<key>[A-Za-z_][\w.]*)""",
    re.VERBOSE,
)


class _Entry(NamedTuple):
    key: str
    value: Any
    """Text of a number or a string; a list of entries."""
    line: int


def read(data: bytes, progress: Progress | None = None) -> RawGraph:
    """Return the graph of a GML file.

    Raises
    ------
    GraphError
        If this is no GML, or a node has no id.
    """
    graphs = [
        entry for entry in _parsed(_text(data)) if entry.key == "graph" and isinstance(entry.value, list)
    ]
    if len(graphs) != 1:
        fail(f"the file holds {len(graphs)} graphs", cure="Give a GML file with one graph")
    found, is_directed = Collector(progress), False
    for entry in graphs[0].value:
        if entry.key == "directed":
            is_directed = entry.value == "1"
        elif entry.key in ("node", "edge") and isinstance(entry.value, list):
            names = ("id",) if entry.key == "node" else ("source", "target")
            own = {key: value for key, value, _ in entry.value if isinstance(value, str)}
            ends = [own.pop(name, "") for name in names]
            if not all(ends):
                fail(f"{entry.key} without {' or '.join(names)}", entry.line)
            if entry.key == "node":
                found.add_node(ends[0], own, entry.line)
            else:
                own.pop("key", "")
                found.add_edge(ends[0], ends[1], own, entry.line)
    return found.graph(is_directed)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            fail(f"this is no GML: {text[at]!a} stands where none may be", line)
        kind = match.lastgroup or ""
        if kind == "newline":
            line += 1
        elif kind not in ("space", "comment"):
            yield kind, match[kind], line
            line += match[0].count("\n")
        at = match.end()


def _parsed(text: str) -> list[_Entry]:
    """Return the entries of the file; not recursive."""
    top: list[_Entry] = []
    levels = [top]
    key: tuple[str, int] | None = None
    for kind, value, line in _tokens(text):
        if kind == "close":
            if key is not None or len(levels) == 1:
                fail("a bracket closes what is not open", line)
            levels.pop()
        elif kind == "key":
            if key is not None:
                fail(f"'{short(key[0])}' has no value", line)
            key = value, line
        elif key is None:
            fail(f"a value stands without a name: {short(value)}", line)
        elif kind == "open":
            inner: list[_Entry] = []
            levels[-1].append(_Entry(key[0], inner, key[1]))
            levels.append(inner)
            key = None
            if len(levels) > MOST_DEPTH:
                fail(f"nested more than {MOST_DEPTH} deep", line)
        else:
            levels[-1].append(_Entry(key[0], html.unescape(value) if kind == "text" else value, key[1]))
            key = None
    if len(levels) > 1 or key is not None:
        fail("the file ends before its last bracket")
    return top


def write(graph: Graph) -> bytes:
    """Return a network as GML; nodes are numbered, their keys are the labels."""
    numbers = {key: number for number, key in enumerate(graph.nodes)}
    lines = ["graph [", "  directed 0", "  multigraph 1"]
    for key, values in written_nodes(graph):
        lines += ["  node [", f"    id {numbers[key]}", f"    label {_quoted(key)}", *_lines(values), "  ]"]
    for a, b, values in written_edges(graph):
        lines += ["  edge [", f"    source {numbers[a]}", f"    target {numbers[b]}", *_lines(values), "  ]"]
    return "\n".join([*lines, "]", ""]).encode("ascii")


def _lines(values: Written) -> list[str]:
    return [
        f"    {_NAMES.get(name, name)} {_quoted(value) if isinstance(value, str) else value}"
        for name, value in values.items()
    ]


_NAMES = {
    "port_gbps": "portGbps",
    "source_ports": "sourcePorts",
    "target_ports": "targetPorts",
}
"""GML has no underscore in names."""


def _quoted(text: str) -> str:
    kept = (c if c.isascii() and c not in '&"' else f"&#{ord(c)};" for c in text)
    return f'"{"".join(kept)}"'
