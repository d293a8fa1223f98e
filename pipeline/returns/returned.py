"""What a returned form says: field keys and texts as they stand, and what it says it is. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from pipeline.assessment import FormFile
from pipeline.provenance import Provenance


class Returned(Struct, frozen=True):
    """`identity`: document_number, revision, annex, rubric, rubric_digest, edition; `values`: field key → text ("" for
    blank, "Yes" for a ticked box); `how`: fields, binding, alias, place — how the values were found;
    `rivals`: a second, different value of a key."""

    source: FormFile
    identity: dict[str, str]
    values: dict[str, str]
    places: dict[str, Provenance] = field(default_factory=dict)
    how: str = "fields"
    rivals: dict[str, str] = field(default_factory=dict)


def gather(answers: Iterable[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Values by key, and for each key that is filled twice the other value: neither is taken before a person looks.

    >>> gather([("a", ""), ("a", "1"), ("b", "2"), ("a", "1"), ("a", "3")])
    ({'a': '1', 'b': '2'}, {'a': '3'})
    """
    values: dict[str, str] = {}
    rivals: dict[str, str] = {}
    for key, text in answers:
        if text and values.get(key) and values[key] != text:
            rivals[key] = text
        elif text or key not in values:
            values[key] = text
    return values, rivals
