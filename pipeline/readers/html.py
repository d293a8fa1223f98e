"""Web pages (HTML, XHTML, MHTML) to Document: what a browser shows, tables with their spans."""

from __future__ import annotations

import email
import email.policy
import re
from collections import deque
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby, islice
from typing import Literal

from lxml import etree, html
from msgspec import Struct, field

from pipeline import limits
from pipeline import rx as regex
from pipeline.errors import InputError, LimitExceeded
from pipeline.model import Block, Document, Paragraph, Remark, Source
from pipeline.normalize import clean
from pipeline.provenance import Provenance
from pipeline.readers.grids.cells import Placed, build_table, is_layout
from pipeline.readers.texts.encoding import declared_in, decode
from pipeline.readers.texts.htmlplaces import Places, whole_number
from pipeline.readers.texts.lines import split_lines
from pipeline.readers.texts.rowgroups import RowGroups, as_meant, spanned, width

MEDIA_TYPE = "text/html"

_DROPPED = frozenset(
    ("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "embed", "canvas", "audio", "video",
     "del", "nav", "map", "rt", "rp", "datalist", "title", "meta", "link")
)  # fmt: skip
_BLOCKS = frozenset(
    ("html", "body", "address", "article", "aside", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
     "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "main",
     "ol", "p", "pre", "section", "ul", "tr", "td", "th", "tbody", "thead", "tfoot", "summary", "details", "option")
)  # fmt: skip
_FRAMES = ("iframe", "frame", "object", "embed")
_NO_PAGE = regex.compile(r"$|#|about:|javascript:|.*\.(?:swf|mp[34]|ogg|webm|flv|wmv)(?:$|[?#])|data:(?:image|audio|video)/", regex.I | regex.S)
"""Addresses in a frame that lead to no page or document: films, sounds, nothing."""
_SPECK = 2
"""Pixels of a frame that only counts visits."""
_ICON = 200
"""Pixels below which a picture holds no table; those that name no size may hold one."""
_CELLS = frozenset(("td", "th"))
_ROW_PARTS = _CELLS | {"tr"}
_ROW_GROUPS = frozenset(("thead", "tbody", "tfoot"))
_LOOKED_THROUGH = frozenset(("form", "center", "font", "span", "b"))
_UNOPENED_ROW = regex.compile(r"(</tr\s*>\s*)(?=<t[dh][\s>])", regex.I)
"""A row that ends, and cells that go on without the next one's tag: a browser begins it, the parser does not."""
_MANY_ATTRIBUTES = re.compile(
    rf"""<[A-Za-z](?:[\s/]*+[^>"'=\s/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++))?){{{limits.MAX_ATTRIBUTES + 1}}}"""
)
"""Of the standard library: the other one takes the square of the page's length for so high a count."""
_NONE = regex.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", regex.I)
_NOT_FOR_SCREENS = regex.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->|@media(?!\s*(?:screen|all)\s*\{)[^{}]{0,300}\{(?:[^{}]*\{[^{}]*\})*+[^{}]*\}", regex.I | regex.S)
_STYLE_RULE = regex.compile(r"(?<![^{};])([^{};]+)\{([^{}]*)\}")
_SIMPLE_SELECTOR = regex.compile(r"^\s*([A-Za-z][A-Za-z0-9]*)?([.#][\w\-]+)\s*$")
_SHOWN = regex.compile(r"display\s*:|visibility\s*:", regex.I)
_DISPLAY = regex.compile(r"display\s*:\s*(table-row-group|table-row|table-cell|table)\b", regex.I)
_AS_TAG = {"table": "table", "table-row": "tr", "table-cell": "td", "table-row-group": "tbody"}
_SPACE = regex.compile(r"[ \t\r\n\f]+")
_ALIGN = regex.compile(r"text-align\s*:\s*(left|center|right)", regex.I)
_SIZE = regex.compile(r"font-size\s*:\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*(pt|px)", regex.I)


def read(data: bytes, name: str) -> Document:
    """The Document of a saved web page. Raises InputError subclasses when it cannot be decoded or parsed."""
    parts: list[_Part] = [(data, None, ())]
    if data.lstrip()[:1] != b"<" and b"mime-version" in data[:65_536].lower():
        parts = _pages_of_archive(data, name)
    root = _page(parts[0], name)
    absent = _fill_frames(root, parts[1:], name)
    reader = _Reader(name, Places(), _hiding_rules(root), absent)
    blocks = tuple(islice(reader.blocks(root, 0), limits.MAX_BLOCKS + 1))
    if reader.left_out:
        reader.remarks.append(Remark("hidden-row", f"{reader.left_out} hidden table rows were left out", message_zh=f"{reader.left_out} 个隐藏的表格行未收入"))
    if reader.pictures:
        reader.remarks.append(Remark("picture", f"{reader.pictures} pictures were not read", message_zh=f"{reader.pictures} 张图片没有读"))
    return Document(Source(name, sha256(data).hexdigest(), MEDIA_TYPE, "html"), (), blocks, tuple(reader.remarks))


_Part = tuple[bytes, str | None, tuple[str, ...]]
"""A page of an archive: its bytes, the character set its head names, the addresses it answers to."""


def _pages_of_archive(data: bytes, name: str) -> list[_Part]:
    """The pages inside an MHTML archive: first the page itself, then those in its frames."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    pages: list[_Part] = []
    for part in message.walk():
        payload = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(payload, bytes):
            known_as = (f"cid:{str(part.get('Content-ID', '')).strip('<> ')}", str(part.get("Content-Location", "")).strip())
            pages.append((payload, part.get_content_charset(), tuple(a for a in known_as if a not in ("cid:", ""))))
    if not pages:
        raise InputError(name, "a web archive without a page in it", "save the page again as HTML")
    return pages


def _page(part: _Part, name: str) -> etree._Element:
    """A page's tree, decoded by what its archive says, or itself."""
    page, declared, _ = part
    return _parse(decode(page, name, declared or declared_in(page)), name)


def _fill_frames(root: etree._Element, parts: Iterable[_Part], name: str) -> list[Remark]:
    """Put each page of an archive, or of a frame's own attribute, where the frame stands that shows it; a page is shown once.
    Returns what is to be said of pages and documents shown here that are not in the file."""
    left = {address: part for part in parts for address in part[2]}
    shown: set[str] = set()
    absent: dict[str, None] = {}
    frames = deque(root.iter(*_FRAMES))
    while frames:
        frame = frames.popleft()
        address = (frame.get("src") or frame.get("data") or "").strip()
        part = left.get(address) if frame.tag in ("iframe", "frame") else None
        if part is not None:
            shown.update(part[2])
            left = {known: other for known, other in left.items() if other is not part}
        page = _framed(frame, part, name)
        if page is not None:
            frame.tag = "div"
            frame.text = None
            frame[:] = [page]
            frames += page.iter(*_FRAMES)
        elif part is not None or (address not in shown and not _NO_PAGE.match(address) and not _is_speck(frame)):
            absent[address] = None
    if not absent:
        return []
    named = ", ".join(list(absent)[:3]) + (", …" if len(absent) > 3 else "")
    return [Remark("unread-frame", f"{named}: shown by the page, but not in the file", message_zh=f"{named}：页面里显示，文件里没有")]


def _framed(frame: etree._Element, part: _Part | None, name: str) -> etree._Element | None:
    """The page that a frame shows, where the file holds it and it can be read."""
    own = frame.get("srcdoc") if part is None and frame.tag == "iframe" else None
    try:
        if own and own.strip():
            return _parse(own, name)
        return _page(part, name) if part is not None else None
    except LimitExceeded:
        raise
    except InputError:
        return None


def _is_speck(frame: etree._Element) -> bool:
    """Whether a frame shows nothing: a counter of visits, or one that waits to be opened."""
    small = any(whole_number(frame.get(side), _SPECK + 1) <= _SPECK for side in ("width", "height"))
    return small or "hidden" in frame.attrib or _NONE.search(frame.get("style") or "") is not None


def _parse(text: str, name: str) -> etree._Element:
    text = regex.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    text = _UNOPENED_ROW.sub(r"\1<tr>", text)
    content = text.encode("utf-8", "replace")
    limits.check_tags(content, name)
    if _MANY_ATTRIBUTES.search(text):
        raise LimitExceeded(name, f"an element with more than {limits.MAX_ATTRIBUTES:,} attributes", "check where the page comes from")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise InputError(name, f"no web page in it ({error})", "save the page again") from None
    if any("RESOURCE_LIMIT" in entry.type_name for entry in parser.error_log):
        raise LimitExceeded(name, "elements nested beyond all measure", "check where the page comes from")
    return root


def _hiding_rules(root: etree._Element) -> frozenset[str]:
    """`.class`, `tag.class` and `#id` selectors that the page's own style sheets hide; a later rule may show them again."""
    hidden: set[str] = set()
    for style in root.iter("style"):
        for rule in _STYLE_RULE.finditer(_NOT_FOR_SCREENS.sub("", style.text or "")):
            found = filter(None, map(_SIMPLE_SELECTOR.match, rule[1].split(",")))
            names = {(match[1] or "").lower() + match[2] for match in found}
            if _NONE.search(rule[2]):
                hidden |= names
            elif _SHOWN.search(rule[2]):
                hidden -= names
    return frozenset(hidden)


class _Flow(Struct):
    """Inline text gathered until a block begins or ends."""

    parts: list[str] = field(default_factory=list)
    owner: etree._Element | None = None
    number: str = ""


class _Reader(Struct):
    """One walk through a page."""

    name: str
    places: Places
    hiding: frozenset[str]
    remarks: list[Remark] = field(default_factory=list)
    left_out: int = 0
    pictures: int = 0

    def blocks(self, root: etree._Element, depth: int) -> Iterator[Block]:
        """Paragraphs and tables below `root`, in order. Walks with a stack of its own: pages nest without bound."""
        flow = _Flow(owner=root)
        stack: list[tuple[etree._Element, bool]] = [(root, True)]
        while stack:
            element, entering = stack.pop()
            if not isinstance(element.tag, str):
                if element is not root:
                    flow.parts.append(element.tail or "")
                continue
            tag = self.kind(element)
            if not entering:
                if tag in _BLOCKS:
                    yield from self.flush(flow, element.getparent())
                flow.parts.append(_SPACE.sub(" ", element.tail or "") if element is not root else "")
                continue
            if element is not root and (tag in _DROPPED or self.hidden(element)):
                flow.parts.append(_SPACE.sub(" ", element.tail or ""))
                continue
            if tag == "table" and (element is not root):
                yield from self.flush(flow, element)
                yield from self.table_blocks(element, depth)
                flow.owner = element.getparent()
                flow.parts.append(_SPACE.sub(" ", element.tail or ""))
                continue
            if tag in _BLOCKS:
                yield from self.flush(flow, element)
                flow.number = self.places.list_number(element) if tag == "li" else flow.number
            self.pictures += tag == "img" and not any(whole_number(element.get(side), _ICON) < _ICON for side in ("width", "height"))
            flow.parts.append(_own_text(element, tag))
            stack.append((element, False))
            stack.extend((child, True) for child in reversed(element))
        yield from self.flush(flow, root)

    def flush(self, flow: _Flow, next_owner: etree._Element | None) -> Iterator[Paragraph]:
        """End the current line of text."""
        text = regex.sub(r" ?\n ?", "\n", _SPACE_RUN.sub(" ", "".join(flow.parts))).strip(" ")
        owner, flow.owner = flow.owner, next_owner
        flow.parts.clear()
        if not clean(text) or owner is None:
            return
        text, flow.number = flow.number + text, ""
        limits.check_text(text, self.name)
        path = self.places.path(owner)
        for line in split_lines(text):
            if clean(line):
                at = Provenance(quote=line, path=path)
                yield Paragraph(line.strip(), at, align=_alignment(owner), size=_size(owner), style=_style(owner))

    def kind(self, element: etree._Element) -> str:
        """The tag, or the one that the element's own style makes it behave like."""
        style = element.get("style")
        if style and element.tag in ("div", "span", "section", "ul", "li", "dl") and (match := _DISPLAY.search(style)):
            return _AS_TAG[match[1].lower()]
        return element.tag.lower() if isinstance(element.tag, str) else ""

    def hidden(self, element: etree._Element) -> bool:
        """Whether the page does not show an element: by attribute, style, or a class or id that its style sheet hides."""
        if "hidden" in element.attrib or _NONE.search(element.get("style") or ""):
            return True
        if element.tag == "input" and element.get("type", "").lower() == "hidden":
            return True
        names = [f".{c}" for c in (element.get("class") or "").split()] + [f"#{element.get('id')}"]
        return any(name in self.hiding or f"{element.tag}{name}" in self.hiding for name in names)

    # -- tables

    def table_blocks(self, table: etree._Element, depth: int) -> Iterator[Block]:
        """A table, its captions before it; the blocks in its cells where it only lays out the page, its text where it is
        nested too deep."""
        path = self.places.path(table)
        if depth >= limits.MAX_TABLE_NESTING:
            yield from self._flattened(table, path)
            return
        groups = self._row_groups(table)
        rows = [cells for group in groups for cells in group]
        for caption in table.iterchildren("caption"):
            yield from self.blocks(caption, depth + 1)
        if is_layout([[_has_text(c) for c in row] for row in rows], sum(_nested_cells(c) for row in rows for c in row)):
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell, depth + 1)
            return
        placed = list(self._placed(groups, path, depth))
        built = build_table(placed, len(rows), Provenance(quote="", path=path), self.name)
        if built is not None:
            yield built

    def _flattened(self, table: etree._Element, path: str) -> Iterator[Paragraph]:
        text = _SPACE.sub(" ", "".join(table.itertext())).strip()
        limits.check_text(text, self.name)
        at = Provenance(quote=text, path=path)
        deep = limits.MAX_TABLE_NESTING
        zh = f"嵌套超过 {deep} 层的表格按文字读"
        self.remarks.append(Remark("nested-too-deep", f"tables nested more than {deep} deep were read as text", at, message_zh=zh))
        if clean(text):
            yield Paragraph(text, at)

    def _row_groups(self, table: etree._Element) -> RowGroups:
        """Cells by row group and row; a tfoot is shown last wherever it stands."""
        groups: list[list[list[etree._Element]]] = [[]]
        foot: list[list[list[etree._Element]]] = []
        for is_group, parts in groupby(self._parts(table, _ROW_GROUPS | _ROW_PARTS), lambda part: self.kind(part) in _ROW_GROUPS):
            if not is_group:
                groups[-1].extend(self._rows(parts))
                continue
            for part in parts:
                group = self._rows(self._parts(part, _ROW_PARTS))
                (foot if self.kind(part) == "tfoot" else groups).append(group)
            groups.append([])
        return as_meant([g for g in (*groups, *foot) if g])

    def _rows(self, parts: Iterable[etree._Element]) -> list[list[etree._Element]]:
        """The cells of each row; cells side by side without a row of their own make one, as in a browser."""
        rows: list[list[etree._Element]] = []
        beside = False
        for part in parts:
            if self.kind(part) == "tr":
                rows.append(list(self._parts(part, _CELLS)))
            elif beside:
                rows[-1].append(part)
            else:
                rows.append([part])
            beside = self.kind(part) != "tr"
        return rows

    def _parts(self, parent: etree._Element, kinds: frozenset[str]) -> Iterator[etree._Element]:
        """The shown parts of a table, in order; an element that may not stand there (form) is looked through, as in a browser."""
        stack = list(reversed(parent))
        while stack:
            part = stack.pop()
            if self.hidden(part):
                rows = [part] if self.kind(part) == "tr" else part.iter("tr")
                self.left_out += sum(map(_has_text, rows))
                continue
            if self.kind(part) in kinds:
                yield part
            elif self.kind(part) in _LOOKED_THROUGH:
                stack.extend(reversed(part))

    def _placed(self, groups: RowGroups, path: str, depth: int) -> Iterator[Placed]:
        """Cells on the grid, by the rules of HTML: each goes to the next column that no rowspan covers, and none leaves its group."""
        row = 0
        widest = width(groups)
        for group in groups:
            covered: dict[int, int] = {}
            last = row + len(group)
            for cells in group:
                col = 0
                for i, cell in enumerate(cells, start=1):
                    while covered.get(col, 0) > row:
                        col += 1
                    down = min(spanned(cell, "rowspan") or len(group), last - row)
                    across = spanned(cell, "colspan")
                    if across > limits.MAX_TABLE_COLUMNS:
                        across = max(1, widest - col - (len(cells) - i))
                    where = f"{path}/tr[{row + 1}]/{cell.tag}[{i}]"
                    text = self.cell_text(cell, where, depth)
                    yield Placed(row, col, down, across, text, Provenance(quote=text, path=where))
                    covered.update((c, row + down) for c in range(col, col + across))
                    col += across
                row += 1

    def cell_text(self, cell: etree._Element, path: str, depth: int) -> str:
        """The words of a cell, one line a block; a table inside it row by row, with a remark."""
        lines: list[str] = []
        for block in self.blocks(cell, depth + 1):
            if isinstance(block, Paragraph):
                lines.append(block.at.quote)
                continue
            self.remarks.append(Remark("nested-table", "a table inside a table cell was read as text", block.at, message_zh="单元格里的表格按文字读"))
            for r in range(block.rows):
                lines.append(" ".join(c.text for c in block.cells if c.row == r and c.text))
        text = "\n".join(lines)
        limits.check_text(text, f"{self.name}!{path}")
        return text


