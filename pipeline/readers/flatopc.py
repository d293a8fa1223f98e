"""Word documents saved as one XML file (Flat OPC): the parts put back into a container, then the DOCX reader."""

from __future__ import annotations

import base64
import binascii
import io
import zipfile

from lxml import etree

from pipeline.errors import InputError
from pipeline.model import Document
from pipeline.readers import docx
from pipeline.readers.packages.container import RESAVE, parse_xml

MARK = b"http://schemas.microsoft.com/office/2006/xmlPackage"
PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"


def read(data: bytes, name: str) -> Document:
    """The Document of a Flat OPC file. Raises InputError subclasses when it is broken or holds no Word document."""
    return docx.read(_packed(parse_xml(data, name), name), name)


def _packed(root: etree._Element, name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in root.iter(f"{PKG}part"):
            archive.writestr((part.get(f"{PKG}name") or "").lstrip("/"), _content(part, name))
    return out.getvalue()


def _content(part: etree._Element, name: str) -> bytes:
    inside = part.find(f"{PKG}xmlData")
    if inside is not None and len(inside):
        return bytes(etree.tostring(inside[0]))
    try:
        return base64.b64decode(part.findtext(f"{PKG}binaryData") or "")
    except binascii.Error as error:
        raise InputError(f"{name}!{part.get(f'{PKG}name')}", f"this part is broken ({error})", RESAVE) from None
