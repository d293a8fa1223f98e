"""What each row of a joined table is: a criterion, a section row, a total, a subtotal, form fields, a note, nothing."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Cell
from pipeline.normalize import clean, fold
from pipeline.points import is_label_points, points_at_end, read_one, read_points, split_label
from pipeline.rubrics.gridrows import Row
from pipeline.rubrics.listlines import APART_HEAD
from pipeline.rubrics.roles import Columns

Kind = Literal["criterion", "section", "heading", "total", "subtotal", "fields", "note", "continuation", "blank", "other"]

NUMERAL = regex.compile(r"[(（]?(?:[一二三四五六七八九十]{1,3}|[ivx]{1,4}|[a-h])[)）]?[、.]?")
"""A serial in Chinese or Roman numerals or a letter (folded), alone in its cell."""

MAX_LABEL = 40
"""A section label is short; a longer wide cell is a note."""


class Line(Struct, frozen=True):
    """A classified row with its cells by role (a cell that began above is given too; see `own`)."""

    kind: Kind
    row: Row
    columns: Columns
    number: Cell | None = None
    text: Cell | None = None
    points: Cell | None = None
    section_points: dict[int, Cell] = field(default_factory=dict)
    label_numbers: dict[int, Cell] = field(default_factory=dict)
    labels: tuple[Cell | None, ...] = ()
    grade: Cell | None = None
    value: Decimal | None = None
    label: str = ""

    def own(self, cell: Cell | None) -> bool:
        """Whether the cell begins in this row and holds text."""
        return cell is not None and cell.row == self.row.index and bool(clean(cell.text))


def classify(row: Row, columns: Columns, first_of_part: bool, headed: bool, whole_above: bool | None, worded: bool) -> Line:
    """The line of one data row. `first_of_part`: the first data row of a later part (may continue the row before it);
    `headed`: a section marker (一、 A.) before the text sets section rows apart from scored ones; `whole_above`: the
    row before it is a whole sentence, or breaks off (None: rows here do not end with a stop); `worded`: the scored rows
    themselves are numbered in such numerals, so that one in the number column makes no section row."""
    line = _with_cells("other", row, columns)
    filled = row.filled()
    if not filled or (len(filled) == 1 and patterns.CONTINUED.match(clean(filled[0].text))):
        return _as(line, "blank")
    if first_of_part and (_is_torn_text(line, filled, whole_above) or _is_torn_aside(line, filled)):
        return _as(line, "continuation")
    for test in (_total, _fields, _opinion, partial(_heading, headed=headed), partial(_section, headed=headed, worded=worded), _note):
        found = test(line, filled)
        if found is not None:
            return found
    if first_of_part and _continues(line, whole_above):
        return _as(line, "continuation")
    if line.own(line.grade) and line.own(line.points):
        return _as(line, "criterion")
    if not line.own(line.text) and not line.own(line.number) and not line.own(line.points):
        return _as(line, "criterion" if _is_beside(line, filled) else "other")
    if line.text is None or not clean(line.text.text):
        return _as(line, "criterion") if line.own(line.number) else _as(line, "other")
    return _as(line, "criterion")


def _with_cells(kind: Kind, row: Row, columns: Columns) -> Line:
    pick = lambda c: row.cells[c] if c is not None and c < len(row.cells) else None  # noqa: E731
    text, number, score = pick(columns.text), pick(columns.number), pick(columns.points)
    return Line(
        kind,
        row,
        columns,
        number=number if number is not text else None,
        text=text,
        points=score if score is not text else None,
        section_points={level: cell for level, c in columns.section_points.items() if (cell := pick(c)) is not None and cell is not text},
        label_numbers={level: cell for level, c in columns.label_numbers.items() if (cell := pick(c)) is not None},
        labels=tuple(pick(c) for c in columns.labels),
        grade=pick(columns.grade_rows),
    )


def _as(line: Line, kind: Kind, label: str = "", value: Decimal | None = None) -> Line:
    return replace(line, kind=kind, value=value, label=label)


SUMS = frozenset(("小计", "小计:", "分值小计"))
"""What no column beside a numbered criterion says: the row is that of a sum, beside its section's name."""


def _total(line: Line, filled: tuple[Cell, ...]) -> Line | None:
    for cell in filled:
        key = fold(cell.text)
        if len(key) > 30 or cell is line.points:
            continue
        total = patterns.names_total(key)
        sub = patterns.names_subtotal(key) or patterns.SECTION_TOTAL_WORDS.fullmatch(key)
        if not total and not sub:
            continue
        if not total and line.own(line.number) and line.own(line.text) and line.text is not cell and key not in SUMS:
            continue
        return _as(line, "total" if total else "subtotal", clean(cell.text), _row_value(line, cell, filled))
    return None


