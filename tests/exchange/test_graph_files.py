"""Graph files: every network survives a round trip, and nothing hostile gets further than one clear error."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.__main__ import main
from core.editing.starting import new_project
from core.engine.evaluation import evaluate
from core.engine.topology import topology_of
from core.errors import EditError
from core.exchange.drawn_graph import drawn_graph, fabric_named
from core.exchange.graph_files import FORMATS, MOST_BYTES, read_graph, write_graph
from core.fabrics.custom_values import GraphError
from core.fabrics.families import FAMILIES, generate
from core.fabrics.weave import Weave, sizes_of
from core.files.project_file import load

SUFFIXES = [each.suffixes[0] for each in FORMATS]
EXAMPLES = Path("resources/examples")
KEPT = ("role", "tier", "unit", "name", "slots", "slot_gbps", "rail", "plane")


def nodes_of(graph: nx.MultiGraph) -> dict[str, tuple[Any, ...]]:
    return {
        key: (*(data.get(name) for name in KEPT), data.get("gpus", 0), data.get("port_names"))
        for key, data in graph.nodes(data=True)
    }


def edges_of(graph: nx.MultiGraph) -> list[tuple[Any, ...]]:
    names = ("a", "b", "a_slots", "b_slots", "gbps", "count")
    return [tuple(data[name] for name in names) for _, _, data in graph.edges(data=True)]


def read(text: str, name: str) -> nx.MultiGraph:
    return read_graph(text.encode(), name).graph


FAMILIES_THERE = {
    "rail-optimised": {"hosts": 16, "hosts_per_unit": 8},
    "collapsed-core": {},
    "dragonfly": {},
    "scale-up": {},
    "in-band": {},
    "optical-torus": {"cubes": 8, "slices": "2x2x2"},
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("family", FAMILIES_THERE)
def test_a_generated_network_comes_back_as_it_was(family: str, suffix: str) -> None:
    graph = generate(family, FAMILIES_THERE[family], 1)
    data = write_graph(graph, f"x{suffix}")
    found = read_graph(data, f"x{suffix}")
    assert found.notes == ()
    assert nodes_of(found.graph) == nodes_of(graph)
    assert sorted(edges_of(found.graph)) == sorted(edges_of(graph))
    assert write_graph(found.graph, f"x{suffix}") == data
    assert write_graph(generate(family, FAMILIES_THERE[family], 1), f"x{suffix}") == data


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=6)


@st.composite
def networks(draw: st.DrawFn) -> nx.MultiGraph:
    """Draw small networks with names of all kinds and trunks of several rates."""
    weave = Weave("custom")
    names = draw(st.lists(NAMES.filter(lambda n: n == clean(n)), min_size=2, max_size=5, unique=True))
    keys = []
    for name in names:
        more = draw(
            st.fixed_dictionaries({}, optional={"rail": st.integers(0, 9), "plane": st.integers(0, 3)})
        )
        if draw(st.booleans()):
            keys.append(weave.add("", name, "host", 0, slots=40, slot_gbps=100.0, gpus=8, **more))
        else:
            keys.append(weave.add("", name, "leaf", 1, slots=40, slot_gbps=100.0, **more))
    free = dict.fromkeys(keys, 0)
    for _ in range(draw(st.integers(0, 4))):
        a, b = draw(st.lists(st.sampled_from(keys), min_size=2, max_size=2, unique=True))
        count, width = draw(st.integers(1, 2)), draw(st.sampled_from([1, 4]))
        starts = []
        for key in (a, b):
            starts.append([free[key] + k * width for k in range(count)])
            free[key] += count * width
        weave.join(a, starts[0], b, starts[1], 100.0 * width)
    return weave.graph()


def clean(name: str) -> str:
    from core.model.check import clean_name

    return clean_name(name)


@given(networks(), st.sampled_from(SUFFIXES))
def test_any_network_survives_the_round_trip(graph: nx.MultiGraph, suffix: str) -> None:
    found = read_graph(write_graph(graph, f"x{suffix}"), f"x{suffix}").graph
    assert nodes_of(found) == nodes_of(graph)
    assert sorted(edges_of(found)) == sorted(edges_of(graph))


OF_NO_LINE = (
    "the file is not UTF-8",
    "the file holds",
    "the file ends before its last bracket",
    "the graph has no list of nodes",
)
"""Problems of a file as a whole."""


def assert_clear(error: GraphError, name: str, data: bytes) -> None:
    """A refusal says which file, which of its lines where it is in one, and what to do."""
    place, _, line = error.where.partition(", line ")
    assert place == name
    if line:
        assert 1 <= int(line) <= len(re.split(rb"\r\n|\r|\n", data))
    else:
        assert error.problem.startswith(OF_NO_LINE)
    assert error.problem
    assert error.cure
    assert str(error) == f"{error.where}: {error.problem}. {error.cure}"


SEED = {suffix: write_graph(generate("leaf-spine", {"hosts": 2}), f"x{suffix}") for suffix in SUFFIXES}


@given(st.sampled_from(SUFFIXES), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), max_size=4))
def test_a_damaged_file_is_read_or_refused(suffix: str, cuts: list[tuple[float, bytes]]) -> None:
    data = SEED[suffix]
    for place, put in cuts:
        at = int(place * len(data))
        data = data[:at] + put + data[at + len(put) // 2 :]
    try:
        graph = read_graph(data, f"x{suffix}").graph
    except GraphError as error:
        assert_clear(error, f"x{suffix}", data)
    else:
        assert topology_of(graph).is_switch.size == len(graph)


@given(st.sampled_from(SUFFIXES), st.binary(max_size=60))
def test_random_bytes_are_refused_clearly(suffix: str, data: bytes) -> None:
    if suffix in (".dot", ".gml"):  # so that there are a head and a file beyond it to get wrong
        data = b"graph " + data
    with pytest.raises(GraphError) as raised:
        read_graph(data, f"x{suffix}")
    assert_clear(raised.value, f"x{suffix}", data)


def test_an_error_names_the_line_that_was_damaged() -> None:
    for suffix, data in SEED.items():
        lines = data.split(b"\n")
        number = next(n for n, line in enumerate(lines) if b"host" in line)
        lines[number] = b"<]}" + lines[number]
        with pytest.raises(GraphError) as raised:
            read_graph(b"\n".join(lines), f"x{suffix}")
        assert raised.value.where == f"x{suffix}, line {number + 1}"


@pytest.mark.parametrize("suffix", [".graphml", ".gml", ".json"])
def test_networkx_reads_what_is_written(suffix: str) -> None:
    graph = generate("slim-fly", {})
    data = write_graph(graph, f"x{suffix}")
    if suffix == ".json":
        found = nx.node_link_graph(json.loads(data), edges="links")
    elif suffix == ".gml":
        found = nx.read_gml(io.BytesIO(data))
    else:
        found = nx.read_graphml(io.BytesIO(data), force_multigraph=True)
    assert sorted(found.nodes) == sorted(graph.nodes)
    assert found.number_of_edges() == graph.number_of_edges()
    assert found.nodes[next(iter(graph.nodes))]["role"] == "router"


@pytest.mark.parametrize("suffix", [".graphml", ".gml", ".json"])
def test_what_networkx_writes_is_read(suffix: str) -> None:
    graph = nx.MultiGraph()
    graph.add_edge("host-1", "leaf-1", gbps=400.0, count=2)
    graph.add_edge("host-2", "leaf-1", gbps=200.0)
    file = io.BytesIO()
    if suffix == ".json":
        file.write(json.dumps(nx.node_link_data(graph, edges="links")).encode())
    elif suffix == ".gml":
        nx.write_gml(graph, file)
    else:
        nx.write_graphml(graph, file)
    net = topology_of(read_graph(file.getvalue(), f"x{suffix}").graph)
    assert sorted(zip(net.gbps.tolist(), net.count.tolist(), strict=True)) == [(200.0, 1), (400.0, 2)]
    assert net.is_switch.sum() == 1


DOT = """
# a comment of a preprocessor
strict graph "hall" {
  rankdir = LR; graph [label="x"]
  node [role=leaf ports=4]; edge [gbps=400];
  leaf1; "leaf 2" [ports=8];  /* two
  lines */
  node [role=host, ports=1]
  h1:0:n -- leaf1:3 ; h2 -- leaf1 -- "leaf 2" [gbps=800]  // both
  subgraph cluster_a { node [role=spine ports=64]; spine1 }
  spine1 -- leaf1
  leaf1 -- spine1
}
"""


def test_dot_as_people_write_it() -> None:
    found = read_graph(DOT.encode(), "x.dot")
    graph = found.graph
    roles = {key: data["role"] for key, data in graph.nodes(data=True)}
    assert roles == {"leaf1": "leaf", "leaf 2": "leaf", "h1": "host", "h2": "host", "spine1": "spine"}
    assert graph.nodes["leaf 2"]["slots"] == 8
    assert edges_of(graph) == [
        ("h1", "leaf1", (0,), (3,), 400.0, 1),
        ("h2", "leaf1", (0,), (0,), 800.0, 1),
        ("leaf1", "leaf 2", (1,), (0,), 800.0, 1),
        ("spine1", "leaf1", (0,), (2,), 400.0, 1),
    ]
    assert found.notes[0] == "1 subgraph: content read, grouping not"


def test_dot_names_in_quotes_are_names_whatever_they_say() -> None:
    graph = read('graph { "{" [role=leaf]; "digraph" [role=leaf]; "{" -- "digraph"; "\\"" -- "{" }', "x.dot")
    assert list(graph.nodes) == ["{", "digraph", '"']


def test_graphml_as_editors_write_it() -> None:
    text = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
<key id="r" for="edge" attr.name="rate" attr.type="double"><default>200</default></key>
<key id="k" for="node" attr.name="kind" attr.type="string"/>
<key id="g" for="node" yfiles.type="nodegraphics"/>
<graph edgedefault="directed">
<node id="n0"><data key="k">leaf</data><port name="p1"/><port name="p2"/>
<data key="g"><y:ShapeNode><y:NodeLabel>tor &amp; co</y:NodeLabel></y:ShapeNode></data></node>
<node id="n1"><data key="k">server</data></node>
<edge source="n1" target="n0" targetport="p2"/><edge source="n0" target="n1" sourceport="p2"/>
</graph></graphml>"""
    graph = read(text, "x.graphml")
    assert list(graph.nodes) == ["tor & co", "n1"]
    assert edges_of(graph) == [("n1", "tor & co", (0,), (1,), 200.0, 1)]
    assert graph.nodes["tor & co"]["port_names"] == ("p1", "p2")


