"""Numbers inside wording that a criterion is measured by: 85%, 三个工作日, 百分之八十, 九成, 每季度, 不少于两次."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from pipeline import rx as regex
from pipeline.normalize import CHINESE_DIGITS, fold

Bound = Literal["least", "most"]

_DIGITS = r"[0-9]+(?:\.[0-9]+)?"
_HAN = r"(?:[一二两三四五六七八九十][一二两三四五六七八九十百千零〇]*[万亿]?|半)"
_UNITS: dict[str, str] = {
    "个工作日": "工作日", "工作日": "工作日", "个自然日": "天", "自然日": "天", "日": "天", "天": "天", "个小时": "小时", "小时": "小时", "h": "小时",
    "分钟": "分钟", "min": "分钟", "秒": "秒", "个季度": "季度", "季度": "季度", "个月": "月", "月": "月", "周年": "年", "年": "年", "周": "周",
    "个星期": "周", "星期": "周", "学时": "学时", "课时": "学时", "次": "次", "回": "次", "遍": "次", "轮": "轮", "倍": "倍", "公里": "千米", "千米": "千米",
    "km": "千米", "厘米": "厘米", "cm": "厘米", "毫米": "毫米", "mm": "毫米", "平方米": "平方米", "m2": "平方米", "立方米": "立方米", "m3": "立方米", "米": "米",
    "m": "米", "万元": "万元", "元": "元", "公斤": "千克", "千克": "千克", "kg": "千克", "吨": "吨", "升": "升", "°c": "℃", "mpa": "MPa", "kpa": "kPa",
    "岁": "岁", "人次": "人次", "人": "人", "名": "人", "项": "项", "处": "处", "起": "起", "例": "例", "件": "件", "份": "份", "篇": "篇", "条": "条", "张": "张",
    "家": "家", "户": "户", "台": "台", "套": "套", "辆": "辆", "场": "场", "期": "期", "级": "级", "分": "分", "个百分点": "%", "个": "个",
}  # fmt: skip
_UNIT = "|".join(sorted(map(regex.escape, _UNITS), key=len, reverse=True))
_TIMES = ("工作日", "小时", "分钟", "秒", "季度", "月", "年", "周", "天")
_CALENDAR = {"季": "季度", "日": "天"}

PATTERN = regex.compile(
    rf"""(?P<share>(?:百分之|千分之)(?:{_DIGITS}|百|{_HAN}))
    | (?P<tenths>(?:{_DIGITS}|{_HAN})成)(?!立|员|果|绩|本|熟|品|长|功|为)
    | (?P<percent>{_DIGITS}\s*[%‰])
    | (?:每|按|逐)(?P<every>半年|半月|年度?|季度?|月度?|周|日|天|旬|班)(?!均|月份)
    | (?P<number>{_DIGITS})\s*(?P<unit>{_UNIT})?
    | (?<!第|[一二两三四五六七八九十百千万])(?P<han>{_HAN})(?P<classed>{_UNIT})(?!性|之|年|级领导)
    """,
    regex.VERBOSE,
)
_AT_LEAST = regex.compile(r"(?:不低于|不少于|不小于|至少|≥|>=|大于等于|达到)[一-鿿]{0,2}$")
_AT_MOST = regex.compile(r"(?:不超过|不高于|不大于|不多于|至多|最多|≤|<=|小于等于)[一-鿿]{0,2}$")
_COUNTED = regex.compile(r"(?:每\w{0,3}|于|少|超过|满|达到?|[≥≤])$")
_POINTS = regex.compile(r"[扣得加满减计]$")


class Quantity(Struct, frozen=True):
    """One number: as printed, its value and unit in one spelling, and whether it is a least or a most."""

    printed: str
    value: str
    bound: Bound | None = None


def quantities(text: str) -> list[Quantity]:
    """The quantities of a sentence in order. 一次性, 第三方, 一个 and the like are words, not quantities.

    >>> [q.value for q in quantities("每季度不少于两次，三个工作日内答复，达到百分之八十")]
    ['每季度', '2次', '3工作日', '80%']
    """
    folded = fold(text)
    out = []
    for found in PATTERN.finditer(folded):
        value = _value(found, folded[: found.start()])
        if value is not None:
            out.append(Quantity(found.group(), value, _bound(folded, found.start(), found.end())))
    return out


def changed(before: str, after: str) -> tuple[list[str], list[str]] | None:
    """The quantities that only one of two texts has, as printed (out, in); None when they require the same."""
    old, new = quantities(before), quantities(after)
    gone = Counter(q.value for q in old) - Counter(q.value for q in new)
    come = Counter(q.value for q in new) - Counter(q.value for q in old)
    if gone or come:
        return _printed(old, gone), _printed(new, come)
    for a, b in zip(sorted(old, key=lambda q: q.value), sorted(new, key=lambda q: q.value), strict=True):
        if a.bound and b.bound and a.bound != b.bound:
            sign = {"least": "≥", "most": "≤"}
            return [sign[a.bound] + a.printed], [sign[b.bound] + b.printed]
    return None


def _printed(found: list[Quantity], wanted: Counter[str]) -> list[str]:
    left, out = Counter(wanted), []
    for quantity in found:
        if left[quantity.value] > 0:
            left[quantity.value] -= 1
            out.append(quantity.printed)
    return out


def _value(found: regex.Match[str], before: str) -> str | None:
    """The quantity in one spelling; None for a numeral that is part of a word."""
    if found["share"]:
        number = found["share"][3:]
        return f"{_number(number)}{'%' if found['share'][0] == '百' else '‰'}"
    if found["tenths"]:
        return f"{_plain(10 * Decimal(_number(found['tenths'][:-1])))}%"
    if found["percent"]:
        return f"{_number(found['percent'].rstrip('%‰ '))}{found['percent'][-1]}"
    if found["every"]:
        span = found["every"].removesuffix("度") if found["every"] != "季度" else "季度"
        return "每" + _CALENDAR.get(span, span)
    if found["number"]:
        return _number(found["number"]) + _UNITS.get(found["unit"] or "", "")
    numeral, unit = found["han"], found["classed"]
    time = _UNITS[unit] in _TIMES
    if unit == "分":
        return _number(numeral) + unit if _POINTS.search(before) else None
    if numeral == "一" and not time and _UNITS[unit] not in ("次", "轮") and not _COUNTED.search(before):
        return None
    if numeral == "半" and not time:
        return None
    return _number(numeral) + _UNITS[unit]


def _bound(text: str, start: int, end: int) -> Bound | None:
    after = text[end : end + 3]
    if _AT_LEAST.search(text[:start]) or after.startswith(("以上", "及以上")):
        return "least"
    if _AT_MOST.search(text[:start]) or after.startswith(("以下", "及以下", "以内", "之内", "内")):
        return "most"
    return None


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _number(text: str) -> str:
    """Arabic or Chinese numerals as a plain decimal.

    >>> _number("二十五"), _number("半"), _number("3.50")
    ('25', '0.5', '3.5')
    """
    if text[0].isdigit() and text[0].isascii():
        return _plain(Decimal(text))
    if text == "半":
        return "0.5"
    total = part = digit = 0
    for char in text:
        if char in "十百千":
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        elif char in "万亿":
            total, part, digit = (total + part + digit) * {"万": 10**4, "亿": 10**8}[char], 0, 0
        else:
            digit = CHINESE_DIGITS[char]
    return str(total + part + digit)
