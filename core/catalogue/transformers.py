"""Shapes of published transformers, and shapes as TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec

from core.catalogue.toml_text import canonical, converted, error_at, parse
from core.errors import CatalogueError, RecordError
from core.model.check import check
from core.model.records import TransformerRecord
from core.model.transformer import Transformer
from core.model.types import Citation


@cache
def presets() -> Mapping[str, Transformer]:
    """Return the transformers that ship with the program, by id, in the order of makers and sizes.

    Raises
    ------
    CatalogueError
        If the installation is damaged.

    Examples
    --------
    >>> presets()["llama-3-8b"].layers
    32
    """
    folder = files("resources").joinpath("models")
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
    found = [read_transformer(path.read_text(encoding="utf-8"), path.name) for path in paths]
    found.sort(key=lambda model: (model.maker.casefold(), _bulk(model), model.name))
    return MappingProxyType({model.id: model for model in found})


def read_transformer(text: str, where: str = "model") -> Transformer:
    """Return the shape that a TOML text holds.

    Parameters
    ----------
    text : str
        Content of the file: the fields of `Transformer`.
    where : str, optional
        Name of the file, for messages.

    Raises
    ------
    CatalogueError
        If it is no TOML, a field is unknown, missing or out of range, or the shape is impossible. The message
        names the line where it can.
    """
    known = frozenset(Transformer.__struct_fields__) | frozenset(Citation.__struct_fields__)
    model = converted(parse(text, where, holds="model"), Transformer, known, text, where)
    try:
        check("models", TransformerRecord(id=model.id, spec=model))
    except RecordError as error:
        raise CatalogueError(error.problem, where=where, cure=error.cure or "Correct the value") from None
    for number, citation in enumerate(model.sources):
        unknown = [name for name in citation.fields if name not in Transformer.__struct_fields__]
        if unknown:
            path = f"sources[{number}].fields"
            raise error_at(
                f"there is no field '{unknown[0]}'", path, text, where, "Remove it from the source"
            )
    return model


def write_transformer(model: Transformer) -> str:
    """Return the canonical TOML of a shape: `read_transformer` gives back an equal one.

    Examples
    --------
    >>> model = presets()["qwen3-8b"]
    >>> read_transformer(write_transformer(model)) == model
    True
    """
    return canonical(msgspec.to_builtins(model))


def unsourced(model: Transformer) -> tuple[str, ...]:
    """Return the fields that state a number which no source covers."""
    covered = {field for citation in model.sources for field in citation.fields}
    fields = msgspec.structs.fields(Transformer)
    return tuple(
        field.name
        for field in fields
        if type(getattr(model, field.name)) is int
        and getattr(model, field.name) != field.default
        and field.name not in covered
    )


def _bulk(model: Transformer) -> int:
    """Return what sizes are compared by: width of all feed-forward networks."""
    return model.layers * model.hidden * max(model.ffn, model.experts * model.expert_ffn)