def graphml(inside: str, head: str = "") -> str:
    key = '<key id="d" for="edge" attr.name="gbps" attr.type="double"/>'
    start = f'<?xml version="1.0"?>\n{head}<graphml>{key}<graph edgedefault="undirected">'
    return f"{start}\n{inside}</graph></graphml>"


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>\n'
)
TWO = '<node id="a"/><node id="b"/>'
EDGE = '<edge source="a" target="b">'
HOSTILE = {
    "laughs.graphml": (graphml('<node id="&c;"/>', LAUGHS), "document type or entities"),
    "dtd.graphml": (graphml("", '<!DOCTYPE graphml SYSTEM "http://example.com/x.dtd">\n'), "document type"),
    "xxe.graphml": (graphml("", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n'), "document type"),
    "nested.graphml": (graphml("<node id='a'><graph>" * 20_000), "line 3: a graph stands inside a node"),
    "deep.graphml": (graphml("<x>" * 20_000), "line 3: nested more than 32 deep"),
    "two.graphml": (graphml("</graph><graph>"), "line 3: the file holds several graphs"),
    "none.graphml": ("<graphml/>", "the file holds no graph"),
    "svg.graphml": ("<svg/>", "line 1: this is no GraphML: it begins with 'svg'"),
    "cut.graphml": (graphml("<node")[:-30], "this is no XML"),
    "nan.graphml": (graphml(f'{TWO}\n{EDGE}<data key="d">NaN</data></edge>'), "line 4: rate is no positive"),
    "negative.graphml": (
        graphml(f'{TWO}{EDGE}<data key="d">-1</data></edge>'),
        "line 3: rate is no positive",
    ),
    "key.graphml": (graphml(f'{TWO}{EDGE}<data key="z">1</data></edge>'), "line 3: the attribute 'z' is not"),
    "twice.graphml": (graphml('<node id="a"/>\n<node id="a"/>'), "line 4: node 'a' stands twice"),
    "dangling.graphml": (
        graphml('<node id="a"/>\n<edge source="a" target="q"/>'),
        "line 4: an edge ends at 'q'",
    ),
    "loop.graphml": (graphml('<node id="a"/><edge source="a" target="a"/>'), "an edge joins 'a' with itself"),
    "hyper.graphml": (graphml("<hyperedge/>"), "edges of more than two ends"),
    "port.graphml": (
        graphml(f'<node id="a"><port name="p"/></node><node id="b"/>{EDGE[:-1]} sourceport="q"/>'),
        "line 3: 'a' has no port 'q'. It has p",
    ),
    "deep.gml": ("graph [ " * 20_000, "line 1: nested more than 32 deep"),
    "open.gml": ("graph [\n node [ id 1 ]", "the file ends before its last bracket"),
    "close.gml": ("graph [ ]\n]", "line 2: a bracket closes what is not open"),
    "noid.gml": ('graph [\n node [ label "x" ] ]', "line 2: node without id"),
    "nan.gml": (
        "graph [ node [ id 1 ] node [ id 2 ]\nedge [ source 1 target 2 gbps NAN ] ]",
        "line 2: rate is no",
    ),
    "huge.gml": (f"graph [ node [ id 1 gpus {'9' * 5000} ] ]", "line 1: gpus is no whole number"),
    "twice.gml": ("graph [ node [ id 1 ]\nnode [ id 1 ] ]", "line 2: node '1' stands twice"),
    "none.gml": ('Creator "me"', "the file holds 0 graphs"),
    "deep.json": ('{"nodes": ' + "[" * 20_000, "line 1: "),
    "nan.json": ('{"nodes": [{"id": "a"},\n{"id": "b", "gpus": NaN}]}', "line 2: NaN is no number"),
    "inf.json": (
        '{"nodes": [{"id": "a"}, {"id": "b"}],\n"links": [{"source": "a", "target": "b", "gbps": 1e999}]}',
        "line 2: rate is no positive number",
    ),
    "twice.json": ('{"nodes": [{"id": "a"},\n{"id": "a"}]}', "line 2: node 'a' stands twice"),
    "same.json": ('{"nodes": [{"id": "a", "id": "b"}]}', "line 1: the name 'id' comes twice"),
    "noid.json": ('{"nodes": [{}]}', "line 1: the id of a node is no text"),
    "list.json": ("[]", "line 1: this is no node-link graph"),
    "surrogate.json": ('{"nodes": [{"id": "\\ud800"}]}', "line 1: a node has no name that can be printed"),
    "more.json": ('{"nodes": []} {}', "line 1: something follows the graph"),
    "html.dot": ("graph { a [label=<b>] }", "labels in HTML are not read"),
    "wrong.dot": ("graph {\n a -> b }", "line 2: '->' is no edge of this kind of graph"),
    "group.dot": ("graph {\n a -- {b c} }", "line 2: edges to groups of nodes are not read"),
    "from.dot": ("graph {\n {b c} -- a }", "line 2: edges to groups of nodes are not read"),
    "deep.dot": ("graph " + "{" * 20_000, "line 1: nested more than 32 deep"),
    "cut.dot": ("graph { a -- ", "line 1: expected a name, found 'the end of the file'"),
    "after.dot": ("graph { } graph { }", "line 1: expected the end of the file"),
    "text.dot": ("hello", "line 1: expected graph or digraph"),
    "count.dot": ("graph {\n a -- b [count=10000000] }", "line 2: count is out of range"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_clear_error(name: str) -> None:
    text, problem = HOSTILE[name]
    with pytest.raises(GraphError) as raised:
        read(text, name)
    assert str(raised.value).startswith(name)
    assert problem in str(raised.value)
    assert raised.value.cure


def test_a_file_of_an_unknown_ending_or_too_many_bytes_is_refused() -> None:
    with pytest.raises(GraphError, match="no graph format has this ending"):
        read("", "x.txt")
    with pytest.raises(GraphError, match="larger than 128 MB"):
        read_graph(bytes(MOST_BYTES + 1), "x.json")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_drawn_fabric_is_written_as_it_stands(suffix: str) -> None:
    project = load(EXAMPLES / "superpod-h100-su.cage")[0]
    evaluation = evaluate(project)
    fabric = fabric_named(project, "Compute InfiniBand")
    graph = drawn_graph(project, evaluation, fabric)
    result = evaluation.network.find(fabric)
    assert result is not None
    found = read_graph(write_graph(graph, f"x{suffix}"), f"x{suffix}").graph
    assert nodes_of(found) == nodes_of(graph)
    assert sorted(edges_of(found)) == sorted(edges_of(graph))
    net = topology_of(found)
    assert (int(net.is_switch.sum()), int(net.count.sum())) == (result.switches, result.links)
    host = found.nodes["su-1/r01/dgx-01"]
    assert (host["role"], host["gpus"], host["port_names"][:2]) == ("host", 8, ("osfp1/1", "osfp1/2"))


def test_a_fabric_that_is_not_there_is_refused() -> None:
    project = new_project()
    with pytest.raises(EditError, match="there is no fabric 'x'"):
        fabric_named(project, "x")


def command(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_the_command_writes_a_fabric_and_measures_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design, out = EXAMPLES / "superpod-h100-su.cage", tmp_path / "out.graphml"
    assert command("graph", design, "--fabric", "Compute InfiniBand", "-o", out) == 0
    capsys.readouterr()
    assert command("graph", "--read", out, "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["devices"]["host"] == 31
    assert (data["components"], data["diameter_switches"], data["oversubscription"]) == (1, 3, 1.0)
    assert data["throughput"]["kind"] == "exact"
    assert command("graph", design, "--fabric", "Compute InfiniBand") == 0
    assert "Diameter" in capsys.readouterr().out
    assert command("graph", design, "--fabric", "Compute InfiniBand", "-o", out) == 2
    assert "the file exists" in capsys.readouterr().err


def test_the_command_refuses_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.dot"
    bad.write_text("graph { a -- a }")
    for arguments in (
        ["--read", bad],
        ["--read", tmp_path / "no.dot"],
        [],
        [bad],
        ["--read", bad, "--gbps", "nan"],
    ):
        assert command("graph", *arguments) == 2
        assert capsys.readouterr().err.startswith("cagenut: ")


def test_the_command_generates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("generate", "fat-tree", "-p", "switch_ports=4", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["devices"] == {"host": 16, "edge": 8, "aggregation": 8, "core": 4}
    assert command("generate", "fat-tree", "-p", "switch_ports=4", "-o", tmp_path / "x.gml") == 0
    found = read_graph((tmp_path / "x.gml").read_bytes(), "x.gml").graph
    assert sizes_of(found) == sizes_of(generate("fat-tree", {"switch_ports": 4}))
    capsys.readouterr()
    assert command("generate", "--json") == 0
    assert set(json.loads(capsys.readouterr().out)) == set(FAMILIES)
    for wrong in (
        ["star"],
        ["fat-tree", "-p", "switch_ports=7"],
        ["fat-tree", "-p", "x"],
        ["torus", "-o", "x.txt"],
    ):
        assert command("generate", *wrong) == 2
        assert capsys.readouterr().err.startswith("cagenut: ")
