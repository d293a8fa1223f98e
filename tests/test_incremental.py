"""A run redoes exactly what changed, can be killed at any moment, shares its place with another run, and lets no bad
notice stop the others."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import ledger, serialize, stages, staging
from pipeline.cli import main
from pipeline.errors import InputError, PipelineError
from tests.support.small import RULES, notice_text, put_source

ROOT = Path(__file__).resolve().parents[1]
LATER = notice_text(tuple(r.replace("5个", "3个") for r in RULES), number="某建字〔2022〕3号")
SEED = 20261124


def places(folder: Path) -> list[str]:
    return [f"--{n}={folder / n}" for n in ("sources", "extracted", "reports")]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a run's outputs, ledgers and leftovers included."""
    return {str(p.relative_to(folder)): p.read_bytes() for n in ("sources", "extracted", "reports") for p in (folder / n).rglob("*") if p.is_file()}


def run(folder: Path) -> list[str]:
    return list(stages.run(folder / "sources", folder / "extracted", folder / "reports", "zh"))


@pytest.fixture
def shelf(tmp_path):
    """Two revisions; the later one's slug sorts first."""
    put_source(tmp_path / "sources", "b-old", notice_text())
    put_source(tmp_path / "sources", "a-new", LATER, "2022", "b-old")
    return tmp_path


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> dict[str, bytes]:
    """What an undisturbed run of the shelf makes."""
    folder = tmp_path_factory.mktemp("clean")
    put_source(folder / "sources", "b-old", notice_text())
    put_source(folder / "sources", "a-new", LATER, "2022", "b-old")
    run(folder)
    return tree(folder)


def test_a_folder_of_files_without_a_card_is_told_and_the_others_are_done(shelf):
    (shelf / "sources" / "dropped").mkdir()
    (shelf / "sources" / "dropped" / "new.pdf").write_bytes(b"%PDF-")
    (shelf / "sources" / "empty").mkdir()
    failed: list[PipelineError] = []
    done = list(stages.run(shelf / "sources", shelf / "extracted", shelf / "reports", "zh", failed))
    assert len(done) == 7
    assert [str(e).replace(str(shelf), "") for e in failed] == ["/sources/dropped: holds files, but no source.json; take them in with `notice ingest FILE`, or move the folder away"]


def test_a_folder_that_cannot_be_seen_is_told(shelf, monkeypatch):
    def denied(self):
        if self.name == "b-old":
            raise PermissionError(errno.EACCES, "Permission denied")
        return iterdir(self)

    iterdir = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", denied)
    failed: list[PipelineError] = []
    list(stages.run(shelf / "sources", shelf / "extracted", shelf / "reports", "zh", failed))
    assert "b-old: cannot be read (Permission denied)" in str(failed[0])


def test_a_predecessor_is_read_first_whatever_its_slug(shelf):
    done = run(shelf)
    assert done == [
        "b-old: 读取", "b-old: 审核", "b-old: 表单", "a-new: 读取", "a-new: 审核", "a-new: 表单", "a-new: 修订对照",
    ]  # fmt: skip


def test_nothing_changed_writes_nothing_even_when_files_were_touched(shelf):
    run(shelf)
    for path in shelf.rglob("*"):
        os.utime(path, ns=(10**18, 10**18))
    assert run(shelf) == ["没有变化"]
    assert {p.stat().st_mtime_ns for p in shelf.rglob("*")} == {10**18}


def changed_text(shelf):
    path = shelf / "sources/a-new/notice.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("85%", "90%"), encoding="utf-8")


def changed_card(shelf):
    path = shelf / "sources/b-old/source.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"received"', '"as received"'), encoding="utf-8")


def spoilt_output(shelf):
    (shelf / "reports/b-old/audit.html").write_text("x", encoding="utf-8")


def a_decision(shelf):
    stages.decide(shelf / "extracted/b-old/2021/notice.json", "set", "annex-1/c2.max_points", "9", "甲", "试", "2022-01-05")


