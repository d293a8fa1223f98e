"""Assessments → scorecards: grouped by rubric and assessee, combined by the policy, graded by the notice's own bands.

Whatever the notice and the policy leave open is refused by name in `open`, never guessed. Names of assessors stay in
the scorecard (each number leads back to its form); reports show them only where the policy says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from importlib import import_module

from msgspec.structs import replace

from pipeline.assessment import (
    Agreement,
    Assessment,
    ItemEntry,
    ItemScore,
    Policy,
    Scorecard,
    SectionScore,
    SheetScore,
)
from pipeline.criterion_names import above
from pipeline.digest import rubric_digest
from pipeline.errors import UsageError
from pipeline.findings import Finding
from pipeline.model import Reading, Rubric
from pipeline.normalize import fold
from pipeline.plain import points_text, whole_text
from pipeline.points import cap_of
from pipeline.scoring import checks, grades
from pipeline.scoring.combining import Combined, Ground, calling, combine
from pipeline.scoring.problems import problem
from pipeline.scoring.tally import (
    SIGN,
    Line,
    Sheet,
    add_up,
    base_of,
    counting,
    exact,
    lines_of,
    possible_of,
    shown,
)


def score(assessments: Iterable[Assessment], reading: Reading, policy: Policy | None = None) -> tuple[Scorecard, ...]:
    """One scorecard for each rubric and assessee, in the order of annexes, then of names.

    Raises UsageError when there is nothing to score or none of it belongs to this notice.
    """
    given, rules = tuple(assessments), policy or Policy()
    if not given:
        raise UsageError("score", "no assessments", "collect filled forms first")
    refusals = [_foreign(a, reading) for a in given]
    if refusals[0] and all(refusals):
        where = given[0].source.file or f"assessment of {given[0].assessee}"
        raise UsageError(where, refusals[0][1], _remedy(given[0], reading))
    groups: dict[tuple[str, str], list[Assessment]] = {}
    for assessment in given:
        groups.setdefault((assessment.rubric_id, fold(assessment.assessee or "")), []).append(assessment)
    order = {r.id: n for n, r in enumerate(reading.rubrics)}
    keys = sorted(groups, key=lambda k: (order.get(k[0], len(order)), k))
    _check_names(rules, reading)
    return tuple(_scorecard(_ordered(groups[key]), reading, rules) for key in keys)


def _check_names(policy: Policy, reading: Reading) -> None:
    """What a policy names must exist in the notice. Raises UsageError."""
    labels = [b.label for b in reading.notice.grade_bands]
    known = {c.id for r in reading.rubrics for c in r.criteria()}
    for key, names in (("commend", policy.commend), ("supervise", policy.supervise)):
        for name in names or ():
            if name not in labels:
                raise UsageError(f"policy: {key}", f"{name!r} is no grade of this notice", f"choose from {'、'.join(labels) or 'none'}")
    for id in policy.objective:
        if id not in known:
            raise UsageError("policy: objective", f"{id!r} is no criterion of this notice", "write ids as in the notice JSON")


def _remedy(assessment: Assessment, reading: Reading) -> str:
    """What to do with a foreign form; one of the revision before can be shown re-mapped."""
    line = reading.lineage
    if line is not None and assessment.revision == line.revision and fold(assessment.document_number or "") == fold(line.document_number or ""):
        return f"score it with {line.slug}; `notice diff OLD NEW --assessments FILE` shows what of it can be carried over"
    return "use the notice these forms were made from"


def _ordered(group: list[Assessment]) -> list[Assessment]:
    """Independent of the order in which files were named."""
    return sorted(group, key=lambda a: (a.round or "", a.date or "", a.assessor or "", a.source.file, a.source.sha256))


def foreign_reason(assessment: Assessment, reading: Reading) -> str | None:
    """Why a form cannot be of this notice and revision, naming both; None when it is."""
    words = _foreign(assessment, reading)
    return words[0] if words else None


def _foreign(assessment: Assessment, reading: Reading) -> tuple[str, str] | None:
    """The same in Chinese and English."""
    number, revision = reading.notice.document_number, reading.revision
    if assessment.document_number and number and fold(assessment.document_number) != fold(number):
        return _of(assessment.document_number, number)
    if assessment.revision and revision and assessment.revision != revision:
        return _of(f"版次 {assessment.revision}", f"版次 {revision}", f"revision {assessment.revision}", f"revision {revision}")
    rubric = rubric_of(assessment, reading)
    if rubric is None:
        return f"此表属于 {assessment.rubric_id}，文件中没有这份评价表", f"this form is of {assessment.rubric_id}, which the notice does not have"
    given, expected = (assessment.rubric_digest or "")[:12], rubric_digest(rubric)
    if assessment.rubric_digest and assessment.rubric_digest != expected:
        return (
            f"此表所印评价表（摘要 {given}）与现行的（{expected[:12]}）不同",
            f"this form was printed from another rubric (digest {given}) than the present one ({expected[:12]})",
        )
    return None


def _of(given: str, expected: str, given_en: str = "", expected_en: str = "") -> tuple[str, str]:
    return f"此表属于 {given}，不是 {expected}", f"this form is of {given_en or given}, not of {expected_en or expected}"


def rubric_of(assessment: Assessment, reading: Reading) -> Rubric | None:
    """The rubric an assessment was filled on."""
    return next((r for r in reading.rubrics if r.id == assessment.rubric_id), None)


def _scorecard(group: list[Assessment], reading: Reading, policy: Policy) -> Scorecard:
    rubric = rubric_of(group[0], reading)
    refusals = [foreign_reason(a, reading) for a in group]
    reasons = [f"{calling(n)}：{r}，不予计分" for n, r in enumerate(refusals, start=1) if r]
    usable = [a for a, r in zip(group, refusals, strict=True) if r is None]
    if rubric is None or not usable:
        return _refused(group, policy, reasons)
    usable, twice = _without_copies(usable)
    editions = {a.edition for a in usable}
    lines = lines_of(rubric, editions.pop() if len(editions) == 1 else None)
    sheets = [add_up(a, rubric, lines, policy) for a in usable]
    possible = possible_of(lines)
    factor = _factor(possible, rubric, reading)
    scaled = factor if policy.scale == "to-score-max" else Fraction(1)
    ground = Ground(rubric, lines, policy, scaled)
    combined = combine(sheets, ground)
    most = combine([_at_best(s, lines) for s in sheets], ground).items
    vetoes = tuple(sorted({n for s in sheets for n, ticked in s.assessment.vetoes.items() if ticked}, key=lambda n: (len(n), n)))
    faulty = bool(reasons) or any(s.faults for s in sheets)
    grade = _grade(combined, vetoes, faulty, reading, policy, factor / scaled)
    findings = (*_unread(sheets, lines), *twice, *checks.check(sheets, lines, policy, possible, [calling(n) for n in range(1, len(sheets) + 1)]))
    missing_name = () if (group[0].assessee or "").strip() else ("被评价单位未填",)
    return Scorecard(
        assessee=group[0].assessee, annex=rubric.annex, rubric=rubric.id, title=rubric.title,
        total=exact(combined.total) if combined.total is not None else None,
        possible=exact(possible * scaled) if possible is not None else None,
        complete=not faulty and combined.total is not None,
        sections=_sections(rubric, lines, combined, policy),
        vetoed=bool(vetoes), vetoes=vetoes, veto_texts=_ticked(vetoes, reading, rubric),
        grade_band=grade.label, policy=policy,
        open=tuple(dict.fromkeys((*reasons, *combined.open, *([grade.reason] if grade.reason else []), *missing_name))),
        assessments=tuple(_sheet_score(s, why, policy) for s, why in zip(sheets, combined.used, strict=True)),
        items=tuple(_item(line, sheets, combined, most, policy) for line in lines),
        rounds=combined.rounds, agreement=_agreement(sheets, lines, policy), findings=findings,
        decisions=_decisions(rubric, reading),
        document_number=reading.notice.document_number, revision=reading.revision, rubric_digest=rubric_digest(rubric),
    )  # fmt: skip


def _ticked(vetoes: tuple[str, ...], reading: Reading, rubric: Rubric) -> tuple[str, ...]:
    """The boxes that were ticked, in the words beside them."""
    said = grades.veto_conditions(reading.notice, rubric)
    return tuple("第 {} 项：{}".format(*said[n]) if n in said else f"第 {n} 项" for n in vetoes)


def _unread(sheets: list[Sheet], lines: tuple[Line, ...]) -> Iterator[Finding]:
    """What collecting said about the scores that are missing: why there is none, with its place in the form."""
    for n, sheet in enumerate(sheets, start=1):
        missing = {line.id for line in lines} - set(sheet.points) - sheet.excluded
        for found in sheet.assessment.findings:
            if found.severity == "error" and found.where in missing:
                yield replace(found, message=f"{calling(n)}：{found.message}", message_en=f"form {n}: {found.message_en}")


def _decisions(rubric: Rubric, reading: Reading) -> tuple[str, ...]:
    """The ids of the decisions that changed this rubric or the notice's rules; not those on another rubric, nor refusals."""
    others = tuple(f"{r.id}{end}" for r in reading.rubrics if r.id != rubric.id for end in ("/", "."))
    return tuple(
        d.id for d in reading.decisions if d.status == "valid" and d.action in ("accept", "set") and not d.target.startswith(others)
    )


