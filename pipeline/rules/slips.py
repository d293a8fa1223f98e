"""Which single-character differences are slips: the judgement behind text-slip. Silent when in doubt."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from operator import add
from typing import Literal

from msgspec import Struct
from rapidfuzz.distance import Levenshtein

from pipeline.kept import kept
from pipeline.lexicon import COMMON, FREQUENT, RARE, begins, ends, is_bound, rank
from pipeline.lookalikes import WEAK, lookalikes
from pipeline.model import Criterion, Reading
from pipeline.normalize import clean, fold

NEAR = 0.90
"""Likeness from which a pair is taken without a second witness for the usual spelling."""

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
"""Characters that replace each other in sound sentences: a pair of two of them is no slip unless one makes a frequent word
and the other none."""

NOUNS_DOUBLED = frozenset("人天年月日时处家户事代")
"""Nouns that good Chinese doubles (人人有责, 天天检查), also behind another word that ends in them."""

DOUBLES = NOUNS_DOUBLED | frozenset("层步刚常渐仅大多少早好慢轻重深高远种样件条个各项次级点些稍谢看试问想说")
"""Characters that good Chinese doubles (层层, 人人, 逐步 aside)."""

FREE = frozenset(
    "各每本该其全不的和及与或等有在对向为从由到未无可应须以于将并且按经被把要所个一二三四五六七八九十百千万年月日内外上下前后级类种项者性化型了地得"
    "人员们中里间时后第新老大小多少高低好再更最已均需能会是做用使让给同含带若如则即另又也都很较"
)
"""Characters that stand alone as words, or attach freely: losing one, or one beside them, leaves good Chinese."""


SUFFIXES = frozenset("率度量数值额费期力")
"""Characters that end a word begun before (熟知率)."""

OFFICES = frozenset("部厅局委办科室院校组社所站队处厂店企警医民商员工")
"""Characters that stand for an office or its people in notices (校食堂, 科负责人), whatever they are elsewhere."""


class Edit(Struct, frozen=True):
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


class Verdict(Struct, frozen=True):
    """A slip: kind, and the side (a or b) on which it stands."""

    kind: Literal["look-alike", "doubled", "dropped"]
    side: Literal["a", "b"]


def comparing_key(text: str) -> str:
    """The text without spaces, each character by itself in its usual width and case."""
    return "".join(map(_usual, "".join(clean(text).split())))


@kept
def _usual(char: str) -> str:
    """A character in its usual width and case, where that is one character too."""
    usual = unicodedata.normalize("NFKC", char).lower()
    return usual if len(usual) == 1 else char


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
def twins() -> frozenset[str]:
    """Characters each of which looks nearly like another."""
    return frozenset().union(*(pair for pair, likeness in lookalikes().items() if likeness >= NEAR))


@cache
def suspects() -> frozenset[str]:
    """Characters that may be called a slip without a twin: each looks nearly like another, and is not plausible itself."""
    return twins() - PLAUSIBLE


class Usage(Struct, frozen=True):
    """How often each character and each pair of neighbours stands in the document (criteria, labels, body); `text` holds
    all of them, a line end between two."""

    text: str
    pairs: Counter[str]

    @classmethod
    def of(cls, reading: Reading) -> Usage:
        """The usage in a reading: its body, and the criteria, other columns and labels as printed."""
        texts = [p.text for p in reading.notice.body]
        for rubric in reading.rubrics:
            texts += [c.text for c in rubric.printed()]
            texts += [v for c in rubric.printed() for v in c.columns.values()]
            texts += [s.label for s in rubric.sections if s.label]
        return cls.of_texts(texts)

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> Usage:
        """The usage in these texts."""
        text = "\n".join(map(fold, texts))
        return cls(text, Counter(map(add, text, text[1:])))

    def count(self, gram: str) -> int:
        """Occurrences of one character or two."""
        return self.text.count(gram) if len(gram) == 1 else self.pairs.get(gram, 0)


def judge(edit: Edit, usage: Usage) -> Verdict | None:
    """The slip an edit is, or None: a real difference, or not sure."""
    gone, come = edit.gone(), edit.come()
    if len(gone) == len(come) == 1:
        return _look_alike(edit, usage)
    if len(gone) + len(come) != 1 or edit.start_a in (0, len(edit.a)) or edit.end_a == len(edit.a):
        return None
    longer, at = (edit.a, edit.start_a) if gone else (edit.b, edit.start_b)
    char = longer[at]
    if not "\u4e00" <= char <= "\u9fff":
        return None
    if longer[at - 1] == char or longer[at + 1 : at + 2] == char:
        first = at - 1 if longer[at - 1] == char else at
        return Verdict("doubled", "a" if gone else "b") if _is_doubled(longer, first, usage) else None
    if _leaves_half(longer, at, usage) or _leaves_no_word(longer, at, usage):
        return Verdict("dropped", "b" if gone else "a")
    return None


def _look_alike(edit: Edit, usage: Usage) -> Verdict | None:
    """One side's pairs of characters are usual in the document, the other's stand nowhere else."""
    one, two = edit.gone(), edit.come()
    likeness = lookalikes().get(frozenset((one, two)), 0.0)
    if likeness == 0.0:
        return None
    plausible = one in PLAUSIBLE and two in PLAUSIBLE
    word = _no_word(edit, usage, FREQUENT if plausible else RARE)
    if word is not None or plausible or likeness <= WEAK:
        return word
    usual_a, usual_b = _strength(edit.a, edit.start_a, usage), _strength(edit.b, edit.start_b, usage)
    if usual_a > usual_b and usual_b <= 1 and (usual_a >= 2 or likeness >= NEAR):
        return Verdict("look-alike", "b")
    if usual_b > usual_a and usual_a <= 1 and (usual_b >= 2 or likeness >= NEAR):
        return Verdict("look-alike", "a")
    if max(usual_a, usual_b) <= 1:
        return _stranger(one, two, usage)
    return None


def _no_word(edit: Edit, usage: Usage, least: int) -> Verdict | None:
    """One side makes a word with a neighbour in general usage (of rank `least` up), the other none, nor anywhere else here."""
    a, b = _rank(edit.a, edit.start_a), _rank(edit.b, edit.start_b)
    if a >= least and b == 0 and _strength(edit.b, edit.start_b, usage) <= 1:
        return Verdict("look-alike", "b")
    if b >= least and a == 0 and _strength(edit.a, edit.start_a, usage) <= 1:
        return Verdict("look-alike", "a")
    return None


def _rank(text: str, at: int) -> int:
    """How common the character is beside one of its neighbours within words in general."""
    return max(rank(text[max(0, at - 1) : at + 1]), rank(text[at : at + 2]))


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


def _is_doubled(longer: str, first: int, usage: Usage) -> bool:
    """Whether the character that stands twice from `first` on is once too many, where the twin has it once. Where one word
    may end and the next begin with it (委员会会议), or good Chinese doubles it, the doubling stands."""
    char, before, after = longer[first], longer[max(0, first - 1) : first + 1], longer[first + 1 : first + 3]
    if ends(before) and begins(after):
        return False
    if ends(before) and not rank(after) and char not in FREE and not is_bound(char) and _goes_on(longer[first + 2 : first + 4]):
        return False
    if char in DOUBLES:
        return char not in NOUNS_DOUBLED and rank(before) >= FREQUENT and rank(after) == 0
    return usage.count(char * 2) <= 1 or max(rank(before), rank(after)) >= COMMON


def _goes_on(after: str) -> bool:
    """Whether what follows begins with a character that is no word with the next one: it belongs to what stands before it."""
    return "\u4e00" <= after[:1] <= "\u9fff" and after[:1] not in FREE | SUFFIXES and not begins(after)


def _leaves_half(longer: str, at: int, usage: Usage) -> bool:
    """Whether the loss of longer[at] leaves a half word: its left neighbour is followed by it nearly always in this
    document, and the pair that the loss makes stands nowhere else."""
    left, lost, right = longer[at - 1], longer[at], longer[at + 1 : at + 2]
    if not right or left in FREE or lost in FREE:
        return False
    joined = usage.count(left + right)
    with_lost, alone = usage.count(left + lost), usage.count(left)
    return joined <= 1 and with_lost >= 4 and with_lost + joined >= 0.9 * alone


def _leaves_no_word(longer: str, at: int, usage: Usage) -> bool:
    """Whether the loss of longer[at] tears a common word, and leaves of it a character that is no word by itself and makes
    none with its new neighbours."""
    left, lost, right = longer[at - 1], longer[at], longer[at + 1 : at + 2]
    if not right or lost in FREE or rank(left + right) or usage.count(left + right) > 1:
        return False
    ahead, behind = longer[at - 2 : at] if at > 1 else "", longer[at + 1 : at + 3]
    of_left = rank(left + lost) >= COMMON and _is_half(left) and not rank(ahead)
    of_right = rank(lost + right) >= COMMON and _is_half(right) and not rank(behind)
    return of_left or of_right


def _is_half(char: str) -> bool:
    return is_bound(char) and char not in FREE and char not in OFFICES


class SoleSlip(Struct, frozen=True):
    """A look-alike without a twin: the phrase, and where the same phrase stands with the usual character."""

    phrase: str
    other_phrase: str
    other: Criterion


def sole_slips(reading: Reading, usage: Usage) -> Iterator[tuple[Criterion, SoleSlip]]:
    """Look-alikes whose pairs stand nowhere else in the document, while the same five characters with the usual
    character in the middle do."""
    rows = [(c, fold(c.text)) for r in reading.rubrics for c in r.printed()]
    doubtful = suspects()
    places = ((c, text, at) for c, text in rows for at, char in enumerate(text[2:-2], start=2) if char in doubtful)
    lonely = [place for place in places if _is_lonely(*place[1:], usage)]
    middles: dict[tuple[str, str], list[tuple[str, Criterion]]] = {_around(text, at): [] for _, text, at in lonely}
    befores = {before for before, _ in middles}
    likely = twins() if befores else frozenset()
    for criterion, text in rows if befores else ():
        for at in [at for at, char in enumerate(text[2:-2], start=2) if char in likely]:
            if text[at - 2 : at] in befores and (around := _around(text, at)) in middles:
                middles[around].append((text[at], criterion))
    for criterion, text, at in lonely:
        before, after = _around(text, at)
        for usual, other in middles[before, after]:
            likeness = lookalikes().get(frozenset((text[at], usual)), 0.0)
            if likeness >= NEAR and usage.count(before[-1] + usual) >= 2:
                yield criterion, SoleSlip(f"{before}{text[at]}{after}", f"{before}{usual}{after}", other)
                break


def _around(text: str, at: int) -> tuple[str, str]:
    """Two characters before and two after."""
    return text[at - 2 : at], text[at + 1 : at + 3]


def _is_lonely(text: str, at: int, usage: Usage) -> bool:
    """Whether the character stands with neither neighbour anywhere else."""
    return usage.count(text[at - 1 : at + 1]) <= 1 and usage.count(text[at : at + 2]) <= 1
