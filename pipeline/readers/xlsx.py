"""Workbooks (XLSX, XLSM, XLS) to Document: what the sheets display, merged cells kept, hidden rows and columns left out."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from hashlib import sha256

import openpyxl
import xlrd
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from pipeline import limits
from pipeline import rx as regex
from pipeline.errors import InputError, LimitExceeded
from pipeline.model import Block, Document, Paragraph, Remark, Source
from pipeline.normalize import clean
from pipeline.readers.packages.container import RESAVE, Container, open_container
from pipeline.readers.packages.leanbook import lean, must_be_lean
from pipeline.readers.packages.numberformat import display
from pipeline.readers.packages.sheetboxes import among, paragraphs_of
from pipeline.readers.packages.sheets import Sheet, loose_cells, sheet_blocks

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPE_XLS = "application/vnd.ms-excel"

_MERGE = regex.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*?\bref\s*=\s*["']([A-Za-z0-9$:]{1,40})["']""")
_SHEET = regex.compile(rb"<(?:\w+:)?sheet\b")
_ROW, _VALUE = regex.compile(rb"<(?:\w{1,20}:)?row\b"), regex.compile(rb"<(?:\w{1,20}:)?(?:v|is)>")
_FAR = regex.compile(rb"""<(?:\w+:)?(?:row|c)\b[^<>]*?\br\s*=\s*["'][A-Za-z]*[0-9]{8}""")
_ESCAPED = regex.compile(r"_x((?!d[89a-f])[0-9a-f]{4})_", regex.I)
"""How workbooks write characters that XML cannot hold, line ends of other systems above all."""

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, SyntaxError, OSError)
"""What the workbook library raises on what it does not know, and on broken XML."""

_DOCTYPE = regex.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00D\x00O\x00C\x00T\x00Y\x00P\x00E|\x00<\x00!\x00D\x00O\x00C\x00T\x00Y\x00P\x00E")


def read(data: bytes, name: str) -> Document:
    """The Document of a workbook. Raises InputError subclasses when it is broken, encrypted or beyond a limit."""
    if data.startswith(b"PK"):
        sheets, remarks = _read_xlsx(data, name)
        media_type = MEDIA_TYPE
    else:
        sheets, remarks = _read_xls(data, name)
        media_type = MEDIA_TYPE_XLS
    blocks: list[Block] = []
    for sheet in sheets:
        remarks.extend(_remarks(sheet))
        loose = loose_cells(sheet)
        if loose:
            what, zh = f"{len(loose)} cells beside the table of sheet {sheet.title} were left out", f"工作表 {sheet.title} 表旁的 {len(loose)} 个单元格未收入"
            remarks.append(Remark("loose-cells", what, message_zh=zh))
            sheet.texts = {key: text for key, text in sheet.texts.items() if key not in loose}
        blocks += among(sheet.boxes, list(sheet_blocks(sheet, name)))
    return Document(Source(name, sha256(data).hexdigest(), media_type, "xlsx"), (), tuple(blocks), tuple(remarks))


def _hidden(title: str) -> Remark:
    return Remark("hidden-sheet", f"the hidden sheet {title} was left out", message_zh=f"隐藏的工作表 {title} 未收入")


def _remarks(sheet: Sheet) -> Iterator[Remark]:
    if sheet.formulas:
        message = f"{sheet.formulas} formulas on sheet {sheet.title} carry no value: their text was kept; open and save the file in a spreadsheet program"
        yield Remark("formula-without-value", message, message_zh=f"工作表 {sheet.title} 有 {sheet.formulas} 个公式没有存下结果，保留公式文字；请用表格软件打开并保存一次")
    if sheet.errors:
        message = f"{sheet.errors} cells of sheet {sheet.title} show an error in place of a value"
        yield Remark("error-value", message, message_zh=f"工作表 {sheet.title} 有 {sheet.errors} 个单元格显示的是错误值")
    hidden = sum(1 for (r, c), t in sheet.texts.items() if clean(t) and (r in sheet.hidden_rows or c in sheet.hidden_columns))
    if hidden:
        message = f"{hidden} cells in hidden rows or columns of sheet {sheet.title} were left out"
        yield Remark("hidden-cells", message, message_zh=f"工作表 {sheet.title} 隐藏的行或列里有 {hidden} 个单元格未收入")


