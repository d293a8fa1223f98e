"""Heads and feet that pages repeat, and page numbers: they would stand between the parts of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Block, Page, Paragraph
from pipeline.normalize import fold
from pipeline.ordinals import NUMERALS
from pipeline.pagenumbers import may_number_page, without_page_number
from pipeline.patterns import ANNEX_MARK, NOTE_ROW, TITLE_WORDS, field_names, names_total
from pipeline.provenance import BBox

INNER = 0.1
"""Heads and feet stand in this part of a page's height, at its top and bottom."""

OUTER = 0.07
"""No text but heads and feet stands in this part of a page's height, at its top and bottom."""

NEAR = 6.0
"""A line is at the place of another, on another page, to so many points."""

EDGE = 0.06
"""A letterhead begins in this part of a page's height; no title does."""

ALIKE = 0.4
"""Part of the characters that two readings of one picture (a letterhead) share at least."""

CHAPTER = regex.compile(rf"第[{NUMERALS}0-9]{{1,3}}(?:[章节篇]|部分)")
"""How the head of a chapter begins."""

RUN, RUN_OF_TITLES = 3, 5
"""Pages on which the head of a chapter runs, at least: every one, or the left or right ones; one worded as the title of a sheet may
be that of sheets of one page each."""


def without_running_lines(flow: Sequence[Sequence[Block]], pages: Sequence[Page]) -> list[Block]:
    """All blocks in order, without page numbers in the margin and without headers and footers that repeat on at least
    three pages (half of the pages of a longer document; near the edge on both of two), at one height on the upright pages and
    at one on the broad ones; and, from its second page on, without what heads or foots the pages of a chapter.

    `flow`: the blocks of each of `pages`, with boxes in points."""
    lines = _margin_lines(flow, pages)
    seen = Counter(key for page in lines for key in set(page.values()))
    usual: dict[tuple[str, bool, bool], _Running] = {}
    for key, n in seen.items():
        kind = key.text, key.above, key.broad
        if kind not in usual or n > seen[usual[kind]]:
            usual[kind] = key
    pages_of: Counter[tuple[str, bool]] = Counter()
    for key in usual.values():
        pages_of[key.text, key.above] += seen[key]
    least = {key: 2 if key.outer and len(pages) == 2 else max(3.0, 0.5 * len(pages)) for key in usual.values()}
    repeated = {key for key in usual.values() if pages_of[key.text, key.above] >= least[key]}
    running = {block for page in lines for block, key in page.items() if key in repeated or key.numbers}
    running |= set(_of_chapters(flow, lines))
    return [block for blocks in flow for block in blocks if id(block) not in running]


class _Running(Struct, frozen=True):
    """A line in a margin: its text with the numbers masked, whether it stands above, whether its page is broad, its
    top on the first page that has it, whether it is near the page's edge, whether it may be the page's number."""

    text: str
    above: bool
    broad: bool
    top: float
    outer: bool
    numbers: bool


def _margin_lines(flow: Sequence[Sequence[Block]], pages: Sequence[Page]) -> list[dict[int, _Running]]:
    """For each page, the ids of its lines in the margins with what they are; a line that stands where one with its text stands
    on a page before is the same."""
    known: dict[tuple[str, bool, bool, bool, bool], list[_Running]] = {}
    pictured: list[tuple[BBox, _Running]] = []
    found: list[dict[int, _Running]] = []
    for blocks, page in zip(flow, pages, strict=True):
        own = {}
        for block in blocks:
            line = _margin_line(block, page, len(pages))
            if line is None:
                continue
            if page.ocr and block.at.bbox is not None:
                line = _as_before(line, block.at.bbox, page.height, pictured)
            before = known.setdefault((line.text, line.above, line.broad, line.outer, line.numbers), [])
            same = next((other for other in before if abs(other.top - line.top) < NEAR), None)
            if same is None:
                before.append(line)
            own[id(block)] = same or line
        found.append(own)
    return found


def _as_before(line: _Running, box: BBox, height: float, pictured: list[tuple[BBox, _Running]]) -> _Running:
    """The line that a page before has at the very edge, or at the foot, in the same place, where this one is another reading of it."""
    from rapidfuzz.distance import Indel

    at_edge = box[1] < EDGE * height or not line.above
    if not at_edge or TITLE_WORDS.search(line.text) or _is_of_sheet(line.text):
        return line
    for place, other in pictured:
        if not all(abs(a - b) < NEAR for a, b in zip(place, box, strict=True)) or _han(other.text) != _han(line.text):
            continue
        if Indel.normalized_similarity(other.text, line.text) >= ALIKE:
            return replace(other, outer=line.outer, numbers=line.numbers)
    pictured.append((box, line))
    return line


def _is_of_sheet(text: str) -> bool:
    """Whether a line is part of a sheet wherever it stands: an annex's mark, a note, a total, a place to fill in."""
    return bool(ANNEX_MARK.match(text) or NOTE_ROW.match(text) or names_total(text) or field_names(text))


def _han(text: str) -> list[str]:
    """The Chinese characters, which several readings of a letterhead may give in any order."""
    return sorted(regex.findall(r"\p{Han}", text))


def _margin_line(block: Block, page: Page, count: int) -> _Running | None:
    """A line in the top or bottom margin, of one page of `count`; None for other blocks. The marks of several annexes are not
    one line, nor are the titles of two pages that differ in a year."""
    if not isinstance(block, Paragraph) or block.at.bbox is None:
        return None
    top, bottom = block.at.bbox[1], block.at.bbox[3]
    if bottom > INNER * page.height and top < (1 - INNER) * page.height:
        return None
    text = fold(block.text).replace(" ", "")
    numbers = may_number_page(text)
    alike = ANNEX_MARK.match(text) or (count == 2 and not numbers)
    masked = without_page_number(text) if alike else regex.sub(r"[0-9]+", "#", text)
    outer = bottom <= OUTER * page.height or top >= (1 - OUTER) * page.height
    return _Running(masked, bottom <= INNER * page.height, page.width > page.height, top, outer, numbers)


def _of_chapters(flow: Sequence[Sequence[Block]], lines: Sequence[dict[int, _Running]]) -> Iterator[int]:
    """The ids of lines near the edge, or at the foot, that stand at one height on several pages in a row, but not of the first ones."""
    found: dict[tuple[str, _Running], list[tuple[int, int]]] = {}
    for number, (blocks, own) in enumerate(zip(flow, lines, strict=True)):
        for block in blocks:
            line = own.get(id(block))
            if line is not None and (line.outer or not line.above) and isinstance(block, Paragraph) and not _is_of_sheet(block.text):
                found.setdefault((without_page_number(fold(block.text)), line), []).append((number, id(block)))
    for (text, _), places in found.items():
        starts = [0, *(i for i in range(1, len(places)) if places[i][0] - places[i - 1][0] > 2), len(places)]
        for first, end in pairwise(starts):
            titled = TITLE_WORDS.search(text) and not CHAPTER.match(text)
            if end - first >= (RUN_OF_TITLES if titled else RUN):
                yield from (block for _, block in places[first + 1 : end])
