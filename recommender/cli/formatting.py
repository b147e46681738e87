"""Format weights and snapshot statistics as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from recommender.runs.article_states import BY_CMS, BY_EDITORS, COPIES, PUBLIC, STATES

if TYPE_CHECKING:
    from collections import Counter

    from recommender.articles.flags import Flag
    from recommender.catalogue.languages import LanguageProblems
    from recommender.learning.adapt import AdoptionDecision
    from recommender.learning.relevance_threshold import ThresholdChoice
    from recommender.runs.results import Increment
    from recommender.settings import Ranking
    from recommender.snapshots.manifest import SnapshotStats

MAX_SECTIONS = 5
"""Sections whose fallback rate one line lists."""

MAX_MINUTES = 120
"""Age of a run up to which it is written in minutes."""

NO_STATES: Mapping[str, int] = {}
"""All articles are public."""

UNNAMED = "(none)"
"""Name of a slice without one, such as articles without a section."""


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number and its noun: ``1 article``, ``2 articles``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def flags_lines(flags: Mapping[Flag, int]) -> Iterator[str]:
    """Summarise what an import repaired, and what looks wrong, each in one line."""
    for label, suspicious in (("repaired", False), ("suspicious", True)):
        found = [flag for flag in flags if flag.is_suspicious is suspicious]
        if found:
            found.sort(key=lambda flag: -flags[flag])
            yield f"{label}: {', '.join(f'{flag} ({flags[flag]})' for flag in found)}"


def examples(ids: Sequence[str]) -> str:
    """Write the first three of some IDs."""
    return ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")


def weights_line(decision: AdoptionDecision) -> str:
    """Say in one line which ranking weights are used, and why."""
    from recommender.learning.adapt import MIN_EXAMPLES  # noqa: PLC0415 - numpy only when it is used

    default, site = decision.default_ndcg, decision.site_ndcg
    if default is None or site is None:
        trained = count(decision.examples, "training example")
        need = (
            f"site-specific weights need {MIN_EXAMPLES}"
            if decision.examples < MIN_EXAMPLES
            else "none can be used as a hold-out"
        )
        return f"Ranking weights: default ({trained}; {need})"
    figures = (
        f"nDCG@6 {site:.3f} vs {default:.3f} default; "
        f"hold-out {decision.holdout_size} of {decision.examples} examples"
    )
    if decision.adopted:
        return f"Ranking weights: site-specific ({figures})"
    reason = (
        "site-specific weights are not better"
        if site <= default
        else "the gain of site-specific weights is within its standard error"
    )
    return f"Ranking weights: default ({reason}: {figures})"


def threshold_line(choice: ThresholdChoice) -> str:
    """Say in one line which relevance threshold the run has chosen, and why."""
    from recommender.learning.adapt import MIN_EXAMPLES  # noqa: PLC0415 - numpy only when it is used

    measured = count(choice.examples, "linking article or pin", "linking articles and pins")
    if not choice.kept:
        return f"Relevance threshold: {choice.value} ({measured}; a choice needs {MIN_EXAMPLES})"
    kept = choice.kept[str(choice.value)]
    return f"Relevance threshold: {choice.value} (keeps {kept:.1%} of nDCG@6 on {measured})"


def language_lines(
    languages: Mapping[str, int], problems: LanguageProblems, ranking: Ranking
) -> Iterator[str]:
    """Name the languages that cannot fill a list, and declared ones that are or seem wrong."""
    cards = ranking.cards
    for name, number in languages.items():
        if ranking.language == "same" and number <= cards:
            yield f"language {name}: {count(number, 'article')}, so fewer than {cards} cards"
    for name, number in problems.invalid.items():
        yield (
            f"language {name!r} of {count(number, 'article')} is no BCP 47 tag such as en; "
            "another was detected"
        )
    for (declared, detected), ids in problems.contradicted.items():
        yield (
            f"declared language {declared}, but the text is in {detected}: "
            f"{count(len(ids), 'article')} ({examples(ids)}); "
            "correct the source, or list them with `recommender articles list --suspicious`"
        )


def encoder_line(languages: Mapping[str, int], embedding_model: str) -> str:
    """Say that "auto" chose the multilingual model, or that another setting fits better, else "".

    Parameters
    ----------
    languages : number of articles by language.
    embedding_model : the setting.
    """
    from recommender.embeddings.languages import (  # noqa: PLC0415
        AUTO,
        BUILT_IN_MODELS,
        best_model,
        trained_share,
    )

    best = best_model(languages)
    share = {name: trained_share(model, languages) for name, model in BUILT_IN_MODELS.items()}
    if embedding_model == AUTO and best != "minilm":
        return (
            f"embedding model {best!r}, trained on the language of {share[best]:.0%} of the "
            f"articles ('minilm': {share['minilm']:.0%})"
        )
    if embedding_model not in share or share[embedding_model] >= min(share[best], 0.5):
        return ""
    return (
        f"setting embedding_model: {embedding_model!r} was trained on the language of "
        f"{share[embedding_model]:.0%} of the articles, {best!r} on that of {share[best]:.0%} "
        "(docs/settings.md#embedding-models)"
    )


def stats_lines(stats: SnapshotStats, states: Mapping[str, int] = NO_STATES) -> Iterator[str]:
    """Summarise the statistics of a snapshot in three lines.

    Parameters
    ----------
    states : number of stored articles by state. Statistics include those that editors or the CMS
        have withdrawn, since that may change without an index run.
    """
    recommended = round(stats.catalog_coverage * stats.articles)
    sample = f" (measured on {stats.lists} lists)" if stats.sampled else ""
    top = stats.top_article
    most = f"; the most frequent one in {top.lists} lists ({top.share:.0%})" if top else ""
    withdrawn = sum(states.get(name, 0) for name in (BY_EDITORS, BY_CMS, COPIES))
    included = f", including {withdrawn} withdrawn or hidden," if withdrawn else ""
    yield (
        f"{recommended} of {stats.articles} articles{included} are recommended somewhere"
        f"{sample}{most}"
    )
    recall = stats.candidate_recall
    yield f"fallback rate {stats.fallback_rate:.1%}{_sections(stats)}" + (
        "" if recall is None else f"; candidate recall of editorial links {recall:.1%}"
    )
    facts = [f"median age of the cards {_age(stats)}"]
    if stats.same_section is not None:
        facts.append(f"{stats.same_section:.1%} from the same section as the article")
    facts.append(f"{stats.top_1_percent_share:.1%} of the cards from the top 1% of articles")
    yield "; ".join(facts)


def _sections(stats: SnapshotStats) -> str:
    """List the sections of the highest fallback rates, in brackets."""
    highest = list(stats.fallback_rate_by_section.items())[:MAX_SECTIONS]
    named = ", ".join(f"{section} {rate:.0%}" for section, rate in highest)
    return f" ({named})" if named else ""


def stats_summary(stats: SnapshotStats | None) -> str:
    """Summarise the statistics for a list of snapshots; "" where a snapshot has none."""
    if stats is None:
        return ""
    return (
        f"  coverage {stats.catalog_coverage:.1%}, top-1% share {stats.top_1_percent_share:.1%}, "
        f"median age {_age(stats)}, fallback {stats.fallback_rate:.1%}"
    )


def stats_diff(before: SnapshotStats, after: SnapshotStats) -> Iterator[str]:
    """Compare the statistics of two snapshots, one line each."""
    for name, label in {
        "catalog_coverage": "catalog coverage",
        "top_1_percent_share": "top-1% share of the cards",
        "same_section": "cards of the same section",
        "fallback_rate": "fallback rate",
        "candidate_recall": "candidate recall",
    }.items():
        old, new = (_percent(getattr(stats, name)) for stats in (before, after))
        yield f"  {label:<28}{old:>10} -> {new}"
    yield f"  {'lists with the top article':<28}{_top_share(before):>10} -> {_top_share(after)}"
    yield f"  {'median age of the cards':<28}{_age(before):>10} -> {_age(after)}"


def states_line(states: Counter[str]) -> str:
    """Count the stored articles by state, as a sum; "" where all are public."""
    total = sum(states.values())
    if total == states[PUBLIC]:
        return ""
    parts = [f"{states[name]} {name}" for name in STATES if states[name]]
    return f"{total} in the catalogue = {' + '.join(parts)}"


def increment_line(increment: Increment) -> str:
    """Report what an incremental run has added to the last full run."""
    line = f"incremental run: {count(increment.changed, 'article')} new or changed"
    if increment.gone:
        line += f", {increment.gone} gone"
    minutes = 60 * increment.hours
    age = f"{minutes:.0f} minutes" if minutes < MAX_MINUTES else f"{increment.hours:.0f} hours"
    line += f" since the full run {age} ago"
    if increment.changed:
        line += (
            f"; they enter {count(increment.lists, 'list')}; "
            f"{increment.new_words:.0%} of their words are new"
        )
    return line


def still_withdrawn_line(ids: Sequence[str]) -> str:
    """Report articles that stay hidden although a source lists them as published."""
    one = len(ids) == 1
    return (
        f"{count(len(ids), 'article')} {'remains' if one else 'remain'} withdrawn by the CMS "
        f"although a source lists {'it' if one else 'them'} as published ({examples(ids)}); "
        "to show one again, PUT it or run `recommender articles restore ID`"
    )


def other_articles_line(ids: Sequence[str]) -> str:
    """Report IDs with overrides that a source has given to other articles."""
    one = len(ids) == 1
    return (
        f"{count(len(ids), 'article')} with overrides {'is' if one else 'are'} "
        f"{'another article' if one else 'other articles'} now, with another title, address and "
        f"text ({examples(ids)}); the overrides stay with the {'ID' if one else 'IDs'}: check them "
        "with `recommender override history --article ID`"
    )


def hidden_since_line(number: int) -> str:
    """Report how many articles of an activated snapshot stay hidden."""
    stay = "stays" if number == 1 else "stay"
    return f"{count(number, 'article')} withdrawn after this snapshot was built {stay} hidden"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _top_share(stats: SnapshotStats) -> str:
    return _percent(stats.top_article.share if stats.top_article else None)


def _age(stats: SnapshotStats) -> str:
    days = stats.median_age_days
    return "-" if days is None else count(round(days), "day")
