"""Lines of lists that say what an answer gets, points beside words, and measures that open a line.

Expected values (under `=>`) are what was drawn; see `support/drawn.py` for the notation.
"""

from __future__ import annotations

import pytest

from tests.support.drawn import case_of, read_drawn

CASES = {
    "numbered answers below items": """
@ txt docx
信访工作考核评分细则
考核总分100分。
一、基础工作（40分）
1.信访工作制度健全（10分）
（1）制度齐全的，得10分。
（2）基本齐全的，得5分。
2.接访记录完整（30分）
（1）记录完整的，得30分。
（2）记录不完整的，得10分。
二、办理质量（60分）
1.按期办结（60分）
（1）全部办结的，得60分。
（2）九成以上办结的，得30分。
=>
annex-1 《信访工作考核评分细则》 100
  [基础工作] 40
    1 | 信访工作制度健全 | 10 | standard=制度齐全的，得10分。基本齐全的，得5分。
    2 | 接访记录完整 | 30 | standard=记录完整的，得30分。记录不完整的，得10分。
  [办理质量] 60
    1 | 按期办结 | 60 | standard=全部办结的，得60分。九成以上办结的，得30分。
""",
    "parts of an item that make its points stay criteria": """
@ txt
村卫生室考核评分细则（100分）
一、公共卫生（60分）
（一）健康档案（30分）
1.建档率达标，得20分；
2.更新及时，得10分。
（二）预防接种（30分）
1.接种率达标，得30分。
二、基本医疗（40分）
（一）合理用药（40分）
1.无过期药品，得20分；
2.抗生素使用合理，得20分。
=>
annex-1 《村卫生室考核评分细则（100分）》 100
  [公共卫生] 60
  [健康档案] 30 < 公共卫生
    1 | 建档率达标，得20分； | 20
    2 | 更新及时，得10分。 | 10
  [预防接种] 30 < 公共卫生
    1 | 接种率达标，得30分。 | 30
  [基本医疗] 40
  [合理用药] 40 < 基本医疗
    1 | 无过期药品，得20分； | 20
    2 | 抗生素使用合理，得20分。 | 20
""",
    "what a line is worth without a comma": """
@ txt docx
信访工作考核评分细则
考核总分100分。
一、基础工作（30分）
1.信访工作制度健全的得10分。
2.领导干部每月接访，记录完整的得20分。
二、办理质量（70分）
1.办结率达标的，得40分。
2.群众满意的得30分。
=>
annex-1 《信访工作考核评分细则》 100
  [基础工作] 30
    1 | 信访工作制度健全的得10分。 | 10
    2 | 领导干部每月接访，记录完整的得20分。 | 20
  [办理质量] 70
    1 | 办结率达标的，得40分。 | 40
    2 | 群众满意的得30分。 | 30
""",
    "a measure opens a line": """
@ txt
传染病防控检查评分表（100分）
一、晨午检（40分）
1. 晨午检记录每日一填（15分）
2. 因病缺勤追踪到位（15分）
3. 体温异常立即报告（10分）
37.3 度以上视为发热。
二、环境消毒（60分）
4. 教室通风（30分）
5. 消毒液配比正确（30分）
=>
annex-1 《传染病防控检查评分表（100分）》 100
  [晨午检] 40
    1 | 晨午检记录每日一填 | 15
    2 | 因病缺勤追踪到位 | 15
    3 | 体温异常立即报告 | 10
  [环境消毒] 60
    4 | 教室通风 | 30
    5 | 消毒液配比正确 | 30
  unplaced: 37.3度以上视为发热。
""",
    "words beside the points of an item": """
@ txt docx
社区环境考核评分表（60分）
1.无乱堆乱放（30分，扣完为止）
2.楼道整洁（20分）
3.车辆停放有序（10分，扣完为止）
=>
annex-1 《社区环境考核评分表（60分）》 60
    1 | 无乱堆乱放（扣完为止） | 30
    2 | 楼道整洁 | 20
    3 | 车辆停放有序（扣完为止） | 10
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_answers_and_remarks_of_lists(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form