def _factor(possible: Fraction | None, rubric: Rubric, reading: Reading) -> Fraction:
    """What a point of this rubric is worth on the notice's score line: 1 where both have one maximum, or none is stated."""
    top, own = reading.notice.score_max, possible or base_of(rubric, ())
    return Fraction(top) / own if top and own else Fraction(1)


def _grade(
    combined: Combined, vetoes: tuple[str, ...], faulty: bool, reading: Reading, policy: Policy, factor: Fraction
) -> grades.Grade:
    """Veto before band; no band for what is not complete, nor where it hangs on an unstated scaling."""
    if vetoes:
        return grades.veto_grade(reading.notice, policy)
    if faulty or combined.total is None:
        return grades.Grade(None)
    plain = grades.grade(combined.total, reading.notice, policy)
    if factor == 1 or plain.label is None:
        return plain
    if grades.grade(combined.total * factor, reading.notice, policy).label == plain.label:
        return plain
    top = points_text(reading.notice.score_max or Decimal(0))
    return grades.Grade(None, reason=f"等次按 {top} 分划分，此评价表的满分不是 {top} 分，是否折算影响等次（policy: scale）")


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


def _without_copies(group: list[Assessment]) -> tuple[list[Assessment], list[Finding]]:
    """Sheets that are the same form twice (same assessor, date and content) count once."""
    kept: list[Assessment] = []
    known: dict[Hashable, int] = {}
    hands: dict[Hashable, int] = {}
    findings = []
    for assessment in group:
        marks = marks_of(assessment)
        same = next((known[m] for m in marks if m in known), None)
        if same is None:
            kept.append(assessment)
            known |= dict.fromkeys(marks, len(kept))
            hand = _hand(assessment)
            if hand in hands:
                findings.append(problem("assessor-twice", assessment.annex, assessment.rubric_id, other=calling(hands[hand])))
            elif hand is not None:
                hands[hand] = len(kept)
            continue
        findings.append(problem("form-twice", assessment.annex, assessment.rubric_id, other=calling(same)))
    return kept, findings


