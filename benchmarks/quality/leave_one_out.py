"""Measures how weights transfer: each link set is ranked by weights of the others.

    python -m benchmarks.quality.leave_one_out FOLDER [FOLDER ...] --home DIR [--ablation]

For each set: nDCG@6 of TF-IDF and of weights trained on the other sets. On the newer half also the
same weights fine-tuned on the older half. ``--ablation`` adds the gain of the two pool features
over weights trained without them. Writes leave_one_out.json and a table, leave_one_out.md.
``--record`` stores the means with the default weights, for the algorithm card.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe, write
from benchmarks.quality.default_training import prior_precision, train_default
from benchmarks.sites.datasets import LinkSet, link_set_arguments, read_link_sets
from models.ranker.ranking_metrics import CUT, bootstrap_interval, ndcg
from recommender.evaluation.baselines import rankings_of, tfidf
from recommender.learning import default_weights
from recommender.learning.adapt import ndcg_values
from recommender.learning.examples import from_link
from recommender.learning.train import fine_tune_weights

RESULTS = Path(__file__).parent / "results"

Values = NDArray[np.float64]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one link set; intervals are 95 % bootstrap intervals over the queries."""

    queries: int
    candidate_recall: float
    tfidf: float
    """nDCG@6."""
    transferred: float
    """nDCG@6 of weights trained on the other sets."""
    interval: tuple[float, float]
    ratio: float
    """``transferred / tfidf``."""
    newer_half_ratio: float
    """The same on the newer half of the queries."""
    fine_tuned_ratio: float
    """The same after fine-tuning on the older half."""
    pool_features: tuple[float, float, float] | None = None
    """Gain of the two pool features, relative, with its interval."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every set, and write the figures and the table."""
    parser = link_set_arguments(__doc__)
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    sets = read_link_sets(options)
    measured: dict[str, Measured] = {}
    for one in sets:
        others = [other for other in sets if other is not one]
        measured[one.name] = measure(one, others, ablation=options.ablation)
        print(f"{one.name}: {measured[one.name]}")
    machine = describe("scikit-learn", "numpy", "torch")
    figures: dict[str, Any] = {name: msgspec.to_builtins(one) for name, one in measured.items()}
    write("leave_one_out", {"machine": machine, "sets": figures}, options.results)
    text = table(measured, machine["measured"])
    (options.results / "leave_one_out.md").write_text(text, encoding="utf-8")
    print(text)
    if options.record:
        record(list(measured.values()), machine["measured"])


def record(measured: Sequence[Measured], day: str) -> None:
    """Store the means over the sites in the file of the default weights."""
    file = msgspec.structs.replace(
        default_weights.read_weight_file(),
        held_out=default_weights.HeldOut(
            sites=len(measured),
            queries=sum(one.queries for one in measured),
            ndcg=round(float(np.mean([one.transferred for one in measured])), 3),
            tfidf_ndcg=round(float(np.mean([one.tfidf for one in measured])), 3),
            measured=day,
        ),
    )
    path = Path(default_weights.__file__).parents[1] / default_weights.FILE
    path.write_bytes(msgspec.json.format(msgspec.json.encode(file), indent=1) + b"\n")


def measure(one: LinkSet, others: Sequence[LinkSet], *, ablation: bool = False) -> Measured:
    """Rank one set by weights that were trained on the others."""
    sites = [other.candidates for other in others]
    model = train_default(sites)
    candidates = [query.with_first_pass(model.first_pass) for query in one.candidates]
    half = len(candidates) // 2
    older = [from_link(query) for query in candidates[half:]]
    tuned = fine_tune_weights(model, prior_precision(model, sites), older)
    baseline = _tfidf(one)
    ours, fine_tuned = ndcg_values(model, candidates), ndcg_values(tuned, candidates[:half])
    recall = [np.isin(list(c.query.relevant), c.pool).mean() for c in one.candidates]
    low, high = bootstrap_interval(ours)
    return Measured(
        queries=len(candidates),
        candidate_recall=round(float(np.mean(recall)), 4),
        tfidf=round(float(baseline.mean()), 4),
        transferred=round(float(ours.mean()), 4),
        interval=(round(low, 4), round(high, 4)),
        ratio=_ratio(ours, baseline),
        newer_half_ratio=_ratio(ours[:half], baseline[:half]),
        fine_tuned_ratio=_ratio(fine_tuned, baseline[:half]),
        pool_features=_pool_feature_gain(one, others, ours) if ablation else None,
    )


def _tfidf(one: LinkSet) -> Values:
    """NDCG@6 of the TF-IDF baseline on each query."""
    rankings = rankings_of(one.queries, tfidf(one.as_read), CUT)
    return np.array([ndcg(r, q.relevant) for r, q in zip(rankings, one.queries, strict=True)])


def _ratio(ours: Values, baseline: Values) -> float:
    return round(float(ours.mean() / baseline.mean()), 3)


def _pool_feature_gain(
    one: LinkSet, others: Sequence[LinkSet], ours: Values
) -> tuple[float, float, float]:
    """Compare with weights that were trained without the pool features."""
    model = train_default([other.candidates for other in others], pool_features=False)
    without = ndcg_values(model, [query.with_first_pass(None) for query in one.candidates])
    gain = (ours - without) / without.mean()
    low, high = bootstrap_interval(gain)
    return round(float(gain.mean()), 4), round(low, 4), round(high, 4)


def table(measured: dict[str, Measured], date: str) -> str:
    """Format the figures as Markdown: one row a set, and the mean over the sets."""
    lines = [
        f"Measured {date}. nDCG@6 and its ratio to TF-IDF, with 95 % intervals.",
        "",
        "| set | queries | TF-IDF | transferred | ratio | newer half | tuned | pool features |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in measured.items():
        low, high = one.interval
        lines.append(
            f"| {name} | {one.queries} | {one.tfidf:.3f} | {one.transferred:.3f} [{low:.3f}, "
            f"{high:.3f}] | {one.ratio:.3f} | {one.newer_half_ratio:.3f} | "
            f"{one.fine_tuned_ratio:.3f} | {_gain(one)} |"
        )
    found = list(measured.values())
    names = ("tfidf", "transferred", "ratio", "newer_half_ratio", "fine_tuned_ratio")
    means = [f"{np.mean([getattr(one, name) for one in found]):.3f}" for name in names]
    queries = sum(one.queries for one in found)
    gains = [one.pool_features[0] for one in found if one.pool_features]
    gain = f"{np.mean(gains):+.1%}" if gains else "-"
    lines.append(f"| mean | {queries} | {' | '.join(means)} | {gain} |")
    return "\n".join(lines) + "\n"


def _gain(one: Measured) -> str:
    if one.pool_features is None:
        return "-"
    mean, low, high = one.pool_features
    return f"{mean:+.1%} [{low:+.1%}, {high:+.1%}]"


if __name__ == "__main__":
    main()