# ---- XLSX --------------------------------------------------------------------------------------------------------


def open_books(data: bytes, name: str) -> tuple[openpyxl.Workbook, openpyxl.Workbook]:
    """A workbook as it shows its values, and as it holds its formulas. Raises InputError subclasses when it is broken or
    beyond a limit."""
    container = open_container(data, name)
    _check_parts(container, name)
    if must_be_lean(container):
        data = lean(container)
    try:
        return _load(data, name, data_only=True), _load(data, name, data_only=False)
    except UNREADABLE:
        data = lean(container)
    try:
        return _load(data, name, data_only=True), _load(data, name, data_only=False)
    except UNREADABLE as error:
        raise InputError(name, f"the workbook cannot be opened ({error})", RESAVE) from None


def _read_xlsx(data: bytes, name: str) -> tuple[list[Sheet], list[Remark]]:
    values, formulas = open_books(data, name)
    container = open_container(data, name)
    if len(values.worksheets) > limits.MAX_SHEETS:
        raise LimitExceeded(name, f"{len(values.worksheets)} sheets (limit {limits.MAX_SHEETS})", "split the workbook")
    sheets: list[Sheet] = []
    remarks: list[Remark] = []
    absent = len(_SHEET.findall(container.read("xl/workbook.xml"))) - len(values._sheets) if container.has("xl/workbook.xml") else 0
    if absent > 0:
        remarks.append(Remark("absent-sheet", f"{absent} of the workbook's sheets are not in the file", message_zh=f"工作簿有 {absent} 张工作表不在文件里"))
    pictures = sum(part.lower().startswith("xl/media/") for part in container.members)
    if pictures:
        remarks.append(Remark("picture", f"{pictures} pictures were not read", message_zh=f"{pictures} 张图片没有读"))
    boxes: dict[str, list[tuple[int, Paragraph]]] = {}
    try:
        boxes = paragraphs_of(container)
    except InputError as error:
        remarks.append(Remark("unread-text", f"text boxes of the workbook were not read ({error})", message_zh=f"工作簿的文本框没有读出（{error}）"))
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            remarks.append(_hidden(sheet.title))
            continue
        sheets.append(_sheet_of(sheet, formulas[sheet.title]))
        sheets[-1].boxes = boxes.get(sheet.title, [])
    return sheets, remarks


def _check_parts(container: Container, name: str) -> None:
    """Refuse what the workbook library would swallow whole: document types, merges over millions of cells, rows beyond
    the last."""
    for part in sorted(container.members):
        if not part.lower().endswith((".xml", ".rels")):
            continue
        raw = container.read(part)
        if _DOCTYPE.search(raw):
            raise InputError(f"{name}!{part}", "declares a document type, which no office program writes here", RESAVE)
        if part.lower().startswith("xl/worksheets/") and _FAR.search(raw):
            raise LimitExceeded(f"{name}!{part}", "a row beyond the last one a sheet can have", RESAVE)
        if part.lower().startswith("xl/worksheets/") and _filled_rows(raw) > limits.MAX_SHEET_ROWS:
            raise LimitExceeded(f"{name}!{part}", f"more than {limits.MAX_SHEET_ROWS:,} rows that hold something", "split the table")
        if part.lower() == "xl/workbook.xml" and raw.count(b"definedName ") > limits.MAX_FORM_FIELDS:
            raise LimitExceeded(f"{name}!{part}", f"more than {limits.MAX_FORM_FIELDS:,} names for cells", RESAVE)
        for match in _MERGE.finditer(raw):
            _check_merge(match[1].decode("ascii"), f"{name}!{part}")


def _filled_rows(raw: bytes) -> int:
    """How many rows of a worksheet hold a value; programs also write rows by the hundred thousand that hold only a look."""
    rows = raw.count(b"row ") + raw.count(b"row>")  # opening tags, and at most as many closing ones
    return sum(_VALUE.search(row) is not None for row in _ROW.split(raw)) if rows > limits.MAX_SHEET_ROWS else 0


