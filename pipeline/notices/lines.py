"""Blocks to lines, lines to passages (logical paragraphs), and back to the exact place of any piece of a passage.

Paged readers give one Paragraph per visual line; text may be hard-wrapped too. `passages` joins what belongs together
by how the lines are set (indent, right margin, punctuation); `Passage.place` maps a span of the joined text back.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Block, Cell, PageNumber, Paragraph, Table
from pipeline.normalize import cleaned, fold, mask_personal
from pipeline.ordinals import ARTICLE, OPENING
from pipeline.pagenumbers import may_number_page, numbers_page
from pipeline.patterns import ASSESSING
from pipeline.provenance import BBox, Provenance

MARKDOWN = regex.compile(r"^(?:#{1,6}\s+|[-*+•·▪●◆]\s+|>\s+|\*\*|__)+")
"""Residue of a conversion before a line: `# `, `- `, `> `, `**`."""

UNBREAKABLE = regex.compile(r"[（(《“‘【〔]*(?:[A-Za-z0-9.%]+ ?|.)[）)》”’】〕，。；：、！？%％]*")
INLINE_MARK = regex.compile(r"[(（]\s*([0-9]{1,2})\s*[)）]")
NUMBERED = regex.compile(
    rf"{OPENING}|{ARTICLE}|附\s*[件表]|(?:抄送|抄报|分送)\s*[：:]|(?:{ASSESSING}|[评计扣打]分)(?:标准|方法|依据)\s*[：:]"
)
"""How a line begins that cannot go on from the line above."""

UPRIGHT = 600.0
"""An upright A4 page is 595 points wide: what stands further right is on a broad page, whose margins are its own."""

RUNNING = 20
"""Characters of a line of running text, at least."""

INDENT = 4.0
"""Characters that the first line of a paragraph is indented by at most."""

RAGGED = 1.8
"""Characters by which a line that is full may fall short of the right margin."""

DATE = regex.compile(
    r"(?:(?:19|20)\s*[0-9]\s*[0-9]|[一二][〇○零ОO０九][〇○零ОO０一二三四五六七八九]{2}|[１２][０-９]{3})\s*年\s*"
    r"(?:[0-9０-９]{1,2}|十[一二]?|[一二三四五六七八九])\s*月\s*(?:[0-9０-９]{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|廿[一二三四五六七八九]?)\s*日"
)
"""A whole date (成文日期), in figures or in words. On a line of its own it stands on the right, so it reaches the margin without
going on."""

BROKEN = regex.compile(r"[0-9]+$"), regex.compile(r"^[0-9]+")
NUMBER_LENGTHS = frozenset((2, 3, 4, 11))
"""Digits of a number that a line's end broke (8|0分): points, a year, a mobile number. Others are two numbers."""

TERMINAL = tuple("。！？；：!?;:")


class Line(Struct, frozen=True):
    """One line as read: its cleaned text, where it stands, and how it is set. `origin[i]` is the index in `at.quote`
    of text[i]; empty when the reader's text and quote cannot be matched."""

    text: str
    at: Provenance
    origin: tuple[int, ...]
    block: int
    page: int | None = None
    bbox: BBox | None = None
    align: str | None = None
    size: float | None = None
    in_table: bool = False
    after_table: bool = False

    def place(self, start: int = 0, end: int | None = None) -> Provenance:
        """Where text[start:end] stands; the whole line when offsets are unknown."""
        end = len(self.text) if end is None else end
        if not self.origin or (start <= 0 and end >= len(self.text)) or start >= end:
            return self.at
        low, high = self.origin[start], self.origin[end - 1] + 1
        span = self.at.span
        moved = (span[0] + low, span[0] + high) if span is not None else None
        return replace(self.at, quote=self.at.quote[low:high], span=moved)


class Passage(Struct, frozen=True):
    """A logical paragraph: the lines it was joined from, and where each begins in its text."""

    text: str
    lines: tuple[Line, ...]
    starts: tuple[int, ...]

    def place(self, start: int = 0, end: int | None = None) -> Provenance:
        """Where text[start:end] stands. Over several lines of one page the boxes are united and the quotes joined by a
        line end; in other sources the first line's part is given. Personal data in the quote is masked."""
        end = len(self.text) if end is None else end
        parts = [
            line.place(max(0, start - begin), min(len(line.text), end - begin))
            for line, begin in zip(self.lines, self.starts, strict=True)
            if start < begin + len(line.text) and end > begin
        ]
        return masked(unite(parts or [self.lines[0].at]))


def masked(at: Provenance) -> Provenance:
    """The place with personal numbers in its quote masked."""
    quote = mask_personal(at.quote)
    return at if quote == at.quote else replace(at, quote=quote)


