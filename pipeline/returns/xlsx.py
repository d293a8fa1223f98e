"""Returned XLSX: values at the defined names; identity from the document properties."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl

from pipeline.errors import InputError
from pipeline.plain import points_text
from pipeline.provenance import Provenance
from pipeline.returns.returned import FormFile, Returned

YES = {"是", "√", "y", "yes", "true", "1", "有"}
NO = {"否", "n", "no", "false", "0", "无", "×"}


def read(data: bytes, source: FormFile) -> Returned:
    """The values at the workbook's defined names."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError(source.file, f"the workbook cannot be opened ({error})", "save it again as XLSX") from None
    values: dict[str, str] = {}
    places: dict[str, Provenance] = {}
    for name, defined in book.defined_names.items():
        if "!" not in (defined.attr_text or ""):
            continue
        sheet, _, cell = defined.attr_text.rpartition("!")
        sheet, cell = sheet.strip("'"), cell.replace("$", "").split(":")[0]
        if sheet not in book.sheetnames:
            continue
        text = _text(book[sheet][cell].value)
        if "_veto_" in name:
            text = "Yes" if text.lower() in YES else "" if text.lower() in NO else text
        values[name] = text
        if text:
            places[name] = Provenance(text, path=f"{sheet}!{cell}")
    identity = {p.name: "" if p.value is None else str(p.value) for p in book.custom_doc_props.props}
    return Returned(source, identity, values, places)


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