def _row_value(line: Line, word: Cell, filled: tuple[Cell, ...]) -> Decimal | None:
    """The number of a total row: in the points column, else right of the word, else in the word's own cell."""
    if line.points is not None and line.points is not word and (value := read_one(line.points.text).value) is not None:
        return value
    for cell in (*line.section_points.values(), *filled):
        if cell is not word and (cell.col > word.col or cell in line.section_points.values()) and (value := read_one(cell.text).value) is not None:
            return value
    match = regex.search(r"([0-9]{1,4}(?:\.[0-9])?)", fold(word.text))
    return Decimal(match[1]) if match else None


def _fields(line: Line, filled: tuple[Cell, ...]) -> Line | None:
    scored = line.points is not None and line.own(line.points) and read_points(line.points.text).value is not None
    if any(patterns.field_names(c.text) for c in filled) and not scored:
        if line.own(line.number) and patterns.SERIAL.match(fold(line.number.text if line.number else "")):
            return None
        return _as(line, "fields")
    return None


def _opinion(line: Line, filled: tuple[Cell, ...]) -> Line | None:
    """A row of the sheet's foot: the name of a place to write (综合评价, 考核意见：), alone or beside grades to tick and fields to
    fill in; or 备注 beside what it says. No points stand in it."""
    name, *beside = filled
    key = fold(name.text)
    if name.row_span > 1 or any(c is line.points for c in beside):
        return None
    empty = all(patterns.TICKS.fullmatch(clean(c.text)) or patterns.field_names(c.text) for c in beside)
    remark = len(beside) == 1 and beside[0].col_span > 1 and patterns.REMARK.fullmatch(key) is not None
    return _as(line, "note") if remark or (empty and patterns.OPINION.fullmatch(key)) else None


def _heading(line: Line, filled: tuple[Cell, ...], headed: bool) -> Line | None:
    """A row that only names a group of rows within a section: a marked line （一） in the text column, beside no more than the
    section's own label, where rows are told by labels and have points."""
    if line.text is None or not line.own(line.text) or not headed or line.columns.points is None or not line.labels or _covers_label(line, line.text):
        return None
    beside = [*line.labels, *line.section_points.values()]
    if line.text in line.labels or not all(cell is line.text or (cell in beside and cell.col_span == 1) for cell in filled):
        return None
    label, declared = split_label(line.text.text)
    short = len(fold(label)) <= MAX_LABEL and not regex.search(r"[。；;，,]", label)
    named = short and declared is None and patterns.SECTION_MARKER.match(label) is not None
    return _as(line, "heading", clean(line.text.text)) if named else None


SAYS_EXTRA = regex.compile(rf"^(?!(?:{patterns.SECTION_MARKER.pattern})?{APART_HEAD}(?:(?<=[:：])|[，,]))[^()（）]*[加扣减]\s*[0-9.]+\s*分\p{{Han}}{{0,6}}[，,；;]")
"""A text that says what a case adds or takes off, whatever the most of it, and names no extras: `获市级表彰的加5分，累计不超过10分`."""


def _section(line: Line, filled: tuple[Cell, ...], headed: bool, worded: bool) -> Line | None:
    """A row that only names a section: one wide or left cell, perhaps with a Chinese number before and points after."""
    scores = [line.points, *line.section_points.values()]
    given = set(map(id, scores))
    rest = [c for c in filled if id(c) not in given] or [c for c in filled if _is_heading(c)]
    heading = rest[-1] if rest else None
    if heading is None or len(rest) > 2 or patterns.NOTE_ROW.match(clean(heading.text)):
        return None
    if len(rest) == 2:
        mark = fold(rest[0].text)
        if not NUMERAL.fullmatch(mark) or rest[0] is not line.number or (worded and (_points_own(line) or line.columns.points is None)):
            return None
    label, declared = split_label(heading.text)
    value = declared
    if value is None:
        for cell in scores:
            if cell is not None and line.own(cell) and cell is not heading:
                value = read_one(cell.text).value
    if len(fold(label)) > MAX_LABEL or regex.search(r"[。；;]", label) or not regex.search(r"\p{Han}|\p{L}{3}", label):
        return None
    marked = bool(patterns.SECTION_MARKER.match(label) or patterns.APART_LABEL.fullmatch(fold(label))) or declared is not None or len(rest) == 2
    if heading is line.text and not _covers_label(line, heading):
        if SAYS_EXTRA.match(heading.text):
            return None
        bare = _is_bare(line) or (headed and line.columns.points is not None)
        unnumbered = not line.own(line.number) if line.columns.number is not None else bare
        declares = declared is not None and bool(patterns.SECTION_MARKER.match(label)) and line.points is not None
        plausible = marked and (unnumbered or declares)
        if not (len(rest) == 2 or (plausible and points_at_end(label) is None and not _points_own(line))):
            return None
    elif heading is line.number:
        named = marked or (regex.match(r"\p{Han}{2}", label) is not None and not _points_own(line))
        named = named or ((len(filled) == 1 or not line.own(line.text)) and regex.search(r"\p{Han}{2}", label) is not None)
        if not named or patterns.SERIAL.match(fold(heading.text)):
            return None
    elif heading.col_span == 1 and heading not in line.labels and heading is not line.text and heading is not line.points:
        return None
    elif heading in line.labels and heading.row_span > 1:
        return None
    elif _points_own(line) and not marked and heading.col_span == 1:
        return None
    return _as(line, "section", clean(heading.text), value)


