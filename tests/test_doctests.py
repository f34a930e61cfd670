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
    runner = doctest.DocTestRunner()
    for test in doctest.DocTestFinder().find(importlib.import_module(name)):
        # A run looks at every file that was ever read, also where there is nothing to run.
        if test.examples:
            runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
