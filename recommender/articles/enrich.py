"""Add what an article lacks and its text provides: a whole teaser."""

from __future__ import annotations

import msgspec

from recommender.articles.article import Article
from recommender.articles.flags import Flag, body_flags
from recommender.language_tags import canonical_tag
from recommender.text.excerpts import without_ellipsis
from recommender.text.language import detect_language
from recommender.text.markup.plain_text import sentence
from recommender.text.teaser import has_only_credits, remade_teaser, whole_teaser
from recommender.text.unwrap import unwrap_lines


def enrich(article: Article) -> Article:
    """Return the article with a whole teaser and an unwrapped body, and flag what was lacking.

    A teaser that was cut off is made again. Without a body, its words become the body, so that they
    are not lost. A missing language is detected later, with the help of the other articles.
    """
    body = unwrap_lines(article.body)
    language = canonical_tag(article.language) or detect_language(
        f"{article.title}\n{article.teaser}\n{article.body}"
    )
    flags = []
    is_empty = article.teaser == article.title or has_only_credits(article.teaser, article.authors)
    given = "" if is_empty else article.teaser
    teaser = whole_teaser(given, body, article.title)
    if not teaser:
        made = remade_teaser(given, body, article.title, language, article.authors)
        teaser = sentence(made)
        body = body or without_ellipsis(given)
        if teaser:
            flags.append(Flag.TEASER_REPLACED if given else Flag.TEASER_MADE)
    enriched = msgspec.structs.replace(
        article, body=body, teaser=teaser or without_ellipsis(article.title) or article.title
    )
    return enriched.flagged(*flags, *body_flags(body))
