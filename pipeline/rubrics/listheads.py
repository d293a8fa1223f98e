"""Which lines of a list head others, and what may stand below its last scored line: vetoes, bonuses and deductions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Paragraph
from pipeline.normalize import clean
from pipeline.ordinals import NUMERALS
from pipeline.points import split_label
from pipeline.rubrics.listlines import (
    APART,
    BRACKETED,
    HEADS_APART,
    LIST_MARKER,
    counts_on,
    kind_of,
    names_subtotal,
    names_total,
    ranks,
    serial_of,
    unmarked,
    worth,
)
from pipeline.rubrics.sections import section_kind

MAX_LIST_LABEL = 40

VETO_CLOSING = regex.compile(r"[，,、]\s*(?:实行|予以|直接)?(?P<said>一票否决)\s*[。；;]?$")
"""A veto that closes a line: `拒绝检查的，一票否决。`"""

SECTIONED = regex.compile(rf"{patterns.SECTION_MARKER.pattern}|^\s*第[{NUMERALS}]{{1,3}}条|^\s*[【〖]")
"""How a heading begins that declares its points, whatever stands below."""

OF_ITSELF = regex.compile(r"^\s*本(?:细则|办法|标准|方案|表|规定|制度)")
"""How a clause begins that is of the whole sheet: `本细则自发布之日起施行`."""

NAME_STOP = regex.compile(r"[。：:]\s*(?=[(（][^()（）]*[)）]$)")
"""The stop between a heading's name and its points: `一、环境卫生。（25分）`."""

EXTRA = regex.compile(r"[加扣减]\s*[0-9.]+\s*分")


CAP_LINE = regex.compile(r"^\s*[(（]?\p{Han}{0,8}(?:最高|最多|至多|上限|不得?超过)\p{Han}{0,3}[0-9.]+\s*分[)）]?[。；;：:]?\s*$")
"""A line that only caps: `本项最高加10分。`, `（累计加分不超过5分）`."""


class Heads:
    """The lines of a list as they head one another: kinds of markers rank as they appear."""

    def __init__(self, lines: Sequence[Paragraph]) -> None:
        self.lines = lines
        self.rank = ranks(lines)
        self.next: list[Paragraph | None] = []  # the next line with a marker or points, of each
        after = None
        for line in reversed(lines):
            self.next.append(after)
            if kind_of(line) != "plain" or worth(line) is not None:
                after = line
        self.next.reverse()

    def found(self) -> set[int]:
        """The indices of the lines that head others."""
        return {i for i in range(len(self.lines)) if self._heads(i)}

    def _heads(self, index: int) -> bool:
        """A short marked line whose next line with a marker or points is marked deeper; what names extras above one of them."""
        line, below = self.lines[index], self.next[index]
        text = clean(line.text)
        if HEADS_APART.match(text) and index + 1 < len(self.lines) and self._opens_extras(line, self.lines[index + 1]):
            return True
        if below is None or not may_head(text) or names_total(below) or names_subtotal(below) or not self._deeper(below, line):
            return False
        sectioned = SECTIONED.match(text) is not None and split_label(unstopped(text))[1] is not None
        return sectioned or worth(below) is not None or may_head(clean(below.text)) or vetoes(below) or heads_extras(line, below)

    def _opens_extras(self, line: Paragraph, below: Paragraph) -> bool:
        """Whether the words of a heading of extras are followed by the first of them, set below it or as plain lines are."""
        own = kind_of(line) == APART or kind_of(below) == "plain" or self._deeper(below, line)
        return own and says_extra(below) and kind_of(below) != kind_of(line)

    def _deeper(self, below: Paragraph, line: Paragraph) -> bool:
        return self.rank[kind_of(below)] > self.rank[kind_of(line)]

    def adds(self, index: int) -> bool:
        """Whether a line below the last scored one belongs to the list: a veto, a bonus, a deduction, or what heads such."""
        line = self.lines[index]
        below = self.lines[index + 1] if index + 1 < len(self.lines) else None
        heads_veto = below is not None and vetoes(below) and may_head(clean(line.text)) and kind_of(line) != kind_of(below)
        return vetoes(line) or heads_veto or self._is_extra(index)

    def _is_extra(self, index: int) -> bool:
        """Whether a line says what a case adds or takes off, below the heading of such or another of its kind; or is that heading,
        marked as no line deeper in the list."""
        if not index:
            return False
        above, line = self.lines[index - 1], self.lines[index]
        below = self.lines[index + 1] if index + 1 < len(self.lines) else None
        if says_extra(line) and not HEADS_APART.match(clean(line.text)):
            if OF_ITSELF.match(line.text):
                return False
            marked = kind_of(line) != "plain" or kind_of(above) == "plain" or HEADS_APART.match(clean(above.text)) is not None
            return marked and (heads_extras(above, line) or (says_extra(above) and kind_of(above) == kind_of(line)))
        if self._is_below_cap(index):
            return True
        return below is not None and says_extra(below) and heads_extras(line, below) and (self._deeper(below, line) or self._opens_extras(line, below))

    def _is_below_cap(self, index: int) -> bool:
        """Whether a line is one of the names that alone stand below a heading of extras that gives their points (加分项（最高10分）),
        numbered from 1. Beside lines that say what a case adds, it may be a remark, or head the next section."""
        kind = kind_of(self.lines[index])
        start = next((i + 1 for i in range(index, -1, -1) if kind_of(self.lines[i]) != kind), 0)
        head = self.lines[start - 1] if start else None
        if kind in ("plain", APART) or head is None or not HEADS_APART.match(clean(head.text)):
            return False
        run = list(takewhile(lambda p: kind_of(p) == kind, self.lines[start:]))
        counted = serial_of(run[0]) == 1 and all(counts_on(a, b) for a, b in pairwise(run))
        named = not any(says_extra(p) or vetoes(p) or not may_head(clean(p.text)) for p in run)
        return counted and named and split_label(clean(head.text))[1] is not None and self._deeper(run[0], head)