def unite(parts: Sequence[Provenance]) -> Provenance:
    """One place for parts that were joined; see `Passage.place`."""
    first = parts[0]
    if first.bbox is None:
        return first
    same = [p for p in parts if p.page == first.page and p.bbox is not None]
    boxes = [p.bbox for p in same if p.bbox is not None]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return replace(first, quote="\n".join(p.quote for p in same), bbox=box)


def lines_of(blocks: Iterable[Block]) -> list[Line]:
    """Every non-empty line outside tables, and the cells of layout tables (one column, or at most two cells)."""
    out: list[Line] = []
    crossed = False
    for index, block in enumerate(blocks):
        if isinstance(block, Table) and not is_layout(block):
            crossed = True
            continue
        for line in block_lines(block, index):
            if line.text:
                out.append(replace(line, after_table=True) if crossed else line)
                crossed = False
    return out


def block_lines(block: Block, index: int) -> list[Line]:
    """The lines of a paragraph, or of a layout table's cells."""
    if isinstance(block, Paragraph):
        return paragraph_lines(block, index)
    whole = [replace(cell, at=replace(cell.at, quote=cell.text)) if _is_running_text(cell) else cell for cell in block.cells]
    return [line for cell in whole for line in cell_lines(cell, index)]


def _is_running_text(cell: Cell) -> bool:
    """Whether a cell's lines were joined to one text by the reader: a paragraph in a frame."""
    return "\n" not in cell.text and "\n" in cell.at.quote and len(cell.text) > 2 * RUNNING


def is_layout(table: Table) -> bool:
    """A table that only places text: a frame around a head, never a grid of values."""
    filled = [c for c in table.cells if c.text.strip()]
    return table.cols == 1 or len(filled) <= 2


def paragraph_lines(paragraph: Paragraph, index: int) -> list[Line]:
    """The lines of one paragraph (a paragraph may hold line ends of its own)."""
    at = paragraph.at
    return _split(paragraph.text, Line("", at, (), index, paragraph.page or at.page, at.bbox, paragraph.align, paragraph.size))


def cell_lines(cell: Cell, index: int) -> list[Line]:
    """The lines of one cell."""
    return _split(cell.text, Line("", cell.at, (), index, cell.at.page, cell.at.bbox, in_table=True))


def _split(text: str, block: Line) -> list[Line]:
    """The lines of a block's text; `block` is an empty line set as they are."""
    quote = block.at.quote
    raw = quote if _same(quote, text) else text
    exact = raw == quote or len(raw) == len(quote)
    out, begin = [], 0
    for piece in raw.split("\n"):
        out.append(_line(piece, block, begin, exact, whole="\n" not in raw))
        begin += len(piece) + 1
    return out


def _same(quote: str, text: str) -> bool:
    """The reader's text is the quote but for spaces."""
    return quote == text or "".join(quote.split()) == "".join(text.split())


def _line(piece: str, block: Line, begin: int, exact: bool, whole: bool) -> Line:
    residue = MARKDOWN.match(piece)
    if residue and numbers_page(piece.strip()):
        residue = None
    skip = residue.end() if residue else 0
    clean = cleaned(piece[skip:].replace("**", "  ") if residue else piece)
    at, origin = block.at, clean.origin
    if not exact:
        origin = ()
    elif clean.text and not whole:
        low, high = begin, begin + len(piece)
        span = (at.span[0] + low, at.span[0] + high) if at.span is not None else None
        at = replace(at, quote=at.quote[low:high], span=span)
    if skip:
        origin = tuple(o + skip for o in origin)
    return Line(clean.text, at, origin, block.block, block.page, block.bbox, block.align, block.size, block.in_table)


# ---- joining -----------------------------------------------------------------------------------------------------


def without_page_furniture(lines: Sequence[Line], heights: dict[int, float]) -> list[Line]:
    """Page numbers and running heads dropped. `heights` gives each page's height in points (empty when unpaged)."""
    running = _running(lines, heights)
    return [line for line in lines if not _is_furniture(line, heights, running)]


def page_numbers(lines: Sequence[Line], heights: dict[int, float]) -> tuple[PageNumber, ...]:
    """The page numbers printed at the edges of pages; () for a source without pages."""
    found = []
    for line in lines:
        if not _at_edge(line, heights) or not may_number_page(line.text):
            continue
        digits = regex.search(r"[0-9]{1,4}", fold(line.text))
        if digits:
            found.append(PageNumber(int(digits[0]), line.place()))
    return tuple(found)


