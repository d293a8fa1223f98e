"""Upright rules that a table's own lines imply."""

from __future__ import annotations

import pytest

from pipeline.readers.grids.nets import find_nets
from pipeline.readers.grids.walls import with_labels, with_parted
from pipeline.readers.pages.marks import Glyph, Rule

XS, SIDES = (50.0, 100.0, 300.0, 350.0), (0, 3)
ROWS = [50.0 + 20 * i for i in range(7)]


def words(column: int, row: int, text: str) -> list[Glyph]:
    top = ROWS[row] + 5
    return [Glyph.of(c, XS[column] + 4 + 9 * i, top, XS[column] + 13 + 9 * i, top + 9) for i, c in enumerate(text)]


def texts_in_columns(rows: range) -> list[Glyph]:
    return [g for row in rows for column in range(3) for g in words(column, row, ("甲", "台账齐全", "5")[column])]


def striped(bare: set[int]) -> list[Rule]:
    """Uprights in each row but the bare ones."""
    return [
        Rule(x, ROWS[row], ROWS[row + 1]) for i, x in enumerate(XS) for row in range(6)
        if row not in bare and i not in SIDES
    ]  # fmt: skip


def test_rows_without_uprights_between_rows_that_have_them() -> None:
    flat = [Rule(y, XS[0], XS[-1]) for y in ROWS]
    (net,) = find_nets(flat, striped({0, 2, 4}), texts_in_columns(range(6)))
    assert [span[1:] for span in net.spans] == [(c, 1, 1) for _ in range(6) for c in range(3)]


@pytest.mark.parametrize("glyphs", [
    [*texts_in_columns(range(1, 6, 2)), *(g for row in (0, 2, 4) for g in words(0, row, "一段跨过各列的文字"))],
    [*texts_in_columns(range(1, 6, 2)), *(g for row in (0, 2, 4) for g in words(1, row, "只有一格"))],
    # the edges of the characters happen to lie where the uprights are
    [*texts_in_columns(range(1, 6, 2)), *(Glyph.of(c, 73.0 + 9 * i, ROWS[r] + 5, 82.0 + 9 * i, ROWS[r] + 14) for r in (0, 2, 4) for i, c in enumerate("一、基础管理"))],
])  # fmt: skip
def test_words_across_the_columns_or_in_one_alone_are_not_parted(glyphs: list[Glyph]) -> None:
    flat = [Rule(y, XS[0], XS[-1]) for y in ROWS]
    for net in find_nets(flat, striped({0, 2, 4}), glyphs):
        assert all((span[3] == 3) == (net.ys[span[0]] in (ROWS[0], ROWS[2], ROWS[4])) for span in net.spans)


def test_rules_that_break_off_around_a_label_close_its_column() -> None:
    """The label's cell spans three rows twice over: it is one cell each, its lines not shared out among the rows."""
    flat = [Rule(y, XS[0], XS[-1]) for y in (ROWS[0], ROWS[3], ROWS[6])]
    flat += [Rule(y, a, b) for y in (ROWS[1], ROWS[2], ROWS[4], ROWS[5]) for a, b in ((XS[0], XS[1]), (XS[2], XS[3]))]
    tall = [Rule(x, ROWS[0], ROWS[6]) for x in (XS[0], XS[3])]
    (net,) = find_nets(flat, tall, texts_in_columns(range(6)))
    assert [span for span in net.spans if span[1] == 1] == [(0, 1, 3, 1), (3, 1, 3, 1)]


def test_lines_to_write_on_close_nothing() -> None:
    flat = [Rule(y, a, b) for y in ROWS for a, b in ((XS[0], XS[1]), (XS[2], XS[3]))]
    assert find_nets(flat, [Rule(XS[0], ROWS[0], ROWS[1])], texts_in_columns(range(6))) == find_nets(flat, [Rule(XS[0], ROWS[0], ROWS[1])])


@pytest.mark.parametrize(("texts", "parted"), [(("9", "设施完好", "5"), True), (("甲", "设施完好", "乙"), False)])
def test_the_last_rows_of_a_table_alone_on_a_page(texts: tuple[str, ...], parted: bool) -> None:
    """One row with uprights, one without: both have figures in the same two columns, so that these part both."""
    flat = [Rule(y, XS[0], XS[-1]) for y in ROWS[:4]]
    tall = [Rule(x, ROWS[0], ROWS[3]) for x in (XS[0], XS[3])] + [Rule(x, ROWS[0], ROWS[1]) for x in XS[1:3]]
    glyphs = [g for row in (0, 1) for column, text in enumerate(texts) for g in words(column, row, text)] + words(1, 2, "合计")
    (net,) = find_nets(flat, tall, glyphs)
    assert [span for span in with_parted(net, glyphs).spans if span[0] == 1] == ([(1, c, 1, 1) for c in range(3)] if parted else [(1, 0, 1, 3)])


