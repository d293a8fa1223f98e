"""Two tables without rules, one beside the other: the rows of each stand at heights of their own."""

from __future__ import annotations

import pytest

from pipeline.model import Table
from pipeline.readers import pdf
from tests.support import rawpdf
from tests.support.rawpdf import Canvas

HEAD = ("序号", "评价内容", "分值")
LEFT = (("1", ("设有专人管理。",), "40"), ("2", ("制度上墙并按期更新，", "台账记录齐全。"), "35"), ("3", ("按月检查。",), "25"))
RIGHT = (("1", ("路面完好，无坑洼、", "无积水，标线清楚。"), "50"), ("2", ("路灯亮灯率达标。",), "20"), ("3", ("井盖齐全。",), "30"))


def tables(left_total: str, right_total: str, head: tuple[str, ...] = HEAD) -> list[list[str]]:
    """The rows of each table as read, their cells joined with |."""
    canvas = Canvas()
    for x, names, rows, total in ((60, HEAD, LEFT, left_total), (320, head, RIGHT, right_total)):
        columns, y = (x, x + 40, x + 200), 130
        for at, name in zip(columns, names, strict=True):
            canvas.text(at, 100, name)
        for number, lines, points in rows:
            canvas.text(columns[0] + 4, y, number)
            canvas.text(columns[2] + 4, y, points)
            for i, line in enumerate(lines):
                canvas.text(columns[1], y + 12 * i, line)
            y += 12 * len(lines) + 12
        if total:
            canvas.text(columns[1], y, "合计")
            canvas.text(columns[2], y, total)
    found = [b for b in pdf.read(rawpdf.document([canvas]), "x.pdf").blocks if isinstance(b, Table)]
    return [["|".join(c.text for c in sorted(t.cells, key=lambda c: c.col) if c.row == row and c.text) for row in range(t.rows)] for t in found]


def rows_of(rows: tuple[tuple[str, tuple[str, ...], str], ...], total: str) -> list[str]:
    return ["|".join(HEAD), *(f"{n}|{''.join(lines)}|{p}" for n, lines, p in rows), *([f"合计|{total}"] if total else [])]


@pytest.mark.parametrize("left", ["100", ""])
def test_tables_side_by_side_are_two(left):
    assert tables(left, "100") == [rows_of(LEFT, left), rows_of(RIGHT, "100")]


@pytest.mark.parametrize(("total", "head"), [("", HEAD), ("100", ("序号", "检查情况", "得分"))])
def test_columns_that_name_no_second_table_that_ends_are_of_one(total, head):
    assert len(tables(total, total, head)) < 2
