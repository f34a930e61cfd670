"""The one door: names, numbers, and ports and graphs as the records say."""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec
import networkx as nx
import pytest

from core.errors import RecordError
from core.model.change import Change, Delta, Edit
from core.model.check import PARAGRAPHS, check, clean_name
from core.model.fields import TEXT_LENGTH, _metas
from core.model.integrity import problems
from core.model.ports import lanes_of
from core.model.records import TABLES, Block, Device, Note, PowerSource
from core.model.types import AcceleratorType, CableType, Citation, DeviceType, OpticType, RackType
from tests.model.factories import device, moved, small, started


def note(**fields: Any) -> dict[str, Any]:
    return {"block": "b", "id": "n", "text": "x", **fields}


@pytest.mark.parametrize(
    ("table", "data"),
    [
        ("notes", note(text="a\x00b")),
        ("notes", note(text="a\u2028b")),
        ("notes", note(text="a\u2066b")),
        ("notes", note(text="\ud800")),
        ("notes", note(text="e\u0301")),
        ("notes", note(text="\U000e0fff")),
        ("notes", note(text="x" * 4001)),
        ("notes", note(id="")),
        ("notes", note(id="a\n")),
        ("notes", note(id="a/b")),
        ("notes", note(x_mm=10**9)),
        ("notes", note(x_mm=True)),
        ("notes", note(extra=1)),
        ("notes", 7),
        ("nothing", note()),
        ("sources", {"id": "A", "name": "two\nlines"}),
        ("sources", {"id": "A", "name": "A", "capacity_w": float("nan")}),
        ("sources", {"id": "A", "name": "A", "capacity_w": float("inf")}),
        ("sources", {"id": "A", "name": "A", "capacity_w": -1}),
        ("sources", {"block": "b", "id": "A", "name": "A"}),
        ("requirements", {"id": "a", "value": 2**63}),
        ("requirements", {"id": "a", "value": float("nan")}),
        ("layouts", {"block": "b", "id": "v", "positions": {"a": [0.0, float("inf")]}}),
        ("devices", {"block": "b", "id": "d", "type": "t", "modules": {"a\tb": "x"}}),
        ("devices", {"id": "d", "type": "t"}),
        ("devices", Device(block="b", id="d", type=object())),  # type: ignore[arg-type]
    ],
)
def test_refused(table: str, data: Any) -> None:
    with pytest.raises(RecordError) as caught:
        check(table, data)
    str(caught.value).encode()


def test_let_in() -> None:
    assert check("notes", note(text="Zeile 1\nZeile 2 – 漢字 😀")) == Note(
        block="b", id="n", text="Zeile 1\nZeile 2 – 漢字 😀"
    )
    limit = check("sources", PowerSource(id="A", name="A", capacity_w=5))
    assert type(limit.capacity_w) is float  # type: ignore[attr-defined]


def test_fields_of_several_lines_are_those_with_long_text() -> None:
    found = set()
    structs = [*TABLES.values(), Citation, DeviceType, RackType, CableType, OpticType, AcceleratorType]
    for struct in structs:
        for name, hint in get_type_hints(struct, include_extras=True).items():
            if any(meta.max_length == TEXT_LENGTH for meta in _metas(hint)):
                found.add(name)
    assert found == PARAGRAPHS


@pytest.mark.parametrize(
    "text", ["a\x00b\n", "  e\u0301 ", "\ud800x", "\u202eevil", "x" * 500, "e" + "\u0301" * 300]
)
def test_clean_name_makes_what_check_takes(text: str) -> None:
    assert check("blocks", Block(id="b", name=clean_name(text), kind="floor"))


def test_tokens_of_ports() -> None:
    project = small()
    table = project.ports(device(type="server8", modules={"slot1": "nic2"}))
    assert table.tokens(role="scale-out") == [f"nic{n}" for n in range(1, 9)]
    assert "slot1-p2" in table.tokens()
    leaf = project.ports(device())
    half = leaf.find("osfp2/2")
    quarter = leaf.find("osfp2/4:3")
    assert half is not None and half.rate_gbps == 400.0  # noqa: PT018
    assert quarter is not None and quarter.rate_gbps == 200.0  # noqa: PT018
    assert [leaf.find(t) for t in ("osfp65", "osfp1/3", "osfp1/8:1", "osfp1/", "osfp1/0", "x")] == [None] * 6
    assert lanes_of(leaf.by_name["osfp1"], 4) == ["osfp1/4:1", "osfp1/4:2", "osfp1/4:3", "osfp1/4:4"]


def test_graph_of_a_block() -> None:
    project = small()
    hall = project.graph()
    assert set(hall.nodes) == {"cdu", "r1/leaf", "r2/leaf", "r1/srv"}
    assert hall.nodes["cdu"]["kind"] == "cdu"
    assert hall.edges["r1/leaf", "r2/leaf", "t1"]["count"] == 2
    assert nx.is_frozen(hall)
    whole = project.graph(expand=True)
    assert len(whole) == 7
    assert whole.number_of_edges() == 6
    assert whole.edges["r2/srv", "r2/leaf", "r2/d1"]["rate_gbps"] == 800.0
    assert project.graph() is hall


def test_graph_follows_the_version() -> None:
    history = started()
    project = history.project
    rack, hall = project.graph("rack"), project.graph("hall")
    history.commit(moved(project, 5))
    assert project.graph("rack") is rack
    assert project.graph("hall") is not hall
    edit = Edit(project, "Unplug")
    edit.remove("links", ("rack", "d1"))
    history.commit(edit.change())
    assert project.graph("rack") is not rack
    assert project.graph("rack").number_of_edges() == 1
    assert rack.number_of_edges() == 2


def test_a_link_in_the_wrong_block() -> None:
    project = small()
    old = project.links("hall")["t1"]
    bad = msgspec.structs.replace(
        old, b=msgspec.structs.replace(old.a, path="r1/srv", ports=("nic2", "nic3"))
    )
    project.apply(Change("x", (Delta("links", old.key, old, bad),)))
    assert [e.problem for e in problems(project)][:1] == [
        "both ends are in 'r1': the link belongs into that block"
    ]
