"""OFD (GB/T 33190): a zip of XML with positioned text and paths, in millimetres, into the grid builder."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from lxml import etree
from msgspec import Struct, field

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded, MissingTool
from pipeline.model import Block, Document, Page, Remark, Source
from pipeline.provenance import Provenance
from pipeline.readers import grid
from pipeline.readers.container import Container, open_container, target
from pipeline.readers.glyphs import has_meaning, plain, without_running_lines
from pipeline.readers.gutters import Known
from pipeline.readers.marks import Glyph, PageMarks
from pipeline.readers.ofdpaths import Matrix, Sub, moved, numbers, outline, spacing, times
from pipeline.readers.strokes import Segment, drawn, rules_from

MEDIA_TYPE = "application/ofd"
POINTS = 72 / 25.4
"""Points per millimetre."""

A4 = (0.0, 0.0, 210.0, 297.0)
MIN_CHARS = 8
"""A page with fewer characters and a picture is a scan."""

Node: TypeAlias = etree._Element


class _Resources(Struct):
    """What pages refer to by id: pictures (member names) and composite drawings."""

    media: dict[str, str] = field(default_factory=dict)
    drawings: dict[str, Node] = field(default_factory=dict)


class _Sheet(Struct):
    """What one page's objects left, in points from the top left."""

    glyphs: list[Glyph] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    blind: int = 0


def read(data: bytes, name: str) -> Document:
    """The Document of an OFD file. Raises InputError for a broken container or one without pages."""
    box = open_container(data, name)
    pages: list[Page] = []
    flow: list[Sequence[Block]] = []
    remarks: list[Remark] = []
    for root in _document_roots(box, name):
        _check_open(box, root, name)
        for page, blocks, said in _read_document(box, root, len(pages), name):
            pages.append(page)
            flow.append(blocks)
            remarks += said
    if not pages:
        raise InputError(name, "an OFD without pages", "get the file again")
    blocks = without_running_lines(flow, pages)
    return Document(Source(name, "", MEDIA_TYPE, "ofd", len(pages)), tuple(pages), tuple(blocks), tuple(remarks))


def _document_roots(box: Container, name: str) -> list[str]:
    roots = [_member("OFD.xml", e.text) for e in _all(box.xml("OFD.xml"), "DocRoot")]
    found = [r for r in roots if r is not None and box.has(r)]
    if not found:
        raise InputError(name, "the OFD names no document inside", "get the file again")
    return found


def _check_open(box: Container, root: str, name: str) -> None:
    """Refuse a document whose parts are encrypted (GB/T 33190 annex on encryption): they are no XML then."""
    named = any(m.rpartition("/")[2].lower() in ("encryptions.xml", "entriesmap.dat", "encryptioninfo.xml") for m in box.members)
    if named and b"<" not in box.read(root)[:200]:
        raise InputError(name, "protected by a password", "remove the password and try again")


def _read_document(box: Container, root: str, before: int, name: str) -> Iterator[tuple[Page, list[Block], list[Remark]]]:
    tree = box.xml(root)
    resources = _resources(box, root, tree)
    templates = {
        t.get("ID"): _member(root, t.get("BaseLoc")) for t in _all(tree, "TemplatePage") if t.get("ID") is not None
    }
    usual = _area(tree) or A4
    entries = [p for p in _all(tree, "Page") if p.get("BaseLoc")]
    if before + len(entries) > limits.MAX_PAGES:
        raise LimitExceeded(name, f"more than {limits.MAX_PAGES:,} pages", "split the file")
    known = Known()
    for number, entry in enumerate(entries, before + 1):
        part = _member(root, entry.get("BaseLoc"))
        if part is None or not box.has(part):
            yield Page(number, *_size(usual)), [], [Remark("unread-page", f"page {number} is absent from the container", Provenance("", number))]
            continue
        yield _read_page(box, part, templates, resources, usual, number, name, known)


