"""What one line of a list is: how it is marked, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from pipeline import patterns
from pipeline import rx as regex
from pipeline.kept import kept
from pipeline.model import Paragraph
from pipeline.normalize import clean, fold
from pipeline.ordinals import CIRCLED, FIGURES, NO_FIGURE, NUMERALS, WORDED
from pipeline.points import FIGURE_OF_POINTS, points_after_name, points_at_end, points_before

APART = "apart"
"""The kind of a line that heads bonuses or deductions by its words alone."""

BULLET = regex.compile(r"^\s*(?:[-*•·●○◆■□▪–—]|\p{So})\s*")
DOTTED = r"[0-9]{1,2}(?:\.[0-9]{1,2}){2}(?![0-9.])|[0-9]{1,2}\.[0-9]{1,2}(?=\s)"
DOTTED_START = regex.compile(rf"^\s*(?P<n>{DOTTED})")
APART_HEAD = r"(?:另[设有]|[附另]外?[设加]?)?(?:加减分|加扣分|加分[和与及、]?扣分|加分|扣分|减分|附加分?|奖励分?|奖惩)(?:项目?|事项|部分|情形|内容|指标)?(?:[(（][^()（）]{1,24}[)）])?\s*[:：]?"
"""What heads bonuses or deductions, with a marker or without: `加分项：`, `另设加减分项（最高5分）`."""

BRACKETED = regex.compile(r"^\s*[【〖]\s*(?P<said>[^【】〖〗。；;]{2,40}?)\s*[】〗]\s*[:：]?\s*$")
"""A whole line in brackets, which heads others: `【食品安全 40分】`."""

LIST_MARKER = regex.compile(
    rf"^\s*(?:第[{NUMERALS}]{{1,3}}(?:部分|[篇章节条])\s*[:：、]?|{WORDED}|[(（][{NUMERALS}{FIGURES}]{{1,3}}[)）]"
    rf"|{DOTTED}|[{FIGURES}]{{1,2}}\s*(?:[、)）]|[.．]{NO_FIGURE})|[1-9][0-9]{{2}}\s*[.．、]{NO_FIGURE}|[A-H][0-9]{{1,2}}、|[A-H][.、．]|[{CIRCLED}]"
    rf"|(?:考[核评]|评[价分审]|检查)?(?:项目|内容|指标|模块|板块|类别|单元)[{NUMERALS}]{{1,3}}\s*[:：、]|[一二三]级指标\s*[:：](?=\s*\S)"
    rf"|(?={APART_HEAD}\s*$)|(?=[【〖][^【】〖〗。；;]{{2,40}}[】〗]\s*[:：]?\s*$))\s*"
)
"""How a line of a list is marked; the heading of bonuses or a bracketed one needs no more than its words."""

LEVEL = regex.compile(r"^\s*[一二三]级指标(?=\s*[:：]\s*\S)")
"""A marker that names its own depth; without a name after it (`二级指标：`) it only says what the lines below are."""

LETTERED = regex.compile(r"^\s*(?P<n>[A-H][0-9]{1,2})、")
"""A serial of a letter and a figure (`A1、`), as `listserials.lettered` writes all that count up."""

HEADS_APART = regex.compile(rf"(?:{LIST_MARKER.pattern})?{APART_HEAD}\s*$")

SERIAL_FIGURES = regex.compile(r"[0-9]+")

NOTHING = regex.compile(r"不[得计给]分[。；;]?$")
WORTH = regex.compile(r"(?<=[\p{Han}，,])(?<![每不])[得计记]\s*(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分\s*[。；;.]?\s*$")
"""What a marked line is worth, where it names no other points: `制度健全的得10分。`"""

CASE = regex.compile(r"每(?!(?:[半一两二三四五六0-9]+个?)?[日天周月季旬年]|学[期年]|[人户班])")
"""An amount for each case (每增加一项), not for a period (每日, 每半年)."""

WORTH_THEN = regex.compile(
    r"(?:(?<=[\p{Han}，,%％])(?<![每不可共])[得计记]|[，,:：]\s*|[（(])\s*(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分\s*[)）]?\s*[；;。，,](?P<rest>[^（(]*(?:[扣减得]|不[得计给]分).*)$", regex.DOTALL
)
"""What a marked line is worth, and then only what is taken off, or what lesser answers get: `达到98%的得20分；每低1个百分点扣2分。`"""

TAKEN = regex.compile(r"[扣减]\s*(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分")

GIVEN = regex.compile(r"(?<![每不可共])[得计记]\s*(?P<points>[0-9]{1,3}(?:\.[0-9]{1,2})?)\s*分")
"""What is taken off for a case, and what a lesser answer gets."""

OPTION = regex.compile(r"[A-E][.、．:：][^（(]{1,12}[（(]\s*[0-9]{1,3}\s*分\s*[)）]")
"""One answer of a question with its points (A.满意（10分）); several in a line are no line of a rubric."""


def worth(line: Paragraph) -> Decimal | None:
    """The points that a line of a list gives (see `points_of`)."""
    return points_of(clean(line.text))


@kept
def points_of(text: str) -> Decimal | None:
    """The points a line ends with, in brackets or in words; an amount for each case (每…得2分) is none."""
    if "分" not in text or len(OPTION.findall(text)) > 1:
        return None
    bracketed = BRACKETED.match(text)
    text = bracketed["said"] if bracketed else text
    own = points_at_end(text)
    own = own if own is not None else points_after_name(unmarked(text))
    leading = points_before(unmarked(text)) if own is None else None
    if leading is not None:
        return leading
    closing = patterns.POINTS_CLOSING.search(text) if own is None else None
    if closing is None or ("满分" not in closing[0] and CASE.search(text[: closing.start()].rpartition("。")[2])):
        return _named_last(text) if own is None and LIST_MARKER.match(text) else own
    return Decimal(closing["points"])


def worth_then(text: str) -> bool:
    """Whether a line has its points only from what an answer gets, before what is then taken off (`得10分，每低1个百分点扣1分。`)."""
    own = points_of(text)
    return own is not None and WORTH_THEN.search(text) is not None and _named_last(text) == own


def _named_last(text: str) -> Decimal | None:
    """The points that a line names last, if it names no others and they are no amount for each case."""
    said = WORTH.search(text) if len(FIGURE_OF_POINTS.findall(text)) == 1 else None
    if said is None and (then := WORTH_THEN.search(text)) is not None:
        taken, less = ([Decimal(n) for n in form.findall(then["rest"])] for form in (TAKEN, GIVEN))
        others = len(FIGURE_OF_POINTS.findall(text)) - 1 - len(taken) - len(less)
        falls = all(a > b for a, b in pairwise([Decimal(then["points"]), *less]))
        said = then if not others and falls and max(taken, default=Decimal(0)) <= Decimal(then["points"]) else None
        text = text[: then.start()]
    return Decimal(said["points"]) if said is not None and not CASE.search(text) else None


def ranks(lines: Sequence[Paragraph]) -> dict[str, int]:
    """How deep the kinds of markers of a list are: as they appear; one that only heads bonuses or deductions heads all others (-1)."""
    found: dict[str, int] = {}
    others: set[str] = set()
    for line in lines:
        found.setdefault(kind_of(line), len(found))
        if not HEADS_APART.match(line.text):
            others.add(kind_of(line))
    order = _brackets_outside(list(found), lines)
    return {kind: order.index(kind) if kind in others else -1 for kind in found}


def _brackets_outside(kinds: list[str], lines: Sequence[Paragraph]) -> list[str]:
    """The kinds by depth, bracketed lines (【台账（40分）】) outside those whose scored lines each of them parts: they head them, though the
    first stands below some."""
    own = [kind_of(line) for line in lines]
    at = [i for i, kind in enumerate(own) if kind == "bracket"]
    parted = {own[i - 1] for i in at if i} | {own[i + 1] for i in at if i + 1 < len(own)}
    if not at or at[0] == 0 or len(parted) != 1 or parted & {"plain", "bracket"}:
        return kinds
    if any(points_of(clean(lines[j].text)) is None for i in at for j in (i - 1, i) if j >= 0):
        return kinds
    inner = parted.pop()
    rest = [kind for kind in kinds if kind != "bracket"]
    return [*rest[: rest.index(inner)], "bracket", *rest[rest.index(inner) :]]


def unmarked(text: str) -> str:
    """A line without its bullet or marker."""
    return LIST_MARKER.sub("", BULLET.sub("", text))


def kind_of(line: Paragraph) -> str:
    """The kind of marker a line begins with: n. / (n) / nc、 / bullet / plain."""
    return kind_of_text(clean(line.text))


@kept
def kind_of_text(text: str) -> str:
    """The same of a cleaned text."""
    if BULLET.match(text):
        return "bullet"
    match = LIST_MARKER.match(text)
    if not match:
        return "plain"
    if not match[0].strip():
        return "bracket" if BRACKETED.match(text) else APART
    if (level := LEVEL.match(text)) is not None:
        return level[0].strip()
    if LETTERED.match(text):
        return "letter and n"
    said = "c" if regex.search(rf"[{NUMERALS}]", match[0]) else "l" if regex.search(r"[A-H]", match[0]) else ""
    return regex.sub(rf"[0-9{NUMERALS}{CIRCLED}a-h]+", "n", fold(match[0])) + said


def names_total(line: Paragraph) -> bool:
    """Whether a line is nothing but the total (以上合计100分。), or begins with it (以上合计100分，90分以上为优秀。)."""
    text = clean(line.text)
    return patterns.names_total(text.rstrip("。")) or ("分" in text and patterns.TOTAL_CLAUSE.match(fold(text)) is not None)


def names_subtotal(line: Paragraph) -> bool:
    """Whether a line is nothing but the sum of the section above it (小计20分)."""
    text = clean(line.text).rstrip("。；")
    return "计" in text and patterns.names_subtotal(text) and text[-2:-1].isdigit()


def counts_on(line: Paragraph, below: Paragraph) -> bool:
    """Whether a line has the next serial in figures after the line above: where it has no points, the last row of a list may lack them."""
    one, two = serial_of(line), serial_of(below)
    return one is not None and two == one + 1 and kind_of(line) == kind_of(below)


def serial_of(line: Paragraph) -> int | None:
    """The first figures of a line's marker."""
    marker = LIST_MARKER.match(clean(line.text))
    figures = SERIAL_FIGURES.search(fold(marker[0])) if marker else None
    return int(figures[0]) if figures else None
