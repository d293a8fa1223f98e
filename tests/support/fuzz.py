"""Mutate real files' bytes and XML parts; every outcome but a Document or an InputError is a crash, every slow one a hang.

    .venv/bin/python -m tests.support.fuzz [--seconds 120] [--seed 0]      (prints the seed of each crash; exit 1 on any)
"""

from __future__ import annotations

import argparse
import io
import random
import re
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path

import pipeline
from pipeline.errors import InputError
from tests import test_types
from tests.support import rawpdf

ROOT = Path(__file__).resolve().parents[2]
SEED_FILES = ROOT / "sources" / "zaozhuang-gas-2021-42"
SLOW = 90.0
"""Seconds of processor time after which a mutated file counts as a hang: a text layer turned to nonsense sends all 17 pages
of the seed to OCR, at 3 s a page; the rest take well under one."""

MEMORY = 6_000_000_000
"""Bytes of address space of the whole run; a blow-up is a MemoryError, which is a crash."""

XML_PARTS = (".xml", ".rels")
NUMBERS = (b"0", b"-1", b"1", b"999999999", b"1e9", b"", b"x", b"0.00001", b"2147483648")


@cache
def files() -> dict[str, bytes]:
    """One file of every type read without the office suite and without OCR, by the name it is read under."""
    found = {f"notice{s}": (SEED_FILES / f"notice{s}").read_bytes() for s in (".txt", ".docx", ".pdf")}
    made = {
        "a.docx": test_types.docx(), "a.xlsx": test_types.xlsx(), "a.pdf": test_types.pdf(), "a.html": test_types.html().encode(),
        "gb.html": test_types.html("<meta charset=gbk>").encode("gb18030"), "utf16.txt": test_types.text().encode("utf-16"),
        "a.ofd": _ofd(), "form.pdf": rawpdf.document([rawpdf.Canvas(["BT /F1 10 Tf 1 0 0 1 60 700 Tm <8BC44EF7> Tj ET"])], in_form=True, rotate=90),
    }  # fmt: skip
    return {**found, **made}


def _ofd() -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    words = "".join(
        f'<ofd:TextObject ID="{i}" Boundary="20 {20 + 8 * i} 150 6" Size="4"><ofd:TextCode X="0" Y="4" DeltaX="g 5 4">{i} 有制度</ofd:TextCode>'
        f'</ofd:TextObject><ofd:PathObject ID="{50 + i}" Boundary="20 {20 + 8 * i} 150 1" LineWidth="0.3">'
        "<ofd:AbbreviatedData>M 0 0 L 150 0</ofd:AbbreviatedData></ofd:PathObject>"
        for i in range(1, 9)
    )
    area = "<ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area>"
    parts = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document {space}><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/P.xml": f"<ofd:Page {space}>{area}<ofd:Content><ofd:Layer>{words}</ofd:Layer></ofd:Content></ofd:Page>",
    }
    return _zipped({name: text.encode() for name, text in parts.items()})


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, dropped, or copied from elsewhere in the file."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 10)):
        at, other = chance.randrange(len(out) + 1), chance.randrange(len(out) + 1)
        out[at : at + chance.choice((0, 1, 4, 40))] = chance.choice((chance.randbytes(1), b"", out[other : other + 30]))
    return bytes(out) or b"x"


def mutate_markup(data: bytes, chance: random.Random) -> bytes:
    """Numbers in quotes made absurd, tags doubled, dropped or swapped: what stays well formed reaches deeper."""
    pieces = re.split(rb"(?<=>)(?=<)", data)
    for _ in range(chance.randint(1, 6)):
        i, j = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        way = chance.randrange(4)
        if way == 0:
            pieces[i] = re.sub(rb'"-?[0-9.]+"', lambda m: b'"' + chance.choice(NUMBERS) + b'"', pieces[i])
        elif way == 1:
            pieces[i], pieces[j] = pieces[j], pieces[i]
        else:
            pieces[i] = pieces[i] * 2 if way == 2 else b""
    return b"".join(pieces)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes changed, or (mostly) one XML part of a container; PDF mostly inside its unpacked streams."""
    if data.startswith(b"PK") and chance.random() > 0.2:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = {name: archive.read(name) for name in archive.namelist()}
        part = chance.choice([name for name in parts if name.endswith(XML_PARTS)])
        return _zipped({**parts, part: chance.choice((mutate, mutate_markup, mutate_markup))(parts[part], chance)})
    if data.startswith(b"%PDF") and chance.random() > 0.3:
        return mutate(_unpacked(data), chance)
    if data.lstrip().startswith(b"<") and chance.random() > 0.3:
        return mutate_markup(data, chance)
    return mutate(data, chance)


@cache
def _unpacked(data: bytes) -> bytes:
    """A PDF with plain streams and one object after the other, so that a mutation meets an operator or a key."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as file:
        file.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False,
                  object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)  # fmt: skip
    return out.getvalue()


def attempt(seed: int) -> tuple[str, str]:
    """(outcome, file and fault) of one mutated file, read and audited: read, the refusal's type, CRASH or HANG."""
    chance = random.Random(seed)
    name = chance.choice(sorted(files()))
    data = mutated(files()[name], chance)
    start = time.process_time()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            pipeline.extract(path).to_json()
        outcome = "read"
    except InputError as error:
        outcome = "CRASH" if "\n" in str(error) else type(error).__name__
    except Exception as error:
        return "CRASH", f"{name}: {type(error).__name__}: {str(error)[:160]}"
    spent = time.process_time() - start
    return ("HANG", f"{name}: {spent:.0f} s") if spent > SLOW else (outcome, name)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seed, outcomes = options.seed, Counter[str]()
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        seed += 1
        outcome, what = attempt(seed)
        outcomes[outcome] += 1
        if outcome in ("CRASH", "HANG"):
            print(f"seed {seed} {outcome} {what}", flush=True)
    print(dict(outcomes), f"seeds {options.seed + 1}–{seed}")
    return 1 if outcomes["CRASH"] + outcomes["HANG"] else 0


if __name__ == "__main__":
    sys.exit(main())
