"""Random edit scripts: the change list must say what the script did, no more and no less."""

from __future__ import annotations

import itertools
import random
from functools import cache

import pytest

from pipeline.revisions.comparison import compare
from pipeline.revisions.pairing import assign, in_order
from tests.support.edits import Score, make_script

SEEDS = range(1000, 1120)


@cache
def score(heavy: bool) -> Score:
    out = Score()
    for seed in SEEDS:
        script = make_script(seed, heavy)
        out.judge(script, compare(script.old, script.new).changes)
    return out


@pytest.mark.parametrize("kind", ["light", "delete", "insert", "move", "rescore", "split", "merge", "rename", "repoint", "renumber"])
def test_light_scripts_are_reproduced(kind):
    assert score(False).recall(kind) >= 0.98, score(False).failing


@pytest.mark.parametrize("kind", ["heavy", "light", "delete", "insert", "move", "split", "merge"])
def test_heavy_scripts_are_reproduced(kind):
    assert score(True).recall(kind) >= 0.90, score(True).failing


@pytest.mark.parametrize(("heavy", "least"), [(False, 0.98), (True, 0.90)])
def test_nothing_else_is_told(heavy, least):
    found = score(heavy)
    assert {name: found.precision(name) for name in found.told if found.precision(name) < least} == {}, found.failing


@pytest.mark.parametrize("heavy", [False, True])
def test_weights(heavy):
    assert score(heavy).weight.total() == 0, score(heavy).failing


@pytest.mark.parametrize("seed", range(40))
def test_a_revision_against_itself_has_no_change(seed):
    script = make_script(seed, heavy=True)
    assert compare(script.new, script.new).changes == ()


def best_sum(scores: dict[tuple[int, int], float]) -> float:
    """By trying everything."""
    rows = sorted({i for i, _ in scores})
    cols = [*sorted({j for _, j in scores}), *[None] * len(rows)]
    return max((sum(scores.get((i, j), 0.0) for i, j in zip(rows, p, strict=True)) for p in itertools.permutations(cols, len(rows))), default=0.0)


@pytest.mark.parametrize("seed", range(60))
def test_assignment_against_brute_force(seed):
    draw = random.Random(seed)
    scores = {(i, j): draw.random() for i in range(draw.randint(1, 4)) for j in range(draw.randint(1, 4)) if draw.random() < 0.7}
    found = assign(scores)
    assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)
    assert sum(scores[p] for p in found) == pytest.approx(best_sum(scores))


@pytest.mark.parametrize("seed", range(40))
def test_longest_run_against_brute_force(seed):
    draw = random.Random(seed)
    values = [draw.randint(0, 9) for _ in range(7)]
    rising = (c for n in range(8) for c in itertools.combinations(values, n) if all(a < b for a, b in itertools.pairwise(c)))
    found = sorted(in_order(values))
    assert len(found) == max(map(len, rising))
    assert all(values[a] < values[b] for a, b in itertools.pairwise(found))
