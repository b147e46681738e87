"""Measures the relevance threshold on archives that join several sites as sections.

    python -m benchmarks.quality.mixed_archives FOLDER FOLDER FOLDER [...] --home DIR

Articles of different sites are unrelated by construction. Each folder is joined with the two that
follow. For several thresholds: the share of related cards from another site (wrong cards), the
share of lists that are filled up, and the cost on each site alone: nDCG@6 with the threshold,
relative to nDCG@6 without. Writes mixed_archives.json and a table, mixed_archives.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from benchmarks.machine import describe, write
from benchmarks.quality.archive_lists import mixture
from benchmarks.sites.datasets import Site, link_set_arguments, linked_corpus, read_site
from models.features.evidence import evidence_of
from models.features.evidence_weights import prior_log_odds
from models.ranker.ranking_metrics import CUT, bootstrap_interval, ndcg
from recommender.evaluation.dataset import RankedQuery
from recommender.evaluation.rank_as_of import AsOfReranker
from recommender.learning.default_weights import default_ranker
from recommender.learning.point_in_time import candidate_features, queries_as_of
from recommender.settings import Ranking

RESULTS = Path(__file__).parent / "results"

MIXED = 3
"""Sites of a mixed archive."""

THRESHOLDS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)
"""Values of ``minimum_relevance``."""

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """Figures of one mixed archive, one value for each threshold."""

    articles: int
    cards: list[int]
    """Related cards of all lists."""
    wrong: list[float]
    """Share of them from another site."""
    filled: list[float]
    """Share of the lists with fewer than six related cards."""


@dataclass(frozen=True, kw_only=True)
class Pure:
    """Figures of one site alone, one value for each threshold."""

    queries: int
    accepted_links: list[float]
    """Share of the editors' links among the candidates that reach the threshold: its recall."""
    ndcg: list[float]
    """nDCG@6 relative to no threshold."""
    interval: tuple[float, float]
    """95 % interval of the same at 0.5."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every mixed archive and every site, and write the figures and the table."""
    parser = link_set_arguments(__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    model = options.embedding_model
    sites = [read_site(folder, options.home, embedding_model=model) for folder in options.folders]
    triples = [[sites[(i + j) % len(sites)] for j in range(MIXED)] for i in range(len(sites))]
    names = ["+".join(site.name for site in triple) for triple in triples]
    mixed = dict(zip(names, Parallel(n_jobs=-1)(map(delayed(mix), triples)), strict=True))
    alone = Parallel(n_jobs=-1)(map(delayed(pure), options.folders, sites))
    sets = {site.name: one for site, one in zip(sites, alone, strict=True) if one is not None}
    text = table(mixed, sets)
    figures: dict[str, Any] = {
        "machine": describe("scikit-learn", "numpy", "torch"),
        "thresholds": THRESHOLDS,
        "mixed": msgspec.to_builtins(mixed),
        "sites": msgspec.to_builtins(sets),
    }
    write("mixed_archives", figures, options.results)
    (options.results / "mixed_archives.md").write_text(text, encoding="utf-8")
    print(text)


def mix(sites: Sequence[Site]) -> Mixed:
    """Join the archives of some sites and count the cards from another site."""
    lists, owner = mixture(sites)
    figures = []
    for threshold in THRESHOLDS:
        least = Ranking(minimum_relevance=threshold).min_evidence
        found = [lists.related(row, least) for row in range(len(owner))]
        wrong = sum(int((owner[rows] != owner[row]).sum()) for row, rows in enumerate(found))
        cards = sum(map(len, found))
        filled = sum(len(rows) < CUT for rows in found) / len(found)
        figures.append((cards, round(wrong / max(cards, 1), 5), round(filled, 4)))
    cards_of, wrong_of, filled_of = (list(column) for column in zip(*figures, strict=True))
    return Mixed(articles=len(owner), cards=cards_of, wrong=wrong_of, filled=filled_of)


def pure(folder: Path, site: Site) -> Pure | None:
    """Measure what the threshold costs on one site; None without links."""
    if not (folder / "links.tsv").is_file():
        return None
    queries, corpus = linked_corpus(folder / "links.tsv", site)
    model = default_ranker()[0]
    rankings = [Ranking(minimum_relevance=threshold) for threshold in THRESHOLDS]
    values = np.zeros((len(queries), len(THRESHOLDS)))
    accepted: list[Values] = []
    for number, (query, view, batch) in enumerate(queries_as_of(corpus, queries)):
        candidates = candidate_features(query, batch, model.first_pass)
        ranked = RankedQuery(candidates, view, batch, model)
        for place, ranking in enumerate(rankings):
            picks = AsOfReranker(corpus.shingles, ranking).picks(ranked, ranking.recency, CUT)
            values[number, place] = ndcg(picks, query.relevant)
        pairs = np.zeros(len(candidates.pool), dtype=np.intp)
        evidence = evidence_of(batch, pairs, candidates.pool, candidates.features).sum(axis=1)
        accepted.append(evidence[candidates.chosen])
    odds = np.concatenate(accepted) + prior_log_odds(corpus.random_similarity)
    default = THRESHOLDS.index(0.5)
    low, high = bootstrap_interval(values[:, default] / values[:, 0].mean())
    return Pure(
        queries=len(queries),
        accepted_links=[round(float((odds >= one.min_evidence).mean()), 4) for one in rankings],
        ndcg=[round(float(value), 4) for value in values.mean(axis=0) / values[:, 0].mean()],
        interval=(round(low, 4), round(high, 4)),
    )


def table(mixed: dict[str, Mixed], sites: dict[str, Pure]) -> str:
    """Format the figures as Markdown: two tables, one row an archive."""
    head = " | ".join(f"{threshold:g}" for threshold in THRESHOLDS)
    rule = "---|" * (len(THRESHOLDS) + 1)
    lines = [f"| related cards from another site | {head} |", f"|{rule}"]
    for name, one in mixed.items():
        cells = [f"{w:.2%} ({f:.0%})" for w, f in zip(one.wrong, one.filled, strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    means = [f"{np.mean([one.wrong[i] for one in mixed.values()]):.2%}" for i in _places()]
    lines += [f"| mean | {' | '.join(means)} |", ""]
    lines += [f"| nDCG@6 (recall of links) | {head} |", f"|{rule}"]
    for name, site in sites.items():
        cells = [f"{n:.3f} ({a:.2f})" for n, a in zip(site.ndcg, site.accepted_links, strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    means = [f"{np.mean([one.ndcg[i] for one in sites.values()]):.4f}" for i in _places()]
    lines.append(f"| mean | {' | '.join(means)} |")
    return "\n".join(lines) + "\n"


def _places() -> range:
    return range(len(THRESHOLDS))


if __name__ == "__main__":
    main()
