"""Assessments → scorecards: grouped by rubric and assessee, combined by the policy, graded by the notice's own bands.

Whatever the notice and the policy leave open is refused by name in `open`, never guessed. Names of assessors stay in
the scorecard (each number leads back to its form); reports show them only where the policy says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from statistics import median

from pipeline import checks, grades
from pipeline.assessment import (
    Agreement,
    Assessment,
    ItemEntry,
    ItemScore,
    Policy,
    RoundScore,
    Scorecard,
    SectionScore,
    SheetScore,
)
from pipeline.digest import rubric_digest
from pipeline.errors import UsageError
from pipeline.model import Finding, Reading, Rubric
from pipeline.normalize import fold
from pipeline.problems import problem
from pipeline.tally import (
    Line,
    Sheet,
    add_up,
    exact,
    lines_of,
    possible_of,
    rounded,
    shown,
    total_of,
)


def score(assessments: Iterable[Assessment], reading: Reading, policy: Policy | None = None) -> tuple[Scorecard, ...]:
    """One scorecard for each rubric and assessee, in the order of annexes, then of names.

    Raises UsageError when there is nothing to score or none of it belongs to this notice.
    """
    given = tuple(assessments)
    if not given:
        raise UsageError("score", "no assessments", "collect filled forms first")
    refusals = [foreign_reason(a, reading) for a in given]
    if all(refusals):
        where = given[0].source.file or f"assessment of {given[0].assessee}"
        raise UsageError(where, str(refusals[0]), "use the notice these forms were made from")
    groups: dict[tuple[str, str], list[Assessment]] = {}
    for assessment in given:
        groups.setdefault((assessment.rubric_id, fold(assessment.assessee or "")), []).append(assessment)
    order = {r.id: n for n, r in enumerate(reading.rubrics)}
    keys = sorted(groups, key=lambda k: (order.get(k[0], len(order)), k))
    return tuple(_scorecard(_ordered(groups[key]), reading, policy or Policy()) for key in keys)


def _ordered(group: list[Assessment]) -> list[Assessment]:
    """Independent of the order in which files were named."""
    return sorted(group, key=lambda a: (a.round or "", a.date or "", a.assessor or "", a.source.file, a.source.sha256))


def foreign_reason(assessment: Assessment, reading: Reading) -> str | None:
    """Why a form cannot be of this notice and revision, naming both; None when it is."""
    number, revision = reading.notice.document_number, reading.revision
    if assessment.document_number and number and fold(assessment.document_number) != fold(number):
        return f"此表属于 {assessment.document_number}，不是 {number}"
    if assessment.revision and revision and assessment.revision != revision:
        return f"此表属于版次 {assessment.revision}，不是 {revision}"
    rubric = rubric_of(assessment, reading)
    if rubric is None:
        return f"此表属于 {assessment.rubric_id}，文件中没有这份评价表"
    expected = rubric_digest(rubric)
    if assessment.rubric_digest and assessment.rubric_digest != expected:
        return f"此表所印评价表（摘要 {assessment.rubric_digest[:12]}）与现行的（{expected[:12]}）不同"
    return None


def rubric_of(assessment: Assessment, reading: Reading) -> Rubric | None:
    """The rubric an assessment was filled on."""
    return next((r for r in reading.rubrics if r.id == assessment.rubric_id), None)


@dataclass(frozen=True, slots=True)
class Combined:
    """Several sheets as one: `total` None when it cannot be given, `open` says why; `items` are for display; `used`
    tells for each sheet why it did not count (None: it did)."""

    total: Fraction | None
    items: dict[str, Fraction]
    used: tuple[str | None, ...]
    rounds: tuple[RoundScore, ...]
    open: tuple[str, ...]


def _scorecard(group: list[Assessment], reading: Reading, policy: Policy) -> Scorecard:
    rubric = rubric_of(group[0], reading)
    refusals = [foreign_reason(a, reading) for a in group]
    reasons = [f"{_calling(n)}：{r}，不予计分" for n, r in enumerate(refusals, start=1) if r]
    usable = [a for a, r in zip(group, refusals, strict=True) if r is None]
    if rubric is None or not usable:
        return _refused(group, policy, reasons)
    usable, twice = _without_copies(usable)
    editions = {a.edition for a in usable}
    lines = lines_of(rubric, editions.pop() if len(editions) == 1 else None)
    sheets = [add_up(a, rubric, lines, policy) for a in usable]
    combined = _combine(sheets, rubric, lines, policy)
    vetoes = tuple(sorted({n for s in sheets for n, ticked in s.assessment.vetoes.items() if ticked}))
    faulty = bool(reasons) or any(s.faults for s in sheets)
    grade = _grade(combined, vetoes, faulty, reading, policy)
    possible = possible_of(lines)
    findings = (*twice, *checks.check(sheets, lines, policy, possible, [_calling(n) for n in range(1, len(sheets) + 1)]))
    missing_name = () if (group[0].assessee or "").strip() else ("被评价单位未填",)
    return Scorecard(
        assessee=group[0].assessee, annex=rubric.annex, rubric=rubric.id, title=rubric.title,
        total=exact(combined.total) if combined.total is not None else None,
        possible=exact(possible) if possible is not None else None,
        complete=not faulty and combined.total is not None,
        sections=_sections(rubric, lines, combined, policy),
        vetoed=bool(vetoes), vetoes=vetoes, grade_band=grade.label, policy=policy,
        open=tuple(dict.fromkeys((*reasons, *combined.open, *([grade.reason] if grade.reason else []), *missing_name))),
        assessments=tuple(_sheet_score(s, why) for s, why in zip(sheets, combined.used, strict=True)),
        items=tuple(_item(line, sheets, combined, policy) for line in lines),
        rounds=combined.rounds, agreement=_agreement(sheets, lines), findings=findings,
        decisions=tuple(d.id for d in reading.decisions if d.status == "valid"),
        document_number=reading.notice.document_number, revision=reading.revision, rubric_digest=rubric_digest(rubric),
    )  # fmt: skip


def _grade(combined: Combined, vetoes: tuple[str, ...], faulty: bool, reading: Reading, policy: Policy) -> grades.Grade:
    """Veto before band; no band for what is not complete."""
    if vetoes:
        return grades.veto_grade(reading.notice, policy)
    if faulty or combined.total is None:
        return grades.Grade(None)
    return grades.grade(combined.total, reading.notice, policy)


def _refused(group: list[Assessment], policy: Policy, reasons: list[str]) -> Scorecard:
    first = group[0]
    return Scorecard(
        assessee=first.assessee, annex=first.annex, rubric=first.rubric_id, title=None, total=None, possible=None,
        complete=False, sections=(), vetoed=False, vetoes=(), grade_band=None, policy=policy, open=tuple(reasons),
        assessments=tuple(
            SheetScore(a.assessor, a.date, a.round, None, False, a.source, a.edition, a.rubric_digest, r)
            for a, r in zip(group, reasons * len(group), strict=False)
        ),
        document_number=first.document_number, revision=first.revision, rubric_digest=first.rubric_digest,
    )  # fmt: skip


def _calling(n: int) -> str:
    """How a sheet is called in a message that may be published: by number, never by name."""
    return f"第 {n} 份评价表"


def _without_copies(group: list[Assessment]) -> tuple[list[Assessment], list[Finding]]:
    """Sheets that are the same form twice (same assessor, date and content) count once."""
    kept: list[Assessment] = []
    findings = []
    for assessment in group:
        same = next((k for k in kept if same_form(k, assessment)), None)
        if same is None:
            kept.append(assessment)
            continue
        where = assessment.rubric_id
        findings.append(problem("form-twice", assessment.annex, where, other=same.source.file or "—"))
    return kept, findings


def same_form(one: Assessment, other: Assessment) -> bool:
    """Whether two assessments are one form that came back twice (perhaps in two formats)."""
    if one.source.sha256 and (one.source.sha256, one.source.row) == (other.source.sha256, other.source.row):
        return True
    if not (one.assessor or "").strip():
        return False
    return _content(one) == _content(other)


def _content(a: Assessment) -> tuple:
    head = (a.rubric_id, fold(a.assessee or ""), fold(a.assessor or ""), a.date, a.round)
    return (*head, sorted(a.awarded.items()), sorted(a.not_applicable.items()), sorted(k for k, v in a.vetoes.items() if v))


# ---- combining -----------------------------------------------------------------------------------------------------


def _combine(sheets: list[Sheet], rubric: Rubric, lines: tuple[Line, ...], policy: Policy) -> Combined:
    several = len(sheets) > 1
    open_ = [f"{_calling(n)}：{f}" if several else f for n, s in enumerate(sheets, start=1) for f in s.faults]
    if policy.rounds:
        return _by_rounds(sheets, lines, policy, open_)
    total, used, reason = _merge(sheets, policy.assessors.combine, policy.assessors.trim, policy)
    items = _items([s for s, why in zip(sheets, used, strict=True) if why is None], lines)
    if total is not None and policy.rounding and policy.rounding.stage == "item":
        items = {k: rounded(v, policy.rounding) for k, v in items.items()}
        total = total_of(items, rubric, lines, sheets[0].excluded if not several else frozenset())
    if several and any(s.faults for s in sheets):
        return Combined(None, items, used, (), tuple(open_))
    total, why = _finish(total, policy)
    return Combined(total, items, used, (), tuple(x for x in (*open_, reason, why) if x))


def _merge(
    sheets: list[Sheet], how: str, trim: int, policy: Policy
) -> tuple[Fraction | None, tuple[str | None, ...], str | None]:
    """(total, why each sheet was left out, why there is no total) of the sheets of one round."""
    by_sheet = policy.rounding is not None and policy.rounding.stage == "expert"
    totals = [rounded(s.total, policy.rounding) if by_sheet and policy.rounding else s.total for s in sheets]
    used: list[str | None] = [None] * len(sheets)
    if len(sheets) == 1:
        return totals[0], tuple(used), None
    if how == "refuse":
        return None, tuple(used), f"有 {len(sheets)} 份评价表，文件未规定如何合成（policy: assessors）"
    if how == "median":
        return median(totals), tuple(used), None
    keep = sorted(range(len(sheets)), key=lambda i: (totals[i], i))
    if how == "trimmed":
        if len(sheets) - 2 * trim < 1:
            return None, tuple(used), f"{len(sheets)} 份评价表不够去掉 {trim} 个最高、{trim} 个最低（policy: assessors）"
        for i in {*keep[:trim], *keep[len(keep) - trim :]}:
            used[i] = "按 policy 去掉的最高或最低分"
        keep = keep[trim : len(keep) - trim]
    return sum((totals[i] for i in keep), Fraction(0)) / len(keep), tuple(used), None


def _by_rounds(sheets: list[Sheet], lines: tuple[Line, ...], policy: Policy, open_: list[str]) -> Combined:
    """Rounds by name or date, each combined by itself, then weighted; a sheet of no round and an empty round are told."""
    home = [_round_of(s.assessment, policy) for s in sheets]
    used: list[str | None] = [None if h is not None else "不属于任何轮次" for h in home]
    open_ += [f"{_calling(n)}：不属于任何轮次（policy: rounds）" for n, h in enumerate(home, start=1) if h is None]
    scores: list[RoundScore] = []
    total: Fraction | None = Fraction(0)
    for index, one in enumerate(policy.rounds):
        own = [i for i, h in enumerate(home) if h == index]
        value, left_out, reason = (
            _merge([sheets[i] for i in own], one.combine or policy.assessors.combine, policy.assessors.trim, policy)
            if own else (None, (), f"轮次“{one.name}”没有评价表")
        )  # fmt: skip
        for i, why in zip(own, left_out, strict=True):
            used[i] = why
        open_ += [f"轮次“{one.name}”：{reason}" if own else reason] if reason else []
        scores.append(RoundScore(one.name, one.weight, exact(value) if value is not None else None, len(own)))
        total = None if value is None or total is None else total + value * Fraction(one.weight)
    if total is not None:
        total /= sum((Fraction(r.weight) for r in policy.rounds), Fraction(0))
    if any(s.faults for s in sheets) or None in home:
        total = None
    items = _items([s for s, why in zip(sheets, used, strict=True) if why is None], lines)
    total, why_not = _finish(total, policy)
    return Combined(total, items, tuple(used), tuple(scores), tuple(x for x in (*open_, why_not) if x))


def _round_of(assessment: Assessment, policy: Policy) -> int | None:
    """The index of the round a sheet names, or whose dates hold it."""
    for index, one in enumerate(policy.rounds):
        if assessment.round == one.name:
            return index
    date = assessment.date or ""
    fits = [
        index
        for index, one in enumerate(policy.rounds)
        if assessment.round is None and date and (one.since or one.until) and (one.since or "") <= date <= (one.until or "9999")
    ]
    return fits[0] if len(fits) == 1 else None


def _finish(total: Fraction | None, policy: Policy) -> tuple[Fraction | None, str | None]:
    """The one rounding of the final total; a total that never ends needs one."""
    if total is None:
        return None, None
    if policy.rounding and policy.rounding.stage == "final":
        return rounded(total, policy.rounding), None
    if exact(total) is None:
        return None, f"总分 {grades.number_text(total)} 除不尽，文件未规定取舍（policy: rounding）"
    return total, None


def _items(sheets: list[Sheet], lines: tuple[Line, ...]) -> dict[str, Fraction]:
    """The mean of each line over the sheets that scored it; what nobody scored is left out."""
    out = {}
    for line in lines:
        values = [s.points[line.id] for s in sheets if line.id in s.points]
        if values and all(line.id in s.points or line.id in s.excluded for s in sheets):
            out[line.id] = sum(values, Fraction(0)) / len(values)
    return out


# ---- what a scorecard shows ----------------------------------------------------------------------------------------


def _sections(rubric: Rubric, lines: tuple[Line, ...], combined: Combined, policy: Policy) -> tuple[SectionScore, ...]:
    out = []
    for section in rubric.sections:
        own = [line for line in lines if line.section is section]
        if not own:
            continue
        got = [combined.items[line.id] for line in own if line.id in combined.items]
        top = [line.criterion.max_points for line in own]
        out.append(
            SectionScore(
                section.id, section.label, shown(sum(got, Fraction(0)), policy) if got else None,
                None if None in top else sum((t for t in top if t is not None), Decimal(0)), section.kind, section.basis,
            )
        )
    return tuple(out)


def _sheet_score(sheet: Sheet, why: str | None) -> SheetScore:
    a = sheet.assessment
    return SheetScore(a.assessor, a.date, a.round, exact(sheet.total), why is None, a.source, a.edition, a.rubric_digest, why)


def _item(line: Line, sheets: list[Sheet], combined: Combined, policy: Policy) -> ItemScore:
    value, top = combined.items.get(line.id), line.criterion.max_points
    entries = tuple(
        ItemEntry(
            n, s.assessment.awarded.get(line.id), s.assessment.notes.get(line.id), s.assessment.not_applicable.get(line.id),
            s.assessment.places.get(line.id),
        )
        for n, s in enumerate(sheets, start=1)
    )
    lost = Fraction(top) - value if value is not None and top is not None and line.kind == "scored" else None
    return ItemScore(
        line.id, line.criterion.number, line.criterion.text, line.section.id, top,
        shown(value, policy) if value is not None else None, shown(lost, policy) if lost is not None else None,
        line.kind, line.criterion.basis, entries,
    )  # fmt: skip


def _agreement(sheets: list[Sheet], lines: tuple[Line, ...]) -> Agreement | None:
    """Spread and Krippendorff's alpha of several sheets. Loaded late: one sheet needs no statistics."""
    if len(sheets) < 2:
        return None
    totals = [s.total for s in sheets]
    value, remark = import_module("pipeline.agreement").alpha(checks.shares(sheets, lines))
    return Agreement(len(sheets), exact(min(totals)), exact(max(totals)), value, remark)
