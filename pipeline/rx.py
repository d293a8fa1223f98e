"""The `regex` package as this project uses it: a pattern is compiled when it is first asked, not when it is written down.

    from pipeline import rx as regex

One file needs part of the patterns, and compiling them all takes longer than reading it. Patterns given as text to
`search`, `sub` and the like are compiled once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, AnyStr, cast

import regex
from regex import DOTALL, IGNORECASE, V1, VERBOSE, I, M, Match, Pattern, S, escape

__all__ = [
    "DOTALL", "IGNORECASE", "V1", "VERBOSE", "I", "M", "Match", "Pattern", "S", "compile", "escape", "findall", "finditer", "fullmatch", "match",
    "search", "split", "sub",
]  # fmt: skip



@lru_cache(maxsize=1024)
def _compiled(pattern: Any, flags: int) -> Pattern[Any]:
    return regex.compile(pattern, flags)


class _Later:
    """A pattern not yet compiled. Each attribute asked for is kept, so that the next call goes straight to it."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self.flags = flags

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
