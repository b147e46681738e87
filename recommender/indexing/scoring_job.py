"""Scores the candidates of a range of articles: the inputs, the work and its result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Codes, Floats, Mask, Positions, Vectors
from models.features.batch import DenseProducts, pair_features, pool_context, query_batch
from models.features.batch_index import BatchIndex
from models.features.candidate_pool import candidate_pools
from models.features.corpus import CorpusView
from models.features.evidence import evidence_of, has_common_topic
from models.features.evidence_weights import EVIDENCE, prior_log_odds
from models.features.feature_names import THEMES, contributions_by_theme
from models.features.link_graph import LinkIndex
from models.features.pool_context import PoolGate, with_gate
from models.ranker.linear_ranker import LinearRanker, Scale, scale_of
from models.rerank.candidate_pruning import undominated
from models.rerank.recency import RecencyDecay
from recommender.indexing.recent import recent_rows
from recommender.serving.scoring import OTHER_LANGUAGE
from recommender.snapshots.parts import MAX_CANDIDATES

BATCH_SIZE = 200
"""Most query articles of a batch."""

MAX_BATCH_CELLS = 6_000_000
"""Most cells of a batch's matrix: 24 MB. Above 32 MB malloc requests memory from the system for
each array, which costs more than larger batches save."""

MIN_MULTIPLIED = 48
"""Fewest query articles of a dense product. It reads the embeddings of all articles. With the 12 of
a batch at 500,000 articles, it mostly waits for the memory. The two products take
400 bytes an article, in each process."""

MAX_EXHAUSTIVE = 2_500
"""Largest number of articles at which all pairs are scored; above, only pools are."""


@dataclass(frozen=True)
class TopCandidates:
    """Candidates of one article, highest relevance first.

    Attributes
    ----------
    rows : shape (c,).
    contributions : shape (c, t), to the relevance score, by theme.
    evidence : shape (c, e), see :mod:`models.features.evidence`.
    scale, gate : what standardizes the features of the article's candidates.
    """

    rows: NDArray[np.int32]
    contributions: Vectors
    evidence: Vectors
    scale: Scale
    gate: PoolGate


class PoolScales(NamedTuple):
    """How the features of q queries are standardized, for articles that come later.

    Attributes
    ----------
    features : arrays of shape (q, f).
    gate : arrays of shape (q,).
    """

    features: Scale
    gate: PoolGate

    @classmethod
    def joined(cls, parts: Sequence[PoolScales]) -> PoolScales:
        """Concatenate the scales of several blocks of queries."""
        features = zip(*(part.features for part in parts), strict=True)
        gates = zip(*(part.gate for part in parts), strict=True)
        return cls(Scale(*map(np.concatenate, features)), PoolGate(*map(np.concatenate, gates)))

    @classmethod
    def of(cls, tops: Sequence[TopCandidates]) -> PoolScales:
        """Stack the scales of some queries."""
        scales, gates = [top.scale for top in tops], [top.gate for top in tops]
        return cls(
            Scale(np.array([one.mean for one in scales]), np.array([one.std for one in scales])),
            PoolGate(
                np.array([one.mean for one in gates]),
                np.array([one.span for one in gates]),
                np.array([one.superseded for one in gates]),
            ),
        )

    def take(self, rows: AnyRows) -> PoolScales:
        """Return the scales of some of the queries; one may be repeated, for several pairs."""
        return PoolScales(
            Scale(*(part[rows] for part in self.features)),
            PoolGate(*(np.asarray(part)[rows] for part in self.gate)),
        )


@dataclass(frozen=True)
class ScoringJob:
    """The inputs of scoring, the same for every article."""

    index: BatchIndex
    links: LinkIndex
    groups: Codes
    """(n,): an article is listed only under those of the same group."""
    preferred: Codes
    """(n,): articles of the same code are preferred to others."""
    recency: Sequence[RecencyDecay]
    """Of each article as the one above the list."""
    recency_from: NDArray[np.int64]
    """(n,): when the recency boost of an article begins to decay."""
    expires: NDArray[np.int64]
    visible: Mask
    """(n,): whether readers can see an article now."""
    listed: Mask
    """(n,): whether an article may be a card; older posts of a series may not."""
    now: float
    model: LinearRanker
    min_evidence: float
    """Least log-odds of a common topic."""

    @property
    def prior(self) -> float:
        """Log-odds of a common topic of a pair without any evidence."""
        return prior_log_odds(self.index.view.corpus.random_similarity)

    def on_topic(self, evidence: Floats) -> Mask:
        """Return which candidates have enough evidence, shape (c, e): bool, shape (c,)."""
        return has_common_topic(evidence, self.prior, self.min_evidence)

    def all_top_candidates(self, rows: range) -> Iterator[TopCandidates]:
        """Score the candidates of consecutive articles in batches, and keep the best."""
        batch = max(min(BATCH_SIZE, MAX_BATCH_CELLS // len(self.groups)), 1)
        together = -(-MIN_MULTIPLIED // batch) * batch  # rounded up to whole batches
        for start in range(rows.start, rows.stop, together):
            group = range(start, min(start + together, rows.stop))
            products = DenseProducts.of(self.index, self.index, np.array(group))
            for first in range(group.start, group.stop, batch):
                last = min(first + batch, group.stop)
                part = products.part(slice(first - start, last - start))
                yield from self._top_candidates(first, last, part)

    def _top_candidates(
        self, first: int, last: int, products: DenseProducts
    ) -> Iterator[TopCandidates]:
        """Score the candidates of the articles from ``first`` to ``last``, and keep the best.

        Kept are the candidates that have a common topic with the article, and that can be among
        the best now or at any later time.
        """
        view = self.index.view
        batch = query_batch(
            self.index,
            np.arange(first, last),
            self.links,
            view.known,
            self.visible,
            products=products,
        )
        allowed = (self.groups[first:last, None] == self.groups) & self.listed
        allowed[np.arange(last - first), batch.rows] = False
        published = view.corpus.published
        recent = recent_rows(published, self.groups, self.preferred, self.now, range(first, last))
        in_pool = candidate_pools(batch, allowed, recent)
        scored = in_pool if len(self.groups) > MAX_EXHAUSTIVE else allowed
        query, rows = np.divmod(np.flatnonzero(scored), len(self.groups))
        pairs, pooled = pair_features(batch, query, rows), in_pool[query, rows]
        evidence = evidence_of(batch, query, rows, pairs)
        starts = np.searchsorted(query, np.arange(last - first + 1))
        for number, (start, end) in enumerate(pairwise(starts.tolist())):
            part = slice(start, end)
            context = pool_context(batch, number, rows[part], pooled[part])
            features, gate = with_gate(pairs[part], context, self.model.first_pass)
            pool = features if pooled[part].all() else features[pooled[part]]
            scale, row = scale_of(pool, self.model.min_scale), int(batch.rows[number])
            yield self._best(row, rows[part], features, evidence[part], scale, gate)

    def _best(
        self,
        row: int,
        rows: Positions,
        features: NDArray[Any],
        evidence: NDArray[Any],
        scale: Scale,
        gate: PoolGate,
    ) -> TopCandidates:
        """Score the candidates of one article, standardised within its pool, and prune them."""
        related = self.on_topic(evidence)
        rows, evidence = rows[related], evidence[related]
        by_feature = self.model.contributions_on(scale, features[related])
        contributions = contributions_by_theme(by_feature, self.model.features)
        fresh_from = self.recency_from[rows]
        penalty = OTHER_LANGUAGE * (self.preferred[rows] != self.preferred[row])
        scores = contributions.sum(axis=1) - penalty  # what a request orders by
        kept = undominated(
            scores, fresh_from, self.expires[rows], self.recency[row], self.now, MAX_CANDIDATES
        )
        return TopCandidates(
            rows[kept].astype(np.int32),
            contributions[kept].astype(np.float32),
            evidence[kept].astype(np.float32),
            scale,
            gate,
        )


def slim_view(view: CorpusView) -> CorpusView:
    """Leave out what no comparison reads of a corpus."""
    nothing = csr_matrix((0, 0))
    corpus, passages = view.corpus, view.passages.passages
    own = replace(passages, titles=nothing, leads=nothing, paragraphs=nothing)
    few = replace(
        view,
        corpus=replace(
            corpus,
            counts=nothing,
            shingles=nothing,
            passages=own,
            embeddings=corpus.embeddings[:0],
        ),
        passages=replace(view.passages, passages=own),
    )
    for name in ("diversity", "diversity_vectors", "unit_diversity_vectors"):
        if name in vars(view):  # cached properties
            vars(few)[name] = getattr(view, name)
    return few


class ScoredBlock(NamedTuple):
    """Lists of consecutive articles, padded to the longest; see :class:`ScoredCandidates`.

    Half-precision numbers take half of the memory that all lists take together.
    """

    candidates: NDArray[np.int32]
    relevance: Vectors
    contributions: NDArray[np.float16]
    evidence: NDArray[np.float16]
    scales: PoolScales


def padded(tops: Sequence[TopCandidates]) -> ScoredBlock:
    """Join the lists of n articles of several lengths, padded to the longest, k."""
    shape = len(tops), max([1, *(len(top.rows) for top in tops)])
    block = ScoredBlock(
        candidates=np.full(shape, -1, dtype=np.int32),
        relevance=np.full(shape, -np.inf, dtype=np.float32),
        contributions=np.zeros((*shape, len(THEMES)), dtype=np.float16),
        evidence=np.zeros((*shape, len(EVIDENCE)), dtype=np.float16),
        scales=PoolScales.of(tops),
    )
    for number, top in enumerate(tops):
        size = len(top.rows)
        block.candidates[number, :size] = top.rows
        block.relevance[number, :size] = top.contributions.sum(axis=1)
        block.contributions[number, :size] = top.contributions
        block.evidence[number, :size] = top.evidence
    return block
