"""What the models read of articles: texts and times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.arrays import Timestamps
from recommender.articles.article import Article

LONGEST = 100_000
"""Characters of a body that models read, so that a body of 5 MB does not stop an index run."""

LONGEST_FOR_ENCODER = 8_000
"""Characters for the encoder: more than its token limit (256 tokens for MiniLM)."""


def for_words(article: Article) -> str:
    """Text for word vectors: the title counts twice."""
    return f"{article.title}\n{article.title}\n{article.teaser}\n{article.body[:LONGEST]}"


def for_encoder(article: Article) -> str:
    """Text for the encoder: what matters most comes first."""
    return f"{article.title}\n{article.teaser}\n{article.body}"[:LONGEST_FOR_ENCODER]


def publication_times(articles: Sequence[Article]) -> Timestamps:
    """Return when each article was published, in seconds since 1970 UTC: int64, shape (n,)."""
    return np.array([int(article.published.timestamp()) for article in articles], dtype=np.int64)
