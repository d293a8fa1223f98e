"""Returned PDF: field values; of a flattened copy, the text that stands where the blank form has its fields."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pdfplumber
import pikepdf

from pipeline.errors import InputError
from pipeline.provenance import BBox, Provenance
from pipeline.returns.returned import FormFile, Returned

IDENTITY_KEY = "/NoticeForm"
Spot = tuple[int, BBox]


def read(data: bytes, source: FormFile) -> Returned:
    """The values of a PDF's fields; `how` is "place" and values are empty when the fields are gone."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            identity = _identity(pdf)
            found = {key: (value, Provenance(value, page=page, bbox=box)) for key, value, page, box in _fields(pdf)}
    except pikepdf.PasswordError:
        raise InputError(source.file, "the PDF is encrypted", "save it without a password") from None
    except pikepdf.PdfError as error:
        raise InputError(source.file, f"the PDF is damaged ({error})", "ask for the form again") from None
    values = {k: v for k, (v, _) in found.items()}
    return Returned(source, identity, values, {k: at for k, (v, at) in found.items() if v}, "fields" if found else "place")


def _identity(pdf: pikepdf.Pdf) -> dict[str, str]:
    try:
        about = json.loads(str(pdf.docinfo.get(IDENTITY_KEY, "{}")))
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in about.items()} if isinstance(about, dict) else {}


def _fields(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str, int, BBox]]:
    """(key, value, page, box) of every widget; a name split into a hierarchy is joined by dots."""
    for number, page in enumerate(pdf.pages, start=1):
        height = float(page.mediabox[3])
        for widget in page.obj.get("/Annots", pikepdf.Array()):
            if widget.get("/Subtype") != "/Widget":
                continue
            key, kind, value = _inherited(widget)
            if not key or kind not in ("/Tx", "/Btn"):
                continue
            x0, y0, x1, y1 = (float(v) for v in widget.Rect)
            text = _text(value)
            if kind == "/Btn":
                state = str(widget.get("/AS", value if value is not None else "/Off"))
                text = "" if state in ("/Off", "None", "") else "Yes"
            yield key, text, number, (x0, height - y1, x1, height - y0)


def _inherited(widget: pikepdf.Object) -> tuple[str, str, pikepdf.Object | None]:
    """(full name, field type, value), looked up through the parents (at most eight)."""
    names: list[str] = []
    kind, value, node = "", None, widget
    for _ in range(8):
        if "/T" in node:
            names.insert(0, str(node.T))
        kind = kind or str(node.get("/FT", ""))
        if value is None and "/V" in node:
            value = node.V
        if "/Parent" not in node:
            break
        node = node.Parent
    return ".".join(names), kind, value


def _text(value: pikepdf.Object | None) -> str:
    if value is None:
        return ""
    if isinstance(value, pikepdf.Stream):
        return value.read_bytes().decode("utf-8", "replace").strip()
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def field_places(blank: bytes) -> dict[str, tuple[str, Spot]]:
    """Key → (kind, page and box) of a blank form's fields."""
    with pikepdf.open(io.BytesIO(blank)) as pdf:
        kinds = {str(f.T): str(f.FT) for f in pdf.Root.AcroForm.Fields}
        return {key: (kinds.get(key, "/Tx"), (page, box)) for key, _, page, box in _fields(pdf)}


def read_by_place(data: bytes, blank: bytes, returned: Returned) -> Returned:
    """The same with values read where the blank form has its fields."""
    values: dict[str, str] = {}
    places: dict[str, Provenance] = {}
    spots = field_places(blank)
    with pdfplumber.open(io.BytesIO(data)) as pdf, pdfplumber.open(io.BytesIO(blank)) as empty:
        for key, (kind, (number, box)) in spots.items():
            if number > len(pdf.pages):
                continue
            page = pdf.pages[number - 1]
            inner = (max(box[0] + 0.2, 0), max(box[1], 0), min(box[2] - 0.2, page.width), min(box[3], page.height))
            area = page.crop(inner)
            if kind == "/Btn":
                before = empty.pages[number - 1].crop(inner)
                drawn = len(area.lines) + len(area.curves) > len(before.lines) + len(before.curves)
                text = "Yes" if drawn else ""
            else:
                text = (area.extract_text() or "").strip()
            values[key] = text
            if text:
                places[key] = Provenance(text, page=number, bbox=box)
    return Returned(returned.source, returned.identity, values, places, "place")
