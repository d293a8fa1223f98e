"""Faults put into a made-up notice, each with what a careful reader would say about it.

`inject(made, rng)` draws one that the layout can show; each injector returns the faulty notice, or None where it
does not apply. `also` lists what the fault rightly causes beside the rule that must speak.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

from tests.support import phrases
from tests.support.notices import (
    Fault,
    Group,
    Item,
    Made,
    Sheet,
    item_id,
    make_notice,
    points_text,
    section_id,
)

Injector = Callable[[Made, Random], Made | None]

SUMS = ("section-sum-mismatch", "total-mismatch")
LABELS = ("section-unlabelled", "section-label-displaced", "section-not-in-sheet", "section-not-in-body")
LOOKALIKES = (("于", "干"), ("末", "未"), ("己", "已"), ("人", "入"), ("日", "曰"), ("纪", "记"))


def make_faulty(seed: int) -> Made:
    """A notice with one or two faults; every third seed is clean."""
    made = make_notice(seed)
    rng = Random(seed * 7919 + 1)
    if seed % 3 == 0:
        return made
    for _ in range(2 if rng.random() < 0.3 else 1):
        made = inject(made, rng)
    return made


def inject(made: Made, rng: Random) -> Made:
    """One more fault, of a kind not there yet; unchanged when nothing applies."""
    names = list(INJECTORS)
    rng.shuffle(names)
    touched = {f.annex for f in made.faults}
    for name in names:
        out = INJECTORS[name](made, rng)
        if out is None or any(f.rule == out.faults[-1].rule for f in made.faults):
            continue
        if out.faults[-1].annex in touched:
            continue
        return out
    return made


def _with(made: Made, fault: Fault, **changes: object) -> Made:
    return replace(made, faults=(*made.faults, fault), **changes)


def _pick(made: Made, rng: Random) -> tuple[int, Sheet]:
    index = rng.randrange(len(made.sheets))
    return index, made.sheets[index]


def _put(made: Made, index: int, sheet: Sheet) -> tuple[Sheet, ...]:
    return (*made.sheets[:index], sheet, *made.sheets[index + 1 :])


def _put_group(sheet: Sheet, index: int, group: Group) -> Sheet:
    return replace(sheet, groups=(*sheet.groups[:index], group, *sheet.groups[index + 1 :]))


def _put_item(sheet: Sheet, g: int, i: int, item: Item) -> Sheet:
    group = sheet.groups[g]
    return _put_group(sheet, g, replace(group, items=(*group.items[:i], item, *group.items[i + 1 :])))


def _scored(sheet: Sheet) -> list[tuple[int, int]]:
    """(group, item) indices of the scored criteria."""
    return [(g, i) for g, group in enumerate(sheet.groups) if group.kind == "scored" for i in range(len(group.items))]


# ---- numbers -------------------------------------------------------------------------------------------------------


def serial_gap(made: Made, rng: Random) -> Made | None:
    """A row is lost with its number and points."""
    index, sheet = _pick(made, rng)
    if sheet.layout.numbering != "continue":
        return None
    spots = [(g, i) for g, i in _scored(sheet) if len(sheet.groups[g].items) > 2 and 0 < i < len(sheet.groups[g].items) - 1]
    if not spots:
        return None
    g, i = rng.choice(spots)
    group = sheet.groups[g]
    lost = group.items[i]
    cut = _put_group(sheet, g, replace(group, items=(*group.items[:i], *group.items[i + 1 :])))
    name = f"annex-{sheet.annex}/c"
    n = int(lost.number or 0)
    known = sheet.printed_total is not None or group.points is not None
    fault = Fault(
        "serial-gap", sheet.annex, (f"{name}{n - 1}", f"{name}{n + 1}", f"{name}{n}"), SUMS,
        {f"{name}{n}.max_points": points_text(lost.points)}, known,
    )  # fmt: skip
    return _with(made, fault, sheets=_put(made, index, cut))


def serial_skip(made: Made, rng: Random) -> Made | None:
    """Nothing is lost, but the numbers skip one."""
    index, sheet = _pick(made, rng)
    if sheet.layout.numbering != "continue" or len(sheet.items()) < 6:
        return None
    at = rng.randrange(3, len(sheet.items()) - 1)
    shifted = tuple(
        replace(g, items=tuple(replace(i, number=str(int(i.number or 0) + (int(i.number or 0) >= at))) for i in g.items))
        for g in sheet.groups
    )
    name = f"annex-{sheet.annex}/c"
    fault = Fault("serial-gap", sheet.annex, (f"{name}{at - 1}", f"{name}{at + 1}"))
    return _with(made, fault, sheets=_put(made, index, replace(sheet, groups=shifted)))


def serial_duplicate(made: Made, rng: Random) -> Made | None:
    """A number is printed again in place of the next."""
    index, sheet = _pick(made, rng)
    if sheet.layout.numbering == "none":
        return None
    spots = [(g, i) for g, i in _scored(sheet) if i > 0]
    if not spots:
        return None
    g, i = rng.choice(spots)
    items = sheet.groups[g].items
    one = _put_item(sheet, g, i, replace(items[i], number=items[i - 1].number))
    where = (item_id(sheet, g, i - 1), item_id(sheet, g, i - 1) + "~2", item_id(sheet, g, i))
    fault = Fault("serial-duplicate", sheet.annex, where, ("serial-gap", "serial-order"))
    return _with(made, fault, sheets=_put(made, index, one))


def serial_order(made: Made, rng: Random) -> Made | None:
    """Two neighbouring numbers change places."""
    index, sheet = _pick(made, rng)
    if sheet.layout.numbering == "none":
        return None
    spots = [(g, i) for g, i in _scored(sheet) if 0 < i < len(sheet.groups[g].items) - 1]
    if not spots:
        return None
    g, i = rng.choice(spots)
    items = sheet.groups[g].items
    one = _put_item(sheet, g, i, replace(items[i], number=items[i + 1].number))
    two = _put_item(one, g, i + 1, replace(items[i + 1], number=items[i].number))
    return _with(made, Fault("serial-order", sheet.annex), sheets=_put(made, index, two))


# ---- points --------------------------------------------------------------------------------------------------------


def section_points(made: Made, rng: Random) -> Made | None:
    """A section declares other points than its criteria give."""
    index, sheet = _pick(made, rng)
    spots = [g for g, x in enumerate(sheet.groups) if x.points and x.kind == "scored" and not x.parent]
    if not spots:
        return None
    g = rng.choice(spots)
    group = sheet.groups[g]
    wrong = replace(group, points=(group.points or Decimal(0)) + rng.choice((1, 2, 3, 5)))
    fault = Fault("section-sum-mismatch", sheet.annex, (section_id(sheet.annex, g),), ("total-mismatch",))
    return _with(made, fault, sheets=_put(made, index, _put_group(sheet, g, wrong)))


def item_points(made: Made, rng: Random) -> Made | None:
    """One criterion's points are printed one off."""
    index, sheet = _pick(made, rng)
    spots = _scored(sheet)
    g, i = rng.choice(spots)
    item, group = sheet.groups[g].items[i], sheet.groups[g]
    if sheet.printed_total is None and group.points is None:
        return None
    wrong = _put_item(sheet, g, i, replace(item, points=(item.points or Decimal(0)) + rng.choice((1, 2))))
    if group.points is not None and not group.parent:
        fault = Fault("section-sum-mismatch", sheet.annex, (section_id(sheet.annex, g),), SUMS)
    elif sheet.printed_total is not None:
        fault = Fault("total-mismatch", sheet.annex, (f"annex-{sheet.annex}",), SUMS)
    else:
        return None
    return _with(made, fault, sheets=_put(made, index, wrong))


