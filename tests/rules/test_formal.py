"""Addressees, record of printing, page numbers, cited bases, bundled records."""

import pytest

from pipeline.model import Notice, PageNumber
from tests.builders import annexes, at, body, notice_of, reading_of, rubric_of
from tests.rules.hits import hits

SHEET = rubric_of("项目|序号|评价内容|评价分值\n甲|1|甲一。|2")


def of(**more):
    return reading_of(SHEET, notice=notice_of(**more))


def addressed(quote, *names):
    return of(addressees=names, places={"addressees": at(quote)})


@pytest.mark.parametrize("names", [("各物业服务企业",), ("各街道", "各社区")])
def test_addressees_form_hits(names):
    assert hits("addressees-form", addressed("、".join(names) + ":", *names)) == ["notice/addressees"]


def test_addressees_form_hits_a_doubled_name():
    assert hits("addressees-form", addressed("各街道、各社区、各街道：", "各街道", "各社区", "各街道")) == ["notice/addressees"]


def test_addressees_form_leaves_alone():
    assert hits("addressees-form", addressed("各街道、各社区：", "各街道", "各社区")) == []
    assert hits("addressees-form", reading_of(SHEET)) == []


def imprinted(*lines):
    return of(imprint=body(*lines), places={"issue_date": at("2023年5月6日")})


@pytest.mark.parametrize(
    "line",
    ["抄送：市人民政府办公室", "某局办公室 2023年05月08日印发", "某局办公室 2023年4月30日印发"],
)
def test_imprint_form_hits(line):
    assert hits("imprint-form", imprinted(line)) == ["notice/imprint/1"]


@pytest.mark.parametrize("lines", [("抄送：市人民政府办公室。", "某局办公室 2023年5月8日印发"), ("某局办公室 2023年5月6日印发",), ()])
def test_imprint_form_leaves_alone(lines):
    assert hits("imprint-form", imprinted(*lines)) == []


def paged(*numbers):
    """Page numbers as printed, page by page; None where a page has none."""
    found = [PageNumber(n, at(f"— {n} —", page=page)) for page, n in enumerate(numbers, start=1) if n is not None]
    return of(page_numbers=tuple(found))


@pytest.mark.parametrize("numbers", [(1, 2, 4, 5), (3, 4, 6), (1, 2, 2, 3)])
def test_page_number_gap_hits(numbers):
    assert hits("page-number-gap", paged(*numbers)) == ["notice/pages"]


@pytest.mark.parametrize("numbers", [(1, 2, 3), (None, 1, 2, 3), (1, 2, 1, 2), (1, 2, None, 4), (1, 3), (1, 2, 8, 4, 5), (1, 2, 100, 4)])
def test_page_number_gap_leaves_alone(numbers):
    assert hits("page-number-gap", paged(*numbers)) == []


@pytest.mark.parametrize(
    "text",
    [
        "根据《关于加强物业管理工作的意见》精神，制定本办法。",
        "按照《某省人民政府关于促进供水发展的通知》要求，制定本办法。",
        "根据《关于加强物业管理工作的意见》（某政办发〔2024〕6号）精神，制定本办法。",
    ],
)
def test_basis_citation_hits(text):
    assert hits("basis-citation", of(body=body("引言。", text))) == ["notice/p2"]


@pytest.mark.parametrize(
    "text",
    [
        "根据《关于加强物业管理工作的意见》（某政办发〔2022〕6号）精神，制定本办法。",
        "根据某局《关于加强物业管理工作的意见》某政办发〔2022〕6号文件精神，制定本办法。",
        "根据《物业管理条例》《城镇供水水质标准》，制定本办法。",
        "现将《关于加强物业管理工作的意见》印发给你们。",
    ],
)
def test_basis_citation_leaves_alone(text):
    assert hits("basis-citation", of(body=body("引言。", text))) == []


def test_basis_citation_leaves_alone_a_title_numbered_elsewhere():
    first = "根据《关于加强供水工作的通知》（某水〔2022〕6号），制定本办法。"
    assert hits("basis-citation", of(body=body(first, "按照《关于加强供水工作的通知》要求落实。"))) == []


def test_internal_record_hits():
    assert hits("internal-record", of(internal_records=body("某通知文件领取单"))) == ["notice/internal-records/1"]


def test_internal_record_leaves_alone():
    assert hits("internal-record", of(internal_records=body("培训签到表"), annexes=annexes("培训签到表"))) == []
    assert hits("internal-record", reading_of(SHEET, notice=Notice())) == []
