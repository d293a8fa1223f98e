"""Verifies a certificate without any of the solver's code: every explanation is enumerated anew, by cost.

Only the numbers in the certificate are used. An explanation gives each section at least one row, may change one
criterion a section, and pays for every printed number that is then wrong, for a label moved and for a label whose page
holds none of its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

MARGIN = 20
WEIGHTS = {"criterion": 10, "declared": 10, "total": 10, "slope": 2, "page": 8}
"""What the calibration was made with: under other weights a margin says nothing."""

HOPELESS = 90
"""Above this cost nothing is claimed."""

LARGEST = 100_000
"""Points times unit; larger numbers in a certificate are no sheet's, and would only cost time."""

State = tuple[int, int]


def verify(certificate: dict[str, Any]) -> list[str]:
    """What is wrong with the certificate; empty when every claim in it holds."""
    try:
        return _Check(certificate).errors()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return [f"not a certificate: {type(error).__name__} {error}"]


def premises(certificate: dict[str, Any]) -> list[str]:
    """What makes it no certificate of a sheet at all; empty when it may be solved."""
    try:
        return _Check(certificate).premises()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return [f"not a certificate: {type(error).__name__}"]


class _Check:
    """One certificate reckoned anew. `margin`: explanations that cost so much more than the best are counted too."""

    def __init__(self, certificate: dict[str, Any], margin: int = MARGIN) -> None:
        self.data, self.claim = certificate, certificate["claim"]
        self.points, self.sections = certificate["points"], certificate["sections"]
        self.weights, self.total = certificate["weights"], certificate["total"]
        self.missing = {int(row): values for row, values in certificate["missing"].items()}
        self.tied = {int(row): section for row, section in certificate["expected"].items()}
        self.margin = margin
        self.limit = self.claim["cost"] + margin
        self.ways: dict[tuple[int, int], list[tuple[int, int, int, int]]] = {}

    def premises(self) -> list[str]:
        """What makes the numbers no sheet at all, or leaves the claim incomplete."""
        if self.weights != WEIGHTS:
            return [f"the weights are not those of the calibration: {self.weights}"]
        optional = [n for n in (self.total, *self.points, *(s["start"] for s in self.sections)) if n is not None]
        lists = [*self.missing.values(), self.data["pieces"], *(s["declared"] + s["pieces"] for s in self.sections)]
        places = [n for s in self.sections for n in (s["weight"], s["slack"])]
        numbers = [self.data["unit"], self.claim["cost"], *optional, *places, *(n for values in lists for n in values)]
        if any(type(n) is not int or not 0 <= n <= LARGEST for n in numbers) or not self.data["unit"] or self.claim["cost"] > HOPELESS:
            return ["a number is no whole number of a sheet"]
        if any(type(s["counted"]) is not bool for s in self.sections) or self.data["version"] != 1:
            return ["not a certificate of version 1"]
        if len(self.data["pieces"]) not in (0, len(self.points)):
            return ["the parts do not match the points"]
        if any(values != sorted(set(values)) for values in self.missing.values()):
            return ["the values a missing number may have are not in order, each once"]
        if any(row not in range(len(self.points)) or k not in range(len(self.sections)) for row, k in self.tied.items()):
            return ["evidence about a row or section that is not there"]
        if any((p is None) != (row in self.missing) for row, p in enumerate(self.points)) or any(row >= len(self.points) for row in self.missing):
            return ["missing values do not match the points"]
        held = (len(self.claim["starts"]), len(self.claim["margins"]))
        if self.margin and (held != (len(self.sections),) * 2 or set(self.claim["values"]) != {str(row) for row in self.missing}):
            return ["the claim does not speak of every section and missing value, and of nothing else"]
        return []

    def price(self, what: str, error: int) -> int:
        """base + slope for every point beyond the first, a part of a point counting whole."""
        whole, rest = divmod(abs(error), self.data["unit"])
        return self.weights[what] + self.weights["slope"] * (whole + bool(rest) - 1) if error else 0

    def place(self, section: int, start: int, end: int) -> int | None:
        """Cost of the section's place; None where the evidence in `expected` forbids it."""
        if any(self.tied.get(row, section) != section for row in range(start, end)):
            return None
        here = [row for row, piece in enumerate(self.data["pieces"]) if piece in self.sections[section]["pieces"]]
        return self.moved(section, start) + (self.weights["page"] if here and (end <= here[0] or start > here[-1]) else 0)

    def moved(self, section: int, start: int) -> int:
        """Cost of a section that starts elsewhere than its label stands."""
        facts = self.sections[section]
        stands = facts["start"]
        return 0 if stands is None or stands - facts["slack"] <= start <= stands else facts["weight"]

    def steps(self, section: int, start: int) -> list[tuple[int, int, int, int]]:
        """(end, points to the total, cost, ways) of every way to make a section from `start` within the limit."""
        if (section, start) not in self.ways:
            last = len(self.points) - (len(self.sections) - 1 - section)
            ends = range(start + 1, last + 1) if section < len(self.sections) - 1 else range(last, last + 1)
            self.ways[section, start] = [step for end in ends if end > start for step in self.make(section, start, end)]
        return self.ways[section, start]

    def make(self, section: int, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        place = self.place(section, start, end)
        if place is None:
            return
        facts = self.sections[section]
        printed = [p for p in self.points[start:end] if p]
        sums = Counter({sum(printed): 1})
        for row in range(start, end):
            if row in self.missing:
                sums = Counter(_sums(sums, self.missing[row]))
        reach = self.data["unit"] * (self.limit // self.weights["slope"] + 1)
        idle = not facts["declared"] and (self.total is None or not facts["counted"] or len(self.points) > 300)
        for change in [0] if idle else range(-reach, reach + 1):
            able = sum(p + change > 0 for p in printed) if change else 1
            for found, ways in sums.items():
                cost = place + self.price("criterion", change)
                cost += sum(self.price("declared", found + change - d) for d in facts["declared"])
                if cost <= self.limit and able:
                    counts = self.total is not None and facts["counted"]
                    yield end, found + change if counts else 0, cost, ways * able

    def explain(self) -> tuple[Counter[int], list[dict[int, int]]]:
        """How many explanations have each cost, and per section the cheapest cost for each start."""
        front: list[dict[State, Counter[int]]] = [{(0, 0): Counter({0: 1})}]
        for section in range(len(self.sections)):
            layer: dict[State, Counter[int]] = {}
            for (start, points), costs in front[-1].items():
                for end, more, price, ways in self.steps(section, start):
                    for cost, count in costs.items():
                        if cost + price <= self.limit:
                            layer.setdefault((end, points + more), Counter())[cost + price] += count * ways
            front.append(layer)
        rest = [{s: self.price("total", s[1] - self.total) if self.total is not None else 0 for s in front[-1]}]
        for section in range(len(self.sections) - 1, -1, -1):
            rest.append(self.before(section, front[section], rest[-1]))
        rest.reverse()
        counts: Counter[int] = Counter()
        for state, costs in front[-1].items():
            for cost, count in costs.items():
                counts[cost + rest[-1][state]] += count
        return counts, [self.through(f, r) for f, r in zip(front[:-1], rest, strict=False)]

    def before(self, section: int, layer: dict[State, Counter[int]], after: dict[State, int]) -> dict[State, int]:
        """The cheapest way to the end from each state of a layer."""
        out: dict[State, int] = {}
        for start, points in layer:
            costs = [
                price + after[end, points + more]
                for end, more, price, _ in self.steps(section, start)
                if (end, points + more) in after
            ]
            if costs:
                out[start, points] = min(costs)
        return out

    def through(self, front: dict[State, Counter[int]], rest: dict[State, int]) -> dict[int, int]:
        """Row → least cost of an explanation in which a section starts there; `rest`: least cost from a state on."""
        out: dict[int, int] = {}
        for state, costs in front.items():
            if state in rest:
                out[state[0]] = min(out.get(state[0], self.limit + 1), min(costs) + rest[state])
        return out

    def errors(self) -> list[str]:
        """What the certificate claims and its own reckoning does not bear out; empty when it holds."""
        if wrong := self.premises():
            return wrong
        counts, starts = self.explain()
        cost = min(counts, default=None)
        if cost is None or cost != self.claim["cost"]:
            return [f"best cost is {cost}, not {self.claim['cost']}"]
        out = []
        if counts[cost] != self.claim["count"]:
            out.append(f"{counts[cost]} explanations, not {self.claim['count']}")
        for section, rows in enumerate(starts):
            ties = sorted(row for row, least in rows.items() if least == cost)
            others = [least - cost for row, least in rows.items() if row not in ties]
            margin = 0 if len(ties) > 1 else min([MARGIN, *others])
            if ties != self.claim["starts"][section] or margin != self.claim["margins"][section]:
                out.append(f"section {section + 1}: starts {ties}, margin {margin}, not as claimed")
        return out + self.sturdy_errors() + self.value_errors() + self.walk_errors(starts, cost)

    def sturdy_errors(self) -> list[str]:
        """The margins when a wrong label costs the same however large its error is; total, pages and evidence left aside."""
        flat = [{start: dict(self.flat(section, start)) for start in range(len(self.points))} for section in range(len(self.sections))]
        front: list[dict[int, int]] = [{0: 0}]
        for steps in flat:
            front.append(_least((end, cost + more) for start, cost in front[-1].items() if start in steps for end, more in steps[start].items()))
        rest: list[dict[int, int]] = [{len(self.points): 0}]
        for steps in reversed(flat):
            rest.append(_least((start, more + rest[-1][end]) for start, ends in steps.items() for end, more in ends.items() if end in rest[-1]))
        found = []
        for before, after, ties in zip(front, reversed(rest), self.claim["starts"], strict=False):
            through = {row: cost + after[row] for row, cost in before.items() if row in after}
            least = min(through[row] for row in ties)
            found.append(max(0, min([MARGIN, *(cost - least for row, cost in through.items() if row not in ties)])))
        return [] if found == self.claim["sturdy"] else [f"sturdy margins {found}, not {self.claim['sturdy']}"]

    def flat(self, section: int, start: int) -> Iterator[tuple[int, int]]:
        """(end, cost) of a section from `start`: of its place, and of its label where no sum of the rows is the number there."""
        facts, known, extra = self.sections[section], 0, {0}
        for row in range(start, len(self.points)):
            known += self.points[row] or 0
            extra = {e + value for e in extra for value in self.missing[row]} if row in self.missing else extra
            right = len(set(facts["declared"])) < 2 and all(d - known in extra for d in facts["declared"])
            yield row + 1, self.moved(section, start) + (0 if right else self.weights["declared"])

    def value_errors(self) -> list[str]:
        """A missing value is possible exactly when some best explanation has it."""
        out = []
        for row, values in self.missing.items():
            fixed = [{**self.data, "missing": {**self.data["missing"], str(row): [value]}} for value in values]
            fits = [v for v, data in zip(values, fixed, strict=True) if self.claim["cost"] in _Check(data, 0).explain()[0]]
            if fits != self.claim["values"][str(row)]:
                out.append(f"row {row} may have {fits}, not {self.claim['values'][str(row)]}")
        return out

    def walk_errors(self, starts: list[dict[int, int]], cost: int) -> list[str]:
        """The two walks are those of cost 0 from either end, and meet where the best explanations put the sections."""
        walk = self.data.get("walk")
        if walk is None:
            return []
        if cost:
            return ["a walk where something costs"]
        forward, backward = self.walks()
        if walk != {"fwd": forward, "bwd": backward}:
            return ["the walks are not those of the numbers"]
        out = []
        for section, rows in enumerate(starts):
            meet = set(forward[section]) & set(backward[section])
            ties = {row for row, least in rows.items() if least == 0}
            if not ties <= meet or (len(meet) == 1 and meet != ties):
                out.append(f"section {section + 1}: the walks meet at {sorted(meet)}, the explanations at {sorted(ties)}")
        return out

    def walks(self) -> tuple[list[list[int]], list[list[int]]]:
        """Rows at which each section can begin, and the end, when what is before (after) it is as printed; no total."""
        free = [
            [(start, end) for start in range(section, len(self.points)) for end, _, cost, _ in self.steps(section, start) if not cost]
            for section in range(len(self.sections))
        ]
        front, rest = [{0}], [{len(self.points)}]
        for steps in free:
            front.append({end for start, end in steps if start in front[-1]})
        for steps in reversed(free):
            rest.append({start for start, end in steps if end in rest[-1]})
        return [sorted(rows) for rows in front], [sorted(rows) for rows in rest[::-1]]


def _least(costs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The lowest cost of each row."""
    out: dict[int, int] = {}
    for row, cost in costs:
        out[row] = min(cost, out.get(row, cost))
    return out


def _sums(sums: Counter[int], values: list[int]) -> dict[int, int]:
    out: dict[int, int] = {}
    for total, ways in sums.items():
        for value in values:
            out[total + value] = out.get(total + value, 0) + ways
    return out
