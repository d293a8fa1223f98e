"""Many files at once: exports of the phone tools with many rows, good forms among damaged and foreign files."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import lxml.html
import openpyxl
import pytest
from docx import Document
from lxml import etree
from PIL import Image

from pipeline import cli, stages
from pipeline.formats import docx, html, pdf, xlsform
from pipeline.formats.identity import identity
from pipeline.returns import collecting
from tests.returns.filled import HEAD, SOURCE, exported, random_values, read_back, reading, rules_of, scores_of, sheet


def export_rows(join: str, rows: list[dict[str, str]]) -> list[list[str]]:
    """An export as ODK Central (`group-name`), Kobo (`group/name`) or Briefcase (`group:name`) write it, with their own columns."""
    s = sheet(2)
    keys = [f"{s.prefix}_form_{k}" for k in identity(s)] + [f"{s.prefix}_{k}" for k in ("assessee", "date", "assessor", "total", "grade")]
    head = ["start", "end", *keys, *(f"{g.key}_group{join}{line.key}" for g in s.groups for line in g.lines), *(v.key for v in s.vetoes)]
    about = {f"{s.prefix}_form_{k}": str(v) for k, v in identity(s).items()}
    out = [[*head, "meta/instanceID", "_id", "_submission_time", "__version__"]]
    for n, row in enumerate(rows):
        cells = about | row | {"start": "2022-03-01T08:00:00.000+08:00"}
        line = [cells.get(h.replace(f"_group{join}", "\0").split("\0")[-1], "") for h in head]
        out.append([*line, f"uuid:{n}", str(n), "2022-03-01T09:00:00", "v1"])
    return out


def as_csv(rows: list[list[str]], delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def phone_values(seed: int) -> dict[str, str]:
    return random_values(2, seed) | {"annex_2_veto_1": "OK", "annex_2_veto_2": "", "annex_2_veto_3": "", "annex_2_assessor": f"示例专家{seed}"}


@pytest.mark.parametrize(("join", "delimiter"), [("/", ";"), ("-", ","), (":", ","), (".", "\t"), ("/", ",")])
def test_each_row_of_a_phone_export_is_an_assessment(tmp_path, join, delimiter):
    rows = [phone_values(n) for n in (1, 2, 3)]
    (tmp_path / "all.csv").write_bytes(as_csv(export_rows(join, rows), delimiter))
    found, refused = collecting.collect([tmp_path / "all.csv"], reading())
    assert [scores_of(a) for a in found] == [{line.key: r[line.key] for line in sheet(2).lines()} for r in rows]
    assert [(a.source.row, a.assessor, a.vetoes["1"]) for a in found] == [(n + 1, f"示例专家{n}", True) for n in (1, 2, 3)]
    assert [a.findings for a in found] == [(), (), ()]
    assert refused == ()


def test_a_phone_export_as_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in export_rows("/", [phone_values(4)]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    back = read_back(tmp_path, "kobo.xlsx", out.getvalue())
    assert (len(back.awarded), back.source.row, back.rubric_digest) == (35, 2, sheet(2).digest)


def nested(values: dict[str, str]) -> dict[str, dict[str, str]]:
    """The answers as the phone tools keep them: hidden questions and head at the top, scores inside their groups."""
    s = sheet(2)
    top = {f"{s.prefix}_form_{k}": str(v) for k, v in identity(s).items()} | {f"{s.prefix}_{k}": values[f"{s.prefix}_{k}"] for k in HEAD}
    groups = {f"{g.key}_group": {line.key: values[line.key] for line in g.lines} for g in s.groups}
    return {**top, **groups, **{v.key: "OK" if values.get(v.key) else "" for v in s.vetoes}}


def as_xml(values: dict[str, str]) -> bytes:
    """A submission as ODK Collect writes it."""
    root = etree.Element("data", id="annex_2", version="1")
    for name, value in nested(values).items():
        part = etree.SubElement(root, name)
        for key, text in value.items() if isinstance(value, dict) else ():
            etree.SubElement(part, key).text = text
        part.text = None if isinstance(value, dict) else value
    etree.SubElement(etree.SubElement(root, "{http://openrosa.org/xforms}meta"), "{http://openrosa.org/xforms}instanceID").text = "uuid:1"
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def as_central(values: dict[str, str]) -> bytes:
    """A submission as ODK Central's OData gives it: nested, scores as JSON numbers as they were typed."""
    answers = {k: {n: "#" + t + "#" for n, t in v.items()} if isinstance(v, dict) else v for k, v in nested(values).items()}
    return json.dumps({"value": [answers | {"__id": "uuid:1", "__system": {"deviceId": None}}]}).replace('"#', "").replace('#"', "").encode()


