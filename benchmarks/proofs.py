"""Calibration of the proof engine on made-up rubrics with known truth: how often is each margin wrong, how fast is it.

    .venv/bin/python -m benchmarks.proofs [--rubrics 1500] [--start SEED]

Each rubric has 5 to 8 sections; a quarter of the labels are lost, 1.5 % of the criteria missing, 1 % of the points
misread, 3 % of the declared points wrong. `proved` is best cost 0, a margin of at least 20 (whatever
the size of an error) and at most one missing value; none may be wrong. A missing value that two equations give is
called proved too, at a margin of 8: one misread criterion beside it changes both, so its wrong cases are counted.
Times are given against brute force on the small puzzles of the tests (same machine, same run).
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.proving.proofs import claim, is_checked, solve, walk
from pipeline.proving.puzzle import CONDITIONAL_MARGIN, PROVED_MARGIN, Fact, Puzzle, Summary
from tests.oracle import large, made_up, summarise


def rubric(seed: int) -> tuple[Puzzle, tuple[int, ...], dict[int, int]]:
    """A damaged rubric, the true starts of its sections, and the true values of its missing criteria."""
    r = random.Random(seed)
    sizes = [r.randint(1, 9) for _ in range(r.randint(5, 8))]
    true = [r.choice((1, 2, 2, 2, 3, 3, 4, 5)) for _ in range(sum(sizes))]
    starts = tuple(sum(sizes[:k]) for k in range(len(sizes)))
    sums = [sum(true[s : s + n]) for s, n in zip(starts, sizes, strict=True)]
    points: list[int | None] = [p if r.random() > 0.01 else max(1, p + r.choice((-2, -1, 1, 2, 3, 5))) for p in true]
    absent = [i for i in range(1, len(true) - 1) if r.random() < 0.015]
    for row in absent:
        points[row] = None
    facts = []
    for value in sums:
        stated = value if r.random() > 0.03 else max(1, value + r.choice((-10, -5, -2, -1, 1, 2, 5, 10)))
        facts.append(Fact(None, ()) if r.random() < 0.25 else Fact("x", (stated,)))
    puzzle = Puzzle(tuple(points), tuple(facts), sum(true), tuple((row, tuple(range(11))) for row in absent))
    return puzzle, starts, {row: true[row] for row in absent}


def margin_class(cost: int, margin: int) -> str:
    """The row of the calibration table a boundary belongs to."""
    if margin == 0:
        return "tie"
    size = "≥20" if margin >= PROVED_MARGIN else "8–19" if margin >= CONDITIONAL_MARGIN else "1–7"
    return f"margin {size}, cost {'0' if cost == 0 else '>0'}"


def said(puzzle: Puzzle, summary: Summary, k: int) -> str:
    """What the engine says of one boundary."""
    return claim(puzzle, summary.cost, len(summary.starts[k]), summary.margins[k], summary.sturdy[k])


def main() -> int:
    """Print the table; 1 where a `proved` boundary was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rubrics", type=int, default=1500)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    args = parser.parse_args()
    return measure(args.rubrics, args.start)


def measure(count: int, first: int) -> int:
    """So many made-up rubrics from a seed on, proved and judged by what they were made from."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    times = []
    proofs = wrong_proofs = values = wrong_values = 0
    for seed in range(first, first + count):
        puzzle, starts, true = rubric(seed)
        begun = time.perf_counter()
        summary = solve(puzzle)
        times.append(time.perf_counter() - begun)
        if summary is None:
            right["no claim"] += 1
            continue
        if summary.cost == 0:
            checked = [v for v in summary.values if is_checked(v)]
            values, wrong_values = values + len(checked), wrong_values + sum(v.values[0] != true[v.row] for v in checked)
        for k in range(1, len(starts)):
            name = margin_class(summary.cost, summary.margins[k])
            fits = summary.starts[k][0] == starts[k]
            (right if fits else wrong)[name] += 1
            proved = said(puzzle, summary, k) == "proved"
            proofs, wrong_proofs = proofs + proved, wrong_proofs + (proved and not fits)
    print(f"{count} rubrics, seeds {first}..{first + count - 1}")
    for name in sorted(set(right) | set(wrong)):
        total = right[name] + wrong[name]
        print(f"  {name:24} {total:6} boundaries, {wrong[name]:5} wrong ({100 * wrong[name] / total:.1f} %)")
    print(f"wrong `proved`: {wrong_proofs} of {proofs} boundaries")
    print(f"missing values called proved: {wrong_values} wrong of {values}")
    times.sort()
    print(f"programme: median {1000 * times[len(times) // 2]:.1f} ms, 95 % {1000 * times[int(0.95 * len(times))]:.1f} ms")
    print(f"a sheet of 1,000 criteria in 50 sections with one wrong digit: {seconds(large()):.1f} s (goal: under 10 s)")
    print(ratios(first))
    return int(wrong_proofs > 0)


def seconds(puzzle: Puzzle) -> float:
    """Wall seconds for one puzzle."""
    begun = time.perf_counter()
    solve(puzzle)
    return time.perf_counter() - begun


def ratios(first: int) -> str:
    """The programme and the zero-cost walk against brute force, on puzzles brute force can do."""
    puzzles = [made_up(seed) for seed in range(first, first + 40)]
    spent = []
    for function in (summarise, solve, walk):
        begun = time.perf_counter()
        for puzzle in puzzles:
            try:
                function(puzzle)
            except StopIteration:
                continue
        spent.append(time.perf_counter() - begun)
    brute, programme, walks = spent
    return f"brute force : programme : walk = {brute / walks:.0f} : {programme / walks:.1f} : 1 on 40 small puzzles"


if __name__ == "__main__":
    sys.exit(main())
