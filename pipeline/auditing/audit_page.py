"""The audit report: one HTML file, no network, printable. The table as read with each finding beside its row, the proof
as arithmetic, what single look would settle it, and for a PDF the place on the page with the cells boxed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct, field

from pipeline.auditing.audit import ids_in
from pipeline.auditing.page_words import ORIGINS, WORDS, origin_of
from pipeline.criterion_names import above, subject_of
from pipeline.findings import SETTLED, Finding, Proof
from pipeline.model import Criterion, Reading, Rubric, Section
from pipeline.plain import other_cells, points_text, whole_text
from pipeline.points import adding, is_capped, spare
from pipeline.provenance import Provenance
from pipeline.rules import RULES
from pipeline.rules.registry import RANK, shorten
from pipeline.rules.sums import sum_of, with_children
from pipeline.templating import template

Images = Mapping[str, Sequence[tuple[int, str]]]

MOST_WHOLE = 10
"""Rows of a section that a printed page is sure to hold, findings beside them."""


class Card(Struct, frozen=True):
    """One finding, ready to print."""

    anchor: str
    code: str
    rule: str
    title: str
    severity: str
    status: str
    annex: int
    where: str
    message: str
    origin: str
    places: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    claim: str
    assumes: tuple[str, ...]
    explanations: int | None
    rivals: tuple[tuple[int, str], ...]
    decide_by: tuple[str, ...]
    repairs: tuple[tuple[str, str, str, str], ...]
    pictures: tuple[tuple[int, str], ...]
    waiver: str | None
    fingerprint: str


class LabelCell(Struct, frozen=True):
    """The label cell of a section as resolved, over `rows` rows."""

    text: str
    mark: str | None
    stated: str | None
    total: str
    agrees: bool | None
    rows: int
    level: int
    rests_on: str


class Row(Struct, frozen=True):
    """One line of the table as read."""

    number: str
    text: str
    points: str
    mark: str | None
    points_mark: str | None
    starts: bool
    labels: tuple[LabelCell, ...]
    cards: tuple[Card, ...]
    donors: str
    details: tuple[str, ...] = ()

    @property
    def long(self) -> bool:
        """Whether a label beside it goes on over more rows than a printed page is sure to hold: kept whole with its row, as
        short ones are, it would leave a page empty."""
        return any(label.rows > MOST_WHOLE for label in self.labels)


class Sheet(Struct, frozen=True):
    """One rubric on the page."""

    id: str
    annex: int
    title: str
    count: int
    total: str
    stated: str | None
    agrees: bool | None
    verdict: str
    depth: int
    rows: tuple[Row, ...]
    head: tuple[Card, ...] = ()
    cards: tuple[Card, ...] = ()
    unplaced: tuple[str, ...] = field(default=())

    @property
    def numbered(self) -> bool:
        """Whether any row has a number, or a mark, to be shown beside it."""
        return any(row.number or row.mark for row in self.rows)


def render(reading: Reading, findings: Sequence[Finding], images: Images | None, lang: str) -> str:
    """The report as one self-contained HTML text. `images`: fingerprint → (page, data URI), from page_image."""
    words = WORDS[lang]
    english = _english(reading)
    cards = {f.fingerprint or str(n): _card(f, n, images or {}, lang, english) for n, f in enumerate(findings, start=1)}
    pairs = list(zip(findings, cards.values(), strict=True))
    homes = {r.annex for r in reading.rubrics}
    sheets = [_sheet(r, _of_rubric(reading, r, pairs), lang) for r in reading.rubrics]
    return template("audit.html.j2").render(
        lang="zh-CN" if lang == "zh" else "en",
        w=words,
        head=_head(reading, lang),
        summary=_summary(findings, lang),
        counts=_counts(findings),
        sheets=sheets,
        general=_by_severity(c for f, c in pairs if f.annex == 0 or f.annex not in homes),
        rules=sorted({(f.code, f.rule, RULES[f.rule].title if f.rule in RULES else f.rule) for f in findings}),
        statuses=[s for s in ("proved", "conditional", "supported", "undecidable") if any(f.status == s for f in findings)],
        annexes=sorted({f.annex for f in findings}),
        remarks=[(r.said(lang), place_text(r.at, lang) if r.at else "") for r in reading.remarks],
        origins=ORIGINS[lang],
        source=reading.source,
        subject=partial(subject_of, reading, tongue=0 if lang == "zh" else 1),
        decisions=[d for d in reading.decisions if d.status == "valid"],
    )


def _head(reading: Reading, lang: str) -> list[tuple[str, str]]:
    """The notice's head as read; what is not printed says so."""
    notice, words = reading.notice, WORDS[lang]
    values = (
        ("title", notice.title),
        ("document_number", notice.document_number),
        ("issuer", notice.issuer),
        ("addressees", "、".join(notice.addressees) or None),
        ("signature", notice.signature),
        ("issue_date", notice.issue_date),
    )
    return [(words[key], value or words["absent"]) for key, value in values]


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    live = [f for f in findings if f.waiver is None]
    counts = {s: sum(f.severity == s for f in live) for s in ("error", "warning", "note")}
    counts |= {s: sum(f.status == s for f in live) for s in ("proved", "conditional", "supported", "undecidable")}
    return counts | {"all": len(live), "waived": len(findings) - len(live)}


