"""Returned PDF: field values; of a flattened copy, the text that stands where the blank form has its fields."""

from __future__ import annotations

import io
import json
import logging
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from statistics import median
from typing import Any

import pdfplumber
import pikepdf
import pypdfium2
from pdfplumber.page import Page
from pdfplumber.utils import extract_text

from pipeline import limits
from pipeline import rx as regex
from pipeline.errors import InputError, LimitExceeded
from pipeline.provenance import BBox, Provenance
from pipeline.readers.pdfium import formdraws
from pipeline.returns.returned import FormFile, Returned, gather

IDENTITY_KEY = "/NoticeForm"
Spot = tuple[int, BBox]

for _chatty in ("pdfminer", "pikepdf"):
    logging.getLogger(_chatty).addHandler(logging.NullHandler())  # else a damaged file is told of on standard error, line by line


def read(data: bytes, source: FormFile) -> Returned:
    """The values of a PDF's fields; `how` is "place" and values are empty when the fields are gone."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            identity = _identity(pdf)
            found = list(islice(_fields(pdf), limits.MAX_FORM_FIELDS + 1))
    except pikepdf.PasswordError:
        raise InputError(source.file, "the PDF is encrypted", "save it without a password") from None
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError) as error:
        said = regex.sub(r"^(?:stream )?<[^>]*> ", "", str(error))
        raise InputError(source.file, f"the PDF is damaged ({said})", "ask for the form again") from None
    if len(found) > limits.MAX_FORM_FIELDS:
        raise LimitExceeded(source.file, f"more than {limits.MAX_FORM_FIELDS:,} form fields", "give the filled form alone")
    values, rivals = gather((key, text) for key, text, _, _ in found)
    places = {key: Provenance(text, page=page, bbox=box) for key, text, page, box in found if text and text == values[key]}
    return Returned(source, identity, values, places, "fields" if found else "place", rivals)


def _identity(pdf: pikepdf.Pdf) -> dict[str, str]:
    try:
        about = json.loads(str(pdf.docinfo.get(IDENTITY_KEY, "{}")))
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in about.items()} if isinstance(about, dict) else {}


def _fields(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str, int, BBox]]:
    """(key, value, page, box) of every widget."""
    for number, page in enumerate(pdf.pages, start=1):
        height = float(page.mediabox[3])
        for widget in page.obj.get("/Annots", pikepdf.Array()):
            if widget.get("/Subtype") != "/Widget":
                continue
            key, kind, value = _inherited(widget)
            if not key or kind not in ("/Tx", "/Btn"):
                continue
            x0, y0, x1, y1 = (float(v) for v in widget.Rect)
            text = _state(widget, value) if kind == "/Btn" else _text(value, f"field {key}")
            yield key, text, number, _rounded((x0, height - y1, x1, height - y0))


def _rounded(box: BBox) -> BBox:
    """The box as its JSON will have it, so that a report is the same before and after."""
    return (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))


def _inherited(widget: pikepdf.Object) -> tuple[str, str, pikepdf.Object | None]:
    """(last name, field type, value), looked up through the parents (at most eight)."""
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
    # Some fillers put a form's fields under a name of their own.
    return names[-1] if names else "", kind, value


def _state(widget: pikepdf.Object, value: pikepdf.Object | None) -> str:
    """A check box: ticked, blank, or both words when value and appearance disagree."""
    said = str(value) if value is not None else None
    shown = str(widget.AS) if "/AS" in widget else said
    ticked = {s not in ("/Off", "None", "", None) for s in (said if said is not None else shown, shown)}
    return ("Yes" if ticked == {True} else "") if len(ticked) == 1 else f"V={said} AS={shown}"


def _text(value: pikepdf.Object | None, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, pikepdf.Stream):
        if len(value.read_raw_bytes()) > limits.MAX_VALUE_BYTES:
            raise LimitExceeded(where, f"a value of more than {limits.MAX_VALUE_BYTES:,} packed bytes", "ask for the form again")
        return value.read_bytes().decode("utf-8", "replace").strip()
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def field_places(blank: bytes) -> dict[str, tuple[str, Spot]]:
    """Key → (kind, page and box) of a blank form's fields."""
    with pikepdf.open(io.BytesIO(blank)) as pdf:
        kinds = {str(f.T): str(f.FT) for f in pdf.Root.AcroForm.Fields}
        return {key: (kinds.get(key, "/Tx"), (page, box)) for key, _, page, box in _fields(pdf)}


def check_flat(data: bytes, name: str) -> None:
    """Refuse a flattened copy that holds far more than a form, before it is read by place: that is slow, and has no bounds
    of its own. Raises LimitExceeded, or InputError for what cannot be opened."""
    formdraws.check(data, name, limits.MAX_FLAT_DRAWS)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise InputError(name, f"the PDF is damaged ({error})", "ask for the form again") from None
    with document:
        if len(document) > limits.MAX_FORM_PAGES:
            raise LimitExceeded(name, f"{len(document):,} pages (limit {limits.MAX_FORM_PAGES:,})", "give the filled form alone")
        for number in range(len(document)):
            page = document[number]
            held = pypdfium2.raw.FPDFPage_CountObjects(page)
            held = max(held, page.get_textpage().count_chars() if held <= limits.MAX_FLAT_OBJECTS else 0)
            if held > limits.MAX_FLAT_OBJECTS:
                what = f"more than {limits.MAX_FLAT_OBJECTS:,} characters and lines"
                raise LimitExceeded(f"{name}, page {number + 1}", what, "give the unflattened form")


