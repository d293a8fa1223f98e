"""A published page as data: what stands on it, in order. HTML and PDF are set from the same page, so they cannot differ."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, to_builtins

Align = Literal["left", "center", "right"]


class Heading(Struct, frozen=True):
    """A heading of level 2 inside the page."""

    text: str
    kind: str = "heading"


class Paragraph(Struct, frozen=True):
    """Running text. lead: centred, larger; body: first line indented; flush: not indented; small: a remark; right: a signature."""

    text: str
    style: Literal["lead", "body", "flush", "small", "right"] = "body"
    kind: str = "paragraph"


class Result(Struct, frozen=True):
    """The few values that matter most, large: (name, value, what stands behind it)."""

    values: tuple[tuple[str, str, str], ...]
    kind: str = "result"


class Figure(Struct, frozen=True):
    """An inline SVG with what it says in words."""

    svg: str
    alt: str
    kind: str = "figure"


class Column(Struct, frozen=True):
    """A column: `width` in millimetres, or 0 for a share of what is left."""

    title: str
    width: float = 0
    align: Align = "left"


class Grid(Struct, frozen=True):
    """A table with a header row; `label` is the column whose cells name their row. `height`: the least height of its rows
    in millimetres, where something is to be written by hand."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    label: int = 0
    kind: str = "grid"
    height: float = 0


class Bullets(Struct, frozen=True):
    """A list; with `title`, set apart as a notice to the reader."""

    items: tuple[str, ...]
    title: str = ""
    kind: str = "bullets"


Block = Heading | Paragraph | Result | Figure | Grid | Bullets


class Page(Struct, frozen=True):
    """A page (or several, when printed). `head` stands small above it; `date` is the latest date of its data (ISO) or "".

    `style`: report (tables, 10.5 pt) or letter (a 公文 of one page, 16 pt).
    """

    name: str
    title: tuple[str, ...]
    head: str
    blocks: tuple[Block, ...]
    date: str = ""
    style: Literal["report", "letter"] = "report"

    def to_data(self) -> dict[str, Any]:
        """As plain data."""
        return to_builtins(self)
