"""Where a file that came in belongs: a new notice, a new revision of one, another file of a revision, or nothing new.

Told by number and title, then by what the file says (`identity.same_text`). What cannot be told is refused with what
to say. Nothing is written before the place is known; then the file and its card appear together or not at all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Literal

from msgspec import Struct

from pipeline import ledger, serialize
from pipeline import rx as regex
from pipeline.errors import UsageError
from pipeline.findings import Finding
from pipeline.model import Reading
from pipeline.normalize import fold, iso_date, mask_personal
from pipeline.proving.alignment import similarity
from pipeline.revisions import cards
from pipeline.revisions.cards import Card
from pipeline.revisions.identity import by_recognition, likeness, same_text

SAME_TITLE = 0.9
YEAR = regex.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
DIGITS = regex.compile(r"[0-9]+")
SUFFIX = regex.compile(r"\.[a-z0-9]{1,8}")

Kind = Literal["known", "new", "revision", "file"]


class Said(Struct, frozen=True):
    """What the person says about a file that came in: the options of `ingest`."""

    slug: str | None = None
    revision: str | None = None
    supersedes: str | None = None
    primary: bool = False


class Arrival(Struct, frozen=True):
    """A file that came in, as read and audited, and what the person says about it."""

    name: str
    data: bytes
    reading: Reading
    said: Said

    @property
    def sha256(self) -> str:
        return self.reading.source.sha256


class Shelved(Struct, frozen=True):
    """A revision that is there: its card, number and title; `read` gives its primary file as read and audited."""

    card: Card
    number: str | None
    title: str | None
    read: Callable[[], Reading]


class Place(Struct, frozen=True):
    """What to do. `held` is the primary's reading when the file is another of its revision; `better` names the
    criterion by which the file becomes the primary (None: it does not); `akin` a revision with the same title."""

    kind: Kind
    slug: str
    revision: str
    supersedes: str | None
    card: Card | None = None
    held: Reading | None = None
    better: str | None = None
    akin: str | None = None


# ---- recognition -------------------------------------------------------------------------------------------------


def place_of(arrival: Arrival, shelf: Sequence[Shelved]) -> Place:
    """Where a file belongs. Raises UsageError, saying what to add, when that cannot be told."""
    _check_words(arrival, shelf)
    known = next((s.card for s in shelf if arrival.sha256 in _digests(s.card)), None)
    if known is not None:
        return _known(arrival, known)
    alike = _alike(arrival, shelf)
    for one in alike:
        held = one.read()
        if same_text(held, arrival.reading):
            return _another_file(arrival, one.card, held)
    number = fold(arrival.reading.notice.document_number or "")
    twins = [s for s in alike if (s.number and fold(s.number) == number) or s.card.slug == arrival.said.slug]
    named = next((s for s in twins if arrival.said.revision == s.card.revision and not arrival.said.supersedes), None)
    if named is not None:
        return _another_file(arrival, named.card, named.read())
    twins = [s for s in twins if s.card.slug != arrival.said.slug]
    if twins:
        return _other_text(arrival, twins, shelf)
    return _new(arrival, shelf)


def _check_words(arrival: Arrival, shelf: Sequence[Shelved]) -> None:
    for option, word in (("--slug", arrival.said.slug), ("--revision", arrival.said.revision)):
        if word is not None and not cards.NAME.fullmatch(word):
            raise UsageError(f"{option} {word}", "cannot name a folder", "use letters, digits, dot and dash")
    slugs = [s.card.slug for s in shelf]
    if arrival.said.supersedes is not None and arrival.said.supersedes not in slugs:
        raise UsageError(f"--supersedes {arrival.said.supersedes}", "is not under the sources", f"there are: {', '.join(slugs) or 'none'}")
    if arrival.said.slug is None and not DIGITS.search(fold(arrival.reading.notice.document_number or "")):
        digests = {d for s in shelf for d in _digests(s.card)}
        if arrival.sha256 not in digests:
            raise UsageError(arrival.name, "no document number (发文字号) with figures was found in it", "name it yourself with --slug SLUG")


def _digests(card: Card) -> set[str]:
    return {str(f.get("sha256")) for f in card.files()} | {ledger.file_digest(card.primary)}


def _known(arrival: Arrival, card: Card) -> Place:
    """The same file again; only what was said beside it can be new."""
    if arrival.said.slug not in (None, card.slug):
        raise UsageError(arrival.name, f"is already in {card.slug}", "leave out --slug, or take it out there first")
    if arrival.said.revision not in (None, card.revision):
        raise UsageError(arrival.name, f"is already there as revision {card.revision}", "leave out --revision, or correct source.json")
    if arrival.said.supersedes is not None and card.supersedes not in (None, arrival.said.supersedes):
        raise UsageError(arrival.name, f"is already there and supersedes {card.supersedes}", "correct source.json if that is wrong")
    if arrival.said.supersedes == card.slug:
        raise UsageError(f"--supersedes {card.slug}", "is the revision this file belongs to", "name the one before it")
    named = next((f["file"] for f in card.files() if f.get("sha256") == arrival.sha256), card.primary.name)
    better = "--primary" if arrival.said.primary and named != card.primary.name else None
    return Place("known", card.slug, card.revision, arrival.said.supersedes or card.supersedes, card, better=better)


def _alike(arrival: Arrival, shelf: Sequence[Shelved]) -> list[Shelved]:
    """The revisions a file may belong to: the slug that was named, else the same number, then the same title."""
    if arrival.said.slug is not None and any(s.card.slug == arrival.said.slug for s in shelf):
        return [s for s in shelf if s.card.slug == arrival.said.slug]
    head = arrival.reading.notice
    by_number = [s for s in shelf if head.document_number and s.number and fold(s.number) == fold(head.document_number)]
    by_title = [s for s in shelf if s not in by_number and _same_title(head.title, s.title)]
    return [*by_number, *by_title]


def _same_title(a: str | None, b: str | None) -> bool:
    return bool(a and b) and similarity(a or "", b or "") >= SAME_TITLE


def _another_file(arrival: Arrival, card: Card, held: Reading) -> Place:
    if arrival.said.supersedes == card.slug:
        raise UsageError(arrival.name, f"says the same as {card.slug}: it is another file of it, no successor", "leave out --supersedes")
    if arrival.said.slug not in (None, card.slug) or arrival.said.revision not in (None, card.revision):
        raise UsageError(arrival.name, f"says the same as {card.slug}, revision {card.revision}", "leave out --slug and --revision")
    better = "--primary" if arrival.said.primary else better_by(held, arrival.reading)
    return Place("file", card.slug, card.revision, card.supersedes, card, held, better)


def better_by(held: Reading, other: Reading) -> str | None:
    """The criterion by which another file of the same text is the better one to read; None when it is not.

    `text-layer`: characters instead of recognition. `fewer-open`: of two recognised ones, the one whose reading leaves
    fewer errors and doubtful characters, with no printed criterion less.
    """
    if by_recognition(held) and not by_recognition(other):
        return "text-layer"
    if by_recognition(held) and by_recognition(other):
        fewer = _open(other.findings) < _open(held.findings)
        return "fewer-open" if fewer and _printed(other) >= _printed(held) else None
    return None


def _open(findings: Sequence[Finding]) -> tuple[int, int]:
    return sum(f.severity == "error" for f in findings), sum(f.rule == "low-confidence" for f in findings)


def _printed(reading: Reading) -> int:
    return sum(c.max_points is not None for r in reading.rubrics for c in r.printed())


def _other_text(arrival: Arrival, twins: Sequence[Shelved], shelf: Sequence[Shelved]) -> Place:
    """The same number over another text: only a person can say what it is."""
    near = max(twins, key=lambda s: likeness(s.read(), arrival.reading)).card
    if arrival.said.revision is None and arrival.said.supersedes is None:
        raise UsageError(
            arrival.name, f"has the number {arrival.reading.notice.document_number} of {near.slug}, revision {near.revision}, but another text",
            f"say which it is: --supersedes {near.slug} (a later revision), --revision REV (its name), or --revision {near.revision} (the same one)",
        )  # fmt: skip
    revision = arrival.said.revision or _free_revision(twins)
    slugs = {s.card.slug for s in shelf}
    slug = arrival.said.slug or _free(f"{_first(twins).slug}-{revision}", slugs, arrival.sha256)
    return Place("revision", slug, revision, arrival.said.supersedes or _last(twins).slug)


def _free_revision(twins: Sequence[Shelved]) -> str:
    used = {s.card.revision for s in twins}
    base = twins[0].card.revision
    return next(r for r in (f"{base}-{n}" for n in range(2, len(used) + 3)) if r not in used)


def _first(twins: Sequence[Shelved]) -> Card:
    slugs = {s.card.slug for s in twins}
    return next((s.card for s in twins if s.card.supersedes not in slugs), twins[0].card)


def _last(twins: Sequence[Shelved]) -> Card:
    before = {s.card.supersedes for s in twins}
    return next((s.card for s in twins if s.card.slug not in before), twins[-1].card)


def _new(arrival: Arrival, shelf: Sequence[Shelved]) -> Place:
    """A notice that is not there yet, perhaps the successor of one that is."""
    head = arrival.reading.notice
    taken = {s.card.slug: s.number for s in shelf}
    if arrival.said.slug in taken:
        raise UsageError(
            f"--slug {arrival.said.slug}", f"holds {taken[arrival.said.slug] or 'another notice'}, and this file says something else",
            f"choose another slug, or say --revision {next(s.card.revision for s in shelf if s.card.slug == arrival.said.slug)} if it is the same",
        )  # fmt: skip
    slug = arrival.said.slug or _free(_slug(head.document_number or ""), set(taken), fold(head.document_number or ""))
    akin = next((s.card.slug for s in shelf if arrival.said.supersedes is None and _same_title(head.title, s.title)), None)
    said = arrival.said
    return Place("revision" if said.supersedes else "new", slug, said.revision or _revision(arrival.reading), said.supersedes, akin=akin)


def _slug(number: str) -> str:
    """`枣高国土住建字〔2021〕42号` → `n2021-42`: what a number has in ASCII; its words have no offline transliteration."""
    return "n" + "-".join(DIGITS.findall(fold(number)))


def _free(slug: str, taken: set[str], seed: str) -> str:
    """A slug nobody has: with the beginning of a digest where it is taken, so that it does not hang on who was first."""
    digest = sha256(seed.encode("utf-8")).hexdigest()
    return next(s for s in (slug, *(f"{slug}-{digest[:n]}" for n in range(4, 65))) if s not in taken)


def _revision(reading: Reading) -> str:
    """The year of the number, else of the date, else 1."""
    head = reading.notice
    found = YEAR.search(fold(head.document_number or "")) or YEAR.search(head.issue_date or "")
    return found[0] if found else "1"


# ---- shelving ----------------------------------------------------------------------------------------------------


def shelve(arrival: Arrival, place: Place, sources: Path) -> str | None:
    """Write what the place needs, whole or not at all; returns the file's name there, None when nothing was written."""
    if place.card is None:
        return _shelve_new(arrival, place, sources)
    data = dict(place.card.data)
    name = next((f["file"] for f in place.card.files() if f.get("sha256") == arrival.sha256), None)
    if place.kind == "file":
        name = _free_name(arrival, place.card)
        if not (place.card.folder / name).is_file():
            serialize.write_whole(place.card.folder / name, arrival.data)
        data["files"] = [*(data.get("files") or []), _entry(arrival, name)]
    if place.better and name:
        data["primary"] = name
    data["supersedes"] = place.supersedes
    if data == place.card.data:
        return None
    cards.save(place.card.folder, data)
    return name or place.card.primary.name


