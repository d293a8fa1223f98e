"""The 版记 of a notice: who gets copies, who printed it and when. It stands after the close, often after the annexes."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import rx as regex
from pipeline.model import BodyText
from pipeline.notices.intrusions import without_personal
from pipeline.notices.lines import Passage

COPIES = regex.compile(r"(?:抄送|抄报|分送|主送)\s*[：:].{2,}")
PRINTED = regex.compile(r".{0,40}(?:19|20)[0-9]{2}\s*年\s*[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日\s*印\s*发")


def read_imprint(parts: Sequence[Sequence[Passage]]) -> tuple[BodyText, ...]:
    """The lines 抄送：… and …年…月…日印发, personal data masked, in the order they stand."""
    passages = [p for part in parts for p in part]
    return tuple(BodyText(without_personal(p), p.place()) for p in passages if COPIES.fullmatch(p.text) or PRINTED.fullmatch(p.text))
