"""The templates of web pages: every value escaped, an unknown name an error; and of set pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from pipeline import typefaces

FOLDER = Path(__file__).parent / "templates"


@cache
def template(name: str) -> jinja2.Template:
    """A template by its file name, as `page.html.j2`."""
    loader = jinja2.FileSystemLoader(FOLDER)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template(name)


@cache
def _compiler(name: str) -> Any:
    import typst  # loaded late: web pages do without

    return typst.Compiler(str(FOLDER / name), root=str(FOLDER.parent), font_paths=[str(typefaces.FOLDER)], ignore_system_fonts=True)


def set_pages(name: str, **how: Any) -> bytes:
    """The PDF that typst sets from a template (`form.typ`), as `compile` is told. A fault inside typst, which is raised as no
    Exception, is raised as RuntimeError, so that it is told like any other."""
    try:
        made = _compiler(name).compile(format="pdf", **how)
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise RuntimeError(f"typst stopped: {error}") from None
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single PDF")
    return made
