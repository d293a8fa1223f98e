"""Many files: the same receipts from every engine, one bad file stops nobody, what is done is not done again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import batch, cli, engines
from tests.support.small import notice_text

ENGINES = ["serial", "local", "dask", "ray"]
PACKAGES = {"dask": "distributed", "ray": "ray"}


def needed(engine: str) -> None:
    if engine in PACKAGES:
        pytest.importorskip(PACKAGES[engine], reason=f"the extra {engine} is not installed")


def folder_of(path: Path) -> Path:
    """Two notices, one of them twice, and a file that is cut short."""
    for name, number in (("a.txt", 1), ("b.txt", 2), ("sub/a.txt", 1)):
        (path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (path / "in" / name).write_text(notice_text(number=f"某建字〔2021〕{number}号"), encoding="utf-8")
    (path / "in" / "cut.pdf").write_bytes(b"%PDF-1.7 cut")
    return path / "in"


@pytest.mark.parametrize("engine", ENGINES)
def test_each_file_has_a_receipt_and_the_second_run_keeps_what_is_done(tmp_path, engine, capsys):
    needed(engine)
    command = ["batch", str(folder_of(tmp_path)), "-o", str(tmp_path / "out"), "--engine", engine]
    assert cli.main(command) == 2
    said = capsys.readouterr()
    assert [line.split("\t")[:2] for line in said.out.splitlines()] == [
        ["done", "a.txt"], ["done", "b.txt"], ["refused", "cut.pdf"], ["kept", "sub/a.txt"],
    ]  # fmt: skip
    assert said.err.count("\n") == 1
    assert said.err.startswith("notice: cut.pdf: ")
    first = {p: p.read_bytes() for p in (tmp_path / "out").glob("*.notice.json")}
    assert len(first) == 2
    cli.main(command)
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["kept", "kept", "refused", "kept"]
    assert {p: p.read_bytes() for p in first} == first
    assert [r["status"] for r in json.loads((tmp_path / "out" / "receipts.json").read_text())] == ["kept", "kept", "refused", "kept"]


def test_a_reason_in_chinese_names_its_file_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7 cut")
    cli.main(["batch", str(tmp_path / "cut.pdf"), "-o", str(tmp_path / "out")])
    (receipt,) = json.loads((tmp_path / "out" / "receipts.json").read_text("utf-8"))
    assert receipt["reason"].startswith("PDF 损坏")
    assert capsys.readouterr().err.count("cut.pdf") == 1


@pytest.mark.parametrize("engine", ["dask", "ray"])
def test_an_engine_that_is_absent_is_told_with_its_remedy(tmp_path, engine, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, PACKAGES[engine], None)
    assert cli.main(["batch", str(folder_of(tmp_path)), "-o", str(tmp_path / "out"), "--engine", engine]) == 2
    said = capsys.readouterr().err
    assert said == f"notice: --engine {engine}: the package {PACKAGES[engine]} is absent; install it: pip install -e '.[{engine}]'\n"
    assert not (tmp_path / "out" / "receipts.json").exists()


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_results_come_in_order_though_many_more_than_are_handed_out_at_once(engine, monkeypatch):
    needed(engine)
    monkeypatch.setattr(engines, "AHEAD", 2)
    assert list(engines.each(engine, str, range(9), 2, lambda job, reason: reason)) == [str(n) for n in range(9)]


@pytest.mark.parametrize("engine", ["dask", "ray"])
def test_a_job_that_kills_its_worker_is_told_and_the_others_go_on(engine):
    needed(engine)
    assert list(engines.each(engine, os._exit, [1], 1, lambda job, reason: (job, reason))) == [(1, "its worker died")]


def test_engines_are_loaded_late():
    probe = "import sys, pipeline.batch; print([m for m in ('dask', 'distributed', 'ray') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout == "[]\n"


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": engines.package_path()}


def test_a_killed_batch_goes_on_where_it_was(tmp_path):
    command = [sys.executable, "-m", "pipeline", "batch", str(folder_of(tmp_path)), "-o", "out", "--engine", "serial"]
    running = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    running.stdout.readline()
    os.killpg(running.pid, 9)
    running.communicate()
    leftover = tmp_path / "out" / ".b.json.x.tmp"
    leftover.write_bytes(b"{")
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[0].split("\t") == ["kept", "a.txt"]
    assert not leftover.exists()
    assert len(list((tmp_path / "out").glob("*.notice.json"))) == 2


def test_what_lies_in_the_output_folder_is_not_read_again(tmp_path):
    folder = folder_of(tmp_path)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("x")
    for _ in range(2):
        receipts = list(batch.run([folder], folder / "out", "serial", 1, "code"))
        (folder / "out" / "receipts.json").write_text("[]")
    assert [r.file for r in receipts] == ["a.txt", "b.txt", "cut.pdf", "sub/a.txt"]


def test_a_file_that_hangs_is_quarantined(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "SECONDS_A_FILE", 0.01)
    receipts = list(batch.run([folder_of(tmp_path) / "a.txt"], tmp_path / "out", "local", 1, "code"))
    assert [(r.status, r.output) for r in receipts] == [("quarantined", None)]


def test_an_unknown_engine_and_no_workers(tmp_path):
    from pipeline.errors import UsageError

    with pytest.raises(UsageError):
        engines.each("threads", str, [1], 1, lambda job, reason: reason)
    with pytest.raises(UsageError):
        engines.each("local", str, [1], 0, lambda job, reason: reason)
