"""Many files to notice JSON, resumable: each file in a process of its own, each result written whole, a ledger of both.

A document that kills or stalls its process is quarantined with the reason; the others go on. What is in the ledger with
the same content and the same program is not done again. Nothing depends on the engine's memory.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pipeline import serialize
from pipeline.errors import InputError, UsageError

SECONDS_A_FILE = 600
"""A scan of a hundred pages takes five minutes on two cores; what takes twice as long hangs."""

ENGINES = ("serial", "local")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one file: status done | kept | refused | quarantined, and the reason where there is one."""

    file: str
    sha256: str
    status: str
    output: str | None
    reason: str | None = None


def run(paths: Sequence[Path], out: Path, engine: str, workers: int, code: str) -> Iterator[Receipt]:
    """Extract every file under `paths` into `out`; yields a receipt for each, in order.

    Raises InputError for a path that is not there, UsageError for an engine that is not built in.
    """
    if engine not in ENGINES:
        raise UsageError(f"--engine {engine}", "is not part of this version", f"use one of {', '.join(ENGINES)}")
    if workers < 1:
        raise UsageError(f"--workers {workers}", "is not a number of processes", "give 1 or more")
    files = _files(paths)
    jobs = [(file, _digest(file)) for file in files]
    with ThreadPoolExecutor(max_workers=workers if engine == "local" else 1) as pool:
        yield from pool.map(lambda job: _one(job[0], job[1], out, code), jobs)


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        elif path.is_file():
            found.append(path)
        else:
            raise InputError(str(path), "no such file or folder", "check the path")
    if not found:
        raise InputError(", ".join(map(str, paths)), "no files in it", "name files or folders that hold some")
    return found


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _one(file: Path, digest: str, out: Path, code: str) -> Receipt:
    target = out / f"{file.stem}-{digest[:12]}.notice.json"
    ledger = out / ".ledger" / f"{digest}.json"
    key = sha256(f"{digest}{code}".encode()).hexdigest()
    if ledger.is_file() and target.is_file() and serialize.load_json(ledger).get("key") == key:
        return Receipt(file.name, digest, "kept", target.name)
    receipt = _extract(file, digest, target)
    if receipt.status == "done":
        serialize.write_whole(ledger, serialize.dumps({"key": key, "output": target.name}))
    return receipt


def _extract(file: Path, digest: str, target: Path) -> Receipt:
    command = [sys.executable, "-m", "pipeline", "extract", str(file), "-o", str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_A_FILE, check=False)
    except subprocess.TimeoutExpired:
        return Receipt(file.name, digest, "quarantined", None, f"took longer than {SECONDS_A_FILE} s")
    if done.returncode == 0:
        return Receipt(file.name, digest, "done", target.name)
    reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
    status = "refused" if done.returncode == 2 else "quarantined"
    return Receipt(file.name, digest, status, None, reason if status == "refused" else f"process ended with {done.returncode}")