def _read_page(
    box: Container, part: str, templates: dict, resources: _Resources, usual: tuple, number: int, name: str, known: Known
) -> tuple[Page, list[Block], list[Remark]]:
    tree = box.xml(part)
    area = _area(tree) or usual
    sheet = _Sheet()
    origin = (POINTS, 0.0, 0.0, POINTS, -area[0] * POINTS, -area[1] * POINTS)
    for template in _all(tree, "Template"):
        member = templates.get(template.get("TemplateID"))
        if member and box.has(member):
            _collect(box.xml(member), origin, resources, sheet, 0)
    _collect(tree, origin, resources, sheet, 0)
    where = f"{name}, page {number}"
    if len(sheet.glyphs) > limits.MAX_PAGE_GLYPHS:
        raise LimitExceeded(where, f"{len(sheet.glyphs):,} characters on one page", "split the page")
    page = Page(number, *_size(area))
    horizontal, vertical = rules_from(sheet.segments, where)
    marks = PageMarks(number, page.width, page.height, tuple(sheet.glyphs), tuple(horizontal), tuple(vertical))
    if len(sheet.glyphs) < MIN_CHARS and sheet.pictures:
        return _read_picture(box, sheet.pictures, page, list(grid.build(marks)), name)
    remarks = []
    if sheet.blind:
        what = f"page {number}: {sheet.blind} characters are given as glyphs without their code and were not read"
        remarks.append(Remark("unread-text", what, Provenance("", number)))
    blocks = list(grid.build(marks, known))
    return page, blocks, remarks + known.remarks(number)


def _read_picture(
    box: Container, pictures: Sequence[str], page: Page, blocks: list[Block], name: str
) -> tuple[Page, list[Block], list[Remark]]:
    """OCR of a page that is a picture: the largest one. Loaded late: only scans pay for it."""
    number = page.number
    picture = max((p for p in pictures if box.has(p)), key=box.size, default=None)
    if picture is None:
        return page, blocks, [Remark("unread-page", f"page {number} is a picture that is absent from the container", Provenance("", number))]
    try:
        scan = importlib.import_module("pipeline.readers.scan")
        width, height, found = scan.read_picture(box.read(picture), f"{name}!{picture}", number, page.width, page.height)
    except (MissingTool, ModuleNotFoundError) as error:
        return page, blocks, [Remark("unread-page", f"page {number} is a picture; reading it needs OCR ({error})", Provenance("", number))]
    return Page(number, width, height, ocr=True), found, [Remark("ocr", f"page {number} is a picture; read as such")]


# ---- objects -----------------------------------------------------------------------------------------------------


def _collect(node: Node, matrix: Matrix, resources: _Resources, sheet: _Sheet, depth: int) -> None:
    """Text, paths and pictures below a node, in drawing order, composites followed to a bounded depth."""
    for item in node.iter():
        kind = _local(item)
        if kind not in ("TextObject", "PathObject", "ImageObject", "CompositeObject"):
            continue
        if item.get("Visible") == "false" or item.get("Alpha") == "0":
            continue
        place = _place(item, matrix)
        if kind == "TextObject":
            _text(item, place, sheet)
        elif kind == "PathObject":
            _path(item, place, resources, sheet)
        elif kind == "ImageObject":
            sheet.pictures += [resources.media[r] for r in (item.get("ResourceID"),) if r in resources.media]
        elif depth < limits.MAX_FORM_DEPTH and item.get("ResourceID") in resources.drawings:
            _collect(resources.drawings[item.get("ResourceID")], place, resources, sheet, depth + 1)


def _place(item: Node, matrix: Matrix) -> Matrix:
    """An object's own space to points: its CTM, then its boundary's corner, then the page."""
    corner = numbers(item.get("Boundary"))[:2] or [0.0, 0.0]
    place = times((1.0, 0.0, 0.0, 1.0, corner[0], corner[-1]), matrix)
    own = numbers(item.get("CTM"))
    return times((own[0], own[1], own[2], own[3], own[4], own[5]), place) if len(own) == 6 else place


