"""Tables in text files, however they are set: the same rows, each value where it stands; and texts that are no tables."""

from __future__ import annotations

import pytest

from pipeline.model import Paragraph, Table
from pipeline.readers import text

WANT = [
    ["项目", "序号", "考核内容", "分值"],
    ["日常管理（5分）", "1", "建立台账，按月报送。", "3"],
    ["", "2", "设专人值守。", "2"],
    ["服务（5分）", "3", "投诉三日内办结。", "5"],
    ["合计", "", "", "10"],
]

SHAPES = {
    "box": """
┌──────────────┬────┬──────────────┬────┐
│项目          │序号│考核内容      │分值│
├──────────────┼────┼──────────────┼────┤
│日常管理      │1   │建立台账，按月│3   │
│（5分）       │    │报送。        │    │
│              ├────┼──────────────┼────┤
│              │2   │设专人值守。  │2   │
├──────────────┼────┼──────────────┼────┤
│服务（5分）   │3   │投诉三日内办结。│5   │
├──────────────┼────┼──────────────┼────┤
│合计          │    │              │10  │
└──────────────┴────┴──────────────┴────┘
""",
    "ruled under the header alone": """
+---------+----+----------+----+
| 项目 | 序号 | 考核内容 | 分值 |
+---------+----+----------+----+
| 日常管理（5分） | 1 | 建立台账，按月 | 3 |
| | | 报送。 | |
| | 2 | 设专人值守。 | 2 |
| 服务（5分） | 3 | 投诉三日内办结。 | 5 |
| 合计 | | | 10 |
+---------+----+----------+----+
""",
    "markdown": """
| **项目** | 序号 | 考核内容 | 分值 |
|---|:-:|---|--:|
| 日常管理<br>（5分） | 1 | 建立台账，<br/>按月报送。 | 3 |
|  | 2 | 设专人值守。 | **2** |
| 服务（5分） | 3 | 投诉三日内办结。 | 5 |
| **合计** |  |  | 10 |
""",
    "tags": """
<html><body><table border="1"><tr><td>项目</td><td>序号</td><td>考核内容</td><td>分值</td></tr>
<tr><td rowspan="2">日常管理（5分）</td><td>1</td><td>建立台账，<b>按月</b>报送。</td><td>3</td></tr><tr><td>2</td><td>设专人值守。</td><td>2</td></tr>
<tr><td>服务（5分）</td><td>3</td><td>投诉三日内办结。</td><td>5</td></tr><tr><td colspan="3">合计</td><td>10</td></tr></table></body></html>
""",
    "commas": """
项目,序号,考核内容,分值
日常管理（5分）,1,"建立台账，
按月报送。",3
,2,设专人值守。,2
服务（5分）,3,投诉三日内办结。,5
合计,,,10
""",
    "quoted tabs": '项目\t序号\t考核内容\t分值\n"日常管理（5分）"\t1\t"建立台账，\n按月报送。"\t3\n\t2\t设专人值守。\t2\n服务（5分）\t3\t投诉三日内办结。\t5\n合计\t\t\t10\n',
    "a line end in a cell": "项目\t序号\t考核内容\t分值\n日常管理（5分）\t1\t建立台账，\n按月报送。\t3\n\t2\t设专人值守。\t2\n服务（5分）\t3\t投诉三日内办结。\t5\n合计\t\t\t10\n",
    "run together": "项目\t序号\t考核内容\t分值\n日常管理（5分） 1\t建立台账，按月报送。\t3\n\t\t2 设专人值守。\t2\n服务（5分）\t3\t投诉三日内办结。5\t\n合计\t\t\t10\n",
    "rules between spaces": """
==============  ====  ==================  ====
项目            序号  考核内容            分值
==============  ====  ==================  ====
日常管理（5分） 1     建立台账，按月报送。  3
                2     设专人值守。        2
服务（5分）     3     投诉三日内办结。    5
合计                                      10
==============  ====  ==================  ====
""",
    "gaps of any width": "项目    序号    考核内容    分值\n日常管理（5分）    1    建立台账，按月报送。    3\n2    设专人值守。    2\n服务（5分）    3    投诉三日内办结。    5\n合计    10\n",
    "single spaces": "项目 序号 考核内容 分值\n日常管理（5分） 1 建立台账，按月报送。 3\n2 设专人值守。 2\n服务（5分） 3 投诉三日内办结。 5\n合计 10\n",
    "a cell a line": "项目\n序号\n考核内容\n分值\n日常管理（5分）\n1\n建立台账，按月报送。\n3\n2\n设专人值守。\n2\n服务（5分）\n3\n投诉三日内办结。\n5\n合计\n10\n",
    "as pdftotext sets it": """
        序
项目           考核内容       分值 得分
        号
             建立台账，按月
日常管理    1               3
（5分）         报送。
        2    设专人值守。     2
服务（5分）  3    投诉三日内办结。   5
合计                      10
""",
}  # fmt: skip


