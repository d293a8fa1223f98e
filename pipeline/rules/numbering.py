"""Rules over the printed numbers 序号 of a rubric: gaps, repeats, disorder."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pipeline.findings import Basis, Proof, Repair, Step
from pipeline.model import LOW_CONFIDENCE, Criterion, Reading, Rubric
from pipeline.normalize import chinese_number, fold
from pipeline.plain import points_text
from pipeline.rules.registry import Hit, rule, shared, shorten

Serial = tuple[int, ...]

FARTHEST_START = 4
"""A first number above this is an excerpt that starts in the middle, not a lost beginning."""


def serial_of(criterion: Criterion) -> Serial | None:
    """The printed number as integers: 7 → (7,), 2.3 → (2, 3), 三 → (3,), ④ → (4,); None when it is no number."""
    text = fold(criterion.number or "").strip("()[].、,。")
    if not text:
        return None
    parts = [chinese_number(p) for p in text.replace("-", ".").split(".")]
    if all(p is not None for p in parts):
        return tuple(p for p in parts if p is not None)
    if len(criterion.number or "") == 1 and (value := unicodedata.numeric(criterion.number or "", None)) is not None:
        return (int(value),)
    return None


class Run(Struct, frozen=True):
    """Criteria whose last number component should ascend one by one from `start`; `whole`: it begins where the
    numbering begins."""

    criteria: tuple[Criterion, ...]
    serials: tuple[int, ...]
    start: int = 1


class Fault(Struct, frozen=True):
    """What is wrong inside a run: kind gap | duplicate | order at index `at`; `first` the other index of a repeat."""

    kind: str
    at: int
    missing: tuple[int, ...] = ()
    first: int | None = None


def runs_of(rubric: Rubric, last_before: int) -> Iterator[Run]:
    """Split the printed criteria into runs: a new run where the numbering starts again at 1, or the upper part changes.

    A row without a number breaks nothing: it holds the place of the number it lacks, if the numbers after it leave that
    place; else it has none.
    """
    starts = {s.criteria[0].id for s in rubric.sections if s.criteria}
    anew = _restarts(rubric)
    above = {c.id: s.parent for s in rubric.sections for c in s.criteria}
    group: list[tuple[Criterion, int]] = []
    upper: Serial | None = None
    printed = rubric.printed()
    hundreds = _by_hundreds(printed)
    for index, criterion in enumerate(printed):
        serial = serial_of(criterion)
        if serial is None:
            if group:
                group.append((criterion, group[-1][1] + 1))
            continue
        restart = serial[-1] == 1 and (criterion.id in starts or (len(group) > 1 and not _misnumbered_one(printed, index)))
        counts_on = bool(group) and group[-1][1] == serial[-1] - 1 and above[criterion.id] is not None and above[group[-1][0].id] == above[criterion.id]
        exchanged = anew and criterion.id in starts and serial[-1] == 2 and not counts_on
        while group and serial_of(group[-1][0]) is None and group[-1][1] >= serial[-1]:
            group.pop()
        crossed = hundreds and bool(group) and group[-1][1] // 100 != serial[-1] // 100
        if group and (serial[:-1] != upper or restart or exchanged or crossed):
            yield _run(group, last_before, hundreds)
            group, last_before = [], 0
        upper = serial[:-1]
        group.append((criterion, serial[-1]))
    if group:
        yield _run(group, last_before, hundreds)


def _by_hundreds(printed: Sequence[Criterion]) -> bool:
    """Whether the numbers say the section too (101, 102, 201, 202): all have three digits, and most hundreds begin at 1."""
    found = [s for c in printed if (s := serial_of(c)) is not None]
    if not found or not all(len(s) == 1 and 100 < s[0] < 1000 for s in found):
        return False
    firsts = [s[-1] for i, s in enumerate(found) if not i or s[-1] // 100 != found[i - 1][-1] // 100]
    return 2 <= len(firsts) < len(found) and 2 * sum(n % 100 == 1 for n in firsts) > len(firsts) and firsts == sorted(firsts)


def _restarts(rubric: Rubric) -> bool:
    """Whether the numbering begins at 1 in most sections: there a section that begins with 2 has rows exchanged, or
    its first row lost."""
    firsts = [serial_of(s.criteria[0]) for s in rubric.sections if len(s.criteria) > 1]
    known = [f for f in firsts if f is not None]
    return len(known) >= 3 and 2 * sum(f[-1] == 1 for f in known) > len(known)


def _misnumbered_one(printed: Sequence[Criterion], index: int) -> bool:
    """Whether a 1 in the middle is one wrong number: the row after goes on from the row before."""
    if not 0 < index < len(printed) - 1:
        return False
    before, after = serial_of(printed[index - 1]), serial_of(printed[index + 1])
    return before is not None and after is not None and after[-1] == before[-1] + 2 and after[-1] > 2


def _run(group: Sequence[tuple[Criterion, int]], last_before: int, hundreds: bool) -> Run:
    criteria, serials = zip(*group, strict=True)
    first = serials[0]
    if hundreds:
        return Run(tuple(criteria), tuple(serials), first // 100 * 100 + 1)
    whole = first == 1 or first == last_before + 1 or first > FARTHEST_START
    return Run(tuple(criteria), tuple(serials), first if whole else 1)


def faults_of(run: Run) -> Iterator[Fault]:
    """Each fault once: a number wrong in its place is a repeat or disorder, not also a gap; rows exchanged are disorder."""
    serials = list(run.serials)
    present = set(serials)
    for i, value in enumerate(serials):
        expected = serials[i - 1] + 1 if i else run.start
        following = serials[i + 1] if i + 1 < len(serials) else None
        if value == expected:
            continue
        if i and following == expected + 1 != value:
            yield _misplaced(serials, i)
            serials[i] = expected
        elif i and value in serials[:i]:
            yield Fault("duplicate", i, first=serials.index(value))
        elif value < expected:
            yield Fault("order", i)
        elif missing := tuple(n for n in range(expected, value) if n not in present):
            yield Fault("gap", i, missing)


def _misplaced(serials: list[int], i: int) -> Fault:
    value = serials[i]
    others = [k for k, other in enumerate(serials) if other == value and k != i]
    return Fault("duplicate", i, first=others[0]) if others else Fault("order", i)


def numbers_alone(rubric: Rubric, reading: Reading) -> dict[str, str]:
    """What must be assumed of the numbers that faults of a rubric rest on, by criterion: those that were recognised in a
    picture and that the row after does not bear out. One digit read wrong makes such a fault, however sure it was."""
    if all(c.confidence is None for c in rubric.criteria()):
        return {}
    out = {}
    for run in (run for owner, run in _runs(reading) if owner is rubric):
        for fault in faults_of(run):
            own, after = run.criteria[fault.at], run.serials[fault.at + 1 : fault.at + 2]
            if not fault.at and _follows_unread(rubric, own):
                out[own.id] = f"“{own.number}”以前各行的序号未读出，不算缺号 / the rows before “{own.number}”, whose numbers were not read, have none of those"
            elif own.confidence is not None and after != (run.serials[fault.at] + 1,):
                out[own.id] = f"序号“{own.number}”识别无误（后一行不能印证） / the number “{own.number}”, which the row after does not bear out, was recognised right"
    return out


def _follows_unread(rubric: Rubric, criterion: Criterion) -> bool:
    """Whether the row before has a number, perhaps, that recognition could not read."""
    rows = rubric.printed()
    at = next((i for i, c in enumerate(rows) if c.id == criterion.id), 0)
    before = rows[at - 1] if at else None
    return before is not None and before.number is None and before.confidence is not None and before.confidence < LOW_CONFIDENCE


@shared
def _runs(reading: Reading) -> list[tuple[Rubric, Run]]:
    last, found = 0, []
    for rubric in reading.rubrics:
        for run in runs_of(rubric, last):
            found.append((rubric, run))
            last = max(run.serials)
    return found


@rule(
    code="RUB001",
    name="serial-gap",
    severity="error",
    title="序号跳号",
    clause="DA/T 70-2018 连续编号检验思路；公文实务（编号应当连续）",
)
def serial_gap(reading: Reading) -> Iterator[Hit]:
    """The numbers of the criteria run on without a gap.

    What: in each run of printed numbers (from 1, or from the rubric before; a run may start again in each section) no
    number is skipped.
    Why: a skipped number is a row that was lost when the notice was printed, scanned or transcribed, or a row that was
    struck out without renumbering. Its points are missing from every form made from the sheet.
    **Bad**
        20 | 每半年组织1次预案演练 | 3
        22 | 按规定报告停供情况   | 2
    **Good**
        20 | 每半年组织1次预案演练 | 3
        21 | 加强监测、预报和预警 | 2
        22 | 按规定报告停供情况   | 2
    Repair: the points follow from the stated total where one number is missing and nothing else contradicts it (conditional
    on the other digits); the text may be suggested from the same criterion of a sister rubric, with its donors. Neither is
    ever shown as printed.
    Limits: an excerpt that starts above number 4 is not said to lack its beginning. Whether a row was lost or the numbering
    slipped cannot be seen from the numbers alone.
    中文: 检查评价表序号是否连续（各项目内重新编号不算错）。跳号说明可能漏印、漏转录了一行，其分值会从所有表格中丢失。
    总分只差这一行时，分值可由等式推出（以其他数字无误为前提）；文字只能参照兄弟表同条内容建议，均须人工确认，绝不当作原文。
    """
    for rubric, run in _runs(reading):
        for fault in faults_of(run):
            if fault.kind == "gap" and not _all_confirmed(rubric, fault.missing):
                yield _gap(rubric, run, fault)


def _all_confirmed(rubric: Rubric, missing: Sequence[int]) -> bool:
    """A person has decided about every missing number."""
    decided = {c.number for c in rubric.criteria() if c.basis == "confirmed"}
    return all(str(n) in decided for n in missing)


def _gap(rubric: Rubric, run: Run, fault: Fault) -> Hit:
    after = run.criteria[fault.at]
    before = run.criteria[fault.at - 1] if fault.at else None
    numbers = "、".join(str(n) for n in fault.missing)
    listed = ", ".join(str(n) for n in fault.missing)
    filled = [c for c in rubric.criteria() if c.basis == "inferred" and c.number in {str(n) for n in fault.missing}]
    repairs = [r for c in filled for r in _suggestions(c)]
    if before is None:
        zh, en = f"缺序号 {numbers}：第一行序号是 {after.number}", f"number {listed} absent: the first row is {after.number}"
        where = after.id
    else:
        zh = f"缺序号 {numbers}：{before.number or '无序号的一行'} 之后是 {after.number}"
        en = f"number {listed} absent: {before.number or 'a row without number'} is followed by {after.number}"
        where = f"{before.id}..{after.id}"
    points = "".join(f"；由总分推得 {points_text(c.max_points)} 分" for c in filled[:1] if c.max_points is not None)
    points_en = "".join(f"; {points_text(c.max_points)} points follow from the total" for c in filled[:1] if c.max_points is not None)  # fmt: skip
    return Hit(
        annex=rubric.annex,
        where=where,
        zh=zh + points,
        en=en + points_en,
        evidence=tuple(c.number_at or c.at for c in (before, after) if c is not None),
        proof=_gap_proof(rubric, before, after, fault.missing, filled),
        repair=repairs[0] if repairs else None,
        suggestions=tuple(repairs[1:]),
        values=(str(len(fault.missing)),),
    )


def _suggestions(criterion: Criterion) -> Iterator[Repair]:
    """What could be filled in for an absent criterion: its points first, then its text."""
    if criterion.max_points is not None:
        reason = "总分减去其余各条之和，仅此一条等式 / the total less all other criteria: one equation"
        basis: Basis = "proved" if criterion.points_basis == "proved" else "inferred"
        yield Repair(
            f"{criterion.id}.max_points", f"{criterion.id}.max_points", None, points_text(criterion.max_points), basis, reason
        )
    if criterion.text:
        reason = "兄弟表中对应条目的原文 / the wording of the same criterion in the sister rubrics"
        yield Repair(
            f"{criterion.id}.text", f"{criterion.id}.text", None, criterion.text, "inferred", reason, criterion.donors
        )


def _gap_proof(
    rubric: Rubric, before: Criterion | None, after: Criterion, missing: Sequence[int], filled: Sequence[Criterion]
) -> Proof:
    places = tuple(c.number_at for c in (before, after) if c is not None and c.number_at)
    ids = tuple(c.id for c in (before, after) if c is not None)
    shown = " → ".join([*([before.number or "?"] if before else []), *(f"[{n}]" for n in missing), after.number or "?"])
    steps = [Step("sequence", shown, ids, None, places)]
    assumes: tuple[str, ...] = ()
    if len(filled) == 1 and filled[0].max_points is not None and rubric.stated_total is not None:
        rest = [c for c in rubric.criteria() if c.basis != "inferred" and c.kind == "scored" and c.max_points is not None]
        total, value = rubric.stated_total, filled[0].max_points
        if sum(c.max_points for c in rest if c.max_points is not None) + value == total:
            text = f"{points_text(total)} − {points_text(total - value)} = {points_text(value)}"
            steps.append(Step("difference", text, (rubric.id, filled[0].id), points_text(value), _total_place(rubric)))
            assumes = (f"其余 {len(rest)} 条分值和总分 {points_text(total)} 读取无误 / the other {len(rest)} values and the total {points_text(total)} were read right",)  # fmt: skip
    return Proof(
        claim=f"序号 {'、'.join(map(str, missing))} 未出现", claim_en=f"number {', '.join(map(str, missing))} does not occur",
        steps=tuple(steps), assumes=assumes, explanations=1 if assumes else None, redundancy=1 if assumes else None,
    )  # fmt: skip


def _total_place(rubric: Rubric) -> tuple:
    return (rubric.total_at,) if rubric.total_at else ()


@rule(
    code="RUB002",
    name="serial-duplicate",
    severity="error",
    title="序号重复",
    clause="DA/T 70-2018 连续编号检验思路；公文实务（编号应当唯一）",
)
def serial_duplicate(reading: Reading) -> Iterator[Hit]:
    """Each number stands once in its run.

    What: no number is repeated inside a run of numbers (a numbering that starts again in each section is no repeat).
    Why: "number 8" in a score sheet or an appeal must mean one row.
    **Bad**
        8 | 服务方案 | 5
        8 | 应急预案 | 5
    **Good**
        8 | 服务方案 | 5
        9 | 应急预案 | 5
    Repair: none is offered; which row keeps the number is for the issuer. The ids `…/c8` and `…/c8~2` stay distinct.
    Limits: two rubrics printed in one table without a break are seen as one numbering.
    中文: 同一编号序列内序号不得重复（各项目内重新从 1 编号不算重复）。序号重复会使“第 8 条”所指不明；由制发机关决定改哪一行。
    """
    for rubric, run in _runs(reading):
        for fault in faults_of(run):
            if fault.kind == "duplicate" and fault.first is not None:
                first, again = sorted((fault.first, fault.at))
                one, two = run.criteria[first], run.criteria[again]
                number = run.criteria[fault.at].number
                yield Hit(
                    annex=rubric.annex,
                    where=f"{one.id}..{two.id}",
                    zh=f"序号 {number} 出现两次：“{shorten(one.text)}”与“{shorten(two.text)}”",
                    en=f"number {number} stands twice: “{shorten(one.text)}” and “{shorten(two.text)}”",
                    evidence=(one.number_at or one.at, two.number_at or two.at),
                )


@rule(
    code="RUB003",
    name="serial-order",
    severity="warning",
    title="序号次序颠倒",
    clause="公文实务（编号应当依次）",
)
def serial_order(reading: Reading) -> Iterator[Hit]:
    """Numbers ascend.

    What: inside a run no number is smaller than the one before, and none stands out of its place.
    Why: rows out of order point at a page bound in the wrong place, rows exchanged by a reader, or a misprinted number.
    **Bad**
        3 | 消防设施完好 | 5
        5 | 台账齐全     | 5
        4 | 人员持证     | 5
    **Good**
        3 | 消防设施完好 | 5
        4 | 人员持证     | 5
        5 | 台账齐全     | 5
    Repair: none; the order on the page is kept.
    Limits: numbering that starts again in each section, or in each rubric, is not disorder.
    中文: 同一编号序列内序号应依次递增；次序颠倒常见于页码错位、行序读反或序号误印。各项目、各表重新编号不算错，版面次序不改动。
    """
    for rubric, run in _runs(reading):
        for fault in faults_of(run):
            if fault.kind == "order":
                row, before = run.criteria[fault.at], run.criteria[fault.at - 1]
                yield Hit(
                    annex=rubric.annex,
                    where=f"{before.id}..{row.id}",
                    zh=f"序号 {row.number} 排在 {before.number} 之后：“{shorten(row.text)}”",
                    en=f"number {row.number} stands after {before.number}: “{shorten(row.text)}”",
                    evidence=(before.number_at or before.at, row.number_at or row.at),
                )
