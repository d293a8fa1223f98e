"""Notices of other subjects, written by hand: what must be read, and what must be left alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.model import Document, Notice, Page, Paragraph, Source
from pipeline.notices.lines import Margins, paragraph_lines
from pipeline.notices.notice import parse, segment
from pipeline.provenance import Provenance
from pipeline.readers import text as text_reader

TABLE = """项目\t序号\t考核内容\t分值\t得分
环境卫生（40分）\t1\t道路清扫保洁到位，无积存垃圾。\t20\t
\t2\t垃圾日产日清，收集容器完好。\t20\t
人员管理（60分）\t3\t作业人员统一着装，规范作业。\t30\t
\t4\t建立培训台账，每季度培训一次。\t30\t
合计\t\t\t100\t
"""


def document_of(text: str) -> Document:
    return text_reader.read(text.encode(), "notice.txt")


def notice_of(text: str) -> Notice:
    document = document_of(text)
    return parse(document, segment(document))


SANITATION = (
    """临江市城市管理局文件
临城管〔2022〕18号
临江市城市管理局关于印发
《临江市环卫作业考核办法（试行）》的通知
各街道办事处，各环卫作业单位、市环卫处：
为加强管理，制定本办法，现印发给你们，请遵照执行。
一、考核内容
考核内容包括环境卫生、人员管理两个方面，具体见《临江市环卫作业考核表》（附件1）。
二、考核等次
考核实行百分制。考核得分90分（含）以上为优秀，80分（含）-90分（不含）为良好，60分（含）-80分（不含）为合格，60分（不含）以下为不合格。
三、一票否决
有下列情形之一的，当年考核结果直接评定为不合格：
（一）发生较大及以上安全生产责任事故的；
（二）提供虚假材料的。
附件：1.临江市环卫作业考核表
2.考核情况汇总表
临江市城市管理局
2022年3月5日
附件1
临江市环卫作业考核表
被考核单位：
"""
    + TABLE
    + "附件2\n考核情况汇总表\n单位\t得分\t等次\t备注\n\n"
)


def test_sanitation_notice_whole() -> None:
    notice = notice_of(SANITATION)
    assert notice.document_number == "临城管〔2022〕18号"
    assert notice.title == "临江市城市管理局关于印发《临江市环卫作业考核办法（试行）》的通知"
    assert notice.issuer == "临江市城市管理局"
    assert notice.addressees == ("各街道办事处", "各环卫作业单位", "市环卫处")
    assert (notice.signature, notice.issue_date) == ("临江市城市管理局", "2022年3月5日")
    assert [(h.marker, h.level, h.text) for h in notice.headings] == [
        ("一、", 1, "考核内容"),
        ("二、", 1, "考核等次"),
        ("三、", 1, "一票否决"),
        ("（一）", 2, "发生较大及以上安全生产责任事故的"),
        ("（二）", 2, "提供虚假材料的"),
    ]
    assert [(a.annex, a.title) for a in notice.annexes] == [(1, "临江市环卫作业考核表"), (2, "考核情况汇总表")]
    assert [(a.annex, a.title) for a in notice.annex_titles] == [(1, "临江市环卫作业考核表"), (2, "考核情况汇总表")]
    assert [(c.annex, c.title) for c in notice.citations] == [(1, "临江市环卫作业考核表")]
    assert [(s.annex, s.names) for s in notice.section_lists] == [(1, ("环境卫生", "人员管理"))]
    assert [(v.number, v.text) for v in notice.vetoes] == [
        ("一", "发生较大及以上安全生产责任事故的"),
        ("二", "提供虚假材料的"),
    ]
    assert notice.veto_outcome == "当年考核结果直接评定为不合格"
    assert notice.score_max == Decimal(100)
    assert [(b.label, b.min, b.max, b.min_inclusive, b.max_inclusive) for b in notice.grade_bands] == [
        ("优秀", Decimal(90), None, True, False),
        ("良好", Decimal(80), Decimal(90), True, False),
        ("合格", Decimal(60), Decimal(80), True, False),
        ("不合格", None, Decimal(60), False, False),
    ]
    assert notice.foreign == notice.personal_data == ()


def test_every_quote_stands_at_its_span() -> None:
    lines = SANITATION.split("\n")
    notice = notice_of(SANITATION)
    values = [*notice.headings, *notice.annexes, *notice.annex_titles, *notice.citations, *notice.section_lists]
    values += [*notice.grade_bands, *notice.vetoes, *notice.body]
    places = [v.at for v in values] + list(notice.places.values())
    assert len(places) > 30
    for at in places:
        assert at.line is not None
        assert at.span is not None
        assert lines[at.line - 1][slice(*at.span)] == at.quote


HEADS = [
    # spellings of the number are kept
    ("示教发[2021]7号\n关于开展学校食堂考评的通知\n各学校：\n请遵照执行。\n", "示教发[2021]7号", "关于开展学校食堂考评的通知", ("各学校",)),
    ("示民发(2020)第3号\n关于印发养老机构评分细则的通知\n各养老机构:\n请执行。\n", "示民发(2020)第3号", "关于印发养老机构评分细则的通知", ("各养老机构",)),
    ("示卫健字【2023】11号\n关于印发医院考核方案的函\n各医院：\n请执行。\n", "示卫健字【2023】11号", "关于印发医院考核方案的函", ("各医院",)),
    ("2021年第3号\n关于发布出租汽车服务质量评价标准的公告\n现予公布。\n", "2021年第3号", "关于发布出租汽车服务质量评价标准的公告", ()),
    ("文号：示住建〔2022〕5号\n关于物业服务考核的意见\n各物业企业：\n请执行。\n", "示住建〔2022〕5号", "关于物业服务考核的意见", ("各物业企业",)),
    ("示交〔2021〕9号      签发人：某某\n关于网约车考核办法的请示\n市人民政府：\n请审批。\n", "示交〔2021〕9号", "关于网约车考核办法的请示", ("市人民政府",)),
    ("示 水 务 〔2021〕 6 号\n关于印发供水服务评价方案\n的通知\n各供水单位：\n请执行。\n", "示水务〔2021〕6号", "关于印发供水服务评价方案的通知", ("各供水单位",)),
    ("关于印发《公厕管理考核细则》的通知\n示城〔2020〕1号\n各区（县）城管局、各管护公司：\n请执行。\n", "示城〔2020〕1号", "关于印发《公厕管理考核细则》的通知", ("各区（县）城管局", "各管护公司")),
    # no number
    ("关于做好2023年度快递服务评价工作的通知\n各快递企业：\n请执行。\n", None, "关于做好2023年度快递服务评价工作的通知", ("各快递企业",)),
    # a rubric sheet alone is no notice
    ("城市公厕管理评分表\n被评价单位：\n" + TABLE, None, None, ()),
    ("食堂食品配送单位考核细则\n被考核单位：    考核月份：\n" + TABLE, None, None, ()),
    ("2023年度社区评分标准（总分：100分）\n1. 基础工作（30分）\n2. 服务（70分）\n", None, None, ()),
    # a number cited in running text is not the notice's
    ("关于开展评价的通知\n各单位：\n根据《关于加强管理的意见》（省建〔2019〕8号）要求，现开展评价。\n", None, "关于开展评价的通知", ("各单位",)),
    # a sentence that ends with a colon names nobody
    ("关于开展评价的通知\n现将有关事项通知如下：\n一、目标\n", None, "关于开展评价的通知", ()),
]


@pytest.mark.parametrize(("text", "number", "title", "addressees"), HEADS, ids=range(len(HEADS)))
def test_head(text: str, number: str | None, title: str | None, addressees: tuple[str, ...]) -> None:
    notice = notice_of(text)
    assert (notice.document_number, notice.title, notice.addressees) == (number, title, addressees)


def around(close: str) -> str:
    return f"示发〔2021〕1号\n关于开展考评的通知\n各单位：\n自2021年1月1日起，请认真组织实施本年度的考评工作，确保取得实效，按时报送结果。\n{close}"


CLOSES = [
    ("示例市教育局\n2021年6月1日\n", "示例市教育局", "2021年6月1日"),
    ("示例市教育局      2021年6月1日\n", "示例市教育局", "2021年6月1日"),
    ("示例市教育局\n示例市财政局\n二〇二一年六月一日\n", "示例市教育局、示例市财政局", "二〇二一年六月一日"),
    ("附件：考评表\n示例市教育局\n2021 年 6 月 1 日\n（此件公开发布）\n", "示例市教育局", "2021年6月1日"),
    ("2021年6月1日\n", None, "2021年6月1日"),
    ("示例市教育局\n2021.6.1\n", "示例市教育局", "2021.6.1"),
    # an issuer of any kind, also below an annex list that ends with a stop
    ("附件：1.分馆服务效能评分表。\n      2.上报材料。\n示例市图书馆\n2021年6月1日\n", "示例市图书馆", "2021年6月1日"),
    ("附件：考评名录\n示例区体育场馆运营联盟\n2021年6月1日\n", "示例区体育场馆运营联盟", "2021年6月1日"),
    ("附件：义务教育学校办学水平督导评估指标\n示例区人民政府教育督导室\n2021年6月1日\n", "示例区人民政府教育督导室", "2021年6月1日"),
    ("附件：考评表\n特此通知\n2021年6月1日\n", None, "2021年6月1日"),
    ("附件：考评表\n示例大学后勤保障处\n", "示例大学后勤保障处", None),
    # the plan that is forwarded stands after the close
    ("示例市教育局\n2021年6月1日\n考评实施方案\n一、目标\n为了提高学校的管理水平和服务质量，制定本方案，各单位应当遵照执行。\n", "示例市教育局", "2021年6月1日"),
    # no close: dates in running text and the line of printing are none
    ("本通知自2021年7月1日起施行。\n", None, None),
    ("示例市教育局办公室      2021年6月2日印发\n", None, None),
    ("评价时间：2021年6月1日\n", None, None),
]


@pytest.mark.parametrize(("close", "signature", "date"), CLOSES, ids=range(len(CLOSES)))
def test_close(close: str, signature: str | None, date: str | None) -> None:
    notice = notice_of(around(close))
    assert (notice.signature, notice.issue_date) == (signature, date)


ANNEX_LISTS = [
    ("附件：1.甲类企业评价表\n2.乙类企业评价表\n", [(1, "甲类企业评价表"), (2, "乙类企业评价表")]),
    ("附件： 1．甲类企业评价表（试行）；\n      2．乙类企业评价表（试行）。\n", [(1, "甲类企业评价表（试行）"), (2, "乙类企业评价表（试行）")]),
    ("附件1：甲类企业评价表\n附件2：乙类企业评价表\n", [(1, "甲类企业评价表"), (2, "乙类企业评价表")]),
    ("附件:服务质量评价表\n", [(1, "服务质量评价表")]),
    ("附件：\n1、甲类企业评价表\n2、乙类企业评价表\n", [(1, "甲类企业评价表"), (2, "乙类企业评价表")]),
    ("附件：1.甲类企业评价表 2.乙类企业评价表\n", [(1, "甲类企业评价表"), (2, "乙类企业评价表")]),
    ("附件：1.示例市生活垃圾分类收集运输处置企业安全生产与\n服务质量评价表\n2.乙类企业评价表\n", [(1, "示例市生活垃圾分类收集运输处置企业安全生产与服务质量评价表"), (2, "乙类企业评价表")]),
    ("请按附件要求填报。\n", []),
    ("具体指标见附件1。\n", []),
]


@pytest.mark.parametrize(("text", "expected"), ANNEX_LISTS, ids=range(len(ANNEX_LISTS)))
def test_annex_list(text: str, expected: list[tuple[int, str]]) -> None:
    notice = notice_of(around(text + "示例市教育局\n2021年6月1日\n"))
    assert [(a.annex, a.title) for a in notice.annexes] == expected
    assert notice.issue_date == "2021年6月1日"


CITATIONS = [
    ("指标见《甲类评价表》（附件1）。", [(1, "甲类评价表")]),
    ("指标详见附件2。", [(2, "")]),
    ("按附件1《甲类评价表》执行。", [(1, "甲类评价表")]),
    ("《甲类评价表》见附件一，《乙类评价表》见附件二。", [(1, "甲类评价表"), (2, "乙类评价表")]),
    ("评分标准见附件1-3。", [(1, ""), (2, ""), (3, "")]),
    ("评分标准见附件1、2。", [(1, ""), (2, "")]),
    ("见《评价表》（附件）。", [(None, "评价表")]),
    ("依据《安全生产法》（2021年修正）执行。", []),
]


@pytest.mark.parametrize(("text", "expected"), CITATIONS, ids=range(len(CITATIONS)))
def test_citations(text: str, expected: list[tuple[int | None, str]]) -> None:
    assert [(c.annex, c.title) for c in notice_of(around(text + "\n")).citations] == expected


SECTION_LISTS = [
    ("考核内容主要包括环境卫生、人员管理等方面，指标见附件1。", ("环境卫生", "人员管理")),
    ("从环境卫生和人员管理、应急保障3个方面考核（附件1）。", ("环境卫生", "人员管理", "应急保障")),
    ("遵守法律法规、规章制度等情况；环境卫生（40分）、人员管理（60分）。见附件1。", ("环境卫生", "人员管理")),
    ("考核设环境卫生、人员管理两个项目，见《考核表》（附件1）。", ("环境卫生", "人员管理")),
    # the first name begins with a character that may also lead an enumeration (设)
    ("考核内容包括设施设备、环境卫生、人员管理等方面（附件1）。", ("设施设备", "环境卫生", "人员管理")),
    # enumerations of other things
    ("各街道、各社区、各物业企业对照附件1自查。", None),
    ("加强宣传、落实责任、严格考核，见附件1。", None),
]


@pytest.mark.parametrize(("text", "names"), SECTION_LISTS, ids=range(len(SECTION_LISTS)))
def test_section_list(text: str, names: tuple[str, ...] | None) -> None:
    notice = notice_of(around(f"{text}\n示例市教育局\n2021年6月1日\n附件1\n考核表\n{TABLE}"))
    assert [s.names for s in notice.section_lists] == ([names] if names else [])


VETOES = [
    (
        "（二）有下列行为之一的，实行一票否决：\n1.发生食物中毒事故的；\n2.拒不配合检查的。\n（三）结果运用。\n",
        [("1", "发生食物中毒事故的"), ("2", "拒不配合检查的")],
        None,
    ),
    (
        "有下列情形之一的，一票否决，考核结果为不合格：（1）发生欺老虐老事件的；（2）伪造记录的；（3）拒绝整改的。\n",
        [("1", "发生欺老虐老事件的"), ("2", "伪造记录的"), ("3", "拒绝整改的")],
        "考核结果为不合格",
    ),
    ("发生重大责任事故的，实行一票否决，取消评优资格。\n", [("1", "发生重大责任事故的")], "取消评优资格"),
    (
        "三、否决项\n存在以下问题之一的，本年度考核记0分：\n①私自倾倒垃圾的；\n②瞒报事故的；\n",
        [("①", "私自倾倒垃圾的"), ("②", "瞒报事故的")],
        "考核记0分",
    ),
    (
        "四、一票否决情形\n（一）发生医疗责任事故的；\n（二）骗取医保基金的；\n五、结果运用\n被一票否决的，年度考核直接定为“不合格”等次。\n",
        [("一", "发生医疗责任事故的"), ("二", "骗取医保基金的")],
        "年度考核直接定为“不合格”等次",
    ),
    (
        "三、否决\n有下列情形之一的，实行一票否决，直接评为三等：\n1.转包的；\n2.瞒报的。\n",
        [("1", "转包的"), ("2", "瞒报的")],
        "直接评为三等",
    ),
    (
        "三、否决\n有下列情形之一的，实行一票否决，当年不得评为优：\n1.转包的；\n2.瞒报的。\n",
        [("1", "转包的"), ("2", "瞒报的")],
        "不得评为优",
    ),
    (
        "四、结果评定\n有下列情形之一的，取消当年评优资格并定为最低等次：\n1.弄虚作假的；\n2.拒不整改的。\n",
        [("1", "弄虚作假的"), ("2", "拒不整改的")],
        "取消当年评优资格",
    ),
    (
        "三、一票否决\n有下列情形之一的，一律列入黑名单并在全市通报：\n1.转包的；\n2.瞒报的。\n",
        [("1", "转包的"), ("2", "瞒报的")],
        "一律列入黑名单",
    ),
    # no veto
    ("（二）考核方式。分为下列几种：\n1.日常考核；\n2.集中考核。\n", [], None),
    ("实行一票否决制度，具体办法另行制定。\n", [], None),
    ("有下列情形之一的，每次扣2分：\n1.未着工装的；\n2.迟到的。\n", [], None),
    ("申报单位应当符合下列条件：\n1.取得许可证；\n2.人员持证。\n", [], None),
]


@pytest.mark.parametrize(("text", "items", "outcome"), VETOES, ids=range(len(VETOES)))
def test_vetoes(text: str, items: list[tuple[str, str]], outcome: str | None) -> None:
    notice = notice_of(around(text))
    assert [(v.number, v.text) for v in notice.vetoes] == items
    assert notice.veto_outcome == outcome


@pytest.mark.parametrize(("below", "joined"), [("评分标准：每少一次扣2分。", False), ("的扣完为止。", True)])
def test_the_standard_below_a_line_that_fills_the_page(below: str, joined: bool) -> None:
    rows = [("1.食品留样规范，留样不少于48小时（5分）", 328), (below, 234), ("2.消防器材完好，每月检查一次，计1分。", 299)]
    paragraphs = [Paragraph(t, Provenance(t, page=1, bbox=(90, 300 + 25 * i, x1, 310 + 25 * i)), page=1) for i, (t, x1) in enumerate(rows)]
    set_lines = [line for i, p in enumerate(paragraphs) for line in paragraph_lines(p, i)]
    assert Margins.of(set_lines).goes_on(set_lines[0], set_lines[1]) is joined


@pytest.mark.parametrize(("others", "joined"), [((180.0,), False), ((288.0, 150.0), True)], ids=["the longest line alone", "as long as another"])
def test_a_sentence_that_ends_in_the_longest_line_of_a_page(others: tuple[float, ...], joined: bool) -> None:
    rows = [("现将考评标准印发给你们，请遵照执行。", 288.0), ("某某街道办事处", 167.0), *(("各单位要高度重视此项工作", x1) for x1 in others)]
    paragraphs = [Paragraph(t, Provenance(t, page=1, bbox=(90, 120 + 25 * i, x1, 130 + 25 * i)), page=1) for i, (t, x1) in enumerate(rows)]
    set_lines = [line for i, p in enumerate(paragraphs) for line in paragraph_lines(p, i)]
    assert Margins.of(set_lines).goes_on(set_lines[0], set_lines[1]) is joined


def test_wrapped_lines_of_a_page_are_joined() -> None:
    """Visual lines of a page: title of two centred lines, an indented paragraph of two, a page number between."""
    rows = [
        ("示例市民政局文件", 150, 445, 60, 30),
        ("示民发〔2021〕4号", 230, 365, 120, 16),
        ("关于印发示例市养老机构服务质量", 150, 445, 160, 22),
        ("评价办法的通知", 220, 375, 190, 22),
        ("各养老机构：", 80, 176, 230, 16),
        ("为提高服务质量，根据有关规定制定本办法，评价得分90分以上为优", 112, 515, 260, 16),
        ("秀，不满90分为合格。", 80, 240, 290, 16),
        ("— 1 —", 280, 320, 790, 14),
        ("示例市民政局", 380, 476, 320, 16),
        ("2021年4月2日", 380, 480, 350, 16),
    ]
    paragraphs = tuple(
        Paragraph(t, Provenance(quote=t, page=1, bbox=(x0, y, x1, y + s)), page=1, size=s) for t, x0, x1, y, s in rows
    )
    document = Document(Source("a.pdf", "0", "application/pdf", "pdf", 1), (Page(1, 595, 842),), paragraphs)
    notice = parse(document, segment(document))
    assert notice.title == "关于印发示例市养老机构服务质量评价办法的通知"
    assert notice.places["title"].quote == "关于印发示例市养老机构服务质量\n评价办法的通知"
    assert notice.places["title"].bbox == (150, 160, 445, 212)
    assert [b.label for b in notice.grade_bands] == ["优秀", "合格"]
    assert notice.grade_bands[0].at.bbox == (80, 260, 515, 306)
    assert (notice.signature, notice.issue_date) == ("示例市民政局", "2021年4月2日")
    assert [b.text[:6] for b in notice.body] == ["为提高服务质"]


def test_markdown_residue_and_wrap_spaces() -> None:
    text = "# 示例市商务局\n\n**示商〔2021〕2号**\n\n## 关于印发示例市 菜市场考核 办法的通知\n\n各 市场：\n\n- 一、目 标\n"
    notice = notice_of(text)
    assert (notice.issuer, notice.document_number) == ("示例市商务局", "示商〔2021〕2号")
    assert notice.title == "关于印发示例市菜市场考核办法的通知"
    assert notice.addressees == ("各市场",)
    assert [(h.marker, h.text) for h in notice.headings] == [("一、", "目标")]


def test_plan_as_first_annex_gives_outline_and_bands() -> None:
    plan = "一、目标\n提高水平。\n二、等次\n90分以上为优秀，不满90分为合格。\n"
    text = around(f"附件：1.考评方案\n2.考评表\n示例市教育局\n2021年6月1日\n附件1\n考评方案\n{plan}附件2\n考评表\n{TABLE}")
    notice = notice_of(text)
    assert [h.text for h in notice.headings] == ["目标", "等次"]
    assert [b.label for b in notice.grade_bands] == ["优秀", "合格"]
    assert [(a.annex, a.title) for a in notice.annex_titles] == [(1, "考评方案"), (2, "考评表")]


WEB_PAGE = """政策文件
财政预决算
您现在的位置：首页 > 通知公告
{above}
来源：某某县住建局 发布时间：2024-03-15 浏览次数：128 打印
{title}
某住建发〔2020〕4号
各有关单位：
现印发给你们，请认真贯彻执行。
"""


@pytest.mark.parametrize(
    ("above", "title", "issuer"),
    [
        ("某某县住建局关于印发《考核办法》的通知", "某某县住建局关于印发《考核办法》的通知", "某某县住建局"),  # the page's own heading
        ("某某县人民政府", "某某县住建局\n关于印发《考核办法》的通知", "某某县住建局"),
        ("通知公告", "某某县住建局关于转发上级\n关于考核的通知\n的通知", "某某县住建局"),
    ],
)
def test_the_head_of_a_web_page(above: str, title: str, issuer: str) -> None:
    notice = notice_of(WEB_PAGE.format(above=above, title=title))
    assert notice.title == title.replace("\n", "")
    assert notice.issuer == issuer


@pytest.mark.parametrize("between", ["、", "　"])
def test_two_bureaus_on_one_line_issue_a_notice_together(between: str) -> None:
    line = f"白石县林业局{between}白石县文化和旅游局"
    notice = notice_of(f"{line}\n白林联发〔2023〕7号\n关于开展森林康养基地认定工作的通知\n各乡镇：\n现将有关事项通知如下。\n{line}\n2023年5月8日\n")
    assert notice.issuer == notice.signature == "白石县林业局、白石县文化和旅游局"


def test_a_bureau_in_spread_letters_is_one() -> None:
    notice = notice_of("白 石 县 林 业 局\n白林发〔2023〕7号\n关于开展森林康养基地认定工作的通知\n各乡镇：\n现将有关事项通知如下。\n")
    assert notice.issuer == "白石县林业局"


def test_a_bureau_that_keeps_contact_is_an_addressee() -> None:
    notice = notice_of("白石县水务局\n白水发〔2023〕7号\n关于开展河长制考核的通知\n各乡镇人民政府，县级河长联系部门：\n现将有关事项通知如下。\n")
    assert notice.addressees == ("各乡镇人民政府", "县级河长联系部门")


def test_items_of_the_annex_list_that_follow_a_wrapped_one() -> None:
    text = "白石县林业局\n白林发〔2023〕7号\n关于开展考核的通知\n各乡镇：\n现将有关事项通知如下。\n附件：1.白石县森林康养基地认定评分表（甲类） 2.白石县森林康养基地认定评\n分表（乙类） 3.白石县森林康养基地认定评分表（丙类）\n"
    titles = [(a.annex, a.title) for a in notice_of(text).annexes]
    assert titles == [(n, f"白石县森林康养基地认定评分表（{kind}类）") for n, kind in enumerate("甲乙丙", 1)]


@pytest.mark.parametrize(
    ("line", "issuer"),
    [
        ("白石县教育局　基础教育处", "白石县教育局基础教育处"),
        ("白石省公安厅　　交通管理局", "白石省公安厅交通管理局"),
        ("白石县住房局　白石县物业服务中心", "白石县住房局、白石县物业服务中心"),
        ("白石县住房局 白石县财政局", "白石县住房局、白石县财政局"),
        ("白石县　住房和城乡建设局", "白石县住房和城乡建设局"),
    ],
)
def test_a_unit_beside_its_organ_is_no_second_issuer(line: str, issuer: str) -> None:
    notice = notice_of(f"{line}\n\n白教〔2025〕3号\n\n关于开展检查的通知\n\n各学校：\n\n现将有关事项通知如下。\n\n{line}\n\n2025年3月12日\n")
    assert notice.issuer == notice.signature == issuer
