"""Word documents (DOCX, DOCM, DOTX) to Document: what a reader of the printed page sees, with merged cells.

Deleted text, hidden text, headers, footers and notes are not printed into the body; macros and links are never followed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from hashlib import sha256

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import limits
from pipeline.errors import InputError
from pipeline.model import Block, Document, Paragraph, Remark, Source, Table
from pipeline.normalize import clean
from pipeline.provenance import Provenance
from pipeline.readers.grids.cells import Placed, build_table, is_layout
from pipeline.readers.packages.container import Container, open_container, relations
from pipeline.readers.packages.wordnumber import Numbering, read_numbering
from pipeline.readers.packages.wordtext import (
    Styles,
    W,
    Words,
    alignment,
    contents,
    flag,
    number_of,
    paragraph_words,
    read_styles,
    value,
)
from pipeline.readers.texts.lines import split_lines

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIVER_TWIPS = 170
"""A grid column under 3 mm holds nothing: it is left by a border dragged a little in some rows."""



def read(data: bytes, name: str) -> Document:
    """The Document of a DOCX. Raises InputError subclasses when it is broken, encrypted or beyond a limit."""
    container = open_container(data, name)
    main = _main_part(container)
    related = _related(container, main)
    body = _body(container, main)
    reader = _Reader(
        name=name,
        styles=read_styles(_part(container, related.get("styles"))),
        numbering=read_numbering(_part(container, related.get("numbering"))),
        rendered=next(body.iter(f"{W}lastRenderedPageBreak"), None) is not None,
    )
    blocks = tuple(reader.blocks(body, "body"))
    if any(m.lower().endswith("vbaproject.bin") for m in container.members):
        reader.note("macro", "the file carries macros, which were not run", "文件带有宏，没有运行")
    pages = reader.page if reader.rendered else None
    source = Source(name, sha256(data).hexdigest(), MEDIA_TYPE, "docx", pages)
    return Document(source, (), blocks, reader.remarks())


# ---- the package -------------------------------------------------------------------------------------------------


def _main_part(container: Container) -> str:
    for _, kind, part in relations(container, ""):
        if kind == "officeDocument":
            return part
    if container.has("word/document.xml"):
        return "word/document.xml"
    raise InputError(container.name, "a Word file without its document part", "open it in Word and save it again")


def _related(container: Container, main: str) -> dict[str, str]:
    """Styles and numbering parts by kind; external targets are left out."""
    found: dict[str, str] = {}
    for _, kind, part in relations(container, main):
        found.setdefault(kind, part)
    for kind in ("styles", "numbering"):
        if kind not in found and container.has(f"word/{kind}.xml"):
            found[kind] = f"word/{kind}.xml"
    return found


def _part(container: Container, part: str | None) -> etree._Element | None:
    return container.xml(part) if part else None


def _body(container: Container, main: str) -> etree._Element:
    body = container.xml(main).find(f"{W}body")
    if body is None:
        raise InputError(container.name, "a Word file without a body", "open it in Word and save it again")
    return body


# ---- the walk ----------------------------------------------------------------------------------------------------


class _Reader(Struct):
    """One walk through a document in printing order: list counters, the page, and what is to be remarked."""

    name: str
    styles: Styles
    numbering: Numbering
    rendered: bool
    page: int = 1
    broken: bool = False
    started: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[Remark] = field(default_factory=list)

    def note(self, kind: str, message: str, zh: str, at: Provenance | None = None) -> None:
        """Keep a remark, in both languages."""
        self.notes.append(Remark(kind, message, at, message_zh=zh))

    def count(self, kind: str, n: int = 1) -> None:
        """Count what is told as one remark of the document."""
        if n:
            self.counts[kind] = self.counts.get(kind, 0) + n

    def remarks(self) -> tuple[Remark, ...]:
        """What was noted, then what was counted, by kind."""
        said = {
            "hidden-text": ("{} characters of hidden text were left out", "{} 个隐藏的字符未收入"),
            "footnote": ("{} footnotes or endnotes were left out", "{} 条脚注或尾注未收入"),
            "picture": ("{} pictures or embedded objects were not read", "{} 个图片或嵌入对象没有读"),
            "hidden-row": ("{} hidden table rows were left out", "{} 个隐藏的表格行未收入"),
            "unread-part": ("{} embedded documents were not read", "{} 个嵌入的文件没有读"),
        }
        counted = (Remark(k, said[k][0].format(n), message_zh=said[k][1].format(n)) for k, n in sorted(self.counts.items()))
        return (*self.notes, *counted)

    # -- blocks

    def blocks(self, parent: etree._Element, path: str, depth: int = 0) -> Iterator[Block]:
        """The paragraphs and tables of a body, cell or text box, layout tables unwrapped."""
        paragraphs = tables = 0
        carried = ""
        for child in contents(parent):
            if child.tag == f"{W}p":
                paragraphs += 1
                carried = yield from self._paragraph_blocks(child, f"{path}/p[{paragraphs}]", carried, depth)
            elif child.tag == f"{W}tbl":
                tables += 1
                yield from self._table_blocks(child, f"{path}/tbl[{tables}]", depth)
            elif child.tag in (f"{W}altChunk", f"{W}subDoc"):
                self.count("unread-part")

    def _paragraph_blocks(self, p: etree._Element, path: str, carried: str, depth: int) -> Generator[Block, None, str]:
        """Blocks of one paragraph; returns text whose paragraph mark is deleted, for the next one."""
        ppr = p.find(f"{W}pPr")
        words = self._words(p, ppr)
        text = carried + words.text
        joined = ppr is not None and ppr.find(f"{W}rPr/{W}del") is not None
        if not joined:
            text = self._number(ppr) + text
            yield from self._lines(text, path, words, ppr)
        self._turn(words, ppr)
        yield from self._box_blocks(words, path, depth)
        return text if joined else ""

    def _words(self, p: etree._Element, ppr: etree._Element | None) -> Words:
        words = paragraph_words(p, self.styles)
        limits.check_text(words.text, self.name)
        self.count("hidden-text", words.hidden)
        self.count("footnote", words.notes)
        self.count("picture", words.objects)
        style = self.styles.get(value(ppr, "pStyle"))
        if self.rendered:
            self.page += words.before
            words.rendered -= words.before
        elif self.started and (flag(ppr, "pageBreakBefore") or style.page_break):
            self.page += 1
            self.broken = True
        self.started = True
        return words

    def _turn(self, words: Words, ppr: etree._Element | None) -> None:
        """Go on to the page that holds the end of the paragraph."""
        if self.rendered:
            self.page += words.rendered
            return
        section = None if ppr is None else ppr.find(f"{W}sectPr")
        ends = section is not None and value(section, "type") not in ("continuous", "nextColumn")
        self.page += words.breaks + ends
        self.broken = self.broken or bool(words.breaks) or ends

    def _number(self, ppr: etree._Element | None) -> str:
        """The automatic number printed before a paragraph."""
        style_id = value(ppr, "pStyle")
        found = number_of(ppr, self.styles.get(style_id).number)
        if found is None or found[0] == "0":
            return ""
        number_id, ilvl = found
        if ilvl is None:
            ilvl = self.numbering.level_of_style(number_id, style_id or "")
        return self.numbering.next(number_id, ilvl)

    def _lines(self, text: str, path: str, words: Words, ppr: etree._Element | None) -> Iterator[Paragraph]:
        style = self.styles.get(value(ppr, "pStyle"))
        for line in split_lines(text):
            if clean(line):
                yield Paragraph(
                    text=line.strip(),
                    at=Provenance(quote=line, path=path),
                    page=self.page,
                    align=alignment(ppr, style),
                    size=words.size or style.size,
                    style=style.name or None,
                )

    def _box_blocks(self, words: Words, path: str, depth: int) -> Iterator[Block]:
        for i, box in enumerate(words.boxes, start=1):
            if depth < limits.MAX_TABLE_NESTING:
                yield from self.blocks(box, f"{path}/txbx[{i}]", depth + 1)

    # -- tables

    def _table_blocks(self, tbl: etree._Element, path: str, depth: int) -> Iterator[Block]:
        if depth >= limits.MAX_TABLE_NESTING:
            yield from self._flattened(tbl, path)
            return
        rows = [[tc for tc in contents(tr) if tc.tag == f"{W}tc"] for tr in contents(tbl) if tr.tag == f"{W}tr"]
        if not _is_layout(rows):
            table = self.table(tbl, path, depth)
            if table is not None:
                yield table
            return
        for r, row in enumerate(rows, start=1):
            for c, tc in enumerate(row, start=1):
                yield from self.blocks(tc, f"{path}/tr[{r}]/tc[{c}]", depth + 1)

    def _flattened(self, tbl: etree._Element, path: str) -> Iterator[Block]:
        """Below the deepest level the words are kept, the grid is not."""
        text = "".join(t.text or "" for t in tbl.iter(f"{W}t"))
        limits.check_text(text, self.name)
        at = Provenance(quote=text, path=path)
        deep = limits.MAX_TABLE_NESTING
        self.note("nested-too-deep", f"tables nested more than {deep} deep were read as text", f"嵌套超过 {deep} 层的表格按文字读", at)
        if clean(text):
            yield Paragraph(text=text, at=at, page=self.page)

    def table(self, tbl: etree._Element, path: str, depth: int) -> Table | None:
        """One Word table: vertical and horizontal merges resolved."""
        placed: list[Placed] = []
        open_at: dict[int, int] = {}
        page: int | None = None
        width = len(tbl.findall(f"{W}tblGrid/{W}gridCol"))
        row = -1
        for r, tr in enumerate((t for t in contents(tbl) if t.tag == f"{W}tr"), start=1):
            trpr = tr.find(f"{W}trPr")
            if trpr is not None and (trpr.find(f"{W}del") is not None or flag(trpr, "hidden")):
                self.count("hidden-row", int(flag(trpr, "hidden")))
                continue
            row += 1
            self._row(tr, trpr, f"{path}/tr[{r}]", row, placed, open_at, depth, width)
            page = self.page if page is None else page
        return build_table(placed, row + 1, Provenance(quote="", path=path), self.name, page, _slivers(tbl))

    def _row(
        self,
        tr: etree._Element,
        trpr: etree._Element | None,
        path: str,
        row: int,
        placed: list[Placed],
        open_at: dict[int, int],
        depth: int,
        width: int,
    ) -> None:
        """Place the cells of one row. `open_at`: grid column → index in `placed` of the merge that may go on there."""
        col = _span(value(trpr, "gridBefore"), least=0)
        still: dict[int, int] = {}
        cells = [t for t in contents(tr) if t.tag == f"{W}tc"]
        for c, tc in enumerate(cells, start=1):
            tcpr = tc.find(f"{W}tcPr")
            if tcpr is not None and tcpr.find(f"{W}cellDel") is not None:
                continue
            span = _span(value(tcpr, "gridSpan"))
            if span >= limits.MAX_TABLE_COLUMNS:
                span = max(1, width - col - (len(cells) - c))
            here = f"{path}/tc[{c}]"
            if _goes_on(tcpr, "hMerge") and placed and placed[-1].row == row:
                placed[-1] = replace(placed[-1], col_span=placed[-1].col_span + span)
            elif _goes_on(tcpr, "vMerge") and col in open_at:
                self._extend(tc, here, row, placed, open_at[col])
                still[col] = open_at[col]
            else:
                text = self.cell_text(tc, here, depth)
                placed.append(Placed(row, col, 1, span, text, Provenance(quote=text, path=here)))
                if tcpr is not None and tcpr.find(f"{W}vMerge") is not None:
                    still[col] = len(placed) - 1
            col += span
        open_at.clear()
        open_at.update(still)

    def _extend(self, tc: etree._Element, path: str, row: int, placed: list[Placed], index: int) -> None:
        """A merge goes on: one row more; words inside the covered cell are not printed."""
        above = placed[index]
        placed[index] = replace(above, row_span=row - above.row + 1)
        covered = "".join(t.text or "" for t in tc.iter(f"{W}t"))
        if self.rendered:
            self.page += sum(1 for _ in tc.iter(f"{W}lastRenderedPageBreak"))
        if clean(covered):
            what, zh = "text in a cell that is covered by the merged cell above it", "被上方合并单元格遮住的单元格里有文字"
            self.note("covered-text", what, zh, Provenance(covered, path=path))

    def cell_text(self, tc: etree._Element, path: str, depth: int) -> str:
        """The words of a cell, one line a paragraph; tables inside it row by row, with a remark."""
        lines: list[str] = []
        for block in self.blocks(tc, path, depth + 1):
            if isinstance(block, Paragraph):
                lines.append(block.at.quote)
                continue
            self.note("nested-table", "a table inside a table cell was read as text", "单元格里的表格按文字读", block.at)
            for r in range(block.rows):
                lines.append(" ".join(c.text for c in block.cells if c.row == r and c.text))
        text = "\n".join(lines)
        limits.check_text(text, f"{self.name}!{path}")
        return text


# ---- small questions ---------------------------------------------------------------------------------------------


def _span(text: str | None, least: int = 1) -> int:
    """A span as written, between `least` and the limit."""
    try:
        return max(least, min(int(text or least), limits.MAX_TABLE_COLUMNS))
    except ValueError:
        return least


def _goes_on(tcpr: etree._Element | None, tag: str) -> bool:
    """Whether a cell continues a merge (`restart` begins one; no value means continue)."""
    merge = None if tcpr is None else tcpr.find(f"{W}{tag}")
    return merge is not None and merge.get(f"{W}val") in (None, "continue", "")


def _slivers(tbl: etree._Element) -> frozenset[int]:
    """Grid columns too thin to hold anything."""
    widths = [g.get(f"{W}w") or "" for g in tbl.iterfind(f"{W}tblGrid/{W}gridCol")]
    return frozenset(i for i, w in enumerate(widths) if w.isdigit() and 0 < int(w) < SLIVER_TWIPS)


def _is_layout(rows: list[list[etree._Element]]) -> bool:
    """Whether a table only arranges what is in it."""
    inner = [t for row in rows for tc in row for t in contents(tc) if t.tag == f"{W}tbl"]
    nested = sum(1 for t in inner for _ in t.iter(f"{W}tc"))
    return is_layout([[_has_content(tc) for tc in row] for row in rows], nested)


def _has_content(tc: etree._Element) -> bool:
    return any((t.text or "").strip() for t in tc.iter(f"{W}t"))