def an_earlier_reading(shelf):
    """What another version of the program may have left."""
    path = shelf / "extracted/b-old/2021/notice.json"
    path.write_text(path.read_text(encoding="utf-8").replace("某市住房和城乡建设局", "某市住房和城乡建没局"), encoding="utf-8")


def no_predecessor(shelf):
    path = shelf / "sources/a-new/source.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"b-old"', "null"), encoding="utf-8")


def test_nothing_done_is_said_in_the_language_asked_for(shelf):
    said = [list(stages.run(shelf / "sources", shelf / "extracted", shelf / "reports", lang))[-1] for lang in ("en", "en", "zh", "zh")]
    assert (said[1], said[3]) == ("nothing changed", "没有变化")


@pytest.mark.parametrize(
    ("change", "redone"),
    [
        (changed_text, ["a-new: 读取 (文本有变)", "a-new: 审核", "a-new: 表单", "a-new: 修订对照"]),
        (changed_card, ["没有变化"]),
        (spoilt_output, ["b-old: 审核"]),
        (an_earlier_reading, ["b-old: 读取 (同一文件，读法有变)"]),
        (no_predecessor, ["a-new: 修订对照 已撤除", "a-new: 读取", "a-new: 审核", "a-new: 表单"]),
        (a_decision, ["b-old: 读取", "b-old: 审核", "b-old: 表单", "a-new: 修订对照"]),
    ],
)
def test_exactly_what_changed_is_redone(shelf, change, redone):
    run(shelf)
    change(shelf)
    assert run(shelf) == redone
    assert run(shelf) == ["没有变化"]


def test_another_program_version_makes_everything_again(shelf, monkeypatch):
    first = run(shelf)
    monkeypatch.setattr(ledger, "code_version", lambda: "another")
    assert run(shelf) == first


# ---- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda s: (s / "bad/notice.txt").write_bytes(b""), "notice.txt"),
        (lambda s: (s / "bad/notice.txt").unlink(), "source.json"),
        (lambda s: (s / "bad/source.json").write_text("{"), "source.json"),
        (lambda s: (s / "bad/source.json").write_text('{"primary": "notice.txt", "revision": "../x"}'), "revision"),
        (lambda s: (s / "bad/source.json").write_text('{"primary": "notice.txt", "revision": "1", "supersedes": "none"}'), "none"),
        (lambda s: (s / "bad/source.json").write_text('{"primary": "notice.txt", "revision": "1", "supersedes": "bad"}'), "supersedes"),
    ],
)
def test_a_bad_notice_does_not_stop_the_others(shelf, clean, capsys, spoil, word):
    put_source(shelf / "sources", "bad", notice_text(number="某建字〔2021〕9号"))
    spoil(shelf / "sources")
    assert main(["run", *places(shelf)]) == 2
    said = capsys.readouterr()
    assert (said.err.count("\n"), word in said.err) == (1, True)
    made = {k: v for k, v in tree(shelf).items() if not k.startswith("sources")}
    assert made == {k: v for k, v in clean.items() if not k.startswith("sources")}


