"""The notice's own elements: head, outline, annexes, bands, vetoes, close, and what does not belong."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.model import AnnexEntry, BodyText, Document, Foreign, GradeBand, Heading, Notice, PageNumber, Table
from pipeline.normalize import mask_personal
from pipeline.notices.bands import band_table, grade_bands, held_once, row_passages, score_max
from pipeline.notices.head import Close, Found, Head, read_close, read_head
from pipeline.notices.imprint import read_imprint
from pipeline.notices.intrusions import read_foreign, read_personal_data, without_personal
from pipeline.notices.lines import Line, Passage, lines_of, page_numbers, passages, without_page_furniture
from pipeline.notices.outline import AnnexList, read_annex_list, read_citations, read_headings, read_section_lists
from pipeline.notices.segments import Segment, segment
from pipeline.notices.traditional import bands_as_printed, simplified, vetoes_as_printed
from pipeline.notices.vetoes import Vetoes, read_vetoes
from pipeline.provenance import Provenance

__all__ = ["Segment", "parse", "segment"]


class Text(Struct, frozen=True):
    """The running text of one segment: its lines without page numbers and foreign blocks, and what was set aside."""

    lines: tuple[Line, ...]
    foreign: tuple[Foreign, ...]
    page_numbers: tuple[PageNumber, ...] = ()

    @classmethod
    def of(cls, part: Segment, heights: dict[int, float]) -> Text:
        """The text of a segment; `heights`: page number → height in points."""
        whole = lines_of(part.blocks)
        lines = without_page_furniture(whole, heights)
        foreign, taken = read_foreign(lines)
        return cls(tuple(x for i, x in enumerate(lines) if i not in taken), foreign, page_numbers(whole, heights))


def parse(document: Document, segments: Sequence[Segment]) -> Notice:
    """The notice's elements; None or () for what is not printed. A sheet without a notice gives an empty head."""
    heights = {page.number: page.height for page in document.pages}
    texts = [(s, Text.of(s, heights)) for s in segments if s.kind != "receipt"]
    body = next((t for s, t in texts if s.kind == "body"), Text((), ()))
    head = read_head(body.lines)
    listed = read_annex_list(body.lines[head.end :], official=bool(head.title or head.number))
    rest = [x for i, x in enumerate(body.lines[head.end :]) if i not in listed.taken]
    text = passages(rest)
    close = read_close(text, head.issuer.value if head.issuer else None) if head.title or head.number else NO_CLOSE
    main = [p for i, p in enumerate(text) if i not in close.taken]
    prose = [passages(t.lines) for s, t in texts if s.kind == "annex" and not _has_table(s)]
    sheets = [passages(t.lines) for s, t in texts if s.kind == "annex" and _has_table(s)]
    return _compose(head, close, listed, main, prose, sheets, segments, [t for _, t in texts])


NO_CLOSE = Close(None, None, frozenset())


def _has_table(part: Segment) -> bool:
    return any(isinstance(b, Table) for b in part.blocks)


