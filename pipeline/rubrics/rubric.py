"""Joined tables to rubrics AS PRINTED: every criterion, label, subtotal and total where it stands, nothing corrected.

`sections` here follow the printed cover of the labels; `resolve` decides what the numbers say about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise, zip_longest

from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import (
    LOW_CONFIDENCE,
    Criterion,
    CriterionKind,
    Doubt,
    Remark,
    Rubric,
    Section,
    Subtotal,
    Unplaced,
)
from pipeline.normalize import chinese_number, clean, fold, mask_personal, narrow
from pipeline.notices.segments import Segment
from pipeline.points import description_of, read_points, split_cell, split_label, total_in
from pipeline.provenance import Provenance
from pipeline.rubrics import tornpoints
from pipeline.rubrics.draft import Draft, Mark, collect
from pipeline.rubrics.foot import leave_foot
from pipeline.rubrics.gridrows import Row
from pipeline.rubrics.header import header_at, header_faults, header_of
from pipeline.rubrics.listing import lists_of, unboxed
from pipeline.rubrics.listsbeside import with_lists
from pipeline.rubrics.oddities import odd_parts
from pipeline.rubrics.refusal import APART, SUMMARY, UNSCORED, in_chinese, refusal, sums_up
from pipeline.rubrics.regroup import regroup
from pipeline.rubrics.roles import spanning_totals
from pipeline.rubrics.samelines import OPEN_BRACKET
from pipeline.rubrics.sections import section_kind, sections_of, spread
from pipeline.rubrics.shapes import column_table, gathered, opened, points_row_table
from pipeline.rubrics.sharedpoints import share
from pipeline.rubrics.strays import cut_tops, stray_rows, stray_vetoes, torn_tables
from pipeline.rubrics.table import JoinedTable, join
from pipeline.rubrics.textserials import serials_from_items, serials_from_text
from pipeline.rubrics.titles import SHORT, title_of
from pipeline.rubrics.unscoredlists import unscored_list

MIN_BOXED = 3
"""A table of one column and so many rows may be a list with a frame around it."""

NEAR = 4
"""A total printed above a table stands within this many lines of it; further up it speaks of something else."""

MIXED = regex.compile(r"加分?[和与及、]?[扣减]分?|奖惩")
"""A label that heads bonuses and deductions alike: `加减分项`."""


def parse(segments: Iterable[Segment]) -> tuple[Rubric, ...]:
    """All rubrics of a notice, as printed, in order."""
    return read(segments)[0]


def read(segments: Iterable[Segment]) -> tuple[tuple[Rubric, ...], tuple[Remark, ...]]:
    """All rubrics, and a remark for each table that looks like one and is not."""
    segments = [s for s in segments if s.kind != "receipt"]
    drafts: list[tuple[Segment, Draft]] = []
    remarks: list[Remark] = []
    for segment in segments:
        for table in _tables(segment):
            for draft in regroup(collect(table)):
                reason = refusal(draft, segment.kind == "body" and all(home is not segment for home, _ in drafts))
                if reason is None:
                    drafts.append((segment, draft))
                elif reason:
                    kind = "unscored-table" if reason == UNSCORED else "table-apart" if reason in APART else "not-a-rubric"
                    remarks.append(Remark(kind, reason, table.parts[0].at, message_zh=in_chinese(reason)))
    drafts, again = _without_summaries(drafts)
    remarks += again
    rubrics = _number_rubrics(drafts, any(s.kind == "annex" for s in segments))
    for segment in segments:
        own = [rubric for (home, _), rubric in zip(drafts, rubrics, strict=True) if home is segment]
        unscored = unscored_list(segment) if not own else None
        remarks += [*stray_rows(segment.blocks, own), *stray_vetoes(segment.blocks, own), *torn_tables(own), *odd_parts(own)] if own else [unscored] if unscored else ()
    return rubrics, (*remarks, *cut_tops(rubrics))


def _without_summaries(drafts: Sequence[tuple[Segment, Draft]]) -> tuple[list[tuple[Segment, Draft]], list[Remark]]:
    """The rubrics without tables that gather the results of another of their annex, and a remark for each of these. A sheet of
    another annex is one to fill."""
    gathering = [draft for home, draft in drafts if sums_up(draft, [other for there, other in drafts if there is home])]
    kept = [(home, draft) for home, draft in drafts if not any(draft is d for d in gathering)]
    return kept, [Remark("not-a-rubric", SUMMARY, d.table.parts[0].at, message_zh=in_chinese(SUMMARY)) for d in gathering]


def _tables(segment: Segment) -> tuple[JoinedTable, ...]:
    """The tables of a segment; sheets whose criteria are columns turned, and a list of scored lines as a table."""
    tables = gathered([column_table(t) or points_row_table(t) or opened(t) for t in join(segment.blocks)])
    boxed = all(part.cols == 1 and part.rows >= MIN_BOXED for table in tables for part in table.parts)
    listings = lists_of(unboxed(segment.blocks), segment.kind == "body") if boxed else ()
    return listings or with_lists(segment, tables)


def _number_rubrics(drafts: Sequence[tuple[Segment, Draft]], has_annexes: bool) -> tuple[Rubric, ...]:
    """Ids: annex-N, a second rubric of the same annex annex-N-2; without any annex heading numbered from 1."""
    counts: dict[int, int] = {}
    rubrics = []
    for position, (segment, draft) in enumerate(drafts, start=1):
        annex = segment.annex if has_annexes else position
        counts[annex] = counts.get(annex, 0) + 1
        suffix = f"-{counts[annex]}" if counts[annex] > 1 else ""
        rubrics.append(build(draft, annex, f"annex-{annex}{suffix}", segment, counts[annex] == 1))
    return tuple(rubrics)


def build(draft: Draft, annex: int, rubric_id: str, segment: Segment, first: bool) -> Rubric:
    """One rubric as printed; `first`: it is the first of its segment, whose title it may take."""
    leave_foot(draft)
    printed = _totals(draft, len(draft.criteria))[0]
    marks = spread(_placed_marks(draft), draft.criteria, printed)
    tornpoints.mend(draft, marks, printed)
    share(draft, marks, printed)
    _number_labels(draft, marks)
    criteria, marks = _settle_items(serials_from_text(draft.criteria), marks)
    criteria = serials_from_items(criteria)
    criteria = _with_ids(_mark_deductions(criteria, draft), rubric_id)
    criteria = _mark_apart(criteria, draft)
    title, title_at = title_of(draft, segment, first)
    stated, total_at, subtotals = _totals(draft, len(criteria))
    if stated is None:
        elsewhere = _total_elsewhere(draft, title, title_at)
        stated, total_at = elsewhere if elsewhere[0] is not None else (stated, total_at)
    labels, sections = sections_of(marks, criteria, rubric_id)
    sections = tuple(_with_worded(_with_vetoes(section)) for section in sections)
    return Rubric(
        annex=annex,
        id=rubric_id,
        title=title,
        stated_total=stated,
        sections=sections,
        title_at=title_at,
        total_at=total_at,
        header=header_of(draft.table),
        header_at=header_at(draft.table),
        header_faults=header_faults(draft.table),
        fields=draft.fields,
        labels=labels,
        subtotals=subtotals,
        unplaced=(*draft.unplaced, *_descriptions(marks)),
        notes=tuple(draft.notes),
        doubts=_doubts(draft, [*(m.at for m in draft.marks), *(a for c in criteria for a in (c.number_at, c.points_at)), total_at], total_at),
    )


def _descriptions(marks: Sequence[Mark]) -> Iterator[Unplaced]:
    """What cells of labels say below name and points: no part of the name, and no place of its own on a form."""
    for mark in marks:
        if words := description_of(mark.text):
            yield Unplaced(mask_personal(words), "words below the name and points of a label", mark.at)


def _placed_marks(draft: Draft) -> list[Mark]:
    """The marks, without words after the last criterion: nothing stands under or beside them, they are listed as unplaced."""
    last = len(draft.criteria)
    stray = [m for m in draft.marks if m.after == last and m.stated_points is None and not m.covered]
    draft.unplaced += [Unplaced(mask_personal(m.text), "a row without text and points", m.at) for m in stray]
    return [m for m in draft.marks if m not in stray]


def _number_labels(draft: Draft, marks: Sequence[Mark]) -> None:
    """Numbers printed again in each row of a label, 1 beside the first label, 2 beside the next, are the labels' own; where
    but the last label stands beside several rows, one number may be a misprint."""
    outer = [m for m in marks if m.level == 1 and m.covered and not m.own_row]
    said = [{draft.criteria[i].number for i in m.covered} for m in outer]
    counted = [{str(n)} for n in range(1, len(outer) + 1)]
    again = [m for m in outer if len(m.covered) > 1]
    if not again or again == outer[-1:] or said != counted or sum(len(m.covered) for m in outer) < len(draft.criteria):
        return
    for mark in outer:
        mark.number = draft.criteria[mark.covered[0]].number
        for i in mark.covered:
            draft.criteria[i] = replace(draft.criteria[i], number=None, number_at=None)


def _with_vetoes(section: Section) -> Section:
    """A section of vetoes by its label: its criteria without points are vetoes."""
    if section.label is None or not patterns.POINTS_VETO.search(fold(section.label)):
        return section
    vetoes = (replace(c, kind="veto") if c.max_points is None and c.kind == "scored" else c for c in section.criteria)
    return replace(section, criteria=tuple(vetoes))


def _with_worded(section: Section) -> Section:
    """A section outside the total by its kind (加分项, 扣分项): its criteria without points say in words what one case is worth;
    one that says nothing of points, beside others that print theirs, lacks them as in any section."""
    if section.kind == "scored":
        return section
    bare = not any(c.max_points is not None for c in section.criteria)
    return replace(section, criteria=tuple(_worded(c, section, bare) for c in section.criteria))


def _worded(criterion: Criterion, section: Section, bare: bool) -> Criterion:
    """The criterion with the kind of its section, or of its own words in one of bonuses and deductions. `bare`: no line there has
    points of its own."""
    if criterion.kind != "scored":
        return criterion
    said = criterion.max_points is None and (bare or _speaks_of_points(criterion))
    return replace(criterion, kind=_kind_beside(section, criterion)) if said or _is_mixed(section) else criterion


def _is_mixed(section: Section) -> bool:
    """Whether a label heads bonuses and deductions alike (加减分项)."""
    return MIXED.search(section.label or "") is not None


def _kind_beside(section: Section, criterion: Criterion) -> CriterionKind:
    """What a line of such a section is: in one of both, what its words say."""
    added, taken = "加" in criterion.text, regex.search(r"[扣减]", criterion.text) is not None
    return section.kind if not _is_mixed(section) or added == taken else "bonus" if added else "deduction"


def _speaks_of_points(criterion: Criterion) -> bool:
    """Whether a line's words, or what stands in its other cells, say what it is worth."""
    said = (criterion.text, criterion.choice, criterion.points_printed, *criterion.columns.values())
    return any(regex.search("[加减扣分]|酌情|视情", text or "") for text in said)


