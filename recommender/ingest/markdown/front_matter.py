"""Split a Markdown file into its front matter and its text."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from recommender.errors import ArticleError
from recommender.ingest.readers import charset

MAX_VALUES = 10_000
"""Values of a front matter. Aliases of YAML count each time, so that they cannot multiply."""

MAX_DEPTH = 20
"""Levels of lists and mappings in one another."""

MAX_BYTES = 4 * 1024 * 1024
"""Largest file that is read as an article."""

MAX_HEAD = 4096
"""Bytes by which templates are distinguished from pages."""

FENCES = (b"---", b"+++")
"""What the front matter of an HTML file begins with."""

_PELICAN = re.compile(r"[A-Za-z][\w -]{0,40}:[ \t]")


def head(path: Path, size: int = MAX_HEAD) -> bytes:
    """Read the beginning of a file, without spaces before it."""
    with path.open("rb") as file:
        return file.read(size).removeprefix(b"\xef\xbb\xbf").lstrip()


def decoded(path: Path) -> charset.Decoded:
    """Read a whole file as text."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ArticleError(
                f"expected a file of at most {MAX_BYTES // 1024**2} MB, got a larger one"
            )
        return charset.decode(path.read_bytes())
    except OSError as error:
        raise ArticleError(error.strerror or str(error)) from error


def parse(text: str) -> tuple[dict[str, Any], str]:
    """Split a file.

    The front matter is YAML between lines of ``---``, TOML between ``+++``, JSON, or lines such as
    ``Title: ...`` that begin the file (Pelican).

    Parameters
    ----------
    text : the whole file.

    Returns
    -------
    tuple of dict and str
        The front matter, empty without one, and the text below it.

    Raises
    ------
    ArticleError
        The front matter cannot be parsed.
    """
    found, rest = _split(text)
    if not isinstance(found, dict):
        return {}, rest
    _check(found)
    return {str(key): value for key, value in found.items()}, rest


def settings_of(text: str, suffix: str) -> dict[str, Any]:
    """Return the settings in a file of YAML, TOML or JSON; none where it cannot be parsed.

    Parameters
    ----------
    suffix : suffix of the file, such as ``.toml``.
    """
    fence = {".toml": "+++", ".json": ";;;"}.get(suffix, "---")
    try:
        found = _LOADERS[fence](text)
        _check(found)
    except Exception:  # noqa: BLE001 - the parsers of YAML, TOML and JSON raise different ones
        return {}
    return {str(key): value for key, value in found.items()} if isinstance(found, dict) else {}


def names_of(text: str) -> dict[str, str]:
    """Return the names in a YAML file that has a mapping with a ``name`` for each key.

    So Docusaurus stores authors. A file of another form has none.
    """
    import yaml  # noqa: PLC0415

    try:
        found = _yaml(text)
        _check([found])
    except (yaml.YAMLError, ArticleError, ValueError):
        return {}  # the authors stay as the posts name them
    rows = found.items() if isinstance(found, dict) else ()
    return {
        str(key): row["name"]
        for key, row in rows
        if isinstance(row, dict) and isinstance(row.get("name"), str)
    }


def _split(text: str) -> tuple[Any, str]:
    lines = text.lstrip().splitlines(keepends=True)
    start = lines[0].rstrip() if lines else ""
    try:
        if start in ("---", "+++", ";;;"):
            block, rest = _block(lines, start)
            return (_LOADERS[start](block), rest) if block is not None else (None, text)
        if start.startswith("{") and not start.startswith(("{%", "{{", "{:")):
            return _json(text.lstrip())
        if _PELICAN.match(start):
            return _pelican(lines)
    except Exception as error:  # the parsers of YAML, TOML and JSON raise different ones
        reason = " ".join(str(error).split())[:200]
        raise ArticleError(
            f"front matter: expected valid YAML, TOML or JSON, got an error: {reason}"
        ) from error
    return None, text


def _block(lines: list[str], fence: str) -> tuple[str | None, str]:
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == fence:
            return "".join(lines[1:number]), "".join(lines[number + 1 :])
    return None, ""


def _yaml(block: str) -> Any:
    import yaml  # noqa: PLC0415 - only front matter needs it

    # The parser in C takes linear time and refuses what is nested too deep.
    return yaml.load(block.replace("\t", "    "), Loader=yaml.CSafeLoader)


def _json(text: str) -> tuple[Any, str]:
    found, end = json.JSONDecoder().raw_decode(text)
    return found, text[end:]


_LOADERS: dict[str, Callable[[str], Any]] = {"---": _yaml, "+++": tomllib.loads, ";;;": json.loads}


def _pelican(lines: list[str]) -> tuple[Any, str]:
    """Read lines of a name and a value; an indented line continues the one before."""
    found: dict[str, str] = {}
    name = ""
    for number, line in enumerate([*lines, ""]):
        if _PELICAN.match(line):
            name, _, value = line.partition(":")
            found[name] = value.strip()
        elif name and line.strip() and line[0] in " \t":
            found[name] += f" {line.strip()}"
        else:
            has_both = {"title", "date"} <= {one.casefold() for one in found}
            return (found, "".join(lines[number:])) if has_both else (None, "".join(lines))
    return None, ""


def _check(found: Any) -> None:
    """Refuse values in one another without end, and aliases that multiply."""
    level, count = [found], 0
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_VALUES or not level:
            break
        inner = (
            one
            for value in level
            if isinstance(value, dict | list)
            for one in (value.values() if isinstance(value, dict) else value)
        )
        level = list(islice(inner, MAX_VALUES + 1))
    if level:
        raise ArticleError(
            f"front matter: expected at most {MAX_VALUES} values, {MAX_DEPTH} levels deep, got more"
        )
