import pytest

from pipeline.model import Notice
from tests.builders import annexes, at, body, foreign, headings, notice_of, reading_of, rubric_of
from tests.rules.hits import findings_of, hits

SHEET = rubric_of("项目|序号|评价内容|评价分值\n甲|1|甲一。|2")


def of(**more):
    return reading_of(SHEET, notice=notice_of(**more))


def outlined(*lines):
    return of(headings=headings(*lines))


@pytest.mark.parametrize(
    ("lines", "where", "severity"),
    [
        (("一、目标", "三、要求"), "notice/h1..notice/h2", "warning"),
        (("一、目标", "（一）甲", "（三）乙", "二、要求"), "notice/h2..notice/h3", "warning"),
        (("一、目标", "（一）甲", "（一）乙", "（二）丙"), None, None),
        (("一、目标", "二、甲", "二、乙"), "notice/h2..notice/h3", "warning"),
        (("一、目标", "1.甲", "2.乙", "4.丙"), "notice/h3..notice/h4", "note"),
        (("二、目标", "三、要求"), "notice/h1", "note"),
    ],
)
def test_outline_gap_hits(lines, where, severity):
    assert [(f.where, f.severity) for f in findings_of("outline-gap", outlined(*lines))] == ([(where, severity)] if where else [])


@pytest.mark.parametrize(
    "lines",
    [
        ("一、目标", "（一）甲", "（二）乙", "二、要求", "（一）丙", "（二）丁"),
        ("一、甲", "二、乙", "一、丙", "二、丁"),
        ("一、甲", "1.子", "2.丑", "二、乙", "1.寅"),
        (),
    ],
)
def test_outline_gap_leaves_alone(lines):
    assert hits("outline-gap", outlined(*lines)) == []


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("第一章总则", "第三章考核内容", "第四章附则"), ["notice/body"]),
        (("第一条目的", "第二条对象", "第四条内容", "第五条方式"), ["notice/body"]),
        (("第一条目的", "第二条对象", "第二条内容", "第三条方式"), ["notice/body"]),
        (("第一章总则", "第一条目的", "第二条对象", "第二章内容", "第三条方式", "第三章附则", "第四条本办法自印发之日起施行"), []),
        (("第一条目的", "第二条对象", "第九条规定的情形除外", "第三条内容"), []),
        (("第一条甲", "第二条乙", "第三条丙", "第一条丁", "第二条戊"), []),
        (("第三条甲", "第七条乙"), []),
    ],
)
def test_chapters_and_articles_run_on(lines, wanted):
    assert hits("outline-gap", of(body=body(*lines))) == wanted


def test_missing_element_hits():
    found = findings_of("missing-element", of(signature=None, issue_date=None))
    assert [(f.where, f.severity) for f in found] == [
        ("notice/signature", "warning"),
        ("notice/issue_date", "warning"),
        ("notice/seal", "note"),
    ]
    assert hits("missing-element", of(issue_date=None)) == ["notice/issue_date"]


def test_a_foreign_block_may_stand_in_the_place():
    (found,) = findings_of("missing-element", of(issue_date=None, foreign=(foreign("Lorem ipsum dolor"),)))
    assert "外来内容" in found.message


def test_missing_element_leaves_alone():
    assert hits("missing-element", of()) == []
    assert hits("missing-element", reading_of(SHEET, notice=Notice(title="某区考核评分表"))) == []


@pytest.mark.parametrize("number", ["某字[2023]7号", "某字〔2023〕第7号", "某字〔2023〕07号"])
def test_document_number_form_hits(number):
    assert hits("document-number-form", of(document_number=number)) == ["notice/document_number"]


@pytest.mark.parametrize("number", ["某字〔2023〕7号", "第7号", None])
def test_document_number_form_leaves_alone(number):
    assert hits("document-number-form", of(document_number=number)) == []


def test_title_form_hits():
    assert hits("title-form", of(title="关于印发考核办法")) == ["notice/title"]


@pytest.mark.parametrize("title", ["关于印发考核办法的通知", "关于考核工作的意见（试行）", None])
def test_title_form_leaves_alone(title):
    assert hits("title-form", of(title=title)) == []


def dated(quote, iso):
    return of(issue_date=iso, document_number="某字〔2023〕7号", places={"issue_date": at(quote)})


@pytest.mark.parametrize(
    ("quote", "iso", "where"),
    [
        ("2023年05月06日", "2023-05-06", "notice/issue_date"),
        ("二〇二三年五月六日", "2023-05-06", "notice/issue_date"),
        ("2023.5.6", "2023.5.6", "notice/issue_date"),
        ("2022年5月6日", "2022-05-06", "notice/document_number~notice/issue_date"),
    ],
)
def test_date_form_hits(quote, iso, where):
    assert hits("date-form", dated(quote, iso)) == [where]


def test_date_form_leaves_alone():
    assert hits("date-form", dated("2023年10月16日", "2023-10-16")) == []
    assert hits("date-form", of(issue_date=None)) == []


def test_validity_missing_hits():
    assert hits("validity-missing", of(annexes=annexes("评价表（试行）"), body=body("请遵照执行。"))) == ["notice/annexes/1"]


def test_validity_missing_leaves_alone():
    assert hits("validity-missing", of(annexes=annexes("评价表（试行）"), body=body("自2023年6月1日起试行。"))) == []
    assert hits("validity-missing", of(annexes=annexes("评价表"), body=body("请遵照执行。"))) == []


def test_jurisdiction_differs_hits():
    reading = of(title="关于印发青山区环卫考核方案的通知", annexes=annexes("白水市环卫考核表"))
    assert hits("jurisdiction-differs", reading) == ["notice/title~notice/annexes/1"]


@pytest.mark.parametrize("annex", ["青山区环卫考核表", "白水市青山区环卫考核表", "环卫考核表", "道路清扫区域划分表"])
def test_jurisdiction_differs_leaves_alone(annex):
    assert hits("jurisdiction-differs", of(title="关于印发白水市青山区环卫考核方案的通知", annexes=annexes(annex))) == []
