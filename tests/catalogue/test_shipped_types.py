"""The catalogue that ships: readable, sourced, plausible, and right where published figures are known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.catalogue.library import Library, kind_of
from core.catalogue.type_check import check_type, numbers_of
from core.catalogue.type_file import read_type, write_type
from core.model.ports import expand, port_table
from core.model.types import (
    AcceleratorType,
    CableType,
    DeviceType,
    OpticType,
    PortGroup,
    RackType,
    evidence_of,
)

FOLDER = Path(__file__).parents[2] / "resources" / "catalogue"
FILES = sorted(FOLDER.glob("*/*.toml"))

REQUIRED = """
    apc-ar3100 apc-ar3357 generic-52u-800x1200 ocp-orv3-frame-meta nvidia-mgx-nvl72
    nvidia-dgx-h100 nvidia-dgx-h200 nvidia-dgx-b200 nvidia-dgx-b300
    supermicro-as-8126gs-nb3rt supermicro-sys-a22ga-nbrt dell-xe9680-h100 asus-xa-nb3i-e12
    oem-mi300x-8u supermicro-as-4126gs-nmr-lcc
    nvidia-gb200-compute-tray nvidia-gb300-compute-tray nvidia-nvlink5-switch-tray nvidia-power-shelf-33kw
    nvidia-qm9700 nvidia-q3400-ra nvidia-sn5600 nvidia-sn4600c nvidia-sn2201
    arista-7060x6-64pe cisco-n9364e-sg2 nvidia-ufm-appliance
    vertiv-coolchip-cdu-121 supermicro-cdu-250 vertiv-xdu1350 coolit-chx2000
    mgx-nvl72-manifold delta-bbu-shelf-15kw generic-tap-off-250a motivair-chilleddoor generic-fan-wall-600
    cord-c13-c14 cord-c19-c20 hose-pair-fd83 cat6a fibre-om4-mpo12-apc fibre-os2-mpo12-apc fibre-os2-lc
    nvidia-mcp4y10 nvidia-mca4j80 generic-aec-800 generic-aoc-800 nvidia-mma4z00-ns nvidia-connectx-7 blank-1u
