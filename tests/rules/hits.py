"""Run one rule over a reading; every message is checked for the same numbers and quotes in both languages."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.findings import Finding
from pipeline.model import Reading
from pipeline.rules import RULES


def findings_of(name: str, reading: Reading) -> list[Finding]:
    """The findings of one rule."""
    found = [finding for finding, _ in RULES[name].run(reading)]
    for finding in found:
        assert_same_facts(finding)
    return found


def hits(name: str, reading: Reading) -> list[str]:
    """Where one rule reports."""
    return [f.where for f in findings_of(name, reading)]


def assert_same_facts(finding: Finding) -> None:
    """Numbers and quotes are the same in both languages."""
    quotes = [Counter(re.findall("“([^”]*)”", text)) for text in (finding.message, finding.message_en)]
    assert quotes[0] == quotes[1], finding
    bare = [re.sub("“[^”]*”", "", text) for text in (finding.message, finding.message_en)]
    numbers = [Counter(re.findall(r"\d+(?:\.\d+)?", text)) for text in bare]
    assert numbers[0] == numbers[1], finding
