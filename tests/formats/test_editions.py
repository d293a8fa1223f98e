"""Editions: the final one is refused with what is open, is clean after decisions, and never shows what nobody confirmed."""

from __future__ import annotations

import io

import cv2
import numpy
import openpyxl
import page
import pdfplumber
import pytest

from pipeline import cli, decisions, serialize
from pipeline.assessment import Policy
from pipeline.errors import UsageError
from pipeline.formats import docx, html, pdf, xlsx
from pipeline.formats.sheet import Sheet, sheet_of
from pipeline.model import Decision, Reading
from tests.formats.test_shapes import EXTRACTED
from tests.returns.filled import reading

SIGNED = {"by": "示例经办人", "reason": "核对原件", "date": "2026-11-24"}


def decided(accept: bool) -> Reading:
    """The first notice with its suggestions accepted (or not) and every error that is left waived."""
    made: list[Decision] = []
    if accept:
        for suggestion in decisions.suggestions(reading()):
            made.append(decisions.decide(reading(), "accept", suggestion.id, None, previous=made, **SIGNED))
    for finding in decisions.apply(reading(), made).findings:
        if finding.severity == "error" and finding.waiver is None and finding.fingerprint in {f.fingerprint for f in reading().findings}:
            made.append(decisions.decide(reading(), "waive", finding.fingerprint, None, previous=made, **SIGNED))
    return decisions.apply(reading(), made)


def final(given: Reading, annex: int = 2) -> Sheet:
    return sheet_of(given, next(r for r in given.rubrics if r.annex == annex), "final")


@pytest.mark.parametrize("annex", [1, 2, 3])
def test_the_refusal_lists_every_error_that_is_open(annex):
    with pytest.raises(UsageError) as refusal:
        final(reading(), annex)
    errors = [f for f in reading().findings if f.severity == "error" and f.annex in (0, annex)]
    assert errors
    for finding in errors:
        assert f"{finding.rule} {finding.where}" in str(refusal.value)


def test_on_the_command_line_a_refused_edition_leaves_nothing_behind(tmp_path, capsys):
    assert cli.main(["forms", str(EXTRACTED), "--annex", "2", "--edition", "final", "-o", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "serial-gap" in said


def test_the_refusal_of_several_annexes_lists_what_is_open_in_all_of_them(tmp_path, capsys):
    assert cli.main(["forms", str(EXTRACTED), "--edition", "final", "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    errors = [f for f in serialize.load_reading(EXTRACTED).findings if f.severity == "error"]
    assert {f.annex for f in errors} == {0, 1, 2, 3}
    assert [f for f in errors if f"{f.rule} {f.where}" not in said] == []


@pytest.mark.parametrize("accept", [True, False])
def test_a_final_form_is_clean(accept):
    sheet = final(decided(accept))
    assert (sheet.footnotes, sheet.open) == ((), ())
    assert [line.number for line in sheet.lines() if line.marks] + [g.label for g in sheet.groups if g.marks] == []


def test_what_is_only_inferred_is_on_a_final_form_only_when_a_person_confirmed_it():
    waived = final(decided(accept=False))
    assert "21" not in [line.number for line in waived.lines()]
    assert len(waived.lines()) == 34
    assert "应急处置" not in [g.label for g in waived.groups]


RENDER = {"pdf": pdf.render, "docx": docx.render, "xlsx": xlsx.render, "html": html.render}


@pytest.mark.parametrize("form", RENDER)
def test_each_edition_names_itself(form):
    for edition, name in (("printed", "原样版"), ("draft", "草案版")):
        data = RENDER[form](sheet_of(reading(), reading().rubrics[1], edition))
        assert name in words_of(data)
        assert ("随表说明" in words_of(data)) == (edition in ("printed", "draft"))
    assert "正式版" in words_of(RENDER[form](final(decided(accept=False))))


def test_a_workbook_names_its_edition_on_the_screen_too():
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render(sheet_of(reading(), reading().rubrics[1], "draft"))))
    assert book.active["A1"].value == "草案版"


def words_of(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    if data.startswith(b"%PDF"):
        with pdfplumber.open(io.BytesIO(data)) as document:
            return "".join(p.extract_text() for p in document.pages)
    from tests.formats.test_shapes import zip_text

    return zip_text(data)


FILLED = {"annex_2_assessee": "示例王堃喆公司", "annex_2_c1": "2.5", "annex_2_c1_na": "Yes", "annex_2_c2_note": "台账不全，\n限期整改", "annex_2_veto_1": "Yes"}


@pytest.mark.parametrize("values", [{}, FILLED], ids=["blank", "filled"])
@pytest.mark.parametrize("edition", ["printed", "draft", "not applicable", "final"])
def test_every_edition_passes_pdf_ua(edition, values):
    given = serialize.load_reading(EXTRACTED)
    policy = Policy(not_applicable="full") if edition == "not applicable" else None
    sheet = final(decided(accept=False)) if edition == "final" else sheet_of(given, given.rubrics[1], "printed" if edition == "printed" else "draft", policy)
    report = page.validate_pdf_bytes(pdf.render(sheet, values), profile=page.ValidationProfile.PDF_UA_1)
    assert [str(f) for f in report.failures] == []


def test_the_code_on_every_page_is_read_by_opencv():
    """Another reader than the one the benchmark of the notes used: what a phone would see of a print at 200 dpi."""
    given = reading().rubrics[1]
    sheet = sheet_of(reading(), given, "draft")
    with pdfplumber.open(io.BytesIO(pdf.render(sheet))) as document:
        read = []
        for leaf in document.pages:
            picture = numpy.array(leaf.to_image(resolution=200).original.convert("L"))
            corner = cv2.resize(picture[int(picture.shape[0] * 0.88) :, int(picture.shape[1] * 0.75) :], None, fx=2, fy=2)
            read.append(cv2.QRCodeDetector().detectAndDecode(corner)[0])
    assert read == [f"RUBRIC1|{sheet.document_number}|{sheet.revision}|annex-2|draft|{n}|{sheet.digest[:16]}" for n in range(1, len(read) + 1)]


def test_the_printed_edition_shows_the_print_whatever_was_decided():
    """A number that the source does not have stays absent; what was set in place of a printed value is told."""
    made = [decisions.decide(reading(), "accept", s.id, None, **SIGNED) for s in decisions.suggestions(reading()) if s.id.startswith("annex-2/")]
    made.append(decisions.decide(reading(), "set", "annex-2/c3.max_points", "2", **SIGNED))
    given = decisions.apply(reading(), made)
    before, after = (sheet_of(r, r.rubrics[1], "printed") for r in (reading(), given))
    assert [line.number for line in after.lines()] == [line.number for line in before.lines()]
    assert [(g.label, g.stated) for g in after.groups] == [(g.label, g.stated) for g in before.groups]
    assert (before.footnotes, after.footnotes) == ((), ("第3条分值原表印作“3”，经决定为“2”。",))
    assert len(sheet_of(given, given.rubrics[1], "draft").lines()) == len(before.lines()) + 1