def _compose(
    head: Head,
    close: Close,
    listed: AnnexList,
    main: list[Passage],
    prose: list[list[Passage]],
    sheets: list[list[Passage]],
    segments: Sequence[Segment],
    texts: Sequence[Text],
) -> Notice:
    everywhere = [main, *prose, *sheets]
    flowing = [*main, *(p for part in prose for p in part)]
    plainly = simplified(everywhere)
    vetoes, bands = _first_vetoes(plainly), held_once(_bands(plainly, segments))
    if plainly is not everywhere:
        vetoes, bands = vetoes_as_printed(vetoes, everywhere), bands_as_printed(bands, everywhere)
    total = score_max(main) or score_max(flowing)
    signature = close.signature
    official = head.title is not None or head.number is not None
    issuer = (head.issuer or signature) if official else None
    outlined = official or bool(head.addressees or listed.entries or _annex_titles(segments))
    return Notice(
        document_number=_value(head.number),
        title=_value(head.title),
        issuer=_value(issuer),
        addressees=head.addressees,
        issue_date=_value(close.date),
        signature=_value(signature),
        places=_places(head, close, issuer, total, vetoes),
        headings=_main_headings(main, prose) if outlined else (),
        annexes=listed.entries,
        annex_titles=_annex_titles(segments),
        citations=read_citations(flowing),
        section_lists=read_section_lists(flowing, segments),
        grade_bands=bands,
        score_max=total[0] if total else None,
        vetoes=vetoes.items,
        veto_outcome=vetoes.outcome,
        veto_at=vetoes.at,
        body=tuple(BodyText(without_personal(p), p.place()) for p in flowing),
        foreign=tuple(f for t in texts for f in t.foreign),
        personal_data=read_personal_data(segments),
        internal_records=_internal_records(segments),
        imprint=read_imprint(everywhere),
        page_numbers=tuple(n for t in texts for n in t.page_numbers),
    )


def _value(found: Found | None) -> str | None:
    return found.value if found else None


def _places(
    head: Head,
    close: Close,
    issuer: Found | None,
    total: tuple[Decimal, Passage, int, int] | None,
    vetoes: Vetoes,
) -> dict[str, Provenance]:
    found: dict[str, Provenance | None] = {
        "document_number": head.number.at if head.number else None,
        "title": head.title.at if head.title else None,
        "issuer": issuer.at if issuer else None,
        "addressees": head.addressees_at,
        "issue_date": close.date.at if close.date else None,
        "signature": close.signature.at if close.signature else None,
        "score_max": total[1].place(total[2], total[3]) if total else None,
        "veto_outcome": vetoes.outcome_at,
    }
    return {name: at for name, at in found.items() if at is not None}


def _main_headings(main: list[Passage], prose: list[list[Passage]]) -> tuple[Heading, ...]:
    """The outline of the body; of the first annex of plain text when the body only forwards it."""
    headings = read_headings(main)
    if any(h.level == 1 for h in headings):
        return headings
    outlines = (read_headings(part) for part in prose)
    return next((o for o in outlines if sum(x.level == 1 for x in o) >= 2), headings)


def _annex_titles(segments: Sequence[Segment]) -> tuple[AnnexEntry, ...]:
    return tuple(
        AnnexEntry(s.annex, s.title, at)
        for s in segments
        if s.kind == "annex" and s.title and (at := s.title_at or s.mark_at) is not None
    )


def _internal_records(segments: Sequence[Segment]) -> tuple[BodyText, ...]:
    """Receipt and sign-in sheets, by their titles or the words of their first cells; never a name or a number."""
    found = []
    for part in segments:
        place = part.title_at or part.mark_at
        if part.kind == "receipt" and part.title and place is not None:
            found.append(BodyText(mask_personal(part.title), replace(place, quote=mask_personal(place.quote))))
        elif part.kind == "receipt":
            table = next((b for b in part.blocks if isinstance(b, Table)), None)
            if table is not None:
                head = "|".join(c.text.strip() for c in table.cells if c.row == 0)
                found.append(BodyText(mask_personal(head), replace(table.at, quote=mask_personal(head))))
    return tuple(found)


def _first_vetoes(parts: Sequence[Sequence[Passage]]) -> Vetoes:
    return next((v for part in parts if (v := read_vetoes(part)).items), Vetoes())


def _bands(parts: Sequence[Sequence[Passage]], segments: Sequence[Segment]) -> tuple[GradeBand, ...]:
    """The bands of the first part that states any: running text, then small band tables, then note rows of sheets."""
    for part in parts:
        found = grade_bands(part)
        if found:
            return found
    tables = [b for s in segments if s.kind != "receipt" for b in s.blocks if isinstance(b, Table)]
    for read in (band_table, lambda t: grade_bands(list(row_passages(t)))):
        for table in tables:
            found = read(table)
            if found:
                return found
    return ()
