"""The stages in order, what each reads and writes: the only place that wires them.

A stage's result is keyed by the content of its inputs, the code and its settings; `run` redoes exactly what changed.
Leaf modules (readers, forms, reports) are loaded when their stage runs, so that nothing else pays for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pipeline import ledger, serialize, staging
from pipeline.errors import InputError, PipelineError, UsageError, legible
from pipeline.findings import Finding
from pipeline.ledger import Stage
from pipeline.model import Reading
from pipeline.revisions import cards, identity
from pipeline.revisions.cards import Card

if TYPE_CHECKING:
    from pipeline.assessment import Assessment
    from pipeline.revisions import intake
    from pipeline.revisions.intake import Said

SEVERITY_RANK = {"note": 0, "warning": 1, "error": 2}


# ---- one file ----------------------------------------------------------------------------------------------------


def read(path: Path) -> Reading:
    """A source file as a Reading without findings: document → notice and tables → rubrics → proofs."""
    from pipeline import source
    from pipeline.notices.intrusions import without_numbers
    from pipeline.notices.notice import parse, segment
    from pipeline.proving.resolve import resolve
    from pipeline.rubrics import rubric

    document = source.read(path)
    segments = segment(document)
    head = parse(document, segments)
    rubrics, remarks = rubric.read(segments)
    rubrics, said = resolve(head, rubrics), (*document.remarks, *remarks)
    if head.personal_data:  # few notices have any
        head, rubrics, said = without_numbers((head, rubrics, said))
    return Reading(source=document.source, notice=head, rubrics=rubrics, remarks=said)


def extract(path: Path) -> Reading:
    """Read and audit one file, or load a notice JSON."""
    return load(path) if is_notice_json(path) else audited(read(path))


def load(path: Path) -> Reading:
    """A notice JSON with the findings its content has: what an editor wrote into the list of findings counts for nothing,
    and what is called proved and does not follow from the numbers is no longer called so. Raises InputError when it is none."""
    from pipeline.proving import standing

    return audited(standing.lowered(serialize.load_reading(path)))


def notice_of(assessments: Iterable[Assessment], extracted: Path) -> Reading:
    """The one extracted notice that filled forms belong to, by document number, revision and rubric digest.

    Raises UsageError when there is none or more than one.
    """
    from pipeline.scoring.score import foreign_reason

    signed = [a for a in assessments if a.rubric_digest]
    every = [load(p) for p in sorted(extracted.glob("*/*/notice.json"))]
    found = [r for r in every if any(foreign_reason(a, r) is None for a in signed)]
    if len(found) != 1:
        what = "more than one extracted notice fits the forms" if found else "no extracted notice fits the forms"
        raise UsageError(str(extracted), what, "give --notice NOTICE.json, the notice they were made from")
    return found[0]


def audited(reading: Reading) -> Reading:
    """The reading with its findings."""
    from pipeline.auditing.audit import audit

    return replace(reading, findings=audit(reading))


def is_notice_json(path: Path) -> bool:
    """Whether a file is a notice JSON by its content, or JSON at all by content and name."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            if not file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
                return False
            return path.suffix.lower() == ".json" or (b'"rubrics"' in (whole := file.read()) and b'"schema_version"' in whole)
    except (OSError, ValueError):
        return False


def audit_report(path: Path, form: str, lang: str) -> tuple[str, tuple[Finding, ...]]:
    """The findings of a file or notice JSON in one of the formats text, json, sarif, github, html."""
    from pipeline.auditing import findings_out

    reading = extract(path)
    if form == "html":
        return audit_html(reading, None if is_notice_json(path) else path, lang), reading.findings
    return findings_out.render(reading, form, lang, legible(str(path))), reading.findings


def audit_html(reading: Reading, source: Path | None, lang: str) -> str:
    """The audit page; with pictures of the pages when the source is a PDF at hand."""
    from pipeline.auditing import audit_page

    images = None
    if source is not None and reading.source.media_type == "application/pdf":
        from pipeline.auditing import page_image

        images = page_image.pages(source, reading)
    return audit_page.render(reading, reading.findings, images, lang)


def exit_status(findings: Iterable[Finding], fail_on: str) -> int:
    """1 when a finding that nobody waived is at or above `fail_on`."""
    if fail_on == "never":
        return 0
    bar = SEVERITY_RANK[fail_on]
    return int(any(SEVERITY_RANK[f.severity] >= bar for f in findings if f.waiver is None))


