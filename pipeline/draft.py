"""Collecting: the rows of one joined table, read in order into a Draft. Nothing is decided here, nothing dropped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

import regex

from pipeline import patterns
from pipeline.model import BodyText, Cell, Criterion, Subtotal, Unplaced
from pipeline.normalize import clean, fold, mask_personal
from pipeline.points import PointsRead, points_at_end, read_points, split_label
from pipeline.provenance import Provenance
from pipeline.rows import Line, classify
from pipeline.table import JoinedTable

MIN_CRITERIA = 2
"""A table with a single scored line is a sentence in a box, not a rubric."""

GRADE_WORDS = regex.compile(r"优秀?|良好?|中等?|合格|不合格|基本合格|及格|不及格|较?差|一般|[A-E]级?|[一二三四五]级|[一二三四]等")


RECEIPT_HEADER = regex.compile(r"领取人|签收人|联系电话|^电话$|手机|联系方式|身份证")
"""Columns of a receipt or address list: personal data, never a rubric."""


@dataclass(frozen=True)
class Spanned:
    """Which cells a criterion was read from: the label cell of each level (identity), and the points cell."""

    labels: tuple[Cell | None, ...]
    points: Cell | None
    part: int


@dataclass(eq=False)
class Mark:
    """A label cell or section row, with the criteria it was seen to cover."""

    text: str
    stated_points: Decimal | None
    at: Provenance
    level: int
    part: int
    merged: bool
    own_row: bool
    covered: list[int] = field(default_factory=list)
    after: int = 0
    number: str | None = None


@dataclass
class Draft:
    """What the rows of one table said, while it is being collected."""

    table: JoinedTable
    criteria: list[Criterion] = field(default_factory=list)
    spans: list[Spanned] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    by_cell: dict[int, Mark] = field(default_factory=dict)
    subtotals: list[Subtotal] = field(default_factory=list)
    totals: list[tuple[int, Decimal | None, Provenance]] = field(default_factory=list)
    fields: dict[str, Provenance] = field(default_factory=dict)
    notes: list[BodyText] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    title: tuple[str, Provenance] | None = None

    def refusal(self) -> str | None:
        """Why this table is no rubric: None when it is one, "" when nobody would take it for one."""
        head = (fold(c.text) for rows in self.table.rows[:1] for r in rows[:2] for c in r.filled())
        if any(len(text) <= 10 and RECEIPT_HEADER.search(text) for text in head):
            return ""
        scored = [c for c in self.criteria if c.max_points is not None or c.choice]
        declared = [m for m in self.marks if m.stated_points is not None]
        roles = {patterns.header_role(t) for t in self.table.header_texts.values()}
        named = "points" in roles or "awarded" in roles or "deduction" in roles
        if len(self.criteria) < MIN_CRITERIA and not (self.criteria and self.totals):
            return "a table with a points column that holds no criteria" if named and self.criteria else ""
        if 2 * sum(bool(GRADE_WORDS.fullmatch(fold(c.text))) for c in self.criteria) > len(self.criteria):
            return ""
        if not scored and not declared:
            fillable = bool(roles & {"awarded", "deduction"}) and bool(roles & {"text", "standard", "label"})
            template = "points" in roles
            if fillable and not template and len(self.criteria) >= 3:
                return None
            return "a table with a points column and no points in it" if template else ""
        if 2 * len(scored) < len(self.criteria) and not declared and "points" not in roles:
            return ""
        if not named and not declared and not self.totals and not self.subtotals and not self._in_words():
            return ""
        texts = [c.text for c in self.criteria if c.text]
        return None if texts else "a table with points and no criteria texts"

    def _in_words(self) -> bool:
        """Whether points are called points (3分) in their cells, not bare numbers that could count anything."""
        return self.table.shape != "table" or any("分" in (c.points_printed or "") for c in self.criteria)


def collect(table: JoinedTable) -> Draft:
    """Read every data row of a table in order."""
    draft = Draft(table)
    for part, rows in enumerate(table.data):
        first = True
        for row in rows:
            line = classify(row, table.columns[part], first and part > 0 and bool(draft.criteria))
            if first and part > 0 and _repeats_labels(draft, line):
                line = replace(line, kind="continuation")
            if line.kind != "blank":
                first = False
            _take(draft, line, part)
    _lift_section_numbers(draft)
    for paragraph in (*table.lead, *table.tail):
        name = patterns.field_name(paragraph.text)
        if name:
            draft.fields.setdefault(name, paragraph.at)
        elif patterns.NOTE_ROW.match(clean(paragraph.text)):
            draft.notes.append(BodyText(mask_personal(clean(paragraph.text)), paragraph.at))
    for rows in table.rows:
        for row in rows[:6]:
            for cell in row.filled():
                name = patterns.field_name(cell.text)
                if name and patterns.header_role(cell.text) is None:
                    draft.fields.setdefault(name, cell.at)
    return draft


def _lift_section_numbers(draft: Draft) -> None:
    """Numbers that stand exactly where the outer labels stand, and on no other row, number the sections."""
    outer = {m.after: m for m in draft.marks if m.level == 1 and not m.own_row}
    numbered = {i for i, c in enumerate(draft.criteria) if c.number}
    if len(numbered) < 2 or numbered != set(outer) or len(numbered) == len(draft.criteria):
        return
    for index, mark in outer.items():
        mark.number = draft.criteria[index].number
        draft.criteria[index] = replace(draft.criteria[index], number=None, number_at=None)


def _repeats_labels(draft: Draft, line: Line) -> bool:
    """Whether the first row of a later part is the rest of the row before under labels printed anew."""
    columns = line.columns
    if line.kind != "criterion" or not draft.spans or columns.number is None or columns.points is None:
        return False
    if line.own(line.number) or line.own(line.points) or not line.own(line.text):
        return False
    texts = [[fold(c.text) if c is not None else "" for c in cells] for cells in (line.labels, draft.spans[-1].labels)]
    return any(texts[0]) and texts[0] == texts[1]


def _take(draft: Draft, line: Line, part: int) -> None:
    filled = line.row.filled()
    if line.kind == "criterion":
        _take_criterion(draft, line, part)
    elif line.kind == "continuation":
        _continue_criterion(draft, line)
    elif line.kind == "section":
        heading = next((c for c in reversed(filled) if clean(c.text) == line.label), filled[0])
        level = next((i for i, c in enumerate(line.labels, start=1) if c is heading and c.col_span == 1), None)
        draft.marks.append(
            Mark(line.label, line.value, heading.at, level or 1, part, False, level is None, after=len(draft.criteria))
        )
    elif line.kind == "total":
        _open_labels(draft, line, part)
        draft.totals.append((len(draft.criteria), line.value, filled[0].at))
    elif line.kind == "subtotal":
        after = len(draft.criteria) - 1 if draft.criteria else None
        draft.subtotals.append(Subtotal(line.label, line.value, after, filled[0].at))
    elif line.kind == "fields":
        for cell in filled:
            name = patterns.field_name(cell.text)
            if name:
                draft.fields.setdefault(name, cell.at)
    elif line.kind == "note":
        text = mask_personal(clean(filled[0].text))
        if not draft.criteria and draft.title is None and patterns.TITLE_WORDS.search(text):
            draft.title = (text, filled[0].at)
        else:
            draft.notes.append(BodyText(text, filled[0].at))
    elif line.kind == "other":
        if any(line.own(c) for c in line.labels):
            _open_labels(draft, line, part)
        elif filled:
            draft.unplaced.append(Unplaced(mask_personal(line.row.text()), "a row without text and points", filled[0].at))


def _take_criterion(draft: Draft, line: Line, part: int) -> None:
    previous = draft.spans[-1] if draft.spans else None
    shared = line.points is not None and bool(clean(line.points.text)) and previous is not None
    if shared and previous is not None and previous.points is line.points and line.points is not None:
        _join_text(draft, line)
        return
    index = len(draft.criteria)
    _open_labels(draft, line, part)
    for mark in {id(c): draft.by_cell[id(c)] for c in line.labels if id(c) in draft.by_cell}.values():
        mark.covered.append(index)
    draft.criteria.append(_criterion(line, part))
    draft.spans.append(Spanned(line.labels, line.points, part))


def _open_labels(draft: Draft, line: Line, part: int) -> None:
    """Note every label cell that this row sees for the first time."""
    for level, cell in enumerate(line.labels, start=1):
        if cell is None or id(cell) in draft.by_cell or cell is line.text or cell is line.number:
            continue
        text = clean(cell.text)
        if not text and not (cell.row_span > 1 and line.row.index == cell.row) and not _tops_part(draft, part, level):
            continue
        if patterns.TOTAL_WORDS.fullmatch(fold(text)):
            continue
        declared = split_label(text)[1]
        if declared is None and line.section_points is not None and line.section_points.row == cell.row and level == 1:
            declared = read_points(line.section_points.text).value
        mark = Mark(text, declared, cell.at, level, part, cell.row_span > 1, False, after=len(draft.criteria))
        draft.marks.append(mark)
        draft.by_cell[id(cell)] = mark


def _tops_part(draft: Draft, part: int, level: int) -> bool:
    """Whether nothing of a later part was read yet at this level: a blank cell there goes on with the label before."""
    begun = bool(draft.spans) and draft.spans[-1].part == part
    return part > 0 and not begun and not any(m.part == part and m.level == level for m in draft.marks)


def _criterion(line: Line, part: int) -> Criterion:
    text = clean(line.text.text) if line.text else ""
    number = _serial(line) if line.number is not None and line.own(line.number) else None
    read = read_points(line.points.text) if line.points is not None else PointsRead(None)
    printed = clean(line.points.text) if line.points is not None else None
    points_at = line.points.at if line.points is not None and printed else None
    if read.value is None and not read.choice and (end := points_at_end(text)) is not None:
        read, printed, points_at = PointsRead(end), patterns.POINTS_IN_TEXT.search(text)[0], line.text.at  # type: ignore[index, union-attr]
    cells = [c for c in (line.text, line.points, line.number) if c is not None and c.confidence is not None]
    return Criterion(
        id="",
        number=number,
        text=text,
        max_points=read.value,
        at=line.text.at if line.text else (line.number.at if line.number else None),
        points_at=points_at,
        points_printed=printed or None,
        number_at=line.number.at if number and line.number else None,
        kind=read.kind,
        columns=_other_columns(line),
        choice=read.choice,
        piece=part,
        row=line.row.index,
        confidence=min((c.confidence for c in cells if c.confidence is not None), default=None),
    )


def _serial(line: Line) -> str | None:
    text = fold(line.number.text).strip("、.．。,") if line.number else ""
    return text or None


def _other_columns(line: Line) -> dict[str, str]:
    out = {}
    for col, name in line.columns.others.items():
        cell = line.row.cells[col] if col < len(line.row.cells) else None
        if cell is not None and cell is not line.text and (text := clean(cell.text)):
            out[name] = mask_personal(text)
    return out


def _continue_criterion(draft: Draft, line: Line) -> None:
    """Text that a page break cut off belongs to the criterion before it."""
    last = draft.criteria[-1]
    text = _joined(last.text, clean(line.text.text) if line.text else "")
    columns = dict(last.columns)
    for name, more in _other_columns(line).items():
        columns[name] = _joined(columns.get(name, ""), more)
    draft.criteria[-1] = replace(last, text=text, columns=columns)


def _join_text(draft: Draft, line: Line) -> None:
    """Rows that share one points cell are one scored line."""
    last = draft.criteria[-1]
    own = clean(line.text.text) if line.own(line.text) and line.text else ""
    columns = dict(last.columns)
    for name, more in _other_columns(line).items():
        if columns.get(name) != more:
            columns[name] = f"{columns[name]}\n{more}" if columns.get(name) else more
    draft.criteria[-1] = replace(last, text=f"{last.text}\n{own}" if own else last.text, columns=columns)


def _joined(a: str, b: str) -> str:
    if a and b and a[-1].isascii() and a[-1].isalnum() and b[0].isascii() and b[0].isalnum():
        return f"{a} {b}"
    return a + b


def split_alternates(draft: Draft) -> tuple[Draft, ...]:
    """One table with a total row in its middle after which the serials start over is two rubrics."""
    cuts = [i for i, _, _ in draft.totals if 0 < i < len(draft.criteria) and draft.criteria[i].number == "1"]
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


