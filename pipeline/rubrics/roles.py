"""Which column plays which role. The header proposes, the data decide: a header that is damaged, shifted or absent never
moves a value into the wrong role.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from pipeline import patterns
from pipeline import rx as regex
from pipeline.model import Cell
from pipeline.normalize import clean, fold
from pipeline.patterns import Role
from pipeline.points import points_at_end, read_points
from pipeline.rubrics.gridrows import Row
from pipeline.rubrics.pointcolumns import are_answers, is_coarser, pick_points, pick_sums
from pipeline.rubrics.profiles import Profile, profile_of

CLAUSE = 8
"""Characters of a duty in a few words (票价公示，优惠政策落实), on average; names (票务管理) are shorter."""

ALIKE = 4
"""Cells of one column that all say the same are no criteria, where there are so many."""


class Columns(Struct, frozen=True):
    """Column indices by role, for parts of one width. `labels` from the outermost level in; `section_points` maps a
    level (1 the outermost) to the column with the points of its labels, `label_numbers` to the one that numbers them; `grades` are columns to tick, one for each grade,
    with their header texts (only where no other column holds the points); `grade_rows` is a column that gives each line of a criterion its grade."""

    labels: tuple[int, ...] = ()
    number: int | None = None
    label_numbers: dict[int, int] = field(default_factory=dict)
    text: int | None = None
    points: int | None = None
    section_points: dict[int, int] = field(default_factory=dict)
    awarded: tuple[int, ...] = ()
    others: dict[int, str] = field(default_factory=dict)
    grades: dict[int, str] = field(default_factory=dict)
    grade_rows: int | None = None


def columns_of(rows: Sequence[Row], width: int, names: dict[int, str]) -> Columns:
    """Which column of a part plays which role: as its header names say (`names`, by column), else as its cells look."""
    grades = {c: name for c, name in names.items() if c < width and _is_grade_column(name)}
    body = [r for r in rows if not r.is_total and not _is_preamble_data(r, len(grades) > 1)]
    body = _with_scored_texts(rows, body)
    if not body and names:
        body = [r for r in rows if not r.is_total and not _is_preamble_data(r, narrow=True)]
    profiles = [profile_of(body, c) for c in range(width)]
    roles = _roles(names, profiles)
    told = dict.fromkeys(c for c, name in names.items() if c < width and profiles[c].filled and patterns.names_period(name))
    taken: dict[int, Role] = {}
    if len(grades) > 1:
        taken.update(dict.fromkeys(grades, "grade"))
    graded = _pick_grade_rows(body, width)
    if graded is not None:
        taken[graded] = "grade"
    taken.update((c, "points") for c in spanning_totals(body, names) if c < width)
    number = _pick_number(profiles, roles)
    if number is not None:
        taken[number] = "number"
    coarser = _coarser_numbers(number, profiles, roles)
    taken.update(dict.fromkeys(coarser, "number"))
    words = {c: fold(name) for c, name in names.items()}
    score, groups = pick_points(profiles, roles, taken, words)
    if score is None and len(told) > 1 and len({tuple(profiles[c].worth.items()) for c in told}) == 1:  # the same points each quarter
        roles |= told
        score, groups = pick_points(profiles, roles, taken, words)
    groups = groups or pick_sums(profiles, roles, names, taken, score)
    if score is not None:
        taken[score] = "points"
    taken.update(dict.fromkeys(groups, "section_points"))
    text = _pick_text(profiles, roles, taken)
    if text is not None:
        taken[text] = "text"
    labels = _pick_labels(profiles, roles, taken, text, width, _alone(rows))
    taken.update(dict.fromkeys(labels, "label"))
    roles |= told  # what is printed there is the sheet's own (tasks by quarter), and no score to fill in
    awarded = _pick_awarded(profiles, roles, taken, score)
    taken.update(dict.fromkeys(awarded, "awarded"))
    others = {
        c: str((roles.get(c) if roles.get(c) != "label" else None) or names.get(c) or f"column {c + 1}")
        for c in range(width)
        if c not in taken and profiles[c].filled
    }
    levels = _levels_of(groups, labels, profiles)
    numbered = _numbered_level(number, labels, text, score, profiles) if graded is None else None
    if score is not None or len(grades) < 2 or not any(profiles[c].bare for c in grades):
        others |= {c: name for c, name in grades.items() if profiles[c].filled and c in taken}
    if score is not None or len(grades) < 2:
        grades = {}
    graded = graded if score is not None else None
    numbers = {numbered: number} if numbered is not None and number is not None else {}
    number = None if numbers else number
    numbers |= {n: c for c in coarser if (n := _numbered_level(c, labels, text, score, profiles)) is not None}
    return Columns(labels, number, numbers, text, score, levels, awarded, _distinct_names(others, names), grades, graded)


def spanning_totals(rows: Sequence[Row], names: dict[int, str]) -> dict[int, Cell]:
    """Column → the only cell of a column headed 总分 that runs down beside all rows: the total of the sheet."""
    out = {}
    for col, name in names.items():
        cells = {id(c): c for r in rows if col < len(r.cells) and (c := r.cells[col]) is not None and clean(c.text)}
        only = next(iter(cells.values())) if len(cells) == 1 and patterns.names_total(name) else None
        if only is not None and only.row_span >= max(3, len(rows) - 1) and read_points(only.text).value is not None:
            out[col] = only
    return out


def _is_grade_column(header: str) -> bool:
    """Whether a header names a grade (一级 alone names a level of indicators)."""
    if patterns.GRADE_BARE.fullmatch(fold(header)):
        return True
    grade = patterns.grade_name(header)
    return grade is not None and (grade[1] is not None or patterns.header_role(header) is None)


def _pick_grade_rows(rows: Sequence[Row], width: int) -> int | None:
    """A column of nothing but grades that come again (优 良 差 优 良 差), other columns naming what they are grades of."""
    for col in range(width):
        words = [fold(c.text) for r in rows if (c := r.cells[col]) is not None and c.row == r.index and clean(c.text)]
        if len(words) >= 4 and 2 <= len(set(words)) <= len(words) / 2 and all(map(patterns.GRADE_WORDS.fullmatch, words)):
            return col
    return None


def _levels_of(groups: Sequence[int], labels: Sequence[int], profiles: Sequence[Profile]) -> dict[int, int]:
    """Level → its points column: the labels that begin in the same rows, else those nearest on the left."""
    out: dict[int, int] = {}
    for group in groups:
        free = [level for level in range(1, len(labels) + 1) if level not in out] or [1]
        near = {level: (group - labels[level - 1]) % len(profiles) if labels else 0 for level in free}
        level = min(free, key=lambda n: (_unlike(profiles[group], profiles[labels[n - 1]]) if labels else 0, near[n]))
        out[level] = group
    return out


def _unlike(points: Profile, label: Profile) -> int:
    """In how many rows one of the two begins alone: by where their texts change, or, where equal points follow each other, by
    their cells."""
    return min(len(points.begins ^ label.begins), len(points.rows ^ label.rows))


def _numbered_level(
    number: int | None, labels: Sequence[int], text: int | None, score: int | None, profiles: Sequence[Profile]
) -> int | None:
    """The level whose labels the serials count: one stands where each of them begins, the lines under it have none."""
    if number is None or text is None:
        return None
    own, lines = profiles[number], profiles[score] if score is not None else profiles[text]
    if not own.filled < min(lines.filled, profiles[text].filled):
        return None
    levels = range(len(labels), 0, -1)
    return next((n for n in levels if profiles[labels[n - 1]].begins == own.begins == own.rows), None)


def _roles(names: dict[int, str], profiles: Sequence[Profile]) -> dict[int, Role | None]:
    """The role of each header, as far as its column bears it out. Texts under a points header (项目及分值) are labels where another
    column has the texts."""
    named = {c: patterns.header_role(name) for c, name in names.items() if c < len(profiles)}
    roles = {c: _believed(role, profiles[c], names[c]) for c, role in named.items()}
    texts = [c for c, role in roles.items() if role == "text" and named[c] != "points" and profiles[c].filled]
    return {c: "label" if texts and role == "text" and named[c] == "points" and c < texts[0] else role for c, role in roles.items()}


def _believed(role: Role | None, profile: Profile, name: str) -> Role | None:
    """The role a header claims, unless the data of the column contradict it (a shifted header)."""
    if not profile.filled:
        return role
    if role == "number" and profile.serial < 0.5 and profile.length > 4:
        return None
    if role == "points" and profile.numeric < 0.3 and profile.closing >= 0.5:
        return "text"
    if role == "points" and profile.numeric < 0.3 and profile.length > 8:
        first = patterns.header_role(regex.sub(r"(?:[及和与、]|以及).{2,4}$", "", clean(name)))
        return first if first in ("text", "standard") else None
    if role in ("text", "standard") and profile.bare >= 0.9:
        return None
    return role


def _distinct_names(others: dict[int, str], names: dict[int, str]) -> dict[int, str]:
    """A second column of the same role keeps its header text as its name."""
    used: set[str] = set()
    out: dict[int, str] = {}
    for col, name in others.items():
        if name in used:
            name = names.get(col, name)
        while name in used:
            name += "′"
        used.add(name)
        out[col] = name
    return out


def _is_preamble_data(row: Row, narrow: bool) -> bool:
    """Whether a row is a title, a note or form fields. A row of one narrow cell is data beside merged cells, and where the
    points stand in the header or in each text (`narrow`)."""
    filled = row.filled()
    if len(filled) == 1 and filled[0].col_span == 1 and any(c is not None and c.row < row.index and clean(c.text) for c in row.cells):
        return False
    if narrow and len(filled) == 1 and filled[0].col_span == 1:
        return False
    return len(filled) <= 1 or any(patterns.field_name(c.text) for c in filled)


def _with_scored_texts(rows: Sequence[Row], body: list[Row]) -> list[Row]:
    """Also the rows of nothing but a text with its points, beside blank label cells, where the texts of whole rows end so too."""
    lone: dict[int, list[Row]] = {}
    for row in rows:
        if len(row.filled()) == 1 and row not in body and _is_scored_text(row.filled()[0]):
            lone.setdefault(row.filled()[0].col, []).append(row)
    for col, found in lone.items():
        own = [c for r in body if (c := r.cells[col]) is not None and c.row == r.index and clean(c.text)]
        if len(found) >= 2 and own and all(_is_scored_text(c) for c in own):
            return [r for r in rows if r in body or r in found]
    return body


def _is_scored_text(cell: Cell) -> bool:
    text = clean(cell.text)
    return cell.col_span == 1 and points_at_end(text) is not None and not patterns.SECTION_MARKER.match(text)


def _pick_number(profiles: Sequence[Profile], roles: dict[int, Role | None]) -> int | None:
    named = [c for c, r in roles.items() if r == "number" and profiles[c].filled and profiles[c].serial >= 0.6]
    named = sorted(named, key=lambda c: any(is_coarser(profiles[c], profiles[other]) for other in named))  # the rows' own first
    if named and not (profiles[named[0]].filled >= 3 and profiles[named[0]].ascending < 0.5):
        return named[0]
    ranked = [
        c
        for c, p in enumerate(profiles)
        if p.filled >= 3
        and p.serial >= 0.8
        and p.ascending >= (0.9 if named else 0.6)
        and (named or roles.get(c) not in ("points", "awarded"))
    ]
    return next(iter((*ranked, *named)), None)


def _coarser_numbers(number: int | None, profiles: Sequence[Profile], roles: dict[int, Role | None]) -> tuple[int, ...]:
    """Columns of serials that count something coarser than the criteria: the sections, beside the column of the rows' own."""
    if number is None:
        return ()
    named = (c for c, r in roles.items() if r == "number" and c != number and profiles[c].serial >= 0.6)
    return tuple(c for c in named if profiles[c].filled and is_coarser(profiles[c], profiles[number]))


