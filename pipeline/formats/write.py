"""Forms to files: blank, or prefilled for each assessed unit; a manifest with hashes; whole or not at all."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from pipeline import rx as regex
from pipeline import serialize
from pipeline.assessment import Policy
from pipeline.errors import InputError, UsageError
from pipeline.formats.assessees import Assessee, load_assessees
from pipeline.formats.sheet import EDITION_NAMES, Edition, Sheet, refuse_open, sheet_of
from pipeline.model import Reading
from pipeline.progress import bar
from pipeline.staging import write_together

SUFFIXES = {"pdf": ".pdf", "docx": ".docx", "xlsx": ".xlsx", "html": ".html", "xlsform": ".xlsform.xlsx"}
Maker = Callable[[Sheet, dict[str, str]], str | bytes]
RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(1, 10)), *(f"lpt{i}" for i in range(1, 10))}


def write_forms(
    reading: Reading,
    out: Path,
    annexes: Sequence[int] | None,
    formats: Sequence[str],
    edition: Edition,
    assessees: Path | None,
    policy: Policy | None = None,
) -> list[Path]:
    """Write the forms into `out`; returns the files, `manifest.json` last.

    Raises UsageError for an unknown format, edition or annex, no rubric, or an edition that is refused; nothing is written then.
    """
    if not formats:
        raise UsageError("--format", "names no format", f"choose from {', '.join(SUFFIXES)}")
    if edition not in EDITION_NAMES:
        raise UsageError(f"--edition {edition}", "is no edition", f"choose from {', '.join(EDITION_NAMES)}")
    sheets = _sheets(reading, annexes, edition, policy)
    makers = {name: _maker(name) for name in formats}
    jobs = list(_jobs(sheets, load_assessees(assessees, reading) if assessees else None))
    return write_together(out, _files(jobs, makers, edition))


def _files(jobs: Sequence[Job], makers: Mapping[str, Maker], edition: Edition) -> Iterator[tuple[str, bytes | str]]:
    """Every form with its file name, one made after the other, then the manifest."""
    hashes: dict[str, str] = {}
    for job in bar(jobs, "form") if len(jobs) >= 10 else jobs:
        for name, make in makers.items():
            raw, file = _made(make, job), job.stem + SUFFIXES[name]
            hashes[file] = sha256(raw).hexdigest()
            yield file, raw
    yield "manifest.json", serialize.dumps({"edition": edition, "files": hashes})


def _sheets(reading: Reading, annexes: Sequence[int] | None, edition: Edition, policy: Policy | None) -> list[Sheet]:
    if not reading.rubrics:
        raise UsageError(reading.source.file, "holds no rubric, so there is no form to make", "give a notice with a rubric")
    known = {r.annex for r in reading.rubrics}
    for annex in annexes or ():
        if annex not in known:
            raise UsageError(f"--annex {annex}", "is not an annex with a rubric", f"choose from {sorted(known)}")
    chosen = [r for r in reading.rubrics if not annexes or r.annex in annexes]
    if edition == "final":
        of = {0, *(r.annex for r in chosen)}
        refuse_open([r.id for r in chosen], [f for f in reading.findings if f.annex in of and f.severity == "error" and f.waiver is None])
    return [sheet_of(reading, r, edition, policy) for r in chosen]


def _maker(name: str) -> Maker:
    if name not in SUFFIXES:
        raise UsageError(f"--format {name}", "is no form format", f"choose from {', '.join(SUFFIXES)}")
    made: Maker = importlib.import_module(f"pipeline.formats.{name}").render
    return made


class Job(Struct, frozen=True):
    """One form to make: its file stem, its sheet, the values it begins with, and the list row they come from."""

    stem: str
    sheet: Sheet
    prefill: dict[str, str]
    where: str | None = None


def _made(make: Maker, job: Job) -> bytes:
    try:
        data = make(job.sheet, job.prefill)
    except UsageError as error:
        if job.where is None:
            raise
        raise InputError(job.where, error.what, error.remedy) from None
    return data.encode("utf-8") if isinstance(data, str) else data


def _jobs(sheets: Sequence[Sheet], assessees: Sequence[Assessee] | None) -> Iterator[Job]:
    """Every form; an assessee gets the annex it names, or the only one there is."""
    if assessees is None:
        for sheet in sheets:
            yield Job(sheet.name, sheet, {})
        return
    used: dict[str, int] = {}
    for unit in assessees:
        own = [s for s in sheets if unit.annex == s.annex] if unit.annex is not None else list(sheets)
        if unit.annex is None and len(own) > 1:
            raise InputError(unit.where, f"does not say which annex {unit.name!r} gets", "add a column 附件 with its number")
        for sheet in own:
            stem = f"{sheet.name}.{safe_name(unit.name)}"
            used[stem.lower()] = used.get(stem.lower(), 0) + 1
            if used[stem.lower()] > 1:
                stem += f"-{used[stem.lower()]}"
            yield Job(stem, sheet, {f"{sheet.prefix}_assessee": unit.name}, unit.where)


def safe_name(name: str) -> str:
    """A readable file name part: letters and digits of any script, `_` for the rest, at most 60 characters.

    >>> safe_name("../示例（一）公司"), safe_name("CON"), safe_name("…")
    ('示例_一_公司', 'CON_', 'unit')
    """
    text = regex.sub(r"[^\p{L}\p{N}]+", "_", name).strip("_")[:60]
    return f"{text}_" if text.lower() in RESERVED else text or "unit"
