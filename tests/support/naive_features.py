"""Features of one query article, computed one by one by their definitions.

The tests compare :mod:`models.features.batch` with these.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize

from models.arrays import AnyRows, Floats, Mask, Rows
from models.features.batch import MAX_ZSCORE, MIN_BACKGROUND_STD
from models.features.candidate_pool import (
    BY_EMBEDDING,
    BY_LINKS,
    BY_TEXT,
    COCITATION_WEIGHT,
    newest_slice,
)
from models.features.corpus import CorpusView
from models.features.feature_names import PAIR_FEATURES
from models.features.link_graph import PRIOR, STEP_WEIGHTS, WALK_STARTS, LinkGraph
from models.features.pool_context import PoolContext, with_pool_features
from models.features.time_distance import time_features
from models.features.title_coverage import WeightedPassages
from models.features.word_walk import log_probability
from models.ranker.linear_ranker import LinearRanker


@dataclass(frozen=True)
class NaiveQuery:
    """One query compared with all n articles: cosines, walk probabilities and link features."""

    row: int
    tfidf: Floats
    term_walk: Floats
    embedding: Floats
    links: dict[str, Floats]
    graph: LinkGraph
    visible: Mask


def naive_query(
    view: CorpusView, row: int, graph: LinkGraph, known: Mask, visible: Mask | None = None
) -> NaiveQuery:
    """Compare an article with all articles, without its own links."""
    graph = without_links_of(graph, row)
    tfidf = np.asarray((view.tfidf @ view.tfidf[row].T).todense(), dtype=np.float64).ravel()
    similarity = np.where(known, tfidf, 0.0)
    similarity[row] = 0.0
    transitions = normalize(view.corpus.counts, norm="l1") @ diags(view.weights.term_inverse_count)
    return NaiveQuery(
        row=row,
        tfidf=tfidf,
        term_walk=term_walk(transitions, view.corpus.counts > 0, row),
        embedding=(view.embeddings @ view.embeddings[row]).astype(np.float64),
        links=link_features(graph, similarity, view.corpus.published),
        graph=graph,
        visible=known if visible is None else visible,
    )


def without_links_of(graph: LinkGraph, row: int) -> LinkGraph:
    """Remove the outgoing links of an article."""
    keep = graph.sources != row
    return LinkGraph(graph.sources[keep], graph.targets[keep], graph.known_at[keep], graph.size)


def term_walk(transitions: csr_matrix, present: csr_matrix, row: int) -> Floats:
    """Return the probability of a walk from an article to each: (n,)."""
    probabilities = present.astype(np.float64) @ transitions[row].T
    return np.asarray(probabilities.todense(), dtype=np.float64).ravel()


def link_features(graph: LinkGraph, similarity: Floats, published: AnyRows) -> dict[str, Floats]:
    """Compute the link features of all candidates, each of shape (n,)."""
    incoming = np.bincount(graph.targets, minlength=graph.size)
    linking = np.sort(published[np.unique(graph.sources)])
    since = len(linking) - np.searchsorted(linking, published, side="right")
    squared = similarity**2
    cocitation = np.bincount(graph.targets, weights=squared[graph.sources], minlength=graph.size)
    return {
        "inlink_rate_log": np.log((incoming + 0.5) / (since + PRIOR)),
        "cocitation_tfidf": cocitation.astype(np.float64),
        "link_graph_walk": _walk(graph, squared),
        "outlink_count_log": np.log1p(np.bincount(graph.sources, minlength=graph.size)),
    }


def _walk(graph: LinkGraph, squared: Floats) -> Floats:
    at = squared.copy()
    if np.count_nonzero(at) > WALK_STARTS:
        at[at < np.partition(at, -WALK_STARTS)[-WALK_STARTS]] = 0
    at /= at.sum() + 1e-9
    both = links_both_ways(graph).toarray()
    degree, total = np.maximum(both.sum(axis=1), 1), np.zeros(graph.size)
    for weight in STEP_WEIGHTS:
        at = both @ (at / degree)
        total += weight * at
    return np.sqrt(total)


def links_both_ways(graph: LinkGraph) -> csr_matrix:
    """Count the links between each two articles: (n, n)."""
    ends = np.concatenate([graph.sources, graph.targets])
    others = np.concatenate([graph.targets, graph.sources])
    shape = (graph.size, graph.size)
    return csr_matrix((np.ones(len(ends)), (ends, others)), shape=shape)


def links_between(graph: LinkGraph, candidates: AnyRows, pool: AnyRows) -> csr_matrix:
    """Return the links between candidates and pool, in shares of those of a member: (c, p)."""
    both = links_both_ways(graph).toarray()
    degree = np.maximum(both.sum(axis=0), 1)
    return csr_matrix(both[np.ix_(candidates, pool)] / degree[pool])


def coverage_features(weighted: WeightedPassages, row: int, candidates: Rows) -> dict[str, Floats]:
    """Compute the title and lead features of candidates, each of shape (c,)."""
    passages = weighted.passages
    own = slice(passages.starts[row], passages.starts[row + 1])
    stems = passages.bodies[row]
    walk = passages.titles[candidates] @ stems.multiply(weighted.inverse_count).T
    in_title = (weighted.titles[candidates] @ passages.paragraphs[own].T).toarray()
    in_lead = (weighted.leads[candidates] @ weighted.paragraphs[own].T).toarray()
    probability = np.asarray(walk.todense()).ravel() / max(stems.nnz, 1)
    covered = in_title.max(axis=1, initial=0)
    return {
        "title_term_walk": log_probability(probability),
        "title_coverage_best_paragraph": covered / weighted.title_weight[candidates],
        "lead_cosine_best_paragraph": in_lead.max(axis=1, initial=0),
    }


def candidate_pool(query: NaiveQuery, allowed: Rows, embargoed: int = 0) -> Rows:
    """Generate the candidates of a query."""
    links = query.links["link_graph_walk"] + COCITATION_WEIGHT * query.links["cocitation_tfidf"]
    sources = (query.tfidf, BY_TEXT), (query.embedding, BY_EMBEDDING), (links, BY_LINKS)
    best = [
        allowed[np.argsort(-scores[allowed].astype(np.float32), kind="stable")[:count]]
        for scores, count in sources
    ]
    best[-1] = best[-1][links[best[-1]] > 0]
    return np.unique(np.concatenate([*best, allowed[newest_slice(embargoed)]]))


def pair_features(view: CorpusView, query: NaiveQuery, candidates: Rows) -> Floats:
    """Compute the features of pairs: (c, len(PAIR_FEATURES))."""
    std = view.background.std[candidates] + MIN_BACKGROUND_STD
    zscores = (query.tfidf[candidates] - view.background.mean[candidates]) / std
    zscores = np.minimum(zscores, MAX_ZSCORE)
    tags = (view.tags[candidates] @ view.tags[query.row].T).todense()
    columns = {
        "tfidf_cosine_zscore": zscores,
        "tfidf_zscore_by_length": zscores * view.relative_length[candidates],
        "rare_term_walk": log_probability(query.term_walk[candidates]),
        "embedding_cosine": query.embedding[candidates],
        "tag_cosine": np.asarray(tags).ravel(),
        **coverage_features(view.passages, query.row, candidates),
        **{name: values[candidates] for name, values in query.links.items()},
        **time_features(
            candidates - query.row,
            view.corpus.published[candidates] - view.corpus.published[query.row],
        ),
    }
    return np.column_stack([columns[name] for name in PAIR_FEATURES])


def all_features(
    view: CorpusView, query: NaiveQuery, candidates: Rows, pool: Rows, first_pass: LinearRanker
) -> Floats:
    """Compute all features of candidates: (c, len(FEATURES))."""
    pairs = pair_features(view, query, candidates)
    return with_pool_features(pairs, pool_context(view, query, candidates, pool), first_pass)


def pool_context(view: CorpusView, query: NaiveQuery, candidates: Rows, pool: Rows) -> PoolContext:
    """Relate candidates to the pool, ascending rows."""
    return PoolContext(
        rows=candidates,
        in_pool=np.isin(candidates, pool),
        links=links_between(query.graph, candidates, np.sort(pool)),
        vectors=view.unit_diversity_vectors,
        published=view.corpus.published,
        visible=query.visible,
    )
