"""Scorecards to files: for each unit its scorecard, its report and what its grade leads to; a league table; a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline import serialize
from pipeline.assessment import Scorecard
from pipeline.formats.write import safe_name
from pipeline.model import Notice, Reading
from pipeline.progress import bar
from pipeline.results import html, summary, treatment, typeset, unit
from pipeline.results.pages import Page
from pipeline.results.workbook import workbook
from pipeline.staging import write_together


def write_all(cards: Sequence[Scorecard], reading: Reading, out: Path) -> list[Path]:
    """Write every report into `out`; returns the files. Everything is made before anything is written; a letter that an
    earlier score of the same unit led to, and this one does not, goes."""
    made: dict[str, str | bytes] = {}
    jobs = list(zip(stems(cards), cards, strict=True))
    for stem, card in bar(jobs, "report") if len(jobs) >= 10 else jobs:
        group = [c for c in cards if c.rubric == card.rubric]
        made[f"{stem}.scorecard.json"] = serialize.dumps(card.to_json())
        for name, page in _pages(stem, card, group, reading.notice):
            made[f"{name}.html"] = html.render(page)
            made[f"{name}.pdf"] = typeset.render(page, _attachment(card))
    league = summary.page(cards, reading.notice)
    made |= {"league.html": html.render(league), "league.pdf": typeset.render(league), "scores.xlsx": workbook(cards)}
    written = write_together(out, made.items())
    for name in (f"{stem}.{part}.{form}" for stem, _ in jobs for part in treatment.PARTS for form in ("html", "pdf")):
        if name not in made:  # of an earlier score of this unit: a letter that its grade no longer leads to
            (out / name).unlink(missing_ok=True)
    return written


def _pages(stem: str, card: Scorecard, group: Sequence[Scorecard], notice: Notice) -> Iterator[tuple[str, Page]]:
    yield stem, unit.page(card, group)
    for part, page in treatment.pages(card, notice):
        yield f"{stem}.{part}", page


def _attachment(card: Scorecard) -> typeset.Attachment:
    text = serialize.dumps(unit.published(card).to_json())
    return typeset.Attachment("scorecard.json", text, "本页所据的评分数据（scorecard JSON）")


def stems(cards: Sequence[Scorecard]) -> list[str]:
    """A file stem for each card; units whose names differ only in what file names cannot hold are numbered."""
    made: list[str] = []
    used: dict[str, int] = {}
    for card in cards:
        stem = f"{card.rubric}.{safe_name(card.assessee or '')}"
        count = used[stem.lower()] = used.get(stem.lower(), 0) + 1
        made.append(stem if count == 1 else f"{stem}-{count}")
    return made
