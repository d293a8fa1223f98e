"""Forms filled, flattened, printed or saved again by other programs come back with the same scores."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pikepdf
import pikepdf.form
import pypdf
import pytest
import regex

from pipeline.formats import docx, pdf, xlsx
from tests.returns.filled import HEAD, random_values, read_back, reading, rules_of, scores_of, sheet

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is absent (make setup-system)")
needs_poppler = pytest.mark.skipif(shutil.which("pdftocairo") is None, reason="poppler is absent (make setup-system)")


def wanted(annex: int, values: dict[str, str]) -> dict[str, str]:
    return {line.key: values[line.key] for line in sheet(annex).lines()}


def by_pikepdf(blank: bytes, values: dict[str, str]) -> bytes:
    """Filled through pikepdf's own form interface, not ours."""
    with pikepdf.open(io.BytesIO(blank)) as form:
        fields = pikepdf.form.Form(form)
        for key, value in values.items():
            field = fields[key]
            if field.is_checkbox:
                field.checked = value == "Yes"
            else:
                field.value = value
        out = io.BytesIO()
        form.save(out)
        return out.getvalue()


def by_pypdf(blank: bytes, values: dict[str, str]) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(blank))
    typed = {k: "/Yes" if v == "Yes" else v for k, v in values.items()}
    writer.update_page_form_field_values(None, typed, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("fill", [by_pikepdf, by_pypdf])
@pytest.mark.parametrize("annex", [2, 3])
def test_a_pdf_filled_by_another_library(tmp_path, fill, annex):
    values = random_values(annex, seed=20261100 + annex) | {f"annex_{annex}_veto_1": "Yes"}
    back = read_back(tmp_path, "f.pdf", fill(pdf.render(sheet(annex)), values))
    assert scores_of(back) == wanted(annex, values)
    assert (back.assessee, back.assessor, back.vetoes["1"]) == (HEAD["assessee"], HEAD["assessor"], True)
    assert "read-by-place" not in rules_of(back)


def flattened(data: bytes, folder: Path) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as form:
        form.flatten_annotations("all")
        out = io.BytesIO()
        form.save(out)
    return out.getvalue()


def printed(data: bytes, folder: Path) -> bytes:
    """Printed to a file: no fields, no properties."""
    (folder / "in.pdf").write_bytes(data)
    subprocess.run(["pdftocairo", "-pdf", "in.pdf", "out.pdf"], cwd=folder, check=True, timeout=60, capture_output=True)
    return (folder / "out.pdf").read_bytes()


def shrunk(data: bytes, folder: Path) -> bytes:
    """Printed with “fit to page”: 94 percent, shifted to the middle, identity gone."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(flattened(data, folder)))
    for page in writer.pages:
        page.add_transformation(pypdf.Transformation().scale(0.94).translate(18, 25))
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("ticked", [True, False])
@pytest.mark.parametrize("flatten", [flattened, pytest.param(printed, marks=needs_poppler), shrunk])
def test_a_flattened_pdf_is_read_by_place(tmp_path, flatten, ticked):
    values = random_values(2, seed=77) | {f"annex_2_veto_{i}": "Yes" if ticked and i == 2 else "" for i in (1, 2, 3)}
    back = read_back(tmp_path, "f.pdf", flatten(pdf.render(sheet(2), values), tmp_path))
    assert scores_of(back) == wanted(2, values)
    assert back.vetoes == {"1": False, "2": ticked, "3": False}
    assert (back.assessee, back.date, back.notes) == (HEAD["assessee"], HEAD["date"], {"annex-2/c1": "缺记录"})
    assert rules_of(back) == {"read-by-place"}
    assert back.rubric_digest == sheet(2).digest


def office(folder: Path, name: str, data: bytes, kind: str) -> bytes:
    """The file opened and saved again by LibreOffice."""
    (folder / name).write_bytes(data)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", "again", name]
    subprocess.run(command, cwd=folder, check=True, timeout=120, capture_output=True)
    return (folder / "again" / name).with_suffix(f".{kind.split(':')[0]}").read_bytes()


@needs_office
def test_a_docx_saved_again_by_libreoffice(tmp_path):
    values = random_values(3, seed=78) | {"annex_3_veto_1": "Yes"}
    again = office(tmp_path, "f.docx", docx.render(sheet(3), values), "docx:MS Word 2007 XML")
    back = read_back(tmp_path, "f.docx", again)
    assert scores_of(back) == wanted(3, values)
    assert (back.assessee, back.assessor, back.date) == (HEAD["assessee"], HEAD["assessor"], HEAD["date"])
    assert back.vetoes["1"]
    assert back.rubric_digest == sheet(3).digest


@needs_office
@pytest.mark.parametrize("ticked", [{2}, {1, 3}])
def test_a_docx_saved_twice_by_libreoffice_keeps_each_veto_and_texts_of_two_scripts(tmp_path, ticked):
    """It keeps each run of a text in a control of its own, and takes the boxes of the later vetoes into the first one's."""
    head = {"annex_2_assessee": "示例 ABC（集团）有限公司2号", "annex_2_assessor": "示例甲 Li", "annex_2_c1_note": "扣 3 分，见 p.2"}
    values = random_values(2, seed=81) | head | {f"annex_2_veto_{i}": "Yes" if i in ticked else "" for i in (1, 2, 3)}
    again = docx.render(sheet(2), values)
    for _ in range(2):
        again = office(tmp_path, "f.docx", again, "docx:MS Word 2007 XML")
        back = read_back(tmp_path, "f.docx", again)
        assert scores_of(back) == wanted(2, values)
        assert {int(n) for n, yes in back.vetoes.items() if yes} == ticked
        assert len(back.vetoes) == 3
        assert [back.assessee, back.assessor, back.notes["annex-2/c1"]] == [*head.values()]
        assert "value-ambiguous" not in rules_of(back)


@needs_office
def test_an_xlsx_saved_again_by_libreoffice_has_its_total_recomputed(tmp_path):
    values = random_values(3, seed=79) | {f"annex_3_veto_{i}": "" for i in (1, 2, 3)}
    again = office(tmp_path, "f.xlsx", xlsx.render(sheet(3), values), "xlsx:Calc MS Excel 2007 XML")
    back = read_back(tmp_path, "f.xlsx", again)
    assert scores_of(back) == wanted(3, values)
    assert float(back.stated.total or 0) == pytest.approx(sum(map(float, wanted(3, values).values())))
    assert [f.rule for f in back.findings] == []


@needs_office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_workbook_saved_in_an_older_or_another_form(tmp_path, kind):
    values = random_values(2, seed=78)
    back = read_back(tmp_path, f"f.{kind}", office(tmp_path, "f.xlsx", xlsx.render(sheet(2), values), kind))
    assert scores_of(back) == wanted(2, values)
    assert (back.assessee, back.edition, back.source.file) == (HEAD["assessee"], "draft", f"f.{kind}")


def test_an_xlsx_saved_again_by_openpyxl(tmp_path):
    values = random_values(2, seed=80)
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet(2), values)))
    out = io.BytesIO()
    book.save(out)
    assert scores_of(read_back(tmp_path, "f.xlsx", out.getvalue())) == wanted(2, values)


