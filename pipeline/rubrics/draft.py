"""Collecting: the rows of one joined table, read in order into a Draft. Nothing is decided here, nothing dropped."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import BodyText, Cell, Criterion, Subtotal, Unplaced
from pipeline.normalize import clean, fold, mask_personal
from pipeline.notices.lines import TERMINAL
from pipeline.points import is_label_points, read_one, read_points, split_cell, split_label
from pipeline.provenance import Provenance
from pipeline.rubrics import leadingsums, samelines
from pipeline.rubrics.criterion import (
    criterion_of,
    number_of,
    other_columns,
    parts_of,
    points_of,
    with_closing_points,
    with_rest_of_points,
)
from pipeline.rubrics.gridrows import Row
from pipeline.rubrics.markers import scored_rows_are_marked, scored_rows_are_worded
from pipeline.rubrics.rows import Kind, Line, classify, is_rest_of_points
from pipeline.rubrics.table import JoinedTable

SHARED = "并入上条"
"""What stands for the points of a numbered line that shares the points cell of the line above it."""

HABIT = 400
"""Criteria before a page break by which is judged whether they end with a stop: all, but for sheets of thousands of pages."""


class Spanned(Struct, frozen=True):
    """Which cells a criterion was read from: the label cell of each level (identity), and the points cell."""

    labels: tuple[Cell | None, ...]
    points: Cell | None
    part: int


class Mark(Struct, eq=False):
    """A label cell or section row, with the criteria it was seen to cover. `alone`: a label cell in a row without a criterion."""

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
    rank: int | None = None
    alone: bool = False


class Draft(Struct):
    """What the rows of one table said, while it is being collected. `below`: the row of its part that ends the last criterion; `led`:
    whether sums stand above their rows, None before the first beside a label."""

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
    below: int = -2
    led: bool | None = None

    def whole(self) -> bool | None:
        """Whether the last criterion is a whole sentence or breaks off, also at a stop that no other ends with (；); None where
        criteria here do not end with a stop."""
        *others, last = self.criteria[-HABIT:]
        if 2 * sum(c.text.endswith(TERMINAL) for c in others) <= len(others):
            return None
        ended = last.text.endswith(TERMINAL)
        return ended and (last.text.endswith("。") or any(c.text.endswith(last.text[-1]) for c in others))


def collect(table: JoinedTable) -> Draft:
    """Read every data row of a table in order."""
    draft = Draft(table)
    headed, worded = not scored_rows_are_marked(table), scored_rows_are_worded(table)
    above: Kind = "blank"
    cut: Line | None = None
    for part, rows in enumerate(table.data):
        first, draft.below = True, -2
        top = min((r.index for r in table.headers[part]), default=0)
        for row in rows:
            later = first and part > 0 and bool(draft.criteria) and above != "section" and cut is None  # no criterion goes on below a section row
            line = classify(row, table.columns[part], later, headed, draft.whole() if later else None, worded)
            if line.kind in ("criterion", "other") and row.index < table.tops[part] and not draft.criteria:
                draft.notes.append(BodyText(mask_personal(row.text()), row.filled()[0].at))
                continue
            if line.kind == "section" and row.index < top and not _opens_sections(line, rows):
                line = replace(line, kind="note")
            if later and _is_torn(draft, line):
                line = replace(line, kind="continuation")
            if cut is not None and line.kind != "blank":
                line, cut = _with_points_above(draft, line, cut, part), None
            if line.kind != "blank":
                first, above = False, line.kind
            if row is rows[-1] and part + 1 < len(table.data) and line.kind == "other" and row.filled() == (line.points,):
                cut = line
            else:
                _take(draft, line, part)
    for paragraph in (*table.lead, *table.inside, *table.tail):
        found = patterns.field_names(paragraph.text)
        for one in found:
            draft.fields.setdefault(one, paragraph.at)
        if not found and patterns.NOTE_ROW.match(clean(paragraph.text)):
            draft.notes.append(BodyText(mask_personal(clean(paragraph.text)), paragraph.at))
    for paragraph in table.tail:
        said = fold(paragraph.text).rstrip("。")
        number = regex.search(r"[0-9]{1,4}(?:\.[0-9])?(?=分?(?:[)\]]?$|[,，;；、。]))", said)
        if number is not None and patterns.names_total(said):
            draft.totals.append((len(draft.criteria), Decimal(number[0]), paragraph.at))
    for paragraph in table.inside:
        text = clean(paragraph.text)
        if not patterns.NOTE_ROW.match(text) and patterns.field_name(text) is None:
            draft.unplaced.append(Unplaced(mask_personal(text), "a line without points", paragraph.at))
    for rows in table.rows:
        for row in rows[:6]:
            for cell in row.filled():
                name = patterns.field_name(cell.text)
                if name and patterns.header_role(cell.text) is None:
                    draft.fields.setdefault(name, cell.at)
    return draft


def _opens_sections(line: Line, rows: Sequence[Row]) -> bool:
    """Whether a row above the header is the first of the table's section rows: it is marked (一、) and another one comes."""
    alone = (clean(row.filled()[0].text) for row in rows if row is not line.row and row.filled())
    marked = (text for text in alone if patterns.SECTION_MARKER.match(text) and split_label(text)[1] is not None)
    return bool(patterns.SECTION_MARKER.match(line.label)) and any(marked)


