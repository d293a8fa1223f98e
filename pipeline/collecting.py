"""Returned forms → assessments: every value validated again, every doubt a located finding, what is readable kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import regex

from pipeline.assessment import Assessment, FormFile, Stated, key_of
from pipeline.digest import rubric_digest
from pipeline.errors import InputError, PipelineError
from pipeline.model import Criterion, Finding, Reading, Rubric
from pipeline.normalize import fold
from pipeline.plain import points_text
from pipeline.problems import problem
from pipeline.returns.returned import Returned
from pipeline.scoring import same_form
from pipeline.tally import name_of

PLAIN = regex.compile(r"[0-9]{1,5}(?:\.[0-9]{1,4})?")
NEGATIVE = regex.compile(r"[-−－‐–](?:[0-9]{1,5})(?:\.[0-9]+)?")
COMMA = regex.compile(r"([0-9]{1,4})[,，]([0-9]{1,2})")
DATE = regex.compile(r"(?P<y>20[0-9]{2})\s*[-年/.]\s*(?P<m>[0-9]{1,2})\s*[-月/.]\s*(?P<d>[0-9]{1,2})\s*日?")
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


def returned_of(path: Path, reading: Reading | None) -> list[Returned]:
    """What one file says; the format by its content."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "check the path") from None
    if not data.strip():
        raise InputError(str(path), "the file is empty", "ask for the form again")
    digest = sha256(data).hexdigest()
    file = lambda form: FormFile(path.name, digest, form)  # noqa: E731
    if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        pdf = import_module("pipeline.returns.pdf")
        returned = pdf.read(data, file("pdf"))
        return [returned if returned.how != "place" else _by_place(pdf, data, returned, reading)]
    if data.startswith(b"PK"):
        if b"word/document.xml" in data:
            return [import_module("pipeline.returns.docx").read(data, file("docx"))]
        return [import_module("pipeline.returns.xlsx").read(data, file("xlsx"))]
    export = import_module("pipeline.returns.export")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return [export.read_json(data, file("html"))]
    rows: list[Returned] = export.read_csv(data, file("csv"))
    return rows


def _by_place(pdf, data: bytes, returned: Returned, reading: Reading | None) -> Returned:
    """A flattened PDF, read where the blank form of the same rubric and edition has its fields."""
    rubric = _rubric_by(returned.identity, reading)
    if reading is None or rubric is None:
        raise InputError(returned.source.file, "its form fields are gone", "give --notice, so that it can be read by place, or the unflattened form")
    formats = import_module("pipeline.formats.pdf")
    sheets = import_module("pipeline.formats.sheet")
    edition = returned.identity.get("edition", "draft")
    blank = formats.render(sheets.sheet_of(reading, rubric, edition if edition in ("printed", "draft", "final") else "draft"))
    read: Returned = pdf.read_by_place(data, blank, returned)
    return read


def _rubric_by(identity: dict[str, str], reading: Reading | None) -> Rubric | None:
    if reading is None:
        return None
    named = identity.get("rubric") or (f"annex-{identity['annex']}" if identity.get("annex") else None)
    return next((r for r in reading.rubrics if r.id == named), None)


# ---- one form ----------------------------------------------------------------------------------------------------


