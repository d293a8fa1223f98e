"""Text cleaning: widths, spaces, invisible characters, compatibility forms. Cleaned text keeps its origins.

`fold` is for comparing, `clean` for keeping. No cleaning step ever changes a digit or a word.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from msgspec import Struct

from pipeline import rx as regex
from pipeline.kept import kept

INVISIBLE = regex.compile(r"[\p{Cf}\p{Cc}--[\t\n]]", regex.V1)
"""Zero-width, direction and control characters: kept in quotes, dropped from text."""

_CJK = r"[\p{Han}　-〿＀-￯“”‘’…—]"
WRAP_SPACE = regex.compile(rf"(?<={_CJK})[ \t\u00a0\n]+(?={_CJK})")
"""A space or line end between two Chinese characters: a wrap, no word boundary."""

CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


class Cleaned(Struct, frozen=True):
    """Cleaned text; origin[i] is the index in the raw text that text[i] came from."""

    text: str
    origin: tuple[int, ...]


@kept
def cleaned(raw: str) -> Cleaned:
    """Drop invisible characters and wrap spaces, trim; remember where each character came from.

    >>> cleaned(" 安全\\n运营 (12分)").text
    '安全运营 (12分)'
    """
    if raw.isprintable() and " " not in raw:
        return Cleaned(raw, tuple(range(len(raw))))
    drop = {m.start() for m in INVISIBLE.finditer(raw)}
    for match in WRAP_SPACE.finditer(raw):
        drop.update(range(*match.span()))
    out: list[tuple[str, int]] = []
    for i, char in enumerate(raw):
        if i in drop:
            continue
        blank = char.isspace()
        if blank and (not out or out[-1][0] == " "):
            continue
        out.append((" " if blank else char, i))
    while out and out[-1][0] == " ":
        out.pop()
    return Cleaned("".join(c for c, _ in out), tuple(i for _, i in out))


@kept
def clean(raw: str) -> str:
    """The text of `cleaned`.

    >>> clean(" 安全\\n运营 (12分)")
    '安全运营 (12分)'
    """
    if raw.isprintable() and " " not in raw:
        return raw
    return cleaned(raw).text if INVISIBLE.search(raw) else " ".join(WRAP_SPACE.sub("", raw).split())


def narrow(text: str) -> str:
    """`fold` that keeps capital letters: for serials."""
    text = unicodedata.normalize("NFKC", text).replace("\u2010", "-").replace("\u2212", "-")  # hyphen and minus, as programs print -
    return "".join((text if text.isprintable() else INVISIBLE.sub("", text)).split())


@kept
def fold(text: str) -> str:
    """A comparison key: NFKC (full width, compatibility radicals), no spaces, no invisible characters, lower case.

    >>> fold("评价 内容（２分）")
    '评价内容(2分)'
    """
    key = narrow(text).lower()
    return key if _TRADITIONAL.isdisjoint(key) else key.translate(TRADITIONAL)


TRADITIONAL = str.maketrans(
    "項號評價內容準則標總實單員時間類別細備註檢查驗權滿應際測覈審議專業組數據資料質說點兩個檔級優級極為無錄簽對領電話聯繫機構學關閱層維顯體證環節區塊種"
    "計減獎勵處責務門辦場條規範導進現參賦積綜結論問題監護養補歸與違簡長階獨線開頁續終訂製訊協會廳較達適當練習師園醫藥診廠戶決職記將視確認稱獲後從於過發緊訴競爭嚴報賬",
    "项号评价内容准则标总实单员时间类别细备注检查验权满应际测核审议专业组数据资料质说点两个档级优级极为无录签对领电话联系机构学关阅层维显体证环节区块种"
    "计减奖励处责务门办场条规范导进现参赋积综结论问题监护养补归与违简长阶独线开页续终订制讯协会厅较达适当练习师园医药诊厂户决职记将视确认称获后从于过发紧诉竞争严报账",
)
"""Traditional characters of the field's words; only comparison keys are changed."""

_TRADITIONAL = frozenset(map(chr, TRADITIONAL))