def _summary(findings: Sequence[Finding], lang: str) -> str:
    """One plain sentence for somebody who never saw the tool."""
    counts = _counts(findings)
    key = "nothing" if not counts["all"] else "summary" if counts["error"] + counts["warning"] else "only_notes"
    sentence = WORDS[lang][key].format(**counts)
    return sentence + (WORDS[lang]["open_sentence"].format(**counts) if counts["undecidable"] else "")


def _by_severity(cards: Iterable[Card]) -> list[Card]:
    """What matters most first, else in document order."""
    return sorted(cards, key=lambda c: RANK[c.severity])


def _of_rubric(reading: Reading, rubric: Rubric, pairs: list[tuple[Finding, Card]]) -> list[tuple[Finding, Card]]:
    """Findings of this rubric: by the ids they name; those that name none of any rubric go to the annex's first."""
    mine, out = _ids(rubric), []
    others = set().union(*(_ids(r) for r in reading.rubrics)) - mine
    first = next(r for r in reading.rubrics if r.annex == rubric.annex).id == rubric.id
    for finding, card in pairs:
        ids = set(ids_in(finding.where))
        here = bool(ids & mine) and (finding.annex == rubric.annex)
        if finding.annex != 0 and (here or (first and finding.annex == rubric.annex and not ids & others)):
            out.append((finding, card))
    return out


def _ids(rubric: Rubric) -> set[str]:
    return {rubric.id, *(s.id for s in rubric.sections), *(c.id for c in rubric.criteria())}


# ---- one finding -------------------------------------------------------------------------------------------------


def _english(reading: Reading) -> dict[str, str]:
    """The Chinese sentences of the resolutions, which proofs quote, and the same in English."""
    out: dict[str, str] = {}
    for found in (r.resolution for r in reading.rubrics if r.resolution is not None):
        out |= zip(found.assumes, found.assumes_en, strict=False)
        out |= zip(found.decide_by, found.decide_by_en, strict=False)
        out |= ((zh, en) for (_, zh), (_, en) in zip(found.groups, found.groups_en, strict=False))
    return out


