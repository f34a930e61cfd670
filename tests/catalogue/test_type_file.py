"""Reading and writing of one type: strict, exact, and unharmed by hostile files."""

from __future__ import annotations

import time
import unicodedata
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.type_check import check_type, doubts_of, numbers_of
from core.catalogue.type_file import MOST_BYTES, read_type, write_type
from core.errors import CatalogueError
from core.model.types import (
    AcceleratorType,
    AnyType,
    Bay,
    CableType,
    Citation,
    DeviceType,
    Fit,
    FlowPoint,
    OpticType,
    PortGroup,
    RackType,
    Zone,
)

GOOD = """\
type = "device"
id = "example-switch"
name = "Example"
kind = "switch"
height_u = 1
mass_kg = 12.5

[[ports]]
name = "osfp{1..4}"
layer = "data"
connector = "OSFP-finned"
rate_gbps = 800
lanes = [2]

[[ports]]
name = "mgmt"
layer = "data"
rate_gbps = 1

[[sources]]
fields = ["height_u", "mass_kg", "ports"]
title = "Data sheet, rev 3"
evidence = "verified"
read = "2026-11-22"
"""

_printable = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Cf", "Zl", "Zp"))
_text = st.text(_printable, max_size=30).map(lambda s: unicodedata.normalize("NFC", s))
_title = _text.map(lambda s: "T" + s).map(lambda s: unicodedata.normalize("NFC", s))
_lines = st.lists(_text, max_size=3).map("\n".join)
_id = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,20}", fullmatch=True)
_number = st.floats(0, 1e9, allow_nan=False)
_maybe = st.none() | _number
_share = st.none() | st.floats(0, 1)


def _sourced(spec: AnyType) -> AnyType:
    stated = numbers_of(spec)
    citations = tuple(
        Citation(fields=(f,), title=f"About {f}", evidence="user", note='a "b" \\ c') for f in stated
    )
    return msgspec.structs.replace(spec, sources=citations)


_ports = st.lists(
    st.builds(
        PortGroup,
        name=st.just(""),
        layer=st.sampled_from(("data", "power", "coolant")),
        direction=st.sampled_from(("both", "in", "out")),
        connector=_text,
        face=st.sampled_from(("front", "rear")),
        rate_gbps=_maybe,
        lanes=st.sampled_from(((), (2,), (4, 2), (2, 4, 8))),
        voltage_low_v=_maybe,
        phases=st.sampled_from((None, 0, 1, 3)),
    ),
    max_size=4,
).map(lambda ports: tuple(msgspec.structs.replace(p, name=f"p{i}-{{1..9}}") for i, p in enumerate(ports)))
_common = {"id": _id, "name": _title, "maker": _text, "notes": st.lists(_lines, max_size=3).map(tuple)}
_devices = st.builds(
    DeviceType,
    **_common,
    kind=st.sampled_from(("server", "cdu", "other")),
    height_u=st.integers(0, 96).map(lambda n: n / 2),
    unit=st.sampled_from(("U", "OU")),
    zero_u=st.booleans(),
    mass_kg=_maybe,
    power_max_w=_maybe,
    supplies_fitted=st.none() | st.integers(0, 64),
    liquid_fraction=_share,
    coolant_supply_max_c=st.none() | st.floats(-50, 100),
    coolant_flows=st.lists(st.builds(FlowPoint, supply_c=_number, flow_lpm=_number), max_size=3).map(tuple),
    accelerators=st.lists(st.builds(Fit, type=_id, count=st.integers(1, 100)), max_size=2).map(tuple),
    bays=st.sampled_from(((), (Bay(name="nic{1..2}", accepts="nic"),))),
    ports=_ports,
)
_racks = st.builds(
    RackType,
    **_common,
    units=st.integers(1, 100),
    width_mm=st.integers(1, 5000),
    depth_mm=st.integers(1, 5000),
    height_mm=st.integers(1, 5000),
    pitch_mm=st.sampled_from((44.45, 48.0)),
    zones=st.sampled_from(((), (Zone(name="left", places=2), Zone(name="right", side="right")))),
)
_cables = st.builds(
    CableType,
    **_common,
    media=st.sampled_from(("DAC", "SMF", "cord")),
    lengths_m=st.lists(_number, max_size=4, unique=True).map(lambda v: tuple(sorted(v))),
    price_per_m_usd=_maybe,
)
_optics = st.builds(
    OpticType, **_common, connector=_text, rate_gbps=_number, fibre=st.just("SMF"), reach_m=_number
)
_accelerators = st.builds(AcceleratorType, **_common, tflops_bf16_dense=_maybe, memory_gb=_maybe)


