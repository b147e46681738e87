"""Whether there is anybody who may send something: without an editor nobody has a way in.

Told without what accounts need besides, such as hashing passwords: starting to serve stays cheap.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url, select

from recommender.database import connect, named
from recommender.errors import CatalogueError
from recommender.schema import editors

PATIENCE = 3.0
"""Seconds to wait for the database."""


def anybody(url: str) -> bool:
    """Tell whether there is an editor; where the database is away, there may be."""
    with named(url):
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
            return False
        engine = connect(url, patience=PATIENCE)
    try:
        with named(url), engine.connect() as connection:
            return connection.execute(select(editors.c.name).limit(1)).first() is not None
    except CatalogueError as error:
        return not ("no such table" in str(error) or "does not exist" in str(error))
    finally:
        engine.dispose()
