"""Plain text to Document: tables by tabs, pipes, drawn boxes, spaces, commas, tags, or a cell a line; other lines paragraphs.

Consecutive tab lines make one table part; a blank line ends it. A leading tab is an empty first cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from msgspec.structs import replace

from pipeline import limits, patterns
from pipeline import rx as regex
from pipeline.errors import LimitExceeded
from pipeline.model import Block, Cell, Document, Paragraph, Remark, Source, Table
from pipeline.normalize import clean
from pipeline.ordinals import IN_BRACKETS, WORDED
from pipeline.provenance import Provenance
from pipeline.readers.grids.cells import build_table
from pipeline.readers.pages.glyphs import plain
from pipeline.readers.texts.aligned import aligned
from pipeline.readers.texts.boxes import box_cells, is_drawn
from pipeline.readers.texts.delimited import delimited_run, tab_records
from pipeline.readers.texts.encoding import decode
from pipeline.readers.texts.gluing import rewrapped, unglued
from pipeline.readers.texts.pairs import pairs
from pipeline.readers.texts.stacked import stacked
from pipeline.readers.texts.textgrid import without_repeated_headers
from pipeline.readers.texts.textlines import PIPE, Line, Piece, Row, cut, piece_of, split
from pipeline.readers.texts.textmarkup import Region, shown, tables_in, unwrapped

MEDIA_TYPE = "text/plain"
MAX_LABEL_LINE = 40
"""A line without tabs between two table lines is a section row only when it is as short as a label."""

GIVE_OTHERWISE = "give the original file, or the cells with tabs between", "请给原文件，或在格与格之间用制表符"
"""What to do about a table that was not read, in both languages."""

_LINE_END = regex.compile(r"\r\n|\r|\n")
_LIST_MARK = regex.compile(rf"^(?:{IN_BRACKETS}|[0-9]{{1,3}}[.、．)）]|{WORDED}|[-•●*])$")
_NO_ROW = regex.compile(rf"{patterns.ANNEX_MARK.pattern}|[：:。；]\s*$")


def read(data: bytes, name: str) -> Document:
    """The Document of a text file. Raises InputError subclasses for an unknown encoding or absurd lines."""
    whole = decode(data, name)
    digest = sha256(data).hexdigest()
    if whole.count("\n") + whole.count("\r") > 2 * limits.MAX_LINES or len(raw := _LINE_END.split(whole)) > limits.MAX_LINES:
        raise LimitExceeded(name, f"more than {limits.MAX_LINES:,} lines, blank ones counted", "split the file, or take the blank lines out")
    for i, text in enumerate(raw, start=1):
        limits.check_text(text, f"{name}:{i}")
    lines = without_repeated_headers([cut(i, text) for i, text in enumerate(raw, start=1)])
    source = Source(file=name, sha256=digest, media_type=MEDIA_TYPE, reader="text")
    found = list(_blocks(lines, tables_in(raw, name), name))
    remarks = tuple(x for x in found if isinstance(x, Remark))
    return Document(source, (), tuple(x for x in found if not isinstance(x, Remark)), remarks)


# ---- blocks ------------------------------------------------------------------------------------------------------

Found = tuple[list[Block | Remark], int]
"""Blocks, and how many lines they take."""


OF_CRITERIA = frozenset(("text", "standard", "label", "item", "points"))
"""Roles of columns of which a rubric has one at least; a table without them may be left as text."""


def _blocks(lines: Sequence[Line], regions: Sequence[Region], name: str) -> Iterator[Block | Remark]:
    """All blocks: tables in tags where they stand, everything else between them."""
    begun = (0, 0)
    for region in regions:
        yield from _between(lines, begun, region.start, name)
        yield region.table
        begun = region.end
    yield from _between(lines, begun, (len(lines), 0), name)


def _between(lines: Sequence[Line], start: tuple[int, int], end: tuple[int, int], name: str) -> Iterator[Block | Remark]:
    """The blocks from one place up to another; the parts of their lines at both ends are paragraphs."""
    first, last = start[0] + (start[1] > 0), end[0]
    if start[1]:
        stop = end[1] if end[0] == start[0] else len(lines[start[0]].text)
        yield from _paragraph(lines[start[0]], start[1], stop)
    own = lines[:last]
    i = first
    while i < last:
        blocks, taken = next((f for read in READERS if (f := read(own, i, name)) is not None), ([], 0))
        yield from blocks
        if not taken and lines[i].kind not in ("blank", "rule"):
            yield from _paragraph(lines[i])
        i += max(taken, 1)
    if end[1] and end[0] > start[0] - (not start[1]):
        yield from _paragraph(lines[last], 0, end[1])


def _paragraph(line: Line, start: int = 0, end: int | None = None) -> Iterator[Paragraph]:
    """A line of text without the tags around it; nothing where there are only tags."""
    piece = piece_of(line.number, line.text, start, len(line.text) if end is None else end)
    piece = unwrapped(piece, line.text) if "<" in piece.text or "&" in piece.text or "![" in piece.text else piece
    if clean(piece.says()):
        yield Paragraph(text=plain(piece.says()), at=piece.at())


def _tabs(lines: Sequence[Line], start: int, name: str) -> Found | None:
    """Lines with tabs: a table, or paragraphs where the tabs are only indents or stand after list marks."""
    if lines[start].kind != "tab":
        return None
    run = _extent(lines, start, ("tab",))
    if all(_is_indented(line) for line in run):
        return [p for line in run if line.filled() for p in _paragraph(line)], len(run)
    if any(p.text.startswith('"') for line in run for p in line.pieces):
        rows, end = tab_records(lines, start, start + len(run))
        return [_table(run[0], unglued(rows), name)], end - start
    return [_table(run[0], unglued(rewrapped([_by_order(line) for line in run])), name)], len(run)


def _pipes(lines: Sequence[Line], start: int, name: str) -> Found | None:
    """Lines with pipes, and drawn boxes."""
    if lines[start].kind not in ("pipe", "rule"):
        return None
    run = _extent(lines, start, ("pipe", "rule"))
    if sum(line.kind == "pipe" for line in run) < 2 and not _framed(run):
        return ([], next((i for i, line in enumerate(run) if line.kind != "rule"), len(run))) if lines[start].kind == "rule" else None
    box = box_cells(run) if is_drawn(run) else None
    if box is not None:
        cells, rows = box
        first = run[0]
        table = build_table(cells, rows, Provenance(quote=first.text, line=first.number, span=(0, len(first.text))), name)
        return ([table] if table else []), len(run)
    own = [_unframed(line, run) for line in run if line.kind != "rule"]
    return [_table(run[0], unglued([_by_order(line) for line in own]), name)], len(run)


def _delimited(lines: Sequence[Line], start: int, name: str) -> Found | None:
    """Records with commas or semicolons."""
    if lines[start].kind not in ("plain", "gap"):
        return None
    found = delimited_run(lines, start)
    return ([_table(lines[start], found[0], name)], found[1] - start) if found else None


def _aligned(lines: Sequence[Line], start: int, name: str) -> Found | None:
    """Columns set by spaces."""
    if lines[start].kind not in ("gap", "plain"):
        return None
    found = aligned(lines, start)
    if found is None:
        return None
    notes: list[Line] = []
    after = next((i for i in range(start + found.taken, len(lines)) if lines[i].kind != "rule"), len(lines))
    if after < len(lines) and _is_note(lines, after):
        bare = [replace(x, kind="rule") if i >= start and _is_note(lines, i) else x for i, x in enumerate(lines)]
        further = aligned(bare, start)
        if further is not None and further.rows and further.taken > found.taken:
            notes = [lines[i] for i in range(start, start + further.taken) if bare[i] is not lines[i]]
            found = further
    out: list[Block | Remark] = [p for line in found.lead for p in _paragraph(line)]
    run = [x for x in lines[start + len(found.lead) : start + found.taken] if x not in notes]
    where, place = f"lines {run[0].number} to {run[-1].number}", f"第 {run[0].number} 至 {run[-1].number} 行"
    at = run[0].pieces[0].at()
    if not found.rows:
        what = f"{where}: a table set by spaces whose wrapped cells cannot be told apart was not read as one"
        if {patterns.header_role(word) for word in found.head.text.split()} & OF_CRITERIA:
            zh = f"{place}：一张用空格排的表，折行的格分不开，没有读作表格；{GIVE_OTHERWISE[1]}"
            out.append(Remark("unread-table", f"{what}; {GIVE_OTHERWISE[0]}", at, message_zh=zh))
        return [*out, *(p for line in run if line.kind not in ("blank", "rule") for p in _paragraph(line))], found.taken
    if not found.sure:
        what = f"{where}: which lines of a table set by spaces make a row cannot be told for certain"
        out.append(Remark("uncertain-rows", what, at, message_zh=f"{place}：一张用空格排的表，哪几行字是表的一行没有把握"))
    return [*out, _table(run[0], found.rows, name), *(p for line in notes for p in _paragraph(line))], found.taken


def _is_note(lines: Sequence[Line], index: int) -> bool:
    """A note between the rows of a table set by spaces: rows stand above it and within two lines below."""
    line = lines[index]
    if line.kind not in ("plain", "gap") or patterns.NOTE_ROW.match(clean(line.text)) is None or not index:
        return False
    below = lines[index + 1 : index + 3]
    if "blank" in (lines[index - 1].kind, *(x.kind for x in below[:1])):
        return False
    return any(x.kind == "gap" and len(x.pieces) > 1 for x in below)


def _stacked(lines: Sequence[Line], start: int, name: str) -> Found | None:
    """Cells on lines of their own."""
    if lines[start].kind not in ("plain", "gap") or patterns.header_role(clean(lines[start].text)) is None:
        return None
    found = stacked(lines, start)
    if found is None:
        return None
    run = lines[start : start + found.taken]
    if found.rows:
        return [_table(run[0], found.rows, name)], found.taken
    what = f"lines {run[0].number} to {run[-1].number}: a table with each cell on a line of its own, whose rows cannot be told apart, was not read"
    zh = f"第 {run[0].number} 至 {run[-1].number} 行：一张表每格占一行，各行分不开，没有读作表格；{GIVE_OTHERWISE[1]}"
    remark = Remark("unread-table", f"{what}; {GIVE_OTHERWISE[0]}", run[0].pieces[0].at(), message_zh=zh)
    return [remark, *(p for line in run if line.kind != "blank" for p in _paragraph(line))], found.taken


def _typeset(lines: Sequence[Line], start: int, name: str) -> Found | None:
    """A table in LaTeX: said, not read."""
    if "\\begin{tabular}" not in lines[start].text:
        return None
    piece = piece_of(lines[start].number, lines[start].text, 0, len(lines[start].text))
    what, zh = f"line {piece.number}: a table in LaTeX was not read", f"第 {piece.number} 行：LaTeX 表格没有读"
    remark = Remark("unread-table", f"{what}; give it as HTML or Markdown", piece.at(), message_zh=f"{zh}；请改为 HTML 或 Markdown")
    return [remark, *_paragraph(lines[start])], 1


def _paired(lines: Sequence[Line], start: int, name: str) -> Found | None:
    """Text and points, two columns typed by hand."""
    if lines[start].kind not in ("plain", "gap", "tab"):
        return None
    found = pairs(lines, start)
    if found is None:
        return None
    table = _table(lines[start], found.rows, name)
    wide = tuple(replace(c, col_span=2) if c.row in found.headings else c for c in table.cells)
    return [replace(table, cells=wide)], found.taken


READERS = (_paired, _tabs, _pipes, _delimited, _typeset, _aligned, _stacked)
"""What a line may open, tried in this order."""


def _framed(run: Sequence[Line]) -> bool:
    return any(line.kind == "pipe" and line.text.lstrip()[0] in "|│┃" for line in run)


def _extent(lines: Sequence[Line], start: int, kinds: tuple[str, ...]) -> Sequence[Line]:
    end = start
    while end < len(lines) and (lines[end].kind in kinds or _is_label_row(lines, end, kinds) or _is_inside_cell(lines, start, end, kinds)):
        end += 1
    return lines[start:end]


def _is_inside_cell(lines: Sequence[Line], start: int, i: int, kinds: tuple[str, ...]) -> bool:
    """A line between two parts of one row: a line end inside a cell cut the row there."""
    if kinds != ("tab",) or lines[i].kind not in ("plain", "gap") or not start < i < len(lines) - 1:
        return False
    above, below = lines[i - 1], lines[i + 1]
    parts = len(above.pieces) + len(below.pieces) - 1 == len(lines[start].pieces)
    return below.kind == "tab" and above.kind == "tab" and parts and not above.pieces[-1].text.endswith(("。", "；"))


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
    ended = any(patterns.names_total(p.text) for p in above.filled())
    return len(text) <= MAX_LABEL_LINE and not ended and not _NO_ROW.search(text)


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


def _table(first: Line, placed: Sequence[Row], name: str) -> Table:
    cols = max((col + 1 for row in placed for col, _ in row), default=1)
    cols = min(cols, limits.MAX_TABLE_COLUMNS)
    limits.check_grid(len(placed), cols, f"{name}:{first.number}")
    cells = tuple(_cell(r, c, [p for col, p in row if col == c]) for r, row in enumerate(placed) for c in sorted({c for c, _ in row}) if c < cols)
    at = Provenance(quote=first.text, line=first.number, span=(0, len(first.text)))
    return Table(cells=cells, rows=len(placed), cols=cols, at=at)


def _cell(row: int, col: int, pieces: Sequence[Piece]) -> Cell:
    """One cell; where its text wraps, it is quoted by its first line."""
    return Cell(row=row, col=col, text=plain("\n".join(shown(p.says()) for p in pieces)), at=pieces[0].at())