WORDED = regex.compile(r"\p{Han}|\p{L}{3}|^[0-9.]+$")
"""A cell that says something: words or a figure, no mark to tick."""


def _with_points_above(draft: Draft, line: Line, cut: Line, part: int) -> Line:
    """The first row of a later part with the points that stand alone at the foot of the one before, where it lacks them: one row,
    its points in the middle, that the page cut. Else those are taken as they stand."""
    if line.kind == "criterion" and line.own(line.text) and not line.own(line.points):
        return replace(line, points=cut.points)
    _take(draft, cut, part - 1)
    return line


def _is_torn(draft: Draft, line: Line) -> bool:
    """Whether the first row of a later part is the rest of the row before, which the page cut."""
    last, labels = draft.criteria[-1], draft.spans[-1].labels
    if line.kind == "other":
        return samelines.is_rest_beside(labels, line)
    again = samelines.repeats_labels(labels, line) or samelines.closes_bracket(last, line)
    return again or samelines.is_rest(last, labels, line, draft.whole())


def _take(draft: Draft, line: Line, part: int) -> None:
    filled = line.row.filled()
    if line.kind == "criterion":
        _take_criterion(draft, line, part)
    elif line.kind == "continuation":
        _continue_criterion(draft, line)
    elif line.kind == "section":
        heading = next((c for c in reversed(filled) if clean(c.text) == line.label), filled[0])
        level = next((i for i, c in enumerate(line.labels, start=1) if c is heading and c.col_span == 1), None)
        if level is not None and (torn := _torn_label(draft, line.label, level, part)) is not None:
            draft.by_cell[id(heading)] = torn
            return
        mark = Mark(line.label, line.value, heading.at, level or 1, part, False, level is None, after=len(draft.criteria))
        mark.rank, mark.number, mark.alone = draft.table.ranks.get(line.row.index), _section_number(line, heading), level is not None
        draft.marks.append(mark)
    elif line.kind == "heading" and line.text is not None:
        _open_labels(draft, line, part)
        draft.marks.append(Mark(line.label, None, line.text.at, len(line.labels) + 1, part, False, False, after=len(draft.criteria)))
    elif line.kind == "subtotal":
        _take_sum(draft, line, part)
    elif line.kind == "total":
        names = tuple(c if c is not None and clean(c.text) and read_points(c.text).value is None else None for c in line.labels)
        _open_labels(draft, replace(line, labels=names), part)
        draft.totals.append((len(draft.criteria), line.value, filled[0].at))
        if line.value is None and line.own(line.points) and line.points is not None and regex.search(r"[0-9]", line.points.text):
            draft.unplaced.append(Unplaced(clean(line.points.text), "a total that is no number", line.points.at))
    elif line.kind == "fields":
        for cell in filled:
            for name in patterns.field_names(cell.text):
                draft.fields.setdefault(name, cell.at)
    elif line.kind == "note":
        text = mask_personal(clean(filled[0].text))
        if not draft.criteria and draft.title is None and patterns.TITLE_WORDS.search(text):
            draft.title = (text, filled[0].at)
        else:
            draft.notes.append(BodyText(text if len(filled) == 1 else mask_personal(line.row.text()), filled[0].at))
    elif line.kind == "other" and draft.below == line.row.index - 1 and samelines.goes_on_beside(draft.criteria[-1], line):
        _join_text(draft, line)
    elif line.kind == "other":
        named = [c for c in line.labels if c is not None and line.own(c) and WORDED.search(clean(c.text))]
        if named:
            _open_labels(draft, line, part)
            beside = [c for c in filled if c not in (*line.labels, *line.section_points.values()) and WORDED.search(clean(c.text))]
            draft.unplaced += [Unplaced(mask_personal(clean(c.text)), "a row without text and points", c.at) for c in beside]
        elif filled:
            draft.unplaced.append(Unplaced(mask_personal(line.row.text()), "a row without text and points", filled[0].at))


