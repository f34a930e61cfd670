"""Constants of one's own: taken where there is a file, refused where it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.engine.inference.constants import shipped_constants as shipped_inference
from core.engine.own_constants import (
    MOST_BYTES,
    collective_constants,
    inference_constants,
    training_constants,
)
from core.errors import EngineError
from core.explore.fitting.constants_text import constants_text
from core.files.state import constants_folder


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
