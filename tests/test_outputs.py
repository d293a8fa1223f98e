"""Where results are written: a pipe is no input and never replaced as an output; a full disk leaves nothing behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipeline import serialize, staging
from pipeline.cli import main
from pipeline.errors import InputError
from tests.test_types import text


@pytest.fixture
def pipe(tmp_path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.fixture
def notice(tmp_path) -> Path:
    (tmp_path / "a.txt").write_text(text(), encoding="utf-8")
    assert main(["extract", str(tmp_path / "a.txt"), "-o", str(tmp_path / "notice.json")]) == 0
    return tmp_path / "notice.json"


@pytest.mark.parametrize(
    "argv",
    [
        ["extract", "{pipe}"], ["audit", "{pipe}"], ["decide", "{pipe}", "list"], ["diff", "{pipe}", "{notice}"],
        ["forms", "{pipe}", "-o", "{out}"], ["forms", "{notice}", "--assessees", "{pipe}", "-o", "{out}"], ["collect", "{pipe}", "-o", "{out}"],
        ["score", "{pipe}", "--notice", "{notice}", "-o", "{out}"], ["forms", "{notice}", "--policy", "{pipe}", "-o", "{out}"],
        ["ingest", "{pipe}", "--sources", "{out}/s", "--extracted", "{out}/e", "--reports", "{out}/r"], ["diff", "{notice}", "{notice}", "--assessments", "{pipe}"],
    ],
)  # fmt: skip
def test_a_pipe_is_refused_not_waited_for(tmp_path, capsys, notice, pipe, argv):
    places = {"pipe": pipe, "notice": notice, "out": tmp_path / "out"}
    assert main([a.format(**places) for a in argv]) == 2
    assert "pipe: not a regular file" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_pipe_is_written_to_not_replaced(pipe):
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    serialize.write_whole(pipe, "评")
    assert os.read(reader, 99).decode() == "评"
    assert pipe.is_fifo()
    os.close(reader)


def test_files_are_written_together_or_not_at_all(tmp_path, monkeypatch):
    calls = iter((False, True))

    def full(handle: int) -> None:
        if next(calls):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        staging.write_together(tmp_path / "out", [("a", "1"), ("b", "2")])
    assert not (tmp_path / "out").exists()


def test_what_a_killed_write_left_is_taken_away_by_the_next(tmp_path):
    for name in (".write-dead.tmp", ".other.tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("x")
    assert staging.write_together(tmp_path, [("a", "1")]) == [tmp_path / "a"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [".other.tmp", "a"]


def test_nothing_is_written_when_making_the_second_file_fails(tmp_path):
    def made():
        yield "a", "1"
        raise InputError("b", "cannot be made", "mend it")

    with pytest.raises(InputError, match="cannot be made"):
        staging.write_together(tmp_path / "out", made())
    assert not (tmp_path / "out").exists()


def test_a_folder_in_the_place_of_a_file_refuses_all(tmp_path):
    (tmp_path / "b").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        staging.write_together(tmp_path, [("a", "1"), ("b", "2")])
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_a_link_stays_and_its_file_is_written(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    serialize.write_whole(tmp_path / "link", "1")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "1"


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_new_file_is_readable_by_whom_the_mask_says(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        serialize.write_whole(tmp_path / "a", "1")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode


def test_a_form_and_a_source_with_long_names_are_taken(tmp_path, notice):
    assert main(["forms", str(notice), "--annex", "1", "--format", "html", "-o", str(tmp_path / "f")]) == 0
    long = tmp_path / ("长" * 80 + ".html")
    (tmp_path / "f" / "annex-1.draft.html").rename(long)
    assert main(["collect", str(long), "--notice", str(notice), "-o", str(tmp_path / "c")]) == 0
    assert len(list((tmp_path / "c").iterdir())) == 1
    assert main(["batch", str(long), "-o", str(tmp_path / "b"), "--engine", "serial"]) in (0, 2)
    assert main(["collect", str(tmp_path), "-o", str(tmp_path / "d")]) == 2


def test_who_may_read_a_file_stays_when_it_is_written_again(tmp_path):
    (tmp_path / "a").write_text("0")
    (tmp_path / "a").chmod(0o640)
    serialize.write_whole(tmp_path / "a", "1")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_name_as_long_as_the_disk_allows_is_written(tmp_path):
    serialize.write_whole(tmp_path / ("长" * 85), "1")
    assert (tmp_path / ("长" * 85)).read_text() == "1"


@pytest.mark.parametrize("there", [True, False])
def test_forms_on_a_full_disk(tmp_path, monkeypatch, capsys, notice, there):
    if there:
        (tmp_path / "out").mkdir()

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main(["forms", str(notice), "--format", "html", "-o", str(tmp_path / "out")]) == 2
    assert "out: cannot be written (No space left on device)" in capsys.readouterr().err
    assert (tmp_path / "out").exists() == there
    assert not there or list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("verb", ["forms", "collect", "score", "batch"])
def test_an_output_folder_that_is_a_file(tmp_path, capsys, notice, verb):
    (tmp_path / "out").write_text("kept", encoding="utf-8")
    form = tmp_path / "form.json"
    form.write_text('{"annex": 1, "rubric": "annex-1", "schema_version": "1.0", "awarded": {"annex-1/c1": "3"}}', encoding="utf-8")
    argv = {"forms": [notice, "--format", "html"], "collect": [form], "score": [form, "--notice", notice], "batch": [tmp_path / "a.txt"]}[verb]
    assert main([verb, *map(str, argv), "-o", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert (error.count("\n"), str(tmp_path / "out") in error) == (1, True)
    assert (tmp_path / "out").read_text(encoding="utf-8") == "kept"


LONG = "关于印发服务质量评价办法的通知" * 5
"""225 bytes of a file name's 255."""


def test_files_with_long_names_are_read_by_batch_and_collect(tmp_path, capsys, notice):
    (tmp_path / f"{LONG}.txt").write_text(text(), encoding="utf-8")
    assert main(["batch", str(tmp_path / f"{LONG}.txt"), "-o", str(tmp_path / "out"), "--engine", "serial"]) == 0
    assert main(["extract", str(tmp_path / f"{LONG}.txt"), "-o", str(tmp_path / f"{LONG}评价.json")]) == 0
    forms = [tmp_path / f"{LONG}{n}评价评价.csv" for n in "12"]
    for form in forms:
        form.write_text(f"annex_1_c1,annex_1_assessee,annex_1_form_annex\n3,{form.stem[-5]},1\n", encoding="utf-8")
    assert main(["collect", *map(str, forms), "-o", str(tmp_path / "scores")]) == 0
    assert len(list((tmp_path / "scores").iterdir())) == 2
    capsys.readouterr()
