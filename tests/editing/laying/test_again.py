"""The same request made again is no change at all: every switch keeps its part."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.editing.laying.generate import generate_fabric, lay
from core.editing.laying.request import Request, request_of
from core.editing.laying.row_places import POLICIES
from core.errors import EditError
from core.fabrics.families import FAMILIES, generate
from core.files.project_file import encode
from core.model.change import Edit
from tests.editing.laying import plain
from tests.editing.laying.server_rows import Row, rails, top_of_rack
from tests.editing.laying.test_generate import BUILTIN, FOUR_UNITS, UNIT, Shipped
from tests.editing.laying.test_wiring import SMALL

ROUTERS = {"routers": 31, "host_ports": 8, "nics_per_host": 8, "gpus_per_host": 8}
MANAGED = {
    "hosts": 31, "fabric_switches": 12, "inband_switches": 2, "fabric_managers": 2, "management_servers": 0,
    "pdus": 0,
}  # fmt: skip
CASES = [
    ("superpod-h100-su", Request("compute", "rail-optimised", UNIT, {"": "nvidia-qm9700"})),
    ("superpod-h100-su", Request("compute", "jellyfish", ROUTERS, {"": "nvidia-qm9700"})),
    (
        "superpod-h100-su",
        Request("inband", "in-band", {"hosts": 31}, {"": "nvidia-sn4600c"}, role="in-band"),
    ),
    ("superpod-h100-su", Request("oob", "out-of-band", MANAGED, {"": "nvidia-sn2201"}, role="out-of-band")),
    ("hall", Request("compute", "rail-optimised", FOUR_UNITS, {"": "nvidia-qm9700"})),
    ("hall", Request("storage", "storage", {"hosts": 576}, {"": "nvidia-qm9700"}, role="storage")),
]
TOO_HOT = {("superpod-h100-su", "jellyfish"), ("hall", "rail-optimised")}
"""Racks whose power limit leaves no room for a switch at the top."""
OTHER_ENDS = {"collapsed-core", "in-band", "optical-torus", "out-of-band", "scale-up", "storage"}
"""Families whose ends are not hosts alone: plain devices are all servers, which cannot be told apart."""


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("name", "request_"), CASES, ids=lambda case: getattr(case, "family", case))
def test_a_shipped_design_generated_twice_is_what_it_was_after_once(name, request_, policy):
    design = Shipped(name)
    start = encode(design.project)
    asked = Request(**{**vars(request_), "policy": policy})
    edit = Edit(design.project, "Generate")
    if policy == "top of rack" and (name, asked.family) in TOO_HOT:
        with pytest.raises(EditError, match="limit"):
            generate_fabric(edit, BUILTIN, design.project.top, asked)
        return
    first = generate_fabric(edit, BUILTIN, design.project.top, asked)
    design.history.commit(edit.change())
    for again in (asked, request_of(design.project, asked.fabric)):
        edit = Edit(design.project, "Again")
        assert generate_fabric(edit, BUILTIN, design.project.top, again).paths == first.paths
        assert edit.change().deltas == ()
    design.history.undo()
    assert encode(design.project) == start


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - OTHER_ENDS))
def test_every_family_laid_twice_by_every_policy(family):
    graph = generate(family, SMALL.get(family, [{}])[0], seed=3)
    assert {node["role"] for _, node in graph.nodes(data=True) if not node["tier"]} == {"host"}
    project, first = plain.lay(graph, hosts_per_rack=20)
    types = {role: f"plain-{role}" for _, role in graph.nodes(data="role")}
    role = project.fabrics[first.fabric].role
    done = []
    for policy in (*POLICIES, *reversed(POLICIES)):
        asked = Request(first.fabric, family, switches=types, role=role, policy=policy)
        edit = Edit(project, "Generate")
        try:
            lay(edit, plain.LIBRARY, project.top, graph, asked)
        except EditError:  # not every row has room at its end
            continue
        project.apply(edit.change())
        edit = Edit(project, "Again")
        lay(edit, plain.LIBRARY, project.top, graph, asked)
        assert edit.change().deltas == ()
        done.append(policy)
    assert {"top of rack", "network racks"} <= set(done)


def test_a_pinned_switch_keeps_its_part():
    design = Shipped("superpod-h100-su")
    laid, _ = design.generate(UNIT, policy="end of row")
    design.pin(laid.paths["su-1/leaf-3"], laid.paths["spine-2"])
    again, notes = design.generate(UNIT, policy="end of row")
    assert again.paths == laid.paths
    assert notes == []


steps = st.lists(
    st.tuples(
        st.sampled_from(POLICIES),
        st.integers(1, 4),  # leafs
        st.integers(0, 2),  # spines
        st.booleans(),  # one switch to each rack instead
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=30, deadline=None)
@given(steps=steps)
def test_whatever_stood_before_the_second_time_is_no_change(steps):
    bench = Row((0, 600, 1800, 2400))
    bench.network_rack(3000, power_limit_w=3000.0)
    for policy, leafs, spines, single in steps:
        graph = top_of_rack(4, spines) if single else rails(8, leafs, spines)
        try:
            first = bench.lay(graph, policy=policy)
        except EditError:
            continue
        before = encode(bench.project)
        assert bench.lay(graph, policy=policy).paths == first.paths
        assert encode(bench.project) == before
