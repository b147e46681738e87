"""Which text of an article a model gets to see."""

from __future__ import annotations

from recommender.articles.article import Article

LONGEST = 100_000
"""Characters that any model sees: a body of 5 MB is no article, and must not stop the others."""

LONGEST_FOR_ENCODER = 8_000
"""Characters for the encoder: more than any encoder here reads (MiniLM stops at 256 tokens)."""


def for_words(article: Article) -> str:
    """Text for word vectors: the title counts twice."""
    return f"{article.title}\n{article.title}\n{article.teaser}\n{article.body[:LONGEST]}"


def for_encoder(article: Article) -> str:
    """Text for the encoder: what matters most comes first."""
    return f"{article.title}\n{article.teaser}\n{article.body}"[:LONGEST_FOR_ENCODER]
