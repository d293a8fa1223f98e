"""How much of real documents by strangers is read right: criteria, points, sections, totals, against what a person found.

    python -m benchmarks.examples FOLDER

FOLDER holds the documents and `truth/<id>.json` (tables → sections → items: serial, first characters, points). The
documents without such a file are small; what a person read in them is in BY_HAND. Prints a Markdown table. A criterion
is right when its text, its points, its own number and its section's label are; order counts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline import extract  # noqa: E402
from pipeline.model import Reading, Rubric  # noqa: E402
from pipeline.normalize import fold  # noqa: E402

TRUTH = {"A01": "X01a_*.pdf", "A03": "X03_*.pdf", "A08": "A08_*.docx", "A13": "A13_*.docx"}
EXCERPTS = {"A01": {34, 35, 36}}
"""Pages of the original that the excerpt holds; its truth file speaks of all of it."""

ROUNDS = ([("初赛", "20 10 70"), ("决赛", "30 70")], None)
DESIGN = ([(None, "4 3 3")], "10")
BY_HAND: dict[str, list[tuple[list[tuple[str | None, str]], str | None]]] = {
    "A29_*.pdf": [ROUNDS, DESIGN, ROUNDS, DESIGN],
    "A31_*.xls": [([(None, "20 25 25 10 10 10")], None)],
    "A34_*.docx": [([("作业完成度", "10 10 10"), ("分享度", "10 5 5")], "50")],
    "A36_*.ofd": [],
}
"""Per rubric: (section label, the points of its criteria) and the stated total."""


@dataclass(frozen=True)
class Item:
    """One criterion as it should be read; None where the truth is silent."""

    points: str
    text: str | None = None
    number: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One rubric as it should be read."""

    sections: tuple[tuple[str | None, str | None, tuple[Item, ...]], ...]
    total: str | None

    def items(self) -> tuple[Item, ...]:
        return tuple(i for _, _, items in self.sections for i in items)


def sheets_of(truth: dict, pages: set[int] | None) -> Iterator[Sheet]:
    """The rubrics of a truth file that stand on the given pages (None: all)."""
    for table in truth["tables"]:
        if (pages is not None and not set(table["pages"]) <= pages) or not table["sections"]:
            continue
        yield Sheet(
            tuple(
                (
                    s["label"],
                    _number(s["declared_points"]),
                    tuple(Item(_number(i["points"]) or "", i["text_prefix"], i["serial"]) for i in s["items"]),
                )
                for s in table["sections"]
            ),
            _number(table.get("declared_total")),
        )


def by_hand(name: str) -> Iterator[Sheet]:
    for sections, total in BY_HAND[name]:
        yield Sheet(tuple((label, None, tuple(Item(p) for p in points.split())) for label, points in sections), total)


def _number(value: object) -> str | None:
    return None if value is None else f"{Decimal(str(value)).normalize():f}"


def _same_text(wanted: str | None, read: str) -> bool:
    return wanted is None or fold(read)[:12] == fold(wanted)[:12]


@dataclass
class Count:
    """Right and expected, of one document."""

    criteria: int = 0
    points: int = 0
    sections: int = 0
    totals: int = 0
    of_items: int = 0
    of_sections: int = 0
    of_totals: int = 0
    extra: int = 0


def compare(sheet: Sheet, rubric: Rubric | None, count: Count) -> None:
    """Add one rubric to the counts."""
    wanted = sheet.items()
    count.of_items += len(wanted)
    count.of_sections += len(sheet.sections)
    count.of_totals += 1
    if rubric is None:
        return
    read = list(rubric.criteria())
    matched = _matched(wanted, [(c.text, _number(c.max_points)) for c in read])
    for item, at in zip(wanted, matched, strict=True):
        if at is None:
            continue
        own = read[at]
        count.points += _number(own.max_points) == item.points
        right = own.number == item.number or item.text is None
        count.criteria += right and _number(own.max_points) == item.points and own.basis == "printed"
    count.extra += len(read) - sum(at is not None for at in matched)
    count.sections += _sections_right(sheet, rubric)
    count.totals += _number(rubric.stated_total) == sheet.total


def _matched(wanted: Sequence[Item], read: Sequence[tuple[str, str | None]]) -> list[int | None]:
    """For each wanted criterion the index of the one read in its place (texts first; points where there are none)."""
    if any(i.text for i in wanted):
        out: list[int | None] = []
        start = 0
        for item in wanted:
            at = next((k for k in range(start, len(read)) if _same_text(item.text, read[k][0])), None)
            out.append(at)
            start = start if at is None else at + 1
        return out
    found: list[int | None] = [None] * len(wanted)
    blocks = SequenceMatcher(None, [i.points for i in wanted], [p for _, p in read], autojunk=False).get_matching_blocks()
    for a, b, size in blocks:
        found[a : a + size] = range(b, b + size)
    return found


def _sections_right(sheet: Sheet, rubric: Rubric) -> int:
    """Sections with the right label, declared points and members, in order."""
    shape = [
        (fold(s.label or ""), _number(s.stated_points), [_number(c.max_points) for c in s.criteria])
        for s in rubric.sections
        if s.criteria
    ]
    right = 0
    for label, declared, items in sheet.sections:
        key = (fold(label or ""), [i.points for i in items])
        right += any((name, values) == key and (declared is None or points == declared) for name, points, values in shape)
    return right


def judge(sheets: Sequence[Sheet], reading: Reading) -> Count:
    """The counts of one document: each expected rubric against the one that fits it best, in order."""
    count = Count()
    free = list(reading.rubrics)
    for sheet in sheets:
        best = max(free, key=lambda r: _fit(sheet, r), default=None)
        if best is not None and _fit(sheet, best):
            free.remove(best)
        else:
            best = None
        compare(sheet, best, count)
    count.extra += sum(len(list(r.criteria())) for r in free)
    return count


def _fit(sheet: Sheet, rubric: Rubric) -> int:
    matched = _matched(sheet.items(), [(c.text, _number(c.max_points)) for c in rubric.criteria()])
    return sum(at is not None for at in matched)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=os.environ.get("EXAMPLES"))
    folder = parser.parse_args().folder
    if folder is None:
        print("skipped: no folder of documents given (argument, or EXAMPLES)")
        return 0
    folder = Path(folder)
    print("| document | criteria right | points right | sections right | totals right | read beyond | remarks |")
    print("|---|---|---|---|---|---|---|")
    for pattern in sorted([*TRUTH.values(), *BY_HAND]):
        path = next(folder.glob(pattern), None)
        if path is None:
            print(f"| {pattern} | absent | | | | | |")
            continue
        name = next((n for n, p in TRUTH.items() if p == pattern), None)
        if name is None:
            sheets = list(by_hand(pattern))
        else:
            truth = json.loads((folder / "truth" / f"{name}.json").read_text(encoding="utf-8"))
            sheets = list(sheets_of(truth, EXCERPTS.get(name)))
        print(_row(path.name, judge(sheets, reading := extract(path)), reading))
    return 0


def _row(name: str, count: Count, reading: Reading) -> str:
    kinds = sorted({r.kind for r in reading.remarks})
    counts = [
        f"{count.criteria} / {count.of_items}",
        f"{count.points} / {count.of_items}",
        f"{count.sections} / {count.of_sections}",
        f"{count.totals} / {count.of_totals}",
        str(count.extra),
        ", ".join(f"{sum(r.kind == k for r in reading.remarks)} {k}" for k in kinds) or "–",
    ]
    return f"| {name} | " + " | ".join(counts) + " |"


if __name__ == "__main__":
    raise SystemExit(main())
