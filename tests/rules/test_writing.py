import pytest

from tests.builders import body, foreign, notice_of, personal, reading_of, rubric_of
from tests.rules.hits import findings_of, hits


def rows(*texts):
    table = "项目|序号|评价内容|评价分值\n" + "\n".join(f"{'甲' if n == 1 else ''}|{n}|{t}|2" for n, t in enumerate(texts, start=1))
    return reading_of(rubric_of(table))


def test_foreign_text_hits():
    (found,) = findings_of("foreign-text", reading_of(notice=notice_of(foreign=(foreign("Lorem ipsum", 20),))))
    assert (found.where, found.severity) == ("notice/foreign/1", "error")
    assert "20" in found.message


def test_foreign_text_leaves_alone():
    assert hits("foreign-text", reading_of(notice=notice_of(body=body("执行ISO 9001标准。")))) == []


def test_markup_residue_hits():
    reading = reading_of(notice=notice_of(body=body("- 1.发生事故的；", "正常文字。", "**重要**")))
    (found,) = findings_of("markup-residue", reading)
    assert (found.where, len(found.evidence)) == ("notice/p1", 2)


def test_radicals_for_characters_are_residue_of_a_conversion():
    reading = reading_of(notice=notice_of(body=body("加强管理", "做好⾷食品安全工作", "⽤于消毒")))
    (found,) = findings_of("markup-residue", reading)
    assert found.message == "以部首代字 2 处：“做好⾷食品安全工”中“⾷”与“食”重出（多为从 PDF 复制所致）"
    (found,) = findings_of("markup-residue", reading_of(notice=notice_of(body=body("⽤于消毒"))))
    assert found.message == "以部首代字 1 处：“⽤于消毒”中“⽤”应作“用”（多为从 PDF 复制所致）"


def test_markup_residue_leaves_alone():
    assert hits("markup-residue", reading_of(notice=notice_of(body=body("—— 说明", "温度为-5℃，3*4=12", "a < b", "联系电话：***********。")))) == []


@pytest.mark.parametrize("text", ["提供材料（即申请表。", "按《规范执行。", "甲（乙（丙）丁）。", "甲）乙。"])
def test_bracket_fault_hits(text):
    assert hits("bracket-fault", rows(text)) == ["annex-1/c1"]


@pytest.mark.parametrize("text", ["甲（乙）丙。", "1）甲；2）乙。", "按《规范（试行）》执行。", "甲(乙）丙。", "“甲”（乙〔丙〕）。", "（1）甲（2）乙"])
def test_bracket_fault_leaves_alone(text):
    assert hits("bracket-fault", rows(text)) == []


def test_unit_style_hits():
    assert hits("unit-style", rows("设24h队伍。", "开通24小时热线。")) == ["annex-1/c1~annex-1/c2"]


def test_unit_style_leaves_alone():
    assert hits("unit-style", rows("设24小时队伍。", "开通12小时热线，距离5km。")) == []


def test_name_varies_hits():
    assert hits("name-varies", rows("发放《安全用气手册》。", "发放《用气安全手册》。")) == ["annex-1/c1~annex-1/c2"]


def test_name_varies_leaves_alone():
    assert hits("name-varies", rows("发放《安全手册》。", "发放《安全手册》和《服务手册》。")) == []


def test_stop_missing_hits():
    assert hits("stop-missing", rows(*(f"内容{n}。" for n in range(10)), "缺句号")) == ["annex-1/c11"]


def test_stop_missing_leaves_alone():
    assert hits("stop-missing", rows(*(f"内容{n}" for n in range(12)))) == []
    assert hits("stop-missing", rows("内容。", "内容")) == []


def test_usual_misspelling_hits():
    assert hits("usual-misspelling", rows("建立台帐。", "复查台帐。")) == ["annex-1/c1"]


def test_usual_misspelling_leaves_alone():
    assert hits("usual-misspelling", rows("建立台账，打破世界纪录，全程记录。")) == []


def test_personal_data_hits():
    reading = reading_of(notice=notice_of(personal_data=(personal("mobile", 3), personal("name", 3))))
    found = findings_of("personal-data", reading)
    assert [(f.where, f.severity) for f in found] == [("notice/personal-data/1", "warning"), ("notice/personal-data/2", "warning")]
    assert all(set(at.quote) == {"*"} for f in found for at in f.evidence)


def test_personal_data_leaves_alone():
    assert hits("personal-data", reading_of(notice=notice_of())) == []
