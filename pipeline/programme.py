"""The dynamic programme of one puzzle: every way to make each section, forward and backward over (cost, count)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from pipeline.puzzle import FAMILY, HOPELESS, LARGE, MARGIN_CAP, Fact, Puzzle, Weights


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
        self._ways: dict[tuple[tuple[int, ...], bool, int, int], tuple[tuple[int, int], ...]] = {}

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
                sums = spread(sums, self.values[end - 1])
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
                    if len(sums) == len(declared) == 1:
                        gap = abs(found + next(iter(sums)) - declared[0])
                    else:
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

    def _changes(self, fact: Fact, found: int, budget: int) -> tuple[tuple[int, int], ...]:
        """Changes to one criterion of a section that sums to `found`, with the cost of what then still disagrees."""
        key = (fact.declared, fact.counted, found, budget)
        if key not in self._ways:
            self._ways[key] = tuple(self._weighed(fact, found, budget))
        return self._ways[key]

    def _weighed(self, fact: Fact, found: int, budget: int) -> Iterator[tuple[int, int]]:
        for change in self._range(fact, budget):
            cost = self.charge(self.weights.criterion, change)
            if cost <= budget:
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


def spread(sums: dict[int, int], values: tuple[int, ...]) -> dict[int, int]:
    out: dict[int, int] = {}
    for total, ways in sums.items():
        for value in values:
            out[total + value] = out.get(total + value, 0) + ways
    return out
