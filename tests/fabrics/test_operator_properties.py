"""What holds for every operator, enterprise and management network; errors name values that lead to one."""

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.fabrics import (
    collapsed_core,
    dual_tor,
    in_band,
    out_of_band,
    pods,
    rail_only,
    scale_up,
    storage,
    three_layer,
)
from core.fabrics.families import FAMILIES
from core.fabrics.family import Need, ParameterError
from core.fabrics.weave import sizes_of
from tests.fabrics.graphs import insides

MODULES = (
    dual_tor,
    rail_only,
    collapsed_core,
    pods,
    three_layer,
    storage,
    in_band,
    out_of_band,
    scale_up,
)
RATES = st.sampled_from((400.0, 400.0, 200.0, 100.0, 300.0, 800.0))
OVER = st.sampled_from((1.0, 1.0, 1.5, 2.0, 3.0, 7.0))
VALUES = {
    dual_tor: {
        "hosts": st.integers(1, 60),
        "hosts_per_segment": st.integers(1, 12),
        "backup_hosts": st.integers(0, 2),
        "segments_per_pod": st.integers(1, 6),
        "nics_per_host": st.integers(1, 4),
        "nic_gbps": RATES,
        "switch_ports": st.integers(2, 24),
        "uplinks": st.integers(1, 8),
        "core_uplinks": st.integers(0, 6),
    },
    rail_only: {
        "hosts": st.integers(1, 200),
        "nics_per_host": st.integers(1, 4),
        "nic_gbps": RATES,
        "switch_ports": st.integers(2, 20),
        "oversubscription": OVER,
        "hosts_per_leaf": st.sampled_from((0, 0, 3, 8, 40)),
    },
    collapsed_core: {
        "hosts": st.integers(1, 40),
        "hosts_per_unit": st.integers(1, 6),
        "design_hosts": st.sampled_from((0, 0, 12, 40)),
        "nics_per_host": st.sampled_from((2, 4, 8, 3)),
        "nic_gbps": RATES,
        "cpu_ports": st.sampled_from((0, 2, 4, 1)),
        "switch_ports": st.integers(2, 64),
        "free_before": st.integers(0, 3),
        "free_after": st.integers(0, 20),
        "support_servers": st.integers(0, 12),
        "storage_servers": st.integers(0, 6),
        "storage_ports": st.sampled_from((2, 6, 5)),
        "oob_ports_per_host": st.sampled_from((0, 6, 12)),
    },
    pods: {
        "hosts": st.integers(1, 120),
        "hosts_per_rack": st.integers(1, 4),
        "racks_per_pod": st.integers(1, 12),
        "nics_per_host": st.integers(1, 4),
        "nic_gbps": RATES,
        "leaf_ports": st.integers(2, 40),
        "spine_ports": st.integers(1, 40),
        "core_ports": st.integers(1, 40),
        "pod_oversubscription": OVER,
    },
    three_layer: {
        "hosts": st.integers(1, 200),
        "nics_per_host": st.integers(1, 4),
        "nic_gbps": RATES,
        "sets_per_pod": st.integers(1, 6),
        "switch_ports": st.integers(2, 17),
    },
    storage: {
        "hosts": st.integers(1, 150),
        "ports_per_host": st.integers(1, 3),
        "host_gbps": RATES,
        "usable_pb": st.sampled_from((0.0, 0.5, 2.0)),
        "ports_per_device": st.integers(1, 5),
        "device_gbps": RATES,
        "switch_ports": st.integers(2, 64),
        "oversubscription": OVER,
    },
    in_band: {
        "hosts": st.integers(1, 150),
        "ports_per_host": st.sampled_from((2, 2, 4, 3)),
        "management_servers": st.integers(0, 5),
        "host_gbps": st.sampled_from((100.0, 50.0, 30.0)),
        "switch_ports": st.integers(2, 64),
        "cores": st.integers(1, 3),
        "links_per_core": st.integers(1, 3),
        "pair_links": st.integers(0, 3),
        "routers": st.integers(0, 2),
    },
    out_of_band: {
        "hosts": st.integers(0, 150),
        "ports_per_host": st.integers(1, 13),
        "fabric_switches": st.integers(0, 70),
        "inband_switches": st.integers(0, 8),
        "fabric_managers": st.integers(0, 5),
        "management_servers": st.integers(0, 5),
        "pdus": st.integers(0, 108),
        "switches": st.sampled_from((0, 0, 3, 12)),
        "switch_ports": st.integers(1, 48),
        "uplink_gbps": st.sampled_from((100.0, 10.0, 2.5)),
    },
    scale_up: {
        "domains": st.integers(1, 3),
        "gpus": st.integers(1, 80),
        "gpus_per_tray": st.integers(1, 9),
        "chips": st.integers(1, 20),
        "chips_per_tray": st.integers(1, 5),
        "links_per_gpu": st.integers(1, 20),
        "detail": st.sampled_from(("chips", "trays")),
    },
}


