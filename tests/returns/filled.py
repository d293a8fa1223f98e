"""Filled forms of the first notice for the tests of what comes back."""

from __future__ import annotations

import csv
import io
import json
import random
from decimal import Decimal
from functools import cache
from pathlib import Path

from pipeline import stages
from pipeline.assessment import Assessment, key_of
from pipeline.formats.identity import identity
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.model import Reading
from pipeline.plain import points_text
from pipeline.returns import collecting

SOURCE = Path(__file__).resolve().parents[2] / "sources" / "zaozhuang-gas-2021-42" / "notice.txt"
HEAD = {"assessee": "示例乙燃气公司", "date": "2022-03-01", "assessor": "示例专家甲"}


@cache
def reading() -> Reading:
    return stages.extract(SOURCE)


@cache
def sheet(annex: int) -> Sheet:
    return sheet_of(reading(), next(r for r in reading().rubrics if r.annex == annex), "draft")


def random_values(annex: int, seed: int) -> dict[str, str]:
    draw = random.Random(seed)
    s = sheet(annex)
    scores = {line.key: points_text(Decimal(draw.randint(0, int(line.max * 10))) / 10) for line in s.lines()}
    vetoes = {v.key: "Yes" for v in s.vetoes if draw.random() < 0.2}
    return scores | vetoes | {f"{s.prefix}_{k}": v for k, v in HEAD.items()} | {s.lines()[0].key + "_note": "缺记录"}


def exported(s: Sheet, values: dict[str, str]) -> bytes:
    """What the HTML form's export button writes."""
    out = {**identity(s), **{k: values[f"{s.prefix}_{k}"] for k in HEAD}}
    out["awarded"] = {line.id: values[line.key] for line in s.lines()}
    out["notes"] = {line.id: values[f"{line.key}_note"] for line in s.lines() if f"{line.key}_note" in values}
    out["vetoes"] = {v.number: values.get(v.key) == "Yes" for v in s.vetoes}
    return json.dumps(out, ensure_ascii=False).encode()


def phone_csv(s: Sheet, values: dict[str, str]) -> bytes:
    row = {f"{s.prefix}_form_{k}": str(v) for k, v in identity(s).items()}
    row |= {f"{g.key}_group/{line.key}": values[line.key] for g in s.groups for line in g.lines}
    row |= {f"{g.key}_group/{line.key}_note": values.get(f"{line.key}_note", "") for g in s.groups for line in g.lines}
    row |= {v.key: "OK" if values.get(v.key) == "Yes" else "" for v in s.vetoes} | {f"{s.prefix}_{k}": values[f"{s.prefix}_{k}"] for k in HEAD}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()


def read_back(folder: Path, name: str, data: bytes) -> Assessment:
    (folder / name).write_bytes(data)
    return collecting.collect([folder / name], reading())[0][0]


def scores_of(back: Assessment) -> dict[str, str]:
    """The kept scores by field key."""
    return {key_of(k): points_text(v) for k, v in back.awarded.items()}


def rules_of(back: Assessment) -> set[str]:
    return {f.rule for f in back.findings}
