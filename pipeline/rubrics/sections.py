"""Label marks to provisional sections: each criterion under the label whose printed cover holds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from pipeline import patterns
from pipeline.model import Criterion, LabelMark, Section, SectionKind
from pipeline.normalize import fold
from pipeline.points import split_cell, split_label
from pipeline.rubrics.draft import Mark


def spread(marks: Sequence[Mark], criteria: Sequence[Criterion], total: Decimal | None) -> list[Mark]:
    """The marks with their printed cover over the criteria; repeats and page continuations made one. `total`: what the sheet states."""
    merged = _merge_repeats(_extend(marks, len(criteria)), criteria, total)
    return _join_halves(_take_rest(_rejoin_torn(merged, criteria), criteria), criteria)


def _join_halves(marks: list[Mark], criteria: Sequence[Criterion]) -> list[Mark]:
    """A label set over several lines may be torn between them: half of its words on each page (组织 | 制度). The halves are one
    where the points that one of them (or both) declares close over the rows of both, and not over its own."""
    out = list(marks)
    for lower in marks:
        upper = next((m for m in out if m.text and _is_above(m, lower, criteria)), None)
        if upper is None or not lower.text or patterns.SECTION_MARKER.match(lower.text):
            continue
        whole = [*upper.covered, *lower.covered]
        declared = {d for m in (upper, lower) if (d := _declared(m)) is not None}
        own = [m for m in (upper, lower) if _declared(m) is not None]
        if len(declared) != 1 or any(criteria[i].max_points is None for i in whole):
            continue
        if all(_closes(replace(m, stated_points=next(iter(declared))), whole, criteria) for m in own):
            name = split_label(upper.text)[0] if len(own) == 2 else upper.text
            upper.text, upper.stated_points, upper.covered = name + lower.text, next(iter(declared)), whole
            out = [m for m in out if m is not lower]
    return out


def _is_above(upper: Mark, lower: Mark, criteria: Sequence[Criterion]) -> bool:
    """Whether a label's rows end one part and another's begin the next."""
    if upper.level != lower.level or upper.own_row or lower.own_row or not upper.covered or not lower.covered:
        return False
    last, first = upper.covered[-1], lower.covered[0]
    return last + 1 == first and criteria[last].piece == lower.part - 1 and criteria[first].piece == lower.part


def _take_rest(marks: list[Mark], criteria: Sequence[Criterion]) -> list[Mark]:
    """A converter may set a label cell that a page break tore as two cells of one table (a PDF turned into a workbook): the
    lower one blank. The label takes the rows below it, up to the next label, where its declared points then close."""
    out = list(marks)
    for mark in marks:
        below = _blank_below(mark, out, criteria) if mark.text and mark.covered and not mark.own_row else []
        whole = [*mark.covered, *below]
        if not below or _declared(mark) is None or any(criteria[i].max_points is None for i in whole):
            continue
        if _closes(mark, whole, criteria):
            mark.covered = whole
            out = [m for m in out if m.text or not m.covered or not set(m.covered) <= set(below)]
    return out


def _blank_below(mark: Mark, marks: Sequence[Mark], criteria: Sequence[Criterion]) -> list[int]:
    """The rows directly below a label up to the next one of its level or an outer one, none of them under a label."""
    named = {c for m in marks if m.text and m.level <= mark.level for c in (*m.covered, m.after)}
    end = next((i for i in range(mark.covered[-1] + 1, len(criteria)) if i in named), len(criteria))
    return list(range(mark.covered[-1] + 1, end))


def _rejoin_torn(marks: list[Mark], criteria: Sequence[Criterion]) -> list[Mark]:
    """A merged label cell torn by a page break may carry its text in the lower piece only; the upper piece then stands
    blank at the foot of the page. The label takes those rows where its declared points then close (and did not before),
    or, beside merged cells there, where it declares none."""
    out = list(marks)
    for mark in marks:
        above = _blank_foot(mark, out, criteria) if mark.text and mark.part > 0 and mark.covered else []
        if above and _closes(mark, [*above, *mark.covered], criteria):
            mark.covered = [*above, *mark.covered]
            out = [m for m in out if m.text or m is mark or not set(m.covered) <= set(above)]
    return out


def _blank_foot(mark: Mark, marks: Sequence[Mark], criteria: Sequence[Criterion]) -> list[int]:
    """The rows at the foot of the part before, directly above a label that heads its part, that no label covers."""
    first = mark.covered[0]
    if first == 0 or criteria[first].piece != mark.part or criteria[first - 1].piece == mark.part:
        return []
    named = {c for m in marks if m.text and m.level == mark.level for c in m.covered}
    rows: list[int] = []
    for index in range(first - 1, -1, -1):
        if index in named or criteria[index].piece != criteria[first - 1].piece:
            break
        rows.insert(0, index)
    counted = _declared(mark) is not None and _sum_of(rows, criteria) is not None  # of a lone row no cell is merged
    return rows if counted or any(m.part == mark.part - 1 and m.merged for m in marks) else []


def _closes(mark: Mark, rows: Sequence[int], criteria: Sequence[Criterion]) -> bool:
    """Whether rows make what a label declares, if anything, and those it covers do not; a row without points may have what lacks."""
    stated = _declared(mark)
    if stated is None:
        return True
    if _sum_of(rows, criteria) is None:
        return sum(criteria[i].max_points or 0 for i in rows) < stated
    return _is_closed(mark, rows, criteria) and not _is_closed(mark, mark.covered, criteria)


def _declared(mark: Mark) -> Decimal | None:
    return mark.stated_points if mark.stated_points is not None else split_cell(mark.text)[1]


def sections_of(
    marks: Sequence[Mark], criteria: Sequence[Criterion], rubric_id: str
) -> tuple[tuple[LabelMark, ...], tuple[Section, ...]]:
    """The labels exactly as printed, and the sections their cover makes. `marks` are spread."""
    marks = _nest_rows(marks, len(criteria))
    labels = tuple(_label_mark(m) for m in sorted(marks, key=lambda m: (m.after, m.level)))
    return labels, tuple(_build(marks, criteria, rubric_id))


def _extend(marks: Sequence[Mark], count: int) -> list[Mark]:
    """Cover of labels that are not merged cells: from their row to the next label of the same or an outer level.

    Also a blank merged cell at the top of a later part goes on with the label before it.
    """
    ordered = sorted(marks, key=lambda m: (m.after, m.level))
    out: list[Mark] = []
    for position, mark in enumerate(ordered):
        behind = ordered[position + 1 :]
        later = [m.after for m in behind if m.level <= mark.level and (m.after > mark.after or m.own_row) and not _is_again(m, mark, ordered)]
        end = min(later, default=count)
        if mark.merged and mark.covered:
            out.append(replace(mark, covered=list(mark.covered)))
        else:
            out.append(replace(mark, covered=list(range(mark.after, end))))
    return out


def _is_again(mark: Mark, inner: Mark, ordered: Sequence[Mark]) -> bool:
    """Whether an outer label is printed again beside a later row under an inner one: it closes nothing."""
    if mark.level >= inner.level or mark.own_row or not mark.text:
        return False
    above = next((m for m in reversed(ordered) if m.level == mark.level and m.after <= inner.after), None)
    return above is not None and above is not mark and fold(above.text) == fold(mark.text)


def _merge_repeats(marks: Sequence[Mark], criteria: Sequence[Criterion], total: Decimal | None) -> list[Mark]:
    """A label printed again directly after itself (each row, or each page, or …（续）) is one label; a blank merged
    cell at the top of a later part is the cell that the page break cut, unless the label's points close above it."""
    out: list[Mark] = []
    open_: dict[int, Mark] = {}
    for mark in marks:
        previous = open_.get(mark.level)
        name = fold(split_cell(mark.text)[0])
        if previous is not None and mark.covered and previous.covered is not None:
            adjacent = not previous.covered or mark.covered[0] <= previous.covered[-1] + 1
            same = bool(name) and fold(split_cell(previous.text)[0]) == name
            cut = not name and mark.part > previous.part and not any(
                c for m in marks if m.part == mark.part and m.level == mark.level for c in m.covered if c < mark.covered[0]
            )
            if adjacent and (same or (cut and not _is_lost(mark, previous, marks, criteria, total))):
                previous.covered = sorted({*previous.covered, *mark.covered})
                if previous.stated_points is None:
                    previous.stated_points = mark.stated_points
                continue
        kept = replace(mark, covered=list(mark.covered))
        out.append(kept)
        open_[mark.level] = kept
        for level in [k for k in open_ if k > mark.level and not _over_blank(open_[k], mark, marks)]:
            del open_[level]
    return out


