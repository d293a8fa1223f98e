"""Characters set twice by mistake, told without a twin of the text: a stop after a stop, a word that never doubles, a character
that neither neighbour can take in words that stand elsewhere without it. Silent when in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from operator import eq

from pipeline import rx as regex
from pipeline.lexicon import begins, ends, rank
from pipeline.normalize import fold
from pipeline.rules.slips import DOUBLES, FREE, OFFICES, PLAUSIBLE, Usage

STOPS = regex.compile(r"([，、；：。])(?:\1+|(?<=[，、；])[，、；。]|(?<=。)[，、；])")
"""A stop set twice (，，) or beside another one (，。). 。。。 is three points, an ellipsis of sorts."""

TWICE = regex.compile(r"([\u4e00-\u9fff])\1(?!\1)")

NEVER_DOUBLED = frozenset("不的和与或且被将把于并按应须在及为未已")
"""Words of one character that never follow themselves, but where one ends the word before (参与与, 以及及时)."""


def doublings(text: str, usage: Usage) -> Iterator[tuple[int, int]]:
    """[start, end) of each doubling in one text, in order.

    >>> usage = Usage.of_texts(["制定应急预案齐全的制度"])
    >>> [t[a:b] for t in ("台账齐全，，更新及时", "间隔不不超过2小时", "应急预预案齐全", "河堤堤身完好", "目的的实现") for a, b in doublings(t, usage)]
    ['，，', '不不', '预预']
    """
    for match in STOPS.finditer(text):
        if set(match[0]) != {"。"} or len(match[0]) == 2:
            yield match.span()
    for match in TWICE.finditer(text) if any(map(eq, text, text[1:])) else ():
        start, end = match.span()
        if start == 0 or text[start - 1] != match[1]:
            around = text[max(0, start - 2) : start], text[end : end + 2]
            if _never(match[1], *around) if match[1] in NEVER_DOUBLED else _is_orphan(match[1], *around, usage):
                yield start, end


def _never(char: str, before: str, after: str) -> bool:
    """Whether a function word stands twice, and neither ends the word before nor begins the next. 不 begins none behind 不."""
    return not (before and ends(before[-1] + char)) and (char == "不" or not begins(char + after[:1]))


def _is_orphan(char: str, before: str, after: str, usage: Usage) -> bool:
    """Whether one of the two belongs to neither side, and the same words stand elsewhere without it: by words alone a part of a
    thing (河堤堤身, 公示栏栏目) looks the same."""
    if char in DOUBLES | FREE | OFFICES | PLAUSIBLE or rank(char * 2) or usage.count(char * 2) > 1:
        return False
    left, right = before[-1:] + char, char + after[:1]
    whole = (ends(left) or left[0] in FREE) and (begins(right) or right[-1] in FREE)
    phrases = before[-1:] + char + after, before + char + after[:1]
    return not whole and any(len(phrase) == 4 and fold(phrase) in usage.text for phrase in phrases)
