"""The weights of the evidence for a common topic: a logistic regression on five features.

Positive examples were links by editors of ten sites, articles of one story line in the example
newsroom, and news texts that people rated as similar (Lee, Pincombe & Welsh 2005). Negative
examples were the most similar articles of different sites, such as state politics and a programming
language; the most similar ones of different story lines; texts that people rated as dissimilar; and
random pairs, for languages that no second site had. ``benchmarks.quality.mixed_archives``
measures it.
"""

from __future__ import annotations

EVIDENCE = ("semantic", "text", "title", "tags", "links")
"""Names of the kinds of evidence, in the order of the arrays that hold them."""

INTERCEPT = -5.8
"""Log-odds of a pair without any evidence in an archive on all subjects. Even odds keep 97 % of the
editors' links that the ranking places among its first six candidates."""

SUBJECT_WEIGHT = 2.8
"""For the median similarity of two random articles of the archive. It is .2 to .4 on a general
newsroom and .5 on a site about one subject, where any two articles have more in common."""

SEMANTIC_WEIGHT = 4.3
"""For the cosine of the embeddings, see :mod:`models.dense.unrelated`."""

TEXT_WEIGHT = 1.55
"""For the z-score of the TF-IDF cosine among those of random articles of the archive: the smaller
of the two that a pair has."""

TEXT_RANGE = (-1.0, 4.0)
"""Limits of the z-score. Greater values only say how much text is identical."""

TITLE_WEIGHT = 3.9
"""For the share of the candidate's title that one paragraph of the article covers, from 0 to 1."""

TAG_WEIGHT = 0.87
"""For the log rarity of the rarest shared tag, ``log(n / df)``."""

MAX_TAG_RARITY = 3.0
"""Largest log rarity of a tag: one of 20 articles. Greater rarity is no stronger evidence."""

LINK_WEIGHT = 8.4
"""For ``link_graph_walk``: how likely a walk along links from similar articles reaches the
candidate."""


def prior_log_odds(random_similarity: float) -> float:
    """Return the log-odds of a common topic of a pair without any evidence.

    Parameters
    ----------
    random_similarity : of the archive, see :func:`models.dense.unrelated.random_similarity`.
    """
    return INTERCEPT + SUBJECT_WEIGHT * random_similarity
