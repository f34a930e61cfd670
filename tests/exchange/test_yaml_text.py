"""YAML as plain data."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CatalogueError
from core.exchange.yaml_text import MOST_BYTES, Mapping, Scalar, read_yaml

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z")), max_size=12)
DATA = st.dictionaries(
    st.text(alphabet="abcdefgh_", min_size=1, max_size=6),
    st.recursive(WORDS, lambda inner: st.lists(inner, max_size=3), max_leaves=6),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("written", ["1:10", "0123", "on", "1e3", "2024-01-01", "0x1F", "7.10", "~x", "No"])
def test_a_scalar_keeps_its_text(written: str) -> None:
    assert read_yaml(f"name: {written}", "x.yaml") == {"name": written}


def test_lines_are_known() -> None:
    data = read_yaml("---\nmodel: A\nports:\n  - name: p1\n    type: t\n", "x.yaml")
    model, ports = data["model"], data["ports"]
    assert isinstance(model, Scalar)
    assert model.line == 2
    assert isinstance(ports, list)
    assert isinstance(ports[0], Mapping)
    assert ports[0].line == 4


def test_null_is_nothing_unless_quoted() -> None:
    assert read_yaml("a: ~\nb:\nc: null\nd: 'null'\n", "x") == {"a": None, "b": None, "c": None, "d": "null"}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: &x 1\nb: *x\n", 1, "anchors and aliases"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases"),
        ("a: 1\nb:\n  <<: {c: &y 1}\n", 3, "anchors"),
        ("a: 1\na: 2\n", 2, "twice"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: 1\nb: !!python/object/apply:os.system ['x']\n", 2, "tag"),
        ("a: !!binary aGk=\n", 1, "tag"),
        ("a: 1\n? [b]\n: 2\n", 2, "key has to be a word"),
        ("a: 1\nb: [1, 2\n", 3, "no YAML"),
        ("a: 1\nb: \x07\n", 0, "no YAML"),
        ("a: " + "[" * 40 + "]" * 40, 1, "nested"),
        ("a: " + "[" * 200_000, 1, "nested"),
        ("- a\n- b\n", 0, "holds no type"),
        ("", 0, "holds no type"),
        ("just words", 0, "holds no type"),
        ("x" * (MOST_BYTES + 1), 0, "larger"),
    ],
)
def test_what_plain_data_has_no_need_of_is_refused(text: str, line: int, problem: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        read_yaml(text, "x.yaml")
    assert problem in refused.value.problem
    assert refused.value.where == (f"x.yaml, line {line}" if line else "x.yaml")
    assert refused.value.cure


@given(DATA)
def test_what_yaml_writes_is_read_back(data: dict[str, object]) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_style='"')
    assert read_yaml(text, "x") == data


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(read_yaml(text, "x"), dict)
    except CatalogueError as error:
        assert error.where.startswith("x")  # noqa: PT017
