"""How people call a criterion: by annex and number, not by our id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipeline import rx as regex
from pipeline.assessment import field_name
from pipeline.model import Criterion, Reading, Section

ID = regex.compile(r"annex-[0-9A-Za-z-]+/c[0-9A-Za-z~]+")


def names_of(reading: Reading, tongue: int) -> dict[str, str]:
    """Id → `附件1第5条` (tongue 1: `annex 1 no. 5`); with the section where an annex has a number twice, by the words it
    begins with where it has none."""
    out: dict[str, str] = {}
    for rubric in reading.rubrics:
        counts = Counter(c.number for c in rubric.criteria())
        lead = (f"附件{rubric.annex}" if tongue == 0 else f"annex {rubric.annex} ") if rubric.annex else ""
        for section in rubric.sections:
            for c in section.criteria:
                out[c.id] = lead + _name(c, section, counts[c.number] > 1, tongue)
    return out


def _name(criterion: Criterion, section: Section, twice: bool, tongue: int) -> str:
    home = f"“{section.label}”" if twice and criterion.number and section.label else ""
    if tongue == 0 or not criterion.number:
        return home + field_name(criterion.number, criterion.text)
    return f"{home} no. {criterion.number}".strip()


def named(text: str, names: Mapping[str, str]) -> str:
    """A text with each id in it replaced by its name."""
    return ID.sub(lambda match: names.get(match[0], match[0]), text)
