"""A row that a page break tears: its words go on below the break; number and points stand in either piece, or in both."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.model import Cell, Rubric, Table
from pipeline.notices.notice import Segment
from pipeline.provenance import Provenance
from pipeline.rubrics import rubric

HEAD = ("序号", "评价内容", "分值")
WHOLE = ("定期排查事故隐患。", "设置便民服务窗口。", "公开投诉举报电话。")


def part(page: int, rows: Sequence[Sequence[str]]) -> Table:
    """One page's part of a table; below a cell that goes down stands ^."""
    down = lambda r, c: next((k for k, row in enumerate(rows[r + 1 :]) if row[c] != "^"), len(rows) - r - 1)  # noqa: E731
    cells = [Cell(r, c, t, Provenance(t, page=page), row_span=1 + down(r, c)) for r, row in enumerate(rows) for c, t in enumerate(row) if t != "^"]
    return Table(tuple(cells), len(rows), len(rows[0]), Provenance("", page=page), page=page)


def read(upper: Sequence[Sequence[str]], lower: Sequence[Sequence[str]]) -> Rubric:
    (found,) = rubric.parse([Segment(1, "annex", "评价表", None, None, (part(1, upper), part(2, lower)))])
    return found


def lines(found: Rubric) -> list[tuple[str | None, str, str | None]]:
    return [(c.number, c.text, str(c.max_points) if c.max_points is not None else None) for c in found.criteria()]


NUMBERED = [("1", WHOLE[0], "5"), ("2", WHOLE[1], "6")]
JOINED = [*NUMBERED, ("3", "发现问题及时上报并在规定时限内整改。", "4"), ("4", WHOLE[2], "5")]


@pytest.mark.parametrize(
    ("foot", "top"),
    [
        (("3", "发现问题及时上报并在", "4"), ("3", "规定时限内整改。", "4")),
        (("3", "发现问题及时上报并在", ""), ("", "规定时限内整改。", "4")),
        (("", "发现问题及时上报并在", ""), ("3", "规定时限内整改。", "4")),
        (("", "发现问题及时上报并在", "4"), ("3", "规定时限内整改。", "")),
        (("", "", "4"), ("3", "发现问题及时上报并在规定时限内整改。", "")),
    ],
)
def test_a_row_torn_over_a_page(foot, top):
    assert lines(read([HEAD, *NUMBERED, foot], [top, ("4", WHOLE[2], "5")])) == JOINED


def test_a_row_torn_at_a_stop_that_ends_no_other():
    found = read([HEAD, *NUMBERED, ("3", "发现问题及时上报；", "4")], [("3", "在规定时限内整改。", "4"), ("4", WHOLE[2], "5")])
    assert lines(found)[2] == ("3", "发现问题及时上报；在规定时限内整改。", "4")


@pytest.mark.parametrize(
    ("foot", "top"),
    [
        (("3", "发现问题及时上报。", "4"), ("3", "在规定时限内整改。", "4")),  # a number printed twice
        (("3", "发现问题及时上报并在", "4"), ("3", "规定时限内整改。", "2")),
        (("3", "发现问题及时上报并在", "4"), ("4", "规定时限内整改。", "4")),
    ],
)
def test_rows_of_their_own_beside_a_page_break(foot, top):
    assert len(lines(read([HEAD, *NUMBERED, foot], [top, ("5", WHOLE[2], "5")]))) == 5


@pytest.mark.parametrize(
    ("foot", "top", "count"),
    [
        (("3", "发现问题及时上报并在规定", "4"), ("3", "时限内整改", "4"), 5),  # as well a repeated serial: a fault to be told
        (("3", "发现问题及时上报并在规定", ""), ("3", "时限内整改", ""), 5),
        (("3", "发现问题及时上报", "4"), ("3", "时限内整改", "4"), 5),  # its last line has room for more
        (("3", "发现问题及时上报并在规定", "4"), ("3", "时限内整改", "2"), 5),
        (("3", "发现问题及时上报并在规定", "4"), ("4", "时限内整改", "4"), 5),
    ],
)
def test_rows_with_number_and_points_each_stay_two(foot, top, count):
    upper = [HEAD, ("1", "定期排查事故隐患并建立台\n账", "5"), ("2", "设置便民服务窗口", "6"), foot]
    assert len(lines(read(upper, [top, ("5", "公开投诉举报电话", "5")]))) == count


LABELLED = ("项目", "评价内容", "分值")


@pytest.mark.parametrize(("label", "count"), [("安全（15分）", 3), ("", 3), ("服务（4分）", 4)])
def test_a_torn_row_without_a_number_under_its_own_label(label, count):
    """Its points stand in both pieces; under another label a row without a stop is whole."""
    upper = [LABELLED, ("安全（15分）", WHOLE[0], "5"), ("^", WHOLE[1], "6"), ("^", "发现问题及时上报并在", "4")]
    assert len(lines(read(upper, [(label, "规定时限内整改。", "4")]))) == count


def test_points_alone_at_the_foot_of_a_page():
    """They belong to the row whose words stand on the next page, unless that has points of its own."""
    upper = [LABELLED, ("安全（15分）", WHOLE[0], "5"), ("", WHOLE[1], "6"), ("", "", "4")]
    assert lines(read(upper, [("", WHOLE[2], "")]))[2:] == [(None, WHOLE[2], "4")]
    apart = read(upper, [("", WHOLE[2], "3")])
    assert lines(apart)[2:] == [(None, WHOLE[2], "3")]
    assert [u.text for u in apart.unplaced] == ["4"]