def _hand(a: Assessment) -> Hashable | None:
    """One assessor on one day or in one round (or without saying when): of two forms by one hand one is too many."""
    return (fold(a.assessor or ""), a.date, a.round) if (a.assessor or "").strip() else None


def marks_of(a: Assessment) -> tuple[Hashable, ...]:
    """What a form that came back twice (perhaps in two formats) has in common both times: the file, or who says what."""
    file = [("file", a.source.sha256, a.source.row)] if a.source.sha256 else []
    return (*file, _content(a)) if (a.assessor or "").strip() else (*file,)


def _content(a: Assessment) -> tuple:
    head = (a.rubric_id, fold(a.assessee or ""), fold(a.assessor or ""), a.date, a.round)
    lists = (sorted(a.awarded.items()), sorted(a.not_applicable.items()), sorted(k for k, v in a.vetoes.items() if v))
    return (*head, *(tuple(one) for one in lists))


# ---- what a scorecard shows ----------------------------------------------------------------------------------------


def _sections(rubric: Rubric, lines: tuple[Line, ...], combined: Combined, policy: Policy) -> tuple[SectionScore, ...]:
    """A section's maximum is that of the criteria that were applicable; a deduction among others lowers what it got."""
    out = []
    labels = Counter(s.label for s in rubric.sections)
    for section in rubric.sections:
        every = [line for line in lines if line.section is section]
        own = [line for line in every if line.id not in combined.excluded]
        if not every:
            continue
        signs = {line.id: SIGN[line.kind] * SIGN[section.kind] for line in own}
        got = [signs[line.id] * combined.items[line.id] for line in own if line.id in combined.items]
        top = [line.criterion.max_points for line in counting(line for line in own if signs[line.id] > 0)]
        most = None if None in top else sum((t for t in top if t is not None), Decimal(0))
        cap = cap_of(section)
        out.append(
            SectionScore(
                section.id, section.label, shown(sum(got, Fraction(0)), policy) if got else None,
                most if cap is None or most is None else min(most, cap), section.kind, section.basis,
                "·".join(s.label for s in above(rubric, section) if s.label) or None if labels[section.label] > 1 else None,
            )
        )
    return tuple(out)


