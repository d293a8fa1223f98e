"""The exception tree. Exceptions are for input that cannot be used and for misuse; what a rule sees is a Finding.

    PipelineError
    ├── InputError          a file that cannot be read
    │   ├── UnknownType     no reader knows the content
    │   ├── LimitExceeded   larger or deeper than a named limit allows
    │   └── MissingTool     a system program or optional package is absent
    └── UsageError          the request makes no sense (unknown verb argument, foreign revision, open findings)
"""

from __future__ import annotations

import re

_BREAKS = {*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
"""Line ends of every kind, control characters, and those that turn the direction of what follows."""

_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Halves of characters that stand for no byte of a name."""

_AS_SPACE = dict.fromkeys(_BREAKS, " ")


def one_line(text: str) -> str:
    """A message on one line, whatever a library or a file name put into it."""
    return legible(text.translate(_AS_SPACE).strip())


def legible(name: str) -> str:
    """A file name as text. Python keeps bytes that are not UTF-8 as halves of characters, which no file can be written with;
    in names from Chinese archives they are GB18030.

    >>> legible("公文.txt"), legible("公文.txt".encode("gb18030").decode("utf-8", "surrogateescape"))
    ('公文.txt', '公文.txt')
    """
    try:
        name.encode("utf-8")
        return name
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "replace" if _LONE.search(name) else "surrogateescape")
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def reason(error: Exception) -> str:
    """What went wrong, without the number and the path that an error of the system repeats.

    >>> reason(IsADirectoryError(21, "Is a directory", "/tmp")), reason(ValueError("odd"))
    ('Is a directory', 'odd')
    """
    return getattr(error, "strerror", None) or str(error)


class PipelineError(Exception):
    """Base. `where` is a file or a place in it, `what` is wrong, `remedy` says what to do; shown on one line. `what_zh`: the
    fault in Chinese, where `data/refusals.tsv` cannot hold it."""

    def __init__(self, where: str, what: str, remedy: str, what_zh: str | None = None) -> None:
        self.where, self.what, self.remedy, self.what_zh = where, what, remedy, what_zh
        super().__init__(one_line(f"{where}: {what}; {remedy}"))


class InputError(PipelineError):
    """The file cannot be used."""


class UnknownType(InputError):
    """No reader knows this content."""


class LimitExceeded(InputError):
    """The file is larger, deeper or slower than a named limit."""


class MissingTool(InputError):
    """Reading this needs a program or package that is absent."""


class UsageError(PipelineError):
    """The request cannot be carried out as asked."""