def _doubts(draft: Draft, leaned_on: Sequence[Provenance | None], total_at: Provenance | None) -> tuple[Doubt, ...]:
    """The cells of serials, points, labels and of the total's row whose digits were read with little confidence."""
    unsure = [(part, c) for part in draft.table.parts for c in part.cells if c.digits is not None and c.digits < LOW_CONFIDENCE]
    if not unsure:
        return ()
    totals = {(id(part), c.row) for part in draft.table.parts for c in part.cells if c.at == total_at}
    own = [c for part, c in unsure if c.at in leaned_on or (id(part), c.row) in totals]
    return tuple(Doubt(clean(c.text), c.digits or 0.0, c.at) for c in own)


def _mark_deductions(criteria: Sequence[Criterion], draft: Draft) -> list[Criterion]:
    """Where no line has points, or they stand under 扣分, points are taken off: every line is a deduction."""
    headers = {draft.table.header_texts.get(columns.points) for columns in draft.table.columns if columns.points is not None}
    taken_off = {patterns.header_role(text) for text in headers if text} == {"deduction"}
    if not taken_off and any(c.max_points is not None or c.choice for c in criteria):
        return list(criteria)
    return [replace(c, kind="deduction") if c.kind == "scored" else c for c in criteria]


def _mark_apart(criteria: Sequence[Criterion], draft: Draft) -> list[Criterion]:
    """Lines below the last total row that call themselves 加分项 or 扣分项 stand outside the total."""
    last = max((after for after, value, _ in draft.totals if value is not None), default=len(criteria))
    out = list(criteria[:last]) if 0 < last < len(criteria) else list(criteria)
    for own in criteria[len(out) :]:
        kind = section_kind(f"{own.columns.get('item', '')} {own.text}") if own.kind == "scored" and len(own.text) <= SHORT else own.kind
        out.append(replace(own, kind=kind))
    return out


