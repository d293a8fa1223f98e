"""What the readers remark is said in Chinese and in English."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
import regex

from pipeline import stages
from pipeline.auditing import audit_page
from pipeline.readers.pdfium import textlayer
from pipeline.rubrics import oddities

PIPELINE = Path(__file__).resolve().parents[1] / "pipeline"
TABLE = (("序号", "评价内容", "分值"), ("1", "台账登记完整。", "4"), ("2", "按时报送报表。", "6"), ("合计", "", "10"))


SHARED = ("on_page", "of_page")
"""What makes the remarks of a page: the Chinese words are their fourth argument."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each place where a remark is made."""
    for path in sorted(PIPELINE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Remark", *SHARED):
                yield f"{path.name}:{node.lineno}", node


def test_every_remark_has_its_words_in_chinese():
    made = list(calls())
    assert len(made) > 40
    given = {id(call) for _, call in made if (isinstance(call.func, ast.Name) and call.func.id in SHARED and len(call.args) > 3) or "message_zh" in {k.arg for k in call.keywords}}
    assert [where for where, call in made if id(call) not in given] == []


def test_no_reason_lacks_its_words_in_chinese():
    for module, name, words in ((oddities, "_why_odd", oddities.WHY_ODD), (textlayer, "fault", textlayer.FAULTS)):
        source = next(n for n in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body if isinstance(n, ast.FunctionDef) and n.name == name)
        given = [n.value for n in ast.walk(source) if isinstance(n, ast.Return)]
        said = {value.value if isinstance(value, ast.Constant) else getattr(module, value.id) for value in given} - {None}
        assert said == set(words)


def worded() -> bytes:
    """A DOCX with hidden words."""
    document = docx.Document()
    document.add_paragraph("评价表").add_run("不显示的文字").font.hidden = True
    table = document.add_table(rows=0, cols=3)
    for row in TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook() -> bytes:
    """A workbook with a hidden sheet, hidden rows, a formula without a value and an error."""
    book = openpyxl.Workbook()
    for row in (*TABLE, ("备注", "=1+1", None), ("备注", "#REF!", None), ("备注", "不显示", None)):
        book.active.append(row)
    book.active.row_dimensions[7].hidden = True
    book.create_sheet("草稿").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text() -> bytes:
    return "评价表\n\\begin{tabular}{ll}\n甲 & 5 \\\\\n\\end{tabular}\n".encode()


def page() -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
    return f'<p>评价表</p><img src="a.png"><table>{rows}<tr style="display:none"><td>3</td></tr></table>'.encode()


MADE = {"a.docx": (worded, 1), "a.xlsx": (workbook, 4), "a.txt": (text, 1), "a.html": (page, 2)}


@pytest.mark.parametrize("name", MADE)
def test_the_audit_page_says_the_remarks_in_its_own_language(tmp_path, name):
    make, least = MADE[name]
    (tmp_path / name).write_bytes(make())
    reading = stages.extract(tmp_path / name)
    assert len(reading.remarks) >= least
    shown = {lang: audit_page.render(reading, reading.findings, None, lang) for lang in ("zh", "en")}
    for remark in reading.remarks:
        assert remark.said("zh").replace("&", "&amp;") in shown["zh"]
        assert remark.message not in shown["zh"]
        assert remark.message in shown["en"]
        assert regex.findall("[A-Za-z]{3,}", regex.sub("“.*?”|Sheet|LaTeX|HTML|Markdown", "", remark.said("zh"))) == []