def total(made: Made, rng: Random) -> Made | None:
    """The stated total is not the sum."""
    index, sheet = _pick(made, rng)
    if sheet.printed_total is None:
        return None
    wrong = replace(sheet, printed_total=sheet.printed_total + rng.choice((-5, -3, 3, 5)))
    fault = Fault("total-mismatch", sheet.annex, (f"annex-{sheet.annex}",), ("band-gap", "points-implausible"))
    return _with(made, fault, sheets=_put(made, index, wrong))


def without_points(made: Made, rng: Random) -> Made | None:
    """A points cell is empty."""
    index, sheet = _pick(made, rng)
    g, i = rng.choice(_scored(sheet))
    item = sheet.groups[g].items[i]
    known = sheet.printed_total is not None or sheet.groups[g].points is not None
    where = item_id(sheet, g, i)
    fault = Fault(
        "criterion-without-points", sheet.annex, (where,), SUMS, {f"{where}.max_points": points_text(item.points)}, known
    )
    return _with(made, fault, sheets=_put(made, index, _put_item(sheet, g, i, replace(item, points=None))))


# ---- labels --------------------------------------------------------------------------------------------------------


def label_lost(made: Made, rng: Random) -> Made | None:
    """A label is not printed; its rows fall to the section above."""
    index, sheet = _pick(made, rng)
    lay = sheet.layout
    if lay.section_points != "label" or lay.two_level or len(sheet.groups) < 3 or sheet.printed_total is None:
        return None
    g = rng.randrange(1, len([x for x in sheet.groups if x.kind == "scored"]))
    lost = _put_group(sheet, g, replace(sheet.groups[g], hidden=True))
    where = (section_id(sheet.annex, g), section_id(sheet.annex, g - 1))
    fault = Fault("section-unlabelled", sheet.annex, where, (*SUMS, *LABELS), {}, True)
    return _with(made, fault, sheets=_put(made, index, lost))


