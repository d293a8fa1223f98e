"""What a transcribed notice says beside its tables, and labels that stand beside the middle of their sections."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.notices.bands import labelled
from pipeline.notices.head import read_head
from pipeline.notices.lines import Passage, passages
from pipeline.notices.notice import Text, parse, segment
from pipeline.notices.vetoes import read_vetoes
from pipeline.points import split_label
from pipeline.readers import text
from pipeline.stages import extract


def passages_of(source: str) -> list[Passage]:
    document = text.read(source.encode(), "a.txt")
    return passages(Text.of(segment(document)[0], {}).lines)


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("示发﹝2022﹞18号", "示发﹝2022﹞18号"),
        ("示发〔２０２２〕１８号", "示发〔２０２２〕１８号"),
        ("示發〔2022〕18號", "示發〔2022〕18號"),
        ("示发〔2022〕18", None),
    ],
)
def test_numbers(printed, number):
    document = text.read(f"示例市教育局文件\n{printed}\n关于开展考评的通知\n各单位：\n".encode(), "a.txt")
    head = read_head(Text.of(segment(document)[0], {}).lines)
    assert (head.number.value if head.number else None) == number


def test_a_label_on_the_other_side_of_its_range():
    found = labelled("优秀等次不低于90分；合格等次为60分以上90分以下（不含90分）；不满60分的为不合格等次。")
    assert [(x.label, x.range.low, x.range.high) for x in found] == [
        ("优秀", Decimal(90), None), ("合格", Decimal(60), Decimal(90)), ("不合格", None, Decimal(60))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("有下列情形之一的，一票否决，直接定为不合格：\n- 发生较大安全事故的；\n- 弄虚作假、隐瞒不报的。\n其他。\n", ["发生较大安全事故的", "弄虚作假、隐瞒不报的"]),
        ("否决情形如下，出现任何一项的，评价结果直接为不合格：\n1、发生较大安全事故的；\n2、弄虚作假、隐瞒不报的。\n", ["发生较大安全事故的", "弄虚作假、隐瞒不报的"]),
        ("有下列情形之一的，一票否决：\n评价工作每年开展一次，由主管部门组织\n", []),
    ],
)  # fmt: skip
def test_veto_items(source, items):
    assert [v.text for v in read_vetoes(passages_of(source)).items] == items


def test_points_in_full_width_digits():
    assert split_label("基础管理（２０分）") == ("基础管理", Decimal(20))


def test_no_name_is_quoted_beside_a_telephone_number():
    source = "关于考评的通知\n各单位：\n文件领取登记表\n序号 单位 领取人 电话\n1 东山街道 某某某 13800001234\n"
    document = text.read(source.encode(), "a.txt")
    notice = parse(document, segment(document))
    assert [(p.kind, p.at.quote) for p in notice.personal_data] == [("mobile", "*" * 11)]


# ---- labels --------------------------------------------------------------------------------------------------------

SHEET = """\
关于开展考评的通知
各单位：
附件1
示例评价表
项目\t序号\t评价内容\t分值
{0}\t1\t持证经营。\t6
{1}\t2\t建立台账。\t4
{2}\t3\t定期报送。\t12
{3}\t4\t专人值守。\t10
{4}\t5\t登记查验。\t10
{5}\t6\t通道畅通。\t8
合计\t\t\t50
"""


def rubric_and_rules(tmp_path, *labels: str):
    path = tmp_path / "a.txt"
    path.write_text(SHEET.format(*labels), encoding="utf-8")
    reading = extract(path)
    sections = [(s.label, len(s.criteria)) for s in reading.rubrics[0].sections]
    return sections, {f.rule for f in reading.findings if f.rule.startswith("section-")}


@pytest.mark.parametrize(
    ("labels", "rules"),
    [
        (("", "日常（22分）", "", "", "秩序（28分）", ""), set()),  # beside the middle of each
        (("日常（22分）", "", "", "秩序（28分）", "", ""), set()),
        (("日常（22分）", "", "", "", "秩序（28分）", ""), {"section-label-displaced"}),  # one of two
    ],
)
def test_labels_beside_the_middle_of_their_sections(tmp_path, labels, rules):
    assert rubric_and_rules(tmp_path, *labels) == ([("日常", 3), ("秩序", 3)], rules)


def test_a_label_lost_at_the_top_is_no_label_in_the_middle(tmp_path):
    sections, rules = rubric_and_rules(tmp_path, "", "", "", "秩序（28分）", "", "")
    assert sections == [(None, 3), ("秩序", 3)]
    assert "section-unlabelled" in rules


@pytest.mark.parametrize(
    ("printed", "instead", "texts"),
    [
        ("项目\t序号\t评价内容\t分值\n", "项目\t序号\t评价\t分\n\t\t内容\t值\n", 6),  # a header in two lines
        ("秩序（28分）\t4", "*&^%$#@ ii|l1 ~~\n秩序（28分）\t4", 6),  # no label: it has no word
        ("\t2\t建立台账。\t4\n", "\t2\t建立台账。\t4\n\t2\t建立台账。\t4\n", 7),  # printed twice, counts once
    ],
)
def test_damaged_lines_move_no_section(tmp_path, printed, instead, texts):
    path = tmp_path / "a.txt"
    path.write_text(SHEET.format("日常（22分）", "", "", "秩序（28分）", "", "").replace(printed, instead), encoding="utf-8")
    reading = extract(path)
    assert [s.label for s in reading.rubrics[0].sections] == ["日常", "秩序"]
    assert len(reading.rubrics[0].printed()) == texts
    assert not {f.rule for f in reading.findings} & {"section-label-displaced", "section-unlabelled"}
