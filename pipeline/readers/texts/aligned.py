"""Tables set by spaces alone, as old editors and `pdftotext -layout` give them, over page breaks too.

A cell may wrap: its further lines stand under it. A row begins where its number does, or the number stands in the middle
of the row's lines; the ends of sentences settle what places leave open. What cannot be told is left and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct, field

from pipeline import patterns
from pipeline import rx as regex
from pipeline.normalize import clean
from pipeline.pagenumbers import may_number_page
from pipeline.readers.grids import rowbands
from pipeline.readers.texts.spacedlabels import place_labels
from pipeline.readers.texts.spacedlines import ENDS, MAX_LABEL, Entry, is_scored_name, is_total, sums_up
from pipeline.readers.texts.textgrid import NUMBER, Columns, columns_of, is_points, names_columns
from pipeline.readers.texts.textlines import Line, Row, piece_of
from pipeline.readers.texts.typedrows import typed_rows

SAMPLE = 60
"""Lines of a page that say where its columns part."""

MIN_SAMPLE = 3
"""Lines that suffice for it without the section rows, whose names may run over the columns."""

MAX_LEAD = 20
"""Lines with gaps above a header: form fields, a title."""

MAX_WIDTH = 2000
"""Characters of one line; a longer one is a paragraph."""

MAX_HEAD_LINES = 3
MAX_HEAD_WORD = 6
"""Characters of a header word on a later line of the header: 号 under 序, （分） under 分值."""

MAX_BLANK = 3
"""Blank lines inside a table; more end it, except around a page break."""

SURE = 0.8
"""Of the pieces in the column of numbers, so many at least are numbers: a few may be damaged."""

_BEFORE_TEXT = regex.compile(r"[0-9]{1,3}\s{2,}\p{Han}")

_TO_SIGN = regex.compile(r"(?:签[字名章]|盖章|人|日期|时间)\s*[)）]?\s*[：:]\s*$")

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
        first = lines[start : start + MAX_HEAD_LINES]
        named += next((n for n, line in enumerate(first) if not _is_fragment(line) or is_head(line)), 0)
    if named >= len(lines) or lines[named].kind not in ("gap", "plain") or not is_head(lines[named]):
        return None
    head = named
    while head > start and named - head < MAX_HEAD_LINES - 1 and _is_fragment(lines[head - 1]):
        head -= 1
    end = _signed_at(lines, named)
    run = _extent(lines if end == len(lines) else lines[:end], head, named)
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
    indented = line.text[:1].isspace() and line.kind in ("plain", "gap") and not patterns.field_names(line.text)
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
    last, blank, whole = named, 0, named  # whole: the last line before the last blank one
    for i in range(named + 1, len(lines)):
        line = lines[i]
        if whole > named and line.kind == "gap" and is_head(line) and _words(line) != _words(lines[named]):
            last = whole  # another table, its title above it
            break
        if line.kind in ("tab", "pipe") or len(line.text) > MAX_WIDTH or (blank > MAX_BLANK and not _breaks(lines, i)):
            break
        if line.kind == "blank":
            blank, whole = blank + 1, last if not blank else whole
            continue
        if line.kind == "rule" or _is_page_number(lines, i):
            continue
        if _stops(line):
            break
        opens = last == named  # a total right below the header opens the table
        last, blank = i, 0
        if is_total(line) and not opens:
            break
    return lines[head : last + 1]


def _signed_at(lines: Sequence[Line], named: int) -> int:
    """The index of the line of places to sign (考核人签字：  负责人签字：) that ends the table right below its rows, else the number
    of lines; `named`: the line of its header that names columns."""
    headed = False
    for i in range(named, len(lines)):
        headed = headed or names_columns([p.text for p in lines[i].pieces])
        if not headed and i - named > MAX_LEAD + MAX_HEAD_LINES:
            break
        if headed and _is_signed(lines, i):
            return i
        if headed and lines[i].kind in ("blank", "tab", "pipe") and not _is_signed(lines, i + 1):
            break
    return len(lines)


def _is_signed(lines: Sequence[Line], index: int) -> bool:
    """Places to sign alone on a line, with nothing right below."""
    line = lines[index] if index < len(lines) else None
    if line is None or line.kind not in ("gap", "plain") or (index + 1 < len(lines) and lines[index + 1].kind != "blank"):
        return False
    return all(patterns.field_name(p.text) or _TO_SIGN.search(p.text) for p in line.pieces)


def _stops(line: Line) -> bool:
    text = clean(line.text)
    if patterns.field_name(text) is not None or patterns.field_names(text):
        return True
    return patterns.NOTE_ROW.match(text) is not None or patterns.ANNEX_MARK.match(text) is not None


def _breaks(lines: Sequence[Line], i: int) -> bool:
    """Whether a new page begins at line i, or a page number stands there."""
    return "\f" in lines[i].text or _is_page_number(lines, i)


def _is_page_number(lines: Sequence[Line], i: int) -> bool:
    """A line of nothing but a page number, next to where a page begins."""
    if not may_number_page(clean(lines[i].text)):
        return False
    after = next((x for x in lines[i + 1 :] if x.kind != "blank"), None)
    return after is None or "\f" in after.text or "\f" in lines[i].text or any("\f" in x.text for x in lines[i + 1 : after.number - lines[0].number])


def _pages(run: Sequence[Line], above: int) -> list[_Page]:
    """The run cut where pages begin, or where a line says that the table goes on (续表), without page numbers, rules, and blank
    lines at the top."""
    pages = [_Page(list(run[: above + 1]))]
    for i, line in enumerate(run[above + 1 :], start=above + 1):
        again = patterns.CONTINUED.match(clean(line.text)) is not None
        if "\f" in line.text or again:
            pages.append(_Page())
        page = pages[-1]
        if again or line.kind == "rule" or (line.kind == "blank" and not page.body) or _is_page_number(run, i):
            continue
        page.body.append(line)
    return [p for p in pages if p.head or any(x.kind != "blank" for x in p.body)]


def _grids(pages: Sequence[_Page]) -> list[Columns] | None:
    """The columns of each page; the header is taken with as many lines as name most columns and leave numbers below."""
    first = pages[0]
    words = _words(first.head[-1])
    best: tuple[tuple[int, float], int, Columns] | None = None
    named = next((i for i, line in enumerate(first.body[:MAX_HEAD_LINES]) if not _names_all(line)), 0)
    for count in range(named, max(named, _head_lines(first)) + 1):
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


def _names_all(line: Line) -> bool:
    """Whether each piece of a line names a column (自评  复核 below 得分)."""
    return bool(line.filled()) and all(patterns.header_role(p.text) is not None for p in line.filled())


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
    rows = [line for line in body if len(line.filled()) > 1 and not sums_up(line)]
    own = [line for line in rows if not is_scored_name(line)]
    return (own if len(own) >= MIN_SAMPLE else rows)[:SAMPLE]


def _numbered(bodies: Sequence[Sequence[Line]], grids: Sequence[Columns]) -> float:
    """The share of numbers in the column of numbers: a few may be damaged."""
    said = [p[c].text for body, own in zip(bodies, grids, strict=True) if (c := own.number) is not None
            for line in body if not sums_up(line) and c in (p := own.cells(line))]  # fmt: skip
    return sum(bool(NUMBER.fullmatch(t)) for t in said) / len(said) if said else 1.0


# ---- rows --------------------------------------------------------------------------------------------------------


class Sheet(Struct):
    """The lines of a table in their columns, and what was made of them. `ended`: the number of the first line that does
    not belong."""

    entries: list[Entry]
    heads: list[Row]
    sure: bool = True
    ended: int | None = None

    @classmethod
    def of(cls, pages: Sequence[_Page], grids: Sequence[Columns]) -> Sheet:
        """The lines of all pages, each in the columns of its page; their heights are ten apart, pages a thousand."""
        shown = [(line, own) for page, own in zip(pages, grids, strict=True) for line in page.body if line.kind != "blank"]
        first = [Entry(line, 0, own.pieces(line), own, 0.0) for line, own in shown]
        begun = [e for e in first if e.anchored() and not sums_up(e.line)]
        filled = [sum(c in e.own for e in begun) / max(len(begun), 1) for c in range(len(grids[0].names))]
        entries: list[Entry] = []
        y = 0.0
        for number, (page, own) in enumerate(zip(pages, grids, strict=True)):
            for line in page.body:
                if line.kind == "blank":
                    y += 10
                    continue
                pieces = own.pieces(line)
                if not sums_up(line) and Entry(line, number, pieces, own, y).anchored():
                    pieces = own.pieces(line, filled)
                aside = set(pieces) <= set(own.labels())
                y += 0 if aside else 10
                entries.append(Entry(line, number, pieces, own, y + 5 * aside))
            y += 1000
        return cls(entries, [[cell for line in pages[0].head for cell in grids[0].head(line)]])

    def rows(self) -> list[Row] | None:
        """All rows, the header first; None where they cannot be told."""
        self._cut_off()
        out: list[Row] = list(self.heads)
        placed: list[tuple[list[Entry], Row]] = []
        for band in self._bands():
            if len(band) == 1 and band[0].alone():
                placed.append((band, _row_alone(band[0])))
                continue
            shared = self._shared(band)
            if shared is None:
                return None
            placed += [(own, _row(own)) for own in shared]
        self.sure = self.sure and not self._lost_numbers()
        place_labels(self.entries, placed)
        columns = self.entries[0].columns if self.entries else None
        out += [[(columns.place(c), p) for c, p in row] for _, row in placed if columns is not None]
        return out if len(out) > 1 else None

    def _lost_numbers(self) -> bool:
        """Whether the column of numbers is blank and numbers stand before texts: the columns were then not found."""
        blank = all(e.columns.number is not None and e.columns.number not in e.own for e in self.entries)
        return blank and any(_BEFORE_TEXT.match(p.text) for e in self.entries for p in e.own.values())

    def _cut_off(self) -> None:
        """Drop what follows the table: lines across its columns that are no section rows, and what comes after them."""
        for i, entry in enumerate(self.entries):
            if sums_up(entry.line) or not entry.columns.spanned(entry.line):
                continue
            rows = any(x.anchored() and not x.columns.spanned(x.line) for x in self.entries[i + 1 : i + 4])
            if len(clean(entry.line.text)) > MAX_LABEL or not rows or ENDS.search(entry.line.text):
                self.ended = entry.line.number
                self.entries = self.entries[:i]
                return

    def _bands(self) -> list[list[Entry]]:
        bands: list[list[Entry]] = [[]]
        for entry in self.entries:
            if entry.alone():
                bands += [[entry], []]
            else:
                bands[-1].append(entry)
        return [b for b in bands if b]

    def _shared(self, band: Sequence[Entry]) -> list[list[Entry]] | None:
        """The lines of a band as rows."""
        lines = [e for e in band if e.worded() or e.anchored()]
        anchors = [e for e in lines if e.anchored()]
        if all(e.anchored() for e in lines):
            return [[e] for e in lines]
        if not anchors and all(ENDS.search(e.own[c].text) if (c := e.columns.text()) in e.own else False for e in lines):
            return [[e] for e in lines]  # neither numbers nor points, but each line is a whole sentence
        if not anchors or not all(self._is_number(e) for e in anchors):
            return None
        texts = [e for e in lines if e.worded()]
        starts = self._starts(texts, anchors)
        if starts is None:
            return None
        bounds = [0 if k == 0 else s for k, s in enumerate(starts)] + [len(texts)]
        shares = ((e, texts[a:b]) for e, (a, b) in zip(anchors, pairwise(bounds), strict=True))
        return [sorted(own if e in own else [*own, e], key=lambda x: x.line.number) for e, own in shares]

    def _is_number(self, entry: Entry) -> bool:
        number = entry.columns.number
        printed = entry.columns.cells(entry.line).get(number) if number is not None else None
        return printed is None or len(printed.text) > 2 or bool(NUMBER.fullmatch(printed.text))

    def _starts(self, texts: Sequence[Entry], anchors: Sequence[Entry]) -> tuple[int, ...] | None:
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


def _row_alone(entry: Entry) -> Row:
    """A total or a heading in its columns; a section's name that runs over them in the first, its points under the points."""
    first, *rest = entry.line.filled()
    if sums_up(entry.line) or entry.apart():
        return list((entry.named() or entry.own).items())
    score = entry.columns.points
    if len(rest) == 1 and score is not None and is_points(rest[0].text):
        return [(0, first), (score, rest[0])]
    return [(0, piece_of(entry.line.number, entry.line.text, first.start, rest[-1].end if rest else first.end))]


def _row(entries: Sequence[Entry]) -> Row:
    """The pieces of one row's lines, its labels aside."""
    return [(c, p) for e in entries for c, p in e.own.items() if c not in e.columns.labels()]
