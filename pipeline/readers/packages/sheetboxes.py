"""Text boxes that lie on the sheets of a workbook: titles and notes that stand in no cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline import rx as regex
from pipeline.model import Block, Paragraph
from pipeline.provenance import Provenance
from pipeline.readers.packages.container import Container, relations

BOOK = "xl/workbook.xml"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
ROW = regex.compile("[0-9]+$")
ANCHORS = ("{*}twoCellAnchor", "{*}oneCellAnchor", "{*}absoluteAnchor")


def paragraphs_of(container: Container) -> dict[str, list[tuple[int, Paragraph]]]:
    """Sheet title → the lines of its text boxes, top to bottom, each with the row (from 1) its box begins in. A box of
    no certain place begins in row 0."""
    if not container.has(BOOK):
        return {}
    parts = {own: part for own, kind, part in relations(container, BOOK) if kind == "worksheet"}
    found: dict[str, list[tuple[int, Paragraph]]] = {}
    for sheet in container.xml(BOOK).iter("{*}sheet"):
        own = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        title = sheet.get("name", "")
        boxes = [box for box in _boxes(container, parts.get(own, "")) if box[1]]
        lines = [(row, line) for row, box in sorted(boxes, key=lambda box: box[0]) for line in box]
        found[title] = [(row, Paragraph(line, Provenance(line, path=f"{title}!textbox[{i}]"))) for i, (row, line) in enumerate(lines, 1)]
    return found


def among(boxes: Sequence[tuple[int, Paragraph]], blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks of a sheet in order, and each line of a text box before the first that begins below its box; one level with the
    sheet's first row, as a title is, above all."""
    rest = list(boxes)
    for n, block in enumerate(blocks):
        row = _row_of(block)
        while rest and rest[0][0] < row + (n == 0):
            yield rest.pop(0)[1]
        yield block
    yield from (line for _, line in rest)


def _row_of(block: Block) -> int:
    """The row (from 1) in which a block begins: its place names its first cell."""
    found = ROW.search(block.at.path or "")
    return int(found[0]) if found else 0


def _boxes(container: Container, part: str) -> Iterator[tuple[int, list[str]]]:
    for drawing in [other for _, kind, other in relations(container, part) if kind == "drawing"] if part else ():
        root = container.xml(drawing)
        for again in [*root.iter("{*}Fallback")]:  # the same box once more, for older programs
            again.clear()
        for anchor in root.iter(*ANCHORS):
            row = anchor.findtext("{*}from/{*}row", "")
            for body in () if anchor.find(".//{*}cNvPr[@hidden='1']") is not None else anchor.iter("{*}txBody"):
                yield int(row) + 1 if row.isdecimal() and len(row) < 8 else 0, [line for line in map(_line, body.iterchildren(f"{DRAWING}p")) if line]


def _line(paragraph: etree._Element) -> str:
    return "".join(" " if run.tag == f"{DRAWING}br" else run.text or "" for run in paragraph.iter(f"{DRAWING}t", f"{DRAWING}br")).strip()