# ---- the main job ------------------------------------------------------------------------------------------------


def run(
    sources: Path, extracted: Path, reports: Path, lang: str, failed: list[PipelineError] | None = None, only: str | None = None
) -> Iterator[str]:
    """Every notice under `sources`, or `only` one slug with what it supersedes; yields a line for each stage that was
    done, and one when nothing was.

    A notice that cannot be used does not stop the others: its error goes to `failed`, else it is raised at the end.
    Raises InputError when there is nothing to read.
    """
    known, errors = cards.load_all(sources)
    if only is not None:
        errors = []
        known = [c for one in known if one.slug == only for c in cards.chain(one, known)]
    lock = staging.Lock(extracted)
    if not lock.take(wait=False):
        yield _said("busy", lang)
        lock.take(wait=True)
    done = 0
    broken: set[str] = set()
    try:
        for card in known:
            try:
                for line in _run_card(card, known, broken, extracted, reports, lang):
                    done += 1
                    yield line
            except PipelineError as error:
                broken.add(card.slug)
                errors.append(error)
    finally:
        lock.release()
    if failed is not None:
        failed += errors
    elif errors:
        raise errors[0]
    if not done and not errors:
        yield _said("nothing", lang)


_SAID = {
    "nothing": ("没有变化", "nothing changed"),
    "busy": ("另一次运行尚未结束，等它结束", "another run is at work here; waiting for it"),
    "removed": ("已撤除", "removed"),
    "extract": ("读取", "extract"),
    "audit": ("审核", "audit"),
    "forms": ("表单", "forms"),
    "diff": ("修订对照", "diff"),
    "readings": ("来源比对", "readings"),
    "demo": ("演示", "demo"),
}
"""What `run` says, the names of stages among it, in Chinese and English."""


def _said(key: str, lang: str) -> str:
    return _SAID.get(key, (key, key))[0 if lang == "zh" else 1]


def ingest(file: Path, sources: Path, extracted: Path, reports: Path, lang: str, said: Said, failed: list[PipelineError]) -> Iterator[str]:
    """Take a file in: find its place under `sources`, put it there whole or not at all, run; yields what was done.

    Raises InputError when the file cannot be read, UsageError when its place cannot be told.
    """
    from pipeline.revisions import intake, intake_words

    if is_notice_json(file):
        raise UsageError(str(file), "is a notice JSON", "give the file the issuer sent")
    reading = audited(_read_once(file))
    arrival = intake.Arrival(legible(file.name), file.read_bytes(), reading, said)
    with staging.Lock(sources), staging.Lock(extracted):
        staging.sweep(sources)
        known = cards.load_all(sources)[0] if any(sources.glob(f"*/{cards.FILE}")) else []
        place = intake.place_of(arrival, [_shelved(c, extracted) for c in known])
        try:
            name = intake.shelve(arrival, place, sources)
        except OSError as error:
            raise InputError(str(sources), f"cannot be written ({error.strerror})", "see that there is room and leave") from None
    yield from intake_words.lines(arrival, place, name, lang)
    yield from run(sources, extracted, reports, lang, failed, place.slug)


def _shelved(card: Card, extracted: Path) -> intake.Shelved:
    """A revision that is there, as far as it must be known to tell whether a file belongs to it."""
    from pipeline.revisions import intake

    whole = cache(lambda: audited(_read_once(card.primary)))
    head = _previous(card.notice_json(extracted))
    notice = head.notice if head is not None and head.source.sha256 == ledger.file_digest(card.primary) else whole().notice
    return intake.Shelved(card, notice.document_number, notice.title, whole)


def _run_card(card: Card, known: list[Card], broken: set[str], extracted: Path, reports: Path, lang: str) -> Iterator[str]:
    """The stages of one revision that are due; yields a line for each."""
    if card.supersedes in broken:
        raise InputError(str(card.folder / cards.FILE), f"supersedes {card.supersedes}, which failed", "mend that one first")
    target = card.notice_json(extracted)
    plan = list(_stages(card, known, extracted, reports, lang))
    for name in ledger.retire(reports / card.slug, {stage.name for stage in plan}):
        yield f"{card.slug}: {_said(name, lang)} {_said('removed', lang)}"
    for stage in plan:
        entry = reports / card.slug / ".stages" / f"{stage.name}.json"
        if ledger.is_done(stage, entry):
            continue
        before = _previous(target) if stage.name == "extract" else None
        try:
            ledger.redo(stage, entry)
        except OSError as error:
            what = f"cannot be written ({error.strerror})"
            raise InputError(str(error.filename or stage.folder), what, "see that there is room and leave") from None
        yield f"{card.slug}: {_said(stage.name, lang)}" + (_what_changed(before, serialize.load_reading(target), lang) if before else "")


