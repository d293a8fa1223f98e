"""The stages in order, what each reads and writes: the only place that wires them.

A stage's result is keyed by the content of its inputs, the code and its settings; `run` redoes exactly what changed.
Leaf modules (readers, forms, reports) are loaded when their stage runs, so that nothing else pays for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from pipeline import serialize
from pipeline.assessment import Assessment
from pipeline.errors import InputError, UsageError
from pipeline.model import Finding, Reading

SEVERITY_RANK = {"note": 0, "warning": 1, "error": 2}


# ---- one file ----------------------------------------------------------------------------------------------------


def read(path: Path) -> Reading:
    """A source file as a Reading without findings: document → notice and tables → rubrics → proofs."""
    from pipeline import rubric, source
    from pipeline.notice import parse, segment
    from pipeline.resolve import resolve

    document = source.read(path)
    segments = segment(document)
    head = parse(document, segments)
    rubrics, remarks = rubric.read(segments)
    return Reading(
        source=document.source,
        notice=head,
        rubrics=resolve(head, rubrics),
        remarks=(*document.remarks, *remarks),
    )


def extract(path: Path) -> Reading:
    """Read and audit one file, or load a notice JSON as it is."""
    if is_notice_json(path):
        return serialize.load_reading(path)
    return audited(read(path))


def notice_of(assessments: Iterable[Assessment], extracted: Path) -> Reading:
    """The one extracted notice that filled forms belong to, by document number, revision and rubric digest.

    Raises UsageError when there is none or more than one.
    """
    from pipeline.scoring import foreign_reason

    signed = [a for a in assessments if a.rubric_digest]
    every = [serialize.load_reading(p) for p in sorted(extracted.glob("*/*/notice.json"))]
    found = [r for r in every if any(foreign_reason(a, r) is None for a in signed)]
    if len(found) != 1:
        what = "more than one extracted notice fits the forms" if found else "no extracted notice fits the forms"
        raise UsageError(str(extracted), what, "give --notice NOTICE.json, the notice they were made from")
    return found[0]


def audited(reading: Reading) -> Reading:
    """The reading with its findings."""
    from pipeline.auditing import audit

    return replace(reading, findings=audit(reading))


def is_notice_json(path: Path) -> bool:
    """Whether a file is JSON by its first character (content, not name)."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and path.suffix.lower() == ".json"
    except OSError:
        return False


def audit_report(path: Path, form: str, lang: str) -> tuple[str, tuple[Finding, ...]]:
    """The findings of a file or notice JSON in one of the formats text, json, sarif, github, html."""
    from pipeline import findings_out

    reading = extract(path)
    if form == "html":
        return audit_html(reading, None if is_notice_json(path) else path, lang), reading.findings
    return findings_out.render(reading, form, lang, str(path)), reading.findings


def audit_html(reading: Reading, source: Path | None, lang: str) -> str:
    """The audit page; with pictures of the pages when the source is a PDF at hand."""
    from pipeline import audit_page

    images = None
    if source is not None and reading.source.media_type == "application/pdf":
        from pipeline import page_image

        images = page_image.pages(source, reading)
    return audit_page.render(reading, reading.findings, images, lang)


def exit_status(findings: Iterable[Finding], fail_on: str) -> int:
    """1 when a finding that nobody waived is at or above `fail_on`."""
    if fail_on == "never":
        return 0
    bar = SEVERITY_RANK[fail_on]
    return int(any(SEVERITY_RANK[f.severity] >= bar for f in findings if f.waiver is None))


# ---- the main job ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One step: `inputs` are files, `settings` whatever else it depends on; `make` writes into `folder`, returns files."""

    name: str
    inputs: tuple[Path, ...]
    settings: str
    folder: Path
    make: Callable[[], list[Path]]


@cache
def code_version() -> str:
    """Digest of the program's own files: another program version makes everything again."""
    root = Path(__file__).parent
    digest = sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _file_digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _key(stage: Stage) -> str:
    digest = sha256(f"{stage.name}\0{stage.settings}\0{code_version()}".encode())
    for path in stage.inputs:
        digest.update(f"\0{path.name}\0{_file_digest(path) if path.is_file() else '-'}".encode())
    return digest.hexdigest()


