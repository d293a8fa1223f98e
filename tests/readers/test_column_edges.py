"""Where columns part though no upright says so, and text that reaches over its column's edge."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from pipeline.model import Table
from pipeline.readers.grids.grid import build
from pipeline.readers.grids.gutters import Known
from pipeline.readers.grids.regions import opened
from pipeline.readers.pages.marks import Glyph, PageMarks, Rule, line_text, text_lines

SIZE = 10.0
XS = (50.0, 110.0, 140.0, 320.0, 360.0)
HEADER = ("项目", "序号", "评价内容", "分值")


def put(text: str, x: float, y: float) -> list[Glyph]:
    """Characters from x on, the middle of the line at y; figures half as wide."""
    out = []
    for char in text:
        wide = SIZE / 2 if char.isascii() else SIZE
        out.append(Glyph.of(char, x, y - SIZE / 2, x + wide, y + SIZE / 2))
        x += wide
    return out


def row(y: float, *words: str, xs: Sequence[float] = XS) -> list[Glyph]:
    return [glyph for word, x in zip(words, xs, strict=False) for glyph in put(word, x + 3, y)]


def page(glyphs: Sequence[Glyph], flat: Sequence[Rule], tall: Sequence[Rule], shades: Sequence[tuple[float, float, float, float]] = ()) -> PageMarks:
    return PageMarks(1, 595.0, 842.0, tuple(glyphs), tuple(flat), tuple(tall), shades=tuple(shades))


def table_of(marks: PageMarks, known: Known | None = None) -> Table:
    (table,) = [block for block in build(marks, known) if isinstance(block, Table)]
    return table


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in table.cells if cell.row == r] for r in range(table.rows)]


def labelled(levels: Sequence[float], broken: Sequence[int], xs: Sequence[float]) -> list[Rule]:
    """Level rules over the table; the broken ones begin beside the label."""
    return [Rule(y, xs[1] if i in broken else xs[0], xs[-1]) for i, y in enumerate(levels)]


def test_level_rules_that_begin_beside_a_label_part_its_column() -> None:
    """No upright was drawn between the labels and the texts; the rules between the texts begin there."""
    xs, levels = (50.0, 110.0, 320.0, 360.0), [100.0 + 20 * i for i in range(6)]
    glyphs = [*row(110, "项目", "评价内容", "分值", xs=xs), *put("卫生", 53, 150)]
    for i, word in enumerate(("地面清洁", "垃圾日清", "灭火器完好")):
        glyphs += [*put(f"{i + 1}．{word}", 113, 130 + 20 * i), *put("5", 340, 130 + 20 * i)]
    glyphs += [*put("总分", 180, 190), *put("15", 338, 190)]
    tall = [Rule(x, levels[0], levels[-1]) for x in (50.0, 320.0, 360.0)]
    first = table_of(page(glyphs, labelled(levels, (2, 3), xs), tall))
    assert texts(first)[1:4] == [["卫生", "1．地面清洁", "5"], ["2．垃圾日清", "5"], ["3．灭火器完好", "5"]]
    assert texts(first)[4] == ["总分", "15"]


def test_one_such_rule_is_enough_where_the_page_before_had_more() -> None:
    xs, levels = (50.0, 110.0, 320.0, 360.0), [100.0 + 20 * i for i in range(4)]
    glyphs = [*row(110, "项目", "评价内容", "分值", xs=xs), *put("卫生", 53, 140)]
    glyphs += [*put("4．排水通畅", 113, 130), *put("5", 340, 130), *put("5．公厕免费", 113, 150), *put("5", 340, 150)]
    marks = page(glyphs, labelled(levels, (2,), xs), [Rule(x, levels[0], levels[-1]) for x in (50.0, 320.0, 360.0)])
    assert texts(table_of(marks, Known(breaks=(50.0, 360.0, (110.0,)))))[1:] == [["卫生", "4．排水通畅", "5"], ["5．公厕免费", "5"]]


@pytest.mark.parametrize(("label_ends", "labels", "serials"), [(140.0, ("业绩", "规模"), ["1", "2"]), (120.0, ("业绩", ""), ["1\n2"])])
def test_serials_that_no_rule_parts_stand_beside_labels_of_their_own(label_ends: float, labels: tuple[str, str], serials: list[str]) -> None:
    """The rule between the first and the second label begins beside the serials; a label beside both numbers parts none."""
    xs, levels = (50.0, 80.0, 140.0, 320.0, 360.0), [100.0 + 20 * i for i in range(6)]
    glyphs = [*row(110, "序号", "评审项目", "评审内容", "分值", xs=xs), *put("1", 63, 130), *put("2", 63, 170)]
    glyphs += [*put(labels[0], 83, 130), *put(labels[1], 83, 170)]
    for i in range(4):
        glyphs += [*put(f"第{i}类资料齐全。", 143, 130 + 20 * i), *put("5", 340, 130 + 20 * i)]
    across = [Rule(levels[0], 50, 360), Rule(120, 50, 360), Rule(levels[-1], 50, 360), *(Rule(y, 140, 360) for y in levels)]
    marks = page(glyphs, [*across, Rule(label_ends, 80, 360)], [Rule(x, levels[0], levels[-1]) for x in xs])
    assert [c.text for c in table_of(marks).cells if c.col == 0][1:] == serials


def test_an_underline_begins_no_column() -> None:
    """Lines below words begin and end where nothing stands."""
    levels = [100.0 + 20 * i for i in range(5)]
    glyphs = [*row(110, *HEADER), *(g for i in range(3) for g in row(130 + 20 * i, "卫生", f"{i + 1}", "地面清洁无尘", "5"))]
    lines = [Rule(136.0 + 20 * i, XS[2] + 2, XS[2] + 62) for i in range(3)]
    tall = [Rule(x, levels[0], levels[-1]) for x in XS]
    assert table_of(page(glyphs, [*(Rule(y, XS[0], XS[-1]) for y in levels), *lines], tall)).cols == 4


def ruled(glyphs: Sequence[Glyph], rows: int) -> PageMarks:
    levels = [100.0 + 20 * i for i in range(rows + 1)]
    return page(glyphs, [Rule(y, XS[0], XS[-1]) for y in levels], [Rule(x, levels[0], levels[-1]) for x in XS])


def test_a_mark_beyond_the_edge_belongs_to_the_text_it_ends() -> None:
    text = "证照悬挂于入口明显位置且字迹清楚可"
    glyphs = [*row(110, *HEADER), *put("卫生", 53, 130), *put("1", 113, 130), *put(text + "。", 149, 130), *put("5", 340, 130)]
    assert texts(table_of(ruled(glyphs, 2)))[1] == ["卫生", "1", text + "。", "5"]


def test_a_character_that_runs_over_the_edge_belongs_to_its_text() -> None:
    """A producer that forgets letter spacing when it breaks lines."""
    text = "证照悬挂于入口明显位置且字迹清楚可见"
    glyphs = [*row(110, *HEADER), *put("卫生", 53, 130), *put("1", 113, 130), *put(text, 145.5, 130), *put("5", 340, 130)]
    assert texts(table_of(ruled(glyphs, 2)))[1] == ["卫生", "1", text, "5"]


def test_a_text_that_begins_at_its_edge_is_its_own() -> None:
    """Cells without padding: the label fills its column, and the text beside it begins where that ends."""
    glyphs = [*row(110, *HEADER), *put("环境卫生保洁", 50, 130), *put("1", 113, 130), *put("地面清洁无尘", 140, 130), *put("5", 340, 130)]
    assert texts(table_of(ruled(glyphs, 2)))[1] == ["环境卫生保洁", "1", "地面清洁无尘", "5"]


def test_the_header_above_stripes_without_any_rule() -> None:
    """The second, fourth … row is shaded: header and first row stand above the first stripe."""
    rows = [130.0 + 20 * i for i in range(5)]
    glyphs = [*row(110, *HEADER), *(g for i, y in enumerate(rows) for g in row(y, "卫生" if i % 2 == 0 else "安全", f"{i + 1}", "地面清洁", "5"))]
    shades = [(a, y - 10, b, y + 10) for y in rows[1::2] for a, b in pairwise(XS)]
    table = table_of(page(glyphs, (), (), shades))
    assert texts(table)[:3] == [list(HEADER), ["卫生", "1", "地面清洁", "5"], ["安全", "2", "地面清洁", "5"]]


def test_a_label_wider_than_its_word_in_the_header_heads_no_section() -> None:
    """It stands alone on its line, between the first lines of two rows, and reaches past the middle of the gutter."""
    glyphs = [*put("项目", 60, 100), *put("评价内容", 190, 100), *put("分值", 345, 100)]
    for i, word in enumerate(("地面清洁无积水无杂物", "垃圾日产日清", "公厕免费开放", "排水通畅")):
        glyphs += [*put(f"{i + 1}．{word}", 104, 120 + 20 * i), *put("5", 350, 120 + 20 * i)]
    glyphs += [*put("环境卫生", 60, 150), *put("合计", 60, 200), *put("20", 350, 200)]
    table = table_of(page(glyphs, (), ()))
    assert next(cell.text for cell in table.cells if cell.col == 0 and cell.row) == "环境卫生"
    assert [cell.text for cell in table.cells if cell.col == 1][1:5] == ["1．地面清洁无积水无杂物", "2．垃圾日产日清", "3．公厕免费开放", "4．排水通畅"]


def test_a_point_beside_a_serial_makes_no_second_row() -> None:
    """The label's decimal point reaches into the column of serials, where it stands above the figures."""
    glyphs = [*row(110, *HEADER), *put("卫生（18.", 69, 124), *put("5分）", 69, 136), *put("1", 122, 134), *put("地面清洁", 143, 134), *put("5", 340, 134)]
    glyphs += row(150, "", "2", "垃圾日清", "13.5")
    table = table_of(ruled(glyphs, 3))
    assert table.rows == 3