def _settle_items(criteria: list[Criterion], marks: list[Mark]) -> tuple[list[Criterion], list[Mark]]:
    """An innermost label column with one cell a criterion names the criteria, it does not group them."""
    levels = {m.level for m in marks if not m.own_row}
    inner = [m for m in marks if m.level == max(levels, default=0) and not m.own_row and m.covered]
    ones = sum(len(m.covered) == 1 for m in inner)
    grouped = len(levels) > 1 or any(m.own_row for m in marks)
    worded = 2 * sum(m.text.endswith("。") for m in inner) > len(inner)  # sentences are duties
    if not inner or ones < (0.6 if grouped or worded else 0.9) * len(inner):
        return criteria, marks
    declared = all(m.stated_points is not None for m in inner) and any(c.max_points is not None for c in criteria)
    if any(len(m.covered) > 1 and m.stated_points is not None for m in inner):  # points for several are a section's
        return criteria, marks
    if not grouped and ((len(inner) < 0.9 * len(criteria) and not worded) or declared):
        return criteria, marks
    return _name_items(criteria, inner), [m for m in marks if m not in inner]


def _name_items(criteria: Sequence[Criterion], marks: Sequence[Mark]) -> list[Criterion]:
    out = list(criteria)
    counted = all(patterns.SERIAL.match(fold(m.text)) and len(m.covered) == 1 and out[m.covered[0]].number is None for m in marks)
    counted = counted and len({regex.search(r"[0-9]", fold(m.text)) is None for m in marks}) == 1  # 一, 1, 二 are levels
    for mark in marks:
        if counted:  # serials under the header of the labels
            out[mark.covered[0]] = replace(out[mark.covered[0]], number=narrow(mark.text).strip("、.．。,"), number_at=mark.at)
            continue
        label, declared = split_label(mark.text)[0], split_cell(mark.text)[1]
        for index in mark.covered:
            own = out[index]
            value = own.max_points
            printed, points_at = own.points_printed, own.points_at
            if value is None and own.choice is None and declared is not None and len(mark.covered) == 1:
                value, printed, points_at = declared, mark.text, mark.at
            columns = {**own.columns, "item": label}
            text = own.text or label
            out[index] = replace(
                own, text=text, columns=columns, max_points=value, points_printed=printed, points_at=points_at
            )
    return out


