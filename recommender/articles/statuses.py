"""Words that content systems have for the status of an article."""

from __future__ import annotations

import re

from recommender.articles.article import Status

_WORDS = {
    # WordPress publishes what is "future" on its date, which is an embargo.
    Status.PUBLISHED: "published, publish, public, future, scheduled, live, online, active, true,"
    " yes, 1",
    # Ghost has sent a newsletter that is on no page.
    Status.DRAFT: "draft, auto draft, pending, pending review, in review, needs review, private,"
    " hidden, unpublished, unlisted, sent, embargo, embargoed, expired, offline, inactive,"
    " deactivated, disabled, false, no, 0",
    # These hide the copies of the article, too.
    Status.WITHDRAWN: "archived, deleted, removed, retracted, revoked, trash, trashed, killed,"
    " spiked, withdrawn",
}

_STATUSES = {word: status for status, words in _WORDS.items() for word in words.split(", ")}


def status_of(word: object) -> Status | None:
    """Return the status that a word means, in any case, with ``_``, ``-`` or a space; else None."""
    return _STATUSES.get(re.sub(r"[\s_-]+", " ", str(word)).strip().casefold())


def hiding_status_of(word: object) -> Status | None:
    """Return the status that a word means if it hides an article, such as "deleted"; else None."""
    status = status_of(word)
    return None if status is Status.PUBLISHED else status
