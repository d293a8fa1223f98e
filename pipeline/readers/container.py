"""Zip containers and their XML parts, read in memory under limits. Nothing is ever unpacked to disk or fetched."""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib

from lxml import etree
from msgspec import Struct

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded

RESAVE = "open it in the program that made it and save it again"
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, LookupError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What zipfile raises on damaged containers (a negative offset is a ValueError, an encrypted part a RuntimeError)."""

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


class Container(Struct, frozen=True):
    """An opened zip: its members by name. Names that try to leave the container are not members."""

    name: str
    archive: zipfile.ZipFile
    members: frozenset[str]

    def has(self, part: str) -> bool:
        return part in self.members

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises InputError when it is absent, broken or too large."""
        where = f"{self.name}!{part}"
        if part not in self.members:
            raise InputError(where, "this part is absent", RESAVE)
        try:
            with self.archive.open(part) as stream:
                data = stream.read(limits.MAX_PART_BYTES + 1)
        except BROKEN as error:
            raise InputError(where, f"this part is broken ({error})", RESAVE) from None
        if len(data) > limits.MAX_PART_BYTES:
            raise LimitExceeded(where, f"larger than {limits.MAX_PART_BYTES:,} bytes unpacked", "split the document")
        return data

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
    return Container(name, archive, frozenset(i.filename for i in infos if _is_inside(i.filename)))


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
    normal = posixpath.normpath(part)
    return not (part.startswith("/") or "\\" in part or "\x00" in part or normal.startswith("..") or ":" in part[:3])


def parse_xml(data: bytes, where: str) -> etree._Element:
    """The root of an XML part: no entities, no DTD, no network, bounded depth."""
    data = data.replace(_STRICT, _TRANSITIONAL)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if any(word in str(error) for word in ("Excessive depth", "huge", "too long", "amplification")):
            raise LimitExceeded(where, f"XML beyond all measure ({error})", "check where it comes from") from None
        raise InputError(where, f"not well-formed XML ({error})", RESAVE) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError(where, "declares a document type, which no office program writes here", RESAVE)
    return root


def target(base: str, reference: str) -> str | None:
    """The member a relationship of part `base` points at; None when it leaves the container."""
    if "://" in reference:
        return None
    joined = reference.lstrip("/") if reference.startswith("/") else posixpath.join(posixpath.dirname(base), reference)
    normal = posixpath.normpath(joined)
    return None if normal.startswith("..") else normal
