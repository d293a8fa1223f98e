"""The `regex` package as this project uses it: a pattern is compiled when it is first asked, not when it is written down.

    from pipeline import rx as regex

One file needs part of the patterns, and compiling them all takes longer than reading it. Patterns given as text to
`search`, `sub` and the like are compiled once.

    python -m pipeline.rx

compiles all that are written down, as patterns of their own or in a call, and keeps them where Python keeps byte code, for this version of Python and `regex`;
what is not found there, word for word, is compiled as ever. `make setup` calls it.
"""

from __future__ import annotations

import ast
import importlib
import os
import pickle
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, AnyStr, cast

import regex
from regex import DOTALL, IGNORECASE, V1, VERBOSE, I, M, Match, Pattern, S, escape

__all__ = [
    "DOTALL", "IGNORECASE", "V1", "VERBOSE", "I", "M", "Match", "Pattern", "S", "compile", "escape", "findall", "finditer", "fullmatch", "match",
    "search", "split", "sub",
]  # fmt: skip


STORE = Path(__file__).parent / "__pycache__" / f"patterns.{sys.implementation.cache_tag}.regex-{regex.__version__}"

ASKING = frozenset(("search", "match", "fullmatch", "findall", "finditer", "split", "sub"))

DAMAGED = (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError, RuntimeError)
"""What loading a store can raise that another program or half a disk has spoilt, or that lacks what is asked."""

_written: list[_Later] = []
"""Every pattern written down in the modules loaded so far."""


@lru_cache(maxsize=1024)
def _compiled(pattern: Any, flags: int) -> Pattern[Any]:
    return _kept(pattern, flags) or regex.compile(pattern, flags)


def _kept(pattern: Any, flags: int) -> Pattern[Any] | None:
    """The pattern from the store, made ready by itself: a process asks for half of them at most."""
    try:
        found = pickle.loads(_stored()[pattern, flags])
    except DAMAGED:
        return None
    return found if isinstance(found, Pattern) else None


@cache
def _stored() -> dict[tuple[Any, int], bytes]:
    try:
        found = pickle.loads(STORE.read_bytes())
    except (OSError, *DAMAGED):  # none there, or damaged: as if there were none
        return {}
    return found if isinstance(found, dict) else {}


def store() -> None:
    """Compile the patterns of all modules and keep them in STORE."""
    folder = Path(__file__).parent
    for module in pkgutil.walk_packages([str(folder)], "pipeline."):
        with suppress(ImportError):  # a reader whose library is not installed
            importlib.import_module(module.name)
    kept = {(p.pattern, p.flags): pickle.dumps(regex.compile(p.pattern, p.flags)) for p in _written}
    for pattern in dict.fromkeys(own for path in sorted(folder.rglob("*.py")) for own in _in_calls(path.read_bytes())):
        with suppress(regex.error):  # one that is sound only with the flags given there
            kept.setdefault((pattern, 0), pickle.dumps(regex.compile(pattern)))
    STORE.parent.mkdir(exist_ok=True)
    fresh = STORE.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(pickle.dumps(kept))
    fresh.replace(STORE)


def _in_calls(source: bytes) -> Iterator[str | bytes]:
    """The patterns that stand as text in calls of this module's functions: `regex.search(r"[0-9]+", text)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING and node.args:
            whose, pattern = node.func.value, node.args[0]
            if isinstance(whose, ast.Name) and whose.id == "regex" and isinstance(pattern, ast.Constant):
                yield pattern.value  # type: ignore[misc]


class _Later:
    """A pattern not yet compiled. Each attribute asked for is kept, so that the next call goes straight to it."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self.flags = int(flags)
        _written.append(self)

    def __getattr__(self, name: str) -> Any:
        value = getattr(_compiled(self.pattern, self.flags), name)
        setattr(self, name, value)
        return value

    def __repr__(self) -> str:
        return f"rx.compile({self.pattern!r})"


def compile(pattern: AnyStr, flags: int = 0) -> Pattern[AnyStr]:
    """A pattern that is compiled when it is first used; only then does a fault in it show."""
    return cast("Pattern[AnyStr]", _Later(pattern, flags))


def search(pattern: AnyStr, text: AnyStr, flags: int = 0) -> Match[AnyStr] | None:
    return _compiled(pattern, flags).search(text)


def match(pattern: AnyStr, text: AnyStr, flags: int = 0) -> Match[AnyStr] | None:
    return _compiled(pattern, flags).match(text)


def fullmatch(pattern: AnyStr, text: AnyStr, flags: int = 0) -> Match[AnyStr] | None:
    return _compiled(pattern, flags).fullmatch(text)


def findall(pattern: AnyStr, text: AnyStr, flags: int = 0) -> list[Any]:
    return _compiled(pattern, flags).findall(text)


def finditer(pattern: AnyStr, text: AnyStr, flags: int = 0) -> Iterator[Match[AnyStr]]:
    return _compiled(pattern, flags).finditer(text)


def split(pattern: AnyStr, text: AnyStr, maxsplit: int = 0) -> list[Any]:
    return _compiled(pattern, 0).split(text, maxsplit)


def sub(pattern: AnyStr, by: AnyStr | Callable[[Match[AnyStr]], AnyStr], text: AnyStr, flags: int = 0) -> AnyStr:
    return _compiled(pattern, flags).sub(by, text)


if __name__ == "__main__":
    importlib.import_module("pipeline.rx").store()
