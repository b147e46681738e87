"""What an article does not bring and can be told from its text: language and teaser."""

from __future__ import annotations

import msgspec

from recommender.articles.article import Article
from recommender.text.language import detect_language
from recommender.text.teaser import make_teaser
from recommender.text.unwrap import unwrap_lines


def enrich(article: Article) -> Article:
    """Fill in language and teaser where they are missing, and mend a wire's broken lines."""
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