def _is_done(stage: Stage, ledger: Path) -> bool:
    """Whether the ledger has this key and every output is still there, unchanged."""
    if not ledger.is_file():
        return False
    try:
        record = serialize.load_json(ledger)
        files = record["files"]
        return record["key"] == _key(stage) and all(
            (stage.folder / name).is_file() and _file_digest(stage.folder / name) == digest for name, digest in files.items()
        )
    except (InputError, KeyError, TypeError, AttributeError):
        return False


def _redo(stage: Stage, ledger: Path) -> None:
    """Make the stage, drop what it made before and no longer makes, then note what was done."""
    before = set()
    if ledger.is_file():
        try:
            before = set(serialize.load_json(ledger)["files"])
        except (InputError, KeyError, TypeError):
            before = set()
    made = stage.make()
    files = {p.relative_to(stage.folder).as_posix(): _file_digest(p) for p in made}
    for name in before - set(files):
        (stage.folder / name).unlink(missing_ok=True)
    serialize.write_whole(ledger, serialize.dumps({"key": _key(stage), "files": files}))


def run(sources: Path, extracted: Path, reports: Path, lang: str) -> Iterator[str]:
    """Every notice under `sources`; yields a line for each stage that was done, and one when nothing was.

    Raises InputError when there is nothing to read.
    """
    if not sources.is_dir():
        raise InputError(str(sources), "no such folder", "put each notice into sources/<slug>/ with its source.json")
    cards = [_card(path) for path in sorted(sources.glob("*/source.json"))]
    if not cards:
        raise InputError(str(sources), "holds no notice", "put each notice into sources/<slug>/ with its source.json")
    done = 0
    for card in cards:
        for stage in _stages(card, cards, extracted, reports, lang):
            ledger = reports / card.slug / ".stages" / f"{stage.name}.json"
            if _is_done(stage, ledger):
                continue
            _redo(stage, ledger)
            done += 1
            yield f"{card.slug}: {stage.name}"
    if not done:
        yield "nothing changed"


@dataclass(frozen=True)
class Card:
    """One source.json: which file is read, which revision it is, what it supersedes."""

    folder: Path
    slug: str
    revision: str
    primary: Path
    supersedes: str | None


def _card(path: Path) -> Card:
    data = serialize.load_json(path)
    try:
        primary = path.parent / data["primary"]
        card = Card(path.parent, path.parent.name, str(data["revision"]), primary, data.get("supersedes"))
    except (KeyError, TypeError):
        raise InputError(str(path), "lacks `primary` or `revision`", "name the file to read and its revision") from None
    if not card.primary.is_file():
        raise InputError(str(path), f"names {card.primary.name}, which is not there", "correct `primary`")
    return card


def notice_json(card: Card, extracted: Path) -> Path:
    """Where a revision's notice JSON stands."""
    return extracted / card.slug / card.revision / "notice.json"


def _stages(card: Card, cards: list[Card], extracted: Path, reports: Path, lang: str) -> Iterator[Stage]:
    target = notice_json(card, extracted)
    report = reports / card.slug
    decisions = card.folder / "decisions.yaml"
    older = next((c for c in cards if c.slug == card.supersedes), None)
    before: tuple[Path, ...] = (notice_json(older, extracted),) if older else ()
    yield Stage(
        "extract",
        (card.primary, card.folder / "source.json", decisions, *before),
        "",
        target.parent,
        lambda: _extract_stage(card, target),
    )
    yield Stage("audit", (target, card.primary), lang, report, lambda: _audit_stage(target, card, report, lang))
    yield Stage("forms", (target,), lang, report / "forms", lambda: _forms_stage(target, report / "forms"))
    if older is not None:
        yield Stage("diff", (*before, target), lang, report / "diff", lambda: _diff_stage(before[0], target, report / "diff", lang))
    demo = card.folder / "demo"
    if demo.is_dir():
        inputs = tuple(sorted(p for p in demo.iterdir() if p.is_file()))
        yield Stage("demo", (target, *inputs), lang, report / "demo", lambda: _demo_stage(target, demo, report / "demo"))


