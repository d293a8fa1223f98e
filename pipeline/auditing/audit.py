"""Run the rules over a reading: findings in a stable order, with fingerprints and waivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from pipeline.auditing.losses import losses_in
from pipeline.findings import Finding, Proof, Waiver
from pipeline.model import LOW_CONFIDENCE, Decision, Reading, Rubric
from pipeline.normalize import fold
from pipeline.provenance import Provenance
from pipeline.rules import RULES
from pipeline.rules.numbering import numbers_alone
from pipeline.rules.pages import explain
from pipeline.rules.registry import RANK

__all__ = ["audit", "explain", "first_id", "ids_in", "with_ids"]

FINGERPRINT_VERSION = "finding/v1"

OF_NUMBERS = ("RUB001", "RUB002", "RUB003")
"""Codes of the rules over the numbers of a rubric's rows."""

OF_SUMS = ("section-sum-mismatch", "total-mismatch", "section-unlabelled", "section-label-displaced")
"""Rules whose findings rest on the points of all rows of a section or a rubric."""

OF_ROWS = "RUB"
"""Codes of the rules over a rubric's rows and their numbers."""


def audit(reading: Reading) -> tuple[Finding, ...]:
    """All findings, in document order, each with its fingerprint and, if a person waived it, its waiver."""
    leanings = [_Leaning.of(rubric, reading) for rubric in reading.rubrics]
    found = [(_on_condition(f, leanings), values) for rule in RULES.values() for f, values in rule.run(reading)]
    order = _order(reading)
    found.sort(key=lambda pair: _sort_key(pair[0], order))
    names = _subjects(reading)
    seen: Counter[str] = Counter()
    out = []
    for finding, values in found:
        base = _fingerprint(finding, values, names)
        seen[base] += 1
        fingerprint = base if seen[base] == 1 else f"{base}-{seen[base]}"
        out.append(replace(finding, fingerprint=fingerprint, waiver=_waiver(fingerprint, reading.decisions)))
    return tuple(out)


class _Leaning(Struct, frozen=True):
    """What all findings of one rubric have in common, looked up once: sheets of 30,000 rows have as many findings.
    `unsure`: what must be assumed of a criterion's words, by its id; `alone`: of its number; `lost`: of the rows."""

    rubric: Rubric
    unsure: dict[str, str]
    alone: dict[str, str]
    lost: tuple[str, ...]

    @classmethod
    def of(cls, rubric: Rubric, reading: Reading) -> _Leaning:
        """What is in doubt of one rubric of a reading."""
        unsure = {
            c.id: f"第 {c.number or c.id} 条文字识别无误（把握 {c.confidence:.2f}） / the words of {c.id} were recognised right"
            for c in rubric.criteria()
            if c.confidence is not None and c.confidence < LOW_CONFIDENCE
        }
        unproved = any(r.kind == "unproved" and r.about == rubric.id for r in reading.remarks)
        doubted = ("本表各项目的范围如 JSON 所列 / the sections have the rows that the JSON gives them",) if unproved else ()
        return cls(rubric, unsure, numbers_alone(rubric, reading), (*losses_in(rubric, reading.remarks), *doubted))


def _on_condition(finding: Finding, leanings: Iterable[_Leaning]) -> Finding:
    """A proved finding that leans on doubtful recognition, or on rows that may be read wrong or lack others, is conditional;
    what it leans on is named as an assumption, and its repair is only inferred."""
    if finding.status != "proved":
        return finding
    own = [leaning for leaning in leanings if leaning.rubric.annex == finding.annex]
    named = [text for leaning in own for text in _leaned_on(finding, leaning)]
    if finding.code.startswith(OF_ROWS):
        named += dict.fromkeys(text for leaning in own for text in leaning.lost)
    if not named:
        return finding
    proof = finding.proof or Proof(claim=finding.message, claim_en=finding.message_en)
    repair = replace(finding.repair, basis="inferred") if finding.repair and finding.repair.basis == "proved" else finding.repair
    return replace(finding, status="conditional", repair=repair, proof=replace(proof, assumes=(*proof.assumes, *named)))


def _leaned_on(finding: Finding, leaning: _Leaning) -> list[str]:
    """What recognition was not sure of among the cells that a finding rests on, or else in the rows it names."""
    names, rubric = ids_in(finding.where), leaning.rubric
    places = _places(finding, rubric, names) if rubric.doubts else set()
    out = [
        f"“{d.text}”中的数字识别无误（把握 {d.confidence:.2f}） / the digits in “{d.text}” were recognised right"
        for d in rubric.doubts
        if d.at in places
    ]
    out += _unread_in(finding, leaning, names)
    if finding.code in OF_NUMBERS:
        out = out or [text for name, text in leaning.alone.items() if name in names]
    return out or [text for name, text in leaning.unsure.items() if name in names][:1]


