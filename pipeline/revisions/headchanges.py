"""Changes of what stands around the rubrics: the notice's head, bands, vetoes, body, the annexes' own heads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from pipeline import rx as regex
from pipeline.findings import SETTLED
from pipeline.model import BodyText, GradeBand, Notice, Rubric, Veto
from pipeline.normalize import fold
from pipeline.plain import points_text
from pipeline.proving.alignment import MAYBE, similarity
from pipeline.revisions.changes import Change, Said, Weight, say
from pipeline.revisions.pairing import assign
from pipeline.revisions.quantities import changed
from pipeline.revisions.textdiff import only_punctuation

HEAD = ("document_number", "title", "issuer", "addressees", "issue_date", "signature")


def head(old: Notice, new: Notice) -> Iterator[Change]:
    """Document number, title, issuer, addressees, date, signature."""
    for name in HEAD:
        a, b = getattr(old, name), getattr(new, name)
        before, after = ("、".join(v) if isinstance(v, tuple) else v for v in (a, b))
        if fold(before or "") != fold(after or ""):
            weight: Weight = "patch" if before and after and only_punctuation(before, after) else "minor"
            at = new.places.get(name), old.places.get(name)
            yield Change("metadata-changed", 0, f"notice/{name}", f"notice/{name}", before, after, weight, *say(""), *at)


def bands(old: Notice, new: Notice) -> Iterator[Change]:
    """The grade bands as a whole, and what a veto leads to is told by `vetoes`."""
    before, after = "；".join(map(_band, old.grade_bands)), "；".join(map(_band, new.grade_bands))
    if sorted(map(_band, old.grade_bands)) != sorted(map(_band, new.grade_bands)):
        at = (new.grade_bands[0].at if new.grade_bands else None, old.grade_bands[0].at if old.grade_bands else None)
        yield Change("bands-changed", 0, "notice/bands", "notice/bands", before or None, after or None, "minor", *say(""), *at)


def _band(band: GradeBand) -> str:
    low = "" if band.min is None else f"{points_text(band.min)}{'≤' if band.min_inclusive else '<'}"
    high = "" if band.max is None else f"{'≤' if band.max_inclusive else '<'}{points_text(band.max)}"
    return f"{band.label} {low}得分{high}"


def vetoes(old: Notice, new: Notice) -> Iterator[Change]:
    """Each condition that came, went or reads otherwise (a new number alone is none), and the outcome."""
    for was, now in _paired(old.vetoes, new.vetoes):
        if was and now and fold(was.text) == fold(now.text):
            continue
        weight: Weight = "patch" if was and now and only_punctuation(was.text, now.text) else "major"
        yield Change(
            "vetoes-changed", 0, f"notice/v{was.number}" if was else None, f"notice/v{now.number}" if now else None,
            was.text if was else None, now.text if now else None, weight, *say(""), now.at if now else None, was.at if was else None,
        )  # fmt: skip
    if fold(old.veto_outcome or "") != fold(new.veto_outcome or ""):
        yield Change(
            "vetoes-changed", 0, "notice/veto_outcome", "notice/veto_outcome", old.veto_outcome, new.veto_outcome, "major", *say("outcome"),
            new.veto_at, old.veto_at,
        )  # fmt: skip


def _paired(a: Sequence[Veto], b: Sequence[Veto]) -> list[tuple[Veto | None, Veto | None]]:
    """Conditions that are the same or alike, in the new order; then what went."""
    scores = {(i, j): similarity(x.text, y.text) for i, x in enumerate(a) for j, y in enumerate(b)}
    found = {j: i for i, j in assign({ij: s for ij, s in scores.items() if s >= MAYBE})}
    gone = [(x, None) for i, x in enumerate(a) if i not in found.values()]
    return [*((a[found[j]] if j in found else None, y) for j, y in enumerate(b)), *gone]


# ---- the body ------------------------------------------------------------------------------------------------------


def body(old: Notice, new: Notice) -> Iterator[Change]:
    """Paragraphs of the body that differ. Where lines are broken is layout: paragraphs that together say the same are
    the same. What head, bands and vetoes already say is not said twice."""
    before, after = _paragraphs(old), _paragraphs(new)
    for was, now in _paragraph_pairs(before, after):
        a, b = _joined(was), _joined(now)
        if _same(a, b, (old, new)):
            continue
        weight, note = _said(a, b)
        at = (now[0].at if now else None, was[0].at if was else None)
        yield Change("text-changed", 0, "notice/body", "notice/body", a or None, b or None, weight, *note, *at)


def _said(before: str, after: str) -> tuple[Weight, Said]:
    if before and after and only_punctuation(before, after):
        return "patch", say("punctuation")
    numbers = changed(before, after) if before and after else None
    return "minor", quantity_note(numbers) if numbers else say("")


def quantity_note(numbers: tuple[list[str], list[str]]) -> Said:
    """Which quantities went and which came."""
    return say("quantity", out="、".join(numbers[0]) or "—", into="、".join(numbers[1]) or "—")


def _paragraphs(notice: Notice) -> list[BodyText]:
    """The body without what is compared as a field of its own: title, document number, vetoes, date, signature, and the
    titles of the annexes, which the rubrics have."""
    titles = (a.title for a in (*notice.annexes, *notice.annex_titles))
    own = {fold(v) for v in (notice.title, notice.document_number, notice.issue_date, notice.signature, *titles) if v}
    return [p for p in notice.body if fold(p.text) and fold(p.text) not in own]


def _same(before: str, after: str, notices: tuple[Notice, Notice]) -> bool:
    """Whether two paragraphs say the same, apart from what bands, vetoes and head tell themselves."""
    plain, rests = (fold(before), fold(after)), (_untold(before, notices[0]), _untold(after, notices[1]))
    if plain[0] == plain[1] or rests == plain:
        return plain[0] == plain[1]
    bare = [regex.sub(r"[\p{P}\p{S}]", "", r) for r in rests]
    return bare[0] == bare[1] or not any(b and not b.isnumeric() for b in bare)


def _untold(text: str, notice: Notice) -> str:
    """The folded paragraph without what the fields of the notice report."""
    out = fold(text)
    quotes = [*(b.at.quote for b in notice.grade_bands), *(v.text for v in notice.vetoes), notice.veto_outcome, notice.title, notice.document_number]
    for quote in sorted({fold(q) for q in quotes if q}, key=len, reverse=True):
        out = out.replace(quote, "")
    return out


def _joined(paragraphs: Sequence[BodyText]) -> str:
    return "".join(p.text for p in paragraphs)


def _paragraph_pairs(a: Sequence[BodyText], b: Sequence[BodyText]) -> Iterator[tuple[Sequence[BodyText], Sequence[BodyText]]]:
    """Runs that differ, cut into paragraphs that answer each other. A run that says the same in other lines is left out."""
    codes = SequenceMatcher(None, [fold(p.text) for p in a], [fold(p.text) for p in b], autojunk=False).get_opcodes()
    for tag, i, j, k, m in codes:
        if tag == "equal":
            continue
        left, right = _resealed(list(a[i:j]), list(b[k:m]))
        yield from _answering(left, right)


def _resealed(a: list[BodyText], b: list[BodyText]) -> tuple[list[list[BodyText]], list[list[BodyText]]]:
    """Neighbours of one side joined where together they are closer to a paragraph of the other side."""
    return _sealed(a, [fold(p.text) for p in b]), _sealed(b, [fold(p.text) for p in a])


def _sealed(own: list[BodyText], others: list[str]) -> list[list[BodyText]]:
    out: list[list[BodyText]] = []
    for paragraph in own:
        text = fold(paragraph.text)
        if out:
            before = fold(_joined(out[-1]))
            together = max((similarity(before + text, o) for o in others), default=0.0)
            alone = max((max(similarity(before, o), similarity(text, o)) for o in others), default=0.0)
            if together >= 0.6 and together > alone:
                out[-1].append(paragraph)
                continue
        out.append([paragraph])
    return out


def _answering(
    left: list[list[BodyText]], right: list[list[BodyText]]
) -> Iterator[tuple[Sequence[BodyText], Sequence[BodyText]]]:
    """Alike paragraphs of a run by assignment, in the new order; what is left went or came."""
    scores = {(x, y): similarity(_joined(p), _joined(q)) for x, p in enumerate(left) for y, q in enumerate(right)}
    found = {y: x for x, y in assign({xy: s for xy, s in scores.items() if s >= 0.4})}
    for x, p in enumerate(left):
        if x not in found.values():
            yield p, []
    for y, q in enumerate(right):
        yield (left[found[y]] if y in found else []), q


# ---- the annexes' own heads ----------------------------------------------------------------------------------------


def rubric_heads(a: Rubric, b: Rubric) -> Iterator[Change]:
    """Annex number, title, total, and the fields to fill in, of two rubrics that correspond."""
    if a.annex != b.annex:
        yield _metadata(a, b, "annex", str(a.annex), str(b.annex), "minor", "annex-number")
    if fold(a.title or "") != fold(b.title or ""):
        yield _metadata(a, b, "title", a.title, b.title, "minor", "annex-title")
    before, after = _total(a), _total(b)
    if before != after:
        yield _metadata(a, b, "stated_total", before, after, "major" if before and after else "minor", "total")
    fields = ["、".join(_FIELDS.get(name, name) for name in sorted(r.fields)) or None for r in (a, b)]
    if fields[0] != fields[1]:
        yield _metadata(a, b, "fields", fields[0], fields[1], "minor", "fields")


def section_order(a: Rubric, b: Rubric, pairs: Mapping[str, str]) -> Iterator[Change]:
    """The sections that both have, where they stand in another order; `pairs`: old section id → new. Numbers that only
    count the sheet through cannot tell it, and a sheet without numbers has nothing else that does."""
    news = {s.id: s for s in b.sections}
    before = [(s, news[pairs[s.id]]) for s in a.sections if s.label and pairs.get(s.id) in news and news[pairs[s.id]].label]
    after = sorted(before, key=lambda pair: b.sections.index(pair[1]))
    if before != after:
        yield _metadata(a, b, "order", "、".join(s.label or "" for s, _ in before), "、".join(s.label or "" for _, s in after), "patch", "order")


def _total(rubric: Rubric) -> str | None:
    printed = rubric.stated_total is not None and rubric.total_basis in SETTLED
    return points_text(rubric.stated_total) if printed and rubric.stated_total is not None else None


_FIELDS = {"assessee": "被评价单位", "date": "日期", "assessor": "评价人"}


def _metadata(a: Rubric, b: Rubric, name: str, before: str | None, after: str | None, weight: Weight, note: str) -> Change:
    places = (b.total_at, a.total_at) if name == "stated_total" else (b.title_at, a.title_at)
    return Change("metadata-changed", b.annex, f"{a.id}/{name}", f"{b.id}/{name}", before, after, weight, *say(note), *places)


def rubric_gone(rubric: Rubric) -> Change:
    """A whole annex that the new revision no longer has."""
    name = rubric.title or rubric.id
    return Change("metadata-changed", rubric.annex, rubric.id, None, name, None, "major", *say("annex-removed"), None, rubric.title_at)


def rubric_come(rubric: Rubric) -> Change:
    """A whole annex that the old revision did not have."""
    name = rubric.title or rubric.id
    return Change("metadata-changed", rubric.annex, None, rubric.id, None, name, "major", *say("annex-added"), rubric.title_at)
