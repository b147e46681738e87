"""The weights in force at a site: the shipped ones, or its own, learned now or some time ago."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from models.features.corpus import Site
from models.people import Affinity, in_force
from models.ranker.linear_ranker import LinearAffinity
from recommender.articles.article import Article
from recommender.articles.links import Link
from recommender.embeddings.embed import Report
from recommender.home import replace_atomically
from recommender.learning.adapt import FEWEST, Adoption, adapted, too_few
from recommender.learning.default_weights import shipped
from recommender.learning.examples import (
    Lesson,
    decision_questions,
    from_decision,
    from_link,
    teaching,
)
from recommender.learning.point_in_time import sheets
from recommender.learning.queries import questions
from recommender.overrides.override import Decision

FILE = "weights.json"
"""In the home folder: can be deleted at any time, the next index run learns anew."""

GROWTH = 1.1
"""Lessons are gone through again when there are a tenth more or less: an index run stays quick."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the file."""

    beside: list[float]
    """The shipped weights and guess that these were learned from; with others they are learned
    anew."""
    asked: int
    """Articles that link, pins and blocks there were to learn from."""
    weights: dict[str, float]
    bends: dict[str, float]
    """By feature; none where nothing was adopted."""
    adoption: Adoption


def weights_for(
    folder: Path,
    articles: Sequence[Article],
    site: Site,
    links: Sequence[Link],
    decisions: Sequence[Decision],
    now: float,
    report: Report,
    *,
    full: bool = False,
) -> tuple[Affinity, Adoption]:
    """Tell the affinity for an index run: by kept weights, or by new ones where enough is new.

    ``folder``: the home. ``now``: seconds since 1970 UTC. ``full`` learns whatever is kept.
    """
    model, prior = shipped()
    linking = questions(articles, links)
    linked = teaching(linking)
    decided = decision_questions(articles, decisions)
    asked = len(linked) + len(decided)
    told = len(linking) + len(decided)  # round-ups teach nothing, but here somebody links
    if asked < FEWEST:
        return in_force(model, told, len(articles)), too_few(asked)
    kept = None if full else _read(folder / FILE)
    if kept and _holds(kept, model, asked):
        return in_force(_with(model, kept), told, len(articles)), kept.adoption
    by_question = {id(question): decision for question, decision in decided}
    lessons: list[Lesson] = []
    report("learning", 0, asked)
    for sheet in sheets(site, [*linked, *(question for question, _ in decided)], model.first_guess):
        decision = by_question.get(id(sheet.question))
        taught = from_decision(sheet, decision, model, now) if decision else from_link(sheet)
        lessons.append(taught)
        report("learning", len(lessons), asked)
    own, adoption = adapted(model, prior, lessons)
    _keep(folder / FILE, model, own, adoption, asked)
    return in_force(own, told, len(articles)), adoption


def described(model: Affinity, adoption: Adoption) -> dict[str, Any]:
    """Tell weights, where they came from and how far people have a say, as a manifest does."""
    links = model.links
    weights, bends = (
        {name: round(weight, 4) for name, weight in part.items()} for part in _named(links)
    )
    told: dict[str, Any] = msgspec.to_builtins(adoption)
    return told | {"weights": weights, "bends": bends, "people": round(model.people, 2)}


def _named(model: LinearAffinity) -> tuple[dict[str, float], dict[str, float]]:
    """Give weights and bends by name; without bends the second is empty."""
    bends = zip(model.features, model.bends, strict=True) if model.bends else ()
    return dict(zip(model.names, model.weights, strict=True)), dict(bends)


def _holds(kept: Kept, model: LinearAffinity, asked: int) -> bool:
    """Tell whether nothing is to be learned anew.

    Adopted weights without a gain and its error are of an older rule, by the newest fifth alone.
    """
    by_rule = not kept.adoption.adopted or None not in {kept.adoption.gain, kept.adoption.error}
    return (
        by_rule
        and kept.beside == [*model.weights, *model.guess]
        and _about_as_many(kept.asked, asked)
    )


def _about_as_many(before: int, now: int) -> bool:
    return before <= GROWTH * now and now < GROWTH * max(before, 1)


def _with(model: LinearAffinity, kept: Kept) -> LinearAffinity:
    weights = tuple(kept.weights[name] for name in model.names)
    bends = tuple(kept.bends[name] for name in model.features) if kept.bends else ()
    return replace(model, weights=weights, bends=bends)


def _read(path: Path) -> Kept | None:
    """Read what an earlier run kept; a broken file is no loss."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None


def _keep(
    path: Path, model: LinearAffinity, own: LinearAffinity, adoption: Adoption, asked: int
) -> None:
    weights, bends = _named(own)
    kept = Kept(
        beside=[*model.weights, *model.guess],
        asked=asked,
        weights=weights,
        bends=bends,
        adoption=adoption,
    )
    replace_atomically(path, msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
