"""Mobile numbers amid the words of a sheet: counted, and in no output."""

from __future__ import annotations

import json

import pytest

from pipeline import extract
from tests.support.drawn import WRITERS

SHEET = """
社区工作考核评分表
项目 | 序号 | 评价内容 | 评分标准 | 评价分值
管理（60分，报 13800000014） | 1 | 证照齐全，由专管员（13800000012）核对。 | 缺一项扣1分，举报电话13800000016。 | 30
^ | 2 | 报表及时。 | 迟一天扣1分。 | 30
服务（40分） | 3 | 态度良好。 | 投诉一次扣1分。 | 40
合计 | | | | 100
联系人 13800000011
"""
LIST = """
社区工作考核评分标准
一、党建（40分）
1.制度健全，由网格员 13800000012 报送（20分）
2.活动正常（20分）
二、治理（60分）
3.环境整洁（60分）
合计100分
三、加分项
4.获市级表彰的，加10分，报社区（13800000011）。
"""


@pytest.mark.parametrize(("drawing", "form"), [(SHEET, form) for form in WRITERS] + [(LIST, "txt"), (LIST, "docx")])
def test_they_are_masked_wherever_they_stand(drawing, form, tmp_path):
    path = tmp_path / f"drawn.{form}"
    path.write_bytes(WRITERS[form](drawing))
    reading = extract(path)
    text = json.dumps(reading.to_json(), ensure_ascii=False)
    assert len(reading.rubrics[0].sections) >= 2
    assert "138000000" not in text
    assert "***********" in reading.rubrics[0].sections[0].criteria[0].text
    assert "personal-data" in {f.rule for f in reading.findings}
