"""The `config.json` of a published transformer, as the Hugging Face library writes it, read as a shape."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import msgspec

from core.errors import FileError, RecordError
from core.exchange.config_keys import KEYS, Config
from core.files.scanning import Scanner
from core.model.check import check
from core.model.fields import NAME_LENGTH, fields_of
from core.model.records import TransformerRecord
from core.model.transformer import Transformer
from core.model.types import Citation

MOST_CHARACTERS = 1_000_000
_INNER = ("text_config", "llm_config", "language_config", "language_model_config", "thinker_config")
"""Where models of several senses keep the part that is a language model."""
_NEEDED = ("layers", "hidden", "heads", "vocab")
_MULTIPLE = frozenset(("gpt2", "gptj", "bloom", "falcon", "mpt", "opt", "starcoder2"))
"""Kinds whose feed-forward width is four times the hidden size where the file does not say."""
_PLAIN = _MULTIPLE | frozenset(("gpt_neox", "phi", "nemotron", "stablelm_alpha", "codegen", "gpt_bigcode"))
"""Kinds with two matrices in the feed-forward network."""
_TIED = frozenset(("gpt2", "gpt_bigcode", "bloom", "falcon", "mpt", "opt", "starcoder2"))
"""Kinds that share the embedding with the output where the file does not say."""
_LEARNED = frozenset(("gpt2", "gpt_bigcode", "opt"))
_FULL, _WINDOWED = "full_attention", "sliding_attention"


def read_config(text: str, name: str, where: str = "config.json") -> Transformer:
    """Return the shape that a `config.json` describes.

    Parameters
    ----------
    text : str
        Content of the file.
    name : str
        What to call the model, such as the name of its folder.
    where : str, optional
        Name of the file, for messages.

    Raises
    ------
    FileError
        If it is no JSON, too large, lacks a key or holds a value of another kind than it has to be, or
        describes something that is no decoder-only transformer. The message names keys and cure.

    Notes
    -----
    Read are the keys of Llama, Mistral, Mixtral, Qwen 2 and 3, DeepSeek, GPT-2, gpt-oss, Falcon and kin, of
    models with pictures those of their language part. Where a file leaves a key out the library's default
    stands; the notes of the model say so.

    Examples
    --------
    >>> read_config('''{"model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096,
    ...     "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
    ...     "vocab_size": 128256}''', "Mine").kv_heads
    8
    """
    config = Config(_language_part(_object(text, where), where), where)
    _refuse_other_kinds(config)
    values = {target: config.find(target) for target in KEYS}
    _require(config, values)
    if not values["kv_heads"]:
        values["kv_heads"] = _heads_of_keys(config, values["heads"])
    values["gated"] = _is_gated(config)
    values["tied"] = config.flag("tie_word_embeddings", config.kind in _TIED)
    values["positions"] = values["context"] if config.kind in _LEARNED else 0
    _experts(config, values)
    _window(config, values)
    cited = tuple(target for target in config.used if values.get(target))
    title = f"{where} of the model"
    return _checked(
        config,
        {
            "id": _id(name),
            "name": _plain(name),
            **values,
            "sources": (Citation(fields=cited, title=title, evidence="user"),),
            "notes": tuple(config.notes),
        },
    )


def _object(text: str, where: str) -> dict[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise FileError(
            f"the file is larger than {MOST_CHARACTERS:,} characters",
            where=where,
            cure="Choose the config.json beside the weights of the model",
        )
    scanner = Scanner(text.removeprefix("\ufeff"), where)
    if scanner.next_char() != "{":
        scanner.fail("this is no config.json", cure="It is a JSON object with keys such as hidden_size")
    found: dict[str, Any] = scanner.value()
    if scanner.next_char():
        scanner.fail("something follows the object")
    return found


def _language_part(data: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the object with the keys of the language model."""
    for name in _INNER:
        inner = data.get(name)
        if isinstance(inner, dict) and not any(key in data for key in KEYS["layers"]):
            # A part says only what it has of its own; whether embeddings are shared stands outside.
            shared: dict[str, Any] = {k: data[k] for k in ("tie_word_embeddings", "model_type") if k in data}
            return _language_part(shared | inner, where)
    return data


def _refuse_other_kinds(config: Config) -> None:
    if config.flag("is_encoder_decoder", False):
        raise config.fail("this model has an encoder, which is not modelled")
    kinds = config.values.get("layer_types")
    if kinds is not None:
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise config.fail("layer_types is no list of words")
        other = sorted(set(kinds) - {_FULL, _WINDOWED, "chunked_attention"})
        if other:
            raise config.fail(f"layers of the kind '{other[0][:40]}' are not modelled")
    for name in ("state_size", "ssm_cfg", "mamba_d_state", "block_configs"):
        if config.values.get(name) is not None:
            raise config.fail(f"{name} speaks of layers that are not modelled")


