"""Returned data files: the export of the HTML form (JSON), and what the phone tools give (CSV, one form a row; JSON)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.assessment import key_of
from pipeline.errors import InputError
from pipeline.limits import check_forms
from pipeline.provenance import Provenance
from pipeline.returns.returned import FormFile, Returned, gather

SCORE_KEY = regex.compile(r"annex_[0-9]+(?:_[0-9]+)*_c[0-9]+(?:_[0-9]+)*")
Answers = Sequence[tuple[str, str]]
"""Field keys and what was answered; a key may stand twice."""

IDENTITY = ("document_number", "revision", "annex", "rubric", "rubric_digest", "edition", "schema_version")


def read_json(text: str, source: FormFile) -> list[Returned]:
    """The HTML form's export (the assessment's own shape), or submissions of the phone tools; values not yet judged.

    Numbers stay as they are written, never a binary float.
    """
    try:
        form = json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InputError(source.file, f"is no usable JSON ({error})", "export the form again") from None
    if isinstance(form, dict) and isinstance(form.get("awarded"), dict):
        return [_export(form, source)]
    return read_submissions(_submissions(form), replace(source, format="json"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names all stand once: a second value would silently take the place of the first."""
    out: dict[str, Any] = {}
    for name, value in pairs:
        if out.setdefault(name, value) != value:
            raise ValueError(f"“{name[:40]}” stands twice with different values")
    return out


def _export(form: dict[str, Any], source: FormFile) -> Returned:
    identity = {k: str(form[k]) for k in IDENTITY if form.get(k) is not None}
    prefix = key_of(identity.get("rubric") or f"annex-{identity.get('annex', '0')}")
    values = {f"{prefix}_{k}": str(form.get(k) or "") for k in ("assessee", "assessor", "date", "total", "grade")}
    values |= {key_of(str(k)): str(v) for k, v in form["awarded"].items()}
    for name, ending in (("notes", "_note"), ("not_applicable", "_na")):
        if isinstance(form.get(name), dict):
            # An empty reason still marks the criterion.
            values |= {f"{key_of(str(k))}{ending}": str(v) or ("Yes" if ending == "_na" else "") for k, v in form[name].items()}
    if isinstance(form.get("vetoes"), dict):
        values |= {f"{prefix}_veto_{k}": _word(v) for k, v in form["vetoes"].items()}
    check_forms(1, len(values), source.file)
    places = {k: Provenance(v, path=k) for k, v in values.items() if v}
    return Returned(source, identity, values, places)


def _submissions(data: Any) -> list[Answers]:
    """The answers of each submission: a list of them, under `results` (Kobo) or `value` (ODK Central), or one alone."""
    if isinstance(data, dict):
        data = next((data[k] for k in ("results", "value") if isinstance(data.get(k), list)), [data])
    return [[*_answers(one)] for one in data if isinstance(one, dict)]


def _answers(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every answer by the last part of its name; groups are objects inside or stand before the name."""
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _answers(value)
        elif not isinstance(value, list):
            yield last_part(str(name)), _word(value)


def _word(value: Any) -> str:
    return "" if value is None or value is False else "Yes" if value is True else str(value).strip()


def read_submissions(answers: Sequence[Answers], source: FormFile) -> list[Returned]:
    """Forms from answers by field key. Raises InputError when none of them has a score field."""
    check_forms(len(answers), max(map(len, answers), default=0), source.file)
    ours = [a for a in answers if any(SCORE_KEY.fullmatch(k) for k, _ in a)]
    if not ours:
        raise InputError(source.file, "is no exported form (no `awarded`, no field of a form)", "export it from the HTML form or the phone tool")
    numbers = range(1, len(ours) + 1) if len(ours) > 1 else [None]
    return [_returned(a, replace(source, row=n)) for n, a in zip(numbers, ours, strict=True)]


def _returned(answers: Answers, source: FormFile) -> Returned:
    """One form from its answers; what it says it is stands in its hidden questions."""
    ours, rivals = gather((k, v) for k, v in answers if k.startswith("annex_"))
    values = {k: v for k, v in ours.items() if "_form_" not in k}
    identity = {name: v for k, v in ours.items() for name in IDENTITY if k.endswith(f"_form_{name}") and v}
    places = {k: Provenance(v, line=source.row) if source.format == "csv" else Provenance(v, path=k) for k, v in values.items() if v}
    return Returned(source, identity, values, places, rivals=rivals)


def last_part(name: str) -> str:
    """The field key of a column: group prefixes `group/key`, `group-key`, `group.key`, `group:key` left out."""
    return regex.split(r"[/:.]|(?<=_group)-", name.strip())[-1]


def read_csv(text: str, source: FormFile) -> list[Returned]:
    """Each row of a CSV whose columns are field keys; the phone tools separate by comma, semicolon or tab."""
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
    check_forms(len(rows) - 1, len(rows[0]), source.file)
    keys = [last_part(h) for h in rows[0]]
    if not any(SCORE_KEY.fullmatch(k) for k in keys):
        raise InputError(source.file, "has no column of a form's field", "export with the field names as headers, not labels")
    given = [(n, [(k, v.strip()) for k, v in zip(keys, row, strict=False)]) for n, row in enumerate(rows[1:], start=2)]
    out = [_returned(answers, replace(source, row=number)) for number, answers in given]
    filled = [r for r in out if any(r.values.values())]
    if not filled:
        raise InputError(source.file, "holds no filled row", "export the answers, not the empty form")
    return filled
