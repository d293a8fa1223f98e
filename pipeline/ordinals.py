"""What numbers a line: the forms of its mark, as pieces of patterns. A form to be known throughout (㈠, ⑴) is added here."""

from __future__ import annotations

from pipeline import rx as regex

NUMERALS = "一二三四五六七八九十"
FIGURES = "0-9０-９"
CIRCLED = "①-⑳"
"""Characters of a mark, for the brackets of a pattern."""

WORDED = rf"[{NUMERALS}]{{1,3}}\s*[、．.]"
"""`一、`, `十二.`"""

FIGURED = rf"[{FIGURES}]{{1,2}}\s*[、．.]"
NO_FIGURE = rf"(?![{FIGURES}])"
"""`1、`, `12.`; a figure behind makes it a number (3.5分以上)."""

WORDED_IN_BRACKETS = rf"[（(]\s*[{NUMERALS}]{{1,3}}\s*[)）]"
FIGURED_IN_BRACKETS = rf"[（(]\s*[{FIGURES}]{{1,3}}\s*[)）]"
IN_BRACKETS = rf"{WORDED_IN_BRACKETS}|{FIGURED_IN_BRACKETS}"
"""`（一）`, `(12)`"""

ARTICLE = rf"第[{NUMERALS}百]{{1,4}}[章条节]"
"""`第一章`, `第十二条`"""

TABLE_NUMBER = rf"表\s*[0-9{NUMERALS}]"
"""`表2`, `表一`"""

OPENING = rf"{WORDED}|{IN_BRACKETS}|{FIGURED}{NO_FIGURE}|[{CIRCLED}]"
"""Any of them but articles."""

_ANY = regex.compile(rf"^\s*(?:[-*•]\s*)?(?:[（(]?[{FIGURES}{NUMERALS}]{{1,3}}(?:[)）、]|[.．:：]{NO_FIGURE})|[{CIRCLED}])\s*")
_OTHER = regex.compile(rf"[^{FIGURES}{NUMERALS}{CIRCLED}]")


def without_ordinal(text: str) -> str:
    """A line or clause without the mark that numbers it.

    >>> without_ordinal("（一）台账齐全"), without_ordinal("- 3：有台账"), without_ordinal("90.5分以上")
    ('台账齐全', '有台账', '90.5分以上')
    """
    return _ANY.sub("", text)


def value_of(mark: str) -> str:
    """The characters of a mark that count.

    >>> value_of("（一）"), value_of("12、"), value_of("③"), value_of("-")
    ('一', '12', '③', '')
    """
    return _OTHER.sub("", mark)