def _is_lost(blank: Mark, above: Mark, marks: Sequence[Mark], criteria: Sequence[Criterion], total: Decimal | None) -> bool:
    """Whether a blank cell is a label of its own: the points of the one above close without its rows, those of the next
    one, which may be set in the middle of a cell that begins here, do not close with them, and a stated total does."""
    if total is not None and _sum_of(range(len(criteria)), criteria) not in (total, None):
        return False  # a misprint in a row explains both sums
    below = next((m for m in marks if m.level == blank.level and m.covered and m.covered[0] == blank.covered[-1] + 1), None)
    return _is_closed(above, above.covered, criteria) and not (below and _is_closed(below, [*blank.covered, *below.covered], criteria))


def _is_closed(mark: Mark, rows: Sequence[int], criteria: Sequence[Criterion]) -> bool:
    """Whether the points of rows make what a label declares."""
    return bool(rows) and (whole := _sum_of(rows, criteria)) is not None and whole == _declared(mark)


def _sum_of(rows: Iterable[int], criteria: Sequence[Criterion]) -> Decimal | None:
    """The points of rows together; None where one of them has none."""
    values = [criteria[i].max_points for i in rows]
    return None if None in values else sum((v for v in values if v is not None), Decimal(0))


def _over_blank(inner: Mark, outer: Mark, marks: Sequence[Mark]) -> bool:
    """Whether an inner label ends at the foot of the part above an outer one, beside a blank outer cell: the upper piece of
    the outer cell that the break tore, so that the inner one may go on too."""
    if outer.part <= inner.part or not inner.covered or not outer.covered or inner.covered[-1] + 1 != outer.covered[0]:
        return False
    return not any(m.text and m.level == outer.level and inner.covered[-1] in m.covered for m in marks)


