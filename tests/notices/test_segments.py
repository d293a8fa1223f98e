"""Where annexes and receipt sheets begin, and what only looks like it."""

from __future__ import annotations

import pytest

from pipeline.model import Cell, Document, Page, Source, Table
from pipeline.notices.intrusions import is_outlier, read_foreign
from pipeline.notices.lines import Line
from pipeline.notices.notice import parse, segment
from pipeline.provenance import Provenance
from pipeline.readers import text as text_reader

SHEET = "项目\t序号\t评价内容\t分值\n安全\t1\t落实安全生产责任制度。\t60\n服务\t2\t设置服务窗口，公开电话。\t40\n"


def cut(text: str) -> list[tuple[int, str, str | None]]:
    document = text_reader.read(text.encode(), "a.txt")
    return [(s.annex, s.kind, s.title) for s in segment(document)]


BODY = (0, "body", None)
CASES = [
    (f"正文。\n附件1\n甲类评价表\n{SHEET}附件2\n乙类评价表\n{SHEET}", [BODY, (1, "annex", "甲类评价表"), (2, "annex", "乙类评价表")]),
    (f"正文。\n附件：1\n甲类评价表\n{SHEET}", [BODY, (1, "annex", "甲类评价表")]),
    (f"正文。\n附件一：\n甲类评价表\n{SHEET}", [BODY, (1, "annex", "甲类评价表")]),
    (f"正文。\n附 件 3\n甲类企业服务质量\n评价表（试行）\n{SHEET}", [BODY, (3, "annex", "甲类企业服务质量评价表（试行）")]),
    (f"正文。\n附件2\n甲类企业服务质量检查评分\n表（试行）\n{SHEET}", [BODY, (2, "annex", "甲类企业服务质量检查评分表（试行）")]),
    (f"正文。\n附件2 甲类评价表\n{SHEET}", [BODY, (2, "annex", "甲类评价表")]),
    (f"正文。\n附表3\n评审标准表\n{SHEET}", [BODY, (3, "annex", "评审标准表")]),
    (f"正文。\n附件\n甲类评价表\n{SHEET}", [BODY, (1, "annex", "甲类评价表")]),
    (f"正文。\n**附件1**\n# 甲类评价表\n被评价单位：\n{SHEET}", [BODY, (1, "annex", "甲类评价表")]),
    (f"正文。\n附件1-1\n甲类评价表\n{SHEET}附件1-2\n乙类评价表\n{SHEET}", [BODY, (1, "annex", "甲类评价表"), (1, "annex", "乙类评价表")]),
    (f"正文。\n附件1\n被星级评定单位：            星级评定时间：   年  月  日\n甲类评定表\t\t\t\n{SHEET}", [BODY, (1, "annex", "甲类评定表")]),
    (f"附件2\n甲类评价表\n评价时间：\n{SHEET}", [BODY, (2, "annex", "甲类评价表")]),
    (f"正文。\n附件1：甲表\n附件2：乙表\n示例市教育局\n2021年6月1日\n附件1\n甲表\n{SHEET}附件2\n乙表\n{SHEET}", [BODY, (1, "annex", "甲表"), (2, "annex", "乙表")]),
    (f"正文。\n附件：甲评价表\n附件\n甲评价表\n{SHEET}", [BODY, (1, "annex", "甲评价表")]),
    (f"正文。\n附件1\n甲评价表\n{SHEET}注：表中各项均应评分。\n附表1\n检查记录\n单位\t情况\n甲\t好\n", [BODY, (1, "annex", "甲评价表")]),
    (f"附件1\n{SHEET}", [BODY, (1, "annex", None)]),
    (f"正文。\n附件2\n附件\n甲评价表\n{SHEET}", [BODY, (2, "annex", "甲评价表")]),
    (f"正文。\n附件1\n附件2\n甲评价表\n{SHEET}", [BODY, (1, "annex", None), (2, "annex", "甲评价表")]),
    (f"正文。\n附件1\n甲类评定表\t\t\t\n{SHEET}等次划分标准\n得分\t等次\n90分以上\t优秀\n不满90分\t合格\n", [BODY, (1, "annex", "甲类评定表")]),
    # what opens nothing
    (f"正文见附件1。\n（附件1）\n附件1为评价表，请对照执行。\n{SHEET}", [BODY]),
    ("正文。\n附件：1.甲类评价表\n2.乙类评价表\n示例市教育局\n2021年6月1日\n", [BODY]),
    ("正文。\n附件1：甲类评价表\n附件2：乙类评价表\n示例市教育局\n2021年6月1日\n", [BODY]),
    ("正文。\n附件：\n1.甲类评价表\n2.乙类评价表\n", [BODY]),
    (f"城市公厕评分表\n{SHEET}", [BODY]),
    # receipt sheets
    ("正文。\n《关于印发评价\n方案的通知》文件领取单\n序号\t单位\t领取人\t电话\n1\t甲公司\t某某\t13800000001\n",
     [BODY, (0, "receipt", "《关于印发评价方案的通知》文件领取单")]),
    ("正文。\n文件签收表\n单位\t签收人\t日期\n甲公司\t某某\t\n", [BODY, (0, "receipt", "文件签收表")]),
    ("正文。\n单位\t联系人\t联系电话\n甲公司\t某某\t13800000001\n", [BODY, (0, "receipt", None)]),
    (f"正文。\n附件1\n甲表\n{SHEET}\n单位\t领取人\t电话\n甲\t某某\t13800000002\n", [BODY, (1, "annex", "甲表"), (0, "receipt", None)]),
    ("正文。\n各单位应当建立物资发放登记制度。\n项目\t内容\n甲\t乙\n", [BODY]),
    ("正文。\n单位\t考核内容\t得分\t联系电话\n甲\t乙\t5\t\n", [BODY]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=range(len(CASES)))
def test_cut(text: str, expected: list[tuple[int, str, str | None]]) -> None:
    assert cut(text) == expected


def test_no_block_is_lost() -> None:
    for text, _ in CASES:
        document = text_reader.read(text.encode(), "a.txt")
        assert [b for s in segment(document) for b in s.blocks] == list(document.blocks)


def table_of(*rows: tuple[str, ...]) -> Table:
    cells = tuple(
        Cell(r, c, t, Provenance(t, path=f"t/r{r}c{c}"), col_span=4 if len(row) == 1 else 1)
        for r, row in enumerate(rows)
        for c, t in enumerate(row)
    )
    return Table(cells, len(rows), 4, Provenance("", path="t"))


@pytest.mark.parametrize(
    ("first", "title"),
    [(("附件2",), "乙类评价表"), (("附件2\n乙类评价表",), "乙类评价表"), (("附件2：乙类评价表",), "乙类评价表")],
)
def test_mark_inside_a_table(first: tuple[str, ...], title: str) -> None:
    rows = [first, ("乙类评价表",), ("项目", "序号", "内容", "分值"), ("安全", "1", "落实责任", "5")]
    document = Document(Source("a.xlsx", "0", "", "xlsx"), (), (table_of(*rows),))
    assert [(s.annex, s.kind, s.title) for s in segment(document)] == [BODY, (2, "annex", title)]


# ---- what does not belong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lorem ipsum dolor sit amet consectetur", True),
        ("Это совсем другой текст", True),
        ("これはちがうテキストです", True),
        ("이것은 다른 글입니다", True),
        ("ISO 9001:2015", False),
        ("https://www.example.com/a b c d e f", False),
        ("GB/T 9704-2012 《党政机关公文格式》", False),
        ("[2] Haramiishi R, Okuyama S, Yoshimura M. Identification of the components, 2020", False),
        ("PPT汇报", False),
        ("A B C D E", False),
        ("", False),
    ],
)
def test_outlier(text: str, expected: bool) -> None:
    assert is_outlier(text) is expected


