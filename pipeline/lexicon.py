"""Which characters stand side by side in Chinese words, and which hardly ever stand alone: general usage, beside that of the
document. Evidence for slips only; a pair that is not here may still be a word of the trade.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.kept import kept

TABLE = Path(__file__).parent / "data" / "pairs.tsv"
RARE, COMMON, FREQUENT = 1, 2, 3
"""Ranks of a pair: 10, 100, 1000 occurrences in the word list's corpus (TIERS is 10,000)."""
TIERS = 4
BEFORE = len("请\t\t".encode())
"""What stands in a line before the followers of a character that may stand alone."""


@cache
def _lines() -> dict[bytes, bytes]:
    """Character → its line, as in the table: a document asks for a few hundred of the 4,950. Each is a Chinese character, of
    three bytes, so that a remark's beginning is none."""
    return {line[:3]: line for line in TABLE.read_bytes().split(b"\n")}


@kept
def _row(char: str) -> list[str]:
    """Of a character: b or nothing, then its followers by kind of place and rank; of one that is not there nothing."""
    return _lines().get(char.encode(errors="replace"), b"").decode().split("\t")[1:]


def _place(pair: str) -> int | None:
    """The column of the pair's second character among the followers of its first."""
    followers = _row(pair[:1])[1:]
    return next((i for i, chars in enumerate(followers) if pair[1:] and pair[1:] in chars), None)


def rank(pair: str) -> int:
    """How common two characters are side by side within words: 0 (not seen) to 4.

    >>> rank("已经"), rank("专人"), rank("专入")
    (4, 2, 0)
    """
    place = _place(pair)
    return 0 if place is None else TIERS - place % TIERS


def is_seen(pair: str) -> bool:
    """Whether two characters stand side by side within any word: `rank` above 0, told sooner.

    >>> is_seen("专人"), is_seen("专入")
    (True, False)
    """
    return pair[1].encode(errors="replace") in _lines().get(pair[0].encode(errors="replace"), b"")[BEFORE:]


def begins(pair: str) -> bool:
    """Whether two characters begin a word.

    >>> begins("会议"), begins("意度")
    (True, False)
    """
    place = _place(pair)
    return place is not None and place // TIERS in (0, 1)


def ends(pair: str) -> bool:
    """Whether two characters end a word.

    >>> ends("员会"), ends("立健")
    (True, False)
    """
    place = _place(pair)
    return place is not None and place // TIERS in (0, 2)


def is_bound(char: str) -> bool:
    """Whether a character is hardly ever a word by itself.

    >>> is_bound("企"), is_bound("请")
    (True, False)
    """
    return "b" in _row(char)[:1]