def _take_sum(draft: Draft, line: Line, part: int) -> None:
    """A sum below its rows, or above them beside the label that they stand under; a label that only a sum names is listed."""
    named = leadingsums.named_by(line)
    within = named is not None and leadingsums.is_within(named, line)
    if named is not None and not within and not leadingsums.is_said(named, [m.text for m in draft.marks]):
        draft.led = not draft.criteria if draft.led is None else draft.led
        if named.row_span > 1:
            _open_labels(draft, line, part)
            draft.by_cell[id(named)].stated_points = draft.by_cell[id(named)].stated_points or line.value
            return
        if draft.led:
            _take(draft, leadingsums.opening(line, named), part)
            return
    if named is not None and (within or not any(c is not None and clean(c.text) for c in draft.spans[-1].labels)):
        draft.unplaced.append(Unplaced(mask_personal(clean(named.text)), "a row without text and points", named.at))
    draft.subtotals.append(Subtotal(line.label, line.value, len(draft.criteria) - 1 if draft.criteria else None, line.row.filled()[0].at))


def _section_number(line: Line, heading: Cell) -> str | None:
    """The number of a section row that stands in the number column, beside its label."""
    own = line.number is not None and line.number is not heading and line.own(line.number)
    return number_of(line.number) if own else None


def _take_criterion(draft: Draft, line: Line, part: int) -> None:
    previous = draft.spans[-1] if draft.spans else None
    draft.below, led = line.row.index, bool(draft.led) and any(m.alone for m in draft.marks)
    if _is_option(draft, line):
        _join_option(draft, line)
        return
    shared = line.points is not None and bool(clean(line.points.text)) and previous is not None
    joined = shared and previous is not None and previous.points is line.points and line.points is not None
    if previous is not None and samelines.shares_number(draft.criteria[-1], previous.points, line):
        _join_text(draft, line)
        return
    if joined and (not (line.own(line.number) or samelines.counts_on(draft.criteria[-1], line)) or samelines.is_repeated(draft.criteria[-1], line)):
        _join_text(draft, line)
        return
    if previous is not None and samelines.is_answer(draft.criteria[-1], line, _repeats_cells(draft, line)):
        _join_text(draft, line)
        return
    line = _without_label_number(draft, leadingsums.numbered(line) if led else line, part)
    _open_labels(draft, line, part)
    line = leadingsums.set_apart(line, draft.by_cell) if led else line
    marks = {id(c): draft.by_cell[id(c)] for c in line.labels if id(c) in draft.by_cell}.values()
    read = criterion_of(line, part)
    if joined:
        read = replace(read, max_points=None, choice=SHARED)
    for own in parts_of(read, line):
        for mark in marks:
            mark.covered.append(len(draft.criteria))
        draft.criteria.append(own)
        draft.spans.append(Spanned(line.labels, line.points, part))


def _without_label_number(draft: Draft, line: Line, part: int) -> Line:
    """A label in the number column (加分项 beside its rows, below the numbered ones) is a section's, not a number."""
    cell = line.number
    if cell is None or patterns.SERIAL.match(fold(cell.text)) or regex.search(r"\p{Han}{2}", clean(cell.text)) is None:
        return line
    label, declared = split_label(cell.text)
    outside = patterns.APART_LABEL.fullmatch(fold(label)) or patterns.POINTS_VETO.search(fold(label))
    if cell.row_span == 1 and declared is None and not outside:
        return line
    if id(cell) not in draft.by_cell:
        draft.by_cell[id(cell)] = Mark(clean(cell.text), declared, cell.at, 1, part, cell.row_span > 1, True, after=len(draft.criteria))
        draft.marks.append(draft.by_cell[id(cell)])
    return replace(line, number=None)


