"""Lists all settings with their values, where each was set, and what it means."""

from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from recommender.dates import from_epoch
from recommender.errors import SettingsError
from recommender.settings import definitions
from recommender.settings.definitions import Settings
from recommender.settings.desk import (
    SettingChange,
    locked_names,
    newest_changes,
    with_desk_settings,
)
from recommender.settings.load import FILE, read_settings
from recommender.settings.reader import SECRETS, Key, SettingsReader, leaves
from recommender.urls import without_secret_parameters

_PASSWORD = re.compile(r"(?<=://)([^/@:\s]*):\S*(?=@)")
"""A password may have a slash or an @ that should be encoded: it ends at the last @."""

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_NAME = re.compile(r"\s*([\w.\"' -]+?)\s*=")


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a site."""

    name: str
    """Dotted, as ``ranking.recency.boost``."""
    value: Any
    """With the types of JSON; a secret is ``***``."""
    origin: str
    """``default``, the file with the line, the desk with editor and day, or the name of the
    environment variable."""
    meaning: str


def list_settings(
    home: Path | None = None,
    environ: Mapping[str, str] | None = None,
    changes: Callable[[Settings], Iterable[SettingChange]] = lambda _: (),
) -> tuple[list[Setting], list[str]]:
    """List the settings of a data directory.

    Parameters
    ----------
    home, environ : as in :func:`recommender.settings.load.load_settings`.
    changes : returns the settings that were changed at the desk, oldest first.

    Returns
    -------
    settings : all of them; a wrong one has the value that applies without it.
    problems : what is wrong with settings, each in one sentence.
    """
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    reader = SettingsReader(Settings, lambda error: problems.append(str(error)))
    try:
        settings = read_settings(reader, home, environ)
    except SettingsError as error:
        return [], [*problems, str(error)]
    locked, lines = locked_names(environ), _lines(settings.home / FILE)
    desk = {
        name: one
        for name, one in newest_changes(changes(settings)).items()
        if one.value is not None and name not in locked
    }
    settings = with_desk_settings(settings, desk.values(), locked)
    meanings = _meanings()
    found = [
        Setting(
            name=".".join(key),
            value="***" if key in SECRETS and value else _without_secrets(value),
            origin=_desk_origin(key, desk) or _origin(key, reader.origins, lines),
            meaning=_meaning(key, meanings),
        )
        for key, value in leaves(msgspec.to_builtins(settings, enc_hook=str))
    ]
    return found, problems


def _without_secrets(value: Any) -> Any:
    if not isinstance(value, str) or "://" not in value:
        return value
    return without_secret_parameters(_PASSWORD.sub(r"\1:***", value))


def _desk_origin(key: Key, desk: Mapping[str, SettingChange]) -> str:
    """Return who set a setting at the desk, and when; "" for other settings."""
    name = ".".join(key)
    for above, change in desk.items():
        if f"{name}.".startswith(f"{above}."):
            day = from_epoch(change.created).date().isoformat()
            return f"desk ({change.author}, {day})"
    return ""


def _origin(key: Key, origins: Mapping[Key, str], lines: Mapping[Key, int]) -> str:
    if key == ("home",):
        return "--home, RECOMMENDER_HOME or default"
    origin = origins.get(key, "default")
    return f"{FILE}:{lines[key]}" if origin == FILE and key in lines else origin


def _lines(path: Path) -> dict[Key, int]:
    """Return the line of each setting of a TOML file; it has been parsed without error."""
    found: dict[Key, int] = {}
    table: Key = ()
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _TABLE.match(line):
            table = _key(match[1])
        elif match := _NAME.match(line):
            found.setdefault((*table, *_key(match[1])), number)
    return found


def _key(name: str) -> Key:
    return tuple(part.strip(" \"'") for part in name.split("."))


def _meaning(key: Key, meanings: Mapping[Key, str]) -> str:
    """Return the meaning of a setting; that of a section has the meaning of all sections."""
    if key[:2] == ("ranking", "recency_by_section") and len(key) == 4:
        key = ("ranking", "recency", key[-1])
    return meanings.get(key, "")


def _meanings() -> dict[Key, str]:
    """Read the docstrings below the fields of the structs: they exist only in the source."""
    classes = {
        node.name: node
        for node in ast.parse(inspect.getsource(definitions)).body
        if isinstance(node, ast.ClassDef)
    }
    return dict(_documented(classes, "Settings"))


def _documented(
    classes: Mapping[str, ast.ClassDef], name: str, above: Key = ()
) -> Iterator[tuple[Key, str]]:
    body = classes[name].body
    for field, following in zip(body, [*body[1:], None], strict=True):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        key = (*above, field.target.id)
        if isinstance(field.annotation, ast.Name) and field.annotation.id in classes:
            yield from _documented(classes, field.annotation.id, key)
        elif isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            yield key, " ".join(str(following.value.value).replace("``", "").split())
