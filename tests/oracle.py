"""Brute force over every explanation of a small puzzle: the oracle that proofs and checker are measured against."""

from __future__ import annotations

import random
from itertools import combinations, pairwise, product

from pipeline.proving.puzzle import FAMILY, MARGIN_CAP, Fact, Puzzle, Weights


def price(base: int, error: int, unit: int, slope: int) -> int:
    return base + slope * (-(-abs(error) // unit) - 1) if error else 0


def explain(puzzle: Puzzle, limit: int) -> list[tuple[int, tuple[int, ...], int]]:
    """(cost, starts, ways) of every explanation that costs at most `limit`."""
    rows, sections, weights = len(puzzle.points), len(puzzle.facts), FAMILY[0]
    out = []
    for cuts in combinations(range(1, rows), sections - 1):
        starts = (0, *cuts)
        ends = (*cuts, rows)
        parts = [_sections(puzzle, k, s, e, limit, weights) for k, (s, e) in enumerate(zip(starts, ends, strict=True))]
        for choice in product(*parts):
            cost, ways = sum(c for _, c, _ in choice), 1
            for _, _, w in choice:
                ways *= w
            if puzzle.total is not None:
                found = sum(v for (v, _, _), fact in zip(choice, puzzle.facts, strict=True) if fact.counted)
                cost += price(weights.total, found - puzzle.total, puzzle.unit, weights.slope)
            if cost <= limit:
                out.append((cost, starts, ways))
    return out


def _sections(puzzle: Puzzle, k: int, start: int, end: int, limit: int, weights: Weights) -> list[tuple[int, int, int]]:
    """(true sum, cost, ways) of every way to read section k from these rows."""
    fact, domains = puzzle.facts[k], dict(puzzle.missing)
    there = fact.start is None or start in range(fact.start - fact.slack, fact.start + 1)
    cost = 0 if there else fact.weight
    page = [i for i, piece in enumerate(puzzle.pieces) if piece in fact.pieces]
    if page and (end <= min(page) or start > max(page)):
        cost += weights.page
    if any(row in range(start, end) and home != k for row, home in puzzle.expected):
        return []
    if any(start <= row < end for row, home in puzzle.expected if home != k):
        return []
    known = [p for p in puzzle.points[start:end] if p is not None]
    useful = bool(fact.declared) or (puzzle.total is not None and fact.counted)
    out = []
    for values in product(*(domains[r] for r in range(start, end) if r in domains)):
        for change in range(-30, 31) if useful else (0,):
            ways = sum(p > 0 and p + change > 0 for p in known) if change else 1
            true = sum(known) + sum(values) + change
            paid = cost + price(weights.criterion, change, puzzle.unit, weights.slope)
            paid += sum(price(weights.declared, true - d, puzzle.unit, weights.slope) for d in fact.declared)
            if ways and paid <= limit:
                out.append((true, paid, ways))
    return out


def summarise(puzzle: Puzzle) -> tuple[int, int, list[list[int]], list[int]]:
    """Best cost, number of explanations with it, starts and margin of every section."""
    best = next(b for b in range(200) if explain(puzzle, b))
    every = explain(puzzle, best + MARGIN_CAP)
    count = sum(w for c, _, w in every if c == best)
    starts, margins = [], []
    for k in range(len(puzzle.facts)):
        least: dict[int, int] = {}
        for cost, at, _ in every:
            least[at[k]] = min(cost, least.get(at[k], cost))
        ties = sorted(row for row, c in least.items() if c == best)
        others = [c - best for row, c in least.items() if row not in ties]
        starts.append(ties)
        margins.append(0 if len(ties) > 1 else min([MARGIN_CAP, *others]))
    return best, count, starts, margins


def made_up(seed: int) -> Puzzle:
    """A small puzzle with lost labels, wrong numbers, missing values, moved labels, pages, an uncounted section."""
    r = random.Random(seed)
    rows, sections = r.randint(4, 8), r.randint(2, 3)
    unit = r.choice((1, 1, 2))
    points: list[int | None] = [r.choice((1, 2, 2, 3, 4)) * r.choice((1, unit)) for _ in range(rows)]
    cuts = [0, *sorted(r.sample(range(1, rows), sections - 1)), rows]
    sums = [sum(p for p in points[a:b] if p) for a, b in pairwise(cuts)]
    total = sum(sums) + r.choice((0, 0, 0, 1)) if r.random() < 0.8 else None
    missing: tuple[tuple[int, tuple[int, ...]], ...] = ()
    if r.random() < 0.4:
        row = r.randrange(rows)
        points[row], missing = None, ((row, tuple(range(5))),)
    elif r.random() < 0.5:
        points[r.randrange(rows)] = r.choice((1, 2, 5))
    pieces = tuple(int(i >= rows // 2) for i in range(rows)) if r.random() < 0.5 else ()
    facts = [
        Fact(
            str(k),
            () if r.random() < 0.3 else (sums[k] + r.choice((0, 0, 0, 0, 1, -1, 3)),) * r.choice((1, 1, 2)),
            (pieces[cuts[k]],) if pieces else (),
            cuts[k] if r.random() < 0.5 else None,
            r.choice((0, 4, 10)),
            counted=k < sections - 1 or r.random() < 0.8,
            slack=int(k > 0 and r.random() < 0.2),
        )
        for k in range(sections)
    ]
    expected = ((r.randrange(rows), r.randrange(sections)),) if r.random() < 0.15 else ()
    return Puzzle(tuple(points), tuple(facts), total, missing, pieces, unit, expected)


def large() -> Puzzle:
    """A sheet of 1,000 criteria in 50 sections with one wrong digit; a fifth of the labels lack their points."""
    r = random.Random(1)
    points = [r.choice((1, 2, 2, 3, 4, 5)) for _ in range(1000)]
    cuts = [0, *sorted(r.sample(range(5, 996), 49)), 1000]
    sums = [sum(points[a:b]) for a, b in pairwise(cuts)]
    facts = tuple(Fact(str(k), () if r.random() < 0.2 else (s,)) for k, s in enumerate(sums))
    points[500] += 1
    return Puzzle(tuple(points), facts, sum(points) - 1)
