"""Builds the contents of a delta: later articles, the lists that they enter, and removals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Positions
from models.features.evidence_weights import EVIDENCE
from models.features.feature_names import THEMES
from models.rerank.rerank import quantize
from recommender.articles.article import Article
from recommender.articles.links import link_keys
from recommender.incremental.copies import entries_of_copies
from recommender.incremental.fitted_state import FittedState
from recommender.incremental.later_lists import Later, LaterBatch, later_clusters, later_lists
from recommender.incremental.later_scores import Additions, LaterScores
from recommender.incremental.plan import IncrementalPlan
from recommender.incremental.superseded import NEWEST_THEME, Supersession
from recommender.indexing.article_arrays import (
    article_arrays,
    article_blobs,
    encoded_keywords,
)
from recommender.indexing.scoring_job import TopCandidates, padded
from recommender.indexing.versions import (
    Arrays,
    OtherId,
    Versions,
    other_ids,
    other_ids_arrays,
)
from recommender.language_tags import language_and_script
from recommender.names import one_spelling
from recommender.snapshots.contents import SnapshotContents
from recommender.snapshots.snapshot import Snapshot
from recommender.urls import url_key


def build_delta(
    plan: IncrementalPlan,
    later: Sequence[Later],
    site_url: str,
    now: datetime,
    figures: Mapping[str, Any],
) -> SnapshotContents:
    """Put the arrays, blobs and labels of a delta together.

    Parameters
    ----------
    later : the m later articles of the plan, whose base has n articles.
    site_url : setting of the site, for the cards.
    now : time of the index run.
    figures : what the run measured, for the manifest.
    """
    state, base = plan.state, plan.base
    articles = [one.article.article for one in later]
    own_sections = one_spelling([a.section for a in articles], base.sections)
    sections, section = _codes(base.sections, own_sections)
    languages, language = _codes(
        base.languages, [language_and_script(a.language) for a in articles]
    )
    rows = article_arrays(articles, state.ranking, now, dict(state.series))
    removals = _removals(articles, plan)
    others = [
        *_former_ids(articles, plan),
        *entries_of_copies(later, removals, plan),
    ]
    keywords = encoded_keywords(articles, (one.article.keywords for one in later))
    return SnapshotContents(
        arrays={
            **removals,
            **rows,
            "section": section,
            "language": language,
            **_links(articles, plan),
            **_lists(later, rows["recency_from"], removals["removed"], plan, now),
            **other_ids_arrays(others),
        },
        blobs=article_blobs(articles, keywords, others, state.ranking, site_url),
        labels={"sections": sections, "languages": languages, "features": base.features},
        ranking=state.ranking,
        encoder=state.encoder,
        figures=figures,
    )


def _codes(known: Sequence[str], values: Sequence[str]) -> tuple[list[str], NDArray[np.int32]]:
    """Replace names by codes; new names follow the known ones."""
    codes = {name: code for code, name in enumerate(known)}
    found = [codes.setdefault(value, len(codes)) for value in values]
    return list(codes), np.array(found, dtype=np.int32)


def _lists(
    later: Sequence[Later],
    recency_from: NDArray[np.int64],
    removed: NDArray[np.int32],
    plan: IncrementalPlan,
    now: datetime,
) -> Arrays:
    """Score later articles among themselves, and lay out all lists and clusters."""
    state = plan.state
    if not later:
        width = state.view.diversity.components.shape[1]
        return _padded([]) | {
            "diversity_vectors": np.zeros((0, width), dtype=np.int8),
            "cluster_id": np.zeros(0, dtype=np.int32),
            "no_copy_ones": np.zeros(0, dtype=np.int32),
            "no_copy_others": np.zeros(0, dtype=np.int32),
            **_additions([], removed, np.zeros((0, 0)), state),
        }
    block = LaterBatch.of(later, recency_from, state, now.timestamp())
    clusters = later_clusters(block, plan)
    ones, others = clusters.non_copies
    return _padded(later_lists(block, removed, plan)) | {
        "diversity_vectors": quantize(block.batch.index.view.diversity_vectors),
        "cluster_id": clusters.cluster_id,
        "no_copy_ones": ones,
        "no_copy_others": others,
        **_additions([one.scores for one in later], removed, block.cubes, state),
    }


def _padded(lists: Sequence[TopCandidates]) -> Arrays:
    block = padded(lists)
    return {
        "candidates": block.candidates,
        "relevance": block.relevance,
        "contributions": block.contributions,
        "evidence": block.evidence,
    }


def _additions(
    scores: Sequence[LaterScores], removed: NDArray[np.int32], cubes: Floats, state: FittedState
) -> Arrays:
    """Group what lists of the base gain by list, greatest relevance first."""
    found = [one.additions.without(removed) for one in scores]
    lists = np.concatenate([np.zeros(0, dtype=np.intp), *(one.rows for one in found)])
    later = np.repeat(np.arange(len(found)), [len(one.rows) for one in found])
    contributions = np.vstack(
        [np.zeros((0, len(THEMES)), dtype=np.float32), *(one.contributions for one in found)]
    )
    contributions[:, NEWEST_THEME] += _losses(found, lists, later, cubes)
    evidence = [np.zeros((0, len(EVIDENCE)), dtype=np.float32), *(one.evidence for one in found)]
    relevance = contributions.sum(axis=1)
    order = np.lexsort((later, -relevance, lists))
    rows, starts = np.unique(lists[order], return_index=True)
    return {
        "added_rows": rows.astype(np.int32),
        "added_starts": np.append(starts, len(lists)).astype(np.int64),
        "added_candidates": (later[order] + state.size).astype(np.int32),
        "added_relevance": relevance[order].astype(np.float32),
        "added_contributions": contributions[order].astype(np.float16),
        "added_evidence": np.vstack(evidence)[order].astype(np.float16),
    }


def _losses(
    additions: Sequence[Additions], lists: Positions, later: Positions, cubes: Floats
) -> Floats:
    """Return what later articles lose to newer ones in the same list: shape (a,)."""
    supersession = Supersession.joined([one.supersession for one in additions])
    losses = np.zeros(len(lists))
    order = np.argsort(lists, kind="stable")
    _, starts = np.unique(lists[order], return_index=True)
    for own in np.split(order, starts[1:]) if len(order) else ():
        if len(own) > 1:
            losses[own] = supersession.take(own).losses(later[own], cubes)
    return losses


def _former_ids(articles: Sequence[Article], plan: IncrementalPlan) -> list[OtherId]:
    """Name the former IDs and addresses of later articles."""
    own = {a.id for a in articles}
    former = [(url, i) for url, i in plan.former_urls.items() if i in own]
    former += _addresses_left(articles, plan.base)
    versions = replace(Versions.none(len(articles)), former_urls=former)
    return [one._replace(row=plan.state.size + one.row) for one in other_ids(articles, versions)]


def _addresses_left(articles: Sequence[Article], base: Snapshot) -> list[tuple[str, str]]:
    """Return the addresses of the records of former IDs, with the present IDs."""
    rows = [(base.own_row(former), a.id) for a in articles for former in a.formerly or ()]
    urls = [(base.card(row)["url"], present) for row, present in rows if row is not None]
    return [(key, present) for url, present in urls if (key := url_key(url))]


def _removals(articles: Sequence[Article], plan: IncrementalPlan) -> Arrays:
    """List the rows of the base whose articles have changed, have another ID, or are gone."""
    base, replaced = plan.base, dict[int, int]()
    for identifier in plan.gone:
        if (row := base.own_row(identifier)) is not None:
            replaced[row] = -1
    for position, article in enumerate(articles):
        for identifier in (article.id, *(article.formerly or ())):
            if (row := base.own_row(identifier)) is not None:
                replaced[row] = plan.state.size + position
    rows = sorted(replaced)
    return {
        "removed": np.array(rows, dtype=np.int32),
        "replaced_by": np.array([replaced[row] for row in rows], dtype=np.int32),
    }


def _links(articles: Sequence[Article], plan: IncrementalPlan) -> Arrays:
    """Resolve the links of later articles to rows: what an article has, then what it had before."""
    size, base = plan.state.size, plan.base
    ids = {a.id: size + row for row, a in enumerate(articles)}
    present = {key: ids[a.id] for a in articles if (key := url_key(a.url))} | ids
    former = {one: ids[a.id] for a in articles for one in a.formerly or ()}
    former |= {key: ids[one] for key, one in plan.former_urls.items() if one in ids}

    def row_of(key: str) -> int | None:
        found = (present.get(key), base.own_row(key), *base.rows_at(key)[:1])
        left = (former.get(key), base.row(key))
        return next((row for row in (*found, *left) if row is not None), None)

    def target(link: str, article: Article) -> int | None:
        rows = map(row_of, link_keys(link, article))
        return next((row for row in rows if row is not None), None)

    found = {(ids[a.id], target(link, a)): None for a in articles for link in a.links}
    pairs = [(row, other) for row, other in found if other is not None and other != row]
    sources, targets = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    return {"link_sources": sources, "link_targets": targets}