def test_what_rests_on_a_bad_notice_says_so_and_the_rest_goes_on(shelf, capsys):
    (shelf / "sources/b-old/notice.txt").write_bytes(b"\x00\x01" * 99)
    put_source(shelf / "sources", "good", notice_text(number="某建字〔2021〕9号"))
    assert main(["run", *places(shelf)]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 2
    assert "supersedes b-old, which failed" in said.err
    assert [line.split(":")[0] for line in said.out.splitlines()] == ["good"] * 3


def test_run_from_python_raises_what_was_wrong_after_doing_the_rest(shelf):
    (shelf / "sources/b-old/notice.txt").write_bytes(b"")
    put_source(shelf / "sources", "good", notice_text(number="某建字〔2021〕9号"))
    with pytest.raises(InputError, match=r"notice\.txt"):
        run(shelf)
    assert (shelf / "extracted/good/2021/notice.json").is_file()


@pytest.mark.parametrize("sources", ["nowhere", "sources"])
def test_nothing_to_read(tmp_path, capsys, sources):
    (tmp_path / "sources").mkdir()
    assert main(["run", f"--sources={tmp_path / sources}", *places(tmp_path)[1:]]) == 2
    assert "notice ingest FILE" in capsys.readouterr().err


# ---- killed ------------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As if the process had ended."""


def test_stopped_before_any_write_the_next_run_goes_on(shelf, clean, monkeypatch):
    """One run after another, each ending at its own n-th write, until one comes through."""
    write = serialize.write_whole
    left = 0

    def dying(path: Path, data: bytes | str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        write(path, data)

    monkeypatch.setattr(serialize, "write_whole", dying)
    stops = 0
    while True:
        left = 2 + stops % 3 * 2
        try:
            run(shelf)
            break
        except Killed:
            stops += 1
            assert stops < 60
    assert stops >= 3
    assert tree(shelf) == clean


def killed_after(seconds: float, command: list[str], folder: Path) -> bool:
    """Start a command and kill it after so long; False when it had ended by itself."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True


def test_killed_at_random_moments(shelf, clean):
    rng = random.Random(SEED)
    print(f"seed {SEED}")
    command = [sys.executable, "-m", "pipeline", "run", *places(shelf), "--lang=zh"]
    kills = 0
    for _ in range(8):
        kills += killed_after(rng.uniform(0.1, 0.9), command, shelf)
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=120)
    assert kills >= 1
    assert tree(shelf) == clean


def test_an_ingest_killed_at_random_moments(tmp_path, capsys):
    path = tmp_path / "来文.txt"
    path.write_text(notice_text(), encoding="utf-8")
    quiet = tmp_path / "quiet"
    assert main(["ingest", str(path), *places(quiet)]) == 0
    rng = random.Random(SEED)
    command = [sys.executable, "-m", "pipeline", "ingest", str(path), *places(tmp_path), "--lang=zh"]
    for _ in range(5):
        killed_after(rng.uniform(0.15, 0.8), command, tmp_path)
        assert {p.name for p in (tmp_path / "sources").glob("*/*") if not p.parent.name.startswith(".")} <= {"notice.txt", "source.json"}
    assert main(["ingest", str(path), *places(tmp_path)]) == 0
    assert tree(tmp_path) == tree(quiet)


# ---- two at once -------------------------------------------------------------------------------------------------------


def test_two_runs_at_once(shelf, clean):
    command = [sys.executable, "-m", "pipeline", "run", *places(shelf), "--lang=zh"]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert tree(shelf) == clean
    assert sum(s.count("b-old: 读取") for s in said) == 1


def test_a_lock_is_held_by_one_and_leaves_no_file(tmp_path):
    pytest.importorskip("fcntl")
    one, two = staging.Lock(tmp_path / "x"), staging.Lock(tmp_path / "x")
    assert one.take(wait=False)
    assert not two.take(wait=False)
    one.release()
    assert two.take(wait=False)
    two.release()
    assert list((tmp_path / "x").iterdir()) == []


def test_an_input_that_changes_meanwhile_makes_the_stage_due_again(tmp_path):
    given, folder = tmp_path / "in", tmp_path / "out"
    given.write_text("one", encoding="utf-8")

    def make() -> list[Path]:
        serialize.write_whole(folder / "o", given.read_text(encoding="utf-8"))
        given.write_text("two", encoding="utf-8")
        return [folder / "o"]

    stage = ledger.Stage("s", (given,), "", folder, make)
    ledger.redo(stage, tmp_path / "l.json")
    assert not ledger.is_done(stage, tmp_path / "l.json")


def test_what_a_killed_write_of_forms_leaves_is_swept(tmp_path):
    left = tmp_path / "forms" / f"{staging.STAGING}x.tmp"
    left.mkdir(parents=True)
    (left / "half.pdf").write_text("%PDF")
    staging.sweep(tmp_path)
    assert list((tmp_path / "forms").glob(".*")) == []
