"""Returned data files: the export of the HTML form (JSON), and the CSV of the phone tools (one form a row)."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from pipeline import rx as regex
from pipeline.assessment import key_of
from pipeline.errors import InputError
from pipeline.provenance import Provenance
from pipeline.returns.returned import FormFile, Returned

SCORE_KEY = regex.compile(r"annex_[0-9]+(?:_[0-9]+)*_c[0-9]+(?:_[0-9]+)*")
IDENTITY = ("document_number", "revision", "annex", "rubric", "rubric_digest", "edition", "schema_version")


def read_json(data: bytes, source: FormFile) -> Returned:
    """The HTML form's export: the assessment's own shape, its values not yet judged."""
    try:
        form = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(source.file, f"is no JSON ({error})", "export the form again") from None
    if not isinstance(form, dict) or not isinstance(form.get("awarded"), dict):
        raise InputError(source.file, "is no exported form (no `awarded`)", "export it from the HTML form")
    identity = {k: str(form[k]) for k in IDENTITY if form.get(k) is not None}
    prefix = key_of(identity.get("rubric") or f"annex-{identity.get('annex', '0')}")
    values = {f"{prefix}_{k}": str(form.get(k) or "") for k in ("assessee", "assessor", "date", "total", "grade")}
    values |= {key_of(str(k)): str(v) for k, v in form["awarded"].items()}
    for name, ending in (("notes", "_note"), ("not_applicable", "_na")):
        if isinstance(form.get(name), dict):
            # An empty reason still marks the criterion.
            values |= {f"{key_of(str(k))}{ending}": str(v) or ("Yes" if ending == "_na" else "") for k, v in form[name].items()}
    if isinstance(form.get("vetoes"), dict):
        values |= {f"{prefix}_veto_{k}": "Yes" if v is True else "" if v is False else str(v) for k, v in form["vetoes"].items()}
    places = {k: Provenance(v, path=k) for k, v in values.items() if v}
    return Returned(source, identity, values, places)


def read_csv(data: bytes, source: FormFile) -> list[Returned]:
    """Each row of a CSV whose columns are field keys; the phone tools separate by comma, semicolon or tab."""
    text = _decode(data, source.file)
    head = text.split("\n", 1)[0]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count)))
    except csv.Error as error:
        raise InputError(source.file, f"is no CSV ({error})", "export the answers again") from None
    return read_rows(rows, source)


def read_rows(rows: list[list[str]], source: FormFile) -> list[Returned]:
    """Each row of a table whose header has field keys (group prefixes `group/key`, `group-key`, `group.key` allowed; other
    columns are left out)."""
    if len(rows) < 2:
        raise InputError(source.file, "holds no row of a form", "export the answers with their header row")
    keys = [regex.split(r"[/:.]|(?<=_group)-", h.strip())[-1] for h in rows[0]]
    if not any(SCORE_KEY.fullmatch(k) for k in keys):
        raise InputError(source.file, "has no column of a form's field", "export with the field names as headers, not labels")
    out = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {k: v.strip() for k, v in zip(keys, row, strict=False) if k.startswith("annex_")}
        values = {k: v for k, v in cells.items() if "_form_" not in k}
        if not any(values.values()):
            continue
        identity = {name: v for k, v in cells.items() for name in IDENTITY if k.endswith(f"_form_{name}") and v}
        places = {k: Provenance(v, line=number) for k, v in values.items() if v}
        out.append(Returned(replace(source, row=number), identity, values, places))
    if not out:
        raise InputError(source.file, "holds no filled row", "export the answers, not the empty form")
    return out


def _decode(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(name, "is neither UTF-8 nor GB18030 text", "save it as CSV in UTF-8")
