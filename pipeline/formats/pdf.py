"""Fillable PDF: typst sets and tags the page, the links it leaves for fields become AcroForm fields."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby

import pikepdf

from pipeline import rx as regex
from pipeline.formats.acroform import FormScripts, add_fields, fill_fields
from pipeline.formats.identity import code_svg, identity, identity_line
from pipeline.formats.sheet import EDITION_NAMES, TITLES, Group, Line, Sheet
from pipeline.plain import points_text
from pipeline.scoring.grades import range_text
from pipeline.scoring.tally import SIGN
from pipeline.templating import set_pages

IDENTITY_KEY = "/NoticeForm"
WIDTHS = {"label": 23.0, "number": 12.0, "max": 12.0, "score": 16.0, "note": 28.0}
WITH_SKIPS = {"label": 22.0, "number": 11.0, "max": 12.0, "score": 14.0, "skip": 15.0, "note": 26.0}
"""Widths of the columns in mm; the 评价内容 column takes what they leave."""
ROOM = 168.0
"""mm between the margins."""
MARGINS, CHARACTER = 3.2, 3.7
"""mm of a cell beside its text, and of a character."""
TALL = 34
"""Lines of a criterion above which its row is not kept on one page, of about 43 that fit."""
UNBROKEN = regex.compile(r"[!-~]{9,}")


def render(sheet: Sheet, prefill: Mapping[str, str] | None = None) -> bytes:
    """The form as PDF bytes, the same bytes for the same sheet and prefill (field key → value)."""
    values = {k: v for k, v in (prefill or {}).items() if v}
    if not values:
        return _blank(sheet)
    with pikepdf.open(io.BytesIO(_blank(sheet))) as pdf:
        fill_fields(pdf, _scripts(sheet), values)
        return _saved(pdf)


@lru_cache(maxsize=16)
def _blank(sheet: Sheet) -> bytes:
    """The form without values: set once, however many units get it."""
    with pikepdf.open(io.BytesIO(_laid_out(sheet))) as pdf:
        add_fields(pdf, _scripts(sheet))
        pdf.docinfo[IDENTITY_KEY] = json.dumps(identity(sheet), ensure_ascii=False, sort_keys=True)
        return _saved(pdf)


def _laid_out(sheet: Sheet) -> bytes:
    """The pages as typst sets them. Each carries its own code: when there are more pages than codes they are set again."""
    pages = 3 + len(sheet.lines()) // 8
    while True:
        data = json.dumps(_data(sheet, pages), ensure_ascii=False)
        laid_out = set_pages("form.typ", sys_inputs={"data": data}, pdf_standards=["ua-1"], timestamp=0)
        with pikepdf.open(io.BytesIO(laid_out)) as pdf:
            if len(pdf.pages) <= pages:
                return laid_out
            pages = len(pdf.pages)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _data(sheet: Sheet, pages: int) -> dict:
    columns = sheet.columns()
    widths = WITH_SKIPS if "skip" in columns else WIDTHS
    room = ROOM - sum(widths.get(name, 0.0) for name in columns) - MARGINS
    return {
        "heading": f"{sheet.title}（{EDITION_NAMES[sheet.edition]}）",
        "title": soft(sheet.title),
        "prefix": sheet.prefix,
        "identity": identity_line(sheet),
        "edition": f"{EDITION_NAMES[sheet.edition]}　{sheet.digest[:12]}",
        "columns": [{"name": name, "title": TITLES[name], "width": widths.get(name)} for name in columns],
        "room": room,
        "groups": list(_groups(sheet, int(room / CHARACTER))),
        "total": sheet.total_text(),
        "na": "skip" in columns,
        "vetoes": [{"key": v.key, "mark": v.mark, "text": soft(v.text)} for v in sheet.vetoes],
        "bands": "；".join(f"{b.label} {range_text(b)}" for b in sheet.bands),
        "footnotes": [soft(n) for n in sheet.footnotes],
        "open": [soft(n) for n in sheet.open],
        "codes": [code_svg(sheet, page) for page in range(1, pages + 1)],
    }


def soft(text: str, longest: int = 16) -> str:
    """The text with places to break inside what has none, letters and digits in a row longer than `longest`."""
    return UNBROKEN.sub(lambda run: "\u200b".join(run[0][i : i + longest] for i in range(0, len(run[0]), longest)), text)


def _groups(sheet: Sheet, characters: int) -> Iterator[dict]:
    """Each section; sections that only hold others are the `heads` above the first that has lines."""
    for has_lines, groups in groupby(sheet.groups, key=lambda group: bool(group.lines)):
        if has_lines:
            yield from (_group(g, characters) for g in groups)
        else:
            yield {"heads": [_head(g) for g in groups]}


def _head(group: Group) -> dict:
    return {"label": soft(group.label, 6), "marks": list(group.marks), "stated": group.stated_text or None}


def _group(group: Group, characters: int) -> dict:
    return {
        **_head(group),
        "key": group.key,
        "possible": group.possible_text(),
        "totalled": group.totalled,
        "lines": [
            {"key": line.key, "number": line.number, "text": soft(line.text), "marks": list(line.marks), "max": line.most,
             "scored": line.scored, "details": [soft(d) for d in line.details], "tall": _tall(line, characters)}
            for line in group.lines
        ],
    }  # fmt: skip


def _tall(line: Line, characters: int) -> bool:
    """Whether a criterion takes so much of a page that its row may go on on the next one."""
    return sum(-(-len(text) // characters) for text in (line.text, *line.details)) > TALL


def _scripts(sheet: Sheet) -> FormScripts:
    return FormScripts(
        prefix=sheet.prefix,
        maxima={line.key: points_text(line.max) if line.max is not None else None for line in sheet.scored()},
        texts={line.key: (f"{line.number}. {line.text}" if line.number else line.text)[:120] for line in sheet.lines()},
        groups={f"{g.key}_subtotal": tuple((line.key, line.sign * SIGN[g.kind]) for line in g.scored()) for g in sheet.groups if g.totalled},
        labels={f"{g.key}_subtotal": g.label or "未列项目" for g in sheet.groups if g.totalled},
        signs=sheet.addends(),
        chosen=frozenset(f"{g.key}_subtotal" for g in sheet.groups if g.chosen),
        caps={f"{g.key}_subtotal": points_text(g.cap) for g in sheet.groups if g.cap is not None},
        units=tuple(tuple(line.key for line in unit) for unit in sheet.units()),
        base=points_text(sheet.base),
        skipped=tuple(f"{line.key}_na" for line in sheet.scored()) if sheet.not_applicable == "allowed" else (),
        vetoes={v.key: v.text for v in sheet.vetoes},
        bands=tuple(
            (b.label, points_text(b.min) if b.min is not None else None, points_text(b.max) if b.max is not None else None,
             b.min_inclusive, b.max_inclusive)
            for b in sheet.graded()
        ),
        ungraded=sheet.ungraded,
        decimals=sheet.decimals,
        precision=sheet.precision,
        scale=sheet.scale,
    )  # fmt: skip
