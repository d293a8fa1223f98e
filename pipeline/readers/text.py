"""Plain text to Document: tab lines, pipe lines and aligned columns are tables, other lines paragraphs.

Consecutive tab lines make one table part; a blank line ends it. A leading tab is an empty first cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from unicodedata import east_asian_width

import regex

from pipeline import limits, patterns
from pipeline.model import Block, Cell, Document, Paragraph, Source, Table
from pipeline.normalize import clean, fold
from pipeline.provenance import Provenance
from pipeline.readers.encoding import decode

MEDIA_TYPE = "text/plain"
MAX_LABEL_LINE = 40
"""A line without tabs between two table lines is a section row only when it is as short as a label."""

_LINE_END = regex.compile(r"\r\n|\r|\n")
_PIPE = regex.compile(r"(?<!\\)[|│┃]")
_PIPE_RULE = regex.compile(r"^[\s|│┃:+\-—–=─━┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛]+$")
_GAP = regex.compile(r"[ \u00a0]{2,}|\u3000+")
_LIST_MARK = regex.compile(r"^(?:[(（][0-9一二三四五六七八九十]{1,3}[)）]|[0-9]{1,3}[.、．)）]|[一二三四五六七八九十]{1,3}、|[-•●*])$")
_NO_ROW = regex.compile(r"^\s*(?:[-•]\s*)?附\s*(?:件|表|录)|[：:。；]\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one line: code points [start, end) of line `number` (from 1)."""

    number: int
    start: int
    end: int
    text: str

    def at(self) -> Provenance:
        return Provenance(quote=self.text, line=self.number, span=(self.start, self.end))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file and how it is cut: `kind` is tab, pipe, rule, gap, plain or blank."""

    number: int
    text: str
    kind: str
    pieces: tuple[Piece, ...]

    def filled(self) -> tuple[Piece, ...]:
        return tuple(p for p in self.pieces if p.text)


def read(data: bytes, name: str) -> Document:
    """The Document of a text file. Raises InputError subclasses for an unknown encoding or absurd lines."""
    raw = _LINE_END.split(decode(data, name))
    for i, text in enumerate(raw, start=1):
        limits.check_text(text, f"{name}:{i}")
    lines = [cut(i, text) for i, text in enumerate(raw, start=1)]
    source = Source(file=name, sha256=sha256(data).hexdigest(), media_type=MEDIA_TYPE, reader="text")
    return Document(source, (), tuple(_blocks(lines, name)))


# ---- lines -------------------------------------------------------------------------------------------------------


def cut(number: int, text: str) -> Line:
    """One line cut into pieces by the separator it uses."""
    if not clean(text):
        return Line(number, text, "blank" if "\t" not in text else "tab", _split(number, text, regex.compile("\t")))
    if "\t" in text:
        return Line(number, text, "tab", _split(number, text, regex.compile("\t")))
    if _PIPE_RULE.match(text) and regex.search(r"[-─━=]{2}", text):
        return Line(number, text, "rule", (_piece(number, text, 0, len(text)),))
    if len(_PIPE.findall(text)) >= 2:
        return Line(number, text, "pipe", _pipe_pieces(number, text))
    if len(_GAP.findall(text.strip())) >= 1:
        return Line(number, text, "gap", tuple(p for p in _split(number, text, _GAP) if p.text))
    return Line(number, text, "plain", (_piece(number, text, 0, len(text)),))


def _split(number: int, text: str, separator: regex.Pattern[str]) -> tuple[Piece, ...]:
    starts = [0]
    ends = []
    for match in separator.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    ends.append(len(text))
    return tuple(_piece(number, text, s, e) for s, e in zip(starts, ends, strict=True))


def _pipe_pieces(number: int, text: str) -> tuple[Piece, ...]:
    """The cells between pipes; the outer pipes are a frame."""
    pieces = _split(number, text, _PIPE)
    if not pieces[0].text and _PIPE.match(text.lstrip()):
        pieces = pieces[1:]
    if not pieces[-1].text and _PIPE.match(text.rstrip()[-1:]):
        pieces = pieces[:-1]
    return pieces


def _piece(number: int, text: str, start: int, end: int) -> Piece:
    """[start, end) without the spaces around it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Piece(number, start, end, text[start:end])


# ---- blocks ------------------------------------------------------------------------------------------------------


def _blocks(lines: Sequence[Line], name: str) -> Iterator[Block]:
    i = 0
    while i < len(lines):
        run = _table_run(lines, i)
        if run:
            yield from _run_blocks(run, name)
            i += len(run)
            continue
        if lines[i].kind not in ("blank", "rule"):
            yield _paragraph(lines[i])
        i += 1


def _paragraph(line: Line) -> Paragraph:
    piece = _piece(line.number, line.text, 0, len(line.text))
    return Paragraph(text=piece.text, at=piece.at())


def _table_run(lines: Sequence[Line], start: int) -> Sequence[Line]:
    """The lines of one table part that begins at `start`; empty when none does."""
    if lines[start].kind == "tab":
        return _extent(lines, start, ("tab",))
    if lines[start].kind in ("pipe", "rule"):
        run = _extent(lines, start, ("pipe", "rule"))
        return run if sum(line.kind == "pipe" for line in run) >= 2 or _framed(run) else ()
    if lines[start].kind == "gap":
        run = _extent(lines, start, ("gap",))
        return run if _aligned(run) else ()
    return ()


