"""The small languages inside OFD attributes: numbers, spacing runs, abbreviated paths."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pipeline import limits
from pipeline import rx as regex

Sub = list[tuple[float, float]]

_TOKEN = regex.compile(r"[A-Za-z]|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


def numbers(text: str | None) -> list[float]:
    """The numbers of an attribute; `#ee` is hexadecimal (colours). Unreadable ones are left out.

    >>> numbers("0 12.5 -3"), numbers("#ff #0 #10"), numbers(None)
    ([0.0, 12.5, -3.0], [255.0, 0.0, 16.0], [])
    """
    out = []
    for word in (text or "").replace(",", " ").split():
        try:
            value = float(int(word[1:], 16)) if word.startswith("#") else float(word)
        except ValueError:
            continue
        if math.isfinite(value) and abs(value) < 1e7:
            out.append(value)
    return out


def spacing(text: str | None, count: int) -> list[float]:
    """DeltaX or DeltaY as one advance a character; `g 3 5.5` means 5.5 three times.

    >>> spacing("1 g 3 5.5 2", 9)
    [1.0, 5.5, 5.5, 5.5, 2.0]
    """
    out: list[float] = []
    words = (text or "").replace(",", " ").split()
    i = 0
    while i < len(words) and len(out) < count:
        run = 1
        if words[i] == "g" and i + 2 < len(words):
            run = int((numbers(words[i + 1]) or [1])[0])
            i += 2
        out += (numbers(words[i]) or [0.0]) * max(1, min(run, count))
        i += 1
    return out[:count]


def outline(text: str) -> list[Sub]:
    """The subpaths of an abbreviated path (S M L Q B A C) as corner points; curves keep their end points.

    >>> outline("M 0 0 L 5 0 L 5 2 C")
    [[(0.0, 0.0), (5.0, 0.0), (5.0, 2.0), (0.0, 0.0)]]
    """
    tokens = _TOKEN.findall(text[: limits.MAX_LINE_CHARS])
    subs: list[Sub] = []
    i = 0
    while i < len(tokens):
        word = tokens[i]
        takes = _TAKES.get(word)
        i += 1
        if takes is None:
            continue
        values: list[float] = []
        while len(values) < takes and i < len(tokens) and not tokens[i].isalpha():
            values.append(float(tokens[i]))
            i += 1
        if len(values) == takes:
            _extend(subs, word, values)
    return subs


def _extend(subs: list[Sub], word: str, values: list[float]) -> None:
    if word == "C":
        if subs and len(subs[-1]) > 1:
            subs[-1].append(subs[-1][0])
        return
    point = (values[-2], values[-1])
    if word in "SM" or not subs:
        subs.append([point])
    else:
        subs[-1].append(point)


def boxed(points: Iterable[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The box (x0, y0, x1, y1) around points, of which there is one at least.

    >>> boxed([(3, 1), (2, 5)])
    (2, 1, 3, 5)
    """
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
