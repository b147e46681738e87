"""Settings that an admin changes at the desk, and how they combine with the other sources.

The desk wins over the defaults and over ``recommender.toml``. A variable of the environment wins
over the desk, so that an engineer can fix a setting. Most changes take effect at once; the others,
and what they did to the candidates, with the next index run.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from recommender.settings.definitions import Ranking, Settings
from recommender.settings.reader import PREFIX

NAMES = (
    "heading",
    "ranking.cards",
    "ranking.minimum_cards",
    "ranking.minimum_relevance",
    "ranking.diversity_penalty",
    "ranking.recency.boost",
    "ranking.recency.half_life_days",
    "ranking.recency_by_section",
)
"""Settings of the desk. The last one is a table, and is replaced as a whole."""


class SettingChange(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log of changed settings."""

    id: int
    name: str
    value: Any = None
    """With the types of JSON; None returns to the value that applies without the desk."""
    author: str = ""
    created: int = 0
    """In seconds since 1970 UTC."""
    undoes: int | None = None
    """Number of the entry whose change this one takes back."""


def newest_changes(changes: Iterable[SettingChange]) -> dict[str, SettingChange]:
    """Return the newest change of each setting of the desk.

    A setting or value that only another version of the program knows is left out.

    Parameters
    ----------
    changes : oldest first.
    """
    newest = {one.name: one for one in changes}
    return {name: newest[name] for name in NAMES if name in newest and _is_usable(newest[name])}


def _is_usable(change: SettingChange) -> bool:
    try:
        with_values(Settings(), {} if change.value is None else {change.name: change.value})
    except msgspec.ValidationError:
        return False
    return True


def locked_names(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the settings of the desk that a variable of the environment sets, with its name."""
    environ = os.environ if environ is None else environ
    keys = {
        variable.removeprefix(PREFIX).lower().replace("__", "."): variable
        for variable in environ
        if variable.startswith(PREFIX)
    }
    return {
        name: variable
        for name in NAMES
        for key, variable in keys.items()
        if f"{name}.".startswith(f"{key}.") or f"{key}.".startswith(f"{name}.")
    }


def with_desk_settings(
    settings: Settings,
    changes: Iterable[SettingChange],
    locked: Collection[str] | None = None,
) -> Settings:
    """Return the settings with what the desk has set, for an index run.

    Parameters
    ----------
    changes : all changes, oldest first.
    locked : settings that the desk cannot change; those of the environment if missing.
    """
    locked = locked_names() if locked is None else locked
    values = {
        name: change.value
        for name, change in newest_changes(changes).items()
        if change.value is not None and name not in locked
    }
    return with_values(settings, values)


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Return the settings with other values, by dotted name.

    Raises
    ------
    msgspec.ValidationError
        A value has the wrong type, or is beyond its limits.
    """
    ranking = msgspec.to_builtins(settings.ranking)
    for name, value in values.items():
        *tables, last = name.split(".")[1:] or [""]
        table = ranking
        for one in tables:
            table = table[one]
        if last:
            table[last] = value
    heading = msgspec.convert(values.get("heading", settings.heading), str)
    return msgspec.structs.replace(
        settings, ranking=msgspec.convert(ranking, Ranking), heading=heading
    )


def value_of(settings: Settings, name: str) -> Any:
    """Return the value of a setting by its dotted name, with the types of JSON."""
    value: Any = msgspec.to_builtins(settings.ranking) if "." in name else settings.heading
    for part in name.split(".")[1:]:
        value = value[part]
    return value


def served_ranking(
    built: Ranking,
    settings: Settings,
    changes: Iterable[SettingChange],
    locked: Collection[str] | None = None,
) -> Ranking:
    """Return the ranking with which a snapshot is served.

    It is that of the index run, with what the desk has changed and a request can apply. A change
    that the desk took back returns to the value of the other sources. A lower threshold of
    relevance waits for the next index run: the snapshot lacks the candidates below the former one.
    So does "auto": only a run can choose.

    Parameters
    ----------
    built : the ranking of the index run.
    settings : of this process, without the desk.
    changes, locked : as in :func:`with_desk_settings`.
    """
    locked = locked_names() if locked is None else locked
    values = {
        name: value_of(settings, name) if change.value is None else change.value
        for name, change in newest_changes(changes).items()
        if name not in locked and name != "heading"
    }
    if not values:
        return built
    ranking = with_values(msgspec.structs.replace(settings, ranking=built), values).ranking
    least = max(ranking.with_threshold(built.threshold).threshold, built.threshold)
    return msgspec.structs.replace(ranking, minimum_relevance=least)
