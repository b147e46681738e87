"""Imports go from upper layers to lower ones, and no cycles exist between files or packages."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from paths import ROOT

LAYERS = """
models
models.lexical, models.ranker
models.dense
models.features
models.rerank
recommender
recommender.settings
recommender.text.markup
recommender.text
recommender.articles
recommender.ingest.page_metadata
recommender.snapshots, recommender.catalogue, recommender.embeddings, recommender.ingest.readers
recommender.overrides, recommender.ingest.web
recommender.overrides.edits
recommender.ingest.markdown
recommender.learning, recommender.serving, recommender.ingest
recommender.indexing, recommender.cdn
recommender.reports, recommender.about
recommender.reports.archive
recommender.reports.page
recommender.incremental
recommender.runs
recommender.evaluation
recommender.estimator
recommender.cli
recommender.cli.commands
service.http
service.state
service.api
service.middleware
service.desk.presenters
service.desk.presenters.article
service.desk.views
service.desk
service
"""
"""One layer a line, the lowest first. A package imports from lower layers and from itself."""

RANKS = {
    package: rank
    for rank, line in enumerate(LAYERS.split("\n"))
    for package in line.replace(",", " ").split()
}

EXCEPTIONS = {("recommender", "recommender.estimator"): "the public name, imported at first use"}
"""Pairs of packages, the importing one first, that may disobey the order, and the reason."""

NO_LAYER = {"recommender.migrations", "recommender.__main__"}
"""What nothing imports: scripts that Alembic and Python run."""


MAX_MODULES = 13
"""Modules of a package."""

MAX_TOP_LEVEL = 11
"""Modules directly in ``recommender``, with its ``__init__``."""


def modules() -> dict[str, Path]:
    """Every module of the three top-level packages, by its dotted name."""
    found = {}
    for top in ("models", "recommender", "service"):
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(path: Path) -> set[str]:
    """Our own modules that a file imports, anywhere in it."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= {name if name in MODULES else str(node.module) for name in full}
    return named & MODULES.keys()


IMPORTS = {name: imports(path) - {name} for name, path in MODULES.items()}


def package(module: str) -> str:
    """The package that a module belongs to; a package's ``__init__`` belongs to the package."""
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


def edges() -> list[tuple[str, str]]:
    """Pairs of modules in which the first imports the second, across packages."""
    return [
        (module, imported)
        for module, named in IMPORTS.items()
        for imported in named
        if package(module) != package(imported)
        and not any(module.startswith(name) for name in NO_LAYER)
    ]


def allowed(module: str, imported: str) -> bool:
    upper, lower = package(module), package(imported)
    return RANKS[lower] < RANKS[upper] or (upper, lower) in EXCEPTIONS


def test_every_package_has_a_layer() -> None:
    packages = {package(module) for module in MODULES}
    assert {name for name in packages if not name.startswith(tuple(NO_LAYER))} == RANKS.keys()


@pytest.mark.parametrize("name", RANKS)
def test_a_package_has_few_modules(name: str) -> None:
    own = [module for module in MODULES if package(module) == name and module != name]
    assert len(own) <= MAX_MODULES


def test_few_modules_stand_outside_the_packages() -> None:
    assert len(list((ROOT / "recommender").glob("*.py"))) <= MAX_TOP_LEVEL


@pytest.mark.parametrize("upper", RANKS)
def test_a_package_imports_from_lower_layers_only(upper: str) -> None:
    wrong = [
        f"{module} imports {imported}"
        for module, imported in edges()
        if package(module) == upper and not allowed(module, imported)
    ]
    assert wrong == []


def test_exceptions_are_still_needed() -> None:
    found = {(package(module), package(imported)) for module, imported in edges()}
    assert found >= EXCEPTIONS.keys()
    assert all(RANKS[lower] >= RANKS[upper] for upper, lower in EXCEPTIONS)


def test_no_cycle_between_files() -> None:
    TopologicalSorter(
        {
            module: {one for one in named if (package(module), package(one)) not in EXCEPTIONS}
            for module, named in IMPORTS.items()
        }
    ).prepare()


def test_no_cycle_between_packages() -> None:
    graph: dict[str, set[str]] = {}
    for module, imported in edges():
        if (package(module), package(imported)) not in EXCEPTIONS:
            graph.setdefault(package(module), set()).add(package(imported))
    TopologicalSorter(graph).prepare()


def test_models_read_no_files_and_no_clock() -> None:
    for name, path in MODULES.items():
        if name.startswith("models"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names = [getattr(node, "module", None), *(a.name for a in node.names)]
                    assert not {"time", "datetime", "os", "io", "socket"} & set(names), name
                assert not (isinstance(node, ast.Name) and node.id == "open"), name
