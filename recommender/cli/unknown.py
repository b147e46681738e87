"""Messages about an ID or a name that is unknown: its state, or the closest known one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from recommender.dates import from_epoch, write_date
from recommender.errors import ArticleNotFoundError, CatalogueError
from recommender.names import name_key
from recommender.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from recommender.overrides.override import Override
    from recommender.snapshots.snapshot import Snapshot

CUTOFF = 0.75
"""Least similarity of a suggestion, from 0 to 1."""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return a question with the closest known text; "" where none is close.

    Texts of a very different length are not compared: of 100,000 IDs that would take seconds.
    """
    near = [one for one in known if abs(len(one) - len(given)) <= max(len(given) // 4, 2)]
    found = get_close_matches(given, near, n=1, cutoff=CUTOFF)
    return f"did you mean {found[0]!r}?" if found else ""


def not_indexed(article: str, settings: Settings, now: datetime) -> ArticleNotFoundError:
    """Explain why the current snapshot lacks an article."""
    from recommender.catalogue.database import open_database  # noqa: PLC0415 - SQLAlchemy when used
    from recommender.catalogue.store import Catalogue  # noqa: PLC0415
    from recommender.serving.why_hidden import reasons_hidden  # noqa: PLC0415

    url = settings.catalogue_url
    try:
        with closing(Catalogue(url, open_database(url, create=False))) as catalogue:
            stored = catalogue.get(article)
            ids = () if stored else catalogue.shown_ids()
    except CatalogueError:
        stored, ids = None, ()
    if stored is not None:
        reasons = reasons_hidden(stored, now, (), indexed=False)
        return ArticleNotFoundError(f"article {article!r} has no cards: {'; '.join(reasons)}")
    hint = did_you_mean(article, ids) or "`recommender articles list` has all"
    return ArticleNotFoundError(
        f"article: expected an ID of the catalogue, got {article!r}; {hint}"
    )


def state_in(snapshot: Snapshot, row: int, now: float) -> str:
    """Say why an article of a snapshot is not public at ``now`` (seconds since 1970 UTC)."""
    published, expires = snapshot.published.item(row), snapshot.expires.item(row)
    if published > now:
        return f"is under embargo until {write_date(from_epoch(published))}"
    if expires <= now:
        return f"expired at {write_date(from_epoch(expires))}"
    return "is withdrawn"


def unknown_name_lines(engine: Engine, entries: Iterable[Override]) -> Iterator[str]:
    """Warn of overrides for a section, tag or author that no article has, maybe misspelt."""
    from recommender.overrides.facets import names  # noqa: PLC0415 - SQLAlchemy when used
    from recommender.overrides.override import Kind, Scope  # noqa: PLC0415

    for entry in entries:
        if entry.scope is Scope.ARTICLE or entry.kind is Kind.UNDO:
            continue
        known = {name_key(name): name for name in names(engine, entry.scope)}
        if name_key(entry.pick) not in known:
            hint = did_you_mean(entry.pick, known.values()) or "it applies to later articles"
            yield f"warning: no article has the {entry.scope} {entry.pick!r}; {hint}"
