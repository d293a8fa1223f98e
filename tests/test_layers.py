"""Import direction: a module imports only from its own room and from rooms before it. Imports inside functions count too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "pipeline"
ROOMS: list[set[str]] = [
    {"errors", "kept", "provenance", "plain", "limits", "progress", "refusals", "rx", "lexicon", "lookalikes", "templating", "typefaces"},
    {"findings", "model"},
    {"normalize", "yamltext", "serialize", "staging"},
    {"assessment", "digest", "schemas", "criterion_names", "ordinals", "pagenumbers", "patterns", "points"},
    {"readers"},
    {"source"},
    {"notices"},
    {"rubrics"},
    {"proving"},
    {"rules"},
    {"auditing"},
    {"repair", "decisions"},
    {"scoring"},
    {"formats"},
    {"returns", "results"},
    {"ledger", "engines"},
    {"revisions"},
    {"demonstration"},
    {"stages"},
    {"batch", "review", "review_words"},
    {"cli"},
    {"__init__", "__main__"},
]
"""Each room with what it may be imported by: the rooms after it. Inside a room only circles are forbidden."""


READER_ROOMS: list[set[str]] = [
    {"pages"},
    {"grids"},
    {"packages", "pdfium", "pictures"},
    {"texts"},
    {"docx", "html", "ofd", "pdf", "scan", "text", "xlsx"},
    {"flatopc"},
    {"office"},
]
"""The same inside `readers`: what formats share, then the formats."""


def modules() -> dict[str, Path]:
    return {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in sorted(ROOT.rglob("*.py"))}


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipeline":
            if node.module == "pipeline":
                found |= {alias.name for alias in node.names}
            else:
                found |= {node.module.removeprefix("pipeline."), *(f"{node.module}.{a.name}".removeprefix("pipeline.") for a in node.names)}
        elif isinstance(node, ast.Import):
            found |= {a.name.removeprefix("pipeline.") for a in node.names if a.name.startswith("pipeline.")}
    return found


def test_nothing_imports_in_a_circle():
    graph = {name: imports_of(path) & set(modules()) for name, path in modules().items()}
    state: dict[str, int] = {}

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert state.get(name) != 1, f"circle: {' -> '.join((*trail, name))}"
        if name not in state:
            state[name] = 1
            for other in sorted(graph[name]):
                visit(other, (*trail, name))
            state[name] = 2

    for name in graph:
        visit(name, ())


def test_every_module_stands_in_a_room():
    assert {name.split(".")[0] for name in modules()} == set().union(*ROOMS)


def reader_rooms(names: set[str]) -> set[str]:
    """The rooms inside `readers` of modules by their names."""
    return {name.split(".")[1] for name in names if name.startswith("readers.")}


def test_every_reader_stands_in_a_room():
    assert reader_rooms(set(modules())) - {"__init__"} == set().union(*READER_ROOMS)


@pytest.mark.parametrize("room", range(len(READER_ROOMS)))
def test_a_reader_imports_only_from_rooms_before_it(room):
    allowed = set().union(*READER_ROOMS[: room + 1])
    for name, path in modules().items():
        if reader_rooms({name}) & READER_ROOMS[room]:
            outside = reader_rooms(imports_of(path)) - allowed
            assert not outside, f"{name} imports {sorted(outside)}"


@pytest.mark.parametrize("room", range(len(ROOMS)))
def test_a_room_imports_only_from_rooms_before_it(room):
    allowed = set().union(*ROOMS[: room + 1])
    for name, path in modules().items():
        if name.split(".")[0] in ROOMS[room]:
            outside = {i.split(".")[0] for i in imports_of(path)} - allowed
            assert not outside, f"{name} imports {sorted(outside)}"
