"""The rules, one file a topic. Importing this package registers all of them; the order here is the catalogue's."""

from pipeline.rules import (
    numbering,
    sections,
    points,
    wording,
    grading,
    annexes,
    document,
    writing,
    reading,
    privacy,
)  # isort: skip
from pipeline.rules.registry import RULES, Hit, Rule, find

__all__ = [
    "RULES", "Hit", "Rule", "annexes", "document", "find", "grading", "numbering", "points", "privacy", "reading", "sections",
    "wording", "writing",
]  # fmt: skip
