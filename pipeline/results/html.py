"""A page as one HTML file: no script, nothing from outside, inline charts."""

from __future__ import annotations

from pipeline.results.pages import Page
from pipeline.templating import template


def render(page: Page) -> str:
    """The page as HTML; every text is escaped, only the charts are markup."""
    return template("page.html.j2").render(page=page.to_data())
