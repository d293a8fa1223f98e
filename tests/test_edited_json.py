"""Notice and assessment JSON edited by hand: refused in one line that names the place, by every verb, and nothing is written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pipeline import audit, extract, stages
from pipeline.cli import main
from tests.test_types import text

HEAD = "某市城管〔2023〕5号\n\n关于印发考核办法的通知\n\n各单位：\n\n一、评价目标\n90分以上为优秀，80～89分为良好，80分以下为不合格。\n\n"


@pytest.fixture
def notice(tmp_path) -> dict[str, Any]:
    (tmp_path / "a.txt").write_text(HEAD + text(), encoding="utf-8")
    assert main(["extract", str(tmp_path / "a.txt"), "-o", str(tmp_path / "whole.json")]) == 0
    data: dict[str, Any] = json.loads((tmp_path / "whole.json").read_text(encoding="utf-8"))
    return data


def put(data: Any, path: str, value: Any) -> Any:
    """The data with the value at a dotted path; a number is an index."""
    *steps, last = [int(s) if s.isdigit() else s for s in path.split(".")]
    node = data
    for step in steps:
        node = node[step]
    node[last] = value
    return data


CRITERION = "rubrics.0.sections.0.criteria.0"
WRONG = [
    (f"{CRITERION}.max_points", 3, "rubrics[0].sections[0].criteria[0].max_points: 3 is no decimal string"),
    (f"{CRITERION}.max_points", "NaN", "no decimal string"),
    (f"{CRITERION}.max_points", "1e9", "no decimal string"),
    (f"{CRITERION}.max_points", "9" * 50, "no decimal string"),
    (f"{CRITERION}.text", 5, "rubrics[0].sections[0].criteria[0].text: 5 is no text"),
    (f"{CRITERION}.text", "\ud800", "surrogate"),
    (f"{CRITERION}.text", "a\x0bb", "control characters"),
    (f"{CRITERION}.columns", ["a"], "is no object"),
    (f"{CRITERION}.basis", "guessed", "is none of printed, proved"),
    (f"{CRITERION}.at", "page 5", "is no object"),
    (f"{CRITERION}.at", {"line": 3}, "lacks quote"),
    (f"{CRITERION}.id", "annex-1/c2", "stands twice"),
    (f"{CRITERION}.id", "../c1", "is no id"),
    ("rubrics.0.sections", "abc", "is no list"),
    ("rubrics.0.sections.0.parent", "annex-1/s1", "sections[0].parent: 'annex-1/s1', the parent of annex-1/s1, is no section above it"),
    ("rubrics.0.sections.0.parent", "annex-1/s2", "'annex-1/s2', the parent of annex-1/s1, is no section above it"),
    ("rubrics.0.annex", True, "is no whole number"),
    ("rubrics.0.annex", 10**30, "is no whole number"),
    ("rubrics.0.id", "../../../tmp/evil", "is no rubric's id"),
    ("rubrics.0.id", "/tmp/evil", "is no rubric's id"),
    ("rubrics.0", None, "rubrics[0]"),
    ("slug", "../x", "slug: '../x' is no name without folders"),
    ("source.file", "../../etc/passwd", "is no name without folders"),
    ("notice.addressees", "各单位", "is no list"),
    ("notice.grade_bands.0.min_inclusive", "yes", "is neither true nor false"),
    ("findings", {}, "is no list"),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG)
def test_a_wrong_place_is_named(tmp_path, capsys, notice, path, value, said):
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(put(notice, path, value)), encoding="utf-8")
    assert main(["audit", str(edited)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "edited.json" in error
    assert said in error


@pytest.mark.parametrize("verb", ["extract", "audit", "decide", "diff", "forms", "collect", "score"])
def test_every_verb_that_takes_a_notice_refuses_it(tmp_path, capsys, notice, verb):
    whole, edited, out = tmp_path / "whole.json", tmp_path / "edited.json", tmp_path / "out"
    edited.write_text(json.dumps(put(notice, f"{CRITERION}.max_points", 2.5)), encoding="utf-8")
    argv = {
        "extract": [edited, "-o", out], "audit": [edited, "-o", out], "decide": [edited, "list"], "diff": [whole, edited, "-o", out],
        "forms": [edited, "--format", "html", "-o", out], "collect": [whole, "--notice", edited, "-o", out], "score": [whole, "--notice", edited, "-o", out],
    }[verb]  # fmt: skip
    before = sorted(tmp_path.iterdir())
    assert main([verb, *map(str, argv)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("raw", ['{"rubrics": [], "notice": {}, "x": ' + "9" * 5000 + "}", '{"rubrics": [' * 3000, '{"a": 1}', "{'a': 1}", "[]", '{"rubrics": NaN, "notice": {}}'])
def test_json_that_is_no_notice(tmp_path, capsys, raw):
    (tmp_path / "a.json").write_text(raw, encoding="utf-8")
    assert main(["audit", str(tmp_path / "a.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_notice_json_is_one_under_any_name(tmp_path, capsys, notice):
    (tmp_path / "notice.txt").write_bytes((tmp_path / "whole.json").read_bytes())
    assert main(["extract", str(tmp_path / "notice.txt")]) == 0
    assert capsys.readouterr().out == (tmp_path / "whole.json").read_text(encoding="utf-8")


def form(notice: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The export of a filled HTML form."""
    return {"annex": 1, "rubric": "annex-1", "rubric_digest": "0" * 64, "assessee": "甲", "awarded": {"annex-1/c1": "3"}, **more}


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"annex": "9" * 5000}, 2),
        ({"rubric": "../../evil"}, 2),
        ({"annex": "٣", "rubric": None}, 2),
        ({"notes": {"annex-1/c1": "a\ud800b\x00c\x0bd"}}, 0),
        ({"assessee": "\ud800甲"}, 0),
        ({"assessee": ["甲"], "vetoes": {"1": "\x00"}, "date": {}}, 0),
        ({"awarded": {"annex-1/c1": {"a": 1}, "annex-1/c2": "=1+1", "annex-1/c3": "9" * 400}}, 0),
    ],
)
def test_tampered_exports(tmp_path, capsys, notice, more, status):
    (tmp_path / "form.json").write_text(json.dumps(form(notice, **more)), encoding="utf-8")
    assert main(["collect", str(tmp_path / "form.json"), "-o", str(tmp_path / "out")]) == status
    assert (tmp_path / "out").exists() == (status == 0)
    assert capsys.readouterr().err.count("\n") == (status == 2)


