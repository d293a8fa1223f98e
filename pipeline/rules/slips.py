"""Which single-character differences are slips: the judgement behind text-slip. Silent when in doubt."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from rapidfuzz.distance import Levenshtein

from pipeline.model import Criterion, Reading
from pipeline.normalize import clean, fold

TABLE = Path(__file__).parents[1] / "data" / "lookalikes.tsv"
NEAR = 0.90
"""Likeness from which a pair is taken without a second witness for the usual spelling."""

ALIKE = ("日曰", "天夭", "侯候", "祟崇")
"""Pairs confused by eye whose drawn shapes differ too much in width or one stroke for the table."""

OFTEN = 4
"""Occurrences from which a character is at home in a document."""

PLAUSIBLE = frozenset(
    "一二三四五六七八九十百千万亿两半零"  # numbers
    "日月年时分秒天周旬季米里亩元吨斤克升级档期次个件项条"  # units
    "上下左右东西南北内外前后里中间"  # directions
    "大太小多少长短高低"  # sizes
    "钢铜铁铝铅锌钠钾钙镁银金锡铬锰镉汞氢氧氮氯氟氨氦氖油气汽水火煤电"  # materials
    "鱼龟角鸟乌马牛羊犬猫蛙蚊蚁蜂"  # animals
    "肝肺肾胃肠肚肛肋胆脾"  # organs
    "市县区镇乡村街路"  # places
    "他她它们人男女父母"  # persons
    "货贷雪雷病痛清请审市土士过进返迟降升开关进出收付买卖借还租购"  # words that stand in the same place in good Chinese
)
"""Characters that replace each other in sound sentences: a pair of two of them is never a slip."""

DOUBLES = frozenset("人天年月日时处家户层步刚常渐仅大多少早好慢轻重深高远种样件条个各项次级事代点些稍谢看试问想说")
"""Characters that good Chinese doubles (层层, 人人, 逐步 aside)."""

FREE = frozenset(
    "各每本该其全不的和及与或等有在对向为从由到未无可应须以于将并且按经被把要所个一二三四五六七八九十百千万年月日内外上下前后级类种项者性化型了地得"
    "人员们中里间时后第新老大小多少高低好再更最已均需能会是做用使让给同含带若如则即另又也都很较"
)
"""Characters that stand alone as words, or attach freely: losing one, or one beside them, leaves good Chinese."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference of two texts: a[start_a:end_a] became b[start_b:end_b]. `a` and `b` are comparing keys, `shown_a` and
    `shown_b` the texts as printed without spaces, character by character beside them."""

    a: str
    b: str
    shown_a: str
    shown_b: str
    start_a: int
    end_a: int
    start_b: int
    end_b: int

    def gone(self) -> str:
        """What a has here."""
        return self.a[self.start_a : self.end_a]

    def come(self) -> str:
        """What b has here."""
        return self.b[self.start_b : self.end_b]

    def in_a(self, around: int) -> str:
        """The difference in a, with `around` characters to each side."""
        return self.shown_a[max(0, self.start_a - around) : self.end_a + around]

    def in_b(self, around: int) -> str:
        """The difference in b, with `around` characters to each side."""
        return self.shown_b[max(0, self.start_b - around) : self.end_b + around]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A slip: kind, and the side (a or b) on which it stands."""

    kind: Literal["look-alike", "doubled", "dropped"]
    side: Literal["a", "b"]


def comparing_key(text: str) -> str:
    """The text without spaces, each character by itself in its usual width and case."""
    wide = ((unicodedata.normalize("NFKC", c).lower(), c) for c in "".join(clean(text).split()))
    return "".join(n if len(n) == 1 else c for n, c in wide)


def edits_between(one: str, other: str) -> tuple[Edit, ...]:
    """The differences of two texts, in order, without regard to spaces and widths; neighbours less than two characters
    apart are one."""
    shown = "".join(clean(one).split()), "".join(clean(other).split())
    a, b = comparing_key(one), comparing_key(other)
    out: list[Edit] = []
    for op in Levenshtein.opcodes(a, b):
        if op.tag == "equal":
            continue
        if out and op.src_start - out[-1].end_a < 2:
            last = out.pop()
            out.append(Edit(a, b, *shown, last.start_a, op.src_end, last.start_b, op.dest_end))
        else:
            out.append(Edit(a, b, *shown, op.src_start, op.src_end, op.dest_start, op.dest_end))
    return tuple(out)


@cache
def lookalikes() -> dict[frozenset[str], float]:
    """Pairs of characters whose printed shapes nearly coincide, with their likeness 0..1."""
    rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    drawn = {frozenset(pair): float(value) for pair, value in rows}
    return {frozenset(pair): 0.85 for pair in ALIKE} | drawn


@dataclass(frozen=True)
class Usage:
    """How often each run of 1–3 characters stands in the document (criteria, labels, body)."""

    grams: Counter[str]

    @classmethod
    def of(cls, reading: Reading) -> Usage:
        texts = [p.text for p in reading.notice.body]
        for rubric in reading.rubrics:
            texts += [c.text for c in rubric.printed()]
            texts += [v for c in rubric.printed() for v in c.columns.values()]
            texts += [s.label for s in rubric.sections if s.label]
        grams: Counter[str] = Counter()
        for text in (fold(t) for t in texts):
            for size in (1, 2, 3):
                grams.update(text[i : i + size] for i in range(len(text) - size + 1))
        return cls(grams)

    def count(self, gram: str) -> int:
        """Occurrences of a run of one to three characters."""
        return self.grams[gram]


