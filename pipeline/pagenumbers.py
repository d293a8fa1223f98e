"""Numbers of pages as they are printed: any figure at a page's edge may be one, a dressed one can be nothing else."""

from __future__ import annotations

from pipeline import rx as regex

_DASHES = r"\-—–―－−‐"
_N = r"[0-9０-９]{1,4}"
_OF = rf"第\s*{_N}\s*页"

_PLAIN = regex.compile(rf"[\s{_DASHES}·•・~～]*(?:第\s*)?{_N}(?:\s*页)?(?:\s*(?:[/／]\s*共?|[,，]?\s*共)\s*{_N}(?:\s*页)?)?[\s{_DASHES}·•・~～]*")
_DRESSED = regex.compile(rf"[{_DASHES}]\s*{_N}\s*[{_DASHES}]|{_OF}(?:.{{0,3}}共\s*{_N}\s*页)?")
_LAST = regex.compile(rf"{_DRESSED.pattern}|{_N} ?[/／] ?{_N}|{_OF}.{{0,12}}")
_BESIDE = regex.compile(rf"{_OF}|(?<![0-9])[0-9]+/[0-9]+$|[{_DASHES}][0-9]+[{_DASHES}]$")


def may_number_page(text: str) -> bool:
    """Whether a line may be a page's number, bare or not: only where it stands can tell.

    >>> may_number_page("- 3 -"), may_number_page("12"), may_number_page("第3页，共10页"), may_number_page("3 / 10"), may_number_page("100分")
    (True, True, True, True, False)
    """
    return _PLAIN.fullmatch(text) is not None


def numbers_page(text: str) -> bool:
    """Whether a line is the number of a page wherever it stands.

    >>> numbers_page("— 3 —"), numbers_page("第 3 页 共 10 页"), numbers_page("3/10"), numbers_page("12")
    (True, True, False, False)
    """
    return _DRESSED.fullmatch(text) is not None


def ends_page(text: str) -> bool:
    """Whether the last line of a page is its number.

    >>> ends_page("3/10"), ends_page("第3页 打印于某日"), ends_page("12")
    (True, True, False)
    """
    return _LAST.fullmatch(text) is not None


def without_page_number(text: str) -> str:
    """A running line with `#` for the page's number beside its words.

    >>> without_page_number("评价办法第3页"), without_page_number("2022年评价办法 3/10")
    ('评价办法#', '2022年评价办法 #')
    """
    return _BESIDE.sub("#", text)