def labels_displaced(made: Made, rng: Random) -> Made | None:
    """Several labels stand one or two rows off, as after page breaks."""
    index, sheet = _pick(made, rng)
    lay = sheet.layout
    if lay.section_points != "label" or lay.two_level or sheet.printed_total is None or len(sheet.groups) < 4:
        return None
    movable = [g for g in range(1, len(sheet.groups)) if len(sheet.groups[g].items) >= 3 and sheet.groups[g].kind == "scored"]
    if len(movable) < 2:
        return None
    chosen = rng.sample(movable, 2)
    moved = sheet
    for g in chosen:
        moved = _put_group(moved, g, replace(moved.groups[g], shift=rng.choice((1, 2))))
    where = tuple(section_id(sheet.annex, g) for g in chosen)
    fault = Fault("section-label-displaced", sheet.annex, where, (*SUMS, *LABELS))
    return _with(made, fault, sheets=_put(made, index, moved))


# ---- the body --------------------------------------------------------------------------------------------------------


def band_gap(made: Made, rng: Random) -> Made | None:
    """The next band begins below where the last one ends."""
    if len(made.bands) < 3:
        return None
    k = rng.randrange(1, len(made.bands))
    band = made.bands[k]
    assert band.high is not None
    lower = (band.high[0] - rng.choice((1, 5)), True) if band.low else (band.high[0] - 1, True)
    return _with(made, Fault("band-gap", 0), bands=(*made.bands[:k], replace(band, high=lower), *made.bands[k + 1 :]))


def band_overlap(made: Made, rng: Random) -> Made | None:
    """A band reaches into the one above."""
    if len(made.bands) < 3:
        return None
    k = rng.randrange(1, len(made.bands) - 1)
    band = made.bands[k]
    assert band.high is not None
    upper = (band.high[0] + rng.choice((2, 3)), False)
    return _with(made, Fault("band-overlap", 0), bands=(*made.bands[:k], replace(band, high=upper), *made.bands[k + 1 :]))


def annex_title(made: Made, rng: Random) -> Made | None:
    """The annex's own page prints another title."""
    index, sheet = _pick(made, rng)
    title = sheet.title.replace(f"{made.verb}表", f"{made.verb}细则表", 1) if rng.random() < 0.5 else sheet.title.replace(made.place, "", 1)
    where = (f"annex-{sheet.annex}",)
    fault = Fault("annex-title-mismatch", sheet.annex, where, ("jurisdiction-differs",))
    return _with(made, fault, sheets=_put(made, index, replace(sheet, title=title)))


def annex_missing(made: Made, rng: Random) -> Made | None:
    """An annex is listed that is not there."""
    extra = f"{made.place}{made.subject}{made.verb}结果汇总表"
    return _with(made, Fault("annex-missing", 0), listed=(*made.listed, extra))


def outline_gap(made: Made, rng: Random) -> Made | None:
    """A heading number is skipped."""
    at = rng.randrange(1, 4)
    headings = (*made.headings[:at], *made.headings[at + 1 :])
    return _with(made, Fault("outline-gap", 0), headings=headings)


def section_not_in_sheet(made: Made, rng: Random) -> Made | None:
    """The body names a section that the sheet has not."""
    index, sheet = _pick(made, rng)
    names = made.section_names[index]
    other = rng.choice([t for t in phrases.THEMES if t not in names])
    changed = (*made.section_names[:index], (*names, other), *made.section_names[index + 1 :])
    return _with(made, Fault("section-not-in-sheet", sheet.annex), section_names=changed)


def section_not_in_body(made: Made, rng: Random) -> Made | None:
    """The sheet has a section that the body does not name."""
    index, sheet = _pick(made, rng)
    names = made.section_names[index]
    if len(names) < 4:
        return None
    k = rng.randrange(1, len(names))
    changed = (*made.section_names[:index], (*names[:k], *names[k + 1 :]), *made.section_names[index + 1 :])
    return _with(made, Fault("section-not-in-body", sheet.annex), section_names=changed)


def duplicate(made: Made, rng: Random) -> Made | None:
    """One criterion stands twice on a sheet."""
    index, sheet = _pick(made, rng)
    spots = _scored(sheet)
    if len(spots) < 4:
        return None
    (g, i), (h, j) = sorted(rng.sample(spots, 2))
    first = sheet.groups[g].items[i]
    same = replace(sheet.groups[h].items[j], text=first.text, standard=first.standard, method=first.method)
    again = _put_item(sheet, h, j, same)
    where = (item_id(sheet, g, i), item_id(sheet, h, j))
    return _with(made, Fault("duplicate-criterion", sheet.annex, where), sheets=_put(made, index, again))


