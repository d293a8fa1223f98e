"""Model to files and back: canonical JSON bytes, whole-or-nothing writes."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import InputError
from pipeline.model import ITEM_ID, RUBRIC_ID, SCHEMA_VERSION, Reading
from pipeline.plain import Misfit, from_plain

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FOLDER = re.compile(r"[/\\\x00-\x1f]")


def dumps(data: Any) -> str:
    """Canonical JSON: sorted keys, two spaces, UTF-8 text, newline at the end."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def write_whole(path: Path, data: bytes | str) -> None:
    """Write `path` completely or not at all (temporary file beside it, flushed, renamed). A device or a pipe is written
    to, never replaced."""
    if path.exists() and not path.is_file():
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".write-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            _write(out, data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _write(out: BinaryIO, data: bytes | str) -> None:
    """Write to a file, and see it on the disk."""
    out.write(data.encode("utf-8") if isinstance(data, str) else data)
    out.flush()
    os.fsync(out.fileno())


def short_stem(stem: str, room: int = 200) -> str:
    """A file's stem cut to `room` bytes: file systems bear 255 in a name, and titles of notices have three a character.

    >>> short_stem("关于印发考核办法的通知", 10), short_stem("notice")
    ('关于印', 'notice')
    """
    return stem.encode("utf-8")[:room].decode("utf-8", "ignore")


def write_together(folder: Path, files: Iterable[tuple[str, bytes | str]]) -> list[Path]:
    """Write all files (name, content) into `folder` or none, and return their paths. Each is made as it comes, in a folder
    beside them; when all are there they are moved. Raises InputError; what making a file raises goes on."""
    fresh = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".write-", suffix=".tmp", dir=folder, ignore_cleanup_errors=True) as staging:
            made = []
            for name, data in files:
                with (Path(staging) / name).open("wb") as out:
                    _write(out, data)
                made.append(name)
            for name in made:
                if (folder / name).is_dir():
                    raise InputError(str(folder / name), "is a folder", "choose another place, or remove it")
            for name in made:
                (Path(staging) / name).replace(folder / name)
    except OSError as error:
        raise InputError(str(folder), f"cannot be written ({error.strerror})", "see that there is room and leave") from None
    finally:
        if fresh and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return [folder / name for name in made]


def check_regular(path: Path) -> None:
    """Refuse what would keep a reader waiting: a pipe or a device. What is not there is left to the one who opens it."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise InputError(str(path), "not a regular file", "name one file")


def load_json(path: Path) -> Any:
    """Parse a JSON file. Raises InputError naming the line that is wrong."""
    check_regular(path)
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(str(path), "no such file", "check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read ({error})", "check the file") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}:{error.colno}", f"not JSON ({error.msg})", "write it again") from None
    except ValueError as error:  # a number of thousands of digits
        raise InputError(str(path), f"not usable JSON ({error})", "write it again") from None
    except RecursionError:
        raise InputError(str(path), "JSON nested too deeply", "write it again") from None


def load_reading(path: Path) -> Reading:
    """A notice JSON as a Reading. Raises InputError when it is not one or is of another schema version."""
    data = load_json(path)
    if not isinstance(data, dict) or "rubrics" not in data or "notice" not in data:
        raise InputError(str(path), "not a notice JSON (no `notice` and `rubrics`)", "make it with `notice extract`")
    if str(data.get("schema_version", "")).split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise InputError(str(path), f"schema version {data.get('schema_version')!r}", "extract the source again")
    try:
        reading: Reading = from_plain(Reading, data)
        _check_texts(data, "")
        _check_names(reading)
        return reading
    except Misfit as fault:
        raise InputError(str(path), f"not a valid notice JSON ({fault})", "mend that place, or extract the source again") from None


def _check_texts(data: Any, path: str) -> None:
    """Raise Misfit for a text with control characters, which no form can show; a quote is what stands in the source."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key != "quote":
                _check_texts(value, f"{path}.{key}")
    elif isinstance(data, list):
        for i, value in enumerate(data):
            _check_texts(value, f"{path}[{i}]")
    elif isinstance(data, str) and _CONTROL.search(data):
        raise Misfit("holds control characters", path)


def _check_names(reading: Reading) -> None:
    """Raise Misfit for names that would lead a written file elsewhere, and for ids that stand twice."""
    for path, name in ((".source.file", reading.source.file), (".slug", reading.slug), (".revision", reading.revision)):
        if name is not None and (not name or name in (".", "..") or _FOLDER.search(name)):
            raise Misfit(f"{name!r:.60} is no name without folders", path)
    seen: set[str] = set()
    for i, rubric in enumerate(reading.rubrics):
        if not RUBRIC_ID.fullmatch(rubric.id):
            raise Misfit(f"{rubric.id!r:.60} is no rubric's id", f".rubrics[{i}].id")
        inside = [x for section in rubric.sections for x in (section.id, *(c.id for c in section.criteria))]
        for name in (rubric.id, *inside):
            if not ITEM_ID.fullmatch(name) or name in seen:
                raise Misfit(f"{name!r:.60} stands twice" if name in seen else f"{name!r:.60} is no id", f".rubrics[{i}]")
            seen.add(name)
