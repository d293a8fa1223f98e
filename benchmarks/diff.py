"""Precision and recall of the change list over random edit scripts on made-up notices.

    python -m benchmarks.diff [--scripts 300] [--start 0] [--through none,docx] [--verbose]

Each script edits a notice two to nine times; what must be told comes from the script (tests/support/edits.py), never from
the comparison. `none` compares perfect readings, so that only the comparison is measured; `docx` writes both revisions as
DOCX files, sums kept right, and reads them back first. Prints recall by kind of edit and precision by type of change, for scripts with light
edits alone and for scripts half of whose edits reword heavily (about half of the words).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.model import Reading  # noqa: E402
from pipeline.revisions.comparison import compare  # noqa: E402
from pipeline.stages import extract  # noqa: E402
from tests.support.edits import Score, make_script  # noqa: E402
from tests.support.notices import Made  # noqa: E402
from tests.support.writers import write_docx  # noqa: E402


def read_back(made: Made, folder: Path) -> Reading:
    """The notice as a DOCX file, read."""
    path = folder / "notice.docx"
    path.write_bytes(write_docx(made))
    return extract(path)


def run(seeds: range, heavy: bool, through: str) -> Score:
    """Every script of `seeds`, judged."""
    score = Score()
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            script = make_script(seed, heavy, balanced=through == "docx")
            old, new = script.old, script.new
            if through == "docx":
                old, new = read_back(script.made_old, Path(folder)), read_back(script.made_new, Path(folder))
            score.judge(script, compare(old, new).changes)
    return score


def table(score: Score) -> str:
    """Recall by kind of edit, then precision by type of change."""
    out = ["| edit | put in | told | wrong weight | recall |", "|---|---|---|---|---|"]
    for kind in sorted(set(score.hit) | set(score.miss)):
        put = score.hit[kind] + score.miss[kind]
        out.append(f"| {kind} | {put} | {score.hit[kind]} | {score.weight[kind]} | {score.recall(kind):.3f} |")
    out.append(f"| **all** | {score.hit.total() + score.miss.total()} | {score.hit.total()} | {score.weight.total()} | {score.recall():.3f} |")
    out += ["", "| type | told | false | precision |", "|---|---|---|---|"]
    for name in sorted(score.told):
        out.append(f"| {name} | {score.told[name]} | {score.false[name]} | {score.precision(name):.3f} |")
    return "\n".join([*out, f"| **all** | {score.told.total()} | {score.false.total()} | {score.precision():.3f} |"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scripts", type=int, default=300)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--through", default="none")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    seeds = range(args.start, args.start + args.scripts)
    for through in args.through.split(","):
        for heavy in (False, True):
            begin = time.perf_counter()
            score = run(seeds, heavy, through)
            print(f"## {'heavy' if heavy else 'light'} scripts, through {through}\n\n{table(score)}\n")
            print(f"seeds {seeds.start}..{seeds.stop - 1}, {time.perf_counter() - begin:.0f} s\n")
            if args.verbose:
                for trouble in score.failing:
                    print("  ", *trouble)


if __name__ == "__main__":
    main()