def _card(finding: Finding, n: int, images: Images, lang: str, english: Mapping[str, str]) -> Card:
    rule = RULES.get(finding.rule)
    proof = finding.proof or Proof(claim="")
    repairs = [r for r in (finding.repair, *finding.suggestions) if r is not None]
    reason = finding.waiver
    told = partial(_told, lang=lang, english=english)
    return Card(
        anchor=f"f{n}",
        code=finding.code,
        rule=finding.rule,
        title=(rule.title if lang == "zh" else finding.rule) if rule else finding.rule,
        severity=finding.severity,
        status=finding.status,
        annex=finding.annex,
        where=finding.where,
        message=finding.said(lang),
        origin=origin_of(finding.rule),
        places=_places(finding.evidence, lang),
        steps=tuple(s.text for s in proof.steps),
        claim=proof.claim if lang == "zh" else proof.claim_en or proof.claim,
        assumes=tuple(map(told, proof.assumes)),
        explanations=proof.explanations,
        rivals=tuple((n, told(text)) for n, text in proof.groups) if finding.status == "undecidable" else (),
        decide_by=tuple(map(told, proof.decide_by)) if finding.status in ("undecidable", "conditional") else (),
        repairs=tuple((r.path, r.before or "—", r.after, told(r.reason)) for r in repairs),
        pictures=tuple(images.get(finding.fingerprint, ())),
        waiver=f"{reason.by} {reason.date}：{reason.reason}" if reason else None,
        fingerprint=finding.fingerprint,
    )


def _told(text: str, lang: str, english: Mapping[str, str]) -> str:
    """A sentence in one language: `中文 / English`, or one whose English stands in the resolution."""
    zh, mark, en = text.partition(" / ")
    return zh if lang == "zh" else en if mark else english.get(text, text)


def _places(evidence: Sequence[Provenance], lang: str) -> tuple[tuple[str, str], ...]:
    """Where and what: at most six different places, quotes shortened."""
    shown = dict.fromkeys((place_text(at, lang), shorten(at.quote, 60)) for at in evidence if at.quote.strip())
    return tuple(shown)[:6]


def place_text(at: Provenance, lang: str) -> str:
    """第 5 页, 第 179 行, or the path."""
    if at.page is not None:
        return WORDS[lang]["page_n"].format(at.page)
    if at.line is not None:
        return WORDS[lang]["line_n"].format(at.line)
    return at.path or ""


# ---- one rubric --------------------------------------------------------------------------------------------------


def _sheet(rubric: Rubric, pairs: list[tuple[Finding, Card]], lang: str) -> Sheet:
    printed = rubric.printed()
    total = sum_of((c for s in rubric.sections if s.kind == "scored" for c in adding(s)), "scored")
    beside = _by_row(rubric, pairs)
    depth = max((len(above(rubric, s)) + 1 for s in rubric.sections), default=1)
    agrees = None if rubric.stated_total is None else rubric.stated_total == total
    return Sheet(
        id=rubric.id,
        annex=rubric.annex,
        title=rubric.title or WORDS[lang]["untitled"],
        count=len(printed),
        total=points_text(total),
        stated=None if rubric.stated_total is None else points_text(rubric.stated_total),
        agrees=agrees,
        verdict=_verdict([f for f, _ in pairs if f.waiver is None], lang),
        depth=depth,
        rows=tuple(_rows(rubric, beside, depth, lang)),
        head=tuple(beside.get("", ())),
        cards=tuple(_by_severity(c for _, c in pairs)),
        unplaced=tuple(shorten(u.text, 60) for u in rubric.unplaced),
    )


def _verdict(findings: Sequence[Finding], lang: str) -> str:
    """The worst thing that is said of a sheet, in a few words."""
    words = WORDS[lang]
    serious = [f for f in findings if f.severity != "note"]
    if not serious:
        return words["clean"]
    if any(f.status == "undecidable" for f in serious):
        return words["verdict_open"]
    return words["verdict_errors"] if any(f.severity == "error" for f in serious) else words["verdict_warnings"]