def _check_merge(reference: str, where: str) -> None:
    try:
        left, top, right, bottom = (int(v or 0) for v in range_boundaries(reference))
    except (ValueError, TypeError):
        raise InputError(where, f"a merged range {reference} that is none", RESAVE) from None
    if (right - left + 1) * (bottom - top + 1) > limits.MAX_TABLE_CELLS:
        raise LimitExceeded(where, f"a merged cell over {reference}", "undo that merge")


def _load(data: bytes, name: str, data_only: bool) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only, keep_links=False)
    except InvalidFileException as error:
        raise InputError(name, f"not a workbook ({error})", RESAVE) from None
    except OSError as error:  # the library's word for a package without its main part
        raise InputError(name, f"a workbook without its parts ({error})", RESAVE) from None


def _sheet_of(values, formulas) -> Sheet:  # type: ignore[no-untyped-def]
    sheet = Sheet(values.title)
    sheet.merges = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in values.merged_cells.ranges]
    sheet.hidden_rows = {i for i, d in values.row_dimensions.items() if d.hidden}
    for dimension in values.column_dimensions.values():
        if dimension.hidden and dimension.min:
            sheet.hidden_columns.update(range(dimension.min, min(dimension.max or dimension.min, dimension.min + 20_000) + 1))
    for (row, col), cell in sorted(values._cells.items()):
        text = display(cell.value, cell.number_format)
        sheet.errors += cell.data_type == "e"
        if cell.data_type == "s" and "_x" in text:
            text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")
        if cell.value is None:
            formula = formulas._cells.get((row, col))
            if formula is not None and formula.data_type == "f":
                text = str(getattr(formula.value, "text", formula.value))
                sheet.formulas += 1
        if text:
            sheet.texts[row, col] = text
    return sheet


# ---- XLS ---------------------------------------------------------------------------------------------------------


def _read_xls(data: bytes, name: str) -> tuple[list[Sheet], list[Remark]]:
    book = _open_xls(data, name)
    if book.nsheets > limits.MAX_SHEETS:
        raise LimitExceeded(name, f"{book.nsheets} sheets (limit {limits.MAX_SHEETS})", "split the workbook")
    sheets: list[Sheet] = []
    remarks: list[Remark] = []
    for i in range(book.nsheets):
        sheet = book.sheet_by_index(i)
        if sheet.visibility:
            remarks.append(_hidden(sheet.name))
        else:
            sheets.append(_xls_sheet(book, sheet))
    return sheets, remarks


def _open_xls(data: bytes, name: str) -> xlrd.Book:
    for formatting in (True, False):
        try:
            return xlrd.open_workbook(file_contents=data, formatting_info=formatting, logfile=io.StringIO())
        except NotImplementedError:
            continue
        except (xlrd.XLRDError, xlrd.compdoc.CompDocError) as error:
            if "encrypted" in str(error).lower():
                raise InputError(name, "protected by a password", "remove the password and try again") from None
            raise InputError(name, f"not a readable old workbook ({error})", RESAVE) from None
        except (struct.error, AssertionError, UnicodeDecodeError, ValueError, LookupError, TypeError, AttributeError,
                ArithmeticError, RecursionError) as error:  # fmt: skip
            raise InputError(name, f"a broken or truncated old workbook ({type(error).__name__})", RESAVE) from None
    raise InputError(name, "a workbook of a version that cannot be read", RESAVE)


def _xls_sheet(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Sheet:
    out = Sheet(sheet.name)
    out.merges = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    out.hidden_rows = {i + 1 for i, info in sheet.rowinfo_map.items() if info.hidden}
    out.hidden_columns = {i + 1 for i, info in sheet.colinfo_map.items() if info.hidden}
    for r in range(sheet.nrows):
        for c in range(sheet.row_len(r)):
            text = _xls_text(book, sheet.cell(r, c))
            out.errors += sheet.cell(r, c).ctype == xlrd.XL_CELL_ERROR
            if text:
                out.texts[r + 1, c + 1] = text
    return out


def _xls_text(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str:
    number_format = "General"
    if cell.xf_index is not None and cell.xf_index < len(book.xf_list):
        found = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        number_format = found.format_str if found else "General"
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return display(bool(cell.value), None)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return display(xlrd.xldate_as_datetime(cell.value, book.datemode), number_format)
        except (xlrd.xldate.XLDateError, ValueError, OverflowError):
            return display(cell.value, "General")
    return display(cell.value, number_format)
