"""What the numbers of one rubric prove: pure arithmetic, no text, no I/O.

A `Puzzle` holds the printed numbers as integers (points times `unit`), the section labels in order and what each
declares. An explanation says where every section starts, what the missing values are, and which printed numbers are
wrong (at most one criterion a section). Errors cost, by their size; an explanation with cost 0 takes every printed
number as it stands. The programme runs forward and backward over (cost, count): it gives the cheapest explanation,
how many are equally cheap, and for each boundary and each missing value its margin (the cheapest explanation that
puts it otherwise, less the best).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Literal

from pipeline.puzzle import (
    CONDITIONAL_MARGIN,
    FAMILY,
    HOPELESS,
    LARGE,
    MARGIN_CAP,
    PROVED_MARGIN,
    Fact,
    Pattern,
    Puzzle,
    Summary,
    ValueFact,
    Weights,
)

Claim = Literal["proved", "conditional", "supported", "undecidable"]


@dataclass(frozen=True, slots=True)
class Arc:
    """Section from a known row up to `end`: `shift` to the running deviation, its cost, in how many ways, the change
    of one criterion in it, and the sum of its missing values."""

    end: int
    shift: int
    cost: int
    ways: int
    change: int
    missing: int


State = tuple[int, int]
Layer = dict[State, tuple[int, int]]


class Programme:
    """The arithmetic of one puzzle under one set of weights."""

    def __init__(self, puzzle: Puzzle, weights: Weights = FAMILY[0]) -> None:
        self.puzzle, self.weights = puzzle, weights
        self.rows, self.sections = len(puzzle.points), len(puzzle.facts)
        self.known = [0, *accumulate(p or 0 for p in puzzle.points)]
        self.values = dict(puzzle.missing)
        self.tracked = puzzle.total is not None
        self._eligible: dict[int, list[int]] = {}
        self._arcs: dict[tuple[int, int, int], tuple[Arc, ...]] = {}

    def charge(self, base: int, error: int) -> int:
        """The cost of one number that is wrong by `error`."""
        return base + self.weights.slope * (-(-abs(error) // self.puzzle.unit) - 1) if error else 0

    def reach(self, base: int, budget: int) -> int:
        """The largest error that costs at most `budget`."""
        return ((budget - base) // self.weights.slope + 1) * self.puzzle.unit if budget >= base else 0

    def eligible(self, change: int) -> list[int]:
        """Prefix counts of the printed criteria that could be wrong by `change` and still give points."""
        if change not in self._eligible:
            able = (int(bool(p) and p + change > 0) for p in self.puzzle.points)  # type: ignore[operator]
            self._eligible[change] = [0, *accumulate(able)]
        return self._eligible[change]

    @cached_property
    def foreign(self) -> list[list[int]]:
        """Per section, prefix counts of the rows that evidence ties to another section."""
        tied = dict(self.puzzle.expected)
        return [
            [0, *accumulate(int(tied.get(row, k) != k) for row in range(self.rows))] for k in range(self.sections)
        ]

    @cached_property
    def pages(self) -> list[tuple[int, int] | None]:
        """Per section, the rows [low, high) on the table parts its label stands on."""
        out: list[tuple[int, int] | None] = []
        for fact in self.puzzle.facts:
            on = [i for i, piece in enumerate(self.puzzle.pieces) if piece in fact.pieces]
            out.append((on[0], on[-1] + 1) if on else None)
        return out

    def place(self, section: int, start: int, end: int) -> int | None:
        """What it costs that this section has these rows; None when evidence forbids it."""
        if self.puzzle.expected and self.foreign[section][end] > self.foreign[section][start]:
            return None
        fact, page = self.puzzle.facts[section], self.pages[section]
        moved = 0 if fact.holds(start) else fact.weight
        return moved + (self.weights.page if page and (end <= page[0] or start >= page[1]) else 0)

    def ends(self, section: int, start: int, budget: int) -> Iterator[tuple[int, dict[int, int]]]:
        """Possible ends of a section with the sums its missing values may have (value: ways)."""
        last = self.rows - (self.sections - 1 - section)
        declared = self.puzzle.facts[section].declared
        slack = max(self.reach(self.weights.declared, budget), self.reach(self.weights.criterion, budget))
        low, high = (min(declared) - slack, max(declared) + slack) if declared else (None, None)
        sums = {0: 1}
        first = start + 1
        if low is not None and not self.values:
            first = max(first, bisect_left(self.known, self.known[start] + low, first, max(first, last + 1)))
        if section == self.sections - 1:
            first = max(first, last) if not self.values else first
        for end in range(first, last + 1):
            if end - 1 in self.values:
                sums = _spread(sums, self.values[end - 1])
            if high is not None and self.known[end] - self.known[start] + min(sums) > high:
                return
            if section < self.sections - 1 or end == last:
                yield end, sums

    @cached_property
    def hope(self) -> list[dict[int, int]]:
        """Per section and start, the least that it and all after it cost when the total is left aside."""
        least = min(self.weights.declared, self.weights.criterion)
        after: dict[int, int] = {self.rows: 0}
        out = [after]
        for section in range(self.sections - 1, -1, -1):
            declared = self.puzzle.facts[section].declared
            layer: dict[int, int] = {}
            for start in range(section, self.rows):
                for end, sums in self.ends(section, start, HOPELESS):
                    place = self.place(section, start, end) if end in after else None
                    if place is None or place + after[end] >= layer.get(start, HOPELESS + 1):
                        continue
                    found = self.known[end] - self.known[start]
                    gap = min((abs(found + v - d) for v in sums for d in declared), default=0)
                    cost = place + after[end] + self.charge(least, gap)
                    if cost < layer.get(start, HOPELESS + 1):
                        layer[start] = cost
            after = layer
            out.append(layer)
        return out[::-1]

    def matches(self, section: int, start: int) -> Iterator[int]:
        """The ends at which a section from `start` has exactly the points it declares."""
        for end, sums in self.ends(section, start, 0):
            found = self.known[end] - self.known[start]
            if any(all(found + missing == d for d in self.puzzle.facts[section].declared) for missing in sums):
                yield end

    def exact(self, section: int, start: int) -> Iterator[tuple[int, int]]:
        """The ends of a section from `start` at which nothing is wrong, with the shift of the deviation."""
        fact = self.puzzle.facts[section]
        for end, sums in self.ends(section, start, 0):
            if self.place(section, start, end) == 0:
                found = self.known[end] - self.known[start]
                for missing in sums:
                    if all(found + missing == d for d in fact.declared):
                        yield end, (missing if fact.counted else -found) if self.tracked else 0

    def arcs(self, section: int, start: int, budget: int) -> tuple[Arc, ...]:
        """All ways to make a section from `start` such that it and all after it can cost at most `budget`."""
        key = (section, start, budget)
        if key not in self._arcs:
            after = self.hope[section + 1]
            self._arcs[key] = tuple(
                arc
                for end, sums in self.ends(section, start, budget)
                if after.get(end, budget + 1) <= budget
                for arc in self._arcs_to(section, start, end, sums, budget - after[end])
            )
        return self._arcs[key]

    def _arcs_to(self, section: int, start: int, end: int, sums: dict[int, int], budget: int) -> Iterator[Arc]:
        place = self.place(section, start, end)
        if place is None or place > budget:
            return
        fact = self.puzzle.facts[section]
        known = self.known[end] - self.known[start]
        for missing, ways in sums.items():
            for change, cost in self._changes(fact, known + missing, budget - place):
                count = ways if not change else ways * (self.eligible(change)[end] - self.eligible(change)[start])
                if count:
                    shift = (change + missing if fact.counted else -known) if self.tracked else 0
                    yield Arc(end, shift, place + cost, count, change, missing)

    def _changes(self, fact: Fact, found: int, budget: int) -> Iterator[tuple[int, int]]:
        """Changes to one criterion of a section that sums to `found`, with the cost of what then still disagrees."""
        for change in self._range(fact, budget):
            cost = self.charge(self.weights.criterion, change)
            cost += sum(self.charge(self.weights.declared, found + change - d) for d in fact.declared)
            if cost <= budget:
                yield change, cost

    def _range(self, fact: Fact, budget: int) -> range:
        free = not fact.declared and (not self.tracked or not fact.counted or self.rows > LARGE)
        most = 0 if free else self.reach(self.weights.criterion, budget)
        return range(-most, most + 1)

    def closing(self, shift: int) -> int:
        """What the stated total costs when all sections are set."""
        if self.puzzle.total is None:
            return 0
        return self.charge(self.weights.total, self.known[-1] + shift - self.puzzle.total)

    @cached_property
    def window(self) -> list[tuple[int, int]] | None:
        """Per row, what the missing values from there on can add at least and at most; None where the total does not
        count every section."""
        if not self.tracked or not all(f.counted for f in self.puzzle.facts):
            return None
        out = [(0, 0)]
        for row in range(self.rows - 1, -1, -1):
            values = self.values.get(row, (0,))
            out.append((out[-1][0] + min(values), out[-1][1] + max(values)))
        return out[::-1]

    def lacking(self, state: State) -> int:
        """The least that the total can still cost from a state: one error that makes up what is then missing."""
        if self.window is None or self.puzzle.total is None:
            return 0
        lack = self.puzzle.total - self.known[-1] - state[1]
        low, high = self.window[state[0]]
        gap = max(low - lack, lack - high, 0)
        return self.charge(min(self.weights.total, self.weights.criterion), gap)

    def forward(self, cap: int) -> list[Layer]:
        """For each section, the states (row, deviation) in which it can start, with (cost, count). Keeps the arcs."""
        layers: list[Layer] = [{(0, 0): (0, 1)}]
        self.steps: list[dict[int, tuple[Arc, ...]]] = []
        for section in range(self.sections):
            paid: dict[int, int] = {}
            for (start, _), (cost, _) in layers[-1].items():
                paid[start] = min(cost, paid.get(start, cost))
            steps = {start: self.arcs(section, start, cap - cost) for start, cost in paid.items()}
            layers.append(self._advance(layers[-1], steps, cap))
            self.steps.append(steps)
        return layers

    def _advance(self, layer: Layer, steps: dict[int, tuple[Arc, ...]], cap: int) -> Layer:
        out: Layer = {}
        for (start, shift), (cost, count) in layer.items():
            for arc in steps[start]:
                state = (arc.end, shift + arc.shift)
                if cost + arc.cost + self.lacking(state) <= cap:
                    _add(out, state, cost + arc.cost, count * arc.ways)
        return out

    def backward(self, layers: list[Layer], cap: int) -> list[Layer]:
        """For each state reached, the cheapest way to the end and how many there are."""
        out: list[Layer] = [{state: (self.closing(state[1]), 1) for state in layers[-1]}]
        for section in range(self.sections - 1, -1, -1):
            layer: Layer = {}
            for state, (cost, _) in layers[section].items():
                for arc in self.steps[section][state[0]]:
                    rest = out[-1].get((arc.end, state[1] + arc.shift))
                    if rest is not None and cost + arc.cost + rest[0] <= cap:
                        _add(layer, state, arc.cost + rest[0], arc.ways * rest[1])
            out.append(layer)
        return out[::-1]

    def best(self) -> int | None:
        """The cheapest cost, found under growing caps; None when it is hopeless or no layout exists."""
        for cap in (0, MARGIN_CAP, 2 * MARGIN_CAP, HOPELESS):
            costs = [cost + self.closing(shift) for (_, shift), (cost, _) in self.forward(cap)[-1].items()]
            if costs and min(costs) <= cap:
                return min(costs)
        return None


def _add(layer: Layer, state: State, cost: int, count: int) -> None:
    held = layer.get(state)
    if held is None or cost < held[0]:
        layer[state] = (cost, count)
    elif cost == held[0]:
        layer[state] = (cost, held[1] + count)


def _spread(sums: dict[int, int], values: tuple[int, ...]) -> dict[int, int]:
    out: dict[int, int] = {}
    for total, ways in sums.items():
        for value in values:
            out[total + value] = out.get(total + value, 0) + ways
    return out


def solve(puzzle: Puzzle, weights: Weights = FAMILY[0], margins: bool = True) -> Summary | None:
    """Everything the numbers say, or None when no explanation is worth its cost.

    `margins=False` looks only at the best explanations (margins then read 0).
    """
    if not puzzle.facts or len(puzzle.facts) > len(puzzle.points):
        return None
    programme = Programme(puzzle, weights)
    best = programme.best()
    if best is None:
        return None
    cap = best + (MARGIN_CAP if margins else 0)
    forward = programme.forward(cap)
    backward = programme.backward(forward, cap)
    starts, least = _boundaries(programme, forward, backward, best)
    patterns = _patterns(programme, backward, best)
    count = backward[0][(0, 0)][1]
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


def sturdy_margins(programme: Programme, starts: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """For each section, what the cheapest layout with another start costs when an error of any size costs the same.

    One label with a wrong digit can be ten points off; a proof must not rest on that being unlikely. The total and the
    pages are left aside, so the true margin is never smaller.
    """
    before, after = _flat_forward(programme), _flat_backward(programme)
    out = []
    for section, ties in enumerate(starts):
        through = [one + two for one, two in zip(before[section], after[section], strict=True)]
        least = min(through[row] for row in ties)
        out.append(max(0, min([MARGIN_CAP, *(cost - least for row, cost in enumerate(through) if row not in ties)])))
    return tuple(out)


NEVER = 10_000


def _flat_forward(programme: Programme) -> list[list[int]]:
    """Per section and row, the fewest errors (as cost) before it."""
    front = [0] + [NEVER] * programme.rows
    out = [front]
    for section, fact in enumerate(programme.puzzle.facts):
        paid = [cost + (0 if fact.holds(row) else fact.weight) for row, cost in enumerate(front)]
        wrong = programme.weights.declared if fact.declared else 0
        front = [NEVER, *(least + wrong for least in accumulate(paid[:-1], min))]
        for start in (row for row in range(programme.rows) if paid[row] < NEVER and fact.declared):
            for end in programme.matches(section, start):
                front[end] = min(front[end], paid[start])
        out.append(front)
    return out


def _flat_backward(programme: Programme) -> list[list[int]]:
    """Per section and row, the fewest errors (as cost) from it on, its own place included."""
    back = [NEVER] * programme.rows + [0]
    out = [back]
    for section in range(programme.sections - 1, -1, -1):
        fact = programme.puzzle.facts[section]
        wrong = programme.weights.declared if fact.declared else 0
        least = [*accumulate(reversed(back[1:]), min)][::-1]
        front = [cost + wrong for cost in least] + [NEVER]
        for start in range(programme.rows) if fact.declared else ():
            front[start] = min([front[start], *(back[end] for end in programme.matches(section, start))])
        back = [cost + (0 if fact.holds(row) else fact.weight) for row, cost in enumerate(front)]
        out.append(back)
    return out[::-1]


def _boundaries(
    programme: Programme, forward: list[Layer], backward: list[Layer], best: int
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    starts, margins = [], []
    for section in range(programme.sections):
        through: dict[int, int] = {}
        for state, (cost, _) in forward[section].items():
            if (rest := backward[section].get(state)) is not None:
                through[state[0]] = min(cost + rest[0], through.get(state[0], cost + rest[0]))
        ties = tuple(sorted(row for row, cost in through.items() if cost == best))
        rivals = [cost - best for row, cost in through.items() if row not in ties]
        starts.append(ties)
        margins.append(0 if len(ties) > 1 else min([MARGIN_CAP, *rivals]))
    return tuple(starts), tuple(margins)


def _values(
    programme: Programme, forward: list[Layer], backward: list[Layer], best: int, cap: int
) -> tuple[ValueFact, ...]:
    """For each missing value, the cheapest explanation with each of its possible values."""
    through: dict[int, dict[int, int]] = {row: {} for row in programme.values}
    equations: dict[int, int] = {}
    if not through:
        return ()
    for section, start, arc, cost in _used_arcs(programme, forward, backward, cap):
        inside = [row for row in programme.values if start <= row < arc.end]
        for row in inside:
            others = {0: 1}
            for other in inside:
                if other != row:
                    others = _spread(others, programme.values[other])
            for value in programme.values[row]:
                if arc.missing - value in others:
                    through[row][value] = min(cost, through[row].get(value, cost))
            if cost == best:
                checks = len(programme.puzzle.facts[section].declared) - len(inside)
                equations[row] = min(checks, equations.get(row, checks))
    out = []
    for row, costs in through.items():
        ties = tuple(sorted(v for v, cost in costs.items() if cost == best))
        rivals = [cost - best for v, cost in costs.items() if v not in ties]
        margin = 0 if len(ties) != 1 else min([MARGIN_CAP, *rivals])
        total = int(programme.tracked and len(programme.values) == 1)
        out.append(ValueFact(row, ties, margin, equations.get(row, -1) + total))
    return tuple(out)


def _used_arcs(
    programme: Programme, forward: list[Layer], backward: list[Layer], cap: int
) -> Iterator[tuple[int, int, Arc, int]]:
    """Every arc of an explanation within the cap, with the cost of the cheapest explanation that uses it."""
    for section in range(programme.sections):
        for (start, shift), (cost, _) in forward[section].items():
            for arc in programme.steps[section][start]:
                rest = backward[section + 1].get((arc.end, shift + arc.shift))
                if rest is not None and cost + arc.cost + rest[0] <= cap:
                    yield section, start, arc, cost + arc.cost + rest[0]


PATTERNS = 4000
"""Patterns listed at most; beyond it only the count is exact."""


def _patterns(programme: Programme, backward: list[Layer], best: int) -> tuple[Pattern, ...]:
    """The best explanations, those alike but for the criterion that is wrong taken as one, depth first."""
    out: list[Pattern] = []
    stack: list[tuple[State, int, tuple[tuple[int, Arc], ...]]] = [((0, 0), 0, ())]
    while stack and len(out) < PATTERNS:
        state, cost, path = stack.pop()
        if len(path) == programme.sections:
            out.append(_pattern(programme, path, state[1]))
            continue
        for arc in reversed(programme.steps[len(path)][state[0]]):
            after = (arc.end, state[1] + arc.shift)
            rest = backward[len(path) + 1].get(after)
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


def robust_starts(puzzle: Puzzle, summary: Summary) -> tuple[tuple[int, ...], ...]:
    """Per section, every start that some best explanation has under some weights of the family.

    At cost 0 nothing is weighed, so the summary's own starts stand.
    """
    if summary.cost == 0:
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
    programme = Programme(puzzle)
    forward: list[set[State]] = [{(0, 0)}]
    for section in range(programme.sections):
        steps = {start: tuple(programme.exact(section, start)) for start in {row for row, _ in forward[-1]}}
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
                for end, more in programme.exact(section, start)
                for shift in shifts.get(end, ())
            }
        )
    return tuple(tuple(sorted(f)) for f in forward), tuple(tuple(sorted(b)) for b in backward[::-1])


def tie(puzzle: Puzzle, expected: tuple[tuple[int, int], ...]) -> Puzzle:
    """The puzzle with rows tied to sections by named evidence."""
    return replace(puzzle, expected=expected)