def lines_of(y: float, xs: Sequence[float]) -> list[Rule]:
    """A level rule, cell by cell."""
    return [Rule(y, a, b) for a, b in pairwise(xs)]


def test_a_label_that_goes_on_from_the_page_before_leaves_its_table_whole() -> None:
    """Level rules only, drawn cell by cell: the first ones of the second page begin beside the label, the total's do not."""
    known = Known()
    first = [y for i in range(5) for y in lines_of(100.0 + 20 * i, XS if i in (0, 1, 4) else XS[1:])]
    glyphs = [*row(110, *HEADER), *(g for i in range(3) for g in row(130 + 20 * i, "卫生" if i == 1 else "", f"{i + 1}", "地面清洁", "5"))]
    assert table_of(page(glyphs, first, ()), known).cols == 4
    second = [y for i in range(4) for y in lines_of(50.0 + 20 * i, XS[1:] if i < 2 else (XS[0], *XS[3:]))]
    glyphs = [*row(60, "", "4", "排水通畅", "5"), *row(80, "", "5", "公厕免费", "5"), *row(100, "", "", "合计", "25")]
    table = table_of(page(glyphs, second, ()), known)
    assert [t for t in texts(table)[0] if t] == ["4", "排水通畅", "5"]
    assert [t for t in texts(table)[-1] if t] == ["合计", "25"]


