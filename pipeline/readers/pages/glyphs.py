"""Characters as read, whatever the source: which have meaning, which stand for another, whether a page that is a picture has any of
its own, and lines that every page repeats."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from pipeline import rx as regex
from pipeline.model import Block, Page, Paragraph
from pipeline.normalize import fold
from pipeline.pagenumbers import may_number_page, without_page_number
from pipeline.patterns import ANNEX_MARK

_MEANINGLESS = regex.compile(r"[\p{Co}\p{Cn}\uFFFD\uFFFE\uFFFF\x00-\x08\x0E-\x1F\x7F]")
UNKNOWN = "\uFFFD"
_RADICAL = regex.compile(r"[⺀-⿕豈-﫿]")
_SUPPLEMENT = dict(zip(
    "⺁⺄⺊⺌⺒⺓⺜⺝⺟⺠⺦⺧⺩⺫⺬⺮⺶⺷⺼⺽⻁⻄⻅⻆⻉⻊⻋⻌⻏⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乙卜小巳幺日月母民丬牛王目示竹羊羊月臼虎西见角贝足车辶邑長长门雨青韦页风飞食首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
    strict=True,
))  # fmt: skip
"""Radicals that are whole characters and that Unicode's normal forms leave as they are."""
_SUPPLEMENT["⼾"] = "户"  # the normal form is 戶, while fonts of the mainland draw both alike: a PDF made with one names it for either

RADICALS = frozenset(_SUPPLEMENT.values()) | frozenset(
    text for code in range(0x2F00, 0x2FD6) if len(text := unicodedata.normalize("NFKC", chr(code))) == 1
)
"""Characters that share a glyph with a radical: 一, 无, 行, 面 …"""


def has_meaning(text: str) -> bool:
    """Whether a character is one: not private use, unassigned, control, or the sign for "unknown"."""
    return (text.isprintable() and UNKNOWN not in text) or not _MEANINGLESS.search(text)


PLAINLY, COMPATIBLE = "\u2FD6", "\uF900"
"""From the one up to the other no character is a compatibility form: nearly all of a Chinese page."""


def is_radical(text: str) -> bool:
    """Whether a text begins with a compatibility radical."""
    return "\u2E80" <= text < PLAINLY or COMPATIBLE <= text < "\uFB00"


def plain(text: str) -> str:
    """Compatibility radicals as the characters they look like (⼤ → 大); everything else unchanged."""
    if len(text) == 1 and not is_radical(text):
        return text
    return _RADICAL.sub(lambda m: _SUPPLEMENT.get(m[0], unicodedata.normalize("NFKC", m[0])), text)


# ---- pages that are pictures -------------------------------------------------------------------------------------


MIN_CHARS = 8
"""A page with fewer characters and a picture is a scan (page numbers and stamps are put over scans as text); a picture with fewer
characters on it may hold text itself."""

COVERING = 0.7
"""A picture that takes up this much of the page is the page itself."""

MARGIN = 0.08
"""Part of the page's height at the top and bottom where scanners' apps and page numbers write."""


def is_bare(heights: Iterable[float], page: float) -> bool:
    """Whether (nearly) all characters stand in the margins. `heights`: where each stands, `page`: the page's height, alike in points."""
    return sum(MARGIN * page < y < (1 - MARGIN) * page for y in heights) < MIN_CHARS


# ---- running lines -----------------------------------------------------------------------------------------------


OUTER = 0.07
"""No text but heads and feet stands in this part of a page's height, at its top and bottom."""

RUN = 3
"""Pages on which the head of a chapter runs, at least: every one, or the left or right ones."""


def without_running_lines(flow: Sequence[Sequence[Block]], pages: Sequence[Page]) -> list[Block]:
    """All blocks in order, without page numbers in the margin and without headers and footers that repeat on at least
    three pages (half of the pages of a longer document; near the edge on both of two), at one height on the upright pages and
    at one on the broad ones; and, from its second page on, without what heads or foots the pages of a chapter.
    All would stand between table parts."""
    seen: Counter[_Running] = Counter()
    for blocks, page in zip(flow, pages, strict=True):
        seen.update({key for b in blocks if (key := _margin_key(b, page, len(pages))) is not None})
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
    rest = [
        [block for block in blocks if (key := _margin_key(block, page, len(pages))) is None or not (key in repeated or key.numbers)]
        for blocks, page in zip(flow, pages, strict=True)
    ]
    of_chapters = set(_of_chapters(rest, pages))
    return [block for blocks in rest for block in blocks if id(block) not in of_chapters]


def _of_chapters(flow: Sequence[Sequence[Block]], pages: Sequence[Page]) -> Iterator[int]:
    """The ids of lines near the edge, or at the foot, that stand at one height on several pages in a row, but not of the first ones."""
    lines: dict[tuple[str, int], list[tuple[int, Block]]] = {}
    for number, (blocks, page) in enumerate(zip(flow, pages, strict=True)):
        for block in blocks:
            key = _margin_key(block, page, len(pages))
            if key is not None and (key.outer or not key.above) and isinstance(block, Paragraph):
                lines.setdefault((without_page_number(fold(block.text)), key.step), []).append((number, block))
    for alike in lines.values():
        starts = [0, *(i for i in range(1, len(alike)) if alike[i][0] - alike[i - 1][0] > 2), len(alike)]
        for first, end in pairwise(starts):
            if end - first >= RUN:
                yield from (id(block) for _, block in alike[first + 1 : end])


class _Running(Struct, frozen=True):
    """A line in a margin: its text with the numbers masked, whether it stands above, whether its page is broad, its
    height on the page in steps of six points, whether it is near the page's edge, whether it may be the page's number."""

    text: str
    above: bool
    broad: bool
    step: int
    outer: bool
    numbers: bool


def _margin_key(block: Block, page: Page, count: int) -> _Running | None:
    """A line in the top or bottom margin, of one page of `count`; None for other blocks. The marks of several annexes are not
    one line, nor are the titles of two pages that differ in a year."""
    if not isinstance(block, Paragraph) or block.at.bbox is None:
        return None
    top, bottom = block.at.bbox[1], block.at.bbox[3]
    if bottom > 0.1 * page.height and top < 0.9 * page.height:
        return None
    text = fold(block.text).replace(" ", "")
    numbers = may_number_page(text)
    alike = ANNEX_MARK.match(text) or (count == 2 and not numbers)
    masked = without_page_number(text) if alike else regex.sub(r"[0-9]+", "#", text)
    outer = bottom <= OUTER * page.height or top >= (1 - OUTER) * page.height
    return _Running(masked, bottom <= 0.1 * page.height, page.width > page.height, round(top / 6), outer, numbers)
