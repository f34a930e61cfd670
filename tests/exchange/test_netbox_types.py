"""Types of the NetBox device type library."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.__main__ import main
from core.catalogue.type_check import unsourced
from core.catalogue.type_file import read_type, write_type
from core.errors import CatalogueError
from core.exchange.netbox_types import read_netbox
from core.exchange.yaml_text import read_yaml
from core.model.ports import expand
from core.model.types import DeviceType, RackType, evidence_of
from tests.exchange.library import VARIABLE, archive, type_files

SWITCH = """
manufacturer: Acme
model: S64 Switch
part_number: 00123
slug: acme-s64
u_height: 2
is_full_depth: true
airflow: front-to-rear
weight: 50.5
weight_unit: lb
comments: |
  Line one.
  Line\ttwo.
interfaces:
PORTS
  - {name: Management1, type: 1000base-t, mgmt_only: true}
  - {name: Vlan1, type: virtual}
  - {name: Odd, type: warp-core}
console-ports:
  - {name: Con, type: rj-45}
power-ports:
  - {name: PSU 1, type: iec-60320-c20, maximum_draw: 2800, allocated_draw: 1500}
  - {name: PSU 2, type: iec-60320-c20, maximum_draw: 2800, allocated_draw: 1500}
module-bays:
  - {name: Fan 1, position: 1}
  - {name: Fan 2, position: 2}
