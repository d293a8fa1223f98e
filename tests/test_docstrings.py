"""The examples in docstrings are what the functions give."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from tests.test_layers import modules

WITH_EXAMPLES = sorted(f"pipeline.{name}" for name, path in modules().items() if ">>> " in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_in_docstrings(name):
    found = doctest.testmod(import_module(name))
    assert found.attempted
    assert not found.failed
