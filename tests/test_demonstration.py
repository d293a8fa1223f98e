"""The way back end to end: the demonstration's forms, filled, collected, scored and reported; the same through the command line."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from pipeline import demonstration, serialize, stages
from pipeline.cli import main
from pipeline.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "sources" / "zaozhuang-gas-2021-42" / "demo"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder like a project's: extracted/…/notice.json, and the demonstration's files."""
    folder = tmp_path_factory.mktemp("project")
    target = folder / "extracted" / "zaozhuang-gas-2021-42" / "2021" / "notice.json"
    reading = stages.extract(ROOT / "sources" / "zaozhuang-gas-2021-42" / "notice.txt")
    serialize.write_whole(target, serialize.dumps({**reading.to_json(), "revision": "2021", "slug": "zaozhuang-gas-2021-42"}))
    demonstration.run(serialize.load_reading(target), DEMO, folder / "demo")
    return folder


def cards(folder: Path) -> dict[str, dict]:
    found = (json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.scorecard.json"))
    return {c["assessee"][2]: c for c in found}


def test_every_unit_is_scored_and_reported(made):
    found = cards(made / "demo" / "reports")
    grades = {unit: (c["grade_band"], c["vetoed"], len(c["assessments"])) for unit, c in found.items()}
    assert grades == {
        "甲": ("优秀", False, 2), "乙": ("合格", False, 2), "戊": ("不合格", False, 2),
        "丙": ("优秀", False, 2), "己": ("合格", False, 2), "丁": (None, True, 2),
    }  # fmt: skip
    assert not [f for c in found.values() for f in c["findings"] if f["severity"] == "error"]


def test_totals_are_what_the_demonstration_took_off(made):
    rows = demonstration._rows(DEMO / "scores.csv")
    for unit, card in cards(made / "demo" / "reports").items():
        lost = [sum(Decimal(p.split(":")[1]) for p in r["lost"].split(";")) for r in rows if r["assessee"][2] == unit]
        mean = 100 - sum(lost) / len(lost)
        assert abs(Decimal(card["total"]) - mean) <= Decimal("0.05")


def test_each_number_leads_back_to_a_filled_form(made):
    digests = {p.name for p in (made / "demo" / "filled").iterdir()}
    for card in cards(made / "demo" / "reports").values():
        assert all(a["source"]["file"] in digests and a["date"] and a["assessor"] and a["rubric_digest"] for a in card["assessments"])
        for item in card["items"]:
            for entry in item["entries"]:
                assert 1 <= entry["assessment"] <= len(card["assessments"])
                assert {"page", "path", "line"} & set(entry["at"])


def test_what_is_published_names_no_assessor(made):
    shown = {p.name: shown_by(p) for p in (made / "demo" / "reports").iterdir() if p.suffix in (".html", ".pdf")}
    assert len(shown) > 16
    assert all("枣高国土住建字" in text for text in shown.values())
    assert not [name for name, text in shown.items() if "示例专家" in text]


def shown_by(path: Path) -> str:
    """What stands on a page, and what is attached to it."""
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8")
    with pikepdf.open(path) as pdf:
        inside = "".join(a.get_file().read_bytes().decode() for a in pdf.attachments.values())
    return inside + "".join(p.get_textpage().get_text_bounded() for p in pypdfium2.PdfDocument(path))


def test_the_command_line_gives_the_same_reports_with_and_without_notice(made, tmp_path, monkeypatch):
    given = [str(p) for p in sorted((made / "demo" / "assessments").iterdir())]
    policy = ["--policy", str(DEMO / "policy.yaml")]
    notice = str(made / "extracted" / "zaozhuang-gas-2021-42" / "2021" / "notice.json")
    assert main(["score", *given, "--notice", notice, *policy, "-o", str(tmp_path / "named")]) == 0
    monkeypatch.chdir(made)
    assert main(["score", *reversed(given), *policy, "-o", str(tmp_path / "found")]) == 0
    wanted = {p.name: p.read_bytes() for p in (made / "demo" / "reports").iterdir()}
    for folder in ("named", "found"):
        assert {p.name: p.read_bytes() for p in (tmp_path / folder).iterdir()} == wanted


def test_without_a_notice_that_fits_score_says_what_to_give(made, tmp_path, monkeypatch, capsys):
    given = [str(p) for p in sorted((made / "demo" / "assessments").iterdir())]
    monkeypatch.chdir(tmp_path)
    assert main(["score", *given, "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "--notice" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def changed(made: Path, folder: Path, **fields) -> str:
    """One assessment of the demonstration with other fields, in a file of its own."""
    one = json.loads(next((made / "demo" / "assessments").glob("annex-1*")).read_text(encoding="utf-8"))
    path = folder / "changed.assessment.json"
    path.write_text(json.dumps(one | fields, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_forms_of_another_notice_among_them_are_set_apart_by_name(made, tmp_path, monkeypatch):
    monkeypatch.chdir(made)
    good = str(next((made / "demo" / "assessments").glob("annex-2*")))
    other = changed(made, tmp_path, document_number="某建字〔2020〕1号", assessee="示例外来公司")
    assert main(["score", good, other, "-o", str(tmp_path / "out")]) == 0
    (foreign,) = (json.loads(p.read_text(encoding="utf-8")) for p in (tmp_path / "out").glob("*外来*.scorecard.json"))
    assert (foreign["total"], foreign["grade_band"]) == (None, None)
    assert "某建字〔2020〕1号" in foreign["open"][0]
    assert "某建字〔2020〕1号" in (tmp_path / "out" / "league.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "fields",
    [{"document_number": "某建字〔2020〕1号"}, {"awarded": {"annex-1/c1": "0.1.2"}}, {"awarded": []}, {"schema_version": "9.0"}, {"vetoes": {"1": "yes"}}],
)
def test_what_cannot_be_scored_is_one_line_and_leaves_nothing(made, tmp_path, monkeypatch, capsys, fields):
    monkeypatch.chdir(made)
    assert main(["score", changed(made, tmp_path, **fields), "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_no_assessment_is_misuse(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["score", "-o", str(tmp_path)])
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("示例甲,9,示例专家,2022-03-01,,", "annex '9' has no rubric"), ("示例甲,1,示例专家,2022-03-01,c99:1,", "no criterion"),
        ("示例甲,1,示例专家,2022-03-01,c1:5,", "takes off more"), ("示例甲,1,示例专家,2022-03-01,c1:x,", "no criterion"),
    ],
)  # fmt: skip
def test_a_demonstration_that_does_not_fit_says_where(made, tmp_path, line, said):
    demo = tmp_path / "demo"
    shutil.copytree(DEMO, demo)
    (demo / "scores.csv").write_text("assessee,annex,assessor,date,lost,veto\n" + line + "\n", encoding="utf-8")
    reading = serialize.load_reading(next((made / "extracted").glob("*/*/notice.json")))
    with pytest.raises(InputError, match=f"scores.csv:2.*{said}"):
        demonstration.run(reading, demo, tmp_path / "out")
