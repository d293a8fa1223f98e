"""Why a table is no rubric, said in a sentence; or that it is one; or that nobody would take it for one."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean, fold, points
from pipeline.ordinals import NUMERALS, TABLE_NUMBER
from pipeline.patterns import Role
from pipeline.points import read_points, split_label, total_in
from pipeline.rubrics.draft import Draft
from pipeline.rubrics.gridrows import Row
from pipeline.rubrics.stacks import are_others

MIN_CRITERIA = 2
"""A table with a single scored line is a sentence in a box, not a rubric."""

STANDARD = regex.compile("标准|细则|量化")
"""Titles of what is to be lived up to (十星级文明户标准), as of scoring."""

SHORT = 12
"""Characters of a name; what is to be done or checked takes more."""

RECEIPT_HEADER = regex.compile(r"领取人|签收人|联系电话|^电话$|手机|联系方式|身份证")
"""Columns of a receipt or address list: personal data, never a rubric."""

MEASURE_HEADER = regex.compile(
    r"数量|频[次率]|周期|期限|工期|年限|[件份层栋条户]数|单价|价格?$|金额|费用?$|预算|人数|次数|课时|学时|学分|时长|面积|长度|重量|排名|名次|页码|年份|台数|户数|[(\[](?:万?元|个|台|套|人|户|次|米|吨|亩|天|小时|平方米)[)\]]"
)
"""Headers over numbers that count or measure something else than points."""

CONTENTS_ENTRY = regex.compile(rf"{patterns.ANNEX_MARK.pattern}|^{TABLE_NUMBER}|^第[0-9{NUMERALS}]{{1,3}}[章节篇]")
"""How an entry of a table of contents begins."""

QUESTION_HEADER = regex.compile(r"每[小大]?题(?:分值|得分|分数)|[大小单]题分值|题型|题量|题数|试题类[型别]")
"""Headers of a paper's kinds of questions, how many there are and what each is worth."""

UNIT_HEADER = regex.compile(
    r"(?:参[赛评选]|被?[评考受]\p{Han}{0,2})?(?:单位|企业|公司|学校|机构|部门|班级|队伍|选手|代表队|投标人|供应商|镇街|街道|乡镇|姓名|考生|学生|科室|股室|院系|小区|站点|路段|车队|门店)(?:名称|全称|简称)?"
)
"""The header of a column that names who was scored: each row is somebody's result."""

_SCORE = r"[0-9]{1,3}(?:\.[0-9])?分?(?:\(不?含(?:[0-9]{1,3}分?)?\))?"
THRESHOLD = regex.compile(rf"(?:{_SCORE}(?:及?以[上下]|[-~—–至]{{1,2}}{_SCORE}(?:以[下内])?)|(?:[<>≥≤]=?|低于|不足|高于){_SCORE})")
"""`90分以上`, `75（含）-85分`, `≥90`: a stretch of the score line."""

CASE = regex.compile(
    r"第[一二三四五六七八九十0-9]{1,3}(?:[-~—至到、]第?[一二三四五六七八九十0-9]{1,3})?[名位]?|前[一二三四五六七八九十0-9]{1,3}名|[冠亚季殿]军|[特一二三四]等奖|[金银铜]奖"
    r"|(?:国家|全国|省部?|[市区县镇乡校厅])级(?:及?以上)?"
)
"""What somebody reached (第一名, 二等奖, 省级): one of several outcomes of the same thing."""

SCORING_WORDS = regex.compile(r"评|考核|考评|打分|计分|验收|检查|测评|督查|创建|rubric|assessment|evaluation|checklist")


SHEET_TITLE = regex.compile(rf"(?:{patterns.SCORING_TITLE.pattern})|[加扣减]分(?:标准|明细|事项)?表")
"""The title of a sheet that is filled in."""

UNSCORED = "a table under a title that speaks of scoring, without points that could be read"
"""Why a table is left alone that may well be a rubric."""

