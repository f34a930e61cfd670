"""Types as columns."""

from __future__ import annotations

import numpy as np
import pytest

from core.engine.columns import count_by, sum_by
from core.engine.specs import EVIDENCE, UNKNOWN, Specs
from tests.engine.designs import Design


def specs() -> Specs:
    return Specs(Design().project)


def test_a_spec_is_a_type_with_its_modules() -> None:
    found = specs()
    plain, with_nic = found.number("server", {}), found.number("server", {"nic1": "nic"})
    assert plain != with_nic
    assert found.number("server", {"nic1": "nic"}) == with_nic
    mass = found.column("mass_kg", with_modules=True)
    assert mass.value[[0, plain, with_nic]].tolist() == [0.0, 130.0, 130.5]
    assert found.column("mass_kg").value[with_nic] == 130.0
    # the NIC's mass has no source, so the sum is no better than assumed
    assert EVIDENCE[mass.evidence[with_nic]] == "assumed"


def test_a_missing_type_is_nothing() -> None:
    assert specs().number("no such type", {}) == 0
    assert specs().rack_number("server") == -1


def test_an_unknown_part_is_listed_and_leaves_the_rest_known() -> None:
    found = specs()
    number = found.number("server", {"nic1": "dark-nic"})
    mass = found.column("mass_kg", with_modules=True)
    assert mass.known[number]
    assert mass.value[number] == 130.0
    assert mass.lacking[number] == ("Dark NIC",)


def test_a_substitute_is_an_assumption() -> None:
    found = specs()
    switch = found.number("switch", {})
    column = found.column("power_typical_w", instead=("power_max_w",))
    assert column.value[switch] == 2_000
    assert EVIDENCE[column.evidence[switch]] == "assumed"
    assert found.column("power_typical_w").evidence[switch] == UNKNOWN


def test_ports_lie_one_after_the_other() -> None:
    found = specs()
    server, switch = found.number("server", {"nic2": "nic"}), found.number("switch", {})
    ports = found.ports
    names = ports.names[ports.base[server] : ports.base[server + 1]]
    assert names == ["osfp1", "osfp2", "osfp3", "osfp4", "bmc", *(f"psu{k}" for k in range(1, 7)), "nic2-p1"]
    assert ports.base[switch + 1] - ports.base[switch] == 32 + 1 + 2
    assert (ports.spec == np.repeat([server, switch], [12, 35])).all()


def test_accelerators_are_known_by_all_of_their_parts() -> None:
    found = specs()
    server = found.number("server", {})
    assert found.accelerators().value[server] == 8
    assert found.accelerator_column("tflops_bf16_dense").value[server] == 8_000
    assert found.accelerator_column("tflops_fp8_dense").evidence[server] == UNKNOWN


def test_sums_by_index() -> None:
    assert sum_by(np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0]), 4).tolist() == [1, 0, 5, 0]
    assert count_by(np.array([0, 2, 2]), 4).tolist() == [1, 0, 2, 0]
    assert sum_by(np.zeros(0, int), np.zeros(0), 2).tolist() == [0, 0]


def test_compute_counts_accelerators_and_dense_tflops() -> None:
    design = Design()
    design.rack("r")
    design.device("r", "server", 1)
    design.place("r", "r1")
    design.place("r", "r2", x_mm=600)
    compute = design.evaluate().compute
    assert compute.rack_accelerators.tolist() == [8, 8]
    assert compute.tflops_dense["bf16"][0] == 16_000
    assert compute.memory_tb == pytest.approx(1.6)
    assert compute.tflops_dense["fp8"][1].unknown == ("Server: FP8",)