def judge(edit: Edit, usage: Usage) -> Verdict | None:
    """The slip an edit is, or None: a real difference, or not sure."""
    gone, come = edit.gone(), edit.come()
    if len(gone) == len(come) == 1:
        return _look_alike(edit, usage)
    if len(gone) + len(come) != 1 or edit.start_a in (0, len(edit.a)) or edit.end_a == len(edit.a):
        return None
    longer, at, side = (edit.a, edit.start_a, "b") if gone else (edit.b, edit.start_b, "a")
    char = longer[at]
    if not "\u4e00" <= char <= "\u9fff":
        return None
    if longer[at - 1] == char or longer[at + 1 : at + 2] == char:
        return _doubled(char, "a" if gone else "b", edit, usage)
    return Verdict("dropped", side) if _leaves_half(longer, at, usage) else None  # type: ignore[arg-type]


def _look_alike(edit: Edit, usage: Usage) -> Verdict | None:
    """One side's pairs of characters are usual in the document, the other's stand nowhere else."""
    one, two = edit.gone(), edit.come()
    likeness = lookalikes().get(frozenset((one, two)), 0.0)
    if likeness == 0.0 or (one in PLAUSIBLE and two in PLAUSIBLE):
        return None
    usual_a, usual_b = _strength(edit.a, edit.start_a, usage), _strength(edit.b, edit.start_b, usage)
    if usual_a > usual_b and usual_b <= 1 and (usual_a >= 2 or likeness >= NEAR):
        return Verdict("look-alike", "b")
    if usual_b > usual_a and usual_a <= 1 and (usual_b >= 2 or likeness >= NEAR):
        return Verdict("look-alike", "a")
    if max(usual_a, usual_b) <= 1:
        return _stranger(one, two, usage)
    return None


def _stranger(one: str, two: str, usage: Usage) -> Verdict | None:
    """Where the pairs decide nothing: a character that the document has nowhere else, against one that it has often."""
    if usage.count(two) == 1 and usage.count(one) >= OFTEN:
        return Verdict("look-alike", "b")
    if usage.count(one) == 1 and usage.count(two) >= OFTEN:
        return Verdict("look-alike", "a")
    return None


def _strength(text: str, at: int, usage: Usage) -> int:
    """How usual the character is here: the more frequent of its pairs with the left and the right neighbour."""
    pairs = [text[at - 1 : at + 1] if at else "", text[at : at + 2]]
    return max((usage.count(p) for p in pairs if len(p) == 2), default=0)


def _doubled(char: str, side: Literal["a", "b"], edit: Edit, usage: Usage) -> Verdict | None:
    """A character twice where the twin has it once, and the doubling stands nowhere else in the document."""
    if char in DOUBLES or usage.count(char * 2) > 1:
        return None
    return Verdict("doubled", side)


def _leaves_half(longer: str, at: int, usage: Usage) -> bool:
    """Whether the loss of longer[at] leaves a half word: its left neighbour is followed by it nearly always in this
    document, and the pair that the loss makes stands nowhere else."""
    left, lost, right = longer[at - 1], longer[at], longer[at + 1 : at + 2]
    if not right or left in FREE or lost in FREE:
        return False
    joined = usage.count(left + right)
    with_lost, alone = usage.count(left + lost), usage.count(left)
    return joined <= 1 and with_lost >= 4 and with_lost + joined >= 0.9 * alone


@dataclass(frozen=True, slots=True)
class SoleSlip:
    """A look-alike without a twin: the phrase, and where the same phrase stands with the usual character."""

    phrase: str
    other_phrase: str
    other: Criterion


def sole_slips(reading: Reading, usage: Usage) -> Iterator[tuple[Criterion, SoleSlip]]:
    """Look-alikes whose pairs stand nowhere else in the document, while the same five characters with the usual
    character in the middle do."""
    rows = [(c, fold(c.text)) for r in reading.rubrics for c in r.printed()]
    middles: dict[tuple[str, str], list[tuple[str, Criterion]]] = {}
    for criterion, text in rows:
        for at in range(2, len(text) - 2):
            middles.setdefault((text[at - 2 : at], text[at + 1 : at + 3]), []).append((text[at], criterion))
    for criterion, text in rows:
        for at in range(2, len(text) - 2):
            char, around = text[at], (text[at - 2 : at], text[at + 1 : at + 3])
            if usage.count(text[at - 1 : at + 1]) > 1 or usage.count(text[at : at + 2]) > 1 or char in PLAUSIBLE:
                continue
            for usual, other in middles[around]:
                likeness = lookalikes().get(frozenset((char, usual)), 0.0)
                if likeness >= NEAR and usage.count(around[0][-1] + usual) >= 2:
                    yield criterion, SoleSlip(f"{around[0]}{char}{around[1]}", f"{around[0]}{usual}{around[1]}", other)
                    break
