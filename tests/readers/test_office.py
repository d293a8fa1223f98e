"""Legacy files through the office suite: merges survive, absence and failure are said plainly."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from pipeline import engines, limits, source
from pipeline.errors import InputError, LimitExceeded, MissingTool
from pipeline.model import Table
from pipeline.readers import office
from tests.readers import word

needs_suite = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is absent")
RTF = (
    rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}\f0 \'c6\'c0\'bc\'db\par"
    rb"\trowd\clvmgf\cellx2000\cellx4000 A\intbl\cell 1\intbl\cell\row"
    rb"\trowd\clvmrg\cellx2000\cellx4000 \intbl\cell 2\intbl\cell\row\pard end\par}"
)
FLAT_SHEET = b"""<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>
<Row><Cell><Data ss:Type="String">a</Data></Cell><Cell><Data ss:Type="Number">0.5</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">b</Data></Cell><Cell><Data ss:Type="Number">2</Data></Cell></Row></Table></Worksheet></Workbook>"""


@needs_suite
@pytest.mark.parametrize("before", [b"", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_rtf_named_doc_keeps_merges(before):
    document = source.read_bytes(before + RTF, "旧表.doc")
    table = next(b for b in document.blocks if isinstance(b, Table))
    assert [(c.text, c.row_span) for c in table.cells] == [("A", 2), ("1", 1), ("2", 1)]
    assert (document.source.file, document.source.reader, document.source.media_type) == ("旧表.doc", "office", "application/rtf")
    assert document.blocks[0].text == "评价"


@needs_suite
def test_flat_workbook():
    assert [c.text for c in source.read_bytes(FLAT_SHEET, "a.xls").blocks[0].cells] == ["a", "0.5", "b", "2"]


@needs_suite
def test_what_the_suite_cannot_open():
    with pytest.raises(InputError):
        source.read_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le") + b"\0" * 600, "a.doc")


def test_without_a_suite(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(MissingTool, match="make setup-system"):
        office.read(RTF, "a.rtf")


def test_a_suite_that_hangs(monkeypatch, tmp_path):
    slow = tmp_path / "soffice"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(slow))
    monkeypatch.setattr(limits, "OFFICE_SECONDS", 0.3)
    with pytest.raises(LimitExceeded):
        office.read(RTF, "a.rtf")


@pytest.mark.parametrize(
    ("data", "expected"),
    [(RTF, (".rtf", "docx")), (FLAT_SHEET, (".xml", "xlsx")), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (".doc", "docx"))],
)
def test_kinds(data, expected):
    assert office.kind_of(data) == expected


@pytest.mark.parametrize(
    ("stored", "converted", "kinds"),
    [
        ("评价表\r项目\x07分值\x07\x07台账 齐全\x075\x07\x07", word.p("评价表") + word.p("项目分值台账 齐全5"), ["unread-table"]),
        ("评价表\r项目\x07分值\x07\x07台账齐全\x075\x07\x07", word.p("评价表") + word.tbl(word.tr("项目", "分值"), word.tr("台账齐全", "5")), []),
        ("项目\x07分值\x07\x07台账齐全\x075\x07\x07\r总分5分\r", word.p("项目分值") + word.p("总分5分"), []),
        ("评价表\r", word.p("评价表") + word.p("1. 列表的词"), []),
    ],
)
def test_a_table_that_ends_a_doc_and_is_lost(monkeypatch, stored, converted, kinds):
    monkeypatch.setattr(shutil, "which", lambda _: "soffice")
    monkeypatch.setattr(office, "_convert", lambda *_: word.docx(converted))
    document = office.read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + stored.encode("utf-16-le"), "a.doc")
    assert [r.kind for r in document.remarks] == kinds


def _ends(pid: int) -> bool:
    """Whether a process ends within some seconds; it may be a corpse that nobody has buried yet."""
    until = time.monotonic() + 20
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not _runs(pid)


