"""Text reader: what is a row, what is a paragraph, and where it stands."""

import codecs

import pytest

from pipeline.errors import InputError, LimitExceeded, UnknownType
from pipeline.limits import MAX_LINE_CHARS
from pipeline.model import Paragraph, Table
from pipeline.readers import text

ROWS = "项目\t序号\t评价内容\t分值\n日常管理\t1\t有许可证。\t3\n\t2\t按时报送。\t2\n"


def blocks(source: str):
    return text.read(source.encode(), "a.txt").blocks


def grid(table: Table):
    out = [[""] * table.cols for _ in range(table.rows)]
    for cell in table.cells:
        out[cell.row][cell.col] = cell.text
    return out


def shape(source: str):
    """'p' for a paragraph, (rows, cols) for a table."""
    return ["p" if isinstance(b, Paragraph) else (b.rows, b.cols) for b in blocks(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("一行\n\n二行\n", ["p", "p"]),
        (ROWS, [(3, 4)]),
        (f"标题\n{ROWS}专家签字：\n", ["p", (3, 4), "p"]),
        (f"{ROWS}\n{ROWS}", [(3, 4), (3, 4)]),
        ("\t缩进的段落。\n", ["p"]),
        ("\t缩进一。\n\t缩进二。\n", ["p", "p"]),
        ("1.\t发生事故的；\n2.\t处置不力的。\n", ["p", "p"]),
        ("一、\t评价目标\n", ["p"]),
        ("\t\t\n", []),
        ("安全运营 (12分)\t\t\t\t\n", [(1, 5)]),
        ("| 序号 | 内容 | 分值 |\n|---|:--:|--:|\n| 1 | 甲 | 3 |\n", [(2, 3)]),
        ("甲|乙\n", ["p"]),
        ("---\n", []),
        ("序号  评价内容      分值\n1     许可证在有效期  3\n2     报表按时        2\n", [(3, 3)]),
        ("特此通知。    2021年  3月\n各企业：    请遵照\n", ["p", "p"]),
        ("", []),
    ],
)
def test_shape(source, expected):
    assert shape(source) == expected


def test_columns_keep_their_place():
    assert grid(blocks(ROWS)[0])[2] == ["", "2", "按时报送。", "2"]


def test_a_pipe_row_keeps_empty_cells():
    assert grid(blocks("| 项目 | 序号 | 内容 |\n|--|--|--|\n|  | 2 | 甲\\|乙 |\n")[0])[1] == ["", "2", "甲|乙"]


def test_a_short_gap_row_is_placed_by_where_it_stands():
    table = blocks("项目      序号  评价内容  分值\n日常管理  1     甲        3\n          2     乙        2\n")[0]
    assert grid(table)[2] == ["", "2", "乙", "2"]


def test_a_label_on_a_line_of_its_own_is_a_row():
    source = "序号\t内容\t分值\n安全运营（5分）\n1\t甲\t5\n"
    assert grid(blocks(source)[0])[1] == ["安全运营（5分）", "", ""]


@pytest.mark.parametrize("between", ["附件2", "附 件 2", "被评价单位：", "本表由评价组填写，一式两份，分送各有关单位存档备查，未尽事宜另行通知，请各单位认真遵照执行。"])
def test_other_lines_between_rows_are_no_rows(between):
    assert shape(f"1\t甲\t5\n{between}\n1\t甲\t5\n") == [(1, 3), "p", (1, 3)]


