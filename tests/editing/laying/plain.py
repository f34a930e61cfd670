"""Plain devices for any generated network, and the cables it asks for, worked out the long way."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.catalogue.library import Library
from core.editing.laying.hall import Hall, draw_hall
from core.editing.laying.wiring import Laid
from core.model.change import Edit
from core.model.integrity import problems
from core.model.project import Project
from core.model.records import TypeRecord
from core.model.types import DeviceType, PortGroup

LIBRARY = Library.builtin()
Cable = frozenset[tuple[str, str]]
"""Two ends: path of the device and port."""


def layout(graph: Any, role: str) -> list[int]:
    """Return how many slots each cage of the devices of a role holds.

    All as many as the widest link takes; where wide links do not begin at such a cage, single slots come
    first.
    """
    slots = max(node["slots"] for _, node in graph.nodes(data=True) if node["role"] == role)
    used = [
        (slot, max(round(edge["gbps"] / graph.nodes[edge[end]]["slot_gbps"]), 1))
        for _, _, edge in graph.edges(data=True)
        for end in ("a", "b")
        if graph.nodes[edge[end]]["role"] == role
        for slot in edge[f"{end}_slots"]
    ]
    wide = max((width for _, width in used), default=1)
    if all(slot % wide + width <= wide for slot, width in used):
        return [wide] * -(-slots // wide)
    narrow = min(slot for slot, width in used if width == wide)
    return [1] * narrow + [wide] * -(-(slots - narrow) // wide)


def plain_types(graph: Any) -> list[DeviceType]:
    """Return a type for each role, one unit high, whose cages are as fast as the fastest link at them."""
    types = []
    for role in dict.fromkeys(role for _, role in graph.nodes(data="role")):
        node = next(node for _, node in graph.nodes(data=True) if node["role"] == role)
        groups, first = [], 1
        for wide, cages in Counter(layout(graph, role)).items():
            group = PortGroup(
                name=f"p{{{first}..{first + cages - 1}}}",
                layer="data",
                role="scale-out" if node["tier"] == 0 else "",
                rate_gbps=node["slot_gbps"] * wide,
                lanes=tuple(n for n in range(2, wide + 1) if wide % n == 0),
            )
            groups.append(group)
            first += cages
        kind = "server" if node["tier"] == 0 else "switch"
        ports = tuple(groups)
        types.append(DeviceType(id=f"plain-{role}", name=f"Plain {role}", kind=kind, height_u=1, ports=ports))
    return types


def lay(graph: Any, **hall: Any) -> tuple[Project, Laid]:
    """Draw a hall of plain devices for a network."""
    project = Project()
    edit = Edit(project, "Draw")
    types = plain_types(graph)
    for spec in types:
        edit.put("types", TypeRecord(id=spec.id, spec=spec))
    by_role = {spec.id.removeprefix("plain-"): spec.id for spec in types}
    laid = draw_hall(edit, LIBRARY, graph, Hall(types=by_role, **hall))
    project.apply(edit.change())
    assert [str(problem) for problem in problems(project)] == []
    return project, laid


def wanted(graph: Any, laid: Laid) -> Counter[Cable]:
    """Return the cables of a network between plain devices."""
    cages: dict[str, list[tuple[int, int, int]]] = {}
    for role in {role for _, role in graph.nodes(data="role")}:
        holds = layout(graph, role)
        cages[role] = [(n, slot, k) for n, k in enumerate(holds, 1) for slot in range(k)]

    def end(key: str, slot: int, gbps: float) -> tuple[str, str]:
        node = graph.nodes[key]
        cage, place, holds = cages[node["role"]][slot]
        width = max(round(gbps / node["slot_gbps"]), 1)
        split = holds // width
        first = next((n for n in range(2, holds + 1) if holds % n == 0), 1)
        lane = f"{place // width + 1}" if split == first else f"{split}:{place // width + 1}"
        return laid.paths[key], f"p{cage}" if split == 1 else f"p{cage}/{lane}"

    return Counter(
        frozenset((end(edge["a"], a, edge["gbps"]), end(edge["b"], b, edge["gbps"])))
        for _, _, edge in graph.edges(data=True)
        for a, b in zip(edge["a_slots"], edge["b_slots"], strict=True)
    )


def drawn(project: Project, laid: Laid) -> Counter[Cable]:
    """Return the cables of the fabric in the expanded design."""
    graph = project.graph(project.top, expand=True)
    found: Counter[Cable] = Counter()
    for a, b, edge in graph.edges(data=True):
        if edge["fabric"] == laid.fabric:
            link = project.resolve(project.top, edge["link"])
            # networkx does not keep which end is which: the record does.
            head = edge["link"].rpartition("/")[0]
            ends = [f"{head}/{path}" if head else path for path in (link.a.path, link.b.path)]
            assert {a, b} == set(ends)
            for one, other in zip(edge["a_ports"], edge["b_ports"], strict=True):
                found[frozenset(((ends[0], one), (ends[1], other)))] += 1
    return found
