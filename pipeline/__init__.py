"""Reads official Chinese notices whose annexes are scoring rubrics; proves, audits, renders, collects, scores.

source → document → notice + tables → rubrics → findings → decisions → forms · assessments · scorecards → reports

The verbs as functions: the same results as the command line, nothing printed, exceptions from `pipeline.errors`.
Each loads what it needs when it is called, so that importing the package costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.assessment import Assessment, Policy, Scorecard
    from pipeline.changes import ChangeList
    from pipeline.model import Finding, Reading

__all__ = ["audit", "collect", "diff", "extract", "forms", "score"]


def extract(path: Path | str) -> Reading:
    """Any supported file (or a notice JSON) as a Reading with findings; `.to_json()` is the contract's notice JSON."""
    from pipeline import stages

    return stages.extract(Path(path))


def audit(reading: Reading | Path | str) -> tuple[Finding, ...]:
    """The findings of a reading or a file."""
    from pipeline import stages

    return stages.audited(reading).findings if not isinstance(reading, (str, Path)) else extract(reading).findings


def forms(
    reading: Reading | Path | str,
    out: Path | str,
    annexes: Sequence[int] | None = None,
    formats: Sequence[str] = ("pdf", "docx", "xlsx", "html", "xlsform"),
    edition: str = "draft",
    assessees: Path | str | None = None,
    policy: Policy | None = None,
) -> list[Path]:
    """Write fillable forms into a folder; returns the files. The policy says whether the forms ask for N/A."""
    from pipeline.formats import write

    given = extract(reading) if isinstance(reading, (str, Path)) else reading
    units = Path(assessees) if assessees is not None else None
    return write.write_forms(given, Path(out), annexes, formats, edition, units, policy)  # type: ignore[arg-type]


def collect(paths: Sequence[Path | str], reading: Reading | None = None) -> tuple[Assessment, ...]:
    """Filled forms, any format we write, as assessments with their findings. A file among them that cannot be read at all is
    a warning; when none can be read, an InputError."""
    import warnings

    from pipeline import collecting

    found, refused = collecting.collect([Path(p) for p in paths], reading)
    for line in refused:
        warnings.warn(line, stacklevel=2)
    return found


def score(assessments: Sequence[Assessment], reading: Reading, policy: Policy | None = None) -> tuple[Scorecard, ...]:
    """Assessments as scorecards, one for each rubric and assessed unit."""
    from pipeline import scoring

    return scoring.score(assessments, reading, policy)


def diff(old: Reading | Path | str, new: Reading | Path | str) -> ChangeList:
    """Two revisions as typed changes; `.to_json()` is the contract's change list."""
    from pipeline import followup

    given = [extract(r) if isinstance(r, (str, Path)) else r for r in (old, new)]
    return followup.follow(given[0], given[1])
