"""Returned XLSX: values at the defined names; identity from the document properties."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from pipeline import limits
from pipeline import rx as regex
from pipeline.errors import InputError
from pipeline.plain import points_text
from pipeline.provenance import Provenance
from pipeline.readers.xlsx import open_books
from pipeline.returns.export import SCORE_KEY, read_rows
from pipeline.returns.returned import FormFile, Returned

CELL = regex.compile(r"[A-Z]{1,2}[0-9]{1,5}")
"""A place on a form; ours have some hundred rows and a dozen columns."""


def read(data: bytes, source: FormFile) -> list[Returned]:
    """The values at the workbook's defined names; of a workbook without them, the rows of a phone tool's export.

    A score that a formula gives is told with the formula: what the file shows need not be what the formula makes.
    """
    book, typed = open_books(data, source.file)
    values: dict[str, str] = {}
    places: dict[str, Provenance] = {}
    for name, defined in book.defined_names.items():
        sheet, _, cell = (defined.attr_text or "").rpartition("!")
        sheet, cell = sheet.strip("'").lstrip("$"), cell.replace("$", "").split(":")[0]
        if sheet not in book.sheetnames or not CELL.fullmatch(cell):
            continue
        values[name] = _text(book[sheet][cell].value)
        formula = typed[sheet][cell].value if SCORE_KEY.fullmatch(name) else None
        if isinstance(formula, str) and formula.startswith("="):
            values[name] = f"{formula}（显示为“{values[name]}”）" if values[name] else formula
        if values[name]:
            places[name] = Provenance(values[name], path=f"{sheet}!{cell}")
    identity = {p.name: "" if p.value is None else str(p.value) for p in book.custom_doc_props.props}
    if {"survey", "settings"} <= set(book.sheetnames):
        raise InputError(source.file, "is the phone form itself, there are no answers in it", "give what the phone tool exports")
    if not values and book.worksheets:
        first = book.worksheets[0]
        limits.check_grid(first.max_row, first.max_column, source.file)
        rows = [[_text(v) for v in row] for row in first.iter_rows(values_only=True)]
        return read_rows(rows, replace(source, format="csv"))
    return [Returned(source, identity, values, places)]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        return points_text(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return str(value).strip()
