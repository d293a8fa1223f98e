"""YAML files that people write by hand: parsed safely, or refused with the line that is wrong."""

from __future__ import annotations

from typing import Any

import yaml

from pipeline import rx as regex
from pipeline.errors import InputError

REMEDY = "write `key: value` lines"
UNPRINTABLE = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no report can show, the halves of characters among them: YAML lets them be written as escapes."""


def parse(text: str, where: str) -> tuple[yaml.Node | None, Any]:
    """The nodes of a YAML text, with their places, and its data. Raises InputError when it is none."""
    try:
        tree, data = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
        words = [t for t in yaml.scan(text, yaml.SafeLoader) if isinstance(t, yaml.ScalarToken)]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(_place(where, mark), f"not YAML ({str(getattr(error, 'problem', error)).splitlines()[0]})", REMEDY) from None
    except (RecursionError, ValueError, OverflowError) as error:
        raise InputError(where, f"not YAML ({str(error).splitlines()[0]})", REMEDY) from None
    unshown = next((t for t in words if UNPRINTABLE.search(t.value)), None)
    if unshown:
        raise InputError(_place(where, unshown.start_mark), "holds control characters or half a character", "write it as plain text")
    return tree, data


def _place(where: str, mark: yaml.Mark | None) -> str:
    return f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
