"""The registry of rules. A rule is one generator; its docstring is its page; the registry refuses an incomplete one.

    @rule(code="RUB001", name="serial-gap", severity="error", title="序号跳号", clause="…")
    def serial_gap(reading): "One line … What: … Why: … **Bad** … **Good** … Repair: … Limits: … 中文: …"
        yield Hit(annex=2, where="annex-2/c20..annex-2/c22", zh="…", en="…")
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache, wraps
from textwrap import dedent
from typing import TypeVar

from msgspec import Struct

from pipeline.errors import UsageError
from pipeline.findings import Finding, Proof, Repair, Severity, Status
from pipeline.model import Reading
from pipeline.provenance import Provenance

RANK: dict[str, int] = {"error": 0, "warning": 1, "note": 2}
PARTS = ("What", "Why", "Bad", "Good", "Repair", "Limits", "中文")
_PART = re.compile(rf"^(?:\*\*)?({'|'.join(PARTS)})(?::|\*\*)\s", re.MULTILINE)


class Hit(Struct, frozen=True):
    """What a rule yields; the registry adds code, name and severity. `values` are what the fingerprint rests on
    beside the subjects (never a row, a page or the message)."""

    annex: int
    where: str
    zh: str
    en: str
    evidence: tuple[Provenance | None, ...] = ()
    status: Status = "proved"
    severity: Severity | None = None
    proof: Proof | None = None
    repair: Repair | None = None
    suggestions: tuple[Repair, ...] = ()
    values: tuple[str, ...] = ()


Check = Callable[[Reading], Iterator[Hit]]


class Rule(Struct, frozen=True):
    """A registered rule; `severity` is the cap its source clause allows."""

    code: str
    name: str
    title: str
    severity: Severity
    clause: str
    check: Check

    @property
    def summary(self) -> str:
        """The first sentence of its page. Raises ValueError for an incomplete page."""
        return _page(self.check)[0]

    @property
    def page(self) -> dict[str, str]:
        """Its page: each of PARTS with its text. Raises ValueError for an incomplete page."""
        return _page(self.check)[1]

    def run(self, reading: Reading) -> Iterator[tuple[Finding, tuple[str, ...]]]:
        """Findings (without fingerprint) with the values their fingerprints rest on."""
        for hit in self.check(reading):
            severity = max(self.severity, hit.severity or self.severity, key=RANK.__getitem__)
            yield (
                Finding(
                    code=self.code,
                    rule=self.name,
                    severity=severity,
                    status=hit.status,
                    annex=hit.annex,
                    where=hit.where,
                    message=hit.zh,
                    message_en=hit.en,
                    evidence=tuple(at for at in hit.evidence if at is not None),
                    proof=hit.proof,
                    repair=hit.repair,
                    suggestions=hit.suggestions,
                ),
                hit.values,
            )


Answer = TypeVar("Answer")


def shared(question: Callable[[Reading], Answer]) -> Callable[[Reading], Answer]:
    """Keep the answer for the reading that was asked about last: several rules in turn ask the same of one reading."""
    held: list[tuple[Reading, Answer]] = []

    @wraps(question)
    def ask(reading: Reading) -> Answer:
        last = held[-1:]
        if last and last[0][0] is reading:
            return last[0][1]
        answer = question(reading)
        held[:] = [(reading, answer)]
        return answer

    return ask


RULES: dict[str, Rule] = {}
"""Name → rule, in the order the topic files register them."""


def rule(*, code: str, name: str, severity: Severity, title: str, clause: str) -> Callable[[Check], Check]:
    """Register a generator as a rule, its docstring as its page. Raises ValueError for a doubled code or name."""

    def register(check: Check) -> Check:
        if name in RULES or any(r.code == code for r in RULES.values()):
            raise ValueError(f"{code} {name}: registered twice")
        if not re.fullmatch(r"[A-Z]{3}[0-9]{3}", code) or not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
            raise ValueError(f"{code} {name}: not a code and a name")
        if not title or not clause:
            raise ValueError(f"{code} {name}: no title or clause")
        RULES[name] = Rule(code, name, title, severity, clause, check)
        return check

    return register


@cache
def _page(check: Check) -> tuple[str, dict[str, str]]:
    """Read when it is asked for: an audit needs no page."""
    text = inspect.getdoc(check) or ""
    pieces = _PART.split(text)
    page = {key: dedent(body.rstrip()).strip("\n") for key, body in zip(pieces[1::2], pieces[2::2], strict=True)}
    missing = [part for part in PARTS if not page.get(part)]
    if missing or not pieces[0].strip():
        raise ValueError(f"{check.__name__}: the docstring lacks {', '.join(missing) or 'its first line'}")
    return " ".join(pieces[0].split()), page


def find(key: str) -> Rule:
    """A rule by name or code. Raises UsageError."""
    for one in RULES.values():
        if key.lower() in (one.name, one.code.lower()):
            return one
    raise UsageError(key, "no such rule", "`notice explain` lists them")


def shorten(text: str, length: int = 30) -> str:
    """A quote for a message: at most `length` characters, one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
