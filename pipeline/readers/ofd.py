"""OFD (GB/T 33190): a zip of XML with positioned text and paths, in millimetres, into the same grid builder as PDF."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import PurePosixPath

import regex
from lxml import etree

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded
from pipeline.model import Block, Document, Page, Remark, Source
from pipeline.readers import grid
from pipeline.readers.container import Container, open_container, parse_xml
from pipeline.readers.grid import Glyph, PageMarks, Rule
from pipeline.readers.pdf import plain, without_running_lines

MEDIA_TYPE = "application/ofd"
POINT = 72 / 25.4
"""Points a millimetre."""

THIN = 1.2
"""A filled box thinner than this many millimetres is a drawn line."""

STEP = regex.compile(r"[MLCQABS]|-?[0-9]*\.?[0-9]+(?:[eE]-?[0-9]+)?")
ENDS = {"M": 2, "L": 2, "C": 0, "Q": 4, "A": 7, "B": 6, "S": 2}
Matrix = tuple[float, float, float, float, float, float]


def read(data: bytes, name: str) -> Document:
    """The Document of an OFD file. Raises InputError when it has no readable page tree."""
    container = open_container(data, name)
    root = parse_xml(container.read("OFD.xml"), name)
    start = next((e.text for e in _all(root, "DocRoot") if e.text), None)
    if start is None:
        raise InputError(name, "an OFD without a document", "export it again")
    main = start.strip().lstrip("/")
    document = parse_xml(container.read(main), name)
    folder = PurePosixPath(main).parent
    templates = {e.get("ID"): _path(folder, e.get("BaseLoc")) for e in _all(document, "TemplatePage")}
    places = [_path(folder, e.get("BaseLoc")) for e in _all(document, "Page") if e.get("BaseLoc")]
    if not places:
        raise InputError(name, "an OFD without pages", "export it again")
    if len(places) > limits.MAX_PAGES:
        raise LimitExceeded(name, f"{len(places):,} pages (limit {limits.MAX_PAGES:,})", "split the file")
    area = _box(next((e.text for e in _all(document, "PhysicalBox")), None))
    pages, flow, remarks = [], [], []
    for number, place in enumerate(places, start=1):
        page, blocks, said = _page(container, place, templates, number, area, name)
        pages.append(page)
        flow.append(blocks)
        remarks += said
    blocks = without_running_lines(flow, pages)
    return Document(Source(name, "", MEDIA_TYPE, "ofd", len(pages)), tuple(pages), tuple(blocks), tuple(remarks))


def _all(node: etree._Element, name: str) -> Iterator[etree._Element]:
    """Descendants by local name: producers differ in the namespace they write."""
    return (e for e in node.iter() if isinstance(e.tag, str) and etree.QName(e).localname == name)


def _path(folder: PurePosixPath, place: str | None) -> str:
    """A location, absolute in the container or relative to the file that names it; it never leaves the container."""
    if not place:
        return ""
    parts: list[str] = []
    for part in (place if place.startswith("/") else f"{folder}/{place}").replace("\\", "/").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _numbers(text: str | None) -> list[float]:
    try:
        return [float(n) for n in (text or "").split()]
    except ValueError:
        return []


def _box(text: str | None) -> tuple[float, float, float, float]:
    values = _numbers(text)
    return (values[0], values[1], values[2], values[3]) if len(values) >= 4 else (0.0, 0.0, 210.0, 297.0)


def _page(
    container: Container, place: str, templates: dict[str | None, str], number: int, area: tuple[float, float, float, float], name: str
) -> tuple[Page, list[Block], list[Remark]]:
    content = parse_xml(container.read(place), name)
    own = next((e.text for e in _all(content, "PhysicalBox")), None)
    x, y, width, height = _box(own) if own else area
    layers = [parse_xml(container.read(templates[t.get("TemplateID")]), name) for t in _all(content, "Template") if t.get("TemplateID") in templates]
    glyphs: list[Glyph] = []
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    pictures = 0
    for layer in (*layers, content):
        for item in _all(layer, "TextObject"):
            glyphs += _glyphs(item, x, y)
        for item in _all(layer, "PathObject"):
            for ax, ay, bx, by in _segments(item, x, y):
                if abs(ay - by) <= 0.5 and abs(ax - bx) > abs(ay - by):
                    horizontal.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
                elif abs(ax - bx) <= 0.5 and abs(ay - by) > abs(ax - bx):
                    vertical.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
        pictures += sum(1 for _ in _all(layer, "ImageObject"))
    if len(glyphs) > limits.MAX_PAGE_GLYPHS or len(horizontal) + len(vertical) > limits.MAX_PAGE_RULES:
        raise LimitExceeded(f"{name}, page {number}", "too many characters or lines on one page", "split the page")
    shape = Page(number, width * POINT, height * POINT)
    marks = PageMarks(number, shape.width, shape.height, tuple(glyphs), tuple(horizontal), tuple(vertical))
    said = [Remark("picture", f"page {number} has {pictures} pictures, which were not read")] if pictures else []
    return shape, list(grid.build(marks)), said


def _matrix(item: etree._Element) -> Matrix:
    values = _numbers(item.get("CTM"))
    return (values[0], values[1], values[2], values[3], values[4], values[5]) if len(values) == 6 else (1, 0, 0, 1, 0, 0)


def _glyphs(item: etree._Element, left: float, top: float) -> Iterator[Glyph]:
    """The characters of one text object; Y is the baseline."""
    x0, y0, _, _ = _box(item.get("Boundary"))
    a, b, c, d, e, f = _matrix(item)
    size = float(item.get("Size") or 4)
    tall, wide = size * (abs(d) or abs(b)), size * (abs(a) or abs(c)) * float(item.get("HScale") or 1)
    for code in _all(item, "TextCode"):
        text = code.text or ""
        x, y = float(code.get("X") or 0), float(code.get("Y") or 0)
        dx, dy = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
        for index, char in enumerate(text):
            px, py = x0 - left + a * x + c * y + e, y0 - top + b * x + d * y + f
            if not char.isspace():
                width = wide * (0.5 if char.isascii() else 1.0)
                yield Glyph(
                    plain(char), px * POINT, (py - 0.86 * tall) * POINT, (px + width) * POINT, (py + 0.14 * tall) * POINT, raw=char
                )
            x += dx[index] if index < len(dx) else (0.0 if dy else size * (0.5 if char.isascii() else 1.0))
            y += dy[index] if index < len(dy) else 0.0


def _deltas(text: str | None) -> list[float]:
    """Offsets to the next character; `g n d` stands for n times d.

    >>> _deltas("4 g 3 2.5 1")
    [4.0, 2.5, 2.5, 2.5, 1.0]
    """
    parts = (text or "").split()
    out: list[float] = []
    i = 0
    try:
        while i < len(parts) and len(out) <= limits.MAX_PAGE_GLYPHS:
            if parts[i] == "g" and i + 2 < len(parts):
                out += [float(parts[i + 2])] * min(int(parts[i + 1]), limits.MAX_PAGE_GLYPHS)
                i += 3
            else:
                out.append(float(parts[i]))
                i += 1
    except ValueError:
        return out
    return out


def _segments(item: etree._Element, left: float, top: float) -> Iterator[tuple[float, float, float, float]]:
    """Drawn straight lines of a path, in points; a thin filled box is one line."""
    x0, y0, _, _ = _box(item.get("Boundary"))
    a, b, c, d, e, f = _matrix(item)
    stroked = item.get("Stroke") not in ("false", "0")
    filled = item.get("Fill") in ("true", "1")
    place = lambda p: ((x0 - left + a * p[0] + c * p[1] + e) * POINT, (y0 - top + b * p[0] + d * p[1] + f) * POINT)  # noqa: E731
    for points in _subpaths("".join(x.text or "" for x in _all(item, "AbbreviatedData"))):
        placed = [place(p) for p in points]
        xs, ys = [p[0] for p in placed], [p[1] for p in placed]
        wide, tall = max(xs) - min(xs), max(ys) - min(ys)
        if filled and min(wide, tall) <= THIN * POINT < max(wide, tall):
            mx, my = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
            yield (min(xs), my, max(xs), my) if wide > tall else (mx, min(ys), mx, max(ys))
        elif stroked:
            for p, q in itertools.pairwise(placed):
                yield (*p, *q)


def _subpaths(text: str) -> Iterator[list[tuple[float, float]]]:
    """Corner points of each subpath of AbbreviatedData (M L C Q A B S)."""
    points: list[tuple[float, float]] = []
    tokens = STEP.findall(text)
    i = 0
    while i < len(tokens):
        step = tokens[i]
        if step not in ENDS:
            i += 1
            continue
        values: list[float] = []
        while len(values) < ENDS[step] and i + 1 + len(values) < len(tokens) and tokens[i + 1 + len(values)] not in ENDS:
            values.append(float(tokens[i + 1 + len(values)]))
        i += 1 + len(values)
        if step in "MS" and len(values) == 2:
            if len(points) > 1:
                yield points
            points = [(values[0], values[1])]
        elif step == "C" and points:
            points.append(points[0])
        elif len(values) == ENDS[step] and len(values) >= 2:
            points.append((values[-2], values[-1]))
    if len(points) > 1:
        yield points
