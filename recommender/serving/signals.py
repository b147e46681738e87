"""Texts of the signals: the parts of a score, as the manifest and the requests name them."""

from __future__ import annotations

from typing import NamedTuple

from recommender.messages import gettext_noop


class SignalTexts(NamedTuple):
    """The texts of one signal. Both compare a candidate with other candidates."""

    negative: str
    """For a contribution below 0: below that of the average candidate."""
    comparative: str
    """What a runner-up has less of than the lowest-scoring related card."""


SIGNALS = {
    "text": SignalTexts(gettext_noop("less similar text than other candidates"), "text similarity"),
    "semantic": SignalTexts(
        gettext_noop("less close in meaning than other candidates"), "semantic similarity"
    ),
    "title match": SignalTexts(
        gettext_noop("its title and lead are hardly covered in this article"), "title match"
    ),
    "tags": SignalTexts(gettext_noop("fewer tags in common than other candidates"), "shared tags"),
    "links": SignalTexts(gettext_noop("less close by links than other candidates"), "links"),
    "date distance": SignalTexts(
        gettext_noop("a worse publication date than other candidates"), "publication date"
    ),
    "newest on topic": SignalTexts(
        gettext_noop("superseded by newer articles on this topic"), "newest on topic"
    ),
    "freshness": SignalTexts(gettext_noop("old"), "freshness"),
    "boost": SignalTexts(gettext_noop("lowered by an editor"), "boost by editors"),
}
"""By signal: the themes of the ranker's features, and what requests add to the score."""


def comparative(signal: str) -> str:
    """Return the noun of a signal for runners-up; the signal itself if it has no texts."""
    texts = SIGNALS.get(signal)
    return signal if texts is None else texts.comparative
