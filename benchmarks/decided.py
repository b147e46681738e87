"""The same site with editors at work: pins and blocks under the pages that are read most."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from benchmarks.synthetic import NOW, TOPIC, identifier
from recommender.database import open_database
from recommender.editors import Editors, Role
from recommender.home import Home
from recommender.schema import decisions
from recommender.settings import load_settings

PAGES = 1_000


def with_editor(home: Path, name: str = "edited") -> Path:
    """Make a home beside another with its snapshots and an editor of its own."""
    own = home.with_name(f"{home.name}-{name}")
    own.mkdir()
    Home(own).snapshots.symlink_to(Home(home).snapshots)
    shutil.copy(Home(home).current, Home(own).current)
    url = load_settings(own, environ={}).catalogue_url
    engine = open_database(url)
    Editors(url, engine).add("ann", Role.EDITOR, "correct horse battery", NOW.timestamp())
    engine.dispose()
    return own


def with_decisions(home: Path, articles: int, page: int) -> Path:
    """Make a home as :func:`with_editor`, with decisions.

    A pin and a block under ``page`` and under each of the most read pages, and one article is
    blocked everywhere.
    """
    own = with_editor(home, "decided")
    rows: list[dict[str, Any]] = [{"kind": "block", "article": "", "pick": identifier(1)}]
    for number in {page, *range(min(PAGES, articles))}:
        near = number // TOPIC * TOPIC + (number + 1) % min(TOPIC, articles)
        far = (number + articles // 3) % articles
        under = {"article": identifier(number)}
        rows.append({"kind": "block", "pick": identifier(near % articles), **under})
        rows.append({"kind": "pin", "pick": identifier(far), "place": 2, **under})
    engine = open_database(load_settings(own, environ={}).catalogue_url)
    with engine.begin() as connection:
        connection.execute(decisions.insert(), [_EMPTY | row for row in rows])
    engine.dispose()
    return own


_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("place", "factor", "starts", "ends", "undoes")),
    "scope": "article",
    "reason": "",
    "author": "ann",
    "created": int(NOW.timestamp()),
}
