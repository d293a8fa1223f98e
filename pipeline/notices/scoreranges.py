"""Ranges of points (80分以上不满90分, [80,90), 60≤得分<70) as a text writes them, with which ends are included.

以上, 以下, 以内 include the number; 超过, 不满, 低于, 未达到 do not (Civil Code, article 1259).
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from pipeline import rx as regex

_NUMBER = r"(?P<{0}>[0-9]{{1,4}}(?:\.[0-9]{{1,2}})?)"
_UNIT = r"\s*分?(?!钟|之|[0-9])"
_INCL = r"(?:\s*\(\s*(?P<{0}>不含|含|不包含|包含|不包括|包括|不含本数|含本数)\s*(?:[0-9.]{{1,5}}\s*分?|本数)?\s*\))?"
_NOT_POINTS = r"(?!\s*(?:元|天|日|人|次|%|％|年|月|个|项|米|平方|户|家|小时|吨|公里|万|名|份|页|字|家次|条|只|台|辆|℃|周))"


def _part(number: str, inclusion: str) -> str:
    return _NUMBER.format(number) + _UNIT + _NOT_POINTS + _INCL.format(inclusion)


_FROM = r"(?:及以上|以上|及其以上|或以上|起)"
_TO = r"(?:及以下|以下|及其以下|或以下|以内)"
_GE = r"(?:≥|>=|⩾|≧|不低于|不少于|不小于|大于(?:或)?等于|大于或等于|高于或等于|达到|达)"
_GT = r"(?:>|超过|高于|大于|多于)"
_LE = r"(?:≤|<=|⩽|≦|不高于|不超过|不大于|小于(?:或)?等于|低于或等于)"
_LT = r"(?:<|不满|低于|不足|少于|小于|未满|未达到?|不到|达不到)"
_DASH = r"\s*(?:-+|~+|至|到|—+|–|―)\s*"
_SCORE = r"(?:得分|分数|总分|总得分|成绩|X|x|S|M|N|F|P|T|Y|Q|分值|综合得分|评价得分|考核得分|最终得分|考核总分|评分)?"

RANGES: tuple[tuple[str, regex.Pattern[str]], ...] = (
    # 60≤得分<70 · 70>X≥60
    ("chain", regex.compile(_part("a", "ia") + rf"\s*(?P<op1>≤|<=|<|≥|>=|>|⩽|⩾|≦|≧)\s*{_SCORE}\s*(?P<op2>≤|<=|<|≥|>=|>|⩽|⩾|≦|≧)\s*" + _part("b", "ib"))),
    # [80,90) · (60, 70]
    ("bracket", regex.compile(r"(?P<left>[\[(])\s*(?P<a>[0-9]{1,4}(?:\.[0-9])?)\s*分?\s*,\s*(?P<b>[0-9]{1,4}(?:\.[0-9])?)\s*分?\s*(?P<right>[\])])")),
    # 70分(含)-80分(不含) · 89分至70分 · 80-90分 · 80分(含)至90分之间 · 80分以上至90分以下
    ("range", regex.compile(r"(?:在|介于)?\s*" + _part("a", "ia") + rf"\s*(?P<froma>{_FROM}|不满|以下)?" + _DASH + r"(?P<ltb>不满|低于|不足|未满)?\s*" + _part("b", "ib") + rf"\s*(?P<tob>{_TO}|以上|之间)?" + _INCL.format("ic"))),
    # 80分以上不满90分 · 80分(含)以上、90分以下(不含90分) · 不低于80分且低于90分 · ≥80且<90
    ("both", regex.compile(rf"(?P<ge>{_GE})?(?P<gt>{_GT})?\s*" + _part("a", "ia") + rf"\s*(?P<froma>{_FROM})?" + _INCL.format("ja") + rf"\s*(?:[,、，]|且|并且|但|而|至|到|-)?\s*(?P<le>{_LE})?(?P<lt>{_LT})?\s*" + _part("b", "ib") + rf"\s*(?P<tob>{_TO})?" + _INCL.format("ic"))),
    # 90分(含)以上 · 90分以上(含90分) · ≥90 · 不低于90分 · 超过90分
    ("from", regex.compile(rf"(?P<ge>{_GE})?(?P<gt>{_GT})?\s*" + _part("a", "ia") + rf"\s*(?P<froma>{_FROM})?" + _INCL.format("ic"))),
    # 60分以下 · 不满60分 · <60 · 60分(不含)以下
    ("to", regex.compile(rf"(?P<le>{_LE})?(?P<lt>{_LT})?\s*" + _part("b", "ib") + rf"\s*(?P<tob>{_TO})?" + _INCL.format("ic"))),
)

_BAD_BEFORE = regex.compile(r"(?:扣|加|减|罚|奖励|第|附件|No\.?|每|占|权重)\s*[\"“]?$")

_WIDTHS = {ord(a): b for a, b in zip("０１２３４５６７８９（）［］＜＞＝：，．～〜∼﹣－−‐―—–【】％＋", "0123456789()[]<>=:,.~~~-------[]%+", strict=True)}


def half_width(text: str) -> str:
    """Half-width spelling of the same length, so that offsets stay."""
    return text.translate(_WIDTHS)


class Range(Struct, frozen=True):
    """A range of points in a text: [start, end) of its characters, and its ends."""

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    low_in: bool
    high_in: bool


Ends = tuple[Decimal | None, Decimal | None, bool, bool]
"""Low and high (None: open) and whether each belongs to the range."""


def find_ranges(text: str) -> list[Range]:
    """Every range of points in a half-width text; longer readings win."""
    out: list[Range] = []
    ahead: dict[str, regex.Match[str] | None] = {}
    position = 0
    while position < len(text):
        match, kind = _earliest(text, position, ahead)
        if match is None:
            break
        found = _range_of(kind, match)
        if found is not None and not _BAD_BEFORE.search(text[max(0, match.start() - 6) : match.start()]):
            out.append(found)
        position = max(match.end(), position + 1)
    return out


def _earliest(text: str, position: int, ahead: dict[str, regex.Match[str] | None]) -> tuple[regex.Match[str] | None, str]:
    """The range that begins first from `position` on. `ahead` keeps each kind's next match: a kind that is not there is
    looked for once, not again behind every range."""
    best: tuple[int, int, regex.Match[str], str] | None = None
    for kind, pattern in RANGES:
        match = ahead[kind] if kind in ahead else pattern.search(text, position)
        if match is not None and match.start() < position:
            match = pattern.search(text, position)
        while match is not None and _range_of(kind, match) is None:
            match = pattern.search(text, match.start() + 1)
        ahead[kind] = match
        if match is None:
            continue
        at = match.start() + len(match[0]) - len(match[0].lstrip())
        if best is None or at < best[0] or (at == best[0] and match.end() > best[1]):
            best = (at, match.end(), match, kind)
    return (best[2], best[3]) if best else (None, "")


def _range_of(kind: str, match: regex.Match[str]) -> Range | None:
    ends = _READ[kind](match.groupdict())
    if ends is None:
        return None
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    before = match.string[start - 1] if start else " "
    if before.isdigit() or before in "./年第":
        return None
    end = match.start() + len(match[0].rstrip())
    return _between(start, end, ends)


def _between(start: int, end: int, ends: Ends) -> Range:
    """The range at [start, end), its lower end first."""
    low, high, low_in, high_in = ends
    if low is not None and high is not None and low > high:
        low, high, low_in, high_in = high, low, high_in, low_in
    return Range(start, end, low, high, low_in and low is not None, high_in and high is not None)


def chained(match: regex.Match[str]) -> Range | None:
    """The range of a match that has two numbers `a` and `b` and the signs `op1` and `op2` behind the one and before the other
    (80≤良好<90); None where the signs point against each other."""
    ends = _read_chain(match.groupdict())
    return None if ends is None else _between(match.start(), match.end(), ends)


def _excluded(groups: dict[str, str | None], *names: str) -> bool:
    return any((groups.get(n) or "").startswith("不") for n in names)


def _read_chain(g: dict[str, str | None]) -> Ends | None:
    rising = (g["op1"] or "")[0] in "≤<⩽≦"
    if rising != ((g["op2"] or "")[0] in "≤<⩽≦"):
        return None
    one, two = g["op1"] not in ("<", ">"), g["op2"] not in ("<", ">")
    return Decimal(g["a"] or 0), Decimal(g["b"] or 0), one, two


def _read_bracket(g: dict[str, str | None]) -> Ends | None:
    return Decimal(g["a"] or 0), Decimal(g["b"] or 0), g["left"] == "[", g["right"] == "]"


def _read_range(g: dict[str, str | None]) -> Ends | None:
    """The higher end's own words decide; a range without words includes both ends."""
    a, b = Decimal(g["a"] or 0), Decimal(g["b"] or 0)
    if a == b:
        return None
    out_a = _excluded(g, "ia") or g["froma"] == "不满"
    out_b = _excluded(g, "ib", "ic") or bool(g["ltb"])
    return a, b, not out_a, not out_b


