"""The proof programme: the real vectors, brute force as oracle, sentences, speed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pipeline.proving.explanations import groups_of, looks_of
from pipeline.proving.proofs import claim, is_checked, robust_starts, solve, tie, walk
from pipeline.proving.puzzle import MARGIN_CAP, Fact, Puzzle
from tests.oracle import large, made_up, summarise

A1 = "1 2 2 2 1 2 2 2 2 2 2 2 2 2 2 2 2 5 2 2 2 2 2 2 2 2 1 1 2 2 1 2 2 2 2 2 2 2 2 4 2 2 2 2 2 2 2 2 2 2"
A2 = "3 3 3 3 3 3 3 4 4 3 3 3 3 2 2 2 2 2 3 3 ? 2 2 2 3 4 3 3 3 3 3 3 4 3 3"
A3 = "3 3 3 3 3 3 4 4 4 4 3 3 3 3 3 2 2 3 3 3 3 3 3 2 2 3 3 3 3 4 3 3 3"


def puzzle(points: str, declared: str, total: int | None = None, **more) -> Puzzle:
    """`?` is a missing value; `-` a lost label."""
    values = tuple(None if p == "?" else int(p) for p in points.split())
    facts = tuple(Fact(str(k), () if d == "-" else (int(d),)) for k, d in enumerate(declared.split(), start=1))
    missing = tuple((i, tuple(range(11))) for i, v in enumerate(values) if v is None)
    return Puzzle(values, facts, total, missing, **more)


def printed(sheet: Puzzle, *starts: int, weight: int = 10) -> Puzzle:
    """The same with labels printed at these rows."""
    facts = tuple(Fact(f.label, f.declared, (), s, weight) for f, s in zip(sheet.facts, starts, strict=True))
    return Puzzle(sheet.points, facts, sheet.total, sheet.missing)


def test_a_lost_label_found_by_order_and_sums() -> None:
    found = solve(puzzle(A1, "8 12 12 5 10 15 - 18", 100))
    assert (found.cost, found.count) == (0, 1)
    assert [s[0] + 1 for s in found.starts] == [1, 6, 12, 18, 19, 24, 33, 42]
    assert found.margins == (20, 20, 20, 20, 12, 12, 12, 12)


def test_two_lost_labels_and_an_absent_number_leave_six() -> None:
    found = solve(puzzle(A2, "15 - 10 - 25 10", 100))
    assert (found.cost, found.count) == (0, 6)
    assert found.starts[2] == (8, 11, 13, 16, 17, 18)
    (value,) = found.values
    assert (value.row, value.values, value.margin, value.redundancy) == (20, (2,), 10, 0)


@pytest.mark.parametrize("row", [11, 12])
def test_one_twin_settles_the_six(row) -> None:
    found = solve(tie(puzzle(A2, "15 - 10 - 25 10", 100), ((row, 2),)))
    assert (found.count, [s[0] + 1 for s in found.starts]) == (1, [1, 6, 12, 16, 25, 33])


@pytest.mark.parametrize(("expected", "count"), [((), 68), (((15, 2),), 37)])
def test_errors_that_cannot_be_told_apart(expected, count) -> None:
    found = solve(tie(puzzle(A3, "15 25 10 25 25", 100), expected))
    assert (found.cost, found.count, sum(p.count for p in found.patterns)) == (20, count, count)


def test_weights_do_not_make_a_proof() -> None:
    sheet = puzzle(A3, "15 25 10 25 25", 100)
    assert robust_starts(sheet, solve(sheet))[3] == (15, 16)


def test_groups_say_what_a_person_understands() -> None:
    sheet = tie(puzzle(A3, "15 25 10 25 25", 100), ((15, 2),))
    groups = groups_of(sheet, solve(sheet))
    assert groups[0] == (
        36,
        ("第13–16条中有一条多印1分；第17–25条中有一条少印1分", "one of 13–16 is 1 too high; one of 17–25 is 1 too low"),
    )
    assert groups[1][1][0] == "“3”应标11分（印作10分）；“4”应标24分（印作25分）"
    assert looks_of(sheet, solve(sheet))[0][0] == "第13–16条中任一分值格"


@pytest.mark.parametrize(
    ("points", "declared", "total", "starts", "cost", "count"),
    [
        ("3 3 4 2 2 4 4 5 3", "10 12 8", 30, (0, 3, 7), 0, 1),
        ("3 3 4 2 2 4 4 5 3", "10 14 8", 30, (0, 3, 7), 12, 1),  # only the label can be wrong: items close the total
        ("3 3 4 2 2 4 4 5 3", "10 14 8", None, (0, 3, 7), 12, 5),  # without a total a criterion may be, too
        ("3 3 4 2 2 5 4 5 3", "10 12 8", 30, (0, 3, 7), 10, 4),
        ("3 3 4 2 2 4 4 5 3", "10 12 8", 31, (0, 3, 7), 10, 1),
        ("3 3 4 2 2 4 4 5 3", "- - -", 31, (0, 3, 7), 10, 10),
    ],
)
def test_printed_layout_and_one_error(points, declared, total, starts, cost, count) -> None:
    found = solve(printed(puzzle(points, declared, total), *starts))
    assert (found.cost, found.count, tuple(s[0] for s in found.starts)) == (cost, count, starts)


def test_a_label_one_row_late() -> None:
    found = solve(printed(puzzle("3 3 4 2 2 4 4 5 3", "10 12 8", 30), 0, 4, 7))
    assert (found.cost, found.count, found.starts[1]) == (10, 1, (3,))


@pytest.mark.parametrize(
    ("declared", "total", "redundancy"), [("10 12 8", 30, 1), ("10 12 8", None, 0), ("10 - 8", 30, 0)]
)
def test_missing_points_and_how_often_they_are_checked(declared, total, redundancy) -> None:
    found = solve(printed(puzzle("3 3 4 2 2 ? 4 5 3", declared, total), 0, 3, 7))
    assert [(v.values, v.redundancy) for v in found.values] == [((4,), redundancy)]


def test_a_total_checks_no_points_outside_it() -> None:
    """A bonus stands outside the total: its label alone gives the missing points."""
    scored = printed(puzzle("5 5 4 6 2 ?", "10 10 5", 25), 0, 2, 4)
    bonus = replace(scored, facts=(*scored.facts[:2], replace(scored.facts[2], counted=False)), total=20)
    values = [solve(sheet).values[0] for sheet in (scored, bonus)]
    assert [(v.values, v.redundancy, is_checked(v)) for v in values] == [((3,), 1, True), ((3,), 0, False)]


def test_points_that_a_label_one_row_away_would_change_are_not_proved() -> None:
    """Label and subtotal say 9, but where the next section, which says nothing, begins is weak evidence."""
    facts = (Fact("1"), Fact("2", (9, 9), (), 2, 4), Fact("3"))
    (value,) = solve(Puzzle((2, 4, 2, None, 2, 3, 4), facts, None, ((3, (0, 1, 2, 3, 4)),), (0, 0, 0, 1, 1, 1, 1))).values
    assert (value.redundancy, is_checked(value)) == (1, False)


def test_two_missing_values_share_one_sum() -> None:
    found = solve(printed(puzzle("3 3 4 2 ? ? 4 5 3", "10 12 8", 30), 0, 3, 7))
    assert found.count == 7
    assert [v.values for v in found.values] == [tuple(range(7))] * 2


def test_halves_are_whole_in_their_unit() -> None:
    found = solve(puzzle("1 1 3 3 3 2", "5 8", 13, unit=2))
    assert (found.cost, found.starts) == (0, ((0,), (3,)))
    assert solve(puzzle("1 1 3 3 3 2", "6 8", 14, unit=2)).cost == 10


def test_a_section_outside_the_total() -> None:
    facts = (Fact("a", (6,)), Fact("b", (4,)), Fact("bonus", (5,), counted=False))
    found = solve(Puzzle((3, 3, 2, 2, 5), facts, 10))
    assert (found.cost, [s[0] for s in found.starts]) == (0, [0, 2, 4])


@pytest.mark.parametrize(
    ("cost", "ties", "margin", "sturdy", "points", "said"),
    [
        (0, 1, 20, 20, "1 2 3", "proved"),
        (0, 1, 20, 20, "1 ? 3", "proved"),
        (0, 1, 25, 25, "? ? 3", "conditional"),
        (0, 1, 19, 25, "1 2 3", "conditional"),
        (0, 1, 25, 10, "1 2 3", "conditional"),
        (0, 1, 7, 25, "1 2 3", "supported"),
        (10, 1, 25, 25, "1 2 3", "supported"),
        (0, 2, 0, 0, "1 2 3", "undecidable"),
    ],
)
def test_what_may_be_said(cost, ties, margin, sturdy, points, said) -> None:
    assert claim(puzzle(points, "3 3"), cost, ties, margin, sturdy) == said


def test_one_label_wrong_by_much_is_reckoned_with() -> None:
    """Next to a lost label, 6 for 16 moves the boundary; the margin by size is large, the sturdy one is not."""
    found = solve(puzzle("4 4 4 4 2 4 2 9 9", "6 - 18", None))
    assert found.sturdy[1] <= 10
    both = solve(puzzle("4 4 4 4 2 4 2 9 9", "16 8 18", None))
    assert both.sturdy == (20, 20, 20)


def test_the_walks_meet_once_where_the_layout_is_unique() -> None:
    forward, backward = walk(puzzle(A1, "8 12 12 5 10 15 - 18", 100))
    assert [len({r for r, _ in f} & {r for r, _ in b}) for f, b in zip(forward, backward, strict=True)] == [1] * 9
    assert {r for r, _ in forward[7]} == set(range(33, 50))
    assert {r for r, _ in backward[7]} == {41}


@pytest.mark.parametrize("sheet", [puzzle("1 2", "1 1 1"), puzzle("50 50", "1 1", 1), Puzzle((), (), None)])
def test_nothing_is_claimed_where_the_model_does_not_fit(sheet) -> None:
    assert solve(sheet) is None


@pytest.mark.parametrize("seed", range(150))
def test_brute_force_agrees(seed) -> None:
    sheet = made_up(seed)
    found = solve(sheet)
    if found is None or found.cost > 40:
        return
    assert (found.cost, found.count, [list(s) for s in found.starts], list(found.margins)) == summarise(sheet)
    assert max(found.margins) <= MARGIN_CAP


def test_a_thousand_criteria_in_fifty_sections() -> None:
    found = solve(large())
    assert found is not None
    assert found.cost == 10
