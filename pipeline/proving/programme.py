"""The dynamic programme of one puzzle: every way to make each section, forward and backward over (cost, count)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache, partial
from itertools import accumulate
from typing import NamedTuple

from msgspec import Struct

from pipeline.proving.puzzle import FAMILY, HOPELESS, LARGE, MARGIN_CAP, Fact, Puzzle, Weights

OVER = HOPELESS + MARGIN_CAP + 1
"""More than any explanation that is looked at costs."""


class Arc(NamedTuple):
    """Section from a known row up to `end`: `shift` to the running deviation, its cost, in how many ways, the change
    of one criterion in it, and the sum of its missing values."""

    end: int
    shift: int
    cost: int
    ways: int
    change: int
    missing: int


_arc: Callable[[tuple[int, int, int, int, int, int]], Arc] = partial(tuple.__new__, Arc)
"""An Arc of its values: thousands are made, and the class's own call takes three times as long."""

NOTHING_MISSING = {0: 1}
NEVER = 10**9
"""Larger than any deviation."""

Layer = dict[int, dict[int, tuple[int, int]]]
"""Row → running deviation → (cost, count)."""


class Sketch(Struct, frozen=True):
    """Bounds that leave the total aside. `steps`: for each section and start, (end, the least it costs); `ahead`: for each
    section and start, the least that it and all after it cost, where the whole can be made under the cap."""

    steps: tuple[dict[int, list[tuple[int, int]]], ...]
    ahead: tuple[dict[int, int], ...]


class Forward(Struct, frozen=True):
    """`layers`: for each section, the states in which it can start; `steps`: for each section and start, its arcs."""

    layers: tuple[Layer, ...]
    steps: tuple[dict[int, tuple[Arc, ...]], ...]