def _shelve_new(arrival: Arrival, place: Place, sources: Path) -> str:
    """The folder is made beside, then given its name."""
    if (sources / place.slug).exists():
        raise UsageError(f"{sources / place.slug}", "is there, but no notice that can be used", "mend or remove it, or choose another --slug")
    head = arrival.reading.notice
    name = f"notice{_suffix(arrival)}"
    card = {
        "slug": place.slug, "title": head.title, "document_number": head.document_number, "origin": f"received as {_received_as(arrival)}",
        "date": iso_date(head.issue_date), "revision": place.revision, "supersedes": place.supersedes, "primary": name,
        "files": [_entry(arrival, name)],
    }  # fmt: skip
    beside = sources / f".{place.slug}.tmp"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        serialize.write_whole(beside / name, arrival.data)
        cards.save(beside, card)
        os.replace(beside, sources / place.slug)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return name


def _entry(arrival: Arrival, name: str) -> dict[str, str]:
    """How a card lists a file. The name it came under is kept, never where it came from on this machine."""
    source = arrival.reading.source
    return {"file": name, "sha256": source.sha256, "media_type": source.media_type, "role": "received", "received_as": _received_as(arrival)}


def _received_as(arrival: Arrival) -> str:
    return mask_personal(arrival.name)


def _free_name(arrival: Arrival, card: Card) -> str:
    """`notice-2.pdf`: a name the folder has not, or the one under which this very file lies there already (put there
    by hand, or by a run that was killed)."""
    listed = {f["file"] for f in card.files()} | {card.primary.name}
    suffix = _suffix(arrival)
    beside = card.folder / arrival.name
    if arrival.name not in listed and beside.is_file() and beside.read_bytes() == arrival.data:
        return arrival.name
    for name in (f"notice{suffix}", *(f"notice-{n}{suffix}" for n in range(2, len(listed) + 1000))):
        path = card.folder / name
        if name not in listed and (not path.exists() or (path.is_file() and path.read_bytes() == arrival.data)):
            return name
    raise UsageError(str(card.folder), "holds too many files", "remove some")


def _suffix(arrival: Arrival) -> str:
    suffix = Path(arrival.name).suffix.lower()
    return suffix if SUFFIX.fullmatch(suffix) else ""
