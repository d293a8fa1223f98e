"""Rows without rules: which lines of text belong to which serial number, by where the numbers stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from math import inf

from msgspec import Struct

MISS = 0.3
"""A number stands this near, in line pitches, to where its row wants it (at its first line, or at its middle)."""

JOINT, TORN, REST = 0.01, 1.0, 0.8
"""Costs, in line pitches missed: a row that begins in the midst of even lines; a last row that the page's end tears; lines
of a row whose number is on the next page."""

MAX_REST = 6
"""Lines at the end of a page that may belong to a row whose number is on the next one."""

MAX_LINES = 60
"""Lines of one row; a longer row would be a page of its own."""

MAX_PAGE_LINES = 400
"""Lines of one page; the smallest readable print has half as many, and the work grows with their product."""


class Shares(Struct, frozen=True):
    """Lines shared out: `starts[i]` is the first line of anchor i; lines before `starts[0]` go on with the page before.

    `sure` is False when numbers at the top of their rows and numbers in the middle explain the lines equally well; `middle`
    says which of the two it is (None where both come to the same).
    """

    starts: tuple[int, ...]
    sure: bool
    middle: bool | None = None


def share_out(
    lines: Sequence[float],
    tops: Sequence[float],
    middles: Sequence[float],
    ends: Sequence[bool],
    leading: bool,
    trailing: bool = False,
    allowed: Collection[int] | None = None,
    prefer: bool | None = None,
) -> Shares | None:
    """Lines (middles, ascending) to anchors, all at the top or all in the middle of their lines.

    `tops`: the middle of each anchor's first line; `middles`: the middle of the whole anchor. `ends[i]`: line i closes a
    sentence, which settles what positions leave open. `leading`: lines may come before the first anchor's row;
    `trailing`: the last row may go on after the page. `allowed`: the lines at which rows may begin, when not all;
    `prefer`: the way (middle or not) that is taken where both fit. None when neither way fits.
    """
    if not lines or not tops or not len(tops) <= len(lines) <= MAX_PAGE_LINES:
        return None
    pitch = pitch_of(lines)
    joints = [_joint(lines, i, ends, pitch) if not i or allowed is None or i in allowed else inf for i in range(len(lines) + 1)]
    found: dict[bool, tuple[int, ...]] = {}
    for torn in (False, True) if trailing else (False,):
        for middle, anchors in ((False, tops), (True, middles)):
            skipped = sum(y < anchors[0] - 2 for y in lines) if leading and not middle else 0
            starts = _starts(lines[skipped:], anchors, middle, pitch, joints[skipped:], leading and middle, torn)
            if starts is not None:
                found[middle] = tuple(s + skipped for s in starts)
        if found:
            break
    if len(set(found.values())) == 1:
        return Shares(next(iter(found.values())), True, next(iter(found)) if len(found) == 1 else None)
    if prefer in found:
        return Shares(found[prefer], True, prefer)
    ranked = sorted(found, key=lambda way: _merit(lines, found[way], ends, pitch), reverse=True)
    if not ranked:
        return None
    sure = _merit(lines, found[ranked[0]], ends, pitch) > _merit(lines, found[ranked[1]], ends, pitch) + 0.2
    return Shares(found[ranked[0]], sure, ranked[0])


def _joint(lines: Sequence[float], i: int, ends: Sequence[bool], pitch: float) -> float:
    """What it costs that a row begins at line i: little, less where the gap is wide and the line above closes a sentence.
    Only settles what positions leave open."""
    if not 0 < i < len(lines):
        return 0.0
    wide = min((lines[i] - lines[i - 1]) / pitch - 1, 1.0)
    return JOINT * (1 - wide) * (1 if ends[i - 1] else 2)


def pitch_of(lines: Sequence[float]) -> float:
    """The distance of lines that follow each other."""
    steps = sorted(b - a for a, b in pairwise(lines) if b - a > 1)
    return steps[len(steps) // 4] if steps else 12.0


def _starts(
    lines: Sequence[float], anchors: Sequence[float], middle: bool, pitch: float, joints: Sequence[float], leading: bool, torn: bool
) -> tuple[int, ...] | None:
    """First lines with the least sum of misses; None when some miss is too large."""
    n = len(lines)
    free = range(min(n, MAX_LINES) if leading else 1)
    reached: dict[int, tuple[float, tuple[int, ...]]] = {s: (s * JOINT + joints[s], ()) for s in free if joints[s] < inf}
    for k, anchor in enumerate(anchors):
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        closing = k == len(anchors) - 1
        for start, (cost, starts) in reached.items():
            last = range(n, n + 1) if closing else range(start + 1, min(n, start + MAX_LINES) + 1)
            for end in last:
                if end <= start or (joints[end] == inf and not closing):
                    continue
                want = (lines[start] + lines[end - 1]) / 2 if middle else lines[start]
                miss = abs(anchor - want) / pitch
                if miss > MISS and not (closing and torn and middle and _within(anchor, lines[start], lines[end - 1], pitch)):
                    continue
                miss = miss if miss <= MISS else TORN  # the rest of a torn row is on the next page: its middle lies anywhere
                here = cost + miss + (joints[end] if not closing else 0.0)
                if end not in after or here < after[end][0]:
                    after[end] = (here, (*starts, start))
            rest = _with_rest(lines, start, anchor, pitch, joints) if closing and torn and middle and inf not in joints else None
            if rest is not None and (n not in after or cost + rest[0] < after[n][0]):
                after[n] = (cost + rest[0], (*starts, start, rest[1]))
        reached = after
    return reached[n][1] if n in reached else None


def _within(anchor: float, first: float, last: float, pitch: float) -> bool:
    return first - MISS * pitch <= anchor <= last + MISS * pitch


def _with_rest(lines: Sequence[float], start: int, anchor: float, pitch: float, joints: Sequence[float]) -> tuple[float, int] | None:
    """(cost, first line of the rest) where the last row closes with a sentence before the last lines: they begin a row
    whose number the page's end has torn off."""
    found = []
    for end in range(max(start + 1, len(lines) - MAX_REST), len(lines)):
        miss = abs(anchor - (lines[start] + lines[end - 1]) / 2) / pitch
        if miss <= MISS and joints[end] <= JOINT:
            found.append((miss + REST + joints[end], end))
    return min(found, default=None)


def _merit(lines: Sequence[float], starts: Sequence[int], ends: Sequence[bool], pitch: float) -> float:
    """Mean size of the gaps between rows, in pitches, and the share of rows whose last line closes a sentence."""
    bounds = [*(s for s in starts if s), len(lines)]
    gaps = [(lines[b] - lines[b - 1]) / pitch for b in bounds if b < len(lines)]
    return (sum(gaps) / len(gaps) if gaps else 1.0) + sum(ends[b - 1] for b in bounds) / len(bounds)
