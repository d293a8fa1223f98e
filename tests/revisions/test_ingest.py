"""A file that comes in finds its place: new, a new revision, another file of one, or nothing new; else it is refused."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest
from docx import Document
from msgspec.structs import replace

from pipeline import stages
from pipeline.cli import main
from pipeline.revisions import identity, intake
from tests.support.small import RULES, notice_text

TIGHTER = tuple(r.replace("85%", "95%") for r in RULES)


@pytest.fixture
def desk(tmp_path, capsys):
    """A place to work: `take(text, *options)` ingests a text (or a file) and returns (exit status, out, err)."""

    def take(given: str | Path, *options: str) -> tuple[int, str, str]:
        path = given if isinstance(given, Path) else tmp_path / "in" / "来文.txt"
        if isinstance(given, str):
            path.parent.mkdir(exist_ok=True)
            path.write_text(given, encoding="utf-8")
        places = [f"--{n}={tmp_path / n}" for n in ("sources", "extracted", "reports")]
        status = main(["ingest", str(path), *places, *options])
        said = capsys.readouterr()
        return status, said.out, said.err

    return take


def card(tmp_path: Path, slug: str) -> dict:
    return json.loads((tmp_path / "sources" / slug / "source.json").read_text(encoding="utf-8"))


def tree(tmp_path: Path) -> dict[str, tuple[bytes, int]]:
    """Every file under the three folders with its bytes and time."""
    files = (p for n in ("sources", "extracted", "reports") for p in sorted((tmp_path / n).rglob("*")) if p.is_file())
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def word_file(path: Path, text: str) -> Path:
    """The small notice as DOCX: tab-separated lines become one table."""
    document = Document()
    rows = [line.split("\t") for line in text.splitlines() if "\t" in line]
    for line in text.splitlines():
        if line and "\t" not in line:
            document.add_paragraph(line)
    table = document.add_table(rows=len(rows), cols=4)
    for row, values in zip(table.rows, rows, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    document.save(str(path))
    return path


def test_a_new_notice_is_named_by_its_number_and_run(desk, tmp_path):
    text = notice_text()
    status, out, _ = desk(text)
    assert status == 0
    assert "sources/n2021-7" in out
    held = card(tmp_path, "n2021-7")
    assert (held["revision"], held["date"], held["supersedes"]) == ("2021", "2021-03-05", None)
    assert (tmp_path / "sources/n2021-7" / held["primary"]).read_bytes() == text.encode()
    assert held["files"][0]["sha256"] == sha256(text.encode()).hexdigest()
    assert (tmp_path / "extracted/n2021-7/2021/notice.json").is_file()
    assert (tmp_path / "reports/n2021-7/audit.html").is_file()


def test_a_card_keeps_the_file_name_and_nothing_of_the_machine_or_of_persons(desk, tmp_path):
    path = tmp_path / "somewhere" / "王某13800000000.txt"
    path.parent.mkdir()
    path.write_text(notice_text(), encoding="utf-8")
    desk(path)
    text = (tmp_path / "sources/n2021-7/source.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert "somewhere" not in text
    assert "13800000000" not in text
    assert "王某" in text


def test_the_same_file_twice_writes_nothing(desk, tmp_path):
    desk(notice_text())
    before = tree(tmp_path)
    status, out, _ = desk(notice_text())
    assert (status, tree(tmp_path) == before) == (0, True)
    assert "已在 sources/n2021-7" in out
    assert out.endswith("没有变化\n")


def test_the_same_number_of_another_issuer_gets_a_slug_of_its_own(desk, tmp_path):
    desk(notice_text())
    desk(notice_text(number="乙建字〔2021〕7号", title="供水企业服务考核办法", rules=tuple(f"{r}，留有凭证" for r in RULES)))
    slugs = sorted(p.name for p in (tmp_path / "sources").iterdir())
    assert slugs[0] == "n2021-7"
    assert slugs[1].startswith("n2021-7-")
    assert len(slugs) == 2


def test_another_format_of_the_same_text_is_another_file_of_the_revision(desk, tmp_path):
    desk(notice_text())
    before = (tmp_path / "extracted/n2021-7/2021/notice.json").read_bytes()
    status, out, _ = desk(word_file(tmp_path / "通知.docx", notice_text()))
    held = card(tmp_path, "n2021-7")
    assert (status, [f["file"] for f in held["files"]], held["primary"]) == (0, ["notice.txt", "notice.docx"], "notice.txt")
    assert "文字和分值相同" in out
    assert (tmp_path / "extracted/n2021-7/2021/notice.json").read_bytes() == before
    assert (tmp_path / "reports/n2021-7/readings/notice.docx.json").is_file()


def test_a_file_dropped_into_the_folder_is_listed_where_it_lies(desk, tmp_path):
    desk(notice_text())
    desk(word_file(tmp_path / "sources/n2021-7/new.docx", notice_text()))
    assert sorted(p.name for p in (tmp_path / "sources/n2021-7").iterdir()) == ["new.docx", "notice.txt", "source.json"]
    assert card(tmp_path, "n2021-7")["files"][1]["file"] == "new.docx"


def test_a_place_that_cannot_be_written(desk, tmp_path):
    (tmp_path / "extracted").write_text("a file", encoding="utf-8")
    status, _, err = desk(notice_text())
    assert (status, err.count("\n"), list((tmp_path / "sources").iterdir())) == (2, 1, [])


def test_the_user_may_say_which_file_is_read(desk, tmp_path):
    desk(notice_text())
    path = word_file(tmp_path / "通知.docx", notice_text())
    _, out, _ = desk(path, "--primary")
    assert card(tmp_path, "n2021-7")["primary"] == "notice.docx"
    assert "n2021-7: 读取 (同一文本，来源文件不同)" in out
    desk(notice_text(), "--primary")
    assert card(tmp_path, "n2021-7")["primary"] == "notice.txt"


@pytest.mark.parametrize(("old", "new"), [("供热企业服务评价办法", "物业企业服务评价办法"), ("供热企业服务质量评价表", "物业企业服务质量评价表")])
def test_another_title_under_the_same_number_is_another_text(desk, tmp_path, old, new):
    desk(notice_text().replace("现将《供热企业服务评价办法》", "现将办法"))
    before = tree(tmp_path)
    status, out, _ = desk(notice_text().replace("现将《供热企业服务评价办法》", "现将办法").replace(old, new))
    assert (status, out, tree(tmp_path) == before) == (2, "", True)


def test_another_text_under_the_same_number_is_refused_with_what_to_say(desk, tmp_path):
    desk(notice_text())
    before = tree(tmp_path)
    status, out, err = desk(notice_text(TIGHTER))
    assert (status, out, err.count("\n"), tree(tmp_path) == before) == (2, "", 1, True)
    for word in ("来文.txt", "n2021-7", "--supersedes", "--revision"):
        assert word in err


@pytest.mark.parametrize(
    ("options", "slug", "revision"),
    [
        (["--supersedes", "n2021-7"], "n2021-7-2021-2", "2021-2"),
        (["--revision", "2021b"], "n2021-7-2021b", "2021b"),
        (["--supersedes", "n2021-7", "--revision", "r2", "--slug", "heat-2"], "heat-2", "r2"),
    ],
)
def test_what_the_user_says_makes_it_a_revision(desk, tmp_path, options, slug, revision):
    desk(notice_text())
    status, _, _ = desk(notice_text(TIGHTER), *options)
    held = card(tmp_path, slug)
    assert (status, held["revision"], held["supersedes"]) == (0, revision, "n2021-7")
    changes = json.loads((tmp_path / f"reports/{slug}/diff/diff.json").read_text(encoding="utf-8"))
    assert [(c["type"], c["old"]) for c in changes["changes"]] == [("criterion-reworded", "annex-1/c8")]


def test_the_user_may_say_it_is_the_same_revision_after_all(desk, tmp_path):
    desk(notice_text())
    status, out, _ = desk(notice_text(TIGHTER), "--revision", "2021")
    assert (status, card(tmp_path, "n2021-7")["primary"]) == (0, "notice.txt")
    assert "85%" in out
    assert "95%" in out


def test_a_successor_with_its_own_number_in_one_command(desk, tmp_path):
    desk(notice_text())
    status, out, _ = desk(notice_text(TIGHTER, number="某建字〔2022〕3号"), "--supersedes", "n2021-7")
    assert status == 0
    assert "n2022-3: 修订对照" in out
    assert card(tmp_path, "n2022-3")["supersedes"] == "n2021-7"


def test_a_successor_is_proposed_by_its_title_and_may_be_named_afterwards(desk, tmp_path):
    desk(notice_text())
    later = notice_text(TIGHTER, number="某建字〔2022〕3号")
    _, out, _ = desk(later)
    assert "--supersedes n2021-7" in out
    assert card(tmp_path, "n2022-3")["supersedes"] is None
    status, out, _ = desk(later, "--supersedes", "n2021-7")
    assert (status, card(tmp_path, "n2022-3")["supersedes"]) == (0, "n2021-7")
    assert "n2022-3: 修订对照" in out


def test_without_a_number_the_user_names_it(desk, tmp_path):
    text = notice_text().split("\n", 1)[1]
    status, _, err = desk(text)
    assert (status, "--slug" in err, (tmp_path / "sources").exists() and os.listdir(tmp_path / "sources")) == (2, True, [])
    assert desk(text, "--slug", "heat")[0] == 0
    assert card(tmp_path, "heat")["revision"] == "2021"
    assert "已在 sources/heat" in desk(text)[1]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--supersedes", "nobody"], "nobody"),
        (["--slug", "../up"], "--slug"),
        (["--revision", "a/b"], "--revision"),
        (["--slug", "elsewhere"], "n2021-7"),
        (["--supersedes", "n2021-7"], "n2021-7"),
        (["--revision", "2030"], "2021"),
    ],
)
def test_what_contradicts_the_shelf_is_refused(desk, tmp_path, options, word):
    desk(notice_text())
    before = tree(tmp_path)
    status, out, err = desk(notice_text(), *options)
    assert (status, out, tree(tmp_path) == before) == (2, "", True)
    assert word in err


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02" * 50, b"%PDF-1.4 broken"])
def test_a_file_that_cannot_be_read_leaves_nothing(desk, tmp_path, data):
    path = tmp_path / "bad.pdf"
    path.write_bytes(data)
    status, _, err = desk(path, "--slug", "x")
    assert (status, err.count("\n")) == (2, 1)
    assert not list((tmp_path / "sources").glob("*"))


@pytest.mark.parametrize("name", ["nothing.pdf", "."])
def test_what_is_no_file(desk, tmp_path, name):
    status, _, err = desk(tmp_path / name)
    assert (status, err.count("\n")) == (2, 1)


def test_a_notice_json_is_no_source(desk, tmp_path):
    desk(notice_text())
    status, _, err = desk(tmp_path / "extracted/n2021-7/2021/notice.json")
    assert (status, "notice JSON" in err) == (2, True)


def test_a_killed_ingest_goes_on(desk, tmp_path):
    """What a kill may leave: the folder being made, or a copied file its card does not list yet."""
    half = tmp_path / "sources" / ".n2021-7.tmp"
    half.mkdir(parents=True)
    (half / "notice.txt").write_text("half", encoding="utf-8")
    assert desk(notice_text())[0] == 0
    path = word_file(tmp_path / "通知.docx", notice_text())
    (tmp_path / "sources/n2021-7/notice.docx").write_bytes(path.read_bytes())
    desk(path)
    assert sorted(p.name for p in (tmp_path / "sources/n2021-7").iterdir()) == ["notice.docx", "notice.txt", "source.json"]
    assert os.listdir(tmp_path / "sources") == ["n2021-7"]


# ---- what is the same text, what is the better file ----------------------------------------------------------------


def reading_of(folder: Path, text: str, **source: str):
    path = folder / f"{len(list(folder.iterdir()))}.txt"
    path.write_text(text, encoding="utf-8")
    reading = stages.extract(path)
    return replace(reading, source=replace(reading.source, **source))


def smudged(text: str) -> str:
    """A reading of a scan: three characters wrong, no figure."""
    for right, wrong in (("逐级", "逐极"), ("留存", "留在"), ("按规定", "接规定")):
        text = text.replace(right, wrong, 1)
    return text


@pytest.mark.parametrize(
    ("text", "reader", "same"),
    [
        (notice_text(), "text", True),
        (notice_text().replace("，", ",").replace("\n\n", "\n"), "text", True),
        (smudged(notice_text()), "text", False),
        (smudged(notice_text()), "scan", True),
        (notice_text(TIGHTER), "text", False),
        (notice_text(RULES[:9], (10,) * 8 + (20,)), "scan", False),
        (notice_text(points=(8, 12, *(10,) * 8)), "text", False),
        (notice_text(points=(1, 2, 3, 4, 5, 15, 20, 20, 15, 15)), "scan", False),
        (notice_text(number="某建字〔2021〕8号"), "text", False),
    ],
)
def test_what_counts_as_the_same_text(tmp_path, text, reader, same):
    assert identity.same_text(reading_of(tmp_path, notice_text()), reading_of(tmp_path, text, reader=reader)) is same


@pytest.mark.parametrize(
    ("held", "other", "better"),
    [("text", "text", None), ("scan", "text", "text-layer"), ("text", "scan", None), ("scan", "scan", None)],
)
def test_a_text_layer_beats_recognition(tmp_path, held, other, better):
    one, two = reading_of(tmp_path, notice_text(), reader=held), reading_of(tmp_path, notice_text(), reader=other)
    assert intake.better_by(one, two) == better


def test_of_two_scans_the_one_with_fewer_errors_is_better(tmp_path):
    faulty = notice_text().replace("安全管理 (40分)", "安全管理 (46分)")
    bad, good = reading_of(tmp_path, faulty, reader="scan"), reading_of(tmp_path, notice_text(), reader="scan")
    assert [f.rule for f in bad.findings if f.severity == "error"]
    assert intake.better_by(bad, good) == "fewer-open"
    assert intake.better_by(good, bad) is None


def test_the_layers_of_identity_are_told_apart(tmp_path):
    base = reading_of(tmp_path, notice_text())
    other_print = reading_of(tmp_path, notice_text() + "\n")
    reread = replace(base, notice=replace(base.notice, issuer="另一种读法"))
    assert identity.cause(base, base) == "none"
    assert identity.cause(base, reread) == "reading"
    assert identity.cause(base, other_print) == "print"
    assert identity.cause(base, reading_of(tmp_path, notice_text(TIGHTER))) == "text"
