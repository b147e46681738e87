"""Messages about an ID or a name that is unknown: its state, or the closest known one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from recommender.dates import from_epoch, write_date
from recommender.errors import ArticleNotFoundError, CatalogueError
from recommender.names import name_key
from recommender.settings import Settings
from recommender.urls import url_key

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from recommender.catalogue.store import Catalogue
    from recommender.overrides.override import Override
    from recommender.snapshots.snapshot import Snapshot

ALL_IDS = "`recommender articles list` has all"
"""The hint where no known ID is close."""

CUTOFF = 0.75
"""Least similarity of a suggestion, from 0 to 1."""


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return a question with the closest known text; "" where none is close.

    Texts of a very different length are not compared: of 100,000 IDs that would take seconds.
    """
    near = [one for one in known if abs(len(one) - len(given)) <= max(len(given) // 4, 2)]
    found = get_close_matches(given, near, n=1, cutoff=CUTOFF)
    return f"did you mean {found[0]!r}?" if found else ""


def closest_id(given: str, settings: Settings) -> str:
    """Return a hint for an ID that is not in the catalogue: its article by URL, or a similar ID."""
    from recommender.catalogue.store import existing_catalogue  # noqa: PLC0415 - SQLAlchemy when used

    try:
        with existing_catalogue(settings.catalogue_url) as catalogue:
            return _hint(given, catalogue)
    except CatalogueError:
        return ALL_IDS


def _hint(given: str, catalogue: Catalogue) -> str:
    if "://" in given:
        key = url_key(given)
        found = next((one.id for one in catalogue.all() if one.url and url_key(one.url) == key), "")
        return f"that is the URL of {found!r}" if found else ALL_IDS
    return did_you_mean(given, catalogue.shown_ids()) or ALL_IDS


def not_indexed(
    article: str, settings: Settings, now: datetime, effect: str = "has no cards"
) -> ArticleNotFoundError:
    """Explain why the current snapshot lacks an article, and what follows from that."""
    from recommender.catalogue.store import existing_catalogue  # noqa: PLC0415 - SQLAlchemy when used
    from recommender.serving.why_hidden import reasons_hidden  # noqa: PLC0415

    try:
        with existing_catalogue(settings.catalogue_url) as catalogue:
            stored = catalogue.get(article)
            hint = "" if stored else _hint(article, catalogue)
    except CatalogueError:
        stored, hint = None, ALL_IDS
    if stored is not None:
        reasons = reasons_hidden(stored, now, (), indexed=False)
        return ArticleNotFoundError(f"article {article!r} {effect}: {'; '.join(reasons)}")
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
