"""Character marks inside Chinese sentences: what of a text was taken out, put in, kept. Numbers are kept whole."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Literal

from pipeline import rx as regex
from pipeline.normalize import fold
from pipeline.revisions.quantities import changed

Mark = tuple[Literal["keep", "out", "in"], str]

TOKEN = regex.compile(r"[0-9]+(?:\.[0-9]+)?[%％]?|[A-Za-z]+|.", regex.DOTALL)
ISLAND = 1
"""An unchanged word character alone between two changes is chance, not sameness; a mark or a digit is not."""


def marks(before: str, after: str) -> list[Mark]:
    """The marked text: joined `keep`+`out` is `before`, `keep`+`in` is `after`.

    >>> marks("不低于85%，3日内", "不低于95%，3日内")
    [('keep', '不低于'), ('out', '85%'), ('in', '95%'), ('keep', '，3日内')]
    """
    a, b = TOKEN.findall(before), TOKEN.findall(after)
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    runs: list[tuple[bool, str, str]] = []
    for position, (tag, i, j, k, m) in enumerate(codes):
        old, new = "".join(a[i:j]), "".join(b[k:m])
        inner = 0 < position < len(codes) - 1
        same = tag == "equal" and not (inner and len(old) <= ISLAND and old.isalpha())
        if runs and runs[-1][0] == same:
            runs[-1] = (same, runs[-1][1] + old, runs[-1][2] + new)
        else:
            runs.append((same, old, new))
    out: list[Mark] = []
    for same, old, new in runs:
        if same:
            out.append(("keep", old))
        else:
            out += [("out", old)] if old else []
            out += [("in", new)] if new else []
    return out


def only_punctuation(before: str, after: str) -> bool:
    """Whether two texts differ in punctuation, spaces and widths alone."""
    bare = lambda t: regex.sub(r"[\p{P}\p{S}\s]", "", fold(t))  # noqa: E731
    return bare(before) == bare(after) and changed(before, after) is None
