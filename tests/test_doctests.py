"""The examples in docstrings of the core are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import core

MODULES = [
    info.name
    for info in pkgutil.walk_packages(core.__path__, "core.")
    if not info.name.endswith("__main__") and not info.ispkg
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert result.failed == 0
