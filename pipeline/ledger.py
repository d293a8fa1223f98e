"""What was made from what: a ledger a stage, keyed by the content of its inputs, the program's code and its settings.

A stage is done when its key and the digests of its outputs still hold. The ledger is written after the outputs, so a
run killed at any moment leaves either the old entry (the stage is made again) or the new one with all its files.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from pipeline import serialize
from pipeline.errors import InputError
from pipeline.staging import sweep


class Stage(Struct, frozen=True):
    """One step: `inputs` are files, `settings` whatever else it depends on; `make` writes into `folder`, returns files."""

    name: str
    inputs: tuple[Path, ...]
    settings: str
    folder: Path
    make: Callable[[], list[Path]]


@cache
def code_version() -> str:
    """Digest of the program's own files: another program version makes everything again."""
    root = Path(__file__).parent
    digest = sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """sha256 (hex) of a file's bytes."""
    return sha256(path.read_bytes()).hexdigest()


def key_of(stage: Stage) -> str:
    """What a stage's result depends on, as one digest."""
    digest = sha256(f"{stage.name}\0{stage.settings}\0{code_version()}".encode())
    for path in stage.inputs:
        digest.update(f"\0{path.name}\0{file_digest(path) if path.is_file() else '-'}".encode())
    return digest.hexdigest()


def is_done(stage: Stage, ledger: Path) -> bool:
    """Whether the ledger has this key and every output is still there, unchanged."""
    try:
        record = serialize.load_json(ledger)
        outputs = record["files"].items()
        return record["key"] == key_of(stage) and all(
            (stage.folder / name).is_file() and file_digest(stage.folder / name) == digest for name, digest in outputs
        )
    except (InputError, KeyError, TypeError, AttributeError):
        return False


def redo(stage: Stage, ledger: Path) -> None:
    """Make the stage, drop what it made before and no longer makes, then note what was done.

    The key is taken before: an input that changes meanwhile makes the stage due again.
    """
    key = key_of(stage)
    before = _made_before(ledger)
    sweep(stage.folder)
    sweep(ledger.parent)
    made = stage.make()
    files = {p.relative_to(stage.folder).as_posix(): file_digest(p) for p in made}
    for name in before - set(files):
        (stage.folder / name).unlink(missing_ok=True)
    serialize.write_whole(ledger, serialize.dumps({"key": key, "files": files}))


def retire(folder: Path, planned: set[str]) -> list[str]:
    """Remove what stages made that are no longer part of the plan (each in the folder of its name); their names."""
    gone = [entry for entry in sorted((folder / ".stages").glob("*.json")) if entry.stem not in planned]
    for entry in gone:
        for name in _made_before(entry):
            (folder / entry.stem / name).unlink(missing_ok=True)
        entry.unlink()
    return [entry.stem for entry in gone]


def _made_before(ledger: Path) -> set[str]:
    try:
        return set(serialize.load_json(ledger)["files"])
    except (InputError, KeyError, TypeError):
        return set()
