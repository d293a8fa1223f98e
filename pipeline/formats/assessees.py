"""The list of assessed units: CSV or a workbook with a name column and, where there are several annexes, which one each gets."""

from __future__ import annotations

import csv
import io
from importlib import import_module
from pathlib import Path

from msgspec import Struct

from pipeline import rx as regex
from pipeline.errors import InputError
from pipeline.limits import check_forms, check_grid
from pipeline.model import Reading
from pipeline.normalize import chinese_number, clean, fold
from pipeline.readers.packages.container import OTHER_SHEET
from pipeline.serialize import check_regular

NAME_COLUMNS = ("被评价单位", "被考核单位", "单位名称", "单位", "企业名称", "企业", "名称", "公司", "assessee", "name", "unit")
ANNEX_COLUMNS = ("附件", "附件号", "annex", "类别", "类型", "种类", "kind", "type")


class Assessee(Struct, frozen=True):
    """One assessed unit; `annex` None when the list does not say; `where` is file and row, for messages."""

    name: str
    annex: int | None
    where: str


def load_assessees(path: Path, reading: Reading) -> tuple[Assessee, ...]:
    """The units of a list. Other columns (contacts, phones) are not read. Raises InputError naming file, row, fault."""
    rows = _rows(path)
    if not rows:
        raise InputError(str(path), "holds no rows", "give a header row and one row for each unit")
    header = [fold(h) for h in rows[0]]
    name_col = next((header.index(n) for n in NAME_COLUMNS if n in header), None)
    annex_col = next((header.index(n) for n in ANNEX_COLUMNS if n in header), None)
    if name_col is None:
        raise InputError(f"{path}:1", "has no column for the unit's name", "call a column 单位 or name")
    units = []
    for number, row in enumerate(rows[1:], start=2):
        name = regex.sub(r"[\p{Cc}\p{Cs}]", "", clean(row[name_col])) if name_col < len(row) else ""
        if not name:
            if any(clean(c) for c in row):
                raise InputError(f"{path}:{number}", "a row without the unit's name", "fill the name in, or drop the row")
            continue
        kind = clean(row[annex_col]) if annex_col is not None and annex_col < len(row) else ""
        units.append(Assessee(name, _annex(kind, reading, f"{path}:{number}"), f"{path}:{number}"))
    if not units:
        raise InputError(str(path), "names no unit", "give one row for each unit")
    check_forms(len(units), 0, str(path))
    return tuple(units)


def _annex(kind: str, reading: Reading, where: str) -> int | None:
    """The annex a cell means: its number (2, 附件2, 附件二), or a word that only one rubric's title holds."""
    if not kind:
        return None
    known = {r.annex for r in reading.rubrics}
    number = chinese_number(fold(kind).removeprefix("附件").removeprefix("annex").strip("- "))
    if number in known:
        return number
    meant = {r.annex for r in reading.rubrics if fold(kind) in fold(r.title or "")}
    if len(meant) == 1:
        return meant.pop()
    raise InputError(where, f"{kind!r} names no single annex", f"write one of {sorted(known)}, or a word of one rubric's title")


def _rows(path: Path) -> list[list[str]]:
    check_regular(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "check the path") from None
    if OTHER_SHEET.match(data):
        data = import_module("pipeline.readers.office").converted(data, str(path))[0]
    if data.startswith(b"PK"):
        return _sheet_rows(path, data)
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            head = text.lstrip().partition("\n")[0]
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count)))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise InputError(str(path), f"is no CSV ({error})", "save it as CSV or XLSX") from None
    raise InputError(str(path), "is no text in UTF-8, UTF-16 or GB18030, and no XLSX, XLS or ODS", "save it as CSV or XLSX")


def _sheet_rows(path: Path, data: bytes) -> list[list[str]]:
    from pipeline.readers.xlsx import open_books

    book, _ = open_books(data, str(path))
    sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
    if sheet is None:
        return []
    check_grid(sheet.max_row, sheet.max_column, str(path))
    return [["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)]
