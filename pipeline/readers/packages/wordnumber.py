"""Automatic list numbers of Word documents: the number that is printed, computed as Word counts."""

from __future__ import annotations

from lxml import etree
from msgspec import Struct, field

from pipeline import limits
from pipeline import rx as regex
from pipeline.readers.packages.wordtext import W

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


class Level(Struct, frozen=True):
    """One level of a list: `text` is a pattern such as `%1.%2`; `restart` 0 means it never starts over."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False
    style: str | None = None


class Numbering(Struct):
    """The lists of one document and where each has counted to."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    overrides: dict[tuple[str, int], int] = field(default_factory=dict)
    replaced: dict[tuple[str, int], Level] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    def level_of_style(self, number_id: str, style: str) -> int:
        """The level a paragraph style is tied to in a list; 0 when it is not."""
        levels = self.levels.get(self.lists.get(number_id, ""), {})
        return next((i for i, level in levels.items() if level.style == style), 0)

    def next(self, number_id: str, ilvl: int) -> str:
        """Count one paragraph on; what is printed before it ("" for bullets and unknown lists)."""
        list_id = self.lists.get(number_id)
        if list_id is None or not 0 <= ilvl <= 8:
            return ""
        level = self._level(number_id, ilvl)
        if level is None:
            return ""
        counts = self.counts.setdefault(list_id, {})
        if (number_id, ilvl) not in self.begun:
            self.begun.add((number_id, ilvl))
            if (number_id, ilvl) in self.overrides:
                counts[ilvl] = self.overrides[number_id, ilvl] - 1
        counts[ilvl] = min(counts.get(ilvl, level.start - 1) + 1, limits.MAX_NUMBER)
        self._start_over(number_id, ilvl, counts)
        return self._printed(number_id, level, counts)

    def _level(self, number_id: str, ilvl: int) -> Level | None:
        return self.replaced.get((number_id, ilvl)) or self.levels.get(self.lists[number_id], {}).get(ilvl)

    def _start_over(self, number_id: str, ilvl: int, counts: dict[int, int]) -> None:
        """Deeper levels begin again unless they say otherwise; upper levels never used stand at their start."""
        for deeper in [i for i in counts if i > ilvl]:
            level = self._level(number_id, deeper)
            if level is None or level.restart is None or (level.restart and ilvl < level.restart):
                del counts[deeper]
        for upper in range(ilvl):
            if upper not in counts and (level := self._level(number_id, upper)):
                counts[upper] = level.start

    def _printed(self, number_id: str, level: Level, counts: dict[int, int]) -> str:
        if level.format == "bullet":
            return ""

        def one(match: regex.Match[str]) -> str:
            i = int(match[1]) - 1
            other = self._level(number_id, i)
            if other is None:
                return ""
            return format_number(counts.get(i, other.start), "decimal" if level.legal else other.format)

        text = regex.sub(r"%([1-9])", one, level.text)
        if not text or level.suffix == "nothing" or not regex.search(r"[\p{L}\p{N}]$", text):
            return text
        return text + " "


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists of a numbering part (none: no lists)."""
    numbering = Numbering()
    if root is None:
        return numbering
    links: dict[str, str] = {}
    by_style: dict[str, str] = {}
    for abstract in root.iterfind(f"{W}abstractNum"):
        key = abstract.get(f"{W}abstractNumId", "")
        numbering.levels[key] = dict(_levels(abstract))
        if (link := _value(abstract, "numStyleLink")) is not None:
            links[key] = link
        if (style := _value(abstract, "styleLink")) is not None:
            by_style[style] = key
    for number in root.iterfind(f"{W}num"):
        number_id = number.get(f"{W}numId", "")
        key = _value(number, "abstractNumId") or ""
        numbering.lists[number_id] = by_style.get(links.get(key, ""), key)
        _read_overrides(number, number_id, numbering)
    return numbering


def _read_overrides(number: etree._Element, number_id: str, numbering: Numbering) -> None:
    for override in number.iterfind(f"{W}lvlOverride"):
        ilvl = _int(override.get(f"{W}ilvl"), 0)
        for i, level in _levels(override):
            numbering.replaced[number_id, i] = level
            numbering.overrides[number_id, i] = level.start
        if (start := _value(override, "startOverride")) is not None:
            numbering.overrides[number_id, ilvl] = _int(start, 1)


def _levels(parent: etree._Element) -> list[tuple[int, Level]]:
    return [(_int(lvl.get(f"{W}ilvl"), 0), _level(lvl)) for lvl in parent.iterfind(f"{W}lvl")]


def _level(lvl: etree._Element) -> Level:
    restart = _value(lvl, "lvlRestart")
    legal = lvl.find(f"{W}isLgl")
    fmt = lvl.find(f".//{W}numFmt")
    return Level(
        start=_int(_value(lvl, "start"), 1),
        format=fmt.get(f"{W}val", "decimal") if fmt is not None else "decimal",
        text=_value(lvl, "lvlText") or "",
        suffix=_value(lvl, "suff") or "tab",
        restart=_int(restart, 0) if restart is not None else None,
        legal=legal is not None and legal.get(f"{W}val") not in ("0", "false", "off"),
        style=_value(lvl, "pStyle"),
    )


def _value(parent: etree._Element, tag: str) -> str | None:
    child = parent.find(f"{W}{tag}")
    return None if child is None else child.get(f"{W}val")


def _int(text: str | None, default: int) -> int:
    try:
        return max(-1, min(int(text or ""), limits.MAX_NUMBER))
    except ValueError:
        return default


# ---- formats -----------------------------------------------------------------------------------------------------


def format_number(n: int, style: str) -> str:
    """A number as Word prints it in a list format; formats that are unknown here come out as decimals.

    >>> format_number(12, "chineseCounting"), format_number(3, "upperRoman"), format_number(2, "decimalEnclosedCircle")
    ('十二', 'III', '②')
    """
    if style == "none":
        return ""
    if n <= 0:
        return str(n)
    if style in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
                 "taiwaneseCountingThousand", "ideographEnclosedCircle", "koreanCounting"):  # fmt: skip
        return chinese_counting(n)
    if style in ("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"):
        return "".join(_DIGITS[int(d)] for d in str(n))
    if style in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return chinese_counting(n, _LEGAL, "拾佰仟", short=False)
    if style in ("upperLetter", "lowerLetter"):
        letter = chr(65 + (n - 1) % 26) * min((n - 1) // 26 + 1, 30)
        return letter if style == "upperLetter" else letter.lower()
    if style in ("upperRoman", "lowerRoman"):
        return _roman(n) if style == "upperRoman" else _roman(n).lower()
    if style.startswith("decimalEnclosedCircle"):
        return chr(0x2460 + n - 1) if n <= 20 else str(n)
    if style == "decimalEnclosedParen":
        return chr(0x2474 + n - 1) if n <= 20 else f"({n})"
    if style == "decimalEnclosedFullstop":
        return chr(0x2488 + n - 1) if n <= 20 else f"{n}."
    if style in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(0xFF10 + int(d)) for d in str(n))
    if style == "decimalZero":
        return f"{n:02d}"
    if style == "ideographTraditional":
        return _STEMS[(n - 1) % 10]
    if style == "ideographZodiac":
        return _BRANCHES[(n - 1) % 12]
    return str(n)


def chinese_counting(n: int, digits: str = "零一二三四五六七八九", units: str = "十百千", short: bool = True) -> str:
    """1–9999 in words, 十 for 10 when `short`; beyond that digit by digit."""
    if not 0 < n < 10_000:
        return "".join(digits[int(d)] for d in str(n))
    out = ""
    for place in (3, 2, 1, 0):
        digit = n // 10**place % 10
        if digit:
            out += digits[digit] + (units[place - 1] if place else "")
        elif out and not out.endswith(digits[0]):
            out += digits[0]
    out = out.rstrip(digits[0])
    return out[1:] if short and 10 <= n < 20 else out


def _roman(n: int) -> str:
    if n >= 4_000:
        return str(n)
    pairs = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
             (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
    out = ""
    for value, sign in pairs:
        out += sign * (n // value)
        n %= value
    return out
