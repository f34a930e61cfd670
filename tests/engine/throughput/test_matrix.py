"""Traffic from tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.throughput.demand import Demand
from core.engine.throughput.matrix import read_traffic, traffic_of
from core.engine.throughput.routing import ecmp
from core.errors import FileError
from core.files.delimited import parse_delimited
from tests.engine.throughput.networks import leaf_spine, network

PAIR = leaf_spine(2, 1, hosts=2)
NAMES = ["leaf-1", "leaf-2", "spine", "h1", "h2", "h3", "h4"]


def read(text: str) -> Demand:
    return traffic_of(parse_delimited(text.encode(), "traffic.csv"), PAIR, NAMES)


def test_a_list_adds_up() -> None:
    demand = read("from,to,gbps\nh1,h3,0.5\nh2,h3,0.25\nleaf-2,leaf-1,1\nh1,h2,0.125\n")
    assert demand.switches.tolist() == [0, 1]
    assert demand.gbps.tolist() == [[0.125, 0.75], [1, 0]]
    load = ecmp(PAIR, demand)
    # 1 of 1 from leaf to leaf; h1 sends 0.5 + 0.125, h3 gets 0.75.
    assert load.throughput.value == pytest.approx(1.0)
    rows = {
        tuple(sorted(ends)): k for k, ends in enumerate(zip(PAIR.a.tolist(), PAIR.b.tolist(), strict=True))
    }
    assert load.utilisation[rows[0, 3]] == pytest.approx(0.625)
    assert load.utilisation[rows[1, 5]] == pytest.approx(0.75)


def test_a_matrix_says_the_same() -> None:
    square = read(";h1;h3;leaf-1\nh1;;0.5;\nh2;0;0.25;\nleaf-2;;;1\n")
    listed = read("from,to,gbps\nh1,h3,0.5\nh2,h3,0.25\nleaf-2,leaf-1,1\n")
    assert square.gbps.tolist() == listed.gbps.tolist()


def test_a_host_on_two_planes_uses_both_by_rate() -> None:
    topology = network(
        [0] * 4, [(0, 1), (2, 3), (4, 0, 3, 1.0), (5, 1, 1, 1.0)], homes=[[2], [3]]
    )  # host 4: 3 on plane 1, 1 on plane 2; host 5: 1 on each
    table = parse_delimited(b"from,to,gbps\nx,y,4\n", "t.csv")
    demand = traffic_of(table, topology, ["a", "b", "c", "d", "x", "y"])
    assert demand.gbps[0, 1] == 3
    assert demand.gbps[2, 3] == 1


def test_what_no_plane_joins_is_cut() -> None:
    topology = network([1, 1], [])
    demand = traffic_of(parse_delimited(b"from,to,gbps\nx,y,4\n", "t.csv"), topology, ["a", "b", "x", "y"])
    assert demand.cut_gbps == 4
    assert ecmp(topology, demand).throughput.value == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from,to,gbps\nh1,h3,1\nh1,h9,1\n", "line 3: there is no host or switch 'h9'"),
        ("from,to,gbps\nh1,h3,nan\n", "line 2: 'nan' is no rate"),
        ("from,to,gbps\nh1,h3,inf\n", "line 2: 'inf' is no rate"),
        ("from,to,gbps\nh1,h3,-1\n", "line 2: '-1' is no rate"),
        ("from,to,gbps\nh1,h3,fast\n", "line 2: 'fast' is no number"),
        ("from,to,gbps\nh1,h1,1\n", "line 2: 'h1' would send to itself"),
        ("from,to,gbps\nh1,h3,0\n", "there is no traffic"),
        ("name,h1,h1\nh3,1,1\n", "'h1' has two columns"),
        ("name\nh3\n", "names no receivers"),
        ("name,h1\nh3,\nh2,x\n", "line 3, column 'h1': 'x' is no number"),
    ],
)
def test_errors_name_the_line(text: str, says: str) -> None:
    with pytest.raises(FileError) as error:
        read(text)
    assert says in str(error.value)
    assert error.value.cure


def test_a_name_of_several_devices_is_refused() -> None:
    with pytest.raises(FileError, match="stands for 2 devices"):
        traffic_of(
            parse_delimited(b"from,to,gbps\nx,a,4\n", "t.csv"), network([1, 1], []), ["a", "b", "x", "x"]
        )


@given(st.text(alphabet="h123,;.\n-ea fromtgbps", max_size=60))
def test_no_text_does_worse_than_a_clear_error(text: str) -> None:
    try:
        demand = read(text)
    except FileError:
        return
    assert np.isfinite(demand.gbps).all()
    assert (demand.gbps >= 0).all()


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "traffic.csv"
    path.write_text("from,to,gbps\nh1,h3,2\n")
    demand = read_traffic(path, PAIR, NAMES)
    assert demand.gbps.tolist() == [[0, 2], [0, 0]]
    assert demand.pattern == "matrix traffic.csv"
    with pytest.raises(FileError, match="cannot be read"):
        read_traffic(tmp_path / "none.csv", PAIR, NAMES)
