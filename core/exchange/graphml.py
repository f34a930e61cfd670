"""GraphML, the XML format of graph editors and of networkx; with a DTD or entities it is refused unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import escape, quoteattr

from core.errors import CagenutError
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


def read(data: bytes, progress: Progress | None = None) -> RawGraph:
    """Return the graph of a GraphML file.

    Raises
    ------
    GraphError
        If this is no GraphML, or more than one flat graph.
    """
    from defusedxml import sax
    from defusedxml.common import DefusedXmlException

    handler = _Handler(progress)
    try:
        sax.parseString(data, handler, forbid_dtd=True)
    except CagenutError:
        raise
    except DefusedXmlException:
        fail("the file declares a document type or entities", cure="Save it without DOCTYPE")
    except SAXParseException as error:
        fail(f"this is no XML: {error.getMessage()}", error.getLineNumber() or 0)
    except (SAXException, ValueError, LookupError, OverflowError) as error:
        fail(f"this is no XML: {str(error)[:100] or type(error).__name__}")
    if not handler.has_graph:
        fail("the file holds no graph", cure="Give a GraphML file with one graph")
    return handler.found.graph(handler.is_directed)


class _Handler(ContentHandler):
    def __init__(self, progress: Progress | None) -> None:
        super().__init__()
        self.found = Collector(progress)
        self.has_graph = self.is_directed = False
        self._open: list[str] = []
        self._keys: dict[str, tuple[str, str]] = {}
        """Name and domain of each declared attribute."""
        self._defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}, "all": {}}
        self._subject: dict[str, Any] | None = None
        self._ends: tuple[str, ...] = ()
        self._line = 0
        self._name = ""
        self._key = ""
        self._text: list[str] | None = None
        self._where: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802
        self._where = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        local = name.rpartition(":")[2]
        self._open.append(local)
        if len(self._open) > MOST_DEPTH:
            fail(f"nested more than {MOST_DEPTH} deep", self._at())
        if len(self._open) == 1 and local != "graphml":
            fail(f"this is no GraphML: it begins with '{short(local)}'", self._at())
        start = getattr(self, f"_start_{local}", None)
        if start is not None and "data" not in self._open[:-1]:
            start(attrs)
        elif local == "NodeLabel" and self._subject is not None:
            self._name, self._text = "label", []

    def endElement(self, name: str) -> None:  # noqa: N802
        local = self._open.pop()
        if local in ("data", "NodeLabel", "default") and self._text is not None:
            self._take("".join(self._text).strip())
            self._text = None
        if local in ("node", "edge") and self._subject is not None and "data" not in self._open:
            if local == "node":
                self.found.add_node(self._ends[0], self._subject, self._line)
            else:
                self.found.add_edge(self._ends[0], self._ends[1], self._subject, self._line)
            self._subject = None

    def characters(self, content: str) -> None:
        if self._text is not None:
            self._text.append(content)

    def _take(self, text: str) -> None:
        if self._open and self._open[-1] == "key":
            name, domain = self._keys[self._key]
            self._defaults.get(domain, {})[name] = text
        elif self._subject is not None and text:
            self._subject[self._name] = text

    def _start_key(self, attrs: Any) -> None:
        self._key = attrs.get("id", "")
        domain = attrs.get("for", "all")
        self._keys[self._key] = (attrs.get("attr.name", ""), domain)

    def _start_default(self, _: Any) -> None:
        self._text = []

    def _start_graph(self, attrs: Any) -> None:
        if len(self._open) > 2:
            fail("a graph stands inside a node", self._at(), "Export it as one flat graph")
        if self.has_graph:
            fail("the file holds several graphs", self._at(), "Export one graph")
        self.has_graph, self.is_directed = True, attrs.get("edgedefault") == "directed"

    def _start_node(self, attrs: Any) -> None:
        self._begin("node", attrs, ("id",))

    def _start_edge(self, attrs: Any) -> None:
        self._begin("edge", attrs, ("source", "target"))
        for name in ("sourceport", "targetport"):
            if attrs.get(name) and self._subject is not None:
                self._subject[name] = attrs[name]

    def _begin(self, kind: str, attrs: Any, names: tuple[str, ...]) -> None:
        if not self.has_graph or self._subject is not None:
            fail(f"{kind} stands where none may be", self._at())
        self._line = self._at()
        self._ends = tuple(attrs.get(name, "") for name in names)
        if not all(self._ends):
            fail(f"{kind} without {' or '.join(names)}", self._line)
        self._subject = {**self._defaults["all"], **self._defaults[kind]}

    def _start_data(self, attrs: Any) -> None:
        key = attrs.get("key", "")
        if key not in self._keys:
            fail(f"the attribute '{short(key)}' is not declared", self._at(), "Add a <key> for it")
        self._name, self._text = self._keys[key][0] or key, []

    def _start_port(self, attrs: Any) -> None:
        if self._subject is not None and len(self._ends) == 1 and attrs.get("name"):
            self._subject.setdefault("ports", [])
            if isinstance(self._subject["ports"], list):
                self._subject["ports"].append(attrs["name"])

    def _start_hyperedge(self, _: Any) -> None:
        fail("edges of more than two ends are not read", self._at(), "Draw a switch instead")

    def _at(self) -> int:
        return 0 if self._where is None else int(self._where.getLineNumber() or 0)


_TYPES = {int: "long", float: "double", str: "string"}


def write(graph: Graph) -> bytes:
    """Return a network as GraphML."""
    nodes, edges = list(written_nodes(graph)), list(written_edges(graph))
    types: dict[tuple[str, str], str] = {}
    for domain, rows in (("node", [n for _, n in nodes]), ("edge", [e for _, _, e in edges])):
        for row in rows:
            for name, value in row.items():
                given = _TYPES[type(value)]
                known = types.setdefault((domain, name), given)
                if known != given:
                    types[domain, name] = "string" if "string" in (known, given) else "double"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ]
    ids = {}
    for number, ((domain, name), kind) in enumerate(types.items()):
        ids[domain, name] = f"d{number}"
        lines.append(f'<key id="d{number}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>')
    lines.append('<graph edgedefault="undirected">')
    for key, values in nodes:
        lines.append(f"<node id={quoteattr(key)}>{_data(ids, 'node', values)}</node>")
    for a, b, values in edges:
        ends = f"source={quoteattr(a)} target={quoteattr(b)}"
        lines.append(f"<edge {ends}>{_data(ids, 'edge', values)}</edge>")
    lines += ["</graph>", "</graphml>", ""]
    return "\n".join(lines).encode()


def _data(ids: dict[tuple[str, str], str], domain: str, values: Written) -> str:
    return "".join(
        f'<data key="{ids[domain, name]}">{escape(str(value))}</data>' for name, value in values.items()
    )
