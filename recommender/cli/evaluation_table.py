"""Format the report of an evaluation as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from recommender.cli.formatting import count
from recommender.evaluation.report import (
    Estimate,
    EvaluationReport,
    RankingMetrics,
    Slice,
    Slices,
    WeightTrials,
)
from recommender.learning.relevance_threshold import ThresholdChoice
from recommender.messages import shortened

MAX_SLICES = 6
"""Slices of a kind that get a line of the table; ``--json`` has all of them."""

UNNAMED = "(none)"
"""Name of a slice without one, such as articles without a section."""


def evaluation_table(report: EvaluationReport) -> str:
    """Format an evaluation report: rankings, slices, candidate recall and weights."""
    unknown, excluded = report.unknown_links, report.excluded_links
    blocks = [
        (
            f"{count(report.queries, 'query', 'queries')} (articles with editorial links), "
            f"{count(report.links, 'link')} to find"
            + (f"; {count(unknown, 'link')} of unknown articles skipped" if unknown else "")
            + (f"\n{excluded}" if excluded else "")
        ),
        "\n".join(_rankings(report.rankings)),
        "\n".join(_slices(report.slices, list(report.rankings))),
        "\n".join(_learned(report)),
    ]
    return "\n\n".join(blocks)


def _rankings(rankings: Mapping[str, RankingMetrics]) -> Iterator[str]:
    yield f"{'':<20}{'nDCG@6':>22}{'recall@6':>22}{'MRR':>22}"
    for name, metrics in rankings.items():
        estimates = (metrics.ndcg, metrics.recall, metrics.mrr)
        yield f"{name:<20}{''.join(f'{_estimate(one):>22}' for one in estimates)}"
    yield "in brackets: 95% bootstrap intervals"


def _estimate(estimate: Estimate) -> str:
    low, high = estimate.interval
    return f"{estimate.mean:.3f} [{low:.3f}, {high:.3f}]"


def _slices(slices: Slices, rankings: Sequence[str]) -> Iterator[str]:
    kinds = {"section:": slices.section, "language:": slices.language, "linked:": slices.age}
    yield f"{'nDCG@6':<24}{'links':>7}{''.join(f'{name:>19}' for name in rankings)}"
    for kind, found in kinds.items():
        for name, one in list(found.items())[:MAX_SLICES]:
            yield _slice(f"{kind} {name or UNNAMED}", one, rankings)
        if len(found) > MAX_SLICES:
            yield f"and {len(found) - MAX_SLICES} smaller ones (--json)"


def _slice(label: str, one: Slice, rankings: Sequence[str]) -> str:
    cells = "".join(f"{one.rankings[name].ndcg.mean:>19.3f}" for name in rankings)
    return f"{shortened(label, 23):<24}{one.links:>7}{cells}"


def _learned(report: EvaluationReport) -> Iterator[str]:
    yield _candidate_recall(report)
    yield _weight_trials(report.weights)
    if report.threshold is not None:
        yield _last_threshold(report.threshold)


def _last_threshold(choice: ThresholdChoice) -> str:
    if not choice.kept:
        return f"Relevance threshold: {choice.value} (too few earlier links to choose one)"
    measured, kept = count(choice.examples, "linking article"), choice.kept[str(choice.value)]
    return (
        f"Relevance threshold: {choice.value} for the last queries "
        f"(keeps {kept:.1%} of nDCG@6 on {measured})"
    )


def _candidate_recall(report: EvaluationReport) -> str:
    sample = report.exhaustive
    return (
        f"candidate recall {report.candidate_recall:.1%} "
        f"({report.pool_size:.0f} candidates per article)\n"
        f"on a sample of {count(sample.queries, 'query', 'queries')}: candidate recall "
        f"{sample.candidate_recall:.1%}, exhaustive search recall@100 {sample.recall_at_100:.1%}"
    )


def _weight_trials(trials: WeightTrials) -> str:
    last = trials.last
    if last is None or last.default_ndcg is None or last.site_ndcg is None:
        return "Ranking weights: default (too few earlier links to train site-specific weights)"
    return (
        f"Ranking weights: site-specific in {trials.adopted} of {trials.tried} training rounds on "
        f"earlier links (last: nDCG@6 {last.site_ndcg:.3f} vs {last.default_ndcg:.3f} default)"
    )
