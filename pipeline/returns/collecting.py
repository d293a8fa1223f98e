"""Returned forms → assessments: every value validated again, every doubt a located finding, what is readable kept."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import limits
from pipeline import rx as regex
from pipeline.assessment import Assessment, FormFile, Stated, field_name, key_of
from pipeline.digest import rubric_digest
from pipeline.errors import InputError, LimitExceeded, PipelineError, UnknownType, legible
from pipeline.findings import Finding
from pipeline.model import RUBRIC_ID, Criterion, Reading, Rubric
from pipeline.normalize import fold
from pipeline.plain import points_text
from pipeline.provenance import Provenance
from pipeline.readers.packages.container import OTHER_SHEET, open_container
from pipeline.readers.texts.encoding import declared_in, decode
from pipeline.returns.returned import Returned
from pipeline.returns.typed import read_date, read_score, read_tick
from pipeline.scoring.grades import number_text
from pipeline.scoring.problems import FOREIGN, problem
from pipeline.scoring.score import marks_of
from pipeline.scoring.tally import lines_of, name_of, that_count, total_of, unfilled
from pipeline.serialize import check_regular, short
from pipeline.yamltext import UNPRINTABLE

NUMBER = regex.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,6})?")
HEAD_OR_NOTE = regex.compile(r"assessee|date|assessor|total|grade|c[0-9]+(?:_[0-9]+)*_note")
OUR_KEY = regex.compile(r"annex_[0-9]+(?:_[0-9]+)*_(?:c[0-9]|assessee|date|assessor|veto_|total)|alias:(?:第.+条|“.+”)得分")
_AGAIN = "give the filled form itself, or type its scores into a form"
NOT_RETURNED = (
    (regex.compile(rb"\xd0\xcf\x11\xe0"), "an old office format (DOC), in which a form's fields are gone", _AGAIN),
    (regex.compile(rb"PK.{0,60}mimetypeapplication/vnd\.oasis\.opendocument", regex.S), "an OpenDocument text, in which a form's fields are gone", _AGAIN),
    (regex.compile(rb"\s*\{\\rtf"), "an RTF, in which a form's fields are gone", _AGAIN),
    (regex.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*|BM.{4}\x00\x00"), "a picture: scores are not read from pictures", _AGAIN),
)
"""What forms are sent back as and cannot be read from: how it begins, what it is, what to do."""
ALIASES = {"被评价单位": "assessee", "评价时间": "date", "专家签字": "assessor", "等次": "grade", "总评": "total"}


def collect(paths: Sequence[Path], reading: Reading | None = None) -> tuple[tuple[Assessment, ...], tuple[str, ...]]:
    """The assessments of these files, and a line for each file that could not be read at all.

    Raises InputError when none of the files can be read.
    """
    found: list[Assessment] = []
    refused: list[PipelineError] = []
    for path in paths:
        try:
            found += [interpret(r, reading) for r in returned_of(path, reading)]
        except InputError as error:
            refused.append(error)
    if not found:
        raise refused[0] if refused else InputError("collect", "no forms in these files", "name filled forms")
    return _across(found), tuple(str(e) for e in refused)


def file_names(found: Sequence[Assessment]) -> list[str]:
    """A file name for each assessment, told apart when two forms have the same name."""
    stems = [short(Path(a.source.file).stem) + (f"-{a.source.row}" if a.source.row else "") for a in found]
    used: set[str] = set()
    out = []
    for assessment, stem in zip(found, stems, strict=True):
        name = f"{stem}.{assessment.source.format}" if sum(s.lower() == stem.lower() for s in stems) > 1 else stem
        unique, n = name, 1
        while unique.lower() in used:
            n += 1
            unique = f"{name}-{n}"
        used.add(unique.lower())
        out.append(f"{unique}.assessment.json")
    return out


def returned_of(path: Path, reading: Reading | None) -> list[Returned]:
    """What one file says; the format by its content. Raises InputError for a file that is no form."""
    check_regular(path)
    if path.is_dir():
        raise InputError(str(path), "a folder, not a form", "name the files in it (FOLDER/*)")
    try:
        if path.stat().st_size > limits.MAX_FILE_BYTES:
            raise LimitExceeded(path.name, f"larger than {limits.MAX_FILE_BYTES:,} bytes", "give the filled form itself")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "check the path") from None
    if not data.strip():
        raise InputError(path.name, "the file is empty", "ask for the form again")
    out = [_legible(r) for r in _read(data, legible(path.name), reading)]
    if not any(r.identity.get("rubric_digest") or any(OUR_KEY.match(k) for k in r.values) for r in out):
        raise InputError(path.name, "no field of a form is in it", "give a form that was made with `notice forms`")
    return out


def _legible(returned: Returned) -> Returned:
    """The same without what no report can show: control characters (Word's soft line ends) and halves of characters."""
    clean = lambda text: UNPRINTABLE.sub("", text.replace("\v", "\n"))  # noqa: E731
    for text in (*returned.values.values(), *returned.rivals.values(), *returned.identity.values()):
        limits.check_text(text, returned.source.file)
    return replace(
        returned,
        identity={clean(k): clean(v) for k, v in returned.identity.items()},
        values={clean(k): clean(v) for k, v in returned.values.items()},
        places={clean(k): replace(at, quote=clean(at.quote), path=at.path and clean(at.path)) for k, at in returned.places.items()},
        rivals={clean(k): clean(v) for k, v in returned.rivals.items()},
    )


def _read(data: bytes, name: str, reading: Reading | None) -> list[Returned]:
    digest = sha256(data).hexdigest()
    if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        pdf = import_module("pipeline.returns.pdf")
        returned = pdf.read(data, FormFile(name, digest, "pdf"))
        return [returned if returned.how != "place" else _by_place(pdf, data, returned, reading)]
    if OTHER_SHEET.match(data):
        data = import_module("pipeline.readers.office").converted(data, name)[0]
    for mark, what, remedy in NOT_RETURNED:
        if mark.match(data):
            raise InputError(name, what, remedy)
    if data.startswith(b"PK"):
        if b"word/document.xml" in data:
            return [import_module("pipeline.returns.docx").read(data, FormFile(name, digest, "docx"))]
        if not open_container(data, name).has("[Content_Types].xml"):
            raise InputError(name, "a zip archive that is no form", "unpack it and give the forms inside")
        rows: list[Returned] = import_module("pipeline.returns.xlsx").read(data, FormFile(name, digest, "xlsx"))
        return rows
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(name, "is neither PDF, DOCX, XLSX, JSON nor CSV", "give the filled form itself")
    return _read_text(data, name, digest)


def _read_text(data: bytes, name: str, digest: str) -> list[Returned]:
    export, text = import_module("pipeline.returns.export"), _characters(data, name)
    start = text.lstrip()
    if start.startswith(("{", "[")):
        rows: list[Returned] = export.read_json(text, FormFile(name, digest, "html"))
    elif start.startswith("<"):
        rows = import_module("pipeline.returns.markup").read(data, text, FormFile(name, digest, "html"))
    else:
        rows = export.read_csv(text, FormFile(name, digest, "csv"))
    return rows


def _characters(data: bytes, name: str) -> str:
    """The text of a file. A few names are too little to tell an encoding by: what can be GB18030 is."""
    try:
        return decode(data, name, declared_in(data))
    except UnknownType:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            raise InputError(name, "is neither UTF-8, UTF-16 nor GB18030 text", "save it in UTF-8") from None


def _by_place(pdf, data: bytes, returned: Returned, reading: Reading | None) -> Returned:
    """A flattened PDF, read where the blank form of the same rubric and edition has its fields."""
    pdf.check_flat(data, returned.source.file)
    text = pdf.first_page_text(data)
    if not text.strip():
        raise InputError(returned.source.file, "holds no text (a scan, or empty pages): scores are not read from pictures", _AGAIN)
    identity = returned.identity or _identity_in_print(text, reading)
    rubric = _rubric_by(identity, reading)
    if reading is None or rubric is None:
        raise InputError(returned.source.file, "its form fields are gone", "give --notice, so that it can be read by place, or the unflattened form")
    formats = import_module("pipeline.formats.pdf")
    sheets = import_module("pipeline.formats.sheet")
    edition = identity.get("edition", "draft")
    sheet = sheets.sheet_of(reading, rubric, edition if edition in ("printed", "draft", "final") else "draft")
    skips = bool(regex.search(r"评价内容.*不适用.*扣分说明", text))
    blank = formats.render(replace(sheet, not_applicable="allowed" if skips else "refused"))
    read: Returned = pdf.read_by_place(data, blank, replace(returned, identity=identity))
    return read


def _identity_in_print(text: str, reading: Reading | None) -> dict[str, str]:
    """What the head of a printed page says: edition and digest stand on every page of our forms."""
    match = regex.search(r"(原样版|草案版|正式版)\s*([0-9a-f]{12})", text)
    if match is None or reading is None:
        return {}
    names = {"原样版": "printed", "草案版": "draft", "正式版": "final"}
    for rubric in reading.rubrics:
        digest = rubric_digest(rubric)
        if digest.startswith(match[2]):
            return {
                "annex": str(rubric.annex), "rubric": rubric.id, "rubric_digest": digest, "edition": names[match[1]],
                "document_number": reading.notice.document_number or "", "revision": reading.revision or "",
            }  # fmt: skip
    raise InputError("form", f"a printed form of another rubric (digest {match[2]})", "collect it with the notice it was made from")


def _rubric_by(identity: dict[str, str], reading: Reading | None) -> Rubric | None:
    if reading is None:
        return None
    named = identity.get("rubric") or (f"annex-{identity['annex']}" if identity.get("annex") else None)
    return next((r for r in reading.rubrics if r.id == named), None)


# ---- one form ----------------------------------------------------------------------------------------------------


def interpret(returned: Returned, reading: Reading | None) -> Assessment:
    """One returned form as an assessment; every value that is not certainly legal is a finding and is left out."""
    identity = _identity(returned)
    annex = int(identity.get("annex") or 0)
    rubric = _rubric_by(identity, reading)
    rubric_id = identity.get("rubric") or f"annex-{annex}"
    prefix = key_of(rubric_id)
    findings = list(_identity_findings(identity, annex, rubric_id, reading, rubric))
    if any(f.rule in FOREIGN for f in findings):
        rubric = None  # its maxima are not this form's
    values = _named(returned.values, prefix, rubric)
    findings += _ambiguous(returned, values, prefix, annex, rubric_id)
    if returned.how != "fields":
        words = {"place": "位置", "binding": "数据绑定", "alias": "控件名称"}
        findings.append(problem("read-by-place", annex, rubric_id, how=words[returned.how], how_en=returned.how))
    criteria = [c for c in _criteria(rubric, values, rubric_id) if c.kind != "veto"]
    items = _Items()
    for criterion in criteria:
        _take(criterion, values, returned, annex, items)
    findings += _without_spared(items, rubric, identity.get("edition"))
    head = {name: values.get(f"{prefix}_{name}", "").strip() for name in ("assessee", "assessor", "date")}
    wanted = {"assessee": "被评价单位", "date": "评价时间"}
    findings += [problem("head-blank", annex, f"{rubric_id}/{n}", name=zh, name_en=n) for n, zh in wanted.items() if not head[n]]
    date, unclear = read_date(head["date"], annex, rubric_id, returned.places.get(f"{prefix}_date"))
    vetoes, veto_findings = _vetoes(values, prefix, annex, returned)
    stated = Stated(values.get(f"{prefix}_total") or None, values.get(f"{prefix}_grade") or None)
    findings += [*unclear, *veto_findings, *_unknown(values, prefix, rubric, annex, returned)]
    total_at = returned.places.get(f"{prefix}_total")
    findings += _total_finding(stated, items.awarded, rubric, identity.get("edition"), annex, rubric_id, total_at)
    return Assessment(
        annex=annex, document_number=identity.get("document_number") or None, revision=identity.get("revision") or None,
        rubric_digest=identity.get("rubric_digest") or None, assessee=head["assessee"] or None,
        assessor=head["assessor"] or None, date=date, awarded=items.awarded, not_applicable=items.skipped, notes=items.notes,
        vetoes=vetoes, source=returned.source, findings=tuple(findings), rubric=rubric_id, edition=identity.get("edition"),
        stated=stated, places={c: returned.places[key_of(c)] for c in items.awarded if key_of(c) in returned.places},
    )  # fmt: skip


class _Items(Struct):
    """What the criteria of one form came to."""

    awarded: dict[str, Decimal] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def _take(criterion: Criterion, values: dict[str, str], returned: Returned, annex: int, items: _Items) -> None:
    """One criterion: its score, or its mark as not applicable, never both; its note."""
    key = key_of(criterion.id)
    name = {"name": name_of(criterion), "name_en": criterion.id}
    at = returned.places.get(key)
    typed, note, skip = values.get(key, ""), values.get(f"{key}_note", ""), values.get(f"{key}_na", "")
    rivals = [k for k in (key, f"{key}_na") if k in returned.rivals]
    for rival in rivals:
        items.findings.append(problem("value-ambiguous", annex, criterion.id, at, given=values.get(rival, ""), other=returned.rivals[rival], **name))
    if f"{key}_na" in rivals:
        return
    marked = read_tick(skip) is not False
    if marked:
        reason = note if read_tick(skip) else skip
        if typed:
            items.findings.append(problem("score-and-not-applicable", annex, criterion.id, at, given=typed, **name))
        else:
            items.skipped[criterion.id] = reason
            if not reason:
                items.findings.append(problem("not-applicable-unreasoned", annex, criterion.id, at, **name))
    if note and not (marked and criterion.id in items.skipped):
        items.notes[criterion.id] = note
    if marked or rivals:
        return
    value, found = read_score(typed, criterion, annex, at)
    items.findings += found
    if value is not None:
        items.awarded[criterion.id] = value


def _without_spared(items: _Items, rubric: Rubric | None, edition: str | None) -> Iterable[Finding]:
    """The findings on scores: a blank one is told only where a score is wanted, not on a line beside another that counts."""
    wanted = {line.id for line in unfilled(lines_of(rubric, edition), items.awarded, items.skipped)} if rubric else None
    return (f for f in items.findings if f.rule != "score-blank" or wanted is None or f.where in wanted)


def _ambiguous(returned: Returned, values: dict[str, str], prefix: str, annex: int, rubric_id: str) -> Iterable[Finding]:
    """Fields beside scores and ticks that are filled twice: told, and taken as blank."""
    for key, other in returned.rivals.items():
        if match := HEAD_OR_NOTE.fullmatch(key.removeprefix(f"{prefix}_")):
            yield problem("value-ambiguous", annex, f"{rubric_id}/{match[0]}", returned.places.get(key), given=values[key], other=other)
            values[key] = ""


def _identity(returned: Returned) -> dict[str, str]:
    """What the form says it is; the annex from its field keys when nothing else says."""
    identity = dict(returned.identity)
    if not identity.get("annex"):
        keys = [m for k in returned.values if (m := regex.match(r"annex_([0-9]+)_", k))]
        if keys:
            identity["annex"] = keys[0][1]
    if not regex.fullmatch(r"[0-9]{0,4}", identity.get("annex", "")) or not RUBRIC_ID.fullmatch(identity.get("rubric") or "annex"):
        raise InputError(returned.source.file, "does not say which annex it is of", "give a form that was made with `notice forms`")
    return identity


def _identity_findings(
    identity: dict[str, str], annex: int, rubric_id: str, reading: Reading | None, rubric: Rubric | None
) -> Iterable[Finding]:
    if reading is None:
        return
    number, revision = identity.get("document_number", ""), identity.get("revision", "")
    ours = (reading.notice.document_number or "", reading.revision or "")
    if not identity.get("rubric_digest"):
        yield problem("form-unidentified", annex, rubric_id)
    elif _differ(fold(number), fold(ours[0])) or _differ(revision, ours[1]) or rubric is None or rubric.annex != annex:
        named = f"{rubric_id}（附件 {annex}）" if rubric is not None and rubric.annex != annex else rubric_id
        given = " ".join(p for p in (number, f"版次 {revision}" if revision else "", named) if p)
        expected = " ".join(p for p in (ours[0] or reading.source.file, f"版次 {ours[1]}" if ours[1] else "") if p)
        yield problem("foreign-revision", annex, rubric_id, given=given, expected=expected)
    elif identity["rubric_digest"] != rubric_digest(rubric):
        yield problem("digest-mismatch", annex, rubric_id, given=identity["rubric_digest"][:12], expected=rubric_digest(rubric)[:12])


def _differ(given: str, ours: str) -> bool:
    """Whether two names are there and not the same."""
    return bool(given and ours) and given != ours


def _named(values: dict[str, str], prefix: str, rubric: Rubric | None) -> dict[str, str]:
    """Field keys for values that only have a control's alias (`第3条得分（0–2）`); a name that two criteria share names none."""
    out = {k: v for k, v in values.items() if not k.startswith("alias:")}
    names = Counter(field_name(c.number, c.text) for c in rubric.criteria()) if rubric else Counter()
    by_name = {n: key_of(c.id) for c in rubric.criteria() if names[n := field_name(c.number, c.text)] == 1} if rubric else {}
    for name, value in values.items():
        alias = name.removeprefix("alias:")
        if alias == name:
            continue
        match = regex.match(r"(?P<n>第.+?条|“.+”)(?P<what>得分|扣分说明|不适用)|一票否决 (?P<v>[0-9]+)", alias)
        if alias in ALIASES:
            out.setdefault(f"{prefix}_{ALIASES[alias]}", value)
        elif match and match["v"]:
            out.setdefault(f"{prefix}_veto_{match['v']}", value)
        elif match and match["n"] in by_name:
            out.setdefault(by_name[match["n"]] + {"得分": "", "扣分说明": "_note", "不适用": "_na"}[match["what"]], value)
    return out


def _criteria(rubric: Rubric | None, values: dict[str, str], rubric_id: str) -> Iterable[Criterion]:
    """The rubric's criteria; without a notice, one for each score field (maxima unknown)."""
    if rubric is not None:
        yield from rubric.criteria()
        return
    for key in values:
        match = regex.fullmatch(regex.escape(key_of(rubric_id)) + r"_(c[0-9]+(?:_[0-9]+)?)", key)
        if match:
            number = match[1][1:].split("_")[0]
            yield Criterion(f"{rubric_id}/{match[1].replace('_', '~')}", number, "", None)


def _vetoes(values: dict[str, str], prefix: str, annex: int, returned: Returned) -> tuple[dict[str, bool], list[Finding]]:
    out: dict[str, bool] = {}
    found = []
    for key, text in values.items():
        if not (match := regex.fullmatch(regex.escape(prefix) + r"_veto_([0-9]+)", key)):
            continue
        ticked = read_tick(text) if key not in returned.rivals else None
        if ticked is None:
            found.append(problem("veto-unclear", annex, f"notice/v{match[1]}", returned.places.get(key), number=match[1], given=text))
        else:
            out[match[1]] = ticked
    return out, found


def _unknown(values: dict[str, str], prefix: str, rubric: Rubric | None, annex: int, returned: Returned) -> Iterable[Finding]:
    """Filled fields named like ours that the rubric does not have: told, so that nothing is lost unseen."""
    if rubric is None:
        return
    known = {f"{key_of(c.id)}{ending}" for c in rubric.criteria() for ending in ("", "_note", "_na")}
    head = ("assessee", "date", "assessor", "total", "grade", "result")
    known |= {f"{prefix}_{name}" for name in head}
    for key, text in values.items():
        ours = key in known or regex.search(r"_(?:subtotal|group|heading|veto_[0-9]+)$", key)
        if text and not ours and (key.startswith(f"{prefix}_") or OUR_KEY.match(key)):
            yield problem("field-unknown", annex, f"{rubric.id}/{key}", returned.places.get(key), given=key)


def _total_finding(
    stated: Stated, awarded: dict[str, Decimal], rubric: Rubric | None, edition: str | None, annex: int, rubric_id: str,
    at: Provenance | None,
) -> Iterable[Finding]:  # fmt: skip
    """A total on the form that its own scores do not make."""
    given = unicodedata.normalize("NFKC", stated.total or "").strip().removesuffix("分")
    if rubric is None or not given:
        return
    lines = lines_of(rubric, edition)
    points = that_count({c: Fraction(v) for c, v in awarded.items()}, lines)
    total = number_text(total_of(points, rubric, lines, frozenset()))
    if not NUMBER.fullmatch(given) or points_text(Decimal(given)) != total:
        yield problem("stated-total-differs", annex, f"{rubric_id}/total", at, given=stated.total, value=total)


# ---- several forms -----------------------------------------------------------------------------------------------


def _across(found: list[Assessment]) -> tuple[Assessment, ...]:
    """The same form twice, and two different forms by one assessor for one unit, are told on the later one."""
    out: list[Assessment] = []
    known: dict[Hashable, str] = {}
    hands: dict[Hashable, str] = {}
    for assessment in found:
        place = assessment.source.file + (f":{assessment.source.row}" if assessment.source.row else "")
        marks, hand = marks_of(assessment), _hand(assessment)
        same = next((known[m] for m in marks if m in known), None)
        more: list[Finding] = []
        if same is not None:
            more.append(problem("form-twice", assessment.annex, assessment.rubric_id, other=same))
        elif hand is not None and hand in hands:
            more.append(problem("assessor-twice", assessment.annex, assessment.rubric_id, other=hands[hand]))
        for mark in marks:
            known.setdefault(mark, place)
        if hand is not None:
            hands.setdefault(hand, place)
        out.append(replace(assessment, findings=(*assessment.findings, *more)) if more else assessment)
    return tuple(out)


def _hand(a: Assessment) -> Hashable | None:
    """Who assessed whom on which day."""
    return (a.rubric_id, fold(a.assessor), fold(a.assessee), a.date) if a.assessor and a.assessee else None
