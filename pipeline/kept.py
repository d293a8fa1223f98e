"""Answers to what is asked of the same texts again and again: a cell is cleaned, folded and read dozens of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

SHORT = 400
"""Cells and lines up to this length are kept; longer ones would fill the memory and are seldom asked about twice."""

MOST = 8192
"""So many answers are kept; then it begins anew."""

Answer = TypeVar("Answer")


class Kept(dict[str, Answer], Generic[Answer]):
    """The answers of a function of one text, by the text. `Kept(function).__getitem__` answers as the function does, and
    without a call where it was asked before: that takes a third of the time of a function that remembers."""

    def __init__(self, function: Callable[[str], Answer]) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, text: str) -> Answer:
        answer = self.function(text)
        if len(text) <= SHORT:
            if len(self) >= MOST:
                self.clear()
            self[text] = answer
        return answer


def kept(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """The same function, which keeps its answers."""
    return Kept(function).__getitem__