def _shared(made: Made) -> list[tuple[int, int, int]]:
    """(sheet, group, item) of criteria that stand on another sheet too."""
    out = []
    for s, sheet in enumerate(made.sheets):
        others = {i.text for o, x in enumerate(made.sheets) if o != s for i in x.items()}
        out += [(s, g, i) for g, i in _scored(sheet) if sheet.groups[g].items[i].text in others]
    return out


def drift(made: Made, rng: Random) -> Made | None:
    """A shared criterion says something else on one sheet."""
    spots = [x for x in _shared(made) if "，" in made.sheets[x[0]].groups[x[1]].items[x[2]].text]
    if not spots:
        return None
    s, g, i = rng.choice(spots)
    sheet = made.sheets[s]
    item = sheet.groups[g].items[i]
    head, tail = item.text.split("，", 1)
    text = f"{head}，并建立专门台账，{tail}"
    fault = Fault("wording-drift", sheet.annex, (item_id(sheet, g, i),), ("text-slip",))
    return _with(made, fault, sheets=_put(made, s, _put_item(sheet, g, i, replace(item, text=text))))


def slip(made: Made, rng: Random) -> Made | None:
    """A shared criterion has a character doubled or mistaken for its look-alike on one sheet."""
    spots = _shared(made)
    if not spots:
        return None
    s, g, i = rng.choice(spots)
    sheet = made.sheets[s]
    item = sheet.groups[g].items[i]
    pairs = [(a, b) for a, b in LOOKALIKES if a in item.text]
    if pairs and rng.random() < 0.6:
        a, b = rng.choice(pairs)
        text = item.text.replace(a, b, 1)
    else:
        at = rng.randrange(2, len(item.text) - 3)
        while not "\u4e00" <= item.text[at] <= "\u9fff":
            at -= 1
        text = item.text[: at + 1] + item.text[at:]
    fault = Fault("text-slip", sheet.annex, (item_id(sheet, g, i),), ("wording-drift",))
    return _with(made, fault, sheets=_put(made, s, _put_item(sheet, g, i, replace(item, text=text))))


def foreign(made: Made, rng: Random) -> Made | None:
    """A block of another language or a loop stands in the body."""
    kind = rng.randrange(4)
    lines = (
        tuple(f"{k}. Quercus robur (L.) Quercus robur" for k in range(1, rng.randint(6, 20))),
        ("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",),
        ("Это предложение написано на другом языке и сюда не относится.",),
        tuple(f"{k}、加强组织领导落实工作责任" for k in range(1, rng.randint(7, 15))),
    )[kind]
    return _with(made, Fault("foreign-text", 0, (), ("outline-gap",)), intrusion=lines)


def personal(made: Made, rng: Random) -> Made | None:
    """A mobile number in the body, or the receipt sheet with names and numbers."""
    fault = Fault("personal-data", 0)
    if rng.random() < 0.5:
        return _with(made, fault, personal=f"1380000{rng.randint(0, 9999):04d}")
    return _with(made, fault, receipt=True)


def missing_element(made: Made, rng: Random) -> Made | None:
    """No signature, no date, or neither."""
    kind = rng.randrange(3)
    changes = ({"signature": None}, {"date": None}, {"signature": None, "date": None})[kind]
    return _with(made, Fault("missing-element", 0), **changes)


def header_damaged(made: Made, rng: Random) -> Made | None:
    """The header of the points column is lost."""
    index, sheet = _pick(made, rng)
    if sheet.layout.total_place == "header":
        return None
    fault = Fault("header-damaged", sheet.annex, (f"annex-{sheet.annex}",))
    return _with(made, fault, sheets=_put(made, index, replace(sheet, damaged=True)))


def veto_outcome(made: Made, rng: Random) -> Made | None:
    """The veto says nothing of what follows."""
    return _with(made, Fault("veto-without-outcome", 0), outcome=None) if made.vetoes else None


INJECTORS: dict[str, Injector] = {
    f.__name__: f
    for f in (
        serial_gap, serial_skip, serial_duplicate, serial_order, section_points, item_points, total, without_points,
        label_lost, labels_displaced, band_gap, band_overlap, annex_title, annex_missing, outline_gap,
        section_not_in_sheet, section_not_in_body, duplicate, drift, slip, foreign, personal, missing_element,
        header_damaged, veto_outcome,
    )
}  # fmt: skip
