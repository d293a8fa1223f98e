"""Tables set by spaces alone, as old editors and `pdftotext -layout` give them, over page breaks too.

A cell may wrap: its further lines stand under it. A row begins where its number does, or the number stands in the middle
of the row's lines; the ends of sentences settle what places leave open. What cannot be told is left and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct, field

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean, fold, points
from pipeline.points import split_label
from pipeline.readers import rowbands
from pipeline.readers.textgrid import NUMBER, SCORES, Columns, columns_of, is_points, names_columns
from pipeline.readers.textlines import Line, Piece, Row
from pipeline.readers.typedrows import typed_rows

SAMPLE = 60
"""Lines of a page that say where its columns part."""

MAX_LEAD = 20
"""Lines with gaps above a header: form fields, a title."""

MAX_WIDTH = 2000
"""Characters of one line; a longer one is a paragraph."""

MAX_HEAD_LINES = 3
MAX_HEAD_WORD = 6
"""Characters of a header word on a later line of the header: 号 under 序, （分） under 分值."""

MAX_BLANK = 3
"""Blank lines inside a table; more end it, except around a page break."""

MAX_LABEL = 40
SURE = 0.8
"""Of the pieces in the column of numbers, so many at least are numbers: a few may be damaged."""

MAX_LABEL_LINES = 8
"""Lines of one label: a character each, and its points."""

MISS = 1.5
"""A label stands this near, in lines, to the middle of its rows."""

FAR = 3
"""Lines between two lines of one label that is centred on several rows."""

ENDS = regex.compile(r"[。；;！？!?]\s*$")


Found = tuple[list[Row], bool, int]
"""Rows (the header first), whether they are certain, and how many lines they take."""


class Aligned(Struct, frozen=True):
    """A table set by spaces: the lines above its header, its rows (none where they cannot be told), whether they are
    certain, and how many lines it takes."""

    lead: tuple[Line, ...]
    rows: tuple[Row, ...]
    sure: bool
    taken: int
    head: Line


class _Page(Struct):
    """The lines of one page of a table, with its header where it has one."""

    head: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)


@lru_cache(maxsize=128)
def is_head(line: Line) -> bool:
    """A header line: three columns or more, two of them with a role; where single spaces part them, all of them."""
    words = [p.text for p in line.pieces]
    if names_columns(words):
        return True
    words = line.text.split()
    return len(words) >= 4 and all(patterns.header_role(w) for w in words)


def aligned(lines: Sequence[Line], start: int) -> Aligned | None:
    """The table set by spaces that begins at `start` (lines above its header included); None when none does."""
    named = start
    while named < min(len(lines), start + MAX_LEAD) and lines[named].kind == "gap" and not is_head(lines[named]):
        named += 1
    if named == start:
        named += next((n for n in range(MAX_HEAD_LINES) if n + start < len(lines) and not _is_fragment(lines[start + n])), 0)
    if named >= len(lines) or lines[named].kind not in ("gap", "plain") or not is_head(lines[named]):
        return None
    head = named
    while head > start and named - head < MAX_HEAD_LINES - 1 and _is_fragment(lines[head - 1]):
        head -= 1
    run = _extent(lines, head, named)
    lead = tuple(lines[start:head])
    for read in (_by_places, typed_rows):
        found = read(run, named - head)
        if found is not None:
            rows, sure, used = found
            return Aligned(lead, tuple(rows), sure, head - start + used, lines[head])
    if sum(len(line.text.split()) >= 3 for line in run) < 3:
        return None
    return Aligned(lead, (), False, head - start + len(run), lines[head])


def _is_fragment(line: Line) -> bool:
    """A line of short words far from the margin: header words of several lines are centred on each other."""
    indented = line.text[:1].isspace() and line.kind in ("plain", "gap")
    return indented and all(0 < len(p.text) <= MAX_HEAD_WORD and not NUMBER.fullmatch(p.text) for p in line.pieces)


def _by_places(run: Sequence[Line], above: int) -> Found | None:
    """The rows by where their pieces stand; `above`: header lines above the one that names the columns."""
    pages = _pages(run, above)
    grids = _grids(pages)
    if grids is None:
        return None
    sheet = Sheet.of(pages, grids)
    rows = sheet.rows()
    if rows is None:
        return None
    used = next((i for i, line in enumerate(run) if sheet.ended is not None and line.number >= sheet.ended), len(run))
    while used and run[used - 1].kind == "blank":
        used -= 1
    return rows, sheet.sure, used


# ---- extent and pages --------------------------------------------------------------------------------------------


def _extent(lines: Sequence[Line], head: int, named: int) -> Sequence[Line]:
    """The header and the lines that may belong to its table: up to a total, a form field, a note, an annex."""
    last, blank = named, 0
    for i in range(named + 1, len(lines)):
        line = lines[i]
        if line.kind in ("tab", "pipe") or len(line.text) > MAX_WIDTH or (blank > MAX_BLANK and not _breaks(lines, i)):
            break
        if line.kind == "blank":
            blank += 1
            continue
        if line.kind == "rule" or _is_page_number(lines, i):
            continue
        if _stops(line):
            break
        last, blank = i, 0
        if is_total(line):
            break
    return lines[head : last + 1]


def _stops(line: Line) -> bool:
    text = clean(line.text)
    return patterns.field_name(text) is not None or bool(patterns.field_names(text)) or patterns.NOTE_ROW.match(text) is not None or patterns.ANNEX_MARK.match(text) is not None


def is_total(line: Line) -> bool:
    return any(patterns.TOTAL_WORDS.fullmatch(fold(p.text)) for p in line.filled()[:2])


def _breaks(lines: Sequence[Line], i: int) -> bool:
    """Whether a new page begins at line i, or a page number stands there."""
    return "\f" in lines[i].text or _is_page_number(lines, i)


def _is_page_number(lines: Sequence[Line], i: int) -> bool:
    """A line of nothing but a page number, next to where a page begins."""
    if not patterns.PAGE_NUMBER.match(clean(lines[i].text)):
        return False
    after = next((x for x in lines[i + 1 :] if x.kind != "blank"), None)
    return after is None or "\f" in after.text or "\f" in lines[i].text or any("\f" in x.text for x in lines[i + 1 : after.number - lines[0].number])


def _pages(run: Sequence[Line], above: int) -> list[_Page]:
    """The run cut where pages begin, without page numbers, rules, and blank lines at the top."""
    pages = [_Page(list(run[: above + 1]))]
    for i, line in enumerate(run[above + 1 :], start=above + 1):
        if "\f" in line.text:
            pages.append(_Page())
        page = pages[-1]
        if line.kind == "rule" or (line.kind == "blank" and not page.body) or _is_page_number(run, i):
            continue
        page.body.append(line)
    return [p for p in pages if p.head or any(x.kind != "blank" for x in p.body)]


def _grids(pages: Sequence[_Page]) -> list[Columns] | None:
    """The columns of each page; the header is taken with as many lines as name most columns and leave numbers below."""
    first = pages[0]
    words = _words(first.head[-1])
    best: tuple[tuple[int, float], int, Columns] | None = None
    for count in range(_head_lines(first) + 1):
        own = columns_of([*first.head, *first.body[:count]], _sample(first.body[count:]))
        if own is None:
            continue
        merit = sum(r is not None for r in own.roles), _numbered([first.body[count:]], [own])
        if best is None or merit > best[0]:
            best = merit, count, own
    if best is None:
        return None
    for page in pages:
        again = 0 if page.head else next((k + 1 for k, x in enumerate(page.body[:MAX_HEAD_LINES]) if _words(x) == words), 0)
        if page.head or again:
            page.head += page.body[: again + best[1]]
            page.body = page.body[again + best[1] :]
    grids = [best[2]]
    for page in pages[1:]:
        grid = _grid_of(page, grids[-1])
        if grid is None:
            return None
        grids.append(grid)
    return grids


def _words(line: Line) -> list[str]:
    return line.text.split()


def _head_lines(page: _Page) -> int:
    """How many lines below the first may belong to the header: short words, no numbers."""
    count = 0
    for line in page.body[: MAX_HEAD_LINES - 1]:
        if not line.filled() or any(len(p.text) > MAX_HEAD_WORD or NUMBER.fullmatch(p.text) for p in line.filled()):
            break
        count += 1
    return count


def _grid_of(page: _Page, before: Columns) -> Columns | None:
    """The columns of a later page: where they were, or where this page's own pieces part."""
    sample = _sample(page.body)
    if not any(before.crossed(line) for line in sample) and _numbered([page.body], [before]) >= SURE:
        return before
    return columns_of(page.head, sample, before)