def _read_both(g: dict[str, str | None]) -> Ends | None:
    lower = bool(g["ge"] or g["gt"] or g["froma"] or g["ia"] or g["ja"])
    upper = bool(g["le"] or g["lt"] or g["tob"])
    a, b = Decimal(g["a"] or 0), Decimal(g["b"] or 0)
    if not lower or not upper or a >= b:
        return None
    low_in = not (g["gt"] or _excluded(g, "ia", "ja"))
    return a, b, low_in, not (g["lt"] or _excluded(g, "ib", "ic"))


def _read_from(g: dict[str, str | None]) -> Ends | None:
    if not (g["ge"] or g["gt"] or g["froma"]):
        return None
    exact = bool(g["gt"]) and not g["froma"]
    return Decimal(g["a"] or 0), None, not (exact or _excluded(g, "ia", "ic")), False


def _read_to(g: dict[str, str | None]) -> Ends | None:
    if not (g["le"] or g["lt"] or g["tob"]):
        return None
    return None, Decimal(g["b"] or 0), False, not (g["lt"] or _excluded(g, "ib", "ic"))


_READ = {
    "chain": _read_chain,
    "bracket": _read_bracket,
    "range": _read_range,
    "both": _read_both,
    "from": _read_from,
    "to": _read_to,
}


def share(one: Range, two: Range) -> bool:
    """Whether some score lies in both."""
    return not _is_below(one, two) and not _is_below(two, one)


def _is_below(lower: Range, upper: Range) -> bool:
    """Whether every score of one range is less than every score of the other."""
    if lower.high is None or upper.low is None:
        return False
    return lower.high < upper.low or (lower.high == upper.low and not (lower.high_in and upper.low_in))