def heads_extras(line: Paragraph, below: Paragraph) -> bool:
    """Whether a line heads one of another kind as bonus or deduction, by its words."""
    text = clean(line.text)
    return may_head(text) and kind_of(line) != kind_of(below) and (kind_of(line) == APART or section_kind(text) != "scored")


def says_extra(line: Paragraph) -> bool:
    """Whether a line says what a case adds or takes off."""
    return patterns.NOTE_ROW.match(line.text) is None and EXTRA.search(line.text) is not None


def without_caps(lines: Sequence[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """The lines without those right below a heading of extras that cap what stands under it (本项最高加10分), and these: a remark on
    the section, none of its items."""
    pairs = zip([None, *lines], lines, strict=False)
    caps = [line for above, line in pairs if above is not None and CAP_LINE.match(line.text) and HEADS_APART.match(clean(above.text))]
    return [line for line in lines if not any(line is cap for cap in caps)], caps


def vetoes(line: Paragraph) -> bool:
    """Whether a marked line says that it vetoes, in brackets or where it ends."""
    text = clean(line.text)
    return bool(LIST_MARKER.match(text) and (patterns.VETO_IN_TEXT.search(text) or VETO_CLOSING.search(unmarked(text))))


def first_heading(lines: Sequence[Paragraph], scored: int) -> int:
    """The index of the first line of the list: headings without points may stand above the first scored line."""
    first = scored
    while first > 0 and may_head(clean(lines[first - 1].text)) and kind_of(lines[first - 1]) != kind_of(lines[first]):
        first -= 1
    return first


def may_head(text: str) -> bool:
    """Whether a line is marked and short as a heading is."""
    label, declared = split_label(unstopped(text))
    whole = declared is not None or unstopped(text) == text or BRACKETED.match(text) is not None
    return bool(LIST_MARKER.match(text)) and len(label) <= MAX_LIST_LABEL and whole and "。" not in label


def unstopped(text: str) -> str:
    """A line without the stop that closes it or its name, and without the brackets around it."""
    bracketed = BRACKETED.match(text)
    return NAME_STOP.sub("", (bracketed["said"] if bracketed else text).rstrip("。；; "))