""".replace("PORTS", "\n".join(f"  - {{name: Ethernet{n}/1, type: 800gbase-x-osfp}}" for n in range(1, 65)))


def device(text: str) -> DeviceType:
    spec = read_netbox(text, "x.yaml").spec
    assert isinstance(spec, DeviceType)
    return spec


def test_a_switch_comes_over() -> None:
    found = read_netbox(SWITCH, "s64.yaml", read="2026-11-22")
    spec = found.spec
    assert isinstance(spec, DeviceType)
    assert (spec.id, spec.maker, spec.name, spec.part_number) == ("acme-s64", "Acme", "S64 Switch", "00123")
    assert (spec.kind, spec.height_u, spec.airflow, spec.mass_kg) == ("switch", 2, "front-to-rear", 22.906)
    groups = [(g.name, g.connector, g.rate_gbps, g.role, g.face) for g in spec.ports]
    assert groups == [
        ("Ethernet{1..64}-1", "OSFP-finned", 800, "", "front"),
        ("Management1", "RJ45", 1, "out-of-band", "front"),
        ("Odd", "", None, "", "front"),
        ("Con", "RJ45", None, "console", "front"),
        ("PSU-{1..2}", "C20", None, "", "rear"),
    ]
    assert [(b.name, b.accepts) for b in spec.bays] == [("Fan-{1..2}", "fan")]
    assert (found.ports_read, found.ports_left_out) == (70, 1)
    assert found.names["Ethernet7-1"] == "Ethernet7/1"
    assert found.names["PSU-2"] == "PSU 2"


def test_power_of_two_inlets_is_assumed_and_says_so() -> None:
    spec = device(SWITCH)
    assert (spec.power_max_w, spec.power_typical_w, spec.supplies_fitted) == (2800, 1500, 2)
    assert spec.supplies_needed is None
    assert evidence_of(spec, "power_max_w") == "assumed"
    assert evidence_of(spec, "mass_kg") == "recalled"
    assert not unsourced(spec)


def test_nothing_goes_in_silence() -> None:
    notes = "\n".join(read_netbox(SWITCH.replace("weight_unit", "wieght: 3\nweight_unit"), "x").notes)
    assert "'warp-core' (one port, kept without a connector)" in notes
    assert "no port: 1 x 'virtual'" in notes
    assert "'Ethernet{1..64}/1' as Ethernet{1..64}-1" in notes
    assert "'wieght' (line 10)" in notes
    assert "'switch' is guessed" in notes
    assert "Line one.\nLine two." in device(SWITCH).notes


def test_four_inlets_leave_the_power_open() -> None:
    more = "".join(f"  - {{name: PSU {n}, type: iec-60320-c20, maximum_draw: 2800}}\n" for n in (3, 4))
    text = SWITCH.replace("module-bays:", f"{more}module-bays:")
    spec = device(text)
    assert spec.power_max_w is None
    assert any("2800 W maximum" in note and "4 inlets" in note for note in spec.notes)


def test_twin_ports_are_pointed_out() -> None:
    port = "{manufacturer: A, model: B, slug: a-b, u_height: 1, interfaces: [{name: p, type: %s}]}"
    for said, twin in (("400gbase-x-osfp", True), ("infiniband-ndr", True), ("800gbase-x-osfp", False)):
        notes = read_netbox(port.replace("%s", said), "x").notes
        assert any("two to a cage" in note for note in notes) == twin


def test_one_inlet_gives_the_power() -> None:
    spec = device("{manufacturer: A, model: B, slug: a-b, u_height: 1, power-ports: "
                  "[{name: p, type: iec-60320-c14, maximum_draw: 350}]}")  # fmt: skip
    assert (spec.power_max_w, spec.supplies_fitted) == (350, 1)
    assert evidence_of(spec, "power_max_w") == "recalled"


def test_a_zero_u_pdu() -> None:
    spec = device(
        "{manufacturer: A, model: P, slug: a-p, u_height: 0, power-ports: "
        "[{name: In, type: iec-60309-3p-n-e-6h, maximum_draw: 22000}], power-outlets: "
        "[{name: O1, type: iec-60320-c19, feed_leg: A}, {name: O2, type: iec-60320-c19, feed_leg: B}]}"
    )
    assert (spec.kind, spec.zero_u, spec.rated_w, spec.power_max_w) == ("rack-pdu", True, 22000, None)
    inlet, first, second = spec.ports
    assert (inlet.connector, inlet.phases, inlet.rated_w, inlet.direction) == (
        "IEC60309-5P-6h",
        3,
        22000,
        "in",
    )
    assert (first.name, first.connector, first.direction, first.face) == ("O1", "C19", "out", "front")
    assert [(first.name, first.legs), (second.name, second.legs)] == [("O1", "L1-N"), ("O2", "L2-N")]
    assert "Outlets by phase leg: A: 1, B: 1" in spec.notes


def test_a_child_is_a_module_and_a_parent_has_bays() -> None:
    child = device("{manufacturer: A, model: C, slug: a-c, u_height: 0, subdevice_role: child}")
    assert (child.kind, child.zero_u) == ("module", False)
    parent = device("{manufacturer: A, model: D, slug: a-d, u_height: 5, subdevice_role: parent, "
                    "device-bays: [{name: B1}, {name: B2}]}")  # fmt: skip
    assert [(b.name, b.accepts) for b in parent.bays] == [("B{1..2}", "device")]


def test_a_module_names_its_ports_without_the_bay() -> None:
    found = read_netbox(
        "{manufacturer: A, model: LC, interfaces: [{name: 'Ethernet{module}/1', type: 400gbase-x-qsfpdd}, "
        "{name: 'Ethernet{module}/2', type: 400gbase-x-qsfpdd}], "
        "power-ports: [{name: '{module}', type: hardwired}]}",
        "lc.yaml",
    )
    spec = found.spec
    assert isinstance(spec, DeviceType)
    assert (spec.kind, spec.id) == ("module", "a-lc")
    assert [g.name for g in spec.ports] == ["Ethernet{1..2}", "psu"]
    assert found.names["Ethernet2"] == "Ethernet{module}/2"


def test_a_supply_module_has_a_rating_and_no_power() -> None:
    spec = device("{manufacturer: A, model: PSU, power-ports: "
                  "[{name: 'PSU{module}', type: iec-60320-c20, maximum_draw: 3000}]}")  # fmt: skip
    assert (spec.supply_w, spec.power_max_w) == (3000, None)


def test_a_rack() -> None:
    spec = read_netbox(
        "{manufacturer: A, model: R, slug: a-r, form_factor: 4-post-cabinet, width: 19, u_height: 42, "
        "starting_unit: 3, outer_width: 23.6, outer_depth: 42.1, outer_unit: in, weight: 125, "
        "max_weight: 1701, weight_unit: kg, desc_units: true}",
        "r.yaml",
    ).spec
    assert isinstance(spec, RackType)
    assert (spec.units, spec.width_mm, spec.depth_mm) == (42, 599, 1069)
    assert (spec.mass_kg, spec.load_max_kg, spec.numbering) == (125, 1701, "down")
    assert (spec.unit_number(0), spec.unit_number(82)) == (44, 3)
    assert spec.height_mm == round(42 * 44.45 + 100)
    assert evidence_of(spec, "height_mm") == "assumed"
    assert evidence_of(spec, "width_mm") == "recalled"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("model: B\nslug: x\n", 1, "manufacturer is missing"),
        ("manufacturer: A\nmodel: B\nslug: x\n", 1, "the height is missing"),
        ("manufacturer: A\nmodel: B\nslug: x\nu_height: 1.3\n", 4, "1.3 units"),
        ("manufacturer: A\nmodel: B\nslug: x\nu_height: two\n", 4, "number"),
        ("manufacturer: A\nmodel: B\nu_height: 1\nweight: 3\n", 4, "no unit"),
        ("manufacturer: A\nmodel: B\nu_height: 1\nweight: 3\nweight_unit: st\n", 5, "no unit we know"),
        ("manufacturer: A\nmodel: B\nu_height: 1\ninterfaces: none\n", 4, "list"),
        ("manufacturer: A\nmodel: B\nu_height: 1\ninterfaces:\n  - {type: lag}\n", 5, "no name"),
        ("manufacturer: A\nmodel: B\nu_height: 1\ninterfaces:\n  - {name: x}\n", 5, "no type"),
        (
            "manufacturer: A\nmodel: B\nu_height: 1\npower-ports:\n  - {name: x, maximum_draw: .nan}\n",
            5,
            "number",
        ),
        ("manufacturer: A\nmodel: B\nform_factor: x\nu_height: 0\n", 4, "number of units"),
        ("manufacturer: A\nmodel: B\nform_factor: x\nu_height: 42\nwidth: 19\n", 1, "starting_unit"),
        ("manufacturer: A\nmodel: B\nstarting_unit: 1\nu_height: 42\nwidth: 19\n", 1, "form_factor"),
        ("manufacturer: A\nmodel: B\nu_height: 1\nweight: -3\nweight_unit: kg\n", 4, "from 0 up"),
        ("manufacturer: A\nmodel: B\nu_height: 1\nis_full_depth: maybe\n", 4, "true or false"),
        (
            "manufacturer: A\nmodel: B\nu_height: 1\ninterfaces:\n  - {name: x, type: lag}\n"
            "  - {name: x, type: lag}\n",
            6,
            "two of its interfaces are called 'x'",
        ),
    ],
)
def test_what_cannot_be_a_type_is_refused_with_line_and_cure(text: str, line: int, problem: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        read_netbox(text, "x.yaml")
    assert problem in refused.value.problem
    assert refused.value.where == f"x.yaml, line {line}"
    assert refused.value.cure


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=70)
                .filter(lambda name: name.strip() == name), max_size=20, unique=True))  # fmt: skip
def test_port_names_are_found_again(names: list[str]) -> None:
    import json

    ports = [{"name": name, "type": "400gbase-x-osfp"} for name in names]
    data = {"manufacturer": "A", "model": "B", "slug": "a-b", "u_height": 1, "interfaces": ports}
    found = read_netbox(json.dumps(data, ensure_ascii=False), "x.yaml")
    assert isinstance(found.spec, DeviceType)
    ours = [name for group in found.spec.ports for name in expand(group.name)]
    assert [found.names[name] for name in ours] == names
    assert read_type(write_type(found.spec), "x") == found.spec


def test_the_library_comes_over_whole() -> None:
    """Every tenth file: read, written as TOML, read again; no port is lost."""
    path = archive()
    if path is None:
        pytest.skip(f"no copy of the device type library; name one in {VARIABLE}")
    count = 0
    for name, text in list(type_files(path))[::10]:
        found = read_netbox(text, name)
        assert read_type(write_type(found.spec), name) == found.spec
        data = read_yaml(text, name)
        lists = ("interfaces", "console-ports", "console-server-ports", "power-ports", "power-outlets",
                 "front-ports", "rear-ports")  # fmt: skip
        there = sum(len(data[key] or ()) for key in lists if key in data)
        here = 0
        if isinstance(found.spec, DeviceType):
            ours = [port for group in found.spec.ports for port in expand(group.name)]
            here = len(ours)
            assert set(ours) == set(found.names)
        assert found.ports_read == there == here + found.ports_left_out, name
        count += 1
    assert count > 500


def test_the_command_line_imports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "s64.yaml", tmp_path / "s64.toml"
    source.write_text(SWITCH, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["import-type", str(source), "-o", str(target)])
    assert ended.value.code in (0, None)
    assert read_type(target.read_text("utf-8"), "s64.toml").id == "acme-s64"
    assert "69 ports" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(["import-type", str(source), "-o", str(target)])
    assert ended.value.code == 2
    source.write_text("manufacturer: A\nmodel: ]\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["import-type", str(source)])
    assert ended.value.code == 2
    assert "line 2" in capsys.readouterr().err
