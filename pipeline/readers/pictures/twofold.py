"""A line read from two pictures of it: where the readings differ the surer one is taken, and left in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from msgspec.structs import replace

from pipeline.readers.pictures.ocr import Char, is_chinese

ROOM = 1.5
"""Characters further apart than this, in the line's usual distance, have room for one between them."""

SEEN, BEYOND = 0.3, 0.9
"""Least confidence of a character that only the second picture shows: where the first has room, and past its ends, where
a seal's own words may stand."""

DOUBT = 0.6
"""Confidence of a character on which the pictures differ, at most."""


def agreed(first: Sequence[Char], second: Sequence[Char]) -> list[Char]:
    """The characters of a line of which `first` may lack some and `second` may show some that are none of it."""
    pitch = _pitch(first) or _pitch(second)
    out: list[Char] = []
    matcher = SequenceMatcher(None, [c.text for c in first], [c.text for c in second], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        mine, theirs = first[a:b], second[c:d]
        if kind == "equal":
            out += [max(pair, key=lambda char: char.confidence) for pair in zip(mine, theirs, strict=True)]
        elif kind == "delete":
            out += _doubted(mine)
        elif kind == "insert":
            before, after = first[a - 1] if a else None, first[a] if a < len(first) else None
            if before is None or after is None:
                out += _doubted(theirs) if _least(theirs) >= BEYOND else []
            elif pitch and after.centre - before.centre > ROOM * pitch and _least(theirs) >= SEEN:
                out += _doubted(theirs)
        elif _least(theirs) > _least(mine):
            out += _doubted(theirs, "".join(char.text for char in mine))
        else:
            out += _doubted(mine)
    return out


def _least(chars: Sequence[Char]) -> float:
    return min(char.confidence for char in chars)


def _doubted(chars: Sequence[Char], raw: str = "") -> list[Char]:
    """The characters with the doubt that goes with them; the first keeps what the first picture gave for all of them."""
    return [
        replace(char, confidence=min(char.confidence, DOUBT), raw=(raw if i == 0 else "") or char.raw) for i, char in enumerate(chars)
    ]


def _pitch(line: Sequence[Char]) -> float | None:
    """The usual distance of neighbouring Chinese characters, as a part of the line; None of a line of few."""
    steps = sorted(b.centre - a.centre for a, b in pairwise(line) if is_chinese(a.text) and is_chinese(b.text))
    return steps[len(steps) // 2] if len(steps) > 2 else None
