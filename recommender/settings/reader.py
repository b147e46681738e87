"""Read settings from TOML and the environment, and explain a wrong one in the user's words."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar, cast

import msgspec
from msgspec import inspect

from recommender.errors import SettingsError

PREFIX = "RECOMMENDER_"
"""Prefix of environment variables. Two underscores separate a table from its setting."""

REMOVED = {
    "purge.form": "delete it and set purge.url to a webhook of your own, which forwards the keys "
    "to your CDN (docs/recipes.md)",
}
"""Settings that no longer exist, and what to do instead."""

RENAMED = {
    "catalogue": "database_url",
    "time_zone": "timezone",
    "encoder": "embedding_model",
    "proxies": "trusted_proxies",
    "origins": "cors_origins",
    "push": "push_api",
    "cache_keys": "surrogate_key_header",
    "log_requests": "access_log",
    "slow_ms": "slow_request_ms",
    "ranking.language_rule": "ranking.language",
    "ranking.diversity": "ranking.diversity_penalty",
    "ranking.freshness": "ranking.recency",
    "ranking.freshness.gain": "ranking.recency.boost",
    "ranking.freshness.half_life": "ranking.recency.half_life_days",
    "ranking.recency.gain": "ranking.recency.boost",
    "ranking.recency.half_life": "ranking.recency.half_life_days",
    "ranking.sections": "ranking.recency_by_section",
    "ranking.sections.*.gain": "ranking.recency_by_section.*.boost",
    "ranking.sections.*.half_life": "ranking.recency_by_section.*.half_life_days",
    "ranking.recency_by_section.*.gain": "ranking.recency_by_section.*.boost",
    "ranking.recency_by_section.*.half_life": "ranking.recency_by_section.*.half_life_days",
    "fetching": "http",
    "fetching.user_agent": "http.user_agent",
    "fetching.robots": "http.respect_robots_txt",
    "fetching.at_once": "http.concurrency",
    "fetching.pause": "http.delay_seconds",
    "fetching.timeout": "http.timeout_seconds",
    "fetching.largest_mb": "http.max_response_mb",
    "fetching.attempts": "http.max_attempts",
    "fetching.backoff": "http.backoff_seconds",
}
"""Names of version 0.1 and their present names; ``*`` is any section.

