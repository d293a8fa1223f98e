"""One line of a table as the criterion it prints, or as the several criteria its cells hold."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from msgspec.structs import replace

from pipeline import patterns
from pipeline.model import Cell, Criterion
from pipeline.normalize import clean, fold, mask_personal, narrow, several_numbers
from pipeline.points import (
    LEADING_POINTS,
    PointsRead,
    points_after_name,
    points_at_end,
    points_before,
    points_closing,
    read_points,
)
from pipeline.provenance import Provenance
from pipeline.rubrics.roles import Columns
from pipeline.rubrics.rows import Line


def criterion_of(line: Line, part: int) -> Criterion:
    """The criterion of a row, as printed; `part`: the part of its table that the row stands in."""
    text = clean(line.text.text) if line.text else ""
    number = number_of(line.number) if line.own(line.number) else None
    read = points_of(line)
    printed = clean(line.points.text) if line.points is not None else None
    points_at = line.points.at if line.points is not None and printed else None
    if read.value is None and not read.choice and (end := points_at_end(text)) is not None:
        read, printed, points_at = PointsRead(end), patterns.POINTS_IN_TEXT.search(text)[0], line.text.at  # type: ignore[index, union-attr]
    elif line.points is None and read.value is None and line.text and (named := points_after_name(_unnumbered(text))) is not None:
        read, printed, points_at = PointsRead(named), patterns.POINTS_AFTER_NAME.match(_unnumbered(text))["said"], line.text.at  # type: ignore[index]
    elif line.points is None and read.value is None and line.text and (closing := points_closing(text)) is not None:
        read, printed, points_at = PointsRead(closing), patterns.POINTS_CLOSING.search(text)[0], line.text.at  # type: ignore[index]
    elif line.points is None and read.value is None and line.text and (leading := _points_before(_unnumbered(text))) is not None:
        read, printed, points_at = PointsRead(leading), LEADING_POINTS.match(_unnumbered(text))["said"], line.text.at  # type: ignore[index]
    if read == PointsRead(None) and (vetoes := patterns.VETO_IN_TEXT.search(text)) is not None:
        read = PointsRead(None, vetoes["said"], "veto")
    elif read.value is None and patterns.VETO_NAME.fullmatch(fold(text)):
        read = PointsRead(None, read.choice, "veto")
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
        columns=other_columns(line),
        choice=read.choice,
        piece=part,
        row=line.row.index,
        confidence=min((c.confidence for c in cells if c.confidence is not None), default=None),
    )


def with_rest_of_points(own: Criterion, rest: str, at: Provenance) -> Criterion:
    """The criterion with its points made whole where the break stood inside them (（3|分）), or before them; `at`: the place of
    the rest."""
    printed = (own.points_printed or "") + rest
    read = read_points(printed)
    return own if read.value is None else replace(own, max_points=read.value, choice=read.choice, points_printed=printed, points_at=own.points_at or at)


def with_closing_points(own: Criterion, columns: Columns) -> Criterion:
    """The criterion with the points that end its text, where the break stood inside them (…（8|分））."""
    if columns.points is not None or own.max_points is not None or own.choice or own.kind != "scored":
        return own
    value = points_at_end(own.text)
    return own if value is None else replace(own, max_points=value, points_printed=patterns.POINTS_IN_TEXT.search(own.text)[0], points_at=own.at)  # type: ignore[index]


def _points_before(text: str) -> Decimal | None:
    """Points in brackets before a text that names no others: of answers (（5分）全部做到；（3分）部分做到) none is the line's."""
    return points_before(text) if len(patterns.POINTS_IN_BRACKETS.findall(text)) == 1 else None


def _unnumbered(text: str) -> str:
    match = patterns.SERIAL_IN_TEXT.match(text) or patterns.SECTION_MARKER.match(text)
    return text[match.end() :] if match else text


def points_of(line: Line) -> PointsRead:
    """The points of a line; where its row is one grade of a criterion, the grade stands before them as a choice."""
    if line.points is None:
        return _read_grades(line)
    if line.grade is None or not line.own(line.grade):
        return read_points(line.points.text)
    printed = line.points.text
    printed = "".join(printed.split("\n")) if several_numbers(printed) else printed  # a grade has one number
    return replace(read_points(printed), choice=f"{clean(line.grade.text)}{clean(printed)}")


def _read_grades(line: Line) -> PointsRead:
    """The points of a line with a column for each grade: in its own cells, else in the header."""
    choices = []
    for col, header in line.columns.grades.items():
        bare = patterns.GRADE_BARE.fullmatch(fold(header))
        word, printed = ("", bare["points"]) if bare else patterns.grade_name(header) or (header, None)
        cell = line.row.cells[col] if col < len(line.row.cells) else None
        own = clean(cell.text).removesuffix("分") if cell is not None and read_points(cell.text).value is not None else printed
        if own is not None:
            choices.append((read_points(own).value, f"{word} {own}" if word and word.isascii() else f"{word}{own}分"))
    values = [value for value, _ in choices if value is not None]
    return PointsRead(max(values), " ".join(text for _, text in choices)) if values else PointsRead(None)


def number_of(cell: Cell | None) -> str | None:
    """What a cell of the number column prints, without the stop after it."""
    text = narrow(cell.text).strip("、.．。,") if cell is not None else ""
    return text or None


def other_columns(line: Line) -> dict[str, str]:
    """Header name -> text of the columns beside the criterion (标准, 方法, 备注) that hold something."""
    out = {}
    for col, name in line.columns.others.items():
        cell = line.row.cells[col] if col < len(line.row.cells) else None
        if cell is not None and cell is not line.text and (text := clean(cell.text)):
            out[name] = mask_personal(text)
    return out


def parts_of(own: Criterion, line: Line) -> tuple[Criterion, ...]:
    """A row whose cells hold several criteria on lines of their own, with as many numbers in the points cell, is as many
    criteria, the first of which keeps the row's number; any other row is one."""
    first, *others = _parts(own, line)
    return (first, *(replace(part, number=None, number_at=None) for part in others))


def _parts(own: Criterion, line: Line) -> tuple[Criterion, ...]:
    if line.points is None and line.text is not None:
        return _lines_with_points(own, line.text)
    if line.points is None or line.text is None or not several_numbers(line.points.text):
        return (own,)
    values = [read_points(v) for v in line.points.text.split()]
    texts = [clean(t) for t in line.text.text.splitlines() if clean(t)]
    starts = [i for i, t in enumerate(texts) if patterns.SERIAL_IN_TEXT.match(t)]
    if len(starts) == len(values) and starts[0] == 0:
        texts = ["".join(texts[a:b]) for a, b in pairwise([*starts, len(texts)])]
    if len(texts) == 1:
        texts = _counted(texts[0])
    if len(texts) != len(values) or not all(v.value for v in values):  # no part is worth 0: 1|0 is a torn 10
        return (own,)
    return tuple(
        replace(own, text=t, max_points=v.value, choice=v.choice, kind=v.kind, points_printed=f"{v.value}")
        for t, v in zip(texts, values, strict=True)
    )


def _lines_with_points(own: Criterion, cell: Cell) -> tuple[Criterion, ...]:
    """Where no column has points: lines of one cell that each end in points (1.…（5分） 2.…（3分）) are as many criteria; of
    numbered ones, one may lack its points."""
    texts = [clean(t) for t in cell.text.splitlines() if clean(t)]
    texts = _counted(texts[0]) if len(texts) == 1 else texts
    found = [patterns.POINTS_IN_TEXT.search(t) for t in texts]
    lacking = found.count(None)
    if len(texts) < 2 or lacking > (len(texts) > 2 and all(map(patterns.SERIAL_IN_TEXT.match, texts))):
        return (own,)
    return tuple(
        replace(own, text=t, max_points=points_at_end(t), points_printed=m and m[0], points_at=m and cell.at)
        for t, m in zip(texts, found, strict=True)
    )


def _counted(text: str) -> list[str]:
    """A text cut where it counts on (1.… 2.… 3.…), whatever its line ends were."""
    match = patterns.SERIAL_IN_TEXT.match(text)
    form = match[0].strip() if match else ""
    cuts = [0]
    while form and "1" in form:
        found = text.find(form.replace("1", str(len(cuts) + 1), 1), cuts[-1] + 1)
        if found < 0:
            break
        cuts.append(found)
    return [text[a:b].strip() for a, b in pairwise([*cuts, len(text)])]
