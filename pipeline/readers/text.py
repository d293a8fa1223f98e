"""Plain text to Document: tab lines, pipe lines and aligned columns are tables, other lines paragraphs.

Consecutive tab lines make one table part; a blank line ends it. A leading tab is an empty first cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

from pipeline import limits, patterns
from pipeline import rx as regex
from pipeline.model import Block, Cell, Document, Paragraph, Remark, Source, Table
from pipeline.normalize import clean, fold
from pipeline.provenance import Provenance
from pipeline.readers import separated, sheets
from pipeline.readers.aligned import Row, aligned_run, is_head, rows_of, unclear
from pipeline.readers.encoding import decode
from pipeline.readers.textlines import PIPE, Line, Piece, cut, piece_of, split

MEDIA_TYPE = "text/plain"
MAX_LABEL_LINE = 40
"""A line without tabs between two table lines is a section row only when it is as short as a label."""

_LINE_END = regex.compile(r"\r\n|\r|\n")
_LIST_MARK = regex.compile(r"^(?:[(（][0-9一二三四五六七八九十]{1,3}[)）]|[0-9]{1,3}[.、．)）]|[一二三四五六七八九十]{1,3}、|[-•●*])$")
_NO_ROW = regex.compile(r"^\s*(?:[-•]\s*)?附\s*(?:件|表|录)|[：:。；]\s*$")


def read(data: bytes, name: str) -> Document:
    """The Document of a text file. Raises InputError subclasses for an unknown encoding or absurd lines."""
    whole = decode(data, name)
    digest = sha256(data).hexdigest()
    if (sheet := separated.sheet_of(whole, name)) is not None:
        return Document(Source(name, digest, "text/csv", "text"), (), tuple(sheets.sheet_blocks(sheet, name)), ())
    raw = _LINE_END.split(whole)
    for i, text in enumerate(raw, start=1):
        limits.check_text(text, f"{name}:{i}")
    lines = [cut(i, text) for i, text in enumerate(raw, start=1)]
    source = Source(file=name, sha256=digest, media_type=MEDIA_TYPE, reader="text")
    found = list(_blocks(lines, name))
    remarks = tuple(x for x in found if isinstance(x, Remark))
    return Document(source, (), tuple(x for x in found if not isinstance(x, Remark)), remarks)


# ---- blocks ------------------------------------------------------------------------------------------------------


def _blocks(lines: Sequence[Line], name: str) -> Iterator[Block | Remark]:
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
    piece = piece_of(line.number, line.text, 0, len(line.text))
    return Paragraph(text=piece.text, at=piece.at())


def _table_run(lines: Sequence[Line], start: int) -> Sequence[Line]:
    """The lines of one table part that begins at `start`; empty when none does."""
    if lines[start].kind == "tab":
        return _extent(lines, start, ("tab",))
    if lines[start].kind in ("pipe", "rule"):
        run = _extent(lines, start, ("pipe", "rule"))
        return run if sum(line.kind == "pipe" for line in run) >= 2 or _framed(run) else ()
    if lines[start].kind == "gap":
        return aligned_run(lines, start)
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


def _run_blocks(run: Sequence[Line], name: str) -> Iterator[Block | Remark]:
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
    if line.kind != "pipe" or run[0].kind != "pipe" or PIPE.match(run[0].text.lstrip()) or not PIPE.match(line.text.lstrip()):
        return line
    return replace(line, pieces=split(line.number, line.text, PIPE))


def _is_indented(line: Line) -> bool:
    """One text behind indents, or a list mark and its text, or nothing at all."""
    if line.kind != "tab":
        return False
    filled = line.filled()
    if len(filled) == 1:
        return len(line.pieces) <= 2 or filled[0] is line.pieces[-1]
    return not filled or (len(filled) == 2 and bool(_LIST_MARK.match(filled[0].text)) and filled[1] is line.pieces[-1])


def _by_order(line: Line) -> Row:
    return list(enumerate(line.pieces if line.kind != "plain" else line.filled()))


def _gap_blocks(run: Sequence[Line], name: str) -> Iterator[Block | Remark]:
    head = next(i for i, line in enumerate(run) if is_head(line))
    yield from (_paragraph(line) for line in run[:head] if line.kind != "blank")
    if unclear(run[head:]):
        what = f"lines {run[head].number} to {run[-1].number}: a table set by spaces whose wrapped cells cannot be told apart was not read as one"
        yield Remark("unread-table", f"{what}; give the original file, or the cells with tabs between", run[head].pieces[0].at())
        yield from (_paragraph(line) for line in run[head:] if line.kind != "blank")
        return
    yield _table(run[head:], rows_of(run[head:]), name)


def _table(rows: Sequence[Line], placed: Sequence[Row], name: str) -> Table:
    cols = max((col + 1 for row in placed for col, _ in row), default=1)
    cols = min(cols, limits.MAX_TABLE_COLUMNS)
    limits.check_grid(len(placed), cols, f"{name}:{rows[0].number}")
    cells = tuple(_cell(r, c, [p for col, p in row if col == c]) for r, row in enumerate(placed) for c in sorted({c for c, _ in row}) if c < cols)
    first = rows[0]
    at = Provenance(quote=first.text, line=first.number, span=(0, len(first.text)))
    return Table(cells=cells, rows=len(placed), cols=cols, at=at)


def _cell(row: int, col: int, pieces: Sequence[Piece]) -> Cell:
    """One cell; where its text wraps, it is quoted by its first line."""
    return Cell(row=row, col=col, text="\n".join(p.text for p in pieces).replace("\\|", "|"), at=pieces[0].at())