A new table with an old setting in it is listed as well: a file may be renamed in part."""

SECRETS = {("oidc", "client_secret"), ("purge", "token")}
"""Settings whose values are never printed."""

KEYS = [tuple(old.split(".")) for old in RENAMED]

Struct = TypeVar("Struct", bound=msgspec.Struct)

Key = tuple[str, ...]
"""Path of a setting, such as ("ranking", "recency", "boost")."""


class Origin(NamedTuple):
    """Where settings were found: a file, the environment, or the caller ("")."""

    name: str = ""

    @property
    def is_environment(self) -> bool:
        """Whether settings are named as environment variables."""
        return self.name == "the environment"

    @property
    def suffix(self) -> str:
        """End of the phrase "setting NAME in ..."."""
        return f" in {self.name}" if self.name else ""

    def setting(self, key: Key) -> str:
        """Write the name of a setting as the user wrote it or must write it."""
        if self.is_environment:
            return PREFIX + "__".join(key).upper()
        return repr(".".join(key))


ENVIRONMENT = Origin("the environment")


class SettingsReader(Generic[Struct]):
    """Adds settings from several sources to one tree, and checks each against its type."""

    def __init__(
        self, settings: type[Struct], on_error: Callable[[SettingsError], None] | None = None
    ) -> None:
        """Read the names and types from a struct.

        ``on_error`` gets every error of a single setting; without it the first one is raised.
        """
        self.origins: dict[Key, str] = {}
        """By setting where its value was found: a file, or the name of a variable."""
        self._on_error = on_error
        self._settings = settings
        self._type = inspect.type_info(settings)
        self._known = [".".join(key) for key in _keys(self._type)]

    def add_file(self, values: dict[str, Any], path: Path) -> None:
        """Add the settings of a TOML file; a missing file has none."""
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{path}: expected a TOML file: {error}") from error
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error
        self._add(values, table, Origin(path.name))

    def add_environment(self, values: dict[str, Any], environ: Mapping[str, str]) -> None:
        """Add the settings of ``RECOMMENDER_*`` variables.

        ``RECOMMENDER_A__B`` is the setting ``a.b``. A value is TOML if it parses as TOML, else
        plain text.
        """
        table: dict[str, Any] = {}
        for name, raw in environ.items():
            if name.startswith(PREFIX) and name != PREFIX + "HOME":
                key = tuple(name.removeprefix(PREFIX).lower().split("__"))
                _put(table, key, _parse_variable(raw, self._find(key)))
        self._add(values, table, ENVIRONMENT)

    def add_values(self, values: dict[str, Any], given: Mapping[str, object]) -> None:
        """Add settings that a caller passed."""
        self._add(values, given, Origin())

    def convert(self, values: Mapping[str, Any]) -> Struct:
        """Make the struct from values that were added."""
        # msgspec converts all types in use but a path.
        return msgspec.convert(
            values, self._settings, strict=False, dec_hook=lambda kind, value: kind(value)
        )

    def _add(self, values: dict[str, Any], table: Mapping[str, Any], origin: Origin) -> None:
        for key, value in leaves(table):
            try:
                self._check(key, value, origin)
            except SettingsError as error:
                if self._on_error is None:
                    raise
                self._on_error(error)
            else:
                _put(values, key, value)
                self.origins[key] = origin.setting(key) if origin.is_environment else origin.name

    def _check(self, key: Key, value: object, origin: Origin) -> None:
        expected = self._find(key)
        if expected is None:
            raise self._unknown(key, origin)
        try:
            self.convert(_nest(key, value))
        except msgspec.ValidationError as error:
            found = "a value of another type" if key in SECRETS else _found(value)
            raise SettingsError(
                f"setting {origin.setting(key)}{origin.suffix}: expected "
                f"{_describe(expected, value)}, got {found}{_fix(expected, value, origin)}"
            ) from error

    def _find(self, key: Key) -> inspect.Type | None:
        """Look up the type of a setting; None for an unknown one."""
        found: inspect.Type | None = self._type
        for name in key:
            if isinstance(found, inspect.StructType):
                found = next((f.type for f in found.fields if f.name == name), None)
            elif isinstance(found, inspect.DictType):
                found = found.value_type
            else:
                return None
        return found

    def _unknown(self, key: Key, origin: Origin) -> SettingsError:
        name = ".".join(key)
        if name in REMOVED:
            return SettingsError(
                f"setting {origin.setting(key)}{origin.suffix} was removed; {REMOVED[name]}"
            )
        new = _new_name(key)
        if new:
            return SettingsError(
                f"{origin.name or 'settings'}: setting {origin.setting(key)} is now "
                f"{origin.setting(new)}; rename it (docs/upgrading.md)"
            )
        suggestion = self._suggest(key)
        hint = (
            f"did you mean {origin.setting(suggestion)}?"
            if suggestion
            else "docs/settings.md lists all settings"
        )
        return SettingsError(f"unknown setting {origin.setting(key)}{origin.suffix}; {hint}")

    def _suggest(self, key: Key) -> Key | None:
        """Find the known setting whose present or former name is closest to an unknown one."""
        names = [*self._known, *(old for old in RENAMED if "*" not in old)]
        for length in range(len(key), 0, -1):  # a wrong table makes all of its settings unknown
            close = get_close_matches(".".join(key[:length]), names, n=1)
            if close:
                found: Key = tuple(close[0].split("."))
                return _new_name(found) or found
        return None


def _keys(kind: inspect.Type, above: Key = ()) -> Iterator[Key]:
    """List all settings and tables below a type."""
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield (*above, field.name)
            yield from _keys(field.type, (*above, field.name))


def leaves(table: Mapping[str, Any], above: Key = ()) -> Iterator[tuple[Key, Any]]:
    """List the values below a table; an empty table is a value."""
    for name, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _new_name(key: Key) -> Key | None:
    """Return the present name of a setting that was renamed, or of its table."""
    for old, new in zip(KEYS, RENAMED.values(), strict=True):
        if len(old) == len(key) and all(a in {"*", b} for a, b in zip(old, key, strict=True)):
            section = iter(b for a, b in zip(old, key, strict=True) if a == "*")
            return tuple(next(section) if part == "*" else part for part in new.split("."))
    return None


def _put(table: dict[str, Any], key: Key, value: object) -> None:
    for name in key[:-1]:
        below = table.setdefault(name, {})
        table = below if isinstance(below, dict) else {}
    if value != {} or not isinstance(table.get(key[-1]), dict):
        table[key[-1]] = value


def _parse_variable(raw: str, expected: inspect.Type | None) -> object:
    try:
        value = tomllib.loads(f"value = {raw}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return raw
    # A password of digits is a text and no number.
    return value if isinstance(value, str) or not isinstance(expected, inspect.StrType) else raw


def _nest(key: Key, value: object) -> dict[str, Any]:
    """Put a value below the tables of its key."""
    for name in reversed(key):
        value = {name: value}
    return cast("dict[str, Any]", value)


def _describe(kind: inspect.Type, value: object) -> str:
    """Say what a setting of this type may be; limits only where ``value`` has the right type."""
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return " or ".join(_describe_one(one, value) for one in kinds)


def _describe_one(kind: inspect.Type, value: object) -> str:
    """Say what a setting of this type may be, which is no union."""
    match kind:
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType() | inspect.FloatType():
            noun = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return f"{noun}{_limits(kind)}" if number else noun
        case inspect.LiteralType():
            *some, last = (repr(one) for one in kind.values)
            return f"{', '.join(some)} or {last}" if some else last
        case inspect.ListType():
            return "a list of texts"
        case inspect.StructType() | inspect.DictType():
            return "a table of settings"
        case _:
            return "a text"


def _fix(kind: inspect.Type, value: object, origin: Origin) -> str:
    """Write the list that the text of a variable probably means; "" for any other value."""
    if not (isinstance(kind, inspect.ListType) and isinstance(value, str)):
        return ""
    texts = [one.strip(" '\"") for one in value.strip(" []").split(",")]  # of [en, pl], too
    meant = json.dumps(texts, ensure_ascii=False)
    return f"; write {meant!r}" if origin.is_environment else f"; write {meant}"


def _limits(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.ge is not None and kind.le is not None:
        return f" from {kind.ge:g} to {kind.le:g}"
    low = "" if kind.ge is None else f" of at least {kind.ge:g}"
    low = low if kind.gt is None else f" above {kind.gt:g}"
    low = low if kind.lt is None else f"{low}, below {kind.lt:g}"
    return low if kind.le is None else f"{low}, at most {kind.le:g}"


def _found(value: object) -> str:
    """Write a wrong value as its user would."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"the text {value!r}"
        case int() | float():
            return f"the number {value}"
        case Mapping():
            return "a table"
        case list():
            return f"the list {value}"
        case _:
            return f"{value}"
