"""Alignment of criteria: the real annexes, moves, merges, and texts that must not be paired."""

from __future__ import annotations

import random
from functools import cache

import pytest

from pipeline.model import Criterion
from pipeline.proving.alignment import align, similarity
from tests.test_seed import rubric_in

TWINS = {
    (1, 2): "1-1 2-2 3-3 4-4 5-5 6-6 7-7 10-10 19-12 20-13 21-14 22-15 24-16 25-17 26-18 27-19 28-20 30-22 31-23 32-24 45-32",
    (1, 3): "1-1 2-2 3-3 4-4 5-5 6-6 7-7 10-10 19-13 20-14 21-15 22-16 24-17 25-18 26-19 27-20 28-21 29-22 30-23 31-24 32-25 45-33",
    (2, 3): "1-1 2-2 3-3 4-4 5-5 6-6 7-7 8-8 9-9 10-10 12-13 13-14 14-15 15-16 16-17 17-18 18-19 19-20 20-21 22-23 23-24 24-25 32-33",
}


def criteria(*texts: str) -> list[Criterion]:
    return [Criterion(str(i), str(i), text, None) for i, text in enumerate(texts, start=1)]


def pairs(a, b, *kinds: str) -> list[str]:
    return [f"{p.a.number}-{p.b.number}" for p in align(a, b) if not kinds or p.kind in kinds]


@cache
def annex(number: int) -> tuple[Criterion, ...]:
    return rubric_in("notice.txt", number).printed()


@pytest.mark.parametrize("one", [1, 2, 3])
def test_the_twins_of_the_real_annexes(one) -> None:
    other = {1: 2, 2: 3, 3: 1}[one]
    a, b = sorted((one, other))
    assert pairs(annex(a), annex(b), "same") == TWINS[a, b].split()


def test_a_moved_criterion_and_a_merged_one() -> None:
    found = {(p.a.number, p.b.number): p.kind for p in align(annex(1), annex(2))}
    assert found["47", "31"] == "moved"
    assert found["23", "11"] == "merge"
    assert found["11", "11"] == found["36", "28"] == "maybe"


def test_order_of_the_arguments_does_not_matter() -> None:
    there = {(p.a.id, p.b.id) for p in align(annex(2), annex(3))}
    assert {(p.b.id, p.a.id) for p in align(annex(3), annex(2))} == there


A = "建立巡回保洁制度，主干道每日清扫不少于两次。"
B = "垃圾容器外观整洁，无破损、无满溢。"
C = "作业车辆密闭运输，不得沿途撒漏。"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((A, B, C), (A, B, C), ["1-1", "2-2", "3-3"]),
        ((A, B, C), (A, C), ["1-1", "3-2"]),
        ((A, C), (A, B, C), ["1-1", "2-3"]),
        ((A, B), (C,), []),
        ((A, ""), ("", A), ["1-2"]),
        ((), (A,), []),
        ((A, A), (A,), ["1-1"]),
        ((A, B, C), (C, A, B), ["1-2", "2-3", "3-1"]),
    ],
)
def test_pairs(left, right, expected) -> None:
    assert sorted(pairs(criteria(*left), criteria(*right))) == expected


def test_two_criteria_that_became_one() -> None:
    found = align(criteria(A, B), criteria(A + B))
    assert sorted((p.a.number, p.b.number) for p in found) == [("1", "1"), ("2", "1")]
    assert [p.kind for p in found if p.kind == "merge"] == ["merge"]
    assert [p.kind for p in align(criteria(A + B), criteria(A, B)) if p.kind == "split"] == ["split"]


def test_widths_and_spaces_do_not_count() -> None:
    assert similarity("每年不低于2次，", "每年 不低于２次,") == 1.0


@pytest.mark.parametrize("alphabet", [3000, 40])
def test_a_thousand_against_a_thousand(alphabet) -> None:
    r = random.Random(alphabet)
    signs = [chr(0x4E00 + i) for i in range(alphabet)]
    left = criteria(*("".join(r.choices(signs, k=40)) for _ in range(1000)))
    right = [c for c in left if int(c.number) % 50]
    assert pairs(left, right) == [f"{c.number}-{c.number}" for c in right]