def _with_ids(criteria: Sequence[Criterion], rubric_id: str) -> list[Criterion]:
    """`c<number>` where the numbers ascend over the whole rubric, a repeat gets ~2; else the running index."""
    values = [int(c.number) if c.number and c.number.isdecimal() else None for c in criteria]
    known = [v for v in values if v is not None]
    falls = sum(b < a for a, b in pairwise(known))
    by_number = known and 2 * len(known) > len(criteria) and falls <= len(known) // 10 and known.count(1) <= 1
    used: dict[str, int] = {}
    out = []
    last = 0
    for index, (criterion, value) in enumerate(zip(criteria, values, strict=True), start=1):
        if not by_number:
            key = f"c{index}"
        else:
            key = f"c{value if value is not None else last + 1}"
            last = value if value is not None else last + 1
        used[key] = used.get(key, 0) + 1
        suffix = f"~{used[key]}" if used[key] > 1 else ""
        out.append(replace(criterion, id=f"{rubric_id}/{key}{suffix}"))
    return out


def _totals(draft: Draft, count: int) -> tuple[Decimal | None, Provenance | None, tuple[Subtotal, ...]]:
    """The stated total is the last total row; earlier ones, after part of the criteria, are subtotals."""
    subtotals = list(draft.subtotals)
    last = subtotals[-1] if subtotals else None
    if not draft.totals and last and last.after in (count - 1, _extras_from(draft) - 1, None) and _is_whole(last, draft):
        return last.points, last.at, tuple(subtotals[:-1])
    if not draft.totals:
        return None, None, tuple(subtotals)
    valued = [t for t in draft.totals if t[1] is not None] or draft.totals
    _, value, at = max(valued, key=lambda t: (t[0] in (0, count), t[1] or Decimal(0))) if len(valued) > 1 else valued[0]
    for after, other, where in valued:
        if where is not at and after > 0:
            subtotals.append(Subtotal(clean(where.quote), other, after - 1, where))
    return value, at, tuple(subtotals)


