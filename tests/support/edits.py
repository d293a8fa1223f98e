"""Random edit scripts on made-up notices, with the change list each must give.

A script works on lines that carry their own identity, never on texts or numbers, so that what is expected comes from
the edits alone. `make_script(seed, heavy)` gives the notice before and after as Readings and the expected changes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from random import Random

from pipeline.model import BodyText, Criterion, Notice, Reading, Rubric, Section, Source
from pipeline.model import Veto as PrintedVeto
from pipeline.provenance import Provenance
from pipeline.revisions.changes import Change
from tests.support import phrases
from tests.support.notices import Group, Item, Made, Sheet, body_lines, item_id, make_notice, section_id

LIGHT_CHARACTERS = "应可须均其该并且各内"
WORDS = sorted({w for t in phrases.THEMES.values() for s in t for w in re.findall(r"[一-鿿]{2}", s)})
SWAPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"[0-9]+(?=[%天学份分小条])", ("7", "18", "36", "45", "80")),
    (r"每月|每季度|每半年|每班", ("每周", "每两年")),
    (r"(?<=于)[两三四]次|(?<=织)一次|(?<=于)一次", ("五次", "六次")),
    (r"[三五]个工作日", ("二个工作日", "七个工作日")),
    (r"百分之百|[三八九]成", ("百分之六十", "七成")),
)
"""Thresholds in the wording and what a revision puts in their place."""

Key = tuple[str, frozenset[str], frozenset[str]]


@dataclass
class Line:
    """One criterion with its own identity, whatever happens to text, number, points and place."""

    uid: int
    item: Item


@dataclass
class Part:
    """One section with its own identity."""

    uid: int
    group: Group
    lines: list[Line]


@dataclass
class Expected:
    """Changes by identity: (type, old uids, new uids, kind of edit, weight or None)."""

    rows: list[tuple[str, tuple[int, ...], tuple[int, ...], str, str | None]] = field(default_factory=list)

    def add(self, type_: str, old: tuple[int, ...], new: tuple[int, ...], kind: str, weight: str | None = None) -> None:
        self.rows.append((type_, old, new, kind, weight))


@dataclass(frozen=True)
class Script:
    """Two revisions and what lies between them: (type, old ids, new ids) -> (kind of edit, weight or None)."""

    seed: int
    old: Reading
    new: Reading
    expected: dict[Key, tuple[str, str | None]]
    made_old: Made
    made_new: Made


class Desk:
    """The notice on the editor's desk: sheets of parts of lines, and the expected changes so far."""

    def __init__(self, made: Made, rng: Random) -> None:
        self.rng, self.uids, self.expected = rng, count(1), Expected()
        self.sheets = [
            [Part(next(self.uids), g, [Line(next(self.uids), i) for i in g.items]) for g in sheet.groups] for sheet in made.sheets
        ]
        self.touched: set[int] = set()
        used = {i.text for s in made.sheets for i in s.items()}
        self.fresh = [t for theme in phrases.THEMES.values() for t in theme if t not in used]
        rng.shuffle(self.fresh)
        self.names = [n for n in phrases.THEMES if n not in {g.label for s in made.sheets for g in s.groups}]
        rng.shuffle(self.names)

    def lines(self) -> list[tuple[int, Part, Line]]:
        """Untouched lines with their sheet and section."""
        return [
            (n, part, line) for n, sheet in enumerate(self.sheets) for part in sheet for line in part.lines if line.uid not in self.touched
        ]

    def pick(self, fits: Callable[[Part, Line], bool] = lambda _p, _l: True) -> tuple[int, Part, Line] | None:
        """A random untouched line; it counts as touched from now on."""
        found = [(n, p, x) for n, p, x in self.lines() if fits(p, x)]
        if not found:
            return None
        chosen = self.rng.choice(found)
        self.touched.add(chosen[2].uid)
        return chosen


# ---- edits of one line ---------------------------------------------------------------------------------------------


def delete(desk: Desk) -> None:
    found = desk.pick(lambda p, _: len(p.lines) > 1)
    if found:
        _, part, line = found
        part.lines.remove(line)
        desk.expected.add("criterion-removed", (line.uid,), (), "delete", "major")


