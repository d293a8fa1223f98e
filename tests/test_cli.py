"""The command line as a person meets it: exit status, one line on standard error, nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.support.small import notice_text

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT / "sources" / "zaozhuang-gas-2021-42"


def bad_file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.pdf", b""),
        ("blank.txt", b" \n\n\t\n"),
        ("cut.pdf", (SEED / "notice.pdf").read_bytes()[:3000]),
        ("cut.docx", (SEED / "notice.docx").read_bytes()[:9000]),
        ("noise.bin", bytes(range(256)) * 20),
    ],
)
def test_unusable_input_is_one_line_and_status_2(tmp_path, capsys, name, data):
    out = tmp_path / "out.json"
    assert main(["extract", str(bad_file(tmp_path, name, data)), "-o", str(out)]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert name in said.err
    assert "Traceback" not in said.err
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_missing_file(capsys, tmp_path):
    assert main(["audit", str(tmp_path / "no.pdf")]) == 2
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["extract"], ["audit", "x", "--format", "pdf"], ["fly"], []])
def test_misuse_is_status_2(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        main(argv)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("fail_on", "status"), [("error", 1), ("warning", 1), ("never", 0)])
def test_exit_status_follows_fail_on(fail_on, status, capsys):
    assert main(["audit", str(SEED / "notice.txt"), "--fail-on", fail_on]) == status
    assert "RUB001 serial-gap" in capsys.readouterr().out


def test_extract_then_audit_of_the_json_say_the_same(tmp_path, capsys):
    out = tmp_path / "notice.json"
    assert main(["extract", str(SEED / "notice.docx"), "-o", str(out)]) == 0
    first = json.loads(out.read_text(encoding="utf-8"))["findings"]
    main(["audit", str(out), "--format", "json", "--lang", "zh"])
    again = json.loads(capsys.readouterr().out)
    assert [f["fingerprint"] for f in again] == [f["fingerprint"] for f in first]


def test_a_document_without_a_rubric_is_no_error(tmp_path, capsys):
    path = tmp_path / "letter.txt"
    path.write_text("关于召开座谈会的通知\n\n各单位：\n\n定于本周五召开座谈会，请准时参加。\n", encoding="utf-8")
    assert main(["audit", str(path)]) == 0
    assert "no-rubric" in capsys.readouterr().out


def test_run_twice_does_nothing_the_second_time(tmp_path, capsys):
    target = ["run", "--sources", str(SEED.parent), "--extracted", str(tmp_path / "e"), "--reports", str(tmp_path / "r")]
    assert main(target) == 0
    files = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    capsys.readouterr()
    assert main(target) == 0
    assert capsys.readouterr().out == "没有变化\n"
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == files


def test_run_redoes_what_was_lost(tmp_path, capsys):
    target = ["run", "--sources", str(SEED.parent), "--extracted", str(tmp_path / "e"), "--reports", str(tmp_path / "r")]
    main(target)
    lost = tmp_path / "r" / SEED.name / "forms" / "annex-1.draft.pdf"
    before = lost.read_bytes()
    lost.unlink()
    capsys.readouterr()
    main(target)
    assert capsys.readouterr().out == f"{SEED.name}: 表单\n"
    assert lost.read_bytes() == before


@pytest.mark.parametrize("name", ["notice", "findings", "assessment", "scorecard"])
def test_schemas_are_published(name, capsys):
    import jsonschema

    assert main(["schema", name]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(("argv", "said"), [
    (["forms", str(SEED / "notice.txt"), "--format", ",", "-o", "out"], "names no format"),
    (["forms", str(SEED / "notice.txt"), "--annex", "9", "-o", "out"], "--annex 9"),
    (["decide", str(SEED), "accept", "--by", "甲", "--reason", "核对"], "needs what to decide on"),
])  # fmt: skip
def test_what_makes_no_sense_is_told_on_one_line(argv, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(argv) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert said in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("terminal", [True, False])
def test_long_work_shows_a_bar_on_a_terminal_only(terminal, capsys, monkeypatch):
    import sys

    from pipeline import progress

    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    assert list(progress.bar(range(3), "page")) == [0, 1, 2]
    assert ("page" in capsys.readouterr().err) == terminal


@pytest.mark.parametrize(("argv", "word"), [(["audit", "n.txt"], "审校报告"), (["diff", "n.txt", "n.txt"], "旧分能否沿用")])
def test_reports_are_chinese_whatever_the_locale_unless_another_language_is_asked_for(argv, word, capsysbinary, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "n.txt").write_text(notice_text(), encoding="utf-8")
    pages = []
    for locale in ("C.UTF-8", "zh_CN.UTF-8"):
        monkeypatch.setenv("LC_ALL", locale)
        main([*argv, "--format", "html", "--fail-on", "never"])
        pages.append(capsysbinary.readouterr().out)
    main([*argv, "--format", "html", "--fail-on", "never", "--lang", "en"])
    assert pages[0] == pages[1]
    assert word in pages[0].decode()
    assert word not in capsysbinary.readouterr().out.decode()


def test_a_closed_standard_output_is_told(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout", None)
    assert main(["schema", "notice"]) == 2
    assert capsys.readouterr().err == "notice: standard output: is closed; name a file with -o\n"


def test_an_end_that_falls_into_an_import_waits_for_it(tmp_path):
    """A compiled module that is broken off while it sets itself up ends the process at once."""
    (tmp_path / "slow.py").write_text("import signal\nsignal.raise_signal(signal.SIGTERM)\nprint('imported', flush=True)\n")
    code = "import signal, time\nfrom pipeline import cli\nsignal.signal(signal.SIGTERM, cli._end)\ntry:\n    import slow\n    time.sleep(20)\nexcept cli._Ended:\n    print('ended')\n"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("imported\nended\n", "")



def test_a_folder_for_a_file_is_said_without_the_number_of_the_error(tmp_path, capsys):
    assert main(["score", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert "Errno" not in capsys.readouterr().err