_SPACE_RUN = regex.compile(r"[ \u00a0]{2,}")


def _own_text(element: etree._Element, tag: str) -> str:
    """The text an element shows before its children."""
    if tag == "br":
        return "\n"
    if tag == "input":
        kind = element.get("type", "text").lower()
        return (element.get("value") or "") if kind in ("text", "number", "date", "") else ""
    if tag == "option" and element.get("selected") is None:
        for child in list(element):
            element.remove(child)
        return ""
    text = element.text or ""
    return text.replace("\t", " ").replace("\r", "") if tag in ("pre", "textarea") else _SPACE.sub(" ", text)


def _has_text(cell: etree._Element) -> bool:
    return bool(clean("".join(cell.itertext())))


def _nested_cells(cell: etree._Element) -> int:
    return sum(1 for _ in cell.iter("td", "th")) - 1


def _alignment(element: etree._Element) -> Literal["left", "center", "right"] | None:
    match = _ALIGN.search(element.get("style") or "")
    found = (match[1] if match else element.get("align") or ("center" if element.tag == "center" else "")).lower()
    return found if found in ("left", "center", "right") else None  # type: ignore[return-value]


def _size(element: etree._Element) -> float | None:
    """The size the block or its only child names, in points."""
    for candidate in (element, *element[:1]):
        if match := _SIZE.search(candidate.get("style") or ""):
            return float(match[1]) * (0.75 if match[2].lower() == "px" else 1.0)
    return None


def _style(element: etree._Element) -> str | None:
    match = regex.fullmatch(r"h([1-6])", str(element.tag))
    return f"heading {match[1]}" if match else None
