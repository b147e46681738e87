"""Metrics by section, by language and by age of the linked article."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from recommender.articles.article import Article
from recommender.dates import AGE_GROUPS, age_group
from recommender.evaluation.report import Slice, Slices, measure
from recommender.language_tags import primary_language
from recommender.learning.queries import EvaluationQuery

Rankings = Mapping[str, Sequence[Sequence[int]]]
"""By name of a ranking: the ranked rows of each query, in the order of the queries."""


def slices(
    articles: Sequence[Article], queries: Sequence[EvaluationQuery], rankings: Rankings
) -> Slices:
    """Measure every ranking on parts of the queries.

    By section and language a query belongs to the slice of its article. By age a query is divided:
    in each slice only the linked articles of that age count as relevant.
    """

    def section(query: EvaluationQuery) -> dict[str, frozenset[int]]:
        return {articles[query.row].section: query.relevant}

    def language(query: EvaluationQuery) -> dict[str, frozenset[int]]:
        return {primary_language(articles[query.row].language): query.relevant}

    def age(query: EvaluationQuery) -> dict[str, frozenset[int]]:
        published = articles[query.row].published.timestamp()
        parts: dict[str, set[int]] = {name: set() for name in AGE_GROUPS}
        for row in query.relevant:
            parts[age_group(published - articles[row].published.timestamp())].add(row)
        return {name: frozenset(rows) for name, rows in parts.items()}

    by_age = _slices_by(queries, rankings, age)
    return Slices(
        section=_largest_first(_slices_by(queries, rankings, section)),
        language=_largest_first(_slices_by(queries, rankings, language)),
        age={name: by_age[name] for name in AGE_GROUPS if name in by_age},
    )


def _slices_by(
    queries: Sequence[EvaluationQuery],
    rankings: Rankings,
    split: Callable[[EvaluationQuery], Mapping[str, frozenset[int]]],
) -> dict[str, Slice]:
    """Divide the relevant rows of each query into named slices and measure each slice."""
    positions: dict[str, list[int]] = {}
    parts: dict[str, list[EvaluationQuery]] = {}
    for position, query in enumerate(queries):
        for name, relevant in split(query).items():
            if relevant:
                positions.setdefault(name, []).append(position)
                parts.setdefault(name, []).append(replace(query, relevant=relevant))
    return {
        name: Slice(
            queries=len(part),
            links=sum(len(query.relevant) for query in part),
            rankings={
                ranking: measure(part, [rows[position] for position in positions[name]])
                for ranking, rows in rankings.items()
            },
        )
        for name, part in parts.items()
    }


def _largest_first(parts: dict[str, Slice]) -> dict[str, Slice]:
    return dict(sorted(parts.items(), key=lambda part: -part[1].queries))
