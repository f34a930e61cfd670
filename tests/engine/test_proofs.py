"""What the wiring proves: rails, units, planes, pairs of leafs, bonds; and the exceptions by name."""

from __future__ import annotations

from core.engine.proofs import FabricProofs
from tests.engine.designs import Design, servers_and_leafs
from tests.engine.test_network import leaf_spine


def proven(design: Design) -> FabricProofs:
    (found,) = design.evaluate().fabric_proofs
    return found


def said(found: FabricProofs) -> dict[str, tuple[int, int, int]]:
    return {proof.name: (proof.number, proof.held, proof.of) for proof in found.proofs}


def cables(design: Design, rows: object) -> list[str]:
    snap = design.evaluator.snapshot()
    return sorted(snap.cable_path(int(row)).partition("#")[0] for row in rows)  # type: ignore[attr-defined]


def two_planes(hosts: int = 6, spines: int = 2) -> Design:
    """Port p of NIC r on leaf r of plane p; each leaf with two links to each spine of its plane."""
    design = Design()
    design.fabric("f")
    for k in range(hosts):
        design.device("hall", "server", name=f"n{k}", x_mm=1_000 * k)
    for plane in range(2):
        for rail in range(4):
            design.device(
                "hall", "switch", name=f"l{plane}{rail}", x_mm=1_000 * rail, y_mm=5_000 + 2_000 * plane
            )
        for k in range(spines):
            design.device("hall", "switch", name=f"s{plane}{k}", x_mm=1_000 * k, y_mm=9_000 + 2_000 * plane)
        for rail in range(4):
            for n in range(hosts):
                leaf = f"osfp{n // 2 + 1}/{n % 2 + 1}"
                design.link(f"n{n}", f"osfp{rail + 1}/{plane + 1}", f"l{plane}{rail}", leaf, fabric="f",
                            name=f"x{n}{rail}{plane}")  # fmt: skip
            for k in range(spines):
                up = [f"osfp{17 + k}/{i + 1}" for i in range(2)]
                down = [f"osfp{rail + 1}/{i + 1}" for i in range(2)]
                design.link(f"l{plane}{rail}", up, f"s{plane}{k}", down, fabric="f")
    return design


def test_eight_rails_of_one_unit() -> None:
    found = proven(leaf_spine(4))
    assert (found.rails, found.planes, found.units) == (8, 0, 1)
    assert said(found) == {"rails": (8, 4, 4), "units": (1, 4, 4)}
    assert [proof.text for proof in found.proofs] == [
        "8 rails, each port on its own: all 4 hosts",
        "1 unit of hosts, on the same leafs in every rail: all 4 hosts",
    ]


def test_two_planes_of_four_rails() -> None:
    design = two_planes()
    found = proven(design)
    assert (found.rails, found.planes, found.units) == (4, 2, 1)
    assert said(found) == {
        "rails": (4, 6, 6),
        "units": (1, 6, 6),
        "planes": (2, 32, 32),
        "plane loss": (2, 6, 6),
        "two leafs": (0, 6, 6),
    }
    net = design.evaluate().network.fabrics[0].drawn.topology
    paths = [design.evaluator.snapshot().device_path(int(row)) for row in net.rows]
    for path, plane, rail in zip(paths, net.plane.tolist(), net.rail.tolist(), strict=True):
        if path[0] == "l":
            assert (plane, rail) == (int(path[1]), int(path[2]))
        else:
            assert (plane, rail) == ((int(path[1]), -1) if path[0] == "s" else (-1, -1))


def test_a_cable_between_planes_is_named_and_hides_nothing() -> None:
    design = two_planes()
    design.link("l00", "osfp30/1", "s10", "osfp30/1", fabric="f", name="wrong")
    found = proven(design)
    assert (found.rails, found.planes) == (4, 2)
    assert cables(design, found.across_planes) == ["wrong"]
    assert said(found)["planes"] == (2, 32, 33)


def test_a_port_on_another_rail_is_named() -> None:
    design = two_planes()
    design.remove("links", "hall", "x320")
    design.link("n3", "osfp3/1", "l01", "osfp20/1", fabric="f", name="swapped")
    found = proven(design)
    assert (found.rails, found.planes) == (4, 2)
    assert cables(design, found.off_rail) == ["swapped"]
    assert said(found)["rails"] == (4, 5, 6)


def test_a_host_of_one_plane_is_named() -> None:
    design = two_planes()
    for rail in range(4):
        design.remove("links", "hall", f"x2{rail}1")
    found = proven(design)
    assert found.planes == 2
    assert [design.evaluator.snapshot().device_path(int(row)) for row in found.one_plane] == ["n2"]
    assert said(found)["plane loss"] == (2, 5, 6)


def test_two_units_of_two_rails_and_a_host_between_them() -> None:
    """Hosts 0-2 on leafs 0-3, hosts 3-5 on leafs 4-7; rail 2 of host 1 is on the leaf of the other unit."""
    design = servers_and_leafs(6, 8)
    design.device("hall", "switch", name="s", y_mm=9_000)
    for n in range(6):
        for rail in range(4):
            unit = n // 3 if (n, rail) != (1, 2) else 1
            design.link(f"n{n}", f"osfp{rail + 1}/1", f"l{4 * unit + rail}", f"osfp{n + 1}/1", fabric="f",
                        name=f"x{n}{rail}")  # fmt: skip
    for k in range(8):
        design.link(f"l{k}", "osfp20/1", "s", f"osfp{k + 1}/1", fabric="f")
    found = proven(design)
    assert (found.rails, found.planes, found.units) == (4, 0, 2)
    assert cables(design, found.off_unit) == ["x12"]
    assert said(found) == {"rails": (4, 6, 6), "units": (2, 5, 6)}


def test_plain_leafs_prove_nothing() -> None:
    design = servers_and_leafs(4, 2)
    for k in range(4):
        for port in range(4):
            design.link(f"n{k}", f"osfp{port + 1}/1", f"l{k // 2}", f"osfp{4 * k + port + 1}/1", fabric="f")
    found = proven(design)
    assert (found.rails, found.planes, found.units, found.proofs) == (0, 0, 0, ())


def test_bonded_ports_on_one_switch_are_named() -> None:
    design = servers_and_leafs(3, 2)
    design.change("fabrics", "", "f", role="in-band")
    for k in range(3):
        design.link(f"n{k}", "osfp1/1", "l0", f"osfp{k + 1}/1", fabric="f")
        design.link(f"n{k}", "osfp1/2", f"l{int(k > 0)}", f"osfp{k + 1}/2", fabric="f")
    found = proven(design)
    assert [design.evaluator.snapshot().device_path(int(row)) for row in found.one_switch] == ["n0"]
    assert said(found) == {"bonds": (0, 2, 3)}  # and no rails, though they keep two leafs apart


def test_a_peer_link_between_two_leafs_makes_no_planes() -> None:
    """Two leafs that every host is on, joined with each other, are one network."""
    design = servers_and_leafs(4, 2)
    for k in range(2):
        for n in range(4):
            design.link(f"n{n}", f"osfp{k + 1}/1", f"l{k}", f"osfp{n + 1}/1", fabric="f")
    assert proven(design).planes == 2
    design.link("l0", "osfp30/1", "l1", "osfp30/1", fabric="f")
    assert proven(design).planes == 0
