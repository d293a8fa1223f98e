"""A merged label cell that a page break tears: the text may stand in either piece."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from pipeline.model import Cell, Table
from pipeline.notices.notice import Segment
from pipeline.provenance import Provenance
from pipeline.rubrics import rubric

HEAD = ("项目", "序号", "评价内容", "分值")
TEXTS = ("落实安全责任制度。", "定期排查事故隐患。", "设置便民服务窗口。", "公开投诉举报电话。", "建立回访登记台账。", "及时归档有关资料。")


def part(page: int, labels: list[tuple[str, int]], first: int, points: list[str]) -> Table:
    """One page's part: labels with the rows they span, and the criteria."""
    cells = [Cell(0, c, t, Provenance(t, page=page)) for c, t in enumerate(HEAD)] if page == 1 else []
    row = top = len(cells) // 4
    for text, span in labels:
        cells.append(Cell(row, 0, text, Provenance(text, page=page), row_span=span))
        row += span
    for i, value in enumerate(points):
        values = (str(first + i), TEXTS[first + i - 1], value)
        cells += [Cell(top + i, c, t, Provenance(t, page=page)) for c, t in enumerate(values, 1)]
    return Table(tuple(cells), top + len(points), 4, Provenance("", page=page), page=page)


@pytest.mark.parametrize(
    ("foot", "label", "expected"),
    [
        ("", "服务（12分）", [("安全", 2), ("服务", 4)]),
        ("", "服务", [("安全", 2), ("服务", 4)]),
        # the points close without the blank rows: their own label is lost
        ("", "服务（9分）", [("安全", 2), (None, 1), ("服务", 3)]),
        # and where nothing closes, nothing is joined
        ("", "服务（20分）", [("安全", 2), (None, 1), ("服务", 3)]),
        ("制度（3分）", "服务（9分）", [("安全", 2), ("制度", 1), ("服务", 3)]),
    ],
)
def test_label_in_the_lower_piece(foot: str, label: str, expected: list[tuple[str | None, int]]) -> None:
    upper = part(1, [("安全", 2), (foot, 1)], 1, ["2", "2", "3"])
    lower = part(2, [(label, 3)], 4, ["3", "3", "3"])
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])
    assert [(s.label, len(s.criteria)) for s in found[0].sections] == expected


@pytest.mark.parametrize(("label", "expected"), [("服务（9分）", [("服务", 3)]), ("服务（6分）", [(None, 1), ("服务", 2)]), ("服务", [(None, 1), ("服务", 2)])])
def test_a_lone_row_above_its_label(label: str, expected: list[tuple[str | None, int]]) -> None:
    """One row fills the foot of the page, so that no cell there is merged: only points tell whose it is."""
    upper = part(1, [("", 1)], 1, ["3"])
    lower = part(2, [(label, 2)], 2, ["3", "3"])
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])
    assert [(s.label, len(s.criteria)) for s in found[0].sections] == expected


@pytest.mark.parametrize(
    ("head", "foot", "cut", "labels"),
    [
        ("服务", "（9分）", True, [("安全", None, 2), ("服务", Decimal(9), 3)]),
        ("服务（9", "分）", True, [("安全", None, 2), ("服务", Decimal(9), 3)]),
        ("便民服", "务（9分）", True, [("安全", None, 2), ("便民服务", Decimal(9), 3)]),
        # a whole sentence above: what follows without number and points is a damaged row of its own, under its own label
        ("服务", "回访（6分）", False, [("安全", None, 2), ("服务", None, 1), ("回访", Decimal(6), 3)]),
    ],
)
def test_label_torn_with_its_row(head: str, foot: str, cut: bool, labels: list[tuple[str, Decimal | None, int]]) -> None:
    """The break runs through the row: the lower piece holds the rest of its text and of its label."""
    upper = part(1, [("安全", 2), (head, 1)], 1, ["2", "2", "3"])
    if cut:
        upper = replace(upper, cells=tuple(replace(c, text=c.text.replace("设置便民服务窗口。", "设置便民服务窗")) for c in upper.cells))
    rest = [Cell(0, c, t, Provenance(t, page=2)) for c, t in enumerate((foot, "", "口并定期维护。", ""))]
    rows = [replace(c, row=c.row + 1) for c in part(2, [("", 2)], 4, ["3", "3"]).cells if c.col]
    rest[0] = replace(rest[0], row_span=3)
    lower = Table((*rest, *rows), 3, 4, Provenance("", page=2), page=2)
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])
    assert [(s.label, s.stated_points, len(s.criteria)) for s in found[0].sections] == labels
    assert ("设置便民服务窗口并定期维护。" in [c.text for s in found[0].sections for c in s.criteria]) is cut


