"""A demonstration of the way back: made-up scores fill forms of three formats, the forms are collected, scored, reported.

`demo/scores.csv`: assessee, annex, assessor, date, lost (`c3:1:reason;c10:0.5:reason`), veto (numbers); `demo/policy.yaml`.
"""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pipeline import serialize
from pipeline.errors import InputError, reason
from pipeline.formats import docx, pdf, xlsx
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.formats.write import safe_name
from pipeline.model import Reading
from pipeline.plain import points_text
from pipeline.results.scored import write_all
from pipeline.returns.collecting import collect
from pipeline.scoring import policy
from pipeline.scoring.score import score

MAKERS = (("pdf", pdf.render), ("docx", docx.render), ("xlsx", xlsx.render))


def run(reading: Reading, demo: Path, out: Path) -> list[Path]:
    """Filled forms, assessments, scorecards and reports of the demo's scores; returns every file written."""
    sheets = {r.annex: sheet_of(reading, r, "draft") for r in reading.rubrics}
    filled = []
    for number, row in enumerate(_rows(demo / "scores.csv"), start=2):
        where = f"{demo / 'scores.csv'}:{number}"
        annex = int(row["annex"]) if row["annex"].isdecimal() else 0
        if annex not in sheets:
            raise InputError(where, f"annex {row['annex']!r} has no rubric", f"choose from {sorted(sheets)}")
        form, make = MAKERS[number % len(MAKERS)]
        name = f"{sheets[annex].name}.{safe_name(row['assessee'])}.{safe_name(row['assessor'])}.{form}"
        serialize.write_whole(out / "filled" / name, make(sheets[annex], _values(sheets[annex], row, where)))
        filled.append(out / "filled" / name)
    assessments, _ = collect(filled, reading)
    made = list(filled)
    for one in assessments:
        path = out / "assessments" / f"{Path(one.source.file).stem}.assessment.json"
        serialize.write_whole(path, serialize.dumps(one.to_json()))
        made.append(path)
    rules = policy.load(demo / "policy.yaml") if (demo / "policy.yaml").is_file() else None
    return [*made, *write_all(score(assessments, reading, rules), reading, out / "reports")]


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), f"cannot be read ({reason(error)})", "give the demo a scores.csv") from None
    missing = {"assessee", "annex", "assessor", "date", "lost", "veto"} - set(rows[0] if rows else {})
    if missing:
        raise InputError(str(path), f"lacks the columns {', '.join(sorted(missing))}", "add them")
    return rows


def _values(sheet: Sheet, row: dict[str, str], where: str) -> dict[str, str]:
    """Full marks less what the row takes off, with the reason beside each loss."""
    values = {line.key: points_text(line.max) for line in sheet.lines() if line.max is not None}
    for part in filter(None, row["lost"].split(";")):
        name, points, reason = (*part.split(":", 2), "", "")[:3]
        key = f"{sheet.prefix}_{name.strip()}"
        try:
            left = Decimal(values[key]) - Decimal(points)
        except (KeyError, InvalidOperation):
            raise InputError(where, f"{part!r} is no criterion with points", "write it as c3:1:reason") from None
        if not 0 <= left <= Decimal(values[key]):
            raise InputError(where, f"{part!r} takes off more than {values[key]}", "write what the criterion can lose")
        values[key] = points_text(left)
        values[f"{key}_note"] = reason
    values |= {f"{sheet.prefix}_veto_{n}": "Yes" for n in row["veto"].split()}
    return values | {f"{sheet.prefix}_{k}": row[k] for k in ("assessee", "assessor", "date")}