@pytest.mark.parametrize("state", ["/Yes", "/On", "/1"])
def test_any_state_but_off_is_a_tick(tmp_path, state):
    assert read_back(tmp_path, "f.pdf", with_box(state, state)).vetoes["1"] is True


def test_a_box_whose_value_and_look_disagree_is_told_and_not_guessed(tmp_path):
    back = read_back(tmp_path, "f.pdf", with_box("/Yes", "/Off"))
    assert "1" not in back.vetoes
    assert [(f.rule, f.evidence[0].page) for f in back.findings if f.rule == "veto-unclear"] == [("veto-unclear", 3)]


def with_box(value: str, state: str) -> bytes:
    with pikepdf.open(io.BytesIO(pdf.render(sheet(2)))) as form:
        box = next(f for f in form.Root.AcroForm.Fields if str(f.T) == "annex_2_veto_1")
        box.V, box.AS = pikepdf.Name(value), pikepdf.Name(state)
        out = io.BytesIO()
        form.save(out)
        return out.getvalue()


def test_a_flattened_form_of_another_rubric_is_refused_by_its_digest(tmp_path):
    from msgspec.structs import replace

    from pipeline.errors import InputError
    from pipeline.returns import collecting

    other = replace(sheet(2), digest="0123456789ab" + "0" * 52)
    (tmp_path / "f.pdf").write_bytes(shrunk(pdf.render(other, random_values(2, seed=81)), tmp_path))
    with pytest.raises(InputError, match="0123456789ab"):
        collecting.collect([tmp_path / "f.pdf"], reading())