def interpret(returned: Returned, reading: Reading | None) -> Assessment:
    """One returned form as an assessment; every value that is not certainly legal is a finding and is left out."""
    identity = _identity(returned)
    annex = int(identity["annex"]) if identity.get("annex", "").isdecimal() else 0
    rubric = _rubric_by(identity, reading)
    rubric_id = identity.get("rubric") or f"annex-{annex}"
    prefix = key_of(rubric_id)
    values = _named(returned.values, prefix, rubric)
    findings = list(_identity_findings(identity, annex, rubric_id, reading, rubric))
    if returned.how != "fields":
        words = {"place": "位置", "binding": "数据绑定", "alias": "控件名称"}
        findings.append(problem("read-by-place", annex, rubric_id, how=words[returned.how], how_en=returned.how))
    awarded: dict[str, Decimal] = {}
    notes: dict[str, str] = {}
    skipped: dict[str, str] = {}
    for criterion in _criteria(rubric, values, rubric_id):
        key = key_of(criterion.id)
        if note := values.get(f"{key}_note", ""):
            notes[criterion.id] = note
        if reason := values.get(f"{key}_na", ""):
            skipped[criterion.id] = reason
        if criterion.kind == "veto" or (rubric is not None and criterion.max_points is None):
            continue
        at = returned.places.get(key)
        value, found = _score(values.get(key), criterion, annex, at)
        findings += found if not (criterion.id in skipped and values.get(key, "") == "") else []
        if value is not None:
            awarded[criterion.id] = value
    head = {name: values.get(f"{prefix}_{name}", "").strip() for name in ("assessee", "assessor", "date")}
    findings += [problem("head-blank", annex, f"{rubric_id}/{n}", name=zh, name_en=n) for n, zh in (("assessee", "被评价单位"), ("date", "评价时间")) if not head[n]]
    date, unclear = _date(head["date"], annex, rubric_id)
    vetoes, veto_findings = _vetoes(values, prefix, annex, returned)
    stated = Stated(values.get(f"{prefix}_total") or None, values.get(f"{prefix}_grade") or None)
    findings += [*unclear, *veto_findings, *_total_finding(stated, awarded, rubric, annex, rubric_id)]
    return Assessment(
        annex=annex, document_number=identity.get("document_number") or None, revision=identity.get("revision") or None,
        rubric_digest=identity.get("rubric_digest") or None, assessee=head["assessee"] or None,
        assessor=head["assessor"] or None, date=date, awarded=awarded, not_applicable=skipped, notes=notes, vetoes=vetoes,
        source=returned.source, findings=tuple(findings), rubric=rubric_id, edition=identity.get("edition"), stated=stated,
        places={c: returned.places[key_of(c)] for c in awarded if key_of(c) in returned.places},
    )  # fmt: skip


def _identity(returned: Returned) -> dict[str, str]:
    """What the form says it is; the annex from its field keys when nothing else says."""
    identity = dict(returned.identity)
    if not identity.get("annex"):
        keys = [m for k in returned.values if (m := regex.match(r"annex_([0-9]+)_", k))]
        if keys:
            identity["annex"] = keys[0][1]
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
    elif (number and ours[0] and fold(number) != fold(ours[0])) or (revision and ours[1] and revision != ours[1]) or rubric is None:
        given = " ".join(p for p in (number, f"版次 {revision}" if revision else "", rubric_id) if p)
        expected = " ".join(p for p in (ours[0], f"版次 {ours[1]}" if ours[1] else "") if p)
        yield problem("foreign-revision", annex, rubric_id, given=given, expected=expected)
    elif identity["rubric_digest"] != rubric_digest(rubric):
        yield problem("digest-mismatch", annex, rubric_id, given=identity["rubric_digest"][:12], expected=rubric_digest(rubric)[:12])


def _named(values: dict[str, str], prefix: str, rubric: Rubric | None) -> dict[str, str]:
    """Field keys for values that only have a control's alias (`第3条得分（0–2）`)."""
    out = {k: v for k, v in values.items() if not k.startswith("alias:")}
    by_number = {c.number: key_of(c.id) for c in rubric.criteria()} if rubric else {}
    for name, value in values.items():
        alias = name.removeprefix("alias:")
        if alias == name:
            continue
        match = regex.match(r"第(?P<n>.+?)条(?P<what>得分|扣分说明)|一票否决 (?P<v>[0-9]+)", alias)
        if alias in ALIASES:
            out.setdefault(f"{prefix}_{ALIASES[alias]}", value)
        elif match and match["v"]:
            out.setdefault(f"{prefix}_veto_{match['v']}", value)
        elif match and match["n"] in by_number:
            out.setdefault(by_number[match["n"]] + ("_note" if match["what"] == "扣分说明" else ""), value)
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


