"""Markup inside a text file: tables in HTML tags, as OCR services put them into Markdown, and marks within a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import unescape

from msgspec import Struct, field

from pipeline import limits
from pipeline import rx as regex
from pipeline.model import Table
from pipeline.normalize import clean
from pipeline.provenance import Provenance
from pipeline.readers.grids.cells import Placed, build_table
from pipeline.readers.pages.glyphs import plain
from pipeline.readers.texts.textlines import Piece, piece_of

_BREAK = regex.compile(r"<br\s*/?>|</(?:p|div|li)>", regex.I)
_TAG = regex.compile(r"</?(?:a|b|big|body|center|col|colgroup|div|em|font|h[1-6]|hr|html|i|img|li|p|s|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|ol)\b[^<>]{0,300}>|<!--.*?-->", regex.I)
_IMAGE = regex.compile(r"!\[[^\[\]]{0,200}\]\([^()]{0,300}\)")
_ENTITY = regex.compile(r"&(?:nbsp|lt|gt|amp|quot|ge|le|middot|ldquo|rdquo|mdash|ndash|hellip|times|ensp|emsp|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});")
_STRESS = regex.compile(r"(?<!\*)\*\*(?=\S)(.{1,2000}?)(?<=\S)\*\*(?!\*)|(?<![_\w])__(?=[^\s_])([^_]{1,2000}?)(?<=\S)__(?![_\w])")
_ESCAPE = regex.compile(r"\\([|*_#<>.\-+()\[\]{}!~`])")
_FORMULA = regex.compile(r"\$\s*([0-9]+(?:\.[0-9]+)?)\s*(?:\\?(%))?\s*\$")

_PART = regex.compile(r"<(?P<close>/?)(?P<tag>table|tr|td|th)\b(?P<attributes>[^<>]{0,1000})>", regex.I)
_SPAN = regex.compile(r"(?P<name>row|col)span\s*=\s*[\"']?\s*(?P<count>[0-9]{1,5})", regex.I)


def shown(text: str) -> str:
    """What a reader sees of a marked-up text: `<br>` ends a line, tags, stress and escapes are gone.

    >>> shown("**安全运营**<br>（12分）"), shown("甲\\\\|乙&nbsp;"), shown("2 ** 3 * 4")
    ('安全运营\\n（12分）', '甲|乙\\xa0', '2 ** 3 * 4')
    """
    text = _IMAGE.sub("", _TAG.sub("", _BREAK.sub("\n", text)))
    text = _STRESS.sub(lambda m: m[1] or m[2], text)
    text = _ENTITY.sub(lambda m: unescape(m[0]), text)
    return _ESCAPE.sub(r"\1", _FORMULA.sub(r"\1\2", text))


def unwrapped(piece: Piece, text: str) -> Piece:
    """A line's piece without the tags around it; what is marked inside is shown plain."""
    start, end = piece.start, piece.end
    while match := _TAG.match(text, start, end) or _BREAK.match(text, start, end) or regex.compile(r"\s+").match(text, start, end):
        start = match.end()
    tail = regex.compile(rf"(?:{_TAG.pattern}|{_BREAK.pattern}|\s)+$", regex.I).search(text, start, end)
    inner = piece_of(piece.number, text, start, tail.start() if tail else end)
    plain = shown(inner.text) if "<" in inner.text or "&" in inner.text or "![" in inner.text else inner.text
    return inner if plain == inner.text else Piece(inner.number, inner.start, inner.end, inner.text, plain)


class Region(Struct, frozen=True):
    """A table in tags: from (line, column) up to (line, column), lines counted from 0."""

    start: tuple[int, int]
    end: tuple[int, int]
    table: Table


class _Open(Struct):
    """A table while its tags are read: rows of (from, to, rows, columns), where cells are given by offsets."""

    start: int
    rows: list[list[tuple[int, int, int, int]]] = field(default_factory=list)
    cell: tuple[int, int, int] | None = None


def tables_in(lines: Sequence[str], name: str) -> list[Region]:
    """The tables in tags, in order; a table inside a cell is read as its text."""
    if not any("<table" in x.lower() for x in lines):
        return []
    return list(_regions("\n".join(lines), name))


def _regions(text: str, name: str) -> Iterator[Region]:
    own: _Open | None = None
    depth = 0
    starts = [0, *(m.end() for m in regex.finditer("\n", text))]
    last = 0
    for match in _PART.finditer(text):
        last = match.end()
        tag, closes = match["tag"].lower(), bool(match["close"])
        if tag == "table":
            depth = max(0, depth - 1 if closes else depth + 1)
            if own is None and not closes:
                own = _Open(match.start())
            elif own is not None and depth == 0:
                _end_cell(own, match.start())
                table = _table(own, text, starts, name)
                if table is not None:
                    yield Region(_place(starts, own.start), _place(starts, match.end()), table)
                own = None
        elif own is not None and depth == 1:
            _end_cell(own, match.start())
            if tag == "tr" and not closes:
                own.rows.append([])
            elif tag in ("td", "th") and not closes:
                spans = {m["name"].lower(): int(m["count"]) for m in _SPAN.finditer(match["attributes"])}
                own.cell = (match.end(), spans.get("row", 1), spans.get("col", 1))
    if own is not None:  # cut off: what there is of it
        _end_cell(own, last)
        table = _table(own, text, starts, name)
        if table is not None:
            yield Region(_place(starts, own.start), _place(starts, last), table)


def _end_cell(own: _Open, end: int) -> None:
    if own.cell is not None:
        begin, down, across = own.cell
        if not own.rows:
            own.rows.append([])
        own.rows[-1].append((begin, end, down, across))
        own.cell = None


def _table(own: _Open, text: str, starts: Sequence[int], name: str) -> Table | None:
    placed: list[Placed] = []
    covered: dict[int, int] = {}
    for row, cells in enumerate(own.rows):
        col = 0
        for begin, end, down, across in cells:
            while covered.get(col, 0) > row:
                col += 1
            down = min(down or len(own.rows), len(own.rows) - row)
            across = min(max(across, 1), limits.MAX_TABLE_COLUMNS)
            pieces = _pieces(text, starts, begin, end)
            at = pieces[0].at() if pieces else _at(starts, begin)
            placed.append(Placed(row, col, down, across, plain("\n".join(p.says() for p in pieces)), at))
            covered.update((c, row + down) for c in range(col, col + across))
            col += across
    return build_table(placed, len(own.rows), _at(starts, own.start), name)


def _pieces(text: str, starts: Sequence[int], begin: int, end: int) -> list[Piece]:
    """The lines of a cell that show anything."""
    out = []
    first, _ = _place(starts, begin)
    for number in range(first, _place(starts, max(begin, end - 1))[0] + 1):
        origin = starts[number]
        stop = starts[number + 1] - 1 if number + 1 < len(starts) else len(text)
        line = text[origin:stop]
        limits.check_text(line, f"line {number + 1}")
        piece = unwrapped(piece_of(number + 1, line, max(0, begin - origin), min(len(line), end - origin)), line)
        plain = shown(piece.text)
        if clean(plain):
            out.append(Piece(piece.number, piece.start, piece.end, piece.text, plain))
    return out


def _at(starts: Sequence[int], offset: int) -> Provenance:
    line, column = _place(starts, offset)
    return Provenance(quote="", line=line + 1, span=(column, column))


def _place(starts: Sequence[int], offset: int) -> tuple[int, int]:
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= offset else (low, middle)
    return low, offset - starts[low]
