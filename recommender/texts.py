"""Which text of an article a model gets to see."""

from __future__ import annotations

from recommender.article import Article

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


SHORTEST_PARAGRAPH = 5
"""Words: what is shorter is a sub-heading, a byline or a caption."""


def paragraphs(article: Article) -> list[str]:
    """Split a body into paragraphs; an article without any is one of its title and teaser."""
    found = [
        line
        for line in article.body[:LONGEST].splitlines()
        if len(line.split()) >= SHORTEST_PARAGRAPH
    ]
    return found or [f"{article.title} {article.teaser}"]
