"""What an OFD document holds beside its pages: annotations laid over them, and attached files. Neither is read; both are told."""

from __future__ import annotations

from collections import Counter

from pipeline.model import Remark
from pipeline.readers.packages.container import Container, target
from pipeline.readers.packages.ofdobjects import Node, every
from pipeline.readers.pages.remarks import on_page

NO_TEXT = frozenset({"Watermark", "Stamp", "Link"})
"""Annotations whose words are none of the page's."""


def annotated(box: Container, root: str, tree: Node) -> Counter[str]:
    """How many characters the annotations show on the page of each id."""
    counts: Counter[str] = Counter()
    for entry in every(tree, "Annotations"):
        index = target(root, (entry.text or "").strip())
        if not index or not box.has(index):
            continue
        for page in every(box.xml(index), "Page"):
            for file in every(page, "FileLoc"):
                part = _found(box, (file.text or "").strip(), index, root)
                counts[page.get("PageID", "")] += _characters(box.xml(part)) if part else 0
    return counts


def annotation(characters: int, number: int) -> Remark:
    """Said of a page on which annotations show text."""
    what, zh = f": annotations with {characters} characters lie on the page and were not read", f"：页面上的批注有 {characters} 个字符，没有读"
    return on_page("unread-text", number, what, zh)


def attached(box: Container, root: str, tree: Node) -> list[Remark]:
    """Said of each attached file that a reader of the document is shown."""
    out = []
    for entry in every(tree, "Attachments"):
        index = target(root, (entry.text or "").strip())
        if index and box.has(index):
            shown = [one for one in every(box.xml(index), "Attachment") if one.get("Visible") != "false"]
            names = [one.get("Name", "") for one in shown]
            out += [Remark("unread-part", f"the attached file “{name}” was not read", message_zh=f"所附的文件“{name}”没有读") for name in names]
    return out


def _found(box: Container, name: str, *bases: str) -> str | None:
    """The part of this name: producers count from the index of annotations or from the document."""
    parts = (target(base, name) for base in bases if name)
    return next((part for part in parts if part and box.has(part)), None)


def _characters(tree: Node) -> int:
    texts = (
        code.text or ""
        for note in every(tree, "Annot")
        if note.get("Type") not in NO_TEXT and note.get("Visible") != "false"
        for code in every(note, "TextCode")
    )
    return sum(len("".join(text.split())) for text in texts)