def _nest_rows(marks: Sequence[Mark], count: int) -> list[Mark]:
    """Section rows of two ranks: `一、` above `（一）`; a row directly above another one is its parent."""
    rows = [m for m in marks if m.own_row]
    columns = [m for m in marks if not m.own_row]
    ranks = {id(m): m.rank or _marker_rank(m.text) for m in rows}
    used = sorted(set(ranks.values()))
    depth = {rank: i + 1 for i, rank in enumerate(used)} if len(used) <= 3 else dict.fromkeys(used, 1)
    for mark in rows:
        mark.level = depth[ranks[id(mark)]]
    deepest = max((m.level for m in rows if m.covered), default=0)
    inside = deepest and columns and any(m.level == 1 for m in columns) and _inside(columns, rows)
    for mark in columns:
        if inside:
            mark.level += deepest
    for mark in rows:
        later = [m.after for m in rows if (m.after, m.level) > (mark.after, mark.level) and m.level <= mark.level and m is not mark]
        ends = [a for a in later if a > mark.after or any(m.after == a and m is not mark and m.level <= mark.level for m in rows)]
        mark.covered = list(range(mark.after, min(ends, default=count)))
    return [*rows, *columns]


def _inside(columns: Sequence[Mark], rows: Sequence[Mark]) -> bool:
    """Whether every label cell lies within one section row's stretch."""
    starts = sorted(m.after for m in rows)
    return all(not any(m.covered and m.covered[0] < s <= m.covered[-1] for s in starts) for m in columns)