def _extras_from(draft: Draft) -> int:
    """The index of the first criterion of the extras (加分, 减分) that end a table; the number of criteria where none do."""
    begins = [(m.covered[0] if m.covered else m.after, section_kind(split_label(m.text)[0]) != "scored") for m in draft.marks]
    scored = max((at for at, extra in begins if not extra), default=-1)
    return min((at for at, extra in begins if extra and at > scored), default=len(draft.criteria))


def _above_header(draft: Draft) -> list[Row]:
    """The rows of one cell above the header of the first part."""
    heads, rows = draft.table.headers[0], draft.table.rows[0]
    top = min((r.index for r in heads), default=0)
    return [r for r in rows if r.index < top and len(r.filled()) == 1]


def _is_whole(last: Subtotal, draft: Draft) -> bool:
    """Whether the only 合计 that is named (检查项目合计) and stands after everything adds up everything: it names no section. A 小计
    does where it is the only one and its value is nearer to that of all rows than to that of the last section's."""
    named = regex.sub(r"(?:合计|总计|总分)[:：]?$", "", fold(last.label))
    others = [s for s in draft.subtotals if s is not last and not patterns.names_subtotal(s.label)]
    if patterns.names_subtotal(last.label):
        end = len(draft.criteria) if last.after is None else last.after + 1
        rows = (draft.criteria[:end], draft.criteria[_last_begun(draft, end) : end])
        whole, part = (sum((c.max_points or Decimal(0) for c in own), Decimal(0)) for own in rows)
        return len(draft.subtotals) == 1 and last.points is not None and abs(last.points - whole) < abs(last.points - part)
    if named == fold(last.label) or others:
        return False
    labels = [fold(_plain_label(m.text)) for m in draft.marks]
    return not any(named in label or label in named for label in labels if label)


def _last_begun(draft: Draft, end: int) -> int:
    """Where the last label above row `end` begins; `end` where there is none."""
    return max((m.after for m in draft.marks if m.after < end), default=end)


def _plain_label(text: str) -> str:
    return patterns.SECTION_MARKER.sub("", split_label(text)[0])


def _total_elsewhere(
    draft: Draft, title: str | None, title_at: Provenance | None
) -> tuple[Decimal | None, Provenance | None]:
    """A total printed in a header cell, the title, the line below the table, or a line above it."""
    for heads in draft.table.headers[:1]:
        for row in heads:
            for cell in row.filled():
                match = patterns.HEADER_TOTAL.search(fold(cell.text))
                role = patterns.header_role(cell.text)
                whole = match and role == "label" and Decimal(match[1]) == sum(c.max_points or 0 for c in draft.criteria)
                if match and (whole or role in ("points", "awarded", "standard", "text")):
                    return Decimal(match[1]), cell.at
    later = [row for rows in draft.table.data[1:] for row in rows]
    for col, cell in spanning_totals(draft.table.data[0], draft.table.header_texts).items():
        if not any(other is not None and clean(other.text) for row in later for other in row.cells[col : col + 1]):
            return read_points(cell.text).value, cell.at
    if title and (total := total_in(title)) is not None:
        return total, title_at
    for row in _above_header(draft):
        cell = row.filled()[0]
        if len(clean(cell.text)) <= SHORT and not patterns.SECTION_MARKER.match(clean(cell.text)) and (total := total_in(cell.text)) is not None:
            return total, cell.at
    below = fold(draft.table.tail[0].text) if draft.table.tail else ""
    if patterns.names_total(below) and (number := regex.search(r"[0-9]{1,4}(?:\.[0-9])?(?=分?$)|[一二]百(?=分$)", below)):
        return Decimal(chinese_number(number[0]) or number[0]), draft.table.tail[0].at
    if clause := patterns.TOTAL_CLAUSE.match(below):
        return Decimal(clause["points"]), draft.table.tail[0].at
    near = draft.table.lead[-NEAR:]
    for line, rest in zip_longest(near, near[1:]):
        said = line.text + (rest.text if rest is not None and OPEN_BRACKET.search(line.text) else "")
        if len(said) <= 60 and (total := total_in(said)) is not None:
            return total, line.at
    return None, None
