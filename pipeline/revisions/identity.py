"""Four layers of identity, and which of them changed between two readings.

    notice     what the issuer keeps issuing: the slug of its first revision (`lineage.notice`, else `slug`)
    revision   one wording of it: `slug` and `revision`; `said` tells wordings apart
    source     one file that carries a revision: `source.sha256`; a card may list several files of one revision
    reading    what one version of this program makes of one file: `source.reader` and the content of the notice JSON;
               the program's version is in the key of the stage's ledger, so that no output changes with it alone

From these follows why two readings differ: `text` (another wording), `print` (another file that says the same, down to
what recognition of a scan may get wrong), `reading` (the same file read in another way), `decisions` (the same reading,
decided otherwise), or `none`.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

from msgspec.structs import replace
from rapidfuzz.distance import Indel

from pipeline import rx as regex
from pipeline.model import Reading
from pipeline.normalize import fold
from pipeline.plain import to_plain
from pipeline.serialize import dumps

Cause = Literal["none", "decisions", "reading", "print", "text"]

CAUSES: dict[str, tuple[str, str]] = {
    "none": ("没有变化", "nothing"),
    "decisions": ("同一文件，人的决定有变", "the same file, decided otherwise"),
    "reading": ("同一文件，读法有变", "the same file, read in another way"),
    "print": ("同一文本，来源文件不同", "the same text from another file"),
    "text": ("文本有变", "the text"),
}
SCAN_LIKENESS = 0.96
"""Recognition of a readable page gets 0.2 to 2 characters in a hundred wrong: two such readings stay above this."""

SCAN_POINTS = 0.9
"""…and at least this share of the points must agree: figures are read twice and rarely wrong."""

SIGNS = regex.compile(r"[\p{P}\p{S}\p{Z}\s]")


def cause(old: Reading, new: Reading) -> Cause:
    """Which layer differs between two readings, the outermost that does."""
    if old.source.sha256 == new.source.sha256:
        if _content(old, decided=True) == _content(new, decided=True):
            return "none"
        return "reading" if [*map(_as_given, old.decisions)] == [*map(_as_given, new.decisions)] else "decisions"
    return "print" if same_text(old, new) else "text"


def _content(reading: Reading, decided: bool) -> str:
    data = to_plain(replace(reading, slug=None, revision=None, lineage=None, decisions=reading.decisions if decided else ()))
    return dumps(data)


def _as_given(decision: object) -> str:
    return dumps({k: v for k, v in to_plain(decision).items() if k != "status"})


def same_text(a: Reading, b: Reading) -> bool:
    """Whether two files carry one wording: the same criteria, points, labels and body, whatever the layout; where one
    of them was recognised from a picture, up to what recognition may get wrong."""
    if said(a) == said(b):
        return True
    return (by_recognition(a) or by_recognition(b)) and likeness(a, b) >= SCAN_LIKENESS and _points_agree(a, b) >= SCAN_POINTS


def by_recognition(reading: Reading) -> bool:
    """Whether the file was read from pictures of its pages."""
    scored = (c for r in reading.rubrics for c in r.criteria())
    return reading.source.reader == "scan" or any(c.confidence is not None for c in scored)


def said(reading: Reading) -> str:
    """What a revision says, as one text without punctuation, spaces and layout: number, title, body, then each sheet's title, its
    criteria with their other cells and points, its labels and its total. Only what is printed counts."""
    parts = [_bare(text or "") for text in (reading.notice.document_number, reading.notice.title, "".join(p.text for p in reading.notice.body))]
    for rubric in reading.rubrics:
        parts.append(_bare(rubric.title or ""))
        parts += [_bare("".join((c.text, *(text for _, text in sorted(c.columns.items()))))) + f"={c.max_points}" for c in rubric.printed()]
        labels = [f"{_bare(m.label)}={m.stated_points}" for m in rubric.labels]
        parts += [*sorted(labels), f"={rubric.stated_total}"]
    return "\n".join(parts)


def likeness(a: Reading, b: Reading) -> float:
    """0..1: how much of what two files say is the same."""
    return Indel.normalized_similarity(said(a), said(b))


def _points_agree(a: Reading, b: Reading) -> float:
    one, two = (Counter((r.id, c.max_points) for r in x.rubrics for c in r.printed()) for x in (a, b))
    return (one & two).total() / max(one.total(), two.total(), 1)


def _bare(text: str) -> str:
    return SIGNS.sub("", fold(text))