def _runs(pid: int) -> bool:
    """Whether a process is there and no corpse that nobody has buried yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_an_interruption_ends_the_suite_too(monkeypatch, tmp_path):
    """The suite runs in a session of its own, where Ctrl-C of the terminal does not reach it."""
    slow, mark = tmp_path / "soffice", tmp_path / "pid"
    slow.write_text(f"#!/bin/sh\necho $$ > {mark}.new; mv {mark}.new {mark}; exec sleep 600\n")
    slow.chmod(0o755)

    def interrupt(self, timeout=None):
        while timeout and not mark.exists():
            time.sleep(0.01)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "which", lambda _: str(slow))
    monkeypatch.setattr(subprocess.Popen, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        office.read(RTF, "a.rtf")
    assert _ends(int(mark.read_text()))


def test_killed_without_a_word_the_suite_and_its_files_go_too(tmp_path):
    """SIGKILL leaves us no moment to end the suite: it ends by itself."""
    temporary, mark = tmp_path / "tmp", tmp_path / "pid"
    temporary.mkdir()
    (tmp_path / "a.rtf").write_bytes(RTF)
    slow = tmp_path / "bin" / "soffice"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\necho $$ > {mark}.new; mv {mark}.new {mark}; sleep 600\n")
    slow.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": engines.package_path(), "PATH": f"{slow.parent}:/usr/bin:/bin", "TMPDIR": str(temporary)}
    running = subprocess.Popen([sys.executable, "-m", "pipeline", "extract", "a.rtf"], cwd=tmp_path, env=environment)
    while not mark.exists():
        time.sleep(0.05)
    running.kill()
    running.wait()
    assert _ends(int(mark.read_text()))
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("verb", [["extract", "a.rtf"], ["batch", "in", "-o", "out", "--workers", "2"], ["batch", "in", "-o", "out", "--engine", "serial"]])
def test_ended_from_outside_the_suite_and_its_files_go_too(tmp_path, verb):
    """SIGTERM, as a service manager or `timeout` sends it, while the suite hangs."""
    temporary, pids, files = tmp_path / "tmp", tmp_path / "pids", tmp_path / "in"
    for folder in (temporary, pids, files, tmp_path / "bin"):
        folder.mkdir()
    for name in ("a.rtf", "in/a.rtf", "in/b.rtf", "in/c.rtf"):
        (tmp_path / name).write_bytes(RTF + name.encode())
    slow = tmp_path / "bin" / "soffice"
    slow.write_text(f"#!/bin/sh\ntouch {pids}/$$\nexec sleep 600\n")
    slow.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": engines.package_path(), "PATH": f"{slow.parent}:/usr/bin:/bin", "TMPDIR": str(temporary)}
    running = subprocess.Popen([sys.executable, "-m", "pipeline", *verb], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    while not list(pids.iterdir()):
        time.sleep(0.05)
    running.terminate()
    said = running.communicate(timeout=30)[1]
    assert (running.returncode, said) == (143, "notice: interrupted; run the same command again to go on\n")
    assert list(temporary.iterdir()) == []
    for pid in pids.iterdir():
        assert _ends(int(pid.name))


def test_a_suite_that_cannot_be_started(monkeypatch, tmp_path):
    (tmp_path / "soffice").write_text("no program")
    (tmp_path / "soffice").chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(tmp_path / "soffice"))
    with pytest.raises(InputError, match=r"^a\.rtf: the office suite could not be started"):
        office.read(RTF, "a.rtf")


def test_no_place_for_temporary_files(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/true")
    with pytest.raises(InputError, match=r"^a\.rtf: .*temporary files has room"):
        office.read(RTF, "a.rtf")


def test_a_full_disk_is_not_taken_for_a_broken_file(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/true")
    monkeypatch.setattr(limits, "OFFICE_ROOM", shutil.disk_usage(tempfile.gettempdir()).total + 1)
    with pytest.raises(InputError, match="No space left"):
        office.read(RTF, "a.rtf")
