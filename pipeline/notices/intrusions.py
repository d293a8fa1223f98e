"""What does not belong into a published notice: text of another language or a repetition loop, and personal data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby
from operator import add
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from pipeline import rx as regex
from pipeline.model import Block, Foreign, Paragraph, PersonalData, Table
from pipeline.normalize import IDENTITY_NUMBER, MOBILE, fold, mask_personal
from pipeline.notices.lines import Line, Passage, block_lines, cell_lines, masked
from pipeline.notices.segments import NAME_COLUMNS, Segment
from pipeline.ordinals import without_ordinal
from pipeline.provenance import Provenance

FORM_FILL = regex.compile(r"[\s_＿\-—–.。…·□☑☐○●√×/\\|*=~：:；;，,、（）()]*(?:年|月|日|分|签字|签名|盖章|[：:])*[\s_＿]*")
LOOP_INSIDE = regex.compile(r"(?P<unit>[^\s_＿\-—–.。…·□*=~0-9]{2,20}?|\p{Letter}{2,20}?\s)(?P=unit){5,}")
HAN = regex.compile(r"\p{Han}")
OTHER_SCRIPT = regex.compile(r"[\p{Cyrillic}\p{Hangul}\p{Arabic}\p{Hebrew}\p{Thai}\p{Devanagari}\p{Hiragana}\p{Katakana}]")
LATIN_RUN = regex.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’\-]{0,40}(?:[,;:]?\s+[A-Za-zÀ-ÿ(][A-Za-zÀ-ÿ'’\-.)]*){4,}")
"""A word of prose is short: without that bound a line of one endless word costs the square of its length."""
MANY_DIGITS = regex.compile(r"[0-9](?:[^0-9]*+[0-9]){10}")
"""Fewer than eleven digits are no mobile number and no identity number."""
NOT_PROSE = regex.compile(r"https?:|www\.|@|^\s*\[[0-9]+\]|(?:19|20)[0-9]{2}|et al|ISBN|ISO|IEC|GB/T|\b(?:Inc|Ltd|Co)\b\.?")


# ---- foreign text ------------------------------------------------------------------------------------------------


def read_foreign(lines: Sequence[Line]) -> tuple[tuple[Foreign, ...], frozenset[int]]:
    """Foreign blocks among the lines, and the indices of the lines they take."""
    found: list[Foreign] = []
    taken: set[int] = set()
    index = 0
    bare = [_bare(line) for line in lines]
    ends = _ends_of_runs(bare)
    while index < len(lines):
        end = _loop_end(bare[index], index, ends[index]) or _outlier_end(lines, index)
        if end is None:
            found.extend(_inside(lines[index]))
            index += 1
            continue
        found.append(_block(lines[index:end]))
        taken.update(range(index, end))
        index = end
    return tuple(found), frozenset(taken)


def _bare(line: Line) -> str:
    return without_ordinal(line.text).strip()


def _block(lines: Sequence[Line]) -> Foreign:
    alike = all(_bare(x) == _bare(lines[0]) for x in lines)
    return Foreign(mask_personal(_bare(lines[0])), len(lines) if alike else 1, masked(lines[0].at), masked(lines[-1].at))


def _ends_of_runs(texts: Sequence[str]) -> list[int]:
    """For each text the index after the run of equal texts that it stands in."""
    sizes = [len(list(run)) for _, run in groupby(texts)]
    return [end for size, end in zip(sizes, accumulate(sizes), strict=True) for _ in range(size)]


def _loop_end(unit: str, index: int, end: int) -> int | None:
    """`end`, where the lines from `index` on, which all say `unit`, are a loop."""
    if end - index < 3 or len(unit) < 3 or FORM_FILL.fullmatch(unit):
        return None
    least = 5 if HAN.search(unit) else 3
    if unit.endswith(("：", ":")) or (len(unit) < 6 and least == 5):
        least = 12
    return end if end - index >= least else None


def _outlier_end(lines: Sequence[Line], index: int) -> int | None:
    """The index after a run of lines in another script or language."""
    end = index
    while end < len(lines) and is_outlier(lines[end].text):
        end += 1
    return end if end > index else None


def is_outlier(text: str) -> bool:
    """A line that cannot be Chinese official prose: four letters of a script the field never uses and hardly any Han,
    or a sentence of Latin words. Codes, addresses, references and names of standards are left alone.

    >>> is_outlier("Lorem ipsum dolor sit amet consectetur"), is_outlier("ISO 9001:2015"), is_outlier("Это не тот текст")
    (True, False, True)
    """
    other = len(OTHER_SCRIPT.findall(text))
    if other >= 4 and other > len(HAN.findall(text)):
        return True
    if HAN.search(text) or NOT_PROSE.search(text):
        return False
    match = LATIN_RUN.search(text)
    return match is not None and len(match[0]) > 0.6 * len(text) and regex.search(r"[a-z]{4}", text) is not None


def _inside(line: Line) -> Iterable[Foreign]:
    """A stretch of foreign prose, or a loop, inside a line."""
    if len(line.text) > 20_000:
        return
    loop = LOOP_INSIDE.search(line.text) if _may_loop(line.text) else None
    if loop and not FORM_FILL.fullmatch(loop["unit"]) and len(set(loop["unit"])) > 1:
        at = masked(line.place(*loop.span()))
        yield Foreign(mask_personal(loop["unit"].strip()), len(loop[0]) // len(loop["unit"]), at, at)
        return
    run = LATIN_RUN.search(line.text)
    if run is None or not HAN.search(line.text) or NOT_PROSE.search(line.text):
        return
    if len(run[0].split()) >= 6 and regex.search(r"(?:[a-z]{3,}\s+){3}", run[0]):
        at = masked(line.place(*run.span()))
        yield Foreign(run[0], 1, at, at)


def _may_loop(text: str) -> bool:
    """Whether neighbours come again often enough for a loop: two characters six times over have two pairs of neighbours in
    eleven places. Nearly no line has: looking for the loop itself takes many times as long."""
    return len(text) - len(set(text)) >= 10 and len(text) - len(set(map(add, text, text[1:]))) >= 10


# ---- personal data -----------------------------------------------------------------------------------------------


def read_personal_data(segments: Sequence[Segment]) -> tuple[PersonalData, ...]:
    """Mobile numbers and identity numbers anywhere, names in receipt sheets: one entry a segment and kind, with the
    first place and how many there are. No value is kept."""
    out: list[PersonalData] = []
    for segment in segments:
        places: dict[str, list[Provenance]] = {}
        for block in segment.blocks:
            for kind, at in _personal_in(block):
                places.setdefault(kind, []).append(at)
            if segment.kind == "receipt" and isinstance(block, Table):
                places.setdefault("name", []).extend(_names_in(block))
        out += [PersonalData(kind, len(found), found[0]) for kind, found in sorted(places.items()) if found]
    return tuple(out)


def _personal_in(block: Block) -> Iterable[tuple[str, Provenance]]:
    if isinstance(block, Paragraph):
        lines = block_lines(block, 0) if MANY_DIGITS.search(block.text) else []
    else:
        lines = [line for cell in block.cells if MANY_DIGITS.search(cell.text) for line in cell_lines(cell, 0)]
    for line in lines:
        yield from ((kind, _hidden(line.place(*span))) for kind, span in _kinds(line.text))


def _kinds(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Each number with its place: a name beside it is no part of that."""
    if not regex.search(r"[0-9]{4}", text):
        return []
    identities = [("identity", m.span()) for m in IDENTITY_NUMBER.finditer(text)]
    rest = IDENTITY_NUMBER.sub(lambda m: " " * len(m[0]), text)
    return identities + [("mobile", m.span()) for m in MOBILE.finditer(rest)]


