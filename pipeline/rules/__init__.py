"""The rules, one file a topic. Importing this package registers all of them."""

from pipeline.rules import (
    annexes,
    cells,
    document,
    formal,
    grading,
    numbering,
    points,
    privacy,
    reading,
    scheme,
    sections,
    wording,
    writing,
)  # isort: skip
from pipeline.rules.registry import RULES, Hit, Rule, find

__all__ = [
    "RULES", "Hit", "Rule", "annexes", "cells", "document", "find", "formal", "grading", "numbering", "points", "privacy", "reading", "scheme",
    "sections", "wording", "writing",
]  # fmt: skip
