"""A progress bar on a terminal for long work; silent in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def bar(items: Iterable[T], unit: str, total: int | None = None, delay: float = 0) -> Iterator[T]:
    """The items, with a bar on standard error when that is a terminal; it shows itself after `delay` seconds."""
    if not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, total=total, unit=unit, delay=delay, file=sys.stderr)


def say(line: str) -> None:
    """A line on standard output, above the bar where there is one."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        tqdm.write(line)
    else:
        print(line, flush=True)