def foreign(*texts: str) -> list[tuple[str, int]]:
    lines = [Line(t, Provenance(t, line=i + 1, span=(0, len(t))), tuple(range(len(t))), i) for i, t in enumerate(texts)]
    return [(f.text, f.repeats) for f in read_foreign(lines)[0]]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([f"{i}. Quercus (L.) Quercus" for i in range(1, 9)], [("Quercus (L.) Quercus", 8)]),
        ([f"{i}、落实主体责任" for i in range(1, 8)], [("落实主体责任", 7)]),
        (["加强管理" + "确保安全" * 8], [("确保安全", 8)]),
        (["各单位要 lorem ipsum dolor sit amet consectetur 抓好落实"], [("lorem ipsum dolor sit amet consectetur", 1)]),
        (["专家签字："] * 6, []),
        (["________"] * 9, []),
        (["1.是", "2.是", "3.是", "4.是", "5.是"], []),
        (["落实责任。", "落实责任。", "加强管理。"], []),
        (["□是 □否 □是 □否 □是 □否 □是 □否"], []),
        (["哈哈哈哈哈哈哈哈"], []),
    ],
)
def test_foreign_blocks(texts: list[str], expected: list[tuple[str, int]]) -> None:
    assert foreign(*texts) == expected


def test_personal_data_is_counted_and_never_kept() -> None:
    text = (
        "示发〔2021〕1号\n关于开展考评的通知\n各单位：\n联系人手机13800000009，办公电话0632-1234567。\n"
        "文件领取单\n序号\t单位\t领取人\t电话\n1\t甲公司\t某某\t13800000001\n2\t乙公司\t某某某\t138 0000 0002\n"
    )
    document = text_reader.read(text.encode(), "a.txt")
    notice = parse(document, segment(document))
    assert [(p.kind, p.count) for p in notice.personal_data] == [("mobile", 1), ("mobile", 2), ("name", 2)]
    assert "1380000" not in repr(notice)
    assert "138 0000" not in repr(notice)
    assert "某某" not in repr(notice)
    assert "0632-1234567" in notice.body[0].text


def test_empty_document() -> None:
    document = Document(Source("a.txt", "0", "text/plain", "text"), (Page(1, 595, 842),), ())
    assert [(s.annex, s.kind) for s in segment(document)] == [(0, "body")]
    assert parse(document, segment(document)).title is None