def _is_furniture(line: Line, heights: dict[int, float], running: set[str]) -> bool:
    if numbers_page(line.text):
        return True
    return _at_edge(line, heights) and (may_number_page(line.text) or line.text in running)


def _at_edge(line: Line, heights: dict[int, float]) -> bool:
    height = heights.get(line.page or 0)
    if not height or line.bbox is None:
        return False
    return line.bbox[3] < 0.09 * height or line.bbox[1] > 0.90 * height


def _running(lines: Sequence[Line], heights: dict[int, float]) -> set[str]:
    pages: dict[str, set[int]] = {}
    for line in lines:
        if _at_edge(line, heights):
            pages.setdefault(line.text, set()).add(line.page or 0)
    return {text for text, where in pages.items() if len(where) >= 3 and 2 * len(where) >= len(heights)}


def passages(lines: Sequence[Line]) -> list[Passage]:
    """Lines joined to logical paragraphs."""
    if not lines:
        return []
    margins = Margins.of(lines)
    groups: list[list[Line]] = [[lines[0]]]
    for line in lines[1:]:
        if margins.goes_on(groups[-1][-1], line, _counts_on(groups[-1], line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [join(group) for group in groups]


def _counts_on(group: Sequence[Line], line: Line) -> bool:
    """The line begins with （2） and the paragraph above holds （1） within it: an enumeration in running text."""
    mark = INLINE_MARK.match(line.text)
    if mark is None or int(mark[1]) < 2:
        return False
    before = regex.compile(rf"(?<=.)[(（]\s*{int(mark[1]) - 1}\s*[)）]")
    return any(before.search(x.text) for x in group[-3:])


def join(lines: Sequence[Line]) -> Passage:
    """One passage of these lines; a space only between two ASCII words, none within a number."""
    text, starts = "", []
    for line in lines:
        if text and text[-1].isascii() and text[-1].isalnum() and line.text[:1].isascii() and line.text[:1].isalnum() and not _broke(text, line.text):
            text += " "
        starts.append(len(text))
        text += line.text
    return Passage(text, tuple(lines), tuple(starts))


def _broke(above: str, below: str) -> bool:
    """Whether the line's end stands inside one number."""
    tail, head = BROKEN[0].search(above), BROKEN[1].match(below)
    return tail is not None and head is not None and len(tail[0] + head[0]) in NUMBER_LENGTHS


def columns(text: str) -> int:
    """Display columns: a wide character counts two."""
    return 2 * len(text) - len(text.encode("ascii", "ignore"))


class Margins(Struct, frozen=True):
    """Left and right text margins by page for paged sources; a wrap width in columns for hard-wrapped text. `leading` is
    the line distance inside paragraphs, in points, where paragraphs stand visibly further apart than that; else 0. `lone`
    are pages on which a single line reaches as far as any: it need not be full."""

    left: dict[int, float]
    right: dict[int, float]
    em: float
    wrap: int | None
    leading: float = 0.0
    lone: frozenset[int] = frozenset()

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Margins:
        """The margins of lines on pages; of text without pages the width it is wrapped to."""
        set_lines = [x for x in lines if x.bbox is not None and not x.in_table]
        if not set_lines:
            return cls({}, {}, 0.0, _wrap_width(lines))
        em = median(_em(x) for x in set_lines)
        left, right = {}, {}
        reach: dict[int, float] = {}
        for x in set_lines:
            reach[x.page or 0] = max(reach.get(x.page or 0, 0.0), x.bbox[2] if x.bbox else 0.0)
        for pages in ({p for p in reach if reach[p] <= UPRIGHT}, {p for p in reach if reach[p] > UPRIGHT}):
            alike = [x for x in set_lines if (x.page or 0) in pages]
            widest = max((_width(x) for x in alike), default=0.0)
            wide = [x for x in alike if _width(x) > 0.6 * widest] or alike
            for page in pages:
                here = [x for x in wide if (x.page or 0) == page]
                here = here if len(here) >= 3 else wide
                left[page] = min(x.bbox[0] for x in here if x.bbox)
                right[page] = max(x.bbox[2] for x in here if x.bbox)
        reaching = Counter(x.page or 0 for x in set_lines if x.bbox and x.bbox[2] > right[x.page or 0] - RAGGED * em)
        margins = cls(left, right, em, None, lone=frozenset(page for page, lines in reaching.items() if lines == 1))
        return replace(margins, leading=margins._leading(set_lines))

    def goes_on(self, above: Line, line: Line, counts_on: bool = False) -> bool:
        """`line` is the same paragraph as the line above it; `counts_on`: its number goes on with one inside that."""
        if above.in_table or line.in_table or line.after_table or DATE.fullmatch(above.text) or (NUMBERED.match(line.text) and not counts_on):
            return False
        if above.bbox is None or line.bbox is None:
            return self._wrapped_text(above, line)
        if _sizes_differ(above, line) or (above.page == line.page and line.bbox[1] < above.bbox[1] - line.bbox[3] + line.bbox[1]):
            return False  # of another size, or on the next page of the same sheet
        if above.text.endswith(TERMINAL) and above.page in self.lone:
            return False
        if not (self.is_full(above, _unbreakable(line.text)) or self._set_as_one(above, line)) or _far(above, line):
            return False
        indent = line.bbox[0] - self.left.get(line.page or 0, 0.0)
        return indent < 1.2 * self.em

    def is_filled(self, line: Line) -> bool:
        """The line reaches the right margin and begins at the left one or indented: no date, page head or signature."""
        begins = line.bbox is None or line.bbox[0] - self.left.get(line.page or 0, 0.0) < INDENT * self.em
        return begins and self.is_full(line)

    def is_full(self, line: Line, spared: float = 0.0) -> bool:
        """The line reaches the right margin, but for what could not be set there: `spared` characters."""
        if line.bbox is None:
            return self.wrap is not None and columns(line.text) >= self.wrap - 3
        short = 0.8 + spared if spared > 1 and not line.text.endswith(TERMINAL) else RAGGED
        advance = _width(line) / max(1.0, columns(line.text) / 2)  # of a character; the size may be that of its ink
        em = advance if self.em < advance < 1.3 * self.em else self.em
        return line.bbox[2] > self.right.get(line.page or 0, 0.0) - short * em

    def _set_as_one(self, above: Line, line: Line) -> bool:
        """A line that ends early (a word would not break) but is set as close to the next as lines of a paragraph are."""
        if not self.leading or above.page != line.page or above.text.endswith(TERMINAL) or above.bbox is None or line.bbox is None:
            return False
        left, right = self.left.get(line.page or 0, 0.0), self.right.get(line.page or 0, 0.0)
        return above.bbox[2] > left + 0.75 * (right - left) and line.bbox[3] - above.bbox[3] < 1.15 * self.leading

    def _leading(self, set_lines: Sequence[Line]) -> float:
        pairs = [(a, b) for a, b in itertools.pairwise(set_lines) if a.page == b.page and a.bbox and b.bbox]
        steps: dict[bool, list[float]] = {True: [], False: []}
        for a, b in pairs:
            if a.bbox and b.bbox:
                steps[self.is_full(a)].append(b.bbox[3] - a.bbox[3])
        if min(len(steps[True]), len(steps[False])) < 3:
            return 0.0
        inside, between = median(steps[True]), median(steps[False])
        return inside if inside > 0 and between > 1.35 * inside else 0.0

    def _wrapped_text(self, above: Line, line: Line) -> bool:
        if self.wrap is None or above.at.line is None or line.at.line != above.at.line + 1 or not self.is_full(above):
            return False
        return not above.text.endswith(TERMINAL)


def _unbreakable(text: str) -> float:
    """The width, in characters, of what no line may end within: opening brackets, a character or an ASCII word, and the
    marks that may not begin a line."""
    match = UNBREAKABLE.match(text)
    return columns(match[0]) / 2 if match else 0.0


def _wrap_width(lines: Sequence[Line]) -> int | None:
    """The column at which a text file was hard-wrapped, or None. Wrapped files have most long lines within two
    characters of one width; a file of whole paragraphs has lines of any length."""
    widths = [columns(x.text) for x in lines if x.at.line is not None and not x.in_table]
    top = max(widths, default=0)
    if not 40 <= top <= 90:
        return None
    near = sum(1 for w in widths if w >= top - 4)
    return top if near >= 4 and near >= 0.35 * len(widths) else None


def _width(line: Line) -> float:
    return line.bbox[2] - line.bbox[0] if line.bbox else 0.0


def _em(line: Line) -> float:
    if line.size:
        return line.size
    return _width(line) / max(1.0, columns(line.text) / 2)


def _sizes_differ(above: Line, line: Line) -> bool:
    if not above.size or not line.size:
        return False
    return abs(above.size - line.size) > 0.15 * max(above.size, line.size)


def _far(above: Line, line: Line) -> bool:
    """More than two line heights apart on one page."""
    if above.page != line.page or above.bbox is None or line.bbox is None:
        return False
    height = max(above.bbox[3] - above.bbox[1], line.bbox[3] - line.bbox[1], 1.0)
    return line.bbox[1] - above.bbox[3] > 2.0 * height
