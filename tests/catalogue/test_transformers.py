"""Shapes of published transformers."""

from __future__ import annotations

import pytest

from core.catalogue.transformers import presets, read_transformer, unsourced, write_transformer
from core.engine.transformer import active_parameters, matmul_parameters, parameters
from core.errors import CatalogueError
from core.model.transformer import Transformer

TOTAL = {  # billions, as published
    "llama-3-8b": 8.03, "llama-3-70b": 70.55, "llama-3-405b": 405.85, "gpt-3-175b": 174.6,
    "mixtral-8x7b": 46.7, "deepseek-v3": 671, "qwen3-8b": 8.2,
    "qwen3-32b": 32.8, "qwen3-30b-a3b": 30.5, "qwen3-235b-a22b": 235,
    "gpt-oss-120b": 116.8,
}  # fmt: skip
ACTIVE = {"mixtral-8x7b": 12.9, "qwen3-30b-a3b": 3.3, "qwen3-235b-a22b": 22}


def test_presets_are_those_that_were_asked_for() -> None:
    assert set(presets()) == set(TOTAL)


@pytest.mark.parametrize("name", TOTAL)
def test_parameters_come_out_as_published(name: str) -> None:
    published = TOTAL[name]
    step = 0.5 if published == int(published) else 0.5 * 10 ** -len(str(published).split(".")[1])
    assert parameters(presets()[name]) / 1e9 == pytest.approx(published, abs=step)


@pytest.mark.parametrize("name", ACTIVE)
def test_active_parameters_come_out_as_published(name: str) -> None:
    assert active_parameters(presets()[name]) / 1e9 == pytest.approx(ACTIVE[name], rel=0.02)


def test_active_parameters_without_the_input_embedding() -> None:
    """OpenAI counts 5.13e9 with the output head alone; DeepSeek says 37e9."""
    assert matmul_parameters(presets()["gpt-oss-120b"]) / 1e9 == pytest.approx(5.13, abs=0.005)
    assert matmul_parameters(presets()["deepseek-v3"]) / 1e9 == pytest.approx(37, abs=0.5)


@pytest.mark.parametrize("name", TOTAL)
def test_every_number_has_a_source_and_the_file_is_canonical(name: str) -> None:
    model = presets()[name]
    assert unsourced(model) == ()
    assert read_transformer(write_transformer(model), name) == model


def test_what_is_wrong_is_said_with_its_line() -> None:
    text = write_transformer(presets()["llama-3-8b"])
    with pytest.raises(
        CatalogueError, match=r"m.toml, line 4: there is no field 'layerz'. Did you mean layers"
    ):
        read_transformer(text.replace("layers =", "layerz ="), "m.toml")
    with pytest.raises(CatalogueError, match="line 4: layers: expected"):
        read_transformer(text.replace("layers = 32", "layers = 0"), "m.toml")
    with pytest.raises(CatalogueError, match="must be a multiple"):
        read_transformer(text.replace("kv_heads = 8", "kv_heads = 7"), "m.toml")
    with pytest.raises(CatalogueError, match="no field 'widths'"):
        read_transformer(text.replace('"context", "gated"', '"context", "widths"'), "m.toml")
    with pytest.raises(CatalogueError, match="no TOML"):
        read_transformer("layers = ", "m.toml")


def test_a_number_without_a_source_is_told() -> None:
    model = Transformer(id="m", name="M", layers=2, hidden=8, heads=2, kv_heads=2, ffn=16, vocab=9)
    assert unsourced(model) == ("layers", "hidden", "heads", "kv_heads", "ffn", "vocab")
