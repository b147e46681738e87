"""The three floors hold: imports point down, never in a circle, and serving stays light."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from paths import ROOT

FLOORS = ["models", "recommender", "service"]


def modules() -> dict[str, Path]:
    found = {}
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: set[str]) -> set[str]:
    """Our own modules that a file names, anywhere in it."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= {name if name in known else str(node.module) for name in full}
    return named & known


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_point_down(floor: str) -> None:
    below = set(FLOORS[: FLOORS.index(floor) + 1])
    known = set(modules())
    for name, path in modules().items():
        if name.partition(".")[0] == floor:
            for imported in imports(path, known):
                assert imported.partition(".")[0] in below, f"{name} imports {imported}"


def test_no_circle_between_files() -> None:
    known = set(modules())
    graph = {name: imports(path, known) - {name} for name, path in modules().items()}
    TopologicalSorter(graph).prepare()


def test_the_models_floor_knows_no_files_and_no_clock() -> None:
    for name, path in modules().items():
        if name.startswith("models"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names = [getattr(node, "module", None), *(a.name for a in node.names)]
                    assert not {"time", "datetime", "os", "io", "socket"} & set(names), name
                assert not (isinstance(node, ast.Name) and node.id == "open"), name
