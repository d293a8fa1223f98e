"""A person's decisions on the real notice: kept, applied as confirmed, questioned when the source changes."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline import decisions, serialize, stages
from pipeline.cli import main
from pipeline.errors import InputError, UsageError
from pipeline.repair import suggestions, value_at, with_value
from tests.builders import reading_of, rubric_of

SLUG = "zaozhuang-gas-2021-42"
SEED = Path(__file__).resolve().parents[1] / "sources" / SLUG
SIGNED = ["--by", "经办人甲", "--reason", "对照原件", "--date", "2022-01-05"]


@pytest.fixture(scope="module")
def reading():
    return stages.extract(SEED / "notice.txt")


@pytest.fixture
def place(tmp_path):
    """A copy of the notice with its extracted JSON; returns the JSON."""
    folder = tmp_path / "sources" / SLUG
    folder.mkdir(parents=True)
    for name in ("notice.txt", "source.json"):
        shutil.copy(SEED / name, folder / name)
    card = json.loads((folder / "source.json").read_text(encoding="utf-8"))
    (folder / "source.json").write_text(json.dumps(card | {"primary": "notice.txt"}, ensure_ascii=False), encoding="utf-8")
    list(stages.run(tmp_path / "sources", tmp_path / "extracted", tmp_path / "reports", "zh"))
    return tmp_path / "extracted" / SLUG / "2021" / "notice.json"


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def criterion(data, key):
    return next(c for r in data["rubrics"] for s in r["sections"] for c in s["criteria"] if c["id"] == key)


def test_accepting_points_and_text_confirms_the_lost_criterion(place):
    for target in ("annex-2/c21.max_points", "annex-2/c21.text"):
        assert main(["decide", str(place), "accept", target, *SIGNED]) == 0
    data = load(place)
    assert criterion(data, "annex-2/c21")["basis"] == "confirmed"
    assert "serial-gap" not in {f["rule"] for f in data["findings"]}
    assert "total-mismatch" not in {f["rule"] for f in data["findings"] if f["annex"] == 2}


@pytest.mark.parametrize("earlier", [True, False])
def test_a_decision_that_cannot_be_shown_in_the_json_is_not_kept(place, tmp_path, monkeypatch, capsys, earlier):
    kept = tmp_path / "sources" / SLUG / "decisions.yaml"
    if earlier:
        assert main(["decide", str(place), "accept", "annex-2/c21.text", *SIGNED]) == 0
    before, whole = kept.read_bytes() if earlier else None, serialize.write_whole

    def fail(path, data):
        if path == place:
            raise OSError(errno.EACCES, "Permission denied")
        whole(path, data)

    monkeypatch.setattr(serialize, "write_whole", fail)
    assert main(["decide", str(place), "accept", "annex-2/c21.max_points", *SIGNED]) == 2
    assert "the decision cannot be written (Permission denied)" in capsys.readouterr().err
    assert (kept.read_bytes() if kept.exists() else None) == before


@pytest.mark.parametrize("target", ["annex-2/c21.max_points", "annex-2/s2.label", "annex-1/c1.max_points=2", "annex-1.stated_total=101", "annex-1/s2.stated_points=13"])
def test_what_a_person_decided_is_not_taken_for_a_false_proof(place, capsys, target):
    path, _, value = target.partition("=")
    assert main(["decide", str(place), *(["set", path, value] if value else ["accept", path]), *SIGNED]) == 0
    assert main(["audit", str(place), "--fail-on", "never"]) == 0
    assert capsys.readouterr().err == ""
    assert "unproved" not in {r.kind for r in stages.load(place).remarks}


def test_a_decision_that_cannot_be_written_names_its_file(place, monkeypatch, capsys):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "/x/.decisions.yaml.abc.tmp")

    monkeypatch.setattr("pipeline.decisions.save", full)
    before = place.read_bytes()
    assert main(["decide", str(place), "accept", "annex-2/c21.max_points", *SIGNED]) == 2
    assert "decisions.yaml: the decision cannot be written (No space left on device)" in capsys.readouterr().err
    assert place.read_bytes() == before


def test_points_alone_do_not_confirm_the_text(place):
    main(["decide", str(place), "accept", "annex-2/c21.max_points", *SIGNED])
    assert criterion(load(place), "annex-2/c21")["basis"] == "inferred"


def test_the_final_edition_after_everything_is_decided(place, tmp_path, capsys):
    target = ["forms", str(place), "--annex", "2", "--format", "html", "--edition", "final", "-o", str(tmp_path / "f")]
    assert main(target) == 2
    for one in ("annex-2/s2.label", "annex-2/s4.label", "annex-2/c21.max_points", "annex-2/c21.text"):
        main(["decide", str(place), "accept", one, *SIGNED])
    for finding in load(place)["findings"]:
        if finding["severity"] == "error":
            main(["decide", str(place), "waive", finding["fingerprint"], *SIGNED])
    assert main(target) == 0
    page = (tmp_path / "f" / "annex-2.final.html").read_text(encoding="utf-8")
    assert '<span class="mark">' not in page
    assert "安全运营" in page


def test_a_run_keeps_what_was_decided(place, tmp_path):
    main(["decide", str(place), "set", "annex-3/s3.stated_points", "11", *SIGNED])
    before = place.read_bytes()
    list(stages.run(tmp_path / "sources", tmp_path / "extracted", tmp_path / "reports", "zh"))
    assert place.read_bytes() == before
    assert "decisions" in (tmp_path / "sources" / SLUG / "decisions.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "argv",
    [
        ["accept", "annex-9/c1.text", *SIGNED],
        ["set", "annex-2/c1.colour", "red", *SIGNED],
        ["set", "annex-2/c1.max_points", "many", *SIGNED],
        ["set", "annex-2/c1.max_points", "1_000", *SIGNED],
        ["set", "annex-2/c1.max_points", "1e3", *SIGNED],
        ["set", "annex-2/c1.text", " ", *SIGNED],
        ["set", "annex-2/c1.max_points", "3", "--by", "甲", "--reason", "r", "--date", "2024-02-31"],
        ["waive", "0" * 12, *SIGNED],
        ["set", "annex-2/c1.max_points", "3", "--by", "甲", "--reason", " "],
        ["set", "annex-2/c1.max_points", "3", "--by", "甲", "--reason", "r"],
        ["set", "annex-2/c1.max_points", "3", "--by", "甲", "--reason", "r", "--date", "昨天"],
    ],
)
def test_what_cannot_be_decided_is_refused_and_changes_nothing(place, argv, capsys):
    before = place.read_bytes()
    assert main(["decide", str(place), *argv]) == 2
    assert place.read_bytes() == before
    assert not (place.parents[3] / "sources" / SLUG / "decisions.yaml").exists()
    assert capsys.readouterr().err.count("\n") == 1


def test_a_decision_goes_stale_when_the_old_value_is_gone_and_moot_when_the_source_agrees(reading):
    made = decisions.decide(reading, "set", "annex-3/c15.max_points", "2", "甲", "对照原件", "2022-01-05")
    status = lambda r: [d.status for d in decisions.apply(r, [made]).decisions]  # noqa: E731
    assert status(reading) == ["valid"]
    changed = with_value(reading, "annex-3/c15.max_points", "4")
    assert status(changed) == ["stale"]
    assert "decision-stale" in {f.rule for f in decisions.apply(changed, [made]).findings}
    assert status(with_value(reading, "annex-3/c15.max_points", "2")) == ["moot"]


def test_repairs_add_no_finding_and_twice_is_once(reading):
    made = [decisions.decide(reading, "accept", s.id, None, "甲", "核对", "2022-01-05") for s in suggestions(reading)]
    once = decisions.apply(reading, made)
    before = {(f.rule, f.where) for f in reading.findings}
    assert {(f.rule, f.where) for f in once.findings} <= before
    assert decisions.apply(reading, [*made, *made]) == once


def test_saved_decisions_load_again(reading, tmp_path):
    made = [decisions.decide(reading, "set", "annex-1.stated_total", "100", "甲", "核对：“总评”", "2022-01-05")]
    decisions.save(tmp_path / "decisions.yaml", made)
    assert decisions.load(tmp_path / "decisions.yaml") == tuple(made)


@pytest.mark.parametrize("text", ["decisions: 3", "decisions: [{action: fly}]", "a: [", "decisions: [{colour: red}]"])
def test_a_broken_file_is_refused(tmp_path, text):
    (tmp_path / "d.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        decisions.load(tmp_path / "d.yaml")


@pytest.mark.parametrize("path", ["annex-2/c21.max_points", "annex-2/s2.label"])
def test_an_inferred_value_counts_as_absent(reading, path):
    assert value_at(reading, path) is None


def test_a_path_that_names_nothing(reading):
    with pytest.raises(UsageError):
        value_at(replace(reading, rubrics=()), "annex-2/c1.text")


def test_the_errata_sheet_lists_what_was_corrected(reading):
    import io

    from docx import Document

    from pipeline.revisions import errata

    made = [
        decisions.decide(reading, "set", "annex-3/c15.max_points", "2", "甲", "对照原件", "2022-01-05"),
        decisions.decide(reading, "accept", "annex-2/c21.max_points", None, "甲", "总分相符", "2022-01-05"),
        decisions.decide(reading, "waive", reading.findings[0].fingerprint, None, "甲", "不影响", "2022-01-05"),
    ]
    done = decisions.apply(reading, made)
    rows = [(e.printed, e.corrected, e.status) for e in errata.errata_of(done)]
    assert rows == [("3", "2", "有效"), ("（未印）", "2", "有效")]
    assert "附件 3 序号 15 评价分值" in errata.render_html(done)
    table = Document(io.BytesIO(errata.render_docx(done))).tables[0]
    assert [c.text for c in table.rows[1].cells][1:4] == ["3", "2", "对照原件"]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert "没有更正。" in [p.text for p in Document(io.BytesIO(errata.render_docx(reading))).paragraphs]


def test_without_a_date_a_decision_is_of_today(place, capsys):
    import datetime

    before = datetime.date.today().isoformat()
    assert main(["decide", str(place), "set", "annex-3/c15.max_points", "2", "--by", "甲", "--reason", "对照原件"]) == 0
    (made,) = load(place)["decisions"]
    assert before <= made["date"] <= datetime.date.today().isoformat()


def test_what_stands_there_already_is_not_set_but_an_earlier_decision_can_be_taken_back(place, capsys):
    was = next(c["max_points"] for r in load(place)["rubrics"] for s in r["sections"] for c in s["criteria"] if c["id"] == "annex-2/c1")
    assert main(["decide", str(place), "set", "annex-2/c1.max_points", was, *SIGNED]) == 2
    assert "already" in capsys.readouterr().err
    assert main(["decide", str(place), "set", "annex-2/c1.max_points", "2", *SIGNED]) == 0
    assert main(["decide", str(place), "set", "annex-2/c1.max_points", was, *SIGNED]) == 0


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_what_was_decided_is_no_open_suggestion(place, capsys, action):
    main(["decide", str(place), action, "annex-2/s2.label", *SIGNED])
    capsys.readouterr()
    main(["decide", str(place), "list", "--lang", "en"])
    offered, _, rest = capsys.readouterr().out.partition("# findings")
    assert "annex-2/s4.label" in offered
    assert "annex-2/s2.label" not in offered
    assert f"{action}\tannex-2/s2.label" in rest


def test_a_waiver_in_the_list_says_what_was_waived(place, capsys):
    main(["decide", str(place), "list", "--lang", "zh"])
    found = next(line.split("\t") for line in capsys.readouterr().out.splitlines() if "\tband-gap\t" in line)
    main(["decide", str(place), "waive", found[0], *SIGNED])
    capsys.readouterr()
    main(["decide", str(place), "list", "--lang", "zh"])
    assert f"waive\t{found[0]}\t{found[4]}" in capsys.readouterr().out


ENTRY = "decisions:\n- {action: set, target: annex-1/c1, by: 甲, date: 2021-01-01, source_sha256: x, reason: r, value: VALUE}\n"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('"\\uD800"', "decisions.yaml:2:"),
        ('"a\\x01"', "control characters"),
        ("2021-13-45", "month must be"),
        ("9" * 5_000, "limit"),
        ("[" * 3_000, "not YAML"),
        ("[" * 3_000 + "]" * 3_000, "recursion"),
        ("!!binary aGk=", "value is no text"),
        ("[&a [x, x, x, x, x, x, x, x, x], &b [*a, *a, *a, *a], &c [*b, *b, *b, *b], [*c, *c, *c]]", "value is no text"),
    ],
)
def test_a_decision_file_that_is_hostile_is_refused_in_one_line(tmp_path, value, said):
    path = tmp_path / "decisions.yaml"
    path.write_text(ENTRY.replace("VALUE", value), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        decisions.load(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_doubtful_reading_of_a_repeated_number_can_be_confirmed_as_it_stands():
    sheet = rubric_of("项目|序号|评价内容|评价分值\n管理|1|台账齐全。|3\n|3|人员持证。|2\n|3|每月检查。|2\n总评|||7")
    section = sheet.sections[0]
    doubtful = replace(section.criteria[2], confidence=0.5)
    rubric = replace(sheet, sections=(replace(section, criteria=(*section.criteria[:2], doubtful)),))
    read = stages.audited(reading_of(rubric))
    new = decisions.decide(read, "set", f"{doubtful.id}.max_points", "2", "甲", "对照原件", "2022-01-05")
    assert doubtful.id.endswith("~2")
    assert not decisions.says_nothing(new, read, ())
    sure = decisions.decide(read, "set", f"{section.criteria[1].id}.max_points", "2", "甲", "对照原件", "2022-01-05")
    assert decisions.says_nothing(sure, read, ())


@pytest.mark.parametrize("earlier", [False, True])
def test_a_decision_whose_json_cannot_be_written_is_not_kept(place, monkeypatch, capsys, earlier):
    kept = place.parents[3] / "sources" / SLUG / "decisions.yaml"
    if earlier:
        assert main(["decide", str(place), "accept", "annex-2/c21.text", *SIGNED]) == 0
    before = kept.read_bytes() if earlier else None, place.read_bytes()
    whole = serialize.write_whole

    def full(path, data):
        if path == place:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(path, data)

    monkeypatch.setattr(serialize, "write_whole", full)
    assert main(["decide", str(place), "accept", "annex-2/c21.max_points", *SIGNED]) == 2
    assert "No space left" in capsys.readouterr().err
    assert (kept.read_bytes() if kept.exists() else None, place.read_bytes()) == before