def _is_option(draft: Draft, line: Line) -> bool:
    """Whether a row is another grade of the criterion above it."""
    if not draft.criteria or not line.own(line.grade) or line.grade is None:
        return False
    if line.own(line.number) and number_of(line.number) != draft.criteria[-1].number:
        return False
    if any(line.own(c) and not _says(above, c) for above, c in zip_longest(draft.spans[-1].labels, line.labels)):
        return False
    return draft.criteria[-1].choice is not None and clean(line.grade.text) not in (draft.criteria[-1].choice or "")


def _repeats_cells(draft: Draft, line: Line) -> bool:
    """Whether a row prints again the label or the number of the row right above, and its points, and has but its text besides."""
    last, above = draft.criteria[-1], draft.spans[-1]
    if last.number is not None and (line.number is None or last.number not in fold(line.number.text)):
        return False
    pairs = [*zip_longest(above.labels, line.labels), (above.points, line.points)]
    cells = [line.text, line.number, *(c for _, c in pairs)]
    alone = all(any(c is own for own in cells) for c in line.row.filled())
    named = line.own(line.number) or any(map(line.own, line.labels))
    if not (alone and named and line.own(line.points)) or any(m.after == len(draft.criteria) for m in draft.marks):
        return False
    return number_of(line.number) == last.number and all(_says(a, c) for a, c in pairs if c is not None)


def _says(above: Cell | None, cell: Cell | None) -> bool:
    """Whether two cells say the same."""
    return above is not None and cell is not None and fold(above.text) == fold(cell.text)


def _join_option(draft: Draft, line: Line) -> None:
    """One more grade of the last criterion: its points among the choices, its words under the others."""
    _join_text(draft, line)
    last = draft.criteria[-1]
    read = points_of(line)
    values = [v for v in (last.max_points, read.value) if v is not None]
    draft.criteria[-1] = replace(last, max_points=max(values, default=None), choice=f"{last.choice} {read.choice}")


def _open_labels(draft: Draft, line: Line, part: int) -> None:
    """Note every label cell that this row sees for the first time."""
    for level, cell in enumerate(line.labels, start=1):
        if cell is None or id(cell) in draft.by_cell or cell is line.text or cell is line.number:
            continue
        text = clean(cell.text)
        beside = line.section_points.get(level)
        scored = beside is not None and line.own(beside) and cell.row == line.row.index
        if not text and not (cell.row_span > 1 and line.row.index == cell.row) and not scored and not _tops_part(draft, part, level):
            continue
        if patterns.names_total(text):
            continue
        declared = split_cell(text)[1]
        if declared is None and beside is not None and beside.row == cell.row:
            declared = read_one(beside.text).value
        torn = _torn_label(draft, text, level, part)
        if torn is not None:
            torn.merged = torn.merged or (cell.row_span > 1 and torn.covered[-1:] == [len(draft.criteria) - 1])
            draft.by_cell[id(cell)] = torn
            continue
        mark = Mark(text, declared, cell.at, level, part, cell.row_span > 1, False, after=len(draft.criteria))
        counted = line.label_numbers.get(level)
        if counted is not None and counted.row == cell.row and not patterns.SECTION_MARKER.match(text):
            mark.number = number_of(counted)
        draft.marks.append(mark)
        draft.by_cell[id(cell)] = mark


def _torn_label(draft: Draft, text: str, level: int, part: int) -> Mark | None:
    """The label above, made whole: what stands below it is nothing but its points, or heads a later part and closes its bracket."""
    mark = next((m for m in reversed(draft.marks) if m.level == level), None)
    if mark is None:
        return None
    bare = mark.text and mark.stated_points is None and is_label_points(text) and text.endswith(("分", ")", "）"))
    if not (bare or _breaks_off(draft, mark, text, part) or _closes_label(mark, text, part)):
        return None
    mark.text = _joined(mark.text, text)
    mark.stated_points = mark.stated_points or split_label(mark.text)[1]
    return mark


LABEL_OPEN = regex.compile(r"[（(【\[][^）)】\]]*$")
LABEL_CLOSED = regex.compile(r"[^（(【\[]*[）)】\]]")


