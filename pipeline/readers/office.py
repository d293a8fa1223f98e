"""Legacy and foreign office files (DOC, WPS, RTF, ODT, ODS, flat XML) through a headless LibreOffice, then our readers.

The suite runs with a profile folder of its own, without macros, without network, under a time limit.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from pipeline import limits
from pipeline.errors import InputError, LimitExceeded, MissingTool
from pipeline.model import Block, Document, Paragraph, Remark
from pipeline.readers import docx, flatopc, xlsx
from pipeline.readers.packages.container import open_container

PROGRAMS = ("soffice", "libreoffice")
INSTALL = "install LibreOffice (`make setup-system`, or apt-get install libreoffice-writer libreoffice-calc)"

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK, _WORD = (stream.encode("utf-16-le") + b"\0\0" for stream in ("Workbook", "WordDocument"))
_BLANK = b"\xef\xbb\xbf \t\r\n"
_CELL_END = "\x07"
"""What ends a cell in the text of a DOC."""
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
_NOWHERE = "http://127.0.0.1:9"
"""A proxy where nobody listens: a link inside a file leads nowhere."""

_GUARD = """folder=$1; shift
exec 3<&0 </dev/null
{ read -r _ <&3; rm -rf "$folder"; kill -9 0; } &
"$@" 3<&-
status=$?
kill $!
exit $status"""
"""Runs the suite until it ends, or until the pipe on standard input ends: that is when we ended, killed or not. Without it
a suite whose reader was killed would go on, or wait, for ever, and leave the document lying about."""
_NOT_STARTED = (126, 127)
"""What a shell ends with that could not start the program."""


def read(data: bytes, name: str) -> Document:
    """The Document of a converted file. Raises MissingTool, LimitExceeded (too slow) or InputError (not convertible)."""
    if flatopc.MARK in data[:65_536]:
        return flatopc.read(data, name)
    made, form = converted(data, name)
    document = (docx if form == "docx" else xlsx).read(made, name)
    source = replace(document.source, reader="office", sha256=sha256(data).hexdigest(), pages=None)
    lost = _lost_table(data, document.blocks) if data.startswith(_OLE2) else ()
    return replace(document, source=source, remarks=(*document.remarks, *lost))


def converted(data: bytes, name: str) -> tuple[bytes, str]:
    """The file as our own readers take it, and which: "docx" or "xlsx". Raises what `read` does."""
    data = data.lstrip(_BLANK)  # markup behind blank lines or a mark of UTF-8 is taken for plain text by the suite
    suffix, wanted = kind_of(data)
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise MissingTool(name, f"to read {suffix[1:].upper()} takes an office suite, which is not installed", f"{INSTALL}, or {_instead(wanted)}")
    return _convert(program, data, suffix, wanted, name), wanted


def _lost_table(data: bytes, blocks: tuple[Block, ...]) -> tuple[Remark, ...]:
    """A remark where the last paragraph stands in the file as cells: the suite runs the cells of a table together that ends
    a DOC without a paragraph after it."""
    last = blocks[-1] if blocks else None
    words = "".join(last.at.quote.split()) if isinstance(last, Paragraph) else ""
    text = "".join(data.decode("utf-16-le", "replace").split()) if words else ""
    if not words or words in text or words not in text.replace(_CELL_END, ""):
        return ()
    said = "the table that ends the document was read as one line of text; add a paragraph after it, or save it as DOCX or PDF"
    zh = "文末的表格读成了一行文字；请在表后加一个空段，或另存为 DOCX 或 PDF"
    return (Remark("unread-table", said, last.at if last else None, message_zh=zh),)


def kind_of(data: bytes) -> tuple[str, str]:
    """(suffix that tells the suite what it gets, format to convert to)."""
    if data.startswith(_OLE2):
        return (".xls", "xlsx") if _WORKBOOK in data and _WORD not in data else (".doc", "docx")
    if data.startswith(b"PK"):
        container = open_container(data, "file")
        if container.has("xl/workbook.bin"):
            return ".xlsb", "xlsx"
        sheet = container.has("mimetype") and b"spreadsheet" in container.read("mimetype")
        return (".ods", "xlsx") if sheet else (".odt", "docx")
    head = data[:65_536]
    if head.startswith(b"{\\rtf"):
        return ".rtf", "docx"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return ".xml", "xlsx"
    if b"urn:oasis:names:tc:opendocument" in head:
        return (".fods", "xlsx") if b"opendocument.spreadsheet" in head else (".fodt", "docx")
    if b"http://schemas.uof.org/cn/" in head:
        return (".uos", "xlsx") if b"vnd.uof.spreadsheet" in head else (".uot", "docx")
    return ".xml", "docx"


def _convert(program: str, data: bytes, suffix: str, wanted: str, name: str) -> bytes:
    """The converted file's bytes."""
    try:
        return _converted(program, data, suffix, wanted, name)
    except OSError as error:
        what = f"the office suite could not be started or given room ({error.strerror or error})"
        raise InputError(name, what, f"see that {program} runs and the folder for temporary files has room, or {_instead(wanted)}") from None


def _converted(program: str, data: bytes, suffix: str, wanted: str, name: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="notice-office-") as folder:
        given, out = Path(folder) / f"given{suffix}", Path(folder) / "out"
        given.write_bytes(data)
        settings = Path(folder) / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
        _run(_command(program, Path(folder), given, out, wanted), folder, name, wanted)
        result = out / f"given.{wanted}"
        if not result.is_file() or result.stat().st_size == 0:
            if shutil.disk_usage(folder).free < limits.OFFICE_ROOM:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise InputError(name, "the office suite could not open it (broken, or protected by a password)", _instead(wanted))
        return result.read_bytes()


def _command(program: str, folder: Path, given: Path, out: Path, wanted: str) -> list[str]:
    return [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--nolockcheck",
        "--nodefault", "--convert-to", wanted, "--outdir", str(out), str(given),
    ]  # fmt: skip


def _instead(wanted: str) -> str:
    """What to give in place of a file that could not be converted."""
    return f"save it as {'XLSX' if wanted == 'xlsx' else 'DOCX or PDF'}"


def _run(command: list[str], folder: str, name: str, wanted: str) -> None:
    """Run the suite in a process group of its own, so that a time-out ends all of it, and so does our own end."""
    environment = {**os.environ, "http_proxy": _NOWHERE, "https_proxy": _NOWHERE, "SAL_USE_VCLPLUGIN": "svp", "TMPDIR": folder}
    with subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "sh", folder, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE,
        env=environment, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            status = process.wait(timeout=limits.OFFICE_SECONDS)
        except BaseException as error:  # also an interruption: the suite is in no group that the terminal ends
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise LimitExceeded(name, f"the office suite took over {limits.OFFICE_SECONDS} s", _instead(wanted)) from None
            raise
    if status in _NOT_STARTED:
        raise OSError(errno.ENOEXEC, os.strerror(errno.ENOEXEC))
