"""Model to files and back: canonical JSON bytes, whole-or-nothing writes."""

from __future__ import annotations

import json
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Any

from pipeline.errors import InputError, reason
from pipeline.model import ITEM_ID, RUBRIC_ID, SCHEMA_VERSION, Reading, Rubric
from pipeline.plain import Misfit, from_plain

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NAME_BYTES = 255
"""What the usual disks allow a file's name."""

ENDING_BYTES = 55
"""What is put before and behind a name that another file's is made of: `.assessment.json`, a number, a digest."""

_FOLDER = re.compile(r"[/\\\x00-\x1f]")


def dumps(data: Any) -> str:
    """Canonical JSON: sorted keys, two spaces, UTF-8 text, newline at the end."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def write_whole(path: Path, data: bytes | str) -> None:
    """Write `path` completely or not at all (temporary file beside it, flushed, renamed). A device or a pipe is written
    to, never replaced; a link stays and what it leads to is written; who may read a file stays as it is."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    if path.exists() and not path.is_file():
        path.write_bytes(raw)
        return
    if path.is_symlink():
        path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{short(path.name)}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        error.filename = str(path)  # whoever reads it knows no temporary file
        raise
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, _mode(path))
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def short(name: str) -> str:
    """A file's name, cut where what is made of it would be longer than a disk allows.

    >>> short("评价表"), len(short("长" * 85))
    ('评价表', 66)
    """
    return os.fsencode(name)[: NAME_BYTES - ENDING_BYTES].decode("utf-8", "ignore") if len(os.fsencode(name)) > NAME_BYTES - ENDING_BYTES else name


def _mode(path: Path) -> int:
    """The permissions a file has, or a new one gets from the user's mask."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


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
        raise InputError(str(path), f"cannot be read ({reason(error)})", "check the file") from None
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
    """Raise Misfit for names that would lead a written file elsewhere, for ids that stand twice, and for sections in a ring."""
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
        _check_parents(rubric, f".rubrics[{i}]")


def _check_parents(rubric: Rubric, path: str) -> None:
    """Raise Misfit for a section whose parent does not stand above it: so none is its own, however far up."""
    above: set[str] = set()
    for j, section in enumerate(rubric.sections):
        if section.parent is not None and section.parent not in above:
            raise Misfit(f"{section.parent!r:.60}, the parent of {section.id}, is no section above it", f"{path}.sections[{j}].parent")
        above.add(section.id)
