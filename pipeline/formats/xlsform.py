"""XLSForm: the same form for the phone tools (ODK, Kobo); question names are the field keys."""

from __future__ import annotations

import io
from collections.abc import Mapping

import xlsxwriter

from pipeline.formats.identity import identity
from pipeline.formats.sheet import Line, Sheet
from pipeline.formats.xlsx import MADE
from pipeline.plain import points_text
from pipeline.scoring.tally import SIGN

SURVEY = ("type", "name", "label", "hint", "required", "constraint", "constraint_message", "calculation", "default", "relevant", "appearance")


def render(sheet: Sheet, prefill: Mapping[str, str] | None = None) -> bytes:
    """The XLSForm workbook (survey, choices, settings) as bytes; prefill becomes defaults."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sheet.title, "created": MADE})
    _table(book, "survey", SURVEY, _questions(sheet, dict(prefill or {})))
    _table(book, "choices", ("list_name", "name", "label"), [])
    version = f"{sheet.revision or '0'}-{sheet.digest[:12]}"
    settings = {"form_title": sheet.title, "form_id": sheet.prefix, "version": version, "default_language": "zh"}
    _table(book, "settings", tuple(settings), [settings])
    book.close()
    return out.getvalue()


def _table(book: xlsxwriter.Workbook, name: str, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    page = book.add_worksheet(name)
    for col, title in enumerate(columns):
        page.write_string(0, col, title)
    for r, row in enumerate(rows, start=1):
        for col, title in enumerate(columns):
            if row.get(title):
                page.write_string(r, col, row[title])


def _questions(sheet: Sheet, prefill: dict[str, str]) -> list[dict[str, str]]:
    p, places = sheet.prefix, len(str(sheet.scale)) - 1
    rows = [{"type": "hidden", "name": f"{p}_form_{k}", "label": k, "default": str(v)} for k, v in identity(sheet).items()]
    rows += [
        {"type": "text", "name": f"{p}_assessee", "label": "被评价单位", "required": "yes", "default": prefill.get(f"{p}_assessee", "")},
        {"type": "date", "name": f"{p}_date", "label": "评价时间", "required": "yes", "default": prefill.get(f"{p}_date", "")},
    ]
    for group in sheet.groups:
        if not group.lines:
            rows.append({"type": "note", "name": f"{group.key}_heading", "label": group.heading()})
            continue
        title = group.label or "评价内容"
        if group.stated is not None:
            title += f"（{group.stated_text}分）"
        rows.append({"type": "begin_group", "name": f"{group.key}_group", "label": title, "appearance": "field-list"})
        rivals = group.rivals()
        for line in group.lines:
            rows += _line(line, prefill, sheet, _required(line, rivals))
        rows.append({"type": "end_group", "name": "", "label": ""})
        if not group.totalled:
            continue
        terms = "".join(_term(unit[0].sign * SIGN[group.kind], _most(unit)) for unit in group.units())
        most = f"0{terms}" if group.cap is None else f"min(0{terms}, {points_text(group.cap)})"
        rows.append({"type": "calculate", "name": f"{group.key}_subtotal", "label": f"{title} 小计", "calculation": f"round({most}, {places})"})
    for veto in sheet.vetoes:
        rows.append({"type": "acknowledge", "name": veto.key, "label": f"一票否决 {veto.mark}{veto.text}", "hint": "有此情形才勾选"})
    total = points_text(sheet.base) + "".join(_term(sign, f"coalesce(${{{key}}}, 0)") for key, sign in sheet.addends().items())
    rows += [
        {"type": "calculate", "name": f"{p}_total", "label": "总评", "calculation": f"round({total}, {places})"},
        {"type": "calculate", "name": f"{p}_grade", "label": "等次", "calculation": _grade(sheet)},
        {"type": "note", "name": f"{p}_result", "label": f"总评 ${{{p}_total}}，等次 ${{{p}_grade}}"},
        {"type": "text", "name": f"{p}_assessor", "label": "专家签字", "default": prefill.get(f"{p}_assessor", "")},
    ]
    return rows


def _most(unit: tuple[Line, ...]) -> str:
    values = [f"coalesce(${{{line.key}}}, 0)" for line in unit]
    return values[0] if len(values) == 1 else f"max({', '.join(values)})"


def _required(line: Line, rivals: tuple[Line, ...]) -> str:
    """When a score is asked for: of those of which one counts the first, while no other is there."""
    if line not in rivals:
        return "yes"
    return " and ".join(f"${{{other.key}}} = ''" for other in rivals[1:]) if line is rivals[0] else ""


def _term(sign: int, value: str) -> str:
    return f" {'-' if sign < 0 else '+'} {value}"


def _line(line: Line, prefill: dict[str, str], sheet: Sheet, required: str) -> list[dict[str, str]]:
    label = f"{line.number}. {line.text}" if line.number else line.text
    label += "".join(f"\n{d}" for d in line.details)
    if not line.scored:
        return [{"type": "note", "name": line.key, "label": label}, _note(line, prefill, "")]
    top = points_text(line.max) if line.max is not None else None
    words = f"0–{top}" if top is not None else "不小于 0（分值未定）"
    score = {
        "type": "decimal", "name": line.key, "label": label, "hint": words, "required": required, "default": prefill.get(line.key, ""),
        "constraint": f". >= 0{f' and . <= {top}' if top is not None else ''} and round(., {sheet.decimals}) = .",
        "constraint_message": f"应为 {words}，{sheet.precision}",
    }  # fmt: skip
    if sheet.not_applicable == "refused":
        return [score, _note(line, prefill, _lost(line, top))]
    why = {"type": "text", "name": f"{line.key}_na", "label": f"{line.name}不适用的理由（适用则留空）", "default": prefill.get(f"{line.key}_na", "")}
    score["relevant"] = f"${{{line.key}_na}} = ''"
    return [score, _note(line, prefill, _lost(line, top)), why]


def _lost(line: Line, top: str | None) -> str:
    """When points were lost, so that a reason is asked for."""
    if line.kind == "deduction":
        return f"${{{line.key}}} > 0"
    return f"${{{line.key}}} < {top}" if line.kind == "scored" and top is not None else ""


def _note(line: Line, prefill: dict[str, str], relevant: str) -> dict[str, str]:
    return {"type": "text", "name": f"{line.key}_note", "label": f"扣分说明（{line.name}）", "relevant": relevant,
            "default": prefill.get(f"{line.key}_note", "")}  # fmt: skip


def _quoted(text: str) -> str:
    """A text inside an expression, which knows two quotes and no way to write one inside itself."""
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "”") + '"'


def _grade(sheet: Sheet) -> str:
    total = f"${{{sheet.prefix}_total}}"
    formula = "'总分落在等次之外，待定'" if sheet.bands else "''"
    for band in reversed(sheet.graded()):
        tests = []
        if band.min is not None:
            tests.append(f"{total} {'>=' if band.min_inclusive else '>'} {band.min}")
        if band.max is not None:
            tests.append(f"{total} {'<=' if band.max_inclusive else '<'} {band.max}")
        formula = f"if({' and '.join(tests) or 'true()'}, {_quoted(band.label)}, {formula})"
    if sheet.ungraded:
        formula = _quoted(sheet.ungraded)
    if sheet.not_applicable != "refused" and sheet.scored():
        spared = " + ".join(f"if(${{{line.key}_na}} != '', 1, 0)" for line in sheet.scored())
        formula = f"if({spared} > 0, '有不适用项，待计分', {formula})"
    if sheet.vetoes:
        any_veto = " or ".join(f"${{{v.key}}} = 'OK'" for v in sheet.vetoes)
        formula = f"if({any_veto}, '一票否决', {formula})"
    return formula