@pytest.mark.parametrize(("rows", "cut"), [((0, 1, 2, 3), [1, 2, 3]), ((0, 2), [2]), ((0, 1), [])])
def test_figures_that_share_a_cell(rows: tuple[int, ...], cut: list[int]) -> None:
    """One in each row, or one beside each of two labels (which begin in rows 0 and 2); else nothing tells where they part."""
    sides = [Rule(y, XS[0], XS[-1]) for y in (ROWS[0], ROWS[4])]
    flat = [*sides, Rule(ROWS[2], XS[0], XS[1]), *(Rule(y, XS[2], XS[3]) for y in ROWS[1:4])]
    tall = [Rule(x, ROWS[0], ROWS[4]) for x in XS]
    glyphs = [g for row in rows for g in words(1, row, "9")] + [g for row in range(4) for g in words(2, row, "台账")]
    (net,) = find_nets(flat, tall, glyphs)
    assert [row for row, col, _, _ in with_labels(net, glyphs).spans if col == 1 and row] == cut


@pytest.mark.parametrize(("text", "left", "cut"), [("运行过程", 182.0, True), ("运行过程", 157.0, False), ("运行过程", 104.0, False), ("评价内容", 182.0, False)])
def test_a_text_in_the_middle_of_one_column_of_a_cell(text: str, left: float, cut: bool) -> None:
    """The rest of a cell that a page cut has no side: the text in the middle of its own column is not of both. A text in the
    middle of both, one set to the left, and a header are."""
    flat = [Rule(y, XS[0], XS[-1]) for y in ROWS[:4]]
    tall = [Rule(x, ROWS[0], ROWS[3]) for x in (XS[0], XS[2], XS[3])] + [Rule(XS[1], ROWS[1], ROWS[3])]
    glyphs = [Glyph.of(c, left + 9 * i, ROWS[0] + 5, left + 9 * (i + 1), ROWS[0] + 14) for i, c in enumerate(text)]
    (net,) = find_nets(flat, tall, glyphs)
    assert ((0, 1, 1, 1) in with_parted(net, glyphs).spans) is cut


def test_the_figures_of_one_number_are_not_parted() -> None:
    """1 over 2 in a narrow column, beside a standard in two rows."""
    sides = [Rule(y, XS[0], XS[-1]) for y in (ROWS[0], ROWS[2])]
    flat = [*sides, Rule(ROWS[1], XS[1], XS[3])]
    glyphs = [Glyph.of(c, 70.0, ROWS[i] + 5, 79.0, ROWS[i] + 14) for i, c in enumerate("12")] + [g for row in (0, 1) for g in words(1, row, "台账")]
    (net,) = find_nets(flat, [Rule(x, ROWS[0], ROWS[2]) for x in XS], glyphs)
    assert (0, 0, 2, 1) in with_labels(net, glyphs).spans


@pytest.mark.parametrize(("first", "cut"), [(3, [2, 4]), (2, [4])])
def test_the_rest_of_a_cell_above_the_first_label_of_a_page(first: int, cut: list[int]) -> None:
    """The label stands in the middle of the rows below that rest, the others in the middle of theirs; or in the middle of all."""
    rows = [50.0 + 20 * i for i in range(9)]
    flat = [Rule(rows[i], XS[0] if i in (0, 4, 6, 8) else XS[1], XS[3]) for i in range(9)]
    tall = [Rule(x, rows[0], rows[8]) for x in XS]
    middles = {first: rows[first], 5: rows[5], 7: rows[7]}
    labels = [Glyph.of(c, 60.0 + 9 * i, y - 4.5, 69.0 + 9 * i, y + 4.5) for y in middles.values() for i, c in enumerate("管理")]
    texts = [Glyph.of(c, 110.0 + 9 * i, y + 5, 119.0 + 9 * i, y + 14) for y in rows[:8] for i, c in enumerate("台账")]
    (net,) = find_nets(flat, tall, [*labels, *texts])
    found = with_labels(net, [*labels, *texts])
    assert [row for row, col, _, _ in found.spans if col == 0 and 0 < row < 6] == cut
