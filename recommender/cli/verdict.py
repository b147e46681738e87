"""Formats an evaluation report as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.evaluation.report import (
        Estimate,
        EvaluationReport,
        RankingMetrics,
        Slice,
        Slices,
        WeightTrials,
    )

LARGEST = 6
"""Slices of a kind that get a line; --json has all of them."""

UNNAMED = "(none)"


def as_table(report: EvaluationReport) -> str:
    """Format the metrics of every ranking, of the slices, and of the candidates."""
    blocks = [
        f"{report.queries} articles that link, {report.links} links to find",
        "\n".join(_rankings(report.rankings)),
        "\n".join(_slices(report.slices, list(report.rankings))),
        f"{_candidates(report)}\n{_weights(report.weights)}",
    ]
    return "\n\n".join(blocks)


def _rankings(rankings: Mapping[str, RankingMetrics]) -> Iterator[str]:
    yield f"{'':<20}{'nDCG@6':>22}{'recall@6':>22}{'MRR':>22}"
    for name, metrics in rankings.items():
        estimates = (metrics.ndcg, metrics.recall, metrics.mrr)
        yield f"{name:<20}{''.join(f'{_cell(one):>22}' for one in estimates)}"


def _cell(estimate: Estimate) -> str:
    low, high = estimate.interval
    return f"{estimate.mean:.3f} [{low:.3f}, {high:.3f}]"


def _slices(slices: Slices, rankings: Sequence[str]) -> Iterator[str]:
    kinds = {"section:": slices.section, "language:": slices.language, "linked:": slices.age}
    yield f"{'nDCG@6':<24}{'links':>7}{''.join(f'{name:>19}' for name in rankings)}"
    for kind, found in kinds.items():
        for name, one in list(found.items())[:LARGEST]:
            yield _slice(f"{kind} {name or UNNAMED}", one, rankings)
        if len(found) > LARGEST:
            yield f"and {len(found) - LARGEST} smaller ones (--json)"


def _slice(label: str, one: Slice, rankings: Sequence[str]) -> str:
    cells = "".join(f"{one.rankings[name].ndcg.mean:>19.3f}" for name in rankings)
    return f"{_short(label):<24}{one.links:>7}{cells}"


def _short(text: str, width: int = 23) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _candidates(report: EvaluationReport) -> str:
    sample = report.exhaustive
    return (
        f"candidate recall of editorial links {report.candidate_recall:.1%} "
        f"({report.pool_size:.0f} candidates an article);\n"
        f"in a sample of {sample.queries} articles {sample.candidate_recall:.1%}, where ranking "
        f"all articles has {sample.recall_at_100:.1%} among the best 100"
    )


def _weights(trials: WeightTrials) -> str:
    last = trials.last
    if last is None or last.default_ndcg is None or last.site_ndcg is None:
        return "weights: default (too few earlier links to train site-specific ones)"
    return (
        f"site-specific weights, trained on earlier links, were adopted {trials.adopted} of "
        f"{trials.tried} times; "
        f"last: nDCG@6 {last.site_ndcg:.3f} vs {last.default_ndcg:.3f} default"
    )