def _sample(body: Sequence[Line]) -> list[Line]:
    return [line for line in body if len(line.filled()) > 1 and not is_total(line)][:SAMPLE]


def _numbered(bodies: Sequence[Sequence[Line]], grids: Sequence[Columns]) -> float:
    """The share of numbers in the column of numbers: a few may be damaged."""
    said = [p[c].text for body, own in zip(bodies, grids, strict=True) if (c := own.number) is not None
            for line in body if not is_total(line) and c in (p := own.cells(line))]  # fmt: skip
    return sum(bool(NUMBER.fullmatch(t)) for t in said) / len(said) if said else 1.0


# ---- rows --------------------------------------------------------------------------------------------------------


class _Entry(Struct, frozen=True):
    """One line of the table in its columns; `y` is its place, with lines that hold a label alone left out."""

    line: Line
    page: int
    own: dict[int, Piece]
    columns: Columns
    y: float

    def anchored(self) -> bool:
        """Whether a row has its number (or, where that is lost, its points) on this line."""
        number, score, text = self.columns.number, self.columns.points, self.columns.text()
        if number is not None and number in self.own:
            return True
        scored = score is not None and score in self.own and is_points(self.own[score].text)
        return scored and (text in self.own or number is None)

    def worded(self) -> bool:
        """Whether a text stands here, outside the columns of labels, numbers and points."""
        left = self.columns.labels()
        return any(c not in left and c != self.columns.number and self.columns.roles[c] not in SCORES for c in self.own)

    def score(self) -> Decimal | None:
        """The points on this line."""
        col = self.columns.points
        return points(self.own[col].text) if col is not None and col in self.own else None

    def alone(self) -> bool:
        """A total, or a line across the columns: a section on a row of its own."""
        return is_total(self.line) or self.columns.spanned(self.line) or self._heads()

    def _heads(self) -> bool:
        """One text that only a section's name can be, where sections have no column of their own."""
        text = clean(self.line.text)
        named = split_label(text)[1] is not None or patterns.SECTION_MARKER.match(text) is not None
        return not self.columns.labels() and len(self.own) == 1 and named and len(text) <= MAX_LABEL and not ENDS.search(text)