def _previous(target: Path) -> Reading | None:
    """The notice JSON an earlier run made, when it can still be read."""
    try:
        return serialize.load_reading(target)
    except InputError:
        return None


def _what_changed(before: Reading, after: Reading, lang: str) -> str:
    """Which layer of identity changed, in words; nothing when none did."""
    cause = identity.cause(before, after)
    return "" if cause == "none" else f" ({identity.CAUSES[cause][0 if lang == 'zh' else 1]})"


def _stages(card: Card, known: list[Card], extracted: Path, reports: Path, lang: str) -> Iterator[Stage]:
    target, report = card.notice_json(extracted), reports / card.slug
    older = next((c for c in known if c.slug == card.supersedes), None)
    before = (older.notice_json(extracted),) if older else ()
    line = cards.chain(card, known)
    prints, names = tuple(c.primary for c in line), "\0".join(f"{c.slug} {c.revision}" for c in line)
    yield Stage("extract", (*prints, card.decisions), names, target.parent, lambda: _extract_stage(card, known, target))
    yield Stage("audit", (target, card.primary), lang, report, lambda: _audit_stage(target, card, report, lang))
    yield Stage("forms", (target,), lang, report / "forms", lambda: _forms_stage(target, report / "forms"))
    if before:
        yield Stage("diff", (*before, target), lang, report / "diff", lambda: _diff_stage(before[0], target, report / "diff", lang))
    if card.others():
        files = (card.primary, *card.others())
        yield Stage("readings", files, lang, report / "readings", lambda: _readings_stage(files, report / "readings", lang))
    demo = card.folder / "demo"
    if demo.is_dir():
        inputs = tuple(sorted(p for p in demo.iterdir() if p.is_file()))
        yield Stage("demo", (target, *inputs), lang, report / "demo", lambda: _demo_stage(target, demo, report / "demo"))


def _extract_stage(card: Card, known: list[Card], target: Path) -> list[Path]:
    reading = decided(_under_its_ids(card, known), card.decisions)
    serialize.write_whole(target, serialize.dumps(reading.to_json()))
    return [target]


def _under_its_ids(card: Card, known: list[Card]) -> Reading:
    """A revision as read, under its predecessor's ids where it has one. Ids follow from the prints alone: a decision
    on an earlier revision never moves an id of a later one."""
    reading = replace(_read_once(card.primary), slug=card.slug, revision=card.revision)
    older = next((c for c in known if c.slug == card.supersedes), None)
    if older is None:
        return reading
    from pipeline.revisions import comparison, inheritance

    before = _under_its_ids(older, known)
    return inheritance.inherit(reading, before, comparison.compare(before, reading).pairs)


_HELD: dict[str, Reading] = {}
"""The last few files read, by digest: a scan takes minutes, and several stages of one run need the same file."""


def _read_once(path: Path) -> Reading:
    """A file as `read` gives it, read anew only when its content is not at hand."""
    serialize.check_regular(path)
    try:
        digest = ledger.file_digest(path)
    except OSError:
        return read(path)
    if digest not in _HELD:
        _HELD[digest] = read(path)
        while len(_HELD) > 4:
            del _HELD[next(iter(_HELD))]
    held = _HELD[digest]
    return replace(held, source=replace(held.source, file=legible(path.name)))


def decided(reading: Reading, path: Path) -> Reading:
    """The reading audited, with the decisions of a file applied when there is one."""
    whole = audited(reading)
    if not path.is_file():
        return whole
    from pipeline import decisions

    return decisions.apply(whole, decisions.load(path))