@lru_cache(maxsize=32)
def charges(base: int, slope: int, unit: int) -> list[int]:
    """The cost of a number by the size of its error, up to four times the largest that is looked at: a section may
    declare two numbers, each wrong by the most that a label and a criterion together can be."""
    most = 4 * (OVER // slope + 1) * unit
    return [0, *(base + slope * (-(-error // unit) - 1) for error in range(1, most + 1))]


class Programme:
    """The arithmetic of one puzzle under one set of weights."""

    def __init__(self, puzzle: Puzzle, weights: Weights = FAMILY[0]) -> None:
        self.puzzle, self.weights = puzzle, weights
        self.rows, self.sections = len(puzzle.points), len(puzzle.facts)
        self.known = [0, *accumulate(p or 0 for p in puzzle.points)]
        self.values = dict(puzzle.missing)
        domains = [self.values.get(row, (0,)) for row in range(self.rows)]
        self.low = [k + m for k, m in zip(self.known, accumulate(map(min, domains), initial=0), strict=True)]
        self.high = [k + m for k, m in zip(self.known, accumulate(map(max, domains), initial=0), strict=True)]
        self.tracked = puzzle.total is not None
        self._eligible: dict[int, list[int]] = {}
        self._ways: dict[tuple[tuple[int, ...], bool, int, int], tuple[tuple[int, int], ...]] = {}
        self._sums: dict[tuple[int, int], dict[int, int]] = {}
        self._sketch: tuple[int, Sketch] | None = None
        self._forward: tuple[int, Forward] | None = None
        self._best: int | None = None
        self._searched = -1

    def reach(self, base: int, budget: int) -> int:
        """The largest error that costs at most `budget`."""
        return ((budget - base) // self.weights.slope + 1) * self.puzzle.unit if budget >= base else 0

    def _charges(self, base: int) -> list[int]:
        return charges(base, self.weights.slope, self.puzzle.unit)

    def eligible(self, change: int) -> list[int]:
        """Prefix counts of the printed criteria that could be wrong by `change` and still give points."""
        least = max(0, -change)
        if least not in self._eligible:
            self._eligible[least] = [0, *accumulate([p is not None and p > least for p in self.puzzle.points])]
        return self._eligible[least]

    def barrier(self, section: int, start: int) -> int:
        """The first row from a start on that evidence ties to another section."""
        return self._barriers[section][start] if self.puzzle.expected else self.rows

    @cached_property
    def _barriers(self) -> list[list[int]]:
        tied = dict(self.puzzle.expected)
        out = []
        for section in range(self.sections):
            next_foreign = [self.rows]
            for row in range(self.rows - 1, -1, -1):
                next_foreign.append(row if tied.get(row, section) != section else next_foreign[-1])
            out.append(next_foreign[::-1])
        return out

    @cached_property
    def bounds(self) -> list[tuple[int, int] | None]:
        """Per section the least and the most of the numbers it declares; None where it declares none."""
        return [(min(f.declared), max(f.declared)) if f.declared else None for f in self.puzzle.facts]

    @cached_property
    def pages(self) -> list[tuple[int, int]]:
        """Per section, the rows [low, high) on the table parts its label stands on; all rows where that is not known."""
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for row, piece in enumerate(self.puzzle.pieces):
            first.setdefault(piece, row)
            last[piece] = row + 1
        on = [[piece for piece in fact.pieces if piece in last] for fact in self.puzzle.facts]
        return [(min(first[p] for p in own), max(last[p] for p in own)) if own else (0, self.rows) for own in on]

    def place(self, section: int, start: int) -> tuple[int, int]:
        """What it costs that a section starts here, and up to which end its label then stands on a foreign page."""
        fact, (low, high) = self.puzzle.facts[section], self.pages[section]
        moved = 0 if fact.holds(start) else fact.weight
        return moved, self.rows if start >= high else low

    def window(self, section: int, start: int, slack: int, barrier: int) -> range:
        """Possible ends, up to `barrier`, of a section whose points differ by at most `slack` from what it declares."""
        after = self.sections - 1 - section
        first = start + 1 if after else self.rows
        stop = min(self.rows - after, barrier) + 1
        bounds = self.bounds[section]
        if bounds is not None and first < stop:
            stop = bisect_right(self.low, self.low[start] + bounds[1] + slack, first, stop)
            first = bisect_left(self.high, self.high[start] + bounds[0] - slack, first, stop)
        return range(first, stop)

    def sums(self, start: int, end: int) -> dict[int, int]:
        """The sums that the missing values of these rows may have (value: ways)."""
        if not self.values:
            return NOTHING_MISSING
        key = (self.absent[start], self.absent[end])
        if key not in self._sums:
            rows = sorted(self.values)[key[0] : key[1]]
            sums = NOTHING_MISSING
            if rows:
                shorter = self.sums(start, rows[-1])
                sums = spread(shorter, self.values[rows[-1]])
            self._sums[key] = sums
        return self._sums[key]

    @cached_property
    def absent(self) -> list[int]:
        """Prefix counts of the rows without a value."""
        return [0, *accumulate(int(row in self.values) for row in range(self.rows))]

    def sketch(self, cap: int) -> Sketch:
        """Which sections are worth making when the whole may cost at most `cap` and the total is left aside. One that was
        made under a higher cap says the same of them, and of others."""
        if self._sketch is None or self._sketch[0] < cap:
            front = {0: 0}
            fronts, steps = [front], []
            for section in range(self.sections):
                made = self._likely(section, front, cap)
                front = _onward(front, made)
                fronts.append(front)
                steps.append(made)
            ahead = [{row: 0 for row in front if row == self.rows}]
            for section in range(self.sections - 1, -1, -1):
                ahead.append(_ahead(fronts[section], steps[section], ahead[-1], cap))
            self._sketch = (cap, Sketch(tuple(steps), tuple(ahead[::-1])))
        return self._sketch[1]

    def _likely(self, section: int, front: dict[int, int], cap: int) -> dict[int, list[tuple[int, int]]]:
        """For each start that the sections before it reach at a price, (end, the least it costs) for the sections from there
        with which the whole may cost at most `cap`."""
        fact, (first, last) = self.puzzle.facts[section], self.pages[section]
        declared = fact.declared
        low, high, page = self.low, self.high, self.weights.page
        least = min(self.weights.declared, self.weights.criterion)
        charge = self._charges(least)
        out: dict[int, list[tuple[int, int]]] = {}
        for start, paid in front.items():
            moved = 0 if fact.holds(start) else fact.weight
            budget = cap - paid - moved
            slack = self.reach(least, budget)
            foreign = self.rows if start >= last else first
            out[start] = ends = []
            for end in self.window(section, start, slack, self.barrier(section, start)) if budget >= 0 else ():
                cost = page if end <= foreign else 0
                if declared:
                    least_sum, most_sum = low[end] - low[start], high[end] - high[start]
                    gap = min([least_sum - d if least_sum > d else d - most_sum if d > most_sum else 0 for d in declared])
                    cost += charge[gap] if gap <= slack else OVER  # one error, as great as the nearest number leaves it
                if cost <= budget:
                    ends.append((end, moved + cost))
        return out

    def matches(self, section: int, start: int) -> Collection[int]:
        """The ends at which a section from `start` has exactly the points it declares."""
        bounds = self.bounds[section]
        if bounds is None or bounds[0] != bounds[1]:
            return ()
        ends = self.window(section, start, 0, self.rows)
        if not self.values:
            return ends
        whole = bounds[0] + self.known[start]
        return [end for end in ends if whole - self.known[end] in self.sums(start, end)]

    def exact(self, section: int, start: int, among: Container[int]) -> Iterator[tuple[int, int]]:
        """The ends, of those given, of a section from `start` at which nothing is wrong, with the shift of the deviation."""
        fact, bounds = self.puzzle.facts[section], self.bounds[section]
        moved, foreign = self.place(section, start)
        if moved or (bounds is not None and bounds[0] != bounds[1]):
            return
        for end in self.window(section, start, 0, self.barrier(section, start)):
            if end <= foreign or end not in among:
                continue
            found = self.known[end] - self.known[start]
            sums = self.sums(start, end)
            for missing in (bounds[0] - found,) if bounds is not None else sums:
                if missing in sums:
                    yield end, (missing if fact.counted else -found) if self.tracked else 0

    def arcs(self, section: int, start: int, shifts: Mapping[int, tuple[int, int]], cap: int) -> tuple[Arc, ...]:
        """All ways to make a section from the states at `start` such that the whole can cost at most `cap`."""
        out: list[Arc] = []
        sketch = self.sketch(cap)
        after = sketch.ahead[section + 1]
        budget = cap - min(cost for cost, _ in shifts.values())
        moved, foreign = self.place(section, start)
        for end, least in sketch.steps[section][start]:
            if end in after and after[end] + least <= budget:
                paid = moved + (self.weights.page if end <= foreign else 0)
                low, high = self.windows[end] if self.windows else (-NEVER, NEVER)
                closing = low - max(shifts), high - min(shifts)
                out.extend(self._arcs_to(section, start, end, paid, budget - paid, after[end], closing))
        return tuple(out)

    def _arcs_to(self, section: int, start: int, end: int, paid: int, budget: int, ahead: int, closing: tuple[int, int]) -> Iterator[Arc]:
        """`ahead`: what the sections after it cost at least; `closing`: the least and the greatest shift with which they can make
        the total as it stands, each other one at the price of an error still to come."""
        fact, bounds = self.puzzle.facts[section], self.bounds[section]
        known = self.known[end] - self.known[start]
        room, later = budget - ahead, min(self.weights.total, self.weights.criterion)
        most = self.reach(self.weights.criterion, room)
        limit = most + self.reach(self.weights.declared, room)
        open_ends = self.reach(later, budget)
        charge = self._charges(later)
        low, high = closing
        for missing, ways in self.sums(start, end).items():
            if not low - open_ends - most <= missing <= high + open_ends + most:
                continue
            found = known + missing
            if bounds is not None and max(found - bounds[0], bounds[1] - found) > limit:
                continue
            for change, cost in self._changes(fact, found, room):
                count = ways
                if change:
                    able = self.eligible(change)
                    count *= able[end] - able[start]
                shift = (change + missing if fact.counted else -known) if self.tracked else 0
                gap = low - shift if shift < low else shift - high
                if count and (gap <= 0 or (gap <= open_ends and cost + charge[gap] <= budget)):
                    yield _arc((end, shift, paid + cost, count, change, missing))

    def _changes(self, fact: Fact, found: int, budget: int) -> tuple[tuple[int, int], ...]:
        """Changes to one criterion of a section that sums to `found`, with the cost of what then still disagrees.

        A change that does not put everything right is a second error beside a wrong label, so it is small.
        """
        key = (fact.declared, fact.counted, found, budget)
        if key not in self._ways:
            off = [d - found for d in fact.declared]
            most = self.reach(self.weights.criterion, budget - (self.weights.declared if off else 0))
            tried: Iterable[int] = range(-most, most + 1)
            if off and abs(off[0]) > most:
                tried = sorted((off[0], *tried))
            elif not off and self._idle(fact):
                tried = (0,)
            self._ways[key] = tuple(self._weighed(tried, off, budget))
        return self._ways[key]

    def _weighed(self, tried: Iterable[int], off: list[int], budget: int) -> Iterator[tuple[int, int]]:
        criterion, declared = self._charges(self.weights.criterion), self._charges(self.weights.declared)
        for change in tried:
            cost = criterion[abs(change)]
            for d in off:
                cost += declared[abs(d - change)]
            if cost <= budget:
                yield change, cost

    def _idle(self, fact: Fact) -> bool:
        """Whether a change in a section that declares nothing is seen nowhere (or is not looked for, by LARGE)."""
        return not self.tracked or not fact.counted or self.rows > LARGE

    def closing(self, shift: int) -> int:
        """What the stated total costs when all sections are set."""
        if self.puzzle.total is None:
            return 0
        error = abs(self.known[-1] + shift - self.puzzle.total)
        return self.weights.total + self.weights.slope * (-(-error // self.puzzle.unit) - 1) if error else 0

    @cached_property
    def windows(self) -> list[tuple[int, int]] | None:
        """Per row, the least and the greatest deviation with which missing values from there on can make the total;
        None where the total does not count every section."""
        if self.puzzle.total is None or not all(f.counted for f in self.puzzle.facts):
            return None
        lack = self.puzzle.total - self.known[-1]
        rest = [(h - k, low - k) for h, low, k in zip(self.high, self.low, self.known, strict=True)]
        most, least = rest[-1]
        return [(lack - (most - m), lack - (least - n)) for m, n in rest]

    def forward(self, cap: int) -> Forward:
        """For each section, the states in which it can start, with (cost, count), and the arcs from there."""
        if self._forward is not None and self._forward[0] == cap:
            return self._forward[1]
        layers: list[Layer] = [{0: {0: (0, 1)}}]
        steps: list[dict[int, tuple[Arc, ...]]] = []
        for section in range(self.sections):
            steps.append({start: self.arcs(section, start, shifts, cap) for start, shifts in layers[-1].items()})
            layers.append(self._advance(layers[-1], steps[-1], self.sketch(cap).ahead[section + 1], cap))
        self._forward = (cap, Forward(tuple(layers), tuple(steps)))
        return self._forward[1]

    def _advance(self, layer: Layer, steps: dict[int, tuple[Arc, ...]], ahead: dict[int, int], cap: int) -> Layer:
        out: Layer = {}
        lacking = self._charges(min(self.weights.total, self.weights.criterion))
        for start, shifts in layer.items():
            for end, more, price, ways, _, _ in steps[start]:
                low, high = self.windows[end] if self.windows else (0, 0)
                held, room = out.setdefault(end, {}), cap - ahead[end]
                for shift, (cost, count) in shifts.items():
                    cost, shift = cost + price, shift + more
                    if cost > room:
                        continue
                    if self.windows and not low <= shift <= high:
                        gap = low - shift if shift < low else shift - high
                        if gap >= len(lacking) or cost + lacking[gap] > cap:
                            continue
                    _add(held, shift, cost, count * ways)
        return {end: held for end, held in out.items() if held}

    def backward(self, forward: Forward, cap: int) -> list[Layer]:
        """For each state reached, the cheapest way to the end and how many there are."""
        last = forward.layers[-1]
        out: list[Layer] = [{row: {shift: (self.closing(shift), 1) for shift in shifts} for row, shifts in last.items()}]
        for section in range(self.sections - 1, -1, -1):
            layer: Layer = {}
            for start, shifts in forward.layers[section].items():
                held: dict[int, tuple[int, int]] = {}
                for end, more, price, ways, _, _ in forward.steps[section][start]:
                    rests = out[-1].get(end)
                    if rests is None:
                        continue
                    for shift, (cost, _) in shifts.items():
                        rest = rests.get(shift + more)
                        if rest is not None and cost + price + rest[0] <= cap:
                            _add(held, shift, price + rest[0], ways * rest[1])
                if held:
                    layer[start] = held
            out.append(layer)
        return out[::-1]

    def best(self, limit: int = HOPELESS) -> int | None:
        """The cheapest cost, found under growing caps; None when it is above `limit` or no layout exists."""
        for cap in (0, MARGIN_CAP, 2 * MARGIN_CAP, HOPELESS):
            if self._best is None and self._searched < min(cap, limit):
                self._searched = min(cap, limit)
                self._best = self._best_under(self._searched)
        return self._best if self._best is not None and self._best <= limit else None

    def _best_under(self, cap: int) -> int | None:
        bound = self.sketch(cap).ahead[0].get(0, OVER)
        for tried in sorted({bound, cap}) if bound <= cap else ():
            last = self.forward(tried).layers[-1].get(self.rows, {})
            costs = [cost + self.closing(shift) for shift, (cost, _) in last.items()]
            if costs and min(costs) <= tried:
                return min(costs)
        return None


def _onward(front: dict[int, int], steps: dict[int, list[tuple[int, int]]]) -> dict[int, int]:
    """The least that it costs to come to each row."""
    out: dict[int, int] = {}
    for start, ends in steps.items():
        paid = front[start]
        for end, least in ends:
            if paid + least < out.get(end, OVER):
                out[end] = paid + least
    return out


def _ahead(
    front: dict[int, int], steps: dict[int, list[tuple[int, int]]], after: dict[int, int], cap: int
) -> dict[int, int]:
    out = {}
    for start, ends in steps.items():
        least = min([cost + after[end] for end, cost in ends if end in after], default=OVER)
        if front[start] + least <= cap:
            out[start] = least
    return out


def _add(held: dict[int, tuple[int, int]], shift: int, cost: int, count: int) -> None:
    old = held.get(shift)
    if old is None or cost < old[0]:
        held[shift] = (cost, count)
    elif cost == old[0]:
        held[shift] = (cost, old[1] + count)


def spread(sums: dict[int, int], values: tuple[int, ...]) -> dict[int, int]:
    """The totals after one more row that may give any of `values`, each with the number of ways that lead to it."""
    out: dict[int, int] = {}
    for total, ways in sums.items():
        for value in values:
            out[total + value] = out.get(total + value, 0) + ways
    return out
