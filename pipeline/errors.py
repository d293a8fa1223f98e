"""The exception tree. Exceptions are for input that cannot be used and for misuse; what a rule sees is a Finding.

    PipelineError
    ├── InputError          a file that cannot be read
    │   ├── UnknownType     no reader knows the content
    │   ├── LimitExceeded   larger or deeper than a named limit allows
    │   └── MissingTool     a system program or optional package is absent
    └── UsageError          the request makes no sense (unknown verb argument, foreign revision, open findings)
"""

from __future__ import annotations


class PipelineError(Exception):
    """Base. `where` is a file or a place in it, `what` is wrong, `remedy` says what to do; shown on one line."""

    def __init__(self, where: str, what: str, remedy: str) -> None:
        self.where, self.what, self.remedy = where, what, remedy
        super().__init__(f"{where}: {what}; {remedy}")


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
