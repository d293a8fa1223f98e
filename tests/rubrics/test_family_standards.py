"""Standards in rows of their own beside one criterion, clauses that only say what a case costs, names of sections without marks.

Expected values (under `=>`) are what was drawn. See `support/drawn.py` for both notations.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.points import split_label
from tests.support.drawn import case_of, read_drawn

CASES = {
    "two standards beside each criterion, which has its points once": """
@ docx html xlsx pdf
附件1
公交考核表
项目 | 序号 | 考核内容 | 分值 | 评分标准
安全（12分） | 1 | 例检到位 | 7 | 未落实的不得分
^ | ^ | ^ | ^ | 现场抽查，缺一项扣1分
^ | 2 | 断电巡检 | 5 | 不达标不得分
^ | ^ | ^ | ^ | 发现一处不符合扣0.5分，扣完为止
服务（8分） | 3 | 着装统一 | 8 | 随机询问3人，一人不清楚扣0.5分
^ | ^ | ^ | ^ | 记录不完整的酌情扣分
=>
annex-1 《公交考核表》 -
  [安全] 12
    1 | 例检到位 | 7 | standard=未落实的不得分⏎现场抽查，缺一项扣1分
    2 | 断电巡检 | 5 | standard=不达标不得分⏎发现一处不符合扣0.5分，扣完为止
  [服务] 8
    3 | 着装统一 | 8 | standard=随机询问3人，一人不清楚扣0.5分⏎记录不完整的酌情扣分
""",
    "names of sections that nothing marks, beside lines with points": """
附件1
窗口考核表
考核内容 | 分值 | 得分
基础管理 |  |
台账齐全并按月归档 | 5 |
专人负责 | 3 |
环境卫生 |  |
地面干净无积水 | 4 |
门前无垃圾 | 2 |
=>
annex-1 《窗口考核表》 -
  [基础管理] -
    - | 台账齐全并按月归档 | 5
    - | 专人负责 | 3
  [环境卫生] -
    - | 地面干净无积水 | 4
    - | 门前无垃圾 | 2
""",
    "a line that lacks its points stays a line": """
附件1
窗口考核表
考核内容 | 分值 | 得分
台账齐全 | 5 |
专人负责 |  |
地面干净 | 4 |
=>
annex-1 《窗口考核表》 -
    - | 台账齐全 | 5
    - | 专人负责 | -
    - | 地面干净 | 4
""",
    "each standard has points of its own: the standards are what is scored": """
附件1
公交考核表
项目 | 考核内容 | 评分标准 | 分值
安全（20分） | 例检 | 出车前例检并签字 | 4
^ | ^ | 收车后断电并巡检 | 8
^ | 应急 | 预案齐全 | 4
^ | ^ | 每季演练 | 4
=>
annex-1 《公交考核表》 -
  [安全] 20
  [例检] - < 安全
    - | 出车前例检并签字 | 4
    - | 收车后断电并巡检 | 8
  [应急] - < 安全
    - | 预案齐全 | 4
    - | 每季演练 | 4
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_family_standards(case, tmp_path):
    drawing, wanted, formats = case_of(case)
    for form in formats:
        assert read_drawn(drawing, form, tmp_path) == wanted, form


def test_a_clause_with_its_deduction_is_no_label_with_points():
    for clause in ("查阅资料，缺一项扣1分", "不清楚扣0.5分", "发现一处不符合扣0.5分"):
        assert split_label(clause) == (clause, None)
    assert split_label("扣分项（扣20分）") == ("扣分项", Decimal(20))
    assert split_label("加分项，最高扣5分") == ("加分项", Decimal(5))
