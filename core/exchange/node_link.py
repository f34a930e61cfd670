"""Node-link JSON, as networkx writes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.errors import FileError
from core.exchange.graph_parts import Collector, Progress, fail, written_edges, written_nodes
from core.fabrics.custom_values import GraphError, RawGraph
from core.files.scanning import Scanner

if TYPE_CHECKING:
    from core.fabrics.family import Graph


def read(data: bytes, progress: Progress | None = None) -> RawGraph:
    """Return the graph of a node-link file.

    Raises
    ------
    GraphError
        If this is no node-link JSON.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail("the file is not UTF-8", cure="Save it as UTF-8")
    try:
        return _read(Scanner(text, ""), Collector(progress))
    except FileError as error:
        raise GraphError(error.problem, where=error.where.lstrip(", "), cure=error.cure) from None


def _read(scanner: Scanner, found: Collector) -> RawGraph:
    is_directed, lists = False, set[str]()
    if scanner.next_char() != "{":
        scanner.fail("this is no node-link graph", cure="It begins with { and has nodes and links")
    for name in scanner.members():
        if name in ("nodes", "links", "edges"):
            kind = "nodes" if name == "nodes" else "links"
            if kind in lists:
                scanner.fail(f"the graph has two lists of {kind}")
            lists.add(kind)
            _list(scanner, kind, found)
        elif name == "directed":
            is_directed = scanner.value() is True
        else:
            scanner.skip()
    if scanner.next_char():
        scanner.fail("something follows the graph")
    if "nodes" not in lists:
        fail("the graph has no list of nodes")
    return found.graph(is_directed)


def _list(scanner: Scanner, kind: str, found: Collector) -> None:
    if scanner.next_char() != "[":
        scanner.fail(f"{kind} are no list")
    for position in scanner.elements():
        line = scanner.line(position)
        entry = scanner.value()
        if not isinstance(entry, dict):
            fail(f"one of the {kind} is no object", line)
        if kind == "nodes":
            found.add_node(_key(entry.pop("id", None), "id of a node", line), entry, line)
        else:
            a, b = (_key(entry.pop(name, None), f"{name} of a link", line) for name in ("source", "target"))
            entry.pop("key", None)
            found.add_edge(a, b, entry, line)


def _key(value: Any, what: str, line: int) -> str:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    fail(f"the {what} is no text and no whole number", line)


def write(graph: Graph) -> bytes:
    """Return a network as node-link JSON, one node or link a line."""
    nodes = [_line({"id": key, **values}) for key, values in written_nodes(graph)]
    links = [_line({"source": a, "target": b, **values}) for a, b, values in written_edges(graph)]
    parts = [
        '{"directed": false,\n"multigraph": true,\n"graph": {},\n"nodes": [',
        ",\n".join(nodes),
        '],\n"links": [',
        ",\n".join(links),
        "]}",
        "",
    ]
    return "\n".join(parts).encode()


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False)
