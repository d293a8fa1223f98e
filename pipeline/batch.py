"""Many files to notice JSON, resumable: each file in a process of its own, each result written whole, a ledger of both.

A document that kills or stalls its process is quarantined with the reason; the others go on. What is in the ledger with
the same content and the same program is not done again. Nothing depends on the engine's memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline import serialize
from pipeline.engines import each, package_path
from pipeline.errors import InputError, legible
from pipeline.ledger import file_digest
from pipeline.progress import bar
from pipeline.staging import Lock, sweep

SECONDS_A_FILE = 600
"""A scan of a hundred pages takes five minutes on two cores; what takes twice as long hangs."""


SECONDS_TO_END = 5
"""For a reader that was asked to end: it ends the office suite and takes its temporary files away."""


class Receipt(Struct, frozen=True):
    """What became of one file: status done | kept | refused | quarantined, and the reason where there is one. `file` is its
    path below the folder that was given, or its name."""

    file: str
    sha256: str
    status: str
    output: str | None
    reason: str | None = None


class Job(Struct, frozen=True):
    """One file to read: its path as given, its name in the receipt; `home` is the working folder the paths start from."""

    path: Path
    name: str
    sha256: str
    out: Path
    code: str
    home: Path

    @property
    def target(self) -> Path:
        """Where its notice JSON goes: the file's name, cut short, and the first 12 digits of its SHA-256."""
        return self.out / f"{serialize.short(legible(self.path.stem))}-{self.sha256[:12]}.notice.json"


def run(paths: Sequence[Path], out: Path, engine: str, workers: int, code: str) -> Iterator[Receipt]:
    """Extract every file under `paths` into `out`; yields a receipt for each, in order.

    Raises InputError for a path that is not there, UsageError for an unknown engine, MissingTool for one that is absent.
    """
    home = Path.cwd()
    jobs = [Job(path, name, _digest(path), out, code, home) for path, name in _files(paths, out)]
    first: dict[Path, Job] = {}
    for job in jobs:
        first.setdefault(job.target, job)
    receipts = each(engine, _one, list(first.values()), workers, _lost)
    with Lock(out):
        sweep(out)
        try:
            yield from bar(_with_twins(jobs, receipts), "file", len(jobs))
        finally:  # broken off: no job begins, and no reader goes on alone
            getattr(receipts, "close", lambda: None)()
            for process in list(_RUNNING):
                _end(process)


def _with_twins(jobs: Sequence[Job], receipts: Iterator[Receipt]) -> Iterator[Receipt]:
    """A receipt for every job, where each file of one name and content was read once."""
    made: dict[Path, Receipt] = {}
    for job in jobs:
        if job.target not in made:
            made[job.target] = next(receipts)
            yield made[job.target]
        else:
            twin = made[job.target]
            yield replace(twin, file=job.name, status="kept" if twin.output else twin.status)


def _files(paths: Sequence[Path], out: Path) -> list[tuple[Path, str]]:
    """The files, each with its name in the receipt; what lies in `out` is our own work."""
    found: list[tuple[Path, str]] = []
    for path in paths:
        if path.is_dir():
            found += [(p, legible(p.relative_to(path).as_posix())) for p in sorted(path.rglob("*")) if _is_input(p, path, out)]
        elif path.is_file():
            found.append((path, legible(path.name)))
        else:
            raise InputError(str(path), "no such file or folder", "check the path")
    if not found:
        raise InputError(", ".join(map(str, paths)), "no files in it", "name files or folders that hold some")
    return found


def _is_input(path: Path, root: Path, out: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return path.is_file() and not hidden and out.resolve() not in path.resolve().parents


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return ""  # reading it says why it cannot be read


def _one(job: Job) -> Receipt:
    ledger = job.home / job.out / ".ledger" / f"{job.sha256}.json"
    key = sha256(f"{job.sha256}{job.code}".encode()).hexdigest()
    if (job.home / job.target).is_file() and _noted(ledger) == key:
        return Receipt(job.name, job.sha256, "kept", job.target.name)
    receipt = _extract(job)
    if receipt.status == "done":
        serialize.write_whole(ledger, serialize.dumps({"key": key, "output": job.target.name}))
    return receipt


def _noted(ledger: Path) -> str | None:
    """The key in a ledger; None when there is none that can be read."""
    try:
        return str(serialize.load_json(ledger)["key"])
    except (InputError, KeyError, TypeError):
        return None


def _extract(job: Job) -> Receipt:
    command = [sys.executable, "-m", "pipeline", "extract", "-o", str(job.target), "--", str(job.path)]
    env = {**os.environ, "PYTHONPATH": package_path()}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", cwd=job.home, env=env
    ) as process:
        _RUNNING.add(process)
        try:
            said = process.communicate(timeout=SECONDS_A_FILE)[1]
        except subprocess.TimeoutExpired:
            return Receipt(job.name, job.sha256, "quarantined", None, f"took longer than {SECONDS_A_FILE} s")
        finally:
            _RUNNING.discard(process)
            _end(process)
    if process.returncode == 0:
        return Receipt(job.name, job.sha256, "done", job.target.name)
    if process.returncode == 2:
        return Receipt(job.name, job.sha256, "refused", None, _reason(job, said))
    return _lost(job, f"process ended with {process.returncode}")


_RUNNING: set[subprocess.Popen[str]] = set()
"""The readers at work in this process."""


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a reader that is still at work to end, so that it puts away what it began; then end it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()


def _reason(job: Job, said: str) -> str:
    """The last line on standard error, without the name of the file that it begins with."""
    line = (said.strip().splitlines() or ["no message"])[-1].removeprefix("notice: ")
    for name in (str(job.path), job.path.name):
        line = line.removeprefix(f"{name}: ").removeprefix(f"{name}：")
    return line


def _lost(job: Job, reason: str) -> Receipt:
    return Receipt(job.name, job.sha256, "quarantined", None, reason)
