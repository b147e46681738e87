"""The way of an article from the catalogue to a snapshot: embed, relate, publish."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from recommender.articles.article import Article, Status
from recommender.articles.boilerplate import strip_boilerplate
from recommender.articles.enrich import enrich
from recommender.articles.keywords import keywords_of
from recommender.articles.links import own_links
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility import kept_hidden
from recommender.embeddings.embed import Report, embed_articles
from recommender.errors import SourceError
from recommender.home import DataDir
from recommender.indexing.build_corpus import build_named_corpus
from recommender.indexing.build_snapshot import build_snapshot
from recommender.indexing.candidates import score_candidates
from recommender.learning.site_weights import weights_for, weights_summary
from recommender.overrides.log import Log
from recommender.reports.snapshot_stats import snapshot_stats
from recommender.settings import Settings
from recommender.snapshots import store


@dataclass(frozen=True)
class Outcome:
    """What came of an index run."""

    snapshot: str
    figures: dict[str, Any]
    kept_hidden: list[str]
    """Ids of articles that content systems hide and whose records are public."""


def index(
    settings: Settings, catalogue: Catalogue, now: datetime, report: Report, *, full: bool = False
) -> Outcome:
    """Embed, relate and publish what the catalogue holds. The caller holds the home's lock."""
    home = DataDir(settings.home)
    started = time.perf_counter()
    catalogue.finish(enrich)
    articles = strip_boilerplate([a for a in catalogue.all() if _may_ever_show(a, now)])
    if not articles:
        raise SourceError(
            f"{settings.home}: no published article to recommend; name a SOURCE that has some"
        )
    embeddings, encoder, embedded = embed_articles(articles, settings, report, full=full)
    links = own_links(articles)
    site, names = build_named_corpus(articles, embeddings, links)
    decisions = Log(settings.catalogue_url, catalogue.engine).standing()
    model, adoption = weights_for(
        home.path, articles, site, links, decisions, now.timestamp(), report, full=full
    )
    report("relating", 0, len(articles))
    related = score_candidates(articles, site, settings.ranking, now, model)
    report("relating", len(articles), len(articles))
    figures = {
        "articles": len(articles),
        "embedded": embedded,
        "stories_told_again": int((np.bincount(related.cluster_id) > 1).sum()),
        "weights": weights_summary(model, adoption),
        "seconds": round(time.perf_counter() - started, 3),
    }
    terms = keywords_of(articles, site.counts, names)
    contents = build_snapshot(articles, related, terms, settings.ranking, encoder, figures)
    manifest = store.publish(
        home,
        contents,
        now,
        lambda made: {"shown": snapshot_stats(made, now.timestamp(), report)},
    )
    store.prune(home, settings.keep_snapshots)
    return Outcome(
        manifest.id, manifest.figures, kept_hidden(catalogue.visibility(), articles, now)
    )


def _may_ever_show(article: Article, now: datetime) -> bool:
    """Tell whether an article is public at ``now`` or will be: an embargo ends by itself."""
    expired = article.expires is not None and article.expires <= now
    return article.status is Status.PUBLISHED and not expired
