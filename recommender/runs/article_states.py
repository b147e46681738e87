"""Whether readers can see an article, and if not why: the sum at the end of an index run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from recommender.articles.article import Article, Status
from recommender.overrides.override import Kind, Override

PUBLIC, EMBARGO, MOVED = "public", "under embargo", "moved to another ID"
BY_EDITORS, BY_CMS, EXPIRED = "withdrawn by editors", "hidden by the CMS", "expired"
COPIES = "hidden as copies"

STATES = (
    PUBLIC, EMBARGO, BY_EDITORS, BY_CMS, COPIES,
    str(Status.DRAFT), str(Status.WITHDRAWN), EXPIRED, MOVED,
)  # fmt: skip
"""All states. The snapshot has the articles of the first five."""


def state_of(article: Article, now: datetime) -> str:
    """Return whether an article is public at ``now``, and if not why. An embargo ends by itself."""
    if article.status is not Status.PUBLISHED:
        return str(article.status)
    if article.expires is not None and article.expires <= now:
        return EXPIRED
    return PUBLIC if article.published <= now else EMBARGO


def with_hidden(
    states: Mapping[str, int],
    shown: Iterable[Article],
    by_cms: Sequence[str],
    copies: Collection[str],
    overrides: Iterable[Override],
    now: datetime,
) -> Counter[str]:
    """Count apart what readers do not see although its record is public.

    Parameters
    ----------
    states : number of articles by :func:`state_of`.
    shown : the articles of the snapshot.
    by_cms : IDs of the public ones that the last push hides.
    copies : IDs of those that are hidden as copies of withdrawn ones.
    overrides : those of editors that are not undone.
    now : time of the run.
    """
    public = {one.id for one in shown if state_of(one, now) == PUBLIC}
    withdrawn = {
        one.article
        for one in overrides
        if one.kind is Kind.WITHDRAW and one.active_at(now.timestamp())
    }
    editors = public & withdrawn
    counted = Counter(states)
    counted[BY_EDITORS], counted[BY_CMS] = len(editors), len(set(by_cms) - editors)
    counted[COPIES] = len(public.intersection(copies) - editors - set(by_cms))
    counted[PUBLIC] -= counted[BY_EDITORS] + counted[BY_CMS] + counted[COPIES]
    return counted
