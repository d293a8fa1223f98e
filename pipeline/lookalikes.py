"""Characters that are written or printed for each other because they look alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "lookalikes.tsv"

ALIKE = ("日曰", "天夭", "侯候", "祟崇")
"""Pairs confused by eye whose drawn shapes differ too much in width or one stroke for the table."""

MISTAKEN = (
    "毫亳/人八/入八/即既/防妨/育盲/何伺/查杳/今令/王玉/王主/玉主/田由/由甲/甲申/申电/刀力/刁习/考孝/各名/帅师/从丛/坚竖/贪贫/低抵/底低/值植/隐稳/施旅/"
    "帮邦/培陪/情清/精情/晴请/裁栽/裁载/栽载/载戴/壮状/玩完/摘滴/微徵/复覆/桩椿/虑滤/茶荼/暑署/密蜜/消销/报极"
)
"""Pairs written for each other that are less alike: slips only where one makes a word and the other none."""
WEAK = 0.5
"""The likeness they count with."""


@cache
def lookalikes() -> dict[frozenset[str], float]:
    """Pairs of characters whose printed shapes nearly coincide, or that are written for each other, with their likeness 0..1."""
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    drawn = {frozenset(pair): float(value) for pair, value in rows}
    return dict.fromkeys(map(frozenset, MISTAKEN.split("/")), WEAK) | dict.fromkeys(map(frozenset, ALIKE), 0.85) | drawn