def parameters(module) -> st.SearchStrategy:
    return st.fixed_dictionaries(VALUES[module]).map(module.FAMILY.read)


def error_of(module, wanted) -> ParameterError | None:
    try:
        module.FAMILY.sizes(wanted)
    except ParameterError as error:
        return error
    return None


def cured(module, wanted):
    """Follow the cure of each error until there is a network."""
    for _ in range(12):
        error = error_of(module, wanted)
        if error is None:
            return wanted
        assert error.nearest, str(error)
        plain = module.FAMILY.plain(wanted) | {error.field: error.nearest[0]}
        wanted = module.FAMILY.read(plain)
    raise AssertionError(f"no network after twelve cures: {wanted}")


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.FAMILY.name)
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_counted_is_what_is_made_and_errors_lead_to_a_network(module, data):
    wanted = cured(module, data.draw(parameters(module)))
    graph = module.FAMILY.build(wanted, 0)
    assert sizes_of(graph) == module.FAMILY.sizes(wanted)
    assert nx.number_of_isolates(graph) == 0


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.FAMILY.name)
@settings(max_examples=25)
@given(data=st.data())
def test_units_are_equal_but_for_the_last_and_smaller_ones(module, data):
    """So that they are laid as one block: sharing out makes two sizes, filling a full one and a rest."""
    graph = module.FAMILY.build(cured(module, data.draw(parameters(module))), 0)
    by_kind: dict[str, set] = {}
    for unit, inside in insides(graph).items():
        by_kind.setdefault("/".join(part.rstrip("0123456789") for part in unit.split("/")), set()).add(inside)
    allowed = 6 if module in (storage, in_band, out_of_band) else 2
    assert all(len(kinds) <= allowed for kinds in by_kind.values())


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.FAMILY.name)
def test_the_defaults_make_a_network_that_is_registered_and_in_one_piece(module):
    family = module.FAMILY
    assert FAMILIES[family.name] is family
    graph = family.build(family.parameters(), 0)
    again = family.build(family.parameters(), 0)
    assert sizes_of(graph) == family.sizes(family.parameters())
    assert list(graph.edges(data=True)) == list(again.edges(data=True))
    pieces = nx.number_connected_components(graph)
    assert pieces == 1


@settings(max_examples=60)
@given(
    st.integers(1, 3000),
    st.sampled_from((4, 8)),
    st.sampled_from((32, 64, 144)),
    st.sampled_from((400.0, 800.0)),
    st.sampled_from((1.0, 2.0, 3.5)),
)
def test_proposals_meet_the_need(hosts, nics, ports, gbps, oversubscription):
    need = Need(
        hosts,
        nics_per_host=nics,
        switch_ports=ports,
        port_gbps=gbps,
        oversubscription=oversubscription,
    )
    for module in (dual_tor, rail_only, collapsed_core, pods, three_layer):
        for proposed in module.FAMILY.proposals(need):
            sizes = module.FAMILY.sizes(proposed)
            assert sizes.devices["host"] == hosts
            assert sizes.gpus == need.gpus


def test_what_no_single_parameter_cures_names_all_that_matter():
    wanted = dual_tor.DualTor(backup_hosts=4096, uplinks=4096, switch_ports=2055)
    with pytest.raises(ParameterError, match="Change: Hosts in a segment and Uplinks of a ToR and") as error:
        dual_tor.FAMILY.sizes(wanted)
    assert error.value.nearest == ()


def test_the_largest_numbers_are_refused_as_readily_as_others():
    """Millions of devices on one-gigabit switches: the number of these is found by halving."""
    wanted = out_of_band.OutOfBand(ports_per_host=64, fabric_switches=1_000_000, pdus=853_823)
    error = error_of(out_of_band, wanted)
    assert error is not None
    assert error.nearest


def test_proposals_of_a_usual_need_are_there():
    need = Need(1024)
    offered = {m.FAMILY.name: len(list(m.FAMILY.proposals(need))) for m in MODULES}
    assert offered == {
        "dual-tor": 1,
        "rail-only": 1,
        "collapsed-core": 0,
        "pods": 1,
        "three-layer": 1,
        "storage": 0,
        "in-band": 0,
        "out-of-band": 0,
        "scale-up": 0,
    }
    assert [p.hosts for p in collapsed_core.FAMILY.proposals(Need(8, port_gbps=800))] == [8]
