"""The seed's facsimiles say what the transcription says: same parts, same cells, no people."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline import source
from pipeline.model import Document, Paragraph, Table
from pipeline.normalize import fold

FOLDER = Path(__file__).parents[1] / "sources" / "zaozhuang-gas-2021-42"


@pytest.fixture(scope="module")
def text() -> Document:
    return source.read(FOLDER / "notice.txt")


@pytest.fixture(scope="module")
def word() -> Document:
    return source.read(FOLDER / "notice.docx")


@pytest.fixture(scope="module")
def pdf() -> Document:
    return source.read(FOLDER / "notice.pdf")


def parts(document: Document) -> list[Table]:
    """The parts of the three rubrics: every table but the receipt sheet's."""
    return [b for b in document.blocks if isinstance(b, Table)][:-1]


def cells(table: Table) -> dict[tuple[int, int], str]:
    return {(c.row, c.col): fold(c.text) for c in table.cells if fold(c.text)}


def words(document: Document) -> str:
    return "".join(fold(b.text) for b in document.blocks if isinstance(b, Paragraph)).replace("*", "").replace("-", "")


@pytest.mark.parametrize("other", ["word", "pdf"])
def test_the_same_parts_with_the_same_cells(text, other, request):
    assert [cells(t) for t in parts(text)] == [cells(t) for t in parts(request.getfixturevalue(other))]


def test_the_same_paragraphs(text, word):
    assert words(text) == words(word)


def test_one_part_a_page(pdf):
    assert [t.page for t in parts(pdf)] == list(range(7, 17))
    assert pdf.source.pages == 17


def test_labels_cover_rows(word):
    labels = {c.text: c.row_span for c in parts(word)[0].cells if c.col == 0 and c.text}
    assert labels == {"项目": 1, "日常管理 (8分)": 10, "安全运营 (12分)": 1}


@pytest.mark.parametrize("kind", ["word", "pdf"])
def test_no_people(kind, request):
    document = request.getfixturevalue(kind)
    said = "".join(c.text for b in document.blocks if isinstance(b, Table) for c in b.cells) + words(document)
    assert not re.search(r"1[3-9]\d{9}|某某|有限公司", said)


def test_the_description_names_each_file_and_its_hash():
    said = json.loads((FOLDER / "source.json").read_text(encoding="utf-8"))
    assert {f["file"]: f["sha256"] for f in said["files"]} == {
        f["file"]: sha256((FOLDER / f["file"]).read_bytes()).hexdigest() for f in said["files"]
    }
    assert "facsimile" in said["note"]
