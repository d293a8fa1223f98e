"""What looks like a serial of a letter and a figure, or like points, in a list: it is read as it is printed, or told of not at all."""

from __future__ import annotations

import pytest

from tests.support.drawn import read_drawn

PRINTED = {
    "a serial before a figure is none beside others": ("A1.制度齐全", "A2.记录齐全", "B1.人员到位", "B2.5S管理到位"),
    "one of a letter after the last that is read": ("A1.制度齐全", "A2.台账完整", "H1.人员到位", "I1.记录清楚"),
    "things named by a letter and a figure": ("A1地块绿化养护到位", "A2地块绿化养护到位", "A3地块绿化养护到位", "A4地块绿化养护到位"),
    "things named alike by a word of no list": ("A1堆场平整", "A2堆场有围挡", "A3堆场已覆盖", "B1堆场平整"),
    "things of several kinds": ("A1标段清扫到位", "A2路段绿化到位", "A3床位整洁", "B1图纸齐全"),
}

READ = {
    "serials that touch words of several kinds": ("A1制度健全", "A2责任明确", "B1培训到位", "B2台账完整"),
    "serials set apart from a figure": ("A1、制度健全", "A2、5S管理到位", "B1、培训到位", "B2、2023年台账完整"),
    "serials that a blank sets apart from one word": ("A1 制度健全", "A2 制度上墙", "B1 培训到位", "B2 台账完整"),
}


def listed(lines: tuple[str, ...]) -> str:
    return "物业考核评分标准\n" + "\n".join(f"{line}（{points}分）" for line, points in zip(lines, (20, 20, 30, 30), strict=True))


def rows(lines: list[tuple[str, str]]) -> str:
    body = "\n".join(f"    {number} | {text} | {points}" for (number, text), points in zip(lines, (20, 20, 30, 30), strict=True))
    return f"annex-1 《物业考核评分标准》 -\n{body}"


@pytest.mark.parametrize("lines", PRINTED.values(), ids=PRINTED)
def test_names_stay_with_their_words(lines, tmp_path):
    assert read_drawn(listed(lines), "txt", tmp_path) == rows([("-", line) for line in lines])


@pytest.mark.parametrize("lines", READ.values(), ids=READ)
def test_serials_of_a_letter_and_a_figure(lines, tmp_path):
    assert read_drawn(listed(lines), "txt", tmp_path) == rows([(line[:2], line[2:].strip("、 ")) for line in lines])


@pytest.mark.parametrize("title", ["检查评分组人员安排表", "考核工作安排表", "考核评分工作分工表", "检查考核评分日程表"])
def test_figures_of_people_are_no_points_left_out(title, tmp_path):
    lines = "1.第一组（2）\n2.第二组（3）\n3.第三组（2）"
    told = read_drawn(f"物业考核评分标准\n{lines}", "txt", tmp_path)
    assert "unscored-list" in told
    assert "unscored-list" not in read_drawn(f"附件1\n{title}\n{lines}", "txt", tmp_path)