def insert(desk: Desk) -> None:
    if not desk.fresh:
        return
    part = desk.rng.choice(desk.rng.choice(desk.sheets))
    line = Line(next(desk.uids), Item("", desk.fresh.pop(), Decimal(desk.rng.randint(1, 5))))
    desk.touched.add(line.uid)
    part.lines.insert(desk.rng.randint(0, len(part.lines)), line)
    desk.expected.add("criterion-added", (), (line.uid,), "insert", "major")


def move(desk: Desk) -> None:
    """To another section or, now and then, another annex that has no such criterion."""
    found = desk.pick(lambda p, _: len(p.lines) > 1)
    if not found:
        return
    home, part, line = found
    away = [
        p
        for n, sheet in enumerate(desk.sheets)
        for p in sheet
        if p is not part and (n == home or all(x.item.text != line.item.text for q in sheet for x in q.lines))
    ]
    near = [p for p in away if p in desk.sheets[home]]
    pool = near if near and desk.rng.random() < 0.7 else away
    if not pool:
        return
    target = desk.rng.choice(pool)
    part.lines.remove(line)
    target.lines.insert(desk.rng.randint(0, len(target.lines)), line)
    desk.expected.add("criterion-moved", (line.uid,), (line.uid,), "move", "minor" if target in near else "major")
    if desk.rng.random() < 0.3:
        _reword(desk, line, *_light(desk.rng, line.item.text))


def reword_lightly(desk: Desk) -> None:
    found = desk.pick()
    if found:
        _reword(desk, found[2], *_light(desk.rng, found[2].item.text))
        if desk.rng.random() < 0.2:
            _rescore(desk, found[2])


def reword_heavily(desk: Desk) -> None:
    found = desk.pick(lambda _, x: len(x.item.text) >= 12)
    if found:
        _reword(desk, found[2], _heavy(desk.rng, found[2].item.text), "heavy", None)
        if desk.rng.random() < 0.2:
            _rescore(desk, found[2])


def rescore(desk: Desk) -> None:
    found = desk.pick(lambda _, x: x.item.points is not None)
    if found:
        _rescore(desk, found[2])


def _reword(desk: Desk, line: Line, text: str, kind: str, weight: str | None) -> None:
    if text != line.item.text:
        line.item = replace(line.item, text=text)
        desk.expected.add("criterion-reworded", (line.uid,), (line.uid,), kind, weight)


def _rescore(desk: Desk, line: Line) -> None:
    line.item = replace(line.item, points=(line.item.points or Decimal(0)) + desk.rng.choice((1, 2, Decimal("0.5"))))
    desk.expected.add("points-changed", (line.uid,), (line.uid,), "rescore", "major")


def _light(rng: Random, text: str) -> tuple[str, str, str | None]:
    """The text with one to three characters changed: (text, kind, weight; None when either is right)."""
    kind = rng.choice(("swap", "drop", "insert", "punctuation", "threshold", "threshold"))
    if kind == "threshold":
        fitting = [(m, new) for pattern, new in SWAPS for m in re.finditer(pattern, text)]
        if fitting:
            match, values = rng.choice(fitting)
            value = rng.choice([v for v in values if v != match.group()])
            return text[: match.start()] + value + text[match.end() :], "light threshold", "major"
        kind = "swap"
    if kind == "punctuation":
        spots = [m.start() for m in re.finditer("[，、。]", text)]
        at = rng.choice(spots)
        return text[:at] + {"，": "、", "、": "，", "。": ""}[text[at]] + text[at + 1 :], "light punctuation", "patch"
    spots = [m.start() for m in re.finditer(r"(?<![0-9一二三两四五六七八九十百半每])[一-鿿](?![0-9成次年月日天个小份])", text)]
    spots = [s for s in spots if text[s] not in "一二三两四五六七八九十百半每第不低少"]
    at, size = rng.choice(spots), rng.randint(1, 3 if len(text) > 15 else 1)
    if kind == "insert":
        return text[:at] + "".join(rng.choices(LIGHT_CHARACTERS, k=size)) + text[at:], "light characters", None
    own = text[at]
    other = rng.choice([c for c in LIGHT_CHARACTERS if c != own]) if kind == "swap" else ""
    return text[:at] + other + text[at + 1 :], "light characters", None


