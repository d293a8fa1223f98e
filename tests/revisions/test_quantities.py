"""Numbers inside wording: what a criterion is measured by, in whatever spelling; words that merely contain a numeral are none."""

from __future__ import annotations

import pytest

from pipeline.revisions.quantities import changed, quantities


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("入户安检率不低于85%", ["85%"]),
        ("应在5日内处置", ["5天"]),
        ("三个工作日内答复", ["3工作日"]),
        ("合格率达到百分之八十", ["80%"]),
        ("整改率不低于九成", ["90%"]),
        ("每季度不少于两次", ["每季度", "2次"]),
        ("每半年演练一次", ["每半年", "1次"]),
        ("实行二十四小时值班", ["24小时"]),
        ("每两年检定一次", ["2年", "1次"]),
        ("按月上报，逐年下降", ["每月", "每年"]),
        ("用户十万户以上", ["100000户"]),
        ("误差不超过0.50MPa", ["0.5MPa"]),
        ("每次扣０.５分", ["0.5分"]),
        ("发现一处扣一分", ["1分"]),
        ("用户五百户以上的", ["500户"]),
    ],
)
def test_quantities(text, values):
    assert [q.value for q in quantities(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "一次性告知办理要件", "委托第三方评估", "一人一档", "坚持三会一课", "十分重要", "建立一个台账", "统一着装", "千家万户", "第五条", "一般隐患", "成立领导小组",
        "日常检查", "周密部署", "多次提醒", "二维码公示", "万无一失", "唯一标识", "四季常绿", "家喻户晓",
    ],
)  # fmt: skip
def test_words_are_no_quantities(text):
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("before", "after", "out", "into"),
    [
        ("不低于85%", "不低于95%", ["85%"], ["95%"]),
        ("应在5日内处置", "应在3日内处置", ["5日"], ["3日"]),
        ("每月检查一遍", "每季度检查一遍", ["每月"], ["每季度"]),
        ("24小时内报告", "12小时内报告", ["24小时"], ["12小时"]),
        ("每年不少于2次", "每年不少于3次", ["2次"], ["3次"]),
        ("三日内答复", "五日内答复", ["三日"], ["五日"]),
        ("达到百分之八十", "达到百分之九十", ["百分之八十"], ["百分之九十"]),
        ("不低于八成", "不低于九成", ["八成"], ["九成"]),
        ("及时答复", "三个工作日内答复", [], ["三个工作日"]),
        ("不低于5次", "不超过5次", ["≥5次"], ["≤5次"]),
        ("3日内答复", "3个工作日内答复", ["3日"], ["3个工作日"]),
    ],
)
def test_a_changed_quantity_is_named(before, after, out, into):
    assert changed(before, after) == (out, into)
    assert changed(after, before) == (into, out)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("不少于2次", "不少于两次"),
        ("达到80%", "达到百分之八十"),
        ("90%以上", "不低于90%"),
        ("每天巡查", "每日巡查"),
        ("按季度上报", "每季度上报"),
        ("５个工作日", "5 个工作日"),
        ("定期检查", "经常检查"),
        ("先85%，后3日", "先3日，后85%"),
    ],
)
def test_another_spelling_is_no_other_quantity(before, after):
    assert changed(before, after) is None
