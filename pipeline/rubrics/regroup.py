"""What collected rows turn out to be once all are read: numbers that belong to sections, numbered parents, two rubrics."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Criterion
from pipeline.normalize import fold
from pipeline.points import split_label
from pipeline.rubrics import tornpoints
from pipeline.rubrics.draft import Draft, Mark
from pipeline.rubrics.sections import section_kind

MAX_NAME = 12
"""A name of a section that no marker tells is no longer than this."""

SENTENCE = regex.compile(r"[。；;，,：:]|\P{Han}{3}")


def regroup(draft: Draft) -> tuple[Draft, ...]:
    """The rubrics of one collected table: serials of sections lifted to them, parents to section rows, alternates parted."""
    _join_torn(draft)
    _lift_section_numbers(draft)
    _lift_parents(draft)
    _lift_headings(draft)
    _raise_rows(draft)
    return _split_alternates(draft)


def _join_torn(draft: Draft) -> None:
    """A label in the middle of a cell that a page break cut stands below the break: the blank cell that ends one part is the
    beginning of the first label of the next, where only one of them has points and these are what both together have."""
    for level in {m.level for m in draft.marks}:
        own = [m for m in draft.marks if m.level == level and not m.own_row]
        for blank, named in pairwise(own):
            cut = named.part == blank.part + 1 and bool(blank.covered and named.covered) and blank.covered[-1] + 1 == named.covered[0]
            if blank.text or not named.text or not cut:
                continue
            if draft.spans[named.covered[0]].part != named.part or draft.spans[blank.covered[-1]].part != blank.part:
                continue
            both = sum((draft.criteria[i].max_points or Decimal(0) for i in (*blank.covered, *named.covered)), Decimal(0))
            if (blank.stated_points is None) == (named.stated_points is None) or both != (blank.stated_points or named.stated_points):
                continue
            named.stated_points, named.merged = both, True
            named.covered, named.after = [*blank.covered, *named.covered], blank.after
            draft.marks.remove(blank)


def _lift_section_numbers(draft: Draft) -> None:
    """Numbers that stand exactly where the outer labels stand, and on no other row, number the sections; a label printed again in the
    next row is the same."""
    labels = [m for m in draft.marks if m.level == 1 and not m.own_row]
    outer = {m.after: m for above, m in zip([None, *labels], labels, strict=False) if above is None or not m.text or above.text != m.text}
    numbered = {i for i, c in enumerate(draft.criteria) if c.number}
    if draft.led or len(numbered) < 2 or numbered != set(outer) or len(numbered) == len(draft.criteria):
        return
    for index, mark in outer.items():
        mark.number = draft.criteria[index].number
        draft.criteria[index] = replace(draft.criteria[index], number=None, number_at=None)


def _lift_parents(draft: Draft) -> None:
    """A line numbered 2 whose next line is numbered 2.1 is no criterion: it names the group of the lines below it."""
    numbers = [c.number or "" for c in draft.criteria]
    for index in range(len(numbers) - 2, -1, -1):
        if numbers[index] and numbers[index + 1].startswith(f"{numbers[index]}."):
            _lift(draft, index)


def _lift_headings(draft: Draft) -> None:
    """Lines that head others, in a table without labels where none or each of the others has a number, are section rows: those
    marked （一）, or bare names among sentences, with the points of the lines below them; or names with nothing beside them, over
    lines that all have points."""
    own = _above_extras(draft)
    bare = [i for i, c in enumerate(own.criteria) if c.max_points is None and not c.number and not c.choice and not c.columns]
    marked = [i for i, c in enumerate(own.criteria) if patterns.SECTION_MARKER.match(c.text) and not c.number]
    marked = marked or _names_among_sentences(own)
    if not _may_head(own, marked):
        sums = _above_sums(own)
        marked = sums if all(_is_bare(own.criteria[i]) for i in sums) else []
    if _may_head(own, marked) and _sum_up(own, marked):
        heads = marked
    elif _may_head(own, bare) and _are_names(own, bare):
        heads = bare
    else:
        return
    for head in reversed(heads):
        _lift(draft, head)


def _above_extras(draft: Draft) -> Draft:
    """The draft without its last rows that stand under headings of bonuses or deductions, where no other label stands in it: these
    headings need no more than their words, and say nothing of how the rows above are headed."""
    extras = draft.marks and all(m.own_row and section_kind(m.text) != "scored" for m in draft.marks)
    if not extras:
        return draft
    end = min(m.after for m in draft.marks)
    return replace(draft, criteria=draft.criteria[:end], marks=[], subtotals=[s for s in draft.subtotals if s.after is None or s.after < end])


def _may_head(draft: Draft, heads: Sequence[int]) -> bool:
    """Whether lines are the first of a table without labels and others, none right below another, and of the rest none or each has
    a number."""
    if draft.marks or len(heads) < 2 or heads[0] != 0 or any(b - a < 2 for a, b in pairwise([*heads, len(draft.criteria)])):
        return False
    return len({c.number is None for i, c in enumerate(draft.criteria) if i not in set(heads)}) == 1


def _sum_up(draft: Draft, heads: Sequence[int]) -> bool:
    """Whether lines have the points of those below them: each, all but one, or half of them where they make the total."""
    below = [draft.criteria[a + 1 : b] for a, b in pairwise([*heads, len(draft.criteria)])]
    closes = [_points(draft.criteria[h]) == sum(c.max_points or 0 for c in own) for h, own in zip(heads, below, strict=True)]
    whole = sum(_points(draft.criteria[h]) or 0 for h in heads)
    total = draft.totals[-1][1] if draft.totals else None
    but_one = sum(closes) >= max(2, len(heads) - 1)  # a fault of print in one section leaves the others
    return all(closes) or but_one or (total == whole and 2 * sum(closes) >= len(heads))


def _are_names(draft: Draft, heads: Sequence[int]) -> bool:
    """Whether lines are names, each another, and all others have points."""
    names = [draft.criteria[i].text for i in heads]
    scored = all(c.max_points is not None for i, c in enumerate(draft.criteria) if i not in set(heads))
    return scored and len(set(names)) == len(names) and all(len(fold(n)) <= MAX_NAME and not SENTENCE.search(n) for n in names)


def _names_among_sentences(draft: Draft) -> list[int]:
    """The lines of a few words without stops or number, where all the others have stops, or a serial before them."""
    plain = [i for i, c in enumerate(draft.criteria) if not (c.number or SENTENCE.search(c.text) or patterns.SERIAL_IN_TEXT.match(c.text))]
    return plain if all(len(fold(draft.criteria[i].text)) <= MAX_NAME for i in plain) else []


def _is_bare(own: Criterion) -> bool:
    """Whether a line is a name with its points alone: no sentence, no number, and no standard beside it."""
    return not (own.number or own.columns or own.choice or SENTENCE.search(own.text) or patterns.SERIAL_IN_TEXT.match(own.text))


def _above_sums(draft: Draft) -> list[int]:
    """The lines right below a subtotal, and the first, where there are several, each with the points of the next subtotal; else those
    that have the points of the lines below them, each line below one of them, where together they make the total."""
    sums = [s for s in draft.subtotals if s.after is not None]
    if len(sums) > 1 and sums[-1].after == len(draft.criteria) - 1:
        heads = [0, *(s.after + 1 for s in sums[:-1] if s.after is not None)]
        return heads if all(draft.criteria[h].max_points == s.points for h, s in zip(heads, sums, strict=True)) else []
    heads, rest = [], Decimal(0)
    for index, own in enumerate(draft.criteria):
        if not own.max_points:
            return []
        if not rest:
            heads.append(index)
        rest = own.max_points if not rest else rest - own.max_points
        if rest < 0:
            return []
    whole = sum((draft.criteria[h].max_points or Decimal(0) for h in heads), Decimal(0))
    several = len(draft.criteria) > 2 * len(heads)  # four lines of 25 are no two headings
    return heads if several and not rest and draft.totals and draft.totals[-1][1] == whole else []


def _points(own: Criterion) -> Decimal | None:
    """The points of a line that heads others: one number, though a line end tears it."""
    return own.max_points if own.max_points is not None else tornpoints.whole(own)


def _lift(draft: Draft, index: int) -> None:
    own = draft.criteria.pop(index)
    draft.spans.pop(index)
    label = next((m for m in draft.marks if m.covered == [index]), None)
    draft.marks = [m for m in draft.marks if m is not label]
    for mark in draft.marks:
        mark.covered = [c - (c > index) for c in mark.covered if c != index]
        mark.after -= mark.after > index
    draft.totals = [(after - (after > index), value, at) for after, value, at in draft.totals]
    draft.subtotals = [replace(s, after=None if s.after is None else s.after - (s.after >= index)) for s in draft.subtotals]
    text, at = (own.text, own.at) if own.text or label is None else (label.text, label.at)
    rank = (own.number or "").count(".") + 1
    if at is not None:
        draft.marks.insert(
            0, Mark(text, _points(own), at, 1, own.piece, False, True, after=index, number=own.number, rank=rank)
        )


def _raise_rows(draft: Draft) -> None:
    """Labels alone in their rows, each directly above a criterion that has a label of its own in the same column, are section rows:
    without merged cells nothing else sets them apart."""
    alone = [m for m in draft.marks if m.alone]
    for level in {m.level for m in alone}:
        own = [m for m in alone if m.level == level]
        begun = {m.after for m in draft.marks if m.level == level and m.text and not m.alone and not m.own_row}
        if all(m.after in begun or m.after == len(draft.criteria) for m in own) and any(m.after in begun for m in own):
            for mark in own:
                mark.own_row, mark.level = True, 1


def _stands_outside(draft: Draft, index: int) -> bool:
    """Whether what begins below a total, and has none of its own, is a section outside it (加分项, 一票否决项)."""
    named = [patterns.SECTION_MARKER.sub("", split_label(m.text)[0]) for m in draft.marks if m.after == index and m.text]
    outside = any(patterns.APART_LABEL.fullmatch(fold(label)) or patterns.POINTS_VETO.search(fold(label)) for label in named)
    return outside and not _has_total_below(draft, index)


def _goes_on(draft: Draft, index: int) -> bool:
    """Whether what begins below a total is one more of the sections that are each numbered from 1: their restarts part nothing,
    unless the rows above make the total, which then ends a sheet."""
    restarts = sum(c.number == "1" for c in draft.criteria[:index]) > 1
    made = sum((c.max_points or Decimal(0) for c in draft.criteria[:index]), Decimal(0))
    return restarts and not _has_total_below(draft, index) and not any(after == index and value == made for after, value, _ in draft.totals)


def _has_total_below(draft: Draft, index: int) -> bool:
    return any(after > index for after, _, _ in draft.totals)


def _split_alternates(draft: Draft) -> tuple[Draft, ...]:
    """One table with a total row in its middle after which the serials start over is two rubrics."""
    cuts = [i for i, _, _ in draft.totals if 0 < i < len(draft.criteria) and draft.criteria[i].number == "1"]
    cuts = [i for i in cuts if not _stands_outside(draft, i) and not _goes_on(draft, i)]
    if not cuts:
        return (draft,)
    out = []
    for start, end in pairwise([0, *cuts, len(draft.criteria)]):
        marks = [replace(m, covered=[c - start for c in m.covered if start <= c < end], after=m.after - start)
                 for m in draft.marks if start <= m.after < end]
        out.append(
            replace(
                draft,
                criteria=draft.criteria[start:end],
                spans=draft.spans[start:end],
                marks=marks,
                subtotals=[replace(s, after=s.after - start) for s in draft.subtotals if s.after is not None and start <= s.after < end],
                totals=[(i - start, v, at) for i, v, at in draft.totals if start < i <= end],
            )
        )
    return tuple(out)
