"""Every regular expression of the three packages, and how it is used."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from paths import ROOT

METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


class OwnPattern(NamedTuple):
    """A pattern in our code."""

    place: str
    """Module and line."""
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]
    """Methods by which it is applied."""

    def apply(self, text: str) -> None:
        """Apply the pattern to a text in every way in which the code does."""
        subject = text if isinstance(self.pattern.pattern, str) else text.encode("utf-8")
        for method in self.methods:
            _APPLY[method](self.pattern, subject)


_APPLY: dict[str, Callable[[re.Pattern[Any], Any], object]] = {
    "search": lambda pattern, text: pattern.search(text),
    "match": lambda pattern, text: pattern.match(text),
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "finditer": lambda pattern, text: sum(1 for _ in pattern.finditer(text)),
}
_APPLY |= dict.fromkeys(("sub", "subn", "split", "findall"), _APPLY["finditer"])


@cache
def own_patterns() -> tuple[OwnPattern, ...]:
    """Collect the patterns of all modules, compiled ones and those given to ``re.search(...)``."""
    return tuple(one for path in _files() for one in _patterns_of(path))


@cache
def _files() -> tuple[Path, ...]:
    folders = (ROOT / name for name in ("models", "recommender", "service"))
    return tuple(sorted(path for folder in folders for path in folder.rglob("*.py")))


@cache
def _sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in _files())


def _patterns_of(path: Path) -> Iterator[OwnPattern]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if _is_call_of_re(node)]
    if not calls:
        return
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(name)
    names = {
        node.value: target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in calls:
        place = f"{name}:{call.lineno}"
        pattern = _pattern(call, module, place)
        used = _methods_of(names[call], path) if call in names else ()
        method = call.func.attr  # type: ignore[attr-defined]
        yield OwnPattern(place, pattern, used or _default_methods(method))


def _is_call_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in (*METHODS, "compile")
    )


def _pattern(call: Any, module: Any, place: str) -> re.Pattern[Any]:
    """Evaluate the pattern and the flags of a call. Local names are those of :data:`LOCAL`."""
    position = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2)
    flags = call.args[position] if len(call.args) > position else None
    flags = next((word.value for word in call.keywords if word.arg == "flags"), flags)

    def value(node: ast.expr) -> Any:
        code = compile(ast.Expression(node), place, "eval")
        return eval(code, {**vars(module)}, LOCAL)

    return re.compile(value(call.args[0]), 0 if flags is None else value(flags))


LOCAL = {"term": "talks", "marks": "\u0300-\u036f", "separator": ","}
"""Values for the local names from which functions make a pattern."""


def _methods_of(name: str, path: Path) -> tuple[str, ...]:
    """Return the methods by which a module uses a pattern, else those of all modules."""
    use = re.compile(rf"\b{name}\.({'|'.join(METHODS)})\b")
    used = use.findall(path.read_text(encoding="utf-8")) or use.findall(_sources())
    return tuple(dict.fromkeys(used))


def _default_methods(method: str) -> tuple[str, ...]:
    return ("finditer", "fullmatch") if method == "compile" else (method,)