def as_kobo(values: dict[str, str]) -> bytes:
    """A submission as Kobo's API gives it: groups before the name."""
    flat = {f"{k}/{n}": t for k, v in nested(values).items() if isinstance(v, dict) for n, t in v.items()}
    return json.dumps({"count": 1, "results": [flat | {k: v for k, v in nested(values).items() if isinstance(v, str)} | {"_attachments": []}]}).encode()


def as_list(values: dict[str, str]) -> bytes:
    return json.dumps([nested(values)]).encode()


def as_page(values: dict[str, str]) -> bytes:
    """The HTML form with its values written into it, saved by another program."""
    root = lxml.html.document_fromstring(html.render(sheet(2)))
    for element in root.xpath("//*[@name]"):
        text = values.get(element.get("name"), "")
        if element.tag == "textarea":
            element.text = text
        elif element.get("type") == "checkbox":
            element.attrib.update({"checked": "checked"} if text else {})
        elif element.tag == "input":
            element.set("value", text)
    return lxml.html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>")


@pytest.mark.parametrize(("name", "write"), [
    ("f.xml", as_xml), ("central.json", as_central), ("kobo.json", as_kobo), ("list.json", as_list), ("f.html", as_page),
])  # fmt: skip
def test_a_submission_and_a_saved_page_come_back(tmp_path, name, write):
    values = random_values(2, seed=5) | {"annex_2_veto_1": "Yes", "annex_2_veto_2": "", "annex_2_c1": "2.50"}
    back = read_back(tmp_path, name, write(values))
    assert scores_of(back) == {line.key: values[line.key] for line in sheet(2).lines()} | {"annex_2_c1": "2.5"}
    assert (back.assessee, back.date, back.assessor) == tuple(HEAD.values())
    assert (back.vetoes["1"], back.vetoes["2"], back.rubric_digest) == (True, False, sheet(2).digest)
    assert rules_of(back) == set()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def letter(kind: type) -> bytes:
    document = kind()
    if hasattr(document, "add_paragraph"):
        document.add_paragraph("关于召开会议的通知")
    else:
        document.active["A1"] = "会议签到表"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def empty_page() -> bytes:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    return out.getvalue()


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("form.docx", content)
    return out.getvalue()