def chinese_number(text: str) -> int | None:
    """一 … 九十九, or Arabic digits of any width, as an int; None if it is neither.

    >>> chinese_number("二十一"), chinese_number("１２"), chinese_number("甲")
    (21, 12, None)
    """
    text = fold(text)
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    if not text or any(c not in CHINESE_DIGITS and c not in "十百" for c in text) or len(text) > 7:
        return None
    total, digit = 0, 0
    for char in text:
        if char in CHINESE_DIGITS:
            digit = CHINESE_DIGITS[char]
        else:
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
    return total + digit


_DATE = regex.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")


def iso_date(text: str | None) -> str | None:
    """The first date that a text prints in figures, as year-month-day; None where it prints none.

    >>> iso_date("２０２１年 5 月 6 日印发"), iso_date("二〇二一年五月六日")
    ('2021-05-06', None)
    """
    match = _DATE.search(fold(text or ""))
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else None


_LINES_OF_NUMBERS = regex.compile(r"[0-9]\s*\n\s*[0-9]")
"""Numbers on lines of their own in one cell are several values, never the digits of one."""

_POINTS = regex.compile(r"[+]?([0-9]{1,6}(?:\.[0-9]{1,4})?)分?")
_POINTS_IN_WORDS = regex.compile(r"([一二三四五六七八九十百]{1,5})分")


_WIDE = str.maketrans("０１２３４５６７８９．％", "0123456789.%")


def with_plain_digits(text: str) -> str:
    """Full-width digits made narrow, nothing else changed and no character moved.

    >>> with_plain_digits("安全（１２．５分）")
    '安全（12.5分）'
    """
    return text.translate(_WIDE)


def several_numbers(text: str) -> bool:
    """Whether a cell holds numbers on lines of their own."""
    return "\n" in text and bool(_LINES_OF_NUMBERS.search(text))


def points(text: str) -> Decimal | None:
    """A cell that is nothing but points ("3", "２.5 分", "10分"); None for anything else.

    >>> points(" 2.5分 "), points("0-5"), points(""), points("二十分")
    (Decimal('2.5'), None, None, Decimal('20'))
    """
    if several_numbers(text):
        return None
    key = fold(text).strip("()[]【】")
    match = _POINTS.fullmatch(key)
    if match:
        return Decimal(match[1])
    words = _POINTS_IN_WORDS.fullmatch(key)
    value = chinese_number(words[1]) if words else None
    return Decimal(value) if value is not None else None


_UNLIKE_A_CODE = r"(?<!(?<!证件?|身份)(?:代码|编号|编码)[:：为是]?\s*)"
"""What numbers are not preceded by: `项目代码370402201906150011` names no person, `身份证编号` does."""

MOBILE = regex.compile(
    r"(?<![0-9])(?=1[3-9][0-9])" + _UNLIKE_A_CODE + r"1[3-9][0-9](?:[ \u00a0\-－—]?[0-9]{4}){2}(?![0-9])"
    r"(?!元|个(?!人)|号(?![码电手、，,；;。])|户(?![主籍口名])|件|米(?!\p{Han})|[ \u00a0]?(?:[万亿]元|立方|平方|吨|千瓦|公里))"
)
"""Eleven digits, also written 138 0000 0000 or 138-0000-0000, that count nothing (投资13800000000元)."""

IDENTITY_NUMBER = regex.compile(
    r"(?<![0-9])(?=[1-9][0-9]{5}(?:19|20))" + _UNLIKE_A_CODE + r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])"
)
"""Eighteen digits with a year of birth that are no code. No check digit is asked for: a number typed or read wrong is a person's too."""


def mask_personal(text: str) -> str:
    """Mobile and identity numbers replaced by asterisks of the same length, so that offsets stay.

    >>> mask_personal("电话13800000011，投资13800000011元"), mask_personal("设备编号13800000011")
    ('电话***********，投资13800000011元', '设备编号13800000011')
    """
    for pattern in (IDENTITY_NUMBER, MOBILE):
        text = pattern.sub(lambda m: "*" * len(m[0]), text)
    return text
