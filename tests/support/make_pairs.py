"""Make pipeline/data/pairs.tsv: which two characters stand side by side in Chinese words, and which stand alone.

Words and their frequencies: dict.txt of jieba 0.42.1 (MIT License). Usage: python tests/support/make_pairs.py DICT.TXT
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

TARGET = Path(__file__).parents[2] / "pipeline" / "data" / "pairs.tsv"
TIERS = (10_000, 1_000, 100, 10)
BOUND, KNOWN = 0.10, 2_000
HEAD = """\
# Characters side by side in Chinese words; made by tests/support/make_pairs.py from the word list of jieba 0.42.1:
# Copyright (c) 2013 Sun Junyi. Permission is hereby granted, free of charge, to any person obtaining a copy of this software
# and associated documentation files (the "Software"), to deal in the Software without restriction, including without
# limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to
# permit persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice and
# this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED
# "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
# FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
# CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
# WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
# Columns: a character; b if it hardly ever is a word by itself; what follows it in words of frequency 10000, 1000, 100, 10 up,
# where the two begin some words and end some; the same where they only begin words; only end words; do neither.
"""


def main(words: Path) -> None:
    alone: Counter[str] = Counter()
    within: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    begin: Counter[str] = Counter()
    end: Counter[str] = Counter()
    for line in words.read_text(encoding="utf-8").splitlines():
        word, times = line.split()[:2]
        if not all("\u4e00" <= c <= "\u9fff" for c in word):
            continue
        if len(word) == 1:
            alone[word] += int(times)
            continue
        begin[word[:2]] += int(times)
        end[word[-2:]] += int(times)
        for char in word:
            within[char] += int(times)
        for at in range(len(word) - 1):
            pairs[word[at : at + 2]] += int(times)
    rows: dict[str, list[str]] = defaultdict(lambda: [""] * 4 * len(TIERS))
    for pair, times in sorted(pairs.items()):
        place = next((i for i, least in enumerate(TIERS) if times >= least), None)
        if place is not None:
            kind = 2 * (begin[pair] < TIERS[-1]) + (end[pair] < TIERS[-1])
            rows[pair[0]][place + kind * len(TIERS)] += pair[1]
    bound = {c for c in within if alone[c] + within[c] >= KNOWN and alone[c] < BOUND * (alone[c] + within[c])}
    lines = (f"{c}\t{'b' if c in bound else ''}\t" + "\t".join(rows[c]) for c in sorted({*rows, *bound}))
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
