"""Soft line ends inside one paragraph: which begin a line of their own, which are only wraps."""

from __future__ import annotations

from pipeline import rx as regex
from pipeline.ordinals import CIRCLED, FIGURED, IN_BRACKETS, WORDED

_NEW_LINE = regex.compile(rf"^\s*(?:{WORDED}|{IN_BRACKETS}|{FIGURED}|附\s*件|[{CIRCLED}])")
_STOPS = "。；：:;！？"


def split_lines(text: str) -> list[str]:
    """A paragraph cut at those soft line ends that begin something new; other soft ends are only wraps.

    >>> split_lines("关于印发\\n方案的通知"), split_lines("附件：1.甲表\\n2.乙表")
    (['关于印发\\n方案的通知'], ['附件：1.甲表', '2.乙表'])
    """
    lines: list[list[str]] = []
    for line in text.split("\n"):
        if lines and not (_NEW_LINE.match(line) or _is_whole(lines[-1][-1]) or not line.strip()):
            lines[-1].append(line)
        else:
            lines.append([line])
    return ["\n".join(parts) for parts in lines]


def _is_whole(line: str) -> bool:
    """Whether nothing is expected after a line: a stop at its end, or no word on it."""
    return not (words := line.rstrip()) or words[-1] in _STOPS
