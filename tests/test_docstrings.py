"""The examples in docstrings are what the functions give."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from pipeline.kept import Kept
from tests.test_layers import modules

WITH_EXAMPLES = sorted(f"pipeline.{name}" for name, path in modules().items() if ">>> " in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_in_docstrings(name):
    module = import_module(name)
    found = doctest.testmod(module)
    runner = doctest.DocTestRunner()
    for kept in (value for value in vars(module).values() if isinstance(getattr(value, "__self__", None), Kept)):
        for test in doctest.DocTestFinder().find(kept.__self__.function, globs=vars(module)):
            runner.run(test)
    assert found.attempted + runner.tries
    assert not found.failed + runner.failures
