"""Spreadsheet values as they are displayed: number formats, dates, percent."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from pipeline import rx as regex

_QUOTED = regex.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_DIGITS = regex.compile(r"[#0?,]*[0#?](?:\.[0#?]+)?%?|\.[0#?]+%?")
_DATE_TOKEN = regex.compile(r'"[^"]*"|\\.|\[[^\]]*\]|yyyy|yy|mmmm|mmm|mm|m|dd|d|hh|h|ss|s|AM/PM|.', regex.I | regex.S)

GENERAL_DIGITS = 11
"""A cell in the General format shows at most eleven digits: 0.1 + 0.2 is 0.3 on the sheet."""

MAX_PLACES = 30
"""More decimal places than any format shows."""


def display(value: object, number_format: str | None) -> str:
    """What a cell shows.

    >>> display(3.0, "General"), display(0.5, "0%"), display(12, '0"分"'), display(2.5, "0.00")
    ('3', '50%', '12分', '2.50')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return _date(value, number_format or "")
    if isinstance(value, datetime.timedelta):
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        return _number(value, number_format or "General")
    return str(value)


def _number(value: int | float | Decimal, number_format: str) -> str:
    general = _general(value)
    if number_format.lower() in ("general", "@", ""):
        return general
    try:
        number = Decimal(general if isinstance(value, float) else value)
    except InvalidOperation:
        return general
    section, number = _section(number_format, number)
    return _apply(section, number, general)


def _general(value: int | float | Decimal) -> str:
    if isinstance(value, int) or (isinstance(value, float) and value == int(value) and abs(value) < 1e15):
        return str(int(value))
    text = format(value, f".{GENERAL_DIGITS}g")
    if "e" in text:
        return text
    return text.rstrip("0").rstrip(".") if "." in text else text


def _section(number_format: str, number: Decimal) -> tuple[str, Decimal]:
    """The part of a format that applies: positive; negative; zero."""
    sections = regex.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


def _apply(section: str, number: Decimal, general: str) -> str:
    """Fill one section: its digit places with the number, its literals as they are."""
    literals: list[str] = []

    def keep(match: regex.Match[str]) -> str:
        literals.append(match[1] or match[2] or "")
        return "\ue000" if literals[-1] else ""

    plain = _QUOTED.sub(keep, section)
    if regex.search(r"[Ee][+-]|/", plain):
        return general
    if "general" in plain.lower():
        out = regex.sub("general", lambda _: general, plain, flags=regex.I)
    elif match := _DIGITS.search(plain):
        out = plain[: match.start()] + _digits(match[0], number) + plain[match.end() :]
    else:
        out = plain
    kept = iter(literals)
    kept = iter([text for text in kept if text])
    return regex.sub("\ue000", lambda _: next(kept, ""), out).strip()


def _digits(places: str, number: Decimal) -> str:
    percent = places.endswith("%")
    places = places.rstrip("%")
    whole, _, decimals = places.partition(".")
    number = number * 100 if percent else number
    try:
        rounded = number.quantize(Decimal(1).scaleb(-min(len(decimals), MAX_PLACES)), ROUND_HALF_UP)
    except InvalidOperation:
        return str(number)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    if "." in text:
        head, tail = text.split(".")
        while tail.endswith("0") and decimals[len(tail) - 1] in "#?":
            tail = tail[:-1]
        text = f"{head}.{tail}" if tail else head
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    wanted = whole.count("0")
    if "," not in whole and len(text.partition(".")[0]) < wanted:
        text = text.rjust(wanted + len(text) - len(text.partition(".")[0]), "0")
    return sign + text + ("%" if percent else "")


def _date(value: datetime.datetime | datetime.date | datetime.time, number_format: str) -> str:
    """A date by its format's tokens; without any, year-month-day."""
    moment = _moment(value)
    section = regex.sub(r"\[\$[^\]]*\]", "", number_format.split(";")[0])
    if not regex.search(r"[ymdhs]", section, regex.I):
        return moment.strftime("%Y-%m-%d")
    out: list[str] = []
    hours = False
    for token in _DATE_TOKEN.findall(section):
        text = _date_token(token, moment, hours)
        if token[:1].lower() in "hs" or (token[:1].lower() in "yd"):
            hours = token[:1].lower() in "hs"
        out.append(text)
    return "".join(out).strip()


def _moment(value: datetime.datetime | datetime.date | datetime.time) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)
    return datetime.datetime(1900, 1, 1, value.hour, value.minute, value.second)


def _date_token(token: str, moment: datetime.datetime, hours: bool) -> str:
    low = token.lower()
    if token.startswith(('"', "\\")):
        return token.strip('"').lstrip("\\")
    if token.startswith("["):
        return ""
    values = {
        "yyyy": f"{moment.year:04d}", "yy": f"{moment.year % 100:02d}", "dd": f"{moment.day:02d}", "d": str(moment.day),
        "hh": f"{moment.hour:02d}", "h": str(moment.hour), "ss": f"{moment.second:02d}", "s": str(moment.second),
        "mm": f"{moment.minute if hours else moment.month:02d}", "m": str(moment.minute if hours else moment.month),
        "mmm": str(moment.month), "mmmm": str(moment.month), "am/pm": "AM" if moment.hour < 12 else "PM",
    }  # fmt: skip
    return values.get(low, "" if token in "@_*" else token)