def _require(config: Config, values: dict[str, Any]) -> None:
    missing = [KEYS[target][0] for target in _NEEDED if not values[target]]
    if not values["ffn"] and not values["expert_ffn"]:
        if config.kind in _MULTIPLE:
            values["ffn"] = 4 * values["hidden"]
            config.notes.append("Feed-forward width: four times the hidden size, as the file names none.")
        else:
            missing.append("intermediate_size")
    if values["experts"] and not values["experts_per_token"]:
        missing.append("num_experts_per_tok")
    if values["kv_rank"]:
        missing += [KEYS[part][0] for part in ("nope_dim", "rope_dim", "value_dim") if not values[part]]
    if missing:
        names = ", ".join(missing)
        raise config.fail(
            f"the file lacks {names}",
            "Add them: the library that wrote the file knows their defaults"
            if len(missing) < len(_NEEDED)
            else "Choose the config.json beside the weights of a language model",
        )


def _heads_of_keys(config: Config, heads: int) -> int:
    """Return the heads of keys and values where no key counts them."""
    if config.kind == "falcon" and config.flag("new_decoder_architecture", False):
        raise config.fail("the file lacks num_kv_heads", "Add it: the model card knows it")
    if config.flag("multi_query", config.kind == "falcon"):
        config.notes.append("One head of keys and values (multi_query).")
        return 1
    return heads


def _is_gated(config: Config) -> bool:
    if config.kind in _PLAIN:
        return False
    action = config.values.get("hidden_act", config.values.get("activation_function"))
    if action in ("relu2", "relu", "gelu_new"):
        return False
    if not config.kind:
        config.notes.append("The file names no model_type: a gated feed-forward network is assumed.")
    return True


def _experts(config: Config, values: dict[str, Any]) -> None:
    if not values["experts"]:
        for name in ("experts_per_token", "shared_experts", "expert_ffn", "dense_layers", "expert_groups"):
            values[name] = 0
        return
    if not values["expert_ffn"]:  # Mixtral and gpt-oss: the width is that of an expert
        values["expert_ffn"], values["ffn"] = values["ffn"], 0
        config.used["expert_ffn"] = config.used.pop("ffn", "intermediate_size")
    shared = config.number("shared_expert_intermediate_size")
    if shared and not values["shared_experts"]:
        values["shared_experts"] = max(round(shared / values["expert_ffn"]), 1)
    groups = config.number("n_group")
    if groups and values["expert_groups"] >= groups:
        values["expert_groups"] = 0  # no limit at all
    values["dense_layers"] += _thinned(config, values["layers"] - values["dense_layers"])
    if values["dense_layers"] >= values["layers"]:
        raise config.fail("no layer has experts though the file names some")
    if not values["dense_layers"]:
        values["ffn"] = 0  # Qwen 3 names a width that no layer uses


def _thinned(config: Config, layers: int) -> int:
    """Return the layers without experts beyond the first dense ones."""
    listed = config.values.get("mlp_only_layers")
    if listed:
        if not isinstance(listed, list) or not all(type(n) is int for n in listed):
            raise config.fail("mlp_only_layers is no list of numbers")
        count = len(set(listed))
    else:
        count = 0
    for name in ("decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_freq"):
        step = config.number(name)
        if step > 1:
            count += layers - layers // step
            config.notes.append(f"{name} is {step}: layers without experts are counted as the first ones.")
            break
    return count


def _window(config: Config, values: dict[str, Any]) -> None:
    values["window"] = values["window_layers"] = 0
    window, layers = config.number("sliding_window"), values["layers"]
    kinds = config.values.get("layer_types")
    if not window or config.values.get("use_sliding_window") is False:
        return
    if kinds:
        count = sum(kind == _WINDOWED for kind in kinds)
    elif config.number("sliding_window_pattern") > 1:
        count = layers - layers // config.number("sliding_window_pattern")
    elif config.kind in ("gemma2", "gpt_oss"):
        count = (layers + 1) // 2
    elif config.kind.startswith("qwen"):
        count = max(layers - config.number("max_window_layers"), 0)
    else:
        count = layers
    if count:
        values["window"], values["window_layers"] = window, min(count, layers)


def _checked(config: Config, values: dict[str, Any]) -> Transformer:
    for target, known in fields_of(Transformer).items():
        value = values.get(target)
        if type(value) is int and known.high is not None and value > known.high:
            key = config.used.get(target, target)
            raise config.fail(f"{key} is {value:,}, more than {known.high:,.0f}")
    try:
        model = msgspec.convert(values, Transformer)
        check("models", TransformerRecord(id=model.id, spec=model))
    except msgspec.ValidationError as error:
        raise config.fail(str(error)) from None
    except RecordError as error:
        raise config.fail(error.problem, error.cure or "Compare with the model card") from None
    return model


def _plain(name: str) -> str:
    """Return a name as records have it: composed characters, no control characters, not too long."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text)
    return " ".join(kept.split())[:NAME_LENGTH].strip() or "Model"


def _id(name: str) -> str:
    """Return an id made of a name.

    Examples
    --------
    >>> _id("Qwen/Qwen3-30B A3B")
    'qwen-qwen3-30b-a3b'
    """
    return re.sub(r"[^a-z0-9._+-]+", "-", name.lower()).strip("-.")[:64] or "model"
