"""Assessments → scorecards: grouped by rubric and assessee, combined by the policy, graded by the notice's own bands.

Whatever the notice and the policy leave open is refused by name in `open`, never guessed. Names of assessors stay in
the scorecard (each number leads back to its form); reports show them only where the policy says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from pipeline import checks, digest, grades
from pipeline.assessment import (
    Agreement,
    Assessment,
    ItemEntry,
    ItemScore,
    Policy,
    Round,
    RoundScore,
    Scorecard,
    SectionScore,
    SheetScore,
)
from pipeline.errors import UsageError
from pipeline.model import Finding, Reading, Rubric
from pipeline.normalize import fold
from pipeline.problems import problem
from pipeline.tally import (
    SIGN,
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
    expected = digest.rubric_digest(rubric)
    if assessment.rubric_digest and not digest.same(assessment.rubric_digest, expected):
        return f"此表所印评价表（摘要 {assessment.rubric_digest[:12]}）与现行的（{expected[:12]}）不同"
    return None


def rubric_of(assessment: Assessment, reading: Reading) -> Rubric | None:
    """The rubric an assessment was filled on."""
    return next((r for r in reading.rubrics if r.id == assessment.rubric_id), None)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sheet with its share of the result (0: not used) and, when not used, the reason."""

    sheet: Sheet
    weight: Fraction
    reason: str | None = None
    round: str | None = None


@dataclass(frozen=True, slots=True)
class Combined:
    """Several sheets as one: `total` None when it cannot be given; `open` says why."""

    total: Fraction | None
    items: dict[str, Fraction]
    weighed: tuple[Weighed, ...]
    rounds: tuple[RoundScore, ...]
    open: tuple[str, ...]


def _scorecard(group: list[Assessment], reading: Reading, policy: Policy) -> Scorecard:
    first = group[0]
    rubric = rubric_of(first, reading)
    if rubric is None:
        return _refused(group, policy, [str(foreign_reason(first, reading))])
    refusals = [(a, foreign_reason(a, reading)) for a in group]
    usable = [a for a, reason in refusals if reason is None]
    reasons = [f"{_calling(a, n)}：{reason}，不予计分" for n, (a, reason) in enumerate(refusals, start=1) if reason]
    if not usable:
        return _refused(group, policy, reasons)
    usable, twice = _without_copies(usable)
    lines = lines_of(rubric, "printed" if all(a.edition == "printed" for a in usable) else None)
    sheets = [add_up(a, rubric, lines, policy) for a in usable]
    combined = _combine(sheets, rubric, lines, policy)
    graded = _graded(combined, rubric, lines, sheets, reading, policy)
    names = [_calling(a, n) for n, a in enumerate(usable, start=1)]
    possible = possible_of(lines)
    findings = (*twice, *checks.check(sheets, lines, policy, possible, names))
    open_ = tuple(dict.fromkeys((*reasons, *combined.open, *graded.open)))
    if not (first.assessee or "").strip():
        open_ = (*open_, "被评价单位未填")
    return Scorecard(
        assessee=first.assessee,
        annex=rubric.annex,
        rubric=rubric.id,
        title=rubric.title,
        total=exact(combined.total) if combined.total is not None else None,
        possible=exact(possible) if possible is not None else None,
        complete=not any(s.faults for s in sheets) and not reasons and combined.total is not None,
        sections=_sections(rubric, lines, combined, policy),
        vetoed=bool(graded.vetoes),
        vetoes=graded.vetoes,
        grade_band=graded.label if not reasons else None,
        grade_basis=graded.basis,
        policy=policy,
        open=open_,
        assessments=_sheet_scores(combined, policy),
        items=tuple(_item(line, combined, policy) for line in lines),
        rounds=combined.rounds,
        agreement=_agreement(sheets, lines),
        findings=findings,
        decisions=_decisions(reading, rubric),
        document_number=reading.notice.document_number,
        revision=reading.revision,
        rubric_digest=digest.rubric_digest(rubric),
    )


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


def _calling(assessment: Assessment, n: int) -> str:
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
    open_ = [f"{_calling(s.assessment, n)}：{f}" if len(sheets) > 1 else f for n, s in enumerate(sheets, 1) for f in s.faults]
    weighed, more = _weigh(sheets, policy)
    open_ += more
    used = [w for w in weighed if w.weight]
    items = {
        line.id: sum((w.weight * w.sheet.points[line.id] for w in used), Fraction(0))
        / sum(w.weight for w in used if line.id in w.sheet.points)
        for line in lines
        if any(line.id in w.sheet.points for w in used)
        and all(line.id in w.sheet.points or line.id in w.sheet.excluded for w in used)
    } if not _partial(items_of := used) else _common(items_of)  # fmt: skip
    rounds = _round_scores(weighed, policy)
    if more or (len(sheets) > 1 and any(s.faults for s in sheets)):
        return Combined(None, items, weighed, rounds, tuple(open_))
    total, reason = _total(used, items, rubric, lines, policy)
    return Combined(total, items, weighed, rounds, (*open_, *([reason] if reason else [])))
