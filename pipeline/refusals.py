"""Why a file is refused, in Chinese: what the exceptions of the readers say, sentence by sentence."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pipeline.errors import PipelineError, one_line

TABLE = Path(__file__).parent / "data" / "refusals.tsv"
"""English sentence, tab, Chinese sentence; `{}` stands for what is kept."""


def said(error: PipelineError, lang: str) -> str:
    """The refusal on one line, zh or en. What has no Chinese (misuse of the command line) stays as it is.

    >>> said(PipelineError("a.pdf", "the file is empty", "get the file again"), "zh")
    'a.pdf：文件是空的；请重新取得该文件'
    """
    if lang != "zh":
        return str(error)
    return one_line(f"{error.where}：{error.what_zh or in_chinese(error.what)}；{in_chinese(error.remedy)}")


def in_chinese(english: str) -> str:
    """One sentence of a refusal, the numbers and names in it kept; unchanged where it is not in `data/refusals.tsv`.

    >>> in_chinese("2,400 pages (limit 2,000)"), in_chinese("no such rule")
    ('有 2,400 页（上限 2,000）', 'no such rule')
    """
    for pattern, chinese in _sentences():
        if match := pattern.fullmatch(english):
            return chinese.format(*map(in_chinese, match.groups()))
    return english


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(English with its blanks as groups, Chinese with as many), in the order of the file."""
    pairs = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines())
    return tuple((re.compile(re.escape(english).replace(re.escape("{}"), "(.*?)"), re.S), chinese) for english, chinese in pairs)
