"""Reads the articles of the catalogue as the models get them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from models.storage import Storage
from recommender.articles.article import Article
from recommender.articles.boilerplate import find_boilerplate, without_boilerplate
from recommender.articles.languages import languages_with_scripts
from recommender.catalogue.store import Catalogue
from recommender.errors import SourceError
from recommender.indexing.stored_articles import StoredArticles
from recommender.runs.article_states import EMBARGO, MOVED, PUBLIC, state_of
from recommender.settings import Settings
from recommender.urls import url_key


class CatalogueArticles(NamedTuple):
    """The articles of the catalogue, newest first."""

    texts: StoredArticles
    """Those that are or will be public, with their bodies."""
    hidden: StoredArticles
    """Drafts, withdrawn and expired articles, and former texts of withdrawn ones. They are compared
    with the others to find copies."""
    states: Counter[str]
    """Number of all by state."""
    boilerplate: frozenset[str]
    """Sentences that articles repeat; ``texts`` has none of them."""
    scripts: Mapping[str, str]
    """Of short texts, see :func:`recommender.articles.languages.languages_with_scripts`."""
    former_urls: dict[str, str]
    """Present ID by normalised address that an article had before."""

    @property
    def shown(self) -> list[Article]:
        """The articles of ``texts`` with a hash in place of the body."""
        return self.texts.without_text


def read_catalogue(
    settings: Settings, catalogue: Catalogue, now: datetime, storage: Storage
) -> CatalogueArticles:
    """Read all articles, without the records of former IDs: these have another record now."""
    stored = StoredArticles(catalogue.each(), storage)
    records = stored.without_text
    moved = {former: record.id for record in records for former in record.formerly or ()}
    states = [MOVED if record.id in moved else state_of(record, now) for record in records]
    shown = stored.take([row for row, one in enumerate(states) if one in (PUBLIC, EMBARGO)])
    repeated = find_boilerplate(shown)
    texts = StoredArticles((without_boilerplate(one, repeated) for one in shown), storage)
    languages, scripts = languages_with_scripts(texts)
    if not texts:
        raise SourceError(
            f"{settings.home}: expected at least one published article, got none; "
            "name a SOURCE that has some"
        )
    others = [row for row, one in enumerate(states) if one not in (PUBLIC, EMBARGO, MOVED)]
    hidden = StoredArticles(chain(stored.take(others), catalogue.former_texts()), storage)
    left = [(url_key(r.url), moved[r.id]) for r in records if r.id in moved and r.url]
    former_urls = {key: identifier for key, identifier in left if key} | catalogue.former_urls()
    shown = texts.with_languages(languages)
    return CatalogueArticles(shown, hidden, Counter(states), repeated, scripts, former_urls)