CASES = "a table of cases and what each adds to a score or takes off it, no criteria"
EXTRAS = "a table of names of what adds to a score or takes off it, in the body and under no title of a scoring sheet"
OTHERS = "a table in words of its own, and nothing over it that speaks of scoring"
PAPER = "a table of the kinds of questions of a paper, their number and worth, no criteria"
SUMMARY = "a table that names the sections of a rubric and their points again, to gather results"
APART = frozenset((CASES, EXTRAS, OTHERS))
"""Why tables are left alone whose figures somebody may count beside those of a rubric."""

LEFT_ALONE = {
    UNSCORED: "一张表题为评分，而没有读出分值",
    "a table with a points column that holds no criteria": "有分值列而没有评价条目",
    "a table with a points column and no points in it": "有分值列而没有一个分值",
    "a table of quantities: nothing in it says that its numbers are points": "所列是数量，没有一处说明是分值",
    "a table of quantities: its headers name measures and no criteria": "表头是计量项目，没有评价内容",
    "a table of points for things or cases: neither its headers nor the words around it speak of scoring": "列的是事物或情形的分值，表头和上下文都未说评分",
    "a table with points and no criteria texts": "只有分值，没有评价内容",
    "a table whose points run along a row: values for cases, no criteria": "分值横排一行，是各情形的取值",
    CASES: "列的是各情形的加分或扣分，没有评价条目",
    EXTRAS: "列的是加分或扣分事项的名称，在正文中，不在评分表题名之下",
    OTHERS: "列的是另外的事项，上方没有评分的字样",
    "a table of grades and their ranges, no criteria": "是等次与分数段对照",
    "a table of results: each row is somebody's score, not a criterion": "是评分结果，每行是一个单位或个人的得分",
    PAPER: "是试卷的题型、题数和题分，没有评价条目",
    SUMMARY: "是另一张评价表各项目得分的汇总",
    "a table of weights: it weighs parts and has no criteria": "是权重分配，没有评价条目",
}
"""Why a table with points is no rubric, in Chinese."""


def in_chinese(reason: str) -> str:
    """A reason as a sentence of its own."""
    return LEFT_ALONE[reason] if reason == UNSCORED else f"一张表没有当作评价表：{LEFT_ALONE[reason]}"


def refusal(draft: Draft, opens_body: bool = False) -> str | None:
    """Why this table is no rubric: None when it is one, "" when nobody would take it for one. `opens_body`: it stands in the
    notice's body, and no rubric above it."""
    if _is_receipt(draft) or _is_contents(draft):
        return ""
    reason = CASES if _is_of_cases(draft) else EXTRAS if opens_body and _is_of_extras(draft) else _reason(draft)
    if reason == "" and len(_data(draft)) >= MIN_CRITERIA and patterns.SCORING_TITLE.search(_near(draft)):
        return UNSCORED
    cut = not draft.table.lead and are_others([row for row in draft.table.rows[0] if row.filled()])
    return OTHERS if reason == "" and cut else reason


def _reason(draft: Draft) -> str | None:
    roles = {patterns.header_role(t) for t in draft.table.header_texts.values()}
    for test in (_along_rows, _grades, _thresholds, _results, _weights, _questions):
        reason = test(draft, roles)
        if reason is not None:
            return reason
    if len(draft.criteria) < MIN_CRITERIA and not (draft.criteria and draft.totals):
        if "points" not in roles:
            return ""
        return "a table with a points column that holds no criteria" if draft.criteria else "a table with a points column and no points in it"
    return _without_points(draft, roles)


