"""The weights of the evidence for a common topic: a logistic regression on five features.

Positive examples were links by editors of ten sites. Negative examples were the most similar
articles of different sites, such as state politics and a programming language; and random pairs of
one site, for languages that no second site had. ``benchmarks.quality.mixed_archives`` measures it.
"""

from __future__ import annotations

EVIDENCE = ("semantic", "text", "title", "tags", "links")
"""Names of the kinds of evidence, in the order of the arrays that hold them."""

INTERCEPT = -9.3
"""Log-odds of a pair without any evidence. It was chosen so that even odds keep 99 % of the links
that are among the first six."""

SEMANTIC_WEIGHT = 10.0
"""For the cosine of the embeddings, see :mod:`models.dense.unrelated`."""

TEXT_WEIGHT = 18.0
"""For the square root of the TF-IDF cosine: the second shared word adds less than the first."""

TITLE_WEIGHT = 3.0
"""For the share of the candidate's title that one paragraph of the article covers, from 0 to 1."""

TAG_WEIGHT = 1.0
"""For the log rarity of the rarest shared tag, ``log(n / df)``."""

MAX_TAG_RARITY = 3.0
"""Largest log rarity of a tag: one of 20 articles. Greater rarity is no stronger evidence."""

LINK_WEIGHT = 12.0
"""For ``link_graph_walk``: how likely a walk along links from similar articles reaches the
candidate."""
