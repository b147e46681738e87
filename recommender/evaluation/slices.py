"""Where a ranking finds links and where it does not: by section, language, age of the link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from recommender.ages import SPANS, span
from recommender.articles.article import Article, primary_language
from recommender.learning.queries import EvaluationQuery, figures

Picks = Mapping[str, Sequence[Sequence[int]]]
"""The picks of every ranking by its name, those of a question at its place."""


def slices(
    articles: Sequence[Article], asked: Sequence[EvaluationQuery], picks: Picks
) -> dict[str, Any]:
    """Take the figures of every ranking for parts of the questions.

    By section and language of the asking article; by age, at the moment of asking, of the article
    linked to: there the other links of a question are no truth, so that the figures say how well
    links of that age are found.
    """

    def section(question: EvaluationQuery) -> dict[str, frozenset[int]]:
        return {articles[question.row].section: question.relevant}

    def language(question: EvaluationQuery) -> dict[str, frozenset[int]]:
        return {primary_language(articles[question.row].language): question.relevant}

    def age(question: EvaluationQuery) -> dict[str, frozenset[int]]:
        asks = articles[question.row].published.timestamp()
        parts: dict[str, set[int]] = {name: set() for name in SPANS}
        for row in question.relevant:
            parts[span(asks - articles[row].published.timestamp())].add(row)
        return {name: frozenset(truth) for name, truth in parts.items()}

    by_age = _parts(asked, picks, age)
    return {
        "section": _largest_first(_parts(asked, picks, section)),
        "language": _largest_first(_parts(asked, picks, language)),
        "age": {name: by_age[name] for name in SPANS if name in by_age},
    }


def _parts(
    asked: Sequence[EvaluationQuery],
    picks: Picks,
    split: Callable[[EvaluationQuery], Mapping[str, frozenset[int]]],
) -> dict[str, Any]:
    """Split every question's truth into named parts, and take the figures of each part."""
    places: dict[str, list[int]] = {}
    parts: dict[str, list[EvaluationQuery]] = {}
    for place, question in enumerate(asked):
        for name, truth in split(question).items():
            if truth:
                places.setdefault(name, []).append(place)
                part = replace(question, relevant=truth)
                parts.setdefault(name, []).append(part)
    return {
        name: {
            "questions": len(part),
            "links": sum(len(question.relevant) for question in part),
            "rankings": {
                ranking: figures(part, [chosen[place] for place in places[name]])
                for ranking, chosen in picks.items()
            },
        }
        for name, part in parts.items()
    }


def _largest_first(parts: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(parts.items(), key=lambda part: -part[1]["questions"]))
