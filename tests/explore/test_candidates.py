"""Networks side by side: counts as published, sums of catalogue values, bills as of the drawn design."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from core.__main__ import main
from core.catalogue.library import Library
from core.editing.laying.hall import Hall, draw_hall
from core.errors import CatalogueError, EditError
from core.explore.candidate_bill import Lengths, bill_of
from core.explore.candidate_devices import fitted
from core.explore.candidate_measures import measured
from core.explore.candidate_table import NOT_COMPUTED, as_data, columns
from core.explore.candidates import (
    Candidate,
    Choices,
    candidates,
    need_of_hosts,
    priced,
    propose,
    rank,
)
from core.fabrics.families import FAMILIES, family
from core.fabrics.family import Need, ParameterError
from core.fabrics.weave import sizes_of
from core.model.change import Edit
from core.model.project import Project
from core.model.types import CableType, DeviceType, OpticType

SWITCH, HOST = "nvidia-qm9700", "nvidia-dgx-h100"
CHOICES = Choices((SWITCH,), HOST)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.builtin()


@pytest.fixture(scope="module")
def need(library: Library) -> Need:
    return need_of_hosts(library, HOST, 1024)


@pytest.fixture(scope="module")
def superpod(library: Library, need: Need) -> Candidate:
    """The rail-optimised two-tier network of 1,024 GPUs, with its bill."""
    found = propose(need, replace(CHOICES, families=("rail-optimised",)), library)
    return priced(found[0], library)


def cells(candidate: Candidate) -> dict[str, Any]:
    return {column.name: column.cell(candidate) for column in columns()}


def test_the_need_of_hosts_is_read_from_their_type(need: Need) -> None:
    assert (need.hosts, need.gpus_per_host, need.nics_per_host, need.nic_gbps) == (128, 8, 8, 400.0)
    assert need.gpus == 1024


def test_a_host_that_is_not_full_is_counted_whole(library: Library) -> None:
    assert need_of_hosts(library, HOST, 1001).hosts == 126


def test_four_units_of_dgx_h100_are_as_published(superpod: Candidate) -> None:
    sizes = superpod.sizes
    assert sizes is not None
    assert superpod.switch_counts == {"leaf": 32, "spine": 16}
    assert sizes.links == {("host", "leaf"): 1024, ("leaf", "spine"): 1024}
    assert superpod.switches == {"leaf": SWITCH, "spine": SWITCH}
    assert superpod.title == "Rail-optimised Clos, 2 tiers"


def test_power_is_the_sum_of_the_maxima(superpod: Candidate) -> None:
    assert superpod.power is not None
    assert superpod.power.value == 48 * 1720
    assert superpod.power.grounds.label == "verified"


def test_pieces_are_those_of_the_cages(superpod: Candidate) -> None:
    bill = superpod.bill
    assert bill is not None
    # 64 ports on 32 cages: 48 full switches; eight ports on four cages: 128 hosts.
    assert bill.ports == (48 * 32 + 128 * 4, 4096, 2048)
    assert bill.optics == 48 * 32 + 128 * 4
    assert bill.cables == 2048
    assert bill.left_out == ()
    lengths = {row.length_m: row.count for row in bill.cost.rows if row.section == "cables"}
    assert lengths == {10.0: 1024, 20.0: 1024}


def test_cost_is_the_sum_of_the_catalogue_prices(superpod: Candidate, library: Library) -> None:
    bill = superpod.bill
    assert bill is not None
    total = 48 * float(library.get(SWITCH).price_low_usd or 0)
    for row in bill.cost.rows:
        if isinstance(row.type, OpticType):
            total += row.count * float(row.type.price_low_usd or 0)
        elif isinstance(row.type, CableType):
            each = float(row.type.price_low_usd or 0) + (row.type.price_per_m_usd or 0) * (row.length_m or 0)
            total += row.count * each
    assert bill.cost.low_usd == pytest.approx(total)
    middle = (bill.cost.low_usd + bill.cost.high_usd) / 2
    assert superpod.cost_per_gpu_usd == pytest.approx(middle / 1024)


def test_short_cables_are_twin_port_copper(superpod: Candidate, library: Library) -> None:
    close = priced(superpod, library, Lengths(host_m=1.5, leaf_m=1.5, upper_m=1.5)).bill
    assert close is not None
    # Two links from one leaf cage to one spine cage share a piece, as do two NICs that share both cages.
    between = [row for row in close.cost.rows if row.type.id == "nvidia-mcp4y10"]
    assert [(row.count, row.length_m) for row in between] == [(512, 1.5)]


@pytest.mark.parametrize(
    ("gpus", "switch", "host"),
    [(256, SWITCH, HOST), (1024, "nvidia-q3400-ra", "nvidia-dgx-b300"), (64, "nvidia-sn5600", HOST)],
)
def test_every_candidate_is_what_its_family_makes(
    gpus: int, switch: str, host: str, library: Library
) -> None:
    need = need_of_hosts(library, host, gpus)
    found = propose(need, Choices((switch,), host, oversubscriptions=(1.0, 2.0)), library)
    possible = [candidate for candidate in found if candidate.is_possible]
    assert {"rail-optimised", "leaf-spine", "dragonfly"} <= {c.family for c in possible}
    for candidate in possible:
        graph = candidate.graph()
        assert sizes_of(graph) == candidate.sizes
        assert candidate.sizes is not None
        assert candidate.sizes.gpus >= gpus
        done = priced(candidate, library, graph=graph)
        if done.bill is not None:
            devices = {r.type.id: r.count for r in done.bill.cost.rows if r.section == "devices"}
            assert devices == {switch: sum(candidate.switch_counts.values())}
            assert done.bill.ports.links == sum(candidate.sizes.links.values())


def test_each_sized_family_is_there_once_possible_or_with_a_reason(need: Need, library: Library) -> None:
    found = propose(need, replace(CHOICES, oversubscriptions=(1.0, 2.0, 4.0)), library)
    sized = {name for name in FAMILIES if name not in ("storage", "in-band", "out-of-band", "scale-up")}
    assert {candidate.family for candidate in found} == sized - {"optical-torus"}
    assert len({candidate.key for candidate in found}) == len(found)
    for candidate in found:
        assert candidate.is_possible or candidate.reason
    not_possible = [c.family for c in found if not c.is_possible]
    assert sorted(not_possible) == sorted(set(not_possible))
    collapsed = next(c for c in found if c.family == "collapsed-core")
    assert collapsed.reason.startswith("128 hosts need 1088 cages of a core")
    with pytest.raises(ParameterError):
        collapsed.graph()


def test_a_family_that_is_asked_for_by_name_says_why_not(need: Need, library: Library) -> None:
    (found,) = propose(need, replace(CHOICES, families=("scale-up",)), library)
    assert "not sized for a number of hosts" in found.reason
    with pytest.raises(ParameterError):
        propose(need, replace(CHOICES, families=("star",)), library)


def test_ports_that_do_not_fit_make_a_candidate_impossible(need: Need, library: Library) -> None:
    (found,) = propose(need, replace(CHOICES, families=("dual-tor",)), library)
    assert found.is_possible
    done = priced(found, library)
    assert done.reason == "osfp1 of DGX H100 splits by 2, not by 4: 200 Gbit/s is needed"
    assert done.key == found.key


def test_without_a_host_type_its_cables_are_left_out(superpod: Candidate, library: Library) -> None:
    bill = priced(replace(superpod, host=""), library).bill
    assert bill is not None
    assert bill.cables == 1024
    assert bill.ports.links == 2048
    assert bill.left_out == ("cables of 1,024 links of host: their connectors are not known",)
    assert cells(replace(superpod, bill=bill))["cost"].basis.startswith("at least")


def test_host_cables_of_a_storage_network_are_in_the_bill(library: Library) -> None:
    chosen = family("storage")
    parameters = chosen.read({"hosts": 8})
    sizes = chosen.sizes(parameters)
    # 1 PB of 0.0605 PB each are 17 devices; 2 ports each on 2 leafs, as the hosts have.
    assert sizes.links == {("host", "leaf"): 16, ("storage", "leaf"): 34, ("leaf", "spine"): 48}
    plain = chosen.plain(parameters)
    storage = Candidate(
        Need(hosts=8), "storage", "Storage", SWITCH, HOST, parameters=plain, sizes=sizes, role="storage"
    )
    bill = priced(storage, library).bill
    assert bill is not None
    rows = {(row.section, row.type.id, row.length_m): row.count for row in bill.cost.rows}
    # The two storage ports of a DGX H100 are QSFP112: an optic and a cable for each of 16 links. A leaf has
    # the hosts in slots 0-7 (4 cages) and uplinks in 25-48, of which the first cage holds one: 13 cages.
    # Two spines take 24 uplinks each, two to a cage: 2 x (4 + 13) + 2 x 12.
    assert rows == {
        ("devices", SWITCH, None): 4,
        ("cables", "fibre-om4-mpo12-apc", 10.0): 16,
        ("cables", "fibre-om4-mpo12-apc", 20.0): 48,
        ("optics", "nvidia-mma1z00-ns400", None): 16,
        ("optics", "nvidia-mma4z00-ns", None): 58,
    }
    assert bill.left_out == ("cables of 34 links of storage: their connectors are not known",)
    assert bill.lengths == Lengths()


def test_what_no_part_makes_is_named(superpod: Candidate, library: Library) -> None:
    bill = priced(superpod, library, Lengths(upper_m=1.0, leaf_m=50_000, host_m=10)).bill
    assert bill is not None
    (text,) = bill.left_out
    assert (
        text == "1,024 links OSFP-finned to OSFP-finned at 400 Gbit/s: no part of the catalogue makes 50000 m"
    )


def test_a_switch_of_unknown_power_has_no_power(need: Need, library: Library) -> None:
    chassis = library.get("arista-7804r4")
    assert isinstance(chassis, DeviceType)
    assert chassis.power_max_w is None
    found = propose(need, Choices((chassis.id,), HOST), library)
    possible = next(c for c in found if c.is_possible)
    assert cells(possible)["power"].text == "unknown"
    assert cells(possible)["power"].value is None


def test_measures_of_a_full_network(superpod: Candidate, need: Need) -> None:
    assert cells(superpod)["throughput"].text == NOT_COMPUTED
    done = measured(superpod, failures=True)
    measures = done.measures
    assert measures is not None
    assert (measures.components, measures.parts, measures.most_hops) == (1, 1, 3)
    assert measures.oversubscription == 1.0
    # All-to-all: of 1024 - 8 ports of other hosts, the 31 on the same leaf need no spine.
    assert measures.throughput.value == pytest.approx(1016 / 985)
    assert measures.meets(need)
    assert measures.failure is not None
    # One of 16 spines takes a sixteenth of every leaf's way up; what stays on a leaf is slowed as well.
    assert measures.failure.kind == "switch"
    assert measures.failure.name.startswith("spine")
    assert measures.failure.bandwidth_left == pytest.approx(15 / 16)
    assert measures.failure.accelerators_cut_off == 0
    assert as_data(done)["failure"] == {"value": pytest.approx(15 / 16), "basis": "exact"}


def test_failures_are_added_to_measures_that_are_there(superpod: Candidate) -> None:
    plain = measured(superpod)
    assert plain.measures is not None
    assert plain.measures.failure is None
    again = measured(plain, failures=True)
    assert again.measures is not None
    assert again.measures.failure is not None
    assert again.measures.throughput is plain.measures.throughput


def test_rank_goes_by_cost_and_what_falls_short_comes_after(need: Need, library: Library) -> None:
    chosen = replace(CHOICES, families=("rail-optimised", "torus", "fat-tree", "collapsed-core"))
    found = [measured(c) for c in candidates(need, chosen, library)]
    ranked = rank(found)
    assert [c.family for c in ranked] == [
        "rail-optimised",
        "rail-optimised",
        "fat-tree",
        "torus",
        "collapsed-core",
    ]
    torus = ranked[3].measures
    assert torus is not None
    assert torus.throughput.value < 1
    assert (ranked[3].cost_per_gpu_usd or 0) < (ranked[2].cost_per_gpu_usd or 0)


def test_progress_is_told_and_what_it_raises_ends_the_work(need: Need, library: Library) -> None:
    told: list[str] = []

    class CancelledError(Exception):
        pass

    def progress(done: int, total: int, text: str) -> None:
        told.append(text)
        if done == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        candidates(need, CHOICES, library, progress)
    assert len(told) == 3


def test_the_bill_counts_ports_as_the_drawn_hall_does(library: Library) -> None:
    need = replace(need_of_hosts(library, HOST, 128), hosts_per_unit=8)
    candidate = priced(propose(need, replace(CHOICES, families=("rail-optimised",)), library)[0], library)
    edit = Edit(Project(), "Draw")
    laid = draw_hall(edit, library, candidate.graph(), Hall(types={**candidate.switches, "host": HOST}))
    assert candidate.bill is not None
    assert candidate.bill.ports == laid.ports


def test_wrong_types_are_refused(need: Need, library: Library) -> None:
    with pytest.raises(CatalogueError):
        propose(need, Choices(("nothing",)), library)
    with pytest.raises(EditError, match="is no device"):
        propose(need, Choices(("cat6a",)), library)
    with pytest.raises(EditError, match="has no accelerators"):
        need_of_hosts(library, SWITCH, 8)
    with pytest.raises(EditError, match="cannot be sized"):
        need_of_hosts(library, HOST, 0)


def test_a_device_without_a_type_is_left_out_of_the_bill(superpod: Candidate, library: Library) -> None:
    graph = superpod.graph()
    types = {"leaf": fitted(library, SWITCH), "host": fitted(library, HOST)}
    bill = bill_of(graph, types, list(library))
    assert bill.left_out[0] == "16 x spine: no type is chosen"
    assert bill.cables == 1024


def test_the_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["candidates", "--gpus", "1024", "--switch", SWITCH, "--family", "rail-optimised"]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--json"])
    assert ended.value.code == 0
    data = json.loads(capsys.readouterr().out)
    first = data["candidates"][0]
    assert first["devices"] == {"host": 128, "leaf": 32, "spine": 16}
    assert first["links_by_roles"] == {"host-leaf": 1024, "leaf-spine": 1024}
    assert first["power"] == {"value": 82560.0, "basis": "verified"}
    assert first["failure"] == {"value": None, "basis": ""}
    assert data["lengths_m"] == msgspec.structs.asdict(Lengths())
    with pytest.raises(SystemExit):
        main([*arguments, "--quick"])
    text = capsys.readouterr().out
    assert "Rail-optimised Clos, 2 tiers" in text
    assert "All-to-all" not in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["--gpus", "0", "--switch", SWITCH],
        ["--gpus", "8", "--switch", "nothing"],
        ["--gpus", "8", "--switch", SWITCH, "--family", "star"],
        ["--gpus", "8", "--switch", SWITCH, "--oversubscription", "nan"],
        ["--gpus", "8", "--switch", SWITCH, "--unit-hosts", "0"],
    ],
)
def test_the_command_refuses_bad_input(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["candidates", *arguments])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("cagenut: ")