class Sheet(Struct):
    """The lines of a table in their columns, and what was made of them. `ended`: the number of the first line that does
    not belong."""

    entries: list[_Entry]
    heads: list[Row]
    sure: bool = True
    ended: int | None = None

    @classmethod
    def of(cls, pages: Sequence[_Page], grids: Sequence[Columns]) -> Sheet:
        first = [_Entry(line, 0, own.pieces(line), own, 0.0) for page, own in zip(pages, grids, strict=True) for line in page.body if line.kind != "blank"]
        begun = [e for e in first if e.anchored() and not is_total(e.line)]
        filled = [sum(c in e.own for e in begun) / max(len(begun), 1) for c in range(len(grids[0].names))]
        entries: list[_Entry] = []
        y = 0.0
        for number, (page, own) in enumerate(zip(pages, grids, strict=True)):
            for line in page.body:
                if line.kind == "blank":
                    y += 10
                    continue
                pieces = own.pieces(line)
                if not is_total(line) and _Entry(line, number, pieces, own, y).anchored():
                    pieces = own.pieces(line, filled)
                aside = set(pieces) <= set(own.labels())
                y += 0 if aside else 10
                entries.append(_Entry(line, number, pieces, own, y + 5 * aside))
            y += 1000
        return cls(entries, [[cell for line in pages[0].head for cell in grids[0].head(line)]])

    def rows(self) -> list[Row] | None:
        """All rows, the header first; None where they cannot be told."""
        self._cut_off()
        out: list[Row] = list(self.heads)
        placed: list[tuple[list[_Entry], Row]] = []
        for band in self._bands():
            if len(band) == 1 and band[0].alone():
                row = list(band[0].own.items()) if is_total(band[0].line) else [(0, band[0].line.pieces[0])]
                placed.append((band, row))
                continue
            shared = self._shared(band)
            if shared is None:
                return None
            placed += [(own, _row(own)) for own in shared]
        _label(self.entries, placed)
        columns = self.entries[0].columns if self.entries else None
        out += [[(columns.place(c), p) for c, p in row] for _, row in placed if columns is not None]
        return out if len(out) > 1 else None

    def _cut_off(self) -> None:
        """Drop what follows the table: lines across its columns that are no section rows, and what comes after them."""
        for i, entry in enumerate(self.entries):
            if is_total(entry.line) or not entry.columns.spanned(entry.line):
                continue
            rows = any(x.anchored() and not x.columns.spanned(x.line) for x in self.entries[i + 1 : i + 4])
            if len(clean(entry.line.text)) > MAX_LABEL or not rows or ENDS.search(entry.line.text):
                self.ended = entry.line.number
                self.entries = self.entries[:i]
                return

    def _bands(self) -> list[list[_Entry]]:
        bands: list[list[_Entry]] = [[]]
        for entry in self.entries:
            if entry.alone():
                bands += [[entry], []]
            else:
                bands[-1].append(entry)
        return [b for b in bands if b]

    def _shared(self, band: Sequence[_Entry]) -> list[list[_Entry]] | None:
        """The lines of a band as rows."""
        lines = [e for e in band if e.worded() or e.anchored()]
        anchors = [e for e in lines if e.anchored()]
        if all(e.anchored() for e in lines):
            return [[e] for e in lines]
        if not anchors or not all(self._is_number(e) for e in anchors):
            return None
        texts = [e for e in lines if e.worded()]
        starts = self._starts(texts, anchors, band)
        if starts is None:
            return None
        bounds = [0 if k == 0 else s for k, s in enumerate(starts)] + [len(texts)]
        return [sorted([*texts[a:b], *([] if e in texts[a:b] else [e])], key=lambda x: x.line.number) for e, (a, b) in zip(anchors, pairwise(bounds), strict=True)]

    def _is_number(self, entry: _Entry) -> bool:
        number = entry.columns.number
        printed = entry.columns.cells(entry.line).get(number) if number is not None else None
        return printed is None or len(printed.text) > 2 or bool(NUMBER.fullmatch(printed.text))

    def _starts(self, texts: Sequence[_Entry], anchors: Sequence[_Entry], band: Sequence[_Entry]) -> tuple[int, ...] | None:
        """The first line of each anchor's row."""
        ends = [bool(ENDS.search(e.own[c].text)) if (c := e.columns.text()) in e.own else False for e in texts]
        ys, at = [e.y for e in texts], [e.y for e in anchors]
        by_ends = _closed(ys, at, ends) if all(e.columns.text() in e.own for e in texts) else None
        shares = rowbands.share_out(ys, at, at, ends, leading=False)
        if shares is None:
            return by_ends
        self.sure = self.sure and (shares.sure or shares.starts == by_ends) and by_ends in (None, shares.starts)
        return shares.starts if by_ends is None or shares.starts == by_ends else by_ends


