"""The bills of fabrics: hand-counted on the reference design, and together the bill of the design."""

from collections import Counter
from pathlib import Path

import pytest

from core.engine.evaluation import Evaluation, evaluate
from core.engine.fabric_bill import FabricBill, fabric_bills
from core.files.project_file import load
from core.model.change import Edit
from core.model.project import Project
from core.model.records import End, Link
from core.model.types import CableType

EXAMPLES = sorted((Path(__file__).parents[2] / "resources" / "examples").glob("*.cage"))


def bills_of(of: Evaluation) -> dict[str, FabricBill]:
    return {bill.fabric: bill for bill in fabric_bills(of.snapshot, of.cabling, of.network)}


def assert_add_up(of: Evaluation) -> None:
    counts, usd = Counter(), Counter()
    for bill in bills_of(of).values():
        for row in bill.rows:
            counts[row.section, row.type.id, row.length_m] += row.count
            usd[row.section, row.type.id, row.length_m] += row.low_usd or 0.0
    whole = {
        (row.section, row.type.id, row.length_m): row
        for row in of.cost.rows
        if row.section == "optics" or (isinstance(row.type, CableType) and row.type.layer == "data")
    }
    assert counts == {key: row.count for key, row in whole.items()}
    assert usd == pytest.approx({key: row.low_usd or 0.0 for key, row in whole.items()})


@pytest.fixture
def pod() -> Project:
    return load(next(path for path in EXAMPLES if "h100" in path.name))[0]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_bills_of_all_fabrics_are_the_bill_of_the_design(path):
    of = evaluate(load(path)[0])
    assert_add_up(of)
    assert set(bills_of(of)) == {result.fabric for result in of.network.fabrics}
    for fabric, bill in bills_of(of).items():
        assert bill.links + bill.without_part == of.network.find(fabric).links
        assert sum(row.links for row in bill.cages) == 2 * of.network.find(fabric).links


def test_cages_ports_and_links_are_three_numbers(pod):
    # NVIDIA DGX SuperPOD H100, one unit: 31 nodes of 8 NICs in 4 twin-port cages, UFM on 4 leaf ports;
    # 8 leafs with 252 links down and 256 up, 4 spines.
    cages = {(row.tier, row.type): row for row in bills_of(evaluate(pod))["compute"].cages}
    nodes = cages[0, "nvidia-dgx-h100"]
    assert (nodes.devices, nodes.cages, nodes.links) == (31, 124, 248)
    managers = cages[0, "nvidia-ufm-appliance"]
    assert (managers.devices, managers.cages, managers.links) == (2, 4, 4)
    leafs, spines = cages[1, "nvidia-qm9700"], cages[2, "nvidia-qm9700"]
    assert (leafs.devices, leafs.links) == (8, 252 + 256)
    assert (spines.devices, spines.cages, spines.links) == (4, 128, 256)
    assert nodes.with_optics == 124


def test_optics_sit_in_the_cages_that_need_them(pod):
    bill = bills_of(evaluate(pod))["compute"]
    by_tier = Counter()
    for optic in bill.optics:
        by_tier[optic.tier] += optic.row.count
    assert by_tier == {
        tier: n
        for tier in range(3)
        if (n := sum(row.with_optics for row in bill.cages if row.tier == tier))
    }  # fmt: skip


def twin(project: Project) -> tuple[Link, Link]:
    """Return two links that join the same two cages."""
    seen: dict[tuple[str, str, str, str], Link] = {}
    for block in project.blocks:
        for link in project.links(block).values():
            if link.fabric == "compute" and len(link.a.ports) == 1:
                cages = tuple(port.partition("/")[0] for port in (link.a.ports[0], link.b.ports[0]))
                key = (block, link.a.path, link.b.path, *cages)
                if key in seen:
                    return seen[key], link
                seen[key] = link
            elif link.fabric == "compute" and link.layer == "data":
                edit = Edit(project, "One link apart")
                ends = [(end.path, end.ports) for end in (link.a, link.b)]
                edit.replace("links", link.key, **{
                    name: End(path, ports[1:]) for name, (path, ports) in zip("ab", ends, strict=True)
                })  # fmt: skip
                a, b = (End(path, ports[:1]) for path, ports in ends)
                alone = Link(block=block, id="alone", fabric="compute", a=a, b=b)
                edit.put("links", alone)
                project.apply(edit.change())
                return alone, link
    raise AssertionError("no cage holds two links to one other")


def test_a_piece_that_two_fabrics_share_is_on_one_bill(pod):
    first, _ = twin(pod)
    before = evaluate(pod)
    edit = Edit(pod, "Other fabric")
    edit.replace("links", first.key, fabric="inband")
    pod.apply(edit.change())
    after = evaluate(pod)
    assert_add_up(after)
    assert [row.count for row in after.cost.rows] == [row.count for row in before.cost.rows]
    bills = bills_of(after)
    assert sum(bill.elsewhere for bill in bills.values()) == 1


def test_links_that_no_part_reaches_are_counted(pod):
    edit = Edit(pod, "Too long")
    links = (link for block in pod.blocks for link in pod.links(block).values())
    link = next(link for link in links if link.fabric == "compute")
    edit.replace("links", link.key, length_m=900.0)
    pod.apply(edit.change())
    bill = bills_of(evaluate(pod))["compute"]
    assert bill.without_part == len(link.a.ports)
    assert bill.links + bill.without_part + bill.elsewhere == 508
