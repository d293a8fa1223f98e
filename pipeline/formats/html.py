"""Offline HTML form: one file, no network, live totals, export in the assessment's own JSON."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

import jinja2
from markupsafe import Markup

from pipeline.formats.identity import code_svg, identity, identity_line
from pipeline.formats.sheet import EDITION_NAMES, TITLES, Group, Sheet, lines_needed
from pipeline.plain import points_text, to_plain
from pipeline.scoring.grades import range_text
from pipeline.scoring.tally import SIGN
from pipeline.templating import template

CHARACTERS = 18
"""Characters on a line of the 评价内容 column in print."""
LINE, ROW = 15.2, 4.6
"""Points of a printed line, and of a row beside its lines."""
MOST_WHOLE = 550.0
"""Points of a section that is printed on one page, of about 690 there: a higher one would leave the first page empty."""


def render(sheet: Sheet, prefill: Mapping[str, str] | None = None) -> str:
    """The form as one HTML text."""
    carried = {
        "prefix": sheet.prefix,
        "base": points_text(sheet.base),
        "ungraded": sheet.ungraded,
        "decimals": sheet.decimals,
        "precision": sheet.precision,
        "scale": sheet.scale,
        **identity(sheet),
        "bands": [{k: to_plain(getattr(b, k)) for k in ("label", "min", "max", "min_inclusive", "max_inclusive")} for b in sheet.graded()],
    }
    return template("form.html.j2").render(
        sheet=sheet,
        prefill=dict(prefill or {}),
        edition=EDITION_NAMES[sheet.edition],
        identity=identity_line(sheet),
        identity_json=Markup(jinja2.utils.htmlsafe_json_dumps(carried, ensure_ascii=False)),
        bands="；".join(f"{b.label} {range_text(b)}" for b in sheet.bands),
        points=points_text,
        sign=SIGN,
        lead=sheet.lead(),
        tall={group.key for group in sheet.groups if _height(group) > MOST_WHOLE},
        titles=TITLES,
        head_left=_css_text(identity_line(sheet)),
        head_right=_css_text(f"{EDITION_NAMES[sheet.edition]}　{sheet.digest[:12]}"),
        code=Markup("data:image/svg+xml;base64," + b64encode(code_svg(sheet, 0, width="13mm").encode()).decode("ascii")),
    )


def _height(group: Group) -> float:
    """The points that a section takes in print, about."""
    return sum(ROW + LINE * lines_needed(line.shown(), CHARACTERS) for line in group.lines)


def _css_text(text: str) -> Markup:
    """A CSS string: what is neither letter nor digit by its code, so that no quote or tag ends it."""
    return Markup('"' + "".join(c if c.isalnum() else f"\\{ord(c):06x}" for c in text) + '"')
