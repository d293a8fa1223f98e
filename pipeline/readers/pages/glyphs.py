"""Characters as read, whatever the source: which have meaning, which stand for another, whether a page that is a picture has any of
its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pipeline import rx as regex

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