def _hidden(at: Provenance) -> Provenance:
    """The place with every personal number masked, and with nothing else shown where it could not be narrowed to one."""
    quote = mask_personal(at.quote)
    return replace(at, quote=quote if set(quote) <= set("* -－—") else regex.sub(r"[^\s]", "*", quote))


def _names_in(table: Table) -> list[Provenance]:
    """The filled cells under 领取人, 姓名, 联系人; the quote is masked whole."""
    heads = {c.col: c.row for c in table.cells if c.row < 2 and NAME_COLUMNS.fullmatch(fold(c.text))}
    out = []
    for cell in table.cells:
        if cell.col in heads and cell.row > heads[cell.col] and regex.search(r"\p{Han}|[A-Za-z]", cell.text):
            out.append(replace(cell.at, quote=regex.sub(r"\S", "*", cell.at.quote)))
    return out


def without_personal(passage: Passage) -> str:
    """The text of a passage with personal numbers masked."""
    return mask_personal(passage.text)


def without_numbers(value: Any) -> Any:
    """A record, a sequence, a dictionary's values or a text with every mobile and identity number in it masked, be it amid the
    words of a criterion.

    >>> without_numbers(("报 13800000011", 3))
    ('报 ***********', 3)
    """
    if isinstance(value, str):
        return mask_personal(value)
    if isinstance(value, (tuple, list)):
        return type(value)(map(without_numbers, value))
    if isinstance(value, dict):
        return {key: without_numbers(one) for key, one in value.items()}
    if isinstance(value, Struct):
        return replace(value, **{name: without_numbers(getattr(value, name)) for name in value.__struct_fields__})
    return value