@given(st.one_of(_devices, _racks, _cables, _optics, _accelerators).map(_sourced))
def test_round_trip(spec: AnyType) -> None:
    text = write_type(spec)
    assert read_type(text, "made up") == spec
    assert write_type(read_type(text, "made up")) == text


def test_a_good_file() -> None:
    spec = read_type(GOOD, "good.toml")
    assert isinstance(spec, DeviceType)
    assert spec.ports[0].rate_gbps == 800
    assert check_type(spec) == []


def test_a_date_without_quotes_is_accepted() -> None:
    assert read_type(GOOD.replace('"2026-11-22"', "2026-11-22"), "x").sources[0].read == "2026-11-22"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mass_kg = 12.5", "mass_kg = nan", "line 6: a number must be finite"),
        ("mass_kg = 12.5", "mass_kg = inf", "line 6: a number must be finite"),
        ("mass_kg = 12.5", "mass_kg = -1", "line 6: mass_kg: expected `float` >= 0"),
        ("mass_kg = 12.5", 'mass_kg = "12.5"', "line 6: mass_kg: expected `float`, got `str`"),
        ("mass_kg = 12.5", "mass_kg = true", "line 6: mass_kg: expected `float`, got `bool`"),
        ("mass_kg = 12.5", "weight_kg = 12.5", "line 6: there is no field 'weight_kg'"),
        ("mass_kg = 12.5", "mas_kg = 12.5", "Did you mean mass_kg?"),
        ("mass_kg = 12.5", "mass_kg = 1\nmass_kg = 2", "this is no TOML"),
        ("mass_kg = 12.5", "mass_kg = " + "9" * 5000, "this is no TOML that can be read"),
        ("mass_kg = 12.5", "x = " + "[" * 4000, "line 6: the file is nested too deeply"),
        ("mass_kg = 12.5", "x." * 500 + "y = 1", "line 6: the file is nested too deeply"),
        ("mass_kg = 12.5", "power_max_w = 900", "line 6: no source covers power_max_w"),
        ('"height_u", "mass_kg", "ports"', '"height_u", "mass_kg"', "line 8: no source covers ports"),
        ('"height_u", "mass_kg", "ports"', '"height_u", "mass_kg", "port"', "unknown field 'port'"),
        ('id = "example-switch"', 'id = ""', "line 2: the type has no id"),
        ('id = "example-switch"', 'id = "a/b"', "line 2: id:"),
        ('name = "Example"\n', "", "the field 'name' is missing"),
        ('name = "Example"', 'name = "A\\u0007"', "U+0007"),
        ('name = "Example"', 'name = "A\\u202eB"', "U+202E"),
        ('name = "Example"', f'name = "{"x" * 200}"', "line 3: name:"),
        ('kind = "switch"', 'kind = "swich"', "line 4: kind: invalid enum value 'swich'"),
        ('type = "device"', 'type = "devise"', "line 1: "),
        ('type = "device"\n', "", "the field 'type' is missing"),
        ("osfp{1..4}", "osfp{4..1}", "line 9: the range in 'osfp{4..1}' is empty"),
        ("osfp{1..4}", "osfp{1..9999}", "line 9: the range"),
        ("osfp{1..4}", "osfp 1", "line 9: 'osfp 1' is no port pattern"),
        ("osfp{1..4}", "ö{1..4}", "line 9: 'ö{1..4}' holds a sign"),
        ('name = "mgmt"', 'name = "osfp3"', "the name 'osfp3' is used twice"),
        ("lanes = [2]", "lanes = [1]", "line 13: 'osfp{1..4}' cannot be split like that"),
        ("lanes = [2]", "whole = false", "line 13: 'osfp{1..4}' can be used neither whole nor split"),
        ("rate_gbps = 1\n", "rate = 1\n", "line 18: there is no field 'rate'"),
        ('title = "Data sheet, rev 3"', 'title = " "', "a source has no title"),
        ('evidence = "verified"', 'evidence = "sure"', "line 23: sources[0].evidence:"),
    ],
)
def test_hostile_files(old: str, new: str, message: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(CatalogueError) as caught:
        read_type(text, "bad.toml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("bad.toml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "[" * 100_000,
        "{" * 900_000,
        "a = " + "{a = " * 5000,
        'a = "' + '\\"' * 400_000,
        "a.b." * 200_000,
        ("a." * 15 + "b = 1\n") * 20_000,
        "'" * 900_000,
        '"""' * 300_000,
        "x = 1\n" * 100_000,
        " " * (MOST_BYTES + 1),
        "type = 1",
        "[type]\na = 1",
        "\ufeff" + GOOD,
    ],
    ids=range(15),
)
def test_rubbish_is_refused_in_time(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(CatalogueError):
        read_type(text, "bad.toml")
    assert time.perf_counter() - start < 5


@given(st.text(max_size=200))
def test_any_text_gives_a_type_or_a_catalogue_error(text: str) -> None:
    with pytest.raises(CatalogueError):
        read_type(text, "any")
    with suppress(CatalogueError):
        read_type(GOOD + text, "any")


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        (
            {"power_typical_w": 900.0, "power_max_w": 800.0},
            "power_typical_w (900) is above power_max_w (800)",
        ),
        ({"power_max_w": 800.0, "power_peak_w": 700.0}, "power_max_w (800) is above power_peak_w (700)"),
        ({"supplies_needed": 3, "supplies_fitted": 2}, "supplies_needed (3) is above supplies_fitted (2)"),
        ({"supplies_needed": 1, "supply_w": 500.0, "power_max_w": 800.0}, "1 supplies give 500 W"),
        ({"height_u": 1.25}, "height_u is no multiple of one half"),
        ({"width_mm": 500.0}, "500 mm is wider than the rack opening takes (482.6 mm)"),
        ({"height_mm": 60.0}, "height_mm 60 does not fit 1 U"),
        ({"floor_standing": True}, "it must be exactly one of"),
        ({"liquid_fraction": 0.8}, "liquid_fraction needs its heat_condition"),
        ({"inlet_min_c": 40.0, "inlet_max_c": 30.0}, "inlet_min_c (40) is above inlet_max_c (30)"),
        ({"price_low_usd": 2.0, "price_high_usd": 1.0}, "price_low_usd (2) is above price_high_usd (1)"),
        (
            {"supplies_fitted": 4, "ports": (PortGroup(name="psu{1..2}", layer="power", direction="in"),)},
            "2 supply",
        ),
        ({"ports": (PortGroup(name="p", layer="data"),)}, "the data port 'p' has no rate"),
    ],
)
def test_doubts(change: dict[str, object], doubt: str) -> None:
    spec = msgspec.structs.replace(read_type(GOOD, "good"), **change)
    assert any(doubt in text for text in check_type(spec))
    assert list(doubts_of(read_type(GOOD, "good"))) == []


def test_doubts_about_racks_cables_and_sparse_figures() -> None:
    rack = RackType(
        id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=1800, mounting_depth_mm=190
    )
    assert list(doubts_of(rack)) == [
        "42 U are taller than the rack",
        "a mounting depth of 190 mm is not plausible",
    ]
    cable = CableType(id="c", name="C", media="DAC", reach_max_m=2.0, lengths_m=(1.0, 3.0))
    assert list(doubts_of(cable)) == ["a stocked length is beyond the reach"]
    sparse = AcceleratorType(id="a", name="A", tflops_bf16_dense=989.0, tflops_fp8_dense=3958.0)
    assert "a figure with sparsity?" in next(doubts_of(sparse))
