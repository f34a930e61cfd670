"""Currents of phases with every element lost, against letting each case flow alone."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.types import DeviceType, PortGroup
from tests.engine.designs import TYPES, Design

VOLTS = 400.0
PDU = DeviceType(
    id="pdu-of-one-leg", name="PDU of one leg", kind="rack-pdu", zero_u=True, ports=(
        PortGroup(name="in", layer="power", direction="in", connector="IEC", phases=3),
        PortGroup(name="o{1..12}", layer="power", direction="out", connector="C19", phases=1, legs="L1-N")),
)  # fmt: skip


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """PDUs on one of two sources or under an earlier PDU, and servers of 1 to 4 inlets over them."""
    server = next(t for t in TYPES if t.id == "server")
    inlet = PortGroup(name="in{1..4}", layer="power", direction="in", connector="C20", phases=1)
    design = Design(
        [*TYPES, PDU, msgspec.structs.replace(server, id="one", power_max_w=2_000, ports=(inlet,))]
    )
    design.sources("A", "B")
    design.require(voltage_v=VOLTS)
    pdus, used = draw(st.integers(1, 4)), [0] * 4
    for k in range(pdus):
        above = draw(st.integers(-2, k - 1))
        design.device("hall", PDU.id, name=f"p{k}", feeds={"in": "AB"[above + 2]} if above < 0 else {})
        if above >= 0:
            used[above] += 1
            design.power(f"p{above}", f"o{used[above]}", f"p{k}", "in")
    for k in range(draw(st.integers(1, 4))):
        design.device("hall", "one", name=f"s{k}")
        for number, pdu in enumerate(draw(st.lists(st.integers(0, pdus - 1), min_size=1, max_size=2)), 1):
            used[pdu] += 1
            design.power(f"p{pdu}", f"o{used[pdu]}", f"s{k}", f"in{number}")
    return design


@given(designs())
def test_the_worst_of_a_line_is_the_worst_of_all_cases_alone(design: Design) -> None:
    of = design.evaluate()
    feeding, watts = of.power.feeding, of.power.device_max_w
    first_source = feeding.n_devices + feeding.n_racks
    worst = feeding.flow_without(watts, np.zeros(feeding.n_nodes, bool))[1]
    for device, source in zip(of.outages.device.tolist(), of.outages.source.tolist(), strict=True):
        failed = np.zeros(feeding.n_nodes, bool)
        failed[device if device >= 0 else first_source + source] = True
        worst = np.maximum(worst, feeding.flow_without(watts, failed)[1])
    line = of.phase_outages.worst_a
    assert line[:, 0] == pytest.approx(worst[of.phases.device] / (VOLTS / math.sqrt(3)))
    assert line[:, 3] == pytest.approx(line[:, 0])
    assert not line[:, 1:3].any()