def _closed(ys: Sequence[float], anchors: Sequence[float], ends: Sequence[bool]) -> tuple[int, ...] | None:
    """Rows by the ends of their sentences, where there are as many as rows and each row has its number beside it."""
    last = [i for i, end in enumerate(ends) if end]
    if len(last) != len(anchors) or not ends or not ends[-1]:
        return None
    starts = (0, *(i + 1 for i in last[:-1]))
    beside = all(ys[a] <= y <= ys[b] for a, b, y in zip(starts, last, anchors, strict=True))
    return starts if beside else None


def _row(entries: Sequence[_Entry]) -> Row:
    """The pieces of one row's lines, its labels aside."""
    return [(c, p) for e in entries for c, p in e.own.items() if c not in e.columns.labels()]


# ---- labels ------------------------------------------------------------------------------------------------------


def _label(entries: Sequence[_Entry], placed: list[tuple[list[_Entry], Row]]) -> None:
    """Put each label into the row that it begins."""
    if not placed:
        return
    for col in entries[0].columns.labels():
        blocks = _blocks([e for e in entries if col in e.own and not e.alone()], entries, col)
        homes = _homes(blocks, col, placed)
        for block, home in zip(blocks, homes, strict=True):
            placed[home][1].extend((col, e.own[col]) for e in block)


