"""Trains the weights of the evidence for a common topic, models/features/evidence_weights.py.

    python -m benchmarks.quality.train_evidence FOLDER FOLDER FOLDER [...] --home DIR

The model is a logistic regression. A pair has a common topic if an editor linked it and the ranking
places it among the first six, or if a judge found it at least related. It has none if it is a card
from another site, or if a judge found it unrelated. Each site, each mixture and each judged
archive counts the same. The weight of the subject is not trained: a dozen archives are too few. The
intercept is moved by hand afterwards, so that the sites keep 99 % of their nDCG@6.

The judge was a language model that read title and beginning of both articles, but no score
(judged_cards.tsv: 2 on topic, 1 related, 0 unrelated). The figures for an archive come from the
shipped weights, and from weights trained without its labels. Writes train_evidence.json.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.machine import describe, write
from benchmarks.quality.archive_lists import archive_lists, mixture
from benchmarks.quality.mixed_archives import MIXED, RESULTS
from benchmarks.sites.datasets import Site, link_set_arguments, linked_corpus, read_site
from models.features.evidence import WEIGHTS, evidence_of
from models.features.evidence_weights import EVIDENCE, INTERCEPT, SUBJECT_WEIGHT
from models.ranker.ranking_metrics import CUT
from recommender.evaluation.dataset import RankedQuery
from recommender.evaluation.rank_as_of import AsOfReranker
from recommender.learning.default_weights import default_ranker
from recommender.learning.point_in_time import candidate_features, queries_as_of
from recommender.settings import Ranking

LABELS = Path(__file__).parent / "judged_cards.tsv"

THRESHOLDS = (0.5, 0.7, 0.9)
"""Probabilities for which the figures are given."""

Values = NDArray[np.float64]


class Examples(NamedTuple):
    """m pairs of one source.

    Attributes
    ----------
    features : shape (m, 6): those of the evidence, and the random similarity of the archive.
    related : bool, shape (m,), whether a pair has a common topic.
    """

    features: Values
    related: NDArray[np.bool_]


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on all folders, print the weights and write the figures."""
    parser = link_set_arguments(__doc__)
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    model, folders = options.embedding_model, options.folders
    sites = [read_site(folder, options.home, embedding_model=model) for folder in folders]
    labels, parallel = read_labels(options.labels), Parallel(n_jobs=-1)
    paths = [folder / "links.tsv" for folder in folders]
    linked = [(path, site) for path, site in zip(paths, sites, strict=True) if path.is_file()]
    triples = [[linked[(i + j) % len(linked)][1] for j in range(MIXED)] for i in range(len(linked))]
    sources = parallel(delayed(editors_links)(path, site) for path, site in linked)
    sources += parallel(delayed(other_sites)(triple) for triple in triples)
    names = [site.name for site in sites if site.name in labels]
    judged = parallel(delayed(judged_cards)(s, labels[s.name]) for s in sites if s.name in labels)
    weights = train([*sources, *judged])
    present = np.array([*WEIGHTS, SUBJECT_WEIGHT, INTERCEPT])
    shift = np.array([*np.zeros(len(WEIGHTS) + 1), INTERCEPT - weights[-1]])
    figures = {}
    for place, name in enumerate(names):
        others = [*sources, *judged[:place], *judged[place + 1 :]]
        figures[name] = {
            "shipped weights": on_judged(present, judged[place]),
            "trained without it": on_judged(train(others) + shift, judged[place]),
        }
    named = dict(zip((*EVIDENCE, "subject", "intercept"), weights.round(2).tolist(), strict=True))
    machine = describe("scikit-learn", "numpy", "torch")
    write(
        "train_evidence",
        {"machine": machine, "weights": named, "thresholds": THRESHOLDS, "judged": figures},
        options.results,
    )
    print(named)
    for name, found in figures.items():
        print(name, found)


