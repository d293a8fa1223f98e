"""How long a form for one more unit takes, against the plain way of making each anew.

Ratios, not clock times, are what can be compared between machines; the milliseconds are this machine's. 公司 names are made up.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline import serialize
from pipeline.formats import docx, pdf, xlsx
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.formats.write import write_forms

NOTICE = Path(__file__).resolve().parents[1] / "extracted" / "zaozhuang-gas-2021-42" / "2021" / "notice.json"
UNITS = 30


def pdf_anew(sheet: Sheet, values: dict[str, str]) -> bytes:
    """typst sets the page and every field is made again."""
    pdf._blank.cache_clear()
    return pdf.render(sheet, values)


def docx_anew(sheet: Sheet, values: dict[str, str]) -> bytes:
    """python-docx builds the document again."""
    docx._blank.cache_clear()
    return docx.render(sheet, values)


def xlsx_loaded(sheet: Sheet, values: dict[str, str]) -> bytes:
    """openpyxl opens the blank workbook, writes the values and saves it."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet)))
    for key, value in values.items():
        page, _, cell = book.defined_names[key].attr_text.rpartition("!")
        book[page.strip("'")][cell.replace("$", "")].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WAYS: dict[str, tuple[Callable, Callable, str]] = {
    "pdf": (pdf.render, pdf_anew, "typst and pikepdf anew for each unit"),
    "docx": (docx.render, docx_anew, "python-docx anew for each unit"),
    "xlsx": (xlsx.render, xlsx_loaded, "openpyxl on the blank workbook"),
}


def best(make: Callable, sheet: Sheet, rounds: int) -> float:
    """The shortest time in ms of making one form."""
    times = []
    for n in range(rounds):
        start = time.perf_counter()
        make(sheet, {f"{sheet.prefix}_assessee": f"示例{n}公司"})
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def main() -> None:
    reading = serialize.load_reading(NOTICE)
    sheet = sheet_of(reading, reading.rubrics[0], "draft")
    print(f"{len(sheet.lines())} criteria; best of {UNITS} units and of 5 made the other way")
    for name, (ours, other, words) in WAYS.items():
        ours(sheet, {f"{sheet.prefix}_assessee": "示例公司"})
        mine, theirs = best(ours, sheet, UNITS), best(other, sheet, 5)
        print(f"{name:5} {mine:7.1f} ms a unit   {theirs:7.1f} ms {words}   ratio {theirs / mine:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        units = Path(folder) / "units.csv"
        units.write_text("单位,附件\n" + "".join(f"示例{n}公司,{n % 3 + 1}\n" for n in range(300)), encoding="utf-8")
        start = time.perf_counter()
        made = write_forms(reading, Path(folder) / "out", None, ("pdf", "docx", "xlsx"), "draft", units)
        print(f"300 units x 3 formats, 3 annexes: {len(made) - 1} files in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
