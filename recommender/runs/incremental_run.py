"""An incremental run: embed and score what has changed, and publish a delta."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from models.arrays import Vectors
from recommender.about.card import count_overrides
from recommender.articles.article import Article
from recommender.catalogue.languages import LanguageProblems
from recommender.catalogue.visibility import kept_hidden
from recommender.embeddings.embed import embed_articles
from recommender.incremental.build_delta import build_delta
from recommender.incremental.fitted_state import folder_of
from recommender.incremental.later_articles import later_article, prepared
from recommender.incremental.later_lists import Later
from recommender.incremental.later_scores import BaseLists, score_later
from recommender.incremental.plan import IncrementalPlan
from recommender.incremental.sealed_file import load_sealed, save_sealed
from recommender.overrides.log import Log
from recommender.reports.publish_checks import problems_of_delta
from recommender.runs.results import Increment, IndexFigures, IndexResult, Run
from recommender.snapshots.manifest import SnapshotStats
from recommender.snapshots.parts import array
from recommender.snapshots.snapshot import Snapshot

MAX_LOADED = 500
"""Later articles that ``index --watch`` keeps in memory."""


def incremental_run(run: Run, plan: IncrementalPlan, problems: LanguageProblems) -> IndexResult:
    """Publish a delta of everything that has changed since the last full run.

    What was scored by an earlier run is read from the folder of the fitted state.
    """
    articles = [prepared(article, plan.state) for article in plan.later]
    run.report("preparing articles", len(articles), None)
    known = (plan.state.encoder, plan.state.view.embeddings.shape[1])
    embeddings, _, computed = embed_articles(
        articles, run.settings, run.report, encoder=run.encoder, known=known
    )
    later = _scored(run, plan, articles, embeddings)
    figures = _figures(run, plan, later, computed)
    contents = build_delta(
        plan, later, run.settings.site_url, run.now, msgspec.to_builtins(figures)
    )
    manifest = run.publish(
        contents,
        lambda snapshot: _stats(snapshot, plan),
        lambda new, _: _problems(run, plan, new),
        plan.base.manifest,
    )
    return IndexResult(
        snapshot=manifest.id,
        figures=figures,
        stats=manifest.stats,
        kept_hidden=kept_hidden(run.catalogue.visibility(), plan.later, run.now),
        states=Counter(),
        language_problems=problems,
        increment=Increment(
            changed=len(later),
            gone=len(plan.gone),
            lists=len(contents.arrays["added_rows"]),
            new_words=float(np.mean([one.article.new_words for one in later] or [0.0])),
            hours=(run.now.timestamp() - plan.state.fitted_at) / 3600,
        ),
    )


def _problems(run: Run, plan: IncrementalPlan, new: Snapshot) -> list[str]:
    before = run.current() or plan.base
    return problems_of_delta(before, new, run.options.reading, run.settings.publish)


def _scored(
    run: Run,
    plan: IncrementalPlan,
    articles: Sequence[Article],
    embeddings: Vectors,
) -> list[Later]:
    """Compare each later article with the archive, unless an earlier run has done so."""
    folder, found = folder_of(run.settings.data_dir), []
    run.report("scoring later articles", 0, len(articles))
    for article, embedding in zip(articles, embeddings, strict=True):
        path = folder / f"{_key(article, embedding)}.joblib"
        found.append(_load(path) or _score(article, embedding, plan, path))
        run.report("scoring later articles", len(found), len(articles))
    return found


def _score(article: Article, embedding: Vectors, plan: IncrementalPlan, path: Path) -> Later:
    own = later_article(article, embedding, plan.state)
    base = plan.base
    lists = BaseLists(array(base.folder, "candidates"), array(base.folder, "relevance"))
    ids = (article.id, *(article.formerly or ()))
    own_rows = [row for one in ids if (row := base.own_row(one)) is not None]
    later = Later(own, score_later(own, own_rows, plan.state, lists))
    save_sealed(path, later)
    return later


def _key(article: Article, embedding: Vectors) -> str:
    content = msgspec.json.encode(article) + embedding.tobytes()
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _load(path: Path) -> Later | None:
    """Read what an earlier run has computed; None without it."""
    return _loaded(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=MAX_LOADED)
def _loaded(path: Path, modified: int) -> Later | None:  # noqa: ARG001 - part of the key
    later = load_sealed(path)
    return later if isinstance(later, Later) else None


def _figures(
    run: Run, plan: IncrementalPlan, later: Sequence[Later], computed: int
) -> IndexFigures:
    """Return the figures of the full run, with what this run has changed."""
    fitted = msgspec.convert(plan.base.manifest.figures, IndexFigures)
    ids = {one.article.article.id for one in later} | plan.gone
    ids |= {former for one in later for former in one.article.article.formerly or ()}
    removed = {row for one in ids if (row := plan.base.own_row(one)) is not None}
    return msgspec.structs.replace(
        fitted,
        articles=fitted.articles + len(later) - len(removed),
        embeddings_computed=computed,
        overrides=count_overrides(
            Log(run.settings.catalogue_url, run.catalogue.engine).active(), run.now.timestamp()
        ),
        seconds=round(time.perf_counter() - run.started, 3),
    )


def _stats(snapshot: Snapshot, plan: IncrementalPlan) -> SnapshotStats:
    """Return the statistics of the full run: only that computes all lists."""
    stats = plan.base.manifest.stats
    assert stats is not None, "a published base has statistics"
    return msgspec.structs.replace(stats, articles=snapshot.manifest.articles)
