"""What a page's table cannot have held as it was read: a label or a serial that is part of another, or several in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline import rx as regex
from pipeline.model import Criterion, LabelMark, Remark, Rubric
from pipeline.normalize import fold
from pipeline.provenance import Provenance
from pipeline.rubrics.downlabels import may_be_one

GOES_ON = regex.compile(r"[(（][0-9]+(?:\.[0-9]+)?分(?:[)）]\p{Han}|\p{Han}[)）]\p{Han})")
"""Words behind the points of a label: （30分）文, （47分卫）生."""

BEGINS_SCORED = regex.compile(r"[(（]?[0-9]+(?:\.[0-9]+)?分[)）]?\p{Han}.*[0-9]分")
"""The points of the label above it, then a label: 24分设施维护26分."""

ENDS_SCORED = regex.compile(r"[(（][0-9]+(?:\.[0-9]+)?分?[)）]$")

GLUED = regex.compile(r"^[0-9]{1,3}[一二三四五六七八九十]{1,3}、\p{Han}|^[一二三四五六七八九十]{1,3}、\p{Han}{2,12}[0-9]{1,3}$")
"""A serial and a section's name in one: 6二、房屋维护, 二、被服洗涤6."""

STRAY = regex.compile(r"[\p{Han}、。，；：--[扣减加罚各每计共满得约第]][0-9]{1,3}(?:\.[0-9])?", regex.V1)
"""Points behind a character that is none of them: 因5, 。4."""

WHY_ODD = {
    "ends within its brackets": "停在括号之内",
    "has neither words nor points": "没有文字，也没有分值",
    "goes on behind its points": "在分值之后还有文字",
    "has more points than all the table": "的分值多于全表总分",
    "is points without words": "只有分值，没有文字",
}
"""Why a label cannot stand as it was read, in Chinese."""

LEAST_SERIALS = 4
"""So many points that count on are serials."""

MOST_IN_ONE = 20
"""Serials that are tried as one figure."""


def odd_parts(rubrics: Iterable[Rubric]) -> Iterator[Remark]:
    """A remark for each label and serial, of a table on a page, that says by itself that it was not read whole or not alone.
    What a person typed as one cell is taken as it stands."""
    for rubric in rubrics:
        scored = any(ENDS_SCORED.search(fold(mark.text)) for mark in rubric.labels)
        for mark in rubric.labels:
            why = _why_odd(mark, rubric, scored)
            if why is not None and mark.at is not None and mark.at.bbox is not None:
                yield _odd(mark.at, f"the label “{mark.text}” {why}", f"项目名称“{mark.text}”{WHY_ODD[why]}")
        yield from _halves(rubric)
        rows = rubric.printed()
        if rows and (at := rows[0].points_at) is not None and at.bbox is not None and _are_serials(rows):
            yield _odd(at, "what was read as points counts on from 1.1 as serials do", "读作分值的数从 1.1 起像序号一样递增")
        for row in rows:
            at = row.number_at or row.points_at
            if at is not None and at.bbox is not None and GLUED.match(fold(row.number or row.text)):
                yield _odd(at, "a serial and the name of a section were read as one", "一个序号和一个项目名称读在了一起")
        for row in rows:
            at = row.points_at
            if row.max_points is None and at is not None and at.bbox is not None and STRAY.fullmatch(fold(row.points_printed or "")):
                yield _odd(at, f"the points “{row.points_printed}” have a character of another cell", f"分值“{row.points_printed}”混入了别格的字")
        for above, row in pairwise(rows):
            at = row.number_at
            if at is not None and at.bbox is not None and _runs_together(above, row):
                yield _odd(at, f"the serial {row.number} is several, of rows read as one", f"序号 {row.number} 是几个序号，几行读成了一行")


def _halves(rubric: Rubric) -> Iterator[Remark]:
    """A remark for each two labels without points on two pages that may be the halves of one, as far as the way they are set says so."""
    for upper, lower in pairwise(rubric.labels):
        others = [m for m in rubric.labels if m.level == upper.level and m is not upper and m is not lower]
        scored = upper.stated_points is not None or lower.stated_points is not None
        if upper.level == lower.level and upper.piece < lower.piece and not scored and may_be_one(upper, lower, others):
            yield _odd(lower.at, f"the labels “{upper.text}” and “{lower.text}” may be the halves of one", f"项目名称“{upper.text}”和“{lower.text}”可能是被分页拆开的一个")


def _odd(at: Provenance, en: str, zh: str) -> Remark:
    return Remark("odd-label", f"{at.place()}: {en}", at, message_zh=f"{at.place('zh')}：{zh}")


def _why_odd(mark: LabelMark, rubric: Rubric, scored: bool) -> str | None:
    text = fold(mark.text)
    if mark.stated_points is None and sum(c in "(（" for c in text) > sum(c in ")）" for c in text):
        return "ends within its brackets"
    if text and not regex.search(r"[\p{L}\p{N}]", text):
        return "has neither words nor points"
    if (scored and GOES_ON.search(text)) or BEGINS_SCORED.match(text):
        return "goes on behind its points"
    if mark.stated_points is not None and rubric.stated_total is not None and mark.stated_points > rubric.stated_total > 0:
        return "has more points than all the table"
    if mark.stated_points is not None and not mark.label and any(other.label for other in rubric.labels if other.level == mark.level):
        return "is points without words"
    return None


def _are_serials(rows: Sequence[Criterion]) -> bool:
    """Whether the points of a few rows and more count on as serials of two levels do: 1.1 1.2 2.1 2.2."""
    read = [str(c.max_points).split(".") for c in rows]
    if len(read) < LEAST_SERIALS or not all(len(parts) == 2 for parts in read):
        return False
    levels = [(int(a), int(b)) for a, b in read]
    return levels[0] == (1, 1) and all(own in ((a, b + 1), (a + 1, 1)) for (a, b), own in pairwise(levels))


def _runs_together(above: Criterion, row: Criterion) -> bool:
    """Whether a serial is the ones that follow the row above, set together: 7, 8910."""
    before, own = fold(above.number or ""), fold(row.number or "")
    if not before.isdecimal() or not own.isdecimal() or len(own) > 3 * MOST_IN_ONE:
        return False
    first = str(int(before) + 1)
    if len(own) == len(first) or not own.startswith(first):
        return False
    following = [str(int(before) + k) for k in range(1, MOST_IN_ONE)]
    return any(own == "".join(following[:n]) for n in range(2, len(following) + 1))
