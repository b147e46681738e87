"""A ranking that leaves nobody out: the definition, as plainly as it can be written.

Every article is scored under every other, by features taken with all; nothing is kept ahead.
Features are standardised within a pool, so an affinity is that of its pool:
``candidate_pool`` ranks all its
members. ``every`` ranks all articles of the language, those outside the pool by the pool's scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_sites import RealSite
from models.features.corpus import Corpus, corpus_as_of
from models.features.pairwise import candidate_pool, features, query_context
from models.ranker.linear_ranker import LinearRanker
from models.rerank.candidate_pruning import dominated_by
from models.rerank.recency import RecencyDecay
from models.rerank.rerank import SHORTLIST, VECTOR_SCALE
from recommender.articles.article import primary_language
from recommender.articles.links import own_links
from recommender.indexing.build_corpus import build_corpus, expiry_times
from recommender.snapshots.snapshot import Snapshot

CARDS = 6


@dataclass(frozen=True)
class Scores:
    """Affinity of every article under every other, (n, n), -inf for itself and other languages.

    ``pooled``: whether it is a member of the pool, (n, n).
    """

    relevance: NDArray[np.float32]
    pooled: NDArray[np.bool_]


def numbers_of(site: RealSite) -> Corpus:
    """Turn a site into numbers as an index run does."""
    return build_corpus(site.articles, site.embeddings, own_links(site.articles))


def scores_of(site: RealSite, moment: int, model: LinearRanker) -> Scores:
    """Score everything under everything, as of an index run at a moment."""
    articles, size = site.articles, len(site.articles)
    numbers = numbers_of(site)
    everybody = np.ones(size, dtype=bool)
    seen = corpus_as_of(numbers, everybody)
    language = np.array([primary_language(article.language) for article in articles])
    upcoming = numbers.published > moment
    out = ~upcoming & (moment < expiry_times(articles))
    affinity = np.full((size, size), -np.inf, dtype=np.float32)
    pooled = np.zeros((size, size), dtype=bool)
    for row in range(size):
        graph = numbers.graph.as_of(np.iinfo(np.int64).max, without=row)
        asked = query_context(seen, row, graph, everybody, out)
        allowed = np.flatnonzero((language == language[row]) & (np.arange(size) != row))
        members = candidate_pool(asked, allowed.astype(np.int32), int(upcoming[allowed].sum()))
        pooled[row, members] = True
        raw = features(seen, asked, allowed.astype(np.int32), members, model.first_pass)
        affinity[row, allowed] = _affinity(model, raw, raw[pooled[row, allowed]])
    return Scores(affinity, pooled)


def _affinity(model: LinearRanker, raw: Any, members: Any) -> Any:
    """Weigh features, standardised by the mean and deviation of the pool's members."""
    if len(members) == 0:
        return np.zeros(len(raw))
    deviation = np.sqrt(members.var(axis=0) + np.square(model.min_scale) + 1e-12)
    scaled = (raw - members.mean(axis=0)) / deviation
    return scaled @ np.array(model.weights)


def plain(
    snapshot: Snapshot, scores: Scores, row: int, now: float, whom: Literal["pool", "every"]
) -> list[int]:
    """Rank everybody who may be shown at a moment; the rows of the six cards."""
    public = (snapshot.published <= now) & (now < snapshot.expires)
    public &= snapshot.language == snapshot.language[row]
    allowed = public & np.isfinite(scores.relevance[row])
    if whom == "pool":
        allowed &= scores.pooled[row]
    rows = np.flatnonzero(allowed)
    setting = snapshot.manifest.ranking.recency_of(snapshot.sections[snapshot.section[row]])
    age = (now - snapshot.published[rows]) / 86_400
    affinity = scores.relevance[row, rows].astype(np.float64)
    score = affinity + setting.boost * 0.5 ** (age / setting.half_life_days)
    order = np.lexsort((rows, -affinity, -score))
    told = {int(snapshot.cluster_id[row])}
    shortlist: list[tuple[int, float]] = []
    for place in order:
        if (story := int(snapshot.cluster_id[rows[place]])) not in told:
            told.add(story)
            shortlist.append((int(rows[place]), float(score[place])))
            if len(shortlist) == SHORTLIST:
                break
    chosen = _diverse(snapshot, shortlist)
    newest = [next(int(v) for v in snapshot.duplicates_of(one) if public[v]) for one in chosen]
    return _filled(snapshot, row, newest, public)


def _diverse(snapshot: Snapshot, shortlist: list[tuple[int, float]]) -> list[int]:
    """Take the best three, then one by one, each less what it tells of those taken; best first.

    Nobody is taken who is further below the sixth than seven tenths of the way between both.
    """
    weight = snapshot.manifest.ranking.diversity_penalty
    if shortlist:
        first, last = shortlist[0][1], shortlist[min(CARDS, len(shortlist)) - 1][1]
        reach = last - 0.7 * (first - last)
        shortlist = [(row, value) for row, value in shortlist if value >= reach]
    vectors = {row: snapshot.diversity_vectors[row].astype(np.float64) for row, _ in shortlist}
    alike, left, chosen = dict.fromkeys(vectors, 0.0), dict(shortlist), []
    while left and len(chosen) < CARDS:
        taken = max(len(chosen), 1)
        counts = weight if taken >= CARDS // 2 else 0.0
        best = max(left, key=lambda row: left[row] - counts * alike[row] / taken)
        chosen.append(best)
        del left[best]
        for row in left:
            alike[row] += vectors[row] @ vectors[best] / VECTOR_SCALE**2
    return [row for row, _ in shortlist if row in chosen]


def _filled(snapshot: Snapshot, row: int, chosen: list[int], public: Any) -> list[int]:
    """Fill up with the latest of the section and of the site, each story once."""
    told = {int(snapshot.cluster_id[one]) for one in [row, *chosen]}
    section = np.flatnonzero(public & (snapshot.section == snapshot.section[row]))
    for one in [*section, *np.flatnonzero(public)]:
        if len(chosen) == CARDS:
            break
        if int(snapshot.cluster_id[one]) not in told:
            told.add(int(snapshot.cluster_id[one]))
            chosen.append(int(one))
    return chosen


def beaten_at_least(snapshot: Snapshot, scores: Scores, moment: int) -> int | None:
    """Count by how many those of a pool that were not kept are beaten, at the least."""
    least: int | None = None
    for row in range(len(snapshot)):
        members = np.flatnonzero(scores.pooled[row])
        members = members[np.argsort(-scores.relevance[row, members], kind="stable")]
        left = ~np.isin(members, snapshot.candidates[row])
        if left.any():
            setting = snapshot.manifest.ranking.recency_of(snapshot.sections[snapshot.section[row]])
            beaten = dominated_by(
                scores.relevance[row, members].astype(np.float64),
                snapshot.published[members],
                snapshot.expires[members],
                RecencyDecay(setting.boost, setting.half_life_days),
                moment,
            )
            fewest = int(beaten[left].min())
            least = fewest if least is None else min(least, fewest)
    return least