def _pick_text(profiles: Sequence[Profile], roles: dict[int, Role | None], taken: dict[int, Role]) -> int | None:
    free = [c for c, p in enumerate(profiles) if c not in taken and p.filled and p.length >= 2 and min(p.numeric, p.bare if roles.get(c) else 1) < 0.5]
    free = [c for c in free if profiles[c].runs > 1 or profiles[c].filled < ALIKE] or free  # □符合 □不符合 in each row
    by_role = {
        role: [c for c in free if roles.get(c) == role] for role in ("text", "standard")
    }
    longest = max(free, key=lambda c: (profiles[c].length * min(profiles[c].filled, 50), -c), default=None)
    scored = max((profiles[c].filled for c, role in taken.items() if role == "points"), default=0)
    strong = by_role["text"]
    if strong:
        fine = max(strong, key=lambda c: (profiles[c].filled * profiles[c].distinct, profiles[c].length))
        labelled = [c for c in free if c < fine]
        weak = by_role["standard"]
        if weak and profiles[fine].span > 1.5 and profiles[weak[0]].filled > 1.5 * profiles[fine].filled and not _is_scored_once(fine, profiles, taken):
            return weak[0]
        if weak and min(scored, profiles[weak[0]].filled) >= 0.9 * max(scored, profiles[weak[0]].filled) > profiles[fine].filled:
            return weak[0]
        if weak and fine < weak[0] and _repeats_over(profiles[fine], profiles[weak[0]]):
            return weak[0]
        scores = [profiles[c] for c, role in taken.items() if role == "points"]
        named = [c for c in (*strong, *weak) if c != fine and _is_named(profiles[fine], profiles[c])]
        named = [c for c in named if not any(are_answers(profiles[c], score) for score in scores)]
        if named:
            return named[0]
        if longest is not None and roles.get(longest) is None and not labelled and longest < fine:
            return longest if profiles[longest].length > 3 * profiles[fine].length else fine
        return fine
    if by_role["standard"]:
        own = max(by_role["standard"], key=lambda c: profiles[c].filled * profiles[c].length)
        finer = [c for c in free if roles.get(c) in (None, "label") and profiles[c].cells >= 0.9 * profiles[own].cells]
        clauses = [c for c in finer if c < own and _is_clause(profiles[c], profiles[own]) and not _repeats_over(profiles[c], profiles[own])]
        whole = [c for c in finer if c < own and profiles[c].cells >= 0.9 * scored]
        if whole and 2 * profiles[own].filled < scored:  # most rows have points and no standard: the innermost label is what they score
            return whole[-1]
        if clauses:
            return clauses[-1]
        return max(by_role["standard"], key=lambda c: (profiles[c].scoring < 0.5, profiles[c].filled * profiles[c].length))
    open_ = [c for c in free if roles.get(c) in (None, "label", "item")]
    finest = max((profiles[c].cells for c in free), default=0)
    if all(profiles[c].cells <= 0.7 * finest for c in open_):
        open_ += [c for c in free if roles.get(c) == "remark" and profiles[c].distinct >= 0.9]
    open_ = [c for c in open_ if profiles[c].cells > 0.7 * finest] or open_
    return max(open_, key=lambda c: (profiles[c].length * profiles[c].cells, -c), default=longest)