def decide(path: Path, action: str, target: str, value: str | None, by: str, reason: str, date: str) -> Reading:
    """Note a decision on an extracted notice in its `decisions.yaml` and refresh its JSON; both or neither.

    The source is read anew: decisions are made against what it says, not against earlier decisions.
    """
    from pipeline import decisions

    extracted = serialize.load_reading(path)
    card, known = _source_of(path, extracted)
    fresh = audited(_under_its_ids(card, known))
    if fresh.source.sha256 != extracted.source.sha256:
        raise UsageError(str(path), f"{card.primary.name} is not the file this was extracted from", "run `notice run` first")
    with staging.Lock(path.resolve().parents[2] if card.data else path.parent):
        kept = decisions.load(card.decisions)
        new = decisions.decide(fresh, action, target, value, by, reason, date, kept)
        if decisions.says_nothing(new, fresh, kept):
            raise UsageError(target, f"is {value!r} in the source already", "there is nothing to set")
        every = (*(d for d in kept if d.id != new.id), new)
        reading = decisions.apply(fresh, every)
        before = card.decisions.read_bytes() if card.decisions.is_file() else None
        try:
            decisions.save(card.decisions, every)
            try:
                serialize.write_whole(path, serialize.dumps(reading.to_json()))
            except BaseException:  # also an interruption: the two agree
                card.decisions.unlink() if before is None else serialize.write_whole(card.decisions, before)
                raise
        except OSError as error:
            raise InputError(str(card.decisions), f"the decision cannot be written ({error.strerror})", "see that there is room and leave") from None
    return reading


def review_audit(path: Path, lang: str) -> str:
    """The audit page of an extracted notice; with pictures of the pages where its source is at hand."""
    reading = load(path)
    try:
        found = _source_of(path, reading)[0].primary
    except InputError:
        return audit_html(reading, None, lang)
    return audit_html(reading, found if found.is_file() else None, lang)


def _source_of(path: Path, extracted: Reading) -> tuple[Card, list[Card]]:
    """The card under sources/<slug>/ and all cards there, else a card for the file beside the JSON."""
    for root in path.resolve().parents:
        folder = root / "sources" / (extracted.slug or "")
        if extracted.slug and (folder / cards.FILE).is_file():
            return replace(cards.load(folder / cards.FILE), primary=folder / extracted.source.file), cards.load_all(root / "sources")[0]
    beside = path.resolve().parent / extracted.source.file
    if not beside.is_file():
        raise InputError(str(path), f"its source {extracted.source.file} is neither under sources/ nor beside it", "put it there")
    return Card(beside.parent, extracted.slug or "", extracted.revision or "", beside, None, {}), []


def _audit_stage(target: Path, card: Card, report: Path, lang: str) -> list[Path]:
    from pipeline.auditing import findings_out

    reading = serialize.load_reading(target)
    texts: dict[str, str | bytes] = {
        "audit.html": audit_html(reading, card.primary, lang),
        "findings.json": findings_out.render(reading, "json", lang, card.primary.name),
        "findings.sarif": findings_out.render(reading, "sarif", lang, card.primary.name),
    }
    if reading.decisions:
        from pipeline.revisions import errata

        texts |= {"errata.html": errata.render_html(reading), "errata.docx": errata.render_docx(reading)}
    for name, text in texts.items():
        serialize.write_whole(report / name, text)
    return [report / name for name in texts]


def _forms_stage(target: Path, folder: Path) -> list[Path]:
    from pipeline.formats import write

    formats = ("pdf", "docx", "xlsx", "html", "xlsform")
    return write.write_forms(serialize.load_reading(target), folder, None, formats, "draft", None)


def _diff_stage(old: Path, new: Path, folder: Path, lang: str) -> list[Path]:
    from pipeline.revisions.diff_out import write_all

    return write_all(serialize.load_reading(old), serialize.load_reading(new), folder, lang)


def _readings_stage(files: tuple[Path, ...], folder: Path, lang: str) -> list[Path]:
    """What the further files of a revision say otherwise than the one that is read."""
    from pipeline.revisions.diff_out import render
    from pipeline.revisions.followup import follow

    held, *others = (audited(_read_once(f)) for f in files)
    made = []
    for path, other in zip(files[1:], others, strict=True):
        found = follow(held, other)
        for form in ("html", "json"):
            made.append(folder / f"{path.name}.{form}")
            serialize.write_whole(made[-1], render(found, form, lang, held, other))
    return made


def _demo_stage(target: Path, demo: Path, folder: Path) -> list[Path]:
    from pipeline.demonstration import run as demonstrate

    return demonstrate(serialize.load_reading(target), demo, folder)
