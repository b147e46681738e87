"""Sentences that a site repeats: reuse notices, calls to subscribe, standing sub-headings.

They carry no topic, in whatever language, and are told by nothing but how many articles have
them word for word. They stay in the catalogue; what models and cards get is without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from recommender.articles.article import Article
from recommender.text.teaser import SHORTEST, make_teaser

SHARE = 0.01
"""Of all articles, as many have a sentence that is boilerplate: 1 in 100."""

LEAST = 6
"""Articles that have it, however small the archive: five parts of a series may share a line."""

SHORTEST_PIECE = 6
"""Words of a sentence that can be told by them; "The U.S." is an abbreviation that was cut. A
line of its own, such as a standing sub-heading, may be shorter."""

# Pieces only have to be the same in every article, so a rule that any language fits will do. Three
# letters before the point: "hl. m. Prahy" and "U.S." go on.
_END = re.compile(r"(?:(?<=\w\w\w[.!?…])|(?<=[。！？]))[\"”’»)\]]*\s+|\n+")


def strip_boilerplate(articles: Sequence[Article]) -> list[Article]:
    """Take the archive's boilerplate out of bodies and teasers; the order stays."""
    repeated = find_boilerplate(articles)
    if not repeated:
        return list(articles)
    return [_without(article, repeated) for article in articles]


def find_boilerplate(articles: Sequence[Article]) -> frozenset[str]:
    """Find the sentences that stand in many articles."""
    keys = [np.fromiter({hash(s) for s in _told(a.body)}, np.int64) for a in articles]
    if not keys:
        return frozenset()
    values, counts = np.unique(np.concatenate(keys), return_counts=True)
    many = set(values[counts >= max(LEAST, SHARE * len(articles))].tolist())
    found: set[str] = set()
    if many:
        for article in articles:
            found.update(s for s in _told(article.body) if hash(s) in many)
    return frozenset(found)


def _without(article: Article, repeated: frozenset[str]) -> Article:
    body = _kept(article.body, repeated)
    teaser = _kept(article.teaser, repeated)
    if body == article.body and teaser == article.teaser:
        return article
    if teaser != article.teaser and len(teaser.split()) < SHORTEST:
        teaser = (
            make_teaser(body, article.title, article.language, article.authors)
            or teaser
            or article.title
        )
    return msgspec.structs.replace(article, body=body, teaser=teaser)


def _kept(text: str, repeated: frozenset[str]) -> str:
    if repeated.isdisjoint(_told(text)):
        return text
    lines = (
        " ".join(piece for piece in _pieces(line) if piece not in repeated)
        for line in text.split("\n")
    )
    return "\n".join(line for line in lines if line)


def _told(text: str) -> Iterator[str]:
    """Give the pieces of a text that can be boilerplate: long sentences, and whole lines."""
    for line in text.split("\n"):
        pieces = list(_pieces(line))
        if len(pieces) == 1:
            yield pieces[0]
        else:
            yield from (piece for piece in pieces if len(piece.split()) >= SHORTEST_PIECE)


def _pieces(text: str) -> Iterator[str]:
    """Cut a text into sentences, each with its white space made single."""
    start = 0
    for end in _END.finditer(text):
        if piece := " ".join(text[start : end.end()].split()):
            yield piece
        start = end.end()
    if piece := " ".join(text[start:].split()):
        yield piece