BAD = {
    "photo.jpg": (picture(), "a picture: scores are not read"),
    "form.rtf": (b"{\\rtf1\\ansi x}", "an RTF, in which"),
    "form.odt": (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text", "an OpenDocument text"),
    "noise.bin": (b"\1\2\0" * 50, "neither PDF, DOCX"),
    "empty.pdf": (b"", "empty"),
    "blank.pdf": (empty_page(), "holds no text"),
    "cut.pdf": (pdf.render(sheet(2))[:4000], "damaged"),
    "letter.docx": (letter(Document), "no field of a form"),
    "list.xlsx": (letter(openpyxl.Workbook), "row of a form"),
    "cut.docx": (docx.render(sheet(2))[:20000], "cut.docx"),
    "other.json": (b'{"a": 1}', "no exported form"),
    "list.csv": ("姓名,电话\n某某,13800000001\n".encode(), "no column of a form"),
    "notes.txt": ("会议记录".encode("gb18030"), "row of a form"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old office format"),
    "blank.xlsform.xlsx": (xlsform.render(sheet(2)), "the phone form itself"),
    "page.html": (b"<html><body>x</body></html>", "no field of a form"),
    "answers.xml": (b"<data><meta/></data>", "no field of a form"),
    "cut.xml": (b"<data><a>", "not well-formed"),
    "forms.zip": (zipped(b"x"), "a zip archive that is no form"),
    "rows.csv": (b"annex_2_c1,annex_2_c2\n" + b"1,2\n" * 20001, "20,001 forms (limit 20,000)"),
    "wide.csv": (b",".join(b"annex_2_c%d" % i for i in range(30001)) + b"\n1\n", "30,001 form fields"),
    "wide.html": (b"<html>" + b"".join(b"<input name=annex_2_c%d>" % i for i in range(30001)), "30,001 form fields"),
    "zip.xlsx": (b"PK\x03\x04" + b"\0" * 60, "zip.xlsx"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_form_is_named_with_its_reason_and_the_others_are_kept(tmp_path, name):
    (tmp_path / name).write_bytes(BAD[name][0])
    (tmp_path / "good.json").write_bytes(exported(sheet(2), random_values(2, seed=20)))
    found, refused = collecting.collect([tmp_path / name, tmp_path / "good.json"], reading())
    assert [len(a.awarded) for a in found] == [35]
    assert len(refused) == 1
    assert name in refused[0]
    assert BAD[name][1] in refused[0]
    assert "13800000001" not in refused[0]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_an_html_form_saved_in_another_encoding(tmp_path, encoding):
    values = random_values(2, seed=21)
    page = html.render(sheet(2), values).replace("utf-8", encoding.removesuffix("-sig"))
    (tmp_path / "form.html").write_bytes(page.encode(encoding))
    ((back,), refused) = collecting.collect([tmp_path / "form.html"], reading())
    assert (back.assessee, back.assessor, back.notes["annex-2/c1"], refused) == (values["annex_2_assessee"], values["annex_2_assessor"], "缺记录", ())


def test_a_list_with_rare_names_alone_is_gb18030(tmp_path):
    keys = [line.key for line in sheet(2).lines()]
    (tmp_path / "a.csv").write_bytes((",".join(["annex_2_assessee", *keys]) + "\n" + ",".join(["王堃喆", *["1"] * len(keys)]) + "\n").encode("gb18030"))
    ((back,), _) = collecting.collect([tmp_path / "a.csv"], reading())
    assert back.assessee == "王堃喆"


def test_on_the_command_line_the_good_forms_are_written_and_the_status_tells_of_the_bad(tmp_path, capsys):
    (tmp_path / "photo.jpg").write_bytes(picture())
    (tmp_path / "a").mkdir()
    for place in (tmp_path / "f.json", tmp_path / "a" / "f.json", tmp_path / "f.pdf"):
        values = random_values(2, seed=len(str(place)))
        place.write_bytes(pdf.render(sheet(2), values) if place.suffix == ".pdf" else exported(sheet(2), values))
    files = [str(tmp_path / n) for n in ("photo.jpg", "f.json", "a/f.json", "f.pdf")]
    assert cli.main(["collect", *files, "--notice", str(SOURCE), "-o", str(tmp_path / "out")]) == 2
    assert len(list((tmp_path / "out").iterdir())) == 3
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "photo.jpg" in said.err
    assert "Traceback" not in said.err


def test_when_no_file_is_a_form_nothing_is_written(tmp_path, capsys):
    (tmp_path / "photo.jpg").write_bytes(picture())
    assert cli.main(["collect", str(tmp_path / "photo.jpg"), "--notice", str(SOURCE), "-o", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()
    assert capsys.readouterr().err.count("\n") == 1


def test_a_form_of_another_revision_keeps_its_scores_and_says_so(tmp_path):
    """Its maxima are another rubric's: no score of it is judged by ours."""
    form = json.loads(exported(sheet(2), random_values(2, seed=21))) | {"revision": "2031", "rubric_digest": "0" * 64}
    form["awarded"]["annex-2/c1"] = "9"
    from msgspec.structs import replace

    (tmp_path / "f.json").write_text(json.dumps(form), encoding="utf-8")
    mine = replace(reading(), revision="2021")
    (back,), _ = collecting.collect([tmp_path / "f.json"], mine)
    assert str(back.awarded["annex-2/c1"]) == "9"
    assert rules_of(back) == {"foreign-revision"}
    assert "2031" in next(f.message for f in back.findings)


@pytest.mark.parametrize(("field", "value"), [("document_number", "某建字〔2031〕9号"), ("rubric_digest", "0" * 64)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_refuses_a_foreign_form_by_name_and_keeps_the_others(tmp_path, capsys, field, value, lang):
    good, foreign = json.loads(exported(sheet(2), random_values(2, seed=23))), json.loads(exported(sheet(2), random_values(2, seed=24)))
    for name, form in (("good.json", good), ("foreign.json", foreign | {field: value})):
        (tmp_path / name).write_text(json.dumps(form), encoding="utf-8")
    files = [str(tmp_path / n) for n in ("good.json", "foreign.json")]
    assert cli.main(["collect", *files, "--notice", str(SOURCE), "-o", str(tmp_path / "out"), "--lang", lang]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("notice: foreign.json: this form ")
    assert said.err.count("\n") == 1
    assert value[:12] in said.err
    assert cli.main(["score", str(tmp_path / "out" / "foreign.assessment.json"), "--notice", str(SOURCE), "-o", str(tmp_path / "s")]) == 2
    assert capsys.readouterr().err.startswith("notice: foreign.json: this form ")
    assert not (tmp_path / "s").exists()


def test_without_the_notice_a_form_is_read_as_far_as_it_can_be(tmp_path):
    (tmp_path / "f.pdf").write_bytes(pdf.render(sheet(2), random_values(2, seed=22)))
    (back,), _ = collecting.collect([tmp_path / "f.pdf"])
    assert (len(back.awarded), back.rubric_digest) == (35, sheet(2).digest)


def test_the_source_itself_is_no_form(tmp_path):
    (tmp_path / "n.json").write_text(json.dumps(stages.extract(SOURCE).to_json(), ensure_ascii=False), encoding="utf-8")
    with pytest.raises(collecting.InputError):
        collecting.collect([tmp_path / "n.json"], reading())
