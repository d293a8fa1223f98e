"""Characters as read, whatever the source: which have meaning, which stand for another, and lines that every page repeats."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from pipeline import rx as regex
from pipeline.model import Block, Page, Paragraph
from pipeline.normalize import fold

_MEANINGLESS = regex.compile(r"[\p{Co}\p{Cn}\uFFFD\uFFFE\uFFFF\x00-\x08\x0E-\x1F\x7F]")
_RADICAL = regex.compile(r"[⺀-⿕豈-﫿]")
_SUPPLEMENT = dict(zip(
    "⺁⺄⺊⺌⺒⺓⺜⺝⺟⺠⺦⺧⺩⺫⺬⺮⺶⺷⺼⺽⻁⻄⻅⻆⻉⻊⻋⻌⻏⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乙卜小巳幺日月母民丬牛王目示竹羊羊月臼虎西见角贝足车辶邑長长门雨青韦页风飞食首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
    strict=True,
))  # fmt: skip
"""Radicals that are whole characters and that Unicode's normal forms leave as they are."""

RADICALS = frozenset(map(ord, _SUPPLEMENT.values())) | frozenset(
    ord(text) for code in range(0x2F00, 0x2FD6) if len(text := unicodedata.normalize("NFKC", chr(code))) == 1
)
"""Characters that share a glyph with a radical: 一, 无, 行, 面 …"""


def has_meaning(text: str) -> bool:
    """Whether a character is one: not private use, unassigned, control, or the sign for "unknown"."""
    return not _MEANINGLESS.search(text)


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


# ---- running lines -----------------------------------------------------------------------------------------------


def without_running_lines(flow: Sequence[Sequence[Block]], pages: Sequence[Page]) -> list[Block]:
    """All blocks in order, without page numbers in the margin and without headers and footers that repeat at the same
    height on at least three pages (half of the pages of a longer document). Both would stand between table parts."""
    seen: Counter[tuple[str, int]] = Counter()
    for blocks, page in zip(flow, pages, strict=True):
        seen.update({key for b in blocks if (key := _margin_key(b, page)) is not None})
    repeated = {key for key, n in seen.items() if n >= 3 and n >= 0.5 * len(pages)}
    return [
        block
        for blocks, page in zip(flow, pages, strict=True)
        for block in blocks
        if (key := _margin_key(block, page)) is None or not (key in repeated or _PAGE_NUMBER.fullmatch(key[0]))
    ]


_PAGE_NUMBER = regex.compile(r"[-—–―−‐·•～~]*(?:第)?#(?:页)?(?:[/，,]?(?:共)?#页?)?[-—–―−‐·•～~]*")


_ANNEX = regex.compile(r"附[件表录]")


def _margin_key(block: Block, page: Page) -> tuple[str, int] | None:
    """(text with its numbers masked, height on the page) of a line in the top or bottom margin. The number of an annex that
    begins there (附件2) is no page's and stays."""
    if not isinstance(block, Paragraph) or block.at.bbox is None:
        return None
    top, bottom = block.at.bbox[1], block.at.bbox[3]
    if bottom > 0.1 * page.height and top < 0.9 * page.height:
        return None
    text = fold(block.text).replace(" ", "")
    return text if _ANNEX.match(text) else regex.sub(r"[0-9]+", "#", text), round(top / 6)
