"""Characters set twice by mistake, told without another wording to compare with: a stop after a stop, a word that never doubles,
a character that neither neighbour can take. Silent when in doubt."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import rx as regex
from pipeline.lexicon import COMMON, begins, ends, rank
from pipeline.rules.slips import DOUBLES, FREE, OFFICES, PLAUSIBLE, Usage

STOPS = regex.compile(r"([，、；：。])(?:\1+|(?<=[，、；])[，、；。]|(?<=。)[，、；])")
"""A stop set twice (，，) or beside another one (，。). 。。。 is three points, an ellipsis of sorts."""

TWICE = regex.compile(r"([\u4e00-\u9fff])\1(?!\1)")

NEVER_DOUBLED = frozenset("不的和与或且被将把于并按应须在及为未已")
"""Words of one character that never follow themselves, but where one ends the word before (参与与, 以及及时)."""


def doublings(text: str, usage: Usage) -> Iterator[tuple[int, int]]:
    """[start, end) of each doubling in one text, in order.

    >>> none = Usage.of_texts([])
    >>> [t[a:b] for t in ("台账齐全，，更新及时", "间隔不不超过2小时", "应急预预案齐全", "召开委员会会议", "目的的实现") for a, b in doublings(t, none)]
    ['，，', '不不', '预预']
    """
    for match in STOPS.finditer(text):
        if set(match[0]) != {"。"} or len(match[0]) == 2:
            yield match.span()
    for match in TWICE.finditer(text):
        if match.start() == 0 or text[match.start() - 1] != match[1]:
            char, before, after = match[1], text[max(0, match.start() - 1) : match.start() + 1], text[match.end() - 1 : match.end() + 1]
            if _never(char, before, after) if char in NEVER_DOUBLED else _is_orphan(char, before, after, usage):
                yield match.span()


def _never(char: str, before: str, after: str) -> bool:
    """Whether a function word stands twice, and neither ends the word before nor begins the next. 不 begins none behind 不."""
    return not (len(before) == 2 and ends(before)) and (char == "不" or not begins(after))


def _is_orphan(char: str, before: str, after: str, usage: Usage) -> bool:
    """Whether one of the two, hardly ever a word by itself, belongs to neither side: the other one makes a common word with its
    neighbour, this one none with its own, nor do the two together."""
    if char in DOUBLES | FREE | OFFICES | PLAUSIBLE or rank(char * 2) or usage.count(char * 2) > 1:
        return False
    if ends(before) and begins(after):
        return False
    left = len(before) == 2 and (ends(before) or before[0] in FREE)
    right = len(after) == 2 and (begins(after) or after[1] in FREE)
    return (begins(after) and rank(after) >= COMMON and not left) or (ends(before) and rank(before) >= COMMON and not right)