def read_labels(path: Path) -> dict[str, dict[str, dict[str, bool]]]:
    """Read the judged cards: by archive and article, whether each card is related."""
    found: dict[str, dict[str, dict[str, bool]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            cards = found.setdefault(row["archive"], {}).setdefault(row["article"], {})
            cards[row["card"]] = row["label"] != "0"
    return found


def editors_links(path: Path, site: Site) -> Examples:
    """Return the links of a site that the ranking places among the first six."""
    queries, corpus = linked_corpus(path, site)
    model, ranking = default_ranker()[0], Ranking(minimum_relevance=0)
    reranker, found = AsOfReranker(corpus.shingles, ranking), [np.zeros((0, len(EVIDENCE)))]
    for query, view, batch in queries_as_of(corpus, queries):
        pairs = candidate_features(query, batch, model.first_pass)
        picks = reranker.picks(RankedQuery(pairs, view, batch, model), ranking.recency, CUT)
        kept = np.isin(pairs.pool, [row for row in picks if row in query.relevant])
        first = np.zeros(int(kept.sum()), dtype=np.intp)
        found.append(evidence_of(batch, first, pairs.pool[kept], pairs.features[kept]) / WEIGHTS)
    return _examples(np.vstack(found), corpus.random_similarity, related=True)


def other_sites(sites: Sequence[Site]) -> Examples:
    """Return the cards from another site under the articles of a mixed archive."""
    lists, owner = mixture(sites)
    found = [np.zeros((0, len(EVIDENCE)))]
    for row in range(len(owner)):
        wrong = [card for card in lists.related(row) if owner[card] != owner[row]]
        found.append(lists.features(row, wrong))
    return _examples(np.vstack(found), lists.random_similarity, related=False)


def judged_cards(site: Site, labels: dict[str, dict[str, bool]]) -> Examples:
    """Return the judged cards of an archive that are candidates there."""
    lists = archive_lists(site.articles, site.embeddings, site.encoder)
    rows = {article.id: row for row, article in enumerate(site.articles)}
    features, related = [np.zeros((0, len(EVIDENCE)))], []
    for identifier, cards in labels.items():
        for card, is_related in cards.items():
            pair = lists.features(rows[identifier], [rows[card]])
            features.append(pair)
            related += [is_related] * len(pair)
    found = _examples(np.vstack(features), lists.random_similarity, related=True)
    return found._replace(related=np.array(related, dtype=bool))


def _examples(features: Values, random_similarity: float, *, related: bool) -> Examples:
    subject = np.full(len(features), random_similarity)
    return Examples(np.column_stack([features, subject]), np.full(len(features), related))


def train(sources: Sequence[Examples]) -> Values:
    """Fit the regression with :data:`SUBJECT_WEIGHT`: five weights, the sixth and the intercept."""
    sources = [source for source in sources if len(source.related)]
    share = np.concatenate([np.full(len(one.related), 1 / len(one.related)) for one in sources])
    features = np.vstack([source.features for source in sources])
    sign = np.where(np.concatenate([source.related for source in sources]), 1, -1)
    scale = features.std(axis=0)[:-1] + 1e-9
    inputs = np.column_stack([features[:, :-1] / scale, np.ones(len(features))])

    def loss(values: Values) -> float:
        log_odds = inputs @ values + SUBJECT_WEIGHT * features[:, -1]
        return float(share @ np.logaddexp(0, -sign * log_odds))

    found = minimize(loss, np.zeros(inputs.shape[1])).x
    return np.array([*(found[:-1] / scale), SUBJECT_WEIGHT, found[-1]])


def on_judged(weights: Values, examples: Examples) -> dict[str, Any]:
    """Return what a threshold accepts of the judged cards of an archive, one value a threshold."""
    log_odds, related = examples.features @ weights[:-1] + weights[-1], examples.related
    accepted = [log_odds >= np.log(share / (1 - share)) for share in THRESHOLDS]
    kept = [(one & related).sum() / max(int(related.sum()), 1) for one in accepted]
    return {
        "cards": [int(one.sum()) for one in accepted],
        "unrelated": [int((one & ~related).sum()) for one in accepted],
        "related that are kept": [round(float(share), 3) for share in kept],
    }


if __name__ == "__main__":
    main()
