"""Constants of one's own: taken where there is a file, refused where it cannot be read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from core.engine.evaluation import Evaluator
from core.engine.inference.constants import shipped_constants as shipped_inference
from core.engine.own_constants import (
    MOST_BYTES,
    collective_constants,
    inference_constants,
    training_constants,
)
from core.engine.training.constants import shipped_constants as shipped_training
from core.errors import EngineError
from core.explore.fitting.constants_text import constants_text
from core.files.project_file import load
from core.files.state import constants_folder
from core.model.change import Edit
from core.model.history import History
from core.model.records import Requirement

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Path:
    constants_folder().mkdir(parents=True)
    return constants_folder()


def test_without_a_file_the_shipped_ones_are_taken() -> None:
    assert [words for _, words in (training_constants(), inference_constants(), collective_constants())] == [
        ""
    ] * 3


def test_a_file_is_taken_and_named(folder: Path) -> None:
    text = constants_text(shipped_inference()).replace('version = "0.11"', 'version = "0.99"')
    (folder / "inference.toml").write_text(text, encoding="utf-8")
    constants, words = inference_constants()
    assert constants.engines["vllm"].version == "0.99"
    assert words == f"constants of inference are your own: {folder / 'inference.toml'}"
    (folder / "inference.toml").write_text(text + "\n# changed", encoding="utf-8")
    assert inference_constants()[0] == constants
    (folder / "inference.toml").unlink()
    assert inference_constants() == (shipped_inference(), "")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[", b"x" * (MOST_BYTES + 1), b"[engines]\nvllm = 3\n"]
)
def test_a_bad_file_is_named_with_its_cure(folder: Path, content: bytes) -> None:
    (folder / "inference.toml").write_bytes(content)
    with pytest.raises(EngineError) as raised:
        inference_constants()
    assert raised.value.where == str(folder / "inference.toml")
    assert raised.value.cure == "Run cagenut calibrate again, or remove the file"


def test_energy_of_training_goes_by_the_own_power(folder: Path) -> None:
    """Power of 350 W whatever is done, 575 W of the host beside it, for 240 accelerators."""
    shipped = shipped_inference()
    half = {
        name: msgspec.structs.replace(power, base=0.5, memory=0.0, product=0.0)
        for name, power in shipped.power.items()
    }
    text = constants_text(msgspec.structs.replace(shipped, power=half))
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    (before,) = (r for r in Evaluator(project).evaluate().workloads.results if r.training is not None)
    (folder / "inference.toml").write_text(text, encoding="utf-8")
    (after,) = (r for r in Evaluator(project).evaluate().workloads.results if r.training is not None)
    assert before.training is not None
    assert after.training is not None
    step = after.training.step
    assert after.training.energy_j_token == pytest.approx((350 + 575) * 240 / step.tokens_s)
    assert after.training.energy_j_token < before.training.energy_j_token
    assert any("constants of inference are your own" in note for note in after.notes)
    assert not any("your own" in note for note in before.notes)


def test_results_do_not_outlive_the_constants_they_were_made_with(folder: Path) -> None:
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    evaluator = Evaluator(project)
    (before,) = (r for r in evaluator.evaluate().workloads.results if r.training is not None)
    slow = {
        name: msgspec.structs.replace(chip, bf16_share=chip.bf16_share / 2)
        for name, chip in shipped_training().accelerators.items()
    }
    text = constants_text(msgspec.structs.replace(shipped_training(), accelerators=slow))
    (folder / "training.toml").write_text(text, encoding="utf-8")
    edit = Edit(project, "Price")
    edit.put("requirements", Requirement(id="energy_usd_kwh", value=0.2))
    History(project).commit(edit.change())
    (after,) = (r for r in evaluator.evaluate().workloads.results if r.training is not None)
    assert before.training is not None
    assert after.training is not None
    assert after.training.step.step_s > 1.3 * before.training.step.step_s
