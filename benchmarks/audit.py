"""Precision and recall of the audit, by rule, over made-up notices with known faults (one third clean).

    python -m benchmarks.audit [--notices 300] [--start 0] [--formats txt,docx,html,xlsx,pdf] [--verbose]

A finding is right when its rule was put into that annex, or follows from what was put in; a fault is found when its rule
speaks on its annex. Notes are not counted as false alarms except for rules that were put in. Prints a table, the number
of wrong `proved`, false alarms on clean notices, and the failing seeds; every notice can be made again from its seed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.errors import PipelineError  # noqa: E402
from pipeline.findings import Finding  # noqa: E402
from pipeline.model import Reading  # noqa: E402
from pipeline.stages import extract  # noqa: E402
from tests.support.faults import make_faulty  # noqa: E402
from tests.support.notices import Fault, Made  # noqa: E402
from tests.support.writers import WRITERS  # noqa: E402


@dataclass
class Score:
    """Counts by rule, and what went wrong as (kind, rule, seed, format, text)."""

    hit: Counter[str] = field(default_factory=Counter)
    miss: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    trouble: list[tuple[str, str, int, str, str]] = field(default_factory=list)
    wrong_proved: int = 0
    wrong_values: int = 0
    misread: int = 0
    clean: int = 0
    clean_alarms: int = 0
    rubrics: int = 0

    def note(self, kind: str, rule: str, made: Made, form: str, text: str) -> None:
        self.trouble.append((kind, rule, made.seed, form, text))


def judge(score: Score, made: Made, form: str, reading: Reading) -> None:
    """Compare one reading with its truth."""
    score.rubrics += len(reading.rubrics)
    _judge_reading(score, made, form, reading)
    for fault in made.faults:
        found = [f for f in reading.findings if f.rule == fault.rule and _same_annex(f, fault)]
        (score.hit if found else score.miss)[fault.rule] += 1
        if not found:
            score.note("miss", fault.rule, made, form, str(fault.where))
        elif not fault.where or any(w in f.where for f in found for w in fault.where):
            score.placed[fault.rule] += 1
        else:
            score.note("place", fault.rule, made, form, f"{[f.where for f in found]} not {fault.where}")
        _judge_values(score, made, form, fault, reading)
    alarms = [f for f in reading.findings if not _expected(f, made)]
    for finding in alarms:
        score.false[finding.rule] += 1
        score.note("false", finding.rule, made, form, f"{finding.where} {finding.message[:90]}")
        if finding.status == "proved" and finding.severity != "note":
            score.wrong_proved += 1
            score.note("WRONG PROVED", finding.rule, made, form, finding.where)
    if not made.faults:
        score.clean += 1
        score.clean_alarms += bool(alarms)


def _judge_reading(score: Score, made: Made, form: str, reading: Reading) -> None:
    """Every criterion's text and points, in order, as printed."""
    want = [[(i.text, i.points) for i in s.items()] for s in made.sheets]
    got = [[(c.text, c.max_points if c.points_basis == "printed" else None) for c in r.printed()] for r in reading.rubrics]
    if got != want:
        score.misread += 1
        bad = next(((a, b) for x, y in zip(want, got, strict=False) for a, b in zip(x, y, strict=False) if a != b), "count")
        score.note("MISREAD", "-", made, form, f"{[len(x) for x in want]} {[len(x) for x in got]} {bad}")


def _judge_values(score: Score, made: Made, form: str, fault: Fault, reading: Reading) -> None:
    for finding in reading.findings:
        repair = finding.repair
        if repair and repair.basis == "proved" and repair.path in fault.values and repair.after != fault.values[repair.path]:
            score.wrong_values += 1
            score.note("WRONG VALUE", fault.rule, made, form, f"{repair.path} {repair.after} not {fault.values[repair.path]}")


def _same_annex(finding: Finding, fault: Fault) -> bool:
    return finding.annex == fault.annex or 0 in (finding.annex, fault.annex) or fault.rule in ("wording-drift", "text-slip")


def _expected(finding: Finding, made: Made) -> bool:
    """Put in, following from what was put in, or a note of a rule that nobody put in."""
    causes = [f for f in made.faults if _same_annex(finding, f)]
    if any(finding.rule == f.rule or finding.rule in f.also for f in causes):
        return True
    return finding.severity == "note"


def run(seeds: range, formats: list[str], folder: Path) -> Score:
    """Make, write, read and judge each notice in one format (they take turns)."""
    score = Score()
    for seed in seeds:
        made = make_faulty(seed)
        form = formats[seed // 3 % len(formats)]
        path = folder / f"{seed}.{form}"
        path.write_bytes(WRITERS[form](made))
        try:
            reading = extract(path)
        except PipelineError as error:
            score.note("REFUSED", "-", made, form, str(error))
            continue
        judge(score, made, form, reading)
        path.unlink()
    return score


def table(score: Score) -> str:
    """The result as a Markdown table."""
    rules = sorted({*score.hit, *score.miss, *score.false})
    out = ["| rule | put in | found | placed | false | recall | precision |", "|---|---|---|---|---|---|---|"]
    for rule in rules:
        out.append(_row(rule, score.hit[rule], score.miss[rule], score.placed[rule], score.false[rule]))
    total = [sum(c.values()) for c in (score.hit, score.miss, score.placed, score.false)]
    return "\n".join([*out, _row("**all**", *total)])


def _row(name: str, hit: int, miss: int, placed: int, false: int) -> str:
    recall = f"{hit / (hit + miss):.3f}" if hit + miss else "–"
    precision = f"{hit / (hit + false):.3f}" if hit + false else "–"
    return f"| {name} | {hit + miss} | {hit} | {placed} | {false} | {recall} | {precision} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--notices", type=int, default=300)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--formats", default="txt,docx,html,xlsx,pdf")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    seeds = range(args.start, args.start + args.notices)
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        score = run(seeds, args.formats.split(","), Path(folder))
    print(table(score))
    print(f"\nseeds {seeds.start}..{seeds.stop - 1}, {score.rubrics} rubrics, {time.perf_counter() - begin:.0f} s")
    print(f"wrong proved: {score.wrong_proved}; wrong proved values: {score.wrong_values}; misread sheets: {score.misread}")
    print(f"clean notices: {score.clean}, with a false alarm: {score.clean_alarms}")
    failing = sorted({t[2] for t in score.trouble})
    print(f"failing seeds: {failing}")
    if args.verbose:
        for trouble in sorted(score.trouble):
            print("  ", *trouble)


if __name__ == "__main__":
    main()
