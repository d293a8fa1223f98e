"""What people type into a form, read strictly: a value that is not certainly legal is a finding, never a guess."""

from __future__ import annotations

import datetime
import unicodedata
from decimal import Decimal

from pipeline import rx as regex
from pipeline.findings import Finding
from pipeline.model import Criterion
from pipeline.normalize import chinese_number
from pipeline.plain import points_text
from pipeline.provenance import Provenance
from pipeline.scoring.problems import problem
from pipeline.scoring.tally import name_of

PLAIN = regex.compile(r"[0-9]{1,5}(?:\.[0-9]{1,4})?")
NEGATIVE = regex.compile(r"[-−－‐–](?:[0-9]{1,5})(?:\.[0-9]+)?")
COMMA = regex.compile(r"([0-9]{1,4})[,，、。]([0-9]{1,2})")
HALF = regex.compile(r"(?P<whole>[0-9]*|[零〇一二两三四五六七八九十]*)(?:点|个)?(?:半|½|1⁄2)")
DATE = regex.compile(r"(?P<y>20[0-9]{2})\s*[-年/.]\s*(?P<m>[0-9]{1,2})\s*[-月/.]\s*(?P<d>[0-9]{1,2})\s*日?(?:[T ][0-9:.+Z-]*)?")
TICKED = frozenset({"yes", "y", "ok", "on", "true", "1", "是", "√", "☑", "☒", "有"})
BLANK = frozenset({"", "no", "n", "off", "false", "0", "否", "☐", "无"})


def read_score(text: str | None, criterion: Criterion, annex: int, at: Provenance | None) -> tuple[Decimal | None, list[Finding]]:
    """A score as typed: legal, or None with a finding that says what is wrong with it."""
    name = {"name": name_of(criterion), "name_en": criterion.id}
    raw = (text or "").strip()
    if not raw:
        return None, [problem("score-blank", annex, criterion.id, at, **name)]
    plain = "".join(unicodedata.normalize("NFKC", raw).split()).removesuffix("分")
    if NEGATIVE.fullmatch(plain) and Decimal("0" + plain[1:]) != 0:
        return None, [problem("score-negative", annex, criterion.id, at, given=raw, **name)]
    if not PLAIN.fullmatch(plain):
        return None, [problem("score-unreadable", annex, criterion.id, at, given=raw, **name, **_hint(plain))]
    value = Decimal(points_text(Decimal(plain)))
    if criterion.max_points is not None and value > criterion.max_points:
        return None, [problem("score-above-maximum", annex, criterion.id, at, given=raw, maximum=points_text(criterion.max_points), **name)]
    found = []
    if plain != raw:
        found.append(problem("score-normalised", annex, criterion.id, at, given=raw, value=points_text(value), **name))
    if -int(value.as_tuple().exponent) > 1:
        found.append(problem("score-too-fine", annex, criterion.id, at, given=raw, **name))
    return value, found


def _hint(plain: str) -> dict[str, str]:
    """What an unreadable score may have meant; said, never taken. Of a formula, what to do."""
    if plain.startswith("="):
        return {"hint": "（是公式：请改为数值）", "hint_en": " (a formula: put the number in its place)"}
    meant = None
    if match := COMMA.fullmatch(plain):
        meant = f"{match[1]}.{match[2]}"
    elif match := HALF.fullmatch(plain):
        whole = chinese_number(match["whole"].replace("两", "二")) if match["whole"] else 0
        meant = f"{whole}.5" if whole is not None else None
    elif (number := chinese_number(plain)) is not None:
        meant = str(number)
    return {"hint": f"（是否 {meant}？）", "hint_en": f" (perhaps {meant}?)"} if meant else {}


def read_date(text: str, annex: int, rubric_id: str, at: Provenance | None) -> tuple[str | None, list[Finding]]:
    """A date as ISO text; what is no date is kept as typed, with a finding."""
    if not text:
        return None, []
    match = DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        if match:
            return datetime.date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat(), []
    except ValueError:
        pass
    return text, [problem("date-unclear", annex, f"{rubric_id}/date", at, given=text)]


def read_tick(text: str) -> bool | None:
    """Whether a check box is ticked; None when what stands there says neither."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    return True if word in TICKED else False if word in BLANK else None
