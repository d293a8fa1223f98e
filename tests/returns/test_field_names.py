"""The names that fields show to a person: distinct on a form without numbers, and read back only where they name one criterion."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import regex

from pipeline.formats import docx, html, xlsform
from pipeline.formats.sheet import sheet_of
from pipeline.model import Reading
from pipeline.returns import collecting
from tests.builders import notice_of, reading_of, rubric_of

HEAD = "项目 | 序号 | 评价内容 | 评价分值\n"
UNNUMBERED = HEAD + "保洁 | | 垃圾日产日清。 | 4\n | | 路面无积水。 | 6\n"
RESTARTING = HEAD + "保洁 | 1 | 垃圾日产日清。 | 4\n | 2 | 路面无积水。 | 6\n设施 | 1 | 公厕无异味。 | 5\n"


def made(table: str) -> Reading:
    return reading_of(rubric_of(table, annex=2), notice=notice_of(), revision="2023")


def without_keys(form: bytes) -> bytes:
    """The document with neither tags nor bindings left in its controls."""
    old, out = zipfile.ZipFile(io.BytesIO(form)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            data = old.read(item)
            new.writestr(item, regex.sub(rb"<w:tag [^>]*/>|<w(?:15)?:dataBinding [^>]*/>", b"", data) if item == "word/document.xml" else data)
    return out.getvalue()


def read_back(reading: Reading, folder: Path) -> dict[str, str]:
    form = sheet_of(reading, reading.rubrics[0], "draft")
    path = folder / "f.docx"
    path.write_bytes(without_keys(docx.render(form, {line.key: f"{n}" for n, line in enumerate(form.lines(), start=1)})))
    back = collecting.collect([path], reading)[0][0]
    return {key: str(value) for key, value in back.awarded.items()}


def test_fields_of_a_form_without_numbers_have_names_of_their_own():
    form = sheet_of(made(UNNUMBERED), made(UNNUMBERED).rubrics[0], "draft")
    page = html.render(form, {})
    names = regex.findall(r'aria-label="([^"]*得分[^"]*)"', page)
    assert names[:2] == ["“垃圾日产日清。”得分，0 至 4", "“路面无积水。”得分，0 至 6"]
    assert "第条" not in page
    survey = zipfile.ZipFile(io.BytesIO(xlsform.render(form, {})))
    assert all("第条" not in survey.read(n).decode(errors="ignore") for n in survey.namelist())


@pytest.mark.parametrize(
    ("table", "awarded"),
    [
        (UNNUMBERED, {"annex-2/c1": "1", "annex-2/c2": "2"}),
        (RESTARTING, {"annex-2/c2": "2"}),
    ],
    ids=["by the words", "a number of two criteria names none"],
)
def test_scores_by_the_names_alone(table, awarded, tmp_path):
    assert read_back(made(table), tmp_path) == awarded