def _by_row(rubric: Rubric, pairs: list[tuple[Finding, Card]]) -> dict[str, list[Card]]:
    """Criterion id → the cards beside its row; "" → those that concern the whole sheet."""
    rows = {c.id for c in rubric.criteria()}
    first = {s.id: c[0].id for s in rubric.sections if (c := with_children(rubric, s))}
    out: dict[str, list[Card]] = {}
    for finding, card in pairs:
        repaired = finding.repair.path.rsplit(".", 1)[0] if finding.repair else ""
        ids = [repaired, *ids_in(finding.where)]
        home = next((i if i in rows else first[i] for i in ids if i in rows or i in first), "")
        out.setdefault(home, []).append(card)
    return out


def _rows(rubric: Rubric, beside: Mapping[str, Sequence[Card]], depth: int, lang: str) -> list[Row]:
    opened: set[str] = set()
    rows = []
    for section in rubric.sections:
        for n, criterion in enumerate(section.criteria):
            labels = [] if n else _labels(rubric, section, opened, depth, lang)
            rows.append(_row(criterion, n == 0, labels, tuple(beside.get(criterion.id, ())), lang))
    return rows


def _labels(rubric: Rubric, section: Section, opened: set[str], depth: int, lang: str) -> list[LabelCell]:
    """The label cells that begin at a section's first row: those of the sections above it that are not yet open, and its own.
    Beside its own rows a section that holds others too has a blank cell in their place."""
    chain = [*above(rubric, section), section]
    holds = any(s.parent == section.id for s in rubric.sections)
    rest = depth - len(chain)
    new = [s for s in chain if s.id not in opened]
    opened |= {s.id for s in new}
    cells = [_label(rubric, s, 1 if holds or s is not section else 1 + rest, lang) for s in new]
    if holds and rest:
        cells.append(LabelCell("", None, None, "", None, len(section.criteria), rest, ""))
    return cells


def _count(rubric: Rubric, section: Section) -> int:
    """The rows of a section and of those below it."""
    return len(section.criteria) + sum(_count(rubric, s) for s in rubric.sections if s.parent == section.id)


def _label(rubric: Rubric, section: Section, width: int, lang: str) -> LabelCell:
    words = WORDS[lang]
    criteria = with_children(rubric, section)
    total = sum_of(criteria, "scored") if section.kind == "scored" else sum_of(criteria, "scored") + sum_of(criteria, section.kind)
    printed = section.basis in SETTLED
    stated = section.stated_points if section.points_basis in SETTLED else None
    boundary = section.boundary
    rests = words["rests"].format(words["and"].join(words["evidence"].get(r, r) for r in boundary.rests_on)) if boundary and boundary.rests_on else ""
    status = f"{words['statuses'][boundary.status]}" if boundary else ""
    undivided = section.label is None and len(rubric.sections) == 1
    return LabelCell(
        text=section.label or words["undivided" if undivided else "lost_label"],
        mark=None if undivided or (printed and section.label is not None) else words["inferred"],
        stated=None if stated is None else points_text(stated),
        total=points_text(total),
        agrees=None if stated is None or spare(section) or is_capped(section) else stated == total,
        rows=_count(rubric, section),
        level=width,
        rests_on="" if undivided else " · ".join(x for x in (status, rests) if x),
    )


def _row(criterion: Criterion, starts: bool, labels: list[LabelCell], cards: tuple[Card, ...], lang: str) -> Row:
    inferred = WORDS[lang]["inferred"]
    value = criterion.choice or criterion.points_printed or ""
    if criterion.max_points is not None and (criterion.points_basis not in SETTLED or not value):
        value = points_text(criterion.max_points)
    return Row(
        number=criterion.number or "",
        text=whole_text(criterion.text or WORDS[lang]["text_open"], criterion.columns),
        points=value,
        mark=None if criterion.basis in SETTLED else inferred,
        points_mark=None if criterion.points_basis in SETTLED else inferred,
        starts=starts,
        labels=tuple(labels),
        cards=cards,
        donors="、".join(criterion.donors),
        details=other_cells(criterion.columns),
    )