@pytest.mark.parametrize(
    ("label", "below", "expected"),
    [
        ("服务（12分）", "2 1 1", [("服务", 6)]),
        ("服务（12分）", "2 2", [("服务", 6)]),
        # the points close without the blank rows, or close nowhere: the label below is lost
        ("服务（4分）", "2 2", [("服务", 2), (None, 4)]),
        ("服务（20分）", "2 2", [("服务", 2), (None, 4)]),
        ("服务", "2 2", [("服务", 2), (None, 4)]),
    ],
)
def test_blank_cells_below_a_label_in_one_table(label: str, below: str, expected: list[tuple[str | None, int]]) -> None:
    """A label cell torn by a break, in a table that a converter set whole again with blank cells below it."""
    whole = part(1, [(label, 2), *(("", int(span)) for span in below.split())], 1, ["2"] * 6)
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (whole,))])[0]
    runs: list[tuple[str | None, int]] = []
    for section in found.sections:
        if runs and runs[-1][0] == section.label:
            runs[-1] = (section.label, runs[-1][1] + len(section.criteria))
        else:
            runs.append((section.label, len(section.criteria)))
    assert runs == expected


def test_a_column_beside_the_text_torn_alone() -> None:
    """Only the scoring standard runs over the break: its rest belongs to the row above, and nothing is left over."""
    head = ("序号", "评价内容", "评分标准", "分值")
    rows = [head, ("1", "定期排查事故隐患。", "每少一次扣1", "5")]
    upper = Table(tuple(Cell(r, c, t, Provenance(t, page=1)) for r, row in enumerate(rows) for c, t in enumerate(row)), 2, 4, Provenance("", page=1), page=1)
    rows = [("", "", "分，扣完为止。", ""), ("2", "公开投诉举报电话。", "未公开不得分。", "5")]
    lower = Table(tuple(Cell(r, c, t, Provenance(t, page=2)) for r, row in enumerate(rows) for c, t in enumerate(row)), 2, 4, Provenance("", page=2), page=2)
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])[0]
    criteria = [c for s in found.sections for c in s.criteria]
    assert [(c.number, c.columns) for c in criteria] == [("1", {"standard": "每少一次扣1分，扣完为止。"}), ("2", {"standard": "未公开不得分。"})]
    assert found.unplaced == ()


def test_a_column_beside_the_text_torn_with_the_label() -> None:
    """The rest of the standard stands beside the rest of the label, whose cell goes on over the rows below."""
    head = ("项目", "序号", "评价内容", "评分标准", "分值")
    rows = [head, ("便民", "1", TEXTS[0], "每少一次扣1", "5")]
    upper = Table(tuple(Cell(r, c, t, Provenance(t, page=1)) for r, row in enumerate(rows) for c, t in enumerate(row)), 2, 5, Provenance("", page=1), page=1)
    rows = [("服务（8分）", "", "", "分，扣完为止。", ""), ("^", "2", TEXTS[1], "未公开不得分。", "3"), ("安全（2分）", "3", TEXTS[2], "未设置不得分。", "2")]
    cells = [Cell(r, c, t, Provenance(t, page=2)) for r, row in enumerate(rows) for c, t in enumerate(row) if t != "^"]
    lower = Table((replace(cells[0], row_span=2), *cells[1:]), 3, 5, Provenance("", page=2), page=2)
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])[0]
    assert [(s.label, s.stated_points, len(s.criteria)) for s in found.sections] == [("便民服务", Decimal(8), 2), ("安全", Decimal(2), 1)]
    assert [c.columns["standard"] for c in found.criteria()] == ["每少一次扣1分，扣完为止。", "未公开不得分。", "未设置不得分。"]


@pytest.mark.parametrize(("label", "rest"), [("便民（8分）", "分，扣完为止。"), ("安全（3分）", "")])
def test_a_column_beside_the_text_torn_under_its_label_printed_anew(label: str, rest: str) -> None:
    """The rest of the standard stands beside the same label; under another one it is a row that is told."""
    head = ("项目", "评价内容", "评分标准", "分值")
    rows = [head, ("便民（8分）", TEXTS[0], "每少一次扣1", "5")]
    upper = Table(tuple(Cell(r, c, t, Provenance(t, page=1)) for r, row in enumerate(rows) for c, t in enumerate(row)), 2, 4, Provenance("", page=1), page=1)
    rows = [(label, "", "分，扣完为止。", ""), ("^", TEXTS[1], "未公开不得分。", "3")]
    cells = [Cell(r, c, t, Provenance(t, page=2)) for r, row in enumerate(rows) for c, t in enumerate(row) if t != "^"]
    lower = Table((replace(cells[0], row_span=2), *cells[1:]), 2, 4, Provenance("", page=2), page=2)
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])[0]
    assert [c.columns["standard"] for c in found.criteria()] == [f"每少一次扣1{rest}", "未公开不得分。"]
    assert [u.text for u in found.unplaced] == ([] if rest else ["分，扣完为止。"])