def _unread_in(finding: Finding, leaning: _Leaning, names: tuple[str, ...]) -> list[str]:
    """The rows of the sums that a finding is about whose cell for points holds ink that was not read."""
    if finding.rule not in OF_SUMS:
        return []
    rubric = leaning.rubric
    rows = [c for s in rubric.sections if rubric.id in names or s.id in names for c in s.criteria]
    return [
        f"第 {c.number or c.id} 条没有分值，未读出的墨迹不是分值 / {c.id} has no points: the ink that was not read is none"
        for c in rows
        if c.max_points is None and c.confidence == 0
    ]


def _places(finding: Finding, rubric: Rubric, names: tuple[str, ...]) -> set[Provenance | None]:
    """Where a finding's evidence stands, and the values of the rows and sections it names."""
    whole = rubric.id in names
    sections = [s for s in rubric.sections if whole or s.id in names]
    criteria = [c for s in sections for c in s.criteria] + [c for c in rubric.criteria() if c.id in names]
    places = {*finding.evidence, *(s.at for s in sections), *(at for c in criteria for at in (c.number_at, c.points_at))}
    return places | {rubric.total_at, *(d.at for d in rubric.doubts)} if whole else places


def _order(reading: Reading) -> dict[str, int]:
    """Ids in document order."""
    ids: list[str] = []
    for rubric in reading.rubrics:
        ids.append(rubric.id)
        for section in rubric.sections:
            ids += [section.id, *(c.id for c in section.criteria)]
    return {name: n for n, name in enumerate(ids)}


def first_id(where: str) -> str:
    """The first of the ids a `where` names: `annex-1/c3~2..annex-1/c4` → `annex-1/c3~2`.

    >>> first_id("annex-1/c3~2..annex-1/c4"), first_id("annex-1/c3~annex-2/c4"), first_id("notice/h1..notice/h2")
    ('annex-1/c3~2', 'annex-1/c3', 'notice/h1')
    """
    return ids_in(where)[0]


def ids_in(where: str) -> tuple[str, ...]:
    """The one or two ids of a `where`; a `~2` that marks a repeated number belongs to its id."""
    if ".." in where:
        return tuple(where.split(".."))
    head, mark, tail = where.rpartition("~")
    return (head, tail) if mark and not tail.isdigit() else (where,)


def with_ids(where: str, names: Mapping[str, str]) -> str:
    """A `where` whose ids are called otherwise; those that `names` lacks stay.

    >>> with_ids("annex-1/c3~2..annex-1/c4", {"annex-1/c3": "annex-1/c9", "annex-1/c4": "annex-1/c5"})
    'annex-1/c3~2..annex-1/c5'
    """
    return (".." if ".." in where else "~").join(names.get(i, i) for i in ids_in(where))


def _sort_key(finding: Finding, order: dict[str, int]) -> tuple:
    ids = ids_in(finding.where)
    home = next((order[i] for i in ids if i in order), -1)
    return finding.annex, home, RANK[finding.severity], finding.code, finding.where, finding.message


def _subjects(reading: Reading) -> dict[str, str]:
    """What each id stands for in words, so that a fingerprint survives renumbering."""
    names = {}
    for rubric in reading.rubrics:
        for section in rubric.sections:
            names[section.id] = fold(section.label or "") or "+".join(fold(c.text)[:12] for c in section.criteria[:2])
            for criterion in section.criteria:
                names[criterion.id] = fold(criterion.text) or criterion.id
    for n, heading in enumerate(reading.notice.headings, start=1):
        names[f"notice/h{n}"] = fold(heading.text)
    for n, paragraph in enumerate(reading.notice.body, start=1):
        names[f"notice/p{n}"] = fold(paragraph.text)[:80]
    for n, band in enumerate(reading.notice.grade_bands, start=1):
        names[f"notice/bands/{n}"] = band.label
    return names


def _fingerprint(finding: Finding, values: Iterable[str], names: dict[str, str]) -> str:
    """Rule, annex, what the ids stand for, and the evidence values: no number, row, page or message."""
    subjects = [names.get(i, i) for i in ids_in(finding.where)]
    parts = [FINGERPRINT_VERSION, finding.rule, str(finding.annex), *subjects, "\x1e", *values]
    return sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:20]


def _waiver(fingerprint: str, decisions: Iterable[Decision]) -> Waiver | None:
    """The last valid decision to waive this finding."""
    for decision in reversed(tuple(decisions)):
        if decision.action == "waive" and decision.target == fingerprint and decision.status == "valid":
            return Waiver(decision.by, decision.reason, decision.date)
    return None
