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
    from pipeline.findings import Finding
    from pipeline.model import Reading
    from pipeline.revisions.changes import ChangeList

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
    policy: Policy | Path | str | None = None,
) -> list[Path]:
    """Write fillable forms into a folder; returns the files. The policy says whether the forms ask for N/A."""
    from pipeline.formats import write

    units = Path(assessees) if assessees is not None else None
    return write.write_forms(_reading(reading), Path(out), annexes, formats, edition, units, _policy(policy))  # type: ignore[arg-type]


def collect(paths: Path | str | Sequence[Path | str], reading: Reading | Path | str | None = None) -> tuple[Assessment, ...]:
    """Filled forms, any format we write, as assessments with their findings. A file among them that cannot be read at all is
    a warning; when none can be read, an InputError."""
    import warnings

    from pipeline.returns import collecting

    files = [paths] if isinstance(paths, (str, Path)) else paths
    found, refused = collecting.collect([Path(p) for p in files], _reading(reading) if reading is not None else None)
    for line in refused:
        warnings.warn(line, stacklevel=2)
    return found


def score(
    assessments: Assessment | Path | str | Sequence[Assessment | Path | str],
    reading: Reading | Path | str,
    policy: Policy | Path | str | None = None,
) -> tuple[Scorecard, ...]:
    """Assessments (or files of them) as scorecards, one for each rubric and assessed unit."""
    from pipeline.assessment import Assessment, load_assessment
    from pipeline.scoring import score

    several = [assessments] if isinstance(assessments, (str, Path, Assessment)) else assessments
    given = [load_assessment(Path(a)) if isinstance(a, (str, Path)) else a for a in several]
    return score.score(given, _reading(reading), _policy(policy))


def diff(old: Reading | Path | str, new: Reading | Path | str) -> ChangeList:
    """Two revisions as typed changes; `.to_json()` is the contract's change list."""
    from pipeline.revisions import followup

    return followup.follow(_reading(old), _reading(new))


def _reading(given: Reading | Path | str) -> Reading:
    return extract(given) if isinstance(given, (str, Path)) else given


def _policy(given: Policy | Path | str | None) -> Policy | None:
    from pipeline.scoring import policy

    return policy.load(Path(given)) if isinstance(given, (str, Path)) else given