def _framed(run: Sequence[Line]) -> bool:
    return any(line.kind == "pipe" and line.text.lstrip()[0] in "|│┃" for line in run)


def _extent(lines: Sequence[Line], start: int, kinds: tuple[str, ...]) -> Sequence[Line]:
    end = start
    while end < len(lines) and (lines[end].kind in kinds or _is_label_row(lines, end, kinds)):
        end += 1
    return lines[start:end]


def _is_label_row(lines: Sequence[Line], i: int, kinds: tuple[str, ...]) -> bool:
    """A short line between two rows of one width, not after a total row: a section label on a row of its own."""
    if lines[i].kind not in ("plain", "gap") or not 0 < i < len(lines) - 1:
        return False
    above, below = lines[i - 1], lines[i + 1]
    if above.kind not in kinds or below.kind not in kinds or kinds == ("gap",):
        return False
    if min(len(above.pieces), len(below.pieces)) < 3 or abs(len(above.pieces) - len(below.pieces)) > 1:
        return False
    text = clean(lines[i].text)
    ended = any(patterns.TOTAL_WORDS.fullmatch(fold(p.text)) for p in above.filled())
    return len(text) <= MAX_LABEL_LINE and not ended and not _NO_ROW.search(text)


def _aligned(run: Sequence[Line]) -> bool:
    """Whether lines cut by gaps are a table: a header line of three columns or more, and rows under it."""
    head = next((i for i, line in enumerate(run) if _is_head(line)), None)
    return head is not None and len(run) > head + 1


def _is_head(line: Line) -> bool:
    named = sum(patterns.header_role(p.text) is not None for p in line.pieces)
    return len(line.pieces) >= 3 and named >= 2 and all(len(p.text) <= 20 for p in line.pieces)


def _run_blocks(run: Sequence[Line], name: str) -> Iterator[Block]:
    """The run as a table, or as paragraphs where its tabs are only indents or stand after list marks."""
    if run[0].kind == "gap":
        yield from _gap_blocks(run, name)
        return
    if all(_is_indented(line) for line in run):
        yield from (_paragraph(line) for line in run if line.filled())
        return
    rows = [_unframed(line, run) for line in run if line.kind != "rule"]
    yield _table(rows, [_by_order(line) for line in rows], name)


def _unframed(line: Line, run: Sequence[Line]) -> Line:
    """A pipe at the start of a line is no frame but follows an empty first cell where the head line has no frame."""
    if line.kind != "pipe" or run[0].kind != "pipe" or _PIPE.match(run[0].text.lstrip()) or not _PIPE.match(line.text.lstrip()):
        return line
    return replace(line, pieces=_split(line.number, line.text, _PIPE))


def _is_indented(line: Line) -> bool:
    """One text behind indents, or a list mark and its text, or nothing at all."""
    if line.kind != "tab":
        return False
    filled = line.filled()
    if len(filled) == 1:
        return len(line.pieces) <= 2 or filled[0] is line.pieces[-1]
    return not filled or (len(filled) == 2 and bool(_LIST_MARK.match(filled[0].text)) and filled[1] is line.pieces[-1])


def _by_order(line: Line) -> list[tuple[int, Piece]]:
    return list(enumerate(line.pieces if line.kind != "plain" else line.filled()))


def _gap_blocks(run: Sequence[Line], name: str) -> Iterator[Block]:
    head = next(i for i, line in enumerate(run) if _is_head(line))
    yield from (_paragraph(line) for line in run[:head])
    columns = [_width(run[head].text[: p.start]) for p in run[head].pieces]
    yield _table(run[head:], [_by_place(line, columns) for line in run[head:]], name)


def _by_place(line: Line, columns: Sequence[int]) -> list[tuple[int, Piece]]:
    """Pieces to columns: one each in order when their count fits, else by where they begin."""
    if len(line.pieces) == len(columns):
        return list(enumerate(line.pieces))
    placed: list[tuple[int, Piece]] = []
    free = 0
    for piece in line.pieces:
        begin = _width(line.text[: piece.start])
        col = max((i for i, c in enumerate(columns) if c <= begin + 1), default=0)
        col = max(col, free)
        placed.append((col, piece))
        free = col + 1
    return placed


def _width(text: str) -> int:
    """Columns on a screen: wide characters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _table(rows: Sequence[Line], placed: Sequence[list[tuple[int, Piece]]], name: str) -> Table:
    cols = max((col + 1 for row in placed for col, _ in row), default=1)
    cols = min(cols, limits.MAX_TABLE_COLUMNS)
    limits.check_grid(len(rows), cols, f"{name}:{rows[0].number}")
    cells = tuple(
        Cell(row=r, col=c, text=piece.text.replace("\\|", "|"), at=piece.at())
        for r, row in enumerate(placed)
        for c, piece in row
        if c < cols
    )
    first = rows[0]
    at = Provenance(quote=first.text, line=first.number, span=(0, len(first.text)))
    return Table(cells=cells, rows=len(rows), cols=cols, at=at)
