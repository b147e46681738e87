"""Pools and features of articles that were asked about, each as of the moment of the question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.features.corpus import Site, SiteView, view
from models.features.pairwise import Asking, all_pair_features, asking, pool, rivals_of
from models.features.pool_context import Rivals, guessed, with_rivals
from models.ranker.linear_ranker import LinearAffinity
from recommender.learning.queries import DAY, Question

STEPS = 40
"""Times that the weights of words are taken anew over a site's life, and whenever it has doubled:
often enough that they are never older than a fortieth of it, and never from a moment after the
question."""


@dataclass(frozen=True)
class Sheet:
    """A question with its pool, rows (p,), and the features of each candidate, (p, f).

    ``rivals`` are kept where no guess was given: who learns one takes the sheet again by it.
    """

    question: Question
    pool: NDArray[np.int32]
    raw: NDArray[np.float64]
    rivals: Rivals | None = None

    def by(self, guess: LinearAffinity | None) -> Sheet:
        """Take it by another first guess: see :func:`models.features.pool_context.guessed`."""
        if self.rivals is None:
            raise ValueError("got a sheet that was taken by a guess, wanted one without")
        return replace(self, raw=guessed(self.raw, self.rivals, guess))

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """Which candidates editors linked, shape (p,)."""
        return np.isin(self.pool, list(self.question.truth))


def moments(site: Site, asked: Sequence[Question]) -> Iterator[tuple[Question, SiteView, Asking]]:
    """Take the questions from the oldest to the newest, each with the site as it was known then.

    Weights of words and the centre of embeddings come from articles of earlier days, link features
    from what was published before, without the asking article's own links.
    """
    seen: SiteView | None = None
    seen_count = 0
    for question in sorted(asked, key=lambda one: (one.moment, -one.row)):
        moment = question.moment
        known = site.published < moment - moment % DAY
        count = int(known.sum())
        if seen is None or count >= min(seen_count + len(known) / STEPS, 2 * seen_count):
            seen, seen_count = view(site, known), count
        graph = site.graph.as_of(moment, without=question.row)
        yield question, seen, asking(seen, question.row, graph, site.published < moment)


def sheet_of(
    question: Question, seen: SiteView, ask: Asking, guess: LinearAffinity | None
) -> Sheet:
    """Gather a question's pool and take its features."""
    rows = pool(ask, question.candidates)
    rivals = rivals_of(seen, ask, rows, rows)
    raw = with_rivals(all_pair_features(seen, ask, rows, rivals.pooled), rivals, guess)
    return Sheet(question, rows, raw, rivals if guess is None else None)


def sheets(site: Site, asked: Sequence[Question], guess: LinearAffinity | None) -> Iterator[Sheet]:
    """Work the questions off from the oldest to the newest; see :func:`moments`."""
    for question, seen, ask in moments(site, asked):
        yield sheet_of(question, seen, ask, guess)
