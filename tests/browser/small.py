"""A small sheet with everything that calculates: points, bonus, deductions, bands, vetoes."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.assessment import Policy
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.model import Reading
from tests.builders import bands, notice_of, reading_of, rubric_of, vetoes
from tests.sheets import rubrics_of

TABLE = """
项目          | 序号 | 评价内容         | 评价分值
保洁（6分）   | 1    | 地面清洁。       | 3.5
              | 2    | 果皮箱清洁。     | 2.5
设施（4分）   | 3    | 公厕无异味。     | 4
加分项（2分） | 4    | 获市级以上表彰。 | 2
扣分项        | 5    | 发生有责投诉。   | 5
总评          |      |                  | 10
"""


def small_reading() -> Reading:
    notice = notice_of(grade_bands=bands("优秀 [9,)", "合格 [6,9)", "不合格 (,6)"), vetoes=vetoes("发生死亡事故的", "弄虚作假的"))
    return reading_of(rubric_of(TABLE, annex=1), notice=notice, revision="2023")


def small_sheet(policy: Policy | None = None) -> Sheet:
    reading = small_reading()
    return sheet_of(reading, reading.rubrics[0], "draft", policy)


def nameless_sheet() -> Sheet:
    """Three criteria without section or serial, the last of which takes points away."""
    rubric = rubric_of("项目 | 序号 | 评价内容 | 评价分值\n | | 地面清洁。 | 3.5\n | | 果皮箱清洁。 | 2.5\n | | 发生有责投诉。 | 5\n", annex=1)
    (whole,) = rubric.sections
    criteria = (*whole.criteria[:2], replace(whole.criteria[2], kind="deduction"))
    made = replace(rubric, sections=(replace(whole, criteria=criteria),))
    return sheet_of(reading_of(made, notice=notice_of(), revision="2023"), made, "draft")


def unworth_sheet() -> Sheet:
    """The small sheet without the points of its first criterion."""
    reading = small_reading()
    (rubric,) = reading.rubrics
    first = rubric.sections[0]
    criteria = (replace(first.criteria[0], max_points=None), *first.criteria[1:])
    return sheet_of(reading, replace(rubric, sections=(replace(first, criteria=criteria), *rubric.sections[1:])), "draft")


UNWORTH = "1项没有满分值，待计分"

CASES = [  # scores of the five criteria, total, grade
    (("3.5", "2.5", "4", "2", "0"), "12", "优秀"),
    (("3.5", "2.5", "3", "0", "0"), "9", "优秀"),
    (("3.4", "2.5", "3", "0", "0"), "8.9", "合格"),
    (("0.1", "0.2", "4", "0", "5"), "-0.7", "不合格"),
    (("3.5", "2.5", "4", "2", ""), "12", "尚有1项未填"),
]


CHOICE = """
项目                        | 序号 | 评价内容         | 评价分值
保洁（6分）                 | 1    | 地面清洁。       | 6
特色活动（任选其一）（4分） | 2    | 全年办讲座12场。 | 4
                            | 3    | 全年办展览6场。  | 3
                            | 4    | 全年办比赛2场。  | 2
总评                        |      |                  | 10
"""


def chosen_reading() -> Reading:
    notice = notice_of(grade_bands=bands("优秀 [9,)", "合格 [6,9)", "不合格 (,6)"))
    return reading_of(rubric_of(CHOICE, annex=1), notice=notice, revision="2023")


def chosen_sheet() -> Sheet:
    reading = chosen_reading()
    return sheet_of(reading, reading.rubrics[0], "draft")


CHOSEN_CASES = [  # scores of the four criteria of a sheet on which one of the last three counts, total, grade
    (("6", "", "2.5", ""), "8.5", "合格"),
    (("6", "4", "3", "1"), "10", "优秀"),
    (("6", "", "", ""), "6", "尚有1项未填"),
    (("", "1", "", "2"), "2", "尚有1项未填"),
]


CAPS = """
项目               | 序号 | 评价内容       | 评价分值
保洁（6分）        | 1    | 地面清洁。     | 6
设施（4分）        | 2    | 公厕无异味。   | 4
加分项（最高2分）  | 3    | 获市级表彰。   | 1
^                  | 4    | 获省级表彰。   | 1.5
扣分项（最多扣3分） | 5    | 发生有责投诉。 | 2
^                  | 6    | 被通报批评。   | 2
总评               |      |                | 10
"""


def capped_reading() -> Reading:
    notice = notice_of(grade_bands=bands("优秀 [9,)", "合格 [6,9)", "不合格 (,6)"))
    return reading_of(*rubrics_of(CAPS), notice=notice, revision="2023")


def capped_sheet() -> Sheet:
    reading = capped_reading()
    return sheet_of(reading, reading.rubrics[0], "draft")


CAPPED_CASES = [  # scores of the six criteria of a sheet whose bonus is 2 at most and whose deduction 3, total, grade
    (("6", "4", "1", "1.5", "0", "0"), "12", "优秀"),
    (("6", "3", "0.5", "0.9", "2", "2"), "7.4", "合格"),
    (("6", "4", "0", "0", "1", "1.5"), "7.5", "合格"),
    (("6", "4", "1", "1.5", "0", ""), "12", "尚有1项未填"),
]

CHOSEN_OR_CAPPED = [(sheet, *case) for sheet, cases in ((chosen_sheet, CHOSEN_CASES), (capped_sheet, CAPPED_CASES)) for case in cases]