def _text(item: Node, place: Matrix, sheet: _Sheet) -> None:
    size = (numbers(item.get("Size")) or [3.5])[0]
    stretch = (numbers(item.get("HScale")) or [1.0])[0] or 1.0
    if (item.get("Fill") == "false" and item.get("Stroke") != "true") or size <= 0 or stretch <= 0:
        return
    x, y = 0.0, 0.0
    seen = 0
    for code in _all(item, "TextCode"):
        x = (numbers(code.get("X")) or [x])[0]
        y = (numbers(code.get("Y")) or [y])[0]
        text = _printed(code.text or "")
        seen += len(text)
        right, down = spacing(code.get("DeltaX"), len(text)), spacing(code.get("DeltaY"), len(text))
        for i, char in enumerate(text):
            width = (0.5 if char.isascii() else 1.0) * size * stretch
            if char.strip():
                _glyph(char, x, y, width, size, place, sheet)
            x += right[i] if i < len(right) else (0.0 if down else width)
            y += down[i] if i < len(down) else 0.0
    if not seen:
        sheet.blind += sum(len((glyphs.text or "").split()) or 1 for glyphs in _all(item, "Glyphs"))


def _printed(text: str) -> str:
    """A text without the line ends and indents of indented XML; spaces on one line are meant."""
    return "".join(line.strip() for line in text.splitlines()) if "\n" in text else text


def _glyph(char: str, x: float, y: float, width: float, size: float, place: Matrix, sheet: _Sheet) -> None:
    if not has_meaning(char):
        sheet.blind += 1
        return
    ax, ay = moved(place, x, y - 0.88 * size)
    bx, by = moved(place, x + width, y + 0.12 * size)
    sheet.glyphs.append(Glyph.of(plain(char), min(ax, bx), min(ay, by), max(ax, bx), max(ay, by), raw=char))


def _path(item: Node, place: Matrix, resources: _Resources, sheet: _Sheet) -> None:
    stroked, filled = item.get("Stroke") != "false", item.get("Fill") == "true"
    if _is_white(item, "FillColor"):
        filled = False
    if _is_white(item, "StrokeColor"):
        stroked = False
    if not stroked and not filled:
        return
    for data in _all(item, "AbbreviatedData"):
        for sub in outline(data.text or ""):
            points: Sub = [moved(place, x, y) for x, y in sub]
            if len(points) > 1:
                sheet.segments += drawn(points, stroked, filled)
        if len(sheet.segments) > limits.MAX_PAGE_RULES:
            return


def _is_white(item: Node, kind: str) -> bool:
    for color in item:
        if _local(color) == kind:
            alpha = color.get("Alpha")
            value = numbers(color.get("Value"))
            return alpha == "0" or (len(value) == 3 and min(value) >= 245)
    return False


# ---- parts -------------------------------------------------------------------------------------------------------


def _resources(box: Container, root: str, tree: Node) -> _Resources:
    """The resource files a document names: pictures by id, composite drawings by id."""
    out = _Resources()
    for kind in ("PublicRes", "DocumentRes"):
        for entry in _all(tree, kind):
            part = _member(root, entry.text)
            if part is None or not box.has(part):
                continue
            content = box.xml(part)
            base = content.get("BaseLoc") or ""
            for media in _all(content, "MultiMedia"):
                for file in _all(media, "MediaFile"):
                    member = _member(part, f"{base}/{(file.text or '').strip()}" if base else file.text)
                    if member is not None and media.get("ID"):
                        out.media[media.get("ID", "")] = member
            for unit in _all(content, "CompositeGraphicUnit"):
                out.drawings[unit.get("ID", "")] = unit
    return out


def _member(base: str, reference: str | None) -> str | None:
    return target(base, reference.strip()) if reference and reference.strip() else None


def _area(tree: Node) -> tuple[float, float, float, float] | None:
    """The physical box (x, y, width, height) in millimetres a document or page states."""
    for box in _all(tree, "PhysicalBox"):
        values = numbers(box.text)
        if len(values) == 4 and 10 <= values[2] <= 5000 and 10 <= values[3] <= 5000:
            return values[0], values[1], values[2], values[3]
    return None


def _size(area: tuple[float, float, float, float]) -> tuple[float, float]:
    return area[2] * POINTS, area[3] * POINTS


def _all(node: Node, name: str) -> Iterator[Node]:
    """Every element of this local name, whatever the producer's namespace."""
    return (e for e in node.iter() if _local(e) == name)


def _local(node: Node) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