def test_after_a_total_a_title_is_no_row():
    assert shape("1\t甲\t5\n总评\t\t5\n乙企业评价表\n1\t甲\t5\n") == [(2, 3), "p", (1, 3)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_quote_stands_at_its_span(end):
    source = ("\u200b 标题 \n" + ROWS + " 结尾\u3000\n| a | b |\n| c | d |\n").replace("\n", end)
    lines = source.split(end)
    for block in blocks(source):
        for place in [block] if isinstance(block, Paragraph) else [block, *block.cells]:
            assert lines[place.at.line - 1][slice(*place.at.span)] == place.at.quote


@pytest.mark.parametrize(
    "data",
    [
        "评价表\n".encode(),
        codecs.BOM_UTF8 + "评价表\n".encode(),
        "评价表\n".encode("utf-16"),
        codecs.BOM_UTF16_BE + "评价表\n".encode("utf-16-be"),
        ("评价表\r\n1\t2\r\n" * 3).encode("utf-16-le"),
        "评价表\n依据有关规定，制定本办法。".encode("gb18030"),
        "评价表\n依据有关规定，制定本办法。".encode("gbk"),
        f"评价表\n┌{'─' * 40}┐\n│制度│\n└{'─' * 40}┘".encode("gb18030"),
    ],
)
def test_encodings(data):
    assert text.read(data, "a.txt").blocks[0].text == "评价表"


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03" * 50, bytes(range(128, 256)) * 4])
def test_binary_is_no_text(data):
    with pytest.raises(UnknownType):
        text.read(data, "a.txt")


def test_a_broken_bom_is_named():
    with pytest.raises(InputError, match="utf-8"):
        text.read(codecs.BOM_UTF8 + b"\xff\xfe\xff", "a.txt")


def test_a_ten_megabyte_line_is_refused():
    with pytest.raises(LimitExceeded, match=r"a\.txt:1"):
        text.read(("评" * 4_000_000).encode(), "a.txt")


def test_a_long_line_within_the_limit_is_read():
    assert len(blocks("评" * MAX_LINE_CHARS)[0].text) == MAX_LINE_CHARS


def test_direction_and_zero_width_characters_stay_in_the_quote():
    paragraph = blocks("\u202e评\u200b价\n")[0]
    assert "\u200b" in paragraph.at.quote


WRAPPED = """\
项目        序号  考核内容          分值  得分
日常管理    1     建立台账，按月      3
(5分)             报送。
            2     设专人值守，不      2
                  得脱岗。
服务质量    3     投诉三日内办结。    5
合计                                  10
专家签字：
"""


def test_wrapped_cells_set_by_spaces():
    document = text.read(WRAPPED.encode(), "a.txt")
    table, sign = document.blocks
    rows = [[c.text.replace("\n", "") for c in table.cells if c.row == r] for r in range(table.rows)]
    assert rows == [
        ["项目", "序号", "考核内容", "分值", "得分"],
        ["日常管理(5分)", "1", "建立台账，按月报送。", "3"],
        ["2", "设专人值守，不得脱岗。", "2"],
        ["服务质量", "3", "投诉三日内办结。", "5"],
        ["合计", "10"],
    ]
    assert sign.text == "专家签字："
    assert document.remarks == ()


CENTRED = """\
                  建立台账，按月
日常管理    1                         3
(5分)             报送。
"""


@pytest.mark.parametrize(
    ("printed", "instead"),
    [
        ("            2     设专", "\f            2     设专"),
        ("日常管理    1     建立台账，按月      3\n(5分)             报送。\n", CENTRED),
        ("服务质量    3     投", "\n             — 1 —\n\f项目        序号  考核内容          分值  得分\n服务质量    3     投"),
    ],
    ids=["page break", "number in the middle", "header again"],
)
def test_wrapped_cells_are_told_by_numbers_places_and_sentences(printed, instead):
    document = text.read(WRAPPED.replace(printed, instead).encode(), "a.txt")
    table = document.blocks[0]
    rows = [{c.col: c.text.replace("\n", "") for c in table.cells if c.row == r} for r in range(1, table.rows)]
    assert rows == [
        {0: "日常管理(5分)", 1: "1", 2: "建立台账，按月报送。", 3: "3"},
        {1: "2", 2: "设专人值守，不得脱岗。", 3: "2"},
        {0: "服务质量", 1: "3", 2: "投诉三日内办结。", 3: "5"},
        {0: "合计", 3: "10"},
    ]
    assert document.remarks == ()


@pytest.mark.parametrize(
    ("printed", "instead"),
    [
        ("            2     设专人值守，不      2", "            甲    设专人值守，不      2"),
        ("日常管理    1     建立台账，按月      3\n(5分)             报送。\n            2     设专人值守，不      2\n                  得脱岗。",
         "                  建立台账，按月\n日常管理    1                         3\n                  报送\n                  设专人值守，不\n                  得脱岗\n            2                         2"),
    ],
)  # fmt: skip
def test_wrapped_cells_that_cannot_be_told_apart_are_left(printed, instead):
    document = text.read(WRAPPED.replace(printed, instead).encode(), "a.txt")
    assert [r.kind for r in document.remarks] == ["unread-table"]
    assert not any(isinstance(b, Table) for b in document.blocks)


def test_rows_on_which_numbers_and_sentences_disagree_are_uncertain():
    source = WRAPPED.replace("            2     设专人值守，不      2\n                  得脱岗。", "                  设专人值守，不\n            2     得脱岗。            2")
    assert [r.kind for r in text.read(source.encode(), "a.txt").remarks] == ["uncertain-rows"]
