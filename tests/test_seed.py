"""The real notice, end to end: three sources, one reading. Expectations are design.md section 6, worked by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jsonschema
import pytest

from pipeline import schemas, stages
from pipeline.model import Reading, Rubric
from pipeline.proving.checker import verify

FOLDER = Path(__file__).resolve().parents[1] / "sources" / "zaozhuang-gas-2021-42"
SOURCES = ("notice.txt", "notice.docx", "notice.pdf")


@cache
def reading_of(name: str) -> Reading:
    return stages.extract(FOLDER / name)


def rubric_in(name: str, annex: int) -> Rubric:
    return next(r for r in reading_of(name).rubrics if r.annex == annex)


SECTIONS = {
    1: [("日常管理", "8", 1, 5), ("安全运营", "12", 6, 11), ("工程建设", "12", 12, 17), ("储气能力建设", "5", 18, 18),
        ("培训宣传", "10", 19, 23), ("应急处置", "15", 24, 32), ("新增用户服务", None, 33, 41), ("供气服务", "18", 42, 50)],
    2: [("日常管理", "15", 1, 5), ("安全运营", None, 6, 11), ("培训宣传", "10", 12, 15), ("应急处置", None, 16, 24),
        ("供气服务", "25", 25, 32), ("送气服务", "10", 33, 35)],
    3: [("日常管理", "15", 1, 5), ("安全运营", "25", 6, 12), ("培训宣传", "10", 13, 16), ("应急处置", "25", 17, 25),
        ("加气服务", "25", 26, 33)],
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("annex", SECTIONS)
def test_sections(name, annex):
    read = [
        (s.label, s.stated_points and str(s.stated_points), int(s.criteria[0].number), int(s.criteria[-1].number))
        for s in rubric_in(name, annex).sections
    ]
    assert read == SECTIONS[annex]


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(("annex", "count", "total"), [(1, 50, 100), (2, 34, 98), (3, 33, 100)])
def test_printed_criteria_and_their_sum(name, annex, count, total):
    printed = rubric_in(name, annex).printed()
    assert (len(printed), sum(c.max_points for c in printed)) == (count, total)


@pytest.mark.parametrize("name", SOURCES[1:])
@pytest.mark.parametrize("annex", SECTIONS)
def test_facsimiles_read_like_the_transcription(name, annex):
    rows = lambda source: [(c.id, c.number, c.text, c.max_points, c.basis) for c in rubric_in(source, annex).criteria()]  # noqa: E731
    assert rows(name) == rows(SOURCES[0])


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize(
    ("annex", "status", "cost", "count", "before"),
    [(1, "conditional", 0, 1, None), (2, "supported", 0, 1, 6), (3, "undecidable", 20, 37, 68)],
)
def test_what_the_numbers_prove(name, annex, status, cost, count, before):
    found = rubric_in(name, annex).resolution
    assert (found.status, found.cost, found.count, found.count_before_alignment) == (status, cost, count, before)
    assert verify(found.certificate) == []


@pytest.mark.parametrize("name", SOURCES)
def test_number_21_is_inferred_and_never_printed(name):
    (lost,) = [c for c in rubric_in(name, 2).criteria() if c.basis != "printed"]
    assert (lost.id, lost.number, str(lost.max_points), lost.basis) == ("annex-2/c21", "21", "2", "inferred")
    assert lost.donors == ("annex-1/c29", "annex-3/c22")
    assert lost.text == next(c.text for c in rubric_in(name, 1).criteria() if c.number == "29")


@pytest.mark.parametrize("name", SOURCES)
def test_head_of_the_notice(name):
    head = reading_of(name).notice
    assert head.document_number == "枣高国土住建字〔2021〕42号"
    assert head.title == "关于印发枣庄高新区燃气行业服务质量评价实施方案的通知"
    assert head.issuer == "枣庄高新技术产业开发区国土住建社会事业局"
    assert head.addressees == ("各燃气经营企业",)
    assert (head.issue_date, head.signature) == (None, None)
    assert [(b.label, b.min and str(b.min), b.max and str(b.max)) for b in head.grade_bands] == [
        ("优秀", "90", None), ("合格", "70", "89"), ("不合格", None, "69")]
    assert [v.number for v in head.vetoes] == ["1", "2", "3"]
    assert [a.annex for a in head.annexes] == [1, 2, 3]


HEADLINES = {
    ("serial-gap", "annex-2/c20..annex-2/c22"),
    ("section-unlabelled", "annex-1/s7"),
    ("section-unlabelled", "annex-2/s2"),
    ("section-unlabelled", "annex-2/s4"),
    ("section-sum-mismatch", "annex-3/s3"),
    ("section-sum-mismatch", "annex-3/s4"),
    ("total-mismatch", "annex-2"),
    ("outline-gap", "notice/h4..notice/h5"),
    ("band-gap", "notice/bands/2~notice/bands/1"),
    ("band-gap", "notice/bands/3~notice/bands/2"),
    ("veto-without-outcome", "notice/vetoes"),
    ("missing-element", "notice/signature"),
    ("missing-element", "notice/issue_date"),
    ("missing-element", "notice/seal"),
    ("foreign-text", "notice/foreign/1"),
    ("annex-title-mismatch", "notice/annexes/3~annex-3"),
    ("text-slip", "annex-1/c19~annex-2/c12"),
    ("text-slip", "annex-2/c11~annex-1/c23"),
    ("header-damaged", "annex-1"),
    ("header-damaged", "annex-2"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_findings_a_careful_person_makes(name):
    found = {(f.rule, f.where) for f in reading_of(name).findings}
    assert found >= HEADLINES


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_undecidable_is_said_to_be_proved(name):
    status = {(f.rule, f.where): f.status for f in reading_of(name).findings}
    assert status["section-sum-mismatch", "annex-3/s3"] == status["section-sum-mismatch", "annex-3/s4"] == "undecidable"


@pytest.mark.parametrize("name", SOURCES)
def test_no_personal_data_comes_out(name):
    text = str(reading_of(name).to_json())
    assert "1380000" not in text
    assert "领取人" not in text


@pytest.mark.parametrize("name", SOURCES)
def test_json_is_valid_by_the_published_schema(name):
    jsonschema.Draft202012Validator(schemas.schema("notice")).validate(reading_of(name).to_json())