def _closes_label(mark: Mark, text: str, part: int) -> bool:
    """Whether what heads a later part closes the bracket that the label above left open."""
    return mark.part < part and LABEL_OPEN.search(mark.text) is not None and LABEL_CLOSED.match(text) is not None


def _breaks_off(draft: Draft, mark: Mark, text: str, part: int) -> bool:
    """Whether what heads a later part is the rest of a word that the page cut (水质管|理): one character, or the only label
    without a marker (一、), and the label above lacks the points that the others have."""
    label, declared = split_label(text)
    before = [m for m in draft.marks if m.level == mark.level and m is not mark and m.text]
    heads = mark.part < part and mark.text and text and not any(m.part == part and m.level == mark.level for m in draft.marks)
    if not heads or patterns.SECTION_MARKER.match(text) or patterns.APART_LABEL.fullmatch(fold(label)) or (declared and mark.stated_points):
        return False
    if len(regex.findall(r"\p{Han}", label)) == 1 and len(fold(label)) == 1:
        return True
    marked = len(before) >= 2 and all(patterns.SECTION_MARKER.match(m.text) for m in (*before, mark))
    lacking = mark.stated_points is None and declared is not None and all(m.stated_points is not None for m in before)
    return bool(marked and lacking)


def _tops_part(draft: Draft, part: int, level: int) -> bool:
    """Whether nothing of a later part was read yet at this level: a blank cell there goes on with the label before."""
    begun = bool(draft.spans) and draft.spans[-1].part == part
    return part > 0 and not begun and not any(m.part == part and m.level == level for m in draft.marks)


def _continue_criterion(draft: Draft, line: Line) -> None:
    """Text that a page break cut off belongs to the criterion before it."""
    last = draft.criteria[-1]
    text = _joined(last.text, clean(line.text.text) if line.text else "")
    columns = dict(last.columns)
    for name, more in other_columns(line).items():
        columns[name] = _joined(columns.get(name, ""), more)
    if last.number is None and line.number is not None and line.own(line.number):
        last = replace(last, number=number_of(line.number), number_at=line.number.at)
    if line.points is not None and line.own(line.points):
        rest = is_rest_of_points(line.points.text) or last.max_points is None
        last = with_rest_of_points(last, clean(line.points.text), line.points.at) if rest else last
    draft.criteria[-1] = with_closing_points(replace(last, text=text, columns=columns), line.columns)
    for level, cell in enumerate(line.labels, start=1):
        if cell is not None and cell.row == line.row.index and id(cell) not in draft.by_cell:
            _continue_label(draft, cell, level, line.section_points.get(level))


def _continue_label(draft: Draft, cell: Cell, level: int, beside: Cell | None) -> None:
    """The label cell beside a torn row is the rest of the one above (the row cannot belong to two sections), or repeats it.
    `beside`: the cell of its points, where they have a column."""
    here = len(draft.criteria) - 1
    mark = next((m for m in reversed(draft.marks) if m.level == level and here in m.covered), None)
    if mark is None:
        return
    draft.by_cell[id(cell)], mark.merged = mark, True
    if mark.stated_points is None and beside is not None and beside.row == cell.row:
        mark.stated_points = read_one(beside.text).value
    more = patterns.LABEL_CONTINUED.sub("", clean(cell.text))
    if more and fold(more) != fold(mark.text):
        mark.text = _joined(mark.text, more)
        mark.stated_points = mark.stated_points or split_label(mark.text)[1]


def _join_text(draft: Draft, line: Line) -> None:
    """Rows that share one points cell are one scored line."""
    last, draft.below = draft.criteria[-1], line.row.index
    own = clean(line.text.text) if line.own(line.text) and line.text and not samelines.is_repeated(last, line) else ""
    columns = dict(last.columns)
    for name, more in other_columns(line).items():
        if columns.get(name) != more:
            columns[name] = f"{columns[name]}\n{more}" if columns.get(name) else more
    draft.criteria[-1] = replace(last, text=f"{last.text}\n{own}" if own else last.text, columns=columns)


def _joined(a: str, b: str) -> str:
    if a and b and a[-1].isascii() and a[-1].isalnum() and b[0].isascii() and b[0].isalnum():
        return f"{a} {b}"
    return a + b
