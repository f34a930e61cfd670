"""Scale-up domains: NVLink of 72 and of 8 GPUs."""

from collections import Counter

import pytest

from core.fabrics.family import ParameterError
from core.fabrics.scale_up import NVLINK_8, NVLINK_72, ScaleUp, build, sizes


def test_nvlink_72_is_complete_bipartite():
    """NVIDIA DGX SuperPOD GB200 RA (RA-11338-001): 9 trays of 2 chips; each of 72 GPUs has one link with
    each of the 18 chips, 1.8 TB/s of a GPU and 129.6 TB/s of the rack."""
    graph = build(NVLINK_72)
    ends = {key for key, role in graph.nodes(data="role") if role == "gpu"}
    chips = set(graph) - ends
    assert (len(ends), len(chips)) == (72, 18)
    assert all(set(graph[gpu]) == chips for gpu in ends)
    assert {count for _, _, count in graph.edges(data="count")} == {1}
    assert sizes(NVLINK_72).links == {("gpu", "switch"): 1296}
    assert {graph.nodes[chip]["slots"] for chip in chips} == {72}
    assert len({graph.nodes[chip]["unit"] for chip in chips}) == 9
    assert NVLINK_72.gpu_gb_s == 1800
    assert NVLINK_72.gpu_gb_s * 72 == 129_600


def test_nvlink_8_shares_18_links_by_four_chips():
    """A DGX H100 has 18 links of a GPU, 900 GB/s, on four chips: four or five with each."""
    assert Counter(NVLINK_8.links_by_chip) == {4: 2, 5: 2}
    assert NVLINK_8.gpu_gb_s == 900
    graph = build(NVLINK_8)
    for key, role in graph.nodes(data="role"):
        if role == "gpu":
            assert sum(edge["count"] for _, _, edge in graph.edges(key, data=True)) == 18


def test_trays_have_all_links_of_what_they_hold():
    """A tray of 4 GPUs and one of 2 chips have 8 links; 18 * 9 trunks of 8 are 1,296."""
    graph = build(ScaleUp(detail="trays"))
    assert Counter(role for _, role in graph.nodes(data="role")) == {"host": 18, "switch": 9}
    assert {count for _, _, count in graph.edges(data="count")} == {8}
    assert graph.number_of_edges() == 18 * 9
    assert sum(gpus or 0 for _, gpus in graph.nodes(data="gpus")) == 72


def test_impossible_parameters_name_the_nearest_that_work():
    with pytest.raises(ParameterError) as error:
        build(ScaleUp(gpus=80))
    assert (error.value.field, error.value.nearest) == ("gpus", (72,))
    with pytest.raises(ParameterError) as error:
        build(ScaleUp(chips=20))
    assert (error.value.field, error.value.nearest) == ("chips", (18,))
