"""Searches as they are typed: into the text of a file and back, and what a design offers to vary."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.errors import CagenutError
from core.explore.sweeps.choices import GROUPS, choices
from core.explore.sweeps.drafts import Draft, Varied, draft_of, unused
from core.explore.sweeps.spec import Parameter, read_spec
from core.explore.sweeps.targets import fault
from core.files.project_file import load

ROOT = Path(__file__).parents[3]
NAMES = st.text("abcdefgh_XYZ019", min_size=1, max_size=8)
NUMBERS = st.one_of(st.integers(-1000, 10**9), st.floats(-1e12, 1e12, allow_nan=False))
WORDS = st.text("abcxyz-09.", min_size=1, max_size=10)
SCALARS = st.one_of(NUMBERS, WORDS, st.booleans())


@st.composite
def parameters(draw: st.DrawFn) -> Parameter:
    if draw(st.booleans()):
        values = draw(st.lists(SCALARS, min_size=1, max_size=4, unique_by=str))
        return Parameter("p", ("requirement", "air_rise_k"), tuple(values))
    low = draw(st.integers(0, 100))
    is_whole = draw(st.booleans())
    return Parameter("p", ("requirement", "air_rise_k"), (), low, low + 5, is_whole)


@given(parameters())
def test_values_come_back_as_they_were(one: Parameter) -> None:
    from core.explore.sweeps.drafts import typed

    method = "grid" if one.values else "random"
    draft = Draft((Varied("p", "requirement:air_rise_k", typed(one)),), method)
    (read,) = draft.read().parameters
    assert read.values == one.values
    assert (read.low, read.high, read.integer) == (one.low, one.high, one.integer)
    assert draft_of(draft.read()).varied == draft_of(draft_of(draft.read()).read()).varied


def test_the_text_is_the_file_that_the_command_reads() -> None:
    draft = Draft(
        (Varied("host", "device:a", "a, b"), Varied("rise", "requirement:air_rise_k", "10 … 20")),
        "random", 50, 3, 40, ("least capex_usd",), ("power_max_w <= 5e5",), 'A "hall"', ("example", "hall"),
    )  # fmt: skip
    spec = read_spec(draft.text(), "s.toml")
    assert (spec.name, spec.method, spec.points, spec.seed) == ('A "hall"', "random", 50, 3)
    assert spec.base == ("example", "hall")
    assert [one.values for one in spec.parameters] == [("a", "b"), ()]
    assert (spec.limits[0].value, spec.objectives[0].sense) == (5e5, "least")
    assert draft_of(spec).text() == draft_of(read_spec(draft_of(spec).text(), "s.toml")).text()


@pytest.mark.parametrize(
    ("values", "said"),
    [("", "list of values"), ("1, 1", "listed twice"), ("5 … 2", "not above")],
)
def test_what_cannot_be_read_is_told(values: str, said: str) -> None:
    with pytest.raises(CagenutError, match=said):
        Draft((Varied("p", "requirement:air_rise_k", values),), "random").read()


def test_the_example_of_the_sweeps_comes_back() -> None:
    path = ROOT / "resources/sweeps/unit-of-h100.toml"
    spec = read_spec(path.read_text("utf-8"), path.name)
    again = draft_of(spec).read()
    assert (again.parameters, again.limits, again.objectives) == (
        spec.parameters, spec.limits, spec.objectives,
    )  # fmt: skip


def test_names_are_taken_once() -> None:
    assert unused("a b", ()) == "a_b"
    assert unused("a b", ("a_b", "a_b_2")) == "a_b_3"
    assert unused("…", ()) == "value"


@pytest.mark.parametrize("name", ["hall", "superpod-h100-su"])
def test_a_design_offers_what_can_be_set(name: str) -> None:
    project = load(ROOT / f"resources/examples/{name}.cage")[0]
    found = choices(project, Library.builtin())
    assert len({one.target for one in found}) == len(found)
    groups = {one.group for one in found}
    assert groups <= set(GROUPS)
    assert {"Accelerator systems", "Switches", "Racks", "Prices", "Workloads", "Assumptions"} <= groups
    for one in found:
        spec = Draft((Varied(unused(one.name, ()), one.target, one.values),)).read()
        assert fault(spec.parameters[0])[0] == "", one.target
    fabrics = [one for one in found if one.group == "Fabrics"]
    assert bool(fabrics) == (name == "superpod-h100-su")