def test_rules_around_the_header_alone_are_no_table() -> None:
    """The border of each header cell is drawn; the rows have none, and the last rule is on another page."""
    head = [*lines_of(100.0, XS), *lines_of(120.0, XS)]
    glyphs = [*row(110, *HEADER), *(g for i in range(4) for g in row(130 + 20 * i, "卫生" if i < 2 else "安全", f"{i + 1}", "地面清洁", "5"))]
    table = table_of(page(glyphs, head, ()))
    assert texts(table)[0] == list(HEADER)
    assert [cell.text for cell in table.cells if cell.col == 1] == ["序号", "1", "2", "3", "4"]


def test_labels_beside_stripes_that_leave_them_out() -> None:
    rows = [130.0 + 20 * i for i in range(6)]
    glyphs = [*row(110, *HEADER), *put("环境卫生", 53, 150), *put("安全", 53, 210)]
    glyphs += [g for i, y in enumerate(rows) for g in row(y, "", f"{i + 1}", "地面清洁", "5")]
    shades = [(a, y - 10, b, y + 10) for y in rows[::2] for a, b in pairwise(XS[1:])]
    table = table_of(page(glyphs, (), (), shades))
    assert texts(table)[0] == list(HEADER)
    assert [(cell.text, cell.row_span) for cell in table.cells if cell.col == 0][1:] == [("环境卫生", 3), ("安全", 3)]


def test_a_side_that_begins_below_a_label_closes_it() -> None:
    """The rest of a label from the page before has no border; the total below it has."""
    flat = [Rule(y, XS[1], XS[-1]) for y in (100.0, 120.0, 140.0)] + [Rule(160.0, XS[0], XS[-1])]
    tall = [Rule(XS[0], 140.0, 160.0), Rule(XS[1], 100.0, 140.0), Rule(XS[2], 100.0, 140.0), *(Rule(x, 100.0, 160.0) for x in XS[3:])]
    glyphs = [*row(110, "", "4", "排水通畅", "5"), *row(130, "", "5", "公厕免费", "5"), *put("合计", 100, 150), *put("25", 330, 150)]
    assert texts(table_of(page(glyphs, flat, tall)))[-1] == ["合计", "25"]


def test_names_of_sections_over_the_column_of_serials() -> None:
    """No rule at all; each name stands alone on its line, wider than the serials, and one is the last on its page."""
    glyphs = [*put("序号", 50, 100), *put("考核要点", 150, 100), *put("标准分", 330, 100)]
    for i, (word, points) in enumerate((("一、环境卫生", ""), ("1", "5"), ("2", "5"), ("二、安全管理", ""), ("3", "5"), ("三、游园秩序", ""))):
        y = 120.0 + 20 * i
        glyphs += put(word, 53, y) + (put("地面清洁无积水无杂物", 84, y) + put(points, 345, y) if points else [])
    table = table_of(page(glyphs, (), ()))
    assert [t[0] for t in texts(table)] == ["序号", "一、环境卫生", "1", "2", "二、安全管理", "3", "三、游园秩序"]


