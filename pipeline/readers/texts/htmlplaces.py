"""Where an element stands among its siblings: the path given as its place, and the number a list prints before it.

Each parent's children are counted once, when the first of them is asked for: asked one by one, a page of 100,000 paragraphs
or list items costs the square of their number.
"""

from __future__ import annotations

from itertools import pairwise

from lxml import etree
from msgspec import Struct, field

from pipeline import limits
from pipeline import rx as regex
from pipeline.readers.packages.wordnumber import format_number

_LIST_STYLES = {
    "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal",
    "lower-alpha": "lowerLetter", "upper-alpha": "upperLetter", "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman", "cjk-ideographic": "chineseCounting", "simp-chinese-informal": "chineseCounting",
    "none": "none", "disc": "none", "circle": "none", "square": "none",
}  # fmt: skip
_LIST_STYLE = regex.compile(r"list-style(?:-type)?\s*:\s*([\w\-]+)", regex.I)


class Places(Struct):
    """What has been counted on one page so far, by parent."""

    steps: dict[etree._Element, dict[etree._Element, str]] = field(default_factory=dict)
    numbers: dict[etree._Element, dict[etree._Element, str]] = field(default_factory=dict)

    def path(self, element: etree._Element) -> str:
        """The element's path as XPath writes it (`/html/body/p[3]`); of one nested deeper than MAX_PATH_STEPS, the path of
        the element around it at that depth."""
        line = [element, *element.iterancestors()]
        line.reverse()
        steps = [str(line[0].tag)]
        for parent, child in pairwise(line[: limits.MAX_PATH_STEPS]):
            if parent not in self.steps:
                self.steps[parent] = _steps(parent)
            steps.append(self.steps[parent][child])
        return "/" + "/".join(steps)

    def list_number(self, item: etree._Element) -> str:
        """The number an ordered list prints before an item; nothing in other lists."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return ""
        if parent not in self.numbers:
            self.numbers[parent] = _numbers(parent)
        return self.numbers[parent].get(item, "")


def _steps(parent: etree._Element) -> dict[etree._Element, str]:
    """Each child's step: its tag, with its place among the children of that tag where there are several."""
    alike: dict[str, list[etree._Element]] = {}
    for child in parent.iterchildren(etree.Element):
        alike.setdefault(child.tag, []).append(child)
    return {child: f"{tag}[{i}]" if len(found) > 1 else tag for tag, found in alike.items() for i, child in enumerate(found, 1)}


def _numbers(parent: etree._Element) -> dict[etree._Element, str]:
    style = _LIST_STYLE.search(parent.get("style") or "")
    kind = _LIST_STYLES.get(style[1] if style else parent.get("type") or "1", "decimal")
    numbers: dict[etree._Element, str] = {}
    n = whole_number(parent.get("start"), 1) - 1
    for item in parent.iterchildren("li"):
        n = whole_number(item.get("value"), n + 1)
        numbers[item] = "" if kind == "none" else format_number(n, kind) + ("、" if kind == "chineseCounting" else ". ")
    return numbers


def whole_number(text: str | None, default: int) -> int:
    """The number an attribute begins with, of six digits at most; else the default."""
    match = regex.match(r"\s*([0-9]{1,6})", text or "")
    return int(match[1]) if match else default