"""


def device(type_id: str) -> DeviceType:
    spec = Library.builtin().get(type_id)
    assert isinstance(spec, DeviceType)
    return spec


def group(spec: DeviceType, pattern: str) -> PortGroup:
    return next(g for g in spec.ports if g.name == pattern)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_file_reads_strictly_and_is_canonical(file: Path) -> None:
    text = file.read_text("utf-8")
    spec = read_type(text, file.name)
    assert spec.id == file.stem
    assert check_type(spec) == []
    assert write_type(spec) == text
    cited = {field for citation in spec.sources for field in citation.fields}
    assert set(numbers_of(spec)) <= cited
    for citation in spec.sources:
        assert citation.evidence != "user"
        if citation.evidence == "assumed":
            assert citation.note, "an assumption needs its reason"
        if citation.evidence in ("verified", "estimate") and not citation.title.startswith("Derived"):
            assert citation.read == "2026-11-22"
        if citation.title.startswith("Derived"):
            assert citation.note, "a derived value needs its rule"


def test_there_are_enough_types_of_every_kind() -> None:
    library = Library.builtin()
    kinds = Counter(kind_of(spec) for spec in library)
    assert len(library) == len(FILES) >= 110
    assert [i for i in REQUIRED.split() if i not in library] == []
    for kind, least in {"rack": 6, "server": 12, "switch": 25, "cable": 15, "optic": 12, "cdu": 8}.items():
        assert kinds[kind] >= least


def test_every_reference_is_in_the_catalogue() -> None:
    library = Library.builtin()
    for spec in library:
        assert library.closure(spec.id)[0] is spec
    assert [s.id for s in library.closure("nvidia-dgx-h100")] == ["nvidia-dgx-h100", "nvidia-h100-sxm5"]


def test_every_cage_has_something_to_plug_in() -> None:
    """Every connector of a data port is served by a cable or an optic; cartridges join by themselves."""
    library = Library.builtin()
    plugs = {"NVLink-cartridge"}
    for spec in library:
        if isinstance(spec, CableType):
            plugs |= {spec.connector_a, spec.connector_b}
        elif isinstance(spec, OpticType):
            plugs.add(spec.connector)
    for spec in library:
        if isinstance(spec, DeviceType):
            assert {g.connector for g in spec.ports if g.layer == "data"} <= plugs, spec.id


def test_every_optic_has_a_fibre() -> None:
    library = Library.builtin()
    fibres = {(s.media, s.connector_a) for s in library if isinstance(s, CableType)}
    for spec in library:
        if isinstance(spec, OpticType):
            assert (spec.fibre, spec.fibre_connector) in fibres, spec.id


def test_names_are_unique_per_maker() -> None:
    names = Counter((s.maker, s.name) for s in Library.builtin())
    assert [n for n, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("type_id", "expected"),
    [
        # NVIDIA DGX H100/H200 and B200 user guides (reference case dgx-node-specs); CFM x 1.699 = m3/h.
        ("nvidia-dgx-h100", {"height_u": 8, "mass_kg": 130.45, "power_max_w": 10_200, "depth_mm": 897.1}),
        ("nvidia-dgx-h100", {"supplies_needed": 4, "supplies_fitted": 6, "supply_w": 3300}),
        ("nvidia-dgx-h200", {"height_u": 8, "mass_kg": 130.45, "power_max_w": 10_200, "airflow_m3h": 1877}),
        ("nvidia-dgx-b200", {"height_u": 10, "mass_kg": 142.4, "power_max_w": 14_300, "depth_mm": 897.1}),
        ("nvidia-dgx-b200", {"supplies_needed": 5, "supplies_fitted": 6, "airflow_m3h": 2633}),
        # DGX B300 best practices v1.0 pp. 7-8: 15.0 kW average, 19.7 kW peak, at AC.
        ("nvidia-dgx-b300", {"power_typical_w": 15_000, "power_peak_w": 19_700, "air_rise_k": 20.6}),
        # QM97x0, SN5000, SN4000, SN2201 and UFM hardware manuals (reference case switch-specs).
        ("nvidia-qm9700", {"height_u": 1, "mass_kg": 14.8, "power_max_w": 1720, "power_typical_w": 747}),
        ("nvidia-sn5600", {"height_u": 2, "mass_kg": 23.5, "power_typical_w": 940, "switching_tbps": 51.2}),
        ("nvidia-sn4600c", {"height_u": 2, "mass_kg": 14.64, "power_typical_w": 466}),
        ("nvidia-sn2201", {"height_u": 1, "mass_kg": 7.41, "power_typical_w": 98}),
        ("nvidia-ufm-appliance", {"height_u": 1, "mass_kg": 17, "power_max_w": 689}),
        # Cisco Nexus 9364E-SG2 data sheet as quoted.
        ("cisco-n9364e-sg2", {"height_u": 2, "power_typical_w": 995, "power_max_w": 2270}),
        # NVIDIA Base Command Manager, power shelf page: 1U, six supplies of 5.5 kW.
        ("nvidia-power-shelf-33kw", {"height_u": 1, "rated_w": 33_000, "supplies_fitted": 6}),
        # NVIDIA Dynamic Power Software: 11,160 W for nine NVLink switch trays.
        ("nvidia-nvlink5-switch-tray", {"power_typical_w": 11_160 / 9, "liquid_fraction": 1.0}),
        # Vertiv XDU1350 data sheet SL-70799: 1,368 kW at 4 K, three pumps 1,800 L/min and 20.5 kW.
        (
            "vertiv-xdu1350",
            {"cooling_w": 1_368_000, "approach_k": 4, "cooling_flow_lpm": 1800, "head_kpa": 198},
        ),
        # Vertiv CoolChip CDU 121 data sheet: 121 kW at 4 K, 120 L/min.
        (
            "vertiv-coolchip-cdu-121",
            {"cooling_w": 121_000, "approach_k": 4, "cooling_flow_lpm": 120, "head_kpa": 115},
        ),
        # Schneider FAQ FA156194: three banks of 16 A at 208 V.
        ("apc-ap8868", {"rated_w": 3 * 208 * 16}),
        # CoolIT CHx2000 product sheet: 2 MW at 5 K, 2,125 L/min.
        (
            "coolit-chx2000",
            {"cooling_w": 2_000_000, "approach_k": 5, "cooling_flow_lpm": 2125, "head_kpa": 241},
        ),
    ],
)
def test_published_figures(type_id: str, expected: dict[str, float]) -> None:
    spec = device(type_id)
    assert {field: getattr(spec, field) for field in expected} == expected


@pytest.mark.parametrize(
    ("type_id", "bf16", "fp8", "memory_gb"),
    [
        # H100: 1,979 and 3,958 with sparsity, halved. B200: dense 2,250 and 4,500. MI300X data sheet.
        ("nvidia-h100-sxm5", 989, 1979, 80),
        ("nvidia-b200-hgx", 2250, 4500, 180),
        ("amd-mi300x", 1307.4, 2614.9, 192),
    ],
)
def test_accelerators_are_dense(type_id: str, bf16: float, fp8: float, memory_gb: float) -> None:
    spec = Library.builtin().get(type_id)
    assert isinstance(spec, AcceleratorType)
    assert (spec.tflops_bf16_dense, spec.tflops_fp8_dense, spec.memory_gb) == (bf16, fp8, memory_gb)


def test_racks() -> None:
    # OCP Open Rack V3 (Meta): 44 OU of 48 mm, 600 x 1,068 x 2,286 mm, payload 1,400 kg.
    orv3, mgx = Library.builtin().get("ocp-orv3-frame-meta"), Library.builtin().get("nvidia-mgx-nvl72")
    assert isinstance(orv3, RackType)
    assert isinstance(mgx, RackType)
    assert (orv3.units, orv3.unit, orv3.pitch_mm, orv3.height_mm, orv3.load_max_kg) == (
        44,
        "OU",
        48,
        2286,
        1400,
    )
    assert (mgx.units, mgx.width_mm, mgx.depth_mm, mgx.height_mm) == (48, 600, 1068, 2236)
    assert (mgx.busbar, mgx.manifold, mgx.scale_up) == ("busbar-50V", "UQD04", "scale-up")


def test_the_trays_fit_the_mgx_rack_by_themselves() -> None:
    for type_id in ("nvidia-gb200-compute-tray", "nvidia-gb300-compute-tray", "nvidia-nvlink5-switch-tray"):
        spec = device(type_id)
        connectors = {(g.layer, g.connector) for g in spec.ports}
        assert ("power", "busbar-50V") in connectors
        assert ("coolant", "UQD04") in connectors
        assert any(g.role == "scale-up" for g in spec.ports)
    # 18 trays x 4 GPUs x 18 links = 9 switch trays x 2 chips x 72 ports.
    assert 18 * len(expand("nvlink{1..72}")) == 9 * len(expand("nvlink{1..144}"))
    # 1,800 GB/s both ways over 18 links is 50 GB/s or 400 Gbit/s one way.
    assert group(device("nvidia-gb200-compute-tray"), "nvlink{1..72}").rate_gbps == 1800 / 18 / 2 * 8


def test_heat_to_liquid() -> None:
    # Four GPUs at 1,200 W and two CPUs at 500 W of 6,300 W; GB300: 6,200 of 6,600 W.
    assert device("nvidia-gb200-compute-tray").liquid_fraction == pytest.approx(5800 / 6300, abs=1e-4)
    assert device("nvidia-gb300-compute-tray").liquid_fraction == pytest.approx(6200 / 6600, abs=1e-4)
    assert device("nvidia-gb300-compute-tray").coolant_flow_lpm is None


def test_nic_r_of_a_twin_port_server_is_lane_r_mod_2_of_cage_r_div_2() -> None:
    tokens = port_table(device("nvidia-dgx-h100")).tokens(role="scale-out")
    assert tokens == [f"osfp{r // 2 + 1}/{r % 2 + 1}" for r in range(8)]
    assert len(port_table(device("nvidia-dgx-b300")).tokens(role="scale-out")) == 8


@pytest.mark.parametrize(
    ("type_id", "ports", "rate_gbps"),
    [("nvidia-qm9700", 64, 400), ("nvidia-q3400-ra", 144, 800), ("nvidia-sn5600", 64, 800)],
)
def test_switch_ports(type_id: str, ports: int, rate_gbps: float) -> None:
    table = port_table(device(type_id))
    tokens = [t for t in table.tokens() if t.startswith("osfp")]
    assert len(tokens) == ports
    sockets = [table.find(t) for t in tokens]
    assert {s.rate_gbps for s in sockets if s} == {rate_gbps}
    assert device(type_id).switching_tbps == pytest.approx(ports * rate_gbps / 1000)


def test_prices_are_never_more_than_estimates() -> None:
    for spec in Library.builtin():
        for field in ("price_low_usd", "price_high_usd", "price_per_m_usd"):
            if getattr(spec, field, None) is not None:
                assert evidence_of(spec, field) == "estimate", spec.id


def test_peaks_have_no_invented_duration() -> None:
    assert all(s.power_peak_s is None for s in Library.builtin() if isinstance(s, DeviceType))