def _heavy(rng: Random, text: str) -> str:
    """About half of the words replaced, or the clauses turned round with the shortest written anew."""
    clauses = re.split("[，。；]", text.strip("。"))
    if len(clauses) >= 2 and rng.random() < 0.3:
        anew = min(range(len(clauses)), key=lambda n: len(clauses[n]))
        fresh = ["".join(rng.choices(WORDS, k=max(2, len(c) // 2))) if n == anew else c for n, c in enumerate(clauses)]
        return "，".join(fresh[::-1]) + "。"
    words = re.findall(r"[一-鿿]{1,2}|[0-9]+%?|.", text)
    spots = [n for n, w in enumerate(words) if re.match("[一-鿿]", w)]
    for n in rng.sample(spots, len(spots) // 2):
        words[n] = rng.choice(WORDS)
    return "".join(words)


# ---- edits of several lines or sections ------------------------------------------------------------------------------


def split(desk: Desk) -> None:
    found = desk.pick(lambda _, x: len(_halves(x.item.text)) == 2)
    if not found:
        return
    _, part, line = found
    points = line.item.points or Decimal(2)
    shares = (points - 1, Decimal(1)) if points > 1 else (points, points)
    fresh = [
        Line(next(desk.uids), replace(line.item, text=t, points=p)) for t, p in zip(_halves(line.item.text), shares, strict=True)
    ]
    at = part.lines.index(line)
    part.lines[at : at + 1] = fresh
    desk.touched |= {x.uid for x in fresh}
    desk.expected.add("criterion-split", (line.uid,), tuple(x.uid for x in fresh), "split", "major")


def _halves(text: str) -> list[str]:
    spots = [m.start() for m in re.finditer("[，；]", text) if 5 <= m.start() <= len(text) - 7]
    if not spots:
        return []
    at = min(spots, key=lambda n: abs(n - len(text) / 2))
    return [text[:at] + "。", text[at + 1 :]]


def merge(desk: Desk) -> None:
    """Two neighbours of one section into one sentence."""
    def mergeable(part: Part, line: Line) -> bool:
        at = part.lines.index(line)
        return at + 1 < len(part.lines) and part.lines[at + 1].uid not in desk.touched

    found = desk.pick(mergeable)
    if not found:
        return
    _, part, line = found
    at = part.lines.index(line)
    other = part.lines[at + 1]
    points = (line.item.points or Decimal(0)) + (other.item.points or Decimal(0))
    one = Line(next(desk.uids), replace(line.item, text=line.item.text.rstrip("。") + desk.rng.choice("，；") + other.item.text, points=points))
    part.lines[at : at + 2] = [one]
    desk.touched |= {other.uid, one.uid}
    desk.expected.add("criterion-merged", (line.uid, other.uid), (one.uid,), "merge", "major")


def reorder(desk: Desk) -> None:
    """Two neighbours change places: their numbers change, nothing else."""
    parts = [p for sheet in desk.sheets for p in sheet if len(p.lines) > 2 and all(x.item.number is not None for x in p.lines)]
    if parts:
        lines = desk.rng.choice(parts).lines
        at = desk.rng.randrange(len(lines) - 1)
        lines[at], lines[at + 1] = lines[at + 1], lines[at]


def rename(desk: Desk) -> None:
    parts = [p for sheet in desk.sheets for p in sheet if p.uid not in desk.touched]
    if parts and desk.names:
        part = desk.rng.choice(parts)
        desk.touched.add(part.uid)
        part.group = replace(part.group, label=desk.names.pop())
        desk.expected.add("section-renamed", (part.uid,), (part.uid,), "rename", "minor")


def repoint(desk: Desk) -> None:
    """Other points for a section, its criteria left alone."""
    parts = [p for sheet in desk.sheets for p in sheet if p.uid not in desk.touched and p.group.points is not None]
    if parts:
        part = desk.rng.choice(parts)
        desk.touched.add(part.uid)
        _repoint(desk, part, (part.group.points or Decimal(0)) + desk.rng.choice((1, 2, 5)))


def _repoint(desk: Desk, part: Part, points: Decimal) -> None:
    """Under an upper section only the upper one's points are printed; those are compared at the end."""
    part.group = replace(part.group, points=points)
    if part.group.parent is None:
        desk.expected.add("section-points-changed", (part.uid,), (part.uid,), "repoint", "major")


LIGHT = (delete, insert, move, reword_lightly, reword_lightly, reword_lightly, rescore, split, merge, reorder, rename, repoint)
HEAVY = (*LIGHT, *(reword_heavily,) * 6)


def balance(desk: Desk, made: Made) -> list[Sheet]:
    """Points of sections and totals as the criteria now sum, as an issuer would print them; the sheets with new totals."""
    out = []
    for sheet, parts in zip(made.sheets, desk.sheets, strict=True):
        total = Decimal(0)
        for part in parts:
            points = sum((x.item.points for x in part.lines if x.item.points), Decimal(0))
            total += points if part.group.kind == "scored" else 0
            if part.group.points not in (None, points):
                _repoint(desk, part, points)
        out.append(sheet if sheet.printed_total is None else replace(sheet, printed_total=total))
    return out


def make_script(seed: int, heavy: bool, balanced: bool = False) -> Script:
    """A notice, two to nine random edits, and the change list they must give. `balanced`: the sums stay right."""
    rng = Random(seed)
    made = make_notice(seed)
    desk = Desk(made, rng)
    before = _places(made, desk)
    for _ in range(rng.randint(2, 9)):
        edit = rng.choice(HEAVY if heavy else LIGHT)
        (rescore if balanced and edit is repoint else edit)(desk)
    sheets = balance(desk, made) if balanced else made.sheets
    after = replace(made, sheets=tuple(_rebuilt(s, p) for s, p in zip(sheets, desk.sheets, strict=True)))
    ids = _places(after, desk)
    numbers = {line.uid: line.item.number for _, _, line in _all(desk)}
    expected = _renumbered(before, ids, desk, made, after, numbers)
    for type_, old, new, kind, weight in desk.expected.rows:
        expected[type_, frozenset(before[u] for u in old), frozenset(ids[u] for u in new)] = (kind, weight)
    for a, b in zip(made.sheets, after.sheets, strict=True):
        upper = _upper_sections(b)
        for id_, (_, points) in _upper_sections(a).items():
            if points != upper[id_][1]:
                expected["section-points-changed", frozenset({id_}), frozenset({id_})] = ("repoint", "major")
        if a.printed_total != b.printed_total:
            at = frozenset({f"annex-{a.annex}/stated_total"})
            expected["metadata-changed", at, at] = ("total", "major")
    return Script(seed, reading_of(made), reading_of(after), expected, made, after)


def _all(desk: Desk) -> list[tuple[int, Part, Line]]:
    return [(n, part, line) for n, sheet in enumerate(desk.sheets) for part in sheet for line in part.lines]


def _rebuilt(sheet: Sheet, parts: list[Part]) -> Sheet:
    """The sheet of the new revision, numbered anew."""
    groups, used = [], 0
    for part in parts:
        items = []
        for k, line in enumerate(part.lines):
            number = {"continue": str(used + k + 1), "restart": str(k + 1), "none": None}[sheet.layout.numbering]
            items.append(replace(line.item, number=number))
        used += len(items)
        groups.append(replace(part.group, items=tuple(items)))
    return replace(sheet, groups=tuple(groups))


def _section_ids(sheet: Sheet) -> list[str]:
    """Ids of the groups; an upper section takes a number before its first group."""
    parents: list[str] = []
    out = []
    for n, group in enumerate(sheet.groups):
        if group.parent and group.parent not in parents:
            parents.append(group.parent)
        out.append(section_id(sheet.annex, n + len(parents)))
    return out


def _upper_sections(sheet: Sheet) -> dict[str, tuple[str, Decimal]]:
    """Upper sections by id: label and printed points."""
    out: dict[str, tuple[str, Decimal]] = {}
    for number, name in enumerate(dict.fromkeys(g.parent for g in sheet.groups if g.parent)):
        first = next(n for n, g in enumerate(sheet.groups) if g.parent == name)
        points = sum((g.points for g in sheet.groups if g.parent == name and g.points), Decimal(0))
        out[section_id(sheet.annex, first + number)] = (name, points)
    return out


def _places(made: Made, desk: Desk) -> dict[int, str]:
    """Identity to printed id."""
    out = {}
    for sheet, parts in zip(made.sheets, desk.sheets, strict=True):
        names = _section_ids(sheet)
        for n, part in enumerate(parts):
            out[part.uid] = names[n]
            out |= {line.uid: item_id(sheet, n, k) for k, line in enumerate(part.lines)}
    return out


def _renumbered(
    before: dict[int, str], after: dict[int, str], desk: Desk, old: Made, new: Made, numbers: dict[int, str | None]
) -> dict[Key, tuple[str, str | None]]:
    """Lines whose printed number differs though they are the same."""
    was = {before_id: i.number for s in old.sheets for g, group in enumerate(s.groups) for k, i in enumerate(group.items) for before_id in [item_id(s, g, k)]}
    now = {after_id: i.number for s in new.sheets for g, group in enumerate(s.groups) for k, i in enumerate(group.items) for after_id in [item_id(s, g, k)]}
    out: dict[Key, tuple[str, str | None]] = {}
    for _, _, line in _all(desk):
        if line.uid in before and was[before[line.uid]] != now[after[line.uid]]:
            key = ("criterion-renumbered", frozenset({before[line.uid]}), frozenset({after[line.uid]}))
            out[key] = ("renumber", "patch")
    return out


# ---- readings --------------------------------------------------------------------------------------------------------


def reading_of(made: Made) -> Reading:
    """What a perfect reader would read of a made notice."""
    at = Provenance(path="body/p[1]", quote="")
    body = tuple(BodyText(line.text, at) for line in body_lines(made) if line.role in ("text", "heading", "list"))
    notice = Notice(
        document_number=made.number, title=made.title, issuer=made.issuer, addressees=made.addressees, issue_date=made.date, body=body,
        vetoes=tuple(PrintedVeto(str(n), v, at) for n, v in enumerate(made.vetoes, 1)),
    )  # fmt: skip
    source = Source(file="notice.docx", sha256="0" * 64, media_type="text/plain", reader="docx")
    return Reading(source=source, notice=notice, rubrics=tuple(_rubric(s) for s in made.sheets))


def _rubric(sheet: Sheet) -> Rubric:
    sections = []
    upper = _upper_sections(sheet)
    by_name = {name: id_ for id_, (name, _) in upper.items()}
    for id_, (name, points) in upper.items():
        sections.append(Section(id_, name, points))
    for n, (id_, group) in enumerate(zip(_section_ids(sheet), sheet.groups, strict=True)):
        criteria = tuple(Criterion(item_id(sheet, n, k), i.number, i.text, i.points) for k, i in enumerate(group.items))
        sections.append(Section(id_, group.label, None if group.parent else group.points, by_name.get(group.parent or ""), criteria=criteria))
    sections.sort(key=lambda s: int(s.id.rsplit("s", 1)[1]))
    return Rubric(sheet.annex, f"annex-{sheet.annex}", sheet.title, sheet.printed_total, tuple(sections))


# ---- judging ---------------------------------------------------------------------------------------------------------


def key_of(change: Change) -> Key:
    """A change as the script would say it."""
    olds = set(change.parts) if change.type == "criterion-merged" else {change.old} - {None}
    news = set(change.parts) if change.type == "criterion-split" else {change.new} - {None}
    return change.type, frozenset(olds), frozenset(news)


@dataclass
class Score:
    """Counts by kind of edit (found of put in) and by type (false of told)."""

    hit: Counter[str] = field(default_factory=Counter)
    miss: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    weight: Counter[str] = field(default_factory=Counter)
    failing: list[tuple[int, str, Key]] = field(default_factory=list)

    def judge(self, script: Script, changes: tuple[Change, ...]) -> None:
        """Compare one change list with its script."""
        found = {key_of(c): c for c in changes}
        for key, (kind, weight) in script.expected.items():
            (self.hit if key in found else self.miss)[kind] += 1
            if key not in found:
                self.failing.append((script.seed, f"missed {kind}", key))
            elif weight is not None and found[key].weight != weight:
                self.weight[kind] += 1
                self.failing.append((script.seed, f"weight {kind} not {weight}", key))
        for key in map(key_of, changes):
            self.told[key[0]] += 1
            if key not in script.expected:
                self.false[key[0]] += 1
                self.failing.append((script.seed, "false", key))

    def recall(self, *starts: str) -> float:
        """Of the kinds that start so (all without)."""
        hit, miss = (sum(n for k, n in c.items() if not starts or k.startswith(starts)) for c in (self.hit, self.miss))
        return hit / max(hit + miss, 1)

    def precision(self, *types: str) -> float:
        """Of the types (all without)."""
        told, false = (sum(n for k, n in c.items() if not types or k in types) for c in (self.told, self.false))
        return (told - false) / max(told, 1)
