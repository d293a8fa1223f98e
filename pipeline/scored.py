"""Scorecards to reports: one JSON and one HTML page for each unit, a league table, a workbook with all figures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import jinja2
import xlsxwriter
from markupsafe import Markup, escape

from pipeline import serialize
from pipeline.assessment import ItemScore, Scorecard
from pipeline.formats.write import safe_name
from pipeline.formats.xlsx import MADE
from pipeline.model import Reading
from pipeline.plain import points_text


def write_all(cards: Sequence[Scorecard], reading: Reading, out: Path) -> list[Path]:
    """Write every report into `out`; returns the files."""
    texts: dict[str, str | bytes] = {}
    for card in cards:
        stem = f"{card.rubric}.{safe_name(card.assessee or '')}"
        texts[f"{stem}.scorecard.json"] = serialize.dumps(card.to_json())
        texts[f"{stem}.html"] = page(card, [c for c in cards if c.rubric == card.rubric])
    texts["league.html"] = league(cards, reading)
    texts["scores.xlsx"] = workbook(cards)
    for name, data in texts.items():
        serialize.write_whole(out / name, data)
    return [out / name for name in texts]


def number(value: Decimal | None) -> str:
    """A score as people write it; — when there is none."""
    return "—" if value is None else points_text(value)


def lost(card: Scorecard) -> list[ItemScore]:
    """Criteria that lost points, most first."""
    return sorted((i for i in card.items if i.lost), key=lambda i: -(i.lost or 0))


def page(card: Scorecard, group: Sequence[Scorecard]) -> str:
    """The report of one unit; `group`: all scorecards of the same rubric, for the means beside its own."""
    return _template("report.html.j2").render(
        card=card, n=number, lost=lost(card), chart=Markup(chart(card)), group=section_means(group) if len(group) > 1 else None
    )


def section_means(cards: Sequence[Scorecard]) -> dict[str, str]:
    """Mean of each section over the cards that have it, to two places for display."""
    values: dict[str, list[Decimal]] = {}
    for card in cards:
        for section in card.sections:
            if section.total is not None:
                values.setdefault(section.id, []).append(section.total)
    return {k: points_text((sum(v, Decimal(0)) / len(v)).quantize(Decimal("0.01"))) for k, v in values.items()}


def chart(card: Scorecard) -> str:
    """Section scores against their maxima as inline SVG with a title and a description."""
    rows = [s for s in card.sections if s.possible]
    top = max((s.possible or Decimal(0) for s in rows), default=Decimal(1))
    width, line = 640, 26
    said = "；".join(f"{s.label or '未列项目'} {number(s.total)}/{number(s.possible)}" for s in rows)
    parts = [
        f'<svg role="img" aria-labelledby="chart-title chart-text" viewBox="0 0 {width} {line * len(rows) + 8}" width="100%" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="chart-title">各项目得分</title><desc id="chart-text">{escape(said)}</desc>'
    ]
    for index, section in enumerate(rows):
        y = index * line + 4
        full = int(400 * (section.possible or Decimal(0)) / top)
        got = int(400 * max(section.total or Decimal(0), Decimal(0)) / top)
        parts.append(
            f'<text x="150" y="{y + 14}" text-anchor="end" font-size="13">{escape((section.label or "未列项目")[:10])}</text>'
            f'<rect x="160" y="{y}" width="{full}" height="18" fill="#e8e5de" stroke="#999"/>'
            f'<rect x="160" y="{y}" width="{min(got, full)}" height="18" fill="#46627f"/>'
            f'<text x="{168 + full}" y="{y + 14}" font-size="13">{number(section.total)} / {number(section.possible)}</text>'
        )
    return "".join([*parts, "</svg>"])


def league(cards: Sequence[Scorecard], reading: Reading) -> str:
    """All units by rubric and total; a unit without a grade shows why."""
    groups: dict[str, list[Scorecard]] = {}
    for card in cards:
        groups.setdefault(card.rubric, []).append(card)
    for own in groups.values():
        own.sort(key=lambda c: (c.vetoed, c.total is None, -(c.total or 0), c.assessee or ""))
    return _template("league.html.j2").render(groups=list(groups.values()), n=number, notice=reading.notice)


def workbook(cards: Sequence[Scorecard]) -> bytes:
    """All figures: totals, sections, criteria. Names are written as texts, never as formulas."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "评价结果", "created": MADE})
    _sheet(book, "总表", ("评价表", "被评价单位", "总分", "满分", "等次", "一票否决", "未定事项"), [
        (c.title, c.assessee, c.total, c.possible, c.grade_band, "是" if c.vetoed else "", "；".join(c.open)) for c in cards])  # fmt: skip
    _sheet(book, "项目", ("评价表", "被评价单位", "项目", "得分", "满分"), [
        (c.title, c.assessee, s.label, s.total, s.possible) for c in cards for s in c.sections])  # fmt: skip
    _sheet(book, "条目", ("评价表", "被评价单位", "序号", "评价内容", "满分", "得分", "失分", "依据"), [
        (c.title, c.assessee, i.number, i.text, i.max_points, i.total, i.lost, i.basis) for c in cards for i in c.items])  # fmt: skip
    book.close()
    return out.getvalue()


def _sheet(book: xlsxwriter.Workbook, name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bg_color": "#E8E5DE", "border": 1})
    for col, title in enumerate(header):
        sheet.write_string(0, col, title, bold)
        sheet.set_column(col, col, 40 if title in ("评价内容", "评价表", "未定事项") else 14)
    for r, row in enumerate(rows, start=1):
        for col, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(r, col, float(value))
            elif value:
                sheet.write_string(r, col, str(value))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(header) - 1)


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(loader=jinja2.PackageLoader("pipeline"), autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template(name)
