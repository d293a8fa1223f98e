"""Rows without rules: which lines of text belong to which serial number, by where the numbers stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MISS = 0.3
"""A number stands this near, in line pitches, to where its row wants it (at its first line, or at its middle)."""

MAX_LINES = 60
"""Lines of one row; a longer row would be a page of its own."""

MAX_PAGE_LINES = 400
"""Lines of one page; the smallest readable print has half as many, and the work grows with their product."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Lines shared out: `starts[i]` is the first line of anchor i; lines before `starts[0]` go on with the page before.

    `sure` is False when numbers at the top of their rows and numbers in the middle explain the lines equally well.
    """

    starts: tuple[int, ...]
    sure: bool


def share_out(
    lines: Sequence[float], tops: Sequence[float], middles: Sequence[float], ends: Sequence[bool], leading: bool
) -> Shares | None:
    """Lines (middles, ascending) to anchors, all at the top or all in the middle of their lines.

    `tops`: the middle of each anchor's first line; `middles`: the middle of the whole anchor. `ends[i]`: line i closes a
    sentence, which settles what positions leave open. `leading`: lines may come before the first anchor's row. None when
    neither way fits.
    """
    if not lines or not tops or not len(tops) <= len(lines) <= MAX_PAGE_LINES:
        return None
    pitch = pitch_of(lines)
    found = []
    for middle, anchors in ((False, tops), (True, middles)):
        skipped = sum(y < anchors[0] - 2 for y in lines) if leading and not middle else 0
        starts = _starts(lines[skipped:], anchors, middle, pitch)
        if starts is not None:
            found.append(tuple(s + skipped for s in starts))
    ways = list(dict.fromkeys(found))
    if not ways:
        return None
    ranked = sorted(ways, key=lambda w: _merit(lines, w, ends, pitch), reverse=True)
    sure = len(ways) == 1 or _merit(lines, ranked[0], ends, pitch) > _merit(lines, ranked[1], ends, pitch) + 0.2
    return Shares(ranked[0], sure)


def pitch_of(lines: Sequence[float]) -> float:
    """The distance of lines that follow each other."""
    steps = sorted(b - a for a, b in pairwise(lines) if b - a > 1)
    return steps[len(steps) // 4] if steps else 12.0


def _starts(lines: Sequence[float], anchors: Sequence[float], middle: bool, pitch: float) -> tuple[int, ...] | None:
    """First lines with the least sum of misses; None when some miss is too large."""
    n = len(lines)
    reached: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for k, anchor in enumerate(anchors):
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, starts) in reached.items():
            last = range(n, n + 1) if k == len(anchors) - 1 else range(start + 1, min(n, start + MAX_LINES) + 1)
            for end in last:
                if end <= start:
                    continue
                want = (lines[start] + lines[end - 1]) / 2 if middle else lines[start]
                miss = abs(anchor - want) / pitch
                if miss <= MISS and (end not in after or cost + miss < after[end][0]):
                    after[end] = (cost + miss, (*starts, start))
        reached = after
    return reached[n][1] if n in reached else None


def _merit(lines: Sequence[float], starts: Sequence[int], ends: Sequence[bool], pitch: float) -> float:
    """Mean size of the gaps between rows, in pitches, and the share of rows whose last line closes a sentence."""
    bounds = [*(s for s in starts if s), len(lines)]
    gaps = [(lines[b] - lines[b - 1]) / pitch for b in bounds if b < len(lines)]
    return sum(gaps) / max(len(gaps), 1) + sum(ends[b - 1] for b in bounds) / len(bounds)
