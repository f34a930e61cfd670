"""Networks from and to graph files: GraphML, GML, node-link JSON and DOT, by the ending of the name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from core.errors import CagenutError
from core.exchange import dot, gml, graphml, node_link
from core.exchange.graph_parts import Progress
from core.fabrics.custom import Custom, Defaults, custom_graph
from core.fabrics.custom_values import GraphError, RawGraph

if TYPE_CHECKING:
    from core.fabrics.family import Graph

MOST_BYTES = 128 * 2**20


@dataclass(frozen=True)
class GraphFormat:
    """A format of graph files.

    Attributes
    ----------
    name : str
        As people read it.
    suffixes : tuple of str
        Endings of file names, the usual one first.
    read : callable
        Makes the nodes and edges of the bytes; raises `GraphError`.
    write : callable
        Makes the bytes of a network; the same network gives the same bytes.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes, Progress | None], RawGraph]
    write: Callable[[Graph], bytes]


FORMATS: tuple[GraphFormat, ...] = (
    GraphFormat("GraphML", (".graphml", ".xml"), graphml.read, graphml.write),
    GraphFormat("GML", (".gml",), gml.read, gml.write),
    GraphFormat("Node-link JSON", (".json",), node_link.read, node_link.write),
    GraphFormat("DOT", (".dot", ".gv"), dot.read, dot.write),
)


def format_of(name: str) -> GraphFormat:
    """Return the format of a file by its name.

    Raises
    ------
    GraphError
        If no format has this ending.

    Examples
    --------
    >>> format_of("hall.GV").name
    'DOT'
    """
    suffix = PurePath(name).suffix.lower()
    for each in FORMATS:
        if suffix in each.suffixes:
            return each
    endings = ", ".join(suffix for each in FORMATS for suffix in each.suffixes)
    raise GraphError("no graph format has this ending", where=name, cure=f"The endings are: {endings}")


def read_graph(
    data: bytes, name: str, defaults: Defaults | None = None, progress: Progress | None = None
) -> Custom:
    """Return the network of a graph file, and notes on what was taken where it does not say.

    Parameters
    ----------
    data : bytes
    name : str
        Of the file: its ending says the format, errors begin with it.
    defaults : Defaults, optional
        Rate of links and accelerators of hosts where the file has none.
    progress : callable, optional
        What it raises ends the work.

    Raises
    ------
    GraphError
        If it cannot be read, with file, line (where there is one) and a cure; nothing of it is taken then.
    """
    chosen = format_of(name)
    if len(data) > MOST_BYTES:
        raise GraphError(
            f"the file is larger than {MOST_BYTES // 2**20} MB",
            where=name,
            cure="Leave out what is no node or edge",
        )
    try:
        return custom_graph(chosen.read(data, progress), defaults, progress)
    except CagenutError as error:
        cure = error.cure or f"Mend it there, or export it again as {chosen.name}"
        raise GraphError(error.problem, where=error.at(name).where, cure=cure) from None


def write_graph(graph: Graph, name: str) -> bytes:
    """Return a network (`core.fabrics.weave`) in the format that a file name says.

    Raises
    ------
    GraphError
        If no format has this ending.
    """
    return format_of(name).write(graph)
