"""Returned XLSX: values at the defined names; identity from the document properties."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.errors import InputError
from pipeline.plain import points_text
from pipeline.provenance import Provenance
from pipeline.readers.container import BROKEN, open_container
from pipeline.returns.export import read_rows
from pipeline.returns.returned import FormFile, Returned

CELL = regex.compile(r"[A-Z]{1,3}[0-9]{1,7}")


def read(data: bytes, source: FormFile) -> list[Returned]:
    """The values at the workbook's defined names; of a workbook without them, the rows of a phone tool's export."""
    open_container(data, source.file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (*BROKEN, SyntaxError, TypeError, AttributeError) as error:  # what openpyxl raises on broken XML
        raise InputError(source.file, f"the workbook cannot be opened ({error})", "save it again as XLSX") from None
    values: dict[str, str] = {}
    places: dict[str, Provenance] = {}
    for name, defined in book.defined_names.items():
        sheet, _, cell = (defined.attr_text or "").rpartition("!")
        sheet, cell = sheet.strip("'").lstrip("$"), cell.replace("$", "").split(":")[0]
        if sheet not in book.sheetnames or not CELL.fullmatch(cell):
            continue
        values[name] = _text(book[sheet][cell].value)
        if values[name]:
            places[name] = Provenance(values[name], path=f"{sheet}!{cell}")
    identity = {p.name: "" if p.value is None else str(p.value) for p in book.custom_doc_props.props}
    if {"survey", "settings"} <= set(book.sheetnames):
        raise InputError(source.file, "is the phone form itself, there are no answers in it", "give what the phone tool exports")
    if not values and book.worksheets:
        rows = [[_text(v) for v in row] for row in book.worksheets[0].iter_rows(values_only=True)]
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
