"""Accuracy and speed of reading scans, on page pictures with a truth file.

    python -m benchmarks.scans FOLDER [--only photo,hard] [--speed] [--verbose]      (or SCANS=FOLDER)

FOLDER holds `annexN-PAGE-VARIANT.png|jpg`, `annexN.truth.json` (criteria) and `gt_pages.json` (cells of each page).
The pages of one annex in one variant are given together, as one lossless multi-page TIFF, as a bureau would.

Prints per variant: pages whose grid is exactly right, character error rate of the cells (NFKC, no spaces), cells of the
columns 序号, 分值, 实得分 that are exactly right, whole criteria right (number, text, points, section) as printed and after
the proof by serials and sums, repairs of single values and how many are wrong, criteria read with low confidence,
criteria whose text is wrong without low confidence (silent), seconds a page.

`--speed` runs the bare rapidocr engine (its defaults) and our reader in turns on each page, same threads, and prints
the ratio of the sums of the best of three: wall time and processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline import source  # noqa: E402
from pipeline.model import Document, Rubric, Table  # noqa: E402
from pipeline.notices import notice  # noqa: E402
from pipeline.proving.resolve import resolve  # noqa: E402
from pipeline.rubrics import rubric  # noqa: E402

FIGURES = (1, 3, 4)
"""Columns of the example sheets: 序号, 评价分值, 实得分值 (empty as printed)."""


@dataclass
class Score:
    """Counts over the pages and criteria of one variant, or of all."""

    pages: int = 0
    grids: int = 0
    letters: int = 0
    errors: int = 0
    figures: int = 0
    figures_right: int = 0
    items: int = 0
    before: int = 0
    after: int = 0
    repairs: int = 0
    wrong_repairs: int = 0
    unsure: int = 0
    silent: int = 0
    seconds: float = 0.0
    trouble: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))

    def line(self, name: str) -> str:
        return (
            f"{name:<20}{self.grids:>4}/{self.pages:<3}{_percent(self.errors, self.letters):>9}"
            f"{_percent(self.figures_right, self.figures):>10}{_percent(self.before, self.items):>9}"
            f"{_percent(self.after, self.items):>9}{self.repairs:>8}{self.wrong_repairs:>7}{self.unsure:>8}{self.silent:>8}"
            f"{self.seconds / max(self.pages, 1):>9.1f}"
        )


HEAD = f"{'variant':<20}{'grid':>8}{'CER %':>9}{'figures %':>10}{'before':>9}{'after':>9}{'repairs':>8}{'wrong':>7}{'unsure':>8}{'silent':>8}{'s/page':>9}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}" if whole else "-"


def plain(text: str | None) -> str:
    """Text as compared: NFKC, without white space."""
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def distance(a: str, b: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


# ---- one scan ----------------------------------------------------------------------------------------------------


def measure(paths: Sequence[Path], truth: dict[str, Any], pages: Sequence[dict[str, Any]]) -> Score:
    """One annex in one variant."""
    score = Score()
    began = time.perf_counter()
    document = _read_together(paths)
    score.seconds = time.perf_counter() - began
    for page in pages:
        _judge_page(score, document, page, paths[0].stem)
    segments = notice.segment(document)
    head = notice.parse(document, segments)
    printed, _ = rubric.read(segments)
    _judge_items(score, truth, printed, resolve(head, printed), paths[0].stem)
    return score


def _read_together(paths: Sequence[Path]) -> Document:
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "scan.tif"
        frames = [Image.open(p).convert("RGB") for p in paths]
        frames[0].save(whole, save_all=True, append_images=frames[1:], compression="tiff_deflate")
        return source.read(whole)


def _judge_page(score: Score, document: Document, page: dict[str, Any], name: str) -> None:
    tables = [b for b in document.blocks if isinstance(b, Table) and b.page == page["page"]]
    best = max(tables, key=lambda t: len(t.cells), default=None)
    wanted = {(c["r"], c["c"], c["rs"], c["cs"]): plain(c["text"]) for c in page["cells"]}
    got = {(c.row, c.col, c.row_span, c.col_span): plain(c.text) for c in best.cells} if best else {}
    score.pages += 1
    score.grids += wanted.keys() == got.keys()
    for spot, text in wanted.items():
        read = got.get(spot, "")
        wrong = distance(text, read)
        score.letters += len(text)
        score.errors += wrong
        if spot[1] in FIGURES:
            score.figures += 1
            score.figures_right += text == read
        if wrong or spot not in got:
            score.trouble.append(f"{name} p{page['page']} r{spot[0]} c{spot[1]}: {text!r} read {read!r}")


def _judge_items(score: Score, truth: dict[str, Any], printed: Sequence[Rubric], final: Sequence[Rubric], name: str) -> None:
    wanted = [(str(i["no"]), plain(i["text"]), Decimal(i["points"]), plain(i["section"])) for i in truth["items"]]
    before, after = _items(printed), _items(final)
    score.items += len(wanted)
    score.before += sum(w in before for w in wanted)
    score.after += sum(w in after for w in wanted)
    score.trouble += [f"{name} criterion {w[0]} not read: {w}" for w in wanted if w not in after]
    changed = [a for a in after if a not in before]
    score.repairs += len(changed)
    score.wrong_repairs += sum(a not in wanted for a in changed)
    sure = [c for r in printed for s in r.sections for c in s.criteria if c.confidence is None or c.confidence >= 0.8]
    score.unsure += len(before) - len(sure)
    texts = {w[1] for w in wanted}
    score.silent += sum(plain(c.text) not in texts for c in sure)


def _items(rubrics: Sequence[Rubric]) -> list[tuple[str | None, str, Decimal | None, str]]:
    return [(c.number, plain(c.text), c.max_points, plain(s.label)) for r in rubrics for s in r.sections for c in s.criteria]


# ---- speed -------------------------------------------------------------------------------------------------------


def compare_speed(paths: Sequence[Path]) -> None:
    """Our reader against the bare engine, page by page in turns; the best of three of each."""
    import numpy as np
    import rapidocr

    bare = rapidocr.RapidOCR(params={"Global.log_level": "critical"})
    ours_sum, bare_sum = np.zeros(2), np.zeros(2)
    for path in paths:
        pixels = np.asarray(Image.open(path).convert("RGB"))[:, :, ::-1].copy()
        ours, theirs = [], []
        for _ in range(3):
            theirs.append(_clocked(lambda pixels=pixels: bare(pixels)))
            ours.append(_clocked(lambda path=path: source.read(path)))
        ours_sum += np.min(ours, axis=0)
        bare_sum += np.min(theirs, axis=0)
        print(f"{path.stem:<24} ours {np.min(ours, axis=0).round(2)}  bare {np.min(theirs, axis=0).round(2)}  (wall, processor; s)")
    wall, processor = ours_sum / bare_sum
    print(f"\nwhole page with grid / bare rapidocr: wall {wall:.2f}, processor {processor:.2f}")


def _clocked(work: Any) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


# ---- the folder --------------------------------------------------------------------------------------------------


def scans_in(folder: Path, only: Sequence[str]) -> Iterator[tuple[str, str, list[Path]]]:
    """(annex, variant, its pages in order) of every scan."""
    groups: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".png", ".jpg"):
            annex, _, variant = path.stem.split("-")
            groups[annex, variant].append(path)
    for (annex, variant), paths in groups.items():
        if not only or variant in only:
            yield annex, variant, paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("SCANS"))
    parser.add_argument("--only", default="")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if not options.folder:
        print("skipped: no folder of scans given (argument, or SCANS)")
        return
    folder = Path(options.folder)
    scans = list(scans_in(folder, [v for v in options.only.split(",") if v]))
    if options.speed:
        compare_speed([p for _, _, paths in scans for p in paths])
        return
    pages = json.loads((folder / "gt_pages.json").read_text(encoding="utf-8"))
    whole = Score()
    print(HEAD)
    for annex, variant, paths in scans:
        score = measure(paths, json.loads((folder / f"{annex}.truth.json").read_text(encoding="utf-8")), pages[annex])
        print(score.line(f"{annex} {variant}"), flush=True)
        whole.add(score)
    print(whole.line("all"))
    if options.verbose:
        print(*whole.trouble, sep="\n")


if __name__ == "__main__":
    main()
