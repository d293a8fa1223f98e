"""Import direction: a module imports only from rooms before its own. Imports inside functions count too, except in the
rooms that load heavy leaf modules late (stages, cli, source, the package itself)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "pipeline"
ROOMS: list[set[str]] = [
    {"errors", "provenance", "plain", "limits", "progress", "rx", "lexicon", "lookalikes"},
    {"model"},
    {"normalize", "yamltext", "serialize", "digest", "assessment"},
    {"patterns", "points", "puzzle", "programme", "sturdy", "proofs", "checker", "alignment"},
    {"readers"},
    {"source"},
]


def modules() -> dict[str, Path]:
    return {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in sorted(ROOT.rglob("*.py"))}


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipeline":
            if node.module == "pipeline":
                found |= {alias.name for alias in node.names}
            else:
                found.add(node.module.removeprefix("pipeline."))
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


@pytest.mark.parametrize("room", range(len(ROOMS)))
def test_early_rooms_import_only_from_rooms_before_them(room):
    allowed = set().union(*ROOMS[: room + 1])
    for name, path in modules().items():
        if name.split(".")[0] in ROOMS[room]:
            outside = {i.split(".")[0] for i in imports_of(path)} - allowed
            assert not outside, f"{name} imports {sorted(outside)}"


@pytest.mark.parametrize("name", ["cli", "stages"])
def test_nothing_inside_imports_the_outermost_rooms(name):
    users = {m for m, path in modules().items() if name in imports_of(path)}
    assert users <= {"cli", "review", "__main__", "__init__"}
