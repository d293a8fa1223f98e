"""What stands with the bonuses below a list: headings without markers above them, remarks and sections below, caps of one case."""

from __future__ import annotations

import pytest

from tests.rubrics.servicelist import READ
from tests.support.drawn import case_of, read_drawn

BASE = """物业服务考核评分标准
1.综合管理（40分）
（1）制度健全，人员到位（20分）
（2）档案完整，台账清楚（20分）
2.保洁服务（60分）
（1）楼道每日清扫（30分）
（2）垃圾日产日清（30分）"""

BELOW = {
    "remarks numbered after capped bonuses": """
加分项（最高加5分）
1.获省级表彰加2分
2.获市级表彰加1分
3.同一事项不重复加分
4.考核结果每月公布
=>
  [加分项] 5 bonus
    1 | 获省级表彰加2分 | 2
    2 | 获市级表彰加1分 | 1
  unplaced: 3.同一事项不重复加分
  unplaced: 4.考核结果每月公布
""",
    "a section numbered after capped bonuses": """
加分项（最高加5分）
1.获省级表彰加2分
2.获市级表彰加1分
3.其他
1.考核结果每月公布
=>
  [加分项] 5 bonus
    1 | 获省级表彰加2分 | 2
    2 | 获市级表彰加1分 | 1
  unplaced: 3.其他
""",
    "vetoes numbered after capped bonuses": """
加分项（最高加5分）
1.获省级表彰加2分
2.获市级表彰加1分
7.一票否决项
1.弄虚作假的
=>
  [加分项] 5 bonus
    1 | 获省级表彰加2分 | 2
    2 | 获市级表彰加1分 | 1
""",
    "a cap of each line is none of the section": """
加分项（每项最高加2分，其中省级2分，市级1分）
1.获省级表彰加2分
2.获市级表彰加1分
=>
  [加分项（每项最高加2分，其中省级2分，市级1分）] - bonus
    1 | 获省级表彰加2分 | 2
    2 | 获市级表彰加1分 | 1
""",
    "a cap of one case is none of the section": """
加分项（单项不超过2分，每次1分）
1.获省级表彰加2分
2.获市级表彰加1分
=>
  [加分项（单项不超过2分，每次1分）] - bonus
    1 | 获省级表彰加2分 | 2
    2 | 获市级表彰加1分 | 1
""",
}

UNMARKED = """物业服务考核评分标准（满分100分）
综合管理（40分）
1.制度健全，人员到位。（20分）
2.档案完整，台账清楚。（20分）
保洁服务（60分）
1.楼道每日清扫。（30分）
2.垃圾日产日清。（30分）
{extras}（最高5分）
1.获市级表彰的，加5分。"""


@pytest.mark.parametrize("case", BELOW.values(), ids=BELOW)
def test_what_stands_below_bonuses(case, tmp_path):
    drawing, wanted, _ = case_of(case)
    for form in ("txt", "docx", "html"):
        assert read_drawn(f"{BASE}\n{drawing}", form, tmp_path) == f"{READ}\n{wanted}", form


@pytest.mark.parametrize("extras", ["加分项", "另设加分项", "附加项"])
def test_bonuses_leave_headings_without_markers_theirs(extras, tmp_path):
    read = READ.replace("》 -", "（满分100分）》 100")
    read = "\n".join(f"{line[: line.rindex(' | ')]}。{line[line.rindex(' | ') :]}" if " | " in line else line for line in read.split("\n"))
    bonus = f"  [{extras}] 5 bonus\n    1 | 获市级表彰的，加5分。 | 5"
    for form in ("txt", "docx", "html"):
        assert read_drawn(UNMARKED.format(extras=extras), form, tmp_path) == f"{read}\n{bonus}", form