def _blocks(labelled: Sequence[_Entry], entries: Sequence[_Entry], col: int) -> list[list[_Entry]]:
    """Lines of one label: up to its points, where labels end with them; else a line that fills the column goes on below it,
    but not on a line that begins another row."""
    order = {e.line.number: i for i, e in enumerate(entries)}
    said = [clean(e.own[col].text) for e in labelled]
    closing = bool(said) and any(_closes("".join(said[-n:])) for n in range(1, MAX_LABEL_LINES + 1))
    widest = max((e.columns.measure(t) for e, t in zip(labelled, said, strict=True)), default=0)
    blocks: list[list[_Entry]] = []
    for i, entry in enumerate(labelled):
        above = blocks[-1] if blocks and len(blocks[-1]) < MAX_LABEL_LINES else []
        step = order[entry.line.number] - order[above[-1].line.number] if above else 0
        near = bool(above) and step <= (FAR if closing else 1) and (closing or entry.page == above[-1].page)
        whole = bool(above) and _closes("".join(said[i - len(above) : i]))
        torn = closing or (bool(above) and entry.columns.measure(said[i - 1]) >= widest - 1 and not (entry.anchored() and above[-1].anchored()))
        if near and torn and not whole:
            above.append(entry)
        else:
            blocks.append([entry])
    return blocks


def _closes(label: str) -> bool:
    """Whether a label ends with its points, and with their bracket."""
    opened = sum(label.count(c) for c in "（([【") - sum(label.count(c) for c in "）)]】")
    return split_label(label)[1] is not None and not opened


def _homes(blocks: Sequence[Sequence[_Entry]], col: int, placed: Sequence[tuple[list[_Entry], Row]]) -> list[int]:
    """The row each label begins: where all stand on first lines, that row; else the rows they stand in the middle of; else
    the row beside them."""
    firsts = {entries[0].line.number: k for k, (entries, _) in enumerate(placed)}
    anchors = {e.line.number: k for k, (entries, _) in enumerate(placed) for e in entries if e.anchored()}
    tops = [firsts.get(b[0].line.number, anchors.get(b[0].line.number)) for b in blocks]
    if all(t is not None for t in tops) and tops and tops[0] == 0:
        return [t for t in tops if t is not None]
    return _centred(blocks, col, placed) or [_beside(b, placed) for b in blocks]


class _Way(Struct, frozen=True):
    """The first rows of the labels so far, and what they miss in all."""

    cost: float
    starts: tuple[int, ...]


def _centred(blocks: Sequence[Sequence[_Entry]], col: int, placed: Sequence[tuple[list[_Entry], Row]]) -> list[int] | None:
    """The first row of each label when labels stand in the middle of their rows (those of their page); where two ways are
    as near, the one in which the points of the rows make those of the label."""
    rows = [(k, entries) for k, (entries, _) in enumerate(placed) if not entries[0].alone()]
    if not rows or len(blocks) > len(rows):
        return None
    ways = {0: _Way(0.0, ())}
    for n, block in enumerate(blocks):
        middle, page = (block[0].y + block[-1].y) / 2, block[0].page
        label = "".join(e.own[col].text for e in block)
        declared = split_label(label)[1] or points(label)
        after: dict[int, _Way] = {}
        for start, way in ways.items():
            ends = range(start + 1, len(rows) + 1) if n + 1 < len(blocks) else range(len(rows), len(rows) + 1)
            for end in ends:
                own = [e for _, entries in rows[start:end] for e in entries if e.page == page]
                if end <= start or not own:
                    continue
                miss = abs(middle - (own[0].y + own[-1].y) / 2) / 10
                if miss > MISS:
                    continue
                total = sum((v for _, entries in rows[start:end] for e in entries if (v := e.score()) is not None), Decimal(0))
                cost = way.cost + miss + (declared is not None and total != declared)
                if end not in after or cost < after[end].cost:
                    after[end] = _Way(cost, (*way.starts, start))
        ways = after
    best = ways.get(len(rows))
    return [rows[s][0] for s in best.starts] if best is not None else None


def _beside(block: Sequence[_Entry], placed: Sequence[tuple[list[_Entry], Row]]) -> int:
    middle = (block[0].line.number + block[-1].line.number) / 2
    rows = [k for k, (entries, _) in enumerate(placed) if not entries[0].alone()] or [0]
    return min(rows, key=lambda k: min(abs(e.line.number - middle) for e in placed[k][0]))