def _score(text: str | None, criterion: Criterion, annex: int, at) -> tuple[Decimal | None, list[Finding]]:
    """A score as typed: legal, or a finding that says what is wrong with it."""
    name = {"name": name_of(criterion), "name_en": criterion.id}
    raw = (text or "").strip()
    if not raw:
        return None, [problem("score-blank", annex, criterion.id, at, **name)]
    plain = "".join(unicodedata.normalize("NFKC", raw).split()).removesuffix("分")
    if NEGATIVE.fullmatch(plain) and Decimal("0" + plain[1:]) != 0:
        return None, [problem("score-negative", annex, criterion.id, at, given=raw, **name)]
    if not PLAIN.fullmatch(plain):
        hint = _hint(plain)
        return None, [problem("score-unreadable", annex, criterion.id, at, given=raw, **name, **hint)]
    value = Decimal(plain)
    if criterion.max_points is not None and value > criterion.max_points:
        return None, [problem("score-above-maximum", annex, criterion.id, at, given=raw, maximum=points_text(criterion.max_points), **name)]
    value = Decimal(points_text(value))
    found = []
    if plain != raw:
        found.append(problem("score-normalised", annex, criterion.id, at, given=raw, value=points_text(value), **name))
    if -int(value.as_tuple().exponent) > 1:
        found.append(problem("score-too-fine", annex, criterion.id, at, given=raw, **name))
    return value, found


def _hint(plain: str) -> dict[str, str]:
    """What an unreadable score may have meant; said, never taken."""
    meant = None
    if match := COMMA.fullmatch(plain):
        meant = f"{match[1]}.{match[2]}"
    elif match := regex.fullmatch(r"([0-9]*)(?:半|½|1⁄2)", plain):
        meant = f"{match[1] or 0}.5"
    return {"hint": f"（是否 {meant}？）", "hint_en": f" (perhaps {meant}?)"} if meant else {}


def _date(text: str, annex: int, rubric_id: str) -> tuple[str | None, list[Finding]]:
    if not text:
        return None, []
    match = DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match and 1 <= int(match["m"]) <= 12 and 1 <= int(match["d"]) <= 31:
        return f"{match['y']}-{int(match['m']):02d}-{int(match['d']):02d}", []
    return text, [problem("date-unclear", annex, f"{rubric_id}/date", given=text)]


def _vetoes(values: dict[str, str], prefix: str, annex: int, returned: Returned) -> tuple[dict[str, bool], list[Finding]]:
    out: dict[str, bool] = {}
    found = []
    for key, text in values.items():
        if not (match := regex.fullmatch(regex.escape(prefix) + r"_veto_([0-9]+)", key)):
            continue
        if text in ("Yes", "是", "√"):
            out[match[1]] = True
        elif text in ("", "Off", "否", "No"):
            out[match[1]] = False
        else:
            found.append(problem("veto-unclear", annex, f"notice/v{match[1]}", returned.places.get(key), number=match[1], given=text))
    return out, found


def _total_finding(
    stated: Stated, awarded: dict[str, Decimal], rubric: Rubric | None, annex: int, rubric_id: str
) -> Iterable[Finding]:
    """A total on the form that its own scores do not make."""
    given = unicodedata.normalize("NFKC", stated.total or "").strip()
    if rubric is None or not PLAIN.fullmatch(given):
        return
    total = Decimal(0)
    for section in rubric.sections:
        own = sum((awarded[c.id] for c in section.criteria if c.id in awarded), Decimal(0))
        total += -own if section.kind == "deduction" else own
    if Decimal(given) != total:
        yield problem("stated-total-differs", annex, f"{rubric_id}/total", given=given, value=points_text(total))


# ---- several forms -----------------------------------------------------------------------------------------------


def _across(found: list[Assessment]) -> tuple[Assessment, ...]:
    """The same form twice, and two different forms by one assessor for one unit, are told on the later one."""
    out: list[Assessment] = []
    for assessment in found:
        more: list[Finding] = []
        for earlier in out:
            other = earlier.source.file + (f":{earlier.source.row}" if earlier.source.row else "")
            if same_form(earlier, assessment):
                more.append(problem("form-twice", assessment.annex, assessment.rubric_id, other=other))
            elif _same_hand(earlier, assessment):
                more.append(problem("assessor-twice", assessment.annex, assessment.rubric_id, other=other))
        out.append(replace(assessment, findings=(*assessment.findings, *more)) if more else assessment)
    return tuple(out)


def _same_hand(one: Assessment, other: Assessment) -> bool:
    if not (one.assessor and other.assessor and one.assessee and other.assessee):
        return False
    who = lambda a: (a.rubric_id, fold(a.assessor or ""), fold(a.assessee or ""), a.date)  # noqa: E731
    return who(one) == who(other)