def test_an_inner_label_goes_on_where_the_outer_one_is_torn_with_its_text_below() -> None:
    """The outer cell's text stands in its lower piece; the inner label's in its upper one, above a blank piece."""

    def piece(page: int, labels: list[tuple[str, str]], first: int) -> Table:
        head = [Cell(0, c, t, Provenance(t, page=page)) for c, t in enumerate(("一级指标", "二级指标", *HEAD[1:]))]
        rows = [(*pair, str(first + i), TEXTS[first + i - 1], "2") for i, pair in enumerate(labels)]
        cells = [Cell(r, c, t, Provenance(t, page=page)) for r, row in enumerate(rows, 1) for c, t in enumerate(row) if t != "^"]
        spans = {(r, c): 1 + next((k for k, row in enumerate(rows[r:]) if row[c] != "^"), len(rows) - r) for r, row in enumerate(rows, 1) for c in (0, 1)}
        cells = [replace(cell, row_span=spans.get((cell.row, cell.col), 1)) for cell in cells]
        return Table((*head, *cells), len(rows) + 1, 5, Provenance("", page=page), page=page)

    upper = piece(1, [("管理（4分）", "安全"), ("^", "^"), ("", "服务")], 1)
    lower = piece(2, [("质量（8分）", ""), ("^", "档案"), ("^", "^")], 4)
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])[0]
    assert [(s.label, s.stated_points, len(s.criteria)) for s in found.sections] == [
        ("管理", Decimal(4), 0), ("安全", None, 2), ("质量", Decimal(8), 0), ("服务", None, 2), ("档案", None, 2)
    ]  # fmt: skip


@pytest.mark.parametrize(("above", "below", "labels"), [
    ("服务", "（9分）", [("安全", None, 2), ("服务", Decimal(9), 4)]),
    ("服务（3分）", "（9分）", None),
    ("服务", "9", None),
])  # fmt: skip
def test_points_alone_complete_the_label_above(above: str, below: str, labels: list[tuple[str, Decimal | None, int]] | None) -> None:
    """Below a page break, where a label's second line stands alone; never a second time, and never a bare figure."""
    upper = part(1, [("安全", 2), (above, 1)], 1, ["2", "2", "3"])
    lower = part(2, [(below, 3)], 4, ["3", "2", "1"])
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])[0]
    sections = [(s.label, s.stated_points, len(s.criteria)) for s in found.sections]
    assert sections == labels if labels else len(sections) == 3


def test_a_total_row_alone_on_its_page_names_no_section() -> None:
    """Its cells lie on a grid of their own: a figure or a blank in a label's column is no label."""
    upper = part(1, [("安全", 2), ("服务", 1)], 1, ["2", "2", "3"])
    for cells in (("合计", "7", "", ""), ("", "", "合计", "7")):
        lower = Table(tuple(Cell(0, c, t, Provenance(t, page=2)) for c, t in enumerate(cells)), 1, 4, Provenance("", page=2), page=2)
        found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])[0]
        assert ([(s.label, len(s.criteria)) for s in found.sections], found.stated_total) == ([("安全", 2), ("服务", 1)], Decimal(7))


def test_points_beside_the_lower_piece_of_a_label() -> None:
    """A row runs over the break, and its label and the label's points stand below it."""
    head = ("项目", "项目分值", "序号", "评价内容", "分值")

    def piece(page: int, rows: list[tuple[str, ...]]) -> Table:
        texts = [head, *rows] if page == 1 else rows
        cells = tuple(Cell(r, c, t, Provenance(t, page=page)) for r, row in enumerate(texts) for c, t in enumerate(row))
        return Table(cells, len(texts), 5, Provenance("", page=page), page=page)

    upper = piece(1, [("安全", "4", "1", TEXTS[0], "4"), ("", "", "2", TEXTS[1], "2"), ("", "", "3", "设置便民服务窗", "3")])
    lower = piece(2, [("服务", "10", "", "口并定期维护。", ""), ("", "", "4", TEXTS[3], "5")])
    upper, lower = (
        replace(t, cells=tuple(replace(c, row_span=2) if c.col < 2 and c.row == row else c for c in t.cells if c.col > 1 or c.row != row + 1))
        for t, row in ((upper, 2), (lower, 0))
    )
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])[0]
    assert [(s.label, s.stated_points, len(s.criteria)) for s in found.sections] == [("安全", Decimal(4), 1), ("服务", Decimal(10), 3)]


@pytest.mark.parametrize(
    ("head", "foot", "points", "expected"),
    [
        ("便民", "服务（9分）", ["2", "2", "3", "3", "3"], [("安全", 2), ("便民服务", 3)]),
        ("便民（9分）", "服务（9分）", ["2", "2", "3", "3", "3"], [("安全", 2), ("便民服务", 3)]),
        # each closes alone, or nothing closes: two labels
        ("便民", "服务（6分）", ["2", "2", "3", "3", "3"], [("安全", 2), ("便民", 1), ("服务", 2)]),
        ("便民", "服务（8分）", ["2", "2", "3", "3", "3"], [("安全", 2), ("便民", 1), ("服务", 2)]),
        ("便民", "二、服务（9分）", ["2", "2", "3", "3", "3"], [("安全", 2), ("便民", 1), ("服务", 2)]),
    ],
)
def test_halves_of_a_label_on_two_pages(head: str, foot: str, points: list[str], expected: list[tuple[str, int]]) -> None:
    upper = part(1, [("安全（4分）", 2), (head, 1)], 1, points[:3])
    lower = part(2, [(foot, 2)], 4, points[3:])
    found = rubric.parse([Segment(1, "annex", "评价表", None, None, (upper, lower))])
    assert [(s.label, len(s.criteria)) for s in found[0].sections] == expected
