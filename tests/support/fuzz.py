"""Mutate real files' bytes and XML parts; every outcome but a Document or an InputError is a crash.

    .venv/bin/python -m tests.support.fuzz [--seconds 120] [--seed 0]      (prints the seed of each crash; exit 1 on any)
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "readers")]

from test_xlsx import ROWS, book  # noqa: E402
from word import zipped  # noqa: E402

from pipeline import source  # noqa: E402
from pipeline.errors import InputError  # noqa: E402

SEED_FILES = ROOT / "sources" / "zaozhuang-gas-2021-42"
HTML = "<html><body>" + "<table><tr><td rowspan=2>项目<td colspan=2>1<tr><td>2</table><p>一、目标</p><ol><li>a</ol>" * 3


def files() -> dict[str, bytes]:
    found = {f"notice{s}": (SEED_FILES / f"notice{s}").read_bytes() for s in (".txt", ".docx", ".pdf")}
    return {**found, "a.xlsx": book(ROWS, ("A1:D1", "A3:A4")), "a.html": HTML.encode()}


def mutate(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 10)):
        at, other = chance.randrange(len(out)), chance.randrange(len(out))
        out[at : at + chance.choice((0, 1, 4, 40))] = chance.choice((chance.randbytes(1), b"", out[other : other + 30]))
    return bytes(out)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes changed, or (mostly) one XML part of a container."""
    if not data.startswith(b"PK") or chance.random() < 0.2:
        return mutate(data, chance)
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: archive.read(name) for name in archive.namelist()}
    part = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
    return zipped({**parts, part: mutate(parts[part], chance)})


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    seed = options.seed
    given, outcomes, slowest = files(), Counter[str](), 0.0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        seed += 1
        chance = random.Random(seed)
        name = chance.choice(sorted(given))
        data = mutated(given[name], chance)
        start = time.monotonic()
        try:
            source.read_bytes(data, name)
            outcomes["read"] += 1
        except InputError as error:
            outcomes[type(error).__name__] += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcomes["CRASH"] += 1
            print(f"seed {seed} {name}: {type(error).__name__}: {str(error)[:160]}")
        slowest = max(slowest, time.monotonic() - start)
    print(dict(outcomes), f"slowest {slowest:.2f} s, last seed {seed}")
    return 1 if outcomes["CRASH"] else 0


if __name__ == "__main__":
    sys.exit(main())
