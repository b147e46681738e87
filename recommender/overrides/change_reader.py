"""Read what was stored since the last poll. Nothing is written or migrated."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from sqlalchemy import Engine, inspect

from recommender.catalogue.database import connect_service, reading, translate_db_errors
from recommender.catalogue.former_ids import Names, load_names
from recommender.catalogue.setting_changes import SettingLog
from recommender.catalogue.visibility import Visibility
from recommender.catalogue.visibility_table import rows_since
from recommender.errors import CatalogueError
from recommender.overrides.facets import change_number
from recommender.overrides.fallback import database_name
from recommender.overrides.log import Log
from recommender.overrides.override import Override
from recommender.settings.desk import SettingChange

Row = TypeVar("Row")


class ChangeReader:
    """Reads tables of a database, which may be of an older version and lack one."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        self._engine: Engine | None = None

    def entries(self, after: int) -> list[Override]:
        """Load the entries of the log with greater numbers, oldest first."""

        def read() -> list[Override]:
            return Log(self._url, self.connect()).entries_as_stored(after)

        return self._read("decisions", read)

    def visibility(self, since: int) -> list[Visibility]:
        """Load the rows of the ``visibility`` table with this ``changed`` or a greater one."""

        def read() -> list[Visibility]:
            with reading(self.connect()) as connection:
                return rows_since(connection, since)

        return self._read("visibility", read)

    def change_number(self) -> int | None:
        """Return the number of changes of articles; None in a database without it."""
        return change_number(self.connect())

    def names_of(self, ids: Collection[str]) -> Names:
        """Load all IDs of those of some articles that moved."""
        with reading(self.connect()) as connection:
            return load_names(connection, ids)

    def setting_changes(self) -> list[SettingChange]:
        """Load all changed settings: a few rows, as admins seldom change one."""
        return self._read("setting_changes", lambda: SettingLog(self.connect()).changes())

    def connect(self) -> Engine:
        """Return the engine, which is made at the first call."""
        if self._engine is None:
            with translate_db_errors(self._url):
                self._engine = connect_service(self._url, timeout=self._timeout)
        return self._engine

    def close(self) -> None:
        """Close the connections to the database."""
        if self._engine is not None:
            self._engine.dispose()

    def _read(self, table: str, read: Callable[[], list[Row]]) -> list[Row]:
        """Read a table; a database of an older version that lacks it has no rows."""
        try:
            return read()
        except CatalogueError as error:
            if table not in str(error) or self._has_table(table):
                raise
            return []
        except ValueError as error:
            raise CatalogueError(
                f"catalogue {database_name(self._url)}: expected entries that this version knows, "
                f"got: {error}; a newer version has written them: upgrade and restart the services"
            ) from error

    def _has_table(self, name: str) -> bool:
        with translate_db_errors(self._url):
            return inspect(self.connect()).has_table(name)
