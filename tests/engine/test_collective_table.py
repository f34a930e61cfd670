"""The table of collectives: by hand, on the examples, and what cannot be computed."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from pathlib import Path

import msgspec
import pytest
import yaml

from core.engine.collective_constants import shipped_constants
from core.engine.collective_table import (
    MEASURED_DOMAIN,
    MEASURED_RANKS,
    OPERATIONS,
    SIZES,
    CollectiveTable,
    TableRow,
    collective_table,
)
from core.engine.evaluation import Evaluation, evaluate
from core.errors import EngineError
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.types import AcceleratorType

ROOT = Path(__file__).resolve().parents[2]
Example = tuple[Project, Evaluation, CollectiveTable]


def example(name: str) -> Example:
    project = load(ROOT / f"resources/examples/{name}.cage")[0]
    of = evaluate(project)
    return project, of, collective_table(project.fabrics, of, "compute")


@pytest.fixture(scope="module")
def h100() -> Example:
    return example("superpod-h100-su")


@pytest.fixture(scope="module")
def gb200() -> Example:
    return example("superpod-gb200-su")


def row(table: CollectiveTable, operation: str, scope: str, size: str) -> TableRow:
    (found,) = [r for r in table.shown(size, scope) if r.operation == operation]
    return found


def test_every_operation_size_and_scope_is_there_once(h100: Example) -> None:
    _, _, table = h100
    keys = {(r.operation, r.scope, r.size) for r in table.rows}
    assert len(table.rows) == len(keys) == len(OPERATIONS) * len(SIZES) * 2
    assert {r.ranks for r in table.shown(scope="fabric")} == {248, 2}
    assert all(r.run is not None for r in table.rows)


def test_a_ring_by_hand(h100: Example) -> None:
    """All-gather of 8 GiB in one DGX H100: 7/8 of it to the next, at the fitted share of 450 GB/s.

    The own eighth is copied at a fitted cost; segments fill a pipeline of eight.
    """
    link = shipped_constants().link("NVLink 4")
    moved = (7 / 8 + link.own_copy / 8) * 2**33
    wire = moved / (link.ring_share * 450e9)
    steps = (link.launch_us + 7 * link.step_us) * 1e-6
    fill = 2 * sqrt(8 * link.segment_us * 1e-6 * wire)
    found = row(h100[2], "all-gather", "domain", "8 GiB")
    assert found.run is not None
    assert found.run.seconds == pytest.approx(steps + wire + fill)
    assert found.run.bus_gb_s == pytest.approx(7 / 8 * 2**33 / found.run.seconds / 1e9)
    assert found.cells[3:] == ("ring", "21.4 ms", "351", "scale-up", "fitted")


def test_a_ring_all_reduce_by_hand(h100: Example) -> None:
    """1 MiB: 4.93 + 14 x 0.803 us of steps; 2 x 7/8 and 0.497 / 8 of it at 0.855 x 450 GB/s: 4.94 us.

    Filling: 2 sqrt(8 x 0.312 x 4.94) = 7.02 us. Together 28.1 us, more than half of them latency.
    """
    found = row(h100[2], "all-reduce", "domain", "1 MiB")
    assert found.run is not None
    assert found.run.seconds == pytest.approx((16.172 + 4.938 + 7.022) * 1e-6, rel=1e-3)
    assert found.cells[3:7] == ("ring", "28.1 µs", "65.2", "latency")


def test_the_h100_pod_meets_its_ports(h100: Example) -> None:
    table = h100[2]
    assert table.about == (
        "8 GPUs per domain, each 450 GB/s NVLink 4, 50 GB/s NIC one way; oversubscription 1 : 1; "
        "≤ 3 switches between"
    )
    assert row(table, "all-reduce", "domain", "8 GiB").limit == "scale-up"
    over = row(table, "all-to-all", "fabric", "8 GiB")
    assert over.run is not None
    # 240 of 248 parts leave the domain, each GPU by its own port.
    share = shipped_constants().fabric.nic_share
    assert over.run.wire_s == pytest.approx(240 / 248 * 2**33 / (share * 50e9))
    assert (over.limit, over.basis) == ("NIC", "extrapolated, > 32 GPUs")
    assert row(table, "all-gather", "fabric", "1 MiB").limit == "latency"


def test_the_gb200_unit_is_extrapolated(gb200: Example) -> None:
    table = gb200[2]
    assert (table.hierarchy.domain, table.gpus) == (72, 576)
    bases = {r.basis for r in table.rows if r.operation != "point-to-point"}
    assert bases == {"extrapolated, domain > 8"}
    # The ports of 72 GPUs together are faster than the scale-up links of one.
    assert row(table, "all-gather", "fabric", "8 GiB").limit == "scale-up"


def test_point_to_point_is_in_a_domain_or_between_two(h100: Example) -> None:
    table = h100[2]
    near, far = (row(table, "point-to-point", scope, "8 GiB") for scope in ("domain", "fabric"))
    assert (near.where, far.where) == ("2, one domain", "2, two domains")
    assert near.run is not None
    assert far.run is not None
    assert (near.run.over, far.run.over) == ("scale-up", "network")
    constants = shipped_constants().fabric
    step = constants.nic_simple_us + 3 * constants.switch_us
    launch = shipped_constants().link("NVLink 4").launch_us
    assert far.run.seconds == pytest.approx(2**33 / (constants.nic_share * 50e9) + (launch + step) * 1e-6)


def test_nothing_larger_was_measured_than_the_basis_says() -> None:
    shipped = yaml.safe_load((ROOT / "resources/reference/workload-cases.yaml").read_text())["cases"]
    cases = [case for case in shipped if case["kind"] == "collective"]
    known = [{**c["hardware"], **c["workload"]} for c in cases if c["workload"]["op"] != "moe all-to-all"]
    inside = [c["ranks"] for c in known if c.get("scale_up_only")] + [
        c.get("gpus_per_node", 0) for c in known
    ]
    assert max(inside) == MEASURED_DOMAIN
    assert max(c.get("ranks", 0) for c in known) == MEASURED_RANKS


def test_other_fabrics_say_why_and_which_to_choose(h100: Example) -> None:
    project, of, _ = h100
    with pytest.raises(EngineError) as raised:
        collective_table(project.fabrics, of, "oob")
    assert "out-of-band" in raised.value.problem
    assert raised.value.cure == "Choose Compute InfiniBand"


def test_a_fabric_in_parts_has_collectives_in_a_domain_only(h100: Example) -> None:
    project, of, _ = h100
    fabrics = tuple(
        replace(each, components=2) if each.fabric == "compute" else each for each in of.network.fabrics
    )
    apart = Parted(of, replace(of.network, fabrics=fabrics))
    table = collective_table(project.fabrics, apart, "compute")  # type: ignore[arg-type]
    assert all(r.run is not None for r in table.shown(scope="domain"))
    for found in table.shown(scope="fabric"):
        assert found.run is None
        assert found.cells[4] == "not computed"
        assert found.reason == (
            "the fabric is in 2 parts that no link joins. Join them, or make each a fabric of its own"
        )


class Parted:
    """An evaluation with another network."""

    def __init__(self, of: Evaluation, network: object) -> None:
        self.snapshot, self.network = of.snapshot, network


def test_figures_follow_an_edit(h100: Example) -> None:
    """Half of the links of the leafs gone: oversubscription divides the rate of the network."""
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    edit = Edit(project, "Fewer")
    for link in list(project.every("links")):
        if link.fabric == "compute" and link.count == 8:
            ends = {
                side: msgspec.structs.replace(end, ports=end.ports[:4])
                for side, end in (("a", link.a), ("b", link.b))
            }
            edit.put("links", msgspec.structs.replace(link, **ends))
    History(project).commit(edit.change())
    table = collective_table(project.fabrics, evaluate(project), "compute")
    before = row(h100[2], "all-to-all", "fabric", "8 GiB")
    after = row(table, "all-to-all", "fabric", "8 GiB")
    assert table.hierarchy.oversubscription == pytest.approx(2.0, rel=0.1)
    assert after.limit == "oversubscription"
    assert before.run is not None
    assert after.run is not None
    assert after.run.wire_s == pytest.approx(before.run.wire_s * table.hierarchy.oversubscription)


def test_an_unknown_scale_up_rate_is_said(h100: Example) -> None:
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    edit = Edit(project, "Forget")
    (part,) = [r for r in project.every("types") if isinstance(r.spec, AcceleratorType)]
    edit.put(
        "types", msgspec.structs.replace(part, spec=msgspec.structs.replace(part.spec, scale_up_gb_s=None))
    )
    History(project).commit(edit.change())
    with pytest.raises(EngineError, match=r"the scale-up rate of .* is not known. Write it into the type"):
        collective_table(project.fabrics, evaluate(project), "compute")
