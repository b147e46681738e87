"""Add what an article lacks and its text provides: the teaser."""

from __future__ import annotations

import msgspec

from recommender.articles.article import Article
from recommender.articles.flags import Flag, body_flags
from recommender.language_tags import canonical_tag
from recommender.text.language import detect_language
from recommender.text.teaser import make_teaser
from recommender.text.unwrap import unwrap_lines


def enrich(article: Article) -> Article:
    """Return the article with a teaser and an unwrapped body, and flag what is missing.

    A missing language is detected later, with the help of the other articles.
    """
    body = unwrap_lines(article.body)
    language = canonical_tag(article.language) or detect_language(
        f"{article.title}\n{article.teaser}\n{article.body}"
    )
    flags = list(body_flags(body))
    teaser = article.teaser
    if not teaser and (teaser := make_teaser(body, article.title, language, article.authors)):
        flags.append(Flag.TEASER_MADE)
    enriched = msgspec.structs.replace(article, body=body, teaser=teaser or article.title)
    return enriched.flagged(*flags)