def _sheet_score(sheet: Sheet, why: str | None, policy: Policy) -> SheetScore:
    a = sheet.assessment
    return SheetScore(a.assessor, a.date, a.round, shown(sheet.total, policy), why is None, a.source, a.edition, a.rubric_digest, why)


def _at_best(sheet: Sheet, lines: tuple[Line, ...]) -> Sheet:
    """The sheet with full points on each scored line that counts: what its points are lost from."""
    tops = {line.id: Fraction(line.criterion.max_points) for line in lines if line.kind == "scored" and line.criterion.max_points is not None}
    return replace(sheet, points={id: Fraction(0) if id in sheet.spared else tops[id] for id in sheet.points if id in tops})


def _item(line: Line, sheets: list[Sheet], combined: Combined, most: dict[str, Fraction], policy: Policy) -> ItemScore:
    value, top = combined.items.get(line.id), line.criterion.max_points
    entries = tuple(
        ItemEntry(
            n, s.assessment.awarded.get(line.id), s.assessment.notes.get(line.id), s.assessment.not_applicable.get(line.id),
            s.assessment.places.get(line.id),
        )
        for n, s in enumerate(sheets, start=1)
    )
    lost = most[line.id] - value if value is not None and line.id in most else None
    return ItemScore(
        line.id, line.criterion.number, line.criterion.text and whole_text(line.criterion.text, line.criterion.columns), line.section.id, top,
        shown(value, policy) if value is not None else None, shown(lost, policy) if lost is not None else None,
        line.kind, line.criterion.basis, entries,
    )  # fmt: skip


def _agreement(sheets: list[Sheet], lines: tuple[Line, ...], policy: Policy) -> Agreement | None:
    """Spread and Krippendorff's alpha of several sheets. Loaded late: one sheet needs no statistics."""
    if len(sheets) < 2:
        return None
    totals = [s.total for s in sheets]
    value, remark = import_module("pipeline.scoring.agreement").alpha(checks.shares(sheets, lines))
    return Agreement(len(sheets), shown(min(totals), policy), shown(max(totals), policy), value, remark)