@pytest.mark.parametrize("fault", [MemoryError(), PermissionError(13, "denied", "/x"), KeyError("a\nb"), RecursionError()])
def test_what_nobody_foresaw_is_one_line_too(monkeypatch, capsys, fault):
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr("pipeline.stages.extract", fail)
    assert main(["extract", "a.txt"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert Path("a.txt").exists() is False


@pytest.mark.parametrize("name", ["a\nb.txt", "a\r\x0b\x0c\x1c\x85\u2028\u2029b.txt", "a\x1b[2Jb.txt", "a\u202etxt.exe"])
def test_a_refusal_is_one_line_whatever_a_name_holds(tmp_path, capsys, name):
    (tmp_path / name).write_bytes(b"")
    for argv in (["extract", str(tmp_path / name)], ["forms", str(tmp_path / name), "-o", name], ["collect", str(tmp_path / name), "-o", str(tmp_path / "out")]):
        assert main(argv) == 2
        said = capsys.readouterr().err
        assert said == said.splitlines()[0] + "\n"
        assert not {"\x1b", "\u202e"} & set(said)


@pytest.mark.parametrize(("raw", "shown"), [("公文.txt".encode("gb18030"), "公文.txt"), (b"b\xff\xfe.txt", "b\ufffd\ufffd.txt")])
def test_names_that_are_no_utf_8_are_read_and_shown(tmp_path, capsysbinary, raw, shown):
    """As archives from Chinese Windows unpack. They were faults of the program."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw))
    path.write_text(HEAD + text(), encoding="utf-8")
    assert main(["extract", str(path)]) == 0
    assert json.loads(capsysbinary.readouterr().out)["source"]["file"] == shown
    for form in ("text", "json", "sarif", "html"):
        assert main(["audit", str(path), "--format", form, "--fail-on", "never"]) == 0
    assert main(["ingest", str(path), *(f"--{d}={tmp_path}/{d}" for d in ("sources", "extracted", "reports"))]) == 0
    assert main(["batch", str(path), "-o", str(tmp_path / "out"), "--engine", "serial"]) == 0
    path.write_bytes(b"")
    assert main(["collect", str(path), "-o", str(tmp_path / "filled")]) == 2
    assert capsysbinary.readouterr().err.decode().startswith(f"notice: {shown}: ")


def test_misuse_is_one_line_too(capsys):
    with pytest.raises(SystemExit):
        main(["extract", "a.txt", "b\nc\x85d"])
    assert len(capsys.readouterr().err.splitlines()) == 1


# ---- what is called proved ---------------------------------------------------------------------------------------

SEED = Path(__file__).resolve().parents[1] / "extracted" / "zaozhuang-gas-2021-42" / "2021" / "notice.json"
CERTIFICATE = "rubrics.1.resolution.certificate"
TOO_MUCH = [
    ("rubrics.2.resolution.status", "proved", "annex-3"),
    ("rubrics.1.resolution.count", 2, "annex-2"),
    ("rubrics.0.sections.6.boundary.status", "proved", "where annex-1/s7 begins"),
    ("rubrics.0.sections.6.basis", "proved", "where annex-1/s7 begins"),
    ("rubrics.0.sections.1.points_basis", "proved", "the points of annex-1/s2"),
    ("rubrics.0.sections.0.criteria.0.basis", "proved", "annex-1/c1"),
    ("rubrics.0.sections.0.criteria.0.points_basis", "proved", "annex-1/c1"),
    ("rubrics.1.sections.3.criteria.5.points_basis", "proved", "annex-2/c21"),
    ("rubrics.0.sections.0.criteria.0.max_points", "2", "annex-1/c1"),
    ("rubrics.0.resolution.certificate.points.0", 2, "annex-1/c1"),
    (f"{CERTIFICATE}.claim.margins.1", 3, "margins"),
    (f"{CERTIFICATE}.claim.values.20", [1, 2], "values"),
    (f"{CERTIFICATE}.total", 101, "another total"),
    (f"{CERTIFICATE}.sections.2.declared.0", 12, "other labels"),
    (f"{CERTIFICATE}.weights.page", 0, "weights"),
    (CERTIFICATE, {}, "not a certificate"),
    (CERTIFICATE, {"claim": []}, "not a certificate"),
    ("rubrics.1.resolution", None, "no resolution"),
]


@pytest.mark.parametrize(("path", "value", "said"), TOO_MUCH)
def test_what_the_numbers_do_not_prove_is_no_longer_called_proved(tmp_path, path, value, said):
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(put(json.loads(SEED.read_text(encoding="utf-8")), path, value)), encoding="utf-8")
    assert main(["extract", str(edited), "-o", str(tmp_path / "out.json")]) == 0
    read = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    rubric = read["rubrics"][int(path.split(".")[1])]
    sections = rubric["sections"]
    called = [x for s in sections for x in (s, *s["criteria"]) if "proved" in (x["basis"], x["points_basis"])]
    assert not called
    assert rubric["resolution"] is None
    assert not any(s["boundary"] for s in sections)
    assert [f["rule"] for f in read["findings"]].count("reading-incomplete") == 1
    (remark,) = [r for r in read["remarks"] if r["kind"] == "unproved"]
    assert said in remark["message"]


def test_points_set_by_hand_are_summed_anew(tmp_path, capsys):
    edited = tmp_path / "edited.json"
    data = put(json.loads(SEED.read_text(encoding="utf-8")), "rubrics.0.sections.0.criteria.0.max_points", "2")
    edited.write_text(json.dumps(data), encoding="utf-8")
    assert main(["audit", str(edited), "--format", "json"]) == 1
    found = {(f["rule"], f["where"]) for f in json.loads(capsys.readouterr().out)}
    assert {("total-mismatch", "annex-1"), ("section-sum-mismatch", "annex-1/s1")} <= found
    assert main(["forms", str(edited), "--annex", "1", "--format", "html", "-o", str(tmp_path / "out")]) == 0


def test_a_notice_with_no_more_than_the_contract_names_is_used(tmp_path):
    whole = json.loads(SEED.read_text(encoding="utf-8"))
    section, criterion = ("id", "label", "stated_points", "parent", "kind", "basis"), ("id", "number", "text", "max_points", "basis", "at")
    bare = {key: whole[key] for key in ("schema_version", "source", "notice", "findings")}
    bare["rubrics"] = [
        {key: r[key] for key in ("annex", "id", "title", "stated_total")}
        | {"sections": [{k: s[k] for k in section} | {"criteria": [{k: c[k] for k in criterion} for c in s["criteria"]]} for s in r["sections"]]}
        for r in whole["rubrics"]
    ]
    path = tmp_path / "bare.json"
    path.write_text(json.dumps(bare), encoding="utf-8")
    assert main(["audit", str(path)]) == 1
    assert main(["forms", str(path), "--format", "html", "-o", str(tmp_path / "out")]) == 0
    assert len(list((tmp_path / "out").glob("*.html"))) == 3


def test_findings_written_into_a_notice_json_count_for_nothing(tmp_path, capsys):
    data = json.loads(SEED.read_text(encoding="utf-8"))
    open_ = next(f for f in data["findings"] if f["status"] == "undecidable")
    open_["status"], open_["message"] = "proved", "第 1 条应为 9 分"
    data["findings"] = [open_, {**open_, "where": "annex-1/c1", "fingerprint": "0" * 20}]
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(data), encoding="utf-8")
    assert main(["extract", str(edited)]) == 0
    assert capsys.readouterr().out == SEED.read_text(encoding="utf-8")


@pytest.mark.parametrize(("path", "value"), [("rubrics.2.resolution", None), ("rubrics.2.resolution.count", 1)])
def test_a_proof_taken_away_makes_nothing_proved(path, value, tmp_path):
    """37 explanations are equally good: without them the wrong sums were called proved."""
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(put(json.loads(SEED.read_text(encoding="utf-8")), path, value)), encoding="utf-8")
    found = [f for f in stages.load(edited).findings if f.rule == "section-sum-mismatch" and f.annex == 3]
    assert [f.status for f in found] == ["conditional", "conditional"]


def test_a_choice_among_lines_is_proved_again_from_the_json(tmp_path):
    sheet = tmp_path / "sheet.txt"
    sheet.write_text("考核评分表\n项目\t序号\t考核内容\t分值\n管理（60分）\t1\t制度健全。\t60\n类别（任选其一）（40分）\t2\t每日巡检。\t40\n\t3\t每周巡检。\t30\n合计\t\t\t100\n")
    reading = extract(sheet)
    (tmp_path / "n.json").write_text(json.dumps(reading.to_json(), ensure_ascii=False))
    assert [f.rule for f in audit(tmp_path / "n.json") if f.rule == "reading-incomplete"] == []
