"""One quantity, one number: in sight, listed, explained, on the sheets and on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.drawing.fabric_load import percent
from core.engine.evaluation import Evaluation, evaluate
from core.engine.failures.cases import optics_in
from core.engine.failures.outcome import Baseline
from core.engine.failures.single import single_failures
from core.engine.headline import headline_of
from core.engine.inputs import inputs_of
from core.engine.twelve import headlines
from core.explore.loading import Choice
from core.files.project_file import load
from core.model.project import Project
from core.report.lists.kinds import KINDS
from core.report.lists.listing import Listing, Source
from core.report.lists.placed import Placed
from core.report.preview import Preview
from core.report.sheets.fabric_failures import is_felt
from core.units import number_text, use
from tests.report.conftest import texts_of

EXAMPLES = Path(__file__).parents[1] / "resources" / "examples"
IN_SIGHT = {
    "accelerators": "accelerators", "power": "power_max_w", "worst_rack": "rack_power_max_w",
    "source": "source_worst_use", "liquid": "heat_liquid_w", "air": "heat_air_w", "heaviest": "rack_mass_kg",
}  # fmt: skip
ADD_UP = (
    "accelerators", "mass_kg", "rack_mass_kg", "power_typical_w", "power_max_w", "power_peak_w",
    "rack_power_max_w", "heat_air_w", "heat_liquid_w", "tflops_bf16_dense", "tflops_fp8_dense",
    "capex_high_usd",
)  # fmt: skip
"""Quantities that are the sum of their inputs."""


@pytest.fixture(scope="module", params=sorted(path.name for path in EXAMPLES.glob("*.cage")))
def example(request: pytest.FixtureRequest) -> tuple[Path, Project, Evaluation]:
    path = EXAMPLES / request.param
    project = load(path)[0]
    return path, project, evaluate(project)


Example = tuple[Path, Project, Evaluation]


def test_the_numbers_in_sight_are_those_of_the_results(example: Example) -> None:
    _, _, of = example
    for system in ("metric", "us"):
        with use(system):
            shown = {headline.name: headline for headline in headlines(of)}
            for name, quantity in IN_SIGHT.items():
                assert shown[name].value == of.quantities[quantity].text
                assert headline_of(of, of.quantities[quantity]).value == of.quantities[quantity].text
            assert shown["compute"].value == of.quantities[shown["compute"].quantities[0]].text
            assert shown["liquid"].aside == of.quantities["coolant_flow_lpm"].text
            assert shown["air"].aside == of.quantities["airflow_m3h"].text


@pytest.mark.parametrize("name", ADD_UP)
def test_what_a_number_is_made_of_adds_up_to_it(example: Example, name: str) -> None:
    _, _, of = example
    parts, left_out = inputs_of(of, name, 10_000)
    assert left_out == 0
    assert sum(part.weight for part in parts) == pytest.approx(of.quantities[name].value or 0.0)


def test_the_lists_add_up_to_the_results(example: Example) -> None:
    _, project, of = example
    source = Source(of, Placed(project, of.snapshot))

    def column(kind: str, name: str) -> np.ndarray:
        listing = Listing(next(k for k in KINDS if k.name == kind), source)
        return listing.cells(name).values[listing.rows]

    value = {name: quantity.value for name, quantity in of.quantities.items()}
    assert len(column("racks", "used")) == value["racks"]
    assert len(column("devices", "mass")) == value["devices"]
    assert len(column("cables", "ordered")) == value["links"] + value["power_cords"] + value["coolant_hoses"]
    assert column("racks", "used").sum() == value["space_used_u"]
    assert column("racks", "accelerators").sum() == value["accelerators"]
    assert 1000 * column("racks", "power").max() == pytest.approx(value["rack_power_max_w"])
    assert column("racks", "mass").max() == pytest.approx(value["rack_mass_kg"])


def test_the_command_line_prints_them(example: Example, capsys: pytest.CaptureFixture[str]) -> None:
    path, _, of = example
    for command in ("evaluate", "numbers"):
        with pytest.raises(SystemExit):
            main([command, str(path), "--json"])
        printed = json.loads(capsys.readouterr().out)
        if command == "evaluate":
            for name, quantity in of.quantities.items():
                assert printed["quantities"][name]["value"] == quantity.value
        else:
            values = {entry["name"]: entry["value"] for entry in printed}
            for name, quantity in IN_SIGHT.items():
                assert values[name] == of.quantities[quantity].text


def test_the_sheets_print_them(example: Example) -> None:
    _, project, of = example
    preview = Preview(project)

    def printed(title: str) -> str:
        ids = [sheet.id for sheet in preview.sheets if sheet.title == title]
        return plain(" ".join(texts_of(preview.page(sheet))[0] for sheet in ids))

    results, cover, bill = printed("Results"), printed("Cover and sheet index"), printed("Bill of materials")
    for quantity in of.quantities.values():
        assert plain(quantity.text) in results, quantity.name
    for name in ("accelerators", "power_max_w", "heat_liquid_w", "heat_air_w", "mass_kg"):
        assert plain(of.quantities[name].text) in cover
    assert f"Sum{round(of.cost.low_usd)}{round(of.cost.high_usd)}" in bill


def test_the_sheets_of_a_network_print_what_its_panels_show(example: Example) -> None:
    _, project, of = example
    preview = Preview(project)

    def printed(title: str, fabric: str) -> str:
        name = project.fabrics[fabric].name
        ids = [s.id for s in preview.sheets if s.title == title and s.subtitle.startswith(name)]
        return plain(" ".join(texts_of(preview.page(sheet))[0] for sheet in ids))

    for result in of.network.fabrics:
        measures, net = printed("Network measures", result.fabric), result.drawn.topology
        for pattern, words in (("all-to-all", "All-to-all"), ("longest", "Longestmatching")):
            load = Choice(pattern=pattern).load(net)
            value = load.throughput.value
            shown = f"{value:.3g}" if value < float("inf") else "notraffic"
            assert f"{words}ECMP{shown}" in measures
            if pattern == "all-to-all" and load.busiest >= 0:
                assert plain(percent(load.utilisation[load.busiest])) in measures
        kinds = ("switch", "link", "trunk", "plane", "optic")
        optics = optics_in(result.drawn, of.cabling.classes)
        failures = single_failures(Baseline(net), kinds, optics)
        assert f"{failures.cases}singlefailures" in measures
        for one in filter(is_felt, failures.worst()):
            left = f"{percent(one.bandwidth_left)} {percent(one.hosts_get)} {percent(one.worst_left)}"
            counts = f"{one.accelerators_cut_off:.0f}{len(one.cut_off)}{one.accelerators_reduced:.0f}"
            assert plain(f"{one.alike}{counts}{left}") in measures
        network = printed("Network", result.fabric)
        for tier in result.tiers:
            assert plain(f"{tier.switches}{number_text(tier.down_gbps, digits=15)}") in network


def plain(text: str) -> str:
    """Return a text without blanks, by which cells are set apart, and without the commas of thousands."""
    return re.sub(r"\s+|(?<=\d),(?=\d{3})", "", text)
