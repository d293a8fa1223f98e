"""Two revisions to typed changes. Identity comes from the text, never from the number: a pure renumbering is never a
removal and an addition. Only what is printed (or confirmed) is compared; what was inferred for a gap is not a criterion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from pipeline.alignment import MAYBE, SAME, Pair, align, similarity
from pipeline.changes import Change, ChangeList, Comparable, Weight
from pipeline.model import Criterion, GradeBand, Notice, Reading, Rubric, Section
from pipeline.normalize import fold
from pipeline.plain import points_text
from pipeline.textdiff import only_punctuation, thresholds

HEAD = ("document_number", "title", "issuer", "addressees", "issue_date", "signature")
SETTLED = ("printed", "confirmed")


def compare(old: Reading, new: Reading) -> ChangeList:
    """The change list from `old` to `new`."""
    changes: list[Change] = [*_head(old.notice, new.notice), *_bands(old.notice, new.notice), *_vetoes(old.notice, new.notice)]
    matched = match_rubrics(old.rubrics, new.rubrics)
    pairs: dict[str, str] = {}
    left: list[tuple[Rubric, Criterion]] = []
    right: list[tuple[Rubric, Criterion]] = []
    for a, b in matched:
        found = align(_printed(a), _printed(b))
        pairs |= {p.a.id: p.b.id for p in found if p.kind in ("same", "maybe", "moved")}
        changes += _sections(a, b, found)
        changes += _criteria(a, b, found)
        touched_a, touched_b = {p.a.id for p in found}, {p.b.id for p in found}
        left += [(a, c) for c in _printed(a) if c.id not in touched_a]
        right += [(b, c) for c in _printed(b) if c.id not in touched_b]
    known_a, known_b = {id(a) for a, _ in matched}, {id(b) for _, b in matched}
    left += [(r, c) for r in old.rubrics if id(r) not in known_a for c in _printed(r)]
    right += [(r, c) for r in new.rubrics if id(r) not in known_b for c in _printed(r)]
    changes += _leftovers(left, right, pairs)
    changes += _body(old.notice, new.notice)
    order = {c.id: n for n, c in enumerate(c for r in new.rubrics for c in r.criteria())}
    changes.sort(key=lambda c: (c.annex, order.get(c.new or "", -1) if c.new else order.get(pairs.get(c.old or "", ""), 10**6)))
    return ChangeList(
        old=_head_json(old), new=_head_json(new), changes=tuple(changes), pairs=pairs, anomalies=_anomalies(old, new),
        comparability=tuple(_comparability(old, new, pairs)),
    )  # fmt: skip


def _head_json(reading: Reading) -> dict[str, object]:
    head = reading.notice
    return {
        "document_number": head.document_number, "title": head.title, "issuer": head.issuer, "issue_date": head.issue_date,
        "revision": reading.revision, "slug": reading.slug, "source": reading.source.file, "sha256": reading.source.sha256,
    }  # fmt: skip


def _printed(rubric: Rubric) -> list[Criterion]:
    return [c for c in rubric.criteria() if c.basis in SETTLED]


def match_rubrics(old: Sequence[Rubric], new: Sequence[Rubric]) -> list[tuple[Rubric, Rubric]]:
    """Rubrics that correspond: by shared criteria first, then title and annex number; greedy from the best."""
    scored = []
    for i, a in enumerate(old):
        texts = {fold(c.text) for c in a.criteria()}
        for j, b in enumerate(new):
            shared = sum(fold(c.text) in texts for c in b.criteria()) / max(len(texts), 1)
            score = shared + 0.4 * similarity(a.title or "", b.title or "") + (0.2 if a.annex == b.annex else 0)
            if score >= 0.35:
                scored.append((-score, i, j))
    out, used_a, used_b = [], set(), set()
    for _, i, j in sorted(scored):
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            out.append((i, j))
    return [(old[i], new[j]) for i, j in sorted(out)]


# ---- criteria ----------------------------------------------------------------------------------------------------


def _points(value: Decimal | None) -> str | None:
    return None if value is None else points_text(value)


def _home(rubric: Rubric) -> dict[str, Section]:
    return {c.id: s for s in rubric.sections for c in s.criteria}


def _section_map(a: Rubric, b: Rubric, pairs: Sequence[Pair]) -> dict[str, str]:
    """Old section id → new: the same label, else where most of its criteria went."""
    labels = {fold(s.label): s.id for s in b.sections if s.label}
    out = {s.id: labels[fold(s.label)] for s in a.sections if s.label and fold(s.label) in labels}
    homes_a, homes_b = _home(a), _home(b)
    votes: dict[str, Counter[str]] = {}
    for pair in pairs:
        votes.setdefault(homes_a[pair.a.id].id, Counter())[homes_b[pair.b.id].id] += 1
    taken = set(out.values())
    for section in a.sections:
        if section.id not in out and section.id in votes:
            best, count = votes[section.id].most_common(1)[0]
            if best not in taken and 2 * count > sum(votes[section.id].values()):
                out[section.id] = best
                taken.add(best)
    return out


def _criteria(a: Rubric, b: Rubric, pairs: Sequence[Pair]) -> Iterator[Change]:
    where = _section_map(a, b, pairs)
    homes_a, homes_b = _home(a), _home(b)
    yield from _parts(b, pairs)
    for pair in pairs:
        if pair.kind in ("split", "merge"):
            continue
        old, new = pair.a, pair.b
        if where.get(homes_a[old.id].id) != homes_b[new.id].id:
            labels = homes_a[old.id].label, homes_b[new.id].label
            yield _change("criterion-moved", b.annex, old, new, labels[0], labels[1], "minor", "换到另一项目")
        yield from _own(b.annex, old, new, pair.kind == "maybe")


def _own(annex: int, old: Criterion, new: Criterion, maybe: bool) -> Iterator[Change]:
    """What changed in one criterion itself."""
    if old.text != new.text:
        weight, note = _wording(old.text, new.text)
        if maybe:
            weight, note = "major", f"改动较大，可能对应（相似 {similarity(old.text, new.text):.2f}），请核对"
        yield _change("criterion-reworded", annex, old, new, old.text, new.text, weight, note)
    if old.max_points != new.max_points:
        yield _change("points-changed", annex, old, new, _points(old.max_points), _points(new.max_points), "major", "")
    if old.number != new.number:
        yield _change("criterion-renumbered", annex, old, new, old.number, new.number, "patch", "")


def _wording(before: str, after: str) -> tuple[Weight, str]:
    if only_punctuation(before, after):
        return "patch", "仅标点、格式"
    old, new = thresholds(before), thresholds(after)
    if old != new:
        out, into = [t for t in old if t not in new], [t for t in new if t not in old]
        return "major", f"数量要求变更：{'、'.join(out) or '—'} → {'、'.join(into) or '—'}"
    return ("minor", "") if similarity(before, after) >= SAME else ("major", "改动较大")


def _parts(b: Rubric, pairs: Sequence[Pair]) -> Iterator[Change]:
    """Splits and merges: one change for each criterion that fell apart or was put together."""
    for kind, name in (("split", "criterion-split"), ("merge", "criterion-merged")):
        groups: dict[str, list[Pair]] = {}
        for pair in pairs:
            if pair.kind == kind:
                groups.setdefault(pair.a.id if kind == "split" else pair.b.id, []).append(pair)
        for group in groups.values():
            main = [p for p in pairs if p.kind not in ("split", "merge") and (p.a is group[0].a if kind == "split" else p.b is group[0].b)]
            every = [*main, *group]
            before = "\n".join(dict.fromkeys(p.a.text for p in every))
            after = "\n".join(dict.fromkeys(p.b.text for p in every))
            ids = "、".join(dict.fromkeys((p.b.id if kind == "split" else p.a.id) for p in every))
            yield _change(name, b.annex, group[0].a, group[0].b, before, after, "major", ids)


def _leftovers(
    left: list[tuple[Rubric, Criterion]], right: list[tuple[Rubric, Criterion]], pairs: dict[str, str]
) -> Iterator[Change]:
    """What found no partner in its own rubric: moved to another annex, or removed and added (with the nearest)."""
    scored = sorted(
        ((-similarity(a.text, b.text), i, j) for i, (_, a) in enumerate(left) for j, (_, b) in enumerate(right)), key=lambda x: x
    )
    gone: set[int] = set()
    come: set[int] = set()
    for minus, i, j in scored:
        if -minus < SAME or i in gone or j in come or left[i][0].annex == right[j][0].annex:
            continue
        gone.add(i)
        come.add(j)
        a, b = left[i][1], right[j][1]
        pairs[a.id] = b.id
        yield _change("criterion-moved", right[j][0].annex, a, b, f"附件 {left[i][0].annex}", f"附件 {right[j][0].annex}", "major", "换到另一附件")
        yield from _own(right[j][0].annex, a, b, False)
    nearest = {i: (j, -m) for m, i, j in reversed(scored) if -m >= MAYBE}
    for i, (rubric, a) in enumerate(left):
        if i not in gone:
            near = nearest.get(i)
            note = f"最相近：{right[near[0]][1].id}（{near[1]:.2f}）" if near and near[0] not in come else ""
            yield Change("criterion-removed", rubric.annex, a.id, None, a.text, None, "major", note, None, a.at)
    for j, (rubric, b) in enumerate(right):
        if j not in come:
            yield Change("criterion-added", rubric.annex, None, b.id, None, b.text, "major", f"{_points(b.max_points) or '—'}分", b.at)


def _change(kind, annex: int, old: Criterion, new: Criterion, before, after, weight: Weight, note: str) -> Change:
    return Change(kind, annex, old.id, new.id, before, after, weight, note, new.at, old.at)


# ---- sections ----------------------------------------------------------------------------------------------------


def _sections(a: Rubric, b: Rubric, pairs: Sequence[Pair]) -> Iterator[Change]:
    where = _section_map(a, b, pairs)
    news = {s.id: s for s in b.sections}
    for old in a.sections:
        new = news.get(where.get(old.id, ""))
        if new is None:
            if old.label:
                yield Change("section-removed", b.annex, old.id, None, old.label, None, "major", "", None, old.at)
            continue
        lost = old.label is None or old.basis not in SETTLED
        if lost and new.label and new.basis in SETTLED:
            yield Change("section-label-restored", b.annex, old.id, new.id, None, new.label, "patch", "旧版此处名称缺印", new.at, old.at)
        elif fold(old.label or "") != fold(new.label or ""):
            yield Change("section-renamed", b.annex, old.id, new.id, old.label, new.label, "minor", "", new.at, old.at)
        if old.stated_points != new.stated_points and not (lost and old.stated_points is None):
            values = _points(old.stated_points), _points(new.stated_points)
            yield Change("section-points-changed", b.annex, old.id, new.id, *values, "major", "", new.at, old.at)
    for new in b.sections:
        if new.id not in where.values() and new.label:
            yield Change("section-added", b.annex, None, new.id, None, new.label, "major", "", new.at)


# ---- the notice --------------------------------------------------------------------------------------------------


def _head(old: Notice, new: Notice) -> Iterator[Change]:
    for name in HEAD:
        a, b = getattr(old, name), getattr(new, name)
        before, after = ("、".join(v) if isinstance(v, tuple) else v for v in (a, b))
        if (before or "") != (after or ""):
            at = new.places.get(name), old.places.get(name)
            yield Change("metadata-changed", 0, f"notice/{name}", f"notice/{name}", before, after, "minor", "", *at)


def _band(band: GradeBand) -> str:
    low = "" if band.min is None else f"{band.min}{'≤' if band.min_inclusive else '<'}"
    high = "" if band.max is None else f"{'≤' if band.max_inclusive else '<'}{band.max}"
    return f"{band.label} {low}x{high}"


def _bands(old: Notice, new: Notice) -> Iterator[Change]:
    before, after = "；".join(map(_band, old.grade_bands)), "；".join(map(_band, new.grade_bands))
    if sorted(map(_band, old.grade_bands)) != sorted(map(_band, new.grade_bands)):
        at = (new.grade_bands[0].at if new.grade_bands else None, old.grade_bands[0].at if old.grade_bands else None)
        yield Change("bands-changed", 0, "notice/bands", "notice/bands", before or None, after or None, "minor", "", *at)


def _vetoes(old: Notice, new: Notice) -> Iterator[Change]:
    a, b = [fold(v.text) for v in old.vetoes], [fold(v.text) for v in new.vetoes]
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = old.vetoes[i:j], new.vetoes[k:m]
        for n in range(max(len(gone), len(come))):
            was, now = (gone[n] if n < len(gone) else None), (come[n] if n < len(come) else None)
            yield Change(
                "vetoes-changed", 0, f"notice/v{was.number}" if was else None, f"notice/v{now.number}" if now else None,
                was.text if was else None, now.text if now else None, "major", "", now.at if now else None, was.at if was else None,
            )  # fmt: skip


def _body(old: Notice, new: Notice) -> Iterator[Change]:
    """Paragraphs of the body that differ; what bands and vetoes already say is not said twice."""
    said = {fold(v.text) for n in (old, new) for v in n.vetoes} | {fold(n.title or "") for n in (old, new)} - {""}
    keep = lambda n: [p for p in n.body if not any(s in fold(p.text) for s in said)]  # noqa: E731
    before, after = keep(old), keep(new)
    codes = SequenceMatcher(None, [fold(p.text) for p in before], [fold(p.text) for p in after], autojunk=False).get_opcodes()
    for tag, i, j, k, m in codes:
        if tag == "equal":
            continue
        for n in range(max(j - i, m - k)):
            was, now = (before[i + n] if i + n < j else None), (after[k + n] if k + n < m else None)
            weight, note = _wording(was.text, now.text) if was and now else ("minor", "")
            yield Change(
                "text-changed", 0, "notice/body", "notice/body", was.text if was else None, now.text if now else None,
                "patch" if weight == "patch" else "minor", note, now.at if now else None, was.at if was else None,
            )  # fmt: skip


# ---- what follows from it ----------------------------------------------------------------------------------------


def _anomalies(old: Reading, new: Reading) -> dict[str, list[str]]:
    """Findings of severity error or warning: fixed, kept, new; by fingerprint, shown as rule and place."""
    a = {f.fingerprint: f"{f.rule} {f.where}" for f in old.findings if f.severity != "note"}
    b = {f.fingerprint: f"{f.rule} {f.where}" for f in new.findings if f.severity != "note"}
    return {
        "fixed": [v for k, v in a.items() if k not in b],
        "kept": [v for k, v in b.items() if k in a],
        "new": [v for k, v in b.items() if k not in a],
    }


def _comparability(old: Reading, new: Reading, pairs: dict[str, str]) -> Iterator[Comparable]:
    """For scores given on the old revision: what stays, what must be scaled, what cannot be carried over."""
    news = {c.id: c for r in new.rubrics for c in r.criteria()}
    for rubric in old.rubrics:
        for a in _printed(rubric):
            b = news.get(pairs.get(a.id, ""))
            points = (_points(a.max_points), _points(b.max_points) if b else None)
            if b is None:
                yield Comparable(a.id, None, "drop", "新版没有对应条目", *points)
            elif thresholds(a.text) != thresholds(b.text) or similarity(a.text, b.text) < SAME:
                yield Comparable(a.id, b.id, "drop", "要求已变，旧分不能沿用", *points)
            elif a.max_points != b.max_points:
                yield Comparable(a.id, b.id, "scale", "含义相同，分值不同，按比例折算", *points)
            else:
                yield Comparable(a.id, b.id, "keep", "含义和分值相同", *points)
