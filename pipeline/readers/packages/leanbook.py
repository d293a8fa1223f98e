"""A workbook without what is not read: only cells, merges, columns and number formats are left for the workbook library,
which stops at a wrong date in the properties, at a colour it does not know, at an option of a check it does not know."""

from __future__ import annotations

import io
import zipfile

from pipeline import rx as regex
from pipeline.readers.packages.container import Container

LARGE = 2 * 1024 * 1024
"""A sheet from this size on is mostly cells without a value: borders drawn down to the last row."""

STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
"""Namespaces of the strict form of the standard, and those everybody else writes."""

_EMPTY_CELL = regex.compile(rb"<(?:\w+:)?c\b[^<>]*/>")
_EMPTY_ROW = regex.compile(rb"<(?:\w+:)?row\b(?![^<>]*\bhidden=)[^<>]*(?:/>|>\s*</(?:\w+:)?row>)")
_FIXED = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
"""Names that the workbook library asks for in this spelling, some without a word when there is none."""

_REFERENCE = regex.compile(rb"""\b(PartName|Target)(\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))""")
_DROPPED = ("docprops/", "xl/drawings/", "xl/media/", "xl/charts/", "xl/externallinks/", "xl/theme/", "customxml/")


def must_be_lean(container: Container) -> bool:
    """Whether the workbook is strict, has a sheet that is large, or names spelled as the library does not look for them."""
    large = any(container.size(part) > LARGE for part in container.members if "worksheets/" in part.lower())
    spelled = set(container.archive.namelist())
    odd = any("\\" in name for name in spelled) or any(container.has(part) and part not in spelled for part in _FIXED)
    return large or odd or (container.has("xl/workbook.xml") and any(s in container.read("xl/workbook.xml") for s in STRICT))


def lean(container: Container) -> bytes:
    """The workbook with its cells, merged cells, columns and number formats; names and references in lower case, so that
    they meet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in sorted(container.members):
            name = _FIXED[0] if part.lower() == _FIXED[0].lower() else part.lower()
            if not name.startswith(_DROPPED) and not (name.startswith("xl/worksheets/") and name.endswith(".rels")):
                archive.writestr(name, _content(name, container.read(part)))
    return out.getvalue()


def _content(part: str, raw: bytes) -> bytes:
    for strict, usual in STRICT.items():
        raw = raw.replace(strict, usual)
    if part.startswith("xl/worksheets/"):
        return _only(_EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", raw)), b"worksheet", (b"cols", b"sheetData", b"mergeCells"))
    if part == "xl/styles.xml":
        return _only(raw, b"styleSheet", (b"numFmts", b"cellXfs"))
    if part.endswith(".rels") or part == _FIXED[0]:
        raw = _REFERENCE.sub(lambda match: match[1] + match[2].lower(), raw)
    if part == "_rels/.rels" or part.endswith("workbook.xml.rels"):
        return regex.sub(rb"<(?:\w+:)?Relationship\b[^<>]*(?:docprops|theme|externallink|customxml)[^<>]*/>", b"", raw)
    if part == _FIXED[0]:
        return regex.sub(rb"<(?:\w+:)?Override\b[^<>]*PartName=.(?:/docprops|/xl/theme|/xl/externallinks|/xl/drawings|/xl/charts|/customxml)[^<>]*/>", b"", raw)
    return raw


def _only(raw: bytes, root: bytes, kept: tuple[bytes, ...]) -> bytes:
    """The root element with these children; as it is when it is not the root that is expected."""
    opened = regex.search(rb"<((?:\w+:)?)" + root + rb"\b[^<>]*>", raw)
    if opened is None:
        return raw
    pieces = (regex.search(rb"<(?:\w+:)?" + k + rb"\b[^<>]*(?:/>|>.*?</(?:\w+:)?" + k + rb"\s*>)", raw, regex.S) for k in kept)
    return opened[0].rstrip(b"/") + b"".join(m[0] for m in pieces if m) + b"</" + opened[1] + root + b">"
