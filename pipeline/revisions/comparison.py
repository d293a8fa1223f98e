"""Two revisions to typed changes. Identity comes from the text, never from the number: a pure renumbering is never a
removal and an addition. Only what is printed (or confirmed) is compared; what was inferred for a gap is not a criterion.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rapidfuzz.distance import Indel

from pipeline.auditing.audit import first_id, with_ids
from pipeline.findings import SETTLED, Finding
from pipeline.model import Criterion, Reading, Rubric, Section
from pipeline.normalize import fold
from pipeline.plain import COLUMN_TITLES, points_text
from pipeline.proving.alignment import SAME, similarity
from pipeline.revisions import headchanges
from pipeline.revisions.changes import Change, ChangeList, ChangeType, Comparable, Said, Weight, say
from pipeline.revisions.matching import Match, Matching, Spot, match, match_sections
from pipeline.revisions.pairing import in_order
from pipeline.revisions.quantities import changed
from pipeline.revisions.textdiff import only_punctuation

SLIP = 2
"""A slip set right changes so many characters at most (one put for another counts as two)."""


def compare(old: Reading, new: Reading) -> ChangeList:
    """The change list from `old` to `new`."""
    found = match(old.rubrics, new.rubrics, SETTLED)
    pairs = {p.a.criterion.id: p.b.criterion.id for p in found.pairs}
    sections: dict[str, str] = {}
    for i, j in found.rubrics:
        sections |= match_sections(old.rubrics[i], new.rubrics[j], found.links())
    changes = [*headchanges.head(old.notice, new.notice), *headchanges.bands(old.notice, new.notice), *headchanges.vetoes(old.notice, new.notice)]
    changes += headchanges.body(old.notice, new.notice)
    changes += _rubrics(old, new, found)
    for i, j in found.rubrics:
        changes += headchanges.section_order(old.rubrics[i], new.rubrics[j], sections)
        changes += _sections(old.rubrics[i], new.rubrics[j], sections, pairs)
    changes += _criteria(old, new, found, sections)
    return ChangeList(
        old=_head_json(old), new=_head_json(new), changes=tuple(_sorted(changes, old, new, pairs)), pairs=pairs, sections=sections,
        rubrics={old.rubrics[i].id: new.rubrics[j].id for i, j in found.rubrics},
        anomalies=_anomalies(old, new, pairs | sections), comparability=tuple(_comparability(old, found)),
    )  # fmt: skip


def _head_json(reading: Reading) -> dict[str, object]:
    head = reading.notice
    return {
        "document_number": head.document_number, "title": head.title, "issuer": head.issuer, "issue_date": head.issue_date,
        "revision": reading.revision, "slug": reading.slug, "source": reading.source.file, "sha256": reading.source.sha256,
    }  # fmt: skip


def _sorted(changes: list[Change], old: Reading, new: Reading, pairs: dict[str, str]) -> list[Change]:
    """In the order of the new revision; what went stands after what it followed in the old one."""
    place: dict[str, float] = {}
    for rubric in new.rubrics:
        for section in rubric.sections:
            for thing in (section.id, *(c.id for c in section.criteria)):
                place[thing] = len(place)
    gone: dict[str, float] = {}
    for rubric in old.rubrics:
        last = -1.0
        for section in rubric.sections:
            for thing in (section.id, *(c.id for c in section.criteria)):
                last = place[pairs[thing]] if thing in pairs else last
                gone[thing] = last + 0.5

    def order(change: Change) -> tuple[int, float]:
        if change.new in place:
            return change.annex, place[change.new or ""]
        return change.annex, gone.get(change.old or "", -2.0 if change.type == "metadata-changed" else -1.0)

    return sorted(changes, key=order)


def _rubrics(old: Reading, new: Reading, found: Matching) -> Iterator[Change]:
    for i, j in found.rubrics:
        yield from headchanges.rubric_heads(old.rubrics[i], new.rubrics[j])
    known_a, known_b = {i for i, _ in found.rubrics}, {j for _, j in found.rubrics}
    for i, rubric in enumerate(old.rubrics):
        if i not in known_a:
            yield headchanges.rubric_gone(rubric)
            for s in (s for s in rubric.sections if s.label):
                yield Change("section-removed", rubric.annex, s.id, None, s.label, None, "major", *say("with-annex-removed"), None, s.at)
    for j, rubric in enumerate(new.rubrics):
        if j not in known_b:
            yield headchanges.rubric_come(rubric)
            for s in (s for s in rubric.sections if s.label):
                yield Change("section-added", rubric.annex, None, s.id, None, s.label, "major", *say("with-annex-added"), s.at)


# ---- criteria ----------------------------------------------------------------------------------------------------


def _points(value: Decimal | None) -> str | None:
    return None if value is None else points_text(value)


def printed_points(criterion: Criterion) -> Decimal | None:
    """The points as they stand on the sheet or were confirmed; None where they follow from others."""
    return criterion.max_points if criterion.points_basis in SETTLED else None


def _criteria(old: Reading, new: Reading, found: Matching, sections: dict[str, str]) -> Iterator[Change]:
    annexes = [r.annex for r in new.rubrics]
    stray = _out_of_order(old, new, found, sections)
    wrong = _slips(old), _slips(new)
    in_line = {p.a.criterion.id for i, j in found.rubrics for p in _in_line([p for p in found.pairs if (p.a.rubric, p.b.rubric) == (i, j)])}
    for whole, parts in found.splits:
        yield _divided("criterion-split", annexes[parts[0].rubric], whole, parts)
    for whole, parts in found.merges:
        yield _divided("criterion-merged", annexes[whole.rubric], whole, parts)
    for pair in found.pairs:
        yield from _moved(pair, old, new, dict(found.rubrics), sections, pair.a.criterion.id in in_line)
        righted = pair.a.criterion.id in wrong[0] and pair.b.criterion.id not in wrong[1]
        yield from _own(annexes[pair.b.rubric], pair, pair.a.criterion.id in stray, righted)
    for spot in found.removed:
        c, note = spot.criterion, _unpaired(spot, found.nearest_new)
        yield Change("criterion-removed", old.rubrics[spot.rubric].annex, c.id, None, c.text, None, "major", *note, None, c.at)
    for spot in found.added:
        c, note = spot.criterion, _unpaired(spot, found.nearest_old)
        yield Change("criterion-added", annexes[spot.rubric], None, c.id, None, c.text, "major", *note, c.at)


def _unpaired(spot: Spot, nearest: dict[str, tuple[Spot, float]]) -> Said:
    """The points of a criterion that went or came, and the most similar one of the other side."""
    points, near = _points(printed_points(spot.criterion)) or "—", nearest.get(spot.criterion.id)
    return say("nearest", points=points, id=near[0].criterion.id, alike=near[1]) if near else say("points", points=points)


def _out_of_order(old: Reading, new: Reading, found: Matching, sections: dict[str, str]) -> set[str]:
    """Old ids of criteria that changed places inside their section: those off the longest run in order."""
    groups: dict[str, list[Match]] = {}
    for pair in found.pairs:
        home = old.rubrics[pair.a.rubric].sections[pair.a.section].id
        if sections.get(home) == new.rubrics[pair.b.rubric].sections[pair.b.section].id:
            groups.setdefault(home, []).append(pair)
    out: set[str] = set()
    for group in groups.values():
        out |= {p.a.criterion.id for p in group} - {p.a.criterion.id for p in _in_line(group)}
    return out


def _in_line(pairs: list[Match]) -> list[Match]:
    """The longest run of pairs that stands in the same order on both sides."""
    ordered = sorted(pairs, key=lambda p: p.a.rank)
    return [ordered[n] for n in sorted(in_order([p.b.rank for p in ordered]))]


def _moved(
    pair: Match, old: Reading, new: Reading, rubrics: dict[int, int], sections: dict[str, str], in_line: bool
) -> Iterator[Change]:
    """A move to another annex or section. Of a criterion still `in_line` with the others none is claimed where it is
    the border between two sections that could not be proved."""
    a, b = old.rubrics[pair.a.rubric], new.rubrics[pair.b.rubric]
    if rubrics.get(pair.a.rubric) != pair.b.rubric:
        yield _change("criterion-moved", b.annex, pair, f"附件{a.annex}", f"附件{b.annex}", "major", say("other-annex"))
        return
    home, home_new = a.sections[pair.a.section], b.sections[pair.b.section]
    if sections.get(home.id) == home_new.id or (in_line and not (_settled(a, pair.a.section) and _settled(b, pair.b.section))):
        return
    yield _change("criterion-moved", b.annex, pair, home.label, home_new.label, "minor", say("other-section"))


def _settled(rubric: Rubric, section: int) -> bool:
    """Whether both borders of a section are proved, or stand where a merged cell shows them."""

    def open_(s: Section) -> bool:
        return s.displaced or (s.boundary is not None and s.boundary.status != "proved" and "merged" not in s.boundary.rests_on)

    return not any(map(open_, rubric.sections[section : section + 2]))


def _slips(reading: Reading) -> set[str]:
    """Criteria in which the audit suspects a slip of the pen or of the reading."""
    return {first_id(f.where) for f in reading.findings if f.rule == "text-slip"}


def _own(annex: int, pair: Match, stray: bool, righted: bool) -> Iterator[Change]:
    """What changed in one criterion itself. `righted`: the audit suspected a slip in the old text and none in the new."""
    old, new = pair.a.criterion, pair.b.criterion
    if fold(old.text) != fold(new.text):
        weight, note = _wording(old.text, new.text)
        if pair.kind == "maybe":
            weight, note = "major", say("maybe", alike=pair.similarity)
        elif righted and weight == "minor" and Indel.distance(fold(old.text), fold(new.text)) <= SLIP:
            weight, note = "patch", say("slip")
        yield _change("criterion-reworded", annex, pair, old.text, new.text, weight, note)
    yield from _columns(annex, pair)
    yield from _rescored(annex, pair)
    if old.number != new.number:
        yield _change("criterion-renumbered", annex, pair, old.number, new.number, "patch", say("within-section" if stray else ""))
    elif stray and new.number is None:
        yield _change("criterion-renumbered", annex, pair, old.number, new.number, "patch", say("within-section"))


def _columns(annex: int, pair: Match) -> Iterator[Change]:
    """The other cells of the row: scoring standard, method and the like."""
    old, new = pair.a.criterion.columns, pair.b.criterion.columns
    for name in sorted(set(old) | set(new)):
        before, after = old.get(name, ""), new.get(name, "")
        if fold(before) == fold(after):
            continue
        weight, note = _wording(before, after) if before and after else ("minor" if name in ("remark", "method") else "major", say(""))
        title = COLUMN_TITLES.get(name, name)
        said = say("column-more", zh=title, en=name, more=note[0], more_en=note[1]) if note[0] else say("column", zh=title, en=name)
        yield _change("criterion-reworded", annex, pair, before or None, after or None, weight, said)


def _rescored(annex: int, pair: Match) -> Iterator[Change]:
    old, new = pair.a.criterion, pair.b.criterion
    a, b = printed_points(old), printed_points(new)
    if a != b or fold(old.choice or "") != fold(new.choice or ""):
        filled = a is None and old.max_points is not None and old.max_points == b
        note = say("points-filled" if filled else "absent-old" if a is None else "absent-new" if b is None else "")
        before, after = (_points(a), _points(b)) if a != b else (old.choice, new.choice)
        yield _change("points-changed", annex, pair, before, after, "patch" if filled else "major", note)


def _wording(before: str, after: str) -> tuple[Weight, Said]:
    if only_punctuation(before, after):
        return "patch", say("punctuation")
    numbers = changed(before, after)
    if numbers is not None:
        return "major", headchanges.quantity_note(numbers)
    return ("minor", say("")) if similarity(before, after) >= SAME else ("major", say("rewritten"))


def _divided(kind: ChangeType, annex: int, whole: Spot, parts: tuple[Spot, ...]) -> Change:
    """A split (whole old, parts new) or a merge (whole new, parts old), with what happened to the points."""
    one, several = whole.criterion, [p.criterion for p in parts]
    text, points = "\n".join(c.text for c in several), "+".join(_points(printed_points(c)) or "—" for c in several)
    own = _points(printed_points(one)) or "—"
    ids = tuple(c.id for c in several)
    lead = max(several, key=lambda c: similarity(c.text, one.text))
    if kind == "criterion-split":
        note = say("split", count=len(ids), whole=own, parts=points)
        return Change(kind, annex, one.id, lead.id, one.text, text, "major", *note, lead.at, one.at, ids)
    note = say("merged", count=len(ids), whole=own, parts=points)
    return Change(kind, annex, lead.id, one.id, text, one.text, "major", *note, one.at, lead.at, ids)


def _change(kind: ChangeType, annex: int, pair: Match, before: str | None, after: str | None, weight: Weight, note: Said) -> Change:
    old, new = pair.a.criterion, pair.b.criterion
    return Change(kind, annex, old.id, new.id, before, after, weight, *note, new.at, old.at, maybe=pair.kind == "maybe")


# ---- sections ----------------------------------------------------------------------------------------------------


def _sections(a: Rubric, b: Rubric, where: dict[str, str], pairs: dict[str, str]) -> Iterator[Change]:
    news = {s.id: s for s in b.sections}
    for old in a.sections:
        new = news.get(where.get(old.id, ""))
        if new is not None:
            yield from _section(b.annex, old, new)
        elif old.label and old.basis in SETTLED:
            yield Change("section-removed", a.annex, old.id, None, old.label, None, "major", *say(""), None, old.at)
    known = set(where.values())
    for new in b.sections:
        if new.id in known or not new.label or new.basis not in SETTLED:
            continue
        if _lost_its_label(new, a, where, pairs):
            yield Change("section-label-restored", b.annex, None, new.id, None, new.label, "patch", *say("label-absent-old"), new.at)
        else:
            yield Change("section-added", b.annex, None, new.id, None, new.label, "major", *say(""), new.at)


def _lost_its_label(new: Section, a: Rubric, where: dict[str, str], pairs: dict[str, str]) -> bool:
    """Whether the old print lacks this label alone: its criteria stood under the label before it, whose stated points
    are those of its other criteria and are the same still."""
    mine = {c.id for c in new.criteria}
    for old in a.sections:
        rest = [c for c in old.criteria if pairs.get(c.id) not in mine]
        whole = {pairs.get(c.id) for c in old.criteria} >= mine
        if mine and whole and rest and old.id in where and old.points_basis in SETTLED:
            return old.stated_points == sum((printed_points(c) or Decimal(0) for c in rest), Decimal(0))
    return False


def _section(annex: int, old: Section, new: Section) -> Iterator[Change]:
    labels = [s.label if s.basis in SETTLED else None for s in (old, new)]
    points = [s.stated_points if s.points_basis in SETTLED else None for s in (old, new)]
    both = (old.id, new.id)
    if labels[0] is None and labels[1]:
        yield Change("section-label-restored", annex, *both, None, labels[1], "patch", *say("label-absent-old"), new.at, old.at)
        points[0] = points[0] if points[0] is not None else points[1]
    elif labels[1] is None and labels[0]:
        yield Change("section-renamed", annex, *both, labels[0], None, "patch", *say("label-absent-new"), new.at, old.at)
        points[1] = points[1] if points[1] is not None else points[0]
    elif fold(labels[0] or "") != fold(labels[1] or ""):
        weight: Weight = "patch" if only_punctuation(labels[0] or "", labels[1] or "") else "minor"
        yield Change("section-renamed", annex, *both, labels[0], labels[1], weight, *say(""), new.at, old.at)
    if points[0] != points[1]:
        yield Change("section-points-changed", annex, *both, _points(points[0]), _points(points[1]), "major", *say(""), new.at, old.at)


# ---- what follows from it ----------------------------------------------------------------------------------------


def _anomalies(old: Reading, new: Reading, ids: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """Findings of severity error or warning: fixed, kept, new. The same rule at the same criterion, whatever its id is
    now, is the same finding."""
    a, b = ([f for f in r.findings if f.severity != "note"] for r in (old, new))
    prints = {f.fingerprint for f in b}
    places = {(f.rule, f.where) for f in b}
    kept_old = [f for f in a if f.fingerprint in prints or (f.rule, with_ids(f.where, ids)) in places]
    known = {f.fingerprint for f in kept_old}, {(f.rule, with_ids(f.where, ids)) for f in kept_old}
    kept = [f for f in b if f.fingerprint in known[0] or (f.rule, f.where) in known[1]]
    return {
        "fixed": [_finding(f) for f in a if f not in kept_old],
        "kept": [_finding(f) for f in kept],
        "new": [_finding(f) for f in b if f not in kept],
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {name: getattr(finding, name) for name in ("code", "rule", "severity", "where", "message", "message_en")}


def _comparability(old: Reading, found: Matching) -> Iterator[Comparable]:
    """For scores given on the old revision: what stays, what must be scaled, what cannot be carried over."""
    news = {p.a.criterion.id: p for p in found.pairs}
    split = {w.criterion.id: "、".join(p.criterion.id for p in parts) for w, parts in found.splits}
    merged = {p.criterion.id: w.criterion.id for w, parts in found.merges for p in parts}
    for rubric in old.rubrics:
        for a in (c for c in rubric.criteria() if c.basis in SETTLED):
            pair = news.get(a.id)
            points = (_points(a.max_points), _points(pair.b.criterion.max_points) if pair else None)
            if pair is None:
                where = split.get(a.id) or merged.get(a.id) or ""
                key = "drop-split" if a.id in split else "drop-merged" if a.id in merged else "drop-gone"
                yield Comparable(a.id, merged.get(a.id), "drop", *say(key, ids=where), *points)
                continue
            b = pair.b.criterion
            if changed(a.text, b.text) is not None or similarity(a.text, b.text) < SAME:
                yield Comparable(a.id, b.id, "drop", *say("drop"), *points)
            elif a.max_points == b.max_points:
                yield Comparable(a.id, b.id, "keep", *say("keep"), *points)
            elif a.max_points and b.max_points:
                yield Comparable(a.id, b.id, "scale", *say("scale"), *points)
            else:
                yield Comparable(a.id, b.id, "drop", *say("drop-unscaled"), *points)