def _is_heading(cell: Cell) -> bool:
    """Whether a cell alone in its row, be it in the points column, is a marked label (tab text knows no joined cells)."""
    return patterns.SECTION_MARKER.match(clean(cell.text)) is not None


def _points_own(line: Line) -> bool:
    return line.own(line.points)


def _is_bare(line: Line) -> bool:
    """In a table without numbers and labels: a row of text alone, where the other rows carry points."""
    return line.columns.points is not None and not line.columns.labels and not _points_own(line)


def _covers_label(line: Line, cell: Cell) -> bool:
    """Whether a cell spans from a label or number column into the text column."""
    left = [c for c in (*line.columns.labels, line.columns.number, *line.columns.label_numbers.values()) if c is not None]
    return cell.col_span > 1 and (not left or cell.col <= min(left) or cell.col_span >= len(line.row.cells) - 1)


def _note(line: Line, filled: tuple[Cell, ...]) -> Line | None:
    if patterns.NOTE_ROW.match(clean(filled[0].text)) and not line.own(line.points):
        return _as(line, "note")
    if len(filled) == 1 and filled[0].col_span >= max(2, len(line.row.cells) - 1):
        return _as(line, "note")
    if len(filled) == 1 and filled[0] in line.labels and filled[0].row_span == 1 and _is_sentence(filled[0].text):
        return _as(line, "note")
    return None


def _is_torn_text(line: Line, filled: tuple[Cell, ...], whole_above: bool | None) -> bool:
    """Nothing but text in the text column, and not as a section row would have it (a marker, points in brackets)."""
    if filled != (line.text,) or line.text is None or not _continues(line, whole_above) or _covers_label(line, line.text):
        return False
    text = clean(line.text.text)
    if patterns.SECTION_MARKER.match(text) or patterns.NOTE_ROW.match(text) or patterns.names_total(text):
        return False
    return not text.endswith((")", "）")) or split_label(text)[1] is None


def _is_torn_aside(line: Line, filled: tuple[Cell, ...]) -> bool:
    """Text in the columns beside the criterion (标准, 方法), the rest of cells that the page break cut, and nothing else but
    the rest of the label (where rows have no numbers, what closes it) or of the points: no section begins inside a row."""
    aside = {id(line.row.cells[c]) for c in line.columns.others if c < len(line.row.cells) and line.row.cells[c] is not None}
    numbered = line.columns.number is not None
    labels = {id(cell) for cell in line.labels if cell is not None and (numbered or is_rest_of_label(cell.text))}
    if line.points is not None and is_rest_of_points(line.points.text):
        aside.add(id(line.points))
    beside = [cell for cell in filled if id(cell) in aside]
    rest = all(id(cell) in aside | labels and cell.col_span == 1 for cell in filled)
    return line.columns.text is not None and bool(beside) and rest


def is_rest_of_label(text: str) -> bool:
    """Whether a label cell holds what closes a label that a page break cut: its points, or the end of their bracket.

    >>> is_rest_of_label("（16分）"), is_rest_of_label("分）"), is_rest_of_label("环境（16分）")
    (True, True, False)
    """
    return is_label_points(text) or REST_OF_POINTS.fullmatch(clean(text)) is not None


def is_rest_of_points(text: str) -> bool:
    """Whether a points cell holds the end of points that a page break cut: 分 or a bracket, and no figure."""
    return REST_OF_POINTS.fullmatch(clean(text)) is not None


REST_OF_POINTS = regex.compile(r"分|分?[)）]")


def _is_beside(line: Line, filled: tuple[Cell, ...]) -> bool:
    """Whether a row has nothing but more of what stands beside the criterion (标准), whose text and points begin above and go on."""
    begun = all(cell is not None and cell.row < line.row.index and clean(cell.text) for cell in (line.text, line.points))
    return begun and all(cell.col in line.columns.others for cell in filled)


def _is_sentence(text: str) -> bool:
    """Too long, or too whole, for a label: what stands alone in the label column of a plain-text table."""
    return len(fold(text)) > MAX_LABEL and text.rstrip().endswith("。")


def _continues(line: Line, whole_above: bool | None) -> bool:
    """The rest of a row that a page break cut: text, but no number of its own where rows have numbers, and no points. A
    label there is torn too (no section begins inside a row), unless the row above is whole: then at most its points are."""
    if line.columns.points is None and line.columns.number is None:
        return False
    has_number = line.columns.number is not None and line.own(line.number)
    scored = line.own(line.points) and line.points is not None and not is_rest_of_points(line.points.text)
    if not line.own(line.text) or has_number or scored:
        return False
    named = any(line.own(c) and not is_label_points(c.text) for c in line.labels if c is not None)
    both = line.columns.points is not None and line.columns.number is not None
    return not named or whole_above is False or (both and whole_above is None)
