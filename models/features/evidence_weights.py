"""The weights of the evidence for a common topic: a logistic regression on five features.

Positive examples are links by editors of ten sites that rank among the first six, and cards that a
judge found related. Negative examples are cards from another site in joined archives, and cards
that the judge found unrelated. ``benchmarks.quality.train_evidence`` trains the weights, and
``benchmarks.quality.mixed_archives`` measures them. These were trained on eight judged archives;
with the ninth, which was labelled later, the regression gives slightly different ones.
"""

from __future__ import annotations

EVIDENCE = ("semantic", "text", "title", "tags", "links")
"""Names of the kinds of evidence, in the order of the arrays that hold them."""

INTERCEPT = -7.0
"""Log-odds of a pair without any evidence in an archive on all subjects. The regression gives -7.6.
With -7.0 the ten sites keep 99 % of their nDCG@6 at even odds."""

SUBJECT_WEIGHT = 7.0
"""For the median similarity of two random articles of the archive. It is .14 to .37 on sites of
general news and up to .45 on a site about one subject, where any two articles have more in common.
Set by hand: a trained one was 14, and archives that were left out then lost related cards."""

SEMANTIC_WEIGHT = 8.1
"""For the cosine of the embeddings, see :mod:`models.dense.unrelated`."""

TEXT_WEIGHT = 0.69
"""For the z-score of the TF-IDF cosine among those of random articles of the archive: the smaller
of the two that a pair has."""

TEXT_RANGE = (-1.0, 4.0)
"""Limits of the z-score. Greater values only say how much text is identical."""

TITLE_WEIGHT = 1.5
"""For the share of the candidate's title that one paragraph of the article covers, from 0 to 1."""

TAG_WEIGHT = 0.55
"""For the log rarity of the rarest shared tag, ``log(n / df)``."""

MAX_RARITY = 3.0
"""Largest log rarity of a tag, or of a word in a small archive: one of 20 articles. Greater rarity
is no stronger evidence. So a single shared word is not enough where cosines are no evidence. It
also scales the deviation of what long texts share by chance."""

LINK_WEIGHT = 6.9
"""For ``link_graph_walk``: how likely a walk along links from similar articles reaches the
candidate."""

UNTRAINED_LOG_ODDS = -1.8
"""Log-odds of a pair without other evidence in a language that the encoder was not trained on.
Chosen on links and judged cards of a Czech and a Polish site, and on made-up archives in 46
languages, see docs/research.md."""

SIMILARITY_DECIMALS = 3
"""Decimals of the similarity of random articles that a snapshot stores."""


def prior_log_odds(random_similarity: float) -> float:
    """Return the log-odds of a common topic of a pair without any evidence.

    Parameters
    ----------
    random_similarity : of the archive, see :func:`models.dense.unrelated.random_similarity`.
        It is rounded as in a snapshot.
    """
    return INTERCEPT + SUBJECT_WEIGHT * round(random_similarity, SIMILARITY_DECIMALS)


def untrained_similarity(random_similarity: float) -> float:
    """Return the similarity of all pairs in a language that the encoder was not trained on.

    With it, a pair without other evidence has :data:`UNTRAINED_LOG_ODDS` in every archive.

    Parameters
    ----------
    random_similarity : as in :func:`prior_log_odds`.
    """
    return (UNTRAINED_LOG_ODDS - prior_log_odds(random_similarity)) / SEMANTIC_WEIGHT
