"""Bar charts as inline SVG: the same bytes in the HTML and in the PDF, legible in grey print."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import escape
from msgspec import Struct

from pipeline.plain import points_text
from pipeline.results.words import number

FONTS = "Notice Serif SC, FangSong, 仿宋_GB2312, Noto Serif CJK SC, SimSun, serif"
WIDTH, SIZE, LEADING = 640, 13, 17
ROOM = 92
"""What stands right of a bar: `22.75 / 25`."""


class Bar(Struct, frozen=True):
    """A value inside its maximum, with the group's mean as a mark; None: no value."""

    label: str
    value: Decimal | None
    maximum: Decimal
    mean: Decimal | None = None


class Scale(Struct, frozen=True):
    """Where bars start, how long the longest is, what it stands for."""

    left: int
    bar: int
    top: Decimal

    def length(self, value: Decimal | None) -> int:
        """Of a bar; none below 0."""
        return max(0, int(self.bar * (value or Decimal(0)) / self.top))


def bars(rows: Sequence[Bar], title: str, key: str) -> str:
    """The chart; `key` makes its ids unique on a page. All bars have one scale."""
    top = max((r.maximum for r in rows), default=Decimal(1)) or Decimal(1)
    marked = any(r.mean is not None for r in rows)
    labels = [wrapped(r.label) for r in rows]
    left = 14 + int(SIZE * max((size_of(line) for lines in labels for line in lines), default=0))
    scale = Scale(left, WIDTH - left - ROOM, top)
    parts, y = [], 6
    for row, lines in zip(rows, labels, strict=True):
        height = max(26, LEADING * len(lines) + 8)
        parts.append(_row(row, lines, y, height, scale))
        y += height
    legend = _legend(left, y + 6) if marked else ""
    height = y + (30 if marked else 4)
    return (
        f'<svg role="img" aria-labelledby="{key}-title {key}-text" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="{FONTS}" font-size="{SIZE}" fill="#000" xmlns="http://www.w3.org/2000/svg"><title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-text">{escape(said(rows))}</desc>{"".join(parts)}{legend}</svg>'
    )


def said(rows: Sequence[Bar]) -> str:
    """The chart in words."""
    return "；".join(
        f"{r.label} {number(r.value)}/{points_text(r.maximum)}" + (f"（平均 {points_text(r.mean)}）" if r.mean is not None else "")
        for r in rows
    )


def wrapped(label: str, width: int = 14) -> list[str]:
    """A label in lines of at most `width` full characters (Latin ones count half), at most three, the rest as ….

    >>> wrapped("安全"), wrapped("抢险抢修与应急处置以及其他各项制度落实")
    (['安全'], ['抢险抢修与应急处置以及其他各', '项制度落实'])
    """
    lines, room = [""], float(width)
    for char in label:
        size = size_of(char)
        if size > room:
            lines.append("")
            room = float(width)
        lines[-1] += char
        room -= size
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][:-1] + "…"]


def size_of(text: str) -> float:
    """About how wide a text is, in em: Latin letters and digits count about half."""
    return sum(1.0 if ord(c) > 0x2E7F or c in "…—“”‘’" else 0.55 for c in text)


def _row(row: Bar, lines: list[str], y: int, height: int, scale: Scale) -> str:
    middle, left = y + height // 2, scale.left
    full, got = scale.length(row.maximum), scale.length(row.value)
    first = middle + 5 - LEADING * (len(lines) - 1) // 2
    out = [f'<text x="{left - 10}" y="{first + n * LEADING}" text-anchor="end">{escape(t)}</text>' for n, t in enumerate(lines)]
    out.append(f'<rect x="{left}" y="{middle - 8}" width="{full}" height="16" fill="#f4f4f2" stroke="#555" stroke-width="0.8"/>')
    if got:
        out.append(f'<rect x="{left}" y="{middle - 8}" width="{min(got, full)}" height="16" fill="#3f5872"/>')
    if row.mean is not None:
        x = left + min(scale.length(row.mean), full)
        stroke = f'<path d="M{x} {middle - 11}V{middle + 11}" stroke="{{}}" stroke-width="{{}}"/>'
        out += (stroke.format("#fff", 4), stroke.format("#000", 2))
    out.append(f'<text x="{left + full + 10}" y="{middle + 5}">{number(row.value)} / {points_text(row.maximum)}</text>')
    return "".join(out)


def _legend(x: int, y: int) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="22" height="11" fill="#3f5872"/><text x="{x + 28}" y="{y + 11}" font-size="12">得分</text>'
        f'<rect x="{x + 72}" y="{y}" width="22" height="11" fill="#f4f4f2" stroke="#555" stroke-width="0.8"/>'
        f'<text x="{x + 100}" y="{y + 11}" font-size="12">未得分</text>'
        f'<path d="M{x + 166} {y - 3}V{y + 14}" stroke="#000" stroke-width="2"/><text x="{x + 174}" y="{y + 11}" font-size="12">各单位平均</text>'
    )
