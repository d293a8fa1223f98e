"""Tables of two columns as they are typed by hand: `text | points`, with headings of sections on lines of their own."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pipeline import patterns
from pipeline.normalize import clean, fold, points
from pipeline.readers.texts.textlines import PIPE, Line, Piece, Row, split

MIN_PAIRS = 3
"""Fewer lines of text and points are no table."""

MAX_HEADING = 40
"""Characters of a line that heads a section."""

MAX_POINTS = 12
"""Characters of what stands in the points column (每次扣2分, 一票否决)."""


class Pairs(Struct, frozen=True):
    """The rows of a table of pairs, which of them are headings, and the lines it takes."""

    rows: list[Row]
    headings: frozenset[int]
    taken: int


def pairs(lines: Sequence[Line], start: int) -> Pairs | None:
    """The table of pairs that begins at this line, or None. A table of contents looks like pairs without bars: such pairs need a
    header, if spaces set them apart, or headings and either a header, a total or points in one of the headings."""
    rows: list[Row] = []
    last = i = start
    scored = piped = 0
    headings: set[int] = set()
    told = headed = False
    while i < len(lines):
        line = lines[i]
        pair = _pair(line)
        if pair is not None:
            rows.append(list(enumerate(pair)))
            scored += _is_scored(pair)
            told = told or _is_header(pair) or patterns.names_total(pair[0].text)
            headed = headed or (line.kind == "gap" and _is_header(pair))
            piped += PIPE.search(line.text) is not None
        elif _is_heading(lines, i):
            headings.add(len(rows))
            rows.append([(0, line.filled()[0])])
            told = told or patterns.LABEL_POINTS.match(clean(line.text)) is not None
        elif rows and i == last + 1 and _lacks_points(lines, i):
            rows.append([(0, line.filled()[0])])
        elif line.kind not in ("blank", "rule") or not rows or i > last + 1:
            break
        if line.kind not in ("blank", "rule"):
            last = i
        i += 1
    if scored < MIN_PAIRS or not (piped or headed or (told and headings)):
        return None
    return Pairs(rows, frozenset(headings), last - start + 1)


def _pair(line: Line) -> tuple[Piece, Piece] | None:
    """A line's text and points; None where it is no pair."""
    if line.kind not in ("plain", "gap", "tab") or line.text.lstrip()[:1] in ("|", "│", "｜"):
        return None
    piped = len(PIPE.findall(line.text)) == 1
    pieces = split(line.number, line.text, PIPE) if piped else line.pieces
    if len(pieces) != 2 or not pieces[0].text:
        return None
    pair = (pieces[0], pieces[1])
    blank = not pair[1].text and (piped or line.kind == "tab")
    return pair if blank or _is_header(pair) or _is_scored(pair) else None


def _lacks_points(lines: Sequence[Line], index: int) -> bool:
    """A numbered line between pairs whose points were not typed."""
    line, below = lines[index], lines[index + 1] if index + 1 < len(lines) else None
    return _is_numbered(line) and below is not None and (_pair(below) is not None or _is_heading(lines, index + 1))


def _is_numbered(line: Line) -> bool:
    return line.kind in ("plain", "gap") and len(line.filled()) == 1 and patterns.SERIAL_IN_TEXT.match(clean(line.text)) is not None


def _is_scored(pair: tuple[Piece, Piece]) -> bool:
    said = fold(pair[1].text)
    return points(pair[1].text) is not None or (0 < len(said) <= MAX_POINTS and _says_points(said))


def _says_points(said: str) -> bool:
    forms = (patterns.POINTS_RANGE, patterns.POINTS_PERCENT, patterns.POINTS_DEDUCTION, patterns.POINTS_BONUS, patterns.POINTS_EACH)
    return any(form.match(said) for form in forms) or patterns.POINTS_VETO.fullmatch(said) is not None


def _is_header(pair: tuple[Piece, Piece]) -> bool:
    return patterns.header_role(pair[1].text) == "points" and patterns.header_role(pair[0].text) in ("text", "label", "standard")


def _is_heading(lines: Sequence[Line], index: int) -> bool:
    """A short marked line, or one with points of its own, right above a pair."""
    line = lines[index]
    text = clean(line.text)
    if line.kind not in ("plain", "gap") or len(line.filled()) != 1 or len(text) > MAX_HEADING or text.endswith(("。", "；", "：")):
        return False
    marked = patterns.SECTION_MARKER.match(text) or patterns.LABEL_POINTS.match(text) or patterns.APART_LABEL.fullmatch(fold(text))
    below = [x for x in lines[index + 1 : index + 4] if x.kind not in ("blank", "rule")]
    opens = bool(below) and (_pair(below[0]) is not None or (_is_numbered(below[0]) and any(_pair(x) for x in below[1:2])))
    return bool(marked) and opens
