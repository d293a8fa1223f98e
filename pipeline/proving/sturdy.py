"""Margins when an error of any size costs the same: one label with a wrong digit can be ten points off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate

from pipeline.proving.programme import Programme
from pipeline.proving.puzzle import MARGIN_CAP

NEVER = 10_000

Ends = Sequence[Sequence[Collection[int]]]
"""Per section and start, the ends at which the section has exactly the points it declares; none where it declares none."""


def sturdy_margins(programme: Programme, starts: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """For each section, what the cheapest layout with another start costs when an error of any size costs the same.

    One label with a wrong digit can be ten points off; a proof must not rest on that being unlikely. The total and the
    pages are left aside, so the true margin is never smaller.
    """
    ends = [[programme.matches(section, start) for start in range(programme.rows)] for section in range(programme.sections)]
    before, after = _flat_forward(programme, ends), _flat_backward(programme, ends)
    out = []
    for section, ties in enumerate(starts):
        through = [one + two for one, two in zip(before[section], after[section], strict=True)]
        least = min(through[row] for row in ties)
        out.append(max(0, min([MARGIN_CAP, *(cost - least for row, cost in enumerate(through) if row not in ties)])))
    return tuple(out)


def _flat_forward(programme: Programme, ends: Ends) -> list[list[int]]:
    """Per section and row, the fewest errors (as cost) before it."""
    front = [0] + [NEVER] * programme.rows
    out = [front]
    for section, fact in enumerate(programme.puzzle.facts):
        paid = [cost + (0 if fact.holds(row) else fact.weight) for row, cost in enumerate(front)]
        wrong = programme.weights.declared if fact.declared else 0
        front = [NEVER, *(least + wrong for least in accumulate(paid[:-1], min))]
        for start, matching in enumerate(ends[section]):
            for end in matching if paid[start] < NEVER else ():
                if paid[start] < front[end]:
                    front[end] = paid[start]
        out.append(front)
    return out


def _flat_backward(programme: Programme, ends: Ends) -> list[list[int]]:
    """Per section and row, the fewest errors (as cost) from it on, its own place included."""
    back = [NEVER] * programme.rows + [0]
    out = [back]
    for section in range(programme.sections - 1, -1, -1):
        fact = programme.puzzle.facts[section]
        wrong = programme.weights.declared if fact.declared else 0
        least = [*accumulate(reversed(back[1:]), min)][::-1]
        front = [cost + wrong for cost in least] + [NEVER]
        for start, matching in enumerate(ends[section]):
            if matching:
                front[start] = min(front[start], *[back[end] for end in matching])
        back = [cost + (0 if fact.holds(row) else fact.weight) for row, cost in enumerate(front)]
        out.append(back)
    return out[::-1]