def test_a_flattened_form_with_a_column_for_not_applicable_is_read_at_its_own_places(tmp_path):
    from msgspec.structs import replace

    values = random_values(2, seed=82) | {"annex_2_c3": "", "annex_2_c3_na": "Yes", "annex_2_c3_note": "无储罐"}
    form = pdf.render(replace(sheet(2), not_applicable="allowed"), values)
    back = read_back(tmp_path, "f.pdf", flattened(form, tmp_path))
    assert scores_of(back) == {k: v for k, v in wanted(2, values).items() if v}
    assert back.not_applicable == {"annex-2/c3": "无储罐"}


def test_a_flattened_form_that_is_laid_out_otherwise_is_refused_not_misread(tmp_path):
    """Same rubric, same digest, one line more above the table: nothing may be read beside its field."""
    from msgspec.structs import replace

    from pipeline.errors import InputError
    from pipeline.returns import collecting

    other = replace(sheet(2), title="枣庄市燃气行业瓶装燃气经营企业服务质量评价表（试行）" * 2)
    (tmp_path / "f.pdf").write_bytes(flattened(pdf.render(other, random_values(2, seed=83)), tmp_path))
    with pytest.raises(InputError, match=r"f\.pdf page 1: .*lies otherwise"):
        collecting.collect([tmp_path / "f.pdf"], reading())


def in_docx(part: str, pattern: str, text: str) -> bytes:
    """The blank form with one place of a part rewritten, as a program that knows nothing of content controls would."""
    import zipfile

    old = zipfile.ZipFile(io.BytesIO(docx.render(sheet(2))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            data = old.read(item).decode() if item == part else old.read(item)
            if isinstance(data, str):
                data, count = regex.subn(pattern, text, data, count=1, flags=regex.DOTALL)
                assert count == 1
            new.writestr(item, data)
    return out.getvalue()


SCORE = r'(<w:tag w:val="annex_2_c1"/>.*?<w:t xml:space="preserve">)　　'
BOX = r'(<w:tag w:val="annex_2_veto_1"/>.*?<w:t>)☐'


@pytest.mark.parametrize("typed", ["2.5", "　　2.5", "单击或点击此处输入文字。", "Click or tap here to enter text."])
def test_a_docx_whose_text_alone_is_written_keeps_its_mark_of_emptiness(tmp_path, typed):
    back = read_back(tmp_path, "f.docx", in_docx("word/document.xml", SCORE, rf"\g<1>{typed}"))
    assert {str(v) for v in back.awarded.values()} == ({"2.5"} if "2.5" in typed else set())


def test_a_docx_whose_bound_part_alone_is_written(tmp_path):
    back = read_back(tmp_path, "f.docx", in_docx("customXml/item9.xml", "<annex_2_c1></annex_2_c1>", "<annex_2_c1>2.5</annex_2_c1>"))
    assert {k: str(v) for k, v in back.awarded.items()} == {"annex-2/c1": "2.5"}


def test_a_box_that_shows_a_tick_and_says_none_is_told(tmp_path):
    back = read_back(tmp_path, "f.docx", in_docx("word/document.xml", BOX, r"\g<1>☒"))
    assert "1" not in back.vetoes
    assert "veto-unclear" in rules_of(back)
