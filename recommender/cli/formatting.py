"""The figures of what a snapshot shows, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recommender.learning.adapt import AdoptionDecision

Shown = dict[str, Any]


def stats_lines(shown: Shown) -> Iterator[str]:
    """Tell the figures in two lines."""
    of = f" (a sample of {shown['lists']} lists)" if shown["sampled"] else ""
    most = shown["most_shown"]
    peak = f"; the most shown stands in {most['share']:.1%} of the lists" if most else ""
    yield (
        f"cards cover {shown['coverage']:.1%} of {shown['articles']} articles{of}{peak}; "
        f"the top 1% take {shown['top_1_percent']:.1%} of the cards"
    )
    facts = [f"median age of a card {_age(shown)}"]
    if shown["same_section"] is not None:
        facts.append(f"{shown['same_section']:.1%} from the article's section")
    facts.append(f"{shown['filled_up']:.1%} of the lists filled up with the latest")
    if shown["links_in_candidates"] is not None:
        facts.append(f"{shown['links_in_candidates']:.1%} of own links among the candidates")
    yield "; ".join(facts)


def kept_hidden_line(ids: Sequence[str]) -> str:
    """Tell which articles stay hidden though their records have them as published."""
    named = ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
    articles = "1 article" if len(ids) == 1 else f"{len(ids)} articles"
    return (
        f"kept hidden: {articles} that a content system withdrew and the sources have as published "
        f"({named}); PUT again, or run `recommender articles restore ID`"
    )


def stats_summary(shown: Shown | None) -> str:
    """Tell the figures in a few words; nothing of a snapshot that has none."""
    if shown is None:
        return ""
    return (
        f"  covers {shown['coverage']:.1%}, top 1% {shown['top_1_percent']:.1%}, "
        f"age {_age(shown)}, filled up {shown['filled_up']:.1%}"
    )


def stats_diff(before: Shown, after: Shown) -> Iterator[str]:
    """Tell the figures of two snapshots, a line each."""
    yield f"  {'articles covered':<28}{before['coverage']:>10.1%} -> {after['coverage']:.1%}"
    for name, says in {
        "top_1_percent": "cards of the top 1%",
        "same_section": "cards from the same section",
        "filled_up": "lists filled up",
        "links_in_candidates": "own links among candidates",
    }.items():
        yield f"  {says:<28}{_percent(before[name]):>10} -> {_percent(after[name])}"
    yield f"  {'most shown, of the lists':<28}{_most(before):>10} -> {_most(after)}"
    yield f"  {'median age of the cards':<28}{_age(before):>10} -> {_age(after)}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _most(shown: Shown) -> str:
    return _percent(shown["most_shown"] and shown["most_shown"]["share"])


def _age(shown: Shown) -> str:
    days = shown["median_age_days"]
    return "-" if days is None else f"{days:.0f} d"


def weights_line(decision: AdoptionDecision) -> str:
    """Tell in one line whether site weights were adopted, and why."""
    name = "site-specific" if decision.adopted else "default"
    if decision.default_ndcg is None or decision.site_ndcg is None:
        return f"weights: {name} ({decision.reason})"
    return (
        f"weights: {name}, {decision.reason} (nDCG@6 {decision.site_ndcg:.3f} vs "
        f"{decision.default_ndcg:.3f} default; hold-out {decision.holdout_size} of "
        f"{decision.examples} examples)"
    )
