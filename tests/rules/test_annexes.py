import pytest

from pipeline.model import AnnexEntry
from tests.builders import annexes, at, citation, notice_of, reading_of, rubric_of
from tests.rules.hits import findings_of, hits

TABLE = "项目|序号|评价内容|评价分值\n甲|1|甲一。|2"


def printed(*titles):
    return tuple(AnnexEntry(n, t, at(t)) for n, t in enumerate(titles, start=1))


def of(listed=(), shown=(), cited=()):
    notice = notice_of(annexes=annexes(*listed), annex_titles=printed(*shown), citations=tuple(cited))
    return reading_of(*(rubric_of(TABLE, annex=n) for n in range(1, len(shown) + 1)), notice=notice)


def test_annex_title_mismatch_hits():
    reading = of(["某市燃气汽车加气评价表"], ["某市汽车加气评价表"], [citation(1, "某市燃气汽车加气评价表")])
    found = findings_of("annex-title-mismatch", reading)
    assert [f.where for f in found] == ["notice/annexes/1~annex-1", "notice/citations/1~annex-1"]
    assert {f.severity for f in found} == {"warning"}


@pytest.mark.parametrize(
    ("listed", "shown", "cited"),
    [
        (["某市评价表（试行）"], ["某市评价表(试行)"], []),
        (["《某市 评价表》"], ["某市评价表"], [citation(1, "某市评价表。")]),
        (["某市评价表"], [], []),
        ([], ["某市评价表"], [citation(None, "另一文件")]),
    ],
)
def test_annex_title_mismatch_leaves_alone(listed, shown, cited):
    assert hits("annex-title-mismatch", of(listed, shown, cited)) == []


def test_a_short_citation_is_only_noted():
    (found,) = findings_of("annex-title-mismatch", of([], ["某市环卫作业考核评分表"], [citation(1, "考核评分表")]))
    assert found.severity == "note"


def test_annex_missing_hits():
    (found,) = findings_of("annex-missing", of(["甲表", "乙表"], ["甲表"]))
    assert (found.where, found.severity) == ("notice/annexes/2", "error")


def test_a_document_of_the_body_alone_is_noted_once():
    (found,) = findings_of("annex-missing", of(["甲表", "乙表"]))
    assert (found.where, found.severity) == ("notice/annexes", "note")


def test_an_unlisted_annex_is_noted():
    (found,) = findings_of("annex-missing", of(["甲表"], ["甲表", "乙表"]))
    assert (found.where, found.severity) == ("annex-2", "note")


def test_annex_missing_leaves_alone():
    assert hits("annex-missing", of(["甲表", "乙表"], ["甲表", "乙表"], [citation(1, "甲表")])) == []
    assert hits("annex-missing", reading_of(rubric_of(TABLE))) == []


def test_annex_list_form_hits():
    entries = (AnnexEntry(1, "甲表", at("甲表；")), AnnexEntry(3, "乙表", at("乙表")))
    reading = reading_of(notice=notice_of(annexes=entries))
    assert hits("annex-list-form", reading) == ["notice/annexes", "notice/annexes/1"]


def test_annex_list_form_leaves_alone():
    assert hits("annex-list-form", of(["甲表", "乙表"])) == []
