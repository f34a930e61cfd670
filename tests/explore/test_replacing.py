"""Sums over devices, as often as their drawings are built."""

from __future__ import annotations

import msgspec

from core.explore.replacing import sums
from core.model.change import Edit
from tests.engine.designs import Design


def test_each_device_counts_as_often_as_its_rack_is_built() -> None:
    design = Design()
    design.rack("r")
    for n in range(3):
        design.place("r", f"r{n}")
    design.device("r", "server", 1)
    design.device("r", "switch", 42)
    project = design.project
    found = sums(project, project, [device.key for device in project.devices("r").values()])
    server, switch = project.find_type("server"), project.find_type("switch")
    assert found.devices == 6
    assert found.power_w == 3 * (server.power_max_w + switch.power_max_w)
    assert found.mass_kg == 3 * (server.mass_kg + switch.mass_kg)
    gpus = sum(fit.count for fit in server.accelerators)
    assert found.tflops == 3 * gpus * 1000


def test_what_one_does_not_give_makes_the_sum_unknown() -> None:
    design = Design()
    design.rack("r")
    design.place("r", "r1")
    design.device("r", "server", 1)
    project = design.project
    edit = Edit(project, "Bare")
    record = edit.rows("types")["server"]
    edit.put(
        "types", msgspec.structs.replace(record, spec=msgspec.structs.replace(record.spec, mass_kg=None))
    )
    keys = [device.key for device in project.devices("r").values()]
    assert sums(project, edit, keys).mass_kg is None
    assert sums(project, project, keys).mass_kg is not None