def first_page_text(data: bytes) -> str:
    """The text of the first page; "" when there is none."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return (pdf.pages[0].extract_text() or "") if pdf.pages else ""


def read_by_place(data: bytes, blank: bytes, returned: Returned) -> Returned:
    """The same with values read where the blank form has its fields, wherever a printer's margins moved them."""
    values: dict[str, str] = {}
    places: dict[str, Provenance] = {}
    with pdfplumber.open(io.BytesIO(data)) as pdf, pdfplumber.open(io.BytesIO(blank)) as empty:
        moves = {n: _moved(a, b) for n, (a, b) in enumerate(zip(empty.pages, pdf.pages, strict=False), start=1)}
        for number, move in moves.items():
            if not _lies_alike(empty.pages[number - 1], pdf.pages[number - 1], move):
                where = f"{returned.source.file} page {number}"
                raise InputError(where, "its form fields are gone and its print lies otherwise than the form's", "give the unflattened form")
        for key, (kind, (number, box)) in field_places(blank).items():
            if number not in moves:
                continue
            page = pdf.pages[number - 1]
            (kx, dx), (ky, dy) = moves[number]
            spot = (box[0] * kx + dx, box[1] * ky + dy, box[2] * kx + dx, box[3] * ky + dy)
            text = ("Yes" if _marked(page, spot) else "") if kind == "/Btn" else _text_in(page, spot)
            values[key] = text
            if text:
                places[key] = Provenance(text, page=number, bbox=_rounded(spot))
    return Returned(returned.source, returned.identity, values, places, "place")


def _moved(blank: Page, printed: Page) -> tuple[tuple[float, float], tuple[float, float]]:
    """(scale, shift) across and down, by the words that stand once on both pages and lie furthest apart."""
    here, there = ({w["text"]: w for w in _single(page)} for page in (blank, printed))
    shared = [(here[t], there[t]) for t in here if t in there]
    return _line([(a["x0"], b["x0"]) for a, b in shared]), _line([(a["top"], b["top"]) for a, b in shared])


def _lies_alike(blank: Page, printed: Page, move: tuple[tuple[float, float], tuple[float, float]]) -> bool:
    """Whether what the form prints stands where it should: half of its words that occur once are found (a printer's scale
    parts words otherwise), nine in ten of these within 3 points."""
    (kx, dx), (ky, dy) = move
    there = {w["text"]: w for w in _single(printed)}
    words = _single(blank)
    shared = [(w, there[w["text"]]) for w in words if w["text"] in there]
    near = sum(abs(w["x0"] * kx + dx - v["x0"]) < 3 and abs(w["top"] * ky + dy - v["top"]) < 3 for w, v in shared)
    return 2 * len(shared) >= len(words) and near >= 0.9 * len(shared)


def _single(page: Page) -> list[dict[str, Any]]:
    words = page.extract_words()
    counts = Counter(w["text"] for w in words)
    return [w for w in words if counts[w["text"]] == 1]


def _line(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """Scale and shift through the two pairs furthest apart; none when there is nothing to go by."""
    if not pairs:
        return 1.0, 0.0
    (a0, b0), (a1, b1) = min(pairs), max(pairs)
    scale = (b1 - b0) / (a1 - a0) if a1 - a0 > 50 else 1.0
    scale = 1.0 if abs(scale - 1) < 0.002 else scale
    shift = median(b - a * scale for a, b in pairs)
    return scale, shift


def _text_in(page: Page, box: BBox) -> str:
    """The characters whose middle lies in a box, in reading order."""
    inside = [
        c for c in page.chars  # crop() would copy the whole page for every field
        if box[0] - 0.2 <= (c["x0"] + c["x1"]) / 2 <= box[2] + 0.2 and box[1] - 0.2 <= (c["top"] + c["bottom"]) / 2 <= box[3] + 0.2
    ]  # fmt: skip
    return (extract_text(inside) or "").strip() if inside else ""


def _marked(page: Page, box: BBox) -> bool:
    """Whether something is drawn or written inside a box: its own frame lies outside."""
    width, height = box[2] - box[0], box[3] - box[1]
    marks = [*page.lines, *page.curves, *page.chars, *page.rects]
    middles = [((m["x0"] + m["x1"]) / 2, (m["top"] + m["bottom"]) / 2, m["x1"] - m["x0"], m["bottom"] - m["top"]) for m in marks]
    return any(
        box[0] + 0.15 * width < x < box[2] - 0.15 * width and box[1] + 0.15 * height < y < box[3] - 0.15 * height
        and 0 < max(w, h) < 0.9 * max(width, height)
        for x, y, w, h in middles
    )  # fmt: skip
