"""`source.json`: one revision of a notice as received: its files with hash and origin, which of them is read, and
what the revision supersedes. The card is data a person may edit; unknown keys are kept as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from pipeline import rx as regex
from pipeline import serialize
from pipeline.errors import InputError, PipelineError

FILE = "source.json"
NAME = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}._-]{0,79}")
"""A slug or revision names a folder: letters, digits, dot, dash, underscore."""


class Card(Struct, frozen=True):
    """One source.json. `supersedes` is the slug of the revision before; `data` the whole card as it stands."""

    folder: Path
    slug: str
    revision: str
    primary: Path
    supersedes: str | None
    data: dict[str, Any]

    @property
    def decisions(self) -> Path:
        """Where the decisions on this revision are kept."""
        return self.folder / "decisions.yaml"

    def notice_json(self, extracted: Path) -> Path:
        """Where this revision's notice JSON stands under `extracted`."""
        return extracted / self.slug / self.revision / "notice.json"

    def files(self) -> list[dict[str, Any]]:
        """The files the card lists (`file`, `sha256`, `media_type`, `role` …)."""
        return [f for f in self.data.get("files") or [] if isinstance(f, dict) and isinstance(f.get("file"), str)]

    def others(self) -> list[Path]:
        """The further files of the same revision that are there."""
        return [p for p in (self.folder / f["file"] for f in self.files()) if p != self.primary and p.is_file()]


def load(path: Path) -> Card:
    """The card of a source.json. Raises InputError when it lacks something or names what is not there."""
    data = serialize.load_json(path)
    try:
        revision, primary, before = str(data["revision"]), path.parent / data["primary"], data.get("supersedes")
    except (KeyError, TypeError, AttributeError):
        raise InputError(str(path), "lacks `primary` or `revision`", "name the file to read and its revision") from None
    if not NAME.fullmatch(revision):
        raise InputError(str(path), f"`revision` {revision!r} cannot name a folder", "use letters, digits, dot and dash")
    if primary.parent != path.parent or not primary.is_file():
        raise InputError(str(path), f"names {data['primary']}, which is not there", "correct `primary`")
    if before is not None and not isinstance(before, str):
        raise InputError(str(path), "`supersedes` is no slug", "name the folder of the revision before, or null")
    return Card(path.parent, path.parent.name, revision, primary, before, data)


def load_all(sources: Path) -> tuple[list[Card], list[PipelineError]]:
    """Every card under `sources` with its predecessor before it, and what is wrong with the others.

    Raises InputError when there is nothing to read.
    """
    remedy = "put each notice into sources/<slug>/ with its source.json, or `notice ingest FILE`"
    if not sources.is_dir():
        raise InputError(str(sources), "no such folder", remedy)
    cards: list[Card] = []
    faults: list[PipelineError] = []
    for folder in sorted(p for p in sources.iterdir() if p.is_dir() and not p.name.startswith(".")):
        try:
            if _is_used(folder):
                cards.append(load(folder / FILE))
        except PipelineError as error:
            faults.append(error)
    if not cards and not faults:
        raise InputError(str(sources), "holds no notice", remedy)
    ordered, lost = in_order(cards)
    return ordered, [*faults, *lost]


def _is_used(folder: Path) -> bool:
    """Whether a folder under `sources` is a notice's. Raises InputError when it cannot be seen, or holds files without a card."""
    try:
        files = {p.name for p in folder.iterdir() if p.is_file()}
    except OSError as error:
        raise InputError(str(folder), f"cannot be read ({error.strerror})", "check its permissions") from None
    if files and FILE not in files:
        raise InputError(str(folder), f"holds files, but no {FILE}", "take them in with `notice ingest FILE`, or move the folder away")
    return bool(files)


def in_order(cards: Iterable[Card]) -> tuple[list[Card], list[PipelineError]]:
    """Cards with every predecessor before its successor; those whose predecessor is missing, or that go in a circle."""
    waiting = {c.slug: c for c in cards}
    known = set(waiting)
    done: dict[str, Card] = {}
    while ready := [c for c in waiting.values() if c.supersedes is None or c.supersedes in done]:
        for card in ready:
            done[card.slug] = waiting.pop(card.slug)
    lost: list[PipelineError] = []
    for card in waiting.values():
        what = "does not lead to a first revision" if card.supersedes in known else "is not under the sources, or cannot be used"
        lost.append(InputError(str(card.folder / FILE), f"`supersedes` {card.supersedes} {what}", "correct `supersedes`"))
    return list(done.values()), lost


def chain(card: Card, cards: Iterable[Card]) -> list[Card]:
    """A card and all its predecessors, the first revision first."""
    by_slug = {c.slug: c for c in cards}
    out = [card]
    while out[0].supersedes in by_slug:
        out.insert(0, by_slug[out[0].supersedes])
    return out


def save(folder: Path, data: dict[str, Any]) -> None:
    """Write a card whole, its keys in their order."""
    serialize.write_whole(folder / FILE, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
