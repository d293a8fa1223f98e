"""Pictures of a PDF's pages with the cells of a finding boxed, as data URIs. Loaded only when a page is drawn."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from pipeline.findings import Finding
from pipeline.model import Reading
from pipeline.provenance import BBox
from pipeline.readers.pdfium import standins

SCALE = 1.25
"""90 dots an inch: Chinese in 10-point type stays readable, a strip stays under about 30 kB."""
MARGIN = 26.0
"""Points shown above and below the boxes."""
MOST = 2
"""Pictures for one finding."""
BOX = (192, 32, 32)


def pages(path: Path, reading: Reading) -> dict[str, list[tuple[int, str]]]:
    """Fingerprint → (page number, data URI of the strip of the page with the evidence boxed). Notes, findings without
    a box on a page, and sheets with personal data have none."""
    standins.install()
    document = pdfium.PdfDocument(path.read_bytes())
    try:
        cache: dict[int, Image.Image] = {}
        out = {}
        for finding in reading.findings:
            strips = [_strip(document, cache, page, boxes) for page, boxes in _boxes(finding) if 0 < page <= len(document)]
            if strips:
                out[finding.fingerprint] = [(n, uri) for n, uri in strips]
        return out
    finally:
        document.close()


def _boxes(finding: Finding) -> list[tuple[int, list[BBox]]]:
    if finding.rule == "personal-data" or finding.severity == "note":
        return []
    by_page: dict[int, list[BBox]] = {}
    for at in finding.evidence:
        if at.page is not None and at.bbox is not None and at.bbox not in by_page.setdefault(at.page, []):
            by_page[at.page].append(at.bbox)
    return [(page, boxes) for page, boxes in by_page.items() if boxes][:MOST]


def _strip(document: pdfium.PdfDocument, cache: dict[int, Image.Image], page: int, boxes: list[BBox]) -> tuple[int, str]:
    if page not in cache:
        cache[page] = _draw(document, page)
    picture = cache[page].copy()
    pen = ImageDraw.Draw(picture)
    for x0, top, x1, bottom in boxes:
        left, right = sorted((x0, x1))
        upper, lower = sorted((top, bottom))
        pen.rectangle([(v * SCALE) for v in (left - 2, upper - 2, right + 2, lower + 2)], outline=BOX, width=2)
    low = max(0, int((min(b[1] for b in boxes) - MARGIN) * SCALE))
    high = min(picture.height, int((max(b[3] for b in boxes) + MARGIN) * SCALE))
    return page, _uri(picture.crop((0, low, picture.width, max(high, low + 1))))


def _draw(document: pdfium.PdfDocument, page: int) -> Image.Image:
    return document[page - 1].render(scale=SCALE).to_pil().convert("RGB")


def _uri(picture: Image.Image) -> str:
    """A PNG of 16 colours: text pages shrink to a fifth of a JPEG's size and stay sharp."""
    buffer = io.BytesIO()
    picture.quantize(16, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
