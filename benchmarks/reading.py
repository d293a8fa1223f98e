"""Reading a text PDF: our whole `extract`, audit included, beside bare readers on the same file in one run.

    python -m benchmarks.reading [FILE ...] [--rounds 7]

Without a file: the first eleven pages of our notice, the length that the goals speak of, and the whole of it.

Readers take turns, so that a busy machine slows all alike; each one's best time counts. Times are CPU seconds of the
process (user and system), which other programs disturb least. Warm: again in one process; cold: a fresh process each time.
What `make setup` prepares of our own (byte code, patterns) is made before, as an installer made it for the others.
PyMuPDF and camelot are measured where they happen to be installed (they are no dependency of ours). Only the ratios mean
anything; the goals are those of issue 6.
"""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.kept import Kept

ROOT = Path(__file__).resolve().parents[1]
NOTICE = ROOT / "sources" / "zaozhuang-gas-2021-42" / "notice.pdf"
BASE = "pdfplumber extract_tables"
GOALS = {"warm": 0.25, "cold": 0.6}
PAGES = 11
START_UP = 0.25


def ours(path: str) -> None:
    import pipeline

    pipeline.extract(path).to_json()


def plumber(path: str) -> None:
    import pdfplumber

    with pdfplumber.open(path) as file:
        for page in file.pages:
            page.extract_tables()


def pypdf_text(path: str) -> None:
    import pypdf

    for page in pypdf.PdfReader(path).pages:
        page.extract_text()


def miner_text(path: str) -> None:
    from pdfminer.high_level import extract_text

    extract_text(path)


def pdfium_text(path: str) -> None:
    import pypdfium2

    file = pypdfium2.PdfDocument(path)
    for page in file:
        page.get_textpage().get_text_bounded()


def mupdf_tables(path: str) -> None:
    import pymupdf

    with pymupdf.open(path) as file:
        for page in file:
            for table in page.find_tables().tables:
                table.extract()


def camelot_tables(path: str) -> None:
    import camelot

    for table in camelot.read_pdf(path, pages="all", flavor="lattice"):
        table.df.to_dict()


READERS: dict[str, tuple[Callable[[str], None], str]] = {
    "ours: extract, audit included": (ours, "pipeline"),
    BASE: (plumber, "pdfplumber"),
    "pypdf extract_text": (pypdf_text, "pypdf"),
    "pdfminer.six extract_text": (miner_text, "pdfminer"),
    "pypdfium2 get_text": (pdfium_text, "pypdfium2"),
    "PyMuPDF find_tables": (mupdf_tables, "pymupdf"),
    "camelot lattice": (camelot_tables, "camelot"),
}


def warm(path: str, names: list[str], rounds: int) -> dict[str, float]:
    """Best CPU seconds of each reader, after one run that is not counted."""
    best: dict[str, float] = {}
    for turn in range(rounds + 1):
        for name in names:
            forget()
            start = time.process_time()
            READERS[name][0](path)
            spent = time.process_time() - start
            if turn:
                best[name] = min(best.get(name, spent), spent)
    return best


def forget() -> None:
    """Empty what our own modules remember of the file they have just read: warm means loaded, not answered before. What a
    function without parameters remembers (a word list) and the patterns of `pipeline.rx` are the program's own."""
    for name, module in list(sys.modules.items()):
        if name.startswith("pipeline") and name != "pipeline.rx":
            for value in vars(module).values():
                if hasattr(value, "cache_clear") and inspect.signature(value).parameters:
                    value.cache_clear()
                if isinstance(answers := getattr(value, "__self__", None), Kept):
                    answers.clear()


def prepare() -> None:
    """What `make setup` does after installing: an installed package has its byte code."""
    for command in (["compileall", "-q", "pipeline"], ["pipeline.rx"]):
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True)


def cold(path: str, names: list[str], rounds: int) -> dict[str, float]:
    """Best CPU seconds of a fresh process for each reader."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name in names:
            code = f"from benchmarks import reading; reading.{READERS[name][0].__name__}({path!r})"
            spent = _of_process([sys.executable, "-c", code])
            best[name] = min(best.get(name, spent), spent)
    return best


def _of_process(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        for file in options.files or (first_pages(NOTICE, PAGES, Path(folder)), NOTICE):
            measure(file.resolve(), options.rounds)
    start = min(_of_process([sys.executable, "-m", "pipeline", "explain", "serial-gap"]) for _ in range(options.rounds))
    print(f"start-up (`explain serial-gap`): {start:.2f} s of CPU, goal {START_UP}")
    return 0


def first_pages(file: Path, count: int, folder: Path) -> Path:
    """A PDF of the first pages of another."""
    import pikepdf

    target = folder / f"{file.stem}-{count}-pages.pdf"
    with pikepdf.open(file) as whole, pikepdf.new() as part:
        part.pages.extend(whole.pages[:count])
        part.save(target)
    return target


def measure(file: Path, rounds: int) -> None:
    """Print the table of one file, and whether the goals are met on it."""
    names = [name for name, (_, module) in READERS.items() if importlib.util.find_spec(module)]
    times = {"warm": warm(str(file), names, rounds), "cold": cold(str(file), names, rounds)}
    print(f"{file.name}: CPU seconds, best of {rounds}, and as a part of {BASE}\n")
    print("| reader | warm | ratio | cold | ratio |\n|---|---|---|---|---|")
    for name in names:
        cells = (f"{times[way][name]:.3f} | {times[way][name] / times[way][BASE]:.2f}" for way in times)
        print(f"| {name} | {' | '.join(cells)} |")
    print()
    for way, goal in GOALS.items():
        ratio = times[way][names[0]] / times[way][BASE]
        print(f"{way}: {ratio:.2f} of {BASE}, goal {goal}: {'met' if ratio <= goal else 'MISSED'}")
    print()


if __name__ == "__main__":
    sys.exit(main())