def _marker_rank(text: str) -> int:
    match = patterns.SECTION_MARKER.match(text)
    if not match:
        return 1
    mark = match["marker"]
    return 2 if mark[0] in "(（" else 1


def _label_mark(mark: Mark) -> LabelMark:
    label, declared = split_cell(mark.text)
    return LabelMark(
        text=mark.text,
        label=_without_marker(label),
        stated_points=mark.stated_points if mark.stated_points is not None else declared,
        at=mark.at,
        first=mark.covered[0] if mark.covered else None,
        last=mark.covered[-1] if mark.covered else None,
        merged=mark.merged,
        piece=mark.part,
        level=mark.level,
    )


def _without_marker(label: str) -> str:
    match = patterns.SECTION_MARKER.match(label)
    rest = label[match.end() :].strip(" :：") if match else ""
    return rest or label


def _number_of(label: str) -> str | None:
    match = patterns.SECTION_MARKER.match(label)
    return match["marker"].strip("（()）、.． ") if match else None


def section_kind(label: str | None) -> SectionKind:
    """scored, bonus (加分项) or deduction (扣分项), by the label's words."""
    if label and patterns.BONUS_LABEL.search(label):
        return "bonus"
    if label and patterns.DEDUCTION_LABEL.search(label):
        return "deduction"
    return "scored"


def _build(marks: Sequence[Mark], criteria: Sequence[Criterion], rubric_id: str) -> list[Section]:
    """Sections in order of their first criterion; the innermost label that covers a criterion holds it."""
    holder: dict[int, Mark] = {}
    for mark in sorted(marks, key=lambda m: m.level):
        for index in mark.covered:
            holder[index] = mark
    waiting = sorted(marks, key=lambda m: (m.covered[0] if m.covered else m.after, m.level))
    runs: list[tuple[Mark | None, list[Criterion]]] = []
    start = 0
    for holding, items in _stretches(holder, criteria):
        for mark in list(waiting):
            begins = mark.covered[0] if mark.covered else mark.after
            above = holding is None or mark.level < holding.level or not mark.covered
            if mark is not holding and begins <= start and above:
                runs.append((mark, []))
                waiting.remove(mark)
        if holding in waiting:
            waiting.remove(holding)
        runs.append((holding, items))
        start += len(items)
    runs.extend((m, []) for m in waiting)
    return _with_parents(runs, rubric_id)


def _stretches(
    holder: dict[int, Mark], criteria: Sequence[Criterion]
) -> list[tuple[Mark | None, list[Criterion]]]:
    out: list[tuple[Mark | None, list[Criterion]]] = []
    for index, criterion in enumerate(criteria):
        mark = holder.get(index)
        if out and out[-1][0] is mark:
            out[-1][1].append(criterion)
        else:
            out.append((mark, [criterion]))
    return out


def _with_parents(runs: Sequence[tuple[Mark | None, list[Criterion]]], rubric_id: str) -> list[Section]:
    sections: list[Section] = []
    open_: dict[int, str] = {}
    for number, (mark, items) in enumerate(runs, start=1):
        section_id = f"{rubric_id}/s{number}"
        if mark is None:
            sections.append(Section(section_id, None, None, criteria=tuple(items)))
            continue
        label, declared = split_cell(mark.text)
        open_ = {k: v for k, v in open_.items() if k < mark.level}
        name = _without_marker(label) or None
        parent = open_[max(open_)] if open_ else None
        upper: SectionKind = next((s.kind for s in sections if s.id == parent), "scored")
        sections.append(
            Section(
                id=section_id,
                label=name,
                stated_points=mark.stated_points if mark.stated_points is not None else declared,
                parent=parent,
                kind=section_kind(name) if upper == "scored" else upper,
                at=mark.at,
                criteria=tuple(items),
                number=mark.number or _number_of(label),
            )
        )
        open_[mark.level] = section_id
    return sections