def test_a_header_word_of_two_lines_begins_above_the_others() -> None:
    glyphs = [*put("标准", 330, 94.5), *put("序号", 50, 101), *put("考核要点", 150, 101), *put("分", 335, 107.5)]
    glyphs += [g for i in range(3) for g in (*put(f"{i + 1}", 53, 125 + 20 * i), *put("地面清洁无积水", 84, 125 + 20 * i), *put("5", 335, 125 + 20 * i))]
    region = opened(text_lines(glyphs), 0)
    assert region is not None
    assert [line_text(line) for line in region.header] == ["标准", "序号 考核要点", "分"]


def test_a_high_first_row_and_a_header_of_two_lines_above_stripes() -> None:
    """Form fields stand above the header, the first row has five lines, the last one is not shaded."""
    edges = [140.0, 200.0, 220.0, 240.0, 260.0]
    glyphs = [*put("考核单位：", 53, 95), *put("考核日期：", 200, 95), *put("项目", 53, 115), *put("序", 113, 115), *put("号", 113, 127), *put("评价内容", 143, 115), *put("分值", 323, 115)]
    glyphs += [*put("卫生", 53, 180), *put("安全", 53, 240), *put("1", 113, 170), *put("5", 323, 170)]
    glyphs += [g for k in range(4) for g in put("地面清洁无积水无杂物", 143, 149 + 14 * k)]
    glyphs += [g for i in range(3) for g in row(210 + 20 * i, "", f"{i + 2}", "垃圾日清", "5")]
    shades = [(a, top, b, bottom) for top, bottom in (edges[1:3], edges[3:5]) for a, b in pairwise(XS[1:])]
    table = table_of(page(glyphs, (), (), shades))
    assert texts(table)[0] == list(HEADER)
    assert [cell.text for cell in table.cells if cell.col == 1] == ["序号", "1", "2", "3", "4"]


def test_a_running_title_is_no_row_of_a_table_that_goes_on() -> None:
    known = Known(heads={"河道保洁检查评分标准"}, open=(50.0, 360.0, (105.0, 135.0, 320.0), ((53.0, 73.0), (113.0, 118.0), (143.0, 250.0), (340.0, 345.0))))
    glyphs = [*put("河道保洁检查评分标准", 50, 30), *(g for i in range(3) for g in row(60 + 20 * i, "", f"{i + 4}", "地面清洁", "5"))]
    assert [cell.text for cell in table_of(page(glyphs, (), ()), known).cells if cell.col == 1] == ["4", "5", "6"]


def test_two_tables_of_stripes_on_a_page_stay_apart() -> None:
    """Neither has a header above its first stripe; that of the first does not reach down to the second."""
    glyphs, shades = [], []
    for start in (100.0, 220.0):
        glyphs += [*row(start + 10, *HEADER), *(g for i in range(3) for g in row(start + 30 + 20 * i, "卫生", f"{i + 1}", "地面清洁", "5"))]
        shades += [(a, start + y, b, start + y + 20) for y in (20.0, 60.0) for a, b in pairwise(XS)]
    glyphs += put("附件2：", 53, 205)
    tables = [block for block in build(page(glyphs, (), (), shades)) if isinstance(block, Table)]
    assert [texts(table)[0] for table in tables] == [list(HEADER)] * 2
    assert [table.rows for table in tables] == [4, 4]


def test_the_first_row_of_a_page_above_its_first_stripe() -> None:
    """The table goes on without its header; the row above the first stripe has the number before."""
    rows = [60.0 + 20 * i for i in range(5)]
    glyphs = [*put("河道保洁检查评分标准", 50, 20), *(g for i, y in enumerate(rows) for g in row(y, "", f"{i + 9}", "地面清洁", "5"))]
    shades = [(a, y - 10, b, y + 10) for y in rows[1::2] for a, b in pairwise(XS)]
    assert [cell.text for cell in table_of(page(glyphs, (), (), shades)).cells if cell.col == 1] == ["9", "10", "11", "12", "13"]
    other = [g for g in glyphs if g.y > 65] + row(60, "", "3", "地面清洁", "5")
    assert [cell.text for cell in table_of(page(other, (), (), shades)).cells if cell.col == 1] == ["10", "11", "12", "13"]


@pytest.mark.parametrize(
    ("off", "beside", "text"),
    [(7.0, 2.5, "落实到位 5.5分"), (2.5, 2.5, "落实到位5.5分"), (7.0, 5.0, "落实到位5.5分")],
    ids=["two blanks", "set apart by the program", "letter-spaced"],
)
def test_points_that_stand_off_the_text_before_them(off: float, beside: float, text: str) -> None:
    line = put("落实到位", 50, 100)
    line += put("5.5", line[-1].x1 + off, 100)
    line += put("分", line[-1].x1 + beside, 100)
    assert line_text(line) == text