def _extract_stage(card: Card, target: Path) -> list[Path]:
    reading = replace(read(card.primary), slug=card.slug, revision=card.revision)
    serialize.write_whole(target, serialize.dumps(decided(reading, card.folder / "decisions.yaml").to_json()))
    return [target]


def decided(reading: Reading, path: Path) -> Reading:
    """The reading audited, with the decisions of a file applied when there is one."""
    whole = audited(reading)
    if not path.is_file():
        return whole
    from pipeline import decisions

    return decisions.apply(whole, decisions.load(path))


def decide(path: Path, action: str, target: str, value: str | None, by: str, reason: str, date: str | None) -> Reading:
    """Note a decision on an extracted notice in its `decisions.yaml` and refresh its JSON; both or neither.

    The source is read anew: decisions are made against what it says, not against earlier decisions.
    """
    from pipeline import decisions

    extracted = serialize.load_reading(path)
    source, folder, given = _source_of(path, extracted)
    when = date or given
    if when is None:
        raise UsageError("decide", "the source has no date to sign with", "give --date YYYY-MM-DD")
    fresh = audited(replace(read(source), slug=extracted.slug, revision=extracted.revision))
    if fresh.source.sha256 != extracted.source.sha256:
        raise UsageError(str(path), f"{source.name} is not the file this was extracted from", "run `notice run` first")
    kept = decisions.load(folder / "decisions.yaml")
    new = decisions.decide(fresh, action, target, value, by, reason, when, kept)
    every = (*(d for d in kept if d.id != new.id), new)
    reading = decisions.apply(fresh, every)
    decisions.save(folder / "decisions.yaml", every)
    serialize.write_whole(path, serialize.dumps(reading.to_json()))
    return reading


def _source_of(path: Path, extracted: Reading) -> tuple[Path, Path, str | None]:
    """(source file, folder of its decisions, its date): the card under sources/<slug>/, else a file beside the JSON."""
    for root in path.resolve().parents:
        folder = root / "sources" / (extracted.slug or "")
        if extracted.slug and (folder / "source.json").is_file():
            return folder / extracted.source.file, folder, serialize.load_json(folder / "source.json").get("date")
    beside = path.resolve().parent / extracted.source.file
    if not beside.is_file():
        raise InputError(str(path), f"its source {extracted.source.file} is neither under sources/ nor beside it", "put it there")
    return beside, beside.parent, None


def _audit_stage(target: Path, card: Card, report: Path, lang: str) -> list[Path]:
    from pipeline import findings_out

    reading = serialize.load_reading(target)
    texts: dict[str, str | bytes] = {
        "audit.html": audit_html(reading, card.primary, lang),
        "findings.json": findings_out.render(reading, "json", lang, card.primary.name),
        "findings.sarif": findings_out.render(reading, "sarif", lang, card.primary.name),
    }
    if reading.decisions:
        from pipeline import errata

        texts |= {"errata.html": errata.render_html(reading), "errata.docx": errata.render_docx(reading)}
    for name, text in texts.items():
        serialize.write_whole(report / name, text)
    return [report / name for name in texts]


def _forms_stage(target: Path, folder: Path) -> list[Path]:
    from pipeline.formats import write

    formats = ("pdf", "docx", "xlsx", "html", "xlsform")
    return write.write_forms(serialize.load_reading(target), folder, None, formats, "draft", None)


def _diff_stage(old: Path, new: Path, folder: Path, lang: str) -> list[Path]:
    from pipeline.diff_out import write_all

    return write_all(serialize.load_reading(old), serialize.load_reading(new), folder, lang)


def _demo_stage(target: Path, demo: Path, folder: Path) -> list[Path]:
    from pipeline.demonstration import run as demonstrate

    return demonstrate(serialize.load_reading(target), demo, folder)