def tables(source: str) -> list[Table]:
    return [b for b in text.read(source.encode(), "a.md").blocks if isinstance(b, Table)]


def grid(table: Table) -> list[list[str]]:
    out = [[""] * table.cols for _ in range(table.rows)]
    for cell in table.cells:
        out[cell.row][cell.col] = cell.text.replace("\n", "")
    return out


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_rows(shape):
    (table,) = tables(SHAPES[shape])
    rows = [row[:4] for row in grid(table)]
    assert [[c for c in row if c] for row in rows] == [[c for c in row if c] for row in WANT]
    assert [row[1:3] for row in rows[:4]] == [row[1:3] for row in WANT[:4]]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_quote_stands_in_its_line(shape):
    lines = SHAPES[shape].split("\n")
    for cell in tables(SHAPES[shape])[0].cells:
        assert lines[cell.at.line - 1][slice(*cell.at.span)] == cell.at.quote


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("考核标准\n评价内容,分值\n计量器具定期检定，设置公平秤。,20\n\"整洁,\n有序。\",30\n合计,50\n", 4),
        ("考核标准,\n评价内容,分值\n一、管理（50分）,\n设置公平秤。,20\n整洁有序。,30\n合计,50\n", 6),
        ("附件\n色系,代号\n红,A1\n蓝,B2\n\n考核标准\n", 3),
        ("考核标准\n考核内容        分值\n1.24小时值守。  20\n2.整洁有序。    30\n合计            50\n", 4),
        ("附件\n时段;班次;车辆\n早;甲;2\n晚;乙;1\n", 3),
    ],
)
def test_records_of_two_values_or_of_short_words_are_a_table(source, rows):
    (table,) = tables(source)
    assert table.rows == rows


@pytest.mark.parametrize(
    "source",
    [
        "参会单位如下:甲公司,乙公司,丙公司\n联系人如下:张某,李某,王某\n",
        "项目\n内容\n标准\n以上三个方面由各单位自行把握。\n",
        "甲|乙|丙三方协议\n本协议一式三份。\n",
        '"一网通办",便民服务\n',
        "各县区,各单位：\n一要提高认识,二要加强领导。\n三要落实责任,四要严格考核。\n",
        "Dear Sir,\nthe table,\nplease find it,\n",
        "各单位考核结果\n考核项目      得分\n道路清扫    95\n垃圾清运    90\n公厕管理    88\n",
        "各单位名单\n甲公司,1000\n乙公司,2000\n丙公司,3000\n",
        "甲队,5\n乙队,6\n丙队,7\n",
        "优秀,良好\n合格,不合格\n组长,成员\n",
        "上午,9:00,大厅\n下午,2:00,广场\n晚上,7:00,礼堂\n",
        "温度在 <5℃ 或 >30℃ 时停止作业，满足 a<b 的条件。\n",
        "A+级企业为优秀企业，A级、B+级企业为良好企业。\n",
        "地址：安远市  交通路  10号  三楼\n",
    ],
)
def test_other_texts_are_no_tables(source):
    blocks = text.read(source.encode(), "a.txt").blocks
    assert [b.text for b in blocks] == source.rstrip("\n").split("\n")


@pytest.mark.parametrize(
    "source",
    [
        "项目\n序号\n考核内容\n分值\n1\n建立台账。\n3\n2\n设专人值守。\n3\n投诉三日内办结。\n5\n",  # points lost
        "\\begin{tabular}{|c|c|} 项目 & 分值 \\\\ \\hline 甲 & 5 \\\\ \\end{tabular}\n",
    ],
)
def test_what_cannot_be_told_is_said(source):
    document = text.read(source.encode(), "a.txt")
    assert [r.kind for r in document.remarks] == ["unread-table"]
    assert not tables(source)


def test_markup_round_a_line_and_radicals_are_no_part_of_its_text():
    first, second = text.read("<center>⼆、评价⽅式</center>\n<!-- page 2 -->\n正⻝\n".encode(), "a.md").blocks
    assert isinstance(first, Paragraph)
    assert (first.text, first.at.quote) == ("二、评价方式", "⼆、评价⽅式")
    assert second.text == "正食"


def test_a_table_in_tags_that_is_cut_off_is_read_as_far_as_it_goes():
    (table,) = tables("题\n<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td>")
    assert grid(table) == [["甲", "1"], ["乙", ""]]