def _without_points(draft: Draft, roles: set[Role | None]) -> str | None:
    scored = [c for c in draft.criteria if c.max_points is not None or c.choice]
    declared = any(m.stated_points is not None for m in draft.marks)
    named = bool(roles & {"points", "awarded", "deduction"}) or any(c.grades for c in draft.table.columns)
    if not scored and not declared:
        if "points" in roles:
            return "a table with a points column and no points in it"
        fillable = bool(roles & {"awarded", "deduction"}) and bool(roles & {"text", "standard", "label"})
        return None if (fillable and len(draft.criteria) >= 3) or _deducts(draft) else ""
    if 2 * len(scored) < len(draft.criteria) and not declared and "points" not in roles:
        return ""
    if not named and not declared and not _in_words(draft):
        spoken = roles & {"text", "standard"} and SCORING_WORDS.search(" ".join(draft.table.header_texts.values()))
        if not (draft.totals or draft.subtotals or spoken) and (draft.table.header_texts or not patterns.SCORING_TITLE.search(_near(draft))):
            return ""
        if _measures(draft):
            found = SCORING_WORDS.search(_near(draft)) or roles - {"number", "label", "remark", None}
            return "a table of quantities: nothing in it says that its numbers are points" if found else ""
    if not roles & {"label", "text", "standard", "item", "awarded", None} - {None} and _measured_beside(draft) >= 2:
        return "a table of quantities: its headers name measures and no criteria"
    if _names_things(draft, roles):
        return "a table of points for things or cases: neither its headers nor the words around it speak of scoring"
    return None if any(c.text for c in draft.criteria) else "a table with points and no criteria texts"


def _is_of_cases(draft: Draft) -> bool:
    """名次 | 分值: each row is an outcome beside its points, without serials, sections' points or a total."""
    rows = _data(draft)
    given = len(rows) > 1 and all(_is_case(row) for row in rows)
    return given and _is_bare(draft) and not _is_sheet(draft)


def _is_case(row: Row) -> bool:
    """Whether short cells name an outcome and give its points."""
    texts = [clean(c.text) for c in row.filled()]
    return all(len(t) <= SHORT for t in texts) and any(CASE.fullmatch(fold(t)) for t in texts) and any(points(t) is not None for t in texts)


def _is_of_extras(draft: Draft) -> bool:
    """加分项目 | 分值: short names of what is added to a score or taken off it."""
    headers = [fold(text) for text in draft.table.header_texts.values()]
    named = any(patterns.APART_LABEL.fullmatch(text) and patterns.header_role(text) != "points" for text in headers)
    return named and _is_bare(draft) and _are_names(draft) and not _is_sheet(draft)


def _is_sheet(draft: Draft) -> bool:
    """Whether a line over a table is the title of a scoring sheet or gives a total, or a column waits for what is awarded."""
    lines = [*(clean(p.text) for p in draft.table.lead[-3:]), draft.title[0] if draft.title else ""]
    titled = any(SHEET_TITLE.search(line) and patterns.TITLE_WORDS.search(line) for line in lines)
    waiting = [col for col, text in draft.table.header_texts.items() if patterns.header_role(text) in ("awarded", "deduction")]
    blank = any(not any(c.col == col for row in _data(draft) for c in row.filled()) for col in waiting)
    return titled or blank or any(total_in(line) is not None for line in lines)


def _is_bare(draft: Draft) -> bool:
    """Whether a table has no sections with points, no total, no serials and no fields to fill."""
    divided = any(m.stated_points is not None for m in draft.marks) or any(c.number for c in draft.criteria)
    return not (divided or draft.totals or draft.subtotals or draft.fields or draft.table.shape != "table")


def _are_names(draft: Draft) -> bool:
    return all(len(clean(c.text)) <= SHORT and not regex.search("[，。；、]", c.text) for c in draft.criteria)


def _names_things(draft: Draft, roles: set[Role | None]) -> bool:
    """科目 | 分值, 礼品名称 | 分值: short names beside points under headers that name no criteria, without sections, a total or a
    word of scoring near."""
    if roles - {"points", "number", "remark", None} or "points" not in roles or draft.table.shape != "table":
        return False
    near = _near(draft)
    divided = any(m.stated_points is not None or len(m.covered) > 1 for m in draft.marks)
    if divided or draft.totals or draft.subtotals or draft.fields or SCORING_WORDS.search(near):
        return False
    if STANDARD.search(near) and "兑换" not in near:
        return False
    return _are_names(draft)


