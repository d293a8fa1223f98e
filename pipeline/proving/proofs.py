"""What the numbers of one rubric prove: pure arithmetic, no text, no I/O.

A `Puzzle` holds the printed numbers as integers (points times `unit`), the section labels in order and what each
declares. An explanation says where every section starts, what the missing values are, and which printed numbers are
wrong (at most one criterion a section). Errors cost, by their size; an explanation with cost 0 takes every printed
number as it stands. The programme runs forward and backward over (cost, count): it gives the cheapest explanation,
how many are equally cheap, and for each boundary and each missing value its margin (the cheapest explanation that
puts it otherwise, less the best).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, reduce
from operator import or_
from typing import Literal

from msgspec.structs import replace

from pipeline.proving.programme import OVER, Arc, Forward, Layer, Programme
from pipeline.proving.puzzle import (
    CONDITIONAL_MARGIN,
    FAMILY,
    MARGIN_CAP,
    PROVED_MARGIN,
    Pattern,
    Puzzle,
    Summary,
    ValueFact,
    Weights,
)
from pipeline.proving.sturdy import sturdy_margins

Claim = Literal["proved", "conditional", "supported", "undecidable"]


@lru_cache(maxsize=16)
def programme_of(puzzle: Puzzle, weights: Weights = FAMILY[0]) -> Programme:
    """The programme of a puzzle, kept for a while: best explanations, margins and other weights ask for the same one."""
    return Programme(puzzle, weights)


def solve(puzzle: Puzzle, weights: Weights = FAMILY[0], margins: bool = True) -> Summary | None:
    """Everything the numbers say, or None when no explanation is worth its cost.

    `margins=False` looks only at the best explanations (margins then read 0).
    """
    if not puzzle.facts or len(puzzle.facts) > len(puzzle.points):
        return None
    programme = programme_of(puzzle, weights)
    best = programme.best()
    if best is None:
        return None
    cap = best + MARGIN_CAP - 1 if margins else best
    forward = programme.forward(cap)
    backward = programme.backward(forward, cap)
    starts, least = _boundaries(forward, backward, best)
    patterns = _patterns(programme, forward, backward, best)
    count = backward[0][0][0][1]
    return Summary(
        cost=best,
        count=count,
        starts=starts,
        margins=least,
        values=_values(programme, forward, backward, best, cap),
        patterns=patterns,
        complete=sum(p.count for p in patterns) == count,
        sturdy=sturdy_margins(programme, starts) if margins else (0,) * programme.sections,
    )


def cheapest(puzzle: Puzzle, limit: int) -> int | None:
    """The cost of the best explanation, or None when none is worth its cost (or it costs more than `limit`)."""
    return programme_of(puzzle).best(limit) if 0 < len(puzzle.facts) <= len(puzzle.points) else None


def _boundaries(
    forward: Forward, backward: list[Layer], best: int
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    starts, margins = [], []
    for before, after in zip(forward.layers[:-1], backward[:-1], strict=True):
        through: dict[int, int] = {}
        for start, rests in after.items():
            shifts = before[start]
            through[start] = min(shifts[shift][0] + cost for shift, (cost, _) in rests.items())
        ties = tuple(sorted(row for row, cost in through.items() if cost == best))
        rivals = [cost - best for row, cost in through.items() if row not in ties]
        starts.append(ties)
        margins.append(0 if len(ties) > 1 else min([MARGIN_CAP, *rivals]))
    return tuple(starts), tuple(margins)


def _values(
    programme: Programme, forward: Forward, backward: list[Layer], best: int, cap: int
) -> tuple[ValueFact, ...]:
    """For each missing value, the cheapest explanation with each of its possible values."""
    through: dict[int, dict[int, int]] = {row: {} for row in programme.values}
    equations: dict[int, int] = {}
    if not through:
        return ()
    least: dict[tuple[int, int, int, int], int] = {}
    for section, start, arc, cost in _gapped_arcs(programme, forward, backward, cap):
        key = (section, start, arc.end, arc.missing)
        least[key] = min(cost, least.get(key, cost))
    others = _OtherSums(programme.values)
    for (section, start, end, missing), cost in least.items():
        inside = others.inside(start, end)
        for row in inside:
            costs = through[row]
            for value in programme.values[row] if len(inside) > 1 else (missing,):
                if cost < costs.get(value, cost + 1) and others.make(start, end, row, missing - value):
                    costs[value] = cost
            if cost == best:
                fact = programme.puzzle.facts[section]
                checks = len(fact.declared) - len(inside) + (programme.tracked and fact.counted and len(programme.values) == 1)
                equations[row] = min(checks, equations.get(row, checks))
    out = []
    for row, costs in through.items():
        ties = tuple(sorted(v for v, cost in costs.items() if cost == best))
        rivals = [cost - best for v, cost in costs.items() if v not in ties]
        margin = 0 if len(ties) != 1 else min([MARGIN_CAP, *rivals])
        out.append(ValueFact(row, ties, margin, equations.get(row, -1)))
    return tuple(out)


class _OtherSums:
    """The sums that all missing values of a section but one can make: bit i of a mask stands for the least sum plus i."""

    def __init__(self, values: dict[int, tuple[int, ...]]) -> None:
        self.values = values
        self._inside: dict[tuple[int, int], list[int]] = {}
        self._masks: dict[tuple[int, int, int], tuple[int, int]] = {}

    def inside(self, start: int, end: int) -> list[int]:
        """The rows with missing values from `start` up to `end`."""
        if (start, end) not in self._inside:
            self._inside[start, end] = [row for row in self.values if start <= row < end]
        return self._inside[start, end]

    def make(self, start: int, end: int, row: int, total: int) -> bool:
        """Whether the others can sum to `total`."""
        key = (start, end, row)
        if key not in self._masks:
            base, mask = 0, 1
            for other in self.inside(start, end):
                if other != row:
                    low = min(self.values[other])
                    base, mask = base + low, reduce(or_, (mask << value - low for value in self.values[other]))
            self._masks[key] = base, mask
        base, mask = self._masks[key]
        return total >= base and bool(mask >> (total - base) & 1)


def _gapped_arcs(
    programme: Programme, forward: Forward, backward: list[Layer], cap: int
) -> Iterator[tuple[int, int, Arc, int]]:
    """Every arc over missing values in an explanation within the cap, with the cost of the cheapest that uses it."""
    absent = programme.absent
    for section, steps in enumerate(forward.steps):
        for start, shifts in forward.layers[section].items():
            for arc in steps[start]:
                rests = backward[section + 1].get(arc.end)
                if rests is None or absent[arc.end] == absent[start]:
                    continue
                room = cap - arc.cost
                least = OVER
                for shift, (cost, _) in shifts.items():
                    if (rest := rests.get(shift + arc.shift)) is not None and cost + rest[0] < least:
                        least = cost + rest[0]
                if least <= room:
                    yield section, start, arc, least + arc.cost


PATTERNS = 4000
"""Patterns listed at most; beyond it only the count is exact."""


State = tuple[int, int]
"""A row and the running deviation there."""


def _patterns(programme: Programme, forward: Forward, backward: list[Layer], best: int) -> tuple[Pattern, ...]:
    """The best explanations, those alike but for the criterion that is wrong taken as one, depth first."""
    out: list[Pattern] = []
    stack: list[tuple[State, int, tuple[tuple[int, Arc], ...]]] = [((0, 0), 0, ())]
    while stack and len(out) < PATTERNS:
        state, cost, path = stack.pop()
        if len(path) == programme.sections:
            out.append(_pattern(programme, path, state[1]))
            continue
        for arc in reversed(forward.steps[len(path)][state[0]]):
            after = (arc.end, state[1] + arc.shift)
            rest = backward[len(path) + 1].get(arc.end, {}).get(after[1])
            if rest is not None and cost + arc.cost + rest[0] == best:
                stack.append((after, cost + arc.cost, (*path, (state[0], arc))))
    return tuple(out)


def _pattern(programme: Programme, path: tuple[tuple[int, Arc], ...], shift: int) -> Pattern:
    count = 1
    for _, arc in path:
        count *= arc.ways
    total = programme.puzzle.total
    return Pattern(
        starts=tuple(start for start, _ in path),
        changes=tuple(arc.change for _, arc in path),
        missing=tuple(arc.missing for _, arc in path),
        sums=tuple(
            programme.known[arc.end] - programme.known[start] + arc.change + arc.missing for start, arc in path
        ),
        total=0 if total is None else programme.known[-1] + shift - total,
        count=count,
    )


def claim(puzzle: Puzzle, cost: int, ties: int, margin: int, sturdy: int) -> Claim:
    """What may be said of a boundary with this many possible starts and these margins, by the calibration.

    Two missing values leave the equations too free for a proof; so does one number that is wrong by much.
    """
    if ties > 1:
        return "undecidable"
    if cost > 0 or margin < CONDITIONAL_MARGIN:
        return "supported"
    return "proved" if min(margin, sturdy) >= PROVED_MARGIN and len(puzzle.missing) < 2 else "conditional"


def is_checked(value: ValueFact) -> bool:
    """Whether a missing value is proved: one is possible, an equation beyond the one that gives it agrees, and no label
    needs only to stand elsewhere for another."""
    return len(value.values) == 1 and value.redundancy >= 1 and value.margin >= CONDITIONAL_MARGIN


def robust_starts(puzzle: Puzzle, summary: Summary) -> tuple[tuple[int, ...], ...]:
    """Per section, every start that some best explanation has under some weights of the family.

    At cost 0 nothing is weighed, and a lone section starts at the first row: the summary's own starts stand.
    """
    if summary.cost == 0 or len(puzzle.facts) == 1:
        return summary.starts
    found = [set(rows) for rows in summary.starts]
    for weights in FAMILY[1:]:
        other = solve(puzzle, weights, margins=False)
        for held, rows in zip(found, other.starts if other else (), strict=False):
            held.update(rows)
    return tuple(tuple(sorted(rows)) for rows in found)


def walk(puzzle: Puzzle) -> tuple[tuple[tuple[State, ...], ...], tuple[tuple[State, ...], ...]]:
    """The zero-cost walk from both ends: per section, the states in which it can start when everything before is as
    printed, and those from which everything after is. A layout is unique where both share one row."""
    programme = programme_of(puzzle)
    forward: list[set[State]] = [{(0, 0)}]
    for section in range(programme.sections):
        rows = range(programme.rows + 1)
        steps = {start: tuple(programme.exact(section, start, rows)) for start in {row for row, _ in forward[-1]}}
        forward.append({(end, shift + more) for start, shift in forward[-1] for end, more in steps[start]})
    backward: list[set[State]] = [{(programme.rows, 0 if puzzle.total is None else puzzle.total - programme.known[-1])}]
    for section in range(programme.sections - 1, -1, -1):
        shifts: dict[int, list[int]] = {}
        for end, shift in backward[-1]:
            shifts.setdefault(end, []).append(shift)
        backward.append(
            {
                (start, shift - more)
                for start in range(section, programme.rows)
                for end, more in programme.exact(section, start, shifts)
                for shift in shifts[end]
            }
        )
    return tuple(tuple(sorted(f)) for f in forward), tuple(tuple(sorted(b)) for b in backward[::-1])


def tie(puzzle: Puzzle, expected: tuple[tuple[int, int], ...]) -> Puzzle:
    """The puzzle with rows tied to sections by named evidence."""
    return replace(puzzle, expected=expected)
