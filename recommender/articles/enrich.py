"""Add what an article lacks and its text provides: language and teaser."""

from __future__ import annotations

import msgspec

from recommender.articles.article import Article
from recommender.text.language import detect_language
from recommender.text.teaser import make_teaser
from recommender.text.unwrap import unwrap_lines


def enrich(article: Article) -> Article:
    """Return the article with a language, a teaser and an unwrapped body."""
    body = unwrap_lines(article.body)
    language = article.language or detect_language(
        f"{article.title}\n{article.teaser}\n{article.body}"
    )
    teaser = (
        article.teaser
        or make_teaser(body, article.title, language, article.authors)
        or article.title
    )
    return msgspec.structs.replace(article, body=body, language=language, teaser=teaser)