def _deducts(draft: Draft) -> bool:
    """Whether beside (nearly) each line a cell says what one case costs (每次扣2分): such sheets need no column to fill."""
    said = [any(patterns.POINTS_EACH.match(fold(v)) for v in (c.text, *c.columns.values())) for c in draft.criteria]
    return len(said) >= 3 and sum(said) >= 0.9 * len(said)


def _measured_beside(draft: Draft) -> int:
    """How many columns have a header of a measure (学时, 单价) over numbers."""
    named = [col for col, text in draft.table.header_texts.items() if MEASURE_HEADER.search(fold(text))]
    below = ((row.cells[col] for row in _data(draft) if col < len(row.cells)) for col in named)
    return sum(any(c is not None and points(c.text) is not None for c in cells) for cells in below)


def _is_receipt(draft: Draft) -> bool:
    head = (fold(c.text) for rows in draft.table.rows[:1] for r in rows[:2] for c in r.filled())
    return any(len(text) <= 10 and RECEIPT_HEADER.search(text) for text in head)


def _is_contents(draft: Draft) -> bool:
    """附表4 | 技术评审标准表 | 78: entries of a table of contents with their pages, which do not fall, below another such line."""
    above = fold(draft.table.lead[-1].text) if draft.table.lead else ""
    if not CONTENTS_ENTRY.match(above) or not above[-1:].isdecimal():
        return False
    rows = [[fold(cell.text) for cell in row.filled()] for row in _data(draft)]
    marked = not draft.table.header_texts and all(CONTENTS_ENTRY.match(row[0]) and row[-1].isdecimal() for row in rows)
    pages = [int(row[-1]) for row in rows] if marked else []
    return len(pages) > 1 and pages == sorted(pages)


def _measures(draft: Draft) -> bool:
    """Whether the numbers stand under a header that names no points, and nothing around the table speaks of scoring."""
    part = draft.table.header_part
    column = draft.table.columns[part].points if part is not None else None
    header = fold(draft.table.header_texts.get(column, "")) if column is not None else ""
    if not header:
        return False
    return bool(MEASURE_HEADER.search(header)) or not SCORING_WORDS.search(_near(draft))


def _near(draft: Draft) -> str:
    """The words around the table: the lines above it, its title, its header."""
    lead = [clean(p.text) for p in draft.table.lead[-3:]]
    return " ".join([*lead, draft.title[0] if draft.title else "", *draft.table.header_texts.values()])


def _in_words(draft: Draft) -> bool:
    """Whether points are called points (3分) in their cells, not bare numbers that could count anything."""
    return draft.table.shape != "table" or any("分" in (c.points_printed or c.choice or "") for c in draft.criteria)


def _data(draft: Draft) -> list[Row]:
    return [row for rows in draft.table.data for row in rows if len(row.filled()) > 1]


def _along_rows(draft: Draft, roles: set[Role | None]) -> str | None:
    """`分数 | 15 | 10 | 7`: points that run along a row belong to no criteria."""
    if roles - {None} or draft.table.shape != "table":
        return None
    for rows in draft.table.rows:
        for row in rows:
            filled = row.filled()
            heads = len(filled) > 2 and patterns.header_role(filled[0].text) == "points"
            if heads and all(points(c.text) is not None for c in filled[1:]):
                return "a table whose points run along a row: values for cases, no criteria"
    return None


def _grades(draft: Draft, roles: set[Role | None]) -> str | None:
    """等次 | 分值: the bands of the grades."""
    rows = _data(draft)
    graded = [r for r in rows if any(patterns.GRADE_WORDS.fullmatch(fold(c.text)) for c in r.filled())]
    if (draft.table.columns and draft.table.columns[0].grades) or 2 * len(graded) <= len(rows) or len(graded) < 2:
        return None
    first = [next(c for c in r.filled() if patterns.GRADE_WORDS.fullmatch(fold(c.text))) for r in graded]
    if len({fold(c.text) for c in first}) < len(first):
        return None
    numbered = any(read_points(c.text).value is not None for r in graded for c in r.filled())
    return "a table of grades and their ranges, no criteria" if numbered else ""