def _is_clause(line: Profile, standard: Profile) -> bool:
    """Whether the cells left of the standards are the duties themselves, not names of them: longer than these, or each
    another clause, without points of its own, where the standards only say what is deducted."""
    told = line.distinct >= 0.75 and line.closing < 0.5 and line.length >= CLAUSE
    return line.length > 1.2 * standard.length or (told and standard.scoring >= 0.8)


def _is_scored_once(text: int, profiles: Sequence[Profile], taken: dict[int, Role]) -> bool:
    """Whether each text has one cell of points, merged as it is: the standards beside it in rows of their own share them."""
    own = profiles[text].rows
    torn = max(1, len(own) // 10)  # of a row that a page break cuts, some columns have a second cell
    return any(role == "points" and len(profiles[c].rows ^ own) <= torn for c, role in taken.items())


def _repeats_over(labels: Profile, lines: Profile) -> bool:
    """Whether a column prints each label again beside each of its lines."""
    return 2 * labels.runs <= labels.filled <= lines.filled and lines.distinct >= 0.9


def _is_named(name: Profile, lines: Profile) -> bool:
    """Whether the column under 要点 only names the lines of the next one, which count on, or end with points of their own."""
    own = max(lines.counting - name.counting, lines.closing - name.closing)
    return lines.filled >= max(3, 0.6 * name.filled) and lines.distinct >= 0.9 and lines.length > name.length and own >= 0.8


def _pick_labels(
    profiles: Sequence[Profile],
    roles: dict[int, Role | None],
    taken: dict[int, Role],
    text: int | None,
    width: int,
    alone: frozenset[int],
) -> tuple[int, ...]:
    """`alone`: columns whose cells also stand on rows of their own."""
    if text is None:
        return ()
    out: list[int] = []
    for c in range(width):
        role = roles.get(c)
        if c in taken or c == text or not (profiles[c].filled or (role == "label" and c in alone and c < text)):
            continue
        beyond = bool(out) and c > min((s for s, r in taken.items() if r == "points"), default=width)
        if role == "label" and not (out and c > text and beyond and profiles[c].span < 1.5):
            out.append(c)
        elif role is None and c < text and profiles[c].length <= 30 and profiles[c].numeric < 0.5 and not (c in roles and (beyond or _is_aside(c, out, profiles))):
            out.append(c)
        elif role == "text" and c < text and profiles[c].length <= 16:
            out.append(c)
    return _coarse_first(out, profiles, text)


def _is_aside(col: int, labels: Sequence[int], profiles: Sequence[Profile]) -> bool:
    """Whether the words of a column without merged cells (定量, 定性) run over the borders of the labels on its left."""
    own = profiles[col]
    return bool(labels) and own.span < 1.2 and own.wide >= 0.9 and own.distinct <= 0.5 and own.runs < profiles[labels[-1]].runs


def _alone(rows: Sequence[Row]) -> frozenset[int]:
    """Columns of cells of one column that stand on a row of their own."""
    filled = [r.filled() for r in rows]
    return frozenset(own[0].col for own in filled if len(own) == 1 and own[0].col_span == 1)


def _coarse_first(labels: Sequence[int], profiles: Sequence[Profile], text: int) -> tuple[int, ...]:
    """Outer labels stand left of inner ones, but a label for each criterion (环节) may stand left of the groups (赛程)."""
    fine = [
        c
        for c in labels
        if profiles[c].runs >= 0.9 * profiles[text].filled
        and any(other > c and profiles[other].runs <= 0.6 * profiles[c].runs for other in labels)
    ]
    return (*(c for c in labels if c not in fine), *fine)


def _pick_awarded(
    profiles: Sequence[Profile], roles: dict[int, Role | None], taken: dict[int, Role], score: int | None
) -> tuple[int, ...]:
    named = [c for c, r in roles.items() if r == "awarded" and c not in taken]
    if named or score is None:
        return tuple(named)
    right = [c for c in range(score + 1, len(profiles)) if c not in taken and not profiles[c].filled and c not in roles]
    return tuple(right[:1])
