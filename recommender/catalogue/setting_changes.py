"""The append-only log of settings that were changed at the desk, in the table ``setting_changes``.

An undo is an entry with the value from before. Entries are numbered in their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, func, inspect, select

from recommender.catalogue.database import Check, exclusive_transaction, reading, unchecked
from recommender.catalogue.schema import setting_changes
from recommender.errors import SettingsError
from recommender.settings.desk import SettingChange


class SettingLog:
    """Reads and adds changes of settings."""

    def __init__(self, engine: Engine, check: Check = unchecked) -> None:
        """Parameters are those of :class:`recommender.overrides.log.Log`."""
        self._check = check
        self._engine = engine

    def changes(self) -> list[SettingChange]:
        """Load all changes, oldest first."""
        with reading(self._engine) as connection:
            return _changes(connection)

    def version(self) -> int:
        """Return the number of the newest change; 0 without any."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(setting_changes.c.id))).scalar() or 0

    def add(
        self, values: Mapping[str, Any], author: str, now: float, *, seen: int
    ) -> list[SettingChange]:
        """Add changes, all or none.

        Parameters
        ----------
        values : new value by name; None returns to the value without the desk.
        now : in seconds since 1970 UTC.
        seen : number of the newest change that the author knew.

        Raises
        ------
        SettingsError
            There is a newer change.
        """
        with self._transaction() as connection:
            stored = _changes(connection)
            if stored and stored[-1].id > seen:
                raise SettingsError(
                    "%(author)s has changed settings since you opened this page. Nothing was "
                    "saved. Look at them and repeat your change.",
                    author=stored[-1].author,
                )
            return _add(connection, stored, [(name, values[name], None) for name in values],
                        author, now)  # fmt: skip

    def undo(self, number: int, author: str, now: float) -> SettingChange:
        """Return a setting to its value before a change, which must be the newest of the setting.

        Raises
        ------
        SettingsError
            There is no such change, or the setting was changed again since.
        """
        with self._transaction() as connection:
            stored = _changes(connection)
            target = next((one for one in stored if one.id == number), None)
            if target is None:
                raise SettingsError(
                    "change: expected the number of a change of settings, got %(number)s",
                    number=number,
                )
            same = [one for one in stored if one.name == target.name]
            if same[-1] is not target:
                raise SettingsError(
                    "This setting was changed again since, by %(author)s. Undo that change first.",
                    author=same[-1].author,
                )
            before = same[-2].value if len(same) > 1 else None
            (added,) = _add(connection, stored, [(target.name, before, number)], author, now)
            return added

    def _transaction(self) -> AbstractContextManager[Connection]:
        return exclusive_transaction(self._engine, "setting_changes", self._check)


def load_setting_changes(engine: Engine) -> list[SettingChange]:
    """Load all changes, oldest first; none from a database of a version before there were any."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("setting_changes"):
            return []
        return _changes(connection)


def _add(
    connection: Connection,
    stored: Sequence[SettingChange],
    values: Sequence[tuple[str, Any, int | None]],
    author: str,
    now: float,
) -> list[SettingChange]:
    first = stored[-1].id + 1 if stored else 1
    added = [
        SettingChange(
            id=first + number,
            name=name,
            value=value,
            author=author,
            created=int(now),
            undoes=undoes,
        )
        for number, (name, value, undoes) in enumerate(values)
    ]
    if added:
        connection.execute(setting_changes.insert(), [msgspec.structs.asdict(one) for one in added])
    return added


def _changes(connection: Connection) -> list[SettingChange]:
    rows = connection.execute(select(setting_changes).order_by(setting_changes.c.id)).mappings()
    return [SettingChange(**row) for row in rows]