def _thresholds(draft: Draft, roles: set[Role | None]) -> str | None:
    """90分以上 | 续签合同: what follows from a result."""
    for rows, columns in zip(draft.table.data, draft.table.columns, strict=True):
        filled = [row for row in rows if len(row.filled()) > 1]
        shares = set(columns.others) if columns.points is not None else set()  # under 优 良 差: shares of the points beside
        shares = {c for c in shares if patterns.grade_name(draft.table.header_texts.get(c, ""))}
        for col in range(max((len(r.cells) for r in filled), default=0)):
            if col in shares:
                continue
            texts = [fold(c.text) for r in filled if col < len(r.cells) and (c := r.cells[col]) is not None and c.row == r.index and clean(c.text)]
            if not any(map(THRESHOLD.fullmatch, texts[:2])):  # all texts but one say a threshold, or none is looked for
                continue
            said = [t for t in texts if THRESHOLD.fullmatch(t)]
            least = any(regex.search(r"以[上下]|[<>≥]|低于|不足", t) for t in said)  # ≤10 in every row is the most that each can give
            if len(said) >= 2 and len(said) >= len(texts) - 1 and least:
                return "a table of grades and their ranges, no criteria"
    return None


def _results(draft: Draft, roles: set[Role | None]) -> str | None:
    """单位 | 得分 | 排名: what somebody was given."""
    texts = draft.table.header_texts
    worded = roles & {"text", "standard"} and any(c.points is not None for c in draft.table.columns)
    if not any(UNIT_HEADER.fullmatch(fold(t)) for t in texts.values()) or worded:
        return None
    rows = _data(draft)
    scores = [c for c, t in texts.items() if patterns.header_role(t) in ("points", "awarded")]
    given = [r for r in rows if any(c < len(r.cells) and (x := r.cells[c]) and points(x.text) is not None for c in scores)]
    if not scores or 2 * len(given) <= len(rows):
        return None
    return "a table of results: each row is somebody's score, not a criterion"


def _weights(draft: Draft, roles: set[Role | None]) -> str | None:
    """板块 | 权重: how the results of several sheets are weighed."""
    percents = [c for c in draft.criteria if (c.points_printed or "").endswith(("%", "％"))]
    if roles - {"label", "points", "number", "method", "remark", None} or len(percents) < max(2, len(draft.criteria)):
        return None
    return "a table of weights: it weighs parts and has no criteria"


def _questions(draft: Draft, roles: set[Role | None]) -> str | None:
    """题型 | 题数 | 每题分值 | 小计: what a paper consists of."""
    said = sum(bool(QUESTION_HEADER.fullmatch(fold(text))) for text in draft.table.header_texts.values())
    return PAPER if said >= 2 and not roles & {"label", "text", "standard", "item", "awarded", "deduction"} else None


def sums_up(draft: Draft, others: Sequence[Draft]) -> bool:
    """Whether all that a table scores are the sections of one other rubric with their points (管理（20分） | 服务（30分）), its columns
    or in rows without any text of their own."""
    if any(c.max_points is None or c.columns.keys() - {"item"} for c in draft.criteria):
        return False
    worth = {c.max_points for c in draft.criteria}
    alike = [other for other in others if other is not draft and worth <= {m.stated_points for m in other.marks}]  # few: texts take longer
    scored = {(fold(split_label(c.text)[0]), c.max_points) for c in draft.criteria if alike}
    if len(scored) < MIN_CRITERIA:
        return False
    return any(scored <= {(fold(split_label(m.text)[0]), m.stated_points) for m in other.marks} for other in alike)
