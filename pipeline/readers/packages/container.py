"""Zip containers and their XML parts, read in memory under limits. Nothing is ever unpacked to disk or fetched."""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree
from msgspec import Struct

from pipeline import limits
from pipeline import rx as regex
from pipeline.errors import InputError, LimitExceeded

RESAVE = "open it in the program that made it and save it again"
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, LookupError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What zipfile raises on damaged containers (a negative offset is a ValueError, an encrypted part a RuntimeError)."""

STRUCTURAL = (".xml", ".rels", "mimetype", "xl/workbook.bin")
"""Parts that say what a container holds: two of one name are refused before any program chooses between them."""

ROOTS = ("ofd.xml", "[content_types].xml", "mimetype")
"""Parts that stand at the top of a document's container."""

OTHER_SHEET = regex.compile(rb"\xd0\xcf\x11\xe0.*W\0o\0r\0k\0b\0o\0o\0k\0\0|PK.{0,60}mimetypeapplication/vnd\.oasis\.opendocument\.spreadsheet", regex.S)
"""How an XLS or ODS begins, or what its directory names: the office suite makes an XLSX of it."""

_MEASURES = {
    "Excessive depth": "elements, or tables in tables, nested more than 256 deep",
    "amplification": "entities that stand for entities",
    "too long": "one name or text without end",
    "huge": "one text without end",
}
"""What the parser stops at by itself, by words of its message."""

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


class Container(Struct, frozen=True):
    """An opened zip: its members by name. Names that try to leave the container are not members.

    Some packers write backslashes between folders, others names in another case than the parts that refer to them: a
    member is found under any such spelling. A part that stands there twice is never read: which one counts cannot be told.
    """

    name: str
    archive: zipfile.ZipFile
    entries: dict[str, list[zipfile.ZipInfo]]
    """What stands under each name in lower case with slashes."""

    @property
    def members(self) -> frozenset[str]:
        """The names as they are spelled, with slashes between folders, without the folder that holds all."""
        return frozenset(_slashed(info.filename)[-len(part) :] for part, found in self.entries.items() for info in found)

    def has(self, part: str) -> bool:
        """Whether a part of that name is there, whatever the case of its letters."""
        return part.lower() in self.entries

    def size(self, part: str) -> int:
        """Bytes of a part that is there, unpacked, as the index states them."""
        return max(info.file_size for info in self.entries[part.lower()])

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises InputError when it is absent, broken, too large, or there twice."""
        where = f"{self.name}!{part}"
        try:
            with self.archive.open(self._entry(part, where)) as stream:
                data = stream.read(limits.MAX_PART_BYTES + 1)
        except BROKEN as error:
            raise InputError(where, f"this part is broken ({error})", RESAVE) from None
        if len(data) > limits.MAX_PART_BYTES:
            raise LimitExceeded(where, f"larger than {limits.MAX_PART_BYTES:,} bytes unpacked", "split the document")
        return data

    def _entry(self, part: str, where: str) -> zipfile.ZipInfo:
        found = self.entries.get(part.lower(), [])
        exact = [info for info in found if _slashed(info.filename) == part]
        if not found:
            raise InputError(where, "this part is absent", RESAVE)
        if len(exact or found) > 1:
            raise _twice(where)
        return (exact or found)[0]

    def xml(self, part: str) -> etree._Element:
        """A part as an XML tree."""
        return parse_xml(self.read(part), f"{self.name}!{part}")


def open_container(data: bytes, name: str) -> Container:
    """Open a zip after checking its index. Raises InputError for a broken or encrypted one, LimitExceeded for a bomb."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except BROKEN as error:
        raise InputError(name, f"a broken or truncated zip container ({error})", "get the file again") from None
    if any(info.flag_bits & 0x1 for info in infos):
        raise InputError(name, "protected by a password", "remove the password and try again")
    _check_sizes(infos, name)
    entries: dict[str, list[zipfile.ZipInfo]] = {}
    for info in infos:
        if _is_inside(info.filename):
            entries.setdefault(_slashed(info.filename).lower(), []).append(info)
    entries = _without_folder(entries)
    for part, found in entries.items():
        if len(found) > 1 and part.endswith(STRUCTURAL):
            raise _twice(f"{name}!{_slashed(found[0].filename)}")
    return Container(name, archive, entries)


def _without_folder(entries: dict[str, list[zipfile.ZipInfo]]) -> dict[str, list[zipfile.ZipInfo]]:
    """The members without the folder that all of them stand in, when it is the folder that was unpacked and zipped again."""
    tops = {part.partition("/")[0] for part in entries}
    top = tops.pop() + "/" if len(tops) == 1 else ""
    if not top or not any(top + root in entries for root in ROOTS):
        return entries
    return {part.removeprefix(top): found for part, found in entries.items() if part != top}


def _twice(where: str) -> InputError:
    return InputError(where, "this part stands twice in the container, and which one counts cannot be told", RESAVE)


def _slashed(name: str) -> str:
    """A member's name with slashes between folders, without `./` before it."""
    return name.replace("\\", "/").removeprefix("./")


def _check_sizes(infos: list[zipfile.ZipInfo], name: str) -> None:
    if len(infos) > limits.MAX_ZIP_MEMBERS:
        raise LimitExceeded(name, f"{len(infos):,} parts (limit {limits.MAX_ZIP_MEMBERS:,})", "check where it comes from")
    if sum(i.file_size for i in infos) > limits.MAX_UNPACKED_BYTES:
        raise LimitExceeded(name, f"more than {limits.MAX_UNPACKED_BYTES:,} bytes unpacked", "check where it comes from")
    for info in infos:
        large = info.file_size > limits.RATIO_FLOOR_BYTES
        if large and info.file_size > limits.MAX_RATIO * max(info.compress_size, 1):
            raise LimitExceeded(f"{name}!{info.filename}", "packed too tightly to be honest", "check where it comes from")


def _is_inside(part: str) -> bool:
    """Whether a member's name stays inside the container."""
    name = _slashed(part)
    return not (name.startswith("/") or ".." in name.split("/") or "\x00" in name or ":" in name[:3])


def parse_xml(data: bytes, where: str) -> etree._Element:
    """The root of an XML part: no entities, no DTD, no network, bounded depth."""
    limits.check_tags(data, where)
    data = data.replace(_STRICT, _TRANSITIONAL)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if what := next((said for word, said in _MEASURES.items() if word in str(error)), None):
            raise LimitExceeded(where, f"XML beyond all measure ({what})", "check where it comes from") from None
        raise InputError(where, f"not well-formed XML ({error})", RESAVE) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError(where, "declares a document type, which no office program writes here", RESAVE)
    return root


def relations(container: Container, part: str) -> Iterator[tuple[str, str, str]]:
    """What a part (the package itself: "") refers to inside the container: (id, kind, part) each; a kind is the last word of its
    type."""
    folder, _, file = part.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels".lstrip("/")
    for relation in container.xml(rels).iter("{*}Relationship") if container.has(rels) else ():
        other = target(part, relation.get("Target", ""))
        if relation.get("TargetMode") != "External" and other and container.has(other):
            yield relation.get("Id", ""), relation.get("Type", "").rpartition("/")[2], other


def target(base: str, reference: str) -> str | None:
    """The member a relationship of part `base` points at; None when it leaves the container."""
    if "://" in reference:
        return None
    joined = reference.lstrip("/") if reference.startswith("/") else posixpath.join(posixpath.dirname(base), reference)
    normal = posixpath.normpath(joined)
    return None if normal.startswith("..") else normal
