"""A page as one HTML file: no script, nothing from outside, inline charts."""

from __future__ import annotations

from functools import cache

import jinja2

from pipeline.results.pages import Page


def render(page: Page) -> str:
    """The page as HTML; every text is escaped, only the charts are markup."""
    return _template().render(page=page.to_data())


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html.j2")
